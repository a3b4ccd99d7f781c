//! A session that changes: `o=`, the order of lines, hold, what is odd.

use crate::sdp::*;
use std::net::SocketAddr;
use trunkline_model::media::Codec;

fn local() -> SocketAddr {
    "198.51.100.1:20000".parse().unwrap()
}

fn own_offer(direction: Direction) -> SessionDescription {
    let session = SessionVersion { id: 9, version: 3 };
    offer(local(), &Capabilities::default(), direction, session)
}

fn peer(version: &str, lines: &str) -> SessionDescription {
    let text =
        format!("v=0\no=- 5 {version} IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n{lines}");
    SessionDescription::parse(text.as_bytes()).unwrap()
}

const AUDIO: &str = "m=audio 5000 RTP/AVP 8\n";

/// We offered, the peer answered.
fn established() -> OfferAnswer {
    let mut session = OfferAnswer::new();
    session
        .send(Carrier::Invite, Some(own_offer(Direction::SendRecv)))
        .unwrap();
    session
        .receive(Carrier::Success, Some(peer("1", AUDIO)))
        .unwrap();
    session
}

fn version(session: &OfferAnswer) -> String {
    session.sent().unwrap().origin.version.to_string()
}

// RFC 3264 8, RFC 6337 5.2.5.
#[test]
fn the_version_rises_by_one_when_something_changes() {
    let mut session = established();
    assert_eq!(version(&session), "3");
    // The same again, as for a session timer. The version that the caller wrote does not count.
    for _ in 0..2 {
        let sent = session.send(Carrier::Update, Some(own_offer(Direction::SendRecv)));
        assert_eq!(sent, Ok(Meaning::Offer { unchanged: true }));
        assert_eq!(version(&session), "3");
        session
            .receive(Carrier::UpdateSuccess, Some(peer("1", AUDIO)))
            .unwrap();
        assert_eq!(session.oddities(), []);
    }
    // Hold: one more.
    let sent = session.send(Carrier::Update, Some(own_offer(Direction::SendOnly)));
    assert_eq!(sent, Ok(Meaning::Offer { unchanged: false }));
    assert_eq!(version(&session), "4");
    // It is refused: back to what was, and the version that was sent is not used again for
    // something else.
    session.refuse();
    assert_eq!(session.state(), State::Stable);
    let agreed = session.agreed().unwrap();
    assert_eq!(agreed.local, own_offer(Direction::SendRecv));
    session
        .send(Carrier::Update, Some(own_offer(Direction::SendRecv)))
        .unwrap();
    assert_eq!(version(&session), "5");
}

#[test]
fn versions_are_digits_of_any_length() {
    for (before, after) in [
        ("1", "2"),
        ("9", "10"),
        ("009", "10"),
        ("0", "1"),
        ("99999999999999999999999", "100000000000000000000000"),
    ] {
        let (old, new) = (peer(before, AUDIO), peer(after, AUDIO));
        assert!(new.origin.follows(&old.origin), "{before} {after}");
        assert!(!old.origin.follows(&new.origin), "{before} {after}");
    }
}

/// The rest of `o=` stays, whatever the caller writes (RFC 3264 8): the address may move.
#[test]
fn the_origin_stays() {
    let mut session = established();
    let other = SessionVersion {
        id: 77,
        version: 50,
    };
    let moved = "203.0.113.5:4000".parse().unwrap();
    let moved = offer(moved, &Capabilities::default(), Direction::SendRecv, other);
    session.send(Carrier::Invite, Some(moved)).unwrap();
    let sent = session.sent().unwrap();
    assert_eq!(sent.origin.to_string(), "trunkline 9 4 IN IP4 198.51.100.1");
    assert_eq!(
        sent.connection,
        Some(Connection::Ip("203.0.113.5".parse().unwrap()))
    );
}

// RFC 3264 8: lines stay where they are.
#[test]
fn own_offers_keep_the_lines_of_the_session() {
    let mut session = OfferAnswer::new();
    let lines = "m=video 6000 RTP/AVP 31\nm=audio 0 RTP/AVP 0\nm=audio 5000 RTP/AVP 8\n";
    let offered = peer("1", lines);
    session
        .receive(Carrier::Invite, Some(offered.clone()))
        .unwrap();
    let own = SessionVersion { id: 9, version: 3 };
    let (answer, _) = answer(
        &offered,
        local(),
        &Capabilities::default(),
        Direction::SendRecv,
        own,
    )
    .unwrap();
    session.send(Carrier::Success, Some(answer)).unwrap();
    session
        .send(Carrier::Update, Some(own_offer(Direction::SendRecv)))
        .unwrap();
    let ports = |session: &OfferAnswer| {
        let media = session.sent().unwrap().media.iter();
        media
            .map(|media| (media.kind.name().to_owned(), media.port))
            .collect::<Vec<_>>()
    };
    let line = |kind: &str, port| (kind.to_owned(), port);
    let expected = [line("video", 0), line("audio", 0), line("audio", 20_000)];
    assert_eq!(ports(&session), expected);
    session.refuse();
    // A stream more comes last.
    let mut two = own_offer(Direction::SendRecv);
    two.media.push(T38::default().media(4_000));
    session.send(Carrier::Update, Some(two)).unwrap();
    let expected = [
        line("video", 0),
        line("audio", 0),
        line("audio", 20_000),
        line("image", 4_000),
    ];
    assert_eq!(ports(&session), expected);
}

#[test]
fn lines_of_the_peer_cannot_vanish() {
    let mut session = established();
    let error = session.receive(Carrier::Invite, Some(peer("2", "")));
    let vanished = Mismatch::Vanished {
        before: 1,
        offered: 0,
    };
    assert_eq!(error, Err(Refusal::Mismatch(vanished)));
    assert_eq!(error.unwrap_err().status(), 488);
    assert_eq!(session.state(), State::Stable, "nothing has changed");
    // A refused line is a line.
    let disabled = session.receive(Carrier::Invite, Some(peer("2", "m=audio 0 RTP/AVP 8\n")));
    assert_eq!(disabled, Ok(Meaning::Offer { unchanged: false }));
}

// What peers do against RFC 3264 8 and is forgiven, but told.
#[test]
fn oddities_are_told() {
    let opus = "m=audio 5000 RTP/AVP 8 96\na=rtpmap:96 opus/48000/2\n";
    let other = "m=audio 5000 RTP/AVP 8 96\na=rtpmap:96 iLBC/8000\n";
    let foreign = {
        let mut foreign = peer("2", opus);
        foreign.origin.username = "x".into();
        foreign
    };
    for (offered, expected) in [
        (peer("1", opus), vec![]),
        (peer("2", &format!("{opus}a=sendonly\n")), vec![]),
        (peer("2", opus), vec![Oddity::Version]),
        (
            peer("1", &format!("{opus}a=sendonly\n")),
            vec![Oddity::Version],
        ),
        (
            peer("3", &format!("{opus}a=sendonly\n")),
            vec![Oddity::Version],
        ),
        (foreign, vec![Oddity::Origin]),
        (
            peer("2", other),
            vec![Oddity::PayloadType {
                line: 1,
                payload_type: 96,
            }],
        ),
    ] {
        let mut session = OfferAnswer::new();
        session
            .receive(Carrier::Invite, Some(peer("1", opus)))
            .unwrap();
        session
            .send(Carrier::Success, Some(own_offer(Direction::SendRecv)))
            .unwrap();
        assert!(session.receive(Carrier::Invite, Some(offered)).is_ok());
        assert_eq!(session.oddities(), expected);
    }
}

/// An answer that does not fit leaves our offer open: the caller ends the session or waits for
/// another response.
#[test]
fn an_answer_that_does_not_fit_changes_nothing() {
    let mut session = OfferAnswer::new();
    session
        .send(Carrier::Invite, Some(own_offer(Direction::SendRecv)))
        .unwrap();
    let bad = peer("1", "m=audio 5000 RTP/AVP 3\n");
    let refusal = Err(Refusal::Mismatch(Mismatch::Formats { line: 1 }));
    for carrier in [Carrier::Provisional, Carrier::Success] {
        assert_eq!(session.receive(carrier, Some(bad.clone())), refusal);
        assert_eq!(session.state(), State::OfferSent);
    }
    let good = session.receive(Carrier::Success, Some(peer("1", AUDIO)));
    assert_eq!(good, Ok(Meaning::Answer));
}

// RFC 6337 5.3: hold from both sides, and RFC 6337 5.4: by the address.
#[test]
fn hold_and_resume() {
    let agree = |offered: &SessionDescription, wanted| {
        let own = SessionVersion { id: 9, version: 3 };
        let capabilities = Capabilities {
            codecs: vec![Codec::Pcma],
            ..Capabilities::default()
        };
        let (answer, agreed) = answer(offered, local(), &capabilities, wanted, own).unwrap();
        (answer.direction_of(&answer.media[0]), agreed.direction)
    };
    let held = peer("1", "m=audio 5000 RTP/AVP 8\na=sendonly\n");
    let both = peer("1", AUDIO);
    assert_eq!(agree(&held, Direction::SendRecv).0, Direction::RecvOnly);
    // We hold too: neither.
    assert_eq!(agree(&held, Direction::SendOnly).0, Direction::Inactive);
    // They resume, we do not yet.
    assert_eq!(agree(&both, Direction::SendOnly).0, Direction::SendOnly);
    assert_eq!(agree(&both, Direction::SendRecv).0, Direction::SendRecv);
    // The old way: the attribute follows the offer, and nothing is sent.
    let mut old = peer("1", "m=audio 5000 RTP/AVP 8\nc=IN IP4 0.0.0.0\n");
    assert!(old.is_held_by_address(&old.media[0]) && !both.is_held_by_address(&both.media[0]));
    assert_eq!(
        agree(&old, Direction::SendRecv),
        (Direction::SendRecv, Direction::RecvOnly)
    );
    // Both ways at once, as some do.
    old.media[0]
        .attributes
        .push(Attribute::property("inactive"));
    assert_eq!(
        agree(&old, Direction::SendRecv),
        (Direction::Inactive, Direction::Inactive)
    );
}
