mod answers;
mod life;

use super::*;
use crate::digest::{Secret, Verdict, Verifier, VerifierConfig};
use crate::flow::Transport;
use crate::header;
use crate::{Builder, ConnectionId, Message, Method};
use RegistrationEvent::{Lost, Registered, Stopped};

const INSTANCE: &str = "urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF";

fn uri(text: &str) -> UriText<'static> {
    UriText::new(text.to_owned()).unwrap()
}

fn address(text: &str) -> Address<'static> {
    Address::parse(text).unwrap().into_owned()
}

fn contact(text: &str) -> ContactAddress<'static> {
    match header::Contact::parse(text).unwrap() {
        header::Contact::Address(address) => address.into_owned(),
        header::Contact::All => panic!(),
    }
}

/// That of RFC 3261 24.1.
fn biloxi() -> RegistrationConfig {
    RegistrationConfig::new(
        uri("sip:registrar.biloxi.com"),
        address("Bob <sip:bob@biloxi.com>"),
        contact("<sip:bob@192.0.2.4>"),
        "843817637684230@998sdasdh09",
        [1; 32],
    )
}

/// The first of RFC 5626 9.2.
fn outbound() -> RegistrationConfig {
    let mut config = RegistrationConfig::new(
        uri("sip:example.com"),
        address("Bob <sip:bob@example.com>"),
        contact(&format!(
            "<sip:bob@192.0.2.2;transport=tcp>;reg-id=1;+sip.instance=\"<{INSTANCE}>\""
        )),
        "16CB75F21C70",
        [1; 32],
    );
    config.route = vec![address("<sip:ep1.example.com;lr>")];
    config
}

fn flow(port: u16) -> Flow {
    Flow {
        transport: Transport::Tcp,
        local: "192.0.2.2:5060".parse().unwrap(),
        remote: std::net::SocketAddr::from(([192, 0, 2, 15], port)),
        connection: Some(ConnectionId(port.into())),
    }
}

/// A registration and its clock.
struct Rig {
    machine: Registration,
    now: Time,
    last: Option<Register>,
}

impl Rig {
    fn new(config: RegistrationConfig) -> Self {
        let mut machine = Registration::new(config).unwrap();
        machine.start();
        let now = Time::from_secs(1);
        Self {
            machine,
            now,
            last: None,
        }
    }

    /// The next output, which must be a REGISTER.
    fn register(&mut self) -> Register {
        match self.machine.poll_output() {
            Some(RegistrationOutput::Register(register)) => {
                self.last = Some(register.clone());
                register
            }
            other => panic!("expected a REGISTER, got {other:?}"),
        }
    }

    /// All events, when no REGISTER is among the outputs.
    fn events(&mut self) -> Vec<RegistrationEvent> {
        core::iter::from_fn(|| self.machine.poll_output())
            .map(|output| match output {
                RegistrationOutput::Event(event) => event,
                RegistrationOutput::Register(register) => panic!("{register:?}"),
            })
            .collect()
    }

    fn event(&mut self) -> RegistrationEvent {
        match self.machine.poll_output() {
            Some(RegistrationOutput::Event(event)) => event,
            other => panic!("expected an event, got {other:?}"),
        }
    }

    /// Answers the last REGISTER.
    fn answer(&mut self, status: u16, fields: &[(Name, &str)]) {
        self.answer_over(status, fields, None);
    }

    fn answer_over(&mut self, status: u16, fields: &[(Name, &str)], flow: Option<Flow>) {
        let register = self.last.as_ref().unwrap();
        let mut builder = Builder::response_to(&message(register), status, "", Some("r"));
        for (name, value) in fields {
            builder = builder.header(*name, value);
        }
        let response = Message::parse(builder.build()).unwrap();
        self.machine.response(self.now, &response, flow);
    }

    /// Answers the last REGISTER with 200 and its own Contact.
    fn grant(&mut self, expires: u32) -> Register {
        let register = self.register();
        let value = field(&register, Name::Contact);
        let mut listed = contact(&value);
        listed.expires = Some(expires);
        self.answer(200, &[(Name::Contact, &listed.to_string())]);
        register
    }

    /// Goes to the next timer.
    fn wake(&mut self) -> (Duration, RegistrationTimer) {
        let (at, timer) = self.machine.poll_timeout().unwrap();
        assert!(at > self.now, "{at} {timer:?}");
        let waited = at.since(self.now);
        self.now = at;
        self.machine.handle_timeout(at);
        (waited, timer)
    }
}

/// The REGISTER as an endpoint would send it.
fn message(register: &Register) -> Message {
    let mut builder = Builder::request(Method::Register, &register.request_uri)
        .header(Name::Via, "SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKnashds7")
        .header(Name::MaxForwards, register.max_forwards)
        .header(Name::From, format_args!("{};tag=456248", register.from))
        .header(Name::To, &register.to)
        .header(Name::CallId, &register.call_id)
        .header(Name::CSeq, format_args!("{} REGISTER", register.cseq));
    for (name, value) in &register.headers {
        builder = builder.header(*name, value);
    }
    Message::parse(builder.build()).unwrap()
}

fn field(register: &Register, name: Name) -> String {
    let mut found = register.headers.iter().filter(|header| header.0 == name);
    match (found.next(), found.next()) {
        (Some((_, value)), None) => value.clone(),
        _ => panic!("{name}: {register:?}"),
    }
}

fn seconds(range: core::ops::RangeInclusive<u64>) -> core::ops::RangeInclusive<Duration> {
    Duration::from_secs(*range.start())..=Duration::from_secs(*range.end())
}

fn lease_of(event: RegistrationEvent) -> Lease {
    match event {
        Registered(lease) => lease,
        other => panic!("{other:?}"),
    }
}
