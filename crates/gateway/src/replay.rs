//! `trunkline replay`: the ladder of a capture.

use crate::decode;
use clap::ValueEnum;
use serde_json::json;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trunkline_isup::Variant;
use trunkline_replay::capture::{CaptureError, Reader};
use trunkline_replay::ladder::Ladder;
use trunkline_replay::{Dissector, Protocol, Sighting};

/// What is shown of which files.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Captures, pcap or pcapng; - for standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Show these protocols alone.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PROTOCOL")]
    only: Vec<Only>,

    /// Show telephone numbers in clear; they are masked otherwise.
    #[arg(long, visible_alias = "reveal")]
    numbers: bool,

    /// Print each message as one JSON object a line.
    #[arg(long)]
    json: bool,

    /// The variant of ISUP, by its name or as a file that says in what it differs from another.
    #[arg(long, value_name = "NAME|FILE")]
    variant: Option<OsString>,
}

const EXAMPLES: &str = "Examples:
  trunkline replay calls.pcap                       who sent what to whom
  trunkline replay --only sip,isup calls.pcap       the calls alone
  trunkline replay --numbers trunk.pcapng           with telephone numbers in clear
  trunkline replay --variant ansi-1995 calls.pcap   ISUP of North America
  tcpdump -w - port 5060 | trunkline replay -       what comes in now
  trunkline replay --json calls.pcap | jq 'select(.name == \"REL\") | .cause'

SCTP is read natively and in UDP (RFC 6951), SIP over UDP and TCP. Malformed messages show with
what is wrong with them. The columns are the hosts, on a loopback interface the programs.

Exit status: 0; 1 if a file could not be read to its end; 2 if there is no such variant.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Only {
    Sip,
    Isup,
    M3ua,
    Sctp,
    Rtp,
}

/// Runs the command.
pub(crate) fn replay(args: Args) -> ExitCode {
    let variant = match args.variant.as_ref().map(decode::variant).transpose() {
        Ok(variant) => variant.unwrap_or_else(Variant::itu),
        Err(problem) => {
            eprintln!("trunkline: --variant {problem}");
            return ExitCode::from(2);
        }
    };
    let out = BufWriter::new(io::stdout().lock());
    let mut show = Show {
        args: &args,
        variant,
        out,
        terminal: io::stderr().is_terminal(),
    };
    let mut failed = false;
    for path in &args.files {
        let problem = match show.file(path) {
            Ok(()) => continue,
            // Whoever reads has seen enough.
            Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::SUCCESS;
            }
            Err(Failure::Output(error)) => {
                eprintln!("trunkline: standard output: {error}");
                return ExitCode::FAILURE;
            }
            Err(Failure::Capture(problem)) => problem,
        };
        failed = true;
        // Before the complaint, if both go to a terminal; that it fails shows with the next line.
        let _ = show.out.flush();
        eprintln!("trunkline: {}: {problem}", path.display());
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Why a file was not shown to its end.
enum Failure {
    Capture(CaptureError),
    Output(io::Error),
}

impl From<CaptureError> for Failure {
    fn from(error: CaptureError) -> Self {
        Self::Capture(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Shows files one after the other.
struct Show<'a, W> {
    args: &'a Args,
    variant: &'static Variant,
    out: W,
    /// Whether somebody watches the standard error output.
    terminal: bool,
}

impl<W: Write> Show<'_, W> {
    fn file(&mut self, path: &Path) -> Result<(), Failure> {
        if self.args.files.len() > 1 && !self.args.json {
            writeln!(self.out, "== {}", path.display())?;
        }
        if path == Path::new(STDIN) {
            return self.capture(path, io::stdin().lock(), None);
        }
        let file = File::open(path).map_err(CaptureError::Io)?;
        let length = file.metadata().map(|metadata| metadata.len()).unwrap_or(0);
        let progress = (self.terminal && length >= LARGE).then_some(length);
        self.capture(path, file, progress)
    }

    /// One capture; `progress` is its length if progress is to be shown.
    fn capture(
        &mut self,
        path: &Path,
        file: impl Read,
        progress: Option<u64>,
    ) -> Result<(), Failure> {
        let mut progress = Progress {
            length: progress,
            read: 0,
            shown: None,
        };
        let mut dissector = Dissector::default().with_variant(self.variant);
        let mut frames = 0;
        let mut lines = Lines::new(self.args, path);
        let reader = Reader::new(file)?;
        let mut outcome = Ok(());
        for frame in reader {
            let frame = match frame {
                Ok(frame) => frame,
                Err(error) => {
                    outcome = Err(Failure::Capture(error));
                    break;
                }
            };
            frames = frame.number;
            progress.advance(frame.data.len());
            for sighting in dissector.frame(&frame) {
                if is_wanted(&self.args.only, &sighting) {
                    progress.clear();
                    lines.see(&mut self.out, sighting)?;
                }
            }
            if path == Path::new(STDIN) {
                self.out.flush()?;
            }
        }
        progress.clear();
        let mut streams = dissector.finish();
        streams.retain(|sighting| is_wanted(&self.args.only, sighting));
        lines.end(&mut self.out, streams, frames)?;
        self.out.flush()?;
        outcome
    }
}

/// The name of the standard input.
const STDIN: &str = "-";

/// Files of that length take a while.
const LARGE: u64 = 32 << 20;

fn is_wanted(only: &[Only], sighting: &Sighting) -> bool {
    let protocol = match sighting.what.protocol() {
        Protocol::Sip => Only::Sip,
        Protocol::Isup | Protocol::Bicc => Only::Isup,
        Protocol::M3ua | Protocol::Mtp3 => Only::M3ua,
        Protocol::Sctp => Only::Sctp,
        Protocol::Rtp => Only::Rtp,
    };
    only.is_empty() || only.contains(&protocol)
}

/// The output of one capture: objects, or a ladder.
struct Lines<'a> {
    args: &'a Args,
    path: &'a Path,
    ladder: Ladder,
    /// What waits for the heading: its columns are those of the first messages.
    waiting: Option<Vec<Sighting>>,
    /// How many columns the last heading had.
    columns: usize,
    /// The line that was printed last, without its time, and its frame.
    last: (u64, String),
    /// How often that line came again in its frame.
    repeated: u64,
}

/// Messages that are looked at before the heading is printed.
const LOOK_AHEAD: usize = 1000;

impl<'a> Lines<'a> {
    fn new(args: &'a Args, path: &'a Path) -> Self {
        let mut ladder = Ladder::new();
        ladder.reveal_numbers(args.numbers);
        // What comes through a pipe may be happening now.
        let waiting = (path != Path::new(STDIN)).then(Vec::new);
        Self {
            args,
            path,
            ladder,
            waiting,
            columns: 0,
            last: (0, String::new()),
            repeated: 0,
        }
    }

    fn see(&mut self, out: &mut impl Write, sighting: Sighting) -> io::Result<()> {
        if self.args.json {
            return self.object(out, &sighting);
        }
        match &mut self.waiting {
            Some(waiting) if waiting.len() < LOOK_AHEAD => {
                self.ladder.learn(&sighting);
                waiting.push(sighting);
                Ok(())
            }
            _ => {
                self.begin(out)?;
                self.line(out, &sighting)
            }
        }
    }

    /// The capture is over: what is left of it, and what is known at its end alone.
    fn end(&mut self, out: &mut impl Write, streams: Vec<Sighting>, frames: u64) -> io::Result<()> {
        if self.args.json {
            return streams
                .iter()
                .try_for_each(|sighting| self.object(out, sighting));
        }
        let waiting = self
            .waiting
            .as_ref()
            .is_some_and(|waiting| !waiting.is_empty());
        if streams.is_empty() && !waiting && self.columns == 0 {
            return writeln!(out, "none of the messages asked for in {frames} frames");
        }
        self.begin(out)?;
        self.repetitions(out)?;
        if !streams.is_empty() {
            writeln!(out, "RTP streams, at the time of their last packet:")?;
        }
        streams
            .iter()
            .try_for_each(|sighting| writeln!(out, "{}", self.ladder.line(sighting)))
    }

    fn object(&self, out: &mut impl Write, sighting: &Sighting) -> io::Result<()> {
        let mut object = sighting.to_json(self.args.numbers);
        if self.args.files.len() > 1 {
            object["file"] = json!(self.path.display().to_string());
        }
        writeln!(out, "{object}")
    }

    /// Prints the heading and what waits for it.
    fn begin(&mut self, out: &mut impl Write) -> io::Result<()> {
        let waiting = self.waiting.take().unwrap_or_default();
        waiting
            .iter()
            .try_for_each(|sighting| self.line(out, sighting))
    }

    fn line(&mut self, out: &mut impl Write, sighting: &Sighting) -> io::Result<()> {
        self.ladder.learn(sighting);
        let line = self.ladder.line(sighting);
        // A packet of SCTP may bundle thousands of chunks that say the same.
        if sighting.frame > 0 && self.last.0 == sighting.frame && self.last.1 == line {
            self.repeated += 1;
            return Ok(());
        }
        self.repetitions(out)?;
        if self.columns != self.ladder.columns() {
            self.columns = self.ladder.columns();
            writeln!(out, "{}", self.ladder.heading())?;
        }
        writeln!(out, "{line}")?;
        self.last = (sighting.frame, line);
        Ok(())
    }

    fn repetitions(&mut self, out: &mut impl Write) -> io::Result<()> {
        match core::mem::take(&mut self.repeated) {
            0 => Ok(()),
            times => writeln!(out, "{:>9}  the same {times} more times in this packet", ""),
        }
    }
}

/// How much of a large file has been read, on the standard error output.
struct Progress {
    length: Option<u64>,
    read: u64,
    shown: Option<u64>,
}

impl Progress {
    fn advance(&mut self, octets: usize) {
        // What a frame takes in the file is a little more.
        self.read += octets as u64 + 16;
        let Some(length) = self.length else { return };
        let percent = (self.read * 100 / length.max(1)).min(100);
        if self.shown != Some(percent) {
            self.shown = Some(percent);
            eprint!("\r{percent:>3} %");
        }
    }

    /// Makes room for a line of the ladder.
    fn clear(&self) {
        if self.shown.is_some() {
            eprint!("\r     \r");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use trunkline_replay::capture::Writer;

    fn args(only: &[Only], numbers: bool, json: bool, files: usize) -> Args {
        Args {
            files: vec!["a.pcap".into(); files],
            only: only.to_vec(),
            numbers,
            json,
            variant: None,
        }
    }

    /// Two SIP messages, one of them malformed, five RTP packets, one SCTP packet with three ABORTs.
    fn capture() -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = Writer::new(&mut file).unwrap();
        let (a, b) = (
            "192.0.2.1:5060".parse().unwrap(),
            "192.0.2.2:5060".parse().unwrap(),
        );
        let headers = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
                       To: <sip:b@h>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n";
        let mut time = Duration::from_secs(1000);
        let mut write = |from, to, payload: &[u8]| {
            writer.udp(time, from, to, payload).unwrap();
            time += Duration::from_millis(20);
        };
        write(
            a,
            b,
            format!("INVITE sip:+493012345678@h SIP/2.0\r\n{headers}\r\n").as_bytes(),
        );
        write(
            b,
            a,
            format!("SIP/2.0 100 Trying\r\n{headers}Content-Length: 7\r\n\r\n").as_bytes(),
        );
        for sequence in 0..5 {
            let packet = [0x80, 8, 0, sequence, 0, 0, 0, 0, 0, 0, 0, 9, 0xd5, 0xd5];
            write(
                "192.0.2.1:4000".parse().unwrap(),
                "192.0.2.3:4000".parse().unwrap(),
                &packet,
            );
        }
        let aborts = [
            &[0x0b, 0x59, 0x0b, 0x59, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &[6, 0, 0, 4].repeat(3),
        ];
        write(
            "192.0.2.1:9899".parse().unwrap(),
            "192.0.2.3:9899".parse().unwrap(),
            &aborts.concat(),
        );
        file
    }

    fn show(args: &Args, capture: &[u8]) -> (String, Option<String>) {
        let mut out = Vec::new();
        let mut show = Show {
            args,
            variant: Variant::itu(),
            out: &mut out,
            terminal: false,
        };
        let error = match show.capture(Path::new("a.pcap"), capture, None) {
            Ok(()) => None,
            Err(Failure::Capture(error)) => Some(error.to_string()),
            Err(Failure::Output(error)) => panic!("{error}"),
        };
        (String::from_utf8(out).unwrap(), error)
    }

    #[test]
    fn ladder_has_a_heading_with_all_columns_and_masked_numbers() {
        let expected = "     time  192.0.2.1              192.0.2.2              192.0.2.3
    0.000  |--------------------->|                      |  SIP  INVITE sip:+4930********@h
    0.020  |<---------------------|                      |  SIP  100, malformed: line 9, column 1: Content-Length: states 7 octets of body, have 0 (RFC 3261 18.3)
    0.100  |----------------------|--------------------->|  RTP  stream begins: payload type 8, SSRC 00000009
    0.140  |----------------------|--------------------->|  SCTP ABORT
           the same 2 more times in this packet
RTP streams, at the time of their last packet:
    0.120  |----------------------|--------------------->|  RTP  stream: payload type 8, SSRC 00000009, 5 packets, 0 lost
";
        assert_eq!(
            show(&args(&[], false, false, 1), &capture()),
            (expected.to_owned(), None)
        );
    }

    #[test]
    fn numbers_and_protocols_are_shown_as_asked_for() {
        let (out, _) = show(&args(&[Only::Sip], true, false, 1), &capture());
        assert_eq!(out.lines().count(), 3, "{out}");
        assert!(out.contains("INVITE sip:+493012345678@h"), "{out}");
        let (out, _) = show(&args(&[Only::Isup], false, false, 1), &capture());
        assert_eq!(out, "none of the messages asked for in 8 frames\n");
    }

    #[test]
    fn json_is_one_object_a_line() {
        let (out, _) = show(&args(&[Only::Sip, Only::Rtp], false, true, 2), &capture());
        let objects: Vec<serde_json::Value> = out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let names: Vec<_> = objects
            .iter()
            .map(|object| object["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["INVITE", "100", "stream begins", "stream"]);
        assert_eq!(objects[0]["uri"], "sip:+4930********@h");
        assert_eq!(
            (&objects[0]["file"], &objects[0]["frame"]),
            (&json!("a.pcap"), &json!(1))
        );
        assert!(objects[1]["error"].is_string());
    }

    #[test]
    fn what_could_be_read_of_a_damaged_file_is_shown() {
        let whole = capture();
        let (out, error) = show(&args(&[], false, false, 1), &whole[..whole.len() - 9]);
        assert_eq!(out.lines().count(), 6, "{out}");
        assert_eq!(
            error.as_deref(),
            Some("after frame 7: the file ends before the next frame does")
        );
        let (out, error) = show(&args(&[], false, false, 1), b"no capture");
        assert_eq!(out, "");
        assert!(
            error
                .unwrap()
                .starts_with("neither a pcap nor a pcapng file")
        );
    }

    #[test]
    fn standard_input_is_shown_as_it_comes() {
        let args = args(&[], false, false, 1);
        let mut lines = Lines::new(&args, Path::new("-"));
        let mut dissector = Dissector::default();
        let frame = Reader::new(&capture()[..])
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        let mut out = Vec::new();
        for sighting in dissector.frame(&frame) {
            lines.see(&mut out, sighting).unwrap();
        }
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 2);
    }

    #[test]
    fn the_heading_comes_again_with_a_new_column() {
        let mut file = Vec::new();
        let mut writer = Writer::new(&mut file).unwrap();
        let from = "192.0.2.1:5060".parse().unwrap();
        for number in 0..=LOOK_AHEAD {
            let to = if number < LOOK_AHEAD {
                "192.0.2.2:5060"
            } else {
                "192.0.2.3:5060"
            };
            let time = Duration::from_secs(number as u64);
            writer
                .udp(
                    time,
                    from,
                    to.parse().unwrap(),
                    b"BYE sip:a SIP/2.0\r\n\r\n",
                )
                .unwrap();
        }
        let (out, _) = show(&args(&[], false, false, 1), &file);
        let headings = out.lines().filter(|line| line.contains("time  ")).count();
        assert_eq!((headings, out.lines().count()), (2, LOOK_AHEAD + 3));
    }
}
