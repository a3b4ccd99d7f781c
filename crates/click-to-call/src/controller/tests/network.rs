//! A controller, a phone and a gateway on one wire, in virtual time. The peers are real endpoints.

use super::super::{Controller, Output};
use crate::config::ControllerConfig;
use crate::{CallEventKind, CallNumber, CallRequest, CallStatus};
use core::time::Duration;
use std::collections::VecDeque;
use std::net::SocketAddr;
use trunkline_model::Time;
use trunkline_numbering::{Rule, Rules};
use trunkline_sip::Flow;
use trunkline_sip::endpoint::{Endpoint, EndpointConfig, Event, Output as SipOutput, SessionId};
use trunkline_sip::{Message, Name};

/// A peer of the controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Phone,
    Gateway,
}
use Who::{Gateway, Phone};

#[derive(Debug)]
pub(super) struct Peer {
    address: SocketAddr,
    pub(super) endpoint: Endpoint,
    pub(super) session: Option<SessionId>,
    pub(super) events: VecDeque<Event>,
    /// Nothing reaches it.
    pub(super) deaf: bool,
}

pub(super) struct Network {
    pub(super) now: Time,
    pub(super) controller: Controller,
    pub(super) phone: Peer,
    pub(super) gateway: Peer,
    wire: VecDeque<(SocketAddr, SocketAddr, Vec<u8>)>,
    ladder: Vec<String>,
    messages: Vec<(SocketAddr, SocketAddr, Message)>,
    pub(super) events: Vec<CallEventKind>,
    /// Of every so many datagrams one is lost; 0 for none.
    pub(super) loss: u64,
    noise: u64,
}

pub(super) const CONTROLLER: &str = "192.0.2.1:5060";
pub(super) const PHONE: &str = "192.0.2.2:5060";
pub(super) const GATEWAY: &str = "192.0.2.3:5060";

/// The phone's and the landline's session descriptions; `port` tells versions apart.
pub(super) fn phone_sdp(port: u16) -> String {
    format!(
        "v=0\r\no=phone 1 {port} IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 111 8\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\n"
    )
}

pub(super) fn landline_sdp(port: u16) -> String {
    format!(
        "v=0\r\no=gw 9 {port} IN IP4 192.0.2.3\r\ns=gw\r\nc=IN IP4 192.0.2.3\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 8 111 101\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n"
    )
}

/// Without the origin line, which is the controller's own.
pub(super) fn without_origin(sdp: &[u8]) -> String {
    let text = String::from_utf8(sdp.to_vec()).unwrap();
    text.split_inclusive("\r\n")
        .filter(|line| !line.starts_with("o="))
        .collect()
}

pub(super) fn origin(sdp: &[u8]) -> String {
    let text = String::from_utf8(sdp.to_vec()).unwrap();
    let line = text.lines().find(|line| line.starts_with("o=")).unwrap();
    line.to_owned()
}

pub(super) fn config() -> ControllerConfig {
    let rule = |pattern: &str, output: &str| Rule {
        pattern: pattern.to_owned(),
        output: output.to_owned(),
    };
    let rules = Rules::new(vec![
        rule("^(sip:.*)$", "$1"),
        rule("^(10[0-9]{2})$", "sip:$1@192.0.2.2"),
        rule(r"^\+?([1-9][0-9]{5,14})$", "sip:+$1@192.0.2.3;user=phone"),
    ]);
    ControllerConfig::new(rules.unwrap(), [7; 32])
}

impl Peer {
    fn new(address: &str, seed: u8) -> Self {
        Self {
            address: address.parse().unwrap(),
            endpoint: Endpoint::new(EndpointConfig::new([seed; 32])),
            session: None,
            events: VecDeque::new(),
            deaf: false,
        }
    }
}

impl Network {
    pub(super) fn new() -> Self {
        Self::with(config())
    }

    pub(super) fn with(config: ControllerConfig) -> Self {
        Self {
            now: Time::from_secs(1_000),
            controller: Controller::new(config, vec![CONTROLLER.parse().unwrap()]).unwrap(),
            phone: Peer::new(PHONE, 2),
            gateway: Peer::new(GATEWAY, 3),
            wire: VecDeque::new(),
            ladder: Vec::new(),
            messages: Vec::new(),
            events: Vec::new(),
            loss: 0,
            noise: 1,
        }
    }

    pub(super) fn peer(&mut self, who: Who) -> &mut Peer {
        match who {
            Phone => &mut self.phone,
            Gateway => &mut self.gateway,
        }
    }

    pub(super) fn request() -> CallRequest {
        CallRequest {
            initiator: "1001".to_owned(),
            destination: "+4930123456".to_owned(),
            anchor: true,
        }
    }

    /// Places a call and lets the messages run.
    pub(super) fn place(&mut self) -> CallNumber {
        let number = self.controller.place(self.now, Self::request()).unwrap();
        self.settle();
        number
    }

    pub(super) fn status(&self, call: CallNumber) -> &CallStatus {
        self.controller.status(call).unwrap()
    }

    /// Delivers all that is on the wire and what comes of it. No time passes.
    pub(super) fn settle(&mut self) {
        self.collect();
        while let Some((from, to, data)) = self.wire.pop_front() {
            if self.lost() {
                continue;
            }
            if to == CONTROLLER.parse().unwrap() {
                self.controller.receive(self.now, to, from, &data);
            } else {
                let now = self.now;
                let who = if to == self.phone.address {
                    Phone
                } else {
                    Gateway
                };
                let peer = self.peer(who);
                assert_eq!(to, peer.address);
                if !peer.deaf {
                    peer.endpoint.receive(now, Flow::udp(to, from), &data);
                }
            }
            self.collect();
        }
    }

    /// Lets time pass, from timer to timer.
    pub(super) fn after(&mut self, time: Duration) {
        let end = self.now + time;
        self.settle();
        loop {
            let controller = self.controller.poll_timeout().map(|(at, _)| at);
            let phone = self.phone.endpoint.poll_timeout().map(|(at, _)| at);
            let gateway = self.gateway.endpoint.poll_timeout().map(|(at, _)| at);
            let next = [controller, phone, gateway].into_iter().flatten().min();
            let Some(next) = next.filter(|at| *at <= end) else {
                break;
            };
            self.now = self.now.max(next);
            if controller.is_some_and(|at| at <= next) {
                self.controller.handle_timeout(self.now);
            }
            if phone.is_some_and(|at| at <= next) {
                self.phone.endpoint.handle_timeout(self.now);
            }
            if gateway.is_some_and(|at| at <= next) {
                self.gateway.endpoint.handle_timeout(self.now);
            }
            self.settle();
        }
        self.now = end;
    }

    fn collect(&mut self) {
        while let Some(output) = self.controller.poll_output() {
            match output {
                Output::Transmit {
                    local,
                    destination,
                    data,
                } => self.send(local, destination, data),
                Output::Event(event) => self.events.push(event.kind),
            }
        }
        for who in [Phone, Gateway] {
            while let Some(output) = self.peer(who).endpoint.poll_output() {
                match output {
                    SipOutput::Transmit { flow, data, .. } => {
                        self.send(flow.local, flow.remote, data);
                    }
                    SipOutput::Resolve(question) => panic!("{question:?}"),
                    SipOutput::Event(event) => {
                        let peer = self.peer(who);
                        if let Event::Invite { id, .. } = &event {
                            peer.session = Some(*id);
                        }
                        peer.events.push_back(event);
                    }
                }
            }
        }
    }

    fn send(&mut self, from: SocketAddr, to: SocketAddr, data: Vec<u8>) {
        let message = Message::parse(data.clone()).unwrap();
        let name = |address: SocketAddr| match address.to_string().as_str() {
            CONTROLLER => "controller",
            PHONE => "phone",
            _ => "gateway",
        };
        let what = match message.method() {
            Some(method) => method.to_string(),
            None => format!("{} {}", message.status().unwrap(), message.cseq().method),
        };
        let sdp = if message.sdp().is_some() {
            " (sdp)"
        } else {
            ""
        };
        // 100 is of no interest.
        if message.status() != Some(100) {
            self.ladder
                .push(format!("{} > {}: {what}{sdp}", name(from), name(to)));
        }
        self.messages.push((from, to, message));
        self.wire.push_back((from, to, data));
    }

    fn lost(&mut self) -> bool {
        self.noise = self
            .noise
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        self.loss != 0 && (self.noise >> 33).is_multiple_of(self.loss)
    }

    pub(super) fn skip_noise(&mut self, seed: u64) {
        self.noise = seed.wrapping_mul(2_654_435_769).wrapping_add(99);
    }

    pub(super) fn status_id(&self, call: CallNumber) -> String {
        self.status(call).id.clone()
    }

    /// What went over the wire since the last time.
    #[track_caller]
    pub(super) fn expect(&mut self, ladder: &[&str]) {
        let actual = core::mem::take(&mut self.ladder);
        assert!(
            actual == ladder,
            "\nexpected:\n  {}\nactual:\n  {}\n",
            ladder.join("\n  "),
            actual.join("\n  ")
        );
    }

    pub(super) fn forget_ladder(&mut self) {
        self.ladder.clear();
    }

    /// The last message of that kind that the controller sent to a peer: `INVITE`, or `200`.
    #[track_caller]
    pub(super) fn last(&self, to: Who, what: &str) -> &Message {
        let to = match to {
            Phone => self.phone.address,
            Gateway => self.gateway.address,
        };
        let found = self
            .messages
            .iter()
            .rev()
            .find(|(_, destination, message)| {
                let kind = match message.method() {
                    Some(method) => method.to_string(),
                    None => message.status().unwrap().to_string(),
                };
                *destination == to && kind == what
            });
        &found
            .unwrap_or_else(|| panic!("no {what} was sent to {to}"))
            .2
    }

    pub(super) fn rings(&mut self, who: Who) {
        let now = self.now;
        let peer = self.peer(who);
        let id = peer.session.unwrap();
        peer.endpoint
            .provisional(now, id, 180, "Ringing", &[], None)
            .unwrap();
        self.settle();
    }

    pub(super) fn answers(&mut self, who: Who, sdp: &str) {
        let now = self.now;
        let peer = self.peer(who);
        let id = peer.session.unwrap();
        peer.endpoint
            .accept(now, id, &[], Some(sdp.as_bytes()))
            .unwrap();
        self.settle();
    }

    pub(super) fn rejects(&mut self, who: Who, status: u16, phrase: &str, reason: Option<&str>) {
        let now = self.now;
        let peer = self.peer(who);
        let id = peer.session.unwrap();
        let headers: Vec<(Name, String)> = reason
            .map(|reason| (Name::Reason, reason.to_owned()))
            .into_iter()
            .collect();
        peer.endpoint
            .reject(now, id, status, phrase, &headers)
            .unwrap();
        self.settle();
    }

    pub(super) fn hangs_up(&mut self, who: Who, reason: Option<&str>) {
        let now = self.now;
        let peer = self.peer(who);
        let id = peer.session.unwrap();
        let headers: Vec<(Name, String)> = reason
            .map(|reason| (Name::Reason, reason.to_owned()))
            .into_iter()
            .collect();
        peer.endpoint.bye(now, id, &headers);
        self.settle();
    }

    pub(super) fn reinvites(&mut self, who: Who, sdp: Option<&str>) {
        let now = self.now;
        let peer = self.peer(who);
        let id = peer.session.unwrap();
        peer.endpoint
            .reinvite(now, id, sdp.map(|sdp| sdp.as_bytes().to_vec()), &[])
            .unwrap();
        self.settle();
    }

    pub(super) fn acknowledges(&mut self, who: Who, sdp: Option<&str>) {
        let now = self.now;
        let peer = self.peer(who);
        let id = peer.session.unwrap();
        peer.endpoint.ack(now, id, sdp.map(str::as_bytes));
        self.settle();
    }

    /// A call up to the point where the destination rings.
    pub(super) fn destination_rings(&mut self) -> CallNumber {
        let call = self.place();
        self.rings(Phone);
        self.answers(Phone, &phone_sdp(9));
        self.rings(Gateway);
        call
    }

    /// A call whose destination has answered; the initiator has the re-INVITE.
    pub(super) fn joining(&mut self) -> CallNumber {
        let call = self.destination_rings();
        self.answers(Gateway, &landline_sdp(7000));
        call
    }

    /// A call whose parties talk.
    pub(super) fn connected(&mut self) -> CallNumber {
        let call = self.joining();
        self.answers(Phone, &phone_sdp(4000));
        self.forget_ladder();
        call
    }

    /// All signaling comes to its end.
    #[track_caller]
    pub(super) fn all_is_over(&mut self) {
        self.after(Duration::from_secs(150));
        assert!(self.controller.is_idle(), "{:#?}", self.controller);
        assert_eq!(self.phone.endpoint.sessions(), 0, "phone");
        assert_eq!(self.gateway.endpoint.sessions(), 0, "gateway");
        assert!(self.controller.sessions.is_empty());
        assert!(self.controller.by_leg.is_empty());
        assert!(self.controller.targets.is_empty());
    }
}
