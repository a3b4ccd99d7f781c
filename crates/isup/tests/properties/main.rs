//! What holds for all octets, all parameters and all messages.

// What helpers of tests unwrap is a failure of the test.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../support/generate.rs"]
mod generate;
#[path = "../support/hex.rs"]
#[allow(dead_code, reason = "nothing is written in hexadecimal here")]
mod hex;
mod messages;
mod octets;
mod parameters;
#[path = "../support/random.rs"]
mod random;
#[path = "../support/targets.rs"]
#[allow(dead_code, reason = "segmentation has a test of its own")]
mod targets;
mod values;

use proptest::prelude::*;
use trunkline_isup::{ParameterCode, Variant};

/// One of the variants.
fn variant() -> impl Strategy<Value = &'static Variant> {
    prop::sample::select(Variant::all().collect::<Vec<_>>())
}

/// Names of parameters, those of the variant more often than others.
fn codes(variant: &'static Variant) -> impl Strategy<Value = ParameterCode> {
    let known: Vec<_> = variant.parameters().skip(1).map(|row| row.code).collect();
    prop_oneof![
        5 => prop::sample::select(known),
        1 => (1..=u8::MAX).prop_map(ParameterCode),
    ]
}
