//! JsSIP in Chromium: through Kamailio, which shows that the telephones themselves work; and with
//! our registrar and our user agent behind secure WebSocket.

use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};
use trunkline_model::Time;
use trunkline_registrar::{Binding, Memory, Registrar, RegistrarConfig, User};
use trunkline_sip::Transport::{Tcp, Tls, Udp, Wss};
use trunkline_sip::digest::Secret;
use trunkline_sip::endpoint::{Event, NextHop, OutgoingInvite, SessionId};
use trunkline_sip::{Method, Name};
use trunkline_tests::agent::{Agent, Settings, Told, web_sdp};
use trunkline_tests::peers::{
    Authority, Browser, Folder, Kamailio, Mode, PATIENCE, Page, Ports, until,
};

#[test]
fn pages_call_each_other_through_kamailio() {
    let ports = Ports::take();
    let folder = Folder::new("jssip-kamailio");
    let authority = Authority::new(&folder);
    let mode = Mode {
        password: Some("wonderland"),
        ..Mode::default()
    };
    let mut kamailio = Kamailio::start(&folder, ports.peer(0), &authority, &[], &mode);
    let browser = Browser::start(&folder, &[&kamailio.identity.pin]);
    let register = |user: &str| {
        let mut page = browser.open();
        page.tell(&json!({
            "do": "start",
            "socket": format!("wss://{}", kamailio.secure),
            "uri": format!("sip:{user}@{}", Kamailio::DOMAIN),
            "password": "wonderland",
            "session_timers": false,
        }));
        page.until("connected");
        page.until("registered");
        page
    };
    let (mut alice, mut bob) = (register("alice"), register("bob"));

    alice.tell(&json!({ "do": "call", "uri": format!("sip:bob@{}", Kamailio::DOMAIN) }));
    let called = bob.until("called");
    assert_eq!(called["from"], format!("sip:alice@{}", Kamailio::DOMAIN));
    alice.until("progress");
    bob.tell(&json!({ "do": "answer" }));
    bob.until("accepted");
    alice.until("confirmed");
    bob.until("confirmed");
    alice.tell(&json!({ "do": "hold" }));
    alice.until("held");
    assert_eq!(bob.until("hold")["originator"], "remote");
    bob.tell(&json!({ "do": "terminate" }));
    let ended = alice.until("ended");
    assert_eq!(
        (&ended["originator"], &ended["cause"]),
        (&json!("remote"), &json!("Terminated"))
    );
    bob.until("ended");

    // Each request went along the route that Record-Route gave.
    for method in ["ACK", "INVITE", "BYE"] {
        kamailio.until_within_dialog(method);
    }
    let requests = |page: &mut Page, method: &str| {
        let messages = page.messages().iter();
        let start = format!("{method} ");
        messages
            .filter(|message| message.is_sent && message.text.starts_with(&start))
            .count()
    };
    // With the password, after 401 and 407.
    assert_eq!(requests(&mut alice, "REGISTER"), 2);
    assert_eq!(requests(&mut alice, "INVITE"), 3);
    kamailio.stop();
}

#[test]
fn page_and_user_agent_call_each_other_through_kamailio() {
    let ports = Ports::take();
    let folder = Folder::new("jssip-proxy");
    let authority = Authority::new(&folder);
    let proxy = ports.peer(0);
    let mut kamailio = Kamailio::start(&folder, proxy, &authority, &[], &Mode::default());
    let browser = Browser::start(&folder, &[&kamailio.identity.pin]);
    let settings = Settings {
        identity: Some(authority.issue(&folder, &["desk", "127.0.0.1"])),
        trusts: Some(authority.file.clone()),
        ..Settings::new(&[Udp, Tcp, Tls])
    };
    let mut agent = Agent::start(&folder, "desk", settings);
    let mut page = browser.open();
    let alice = format!("sip:alice@{}", Kamailio::DOMAIN);
    page.tell(&json!({
        "do": "start",
        "socket": format!("wss://{}", kamailio.secure),
        "uri": alice,
        "session_timers": false,
    }));
    page.until("registered");
    for transport in [Udp, Tcp, Tls] {
        let name = transport.as_str().to_lowercase();
        // The page calls and hangs up.
        let desk = format!("sip:desk@{};transport={name}", agent.at(transport));
        page.tell(&json!({ "do": "call", "uri": desk }));
        let (id, _, flow) = agent.until_called();
        assert_eq!(flow.transport, transport);
        agent.ring(id);
        page.until("progress");
        agent.answer_with(id, web_sdp("active", "sendrecv"));
        page.until("confirmed");
        agent.until_acknowledged(id);
        page.tell(&json!({ "do": "terminate" }));
        agent.until_hung_up(id);
        page.until("ended");

        // It is called, holds, and we hang up.
        let at = if transport == Tls {
            kamailio.secure
        } else {
            kamailio.plain
        };
        let invite = OutgoingInvite {
            request_uri: alice.clone(),
            from: "<sip:desk@example.com>".to_owned(),
            to: format!("<{alice}>"),
            headers: vec![(Name::Route, format!("<sip:{at};transport={name};lr>"))],
            sdp: Some(web_sdp("actpass", "sendrecv")),
            max_forwards: 70,
            credentials: None,
        };
        let id = agent.invite(NextHop::Uri, invite);
        page.until("called");
        agent.until_ringing(id);
        page.tell(&json!({ "do": "answer" }));
        agent.until_answered(id);
        page.until("confirmed");
        page.tell(&json!({ "do": "hold" }));
        agent.until_reinvited(id);
        // The page has taken the active part of DTLS, and keeps it (RFC 8842 5.5).
        agent.answer_with(id, web_sdp("passive", "recvonly"));
        page.until("held");
        agent.until_acknowledged(id);
        agent.hang_up(id);
        assert_eq!(page.until("ended")["originator"], "remote");
    }
    agent.finish();
    kamailio.stop();
}

/// Whom the pages register as.
const DOMAIN: &str = "phones.example";

/// A registrar with a telephone of ours, and a browser.
struct Office {
    agent: Agent,
    registrar: Arc<Mutex<Registrar<Memory>>>,
    browser: Browser,
    _folder: Folder,
}

impl Office {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let authority = Authority::new(&folder);
        let identity = authority.issue(&folder, &[DOMAIN, "127.0.0.1"]);
        let mut config = RegistrarConfig::new(DOMAIN, [7; 32]);
        config.users = ["alice", "bob"]
            .map(|name| User {
                name: name.into(),
                secret: Secret::password("wonderland"),
                aors: vec![name.into()],
            })
            .into();
        let unix = unix_time();
        let registrar = Registrar::new(config, Memory, Time::ZERO, unix).unwrap();
        let registrar = Arc::new(Mutex::new(registrar));
        let own = Arc::clone(&registrar);
        let settings = Settings {
            identity: Some(identity.clone()),
            adjust: |config| config.methods = vec![Method::Register, Method::Info, Method::Message],
            habit: Box::new(move |endpoint, _, now, told| {
                match &told {
                    Told::Event(Event::Request {
                        id, request, flow, ..
                    }) if request.method() == Some(Method::Register) => {
                        let reply = own.lock().unwrap().handle(now, request, flow);
                        let answered = endpoint.respond(
                            now,
                            *id,
                            reply.status,
                            reply.reason,
                            &reply.headers,
                            None,
                        );
                        answered.unwrap();
                        return None;
                    }
                    Told::Event(Event::Request { id, .. }) => {
                        endpoint.respond(now, *id, 200, "", &[], None).unwrap();
                    }
                    Told::Closed(flow, _) => {
                        let connection = flow.connection.unwrap();
                        own.lock().unwrap().connection_closed(connection);
                    }
                    _ => {}
                }
                Some(told)
            }),
            ..Settings::new(&[Wss])
        };
        let agent = Agent::start(&folder, "office", settings);
        let browser = Browser::start(&folder, &[&identity.pin]);
        Self {
            agent,
            registrar,
            browser,
            _folder: folder,
        }
    }

    /// A page that has registered.
    fn register(&self, user: &str) -> Page {
        let mut page = self.browser.open();
        page.tell(&self.telephone(user, "wonderland"));
        page.until("registered");
        page
    }

    fn telephone(&self, user: &str, password: &str) -> Value {
        json!({
            "do": "start",
            "socket": format!("wss://{}", self.agent.at(Wss)),
            "uri": format!("sip:{user}@{DOMAIN}"),
            "password": password,
            "session_timers": false,
        })
    }

    /// Where somebody can be reached.
    fn bindings(&self, user: &str) -> Vec<Binding> {
        let registrar = Arc::clone(&self.registrar);
        let aor = format!("sip:{user}@{DOMAIN}");
        let now = self.agent.with(|_, now| now);
        registrar.lock().unwrap().contacts(now, &aor)
    }

    /// Calls a page by the flow that it has registered over.
    fn call(&self, user: &str) -> SessionId {
        let binding = self.bindings(user).into_iter().next().expect("a binding");
        let flow = binding.flow.expect("the page's own flow");
        let invite = OutgoingInvite {
            request_uri: binding.contact.uri.to_string(),
            from: format!("<sip:desk@{DOMAIN}>"),
            to: format!("<sip:{user}@{DOMAIN}>"),
            headers: Vec::new(),
            sdp: Some(web_sdp("actpass", "sendrecv")),
            max_forwards: 70,
            credentials: None,
        };
        self.agent.invite(NextHop::Flow(flow), invite)
    }

    fn finish(self) {
        self.agent.finish();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the registrar is told the time of day"
)]
fn unix_time() -> core::time::Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// A page calls our telephone, up to the answer.
fn page_calls(office: &mut Office, page: &mut Page) -> SessionId {
    page.tell(&json!({ "do": "call", "uri": format!("sip:desk@{DOMAIN}") }));
    let (id, invite, _) = office.agent.until_called();
    let offer = String::from_utf8_lossy(invite.body()).into_owned();
    assert!(
        offer.contains("m=audio") && offer.contains("a=fingerprint:"),
        "{offer}"
    );
    office.agent.ring(id);
    assert_eq!(page.until("progress")["originator"], "remote");
    office.agent.answer_with(id, web_sdp("active", "sendrecv"));
    page.until("accepted");
    page.until("confirmed");
    office.agent.until_acknowledged(id);
    id
}

#[test]
fn page_registers_with_the_right_password_only() {
    let office = Office::new("jssip-register");
    let mut page = office.browser.open();
    page.tell(&office.telephone("alice", "looking-glass"));
    let failed = page.until("registrationFailed");
    assert!(
        failed["status"] == 403 || failed["status"] == 401,
        "{failed}"
    );
    assert!(office.bindings("alice").is_empty());
    page.close();

    let mut page = office.register("alice");
    let bindings = office.bindings("alice");
    assert_eq!(bindings.len(), 1);
    assert_eq!(bindings[0].flow.unwrap().transport, Wss);
    page.tell(&json!({ "do": "unregister" }));
    page.until("unregistered");
    assert!(office.bindings("alice").is_empty());
    office.finish();
}

#[test]
fn page_calls_and_either_side_ends_it() {
    let mut office = Office::new("jssip-calls");
    let mut page = office.register("alice");

    // The page hangs up.
    let id = page_calls(&mut office, &mut page);
    page.tell(&json!({ "do": "terminate" }));
    office.agent.until_hung_up(id);
    page.until("ended");

    // Hold and back by the page, then by us, who hang up.
    let id = page_calls(&mut office, &mut page);
    for (what, done, answer) in [
        ("hold", "held", "recvonly"),
        ("unhold", "unheld", "sendrecv"),
    ] {
        page.tell(&json!({ "do": what }));
        office.agent.until_reinvited(id);
        office.agent.answer_with(id, web_sdp("active", answer));
        page.until(done);
        office.agent.until_acknowledged(id);
        page.until(what);
    }
    for (direction, told) in [("sendonly", "hold"), ("sendrecv", "unhold")] {
        office.agent.reinvite(id, web_sdp("actpass", direction));
        office.agent.until_answered(id);
        assert_eq!(page.until(told)["originator"], "remote");
    }
    // RFC 6086: a tone by INFO.
    page.tell(&json!({ "do": "tone", "tone": "5" }));
    let body = office.agent.until_event(id, "INFO", |event| match event {
        Event::Request { request, .. } if request.method() == Some(Method::Info) => {
            Some(String::from_utf8_lossy(request.body()).into_owned())
        }
        _ => None,
    });
    assert!(body.contains("Signal=5"), "{body}");
    office.agent.hang_up(id);
    let ended = page.until_either(&["ended"]);
    assert_eq!(ended["originator"], "remote", "{ended}");

    // We refuse.
    page.tell(&json!({ "do": "call", "uri": format!("sip:desk@{DOMAIN}") }));
    let (id, _, _) = office.agent.until_called();
    office.agent.refuse(id, 486);
    let failed = page.until("failed");
    assert_eq!(
        (&failed["cause"], &failed["status"]),
        (&json!("Busy"), &json!(486))
    );

    // The page takes it back.
    page.tell(&json!({ "do": "call", "uri": format!("sip:desk@{DOMAIN}") }));
    let (id, _, _) = office.agent.until_called();
    office.agent.ring(id);
    page.until("progress");
    page.tell(&json!({ "do": "terminate" }));
    office.agent.until_cancelled(id);
    assert_eq!(page.until("failed")["cause"], "Canceled");
    office.finish();
}

#[test]
fn page_is_called_and_either_side_ends_it() {
    let mut office = Office::new("jssip-called");
    let mut page = office.register("bob");
    let talk = |office: &mut Office, page: &mut Page| {
        let id = office.call("bob");
        let called = page.until("called");
        assert_eq!(called["from"], format!("sip:desk@{DOMAIN}"));
        office.agent.until_ringing(id);
        page.tell(&json!({ "do": "answer" }));
        office.agent.until_answered(id);
        page.until("confirmed");
        id
    };
    let id = talk(&mut office, &mut page);
    office.agent.hang_up(id);
    assert_eq!(page.until("ended")["originator"], "remote");

    let id = talk(&mut office, &mut page);
    page.tell(&json!({ "do": "terminate" }));
    office.agent.until_hung_up(id);
    page.until("ended");

    let id = office.call("bob");
    page.until("called");
    page.tell(&json!({ "do": "terminate", "status": 486 }));
    assert_eq!(office.agent.until_refused(id), 486);
    page.until("failed");

    let id = office.call("bob");
    page.until("called");
    office.agent.until_ringing(id);
    office.agent.cancel(id);
    assert_eq!(page.until("failed")["cause"], "Canceled");
    office.agent.until_event(id, "end", |event| {
        matches!(
            event,
            Event::Ended { .. } | Event::Rejected { status: 487, .. }
        )
        .then_some(())
    });
    office.finish();
}

#[test]
fn page_that_is_closed_is_gone_at_once() {
    let mut office = Office::new("jssip-closed");
    let mut page = office.register("alice");
    let id = page_calls(&mut office, &mut page);
    page.close();
    office.agent.until("the end of the connection", |told| {
        matches!(told, Told::Closed(flow, _) if flow.transport == Wss).then_some(())
    });
    until("no binding", PATIENCE, || {
        office.bindings("alice").is_empty().then_some(())
    });
    // JsSIP says goodbye when its page is left; if it had no time to, we end the call.
    let goodbye = office
        .agent
        .has_told(|told| matches!(told, Told::Event(Event::Bye { .. })));
    if !goodbye {
        office.agent.hang_up(id);
    }
    assert_eq!(office.agent.with(|endpoint, _| endpoint.sessions()), 0);

    // A browser that is killed says nothing at all.
    let mut page = office.register("bob");
    let id = page_calls(&mut office, &mut page);
    let Office {
        mut agent,
        registrar,
        browser,
        ..
    } = office;
    browser.kill();
    agent.until("the end of the connection", |told| {
        matches!(told, Told::Closed(flow, _) if flow.transport == Wss).then_some(())
    });
    agent.hang_up(id);
    let now = agent.with(|_, now| now);
    assert!(registrar.lock().unwrap().contacts(now, "bob").is_empty());
    agent.finish();
}
