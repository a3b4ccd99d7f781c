//! Challenges of servers and proxies, answered inside and outside dialogs (RFC 3261 22).

use super::solo::{Sent, Solo, credentials, outgoing_invite};
use super::*;
use crate::digest::{Secret, Side, Verdict, Verifier, VerifierConfig};
use crate::header::{self, DigestCredentials};

const PEER: &str = "UDP 198.51.100.1:5060";
const URI: &str = "sip:b@198.51.100.1";
const CONTACT: &str = "Contact: <sip:b@198.51.100.1>\n";

/// One that challenges: a server or a proxy.
struct Challenger {
    verifier: Verifier,
    secret: Secret,
    status: u16,
}

impl Challenger {
    fn new(side: Side, realm: &str) -> Self {
        let mut config = VerifierConfig::new(realm, [7; 32]);
        config.side = side;
        config.nonce_lifetime = Duration::from_secs(60);
        Self {
            verifier: Verifier::new(config),
            secret: Secret::password("secret"),
            status: if side == Side::User { 401 } else { 407 },
        }
    }

    fn server() -> Self {
        Self::new(Side::User, "example.com")
    }

    fn proxy(realm: &str) -> Self {
        Self::new(Side::Proxy, realm)
    }

    fn verdict(&mut self, sent: &Sent) -> Verdict {
        let Self {
            verifier, secret, ..
        } = self;
        verifier.verify(sent.at, &sent.message, &mut |user, _| {
            (user == "a").then_some(&*secret)
        })
    }

    #[track_caller]
    fn is_content(&mut self, sent: &Sent) {
        let verdict = self.verdict(sent);
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    }

    /// Challenges what was sent.
    fn challenge(&mut self, solo: &mut Solo, sent: &Sent, stale: bool) {
        let lines = self.lines(solo.now, stale);
        solo.answer(sent, self.status, &lines);
    }

    fn lines(&mut self, now: Time, stale: bool) -> String {
        let challenges = self.verifier.challenge(now, stale);
        let line = |(name, value): (Name, String)| format!("{}: {value}\n", name.as_str());
        challenges.into_iter().map(line).collect()
    }
}

fn credentials_in(sent: &Sent, name: Name) -> Vec<DigestCredentials<'_>> {
    header::all_in(&sent.message, name)
        .map(|value| match value.unwrap() {
            header::Credentials::Digest(digest) => digest,
            other @ header::Credentials::Other(_) => panic!("{other:?}"),
        })
        .collect()
}

fn nonce_and_count(sent: &Sent) -> (String, u32) {
    let all = credentials_in(sent, Name::Authorization);
    let [digest] = all.as_slice() else {
        panic!("{all:?}")
    };
    (digest.nonce.as_str().to_owned(), digest.nc.unwrap())
}

/// Calls; the INVITE is challenged, and answered with 200 in the end.
#[track_caller]
fn challenged_call(solo: &mut Solo, challenger: &mut Challenger) -> (SessionId, Sent) {
    let id = solo.call(URI);
    let first = solo.expect_sent(&format!("{PEER} INVITE"));
    challenger.challenge(solo, &first, false);
    solo.expect_sent(&format!("{PEER} ACK"));
    let second = solo.expect_sent(&format!("{PEER} INVITE"));
    challenger.is_content(&second);
    solo.answer(&second, 200, CONTACT);
    solo.expect("Answered 200");
    (id, second)
}

#[test]
fn a_challenged_invite_is_sent_again_as_the_same_call() {
    for mut challenger in [Challenger::server(), Challenger::proxy("example.com")] {
        let mut solo = Solo::new();
        let id = solo.call(URI);
        let first = solo.expect_sent(&format!("{PEER} INVITE"));
        challenger.challenge(&mut solo, &first, false);
        let ack = solo.expect_sent(&format!("{PEER} ACK"));
        assert_eq!(ack.message.cseq().number, 1);
        let second = solo.expect_sent(&format!("{PEER} INVITE"));
        for name in [Name::CallId, Name::From, Name::To] {
            assert_eq!(first.message.header(name), second.message.header(name));
        }
        assert_eq!(second.message.cseq().number, 2);
        assert_eq!(second.message.sdp(), first.message.sdp());
        challenger.is_content(&second);
        solo.answer(&second, 200, CONTACT);
        solo.expect("Answered 200");
        solo.act(|endpoint, now| endpoint.ack(now, id, None));
        let ack = solo.expect_sent(&format!("{PEER} ACK"));
        assert_eq!(ack.message.cseq().number, 2);
        solo.hang_up(id, PEER);
        solo.finish();
    }
}

// RFC 3261 22.1: the ACK has the credentials of its INVITE, unchanged.
#[test]
fn acks_repeat_the_credentials_of_their_invite() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    let (id, invite) = challenged_call(&mut solo, &mut server);
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    let ack = solo.expect_sent(&format!("{PEER} ACK"));
    let authorization = invite.message.header(Name::Authorization);
    assert!(authorization.is_some());
    assert_eq!(ack.message.header(Name::Authorization), authorization);
    // And so does the ACK of a refusal.
    solo.act(|endpoint, now| endpoint.reinvite(now, id, None, &[]))
        .unwrap();
    let invite = solo.expect_sent(&format!("{PEER} INVITE"));
    solo.answer(&invite, 488, "");
    let ack = solo.expect_sent(&format!("{PEER} ACK"));
    solo.expect("ReinviteRejected 488");
    let authorization = invite.message.header(Name::Authorization);
    assert!(authorization.is_some());
    assert_eq!(ack.message.header(Name::Authorization), authorization);
    solo.hang_up(id, PEER);
    solo.finish();
}

#[test]
fn cancel_has_no_credentials() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    let id = solo.call(URI);
    let first = solo.expect_sent(&format!("{PEER} INVITE"));
    solo.answer(&first, 100, "");
    server.challenge(&mut solo, &first, false);
    solo.expect_sent(&format!("{PEER} ACK"));
    let second = solo.expect_sent(&format!("{PEER} INVITE"));
    // The 100 was for the first transaction (RFC 3261 9.1).
    solo.act(|endpoint, now| endpoint.cancel(now, id, &[]));
    solo.nothing_sent();
    solo.answer(&second, 100, "");
    let cancel = solo.expect_sent(&format!("{PEER} CANCEL"));
    assert_eq!(cancel.message.header(Name::Authorization), None);
    assert_eq!(cancel.message.cseq().number, 2);
    solo.answer(&cancel, 200, "");
    solo.answer(&second, 487, "");
    solo.expect_sent(&format!("{PEER} ACK"));
    solo.expect("Ended");
    solo.finish();
}

#[test]
fn the_nonce_serves_the_whole_dialog_with_a_rising_count() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    let (id, invite) = challenged_call(&mut solo, &mut server);
    let (nonce, count) = nonce_and_count(&invite);
    assert_eq!(count, 1);
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    solo.expect_sent(&format!("{PEER} ACK"));

    solo.act(|endpoint, now| endpoint.reinvite(now, id, Some(OFFER.to_vec()), &[]))
        .unwrap();
    let reinvite = solo.expect_sent(&format!("{PEER} INVITE"));
    server.is_content(&reinvite);
    assert_eq!(nonce_and_count(&reinvite), (nonce.clone(), 2));
    solo.answer(&reinvite, 200, CONTACT);
    solo.expect("Answered 200");
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    solo.expect_sent(&format!("{PEER} ACK"));

    solo.act(|endpoint, now| endpoint.request_within(now, id, Method::Info, &[], None))
        .unwrap();
    let info = solo.expect_sent(&format!("{PEER} INFO"));
    server.is_content(&info);
    assert_eq!(nonce_and_count(&info), (nonce.clone(), 3));
    // Repeated as it is.
    solo.pass(Duration::from_millis(500));
    let again = solo.expect_sent(&format!("{PEER} INFO"));
    assert_eq!(again.message.as_bytes(), info.message.as_bytes());
    solo.answer(&info, 200, "");
    solo.expect("Response 200");

    solo.act(|endpoint, now| endpoint.bye(now, id, &[]));
    let bye = solo.expect_sent(&format!("{PEER} BYE"));
    server.is_content(&bye);
    assert_eq!(nonce_and_count(&bye), (nonce, 4));
    solo.answer(&bye, 200, "");
    solo.expect("Ended");
    solo.finish();
}

#[test]
fn a_stale_nonce_is_answered_with_the_new_one() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    let (id, _) = challenged_call(&mut solo, &mut server);
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    solo.expect_sent(&format!("{PEER} ACK"));
    solo.pass(Duration::from_secs(120));
    solo.act(|endpoint, now| endpoint.bye(now, id, &[]));
    let bye = solo.expect_sent(&format!("{PEER} BYE"));
    assert_eq!(server.verdict(&bye), Verdict::Stale);
    server.challenge(&mut solo, &bye, true);
    let again = solo.expect_sent(&format!("{PEER} BYE"));
    assert_eq!(again.message.cseq().number, bye.message.cseq().number + 1);
    server.is_content(&again);
    solo.answer(&again, 200, "");
    solo.expect("Ended");
    solo.finish();
}

#[test]
fn bye_is_challenged_though_the_invite_was_not() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    let id = solo.connected(URI, PEER);
    solo.act(|endpoint, now| endpoint.bye(now, id, &[]));
    let bye = solo.expect_sent(&format!("{PEER} BYE"));
    server.challenge(&mut solo, &bye, false);
    let again = solo.expect_sent(&format!("{PEER} BYE"));
    server.is_content(&again);
    solo.answer(&again, 200, "");
    solo.expect("Ended");
    solo.finish();
}

#[test]
fn reinvite_is_challenged_though_the_invite_was_not() {
    let mut solo = Solo::new();
    let mut proxy = Challenger::proxy("example.com");
    let id = solo.connected(URI, PEER);
    solo.act(|endpoint, now| endpoint.reinvite(now, id, Some(OFFER.to_vec()), &[]))
        .unwrap();
    let first = solo.expect_sent(&format!("{PEER} INVITE"));
    proxy.challenge(&mut solo, &first, false);
    solo.expect_sent(&format!("{PEER} ACK"));
    let second = solo.expect_sent(&format!("{PEER} INVITE"));
    proxy.is_content(&second);
    assert_eq!(second.message.sdp(), Some(OFFER));
    solo.answer(&second, 200, CONTACT);
    solo.expect("Answered 200");
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    let ack = solo.expect_sent(&format!("{PEER} ACK"));
    assert_eq!(ack.message.cseq().number, second.message.cseq().number);
    solo.hang_up(id, PEER);
    solo.finish();
}

// RFC 3261 12.2.1.1: each number once, though two requests are under way.
#[test]
fn a_challenged_request_gets_a_number_that_no_other_has() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    let id = solo.connected(URI, PEER);
    let info =
        |endpoint: &mut Endpoint, now| endpoint.request_within(now, id, Method::Info, &[], None);
    solo.act(info).unwrap();
    solo.act(info).unwrap();
    let first = solo.expect_sent(&format!("{PEER} INFO"));
    let second = solo.expect_sent(&format!("{PEER} INFO"));
    server.challenge(&mut solo, &first, false);
    let third = solo.expect_sent(&format!("{PEER} INFO"));
    let numbers = [&first, &second, &third].map(|sent| sent.message.cseq().number);
    assert_eq!(numbers, [2, 3, 4]);
    for sent in [&second, &third] {
        solo.answer(sent, 200, "");
        solo.expect("Response 200");
    }
    solo.hang_up(id, PEER);
    solo.finish();
}

#[test]
fn requests_outside_dialogs_are_answered_too() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    solo.ask(URI, None);
    let first = solo.expect_sent(&format!("{PEER} MESSAGE"));
    assert!(credentials_in(&first, Name::Authorization).is_empty());
    server.challenge(&mut solo, &first, false);
    let second = solo.expect_sent(&format!("{PEER} MESSAGE"));
    assert_eq!(second.message.cseq().number, 2);
    assert_eq!(second.message.call_id(), first.message.call_id());
    server.is_content(&second);
    solo.answer(&second, 200, "");
    solo.expect("Response 200");
    solo.finish();
}

#[test]
fn two_proxies_and_the_server_are_all_answered() {
    let mut solo = Solo::new();
    let mut near = Challenger::proxy("near.example.com");
    let mut far = Challenger::proxy("far.example.com");
    let mut server = Challenger::server();
    let id = solo.call(URI);
    for challenger in [&mut near, &mut far, &mut server] {
        let invite = solo.expect_sent(&format!("{PEER} INVITE"));
        challenger.challenge(&mut solo, &invite, false);
        solo.expect_sent(&format!("{PEER} ACK"));
    }
    let last = solo.expect_sent(&format!("{PEER} INVITE"));
    assert_eq!(credentials_in(&last, Name::ProxyAuthorization).len(), 2);
    for challenger in [&mut near, &mut far, &mut server] {
        challenger.is_content(&last);
    }
    solo.answer(&last, 200, CONTACT);
    solo.expect("Answered 200");
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    let ack = solo.expect_sent(&format!("{PEER} ACK"));
    assert_eq!(credentials_in(&ack, Name::ProxyAuthorization).len(), 2);
    solo.hang_up(id, PEER);
    solo.finish();
}

// RFC 3261 16.7 item 7: a proxy that forks puts the challenges together.
#[test]
fn the_challenges_of_one_response_are_all_answered() {
    let mut solo = Solo::new();
    let mut one = Challenger::proxy("one.example.com");
    let mut two = Challenger::proxy("two.example.com");
    solo.ask(URI, None);
    let first = solo.expect_sent(&format!("{PEER} MESSAGE"));
    let lines = one.lines(solo.now, false) + &two.lines(solo.now, false);
    solo.answer(&first, 407, &lines);
    let second = solo.expect_sent(&format!("{PEER} MESSAGE"));
    one.is_content(&second);
    two.is_content(&second);
    solo.answer(&second, 200, "");
    solo.expect("Response 200");
    solo.finish();
}

#[test]
fn a_wrong_password_is_given_once() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    server.secret = Secret::password("another");
    solo.call(URI);
    let first = solo.expect_sent(&format!("{PEER} INVITE"));
    server.challenge(&mut solo, &first, false);
    solo.expect_sent(&format!("{PEER} ACK"));
    let second = solo.expect_sent(&format!("{PEER} INVITE"));
    assert!(matches!(server.verdict(&second), Verdict::Refused { .. }));
    server.challenge(&mut solo, &second, false);
    solo.expect_sent(&format!("{PEER} ACK"));
    solo.expect("Rejected 401");
    solo.nothing_sent();
    solo.finish();
}

#[test]
fn a_server_to_which_every_nonce_is_stale_is_given_up() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    solo.ask(URI, None);
    let mut sent = 0;
    while let Some(message) = solo.sent.pop_front() {
        sent += 1;
        assert!(sent < 10);
        server.challenge(&mut solo, &message, sent > 1);
    }
    assert!(sent >= 2);
    solo.expect("Response 401");
    solo.finish();
}

#[test]
fn without_credentials_the_challenge_goes_to_the_application() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    let mut invite = outgoing_invite(URI);
    invite.credentials = None;
    solo.act(|endpoint, now| endpoint.invite(now, NextHop::Uri, invite));
    let first = solo.expect_sent(&format!("{PEER} INVITE"));
    server.challenge(&mut solo, &first, false);
    solo.expect_sent(&format!("{PEER} ACK"));
    let Event::Rejected { response, .. } = solo.expect("Rejected 401") else {
        unreachable!()
    };
    assert!(response.unwrap().header(Name::WwwAuthenticate).is_some());
    solo.finish();
}

#[test]
fn credentials_of_another_realm_stay_at_home() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    let mut invite = outgoing_invite(URI);
    let mut other = credentials("secret").to_vec();
    other[0].realm = Some("elsewhere.example".into());
    invite.credentials = Some(other.into());
    solo.act(|endpoint, now| endpoint.invite(now, NextHop::Uri, invite));
    let first = solo.expect_sent(&format!("{PEER} INVITE"));
    server.challenge(&mut solo, &first, false);
    solo.expect_sent(&format!("{PEER} ACK"));
    solo.expect("Rejected 401");
    solo.nothing_sent();
    solo.finish();
}

// RFC 7616 3.5.
#[test]
fn the_next_nonce_of_a_2xx_is_taken() {
    let mut solo = Solo::new();
    let mut server = Challenger::server();
    let id = solo.call(URI);
    let first = solo.expect_sent(&format!("{PEER} INVITE"));
    server.challenge(&mut solo, &first, false);
    solo.expect_sent(&format!("{PEER} ACK"));
    let second = solo.expect_sent(&format!("{PEER} INVITE"));
    let next = "Authentication-Info: nextnonce=\"n2\"\n";
    solo.answer(&second, 200, &format!("{CONTACT}{next}"));
    solo.expect("Answered 200");
    solo.act(|endpoint, now| endpoint.ack(now, id, None));
    let ack = solo.expect_sent(&format!("{PEER} ACK"));
    assert_eq!(
        ack.message.header(Name::Authorization),
        second.message.header(Name::Authorization)
    );
    for (nonce, next) in [("n2", "n3"), ("n3", "n4")] {
        solo.act(|endpoint, now| endpoint.request_within(now, id, Method::Info, &[], None))
            .unwrap();
        let info = solo.expect_sent(&format!("{PEER} INFO"));
        assert_eq!(nonce_and_count(&info), (nonce.to_owned(), 1));
        let next = format!("Authentication-Info: nextnonce=\"{next}\"\n");
        solo.answer(&info, 200, &next);
        solo.expect("Response 200");
    }
    solo.hang_up(id, PEER);
    solo.finish();
}
