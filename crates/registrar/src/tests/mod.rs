mod outbound;
mod pair;
mod register;
mod stores;

use crate::{Binding, Memory, Registrar, RegistrarConfig, Reply, Store, User};
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_model::Time;
use trunkline_sip::digest::{Authorizer, Credentials, Secret};
use trunkline_sip::{Builder, ConnectionId, Flow, Message, Method, Name, Transport};

/// 2026-01-01.
const UNIX: Duration = Duration::from_secs(1_767_225_600);

fn user(name: &str, aors: &[&str]) -> User {
    User {
        name: name.into(),
        secret: Secret::password("zanzibar"),
        aors: aors.iter().map(|aor| (*aor).into()).collect(),
    }
}

fn biloxi() -> RegistrarConfig {
    RegistrarConfig {
        users: vec![user("bob", &["sip:bob@biloxi.com", "+4930123"])],
        ..RegistrarConfig::new("biloxi.com", [9; 32])
    }
}

fn udp(remote: &str) -> Flow {
    Flow::udp("192.0.2.1:5060".parse().unwrap(), remote.parse().unwrap())
}

fn connected(transport: Transport, remote: &str, id: u64) -> Flow {
    let remote: SocketAddr = remote.parse().unwrap();
    Flow {
        transport,
        local: "192.0.2.1:5060".parse().unwrap(),
        remote,
        connection: Some(ConnectionId(id)),
    }
}

/// A phone's side of its registration.
struct Phone {
    name: &'static str,
    to: &'static str,
    uri: &'static str,
    sent_by: &'static str,
    vias: usize,
    call_id: &'static str,
    cseq: u32,
    authorizer: Authorizer,
}

impl Phone {
    /// That of RFC 3261 24.1.
    fn new() -> Self {
        Self {
            name: "bob",
            to: "Bob <sip:bob@biloxi.com>",
            uri: "sip:biloxi.com",
            sent_by: "bobspc.biloxi.com:5060",
            vias: 1,
            call_id: "843817637684230@998sdasdh09",
            cseq: 1825,
            authorizer: Authorizer::default(),
        }
    }

    fn credentials(&self) -> Vec<Credentials> {
        vec![Credentials {
            realm: None,
            username: self.name.into(),
            password: Secret::password("zanzibar"),
        }]
    }

    /// The next REGISTER, with credentials if it was challenged.
    fn register(&mut self, fields: &[(Name, &str)]) -> Message {
        self.cseq += 1;
        let mut builder = Builder::request(Method::Register, self.uri);
        for hop in (0..self.vias).rev() {
            let by = if hop == 0 {
                self.sent_by
            } else {
                "proxy.example"
            };
            let via = format!("SIP/2.0/UDP {by};branch=z9hG4bKnashds7{hop}");
            builder = builder.header(Name::Via, via);
        }
        builder = builder
            .header(Name::MaxForwards, 70)
            .header(Name::To, self.to)
            .header(Name::From, format_args!("{};tag=456248", self.to))
            .header(Name::CallId, self.call_id)
            .header(Name::CSeq, format_args!("{} REGISTER", self.cseq));
        let cnonce = format!("c{}", self.cseq);
        let credentials = self
            .authorizer
            .headers(&Method::Register, self.uri, b"", &cnonce);
        for (name, value) in credentials {
            builder = builder.header(name, value);
        }
        for (name, value) in fields {
            builder = builder.header(*name, value);
        }
        Message::parse(builder.build()).unwrap()
    }
}

/// A registrar and its clock.
struct Rig<S = Memory> {
    registrar: Registrar<S>,
    now: Time,
}

impl Rig {
    fn new(config: RegistrarConfig) -> Self {
        Self::with(config, Memory)
    }
}

impl<S: Store> Rig<S> {
    fn with(config: RegistrarConfig, store: S) -> Self {
        let now = Time::from_secs(100);
        Self {
            registrar: Registrar::new(config, store, now, UNIX).unwrap(),
            now,
        }
    }

    /// Registers, answering the challenge if one comes.
    fn register(&mut self, phone: &mut Phone, fields: &[(Name, &str)], flow: &Flow) -> Reply {
        let request = phone.register(fields);
        let reply = self.registrar.handle(self.now, &request, flow);
        if reply.status != 401 {
            return reply;
        }
        let mut builder = Builder::response_to(&request, 401, reply.reason, Some("r"));
        for (name, value) in &reply.headers {
            builder = builder.header(*name, value);
        }
        let response = Message::parse(builder.build()).unwrap();
        let credentials = phone.credentials();
        phone
            .authorizer
            .challenged(&response, &credentials)
            .unwrap();
        self.registrar
            .handle(self.now, &phone.register(fields), flow)
    }

    fn contacts(&self, aor: &str) -> Vec<Binding> {
        self.registrar.contacts(self.now, aor)
    }

    /// The URIs that an address of record leads to.
    fn uris(&self, aor: &str) -> Vec<String> {
        let bindings = self.contacts(aor).into_iter();
        bindings
            .map(|it| it.contact.uri.as_str().to_owned())
            .collect()
    }

    fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }
}

/// The values of a header field of a reply.
fn values(reply: &Reply, name: Name) -> Vec<&str> {
    let fields = reply.headers.iter().filter(|field| field.0 == name);
    fields.map(|field| field.1.as_str()).collect()
}
