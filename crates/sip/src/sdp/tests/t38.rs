//! T.38 fax (ITU-T T.38 Annex D).

use crate::sdp::*;

const FAX: &str = "v=0\r\n\
    o=- 1 2 IN IP4 192.0.2.1\r\n\
    s=-\r\n\
    c=IN IP4 192.0.2.1\r\n\
    t=0 0\r\n\
    m=audio 0 RTP/AVP 8\r\n\
    m=image 49152 udptl t38\r\n\
    a=T38FaxVersion:3\r\n\
    a=T38MaxBitRate:14400\r\n\
    a=T38FaxFillBitRemoval\r\n\
    a=T38FaxTranscodingMMR:0\r\n\
    a=T38FaxRateManagement:transferredTCF\r\n\
    a=T38FaxMaxBuffer:1800\r\n\
    a=T38FaxMaxDatagram:400\r\n\
    a=T38FaxUdpEC:t38UDPFEC\r\n";

const OURS: T38 = T38 {
    version: 0,
    max_bit_rate: Some(9_600),
    fill_bit_removal: false,
    transcoding_mmr: true,
    transcoding_jbig: false,
    rate_management: RateManagement::Transferred,
    max_buffer: None,
    max_datagram: Some(320),
    udp_error_correction: Some(UdpErrorCorrection::Redundancy),
};

#[test]
fn fax_is_refused_by_default_and_can_be_taken() {
    let offer = SessionDescription::parse(FAX.as_bytes()).unwrap();
    let session = SessionVersion { id: 7, version: 1 };
    let local = "198.51.100.1:20000".parse().unwrap();
    let capabilities = Capabilities::default();
    assert_eq!(
        answer(&offer, local, &capabilities, Direction::SendRecv, session),
        Err(NotAcceptable::NoAudio)
    );
    let (index, media) = offer
        .media
        .iter()
        .enumerate()
        .find(|(_, media)| media.is_usable_t38())
        .unwrap();
    let theirs = T38::of(media).unwrap();
    assert_eq!(
        theirs,
        T38 {
            version: 3,
            max_bit_rate: Some(14_400),
            fill_bit_removal: true,
            transcoding_mmr: false,
            transcoding_jbig: false,
            rate_management: RateManagement::Transferred,
            max_buffer: Some(1_800),
            max_datagram: Some(400),
            udp_error_correction: Some(UdpErrorCorrection::Fec),
        }
    );
    let line = OURS.answer(&theirs).media(4000);
    let answer = answer_lines(&offer, local.ip(), session, [(index, line)]);
    let text = answer.to_string();
    let expected = "m=audio 0 RTP/AVP 8\r\n\
        m=image 4000 udptl t38\r\n\
        a=T38FaxVersion:0\r\n\
        a=T38MaxBitRate:9600\r\n\
        a=T38FaxRateManagement:transferredTCF\r\n\
        a=T38FaxMaxDatagram:320\r\n\
        a=T38FaxUdpEC:t38UDPRedundancy\r\n";
    assert!(text.ends_with(expected), "{text}");
    assert_eq!(check_answer(&offer, &answer), Ok(()));
    assert_eq!(T38::of(&answer.media[1]), Ok(OURS.answer(&theirs)));
}

#[test]
fn whatever_is_written_reads_the_same() {
    for udp_error_correction in UdpErrorCorrection::ALL.map(Some).into_iter().chain([None]) {
        for rate_management in [RateManagement::Local, RateManagement::Transferred] {
            let fax = T38 {
                version: 2,
                fill_bit_removal: true,
                transcoding_jbig: true,
                max_buffer: Some(200),
                rate_management,
                udp_error_correction,
                ..OURS
            };
            assert_eq!(T38::of(&fax.media(5)), Ok(fax));
        }
    }
}

#[test]
fn spellings_differ_and_defaults_hold() {
    let of = |lines: &str| {
        let text = format!("v=0\no=- 1 1 IN IP4 192.0.2.1\nm=image 5 UDPTL T38\n{lines}");
        let description = SessionDescription::parse(text.as_bytes()).unwrap();
        assert!(description.media[0].is_usable_t38());
        T38::of(&description.media[0])
    };
    assert_eq!(of(""), Ok(T38::default()));
    let fax =
        of("a=T38MaxBitrate:14400\na=t38faxfillbitremoval:1\na=T38FaxUdpEC:T38UDPREDUNDANCY\n");
    let fax = fax.unwrap();
    assert_eq!(
        (fax.max_bit_rate, fax.fill_bit_removal),
        (Some(14_400), true)
    );
    assert_eq!(
        fax.udp_error_correction,
        Some(UdpErrorCorrection::Redundancy)
    );
    for (line, attribute) in [
        ("a=T38FaxVersion:x\n", "T38FaxVersion"),
        ("a=T38FaxVersion:256\n", "T38FaxVersion"),
        ("a=T38MaxBitRate\n", "T38MaxBitRate"),
        ("a=T38FaxRateManagement:x\n", "T38FaxRateManagement"),
        ("a=T38FaxUdpEC:x\n", "T38FaxUdpEC"),
    ] {
        let error = of(line).unwrap_err();
        assert_eq!((error.attribute, error.clause), (attribute, "T.38 D.2.3"));
    }
}

#[test]
fn the_answer_is_what_both_can() {
    let all = T38 {
        version: 3,
        fill_bit_removal: true,
        transcoding_mmr: true,
        transcoding_jbig: true,
        rate_management: RateManagement::Local,
        udp_error_correction: Some(UdpErrorCorrection::Fec),
        ..OURS
    };
    let answer = OURS.answer(&all);
    assert_eq!(answer.version, 0);
    assert_eq!(
        (answer.transcoding_mmr, answer.transcoding_jbig),
        (true, false)
    );
    assert_eq!(
        answer.rate_management,
        RateManagement::Local,
        "of the offer"
    );
    let ec = |ours, theirs| {
        let of = |udp_error_correction| T38 {
            udp_error_correction,
            ..OURS
        };
        of(ours).answer(&of(theirs)).udp_error_correction
    };
    let (fec, redundancy) = (
        Some(UdpErrorCorrection::Fec),
        Some(UdpErrorCorrection::Redundancy),
    );
    assert_eq!(ec(fec, fec), fec);
    assert_eq!(ec(fec, redundancy), redundancy);
    assert_eq!(ec(redundancy, fec), redundancy);
    assert_eq!(ec(None, fec), None);
}
