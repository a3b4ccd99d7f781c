//! RFC 3261 10.3, step by step.

use super::*;
use crate::Misconfigured;
use trunkline_sip::digest::{Algorithm, Refusal};

const BOB: &str = "<sip:bob@192.0.2.4>";

/// RFC 3261 24.1, with the challenge that step 3 asks for.
#[test]
fn the_example_of_rfc_3261() {
    let mut rig = Rig::new(biloxi());
    let mut phone = Phone::new();
    let fields = [(Name::Contact, BOB), (Name::Expires, "7200")];
    let flow = udp("192.0.2.4:5060");
    let reply = rig
        .registrar
        .handle(rig.now, &phone.register(&fields), &flow);
    assert_eq!((reply.status, reply.reason), (401, "Unauthorized"));
    assert_eq!(values(&reply, Name::WwwAuthenticate).len(), 3);
    assert!(rig.contacts("sip:bob@biloxi.com").is_empty());

    let reply = rig.register(&mut phone, &fields, &flow);
    assert_eq!((reply.status, reply.reason), (200, "OK"));
    assert_eq!(
        values(&reply, Name::Contact),
        ["<sip:bob@192.0.2.4>;expires=7200"]
    );
    assert_eq!(values(&reply, Name::Supported), ["path, outbound"]);
    assert_eq!(values(&reply, Name::Require), [""; 0]);

    let bindings = rig.contacts("sip:bob@biloxi.com");
    assert_eq!(bindings.len(), 1);
    assert_eq!(bindings[0].contact.uri.as_str(), "sip:bob@192.0.2.4");
    assert_eq!(bindings[0].flow, Some(flow));
    assert_eq!(bindings[0].until, rig.now + Duration::from_secs(7_200));

    // Half an hour later it is refreshed, without another challenge if the nonce still serves.
    rig.wait(200);
    let request = phone.register(&fields);
    assert_eq!(rig.registrar.handle(rig.now, &request, &flow).status, 200);
    assert_eq!(
        rig.contacts("bob@biloxi.com").len(),
        0,
        "a name with an at sign is no name"
    );
    assert_eq!(rig.contacts("sip:bob@biloxi.com").len(), 1);
    let counters = rig.registrar.counters();
    assert_eq!(
        (counters.requests, counters.challenged, counters.accepted),
        (4, 2, 2)
    );
}

#[test]
fn each_step_may_end_it() {
    let mut other_domain = Phone::new();
    other_domain.uri = "sip:atlanta.com";
    let mut other_scheme = Phone::new();
    other_scheme.uri = "tel:+1";
    let mut foreign = Phone::new();
    foreign.to = "<sip:bob@atlanta.com>";
    let mut not_theirs = Phone::new();
    not_theirs.to = "<sip:alice@biloxi.com>";
    let mut unknown = Phone::new();
    unknown.name = "mallory";
    let contact = (Name::Contact, BOB);
    for (mut phone, fields, status, what) in [
        (
            other_domain,
            vec![contact],
            404,
            "domain of the Request-URI",
        ),
        (other_scheme, vec![contact], 416, "scheme"),
        (
            Phone::new(),
            vec![contact, (Name::Require, "path, gruu, x")],
            420,
            "option tags",
        ),
        (unknown, vec![contact], 403, "user"),
        (foreign, vec![contact], 404, "domain of To"),
        (not_theirs, vec![contact], 403, "address of record"),
        (
            Phone::new(),
            vec![(Name::Contact, "*")],
            400,
            "* without Expires",
        ),
        (
            Phone::new(),
            vec![(Name::Contact, "*"), (Name::Expires, "60")],
            400,
            "* with another",
        ),
        (
            Phone::new(),
            vec![(Name::Contact, "*"), contact, (Name::Expires, "0")],
            400,
            "* and another",
        ),
        (
            Phone::new(),
            vec![(Name::Contact, "<sip:b@h>;q=2")],
            400,
            "q",
        ),
        (
            Phone::new(),
            vec![contact, (Name::Expires, "59")],
            423,
            "too brief",
        ),
        (
            Phone::new(),
            vec![(Name::Contact, "<sip:b@h>;expires=1")],
            423,
            "too brief",
        ),
        (
            Phone::new(),
            vec![contact, (Name::Path, "sip:x y")],
            400,
            "Path",
        ),
        (
            Phone::new(),
            vec![(
                Name::Authorization,
                "Digest username=\"bob\", realm=\"biloxi.com\"",
            )],
            400,
            "credentials",
        ),
    ] {
        let mut rig = Rig::new(biloxi());
        let reply = rig.register(&mut phone, &fields, &udp("192.0.2.4:5060"));
        assert_eq!(reply.status, status, "{what}: {reply:?}");
        assert_eq!(rig.registrar.bindings().count(), 0, "{what}");
        match status {
            420 => assert_eq!(values(&reply, Name::Unsupported), ["gruu, x"]),
            423 => assert_eq!(values(&reply, Name::MinExpires), ["60"]),
            _ => assert_eq!(reply.headers, [], "{what}"),
        }
    }
    let mut rig = Rig::new(biloxi());
    let request = Builder::request(Method::Options, "sip:biloxi.com")
        .header(Name::Via, "SIP/2.0/UDP h;branch=z9hG4bK1")
        .header(Name::MaxForwards, 70)
        .header(Name::To, "<sip:bob@biloxi.com>")
        .header(Name::From, "<sip:bob@biloxi.com>;tag=1")
        .header(Name::CallId, "1")
        .header(Name::CSeq, "1 OPTIONS");
    let request = Message::parse(request.build()).unwrap();
    let reply = rig
        .registrar
        .handle(rig.now, &request, &udp("192.0.2.4:5060"));
    assert_eq!(
        (reply.status, values(&reply, Name::Allow)),
        (405, vec!["REGISTER"])
    );
}

#[test]
fn wrong_passwords_are_forbidden_and_told_to_the_shell_only() {
    let mut config = biloxi();
    config.users[0].secret = Secret::password("other");
    let mut rig = Rig::new(config);
    let reply = rig.register(
        &mut Phone::new(),
        &[(Name::Contact, BOB)],
        &udp("192.0.2.4:5060"),
    );
    assert_eq!(
        (reply.status, reply.refusal),
        (403, Some(Refusal::WrongPassword))
    );
    assert_eq!(reply.headers, []);
    let mut stranger = Phone::new();
    stranger.name = "mallory";
    let other = rig.register(
        &mut stranger,
        &[(Name::Contact, BOB)],
        &udp("192.0.2.4:5060"),
    );
    assert_eq!(other.refusal, Some(Refusal::UnknownUser));
    assert_eq!((other.status, other.reason), (reply.status, reply.reason));
    assert_eq!(rig.registrar.verifier_counters().refused, 2);
}

#[test]
fn the_interval_is_chosen() {
    for (contact, expires, granted) in [
        ("<sip:b@h>;expires=600", Some("700"), 600),
        ("<sip:b@h>", Some("700"), 700),
        ("<sip:b@h>", None, 3_600),
        // Too long, malformed.
        ("<sip:b@h>;expires=4294967295", None, 86_400),
        ("<sip:b@h>;expires=soon", None, 3_600),
        ("<sip:b@h>", Some("soon"), 3_600),
    ] {
        let mut rig = Rig::new(biloxi());
        let mut fields = vec![(Name::Contact, contact)];
        fields.extend(expires.map(|value| (Name::Expires, value)));
        let reply = rig.register(&mut Phone::new(), &fields, &udp("192.0.2.4:5060"));
        let expected = format!("<sip:b@h>;expires={granted}");
        assert_eq!(
            values(&reply, Name::Contact),
            [expected],
            "{contact} {expires:?}"
        );
    }
    // An interval of more than an hour is never too brief.
    let mut config = biloxi();
    config.min_expires = 3_600;
    let mut rig = Rig::new(config);
    let fields = [(Name::Contact, BOB), (Name::Expires, "3599")];
    let reply = rig.register(&mut Phone::new(), &fields, &udp("192.0.2.4:5060"));
    assert_eq!(
        (reply.status, values(&reply, Name::MinExpires)),
        (423, vec!["3600"])
    );
}

#[test]
fn bindings_are_listed_added_refreshed_and_removed() {
    let mut rig = Rig::new(biloxi());
    let (mut phone, flow) = (Phone::new(), udp("192.0.2.4:5060"));
    let two = "<sip:bob@192.0.2.4>;q=0.5;expires=600, \"Work\" <sips:bob@office.example>;q=0.7;x=y";
    let reply = rig.register(&mut phone, &[(Name::Contact, two)], &flow);
    let listed = [
        "<sip:bob@192.0.2.4>;q=0.5;expires=600",
        "\"Work\" <sips:bob@office.example>;q=0.7;expires=3600;x=y",
    ];
    assert_eq!(values(&reply, Name::Contact), listed);
    // The preferred one first; the flow is that of the phone itself only.
    let found = rig.contacts("sip:bob@biloxi.com");
    assert_eq!(found[0].contact.uri.as_str(), "sips:bob@office.example");
    assert_eq!((found[0].flow, found[1].flow), (None, Some(flow)));

    // Nothing asked, nothing changed, less time left.
    rig.wait(60);
    let reply = rig.register(&mut phone, &[], &flow);
    let listed = [
        "<sip:bob@192.0.2.4>;q=0.5;expires=540",
        "\"Work\" <sips:bob@office.example>;q=0.7;expires=3540;x=y",
    ];
    assert_eq!(values(&reply, Name::Contact), listed);

    // One refreshed in another spelling, one more, one removed.
    let fields = [
        (Name::Contact, "<sip:%62ob@192.0.2.4;x=1>;expires=300"),
        (
            Name::Contact,
            "<tel:+1>, <sips:bob@OFFICE.example>;expires=0",
        ),
    ];
    let reply = rig.register(&mut phone, &fields, &flow);
    let listed = [
        "<sip:%62ob@192.0.2.4;x=1>;expires=300",
        "<tel:+1>;expires=3600",
    ];
    assert_eq!(values(&reply, Name::Contact), listed);

    // They end by themselves.
    rig.wait(300);
    assert_eq!(rig.uris("sip:bob@biloxi.com"), ["tel:+1"]);
    assert_eq!(
        values(&rig.register(&mut phone, &[], &flow), Name::Contact).len(),
        1
    );
    assert_eq!(rig.registrar.bindings().count(), 2);
    let at = rig.registrar.poll_timeout().unwrap();
    assert!(at <= rig.now);
    rig.registrar.handle_timeout(rig.now);
    assert_eq!(rig.registrar.bindings().count(), 1);
    assert_eq!(rig.registrar.counters().expired, 1);
    assert!(rig.registrar.poll_timeout().unwrap() > rig.now);

    let fields = [(Name::Contact, "*"), (Name::Expires, "0")];
    let reply = rig.register(&mut phone, &fields, &flow);
    assert_eq!((reply.status, values(&reply, Name::Contact)), (200, vec![]));
    assert_eq!(rig.registrar.poll_timeout(), None);
}

#[test]
fn requests_that_were_overtaken_fail_as_a_whole() {
    let mut rig = Rig::new(biloxi());
    let (mut phone, flow) = (Phone::new(), udp("192.0.2.4:5060"));
    rig.register(&mut phone, &[(Name::Contact, BOB)], &flow);
    let before = rig.contacts("sip:bob@biloxi.com");
    for fields in [
        vec![(
            Name::Contact,
            "<sip:new@192.0.2.4>, <sip:bob@192.0.2.4>;expires=0",
        )],
        vec![(Name::Contact, BOB), (Name::Expires, "60")],
        vec![(Name::Contact, "*"), (Name::Expires, "0")],
    ] {
        phone.cseq -= 1;
        let reply = rig.register(&mut phone, &fields, &flow);
        assert_eq!(reply.status, 500, "{fields:?}");
        assert_eq!(rig.contacts("sip:bob@biloxi.com"), before);
    }
    assert_eq!(rig.registrar.counters().out_of_order, 3);
    // Another Call-ID has another order.
    phone.call_id = "other";
    phone.cseq = 0;
    let reply = rig.register(
        &mut phone,
        &[(Name::Contact, BOB), (Name::Expires, "60")],
        &flow,
    );
    assert_eq!(
        values(&reply, Name::Contact),
        ["<sip:bob@192.0.2.4>;expires=60"]
    );
    phone.cseq = 0;
    phone.call_id = "third";
    let reply = rig.register(
        &mut phone,
        &[(Name::Contact, "*"), (Name::Expires, "0")],
        &flow,
    );
    assert_eq!(
        (reply.status, values(&reply, Name::Contact).len()),
        (200, 0)
    );
}

#[test]
fn bindings_are_bounded() {
    let mut config = biloxi();
    config.max_contacts = 3;
    let mut rig = Rig::new(config);
    let (mut phone, flow) = (Phone::new(), udp("192.0.2.4:5060"));
    for port in 1..=5_u16 {
        rig.wait(1);
        let contact = format!("<sip:bob@192.0.2.4:{port}>");
        let reply = rig.register(&mut phone, &[(Name::Contact, &contact)], &flow);
        assert_eq!(reply.status, 200);
    }
    let newest_first = [5, 4, 3].map(|port| format!("sip:bob@192.0.2.4:{port}"));
    assert_eq!(rig.uris("sip:bob@biloxi.com"), newest_first);
    assert_eq!(rig.registrar.counters().gave_way, 2);
    let all_new = "<sip:a@h>, <sip:b@h>, <sip:c@h>, <sip:gone@h>;expires=0";
    rig.register(&mut phone, &[(Name::Contact, all_new)], &flow);
    let mut uris = rig.uris("sip:bob@biloxi.com");
    uris.sort();
    assert_eq!(uris, ["sip:a@h", "sip:b@h", "sip:c@h"]);
    let many = "<sip:a@h>, <sip:b@h>, <sip:c@h>, <sip:d@h>";
    assert_eq!(
        rig.register(&mut phone, &[(Name::Contact, many)], &flow)
            .status,
        403
    );
    let long = format!("<sip:{}@h>", "a".repeat(3_000));
    assert_eq!(
        rig.register(&mut phone, &[(Name::Contact, &long)], &flow)
            .status,
        400
    );
    let long = format!("<sip:{}@h;lr>", "a".repeat(3_000));
    let fields = [(Name::Contact, BOB), (Name::Path, long.as_str())];
    assert_eq!(rig.register(&mut phone, &fields, &flow).status, 400);
}

#[test]
fn addresses_of_record_in_many_spellings() {
    let mut config = biloxi();
    config.domains = vec![
        "biloxi.com".into(),
        "192.0.2.1".into(),
        "[2001:db8::1]".into(),
    ];
    let mut rig = Rig::new(config);
    let flow = udp("192.0.2.4:5060");
    let mut phone = Phone::new();
    phone.uri = "sip:BILOXI.com:5070;transport=udp";
    phone.to = "<sips:%62ob:x@Biloxi.COM:5061;user=phone;a=b>";
    assert_eq!(
        rig.register(&mut phone, &[(Name::Contact, BOB)], &flow)
            .status,
        200
    );
    for aor in [
        "sip:bob@biloxi.com",
        "sips:bob@biloxi.com;x",
        "sip:b%6fb@BILOXI.COM",
        "bob",
    ] {
        assert_eq!(rig.uris(aor), ["sip:bob@192.0.2.4"], "{aor}");
    }
    for aor in [
        "sip:Bob@biloxi.com",
        "sip:bob@192.0.2.1",
        "sip:bob@x",
        "tel:+1",
        "Bob",
        "",
    ] {
        assert_eq!(rig.uris(aor), [""; 0], "{aor}");
    }
    // A number is one address of record in all domains.
    let mut phone = Phone::new();
    phone.uri = "sip:[2001:DB8::1]";
    phone.to = "<sip:+4930123@[2001:db8:0::1]>";
    assert_eq!(
        rig.register(&mut phone, &[(Name::Contact, "<sip:n@h>")], &flow)
            .status,
        200
    );
    for aor in [
        "+4930123",
        "sip:+4930123@biloxi.com;user=phone",
        "sip:+4930123@192.0.2.1",
    ] {
        assert_eq!(rig.uris(aor), ["sip:n@h"], "{aor}");
    }
}

#[test]
fn configurations_are_checked() {
    let refused = |change: &dyn Fn(&mut RegistrarConfig)| {
        let mut config = biloxi();
        change(&mut config);
        match Registrar::new(config, Memory, Time::ZERO, UNIX) {
            Err(crate::StartError::Misconfigured(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&|it| it.domains.clear()), Misconfigured::NoDomain);
    assert_eq!(
        refused(&|it| it.domains.push("a@b".into())),
        Misconfigured::Domain("a@b".into())
    );
    assert_eq!(
        refused(&|it| it.min_expires = 3_601),
        Misconfigured::Expires {
            min: 3_601,
            default: 3_600,
            max: 86_400
        }
    );
    assert_eq!(
        refused(&|it| it.max_contacts = 0),
        Misconfigured::MaxContacts
    );
    assert_eq!(
        refused(&|it| it.verifier.algorithms.clear()),
        Misconfigured::Verifier
    );
    assert_eq!(
        refused(&|it| it.users.push(user("bob", &[]))),
        Misconfigured::Repeated("bob".into())
    );
    let error = refused(&|it| it.users.push(user("al", &["sip:al@atlanta.com"])));
    assert_eq!(
        error.to_string(),
        "users: \"al\": \"sip:al@atlanta.com\" is no name and no SIP URI of our domains \
         (RFC 3261 10.3)"
    );
    let only_md5 = |config: &mut RegistrarConfig| {
        config.verifier.algorithms = vec![Algorithm::Sha256];
        config.users[0].secret = Secret::ha1(Algorithm::Md5, &"0".repeat(32)).unwrap();
    };
    assert_eq!(refused(&only_md5), Misconfigured::Secret("bob".into()));
    let config = biloxi();
    assert!(!format!("{config:?}").contains("zanzibar"));
}
