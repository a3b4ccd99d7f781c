//! All parameters.

use crate::generate::Generator;
use crate::hex::hex;
use proptest::collection::vec;
use proptest::prelude::*;
use trunkline_isup::{Coding, ParameterCode, Variant};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_contents_are_read_and_written_or_refused(octets in contents()) {
        for (code, coding) in codings() {
            holds(code, coding, &octets);
        }
    }

    #[test]
    fn contents_with_wrong_octets_are_read_and_written_or_refused(
        seed in any::<u64>(),
        wrong in vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        cut in any::<prop::sample::Index>(),
    ) {
        for variant in Variant::all() {
            let mut generator = Generator::new(variant, seed);
            for row in variant.parameters() {
                let Some(coding) = row.coding else { continue };
                let mut octets = generator.contents(row.code);
                holds(row.code, coding, &octets);
                for (place, octet) in &wrong {
                    let place = place.index(octets.len().max(1));
                    if let Some(place) = octets.get_mut(place) {
                        *place = *octet;
                    }
                }
                holds(row.code, coding, &octets);
                octets.truncate(cut.index(octets.len() + 1));
                holds(row.code, coding, &octets);
            }
        }
    }
}

/// Contents are written in a form that reads the same and is written the same, within the length
/// that an indicator can say; what can be written can be told.
fn holds(code: ParameterCode, coding: Coding, octets: &[u8]) {
    let what = || format!("{code} {coding:?} {}", hex(octets));
    let mut once = Vec::new();
    let described = coding.describe(octets);
    if let Err(problem) = coding.rewrite(octets, &mut once) {
        assert!(once.is_empty(), "{}", what());
        assert_eq!(described, Err(problem), "{}", what());
        return;
    }
    assert!(once.len() <= 255, "{}", what());
    let mut twice = Vec::new();
    assert_eq!(coding.rewrite(&once, &mut twice), Ok(()), "{}", what());
    assert_eq!(hex(&once), hex(&twice), "{}", what());
    assert!(described.is_ok(), "{}", what());
    assert_eq!(described, coding.describe(&once), "{}", what());
}

/// Every coding of every variant.
fn codings() -> Vec<(ParameterCode, Coding)> {
    let mut codings: Vec<(ParameterCode, Coding)> = Variant::all()
        .flat_map(|variant| {
            variant
                .parameters()
                .filter_map(|row| Some((row.code, row.coding?)))
        })
        .collect();
    codings.sort_by_key(|(code, coding)| (*code, coding.name));
    codings.dedup_by_key(|(code, coding)| (*code, coding.name));
    codings
}

fn contents() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => vec(any::<u8>(), 0..24),
        1 => vec(any::<u8>(), 24..=255),
        1 => vec(prop::sample::select(vec![0, 1, 2, 0x7f, 0x80, 0x81, 0xff]), 0..=255),
    ]
}
