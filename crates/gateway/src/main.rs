//! The program `trunkline`: sockets, clock, threads, configuration, metrics, console.

mod admin;
mod check;
mod cli;
mod clock;
mod config;
mod decode;
mod demo;
mod http;
mod links;
mod metrics;
mod replay;
mod run;
mod running;
mod signaling_log;
mod simulate;
mod start_error;
mod store;
mod switch;
mod variants;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::Cli::parse().run()
}
