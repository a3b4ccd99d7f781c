//! One endpoint alone: what it sends is looked at and answered message by message, over any
//! transport.

use super::*;
use crate::digest::{Credentials, Secret};
use crate::locate::Srv;
use crate::{ConnectionId, Transport};

/// Where our endpoint is.
pub(super) const HERE: &str = "192.0.2.1:5060";

/// Something that the endpoint sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) at: Time,
    pub(super) flow: Flow,
    pub(super) message: Message,
}

impl Sent {
    /// As `UDP 198.51.100.1:5060 INVITE` or `TCP 198.51.100.1:5060 200 BYE`.
    pub(super) fn label(&self) -> String {
        let cseq = self.message.cseq();
        let what = match self.message.status() {
            Some(status) => format!("{status} {}", cseq.method.as_str()),
            None => self.message.method().unwrap().as_str().to_owned(),
        };
        format!("{} {}", self.flow, what)
    }
}

/// The endpoint with its clock, what it sent and what it said.
pub(super) struct Solo {
    pub(super) now: Time,
    pub(super) endpoint: Endpoint,
    pub(super) sent: VecDeque<Sent>,
    pub(super) events: VecDeque<Event>,
    /// Questions that have no entry here stay open.
    pub(super) zone: BTreeMap<Question, Answer>,
    pub(super) asked: Vec<Question>,
}

impl Solo {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(change: impl FnOnce(&mut EndpointConfig)) -> Self {
        let mut config = EndpointConfig::new([3; 32]);
        let here = HERE.parse().unwrap();
        config.locals = vec![(Transport::Udp, here), (Transport::Tcp, here)];
        change(&mut config);
        Self {
            now: Time::from_secs(1_000),
            endpoint: Endpoint::new(config),
            sent: VecDeque::new(),
            events: VecDeque::new(),
            zone: BTreeMap::new(),
            asked: Vec::new(),
        }
    }

    /// Runs one operation and takes what comes of it.
    pub(super) fn act<R>(&mut self, action: impl FnOnce(&mut Endpoint, Time) -> R) -> R {
        let result = action(&mut self.endpoint, self.now);
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Event(event) => self.events.push_back(event),
                Output::Transmit { flow, data, .. } => self.sent.push_back(Sent {
                    at: self.now,
                    flow,
                    message: Message::parse(data).unwrap(),
                }),
                Output::Resolve(question) => {
                    self.asked.push(question.clone());
                    if let Some(answer) = self.zone.get(&question).cloned() {
                        self.endpoint.resolved(self.now, &question, &answer);
                    }
                }
            }
        }
        result
    }

    /// Lets time go on.
    pub(super) fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        while let Some((at, _)) = self.endpoint.poll_timeout().filter(|(at, _)| *at <= until) {
            self.now = self.now.max(at);
            self.act(Endpoint::handle_timeout);
        }
        self.now = until;
    }

    /// The next thing that it sent must be this.
    #[track_caller]
    pub(super) fn expect_sent(&mut self, label: &str) -> Sent {
        let Some(sent) = self.sent.pop_front() else {
            panic!("nothing was sent; expected {label}");
        };
        assert_eq!(sent.label(), label);
        sent
    }

    /// Nothing more was sent.
    #[track_caller]
    pub(super) fn nothing_sent(&self) {
        let labels: Vec<_> = self.sent.iter().map(Sent::label).collect();
        assert!(labels.is_empty(), "{labels:?}");
    }

    /// The labels of all that it sent, with the milliseconds since `start`.
    pub(super) fn take_sent(&mut self, start: Time) -> Vec<(u64, String)> {
        let sent = self.sent.drain(..);
        sent.map(|sent| (sent.at.since(start).as_millis() as u64, sent.label()))
            .collect()
    }

    /// The next event must be this one.
    #[track_caller]
    pub(super) fn expect(&mut self, label: &str) -> Event {
        let Some(event) = self.events.pop_front() else {
            panic!("no event; expected {label}");
        };
        assert_eq!(event_label(&event), label);
        event
    }

    /// A message comes over a flow.
    pub(super) fn receive(&mut self, flow: Flow, text: &str) {
        let data = text.replace('\n', "\r\n").into_bytes();
        self.act(|endpoint, now| endpoint.receive(now, flow, &data));
    }

    /// Answers what it sent. `extra` is whole header lines.
    pub(super) fn answer(&mut self, sent: &Sent, status: u16, extra: &str) {
        self.answer_as(sent, status, "t1", extra);
    }

    /// Answers with that To tag.
    pub(super) fn answer_as(&mut self, sent: &Sent, status: u16, tag: &str, extra: &str) {
        self.answer_with(sent, status, tag, extra, b"");
    }

    /// Answers with that session description.
    pub(super) fn answer_with(
        &mut self,
        sent: &Sent,
        status: u16,
        tag: &str,
        extra: &str,
        sdp: &[u8],
    ) {
        let request = &sent.message;
        let to = request.header(Name::To).unwrap();
        let to = match request.to().tag() {
            None if status > 100 => format!("{to};tag={tag}"),
            _ => to.to_owned(),
        };
        let mut text = format!("SIP/2.0 {status} X\n");
        for via in request.headers(Name::Via) {
            let _ = writeln!(text, "Via: {via}");
        }
        let _ = write!(
            text,
            "From: {}\nTo: {to}\nCall-ID: {}\nCSeq: {}\n{extra}",
            request.header(Name::From).unwrap(),
            request.call_id(),
            request.header(Name::CSeq).unwrap(),
        );
        if !sdp.is_empty() {
            text.push_str("Content-Type: application/sdp\n");
        }
        let _ = write!(text, "Content-Length: {}\n\n", sdp.len());
        let mut data = text.replace('\n', "\r\n").into_bytes();
        data.extend_from_slice(sdp);
        let flow = sent.flow;
        self.act(|endpoint, now| endpoint.receive(now, flow, &data));
    }

    /// All timers run out; nothing may be left.
    #[track_caller]
    pub(super) fn finish(mut self) {
        self.pass(Duration::from_secs(100_000));
        let labels: Vec<_> = self.events.iter().map(event_label).collect();
        assert!(labels.is_empty(), "{labels:?}");
        assert_eq!(self.endpoint.sessions(), 0);
        assert_eq!(self.endpoint.transactions(), 0);
        assert_eq!(self.endpoint.outgoing.len(), 0);
        assert!(self.endpoint.timers.is_empty());
        assert!(self.endpoint.by_tag.is_empty());
        assert!(self.endpoint.questions.is_empty());
    }

    /// Calls a URI.
    pub(super) fn call(&mut self, uri: &str) -> SessionId {
        let invite = outgoing_invite(uri);
        self.act(|endpoint, now| endpoint.invite(now, NextHop::Uri, invite))
    }

    /// Asks a URI something.
    pub(super) fn ask(&mut self, uri: &str, body: Option<Body>) -> RequestId {
        let request = OutgoingRequest {
            method: Method::Message,
            request_uri: uri.to_owned(),
            from: "<sip:a@192.0.2.1>".to_owned(),
            to: format!("<{uri}>"),
            headers: Vec::new(),
            body,
            max_forwards: 70,
            sequence: None,
            credentials: Some(credentials("secret")),
        };
        self.act(|endpoint, now| endpoint.request(now, NextHop::Uri, request))
    }

    /// Calls and is connected; the peer's Contact is the URI.
    #[track_caller]
    pub(super) fn connected(&mut self, uri: &str, place: &str) -> SessionId {
        let id = self.call(uri);
        let invite = self.expect_sent(&format!("{place} INVITE"));
        self.answer(&invite, 200, &format!("Contact: <{uri}>\n"));
        self.expect("Answered 200");
        self.act(|endpoint, now| endpoint.ack(now, id, None));
        self.expect_sent(&format!("{place} ACK"));
        id
    }

    /// Hangs up; the peer answers.
    #[track_caller]
    pub(super) fn hang_up(&mut self, id: SessionId, place: &str) {
        self.act(|endpoint, now| endpoint.bye(now, id, &[]));
        let bye = self.expect_sent(&format!("{place} BYE"));
        self.answer(&bye, 200, "");
        self.expect("Ended");
    }
}

pub(super) fn outgoing_invite(uri: &str) -> OutgoingInvite {
    OutgoingInvite {
        request_uri: uri.to_owned(),
        from: "<sip:a@192.0.2.1>".to_owned(),
        to: format!("<{uri}>"),
        headers: Vec::new(),
        sdp: Some(OFFER.to_vec()),
        max_forwards: 70,
        credentials: Some(credentials("secret")),
    }
}

pub(super) fn credentials(password: &str) -> Arc<[Credentials]> {
    Arc::new([Credentials {
        realm: None,
        username: "a".into(),
        password: Secret::password(password),
    }])
}

pub(super) fn srv(priority: u16, target: &str) -> Srv {
    Srv {
        priority,
        weight: 0,
        port: 5060,
        target: target.into(),
    }
}

/// A connection with somebody.
pub(super) fn connection(remote: &str, id: u64) -> Flow {
    Flow {
        transport: Transport::Tcp,
        local: HERE.parse().unwrap(),
        remote: remote.parse().unwrap(),
        connection: Some(ConnectionId(id)),
    }
}
