//! Who may call, and what may not be.

use super::*;
use trunkline_sip::Flow;

#[test]
fn unknown_source_is_403_and_takes_nothing() {
    let mut gw = Ladder::default();
    let text = format!(
        "INVITE sip:{CALLED}@{GATEWAY} SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.9;branch=z9hG4bK1\r\n\
         Max-Forwards: 70\r\nFrom: <sip:x@198.51.100.9>;tag=1\r\nTo: <sip:{CALLED}@{GATEWAY}>\r\n\
         Call-ID: stranger\r\nCSeq: 1 INVITE\r\nContact: <sip:x@198.51.100.9>\r\n\
         Content-Length: 0\r\n\r\n"
    );
    let local = GATEWAY.parse().unwrap();
    let source = "198.51.100.9:5060".parse().unwrap();
    gw.input(Input::Sip {
        flow: Flow::udp(local, source),
        data: text.as_bytes(),
    });
    gw.expect(&["SIP 100", "SIP 403"]);
    gw.expect_media(&[]);
    assert_eq!(gw.mgc.calls(), 0);
}

#[test]
fn number_without_route_is_404() {
    let mut gw = Ladder::default();
    gw.invite("+15551234");
    gw.expect(&["SIP 100", "SIP 404"]);
    gw.ack();
    gw.finish();
}

#[test]
fn malformed_messages_cost_nothing_and_are_counted() {
    let mut gw = talking();
    gw.sip("INVITE sip:x SIP/2.0\r\nnonsense\r\n\r\n");
    gw.sip("\u{1}\u{2}");
    gw.isup_octets(vec![1, 0, 0x01, 0x00]);
    gw.isup_octets(vec![]);
    gw.isup(9, iam());
    let malformed = gw.events.iter().filter(|event| {
        matches!(
            event,
            CallEvent::MalformedSip { .. } | CallEvent::DiscardedIsup { .. }
        )
    });
    assert!(malformed.count() >= 4, "{:?}", gw.events);
    gw.skip();
    gw.bye("");
    gw.isup(1, rlc());
    gw.finish();
}

#[test]
fn shutdown_ends_calls_and_refuses_new_ones() {
    let mut gw = talking();
    gw.isup(2, iam());
    gw.skip();
    gw.input(Input::Shutdown);
    gw.expect(&["SIP BYE", "ISUP REL 1 cause 31", "ISUP REL 2 cause 31"]);
    gw.isup(1, rlc());
    gw.isup(2, rlc());
    gw.invite(CALLED);
    gw.expect(&["SIP 100", "SIP 503"]);
    gw.ack();
    gw.isup(3, iam());
    gw.expect(&["ISUP REL 3 cause 42"]);
    gw.isup(3, rlc());
    gw.after(seconds(64));
    gw.finish();
    assert!(gw.mgc.is_idle());
}

#[test]
fn released_names_the_side() {
    let mut gw = talking();
    gw.bye("");
    let sides: Vec<Side> = gw
        .events
        .iter()
        .filter_map(|event| match event {
            CallEvent::Released { side, .. } => Some(*side),
            _ => None,
        })
        .collect();
    assert_eq!(sides, [Side::Sip]);
    assert_eq!(gw.mgc.census(TrunkGroupId(0)).releasing, 1);
}
