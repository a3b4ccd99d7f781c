//! Session timers (RFC 4028): either side refreshes, and either side notices that nobody does.

use super::solo::{Sent, Solo};
use super::*;
use crate::header::{self, MinSe, Refresher, SessionExpires};

const PEER: &str = "UDP 198.51.100.1:5060";
const URI: &str = "sip:b@198.51.100.1";
const CONTACT: &str = "Contact: <sip:b@198.51.100.1>\n";
const OTHER: &[u8] = b"v=0\r\no=- 2 2 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.3\r\nt=0 0\r\n\
    m=audio 5002 RTP/AVP 8\r\n";

fn timer(interval: u64, min_se: u64) -> Option<SessionTimer> {
    Some(SessionTimer {
        interval: Duration::from_secs(interval),
        min_se: Duration::from_secs(min_se),
        refresher: None,
    })
}

fn is_a(config: &EndpointConfig) -> bool {
    config.seed == [1; 32]
}

fn both() -> Net {
    Net::with(|config| config.session_timer = Some(SessionTimer::default()))
}

/// A has called B and is connected.
#[track_caller]
fn connected(net: &mut Net) -> (SessionId, SessionId) {
    let a = net.invite();
    let b = id_of(&net.expect(B, "Invite"));
    net.connect(a, b);
    net.take_ladder();
    (a, b)
}

/// A hangs up, and nothing is left.
#[track_caller]
fn hang_up(mut net: Net, a: SessionId) {
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

fn alone() -> Solo {
    Solo::with(|config| config.session_timer = Some(SessionTimer::default()))
}

fn expires(message: &Message) -> Option<(u32, Option<Refresher>)> {
    let value = header::get::<SessionExpires<'_>>(message)?.unwrap();
    Some((value.seconds, value.refresher))
}

fn min_se(message: &Message) -> Option<u32> {
    Some(header::get::<MinSe<'_>>(message)?.unwrap().seconds)
}

/// Calls a peer that answers with these header lines.
#[track_caller]
fn called(solo: &mut Solo, extra: &str) -> SessionId {
    let id = solo.call(URI);
    let invite = solo.expect_sent(&format!("{PEER} INVITE"));
    solo.answer_with(&invite, 200, "t1", &format!("{CONTACT}{extra}"), ANSWER);
    solo.expect("Answered 200");
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    solo.expect_sent(&format!("{PEER} ACK"));
    id
}

/// The refresh is due and goes out.
#[track_caller]
fn refresh(solo: &mut Solo, after: u64, method: &str) -> Sent {
    solo.pass(Duration::from_millis(after * 1_000 - 1));
    solo.nothing_sent();
    solo.pass(Duration::from_millis(1));
    solo.expect_sent(&format!("{PEER} {method}"))
}

/// An INVITE of someone with these header lines; our 200.
#[track_caller]
fn accepted(change: impl FnOnce(&mut SessionTimer), extra: &str) -> Sent {
    let mut timer = SessionTimer::default();
    change(&mut timer);
    let mut solo = Solo::with(|config| config.session_timer = Some(timer));
    let flow = Flow::udp(solo::HERE.parse().unwrap(), C.parse().unwrap());
    solo.receive(flow, &request("INVITE", 1, "", "z9hG4bK1", extra));
    solo.sent.clear();
    let id = id_of(&solo.expect("Invite"));
    solo.act(|endpoint, now| endpoint.accept(now, id, &[], Some(ANSWER)))
        .unwrap();
    solo.sent.pop_front().unwrap()
}

#[test]
fn the_invite_asks_and_the_200_grants() {
    let mut net = both();
    let a = net.invite();
    let Event::Invite { id: b, request, .. } = net.expect(B, "Invite") else {
        unreachable!()
    };
    // No refresher is named, so that the other side may choose (RFC 4028 7.1).
    assert_eq!(expires(&request), Some((1_800, None)));
    assert_eq!(min_se(&request), Some(90));
    assert!(request.lists(Name::Supported, "timer"));
    net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
        .unwrap();
    let Event::Answered { response, .. } = net.expect(A, "Answered 200") else {
        unreachable!()
    };
    assert_eq!(expires(&response), Some((1_800, Some(Refresher::Uac))));
    assert!(response.lists(Name::Require, "timer"));
    net.act(A, |end, now| end.ack(now, a, None));
    net.expect(B, "Acked");
    hang_up(net, a);
}

#[test]
fn the_caller_refreshes_at_half_the_interval_and_no_application_sees_it() {
    let mut net = both();
    let (a, _) = connected(&mut net);
    net.run(Duration::from_secs(899));
    assert!(net.take_ladder().is_empty());
    net.run(Duration::from_secs(2));
    let expected = ["A>B INVITE", "B>A 100 INVITE", "B>A 200 INVITE", "A>B ACK"];
    assert_eq!(net.take_ladder(), expected);
    // Ten hours.
    net.run(Duration::from_secs(36_000));
    assert_eq!(net.take_ladder().len(), 40 * expected.len());
    net.silent();
    hang_up(net, a);
}

#[test]
fn the_called_side_refreshes_where_it_wants_to() {
    let mut net = Net::with(|config| {
        config.session_timer = Some(SessionTimer {
            refresher: Some(if is_a(config) {
                RefreshedBy::Peer
            } else {
                RefreshedBy::Us
            }),
            ..SessionTimer::default()
        });
    });
    let (a, _) = connected(&mut net);
    net.run(Duration::from_secs(901));
    let expected = ["B>A INVITE", "A>B 100 INVITE", "A>B 200 INVITE", "B>A ACK"];
    assert_eq!(net.take_ladder(), expected);
    // The roles stay (RFC 4028 7.4).
    net.run(Duration::from_secs(9_000));
    assert_eq!(net.take_ladder().len(), 10 * expected.len());
    net.silent();
    hang_up(net, a);
}

#[test]
fn a_refresh_is_an_update_where_the_peer_takes_that() {
    let mut net = Net::with(|config| {
        config.session_timer = Some(SessionTimer::default());
        config.methods = vec![Method::Update];
    });
    let (a, _) = connected(&mut net);
    net.run(Duration::from_secs(9_001));
    let ladder = net.take_ladder();
    assert_eq!(ladder[..2], ["A>B UPDATE", "B>A 200 UPDATE"]);
    assert_eq!(ladder.len(), 20);
    net.silent();
    hang_up(net, a);
}

#[test]
fn the_refresh_has_the_last_description_unchanged() {
    let mut solo = alone();
    let id = called(&mut solo, "Session-Expires: 600;refresher=uac\n");
    let refresh = refresh(&mut solo, 300, "INVITE");
    assert_eq!(refresh.message.sdp(), Some(OFFER));
    let asked = Some((600, Some(Refresher::Uac)));
    assert_eq!(expires(&refresh.message), asked);
    solo.answer_with(&refresh, 200, "t1", CONTACT, ANSWER);
    solo.expect_sent(&format!("{PEER} ACK"));
    solo.hang_up(id, PEER);
    solo.finish();
}

#[test]
fn a_refresh_that_changes_something_is_told() {
    let mut solo = alone();
    let id = called(&mut solo, "Session-Expires: 600;refresher=uac\n");
    let refresh = refresh(&mut solo, 300, "INVITE");
    solo.answer_with(&refresh, 200, "t1", CONTACT, OTHER);
    solo.expect_sent(&format!("{PEER} ACK"));
    let Event::Refreshed { response, .. } = solo.expect("Refreshed") else {
        unreachable!()
    };
    assert_eq!(response.sdp(), Some(OTHER));
    solo.hang_up(id, PEER);
    solo.finish();
}

// RFC 4028 7.3.
#[test]
fn a_422_is_answered_with_the_longer_interval() {
    let mut net = Net::with(|config| {
        config.session_timer = if is_a(config) {
            timer(100, 90)
        } else {
            timer(1_800, 600)
        };
    });
    let a = net.invite();
    let Event::Invite { id: b, request, .. } = net.expect(B, "Invite") else {
        unreachable!()
    };
    assert_eq!(expires(&request), Some((600, None)));
    assert_eq!(min_se(&request), Some(600));
    assert_eq!(request.cseq().number, 2);
    net.connect(a, b);
    let expected = ["A>B INVITE", "B>A 422 INVITE", "A>B ACK", "A>B INVITE"];
    assert_eq!(net.take_ladder()[..4], expected);
    net.run(Duration::from_secs(301));
    assert_eq!(net.take_ladder()[0], "A>B INVITE");
    net.silent();
    hang_up(net, a);
}

#[test]
fn a_422_that_asks_for_no_more_than_it_got_is_final() {
    for min in ["", "Min-SE: 1800\n", "Min-SE: x\n"] {
        let mut solo = alone();
        solo.call(URI);
        let invite = solo.expect_sent(&format!("{PEER} INVITE"));
        solo.answer(&invite, 422, min);
        solo.expect_sent(&format!("{PEER} ACK"));
        solo.expect("Rejected 422");
        solo.nothing_sent();
        solo.finish();
    }
}

#[test]
fn a_peer_that_always_wants_more_is_given_up() {
    let mut solo = alone();
    solo.call(URI);
    let mut sent = 0;
    while let Some(message) = solo.sent.pop_front() {
        if message.label().ends_with("INVITE") {
            sent += 1;
            assert!(sent < 20);
            let min = format!("Min-SE: {}\n", 2_000 + sent);
            solo.answer(&message, 422, &min);
        }
    }
    solo.expect("Rejected 422");
    solo.finish();
}

// RFC 4028 9, table 2.
#[test]
fn the_refresher_is_as_table_2_has_it() {
    let knows = "Supported: timer\n";
    let nobody = None;
    let us = Some(RefreshedBy::Us);
    let peer = Some(RefreshedBy::Peer);
    let cases = [
        (nobody, "", "Session-Expires: 1000\n", Refresher::Uas),
        (peer, "", "Session-Expires: 1000\n", Refresher::Uas),
        (nobody, "", "", Refresher::Uas),
        (nobody, knows, "Session-Expires: 1000\n", Refresher::Uac),
        (us, knows, "Session-Expires: 1000\n", Refresher::Uas),
        (peer, knows, "Session-Expires: 1000\n", Refresher::Uac),
        (
            us,
            knows,
            "Session-Expires: 1000;refresher=uac\n",
            Refresher::Uac,
        ),
        (
            peer,
            knows,
            "Session-Expires: 1000;refresher=uas\n",
            Refresher::Uas,
        ),
        (nobody, knows, "", Refresher::Uac),
    ];
    for (refresher, supported, asked, expected) in cases {
        let extra = format!("{supported}{asked}");
        let answer = accepted(|timer| timer.refresher = refresher, &extra).message;
        let (_, chosen) = expires(&answer).unwrap();
        assert_eq!(chosen, Some(expected), "{refresher:?} {extra}");
        let required = answer.lists(Name::Require, "timer");
        assert_eq!(required, !supported.is_empty(), "{extra}");
    }
}

#[test]
fn the_interval_may_shrink_but_not_grow() {
    let cases = [
        ("Session-Expires: 1000\n", 1_000),
        ("Session-Expires: 1800\n", 1_800),
        ("Session-Expires: 7200\n", 1_800),
        ("Session-Expires: 7200\nMin-SE: 3600\n", 3_600),
        ("Min-SE: 3600\n", 3_600),
        ("", 1_800),
    ];
    for (asked, expected) in cases {
        let answer = accepted(|_| {}, &format!("Supported: timer\n{asked}")).message;
        assert_eq!(expires(&answer).unwrap().0, expected, "{asked}");
    }
}

#[test]
fn too_short_an_interval_is_refused_to_who_can_ask_for_another() {
    let mut solo = Solo::with(|config| config.session_timer = timer(1_800, 300));
    let flow = Flow::udp(solo::HERE.parse().unwrap(), C.parse().unwrap());
    let invite = request("INVITE", 1, "", "z9hG4bK1", "Supported: timer\nx: 299\n");
    solo.receive(flow, &invite);
    let refusal = solo.expect_sent(&format!("UDP {C} 422 INVITE"));
    assert_eq!(min_se(&refusal.message), Some(300));
    assert!(solo.events.is_empty());
    // A proxy has asked for a peer that knows nothing of it: that would end the call.
    solo.receive(flow, &request("INVITE", 2, "", "z9hG4bK2", "x: 299\n"));
    solo.expect_sent(&format!("UDP {C} 100 INVITE"));
    let id = id_of(&solo.expect("Invite"));
    solo.act(|endpoint, now| endpoint.reject(now, id, 486, "", &[]))
        .unwrap();
    solo.sent.clear();
    solo.finish();
}

#[test]
fn without_session_timers_nothing_is_said_of_them() {
    let mut solo = Solo::new();
    solo.call(URI);
    let invite = solo.expect_sent(&format!("{PEER} INVITE"));
    assert_eq!(expires(&invite.message), None);
    assert_eq!(min_se(&invite.message), None);
    assert!(!invite.message.lists(Name::Supported, "timer"));
    solo.answer(&invite, 422, "Min-SE: 3600\n");
    solo.expect_sent(&format!("{PEER} ACK"));
    solo.expect("Rejected 422");
    solo.finish();
}

// A peer without session timers is asked all the same whether it is still there.
#[test]
fn of_a_peer_without_session_timers_we_refresh_ourselves() {
    for we_call in [true, false] {
        let mut net = Net::with(|config| {
            let ours = is_a(config) == we_call;
            config.session_timer = ours.then(SessionTimer::default);
        });
        let (a, b) = connected(&mut net);
        let (peer, id) = if we_call { (B, b) } else { (A, a) };
        for _ in 0..3 {
            net.run(Duration::from_secs(880));
            net.expect(peer, "Reinvite");
            let sdp = if we_call { ANSWER } else { OFFER };
            net.act(peer, |end, now| end.accept(now, id, &[], Some(sdp)))
                .unwrap();
            net.expect(peer, "Acked");
        }
        net.silent();
        hang_up(net, a);
    }
}

#[test]
fn a_session_that_nobody_refreshes_ends_before_its_time() {
    let mut net = both();
    let (a, _) = connected(&mut net);
    let start = net.now;
    // A is gone without a word.
    net.drops = vec![("A>B INVITE", 1_000), ("A>B BYE", 1_000)];
    net.run(Duration::from_secs(900));
    net.expect(A, "SessionExpired");
    // Its refresh was not answered.
    assert_eq!(net.now.since(start).as_secs(), 900 + 31);
    net.expect(A, "Ended");
    net.drops.push(("A>B 200 BYE", 1_000));
    net.run(Duration::from_secs(600));
    net.expect(B, "SessionExpired");
    let end = net.now.since(start).as_millis();
    assert!((1_767_900..=1_768_100).contains(&end), "{end}");
    net.expect(B, "Ended");
    assert!(net.end(A).sessions() == 0 && net.ladder.contains(&"B>A BYE".to_owned()));
    let _ = a;
    net.finish();
}

#[test]
fn a_short_session_ends_at_two_thirds() {
    let mut solo = alone();
    let start = solo.now;
    called(&mut solo, "Session-Expires: 90;refresher=uas\n");
    solo.pass(Duration::from_secs(59));
    solo.nothing_sent();
    solo.pass(Duration::from_secs(1));
    solo.expect("SessionExpired");
    let bye = solo.expect_sent(&format!("{PEER} BYE"));
    assert_eq!(bye.at.since(start), Duration::from_secs(60));
    solo.answer(&bye, 200, "");
    solo.expect("Ended");
    solo.finish();
}

// RFC 4028 11.1: nobody may have us refresh at any rate.
#[test]
fn no_interval_is_under_90_seconds() {
    let mut solo = alone();
    let id = called(&mut solo, "Session-Expires: 1;refresher=uac\n");
    let refresh = refresh(&mut solo, 45, "INVITE");
    solo.answer_with(&refresh, 200, "t1", CONTACT, ANSWER);
    solo.expect_sent(&format!("{PEER} ACK"));
    solo.hang_up(id, PEER);
    solo.finish();
}

#[test]
fn a_refresh_to_which_the_peer_says_481_or_408_ends_the_session() {
    for status in [408, 481] {
        for allow in ["", "Allow: INVITE, ACK, BYE, UPDATE\n"] {
            let mut solo = alone();
            let extra = format!("{allow}Session-Expires: 600;refresher=uac\n");
            called(&mut solo, &extra);
            let method = if allow.is_empty() { "INVITE" } else { "UPDATE" };
            let refresh = refresh(&mut solo, 300, method);
            solo.answer(&refresh, status, "");
            if allow.is_empty() {
                solo.expect_sent(&format!("{PEER} ACK"));
            }
            solo.expect("SessionExpired");
            let bye = solo.expect_sent(&format!("{PEER} BYE"));
            solo.answer(&bye, 200, "");
            solo.expect("Ended");
            solo.finish();
        }
    }
}

// RFC 4028 10: other refusals do not end it, but neither do they make it last.
#[test]
fn a_refused_refresh_is_tried_again_and_then_the_session_ends() {
    let mut solo = alone();
    let start = solo.now;
    called(&mut solo, "Session-Expires: 600;refresher=uac\n");
    let mut times = Vec::new();
    while solo.events.is_empty() {
        solo.pass(Duration::from_millis(100));
        while let Some(sent) = solo.sent.pop_front() {
            if sent.label().ends_with(" INVITE") {
                times.push(sent.at.since(start).as_secs());
                solo.answer(&sent, 500, "");
            } else if sent.label().ends_with(" BYE") {
                times.push(sent.at.since(start).as_secs());
                solo.answer(&sent, 200, "");
            }
        }
    }
    assert_eq!(times, [300, 434, 501, 534, 568]);
    solo.expect("SessionExpired");
    solo.expect("Ended");
    solo.finish();
}

#[test]
fn a_refresh_that_meets_an_invite_of_the_peer_is_tried_again() {
    let mut solo = alone();
    let id = called(&mut solo, "Session-Expires: 600;refresher=uac\n");
    let first = refresh(&mut solo, 300, "INVITE");
    solo.answer(&first, 491, "");
    solo.expect_sent(&format!("{PEER} ACK"));
    solo.pass(Duration::from_secs(4));
    let second = solo.expect_sent(&format!("{PEER} INVITE"));
    assert_eq!(second.message.sdp(), Some(OFFER));
    solo.answer_with(&second, 200, "t1", CONTACT, ANSWER);
    solo.expect_sent(&format!("{PEER} ACK"));
    assert!(solo.events.is_empty());
    solo.hang_up(id, PEER);
    solo.finish();
}

#[test]
fn a_peer_that_lists_update_and_refuses_it_gets_a_reinvite() {
    let mut solo = alone();
    let extra = "Allow: INVITE, UPDATE\nSession-Expires: 600;refresher=uac\n";
    let id = called(&mut solo, extra);
    let update = refresh(&mut solo, 300, "UPDATE");
    assert!(update.message.body().is_empty());
    let asked = Some((600, Some(Refresher::Uac)));
    assert_eq!(expires(&update.message), asked);
    solo.answer(&update, 405, "");
    solo.pass(Duration::ZERO);
    let invite = solo.expect_sent(&format!("{PEER} INVITE"));
    solo.answer_with(&invite, 200, "t1", CONTACT, ANSWER);
    solo.expect_sent(&format!("{PEER} ACK"));
    assert!(solo.events.is_empty());
    solo.hang_up(id, PEER);
    solo.finish();
}

#[test]
fn a_refresh_waits_for_the_invite_of_the_application() {
    let mut solo = alone();
    let id = called(&mut solo, "Session-Expires: 600;refresher=uac\n");
    solo.pass(Duration::from_secs(299));
    solo.act(|endpoint, now| endpoint.reinvite(now, id, Some(OFFER.to_vec()), &[]))
        .unwrap();
    let invite = solo.expect_sent(&format!("{PEER} INVITE"));
    solo.answer(&invite, 100, "");
    solo.pass(Duration::from_secs(20));
    solo.nothing_sent();
    let granted = format!("{CONTACT}Session-Expires: 600;refresher=uac\n");
    solo.answer_with(&invite, 200, "t1", &granted, ANSWER);
    solo.expect("Answered 200");
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    solo.expect_sent(&format!("{PEER} ACK"));
    // It has refreshed the session itself.
    let refresh = refresh(&mut solo, 300, "INVITE");
    solo.answer_with(&refresh, 200, "t1", CONTACT, ANSWER);
    solo.expect_sent(&format!("{PEER} ACK"));
    solo.hang_up(id, PEER);
    solo.finish();
}

#[test]
fn a_reinvite_of_the_peer_that_changes_something_goes_to_the_application() {
    let mut net = both();
    let (a, b) = connected(&mut net);
    for sdp in [Some(OTHER.to_vec()), None] {
        let has_offer = sdp.is_some();
        net.act(A, |end, now| end.reinvite(now, a, sdp, &[]))
            .unwrap();
        net.expect(B, "Reinvite");
        net.act(B, |end, now| end.accept(now, b, &[], Some(ANSWER)))
            .unwrap();
        net.expect(A, "Answered 200");
        let answer = (!has_offer).then_some(OTHER);
        net.act(A, |end, now| end.ack(now, a, answer));
        net.expect(B, "Acked");
    }
    // The same once more changes nothing.
    net.act(A, |end, now| {
        end.reinvite(now, a, Some(OTHER.to_vec()), &[])
    })
    .unwrap();
    let Event::Answered { response, .. } = net.expect(A, "Answered 200") else {
        unreachable!()
    };
    assert_eq!(response.sdp(), Some(ANSWER));
    net.act(A, |end, now| end.ack(now, a, None));
    net.millis(100);
    net.silent();
    hang_up(net, a);
}

#[test]
fn refreshes_survive_loss_duplicates_and_reordering() {
    for seed in 0..24 {
        let mut net = Net::with(|config| {
            let refresher = match seed % 3 {
                0 => None,
                1 => Some(RefreshedBy::Us),
                _ => Some(RefreshedBy::Peer),
            };
            config.session_timer = Some(SessionTimer {
                interval: Duration::from_secs(300),
                refresher,
                ..SessionTimer::default()
            });
            if seed % 2 == 1 {
                config.methods = vec![Method::Update];
            }
        });
        let (a, _) = connected(&mut net);
        net.rng = StdRng::seed_from_u64(seed);
        net.link = Link {
            delay: Duration::from_millis(40),
            jitter: Duration::from_millis(300),
            loss: 10,
            duplicates: 10,
        };
        net.run(Duration::from_secs(7_200));
        net.silent();
        assert_eq!((net.end(A).sessions(), net.end(B).sessions()), (1, 1));
        net.link = Link::default();
        net.run(Duration::from_secs(60));
        hang_up(net, a);
    }
}
