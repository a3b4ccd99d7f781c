//! The examples of RFC 4666 section 5 as ladders: real ASPs facing a real gateway, or IPSPs
//! each other, in virtual time. Each test has the number of its section in its name, and
//! expects the messages of its figure and nothing else.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod auditing;
mod boundary;
mod establishment;
mod failover;
mod ipsp;
mod ladder;
mod withdrawal;
