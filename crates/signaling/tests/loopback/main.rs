//! Both sides of the adapter against each other on this machine's loopback, with real sockets
//! and real time. Nothing sleeps: everything waits for an event, with a limit.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod capture;
mod faults;
mod pair;
mod transfer;
