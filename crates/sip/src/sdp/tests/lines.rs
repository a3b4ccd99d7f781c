//! RFC 3264 10 whole, what an answer must not do, and what is odd in one.

use crate::sdp::*;

fn sdp(text: &str) -> SessionDescription {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    SessionDescription::parse(lines.join("\r\n").as_bytes()).unwrap()
}

fn head(name: &str, version: u64, lines: &str) -> SessionDescription {
    sdp(&format!(
        "v=0\no={name} 2890844730 {version} IN IP4 host.example.com\ns=\nc=IN IP4 192.0.2.1\nt=0 0\n\
        {lines}"
    ))
}

// RFC 3264 10.1. Alice offers audio and two videos, Bob takes the audio and the second video, then
// adds a stream of events, which Alice takes.
#[test]
fn basic_exchange() {
    let offer = head(
        "alice",
        1,
        "m=audio 49170 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n\
        m=video 51372 RTP/AVP 31\na=rtpmap:31 H261/90000\n\
        m=video 53000 RTP/AVP 32\na=rtpmap:32 MPV/90000\n",
    );
    let answer = head(
        "bob",
        7,
        "m=audio 49920 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n\
        m=video 0 RTP/AVP 31\n\
        m=video 53000 RTP/AVP 32\na=rtpmap:32 MPV/90000\n",
    );
    assert_eq!(check_answer(&offer, &answer), Ok(()));
    assert_eq!(answer_oddities(&offer, &answer), []);
    let mut alice = OfferAnswer::new();
    let mut bob = OfferAnswer::new();
    // Alice -> INVITE -> Bob
    alice.send(Carrier::Invite, Some(offer.clone())).unwrap();
    assert_eq!(
        bob.receive(Carrier::Invite, Some(offer)),
        Ok(Meaning::Offer { unchanged: false })
    );
    // Alice <- 200 <- Bob
    assert_eq!(
        bob.send(Carrier::Success, Some(answer.clone())),
        Ok(Meaning::Answer)
    );
    assert_eq!(
        alice.receive(Carrier::Success, Some(answer)),
        Ok(Meaning::Answer)
    );
    // Bob moves his audio and adds a stream; the version rises.
    let changed = head(
        "bob",
        7,
        "m=audio 65422 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n\
        m=video 53000 RTP/AVP 32\na=rtpmap:32 MPV/90000\n\
        m=audio 51434 RTP/AVP 110\na=rtpmap:110 telephone-events/8000\na=recvonly\n",
    );
    bob.send(Carrier::Invite, Some(changed)).unwrap();
    let sent = bob.sent().unwrap().clone();
    assert_eq!(sent.origin.version, "8");
    let lines: Vec<_> = sent
        .media
        .iter()
        .map(|media| {
            format!(
                "{} {} {}",
                media.kind.name(),
                media.port,
                media.formats.as_str()
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "audio 65422 0",
            "video 0 31",
            "video 53000 32",
            "audio 51434 110"
        ]
    );
    assert_eq!(
        alice.receive(Carrier::Invite, Some(sent)),
        Ok(Meaning::Offer { unchanged: false })
    );
    assert_eq!(alice.oddities(), []);
    let accepted = head(
        "alice",
        1,
        "m=audio 49170 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n\
        m=video 0 RTP/AVP 31\n\
        m=video 53000 RTP/AVP 32\na=rtpmap:32 MPV/90000\n\
        m=audio 53122 RTP/AVP 110\na=rtpmap:110 telephone-events/8000\na=sendonly\n",
    );
    assert_eq!(
        alice.send(Carrier::Success, Some(accepted)),
        Ok(Meaning::Answer)
    );
    let sent = alice.sent().unwrap().clone();
    assert_eq!(sent.origin.version, "2");
    assert_eq!(
        bob.receive(Carrier::Success, Some(sent)),
        Ok(Meaning::Answer)
    );
    assert_eq!(bob.oddities(), []);
    assert_eq!((alice.state(), bob.state()), (State::Stable, State::Stable));
}

// RFC 3264 10.2: one of N codecs. All are offered inactive, one is then offered alone.
#[test]
fn one_of_n_codecs() {
    let formats = "a=rtpmap:0 PCMU/8000\na=rtpmap:4 G723/8000\na=rtpmap:18 G729/8000\na=inactive\n";
    let offer = head(
        "alice",
        1,
        &format!("m=audio 62986 RTP/AVP 0 4 18\n{formats}"),
    );
    let all = head(
        "bob",
        1,
        &format!("m=audio 54344 RTP/AVP 0 4 18\n{formats}"),
    );
    assert_eq!(check_answer(&offer, &all), Ok(()));
    assert_eq!(answer_oddities(&offer, &all), []);
    let second = head(
        "alice",
        2,
        "m=audio 62986 RTP/AVP 4\na=rtpmap:4 G723/8000\na=sendrecv\n",
    );
    let third = head(
        "bob",
        2,
        "m=audio 54344 RTP/AVP 4\na=rtpmap:4 G723/8000\na=sendrecv\n",
    );
    assert_eq!(check_answer(&second, &third), Ok(()));
    assert!(second.origin.follows(&offer.origin));
}

const OFFER: &str = "m=audio 5000 RTP/AVP 8 96 100\na=rtpmap:96 opus/48000/2\n\
    m=image 5002 udptl t38\n\
    m=video 0 RTP/AVP 31\n\
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n";

#[test]
fn what_an_answer_must_not_do() {
    let offer = head("alice", 1, OFFER);
    let rest = "m=image 0 udptl t38\nm=video 0 RTP/AVP 31\nm=application 0 UDP/DTLS/SCTP x\n";
    let mut rows = vec![
        (
            String::new(),
            Err(Mismatch::Lines {
                offered: 4,
                answered: 0,
            }),
        ),
        (
            format!("m=audio 5 RTP/AVP 8\n{rest}m=audio 5 RTP/AVP 8\n"),
            Err(Mismatch::Lines {
                offered: 4,
                answered: 5,
            }),
        ),
        // The order is that of the offer.
        (
            "m=image 6 udptl t38\nm=audio 5 RTP/AVP 8\nm=video 0 RTP/AVP 31\n\
            m=application 0 UDP/DTLS/SCTP x\n"
                .to_owned(),
            Err(Mismatch::Kind { line: 1 }),
        ),
        (
            "m=audio 5 RTP/AVP 8\nm=image 0 udptl t38\nm=video 7 RTP/AVP 31\n\
            m=application 0 UDP/DTLS/SCTP x\n"
                .to_owned(),
            Err(Mismatch::Revived { line: 3 }),
        ),
        (
            "m=audio 5 RTP/AVP 8\nm=image 6 udptl other\nm=video 0 RTP/AVP 31\n\
            m=application 0 UDP/DTLS/SCTP x\n"
                .to_owned(),
            Err(Mismatch::Formats { line: 2 }),
        ),
    ];
    for (audio, expected) in [
        ("m=audio 5 RTP/AVP 8", Ok(())),
        // Other numbers for the same encoding (RFC 3264 6.1), and formats beyond the offer.
        ("m=audio 5 RTP/AVP 111\na=rtpmap:111 OPUS/48000/2", Ok(())),
        ("m=audio 5 RTP/AVP 0 96\na=rtpmap:96 opus/48000/2", Ok(())),
        // A dynamic number without rtpmap is that of the offer.
        ("m=audio 5 RTP/AVP 96", Ok(())),
        ("m=audio 5 RTP/AVP 100", Ok(())),
        // What stands in a refused line is ignored.
        ("m=audio 0 RTP/AVP 0", Ok(())),
        ("m=audio 0 RTP/SAVP 0", Ok(())),
        ("m=audio 0 RTP/AVP", Ok(())),
        ("m=audio 5 RTP/AVP 0", Err(Mismatch::Formats { line: 1 })),
        ("m=audio 5 RTP/AVP 97", Err(Mismatch::Formats { line: 1 })),
        (
            "m=audio 5 RTP/AVP 96\na=rtpmap:96 opus/48000",
            Err(Mismatch::Formats { line: 1 }),
        ),
        (
            "m=audio 5 RTP/AVP 8\na=rtpmap:8 EVIL/8000",
            Err(Mismatch::Formats { line: 1 }),
        ),
        ("m=audio 5 RTP/SAVP 8", Err(Mismatch::Protocol { line: 1 })),
        ("m=audio 5 RTP/AVPF 8", Err(Mismatch::Protocol { line: 1 })),
        ("m=text 5 RTP/AVP 8", Err(Mismatch::Kind { line: 1 })),
        (
            "m=audio 5 RTP/AVP 8\nc=IN IP4 233.252.0.1/1",
            Err(Mismatch::Group { line: 1 }),
        ),
    ] {
        rows.push((format!("{audio}\n{rest}"), expected));
    }
    for (lines, expected) in rows {
        let answer = head("bob", 1, &lines);
        assert_eq!(check_answer(&offer, &answer), expected, "{lines}");
    }
}

// RFC 3264 6.1, the whole table: offered, answered.
#[test]
fn directions_that_may_answer() {
    use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
    for (offered, answers) in [
        (SendRecv, &[SendRecv, SendOnly, RecvOnly, Inactive][..]),
        (SendOnly, &[RecvOnly, Inactive]),
        (RecvOnly, &[SendOnly, Inactive]),
        (Inactive, &[Inactive]),
    ] {
        for answered in Direction::ALL {
            let lines = |direction: Direction| {
                format!("m=audio 5 RTP/AVP 8\na={}\n", direction.attribute())
            };
            let offer = head("alice", 1, &lines(offered));
            let answer = head("bob", 1, &lines(answered));
            let expected: &[Oddity] = if answers.contains(&answered) {
                &[]
            } else {
                &[Oddity::Direction { line: 1 }]
            };
            assert_eq!(
                answer_oddities(&offer, &answer),
                expected,
                "{offered:?} {answered:?}"
            );
            // Odd or not, only what both allow is done.
            let agreed = negotiated(&offer, &answer);
            let agreed = agreed.map(|negotiated| negotiated.direction);
            assert_eq!(agreed, Ok(offered.and(answered.reversed())));
        }
    }
}

#[test]
fn the_time_of_an_answer_is_that_of_the_offer() {
    let offer = sdp("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=3034423619 3042462419\n");
    let answer = sdp("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\n");
    assert_eq!(answer_oddities(&offer, &answer), [Oddity::Time]);
    let session = SessionVersion { id: 1, version: 1 };
    let own = answer_lines(&offer, "192.0.2.2".parse().unwrap(), session, []);
    assert_eq!(own.times, offer.times);
}

#[test]
fn lines_that_nobody_accepts_are_refused_in_order() {
    let offer = head("alice", 1, OFFER);
    let session = SessionVersion { id: 1, version: 1 };
    let local = "192.0.2.2".parse().unwrap();
    let revived = offer.media[1].clone();
    // A disabled line stays so, and there is no ninth.
    let accepted = [(2, revived.clone()), (9, revived)];
    let answer = answer_lines(&offer, local, session, accepted);
    let text = answer.to_string();
    let expected = "m=audio 0 RTP/AVP 8\r\nm=image 0 udptl t38\r\nm=video 0 RTP/AVP 31\r\n\
        m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n";
    assert!(text.ends_with(expected), "{text}");
    assert_eq!(check_answer(&offer, &answer), Ok(()));
}
