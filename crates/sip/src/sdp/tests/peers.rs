//! Descriptions in the styles of peers: all is kept, read in types, and answered.

use crate::sdp::*;
use std::net::SocketAddr;
use trunkline_model::media::{Codec, RtpParameters, TelephoneEvent};

fn parse(text: &str) -> SessionDescription {
    let text: String = text
        .lines()
        .map(|line| format!("{}\r\n", line.trim()))
        .collect();
    let description = SessionDescription::parse(text.as_bytes()).unwrap();
    assert_eq!(description.to_string(), text, "kept octet for octet");
    description
}

fn answered(offer: &SessionDescription) -> Result<(SessionDescription, Negotiated), NotAcceptable> {
    let local: SocketAddr = "198.51.100.1:20000".parse().unwrap();
    let session = SessionVersion { id: 7, version: 1 };
    answer(
        offer,
        local,
        &Capabilities::default(),
        Direction::SendRecv,
        session,
    )
}

const CHROMIUM: &str = "v=0
    o=- 4611731400430051336 2 IN IP4 127.0.0.1
    s=-
    t=0 0
    a=group:BUNDLE 0 1 2
    a=extmap-allow-mixed
    a=msid-semantic: WMS stream
    m=audio 54609 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
    c=IN IP4 203.0.113.7
    a=rtcp:9 IN IP4 0.0.0.0
    a=candidate:1467250027 1 udp 2122260223 192.0.2.7 46243 typ host generation 0 network-id 1
    a=candidate:435653019 1 tcp 1845501695 203.0.113.7 54609 typ srflx raddr 192.0.2.7 rport 46243 tcptype active
    a=candidate:9 1 udp 1 d7f5a1c2-0000-4000-8000-0123456789ab.local 50000 typ host
    a=ice-ufrag:EsAw
    a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y
    a=ice-options:trickle
    a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08
    a=setup:actpass
    a=mid:0
    a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
    a=sendrecv
    a=msid:stream track
    a=rtcp-mux
    a=rtcp-rsize
    a=rtpmap:111 opus/48000/2
    a=rtcp-fb:111 transport-cc
    a=fmtp:111 minptime=10;useinbandfec=1
    a=rtpmap:63 red/48000/2
    a=fmtp:63 111/111
    a=rtpmap:9 G722/8000
    a=rtpmap:0 PCMU/8000
    a=rtpmap:8 PCMA/8000
    a=rtpmap:13 CN/8000
    a=rtpmap:110 telephone-event/48000
    a=rtpmap:126 telephone-event/8000
    a=ssrc:2231627014 cname:4TOk42mSjXCkVIa6
    m=video 9 UDP/TLS/RTP/SAVPF 96
    c=IN IP4 0.0.0.0
    a=mid:1
    a=rtpmap:96 VP8/90000
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel
    c=IN IP4 0.0.0.0
    a=mid:2
    a=sctp-port:5000
    a=max-message-size:262144";

#[test]
fn chromium() {
    let offer = parse(CHROMIUM);
    let group = offer.groups().next().unwrap().unwrap();
    assert!(group.is_bundle());
    assert_eq!(group.mids, ["0", "1", "2"]);
    let audio = &offer.media[0];
    assert!(audio.protocol.is_dtls_srtp() && !audio.is_usable_audio());
    let attributes = &audio.attributes;
    assert_eq!(attributes.first(), Ok(Some(Mid("0"))));
    assert_eq!(attributes.first(), Ok(Some(Setup::ActPass)));
    let candidates: Result<Vec<Candidate<'_>>, _> = attributes.every().collect();
    let kinds: Vec<_> = candidates
        .unwrap()
        .iter()
        .map(|candidate| candidate.kind)
        .collect();
    use CandidateType::{Host, ServerReflexive};
    assert_eq!(kinds, [Host, ServerReflexive, Host]);
    let ice = offer.ice_of(audio).unwrap().unwrap();
    assert_eq!(ice.fragment, "EsAw");
    assert!(
        attributes
            .first::<IceOptions<'_>>()
            .unwrap()
            .unwrap()
            .has("trickle")
    );
    assert!(!offer.is_ice_lite());
    let print: Fingerprint<'_> = offer.first_for(audio).unwrap().unwrap();
    assert_eq!((print.hash, print.octets.len()), ("sha-256", 32));
    assert_eq!(
        offer.rtcp_address_of(audio),
        Some("203.0.113.7:54609".parse().unwrap()),
        "rtcp-mux goes before a=rtcp"
    );
    assert!(OpusParameters::from(audio.parameters("111")).in_band_fec);
    // Without DTLS there is nothing that we can take.
    assert_eq!(answered(&offer), Err(NotAcceptable::NoAudio));
}

const LINPHONE: &str = "v=0
    o=alice 1543 2284 IN IP4 192.0.2.20
    s=Talk
    c=IN IP4 192.0.2.20
    b=AS:380
    t=0 0
    a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics
    a=record:off
    m=audio 7078 RTP/AVPF 96 97 98 0 8 18 101 99 100
    a=rtpmap:96 opus/48000/2
    a=fmtp:96 useinbandfec=1
    a=rtpmap:97 speex/16000
    a=fmtp:97 vbr=on
    a=rtpmap:98 speex/8000
    a=fmtp:98 vbr=on
    a=fmtp:18 annexb=yes
    a=rtpmap:101 telephone-event/48000
    a=rtpmap:99 telephone-event/16000
    a=rtpmap:100 telephone-event/8000
    a=rtcp-fb:* trr-int 1000
    a=rtcp-fb:* ccm tmmbr
    m=video 9078 RTP/AVPF 96
    a=rtpmap:96 VP8/90000
    a=rtcp-fb:96 nack pli";

#[test]
fn linphone() {
    let offer = parse(LINPHONE);
    let (answer, negotiated) = answered(&offer).unwrap();
    assert_eq!(
        negotiated.parameters,
        RtpParameters {
            remote: "192.0.2.20:7078".parse().unwrap(),
            codec: Codec::Opus,
            send_payload_type: 96,
            receive_payload_type: 96,
            telephone_event: Some(TelephoneEvent {
                payload_type: 101,
                receive_payload_type: 101,
                clock_rate: 48_000,
            }),
            ptime: 20,
        }
    );
    assert_eq!(check_answer(&offer, &answer), Ok(()));
    assert_eq!(answer.media[0].protocol, Protocol::from_name("RTP/AVPF"));
    assert_eq!(answer.media[1].port, 0);
    assert!(g729_annex_b(offer.media[0].parameters("18")));
    assert_eq!(
        offer.bandwidth(BandwidthType::ApplicationSpecific),
        Some(380)
    );
}

const CISCO: &str = "v=0
    o=CiscoSystemsSIP-GW-UserAgent 3196 2148 IN IP4 192.0.2.30
    s=SIP Call
    c=IN IP4 192.0.2.30
    t=0 0
    m=audio 16940 RTP/AVP 18 0 100
    c=IN IP4 192.0.2.31
    a=rtpmap:18 G729/8000
    a=fmtp:18 annexb=no
    a=rtpmap:0 PCMU/8000
    a=rtpmap:100 X-NSE/8000
    a=fmtp:100 192-194,200-202
    a=ptime:20
    a=X-sqn:0
    a=X-cap: 1 audio RTP/AVP 100
    a=X-cpar: a=rtpmap:100 X-NSE/8000
    a=X-cpar: a=fmtp:100 192-194,200-202
    a=X-cap: 2 image udptl t38";

#[test]
fn cisco() {
    let offer = parse(CISCO);
    let (answer, negotiated) = answered(&offer).unwrap();
    assert_eq!(negotiated.parameters.codec, Codec::G729);
    assert_eq!(
        negotiated.parameters.remote,
        "192.0.2.31:16940".parse().unwrap()
    );
    assert_eq!(negotiated.parameters.telephone_event, None);
    assert_eq!(answer.media[0].formats.as_str(), "18");
    let values: Vec<_> = offer.media[0].attributes.values("X-cpar").collect();
    assert_eq!(values[0], "a=rtpmap:100 X-NSE/8000");
}

const ASTERISK: &str = "v=0
    o=- 1409264262 1409264264 IN IP4 192.0.2.40
    s=Asterisk
    c=IN IP4 192.0.2.40
    t=0 0
    m=audio 0 RTP/AVP 8 0 101
    m=image 4321 udptl t38
    a=T38FaxVersion:0
    a=T38MaxBitRate:14400
    a=T38FaxRateManagement:transferredTCF
    a=T38FaxMaxDatagram:397
    a=T38FaxUdpEC:t38UDPRedundancy";

#[test]
fn asterisk_changes_to_fax() {
    let offer = parse(ASTERISK);
    assert_eq!(answered(&offer), Err(NotAcceptable::NoAudio));
    let fax = T38::of(&offer.media[1]).unwrap();
    assert_eq!(fax.max_datagram, Some(397));
    assert_eq!(
        fax.media(4321).to_owned(),
        offer.media[1],
        "written the same"
    );
}

const ASTERISK_SDES: &str = "v=0
    o=- 99 3 IN IP4 192.0.2.41
    s=Asterisk
    c=IN IP4 192.0.2.41
    t=0 0
    m=audio 11000 RTP/SAVP 8 101
    a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw
    a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw|2^31|1:1
    a=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:short
    a=rtpmap:8 PCMA/8000
    a=rtpmap:101 telephone-event/8000
    a=fmtp:101 0-16
    a=ptime:20
    a=maxptime:150
    a=sendrecv
    m=audio 11002 RTP/AVP 8
    a=rtpmap:8 PCMA/8000";

#[test]
fn asterisk_with_keys_in_the_description() {
    let offer = parse(ASTERISK_SDES);
    let audio = &offer.media[0];
    let keys: Vec<Result<Crypto<'_>, _>> = audio.attributes.every().collect();
    let [Ok(first), Ok(second), Err(third)] = &keys[..] else {
        panic!("{keys:?}");
    };
    assert_eq!(
        (first.tag, first.suite),
        (1, CryptoSuite::AesCm128HmacSha1_80)
    );
    assert_eq!(first.suite.key_length(), Some(30));
    assert_eq!(second.keys[0].lifetime, Some("2^31"));
    assert_eq!(second.keys[0].mki, Some(("1", 1)));
    assert_eq!(third.expected, "key and salt of the length of the suite");
    assert!(!format!("{keys:?}").contains("MTIz"));
    assert!(TelephoneEvents::parse(audio.fmtp("101").unwrap()).contains(16));
    assert_eq!(audio.maxptime(), Some(150));
    // The second line is the same stream in the clear.
    let (answer, negotiated) = answered(&offer).unwrap();
    assert_eq!((answer.media[0].port, answer.media[1].port), (0, 20_000));
    assert_eq!(negotiated.parameters.remote.port(), 11_002);
}

const IMS: &str = "v=0
    o=rue 3264 3264 IN IP6 2001:db8::50
    s=-
    c=IN IP6 2001:db8::50
    b=AS:38
    t=0 0
    a=tcap:1 RTP/AVPF
    a=pcfg:1 t=1
    m=audio 49120 RTP/AVP 107 106 105 104 101 102
    b=AS:38
    b=RS:0
    b=RR:2000
    a=rtpmap:107 EVS/16000/1
    a=fmtp:107 br=5.9-13.2;bw=nb-wb;mode-set=0,1,2;max-red=220
    a=rtpmap:106 AMR-WB/16000/1
    a=fmtp:106 mode-change-capability=2;max-red=220
    a=rtpmap:105 AMR/8000/1
    a=fmtp:105 mode-set=0,2,5,7; mode-change-period=2; octet-align=1
    a=rtpmap:104 PCMA/8000/1
    a=rtpmap:101 telephone-event/16000
    a=fmtp:101 0-15
    a=rtpmap:102 telephone-event/8000
    a=fmtp:102 0-15
    a=curr:qos local none
    a=curr:qos remote none
    a=des:qos mandatory local sendrecv
    a=des:qos optional remote sendrecv
    a=inactive
    a=ptime:20
    a=maxptime:240";

#[test]
fn ims_phone_with_preconditions() {
    let offer = parse(IMS);
    let audio = &offer.media[0];
    assert_eq!(audio.bandwidth(BandwidthType::RtcpReceivers), Some(2_000));
    assert_eq!(audio.bandwidth(BandwidthType::RtcpSenders), Some(0));
    let amr = audio.parameters("105");
    assert_eq!(amr.get("mode-set"), Some("0,2,5,7"));
    assert!(amr.is_set("octet-align"));
    assert_eq!(audio.rtpmap("107").unwrap().to_string(), "107 EVS/16000");
    let mut table = StatusTable::of_peer(&audio.attributes).unwrap();
    assert!(!table.is_met(), "the phone has no bearer yet");
    // On our side there is nothing to reserve.
    table.reserve(StatusType::Local, DirectionTag::SENDRECV, true);
    let local: SocketAddr = "[2001:db8::1]:20000".parse().unwrap();
    let session = SessionVersion { id: 7, version: 1 };
    let capabilities = Capabilities::default();
    let both = Direction::SendRecv;
    let (index, mut stream, negotiated) = accept_audio(&offer, local, &capabilities, both).unwrap();
    assert_eq!(negotiated.direction, Direction::Inactive);
    assert_eq!(negotiated.parameters.codec, Codec::Pcma);
    table.write(&mut stream.attributes);
    table.write_confirm(&mut stream.attributes);
    let answer = answer_lines(&offer, local.ip(), session, [(index, stream)]);
    let text = answer.to_string();
    let expected = "a=curr:qos local sendrecv\r\n\
        a=curr:qos remote none\r\n\
        a=des:qos optional local sendrecv\r\n\
        a=des:qos mandatory remote sendrecv\r\n\
        a=conf:qos remote sendrecv\r\n";
    assert!(text.ends_with(expected), "{text}");
    // The UPDATE of the phone, when its bearer stands.
    let update = IMS.replace("qos local none", "qos local sendrecv");
    table.take_offer(&StatusTable::of_peer(&parse(&update).media[0].attributes).unwrap());
    assert!(table.is_met());
}
