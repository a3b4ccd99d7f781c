//! Endpoints back to back over a simulated link, in virtual time.

mod calls;
mod cancel;
mod challenges;
mod failover;
mod fuzz;
mod lossy;
mod refer;
mod refusals;
mod reinvite;
mod requests;
mod routing;
mod session_timer;
mod solo;
mod streams;

use super::*;
use crate::locate::Answer;
use crate::{Method, Name, Transport};
use core::fmt::Write;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::net::SocketAddr;

/// The caller, in most tests.
const A: usize = 0;
/// The called, in most tests.
const B: usize = 1;

const OFFER: &[u8] = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
    m=audio 4000 RTP/AVP 8\r\n";
const ANSWER: &[u8] = b"v=0\r\no=- 2 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n\
    m=audio 5000 RTP/AVP 8\r\n";

/// What the link does to datagrams. Probabilities are in percent.
#[derive(Clone, Copy)]
struct Link {
    delay: Duration,
    /// Up to so much more delay: datagrams overtake each other.
    jitter: Duration,
    loss: u64,
    duplicates: u64,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            delay: Duration::from_millis(10),
            jitter: Duration::ZERO,
            loss: 0,
            duplicates: 0,
        }
    }
}

struct Datagram {
    transport: Transport,
    source: SocketAddr,
    destination: SocketAddr,
    data: Vec<u8>,
}

struct End {
    address: SocketAddr,
    endpoint: Endpoint,
    events: VecDeque<Event>,
}

/// Two endpoints, the link between them and whoever else is on it.
struct Net {
    now: Time,
    ends: [End; 2],
    link: Link,
    rng: StdRng,
    wire: BTreeMap<(Time, u64), Datagram>,
    sent: u64,
    /// Labels of datagrams that are lost, and how many of them.
    drops: Vec<(&'static str, usize)>,
    /// What was sent, as `A>B INVITE` or `B>A 200 INVITE`; lost ones end with ` lost`.
    ladder: Vec<String>,
    /// What was sent to neither endpoint.
    elsewhere: Vec<Datagram>,
}

impl Net {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl Fn(&mut EndpointConfig)) -> Self {
        let end = |address: &str, seed| {
            let mut config = EndpointConfig::new([seed; 32]);
            let address = address.parse().unwrap();
            config.locals = vec![(Transport::Udp, address)];
            change(&mut config);
            End {
                address,
                endpoint: Endpoint::new(config),
                events: VecDeque::new(),
            }
        };
        Self {
            now: Time::from_secs(1_000),
            ends: [end("192.0.2.1:5060", 1), end("192.0.2.2:5070", 2)],
            link: Link::default(),
            rng: StdRng::seed_from_u64(1),
            wire: BTreeMap::new(),
            sent: 0,
            drops: Vec::new(),
            ladder: Vec::new(),
            elsewhere: Vec::new(),
        }
    }

    fn end(&mut self, side: usize) -> &mut Endpoint {
        &mut self.ends[side].endpoint
    }

    /// Runs one operation of an endpoint and takes what comes of it.
    fn act<R>(&mut self, side: usize, action: impl FnOnce(&mut Endpoint, Time) -> R) -> R {
        let result = action(&mut self.ends[side].endpoint, self.now);
        self.flush(side);
        result
    }

    fn flush(&mut self, side: usize) {
        while let Some(output) = self.ends[side].endpoint.poll_output() {
            match output {
                Output::Event(event) => self.ends[side].events.push_back(event),
                Output::Transmit { flow, data, .. } => {
                    assert_eq!(flow.local, self.ends[side].address);
                    self.transmit(flow, data);
                }
                // There is no name here.
                Output::Resolve(question) => {
                    let endpoint = &mut self.ends[side].endpoint;
                    endpoint.resolved(self.now, &question, &Answer::None);
                }
            }
        }
    }

    fn name(&self, address: SocketAddr) -> char {
        match self.ends.iter().position(|end| end.address == address) {
            Some(A) => 'A',
            Some(_) => 'B',
            None => 'C',
        }
    }

    fn transmit(&mut self, flow: Flow, data: Vec<u8>) {
        let (source, destination) = (flow.local, flow.remote);
        let mut label = format!("{}>{} ", self.name(source), self.name(destination));
        let _ = match Message::parse(data.clone()) {
            Ok(message) => match message.status() {
                Some(status) => write!(label, "{status} {}", message.cseq().method.as_str()),
                None => write!(label, "{}", message.method().unwrap().as_str()),
            },
            // The answer to a malformed request repeats what is wrong in it.
            Err(_) if data.starts_with(b"SIP/2.0 4") || data.starts_with(b"SIP/2.0 5") => {
                write!(label, "refusal")
            }
            Err(error) => panic!("{error}\n{}", String::from_utf8_lossy(&data)),
        };
        let dropped = self
            .drops
            .iter_mut()
            .find(|(dropped, left)| *dropped == label && *left > 0)
            .map(|(_, left)| *left -= 1)
            .is_some();
        if dropped || self.chance(self.link.loss) {
            self.ladder.push(label + " lost");
            return;
        }
        self.ladder.push(label);
        let copies = if self.chance(self.link.duplicates) {
            2
        } else {
            1
        };
        for _ in 0..copies {
            let jitter = self.link.jitter.as_micros() as u64;
            let jitter = Duration::from_micros(self.rng.next_u64() % (jitter + 1));
            let at = self.now + self.link.delay + jitter;
            self.sent += 1;
            let datagram = Datagram {
                transport: flow.transport,
                source,
                destination,
                data: data.clone(),
            };
            self.wire.insert((at, self.sent), datagram);
        }
    }

    fn chance(&mut self, percent: u64) -> bool {
        percent > 0 && self.rng.next_u64() % 100 < percent
    }

    /// When something happens next.
    fn next(&self) -> Option<Time> {
        let wire = self.wire.keys().next().map(|&(at, _)| at);
        let timers = self
            .ends
            .iter()
            .filter_map(|end| end.endpoint.poll_timeout());
        timers.map(|(at, _)| at).chain(wire).min()
    }

    /// Does what happens next; `false` if nothing does until `until`.
    fn step(&mut self, until: Time) -> bool {
        let Some(at) = self.next().filter(|&at| at <= until) else {
            return false;
        };
        self.now = self.now.max(at);
        while let Some(entry) = self.wire.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let datagram = entry.remove();
            self.deliver(datagram);
        }
        for side in [A, B] {
            self.act(side, Endpoint::handle_timeout);
        }
        true
    }

    fn deliver(&mut self, datagram: Datagram) {
        let side = self
            .ends
            .iter()
            .position(|end| end.address == datagram.destination);
        let Some(side) = side else {
            self.elsewhere.push(datagram);
            return;
        };
        self.act(side, |endpoint, now| {
            let flow = Flow {
                transport: datagram.transport,
                ..Flow::udp(datagram.destination, datagram.source)
            };
            endpoint.receive(now, flow, &datagram.data);
        });
    }

    fn run(&mut self, duration: Duration) {
        let until = self.now + duration;
        while self.step(until) {}
        self.now = until;
    }

    fn millis(&mut self, millis: u64) {
        self.run(Duration::from_millis(millis));
    }

    /// The next event of a side, within ten minutes.
    #[track_caller]
    fn event(&mut self, side: usize) -> Event {
        let until = self.now + Duration::from_secs(600);
        loop {
            if let Some(event) = self.ends[side].events.pop_front() {
                return event;
            }
            assert!(
                self.step(until),
                "no event; the ladder was {:#?}",
                self.ladder
            );
        }
    }

    /// The next event of a side must be this one.
    #[track_caller]
    fn expect(&mut self, side: usize, label: &str) -> Event {
        let event = self.event(side);
        assert_eq!(event_label(&event), label, "{:#?}", self.ladder);
        event
    }

    /// No event may have come.
    #[track_caller]
    fn silent(&mut self) {
        for end in &self.ends {
            let labels: Vec<_> = end.events.iter().map(event_label).collect();
            assert!(labels.is_empty(), "{}: {labels:?}", end.address);
        }
    }

    /// A raw datagram from someone to an endpoint, delivered at once; what it is answered with.
    fn inject(&mut self, side: usize, source: &str, text: &str) -> Vec<Message> {
        let answers = self.inject_malformed(side, source, text);
        let parse = |text: String| Message::parse(text.into_bytes()).unwrap();
        answers.into_iter().map(parse).collect()
    }

    /// The same; the answers may be malformed too.
    fn inject_malformed(&mut self, side: usize, source: &str, text: &str) -> Vec<String> {
        let before = self.elsewhere.len();
        self.deliver(Datagram {
            transport: Transport::Udp,
            source: source.parse().unwrap(),
            destination: self.ends[side].address,
            data: text.replace('\n', "\r\n").into_bytes(),
        });
        self.millis(20);
        let answers = self.elsewhere[before..].iter();
        answers
            .map(|datagram| String::from_utf8(datagram.data.clone()).unwrap())
            .collect()
    }

    /// Takes the ladder since the last call.
    fn take_ladder(&mut self) -> Vec<String> {
        core::mem::take(&mut self.ladder)
    }

    /// Lets all timers run out; nothing may be left, and no event may have been overlooked.
    #[track_caller]
    fn finish(mut self) {
        while self.step(Time::from_secs(1_000_000)) {}
        self.silent();
        for end in &self.ends {
            let endpoint = &end.endpoint;
            assert_eq!(endpoint.sessions(), 0, "{:#?}", self.ladder);
            assert_eq!(endpoint.transactions(), 0, "{:#?}", self.ladder);
            assert!(endpoint.by_tag.is_empty());
            assert!(endpoint.timers.is_empty());
            assert_eq!(endpoint.outgoing.len(), 0);
            assert!(endpoint.late_pracks.is_empty());
            assert!(endpoint.questions.is_empty());
            assert!(endpoint.table.is_empty());
        }
    }

    /// A calls B.
    fn invite(&mut self) -> SessionId {
        self.invite_with(Some(OFFER))
    }

    fn invite_with(&mut self, sdp: Option<&[u8]>) -> SessionId {
        let (local, destination) = (self.ends[A].address, self.ends[B].address);
        let invite = OutgoingInvite {
            request_uri: format!("sip:+4930123456@{destination}"),
            from: format!("\"A\" <sip:a@{local}>"),
            to: format!("<sip:+4930123456@{destination}>"),
            headers: Vec::new(),
            sdp: sdp.map(<[u8]>::to_vec),
            max_forwards: 70,
            credentials: None,
        };
        let hop = NextHop::Flow(Flow::udp(local, destination));
        self.act(A, |a, now| a.invite(now, hop, invite))
    }

    /// A calls B; B has the INVITE.
    #[track_caller]
    fn invited() -> (Self, SessionId, SessionId) {
        let mut net = Self::new();
        let a = net.invite();
        let b = id_of(&net.expect(B, "Invite"));
        (net, a, b)
    }

    /// A has called B and is connected.
    #[track_caller]
    fn connected() -> (Self, SessionId, SessionId) {
        let (mut net, a, b) = Self::invited();
        net.connect(a, b);
        (net, a, b)
    }

    #[track_caller]
    fn connect(&mut self, a: SessionId, b: SessionId) {
        self.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
            .unwrap();
        self.expect(A, "Answered 200");
        self.act(A, |end, now| end.ack(now, a, None));
        self.expect(B, "Acked");
    }

    fn bye(&mut self, side: usize, id: SessionId) {
        self.act(side, |end, now| end.bye(now, id, &[]));
    }
}

fn event_label(event: &Event) -> String {
    match event {
        Event::Invite { .. } => "Invite".to_owned(),
        Event::Reinvite { .. } => "Reinvite".to_owned(),
        Event::ReinviteCancelled { .. } => "ReinviteCancelled".to_owned(),
        Event::Cancelled { .. } => "Cancelled".to_owned(),
        Event::Acked { .. } => "Acked".to_owned(),
        Event::AckTimeout { .. } => "AckTimeout".to_owned(),
        Event::Provisional { response, .. } => {
            format!("Provisional {}", response.status().unwrap())
        }
        Event::Pracked { description, .. } => format!("Pracked {description:?}"),
        Event::PrackTimeout { .. } => "PrackTimeout".to_owned(),
        Event::Update { request, .. } if request.sdp().is_some() => "Update with offer".to_owned(),
        Event::Update { .. } => "Update".to_owned(),
        Event::UpdateAccepted { .. } => "UpdateAccepted".to_owned(),
        Event::UpdateRejected { status, .. } => format!("UpdateRejected {status}"),
        Event::Answered { response, .. } => format!("Answered {}", response.status().unwrap()),
        Event::Rejected { status, .. } => format!("Rejected {status}"),
        Event::ReinviteRejected { status, .. } => format!("ReinviteRejected {status}"),
        Event::Bye { .. } => "Bye".to_owned(),
        Event::SessionExpired { .. } => "SessionExpired".to_owned(),
        Event::Refreshed { .. } => "Refreshed".to_owned(),
        Event::Ended { .. } => "Ended".to_owned(),
        Event::Request { request, .. } => format!("Request {}", request.method().unwrap().as_str()),
        Event::Response { status, .. } => format!("Response {status}"),
        Event::NotServed { reason, .. } => format!("NotServed {reason}"),
        Event::Notified { .. } => "Notified".to_owned(),
        Event::Malformed { answered, .. } => format!("Malformed {answered:?}"),
    }
}

fn id_of(event: &Event) -> SessionId {
    event.session().expect("an event of a session")
}

/// A request from someone at 203.0.113.9, outside a dialog unless `to_tag` is given.
fn request(method: &str, cseq: u32, to_tag: &str, branch: &str, extra: &str) -> String {
    format!(
        "{method} sip:b@192.0.2.2:5070 SIP/2.0\n\
         Via: SIP/2.0/UDP 203.0.113.9:5060;branch={branch}\n\
         Max-Forwards: 70\n\
         From: <sip:c@203.0.113.9>;tag=c1\n\
         To: <sip:b@192.0.2.2:5070>{to_tag}\n\
         Call-ID: c-call\n\
         CSeq: {cseq} {method}\n\
         Contact: <sip:c@203.0.113.9>\n\
         {extra}Content-Length: 0\n\n"
    )
}

const C: &str = "203.0.113.9:5060";
