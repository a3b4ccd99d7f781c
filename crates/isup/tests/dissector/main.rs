//! What an independent decoder, that of Wireshark, reads in messages that are written here.

// What helpers of tests unwrap is a failure of the test.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../support/generate.rs"]
mod generate;
mod generated;
mod meaning;
#[path = "../support/random.rs"]
mod random;
mod services;
#[path = "../support/tshark.rs"]
mod tshark;
