//! Messages: their order, their size, and readers that are slow.

use super::*;

#[test]
fn messages_arrive_in_order_on_each_stream() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        let (client, server, id) = pair(&network, client, server);
        let flow = |mut host: Host, to: AssociationId| {
            let sender = host.commands.clone();
            let sending = std::thread::spawn(move || {
                for number in 0..5000 {
                    let (stream, data) = numbered(number, 40);
                    let command = Command::Send {
                        association: to,
                        stream,
                        data,
                    };
                    sender.blocking_send(command).unwrap();
                }
            });
            std::thread::spawn(move || {
                host.until_numbered(0..5000, 40);
                sending.join().unwrap();
                host
            })
        };
        let client = flow(client, CLIENT);
        let server = flow(server, id);
        let (mut client, mut server) = (client.join().unwrap(), server.join().unwrap());
        client.tell(Command::Shutdown(CLIENT));
        assert_eq!(client.until_down(), DownReason::Local);
        assert_eq!(server.until_down(), DownReason::Peer);
    });
}

#[test]
fn long_messages_arrive_whole() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        let (client, mut server, _) = pair(&network, client, server);
        // Many fragments each; the last is longer than the buffer that it is read with.
        let messages: Vec<Vec<u8>> = [1, 1500, 20_000, 65_544, MAX_MESSAGE]
            .iter()
            .map(|length| (0..*length).map(|at| (at % 251) as u8).collect())
            .collect();
        for message in &messages {
            client.send(CLIENT, 1, message.clone());
        }
        for message in messages {
            assert!(server.until_message() == (1, message));
        }
    });
}

#[test]
fn a_message_that_is_too_long_ends_the_association() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        let (mut client, mut server, _) = pair(&network, client, server);
        client.send(CLIENT, 1, vec![0; MAX_MESSAGE + 1]);
        let DownReason::Failed(reason) = server.until_down() else {
            panic!("no failure");
        };
        assert_eq!(reason, "message longer than 70000 octets");
        assert!(matches!(client.until_down(), DownReason::Failed(_)));
    });
}

#[test]
fn a_stream_that_does_not_exist_costs_one_message() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        let (mut client, mut server, _) = pair(&network, client, server);
        client.send(CLIENT, 16, b"before".to_vec());
        client.send(CLIENT, 17, b"nowhere".to_vec());
        client.until(|_, event| (*event == AssociationEvent::SendFailed).then_some(()));
        assert_eq!(server.until_message(), (16, b"before".to_vec()));
        client.send(CLIENT, 16, Vec::new());
        client.send(CLIENT, 16, b"after".to_vec());
        assert_eq!(server.until_message(), (16, b"after".to_vec()));
    });
}

/// 16 MB for a peer that reads nothing: more than all buffers of the kernels hold. It must not
/// be taken for dead, and nothing is lost.
#[test]
fn a_slow_reader_slows_its_peer_down() {
    with_sctp(|| {
        let network = Network::new();
        let (mut client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        client.queue = 4000;
        let (mut client, mut server, _) = pair(&network, client, server);
        for number in 0..4000 {
            let (stream, data) = numbered(number, 4000);
            client.send(CLIENT, stream, data);
        }
        client.until_congested(2);
        server.until_numbered(0..4000, 4000);
        client.until_drained();
        assert_eq!(server.seen.iter().filter(|event| is_down(event)).count(), 0);
    });
}

fn is_down(event: &EndpointEvent) -> bool {
    matches!(
        event,
        EndpointEvent::Association(_, AssociationEvent::Down(_))
    )
}
