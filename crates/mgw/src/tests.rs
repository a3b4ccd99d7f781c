//! The core in virtual time with far ends that speak and listen, and the workers on loopback.

mod commands;
mod digits;
mod faults;
mod loopback;
mod media;
mod modes;
mod relay;
mod reports;
mod signals;
mod world;
