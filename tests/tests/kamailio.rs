//! Kamailio as the outbound proxy that stays in the way: two user agents call each other through
//! it, over each transport.

use core::time::Duration;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use trunkline_sip::Transport::{self, Tcp, Tls, Udp, Ws};
use trunkline_sip::digest::{Credentials, Secret};
use trunkline_sip::endpoint::{
    Body, Event, NextHop, OutgoingInvite, OutgoingRequest, ReliableProvisionals, SessionId,
};
use trunkline_sip::header::{self, Address};
use trunkline_sip::registration::{
    Register, Registration, RegistrationConfig, RegistrationEvent, RegistrationOutput,
};
use trunkline_sip::{Method, Name};
use trunkline_tests::agent::{Agent, Settings, Told, sdp};
use trunkline_tests::peers::{
    Authority, Folder, Kamailio, Mode, Named, Names, PATIENCE, Ports, until,
};

/// A proxy and what its users need.
struct Around {
    ports: Ports,
    authority: Authority,
    kamailio: Kamailio,
    folder: Folder,
}

impl Around {
    fn new(name: &str, mode: &Mode<'_>) -> Self {
        let (ports, folder) = (Ports::take(), Folder::new(name));
        let authority = Authority::new(&folder);
        let kamailio = Kamailio::start(&folder, ports.peer(0), &authority, &[], mode);
        Self {
            ports,
            authority,
            kamailio,
            folder,
        }
    }

    /// A user agent that has these transports.
    fn agent(&self, name: &str, transports: &[Transport]) -> Agent {
        Agent::start(&self.folder, name, self.settings(name, transports))
    }

    fn settings(&self, name: &str, transports: &[Transport]) -> Settings {
        let identity = self.authority.issue(&self.folder, &[name, "127.0.0.1"]);
        Settings {
            identity: Some(identity),
            trusts: Some(self.authority.file.clone()),
            ..Settings::new(transports)
        }
    }

    /// The route to the proxy.
    fn route(&self, transport: Transport) -> String {
        let address = match transport.is_secure() {
            true => self.kamailio.secure,
            false => self.kamailio.plain,
        };
        let transport = transport.as_str().to_lowercase();
        format!("<sip:{address};transport={transport};lr>")
    }
}

/// `sip:bob@127.0.0.1:5060;transport=udp`
fn uri(user: &str, agent: &Agent, transport: Transport) -> String {
    let name = transport.as_str().to_lowercase();
    format!("sip:{user}@{};transport={name}", agent.at(transport))
}

/// The caller.
const ALICE: &str = "sip:alice@example.com";

/// One offers again, the other answers.
fn reinvite(one: &mut Agent, id: SessionId, other: &mut Agent, its: SessionId, direction: &str) {
    one.reinvite(id, sdp(direction));
    other.until_reinvited(its);
    other.answer(its);
    one.until_answered(id);
    other.until_acknowledged(its);
}

/// A call with a re-INVITE in each direction.
fn talk(alice: &mut Agent, bob: &mut Agent, uri: &str, route: &str) -> [SessionId; 2] {
    let out = alice.call(uri, ALICE, &[route]);
    let (into, _, _) = bob.until_called();
    bob.ring(into);
    alice.until_ringing(out);
    bob.answer(into);
    alice.until_answered(out);
    bob.until_acknowledged(into);
    reinvite(alice, out, bob, into, "sendonly");
    reinvite(bob, into, alice, out, "recvonly");
    [out, into]
}

/// Hangs up; the BYE has to come to the proxy over that transport.
fn hang_up(around: &Around, one: &mut Agent, id: SessionId, over: Transport) {
    let before = around.kamailio.within_dialogs().len();
    one.hang_up(id);
    let bye = format!("BYE over {}", over.as_str().to_lowercase());
    let came = around.kamailio.within_dialogs();
    assert!(
        came[before..].contains(&bye),
        "{bye}: {:?}",
        &came[before..]
    );
}

#[test]
fn calls_follow_the_recorded_route_over_each_transport() {
    let around = Around::new("kamailio-transports", &Mode::default());
    let mut alice = around.agent("alice", &[Udp, Tcp, Tls, Ws]);
    let mut bob = around.agent("bob", &[Udp, Tcp, Tls]);
    for there in [Udp, Tcp, Tls] {
        // Not WSS: Kamailio records it as `sip:...;transport=ws`, which leads to no place.
        for here in [Udp, Tcp, Tls, Ws] {
            let uri = uri("bob", &bob, there);
            let route = around.route(here);
            let [out, into] = talk(&mut alice, &mut bob, &uri, &route);
            hang_up(&around, &mut alice, out, here);
            bob.until_hung_up(into);
            let [out, into] = talk(&mut alice, &mut bob, &uri, &route);
            hang_up(&around, &mut bob, into, there);
            alice.until_hung_up(out);
        }
    }
    // Where the transport changes there are two in each INVITE.
    let changes = bob
        .record()
        .beginning("INVITE ")
        .into_iter()
        .filter(|invite| {
            let routes = invite.headers("Record-Route");
            routes.len() == 2 && routes.iter().all(|route| route.contains("r2=on"))
        });
    assert_eq!(changes.count(), 2 * 9);
    alice.finish();
    bob.finish();
}

#[test]
fn one_recorded_route_is_followed_over_its_own_transport() {
    let mode = Mode {
        single_record_route: true,
        ..Mode::default()
    };
    let around = Around::new("kamailio-single", &mode);
    let mut alice = around.agent("alice", &[Udp, Tcp]);
    let mut bob = around.agent("bob", &[Udp, Tcp]);
    for (here, there) in [(Udp, Udp), (Tcp, Tcp)] {
        let uri = uri("bob", &bob, there);
        let [out, into] = talk(&mut alice, &mut bob, &uri, &around.route(here));
        hang_up(&around, &mut alice, out, here);
        bob.until_hung_up(into);
        let [out, into] = talk(&mut alice, &mut bob, &uri, &around.route(here));
        hang_up(&around, &mut bob, into, there);
        alice.until_hung_up(out);
    }
    for invite in bob.record().beginning("INVITE ") {
        assert!(invite.headers("Record-Route").len() <= 1, "{}", invite.text);
    }
    alice.finish();
    bob.finish();
}

#[test]
fn calls_are_refused_and_taken_back_through_a_proxy() {
    let around = Around::new("kamailio-refused", &Mode::default());
    let mut alice = around.agent("alice", &[Udp, Tcp, Tls, Ws]);
    let mut bob = around.agent("bob", &[Udp, Tcp]);
    for (here, there) in [(Udp, Tcp), (Tcp, Udp), (Tls, Tcp), (Ws, Udp)] {
        let uri = uri("bob", &bob, there);
        let out = alice.call(&uri, ALICE, &[&around.route(here)]);
        let (into, _, _) = bob.until_called();
        bob.refuse(into, 486);
        assert_eq!(alice.until_refused(out), 486);

        let out = alice.call(&uri, ALICE, &[&around.route(here)]);
        let (into, _, _) = bob.until_called();
        bob.ring(into);
        alice.until_ringing(out);
        alice.cancel(out);
        bob.until_cancelled(into);
        alice.until_event(out, "487 or end", |event| {
            use trunkline_sip::endpoint::Event::{Ended, Rejected};
            matches!(event, Ended { .. } | Rejected { status: 487, .. }).then_some(())
        });
    }
    // Nobody has registered.
    let nobody = format!("sip:nobody@{}", Kamailio::DOMAIN);
    let out = alice.call(&nobody, ALICE, &[&around.route(Tcp)]);
    assert_eq!(alice.until_refused(out), 404);
    alice.finish();
    bob.finish();
}

#[test]
fn proxy_wants_a_password() {
    for algorithm in ["MD5", "SHA-256"] {
        let mode = Mode {
            password: Some("wonderland"),
            algorithm: Some(algorithm),
            ..Mode::default()
        };
        let around = Around::new("kamailio-digest", &mode);
        let mut alice = around.agent("alice", &[Udp, Tls]);
        let mut bob = around.agent("bob", &[Tcp]);
        let callee = uri("bob", &bob, Tcp);
        let call = |alice: &Agent, here: Transport, password: &str| {
            let credentials = Credentials {
                realm: None,
                username: "alice".into(),
                password: Secret::password(password),
            };
            let invite = OutgoingInvite {
                request_uri: callee.clone(),
                from: format!("<{ALICE}>"),
                to: "<sip:bob@example.com>".to_owned(),
                headers: vec![(Name::Route, around.route(here))],
                sdp: Some(sdp("sendrecv")),
                max_forwards: 70,
                credentials: Some([credentials].into()),
            };
            alice.invite(NextHop::Uri, invite)
        };
        for here in [Udp, Tls] {
            let out = call(&alice, here, "wonderland");
            let (into, invite, _) = bob.until_called();
            assert!(invite.header(Name::ProxyAuthorization).is_none());
            bob.answer(into);
            alice.until_answered(out);
            bob.until_acknowledged(into);
            reinvite(&mut alice, out, &mut bob, into, "sendonly");
            hang_up(&around, &mut alice, out, here);
            bob.until_hung_up(into);

            // The same answer is not tried for ever.
            let out = call(&alice, here, "looking-glass");
            assert_eq!(alice.until_refused(out), 407);
        }
        // Twice refused: without, and with the wrong password; once: without.
        let refusals = alice.record().beginning("SIP/2.0 407 ");
        assert_eq!(refusals.len(), 2 * 3, "{algorithm}");
        for refusal in refusals {
            let challenge = refusal.headers("Proxy-Authenticate").join(", ");
            let is_named = challenge.contains(&format!("algorithm={algorithm}"));
            assert!(is_named || algorithm == "MD5", "{challenge}");
        }
        alice.finish();
        bob.finish();
    }
}

/// A call to the domain, which the name server is to lead to a proxy.
fn call_by_name(alice: &Agent, bob: &Agent) -> SessionId {
    let route = format!("<sip:{};lr>", Kamailio::DOMAIN);
    alice.call(&uri("bob", bob, Tcp), ALICE, &[&route])
}

/// `_sip._udp.proxy.example` and the like.
fn service(transport: Transport) -> String {
    let name = match transport {
        Udp => "_sip._udp",
        Tls => "_sips._tcp",
        _ => "_sip._tcp",
    };
    format!("{name}.{}", Kamailio::DOMAIN)
}

#[test]
fn dead_proxy_is_passed_over_for_the_next_one() {
    let around = Around::new("kamailio-srv", &Mode::default());
    let dead = around.ports.peer(3);
    for transport in [Udp, Tcp] {
        let alive = around.kamailio.plain.port();
        let service = service(transport);
        let names = Names::start(vec![
            Named::srv(&service, 10, 0, dead.port(), "one.proxy.example"),
            Named::srv(&service, 20, 0, alive, "two.proxy.example"),
            Named::a("one.proxy.example", Ipv4Addr::LOCALHOST),
            Named::a("two.proxy.example", Ipv4Addr::LOCALHOST),
        ]);
        let name = format!("alice-{transport}");
        let mut alice = Agent::start(
            &around.folder,
            &name,
            Settings {
                name_servers: vec![names.address],
                // Nothing says that a datagram does not arrive: 64*T1 do (RFC 3263 4.3).
                adjust: |config| config.timers.t1 = Duration::from_millis(50),
                ..around.settings(&name, &[transport])
            },
        );
        let mut bob = around.agent(&format!("bob-{transport}"), &[Tcp]);
        for _ in 0..2 {
            let out = call_by_name(&alice, &bob);
            let (into, _, _) = bob.until_called();
            bob.answer(into);
            alice.until_answered(out);
            bob.until_acknowledged(into);
            alice.hang_up(out);
            bob.until_hung_up(into);
        }
        let sent = alice.record().beginning("INVITE ");
        let there = sent
            .iter()
            .filter(|invite| invite.destination.port() == alive);
        assert_eq!(there.count(), 2, "{transport}");
        // Only the first call knocked there.
        let calls: BTreeSet<&str> = sent
            .iter()
            .filter(|invite| invite.destination.port() == dead.port())
            .flat_map(|invite| invite.headers("Call-ID"))
            .collect();
        assert_eq!(calls.len(), 1, "{transport}: {:?}", names.asked());
        alice.finish();
        bob.finish();
    }
}

#[test]
fn busy_proxy_is_passed_over_for_the_next_one() {
    let around = Around::new("kamailio-busy", &Mode::default());
    let busy = Mode {
        busy: true,
        ..Mode::default()
    };
    let address = around.ports.peer(2);
    let _busy = Kamailio::start(&around.folder, address, &around.authority, &[], &busy);
    let service = service(Tls);
    let names = Names::start(vec![
        Named::naptr(Kamailio::DOMAIN, 10, "SIPS+D2T", &service),
        Named::srv(&service, 10, 0, address.port() + 1, "one.proxy.example"),
        Named::srv(
            &service,
            20,
            0,
            around.kamailio.secure.port(),
            "two.proxy.example",
        ),
        Named::a("one.proxy.example", Ipv4Addr::LOCALHOST),
        Named::a("two.proxy.example", Ipv4Addr::LOCALHOST),
    ]);
    let settings = Settings {
        name_servers: vec![names.address],
        ..around.settings("alice", &[Tls])
    };
    let mut alice = Agent::start(&around.folder, "alice", settings);
    let mut bob = around.agent("bob", &[Tcp]);
    let out = call_by_name(&alice, &bob);
    let (into, _, _) = bob.until_called();
    bob.answer(into);
    alice.until_answered(out);
    bob.until_acknowledged(into);
    hang_up(&around, &mut alice, out, Tls);
    bob.until_hung_up(into);
    // RFC 3263 4.3: 503 leads to the next server.
    assert_eq!(alice.record().beginning("SIP/2.0 503 ").len(), 1);
    alice.finish();
    bob.finish();
}

#[test]
fn certificate_has_to_be_the_right_one() {
    let mode = Mode {
        client_certificate: true,
        ..Mode::default()
    };
    let around = Around::new("kamailio-certificates", &mode);
    let mut bob = around.agent("bob", &[Tcp]);
    let callee = uri("bob", &bob, Tcp);
    let place = |alice: &Agent, host: &str| {
        let route = format!(
            "<sip:{host}:{};transport=tls;lr>",
            around.kamailio.secure.port()
        );
        alice.call(&callee, ALICE, &[&route])
    };

    // With our own certificate, to the name that is in the proxy's.
    let mut alice = around.agent("alice", &[Tls]);
    let out = place(&alice, "127.0.0.1");
    let (into, _, _) = bob.until_called();
    bob.answer(into);
    alice.until_answered(out);
    bob.until_acknowledged(into);
    hang_up(&around, &mut alice, out, Tls);
    bob.until_hung_up(into);
    alice.finish();

    // To another name.
    let names = Names::start(vec![Named::a("other.example", Ipv4Addr::LOCALHOST)]);
    let settings = Settings {
        name_servers: vec![names.address],
        ..around.settings("carol", &[Tls])
    };
    let mut carol = Agent::start(&around.folder, "carol", settings);
    let out = place(&carol, "other.example");
    assert_eq!(carol.until_refused(out), 503);

    // Of an authority that the proxy does not know.
    let stranger = Folder::new("kamailio-stranger");
    let authority = Authority::new(&stranger);
    let settings = Settings {
        identity: Some(authority.issue(&stranger, &["dave", "127.0.0.1"])),
        ..around.settings("dave", &[Tls])
    };
    let mut dave = Agent::start(&around.folder, "dave", settings);
    let out = place(&dave, "127.0.0.1");
    assert_eq!(dave.until_refused(out), 503);

    assert_eq!(bob.record().beginning("INVITE ").len(), 1);
    bob.finish();
}

#[test]
fn reliable_responses_and_updates_follow_the_recorded_route() {
    let around = Around::new("kamailio-reliable", &Mode::default());
    let reliable = |name: &str, transports: &[Transport]| {
        let settings = Settings {
            adjust: |config| {
                config.methods = vec![Method::Update];
                config.reliable_provisionals = ReliableProvisionals::Supported;
            },
            ..around.settings(name, transports)
        };
        Agent::start(&around.folder, name, settings)
    };
    let mut alice = reliable("alice", &[Udp, Tcp, Tls, Ws]);
    let mut bob = reliable("bob", &[Udp, Tcp, Tls]);
    for (here, there) in [(Udp, Tcp), (Tcp, Udp), (Tls, Tls), (Ws, Tcp)] {
        let out = alice.call(&uri("bob", &bob, there), ALICE, &[&around.route(here)]);
        let (into, invite, _) = bob.until_called();
        let supported = invite.header(Name::Supported).unwrap_or_default();
        assert!(supported.contains("100rel"), "{supported}");
        let answer = sdp("sendrecv");
        bob.with(move |endpoint, now| {
            let sent = endpoint.provisional(now, into, 183, "", &[], Some(&answer));
            sent.unwrap();
        });
        let progress = alice.until_ringing(out);
        assert!(progress.header(Name::RSeq).is_some());
        bob.until_event(into, "PRACK", |event| {
            matches!(event, Event::Pracked { .. }).then_some(())
        });
        // No offer before the PRACK is answered (RFC 3311 5.1), which is no event.
        until("200 to PRACK", PATIENCE, || {
            let responses = alice.record().beginning("SIP/2.0 200 ");
            let those = responses.iter().filter(|response| {
                response
                    .headers("CSeq")
                    .iter()
                    .any(|cseq| cseq.ends_with(" PRACK"))
                    && response.headers("Call-ID") == [invite.call_id()]
            });
            (those.count() == 1).then_some(())
        });
        // Early, by the caller; then by each side of the call.
        update(&mut alice, out, &mut bob, into);
        bob.with(move |endpoint, now| endpoint.accept(now, into, &[], None).unwrap());
        alice.until_answered(out);
        bob.until_acknowledged(into);
        update(&mut alice, out, &mut bob, into);
        update(&mut bob, into, &mut alice, out);
        hang_up(&around, &mut alice, out, here);
        bob.until_hung_up(into);
        for (method, over) in [("PRACK", here), ("UPDATE", here), ("UPDATE", there)] {
            let expected = format!("{method} over {}", over.as_str().to_lowercase());
            let came = around.kamailio.within_dialogs();
            assert!(came.contains(&expected), "{expected}: {came:?}");
        }
    }
    alice.finish();
    bob.finish();
}

/// One offers by UPDATE, the other answers.
fn update(one: &mut Agent, id: SessionId, other: &mut Agent, its: SessionId) {
    let offer = sdp("sendonly");
    one.with(move |endpoint, now| endpoint.update(now, id, Some(offer), &[]).unwrap());
    let transaction = other.until_event(its, "UPDATE", |event| match event {
        Event::Update { transaction, .. } => Some(*transaction),
        _ => None,
    });
    let answer = Body::sdp(sdp("recvonly"));
    other.with(move |endpoint, now| {
        let answered = endpoint.respond(now, transaction, 200, "", &[], Some(&answer));
        answered.unwrap();
    });
    one.until_event(id, "200 to UPDATE", |event| {
        matches!(event, Event::UpdateAccepted { .. }).then_some(())
    });
}

/// A registration that is kept alive at the proxy, as its owner keeps it.
struct Registered {
    registration: Registration,
    granted: usize,
}

impl Registered {
    fn new(around: &Around, bob: &Agent, transport: Transport) -> Self {
        let name = transport.as_str().to_lowercase();
        let contact = format!("<sip:bob@{};transport={name}>", bob.at(transport));
        let header::Contact::Address(contact) = header::Contact::parse(&contact).unwrap() else {
            panic!("{contact}");
        };
        let domain = format!("sip:{}", Kamailio::DOMAIN);
        let aor = format!("<sip:bob@{}>", Kamailio::DOMAIN);
        let mut config = RegistrationConfig::new(
            header::UriText::new(&domain).unwrap().into_owned(),
            Address::parse(&aor).unwrap().into_owned(),
            contact.into_owned(),
            format!("bob-{name}"),
            [3; 32],
        );
        let route = around.route(transport);
        config.route = vec![Address::parse(&route).unwrap().into_owned()];
        config.credentials = vec![Credentials {
            realm: None,
            username: "bob".into(),
            password: Secret::password("wonderland"),
        }];
        let registration = Registration::new(config).unwrap();
        Self {
            registration,
            granted: 0,
        }
    }

    /// Does what it wants done next: sends, or waits until its time comes; or what it says.
    fn step(&mut self, bob: &mut Agent) -> Option<RegistrationEvent> {
        let now = bob.with(|_, now| now);
        self.registration.handle_timeout(now);
        match self.registration.poll_output() {
            Some(RegistrationOutput::Event(event)) => return Some(event),
            Some(RegistrationOutput::Register(register)) => self.send(bob, register),
            None => {
                let due = self.registration.poll_timeout();
                let (due, _) = due.expect("something to wait for");
                std::thread::sleep(due.since(now));
            }
        }
        None
    }

    fn send(&mut self, bob: &mut Agent, register: Register) {
        let request = OutgoingRequest {
            method: Method::Register,
            request_uri: register.request_uri,
            from: register.from,
            to: register.to,
            headers: register.headers,
            body: None,
            max_forwards: register.max_forwards,
            sequence: Some((register.call_id, register.cseq)),
            credentials: None,
        };
        let hop = register.flow.map_or(NextHop::Uri, NextHop::Flow);
        let id = bob.with(move |endpoint, now| endpoint.request(now, hop, request));
        let response = bob.until("a response to REGISTER", |told| match told {
            Told::Event(Event::Response {
                id: other,
                response,
                ..
            }) if *other == id => Some(response.clone()),
            _ => None,
        });
        let response = response.expect("a response");
        self.granted += usize::from(response.status() == Some(200));
        let now = bob.with(|_, now| now);
        self.registration.response(now, &response, None);
    }
}

#[test]
fn registration_is_kept_alive_and_leads_calls_to_us() {
    let mode = Mode {
        password: Some("wonderland"),
        expires: Some(2),
        ..Mode::default()
    };
    let around = Around::new("kamailio-registered", &mode);
    let mut alice = around.agent("alice", &[Udp]);
    for transport in [Udp, Tcp, Tls, Ws] {
        let mut bob = around.agent(&format!("bob-{transport}"), &[transport]);
        let mut registered = Registered::new(&around, &bob, transport);
        registered.registration.start();
        // Longer than the proxy remembers it without a refresh.
        while registered.granted < 3 {
            if let Some(event) = registered.step(&mut bob) {
                assert!(
                    matches!(event, RegistrationEvent::Registered(_)),
                    "{event:?}"
                );
            }
        }
        let credentials = Credentials {
            realm: None,
            username: "alice".into(),
            password: Secret::password("wonderland"),
        };
        let invite = OutgoingInvite {
            request_uri: format!("sip:bob@{}", Kamailio::DOMAIN),
            from: format!("<sip:alice@{}>", Kamailio::DOMAIN),
            to: format!("<sip:bob@{}>", Kamailio::DOMAIN),
            headers: vec![(Name::Route, around.route(Udp))],
            sdp: Some(sdp("sendrecv")),
            max_forwards: 70,
            credentials: Some([credentials].into()),
        };
        let out = alice.invite(NextHop::Uri, invite);
        let (into, _, flow) = bob.until_called();
        assert_eq!(flow.transport, transport);
        bob.ring(into);
        alice.until_ringing(out);
        bob.answer(into);
        alice.until_answered(out);
        bob.until_acknowledged(into);
        hang_up(&around, &mut bob, into, transport);
        alice.until_hung_up(out);

        registered.registration.stop(bob.with(|_, now| now));
        loop {
            match registered.step(&mut bob) {
                Some(RegistrationEvent::Stopped) => break,
                None | Some(RegistrationEvent::Lost { status: None }) => {}
                other => panic!("{other:?}"),
            }
        }
        bob.finish();
    }
    alice.finish();
}
