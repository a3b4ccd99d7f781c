//! `trunkline run` behind Kamailio, over each transport: the proxy stays in the way, and requests
//! within a dialog follow it in both directions.

use trunkline_sip::Method;
use trunkline_sip::Transport::{self, Tcp, Tls, Udp};
use trunkline_sip::endpoint::{Event, NextHop, OutgoingRequest};
use trunkline_sip::locate::Target;
use trunkline_tests::agent::{Agent, Settings, Told, sdp};
use trunkline_tests::peers::{Authority, Gateway, Kamailio, Mode, Setup};

/// Answers after 100 ms.
const ANSWERS: &str = "+493023125110";
const BUSY: &str = "+493023125117";

/// A gateway that also takes TLS, one port above UDP and TCP.
fn setup(name: &str) -> (Setup, Authority) {
    let mut setup = Setup::new(name);
    let authority = Authority::new(&setup.folder);
    let own = authority.issue(&setup.folder, &["gateway.example", "127.0.0.1"]);
    let (certificate, key) = (own.certificate.display(), own.key.display());
    let mut secure = setup.ports.sip();
    secure.set_port(secure.port() + 1);
    setup.listen = vec![format!(
        "{{ transport: tls, address: \"{secure}\", certificate: \"{certificate}\", \
         key: \"{key}\" }}"
    )];
    setup.sip_settings = format!("  tls: {{ ca: \"{}\" }}\n", authority.file.display());
    (setup, authority)
}

fn agent(setup: &Setup, authority: &Authority, mut settings: Settings) -> Agent {
    settings.identity = Some(authority.issue(&setup.folder, &["phone", "127.0.0.1"]));
    settings.trusts = Some(authority.file.clone());
    Agent::start(&setup.folder, "phone", settings)
}

#[test]
fn landline_is_reached_directly_and_through_the_proxy() {
    let (setup, authority) = setup("kamailio-landline");
    let proxy = setup.ports.peer(0);
    let kamailio = Kamailio::start(&setup.folder, proxy, &authority, &[], &Mode::default());
    let mut phone = agent(&setup, &authority, Settings::new(&[Udp, Tcp, Tls]));
    let mut gateway = Gateway::start(setup);
    let at = |transport: Transport| {
        let port = gateway.at.sip.port() + u16::from(transport == Tls);
        let transport = transport.as_str().to_lowercase();
        format!("127.0.0.1:{port};transport={transport}")
    };
    let mut calls = 0.0;
    for there in [Udp, Tcp, Tls] {
        for here in [None, Some(Udp), Some(Tcp), Some(Tls)] {
            let route = here.map(|here| {
                let proxy = if here == Tls {
                    kamailio.secure
                } else {
                    kamailio.plain
                };
                format!(
                    "<sip:{proxy};transport={};lr>",
                    here.as_str().to_lowercase()
                )
            });
            let routes: Vec<&str> = route.iter().map(String::as_str).collect();
            let from = "sip:+493023125500@example.com";
            let uri = format!("sip:{ANSWERS}@{}", at(there));
            let call = phone.call(&uri, from, &routes);
            phone.until_answered(call);
            phone.reinvite(call, sdp("sendonly"));
            phone.until_answered(call);
            phone.hang_up(call);
            calls += 1.0;

            let busy = phone.call(&format!("sip:{BUSY}@{}", at(there)), from, &routes);
            assert_eq!(phone.until_refused(busy), 486);
        }
    }
    gateway.until_idle();
    let released = |side, cause| {
        let labels = [
            ("direction", "sip_to_isup"),
            ("side", side),
            ("cause", cause),
        ];
        gateway.metric("trunkline_calls_released_total", &labels)
    };
    assert_eq!(
        (released("sip", "16"), released("isup", "17")),
        (calls, calls)
    );
    gateway.stop();
    phone.finish();
}

#[test]
fn landline_calls_a_telephone_that_has_registered_at_the_proxy() {
    const CALLS: u32 = 3;
    for transport in [Udp, Tcp, Tls] {
        let (mut setup, authority) = setup("kamailio-telephone");
        let number = "+493023125500";
        let proxy = setup.ports.peer(0);
        let kamailio = Kamailio::start(&setup.folder, proxy, &authority, &[], &Mode::default());
        let (name, proxy) = match transport {
            Tls => ("tls", kamailio.secure),
            Tcp => ("tcp", kamailio.plain),
            _ => ("udp", kamailio.plain),
        };
        setup.peer_transport = name;
        setup.peers.push((number.to_owned(), proxy));
        setup.callers.push(format!(
            "{{ number: \"{number}\", calling: \"+493023125100\", times: {CALLS}, \
             every_ms: 300, hold_ms: 500 }}"
        ));
        let settings = Settings {
            habit: Box::new(|endpoint, _, now, told| {
                if let Told::Event(Event::Invite { id, .. }) = &told {
                    endpoint.provisional(now, *id, 180, "", &[], None).unwrap();
                    let sdp = sdp("sendrecv");
                    endpoint.accept(now, *id, &[], Some(&sdp)).unwrap();
                }
                Some(told)
            }),
            ..Settings::new(&[Tcp])
        };
        let mut phone = agent(&setup, &authority, settings);
        register(&mut phone, &kamailio, number);

        let mut gateway = Gateway::start(setup);
        for _ in 0..CALLS {
            phone.until("BYE", |told| {
                matches!(told, Told::Event(Event::Bye { .. })).then_some(())
            });
        }
        gateway.until_idle();
        let labels = [
            ("direction", "isup_to_sip"),
            ("side", "isup"),
            ("cause", "16"),
        ];
        let released = gateway.metric("trunkline_calls_released_total", &labels);
        assert_eq!(released, f64::from(CALLS), "{transport}");
        // ACK and BYE of the gateway came the way that the proxy had recorded.
        for method in ["ACK", "BYE"] {
            let expected = format!("{method} over {name}");
            let came = kamailio.within_dialogs();
            let those = came.iter().filter(|came| **came == expected);
            assert_eq!(those.count(), CALLS as usize, "{expected}: {came:?}");
        }
        gateway.stop();
        phone.finish();
    }
}

fn register(phone: &mut Agent, kamailio: &Kamailio, user: &str) {
    let aor = format!("<sip:{user}@{}>", Kamailio::DOMAIN);
    let contact = format!("<sip:{user}@{};transport=tcp>", phone.at(Tcp));
    let request = OutgoingRequest {
        method: Method::Register,
        request_uri: format!("sip:{}", Kamailio::DOMAIN),
        from: aor.clone(),
        to: aor,
        headers: vec![(trunkline_sip::Name::Contact, contact)],
        body: None,
        max_forwards: 70,
        sequence: None,
        credentials: None,
    };
    let hop = NextHop::Target(Target {
        transport: Tcp,
        address: kamailio.plain,
        name: None,
    });
    phone.with(move |endpoint, now| endpoint.request(now, hop, request));
    phone.until("200 to REGISTER", |told| {
        matches!(told, Told::Event(Event::Response { status: 200, .. })).then_some(())
    });
}
