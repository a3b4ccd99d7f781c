//! Runs the body of `tests/support/targets.rs`.
#![no_main]

#[path = "../../tests/support/targets.rs"]
#[allow(dead_code, reason = "each target is one of them")]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    targets::sdp(input);
});
