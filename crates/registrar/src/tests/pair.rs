//! Our own client against the registrar, over a network that loses, in virtual time.

use super::*;
use std::collections::VecDeque;
use trunkline_sip::header::{Address, Contact, ContactAddress, UriText};
use trunkline_sip::registration::{
    Register, Registration, RegistrationConfig, RegistrationEvent, RegistrationOutput,
    RegistrationState,
};

/// The client's side, with what it sent and what it said.
struct Client {
    machine: Registration,
    flow: Flow,
    sent: u32,
    events: VecDeque<RegistrationEvent>,
}

impl Client {
    fn new(expires: u32) -> Self {
        let contact =
            format!("<sip:bob@10.0.0.5;transport=tcp>;reg-id=1;+sip.instance=\"<{URN}>\"");
        let Ok(Contact::Address(contact)) = Contact::parse(&contact) else {
            panic!("{contact}");
        };
        let mut config = RegistrationConfig::new(
            UriText::new("sip:biloxi.com").unwrap(),
            Address::parse("<sip:bob@biloxi.com>").unwrap(),
            ContactAddress::into_owned(contact),
            "1",
            [4; 32],
        );
        config.expires = expires;
        config.credentials = Phone::new().credentials();
        let mut machine = Registration::new(config).unwrap();
        machine.start();
        Self {
            machine,
            flow: connected(Transport::Tcp, "203.0.113.7:4000", 1),
            sent: 0,
            events: VecDeque::new(),
        }
    }

    /// The request as an endpoint would send it.
    fn message(register: &Register) -> Message {
        let mut builder = Builder::request(Method::Register, &register.request_uri)
            .header(Name::Via, "SIP/2.0/TCP 10.0.0.5;branch=z9hG4bK1")
            .header(Name::MaxForwards, register.max_forwards)
            .header(Name::From, format_args!("{};tag=1", register.from))
            .header(Name::To, &register.to)
            .header(Name::CallId, &register.call_id)
            .header(Name::CSeq, format_args!("{} REGISTER", register.cseq));
        for (name, value) in &register.headers {
            builder = builder.header(*name, value);
        }
        Message::parse(builder.build()).unwrap()
    }

    /// Carries requests and answers until nobody has more to say.
    fn exchange<S: Store>(&mut self, rig: &mut Rig<S>, is_up: bool) {
        while let Some(output) = self.machine.poll_output() {
            let register = match output {
                RegistrationOutput::Register(register) => register,
                RegistrationOutput::Event(event) => {
                    self.events.push_back(event);
                    continue;
                }
            };
            self.sent += 1;
            if !is_up {
                self.machine.failed(rig.now, 408);
                continue;
            }
            let request = Self::message(&register);
            let reply = rig.registrar.handle(rig.now, &request, &self.flow);
            let mut builder = Builder::response_to(&request, reply.status, reply.reason, Some("r"));
            for (name, value) in &reply.headers {
                builder = builder.header(*name, value);
            }
            let response = Message::parse(builder.build()).unwrap();
            self.machine.response(rig.now, &response, Some(self.flow));
        }
    }

    /// Lets time pass until `end`.
    fn run<S: Store>(&mut self, rig: &mut Rig<S>, end: Time, is_up: bool) {
        self.exchange(rig, is_up);
        loop {
            let wakes = [
                self.machine.poll_timeout().map(|it| it.0),
                rig.registrar.poll_timeout(),
            ];
            let Some(at) = wakes.into_iter().flatten().min().filter(|at| *at <= end) else {
                break;
            };
            rig.now = rig.now.max(at);
            self.machine.handle_timeout(rig.now);
            rig.registrar.handle_timeout(rig.now);
            self.exchange(rig, is_up);
            self.agrees(rig);
        }
        rig.now = end;
    }

    /// Whoever holds a lease can be reached, over its flow.
    fn agrees<S: Store>(&self, rig: &Rig<S>) {
        if self
            .machine
            .lease()
            .is_some_and(|lease| lease.until > rig.now)
        {
            let found = rig.contacts("sip:bob@biloxi.com");
            assert_eq!(found.len(), 1, "{}", rig.now);
            assert_eq!(found[0].flow, Some(self.flow));
        }
    }
}

const URN: &str = "urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF";

#[test]
fn a_day_of_refreshes() {
    let mut rig = Rig::new(biloxi());
    let mut client = Client::new(600);
    let end = rig.now + Duration::from_secs(86_400);
    client.run(&mut rig, end, true);
    assert!(matches!(
        client.machine.state(),
        RegistrationState::Registered { .. }
    ));
    // Once, and never lost.
    assert_eq!(client.events.len(), 1, "{:?}", client.events);
    let Some(RegistrationEvent::Registered(lease)) = client.events.front() else {
        panic!()
    };
    assert!(lease.outbound);
    let counters = rig.registrar.counters();
    // Between 300 s and 540 s; each nonce serves five minutes, so most are challenged.
    assert!((160..=288).contains(&counters.accepted), "{counters:?}");
    assert_eq!(counters.accepted + counters.challenged, counters.requests);
    assert_eq!(rig.registrar.verifier_counters().refused, 0);
    assert!(client.sent < 600);
}

#[test]
fn too_brief_an_interval_is_made_longer() {
    let mut rig = Rig::new(biloxi());
    let mut client = Client::new(10);
    let end = rig.now + Duration::from_secs(600);
    client.run(&mut rig, end, true);
    assert!(matches!(
        client.machine.state(),
        RegistrationState::Registered { .. }
    ));
    assert_eq!(rig.registrar.counters().too_brief, 1);
}

#[test]
fn an_outage_a_restart_and_another_connection() {
    let mut rig = Rig::new(biloxi());
    let mut client = Client::new(600);
    let minutes = |rig: &Rig, count: u64| rig.now + Duration::from_secs(60 * count);
    let end = minutes(&rig, 5);
    client.run(&mut rig, end, true);

    // Nobody answers for an hour: the binding runs out at both ends.
    let end = minutes(&rig, 60);
    client.run(&mut rig, end, false);
    assert!(matches!(
        client.machine.state(),
        RegistrationState::Failed { status: 408, .. }
    ));
    assert_eq!(
        client.events.back(),
        Some(&RegistrationEvent::Lost { status: None })
    );
    assert!(rig.contacts("bob").is_empty());

    // The registrar comes back without its memory. Nonces of before are stale, not wrong.
    let mut config = biloxi();
    config.verifier.seed = [5; 32];
    rig.registrar = Registrar::new(config, Memory, rig.now, UNIX).unwrap();
    let end = minutes(&rig, 30);
    client.run(&mut rig, end, true);
    assert!(matches!(
        client.machine.state(),
        RegistrationState::Registered { .. }
    ));

    // The connection is closed and another one made.
    client.run(&mut rig, end, true);
    let old = client.flow;
    client.flow = connected(Transport::Tcp, "203.0.113.7:4001", 2);
    rig.registrar.connection_closed(ConnectionId(1));
    assert!(rig.contacts("sip:bob@biloxi.com").is_empty());
    client.machine.flow_lost(rig.now, &old);
    client.exchange(&mut rig, true);
    client.agrees(&rig);
    assert_eq!(rig.contacts("sip:bob@biloxi.com").len(), 1);

    // And it goes.
    client.machine.stop(rig.now);
    client.exchange(&mut rig, true);
    assert_eq!(client.events.back(), Some(&RegistrationEvent::Stopped));
    assert!(rig.contacts("sip:bob@biloxi.com").is_empty());
    assert_eq!(rig.registrar.verifier_counters().refused, 0);
}
