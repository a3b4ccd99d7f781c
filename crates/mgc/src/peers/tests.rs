//! Peers over virtual time, with an endpoint and no sockets.

use super::*;
use crate::config::{Authenticate, KeepAlive};
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_sip::Transport;
use trunkline_sip::digest::Secret;
use trunkline_sip::endpoint::{EndpointConfig, Event, Output};
use trunkline_sip::header::{Address, ContactAddress, UriText};
use trunkline_sip::registration::RegistrationConfig;
use trunkline_sip::{Builder, Message};

const INTERVAL: Duration = Duration::from_secs(30);

/// Timer F: a request that nobody answers fails after it.
const UNANSWERED: Duration = Duration::from_secs(32);

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

struct World {
    now: Time,
    config: Vec<SipPeer>,
    peers: Peers,
    endpoint: Endpoint,
}

impl World {
    fn new(peer: SipPeer) -> Self {
        let mut config = EndpointConfig::new([7; 32]);
        config.locals = vec![(Transport::Udp, address("192.0.2.1:5060"))];
        let peers = vec![peer];
        Self {
            now: Time::ZERO,
            peers: Peers::new(&peers, [7; 32]),
            config: peers,
            endpoint: Endpoint::new(config),
        }
    }

    /// What is sent and told until nothing more is; retransmissions too.
    fn drain(&mut self) -> (Vec<(Flow, Message)>, Vec<SipEvent>) {
        let (mut sent, mut told) = (Vec::new(), Vec::new());
        loop {
            if let Some(event) = self.peers.poll(self.now, &self.config, &mut self.endpoint) {
                told.push(event);
            } else if let Some(output) = self.endpoint.poll_output() {
                match output {
                    Output::Transmit { flow, data, .. } => {
                        sent.push((flow, Message::parse(data).unwrap()));
                    }
                    Output::Event(Event::Response {
                        id,
                        response,
                        status,
                        ..
                    }) => {
                        assert!(self.peers.response(self.now, id, response.as_ref(), status));
                    }
                    other => panic!("{other:?}"),
                }
            } else {
                return (sent, told);
            }
        }
    }

    /// Goes from timer to timer for that long.
    fn pass(&mut self, time: Duration) -> (Vec<(Flow, Message)>, Vec<SipEvent>) {
        let until = self.now + time;
        let (mut sent, mut told) = self.drain();
        loop {
            let sip = self.endpoint.poll_timeout().map(|(at, _)| at);
            let next = [sip, self.peers.poll_timeout()].into_iter().flatten().min();
            let Some(next) = next.filter(|at| *at <= until) else {
                self.now = until;
                return (sent, told);
            };
            self.now = next.max(self.now);
            self.endpoint.handle_timeout(self.now);
            self.peers
                .handle_timeout(self.now, &self.config, &mut self.endpoint);
            let (more, events) = self.drain();
            sent.extend(more);
            told.extend(events);
        }
    }

    fn answer(&mut self, (flow, request): &(Flow, Message), status: u16, headers: &[(Name, &str)]) {
        let mut builder = Builder::response_to(request, status, "", Some("peer"));
        for (name, value) in headers {
            builder = builder.header(*name, value);
        }
        self.endpoint.receive(self.now, *flow, &builder.build());
    }
}

fn asked() -> SipPeer {
    SipPeer {
        keep_alive: Some(KeepAlive {
            interval: INTERVAL,
            failures: 2,
        }),
        ..SipPeer::udp("peer", address("192.0.2.9:5060"))
    }
}

#[test]
fn a_peer_that_leaves_two_options_unanswered_is_out_until_it_answers() {
    let mut world = World::new(asked());
    let (sent, told) = world.pass(Duration::from_millis(1));
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].1.method(), Some(Method::Options));
    assert_eq!(sent[0].0.remote, address("192.0.2.9:5060"));
    assert_eq!(told, []);
    world.answer(&sent[0], 200, &[]);
    assert_eq!(world.drain().1, []);
    assert_eq!(
        world.peers.states().next().unwrap().last_answer,
        Some(world.now)
    );

    // One without an answer is no reason yet, two are.
    let (_, told) = world.pass(INTERVAL + UNANSWERED + Duration::from_secs(1));
    assert_eq!(told, []);
    assert!(world.peers.is_up(0));
    let (_, told) = world.pass(INTERVAL + UNANSWERED);
    let down = SipEvent::Peer {
        peer: 0,
        is_up: false,
    };
    assert_eq!(told, [down]);
    assert!(!world.peers.is_up(0));

    // It is asked on, and any answer of its own will do.
    let (sent, _) = world.pass(INTERVAL);
    let request = sent.last().expect("OPTIONS");
    world.answer(request, 404, &[]);
    let up = SipEvent::Peer {
        peer: 0,
        is_up: true,
    };
    assert_eq!(world.drain().1, [up]);
    assert!(world.peers.is_up(0));
}

#[test]
fn a_registration_is_made_kept_and_given_up() {
    let uri = |text: &'static str| UriText::new(text).unwrap();
    let config = RegistrationConfig::new(
        uri("sip:carrier.example"),
        Address::new(uri("sip:trunk@carrier.example")),
        ContactAddress::new(uri("sip:trunk@192.0.2.1:5060")),
        "call-id",
        [3; 32],
    );
    let mut world = World::new(SipPeer {
        register: Some(Box::new(config)),
        ..SipPeer::udp("carrier", address("192.0.2.9:5060"))
    });
    let (sent, told) = world.drain();
    assert_eq!((sent.len(), told.len()), (1, 0));
    let register = &sent[0].1;
    assert_eq!(register.method(), Some(Method::Register));
    assert_eq!(register.request_uri(), Some("sip:carrier.example"));
    let contact = [
        (Name::Contact, "<sip:trunk@192.0.2.1:5060>;expires=600"),
        (Name::ServiceRoute, "<sip:edge.carrier.example;lr>"),
    ];
    world.answer(&sent[0], 200, &contact);
    let registered = SipEvent::Registration {
        peer: 0,
        registered: true,
        status: None,
    };
    assert_eq!(world.drain().1, [registered]);
    assert_eq!(
        world.peers.service_route(0),
        ["<sip:edge.carrier.example;lr>"]
    );

    // It is refreshed before it ends.
    let mut steps = (0..56).map(|_| world.pass(Duration::from_secs(10)));
    let step = steps.find(|(sent, _)| !sent.is_empty());
    let (sent, told) = step.expect("a refresh before the end");
    assert_eq!(sent[0].1.cseq().number, 2);
    assert_eq!(told, []);
    world.answer(&sent[0], 200, &contact);
    world.drain();

    assert!(world.peers.is_idle());
    world.peers.stop(world.now);
    assert!(!world.peers.is_idle());
    let (sent, told) = world.drain();
    let removal = sent.last().expect("a removal");
    assert_eq!(removal.1.cseq().number, 3);
    assert!(matches!(
        told[..],
        [SipEvent::Registration {
            registered: false,
            ..
        }]
    ));
    world.answer(removal, 200, &[]);
    world.drain();
    assert!(world.peers.is_idle());
}

#[test]
fn a_peer_is_known_by_its_certificate_while_the_connection_lasts() {
    let mut world = World::new(SipPeer {
        certificate: Some("carrier.example".into()),
        admit: Vec::new(),
        authenticate: Some(Authenticate {
            realm: "trunkline".into(),
            username: "carrier".into(),
            password: Secret::password("secret"),
        }),
        ..asked()
    });
    let flow = Flow {
        transport: Transport::Tls,
        local: address("192.0.2.1:5061"),
        remote: address("198.51.100.1:40000"),
        connection: Some(ConnectionId(1)),
    };
    let other: [Box<str>; 1] = ["elsewhere.example".into()];
    world.peers.opened(&world.config, &flow, &other);
    assert_eq!(world.peers.of(&world.config, &flow), None);
    let own: [Box<str>; 1] = ["carrier.example".into()];
    world.peers.opened(&world.config, &flow, &own);
    assert_eq!(world.peers.of(&world.config, &flow), Some(0));

    // It must know the password all the same.
    let invite = Builder::request(Method::Invite, "sip:+4930@192.0.2.1")
        .header(Name::Via, "SIP/2.0/TLS 198.51.100.1;branch=z9hG4bK1")
        .header(Name::From, "<sip:carrier.example>;tag=1")
        .header(Name::To, "<sip:+4930@192.0.2.1>")
        .header(Name::CallId, "1")
        .header(Name::CSeq, "1 INVITE")
        .header(Name::MaxForwards, 70)
        .build();
    let invite = Message::parse(invite).unwrap();
    let admission = world.peers.admit(world.now, &world.config, 0, &invite);
    let Admission::Challenge(headers) = admission else {
        panic!("{admission:?}");
    };
    assert!(
        headers
            .iter()
            .all(|(name, _)| *name == Name::WwwAuthenticate)
    );

    world.peers.closed(world.now, &flow);
    assert_eq!(world.peers.of(&world.config, &flow), None);
}
