//! What must hold for all octets: the bodies of the fuzz targets of `fuzz/`, which `tests/fuzz.rs`
//! runs with changed valid messages, too.
//!
//! The first octet of the input picks the variant.

use std::time::Duration;
use trunkline_isup::segmentation::{Reassembled, Reassembly, Split, merge, split};
use trunkline_isup::{
    Form, Frame, HopCounter, Message, OptionalParameters, ParameterCode, Pdu, Place, Sgm, Variant,
};
use trunkline_model::Time;

/// The variant that the first octet picks, and the rest.
pub(crate) fn variant(input: &[u8]) -> Option<(&'static Variant, &[u8])> {
    let (first, rest) = input.split_first()?;
    let count = Variant::all().count();
    Some((Variant::all().nth(usize::from(*first) % count)?, rest))
}

/// Whatever comes is read or refused, and all that is read can be told.
pub(crate) fn decode(input: &[u8]) -> bool {
    let Some((variant, octets)) = variant(input) else {
        return false;
    };
    let mut told = String::new();
    match Frame::parse(variant, octets) {
        Ok(frame) => {
            for part in frame.parameters() {
                assert_eq!(
                    octets.get(part.octet - 1..part.octet - 1 + part.contents.len()),
                    Some(part.contents)
                );
                let Some(coding) = variant.parameter(part.code).and_then(|row| row.coding) else {
                    continue;
                };
                let mut written = Vec::new();
                let rewritten = coding.rewrite(part.contents, &mut written);
                let described = coding.describe(part.contents);
                assert_eq!(rewritten.is_ok(), described.is_ok(), "{coding:?}");
                told += &format!("{described:?}");
            }
            frame.irregularities(&mut |error| told += &error.to_string());
        }
        Err(error) => told += &error.to_string(),
    }
    let read = variant.decode(octets);
    match &read {
        Ok(pdu) => told += &format!("{pdu:?} {:?}", pdu.message.compatibility()),
        Err(error) => told += &format!("{error} {error:?}"),
    }
    assert!(!told.is_empty());
    read.is_ok()
}

/// What is read is written as it came, also with another CIC; what is changed reads as changed.
pub(crate) fn decode_encode(input: &[u8]) -> bool {
    let Some((variant, octets)) = variant(input) else {
        return false;
    };
    let Ok(pdu) = variant.decode(octets) else {
        return false;
    };
    assert_eq!(variant.encode(&pdu).as_deref(), Ok(octets));

    let moved = Pdu {
        cic: variant.cic(!pdu.cic.value()),
        ..pdu.clone()
    };
    let written = variant.encode(&moved).unwrap();
    let label = variant.cic_octets();
    assert_eq!(written.get(label..), octets.get(label..));
    assert_eq!(variant.decode(&written).unwrap().cic, moved.cic);

    if !has_room(variant, octets) {
        return true;
    }
    // Written as if it had not been read.
    reads_as(
        variant,
        &Pdu {
            form: Form::default(),
            ..pdu.clone()
        },
    );
    // In transit: nothing but what is changed differs.
    let changing = [
        ParameterCode::NATURE_OF_CONNECTION_INDICATORS,
        ParameterCode::HOP_COUNTER,
    ];
    let before = others(variant, octets, &changing);
    let mut changed = pdu;
    if let Message::Iam(iam) = &mut changed.message {
        iam.nature_of_connection.echo_control ^= true;
        let written = reads_as(variant, &changed);
        assert_eq!(others(variant, &written, &changing), before);
    }
    if let Some(optional) = optional(&mut changed.message) {
        optional.set(&HopCounter(7));
        let written = reads_as(variant, &changed);
        assert_eq!(others(variant, &written, &changing), before);
    }
    true
}

fn reads_as(variant: &'static Variant, pdu: &Pdu) -> Vec<u8> {
    let octets = variant.encode(pdu).unwrap();
    let read = variant.decode(&octets).unwrap();
    assert_eq!(
        (read.cic, &read.message),
        (pdu.cic, &pdu.message),
        "{octets:02x?}"
    );
    octets
}

/// All parameters but those, octet for octet.
fn others(
    variant: &'static Variant,
    octets: &[u8],
    but: &[ParameterCode],
) -> Vec<(ParameterCode, Vec<u8>)> {
    let frame = Frame::parse(variant, octets).unwrap();
    let parts = frame.parameters().filter(|part| !but.contains(&part.code));
    parts
        .map(|part| (part.code, part.contents.to_vec()))
        .collect()
}

/// Whether pointers can lead past all mandatory parts when these stand one behind the other, and
/// mandatory variable parts are not so long that they are cut (Q.763 1.6).
fn has_room(variant: &'static Variant, octets: &[u8]) -> bool {
    let Ok(frame) = Frame::parse(variant, octets) else {
        return false;
    };
    let parts = frame
        .parameters()
        .filter(|part| part.place == Place::Variable);
    parts.map(|part| part.contents.len() + 2).sum::<usize>() < 250
}

/// What is split is put together again, and segments fit; whatever messages come, they go through
/// the reassembly, none twice and none in parts.
pub(crate) fn segmentation(input: &[u8]) -> bool {
    let Some((variant, rest)) = variant(input) else {
        return false;
    };
    let Some((limit, rest)) = rest.split_first() else {
        return false;
    };
    let limit = usize::from(*limit).max(MINIMUM);
    let mut reassembly = Reassembly::new(Duration::from_millis(3_000));
    let mut now = Time::ZERO;
    let mut segmented = false;
    // Messages, each behind its length and the time since the last.
    let mut rest = rest;
    while let [length, delay, following @ ..] = rest {
        let (octets, following) = following.split_at(following.len().min(usize::from(*length)));
        rest = following;
        now += Duration::from_millis(u64::from(*delay) * 16);
        if let Some(message) = reassembly.handle_timeout(now) {
            assert!(optional_of(&message).is_some());
        }
        let Ok(pdu) = variant.decode(octets) else {
            continue;
        };
        segmented |= split_and_merge(variant, &pdu, limit);
        handle(&mut reassembly, now, pdu.message);
    }
    let held = reassembly.poll_timeout().is_some();
    assert_eq!(reassembly.give_up().is_some(), held);
    assert!(reassembly.give_up().is_none() && reassembly.poll_timeout().is_none());
    segmented
}

/// Shorter messages could not be split into anything.
const MINIMUM: usize = 24;

fn handle(reassembly: &mut Reassembly, now: Time, message: Message) {
    let held = reassembly.poll_timeout().is_some();
    let segment = matches!(message, Message::Sgm(_));
    match reassembly.handle(now, message) {
        Reassembled::Held => assert!(!held && reassembly.poll_timeout().is_some()),
        Reassembled::GivenUp(_, second) => {
            assert!(held);
            assert_eq!(second.is_none(), reassembly.poll_timeout().is_some());
        }
        Reassembled::Discarded(_) => assert!(segment && !held),
        Reassembled::Message(_) => {
            assert_eq!(reassembly.poll_timeout().is_some(), held && !segment);
        }
    }
}

/// Whether it had to be split and could be.
fn split_and_merge(variant: &'static Variant, pdu: &Pdu, limit: usize) -> bool {
    let length = variant.encode(pdu).unwrap().len();
    let split = split(variant, pdu, limit);
    let segmented = matches!(split, Ok(Split::Segmented { .. }));
    match split {
        Ok(Split::Whole(message)) => assert!(length <= limit && message == pdu.message),
        Ok(Split::Segmented {
            mut first,
            second,
            without_user_information,
        }) => {
            assert!(length > limit);
            for message in [first.clone(), Message::Sgm(second.clone())] {
                let segment = variant.encode(&Pdu::new(pdu.cic, message)).unwrap();
                assert!(
                    segment.len() <= limit,
                    "{} of {limit}: {segment:02x?}",
                    segment.len()
                );
            }
            merge(&mut first, &second);
            assert_eq!(
                essence(first),
                essence(match without_user_information {
                    true => without(pdu.message.clone(), ParameterCode::USER_TO_USER_INFORMATION),
                    false => pdu.message.clone(),
                })
            );
        }
        Err(_) => assert!(length > limit),
    }
    segmented
}

/// The mandatory parameters, and the optional ones without order and without the indicators that
/// announce a segment.
fn essence(mut message: Message) -> (Message, Vec<(ParameterCode, Vec<u8>)>) {
    let Some(optional) = optional(&mut message) else {
        return (message, Vec::new());
    };
    let mut list: Vec<(ParameterCode, Vec<u8>)> = std::mem::take(optional)
        .iter()
        .filter(|(code, _)| !ANNOUNCING.contains(code))
        .map(|(code, contents)| (code, contents.to_vec()))
        .collect();
    list.sort();
    (message, list)
}

const ANNOUNCING: [ParameterCode; 2] = [
    ParameterCode::OPTIONAL_FORWARD_CALL_INDICATORS,
    ParameterCode::OPTIONAL_BACKWARD_CALL_INDICATORS,
];

fn without(mut message: Message, code: ParameterCode) -> Message {
    if let Some(optional) = optional(&mut message) {
        optional.remove(code);
    }
    message
}

/// The optional parameters of messages that can announce a segment, and of some that cannot.
fn optional(message: &mut Message) -> Option<&mut OptionalParameters> {
    match message {
        Message::Iam(message) => Some(&mut message.optional),
        Message::Acm(message) => Some(&mut message.optional),
        Message::Cpg(message) => Some(&mut message.optional),
        Message::Anm(message) => Some(&mut message.optional),
        Message::Con(message) => Some(&mut message.optional),
        Message::Rel(message) => Some(&mut message.optional),
        Message::Fac(message) => Some(&mut message.optional),
        Message::Sgm(Sgm { optional }) => Some(optional),
        _ => None,
    }
}

fn optional_of(message: &Message) -> Option<&OptionalParameters> {
    message.optional()
}
