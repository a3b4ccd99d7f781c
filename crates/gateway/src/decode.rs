//! `trunkline decode`: one message as a tree.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use trunkline_replay::tree::{self, MAX_INPUT, Tree};

/// What is decoded, and how it is shown.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Octets in hexadecimal, a file that holds a message, or - for standard input.
    ///
    /// M3UA and ISUP (from the CIC on) are told apart by their octets. Spaces, colons, commas, line
    /// ends and 0x may stand between octets. A file may also hold the octets themselves, or the
    /// text of a SIP message.
    #[arg(required = true, value_name = "HEX|FILE|-")]
    input: Vec<OsString>,

    /// Print the tree as one JSON object.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  trunkline decode d5000c020002809000         a release on circuit 213
  trunkline decode 01 00 03 01 00 00 00 08    an M3UA message
  trunkline decode invite.txt                 the text of a SIP message
  xxd -p message.bin | trunkline decode -     octets from elsewhere
  trunkline decode --json d5001000 | jq .fields

Exit status: 0, or 2 if the input or an ISUP message in it cannot be read.";

/// Runs the command.
pub(crate) fn decode(args: Args) -> ExitCode {
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    ExitCode::from(run(&args, stdin.lock(), stdout.lock(), stderr.lock()))
}

/// Runs the command on those streams; the exit status.
fn run(args: &Args, stdin: impl Read, out: impl Write, mut err: impl Write) -> u8 {
    let decoded = input(args, stdin)
        .and_then(|(name, input)| tree::read(&input).map_err(|error| format!("{name}{error}")));
    let problem = match decoded {
        Ok(tree) => match (print(&tree, args.json, out), tree.error) {
            (Ok(()), None) => return 0,
            (Ok(()), Some(error)) => error.to_string(),
            // Whoever reads has seen enough.
            (Err(error), _) if error.kind() == io::ErrorKind::BrokenPipe => return 0,
            (Err(error), _) => format!("standard output: {error}"),
        },
        Err(problem) => problem,
    };
    // There is nowhere left to say that this could not be said.
    let _ = writeln!(err, "trunkline: {problem}");
    2
}

fn print(tree: &Tree, json: bool, mut out: impl Write) -> io::Result<()> {
    if json {
        writeln!(out, "{}", tree.to_json())?;
    } else {
        write!(out, "{tree}")?;
    }
    out.flush()
}

/// The input, and what a fault in it is to be blamed on.
fn input(args: &Args, stdin: impl Read) -> Result<(String, Vec<u8>), String> {
    let [only] = &args.input[..] else {
        let texts: Vec<_> = args
            .input
            .iter()
            .map(|text| text.to_string_lossy())
            .collect();
        return Ok((String::new(), texts.join(" ").into_bytes()));
    };
    if only == "-" {
        let input = limited(stdin).map_err(|error| format!("standard input: {error}"))?;
        return Ok(("standard input: ".to_owned(), input));
    }
    let path = Path::new(only);
    let text = only.to_string_lossy();
    let is_octets = text
        .chars()
        .all(|c| c.is_ascii_hexdigit() || ",: \n\txX".contains(c));
    let is_message = text.contains('\n') || text.contains("SIP/2.0");
    if (is_octets || is_message) && !path.is_file() {
        return Ok((String::new(), text.into_owned().into_bytes()));
    }
    let file = File::open(path).and_then(limited).map_err(|error| {
        let name = path.display();
        match error.kind() {
            io::ErrorKind::NotFound => {
                format!("{name} is neither octets in hexadecimal nor a file that is there")
            }
            _ => format!("{name}: {error}"),
        }
    })?;
    Ok((format!("{}: ", path.display()), file))
}

/// Reads to the end, or so far that the decoder can say that it is too long.
fn limited(input: impl Read) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    input.take(MAX_INPUT as u64 + 1).read_to_end(&mut octets)?;
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REL: &str = "d5000c020002809000";

    fn run_on(input: &[&str], json: bool, stdin: &str) -> (u8, String, String) {
        let input = input.iter().map(OsString::from).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let status = run(&Args { input, json }, stdin.as_bytes(), &mut out, &mut err);
        let text = |octets| String::from_utf8(octets).unwrap();
        (status, text(out), text(err))
    }

    #[test]
    fn octets_come_as_argument_from_a_file_or_from_standard_input() {
        let path = std::env::temp_dir().join(format!("trunkline-decode-{}", std::process::id()));
        std::fs::write(&path, REL).unwrap();
        let (status, expected, err) = run_on(&[REL], false, "");
        assert_eq!((status, err.as_str()), (0, ""));
        assert!(expected.starts_with("ISUP REL, release"), "{expected}");
        for (input, stdin) in [
            (vec!["d5 00:0c,02", "0x00", "02809000"], ""),
            (vec!["-"], "d500 0c02\n0002 8090 00\n"),
            (vec![path.to_str().unwrap()], ""),
        ] {
            assert_eq!(
                run_on(&input, false, stdin),
                (0, expected.clone(), String::new())
            );
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn json_is_one_line() {
        let (status, out, _) = run_on(&[REL], true, "");
        assert_eq!((status, out.lines().count()), (0, 1));
        let tree: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(tree["name"], "REL");
    }

    #[test]
    fn wrong_input_is_one_line_that_names_the_octet() {
        for (input, stdin, expected) in [
            (
                &["d5000c0200"][..],
                "",
                "REL: cause indicators, octet 4: pointer 2 leads past the end, 2 octets are left (Q.763 3.12)",
            ),
            (
                &["d5000"],
                "",
                "line 1, column 6: octet 3 has one hexadecimal digit, need two",
            ),
            (
                &["-"],
                "d500\n1z",
                "standard input: line 2, column 2: 'z' is no hexadecimal digit (of octet 3); expected octets in hexadecimal, or a SIP message",
            ),
            (
                &["-"],
                "",
                "standard input: nothing to decode: expected octets in hexadecimal, or a SIP message",
            ),
            (
                &["no-such-file"],
                "",
                "no-such-file is neither octets in hexadecimal nor a file that is there",
            ),
            (
                &["0100010100000008"],
                "",
                "DATA: protocol data, octet 8: is missing (RFC 4666 3.3.1)",
            ),
            (
                &["BYE sip:a SIP/2.0\n"],
                "",
                "line 2, column 1: To: mandatory header field is missing (RFC 3261 8.1.1)",
            ),
        ] {
            let (status, out, err) = run_on(input, false, stdin);
            assert_eq!((status, out.as_str()), (2, ""), "{input:?}");
            assert_eq!(err, format!("trunkline: {expected}\n"));
        }
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let args = Args {
            input: vec![REL.into()],
            json: false,
        };
        assert_eq!(run(&args, io::empty(), Closed, io::sink()), 0);
    }
}
