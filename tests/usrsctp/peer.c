/*
 * A second SCTP for the tests: libusrsctp, with as much M3UA above it as an ASP and a gateway
 * without routing contexts need (RFC 4666).
 *
 *   peer server|client ADDRESS PORT UDP-PORT PEER-ADDRESS PEER-PORT PEER-UDP-PORT STREAMS
 *
 * The server listens and answers ASP Up, ASP Active and DAUD, as a gateway; its peer's address
 * and ports are not looked at. The client connects and asks, as an ASP. UDP ports of 0 mean raw
 * IP. It prints one line for each event:
 *
 *   ready | up STREAMS | restarted | lost | shut down | refused
 *   message STREAM PPID CLASS TYPE | data STREAM PPID SLS NUMBER
 *   sent COUNT | failed NUMBER
 *
 * (the number is what the first four octets of the user data say) and takes one command a line:
 *
 *   send COUNT   that many DATA, numbered from 0, over all streams but 0
 *   abort        ABORT (RFC 9260 9.1)
 *   shutdown     SHUTDOWN (RFC 9260 9.2)
 *   forget       drops the association and tells the peer nothing (UDP only)
 *   connect      sets it up (again)
 *
 * At the end of its input it ends.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <usrsctp.h>

enum { PPID = 3, HEADER = 8, USER_DATA = 24, DATA_LENGTH = HEADER + 16 + USER_DATA };
enum { MGMT = 0, TRANSFER = 1, SSNM = 2, ASPSM = 3, ASPTM = 4 };

static struct socket *sctp;
static struct sockaddr_in far;
static int is_client;
static uint16_t udp_port, far_udp_port;

/* What the threads of libusrsctp tell the one that reads commands. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static sctp_assoc_t association;
static unsigned streams;

static void fail(const char *what)
{
    fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void put32(unsigned char *at, uint32_t value)
{
    value = htonl(value);
    memcpy(at, &value, 4);
}

static uint32_t get32(const unsigned char *at)
{
    uint32_t value;
    memcpy(&value, at, 4);
    return ntohl(value);
}

static int send_to(sctp_assoc_t to, uint16_t stream, uint16_t flags, const void *data, size_t length)
{
    struct sctp_sndinfo info;
    memset(&info, 0, sizeof info);
    info.snd_sid = stream;
    info.snd_flags = flags;
    info.snd_ppid = htonl(PPID);
    info.snd_assoc_id = to;
    return usrsctp_sendv(sctp, data, length, NULL, 0, &info, sizeof info, SCTP_SENDV_SNDINFO, 0) < 0;
}

/* An M3UA message with at most one parameter after its header. */
static void send_m3ua(sctp_assoc_t to, int class, int type, const void *body, size_t length)
{
    unsigned char message[512] = {1, 0, (unsigned char)class, (unsigned char)type};
    if (length > sizeof message - HEADER)
        length = sizeof message - HEADER;
    put32(message + 4, (uint32_t)(HEADER + length));
    if (length > 0)
        memcpy(message + HEADER, body, length);
    send_to(to, 0, 0, message, HEADER + length);
}

/* DATA from the point code 1 (client) or 2 (server) to the other (RFC 4666 3.3.1). */
static int send_data(sctp_assoc_t to, unsigned stream, uint32_t number, uint8_t sls)
{
    unsigned char message[DATA_LENGTH] = {1, 0, TRANSFER, 1};
    unsigned char *data = message + HEADER;
    put32(message + 4, DATA_LENGTH);
    put32(data, 0x02100000 | (16 + USER_DATA));
    put32(data + 4, is_client ? 1 : 2);
    put32(data + 8, is_client ? 2 : 1);
    data[12] = 5; /* ISUP */
    data[13] = 2; /* national */
    data[15] = sls;
    memset(data + 16, 0x55, USER_DATA);
    put32(data + 16, number);
    return send_to(to, (uint16_t)stream, 0, message, sizeof message);
}

/* The other side's part of the conversation. */
static void answer(sctp_assoc_t from, int class, int type, const unsigned char *body, size_t length)
{
    static const unsigned char as_active[] = {0, 0x0d, 0, 8, 0, 1, 0, 3};

    switch (class << 8 | type) {
    case ASPSM << 8 | 1: /* ASP Up */
        return send_m3ua(from, ASPSM, 4, NULL, 0);
    case ASPSM << 8 | 2: /* ASP Down */
        return send_m3ua(from, ASPSM, 5, NULL, 0);
    case ASPSM << 8 | 3: /* Heartbeat */
        return send_m3ua(from, ASPSM, 6, body, length);
    case ASPSM << 8 | 4: /* ASP Up Ack */
        return send_m3ua(from, ASPTM, 1, NULL, 0);
    case ASPTM << 8 | 1: /* ASP Active */
        send_m3ua(from, ASPTM, 3, NULL, 0);
        return send_m3ua(from, MGMT, 1, as_active, sizeof as_active);
    case ASPTM << 8 | 2: /* ASP Inactive */
        return send_m3ua(from, ASPTM, 4, NULL, 0);
    case SSNM << 8 | 3: /* DAUD: all of it is available */
        return send_m3ua(from, SSNM, 2, body, length);
    }
}

static void notified(const union sctp_notification *event)
{
    const struct sctp_assoc_change *change = &event->sn_assoc_change;

    if (event->sn_header.sn_type != SCTP_ASSOC_CHANGE)
        return;
    pthread_mutex_lock(&lock);
    switch (change->sac_state) {
    case SCTP_COMM_UP:
    case SCTP_RESTART:
        association = change->sac_assoc_id;
        streams = change->sac_outbound_streams;
        break;
    default:
        association = 0;
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    switch (change->sac_state) {
    case SCTP_COMM_UP:
        printf("up %u\n", change->sac_outbound_streams);
        break;
    case SCTP_RESTART:
        printf("restarted\n");
        break;
    case SCTP_COMM_LOST:
        printf("lost\n");
        break;
    case SCTP_SHUTDOWN_COMP:
        printf("shut down\n");
        break;
    case SCTP_CANT_STR_ASSOC:
        printf("refused\n");
        break;
    }
    if (is_client && (change->sac_state == SCTP_COMM_UP || change->sac_state == SCTP_RESTART))
        send_m3ua(change->sac_assoc_id, ASPSM, 1, NULL, 0);
}

static int received(struct socket *from, union sctp_sockstore address, void *data, size_t length,
                    struct sctp_rcvinfo info, int flags, void *unused)
{
    const unsigned char *message = data;

    (void)from, (void)address, (void)unused;
    if (data == NULL)
        return 1;
    if (flags & MSG_NOTIFICATION) {
        notified(data);
    } else if (length < HEADER) {
        printf("short message\n");
    } else if (message[2] == TRANSFER && length >= HEADER + 20) {
        printf("data %u %u %u %u\n", info.rcv_sid, ntohl(info.rcv_ppid), message[HEADER + 15],
               get32(message + HEADER + 16));
    } else {
        printf("message %u %u %u %u\n", info.rcv_sid, ntohl(info.rcv_ppid), message[2], message[3]);
        answer(info.rcv_assoc_id, message[2], message[3], message + HEADER, length - HEADER);
    }
    free(data);
    return 1;
}

static void set(int option, const void *value, socklen_t length, const char *name)
{
    if (usrsctp_setsockopt(sctp, IPPROTO_SCTP, option, value, length) < 0)
        fail(name);
}

static struct sockaddr_in address_of(const char *ip, const char *port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)atoi(port));
    if (inet_pton(AF_INET, ip, &address.sin_addr) != 1)
        fail(ip);
    return address;
}

static void open_socket(const struct sockaddr_in *near, uint16_t wanted_streams)
{
    struct sctp_initmsg init;
    struct sctp_event event;
    int on = 1;

    sctp = usrsctp_socket(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP, received, NULL, 0, NULL);
    if (sctp == NULL)
        fail("usrsctp_socket");
    memset(&init, 0, sizeof init);
    init.sinit_num_ostreams = wanted_streams;
    init.sinit_max_instreams = wanted_streams;
    set(SCTP_INITMSG, &init, sizeof init, "SCTP_INITMSG");
    memset(&event, 0, sizeof event);
    event.se_assoc_id = SCTP_FUTURE_ASSOC;
    event.se_type = SCTP_ASSOC_CHANGE;
    event.se_on = 1;
    set(SCTP_EVENT, &event, sizeof event, "SCTP_EVENT");
    set(SCTP_RECVRCVINFO, &on, sizeof on, "SCTP_RECVRCVINFO");
    set(SCTP_NODELAY, &on, sizeof on, "SCTP_NODELAY");
    if (far_udp_port != 0) {
        struct sctp_udpencaps encapsulation;
        memset(&encapsulation, 0, sizeof encapsulation);
        encapsulation.sue_address.ss_family = AF_INET;
        encapsulation.sue_port = htons(far_udp_port);
        set(SCTP_REMOTE_UDP_ENCAPS_PORT, &encapsulation, sizeof encapsulation, "UDP encapsulation");
    }
    if (usrsctp_bind(sctp, (struct sockaddr *)near, sizeof *near) < 0)
        fail("usrsctp_bind");
    if (usrsctp_listen(sctp, 1) < 0)
        fail("usrsctp_listen");
}

static void connect_to_peer(void)
{
    usrsctp_set_non_blocking(sctp, 1);
    if (usrsctp_connect(sctp, (struct sockaddr *)&far, sizeof far) < 0 && errno != EINPROGRESS)
        fail("usrsctp_connect");
    usrsctp_set_non_blocking(sctp, 0);
}

static sctp_assoc_t current(void)
{
    pthread_mutex_lock(&lock);
    sctp_assoc_t id = association;
    pthread_mutex_unlock(&lock);
    return id;
}

/* Ends the association with SCTP_EOF or SCTP_ABORT; libusrsctp wants an address even of nothing. */
static void end(uint16_t flag)
{
    if (send_to(current(), 0, flag, "", 0))
        fail("end");
}

static void send_numbered(uint32_t count)
{
    sctp_assoc_t to = current();
    uint32_t number;

    for (number = 0; number < count; number++) {
        uint8_t sls = number % 16;
        if (send_data(to, streams > 1 ? 1 + sls % (streams - 1) : 0, number, sls)) {
            printf("failed %u\n", number);
            return;
        }
    }
    printf("sent %u\n", count);
}

static void forget(void)
{
    /* No ABORT either for what its peer still sends. */
    usrsctp_sysctl_set_sctp_blackhole(2);
    /* Without a port of its own libusrsctp has nowhere to send its ABORT from. */
    usrsctp_sysctl_set_sctp_udp_tunneling_port(0);
    end(SCTP_ABORT);
    pthread_mutex_lock(&lock);
    while (association != 0)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    usrsctp_sysctl_set_sctp_udp_tunneling_port(udp_port);
}

int main(int count, char **arguments)
{
    char line[64];

    if (count != 9) {
        fprintf(stderr, "peer: see the head of peer.c for the arguments\n");
        return 2;
    }
    is_client = strcmp(arguments[1], "client") == 0;
    struct sockaddr_in near = address_of(arguments[2], arguments[3]);
    udp_port = (uint16_t)atoi(arguments[4]);
    far = address_of(arguments[5], arguments[6]);
    far_udp_port = (uint16_t)atoi(arguments[7]);

    setvbuf(stdout, NULL, _IOLBF, 0);
    /* Without the privilege it opens no raw sockets, where it would answer for everybody else. */
    if (udp_port != 0 && getuid() == 0 && setuid(65534) < 0)
        fail("setuid");
    usrsctp_init(udp_port, NULL, NULL);
    usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
    usrsctp_sysctl_set_sctp_rto_min_default(100);
    usrsctp_sysctl_set_sctp_rto_initial_default(200);
    usrsctp_sysctl_set_sctp_rto_max_default(1000);
    usrsctp_sysctl_set_sctp_init_rto_max_default(1000);
    usrsctp_sysctl_set_sctp_delayed_sack_time_default(20);
    open_socket(&near, (uint16_t)atoi(arguments[8]));
    if (is_client)
        connect_to_peer();
    printf("ready\n");

    while (fgets(line, sizeof line, stdin) != NULL) {
        unsigned number;
        if (sscanf(line, "send %u", &number) == 1)
            send_numbered(number);
        else if (strcmp(line, "abort\n") == 0)
            end(SCTP_ABORT);
        else if (strcmp(line, "shutdown\n") == 0)
            end(SCTP_EOF);
        else if (strcmp(line, "forget\n") == 0)
            forget();
        else if (strcmp(line, "connect\n") == 0)
            connect_to_peer();
        else
            printf("no such command: %s", line);
    }
    _exit(0);
}
