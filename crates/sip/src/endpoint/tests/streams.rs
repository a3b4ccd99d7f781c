//! Calls over connections: nothing is repeated, nothing lingers, and responses go back the way
//! their request came (RFC 3261 17, 18.2.2).

use super::solo::{Solo, connection, outgoing_invite};
use super::*;

const PEER: &str = "TCP 198.51.100.1:5060";
/// The peer's end of a connection that it opened.
const EPHEMERAL: &str = "TCP 198.51.100.1:49152";
const TCP_URI: &str = "sip:b@198.51.100.1;transport=tcp";

/// A connection that the peer opened.
fn incoming() -> Flow {
    connection("198.51.100.1:49152", 7)
}

fn from_peer(method: &str, cseq: u32, branch: &str, to_tag: &str, extra: &str) -> String {
    format!(
        "{method} sip:a@192.0.2.1 SIP/2.0\n\
         Via: SIP/2.0/TCP 198.51.100.1:5080;branch={branch}\n\
         Max-Forwards: 70\nFrom: <sip:b@198.51.100.1>;tag=b\nTo: <sip:a@192.0.2.1>{to_tag}\n\
         Call-ID: b-call\nCSeq: {cseq} {method}\n\
         Contact: <sip:b@198.51.100.1:5080;transport=tcp>\n{extra}Content-Length: 0\n\n"
    )
}

/// The peer has called; our session, and our tag with its parameter name.
#[track_caller]
fn called(solo: &mut Solo) -> SessionId {
    let invite = from_peer("INVITE", 1, "z9hG4bK1", "", "");
    solo.receive(incoming(), &invite);
    solo.expect_sent(&format!("{EPHEMERAL} 100 INVITE"));
    id_of(&solo.expect("Invite"))
}

fn tag_of(sent: &solo::Sent) -> String {
    format!(";tag={}", sent.message.to().tag().unwrap())
}

#[test]
fn an_invite_is_not_repeated_and_gives_up_after_timer_b() {
    let mut solo = Solo::new();
    let start = solo.now;
    solo.call(TCP_URI);
    solo.pass(Duration::from_millis(31_999));
    assert_eq!(solo.take_sent(start), [(0, format!("{PEER} INVITE"))]);
    solo.pass(Duration::from_millis(1));
    solo.expect("Rejected 408");
    assert_eq!(solo.endpoint.transactions(), 0);
    solo.finish();
}

#[test]
fn a_request_is_not_repeated_and_gives_up_after_timer_f() {
    let mut solo = Solo::new();
    let start = solo.now;
    solo.ask(TCP_URI, None);
    solo.pass(Duration::from_millis(31_999));
    assert_eq!(solo.take_sent(start), [(0, format!("{PEER} MESSAGE"))]);
    solo.pass(Duration::from_millis(1));
    solo.expect("Response 408");
    assert_eq!(solo.endpoint.transactions(), 0);
    solo.finish();
}

// Timers D and K are zero.
#[test]
fn client_transactions_end_with_their_answer() {
    let mut solo = Solo::new();
    solo.ask(TCP_URI, None);
    let message = solo.expect_sent(&format!("{PEER} MESSAGE"));
    solo.answer(&message, 200, "");
    solo.expect("Response 200");
    assert_eq!(solo.endpoint.transactions(), 0);
    solo.call(TCP_URI);
    let invite = solo.expect_sent(&format!("{PEER} INVITE"));
    solo.answer(&invite, 486, "");
    solo.expect_sent(&format!("{PEER} ACK"));
    solo.expect("Rejected 486");
    assert_eq!(solo.endpoint.transactions(), 0);
    // What comes once more matches nothing.
    solo.answer(&invite, 486, "");
    assert_eq!(solo.endpoint.counters().stray_responses, 1);
    solo.nothing_sent();
    solo.finish();
}

// Timers I and J are zero, timer G does not run.
#[test]
fn server_transactions_end_with_their_ack_or_answer() {
    let mut solo = Solo::with(|config| config.methods = vec![Method::Message]);
    let id = called(&mut solo);
    solo.act(|endpoint, now| endpoint.reject(now, id, 486, "", &[]))
        .unwrap();
    let refusal = solo.expect_sent(&format!("{EPHEMERAL} 486 INVITE"));
    solo.pass(Duration::from_secs(20));
    solo.nothing_sent();
    assert_eq!(solo.endpoint.transactions(), 1);
    let ack = from_peer("ACK", 1, "z9hG4bK1", &tag_of(&refusal), "");
    solo.receive(incoming(), &ack);
    assert_eq!(solo.endpoint.transactions(), 0);
    solo.receive(incoming(), &from_peer("MESSAGE", 2, "z9hG4bK2", "", ""));
    let Event::Request { id, .. } = solo.expect("Request MESSAGE") else {
        unreachable!()
    };
    assert_eq!(solo.endpoint.transactions(), 1);
    solo.act(|endpoint, now| endpoint.respond(now, id, 200, "", &[], None))
        .unwrap();
    solo.expect_sent(&format!("{EPHEMERAL} 200 MESSAGE"));
    assert_eq!(solo.endpoint.transactions(), 0);
    solo.finish();
}

#[test]
fn a_refusal_without_ack_is_kept_until_timer_h() {
    let mut solo = Solo::new();
    let id = called(&mut solo);
    solo.act(|endpoint, now| endpoint.reject(now, id, 486, "", &[]))
        .unwrap();
    solo.pass(Duration::from_millis(31_999));
    assert_eq!(solo.endpoint.transactions(), 1);
    solo.pass(Duration::from_millis(1));
    assert_eq!(solo.endpoint.transactions(), 0);
    solo.finish();
}

// RFC 3261 13.3.1.4: whatever the transport, for a hop further on may lose it.
#[test]
fn a_2xx_is_repeated_until_its_ack() {
    let mut solo = Solo::new();
    let id = called(&mut solo);
    let start = solo.now;
    solo.act(|endpoint, now| endpoint.accept(now, id, &[], Some(ANSWER)))
        .unwrap();
    solo.pass(Duration::from_secs(4));
    let answer = solo.sent[0].clone();
    let expected = [0, 500, 1_500, 3_500].map(|at| (at, format!("{EPHEMERAL} 200 INVITE")));
    assert_eq!(solo.take_sent(start), expected);
    let ack = from_peer("ACK", 1, "z9hG4bK2", &tag_of(&answer), "");
    solo.receive(incoming(), &ack);
    solo.expect("Acked");
    solo.pass(Duration::from_secs(40));
    solo.nothing_sent();
    let bye = from_peer("BYE", 2, "z9hG4bK3", &tag_of(&answer), "");
    solo.receive(incoming(), &bye);
    solo.expect_sent(&format!("{EPHEMERAL} 200 BYE"));
    solo.expect("Bye");
    solo.finish();
}

// RFC 3261 18.2.2.
#[test]
fn responses_whose_connection_is_gone_go_to_sent_by() {
    let mut solo = Solo::new();
    let id = called(&mut solo);
    solo.act(|endpoint, now| endpoint.provisional(now, id, 180, "", &[], None))
        .unwrap();
    solo.expect_sent(&format!("{EPHEMERAL} 180 INVITE"));
    solo.act(|endpoint, now| endpoint.undelivered(now, &incoming()));
    // The last response, which may be lost, once more.
    let again = solo.expect_sent("TCP 198.51.100.1:5080 180 INVITE");
    assert_eq!(again.flow.connection, None);
    solo.act(|endpoint, now| endpoint.reject(now, id, 480, "", &[]))
        .unwrap();
    let refusal = solo.expect_sent("TCP 198.51.100.1:5080 480 INVITE");
    // That fails too: nothing is tried for ever.
    solo.act(|endpoint, now| endpoint.undelivered(now, &refusal.flow));
    solo.nothing_sent();
    solo.finish();
}

#[test]
fn a_2xx_whose_connection_is_gone_goes_to_sent_by_when_it_is_due_again() {
    let mut solo = Solo::new();
    let id = called(&mut solo);
    solo.act(|endpoint, now| endpoint.accept(now, id, &[], Some(ANSWER)))
        .unwrap();
    let answer = solo.expect_sent(&format!("{EPHEMERAL} 200 INVITE"));
    solo.act(|endpoint, now| endpoint.undelivered(now, &incoming()));
    solo.nothing_sent();
    solo.pass(Duration::from_millis(500));
    solo.expect_sent("TCP 198.51.100.1:5080 200 INVITE");
    let ack = from_peer("ACK", 1, "z9hG4bK2", &tag_of(&answer), "");
    solo.receive(connection("198.51.100.1:49153", 8), &ack);
    solo.expect("Acked");
    // Its connection is gone, so our BYE goes to its Contact.
    solo.act(|endpoint, now| endpoint.bye(now, id, &[]));
    let bye = solo.expect_sent(&format!("{EPHEMERAL} BYE"));
    solo.act(|endpoint, now| endpoint.undelivered(now, &bye.flow));
    let bye = solo.expect_sent("TCP 198.51.100.1:5080 BYE");
    solo.answer(&bye, 200, "");
    solo.expect("Ended");
    solo.finish();
}

#[test]
fn a_request_whose_new_connection_closes_fails_at_once() {
    let mut solo = Solo::new();
    solo.ask(TCP_URI, None);
    solo.expect_sent(&format!("{PEER} MESSAGE"));
    // The request opened it, so its flow did not name it.
    let opened = connection("198.51.100.1:5060", 9);
    solo.act(|endpoint, now| endpoint.undelivered(now, &opened));
    solo.expect("Response 503");
    solo.finish();
}

#[test]
fn a_call_that_rings_outlives_its_connection() {
    let mut solo = Solo::new();
    let id = solo.call(TCP_URI);
    let invite = solo.expect_sent(&format!("{PEER} INVITE"));
    solo.answer(&invite, 180, "");
    solo.expect("Provisional 180");
    solo.act(|endpoint, now| endpoint.undelivered(now, &invite.flow));
    solo.nothing_sent();
    // The answer comes over another one.
    let mut later = invite.clone();
    later.flow = incoming();
    solo.answer(&later, 200, &format!("Contact: <{TCP_URI}>\n"));
    solo.expect("Answered 200");
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    solo.expect_sent(&format!("{PEER} ACK"));
    solo.hang_up(id, PEER);
    solo.finish();
}

#[test]
fn requests_in_a_dialog_go_over_the_connection_that_it_came_on() {
    let mut solo = Solo::new();
    let id = called(&mut solo);
    solo.act(|endpoint, now| endpoint.accept(now, id, &[], Some(ANSWER)))
        .unwrap();
    let answer = solo.expect_sent(&format!("{EPHEMERAL} 200 INVITE"));
    let ack = from_peer("ACK", 1, "z9hG4bK2", &tag_of(&answer), "");
    solo.receive(incoming(), &ack);
    solo.expect("Acked");
    solo.act(|endpoint, now| endpoint.reinvite(now, id, Some(OFFER.to_vec()), &[]))
        .unwrap();
    let invite = solo.expect_sent(&format!("{EPHEMERAL} INVITE"));
    assert_eq!(invite.flow, incoming());
    let contact = "Contact: <sip:b@198.51.100.1:5080;transport=tcp>\n";
    solo.answer(&invite, 200, contact);
    solo.expect("Answered 200");
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    solo.expect_sent(&format!("{EPHEMERAL} ACK"));
    solo.hang_up(id, EPHEMERAL);
    solo.finish();
}

#[test]
fn a_flow_and_no_other_is_not_left() {
    let mut solo = Solo::new();
    let invite = outgoing_invite("sip:b@example.com");
    let hop = NextHop::Flow(incoming());
    solo.act(|endpoint, now| endpoint.invite(now, hop, invite));
    let invite = solo.expect_sent(&format!("{EPHEMERAL} INVITE"));
    assert_eq!(invite.flow, incoming());
    solo.act(|endpoint, now| endpoint.undelivered(now, &incoming()));
    solo.expect("Rejected 503");
    solo.nothing_sent();
    solo.finish();
}
