//! The command line.

use crate::record::Format;
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use trunkline_interwork::ProfileName;
use trunkline_interwork::cause::{LOCATION_NAMES, parse_location};
use trunkline_model::Location;

/// What an ISUP cause becomes in SIP, and a SIP status in ISUP.
///
/// Without a code, codes are read from standard input, one a line; blank lines are skipped.
#[derive(Debug, Parser)]
#[command(name = "causemap", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The tables: rfc3398, q1912.5 or legacy-draft.
    #[arg(long, global = true, default_value = "rfc3398", value_name = "NAME")]
    pub(crate) profile: ProfileName,

    /// A YAML file with rows that go before those of the tables (config/causes.example.yaml).
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) overrides: Option<PathBuf>,

    /// How to print.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What an ISUP cause becomes in SIP.
    Isup {
        /// The cause value, 1 to 127; read from standard input if it is not given.
        cause: Option<String>,
        /// Where the cause arose; without it the exceptions are listed, too.
        #[arg(long, value_parser = location)]
        location: Option<Location>,
        /// The new number in the diagnostic, as +4930123 (cause 22).
        #[arg(long, value_name = "NUMBER")]
        new_number: Option<String>,
        /// The diagnostic says that CCBS is possible (causes 17, 34).
        #[arg(long)]
        ccbs: bool,
    },
    /// What a SIP status becomes in ISUP.
    Sip {
        /// The status, 300 to 699; read from standard input if it is not given.
        status: Option<String>,
        /// The code of the Warning in the response, 300 to 399.
        #[arg(long, value_name = "CODE", value_parser = clap::value_parser!(u16).range(300..400))]
        warning: Option<u16>,
    },
    /// What a raw REL message becomes in SIP.
    Rel {
        /// The message in hexadecimal, from its CIC or from its type (0c) on; spaces and colons
        /// count for nothing. Read from standard input, one a line, if it is not given.
        #[arg(value_name = "HEX")]
        message: Vec<String>,
    },
    /// The tables.
    Table {
        /// One direction only.
        #[arg(value_enum)]
        direction: Option<Direction>,
    },
    /// Where two profiles differ. Overrides go to the second one.
    Diff {
        /// A profile.
        a: ProfileName,
        /// Another.
        b: ProfileName,
    },
}

/// One of the two tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Direction {
    /// From ISUP to SIP.
    Isup,
    /// From SIP to ISUP.
    Sip,
}

fn location(text: &str) -> Result<Location, String> {
    parse_location(text).ok_or_else(|| format!("expected {LOCATION_NAMES}"))
}

const EXAMPLES: &str = "\
Examples:
  causemap isup 17                          what cause 17 becomes
  causemap isup 21 --location user          what it becomes if the user rejected
  causemap sip 404                          what 404 becomes
  causemap rel 0c 02 00 02 84 91            what this REL becomes
  causemap table --profile q1912.5          both tables of a profile
  causemap diff rfc3398 q1912.5             where two profiles differ
  causemap diff rfc3398 rfc3398 --overrides causes.yaml
                                            what a file of overrides changes
  cut -d, -f7 cdr.csv | causemap isup --format csv
                                            a column of causes

Exit status: 0; 2 if a code cannot be, with one line to standard error for each.";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
