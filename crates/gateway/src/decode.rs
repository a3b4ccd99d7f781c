//! `trunkline decode`: messages as trees.

mod input;
mod lines;
mod stream;
mod summary;

#[cfg(test)]
mod tests;

use crate::config;
use input::Input;
use lines::Lines;
use std::ffi::OsString;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;
use trunkline_isup::Variant;
use trunkline_replay::tree::{self, Options, Tree};

/// What is decoded, and how it is shown.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Octets in hexadecimal, a file that holds messages, or - for standard input.
    ///
    /// ISUP (from the CIC on), MTP level 3 (from the service information octet or the routing label
    /// on) and M3UA are told apart by their octets. Spaces, colons, commas and 0x may stand between
    /// octets. A message may go over several lines; if each line is a message, they are shown one
    /// after the other, and counted at the end. A file may also hold the octets of one message
    /// themselves, or the text of a SIP message, or of several as they came over TCP.
    ///
    /// Of a SIP message each header field is taken apart by its type; what is wrong in one is said
    /// there. Of one that is malformed as a whole, the line is shown, the place in it, the clause, and
    /// what the gateway would answer.
    #[arg(required = true, value_name = "HEX|FILE|-")]
    input: Vec<OsString>,

    /// Print each message as one JSON object on a line; the summary goes to standard error.
    #[arg(long)]
    json: bool,

    /// The variant of ISUP, by its name or as a file that says in what it differs from another.
    ///
    /// Without it, messages are read by ITU-T Q.763, and one in SIP by the version that its
    /// Content-Type names.
    #[arg(long, value_name = "NAME|FILE")]
    variant: Option<OsString>,

    /// Write each message again, and fail if that gives other octets than were read.
    #[arg(long)]
    check: bool,

    /// Take each line for a message of its own, whatever it looks like, as soon as it comes.
    #[arg(long)]
    lines: bool,
}

const EXAMPLES: &str = "Examples:
  trunkline decode d5000c0200028090           a release on circuit 213
  trunkline decode 01 00 03 01 00 00 00 08    an M3UA message
  trunkline decode 856782c011d5001000         a message of MTP level 3
  trunkline decode invite.txt                 the text of a SIP message, or of several
  trunkline decode --check messages.txt       one message a line: is each written as it came?
  xxd -p message.bin | trunkline decode -     octets from elsewhere
  trunkline decode --json d5001000 | jq .fields

Lines that are empty or begin with # are passed over.

Exit status: 0; 1 if --check found a difference; 2 if the input, a SIP message or an ISUP message in
it cannot be read.";

/// Runs the command.
pub(crate) fn decode(args: Args) -> ExitCode {
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    let out = BufWriter::with_capacity(BUFFER, stdout.lock());
    ExitCode::from(run(&args, stdin.lock(), out, stderr.lock()))
}

/// What goes out at once.
const BUFFER: usize = 1 << 16;

/// Nothing to complain about.
const GOOD: u8 = 0;
/// A message is written otherwise than it was read.
const DIFFERS: u8 = 1;
/// The input, or a message in it, cannot be read.
const UNREADABLE: u8 = 2;

/// Runs the command on those streams; the exit status.
fn run(args: &Args, stdin: impl BufRead, mut out: impl Write, mut err: impl Write) -> u8 {
    let (status, problem) = match decode_to(args, stdin, &mut out, &mut err) {
        Ok(status) => return status,
        // Whoever reads has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => return GOOD,
        Err(Failure::Output(error)) => (UNREADABLE, format!("standard output: {error}")),
        Err(Failure::Input(problem)) => (UNREADABLE, problem),
        Err(Failure::Difference(problem)) => (DIFFERS, problem),
    };
    // There is nowhere left to say that this could not be said.
    let _ = writeln!(err, "trunkline: {problem}");
    status
}

/// Why the command does not end well.
enum Failure {
    /// The input cannot be read.
    Input(String),
    /// A message is written otherwise.
    Difference(String),
    /// The output takes no more.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn decode_to(
    args: &Args,
    stdin: impl BufRead,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<u8, Failure> {
    let variant = args.variant.as_ref().map(|name| variant(name)).transpose();
    let variant = variant.map_err(|problem| Failure::Input(format!("--variant {problem}")))?;
    let options = Options {
        variant,
        check: args.check,
    };
    let source = Input::open(args, stdin).map_err(Failure::Input)?;
    let source = source
        .recognise(options, args.lines)
        .map_err(Failure::Input)?;
    match source {
        input::Recognised::One { blame, octets } => {
            let tree = match tree::read(options, &octets) {
                Ok(tree) => tree,
                Err(error) => {
                    if args.json {
                        writeln!(out, "{}", error.to_json())?;
                        out.flush()?;
                    }
                    return Err(Failure::Input(format!("{blame}{error}")));
                }
            };
            show(&tree, args.json, out)?;
            out.flush()?;
            match (tree.error, tree.difference) {
                (Some(error), _) => Err(Failure::Input(error.to_string())),
                (None, Some(difference)) => Err(Failure::Difference(difference.to_string())),
                (None, None) => Ok(GOOD),
            }
        }
        input::Recognised::Stream { blame, stream } => {
            Lines::new(args, options, blame, out, err).run_stream(stream)
        }
        input::Recognised::Lines { blame, reader } => {
            Lines::new(args, options, blame, out, err).run(reader)
        }
    }
}

fn show(tree: &Tree, json: bool, out: &mut impl Write) -> io::Result<()> {
    match json {
        true => writeln!(out, "{}", tree.to_json()),
        false => write!(out, "{tree}"),
    }
}

/// The variant of that name, or that a file describes.
pub(crate) fn variant(name: &OsString) -> Result<&'static Variant, String> {
    let text = name.to_string_lossy();
    if let Some(variant) = Variant::named(&text) {
        return Ok(variant);
    }
    let path = Path::new(name);
    let extension = path.extension().and_then(|extension| extension.to_str());
    if path.is_file() || matches!(extension, Some("yaml" | "yml")) {
        return config::variant::load(path);
    }
    let names: Vec<_> = Variant::all().map(Variant::name).collect();
    Err(format!(
        "{text}: no variant has that name, nor is there such a file; the variants are {}",
        names.join(", ")
    ))
}
