//! Flows, Path and RFC 5626.

use super::*;

const INSTANCE: &str = "urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF";

/// That of RFC 5626 9.2.
fn bob(call_id: &'static str) -> Phone {
    Phone {
        to: "Bob <sip:bob@example.com>",
        uri: "sip:example.com",
        sent_by: "192.0.2.2",
        call_id,
        cseq: 0,
        ..Phone::new()
    }
}

fn example() -> Rig {
    Rig::new(RegistrarConfig {
        users: vec![user("bob", &["bob"])],
        ..RegistrarConfig::new("example.com", [9; 32])
    })
}

fn contact(reg_id: u32) -> String {
    format!("<sip:bob@192.0.2.2;transport=tcp>;reg-id={reg_id};+sip.instance=\"<{INSTANCE}>\"")
}

fn listed(reg_id: u32, expires: u32) -> String {
    format!(
        "<sip:bob@192.0.2.2;transport=tcp>;expires={expires};+sip.instance=\"<{INSTANCE}>\";\
         reg-id={reg_id}"
    )
}

/// RFC 5626 9.2, messages 10, 11, 14 and 16; 9.4, message 39.
#[test]
fn two_flows_of_an_instance_and_one_formed_anew() {
    let mut rig = example();
    let (mut first, mut second) = (bob("16CB75F21C70"), bob("E05133BD26DD"));
    first.vias = 2;
    second.vias = 2;
    let path = [
        "<sip:VskztcQ/S8p4WPbOnHbuyh5iJvJIW3ib@ep1.example.com;lr;ob>",
        "<sip:wazHDLdIMtUg6r0I/oRZ15zx3zHE1w1Z@ep2.example.com;lr;ob>",
        "<sip:3yJEbr1GYZK9cPYk5Snocez6DzO7w+AX@ep1.example.com;lr;ob>",
    ];
    let proxy = connected(Transport::Tcp, "192.0.2.15:5060", 1);
    let register = |rig: &mut Rig, phone: &mut Phone, reg_id, path| {
        let contact = contact(reg_id);
        let fields = [
            (Name::Supported, "path, outbound"),
            (Name::Contact, contact.as_str()),
            (Name::Path, path),
        ];
        rig.register(phone, &fields, &proxy)
    };
    let reply = register(&mut rig, &mut first, 1, path[0]);
    assert_eq!(reply.status, 200);
    assert_eq!(values(&reply, Name::Require), ["outbound"]);
    assert_eq!(values(&reply, Name::Supported), ["path, outbound"]);
    assert_eq!(values(&reply, Name::Path), [path[0]]);
    assert_eq!(values(&reply, Name::Contact), [listed(1, 3_600)]);

    let reply = register(&mut rig, &mut second, 2, path[1]);
    assert_eq!(values(&reply, Name::Require), ["outbound"]);
    assert_eq!(
        values(&reply, Name::Contact),
        [listed(1, 3_600), listed(2, 3_600)]
    );
    assert_eq!(values(&reply, Name::Path), [path[1]]);

    rig.wait(600);
    let reply = register(&mut rig, &mut first, 1, path[2]);
    assert_eq!(
        values(&reply, Name::Contact),
        [listed(2, 3_000), listed(1, 3_600)]
    );
    let found = rig.contacts("bob");
    // Calls go by the path, the one formed last first; the flow is the proxy's.
    let paths: Vec<_> = found.iter().map(|it| it.path[0].to_string()).collect();
    assert_eq!(paths, [path[2], path[1]]);
    assert!(found.iter().all(|it| it.flow.is_none()));
    rig.registrar.connection_closed(ConnectionId(1));
    assert_eq!(rig.contacts("bob").len(), 2);
}

#[test]
fn a_flow_of_its_own_is_kept_and_replaced() {
    let mut rig = example();
    rig.registrar = Registrar::new(
        RegistrarConfig {
            users: vec![user("bob", &["bob"])],
            flow_timer: Some(Duration::from_secs(120)),
            ..RegistrarConfig::new("example.com", [9; 32])
        },
        Memory,
        rig.now,
        UNIX,
    )
    .unwrap();
    let mut phone = bob("1");
    let contact = contact(1);
    let fields = [
        (Name::Supported, "outbound"),
        (Name::Contact, contact.as_str()),
    ];
    let flow = connected(Transport::Tcp, "203.0.113.7:40000", 1);
    let reply = rig.register(&mut phone, &fields, &flow);
    assert_eq!(values(&reply, Name::Require), ["outbound"]);
    assert_eq!(values(&reply, Name::FlowTimer), ["120"]);
    assert_eq!(rig.contacts("bob")[0].flow, Some(flow));

    // The phone comes back over another connection, with another address, before the first is
    // known to be gone.
    let moved = contact.replace("192.0.2.2", "198.51.100.9");
    let fields = [
        (Name::Supported, "outbound"),
        (Name::Contact, moved.as_str()),
    ];
    let other = connected(Transport::Tcp, "203.0.113.7:40001", 2);
    let reply = rig.register(&mut phone, &fields, &other);
    assert_eq!(values(&reply, Name::Contact).len(), 1);
    rig.registrar.connection_closed(ConnectionId(1));
    assert_eq!(rig.contacts("bob")[0].flow, Some(other));
    rig.registrar.connection_closed(ConnectionId(2));
    assert_eq!(rig.contacts("bob"), []);
    assert_eq!(rig.registrar.counters().disconnected, 1);
}

/// RFC 5626 6, row by row.
#[test]
fn when_outbound_applies() {
    let direct = 1;
    let proxied = 2;
    let ob = Some("<sip:ep.example.com;lr;ob>");
    let plain = Some("<sip:ep.example.com;lr>");
    let both = contact(1);
    let no_instance = "<sip:bob@192.0.2.2;transport=tcp>;reg-id=1".to_owned();
    let no_reg_id = format!("<sip:bob@192.0.2.2>;+sip.instance=\"<{INSTANCE}>\"");
    let with_other = format!("{both}, <sip:x@h>");
    let removes_other = format!("{both}, <sip:x@h>;expires=0");
    for (vias, path, supported, contact, status, required) in [
        (direct, None, "outbound", &both, 200, true),
        (proxied, ob, "outbound", &both, 200, true),
        // The first hop does not know it.
        (proxied, None, "outbound", &both, 439, false),
        (proxied, plain, "outbound", &both, 439, false),
        // The phone does not say that it knows it.
        (proxied, plain, "path", &both, 200, false),
        (direct, None, "path", &both, 200, false),
        // It is not asked for.
        (direct, None, "outbound", &no_instance, 200, false),
        (direct, None, "outbound", &no_reg_id, 200, false),
        // One flow at a time.
        (direct, None, "outbound", &with_other, 400, false),
        (direct, None, "outbound", &removes_other, 200, true),
    ] {
        let mut rig = example();
        let mut phone = bob("1");
        phone.vias = vias;
        let mut fields = vec![
            (Name::Supported, supported),
            (Name::Contact, contact.as_str()),
        ];
        fields.extend(path.map(|path| (Name::Path, path)));
        let flow = connected(Transport::Tcp, "203.0.113.7:40000", 1);
        let reply = rig.register(&mut phone, &fields, &flow);
        let what = format!("{vias} {path:?} {supported} {contact}");
        assert_eq!(reply.status, status, "{what}: {reply:?}");
        assert_eq!(
            !values(&reply, Name::Require).is_empty(),
            required,
            "{what}"
        );
    }
}

#[test]
fn where_calls_go() {
    let own = udp("203.0.113.7:4000");
    let web = connected(Transport::Wss, "203.0.113.7:4000", 1);
    let tls = connected(Transport::Tls, "192.0.2.2:4000", 1);
    for (flow, sent_by, contact, kept, after_close) in [
        // Behind a translator, directly, for somebody else.
        (own, "10.0.0.5", "<sip:bob@10.0.0.5:5060>", true, Some(true)),
        (own, "10.0.0.5", "<sip:bob@203.0.113.7>", true, Some(true)),
        (own, "10.0.0.5", "<sip:bob@192.0.2.99>", false, Some(false)),
        (own, "10.0.0.5", "<tel:+1>", false, Some(false)),
        // A browser.
        (
            web,
            "df7jal23ls0d.invalid",
            "<sip:x@df7jal23ls0d.invalid;transport=ws>",
            true,
            None,
        ),
        (
            web,
            "192.0.2.9",
            "<sip:x@df7jal23ls0d.invalid;transport=ws>",
            true,
            None,
        ),
        // A phone that takes connections, and one behind a translator.
        (
            tls,
            "192.0.2.2",
            "<sips:bob@192.0.2.2:5061>",
            true,
            Some(false),
        ),
        (tls, "10.0.0.5", "<sips:bob@10.0.0.5:5061>", true, None),
    ] {
        let mut rig = example();
        let mut phone = bob("1");
        phone.sent_by = sent_by;
        rig.register(&mut phone, &[(Name::Contact, contact)], &flow);
        assert_eq!(
            rig.contacts("bob")[0].flow,
            kept.then_some(flow),
            "{contact}"
        );
        rig.registrar.connection_closed(ConnectionId(1));
        let found = rig.contacts("bob");
        assert_eq!(
            found.first().map(|it| it.flow.is_some()),
            after_close,
            "{contact}"
        );
    }
    // Through a proxy that is no edge: the URI, or the path.
    let mut rig = example();
    let mut phone = bob("1");
    phone.vias = 2;
    let fields = [
        (Name::Contact, "<sip:bob@192.0.2.2>"),
        (Name::Path, "<sip:p1;lr>, <sip:p2;lr>"),
    ];
    let reply = rig.register(&mut phone, &fields, &own);
    // Who does not support Path is not told of it (RFC 3327 5.3).
    assert_eq!(values(&reply, Name::Path), [""; 0]);
    let found = rig.contacts("bob");
    assert_eq!((found[0].flow, found[0].path.len()), (None, 2));
}
