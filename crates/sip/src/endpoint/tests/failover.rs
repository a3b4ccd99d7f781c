//! The next server when one fails, and the memory of dead ones (RFC 3263 4.3).

use super::solo::{HERE, Solo, outgoing_invite, srv};
use super::*;
use crate::locate::Target;

const ONE: &str = "UDP 198.51.100.1:5060";
const TWO: &str = "UDP 198.51.100.2:5060";
const URI: &str = "sip:b@example.com";

/// `example.com` has two servers, the first preferred.
fn two_servers() -> Solo {
    two_servers_with(|_| {})
}

fn two_servers_with(change: impl FnOnce(&mut EndpointConfig)) -> Solo {
    let here = HERE.parse().unwrap();
    let mut solo = Solo::with(|config| {
        config.locals = vec![(Transport::Udp, here)];
        change(config);
    });
    let host = |octet| Answer::Addresses(vec![[198, 51, 100, octet].into()]);
    let servers = vec![srv(1, "one.example.com"), srv(2, "two.example.com")];
    solo.zone = BTreeMap::from([
        (Question::Naptr("example.com".into()), Answer::None),
        (
            Question::Srv("_sip._udp.example.com".into()),
            Answer::Srv(servers),
        ),
        (Question::A("one.example.com".into()), host(1)),
        (Question::A("two.example.com".into()), host(2)),
    ]);
    solo
}

fn undeliverable(place: &str) -> Flow {
    let remote = place.trim_start_matches("UDP ").parse().unwrap();
    Flow::udp(HERE.parse().unwrap(), remote)
}

/// The second server takes the call.
#[track_caller]
fn taken(solo: &mut Solo, id: SessionId, place: &str) {
    let invite = solo.expect_sent(&format!("{place} INVITE"));
    solo.answer(&invite, 200, "Contact: <sip:b@198.51.100.9>\n");
    solo.expect("Answered 200");
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    solo.expect_sent("UDP 198.51.100.9:5060 ACK");
    solo.hang_up(id, "UDP 198.51.100.9:5060");
}

#[test]
fn transport_error_leads_to_the_next_server() {
    let mut solo = two_servers();
    let id = solo.call(URI);
    let first = solo.expect_sent(&format!("{ONE} INVITE"));
    solo.act(|endpoint, now| endpoint.undelivered(now, &undeliverable(ONE)));
    let second = solo.sent[0].clone();
    // The same request but for its transaction (RFC 3263 4.3).
    for name in [Name::CallId, Name::From, Name::To, Name::CSeq] {
        assert_eq!(first.message.header(name), second.message.header(name));
    }
    let branch = |sent: &solo::Sent| sent.message.via().unwrap().branch().map(str::to_owned);
    assert_ne!(branch(&first), branch(&second));
    taken(&mut solo, id, TWO);
    // An answer of the first one that comes after all is nobody's.
    solo.answer(&first, 180, "");
    assert_eq!(solo.endpoint.counters().stray_responses, 1);
    solo.finish();
}

#[test]
fn silence_leads_to_the_next_server_after_timer_b() {
    let mut solo = two_servers();
    let start = solo.now;
    let id = solo.call(URI);
    solo.pass(Duration::from_secs(31));
    assert_eq!(solo.take_sent(start).len(), 6);
    solo.pass(Duration::from_secs(1));
    let sent = solo.sent.pop_front().unwrap();
    assert_eq!(sent.at.since(start), Duration::from_millis(31_500));
    assert_eq!(sent.label(), format!("{ONE} INVITE"));
    taken(&mut solo, id, TWO);
    solo.finish();
}

#[test]
fn silence_leads_to_the_next_server_after_timer_f() {
    let mut solo = two_servers();
    solo.ask(URI, None);
    solo.pass(Duration::from_secs(31));
    solo.sent.clear();
    solo.pass(Duration::from_secs(1));
    solo.sent.pop_front();
    let second = solo.expect_sent(&format!("{TWO} MESSAGE"));
    solo.answer(&second, 200, "");
    solo.expect("Response 200");
    solo.finish();
}

#[test]
fn a_server_that_said_1xx_to_a_request_is_not_left_for_another() {
    let mut solo = two_servers();
    solo.ask(URI, None);
    let first = solo.expect_sent(&format!("{ONE} MESSAGE"));
    solo.answer(&first, 100, "");
    solo.pass(Duration::from_secs(40));
    solo.expect("Response 408");
    assert!(solo.sent.iter().all(|sent| sent.label().starts_with(ONE)));
    solo.sent.clear();
    // Nor is it dead.
    solo.ask(URI, None);
    let again = solo.expect_sent(&format!("{ONE} MESSAGE"));
    solo.answer(&again, 200, "");
    solo.expect("Response 200");
    solo.finish();
}

#[test]
fn a_503_leads_to_the_next_server_and_is_remembered() {
    let mut solo = two_servers();
    let id = solo.call(URI);
    let first = solo.expect_sent(&format!("{ONE} INVITE"));
    solo.answer(&first, 503, "Retry-After: 60\n");
    solo.expect_sent(&format!("{ONE} ACK"));
    taken(&mut solo, id, TWO);
    // Straight to the live one, for as long as the first one asked (RFC 3261 21.5.4).
    solo.pass(Duration::from_secs(58));
    let id = solo.call(URI);
    taken(&mut solo, id, TWO);
    solo.pass(Duration::from_secs(5));
    let id = solo.call(URI);
    taken(&mut solo, id, ONE);
    solo.finish();
}

#[test]
fn a_dead_server_is_passed_over_until_its_time_is_up() {
    let mut solo = two_servers();
    let id = solo.call(URI);
    solo.expect_sent(&format!("{ONE} INVITE"));
    solo.act(|endpoint, now| endpoint.undelivered(now, &undeliverable(ONE)));
    taken(&mut solo, id, TWO);
    let id = solo.call(URI);
    taken(&mut solo, id, TWO);
    solo.pass(Duration::from_secs(5));
    let id = solo.call(URI);
    taken(&mut solo, id, ONE);
    solo.finish();
}

#[test]
fn whatever_comes_from_a_dead_server_revives_it() {
    let mut solo = two_servers();
    let id = solo.call(URI);
    solo.expect_sent(&format!("{ONE} INVITE"));
    solo.act(|endpoint, now| endpoint.undelivered(now, &undeliverable(ONE)));
    taken(&mut solo, id, TWO);
    let options = "OPTIONS sip:a@192.0.2.1 SIP/2.0\n\
        Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bKo\n\
        From: <sip:b@example.com>;tag=1\nTo: <sip:a@192.0.2.1>\nCall-ID: o\nCSeq: 1 OPTIONS\n\
        Max-Forwards: 70\nContent-Length: 0\n\n";
    solo.receive(undeliverable(ONE), options);
    solo.expect_sent(&format!("{ONE} 200 OPTIONS"));
    let id = solo.call(URI);
    taken(&mut solo, id, ONE);
    solo.finish();
}

#[test]
fn with_all_servers_dead_each_is_tried_all_the_same() {
    let mut solo = two_servers();
    for _ in 0..2 {
        solo.call(URI);
        solo.expect_sent(&format!("{ONE} INVITE"));
        solo.act(|endpoint, now| endpoint.undelivered(now, &undeliverable(ONE)));
        solo.expect_sent(&format!("{TWO} INVITE"));
        solo.act(|endpoint, now| endpoint.undelivered(now, &undeliverable(TWO)));
        solo.expect("Rejected 503");
    }
    solo.finish();
}

#[test]
fn with_all_servers_overloaded_the_application_sees_the_last_503() {
    let mut solo = two_servers();
    solo.ask(URI, None);
    let first = solo.expect_sent(&format!("{ONE} MESSAGE"));
    solo.answer(&first, 503, "");
    let second = solo.expect_sent(&format!("{TWO} MESSAGE"));
    solo.answer(&second, 503, "Warning: 399 two \"full\"\n");
    let Event::Response { response, .. } = solo.expect("Response 503") else {
        unreachable!()
    };
    assert!(response.unwrap().header(Name::Warning).is_some());
    solo.finish();
}

#[test]
fn other_refusals_are_final() {
    for status in [404, 408, 480, 486, 500, 504, 600] {
        let mut solo = two_servers();
        solo.call(URI);
        let first = solo.expect_sent(&format!("{ONE} INVITE"));
        solo.answer(&first, status, "");
        solo.expect_sent(&format!("{ONE} ACK"));
        solo.expect(&format!("Rejected {status}"));
        solo.nothing_sent();
        solo.finish();
    }
}

#[test]
fn a_domain_that_does_not_exist_is_480_and_one_that_nobody_knows_is_503() {
    for (answer, status) in [(Answer::None, 480), (Answer::Failed, 503)] {
        let mut solo = Solo::new();
        let naptr = Question::Naptr("example.com".into());
        solo.zone.insert(naptr, answer.clone());
        for name in ["_sip._udp.example.com", "_sip._tcp.example.com"] {
            solo.zone.insert(Question::Srv(name.into()), answer.clone());
        }
        let a = Question::A("example.com".into());
        solo.zone.insert(a, answer);
        solo.call(URI);
        solo.expect(&format!("Rejected {status}"));
        solo.nothing_sent();
        solo.finish();
    }
}

#[test]
fn each_question_is_asked_once_for_all_who_wait() {
    let mut solo = two_servers();
    let naptr = Question::Naptr("example.com".into());
    solo.zone.remove(&naptr);
    let first = solo.call(URI);
    let second = solo.call(URI);
    assert_eq!(solo.asked.as_slice(), core::slice::from_ref(&naptr));
    solo.nothing_sent();
    solo.act(|endpoint, now| endpoint.resolved(now, &naptr, &Answer::None));
    for id in [first, second] {
        solo.expect_sent(&format!("{ONE} INVITE"));
        solo.act(|endpoint, now| endpoint.cancel(now, id, &[]));
    }
    solo.nothing_sent();
    solo.act(|endpoint, now| endpoint.undelivered(now, &undeliverable(ONE)));
    solo.expect("Ended");
    solo.expect("Ended");
    solo.finish();
}

#[test]
fn a_call_that_is_cancelled_before_the_dns_answers_is_never_sent() {
    let mut solo = two_servers();
    let naptr = Question::Naptr("example.com".into());
    solo.zone.remove(&naptr);
    let id = solo.call(URI);
    solo.act(|endpoint, now| endpoint.cancel(now, id, &[]));
    solo.expect("Ended");
    solo.act(|endpoint, now| endpoint.resolved(now, &naptr, &Answer::None));
    solo.nothing_sent();
    solo.finish();
}

#[test]
fn a_call_that_is_cancelled_goes_to_no_further_server() {
    let mut solo = two_servers();
    let id = solo.call(URI);
    solo.expect_sent(&format!("{ONE} INVITE"));
    solo.act(|endpoint, now| endpoint.cancel(now, id, &[]));
    solo.act(|endpoint, now| endpoint.undelivered(now, &undeliverable(ONE)));
    solo.expect("Ended");
    solo.nothing_sent();
    solo.finish();
}

// RFC 3261 9.1: a 1xx of the first server says nothing of the second.
#[test]
fn cancel_waits_for_a_1xx_of_the_server_that_has_the_call_now() {
    let mut solo = two_servers();
    let id = solo.call(URI);
    let first = solo.expect_sent(&format!("{ONE} INVITE"));
    solo.answer(&first, 100, "");
    solo.answer(&first, 503, "");
    solo.expect_sent(&format!("{ONE} ACK"));
    let second = solo.expect_sent(&format!("{TWO} INVITE"));
    solo.act(|endpoint, now| endpoint.cancel(now, id, &[]));
    solo.nothing_sent();
    solo.answer(&second, 100, "");
    let cancel = solo.expect_sent(&format!("{TWO} CANCEL"));
    solo.answer(&cancel, 200, "");
    solo.answer(&second, 487, "");
    solo.expect_sent(&format!("{TWO} ACK"));
    solo.expect("Ended");
    solo.finish();
}

#[test]
fn a_call_is_cancelled_while_its_second_server_is_looked_up() {
    let mut solo = two_servers();
    let two = Question::A("two.example.com".into());
    solo.zone.remove(&two);
    let id = solo.call(URI);
    let first = solo.expect_sent(&format!("{ONE} INVITE"));
    solo.answer(&first, 100, "");
    solo.answer(&first, 503, "");
    solo.expect_sent(&format!("{ONE} ACK"));
    solo.act(|endpoint, now| endpoint.cancel(now, id, &[]));
    solo.expect("Ended");
    solo.act(|endpoint, now| endpoint.resolved(now, &two, &Answer::None));
    solo.nothing_sent();
    solo.finish();
}

#[test]
fn a_server_that_rang_and_never_answered_is_not_dead() {
    let mut solo = two_servers();
    let id = solo.call(URI);
    let first = solo.expect_sent(&format!("{ONE} INVITE"));
    solo.answer(&first, 180, "");
    solo.expect("Provisional 180");
    solo.act(|endpoint, now| endpoint.cancel(now, id, &[]));
    solo.pass(Duration::from_secs(64));
    solo.expect("Ended");
    solo.sent.clear();
    let id = solo.call(URI);
    taken(&mut solo, id, ONE);
    solo.finish();
}

// RFC 3261 18.1.1.
#[test]
fn a_long_request_goes_over_tcp_and_over_udp_when_that_is_refused() {
    let mut solo = Solo::new();
    let body = Body {
        content_type: "text/plain".to_owned(),
        data: vec![b'x'; 1_200],
    };
    solo.ask("sip:b@198.51.100.1", Some(body));
    let first = solo.expect_sent("TCP 198.51.100.1:5060 MESSAGE");
    assert!(first.message.header(Name::Via).unwrap().contains("/TCP "));
    solo.act(|endpoint, now| endpoint.undelivered(now, &first.flow));
    let second = solo.expect_sent("UDP 198.51.100.1:5060 MESSAGE");
    assert!(second.message.header(Name::Via).unwrap().contains("/UDP "));
    solo.answer(&second, 200, "");
    solo.expect("Response 200");
    solo.ask("sip:b@198.51.100.1", None);
    let short = solo.expect_sent("UDP 198.51.100.1:5060 MESSAGE");
    solo.answer(&short, 200, "");
    solo.expect("Response 200");
    solo.finish();
}

#[test]
fn one_target_and_no_other_has_no_next() {
    let mut solo = two_servers();
    let target = Target {
        transport: Transport::Udp,
        address: "198.51.100.1:5060".parse().unwrap(),
        name: None,
    };
    let invite = outgoing_invite(URI);
    solo.act(|endpoint, now| endpoint.invite(now, NextHop::Target(target), invite));
    solo.expect_sent(&format!("{ONE} INVITE"));
    solo.act(|endpoint, now| endpoint.undelivered(now, &undeliverable(ONE)));
    solo.expect("Rejected 503");
    solo.nothing_sent();
    assert!(solo.asked.is_empty());
    solo.finish();
}

#[test]
fn a_transport_that_we_do_not_have_is_503_at_once() {
    let mut solo = two_servers();
    solo.call("sips:b@example.com");
    solo.expect("Rejected 503");
    solo.call("tel:+4930123456");
    solo.expect("Rejected 503");
    assert!(solo.asked.is_empty());
    solo.finish();
}

#[test]
fn a_domain_of_many_servers_is_tried_a_bounded_number_of_times() {
    let mut solo = two_servers();
    let addresses = (0..40).map(|octet| [198, 51, 100, octet].into()).collect();
    let one = Question::A("one.example.com".into());
    solo.zone.insert(one, Answer::Addresses(addresses));
    solo.call(URI);
    let mut tries = 0;
    while let Some(sent) = solo.sent.pop_front() {
        tries += 1;
        solo.act(|endpoint, now| endpoint.undelivered(now, &sent.flow));
    }
    assert!((2..=12).contains(&tries), "{tries}");
    solo.expect("Rejected 503");
    solo.finish();
}
