//! What every parameter must keep to, and helpers for the tests of single ones.

use super::{
    ANSI_PARAMETERS, FRANCE_PARAMETERS, JAPAN_PARAMETERS, PARAMETERS, PARAMETERS_OF_1988,
    Parameter, ParameterRow, RUSSIA_PARAMETERS, UK_PARAMETERS,
};
use crate::error::Problem;
use core::fmt::Debug;

/// The octets are read as that value, and the value is written as those octets.
#[track_caller]
pub(crate) fn reads_and_writes<P: Parameter + PartialEq + Debug>(octets: &[u8], value: P) {
    assert_eq!(P::read(octets).as_ref(), Ok(&value));
    let mut written = Vec::new();
    value.write(&mut written);
    assert_eq!(written, octets, "{value:?}");
}

/// Fewer octets than those are refused.
#[track_caller]
pub(crate) fn refuses_fewer<P: Parameter>(need: usize) {
    for have in 0..need {
        let problem = P::read(&vec![0xff; have]).err();
        assert_eq!(problem, Some(Problem::TooShort { need, have }));
    }
}

/// The fields of a description as `name: value`, after the value of all.
pub(crate) fn described(parameter: &impl Parameter) -> Vec<String> {
    let description = parameter.describe();
    let fields = description.fields.into_iter();
    let fields = fields.map(|field| format!("{}: {}", field.name, field.value));
    description.value.into_iter().chain(fields).collect()
}

#[test]
fn what_is_written_is_read_as_the_same() {
    for octets in octet_strings() {
        for row in rows() {
            let Some(coding) = row.coding else { continue };
            let mut once = Vec::new();
            if coding.rewrite(&octets, &mut once).is_err() {
                assert!(once.is_empty(), "{row:?} {octets:02x?}");
                assert!(coding.describe(&octets).is_err(), "{row:?} {octets:02x?}");
                continue;
            }
            let mut twice = Vec::new();
            coding.rewrite(&once, &mut twice).unwrap();
            assert_eq!(once, twice, "{row:?} {octets:02x?}");
            assert_eq!(
                coding.describe(&octets),
                coding.describe(&once),
                "{row:?} {octets:02x?}"
            );
        }
    }
}

fn rows() -> impl Iterator<Item = &'static ParameterRow> {
    [
        PARAMETERS,
        ANSI_PARAMETERS,
        PARAMETERS_OF_1988,
        FRANCE_PARAMETERS,
        JAPAN_PARAMETERS,
    ]
    .into_iter()
    .chain([RUSSIA_PARAMETERS, UK_PARAMETERS])
    .flatten()
}

/// Octet strings of every length up to 40, with every first octet.
fn octet_strings() -> impl Iterator<Item = Vec<u8>> {
    // A generator of Lehmer: its sequence is always the same.
    let mut state: u64 = 1;
    let mut next = move || {
        state = state * 48_271 % 0x7fff_ffff;
        (state >> 16) as u8
    };
    (0..=40)
        .flat_map(|length| (0..=u8::MAX).map(move |first| (length, first)))
        .map(move |(length, first)| {
            let mut octets: Vec<u8> = (0..length).map(|_| next()).collect();
            if let Some(octet) = octets.first_mut() {
                *octet = first;
            }
            octets
        })
}
