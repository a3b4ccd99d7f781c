//! Telephones of SIP, as little of them as a call needs: one calls, one answers.

use core::time::Duration;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use trunkline_tests::peers::{PATIENCE, until};

/// A telephone that calls, with at most one call.
#[derive(Debug)]
pub(crate) struct Caller {
    socket: UdpSocket,
    gateway: SocketAddr,
    number: &'static str,
    call: u32,
    /// The To header of the call that is up, with its tag.
    to: String,
}

impl Caller {
    /// One that will call a number through a gateway.
    pub(crate) fn new(gateway: SocketAddr, number: &'static str) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        socket.set_read_timeout(Some(PATIENCE)).expect("a limit");
        Self {
            socket,
            gateway,
            number,
            call: 0,
            to: String::new(),
        }
    }

    /// Calls, and gives the final response's status. A call that is answered is up.
    pub(crate) fn call(&mut self) -> u16 {
        self.call += 1;
        self.to = format!("<sip:{}@{};user=phone>", self.number, self.gateway);
        let sdp = sdp(&self.socket);
        self.send("INVITE", 1, &sdp);
        loop {
            let response = self.receive();
            let status = status(&response);
            if status < 200 || header(&response, "CSeq") != "1 INVITE" {
                continue;
            }
            self.to = header(&response, "To").to_owned();
            self.send("ACK", 1, "");
            return status;
        }
    }

    /// Ends the call that is up.
    pub(crate) fn hang_up(&self) {
        self.send("BYE", 2, "");
        while header(&self.receive(), "CSeq") != "2 BYE" {}
    }

    fn send(&self, method: &str, number: u32, body: &str) {
        let (call, local) = (self.call, local(&self.socket));
        // The ACK of 200 has a branch of its own, that of an error the INVITE's; nobody looks.
        let request = format!(
            "{method} sip:{}@{};user=phone SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch=z9hG4bK{call}.{number}\r\n\
             From: <sip:+493012345678@{local};user=phone>;tag=caller{call}\r\nTo: {}\r\n\
             Call-ID: {call}@{local}\r\nCSeq: {number} {method}\r\nMax-Forwards: 70\r\n\
             Contact: <sip:caller@{local}>\r\n{}",
            self.number,
            self.gateway,
            self.to,
            content(body),
        );
        let sent = self.socket.send_to(request.as_bytes(), self.gateway);
        sent.expect("the gateway's SIP");
    }

    fn receive(&self) -> String {
        let mut buffer = [0; 4096];
        let length = self.socket.recv(&mut buffer);
        let length = length.unwrap_or_else(|error| panic!("call {}: {error}", self.call));
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }
}

/// A telephone that answers every call at once.
#[derive(Debug)]
pub(crate) struct Callee {
    calls: Arc<Calls>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Calls {
    answered: AtomicU32,
    ended: AtomicU32,
    stop: AtomicBool,
}

impl Callee {
    /// One at an address.
    pub(crate) fn start(local: SocketAddr) -> Self {
        let socket = UdpSocket::bind(local).expect("the port is free");
        let limit = Some(Duration::from_millis(100));
        socket.set_read_timeout(limit).expect("a limit");
        let calls = Arc::new(Calls::default());
        let of_thread = Arc::clone(&calls);
        let thread = std::thread::spawn(move || answer(&socket, &of_thread));
        Self {
            calls,
            thread: Some(thread),
        }
    }

    /// Waits until that many calls were answered and have been ended by the other side.
    pub(crate) fn until_ended(&self, count: u32) {
        until(&format!("{count} calls ended"), PATIENCE, || {
            let answered = self.calls.answered.load(Ordering::Relaxed);
            let ended = self.calls.ended.load(Ordering::Relaxed);
            (answered >= count && ended >= count).then_some(())
        });
    }
}

impl Drop for Callee {
    fn drop(&mut self) {
        self.calls.stop.store(true, Ordering::Relaxed);
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            assert!(ended.is_none_or(|ended| ended.is_ok()), "the callee failed");
        }
    }
}

fn answer(socket: &UdpSocket, calls: &Calls) {
    let mut buffer = [0; 4096];
    while !calls.stop.load(Ordering::Relaxed) {
        // A time-out, to look whether to stop.
        let Ok((length, from)) = socket.recv_from(&mut buffer) else {
            continue;
        };
        let request = String::from_utf8_lossy(&buffer[..length]);
        let respond = |status: &str, body: &str| {
            let copied = |name| format!("{name}: {}\r\n", header(&request, name));
            let response = format!(
                "SIP/2.0 {status}\r\n{}{}To: {};tag=callee\r\n{}{}\
                 Contact: <sip:callee@{}>\r\n{}",
                copied("Via"),
                copied("From"),
                header(&request, "To").trim_end_matches(";tag=callee"),
                copied("Call-ID"),
                copied("CSeq"),
                local(socket),
                content(body),
            );
            socket.send_to(response.as_bytes(), from).expect("its SIP");
        };
        match request.split(' ').next() {
            Some("INVITE") => {
                respond("180 Ringing", "");
                respond("200 OK", &sdp(socket));
            }
            Some("ACK") => {
                calls.answered.fetch_add(1, Ordering::Relaxed);
            }
            Some("BYE") => {
                respond("200 OK", "");
                calls.ended.fetch_add(1, Ordering::Relaxed);
            }
            _ => panic!("not expected: {request}"),
        }
    }
}

fn local(socket: &UdpSocket) -> SocketAddr {
    socket.local_addr().expect("it is bound")
}

/// Sound that nobody sends or hears.
fn sdp(socket: &UdpSocket) -> String {
    let port = local(socket).port();
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n",
        // Even, and not this socket.
        (port & !1) - 2,
    )
}

fn content(body: &str) -> String {
    let length = body.len();
    match body {
        "" => "Content-Length: 0\r\n\r\n".to_owned(),
        _ => format!("Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{body}"),
    }
}

/// The value of the first header of that name.
fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let mut values = message.lines().filter_map(|line| {
        let (found, value) = line.split_once(": ")?;
        (found == name).then_some(value)
    });
    values.next().unwrap_or_default()
}

fn status(response: &str) -> u16 {
    let code = response
        .strip_prefix("SIP/2.0 ")
        .and_then(|rest| rest.get(..3));
    let code = code.and_then(|code| code.parse().ok());
    code.unwrap_or_else(|| panic!("no response: {response}"))
}
