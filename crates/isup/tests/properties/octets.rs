//! All octets.

use super::{codes, targets, variant};
use crate::generate::Generator;
use proptest::collection::vec;
use proptest::prelude::*;
use trunkline_isup::{MessageRow, Variant};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_octets_are_read_or_refused(octets in vec(any::<u8>(), 0..64)) {
        targets::decode(&octets);
    }

    #[test]
    fn what_is_read_is_written_as_it_came((variant, octets) in plausible()) {
        let octets = selected(variant, &octets);
        targets::decode(&octets);
        targets::decode_encode(&octets);
    }

    #[test]
    fn a_message_with_wrong_octets_is_read_or_refused(
        (variant, octets) in valid(),
        wrong in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut octets = octets;
        for (place, octet) in wrong {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        let whole = selected(variant, &octets);
        targets::decode(&whole);
        targets::decode_encode(&whole);
        targets::decode(&selected(variant, &octets[..cut.index(octets.len())]));
    }
}

/// The octets behind one that picks the variant.
fn selected(variant: &'static Variant, octets: &[u8]) -> Vec<u8> {
    let index = Variant::all().position(|other| other == variant).unwrap();
    [&[index as u8][..], octets].concat()
}

/// A variant and one of its messages.
pub(crate) fn row() -> impl Strategy<Value = (&'static Variant, &'static MessageRow)> {
    variant().prop_flat_map(|variant| {
        let rows: Vec<&'static MessageRow> = variant.messages().collect();
        (Just(variant), prop::sample::select(rows))
    })
}

/// Messages that make sense in all their parts, in plain form.
pub(crate) fn valid() -> impl Strategy<Value = (&'static Variant, Vec<u8>)> {
    row().prop_flat_map(|(variant, row)| {
        (any::<u64>(), vec(codes(variant), 0..6)).prop_map(move |(seed, optional)| {
            (
                variant,
                Generator::new(variant, seed).message(row, &optional),
            )
        })
    })
}

/// Octets that look like a message at first sight: parts where pointers lead, any contents.
fn plausible() -> impl Strategy<Value = (&'static Variant, Vec<u8>)> {
    row().prop_flat_map(|(variant, row)| {
        let contents = vec(any::<u8>(), 0..6);
        let parameter = (codes(variant), contents.clone())
            .prop_map(|(code, contents)| [&[code.0, contents.len() as u8][..], &contents].concat());
        let parts = (
            vec(any::<u8>(), variant.cic_octets() + 24),
            vec((contents, any::<bool>()), row.variable.len()),
            vec(parameter, 0..6),
            0..3_usize,
        );
        parts.prop_map(move |parts| (variant, together(variant, row, parts)))
    })
}

/// CIC and fixed part, variable parts and whether each stands behind a gap, optional parameters,
/// octets behind the end.
type Parts = (Vec<u8>, Vec<(Vec<u8>, bool)>, Vec<Vec<u8>>, usize);

fn together(
    variant: &Variant,
    row: &MessageRow,
    (any, variable, optional, behind): Parts,
) -> Vec<u8> {
    let mut octets = any[..variant.cic_octets()].to_vec();
    octets.push(row.message_type.code());
    let length: usize = row.fixed.iter().map(|(_, length)| length).sum();
    octets.extend(&any[variant.cic_octets()..][..length]);
    let pointers = octets.len();
    octets.resize(
        pointers + row.variable.len() + usize::from(row.has_optional_part),
        0,
    );
    for (index, (contents, gap)) in variable.into_iter().enumerate() {
        octets.extend(gap.then_some(0xff));
        octets[pointers + index] = (octets.len() - pointers - index) as u8;
        octets.push(contents.len() as u8);
        octets.extend(contents);
    }
    if row.has_optional_part {
        let pointer = pointers + row.variable.len();
        octets[pointer] = (octets.len() - pointer) as u8;
        octets.extend(optional.concat());
        octets.push(0);
    }
    octets.extend(&any[..behind]);
    octets
}
