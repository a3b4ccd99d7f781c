//! `trunkline check`

use crate::config;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The configuration file.
    #[arg(
        short,
        long,
        value_name = "FILE",
        default_value = "config/trunkline.yaml"
    )]
    config: PathBuf,
}

/// Says what is wrong, or what is configured; 2 if anything is wrong.
pub(crate) fn check(args: &Args) -> ExitCode {
    match config::load(&args.config) {
        Ok(settings) => {
            println!("{}: can be used", args.config.display());
            for address in &settings.mgc.local {
                println!("  SIP at {address}");
            }
            for peer in &settings.signaling.peers {
                let remote: Vec<String> = peer.remote.iter().map(|r| r.to_string()).collect();
                println!("  signaling gateway {} at {}", peer.name, remote.join(", "));
            }
            for group in &settings.mgc.trunk_groups {
                let circuits = &group.circuits;
                println!(
                    "  trunk group {}: {} circuits to {} ({}), variant {}",
                    group.name,
                    circuits.cics.len(),
                    circuits.dpc,
                    circuits.variant.point_code().text(circuits.dpc),
                    circuits.variant.name()
                );
            }
            if let Some(click_to_call) = &settings.click_to_call {
                println!("  click-to-call at http://{}/", click_to_call.http);
            }
            if let Some(admin) = settings.admin {
                println!("  metrics at http://{admin}/metrics");
            }
            if settings.simulator.is_some() {
                println!("  the simulated telephone network runs in this process");
            }
            ExitCode::SUCCESS
        }
        Err(problems) => {
            eprintln!("{problems}");
            ExitCode::from(2)
        }
    }
}
