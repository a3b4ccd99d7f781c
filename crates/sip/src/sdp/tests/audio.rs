//! Offers and answers of RFC 3264 10 and RFC 4317, and the rules one by one. The RFCs write host
//! names where these have addresses.

use crate::sdp::*;
use std::net::SocketAddr;
use trunkline_model::media::{Codec, RtpParameters, TelephoneEvent};

const SESSION: SessionVersion = SessionVersion { id: 7, version: 1 };

fn sdp(lines: &str) -> SessionDescription {
    let head =
        "v=0\no=alice 2890844526 2890844526 IN IP4 192.0.2.1\ns=\nc=IN IP4 192.0.2.1\nt=0 0\n";
    SessionDescription::parse(format!("{head}{lines}").as_bytes()).unwrap()
}

fn local() -> SocketAddr {
    "198.51.100.1:20000".parse().unwrap()
}

fn capabilities(codecs: &[Codec]) -> Capabilities {
    Capabilities {
        codecs: codecs.to_vec(),
        ..Capabilities::default()
    }
}

fn answered(
    offer: &SessionDescription,
    codecs: &[Codec],
) -> Result<(SessionDescription, Negotiated), NotAcceptable> {
    answer(
        offer,
        local(),
        &capabilities(codecs),
        Direction::SendRecv,
        SESSION,
    )
}

fn offer_of_all() -> SessionDescription {
    offer(
        local(),
        &Capabilities::default(),
        Direction::SendRecv,
        SESSION,
    )
}

fn event(payload_type: u8, receive_payload_type: u8, clock_rate: u32) -> Option<TelephoneEvent> {
    Some(TelephoneEvent {
        payload_type,
        receive_payload_type,
        clock_rate,
    })
}

fn media_lines(description: &SessionDescription) -> Vec<String> {
    let text = description.to_string();
    text.split("\r\n")
        .filter(|line| line.starts_with("m="))
        .map(str::to_owned)
        .collect()
}

// RFC 3264 10.1: Alice offers audio and two videos.
#[test]
fn video_is_refused_and_audio_taken() {
    let offer = sdp("m=audio 49170 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n\
        m=video 51372 RTP/AVP 31\na=rtpmap:31 H261/90000\n\
        m=video 53000 RTP/AVP 32\na=rtpmap:32 MPV/90000\n");
    let (answer, negotiated) = answered(&offer, &Codec::ALL).unwrap();
    assert_eq!(
        media_lines(&answer),
        [
            "m=audio 20000 RTP/AVP 0",
            "m=video 0 RTP/AVP 31",
            "m=video 0 RTP/AVP 32"
        ]
    );
    assert_eq!(answer.times, offer.times);
    assert_eq!(
        negotiated,
        Negotiated {
            parameters: RtpParameters {
                remote: "192.0.2.1:49170".parse().unwrap(),
                codec: Codec::Pcmu,
                send_payload_type: 0,
                receive_payload_type: 0,
                telephone_event: None,
                ptime: 20,
            },
            direction: Direction::SendRecv,
        }
    );
}

// RFC 3264 10.1: Bob adds a second audio stream for events only; the first one stays in use.
#[test]
fn only_one_audio_stream_is_taken() {
    let offer = sdp("m=audio 65422 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n\
        m=video 0 RTP/AVP 31\n\
        m=audio 51434 RTP/AVP 110\na=rtpmap:110 telephone-events/8000\na=recvonly\n");
    let (answer, _) = answered(&offer, &Codec::ALL).unwrap();
    assert_eq!(
        media_lines(&answer),
        [
            "m=audio 20000 RTP/AVP 0",
            "m=video 0 RTP/AVP 31",
            "m=audio 0 RTP/AVP 110"
        ]
    );
}

// RFC 3264 10.2: one of N codecs, inactive until one is chosen.
#[test]
fn one_codec_of_several_is_locked() {
    let offer = sdp(
        "m=audio 62986 RTP/AVP 0 4 18\na=rtpmap:0 PCMU/8000\na=rtpmap:4 G723/8000\n\
        a=rtpmap:18 G729/8000\na=inactive\n",
    );
    let (answer, negotiated) = answered(&offer, &[Codec::G729]).unwrap();
    assert_eq!(media_lines(&answer), ["m=audio 20000 RTP/AVP 18"]);
    assert_eq!(answer.media[0].fmtp("18"), Some("annexb=no"));
    assert_eq!(answer.direction_of(&answer.media[0]), Direction::Inactive);
    assert_eq!(negotiated.direction, Direction::Inactive);
    assert_eq!(negotiated.parameters.codec, Codec::G729);
}

// RFC 4317 2.1: PCMU, PCMA and iLBC offered with video; PCMU answered.
// RFC 4317 2.2: the answer has another codec than the first of the offer.
#[test]
fn audio_of_three_codecs() {
    let offer = sdp(
        "m=audio 49170 RTP/AVP 0 8 97\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\n\
        a=rtpmap:97 iLBC/8000\nm=video 51372 RTP/AVP 31 32\na=rtpmap:31 H261/90000\n\
        a=rtpmap:32 MPV/90000\n",
    );
    let codec_of = |codecs: &[Codec]| answered(&offer, codecs).unwrap().1.parameters.codec;
    assert_eq!(codec_of(&[Codec::Pcma, Codec::Pcmu]), Codec::Pcmu);
    assert_eq!(codec_of(&[Codec::Pcma]), Codec::Pcma);
}

// RFC 4317 2.4: audio with telephone-event.
#[test]
fn telephone_event_keeps_the_number_of_the_offer() {
    let offer = sdp("m=audio 49170 RTP/AVP 0 97 98\na=rtpmap:0 PCMU/8000\n\
        a=rtpmap:97 telephone-event/8000\na=fmtp:97 0-11\na=rtpmap:98 telephone-event/48000\n");
    let (answer, negotiated) = answered(&offer, &Codec::ALL).unwrap();
    assert_eq!(media_lines(&answer), ["m=audio 20000 RTP/AVP 0 97"]);
    assert_eq!(
        answer.media[0].rtpmap("97").unwrap().encoding,
        "telephone-event"
    );
    assert_eq!(
        negotiated.parameters.telephone_event,
        event(97, 97, 8_000),
        "the same both ways (RFC 3264 6.1)"
    );
    let without = Capabilities {
        telephone_event: false,
        ..Capabilities::default()
    };
    let (answer, negotiated) =
        crate::sdp::answer(&offer, local(), &without, Direction::SendRecv, SESSION).unwrap();
    assert_eq!(media_lines(&answer), ["m=audio 20000 RTP/AVP 0"]);
    assert_eq!(negotiated.parameters.telephone_event, None);
}

// RFC 4317 3.1: hold and unhold; RFC 3264 6.1: the table of directions.
#[test]
fn directions_follow_the_offer() {
    use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
    for (offered, wanted, expected) in [
        (SendRecv, SendRecv, SendRecv),
        (SendRecv, SendOnly, SendOnly),
        (SendRecv, Inactive, Inactive),
        (SendOnly, SendRecv, RecvOnly),
        (SendOnly, SendOnly, Inactive),
        (RecvOnly, SendRecv, SendOnly),
        (RecvOnly, RecvOnly, Inactive),
        (Inactive, SendRecv, Inactive),
    ] {
        let offer = sdp(&format!(
            "m=audio 49170 RTP/AVP 8\na={}\n",
            offered.attribute()
        ));
        let (answer, negotiated) =
            answer(&offer, local(), &Capabilities::default(), wanted, SESSION).unwrap();
        assert_eq!(
            answer.direction_of(&answer.media[0]),
            expected,
            "{offered:?} {wanted:?}"
        );
        assert_eq!(negotiated.direction, expected, "{offered:?} {wanted:?}");
    }
}

#[test]
fn direction_of_the_session_is_the_default() {
    let offer = sdp("a=sendonly\nm=audio 49170 RTP/AVP 8\n");
    assert_eq!(
        answered(&offer, &Codec::ALL).unwrap().1.direction,
        Direction::RecvOnly
    );
    let offer = sdp("a=sendonly\nm=audio 49170 RTP/AVP 8\na=sendrecv\n");
    assert_eq!(
        answered(&offer, &Codec::ALL).unwrap().1.direction,
        Direction::SendRecv
    );
}

// RFC 3264 8.4, RFC 6337 5.4: the attribute of the answer follows the offer, but nothing is sent.
#[test]
fn unspecified_address_holds() {
    let offer = sdp("m=audio 49170 RTP/AVP 8\nc=IN IP4 0.0.0.0\n");
    let (answer, negotiated) = answered(&offer, &Codec::ALL).unwrap();
    assert_eq!(answer.direction_of(&answer.media[0]), Direction::SendRecv);
    assert_eq!(negotiated.direction, Direction::RecvOnly);
    // RFC 6157 3.1.
    let offer = sdp("m=audio 49170 RTP/AVP 8\nc=IN IP6 hold.invalid\n");
    assert_eq!(
        answered(&offer, &Codec::ALL).unwrap().1.direction,
        Direction::RecvOnly
    );
}

#[test]
fn order_of_the_offer_or_our_own() {
    let offer = sdp("m=audio 49170 RTP/AVP 18 0 8 96\na=rtpmap:96 opus/48000/2\n");
    let codec = |preference| {
        let capabilities = Capabilities {
            preference,
            ..Capabilities::default()
        };
        let (_, negotiated) =
            answer(&offer, local(), &capabilities, Direction::SendRecv, SESSION).unwrap();
        (
            negotiated.parameters.codec,
            negotiated.parameters.send_payload_type,
        )
    };
    assert_eq!(codec(Preference::Offer), (Codec::G729, 18));
    assert_eq!(codec(Preference::Own), (Codec::Opus, 96));
}

#[test]
fn dynamic_numbers_are_those_of_the_rtpmap() {
    // A dynamic number for a static codec, names in any case, and a static number redefined.
    let offer =
        sdp("m=audio 49170 RTP/AVP 8 120\na=rtpmap:8 EVIL/8000\na=rtpmap:120 pcma/8000/1\n");
    let (answer, negotiated) = answered(&offer, &Codec::ALL).unwrap();
    assert_eq!(media_lines(&answer), ["m=audio 20000 RTP/AVP 120"]);
    assert_eq!(answer.media[0].rtpmap("120").unwrap().encoding, "PCMA");
    assert_eq!(negotiated.parameters.send_payload_type, 120);
    // Opus always has two channels and 48 kHz (RFC 7587 7).
    let offer = sdp("m=audio 49170 RTP/AVP 96\na=rtpmap:96 opus/48000\n");
    assert_eq!(
        answered(&offer, &Codec::ALL),
        Err(NotAcceptable::NoCommonCodec)
    );
}

#[test]
fn offer_lists_all_codecs_with_their_events() {
    let offer = offer(
        local(),
        &Capabilities::default(),
        Direction::SendRecv,
        SESSION,
    );
    let expected = "v=0\r\n\
        o=trunkline 7 1 IN IP4 198.51.100.1\r\n\
        s=-\r\n\
        c=IN IP4 198.51.100.1\r\n\
        t=0 0\r\n\
        m=audio 20000 RTP/AVP 111 8 0 18 101 110\r\n\
        a=rtpmap:111 opus/48000/2\r\n\
        a=fmtp:111 maxplaybackrate=8000;sprop-maxcapturerate=8000\r\n\
        a=rtpmap:8 PCMA/8000\r\n\
        a=rtpmap:0 PCMU/8000\r\n\
        a=rtpmap:18 G729/8000\r\n\
        a=fmtp:18 annexb=no\r\n\
        a=rtpmap:101 telephone-event/8000\r\n\
        a=fmtp:101 0-15\r\n\
        a=rtpmap:110 telephone-event/48000\r\n\
        a=fmtp:110 0-15\r\n\
        a=ptime:20\r\n\
        a=sendrecv\r\n";
    assert_eq!(offer.to_string(), expected);
    assert_eq!(SessionDescription::parse(expected.as_bytes()), Ok(offer));
    let only_g711 = crate::sdp::offer(
        local(),
        &capabilities(&[Codec::Pcma]),
        Direction::Inactive,
        SESSION,
    );
    assert_eq!(media_lines(&only_g711), ["m=audio 20000 RTP/AVP 8 101"]);
}

#[test]
fn both_sides_negotiate_the_same() {
    for codec in Codec::ALL {
        let offer = offer(
            local(),
            &Capabilities::default(),
            Direction::SendRecv,
            SESSION,
        );
        let remote: SocketAddr = "203.0.113.9:30000".parse().unwrap();
        let (answer, theirs) = answer(
            &offer,
            remote,
            &capabilities(&[codec]),
            Direction::SendRecv,
            SESSION,
        )
        .unwrap();
        let ours = negotiated(&offer, &answer).unwrap();
        assert_eq!(ours.parameters.remote, remote);
        assert_eq!(theirs.parameters.remote, local());
        assert_eq!(
            RtpParameters {
                remote: local(),
                ..ours.parameters
            },
            theirs.parameters
        );
        let expected = match codec {
            Codec::Opus => event(110, 110, 48_000),
            _ => event(101, 101, 8_000),
        };
        assert_eq!(ours.parameters.telephone_event, expected);
    }
}

// RFC 3264 5.1: the answerer may number the codecs otherwise.
#[test]
fn numbers_may_differ_by_direction() {
    let offer = offer(
        local(),
        &Capabilities::default(),
        Direction::SendRecv,
        SESSION,
    );
    let answer = sdp("m=audio 5000 RTP/AVP 96 97\na=rtpmap:96 opus/48000/2\n\
        a=rtpmap:97 telephone-event/8000\na=ptime:40\na=sendonly\n");
    let negotiated = negotiated(&offer, &answer).unwrap();
    assert_eq!(negotiated.direction, Direction::RecvOnly);
    let parameters = negotiated.parameters;
    assert_eq!(
        (
            parameters.send_payload_type,
            parameters.receive_payload_type
        ),
        (96, 111)
    );
    assert_eq!(parameters.telephone_event, event(97, 101, 8_000));
    assert_eq!(parameters.ptime, 40);
}

// RFC 4733 2.4.1: events beside Opus count its clock where they can, or that of the rtpmap.
#[test]
fn events_beside_opus_count_the_clock_that_was_agreed() {
    for (events, expected) in [
        ("a=rtpmap:97 telephone-event/48000\n", event(97, 97, 48_000)),
        ("a=rtpmap:97 telephone-event/8000\n", event(97, 97, 8_000)),
        (
            "a=rtpmap:97 telephone-event/8000\na=rtpmap:98 telephone-event/48000\n",
            event(98, 98, 48_000),
        ),
        ("a=rtpmap:97 telephone-event/16000\n", None),
        ("", None),
    ] {
        let lines = format!("m=audio 5000 RTP/AVP 96 97 98\na=rtpmap:96 opus/48000/2\n{events}");
        let (_, negotiated) = answered(&sdp(&lines), &Codec::ALL).unwrap();
        assert_eq!(negotiated.parameters.telephone_event, expected, "{events}");
    }
    // The clock of Opus is no use beside G.711.
    let offer = sdp("m=audio 5000 RTP/AVP 8 97\na=rtpmap:97 telephone-event/48000\n");
    let (_, negotiated) = answered(&offer, &Codec::ALL).unwrap();
    assert_eq!(negotiated.parameters.telephone_event, None);
    // An answer names one of the two that we offer.
    let ours = offer_of_all();
    for (events, expected) in [
        ("telephone-event/48000", event(97, 110, 48_000)),
        ("telephone-event/8000", event(97, 101, 8_000)),
    ] {
        let answer = sdp(&format!(
            "m=audio 5000 RTP/AVP 96 97\na=rtpmap:96 opus/48000/2\na=rtpmap:97 {events}\n"
        ));
        let negotiated = crate::sdp::negotiated(&ours, &answer).unwrap();
        assert_eq!(negotiated.parameters.telephone_event, expected, "{events}");
    }
}

#[test]
fn answers_that_do_not_fit_are_refused() {
    let offer = offer(
        local(),
        &capabilities(&[Codec::Pcma]),
        Direction::SendRecv,
        SESSION,
    );
    for (answer, why) in [
        (
            "",
            Mismatch::Lines {
                offered: 1,
                answered: 0,
            }
            .into(),
        ),
        (
            "m=audio 5000 RTP/AVP 8\nm=audio 5002 RTP/AVP 8\n",
            Mismatch::Lines {
                offered: 1,
                answered: 2,
            }
            .into(),
        ),
        (
            "m=video 5000 RTP/AVP 8\n",
            Mismatch::Kind { line: 1 }.into(),
        ),
        (
            "m=audio 5000 RTP/SAVP 8\n",
            Mismatch::Protocol { line: 1 }.into(),
        ),
        ("m=audio 0 RTP/AVP 8\n", NotAcceptable::NoAudio),
        (
            "m=audio 5000 RTP/AVP 0\n",
            Mismatch::Formats { line: 1 }.into(),
        ),
        (
            "m=audio 5000 RTP/AVP 8\nc=IN IP6 2001:db8::1\n",
            NotAcceptable::Address,
        ),
    ] {
        assert_eq!(negotiated(&offer, &sdp(answer)), Err(why), "{answer}");
    }
}

#[test]
fn offers_that_cannot_be_are_refused() {
    for (lines, why) in [
        ("", NotAcceptable::NoAudio),
        ("m=audio 0 RTP/AVP 8\n", NotAcceptable::NoAudio),
        ("m=video 5000 RTP/AVP 31\n", NotAcceptable::NoAudio),
        (
            "m=image 5000 udptl t38\na=T38FaxVersion:0\n",
            NotAcceptable::NoAudio,
        ),
        ("m=audio 5000 RTP/SAVP 8\n", NotAcceptable::NoAudio),
        (
            "m=audio 9 UDP/TLS/RTP/SAVPF 111\na=rtpmap:111 opus/48000/2\n",
            NotAcceptable::NoAudio,
        ),
        (
            "m=audio 5000 RTP/AVP 3 101\na=rtpmap:101 telephone-event/8000\n",
            NotAcceptable::NoCommonCodec,
        ),
        (
            "m=audio 5000 RTP/AVP 8\nc=IN IP4 host.example.com\n",
            NotAcceptable::Address,
        ),
        (
            "m=audio 5000 RTP/AVP 8\nc=IN IP4 224.2.1.1/127\n",
            NotAcceptable::Address,
        ),
        (
            "m=audio 5000 RTP/AVP 8\nc=IN IP4 224.2.1.1\n",
            NotAcceptable::Address,
        ),
    ] {
        let offer = sdp(lines);
        assert_eq!(
            answered(&offer, &Codec::ALL).map(|_| ()),
            Err(why),
            "{lines}"
        );
        assert!(!is_acceptable(&offer, &Capabilities::default()), "{lines}");
        assert_eq!(why.status(), 488);
    }
    let six = sdp("m=audio 5000 RTP/AVP 8\nc=IN IP6 2001:db8::1\n");
    assert_eq!(
        answered(&six, &Codec::ALL).map(|_| ()),
        Err(NotAcceptable::Address)
    );
    assert!(is_acceptable(&six, &Capabilities::default()));
    assert_eq!(
        NotAcceptable::NoCommonCodec.warning("gw.example\r\n\""),
        "305 gw.example \"Incompatible media format\""
    );
}

#[test]
fn audio_is_found_behind_what_we_refuse() {
    let offer = sdp(
        "m=image 6000 udptl t38\nm=audio 5000 RTP/SAVP 8\nm=audio 5002 RTP/AVP 3\n\
        m=audio 5004 RTP/AVPF 8\nc=IN IP4 192.0.2.77\n",
    );
    let (answer, negotiated) = answered(&offer, &Codec::ALL).unwrap();
    assert_eq!(
        media_lines(&answer),
        [
            "m=image 0 udptl t38",
            "m=audio 0 RTP/SAVP 8",
            "m=audio 0 RTP/AVP 3",
            "m=audio 20000 RTP/AVPF 8"
        ]
    );
    assert_eq!(
        negotiated.parameters.remote,
        "192.0.2.77:5004".parse().unwrap()
    );
}

#[test]
fn ipv6_at_either_level() {
    let text = b"v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\ns=-\r\nt=0 0\r\n\
        m=audio 5000 RTP/AVP 8\r\nc=IN IP6 2001:db8::2\r\n";
    let offer = SessionDescription::parse(text).unwrap();
    let here: SocketAddr = "[2001:db8::9]:7000".parse().unwrap();
    let (answer, negotiated) = answer(
        &offer,
        here,
        &Capabilities::default(),
        Direction::SendRecv,
        SESSION,
    )
    .unwrap();
    assert_eq!(
        negotiated.parameters.remote,
        "[2001:db8::2]:5000".parse().unwrap()
    );
    assert_eq!(
        offer.audio_address(),
        Some("[2001:db8::2]:5000".parse().unwrap())
    );
    assert!(answer.to_string().contains("c=IN IP6 2001:db8::9\r\n"));
}

#[test]
fn packet_times_are_what_the_peer_and_the_codec_take() {
    for (lines, expected) in [
        ("8\n", 20),
        ("8\na=ptime:30\n", 30),
        ("8\na=ptime:35\n", 30),
        ("8\na=ptime:5\n", 10),
        ("8\na=ptime:240\n", 60),
        ("8\na=ptime:0\n", 20),
        ("8\na=ptime:x\n", 20),
        ("8\na=ptime:20.5\n", 20),
        ("8\na=maxptime:10\n", 10),
        ("96\na=rtpmap:96 opus/48000/2\na=ptime:30\n", 20),
        (
            "96\na=rtpmap:96 opus/48000/2\na=ptime:60\na=maxptime:50\n",
            40,
        ),
    ] {
        let offer = sdp(&format!("m=audio 5000 RTP/AVP {lines}"));
        assert_eq!(
            answered(&offer, &Codec::ALL).unwrap().1.parameters.ptime,
            expected,
            "{lines}"
        );
    }
}
