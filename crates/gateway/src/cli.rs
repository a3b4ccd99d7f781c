//! The command line.

use crate::{check, decode, demo, links, replay, run, simulate, variants};
use clap::{Parser, Subcommand, ValueEnum};
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// A PSTN/IMS interworking gateway: SIP on one side, ISUP over M3UA/SCTP on the other, RTP in
/// between.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,

    /// What is logged, to standard error: error, warn, info, debug, trace, or by part as in
    /// `info,trunkline_mgc=debug`.
    #[arg(long, global = true, value_name = "FILTER", env = "TRUNKLINE_LOG")]
    log: Option<String>,

    /// How it is logged.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

const EXAMPLES: &str = "Examples:
  trunkline demo                        place simulated calls and watch them
  trunkline run                         run with the configuration built in, and the simulator
  trunkline run -c /etc/trunkline.yaml  run with your own
  trunkline check -c trunkline.yaml     say what is wrong with a file
  trunkline links                       the state of the signaling of a running gateway
  trunkline simulate                    the telephone network alone, for other gateways
  trunkline decode 0100010060000a00...  show an ISUP or M3UA message
  trunkline replay calls.pcap           the ladder of a capture
  trunkline variants                    the variants of ISUP";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Place simulated calls over real sockets, show their ladder and measure their sound.
    Demo(demo::Args),
    /// Run the gateway until SIGTERM or SIGINT.
    Run(run::Args),
    /// Check a configuration file.
    Check(check::Args),
    /// Show the signaling links of a running gateway, or do something to one.
    Links(links::Args),
    /// Run the simulated telephone network alone.
    Simulate(simulate::Args),
    /// Show ISUP, MTP, M3UA or SIP messages as trees.
    Decode(decode::Args),
    /// Show the ladder of a capture file.
    Replay(replay::Args),
    /// List the variants of ISUP, or the messages and parameters of one.
    Variants(variants::Args),
}

impl Cli {
    pub(crate) fn run(self) -> ExitCode {
        let usual = match &self.command {
            Command::Run(_) | Command::Simulate(_) => "info",
            // What these print is for people; the log would be in the way.
            _ => "error",
        };
        let filter = self.log.as_deref().unwrap_or(usual);
        let filter = match EnvFilter::try_new(quiet(filter)) {
            Ok(filter) => filter,
            Err(error) => {
                eprintln!("trunkline: --log {filter}: {error}");
                return ExitCode::from(2);
            }
        };
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr);
        match self.log_format {
            LogFormat::Text => log.init(),
            LogFormat::Json => log.json().init(),
        }
        match self.command {
            Command::Demo(args) => demo::demo(args),
            Command::Run(args) => run::run(&args),
            Command::Check(args) => check::check(&args),
            Command::Links(args) => links::links(&args),
            Command::Simulate(args) => simulate::simulate(&args),
            Command::Decode(args) => decode::decode(args),
            Command::Replay(args) => replay::replay(args),
            Command::Variants(args) => variants::variants(&args),
        }
    }
}

/// dcsctp logs each packet with its octets, numbers and all; only who names it shall see that.
fn quiet(filter: &str) -> String {
    if filter.contains("dcsctp") {
        filter.to_owned()
    } else {
        format!("{filter},dcsctp=off")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn packets_of_sctp_are_logged_on_request_only() {
        assert_eq!(quiet("debug"), "debug,dcsctp=off");
        assert_eq!(quiet("info,dcsctp=trace"), "info,dcsctp=trace");
    }

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
