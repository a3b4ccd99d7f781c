//! The attributes that have a type: what reads, what it says, and that it is written as it was.

use crate::sdp::*;

/// Reads a value, and writes it back.
fn rewritten<'a, T: TypedAttribute<'a>>(value: &'a str) -> Result<String, AttributeError> {
    let text = T::parse(value)?.to_string();
    assert!(
        Attribute::value(T::NAME, value).get() == Some(value),
        "{value}"
    );
    Ok(text)
}

/// The octet of the value where a complaint points to.
fn column<'a, T: TypedAttribute<'a>>(value: &'a str) -> u32 {
    match T::parse(value) {
        Err(error) => {
            assert_eq!((error.attribute, error.clause), (T::NAME, T::CLAUSE));
            error.column
        }
        Ok(_) => panic!("{}:{value} reads", T::NAME),
    }
}

type Rewritten = fn(&'static str) -> Result<String, AttributeError>;
type Column = fn(&'static str) -> u32;

#[test]
fn values_are_written_as_they_were() {
    let rows: &[(Rewritten, &[&str])] = &[
        (
            rewritten::<RtpMap<'_>>,
            &["0 PCMU/8000", "111 opus/48000/2", "98 H264/90000"],
        ),
        (
            rewritten::<Rtcp>,
            &[
                "53020",
                "53020 IN IP4 126.16.64.4",
                "53020 IN IP6 2001:db8::1",
            ],
        ),
        (
            rewritten::<Candidate<'_>>,
            &[
                "2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998",
                "1 1 udp 2130706431 fe80::1 8998 typ host generation 0 network-id 1",
                "a+/b 256 tcp 1 4f3c.local 9 typ x-new tcptype active",
                "3 2 UDP 5 2001:db8::9 1 typ relay raddr :: rport 9 generation 0",
            ],
        ),
        (rewritten::<IceOptions<'_>>, &["ice2 trickle"]),
        (
            rewritten::<Fingerprint<'_>>,
            &[
                "sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB",
                "x-new 01:02",
            ],
        ),
        (
            rewritten::<Setup>,
            &["active", "passive", "actpass", "holdconn"],
        ),
        (rewritten::<TlsId<'_>>, &["abc3de65cddef001be82"]),
        (
            rewritten::<Crypto<'_>>,
            &[
                "1 AES_CM_128_HMAC_SHA1_80 \
                inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4 FEC_ORDER=FEC_SRTP",
                "2 F8_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|2^20|1:4;\
                inline:QUJjZGVmMTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5|1048576|2:4 KDR=10 WSH=64",
                "4 AEAD_AES_256_GCM \
                inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "9 X_NEW inline:AAAA|3:128",
            ],
        ),
        (rewritten::<Mid<'_>>, &["0", "audio"]),
        (rewritten::<Group<'_>>, &["BUNDLE 0 1", "LS", "FID a b c"]),
        (
            rewritten::<CurrentStatus<'_>>,
            &["qos e2e none", "sec local sendrecv"],
        ),
        (
            rewritten::<DesiredStatus<'_>>,
            &[
                "qos mandatory e2e sendrecv",
                "qos optional remote send",
                "qos none local recv",
                "qos failure e2e send",
                "foo unknown e2e send",
            ],
        ),
        (rewritten::<ConfirmStatus<'_>>, &["qos remote sendrecv"]),
    ];
    for (rewritten, values) in rows {
        for value in *values {
            assert_eq!(rewritten(value).as_deref(), Ok(*value));
        }
    }
}

#[test]
fn complaints_point_to_the_field() {
    let rows: &[(Column, &[(&str, u32)])] = &[
        (
            column::<RtpMap<'_>>,
            &[
                ("", 1),
                ("x PCMU/8000", 1),
                ("128 PCMU/8000", 1),
                ("0", 2),
                ("0 PCMU", 3),
                ("0 PCMU/x", 3),
                ("0 /1", 3),
            ],
        ),
        (
            column::<Rtcp>,
            &[
                ("x", 1),
                ("70000", 1),
                ("5 IN", 5),
                ("5 XX IP4 192.0.2.1", 6),
                ("5 IN IP4 host", 10),
                ("5 IN IP4 192.0.2.1 x", 20),
            ],
        ),
        (
            column::<Candidate<'_>>,
            &[
                ("", 1),
                ("1 0 UDP 5 192.0.2.1 5 typ host", 3),
                ("1 257 UDP 5 192.0.2.1 5 typ host", 3),
                ("1 1 UDP +5 192.0.2.1 5 typ host", 9),
                ("1 1 UDP 5 192.0.2.1 65536 typ host", 21),
                ("1 1 UDP 5 192.0.2.1 5 host", 23),
                ("1 1 UDP 5 192.0.2.1 5 typ", 26),
                ("1 1 UDP 5 192.0.2.1 5 typ srflx raddr 192.0.2.9 5", 49),
            ],
        ),
        (
            column::<Fingerprint<'_>>,
            &[
                ("sha-1", 6),
                ("x 0", 3),
                ("x 00:+1", 3),
                ("sha-256 01:02", 9),
                ("x 01 02", 6),
            ],
        ),
        (column::<Setup>, &[("", 1), ("both", 1), ("active x", 8)]),
        (
            column::<TlsId<'_>>,
            &[("short", 1), ("0123456789012345678=", 1)],
        ),
        (
            column::<Crypto<'_>>,
            &[
                ("x AES_CM_128_HMAC_SHA1_80 inline:AAAA", 1),
                ("1000000000 X inline:AAAA", 1),
                ("1", 2),
                ("1 X", 4),
                ("1 X uri:AAAA", 5),
                ("1 X inline:", 5),
                ("1 X inline:A*", 5),
                // Too short for the suite.
                ("1 AES_CM_128_HMAC_SHA1_80 inline:AAAA", 27),
                ("1 X inline:AAAA|2^x", 5),
                ("1 X inline:AAAA|1:129", 5),
                ("1 X inline:AAAA|1:4|2^20", 5),
                // Several keys need an MKI each.
                ("1 X inline:AAAA;inline:BBBB|1:4", 5),
            ],
        ),
        (
            column::<DesiredStatus<'_>>,
            &[
                ("qos", 4),
                ("qos much e2e send", 5),
                ("qos none here send", 10),
                ("qos none e2e both", 14),
                ("qos none e2e send x", 19),
            ],
        ),
    ];
    for (column, values) in rows {
        for (value, expected) in *values {
            assert_eq!(column(value), *expected, "{value}");
        }
    }
    let error = Rtcp::parse("x").unwrap_err();
    assert_eq!(
        error.to_string(),
        "SDP attribute rtcp, octet 1 of the value: expected a port up to 65535 (RFC 3605 2.1)"
    );
}

#[test]
fn candidates_say_what_they_are() {
    let text = "2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998 a b c";
    let candidate = Candidate::parse(text).unwrap();
    assert_eq!(candidate.kind, CandidateType::ServerReflexive);
    assert_eq!(
        candidate.related,
        Some(("203.0.113.141".into(), 8998)),
        "the base"
    );
    let extensions: Vec<_> = candidate.extensions().collect();
    assert_eq!(extensions, [("a", "b"), ("c", "")]);
    let name = Candidate::parse("1 1 udp 1 x.local 9 typ host").unwrap();
    assert_eq!(name.address, CandidateAddress::Name("x.local"));
}

#[test]
fn setups_answer_by_the_table() {
    use Setup::{ActPass, Active, HoldConn, Passive};
    for (offered, answers) in [
        (Active, &[Passive, HoldConn][..]),
        (Passive, &[Active, HoldConn]),
        (ActPass, &[Active, Passive, HoldConn]),
        (HoldConn, &[HoldConn]),
    ] {
        for answer in Setup::ALL {
            assert_eq!(
                answer.may_answer(offered),
                answers.contains(&answer),
                "{offered:?}"
            );
        }
    }
}

#[test]
fn tls_id_also_has_the_name_of_drafts() {
    let attributes: Attributes = [Attribute::value("dtls-id", "abc3de65cddef001be82")]
        .into_iter()
        .collect();
    assert_eq!(
        TlsId::among(&attributes),
        Ok(Some(TlsId("abc3de65cddef001be82")))
    );
    assert_eq!(TlsId::among(&Attributes::new()), Ok(None));
}

#[test]
fn rtcp_goes_where_it_is_said() {
    let of = |lines: &str| {
        let text = format!(
            "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio {lines}"
        );
        let description = SessionDescription::parse(text.as_bytes()).unwrap();
        description.rtcp_address_of(&description.media[0])
    };
    let at = |text: &str| Some(text.parse().unwrap());
    assert_eq!(of("5000 RTP/AVP 0\n"), at("192.0.2.1:5001"));
    assert_eq!(of("5000 RTP/AVP 0\na=rtcp:6001\n"), at("192.0.2.1:6001"));
    assert_eq!(
        of("5000 RTP/AVP 0\na=rtcp:6001 IN IP4 192.0.2.9\n"),
        at("192.0.2.9:6001")
    );
    assert_eq!(
        of("5000 RTP/AVP 0\na=rtcp:6001\na=rtcp-mux\n"),
        at("192.0.2.1:5000")
    );
    assert_eq!(of("65535 RTP/AVP 0\n"), None);
}

#[test]
fn ice_credentials_are_whole_or_refused() {
    let of = |session: &str, media: &str| {
        let text = format!("v=0\no=- 1 1 IN IP4 192.0.2.1\n{session}m=audio 5 RTP/AVP 0\n{media}");
        let description = SessionDescription::parse(text.as_bytes()).unwrap();
        description
            .ice_of(&description.media[0])
            .map(|ice| ice.map(|ice| ice.fragment.to_owned()))
            .map_err(|error| error.attribute)
    };
    let own = "a=ice-ufrag:8hhY\na=ice-pwd:asd88fgpdd777uzjYhagZg\n";
    let common = "a=ice-ufrag:9uB6\na=ice-pwd:YH75Fviy6338Vbrhrlp8Yh\n";
    assert_eq!(of(common, own), Ok(Some("8hhY".to_owned())));
    assert_eq!(of(common, ""), Ok(Some("9uB6".to_owned())));
    assert_eq!(of("", ""), Ok(None));
    assert_eq!(of("", "a=ice-ufrag:8hhY\n"), Err("ice-pwd"));
    assert_eq!(
        of("", "a=ice-pwd:asd88fgpdd777uzjYhagZg\n"),
        Err("ice-ufrag")
    );
    assert_eq!(
        of("", "a=ice-ufrag:8hh\na=ice-pwd:asd88fgpdd777uzjYhagZg\n"),
        Err("ice-ufrag")
    );
    assert_eq!(
        of("", "a=ice-ufrag:8hhY\na=ice-pwd:short\n"),
        Err("ice-pwd")
    );
}

#[test]
fn parameters_of_formats() {
    let parameters = Parameters::new("mode-set=0,2,4,7; octet-align=1;robust-sorting ; MaxRed=0");
    assert_eq!(parameters.get("mode-set"), Some("0,2,4,7"));
    assert_eq!(parameters.number("max-red"), None);
    assert_eq!(parameters.number("maxred"), Some(0), "names have no case");
    assert!(parameters.is_set("octet-align"));
    assert_eq!(parameters.get("robust-sorting"), Some(""));
    assert_eq!(parameters.iter().count(), 4);

    let opus = OpusParameters::from(Parameters::new(
        "maxplaybackrate=16000;sprop-stereo=1;useinbandfec=1;maxaveragebitrate=20000",
    ));
    assert_eq!(
        (opus.max_playback_rate, opus.max_capture_rate),
        (16_000, 48_000)
    );
    assert_eq!(opus.max_average_bit_rate, Some(20_000));
    assert!(opus.sends_stereo && opus.in_band_fec);
    assert!(!opus.stereo && !opus.constant_bit_rate && !opus.discontinuous);

    for (text, expected) in [
        ("", true),
        ("annexb=yes", true),
        ("annexb=no", false),
        ("annexb=NO", false),
    ] {
        assert_eq!(g729_annex_b(Parameters::new(text)), expected, "{text}");
    }
}

#[test]
fn telephone_events_are_a_set() {
    for (text, written) in [
        ("0-15", "0-15"),
        ("0-11,66,70", "0-11,66,70"),
        ("events=0-15,36", "0-15,36"),
        ("3, 1-2 ,255", "1-3,255"),
        ("0-255", "0-255"),
        // What cannot be read says nothing: DTMF.
        ("", "0-15"),
        ("15-0,x,300", "0-15"),
    ] {
        let events = TelephoneEvents::parse(text);
        assert_eq!(events.to_string(), written, "{text}");
        assert_eq!(TelephoneEvents::parse(&events.to_string()), events);
    }
    let events = TelephoneEvents::parse("0-11,66");
    assert!(events.contains(11) && events.contains(66) && !events.contains(12));
    assert_eq!(events.and(TelephoneEvents::DTMF).to_string(), "0-11");
}

/// RFC 3551 6, tables 4 and 5: no number twice, and none that is reserved or dynamic.
#[test]
fn assigned_payload_types() {
    let assigned: Vec<_> = (0..=127).filter_map(RtpMap::assigned).collect();
    assert_eq!(assigned.len(), 24);
    assert!(assigned.iter().all(|map| map.payload_type < 35));
    assert_eq!(RtpMap::assigned(9).unwrap().to_string(), "9 G722/8000");
    assert_eq!(RtpMap::assigned(10).unwrap().to_string(), "10 L16/44100/2");
    for reserved in [1, 2, 19, 24, 72, 96] {
        assert_eq!(RtpMap::assigned(reserved), None, "{reserved}");
    }
}

#[test]
fn transports_are_kept_as_written_and_known_by_kind() {
    for (name, is_rtp, has_payload_types, is_encrypted, is_udptl) in [
        ("RTP/AVP", true, true, false, false),
        ("RTP/AVPF", true, true, false, false),
        ("RTP/SAVP", true, true, true, false),
        ("RTP/SAVPF", true, true, true, false),
        ("UDP/TLS/RTP/SAVP", true, true, true, false),
        ("UDP/TLS/RTP/SAVPF", true, true, true, false),
        ("TCP/RTP/AVP", false, true, false, false),
        ("UDP/DTLS/SCTP", false, false, true, false),
        ("TCP/TLS/BFCP", false, false, true, false),
        ("TCP/MSRP", false, false, false, false),
        ("udptl", false, false, false, true),
        ("UDPTL", false, false, false, true),
        ("udp", false, false, false, false),
    ] {
        let protocol = Protocol::from_name(name);
        assert_eq!(protocol.name(), name);
        assert_eq!(protocol.is_rtp(), is_rtp, "{name}");
        assert_eq!(protocol.has_payload_types(), has_payload_types, "{name}");
        assert_eq!(protocol.is_encrypted(), is_encrypted, "{name}");
        assert_eq!(protocol.is_udptl(), is_udptl, "{name}");
    }
    assert_eq!(Protocol::from_name("a b\r\nc").name(), "abc");
    assert_eq!(
        Formats::from_iter(["0\r\n", "", " ", "8 9"]).as_str(),
        "0 89"
    );
}

#[test]
fn bandwidths_by_type() {
    use BandwidthType::{
        ApplicationSpecific, ConferenceTotal, RtcpReceivers, RtcpSenders, TransportIndependent,
    };
    let mut media = Media::new(
        MediaKind::Audio,
        5,
        Protocol::RTP_AVP,
        Formats::from_iter(["0"]),
    );
    media.bandwidths = vec![
        "X-AS:1".into(),
        ApplicationSpecific.line(64),
        "AS:65".into(),
        TransportIndependent.line(50_000),
        "RS:0".into(),
        "RR: 2500".into(),
        "CT:x".into(),
    ];
    assert_eq!(media.bandwidth(ApplicationSpecific), Some(64));
    assert_eq!(media.bandwidth(TransportIndependent), Some(50_000));
    assert_eq!(media.bandwidth(RtcpSenders), Some(0));
    assert_eq!(media.bandwidth(RtcpReceivers), Some(2_500));
    assert_eq!(media.bandwidth(ConferenceTotal), None);
}
