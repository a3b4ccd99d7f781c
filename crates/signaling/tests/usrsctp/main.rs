//! Against another SCTP: libusrsctp (Debian package `libusrsctp-dev`), a process of its own with
//! a little M3UA above it (`tests/usrsctp/peer.c`); over UDP encapsulation and over raw IP.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod capture;
mod ending;
#[path = "../kernel_sctp/network.rs"]
#[allow(dead_code, reason = "shared; not all of it is needed here")]
mod network;
#[path = "../loopback/pair.rs"]
#[allow(dead_code, reason = "shared; not all of it is needed here")]
mod pair;
mod peer;
mod restart;
mod scene;
mod transfer;
