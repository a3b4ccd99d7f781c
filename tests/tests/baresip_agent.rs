//! baresip as a telephone that registers with our registrar over each of its transports, with TLS
//! in both roles.
//!
//! Debian's baresip 1.0 knows no reliable provisional responses (RFC 3262): it neither offers nor
//! takes them, and a user agent that would like to use them has to do without.

use core::time::Duration;
use std::sync::{Arc, Mutex};
use trunkline_model::Time;
use trunkline_registrar::{Memory, Registrar, RegistrarConfig, User};
use trunkline_sip::Method;
use trunkline_sip::Transport::{self, Tcp, Tls, Udp};
use trunkline_sip::digest::{Algorithm, Secret};
use trunkline_sip::endpoint::{Event, NextHop, OutgoingInvite};
use trunkline_tests::agent::{Agent, Settings, Told, sdp};
use trunkline_tests::peers::{Authority, Baresip, Folder, PATIENCE, Ports};

const DOMAIN: &str = "127.0.0.1";

#[test]
fn telephone_registers_and_calls_over_udp_tcp_and_tls() {
    for transport in [Udp, Tcp, Tls] {
        let ports = Ports::take();
        let folder = Folder::new(&format!("baresip-{transport}"));
        let authority = Authority::new(&folder);
        let identity = authority.issue(&folder, &["127.0.0.1"]);
        let (mut agent, registrar) = registrar(&folder, &authority, transport);

        // It wants certificate and key in one file.
        let [certificate, key] = [&identity.certificate, &identity.key]
            .map(|file| std::fs::read_to_string(file).unwrap());
        let own = folder.write("baresip.pem", &format!("{key}{certificate}"));
        let name = transport.as_str().to_lowercase();
        let at = agent.at(transport);
        let account = format!(
            "<sip:1001@{at};transport={name}>;auth_user=1001;auth_pass=wonderland;regint=300;\
             audio_codecs=PCMU"
        );
        let more = format!(
            "sip_certificate {}\nsip_cafile {}\n",
            own.display(),
            authority.file.display()
        );
        let mut phone = Baresip::start_as(
            &folder,
            &account,
            ports.peer(0),
            ports.peer(2),
            ports.peer_media(0),
            &more,
        );
        agent.until("registration", |told| {
            matches!(told, Told::Event(Event::Request { .. })).then_some(())
        });
        let now = agent.with(|_, now| now);
        let bindings = registrar.lock().unwrap().contacts(now, "1001");
        let binding = bindings.into_iter().next().expect("a binding");
        assert_eq!(binding.flow.map(|flow| flow.transport), Some(transport));

        // It calls and hangs up,
        phone.dial(&format!("sip:desk@{at};transport={name}"));
        let (id, invite, flow) = agent.until_called();
        assert_eq!(flow.transport, transport);
        assert!(!invite.as_bytes().windows(6).any(|six| six == b"100rel"));
        agent.ring(id);
        agent.answer(id);
        agent.until_acknowledged(id);
        phone.until_established();
        phone.hang_up();
        agent.until_hung_up(id);

        // and is called, over the flow that it has registered over; we hang up.
        let invite = OutgoingInvite {
            request_uri: binding.contact.uri.to_string(),
            from: format!("<sip:desk@{DOMAIN}>"),
            to: format!("<sip:1001@{DOMAIN}>"),
            headers: vec![(trunkline_sip::Name::Supported, "100rel, timer".to_owned())],
            sdp: Some(sdp("sendrecv")),
            max_forwards: 70,
            credentials: None,
        };
        let id = agent.invite(NextHop::Flow(binding.flow.unwrap()), invite);
        let answer = agent.until_answered(id);
        assert!(!answer.as_bytes().windows(5).any(|five| five == b"RSeq:"));
        phone.process.until_printed("Call established", 2, PATIENCE);
        agent.reinvite(id, sdp("sendonly"));
        agent.until_answered(id);
        agent.hang_up(id);

        // Over TLS and TCP its own address is reached by a new connection too.
        if transport != Udp {
            let mut to = ports.peer(0);
            to.set_port(to.port() + u16::from(transport == Tls));
            let uri = format!("sip:1001@{to};transport={name}");
            let id = agent.call(&uri, "sip:desk@example.com", &[]);
            agent.until_answered(id);
            agent.hang_up(id);
        }
        agent.finish();
    }
}

type Shared = Arc<Mutex<Registrar<Memory>>>;

/// A user agent with a registrar.
fn registrar(folder: &Folder, authority: &Authority, transport: Transport) -> (Agent, Shared) {
    let mut config = RegistrarConfig::new(DOMAIN, [7; 32]);
    config.users = vec![User {
        name: "1001".into(),
        secret: Secret::password("wonderland"),
        aors: vec!["1001".into()],
    }];
    // It gives up where it is asked for any algorithm that it does not know, even beside MD5.
    config.verifier.algorithms = vec![Algorithm::Md5];
    let day = Duration::from_secs(1_800_000_000);
    let registrar = Registrar::new(config, Memory, Time::ZERO, day).unwrap();
    let registrar = Arc::new(Mutex::new(registrar));
    let own = Arc::clone(&registrar);
    let settings = Settings {
        identity: Some(authority.issue(folder, &["localhost", "127.0.0.1"])),
        trusts: Some(authority.file.clone()),
        adjust: |config| config.methods = vec![Method::Register],
        habit: Box::new(move |endpoint, _, now, told| {
            let Told::Event(Event::Request {
                id, request, flow, ..
            }) = &told
            else {
                return Some(told);
            };
            let reply = own.lock().unwrap().handle(now, request, flow);
            let (status, headers) = (reply.status, &reply.headers);
            let answered = endpoint.respond(now, *id, status, reply.reason, headers, None);
            answered.unwrap();
            // What the test waits for.
            (status == 200).then_some(told)
        }),
        ..Settings::new(&[transport])
    };
    (Agent::start(folder, "registrar", settings), registrar)
}
