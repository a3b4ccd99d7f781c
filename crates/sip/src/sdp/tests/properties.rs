//! Whatever comes: no panic, and what was read is written so that it reads the same.

use crate::sdp::*;
use proptest::collection::vec;
use proptest::prelude::*;

/// Pieces of which descriptions are made, right and wrong.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let right = prop::sample::select(
        &[
            "s=-",
            "s=",
            "i=x",
            "u=http://x",
            "e=a@b",
            "p=+1 2",
            "c=IN IP4 192.0.2.1",
            "c=IN IP6 ff02::1/3",
            "c=IN IP4 233.252.0.1/1/2",
            "c=IN IP6 x.invalid",
            "b=AS:64",
            "b=x:",
            "t=0 0",
            "t=x",
            "r=1 2 3",
            "z=0 0",
            "k=prompt",
            "a=sendonly",
            "a=inactive",
            "a=rtpmap:96 opus/48000/2",
            "a=rtpmap:97 telephone-event/8000",
            "a=fmtp:97 0-15",
            "a=curr:qos local none",
            "a=des:qos mandatory e2e send",
            "a=mid:0",
            "a=ptime:30",
            "a=crypto:1 X inline:AAAA|2^3|1:4",
            "a=candidate:1 1 udp 1 192.0.2.1 5 typ host",
            "a=setup:active",
            "a=rtcp:5",
            "a=ice-ufrag:abcd",
            "a=T38FaxVersion:1",
            "m=audio 5 RTP/AVP 8 96 97",
            "m=audio 0 RTP/AVP",
            "m=audio 5/2 RTP/AVPF 0",
            "m=image 5 udptl t38",
            "m=video 5 RTP/SAVPF 96",
            "m=x 9 a/b  c  d ",
            "",
        ][..],
    )
    .prop_map(|line| line.as_bytes().to_vec());
    let odd = (
        prop::sample::select(&b"svoiuepcbtrzkamx"[..]),
        vec(
            prop_oneof![any::<u8>(), prop::sample::select(&b"0 /:.\t\r\xe9-"[..])],
            0..24,
        ),
    )
        .prop_map(|(kind, value)| [&[kind, b'='][..], &value].concat());
    prop_oneof![8 => right, 1 => odd]
}

fn description() -> impl Strategy<Value = Vec<u8>> {
    let end = prop::sample::select(&["\r\n", "\n"][..]);
    (vec(line(), 0..24), end).prop_map(|(lines, end)| {
        let mut text = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n".to_vec();
        for line in lines {
            text.extend(line);
            text.extend(end.as_bytes());
        }
        text
    })
}

/// Reads all that has a type.
fn read_attributes(attributes: &Attributes) {
    macro_rules! rewrite {
        ($($type:ty),*) => {$(
            for value in attributes.every::<$type>().flatten() {
                let attribute = Attribute::typed(&value);
                assert_eq!(attribute.name(), <$type>::NAME);
                assert_eq!(<$type>::parse(attribute.get().unwrap()), Ok(value));
            }
        )*};
    }
    rewrite!(
        RtpMap<'_>,
        Rtcp,
        Candidate<'_>,
        IceOptions<'_>,
        Fingerprint<'_>,
        Setup,
        TlsId<'_>,
        Crypto<'_>,
        Mid<'_>,
        Group<'_>,
        CurrentStatus<'_>,
        DesiredStatus<'_>,
        ConfirmStatus<'_>
    );
    if let Ok(table) = StatusTable::of_peer(attributes) {
        let mut own = Attributes::new();
        table.write(&mut own);
        assert!(StatusTable::of_peer(&own).is_ok());
    }
}

fn read_all(description: &SessionDescription) {
    read_attributes(&description.attributes);
    for media in &description.media {
        read_attributes(&media.attributes);
        let _ = description.address_of(media);
        let _ = description.rtcp_address_of(media);
        let _ = description.ice_of(media);
        let _ = TlsId::among(&media.attributes);
        for format in media.formats.iter() {
            let _ = media.encoding(format);
            let _ = TelephoneEvents::parse(media.fmtp(format).unwrap_or("")).to_string();
            let _ = OpusParameters::from(media.parameters(format));
        }
        if let Ok(fax) = T38::of(media) {
            assert_eq!(T38::of(&fax.media(9)), Ok(fax));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn octets_do_no_harm(octets in vec(any::<u8>(), 0..300)) {
        let _ = SessionDescription::parse(&octets);
        let _ = SessionDescription::parse_strict(&octets);
    }

    #[test]
    fn what_is_read_is_written_the_same(text in description()) {
        let strict = SessionDescription::parse_strict(&text);
        match SessionDescription::parse(&text) {
            Ok(description) => {
                let written = description.to_bytes();
                let again = SessionDescription::parse(&written);
                prop_assert_eq!(again.as_ref(), Ok(&description));
                read_all(&description);
                if let Ok(strict) = strict {
                    prop_assert_eq!(&strict, &description);
                }
            }
            // What is refused is refused strictly too.
            Err(_) => prop_assert!(strict.is_err()),
        }
    }

    /// Every offer that is answered is answered with an answer that fits, in which every line has
    /// its place; and what both sides make of it is the same.
    #[test]
    fn answers_fit_their_offers(text in description()) {
        let Ok(offer) = SessionDescription::parse(&text) else { return Ok(()) };
        let local = "198.51.100.1:20000".parse().unwrap();
        let session = SessionVersion { id: 1, version: 1 };
        let capabilities = Capabilities::default();
        let made = answer(&offer, local, &capabilities, Direction::SendRecv, session);
        let Ok((answer, ours)) = made else { return Ok(()) };
        prop_assert_eq!(check_answer(&offer, &answer), Ok(()));
        prop_assert_eq!(answer_oddities(&offer, &answer), vec![]);
        let written = SessionDescription::parse(&answer.to_bytes());
        prop_assert_eq!(written.as_ref(), Ok(&answer));
        let mut exchange = OfferAnswer::new();
        exchange.receive(Carrier::Invite, Some(offer)).unwrap();
        exchange.send(Carrier::Success, Some(answer)).unwrap();
        prop_assert_eq!(exchange.state(), State::Stable);
        prop_assert!(!ours.direction.sends() || !ours.parameters.remote.ip().is_unspecified());
    }

    /// Any messages in any order: the state is one of the four and agrees with what is open.
    #[test]
    fn any_messages_in_any_order(steps in vec((0_usize..9, any::<bool>(), any::<bool>()), 0..40)) {
        let text = b"v=0\no=- 5 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 5 RTP/AVP 8\n";
        let description = SessionDescription::parse(text).unwrap();
        let mut exchange = OfferAnswer::new();
        for (carrier, is_sent, is_there) in steps {
            let before = exchange.state();
            let carrier = Carrier::ALL[carrier];
            let description = is_there.then(|| description.clone());
            let result = if is_sent {
                exchange.send(carrier, description)
            } else {
                exchange.receive(carrier, description)
            };
            let after = exchange.state();
            match result {
                Ok(Meaning::Offer { .. }) => {
                    prop_assert!(matches!(before, State::None | State::Stable));
                    let expected = if is_sent { State::OfferSent } else { State::OfferReceived };
                    prop_assert_eq!(after, expected);
                }
                Ok(Meaning::Answer) => {
                    let expected = if is_sent { State::OfferReceived } else { State::OfferSent };
                    prop_assert_eq!(before, expected);
                    prop_assert_eq!(after, State::Stable);
                }
                _ => prop_assert_eq!(after, before),
            }
            let is_open = matches!(after, State::OfferSent | State::OfferReceived);
            prop_assert_eq!(exchange.open_offer().is_some(), is_open);
        }
    }
}
