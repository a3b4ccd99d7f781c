//! `trunkline demo`: a gateway, the simulated telephone network and a SIP phone in one process,
//! over loopback sockets. Click-to-call requests over HTTP ring the phone, then a landline; the
//! ladder is printed as it happens, and what each end hears is measured.

mod ports;
mod recorder;
mod report;
mod script;

use crate::config;
use crate::run::serve;
use crate::running::StartError;
use ports::Ports;
use recorder::Recorder;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trunkline_isup::Variant;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  trunkline demo
  trunkline demo --pcap demo.pcapng    then: wireshark demo.pcapng
  trunkline demo --codec g729          the phone speaks G.729 instead of Opus
  trunkline demo --variant ansi-1995   ISUP of North America in the telephone network

The exit status is 0 if every call went as expected, 1 if not.")]
pub(crate) struct Args {
    /// Write everything that was sent as a pcapng file.
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// The phone's codec: opus, g729, pcma or pcmu.
    #[arg(long, default_value = "opus", value_parser = ["opus", "g729", "pcma", "pcmu"])]
    codec: String,
    /// The variant of ISUP: see `trunkline variants`.
    #[arg(long, value_name = "NAME", default_value = "itu")]
    variant: String,
    /// How long the two talk, in seconds, 2 to 600.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(2..=600))]
    talk: u64,
    /// Show M3UA and SCTP management in the ladder, too.
    #[arg(long)]
    all: bool,
}

/// Runs the demo; 1 if anything was not as expected.
pub(crate) fn demo(args: Args) -> ExitCode {
    serve(async move {
        let ports = Ports::choose()?;
        let variant = Variant::named(&args.variant).ok_or_else(|| {
            StartError::from(format!(
                "--variant {}: there is no such variant",
                args.variant
            ))
        })?;
        let text = ports.configuration(&args.codec, variant);
        let settings = config::read(Path::new("(demo) trunkline.yaml"), &text)?;
        let recorder = Recorder::start(&ports, variant, args.pcap.as_deref(), args.all)?;
        let passed = script::run(settings, &ports, &recorder, args.talk).await;
        let written = recorder.finish().await;
        if let (Some(file), Ok(packets)) = (&args.pcap, &written) {
            println!("\n{packets} packets in {}", file.display());
        }
        written?;
        if passed? {
            Ok(())
        } else {
            Err(StartError::from("not everything was as expected"))
        }
    })
}
