//! Calls to the telephone.

use super::*;

/// The least SNR with which a tone passes the codec, and how far its level may be off.
fn quality(codec: Codec) -> (f64, f64) {
    match codec {
        Codec::Pcma | Codec::Pcmu => (35.0, 0.3),
        Codec::Opus => (15.0, 1.5),
        Codec::G729 => (5.0, 2.5),
    }
}

/// A call with an offer, answered and acknowledged.
fn talking(pair: &mut Pair, codecs: &[Codec], direction: Direction) -> (SessionId, Negotiated) {
    let (local, offer) = offer_of(codecs, direction);
    let id = pair.invite("phone", Some(&offer));
    pair.run(2_050);
    let (_, answer) = pair.answered();
    let agreed = sdp::negotiated(&offer, &answer).expect("an answer that fits");
    pair.peer.ack(pair.now, id, None);
    pair.pump();
    pair.speak(&agreed, local);
    (id, agreed)
}

#[test]
fn rings_answers_and_both_sides_hear_each_other_in_every_codec() {
    for codec in Codec::ALL {
        let mut pair = Pair::new();
        let (id, agreed) = talking(&mut pair, &[codec], Direction::SendRecv);
        assert_eq!(agreed.parameters.codec, codec);
        pair.run(3_000);
        pair.peer.bye(pair.now, id, &[]);
        pair.pump();
        pair.expect(&[
            "0 > INVITE",
            "0 < 100",
            "50 < 180",
            "2050 < 200",
            "2050 > ACK",
            "5050 > BYE",
            "5050 < 200 BYE",
        ]);
        let (snr_db, db) = quality(codec);
        let heard = pair.peer_heard();
        assert!(
            heard.is_tone(440.0, -10.0, db, snr_db),
            "{codec} at the peer: {heard}"
        );
        assert_eq!((heard.lost, heard.discarded), (0, 0), "{codec}");
        let [(why, talked, heard)] = &pair.ends()[..] else {
            panic!("{:?}", pair.events)
        };
        assert_eq!((why, talked), (&Why::Bye { reason: None }, &Some(3_000)));
        assert!(
            heard.is_tone(1004.0, -10.0, db, snr_db),
            "{codec} at the telephone: {heard}"
        );
        assert_eq!((heard.lost, heard.discarded), (0, 0), "{codec}");
        pair.expect_nothing_left();
    }
}

#[test]
fn own_preference_decides_unless_told_otherwise() {
    let mut pair = Pair::with(|config| config.codecs = vec![Codec::G729, Codec::Pcma]);
    let (_, agreed) = talking(&mut pair, &[Codec::Pcma, Codec::G729], Direction::SendRecv);
    assert_eq!(agreed.parameters.codec, Codec::G729);
    let mut pair = Pair::with(|config| {
        config.codecs = vec![Codec::G729, Codec::Pcma];
        config.preference = sdp::Preference::Offer;
    });
    let (_, agreed) = talking(&mut pair, &[Codec::Pcma, Codec::G729], Direction::SendRecv);
    assert_eq!(agreed.parameters.codec, Codec::Pcma);
}

#[test]
fn invite_without_offer_gets_one_and_the_answer_comes_with_the_ack() {
    let mut pair = Pair::new();
    let id = pair.invite("phone", None);
    pair.run(2_050);
    let (_, offer) = pair.answered();
    let local = address("192.0.2.2:20000");
    let capabilities = Capabilities {
        codecs: vec![Codec::Pcma],
        ..Capabilities::default()
    };
    let (answer, agreed) =
        sdp::answer(&offer, local, &capabilities, Direction::SendRecv, ORIGIN).unwrap();
    pair.peer
        .ack(pair.now, id, Some(answer.to_string().as_bytes()));
    pair.pump();
    pair.speak(&agreed, local);
    pair.run(2_000);
    let heard = pair.peer_heard();
    assert!(heard.is_tone(440.0, -10.0, 0.3, 35.0), "{heard}");
    pair.peer.bye(pair.now, id, &[]);
    pair.pump();
    let heard = pair.ends()[0].2;
    assert!(heard.is_tone(1004.0, -10.0, 0.3, 35.0), "{heard}");
    pair.expect_nothing_left();
}

#[test]
fn offer_that_nobody_answers_ends_the_call() {
    let mut pair = Pair::new();
    let id = pair.invite("phone", None);
    pair.run(2_050);
    pair.peer.ack(pair.now, id, None);
    pair.pump();
    pair.run(100);
    let why = &pair.ends()[0].0;
    assert!(
        matches!(why, Why::Media(problem) if problem.contains("no answer")),
        "{why}"
    );
    assert!(
        pair.ladder.iter().any(|line| line.ends_with("< BYE")),
        "{:?}",
        pair.ladder
    );
    pair.expect_nothing_left();
}

#[test]
fn reinvite_wakes_an_inactive_call_and_moves_it() {
    let mut pair = Pair::new();
    let (id, agreed) = talking(&mut pair, &[Codec::Pcma], Direction::Inactive);
    assert_eq!(agreed.direction, Direction::Inactive);
    pair.run(1_000);
    assert_eq!(pair.peer_heard().packets, 0, "silent while inactive");

    // Active, at another address, with another codec.
    let moved = address("192.0.2.2:30000");
    let capabilities = Capabilities {
        codecs: vec![Codec::Pcmu],
        ..Capabilities::default()
    };
    let version = SessionVersion {
        version: 2,
        ..ORIGIN
    };
    let offer = sdp::offer(moved, &capabilities, Direction::SendRecv, version);
    let sdp = offer.to_string().into_bytes();
    pair.peer.reinvite(pair.now, id, Some(sdp), &[]).unwrap();
    pair.pump();
    let (_, answer) = pair.answered();
    let agreed = sdp::negotiated(&offer, &answer).unwrap();
    pair.peer.ack(pair.now, id, None);
    pair.speak(&agreed, moved);
    pair.run(2_000);
    let heard = pair.peer_heard();
    assert!(heard.is_tone(440.0, -10.0, 0.3, 35.0), "{heard}");
    let media: Vec<_> = pair
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Media {
                remote,
                codec,
                sends,
                listens,
                ..
            } => Some((*remote, *codec, *sends, *listens)),
            _ => None,
        })
        .collect();
    assert_eq!(
        media,
        [
            (address("192.0.2.2:20000"), Codec::Pcma, false, false),
            (moved, Codec::Pcmu, true, true)
        ]
    );
    pair.peer.bye(pair.now, id, &[]);
    pair.pump();
    let heard = pair.ends()[0].2;
    assert!(heard.is_tone(1004.0, -10.0, 0.3, 35.0), "{heard}");
    pair.expect_nothing_left();
}

#[test]
fn reinvite_without_offer_gets_one() {
    let mut pair = Pair::new();
    let (id, _) = talking(&mut pair, &[Codec::Pcma], Direction::SendRecv);
    pair.run(100);
    pair.peer.reinvite(pair.now, id, None, &[]).unwrap();
    pair.pump();
    let (_, offer) = pair.answered();
    let moved = address("192.0.2.2:30000");
    let capabilities = Capabilities::default();
    let (answer, agreed) =
        sdp::answer(&offer, moved, &capabilities, Direction::SendRecv, ORIGIN).unwrap();
    pair.peer
        .ack(pair.now, id, Some(answer.to_string().as_bytes()));
    pair.pump();
    pair.speak(&agreed, moved);
    pair.run(2_000);
    let (snr_db, db) = quality(agreed.parameters.codec);
    let heard = pair.peer_heard();
    assert!(heard.is_tone(440.0, -10.0, db, snr_db), "{heard}");
}

#[test]
fn hangs_up_by_itself_after_its_time() {
    let mut pair = Pair::with(|config| {
        config.does = PhoneBehaviour::Answers(PhoneAnswers {
            ring_after_ms: None,
            answer_after_ms: 100,
            hangs_up_after_ms: Some(1_000),
            early_media: false,
        });
    });
    let (_, offer) = offer_of(&[Codec::Pcma], Direction::SendRecv);
    let id = pair.invite("phone", Some(&offer));
    pair.run(100);
    pair.peer.ack(pair.now, id, None);
    pair.pump();
    pair.run(5_000);
    pair.expect(&[
        "0 > INVITE",
        "0 < 100",
        "100 < 200",
        "100 > ACK",
        "1100 < BYE",
        "1100 > 200 BYE",
    ]);
    assert_eq!(pair.ends()[0].0, Why::HungUp);
    pair.expect_nothing_left();
}

#[test]
fn early_media_comes_with_183() {
    let mut pair = Pair::with(|config| {
        config.does = PhoneBehaviour::Answers(PhoneAnswers {
            early_media: true,
            answer_after_ms: 3_000,
            ..PhoneAnswers::USUAL
        });
    });
    let (local, offer) = offer_of(&[Codec::Pcma], Direction::SendRecv);
    pair.invite("phone", Some(&offer));
    pair.run(50);
    let Some(PeerEvent::Provisional { response, .. }) = pair.told.last() else {
        panic!("{:?}", pair.told)
    };
    assert_eq!(response.status(), Some(183));
    let answer = SessionDescription::parse(response.sdp().expect("SDP")).unwrap();
    let agreed = sdp::negotiated(&offer, &answer).unwrap();
    pair.speak(&agreed, local);
    pair.run(990);
    let heard = pair.peer_heard();
    assert!(heard.is_tone(425.0, -10.0, 0.3, 30.0), "{heard}");
    pair.run(2_010);
    pair.expect(&["0 > INVITE", "0 < 100", "50 < 183", "3050 < 200"]);
}

#[test]
fn cancel_ends_the_ringing() {
    let mut pair = Pair::with(|config| config.does = PhoneBehaviour::NoAnswer);
    let (_, offer) = offer_of(&[Codec::Pcma], Direction::SendRecv);
    let id = pair.invite("phone", Some(&offer));
    pair.run(30_000);
    pair.peer.cancel(pair.now, id, &[]);
    pair.pump();
    pair.run(1_000);
    pair.expect(&[
        "0 > INVITE",
        "0 < 100",
        "50 < 180",
        "30000 > CANCEL",
        "30000 < 200 CANCEL",
        "30000 < 487",
        "30000 > ACK",
    ]);
    assert_eq!(pair.ends()[0].0, Why::Cancelled { reason: None });
    pair.expect_nothing_left();
}

#[test]
fn extensions_decide_what_happens() {
    let refuses = |status, rings_first_ms| {
        PhoneBehaviour::Refuses(PhoneRefuses {
            status,
            after_ms: 20,
            rings_first_ms,
        })
    };
    let extension = |user: &str, does| Extension {
        user: user.parse().unwrap(),
        does,
    };
    let extensions = vec![
        extension("486", refuses(486, None)),
        extension("49309001xxx", refuses(603, Some(500))),
        extension("silent", PhoneBehaviour::Ignores),
    ];
    let (_, offer) = offer_of(&[Codec::Pcma], Direction::SendRecv);
    for (user, ladder) in [
        (
            "486",
            &["0 > INVITE", "0 < 100", "20 < 486", "20 > ACK"][..],
        ),
        (
            "+49309001000",
            &[
                "0 > INVITE",
                "0 < 100",
                "20 < 180",
                "520 < 603",
                "520 > ACK",
            ],
        ),
        ("silent", &["0 > INVITE", "0 < 100"]),
    ] {
        let mut pair = Pair::with(|config| config.extensions.clone_from(&extensions));
        pair.invite(user, Some(&offer));
        pair.run(1_900);
        pair.expect(ladder);
    }
}

#[test]
fn call_without_a_common_codec_or_a_free_line_is_refused() {
    let mut pair = Pair::with(|config| config.codecs = vec![Codec::G729]);
    let (_, offer) = offer_of(&[Codec::Pcma], Direction::SendRecv);
    pair.invite("phone", Some(&offer));
    pair.run(1);
    pair.expect(&["0 > INVITE", "0 < 100", "0 < 488", "0 > ACK"]);
    assert_eq!(pair.ends()[0].0, Why::Refused { status: 488 });
    pair.expect_nothing_left();

    let mut pair = Pair::with(|config| config.does = PhoneBehaviour::NoAnswer);
    let (_, offer) = offer_of(&[Codec::Pcma], Direction::SendRecv);
    for _ in 0..3 {
        pair.invite("phone", Some(&offer));
    }
    pair.run(1);
    assert_eq!(pair.ends()[0].0, Why::Refused { status: 486 });
    assert_eq!(pair.phone.active_calls(), 2);
}

#[test]
fn junk_is_reported_and_costs_no_call() {
    let mut pair = Pair::new();
    let (id, _) = talking(&mut pair, &[Codec::Pcma], Direction::SendRecv);
    let source = address("198.51.100.1:9");
    pair.phone.handle(
        pair.now,
        Input::Sip {
            source,
            data: b"INVITE what\r\n\r\n",
        },
    );
    pair.phone.handle(
        pair.now,
        Input::Rtp {
            local: address("192.0.2.1:10000"),
            data: b"\x80",
        },
    );
    // What goes back to a stranger is not for the peer.
    while let Some(output) = pair.phone.poll_output() {
        if let Output::Event(event) = output {
            pair.events.push(event);
        }
    }
    pair.run(1_000);
    assert!(
        pair.events
            .iter()
            .any(|event| matches!(event, Event::Malformed { .. }))
    );
    pair.peer.bye(pair.now, id, &[]);
    pair.pump();
    let heard = pair.ends()[0].2;
    assert_eq!(heard.discarded, 1);
    assert!(heard.packets > 40, "{heard}");
    pair.expect_nothing_left();
}
