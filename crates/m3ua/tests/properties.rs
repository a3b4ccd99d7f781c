//! What holds for all messages, and for all octets.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "support/generate.rs"]
mod generate;
#[path = "support/targets.rs"]
mod targets;
#[path = "support/tlv.rs"]
mod tlv;

use proptest::collection::vec;
use proptest::prelude::*;
use trunkline_m3ua::message_type::MESSAGES;
use trunkline_m3ua::param::{PARAMETERS, Tag};
use trunkline_m3ua::{decode, encode};

/// Octets that look like a message: a good header, then parameters with good lengths.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        any::<u32>().prop_map(|word| word.to_be_bytes().to_vec()),
        vec(any::<u8>(), 0..20),
        parameters(vec(any::<u8>(), 0..9)),
    ];
    (prop::sample::select(MESSAGES), parameters(value))
        .prop_map(|(row, parameters)| tlv::message(row.class, row.code, &[parameters]))
}

/// Parameters of any tags.
fn parameters(value: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let parameter = (prop::sample::select(PARAMETERS), value);
    let parameter = parameter.prop_map(|(row, value)| tlv::parameter(row.code, &value));
    vec(parameter, 0..6).prop_map(|parameters| parameters.concat())
}

/// Parameters whose order among each other means something.
const ORDERED: [Tag; 6] = [
    Tag::RoutingKey,
    Tag::RegistrationResult,
    Tag::DeregistrationResult,
    Tag::DestinationPointCode,
    Tag::ServiceIndicators,
    Tag::OriginatingPointCodeList,
];

/// The same parameters in another order, those inside of parameters too, with some between them
/// that nobody knows.
fn shuffled(octets: &[u8], random: &mut impl FnMut(usize) -> usize) -> Vec<u8> {
    let mut parameters: Vec<(u16, Vec<u8>)> = tlv::split(octets)
        .into_iter()
        .map(|(code, value)| match Tag::from_code(code) {
            Some(Tag::RoutingKey | Tag::RegistrationResult | Tag::DeregistrationResult) => {
                (code, shuffled(value, random))
            }
            _ => (code, value.to_vec()),
        })
        .collect();
    let is_ordered = |code| Tag::from_code(code).is_some_and(|tag| ORDERED.contains(&tag));
    let ordered = parameters.iter().filter(|(code, _)| is_ordered(*code));
    let mut ordered = ordered.cloned().collect::<Vec<_>>().into_iter();
    if random(2) == 0 {
        parameters.push((0x8000, vec![0xff; random(9)]));
    }
    for place in (1..parameters.len()).rev() {
        parameters.swap(place, random(place + 1));
    }
    for parameter in &mut parameters {
        if is_ordered(parameter.0) {
            *parameter = ordered.next().unwrap();
        }
    }
    let octets = parameters
        .iter()
        .map(|(code, value)| tlv::parameter(*code, value));
    octets.collect::<Vec<_>>().concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_written_reads_the_same(message in generate::message()) {
        let octets = encode(&message);
        let read = decode(&octets);
        prop_assert_eq!(read.as_ref(), Ok(&message));
        // The parameters stand in the order of the table, and none but those.
        let mut rest = message.message_type().row().parameters.iter();
        for (code, _) in tlv::split(&octets[8..]) {
            let tag = Tag::from_code(code).unwrap();
            let again = tlv::split(&octets[8..]).iter().filter(|(c, _)| *c == code).count() > 1;
            prop_assert!(again || rest.any(|(other, _)| *other == tag), "{} in {:?}", tag, message);
        }
    }

    // RFC 4666 3.2: "A receiver SHOULD accept the parameters in any order."
    #[test]
    fn shuffled_parameters_read_the_same(
        message in generate::message(),
        places in vec(any::<prop::sample::Index>(), 64),
    ) {
        let mut places = places.into_iter().cycle();
        let mut random = |bound| places.next().unwrap().index(bound);
        let octets = encode(&message);
        let parameters = shuffled(&octets[8..], &mut random);
        let octets = tlv::message(octets[2], octets[3], &[parameters]);
        prop_assert_eq!(decode(&octets), Ok(message), "{:02x?}", octets);
    }

    #[test]
    fn any_octets_are_read_or_refused(octets in vec(any::<u8>(), 0..200)) {
        targets::decode(&octets);
        targets::deframe(&octets);
    }

    #[test]
    fn what_looks_like_a_message_is_read_or_refused(octets in plausible()) {
        targets::decode(&octets);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_message_is_refused_until_it_is_whole(message in generate::message()) {
        let octets = encode(&message);
        for end in 0..octets.len() {
            prop_assert!(!targets::decode(&octets[..end]));
            // Less, and the header says so: it may be a message.
            if end >= 8 {
                let mut less = octets[..end].to_vec();
                less[4..8].copy_from_slice(&(end as u32).to_be_bytes());
                targets::decode(&less);
            }
        }
    }

    #[test]
    fn every_wrong_octet_is_read_or_refused(message in generate::message(), other in any::<u8>()) {
        let octets = encode(&message);
        for place in 0..octets.len() {
            let right = octets[place];
            let mut octets = octets.clone();
            for wrong in [0, 1, 4, 0xff, right ^ 0x80, right.wrapping_add(1), right ^ other] {
                octets[place] = wrong;
                targets::decode(&octets);
            }
        }
    }
}
