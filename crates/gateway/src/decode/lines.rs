//! One message after the other.

use super::input::is_passed_over;
use super::stream::Stream;
use super::summary::Summary;
use super::{Args, DIFFERS, Failure, GOOD, UNREADABLE, show};
use core::fmt;
use serde_json::{Value, json};
use std::io::{BufRead, Read, Write};
use trunkline_replay::tree::{self, MAX_INPUT, Options};

/// Where a message stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// On that line alone.
    Line(usize),
    /// It is that message of a stream, and begins on that line.
    Message {
        /// From 1.
        number: usize,
        /// From 1.
        line: usize,
    },
}

impl Place {
    /// Says it in an object.
    fn put(self, object: &mut Value) {
        match self {
            Self::Line(line) => object["line"] = json!(line),
            Self::Message { number, line } => {
                object["message"] = json!(number);
                object["line"] = json!(line);
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Message { number, line } => write!(f, "message {number}, line {line}"),
        }
    }
}

/// Shows the message on each line, or each of a stream.
pub(super) struct Lines<'a, O, E> {
    options: Options,
    json: bool,
    /// Whether each message is shown at once, and not as soon as there is enough to write.
    prompt: bool,
    /// What a fault is to be blamed on.
    blame: String,
    out: &'a mut O,
    err: &'a mut E,
}

impl<'a, O: Write, E: Write> Lines<'a, O, E> {
    pub(super) const fn new(
        args: &Args,
        options: Options,
        blame: String,
        out: &'a mut O,
        err: &'a mut E,
    ) -> Self {
        Self {
            options,
            json: args.json,
            prompt: args.lines,
            blame,
            out,
            err,
        }
    }

    /// Shows all of them, then the summary; the exit status.
    pub(super) fn run(mut self, mut reader: impl BufRead) -> Result<u8, Failure> {
        let mut summary = Summary::default();
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let limit = MAX_INPUT as u64 + 1;
            let read = (&mut reader).take(limit).read_until(b'\n', &mut line);
            let read = read.map_err(|error| Failure::Input(format!("{}{error}", self.blame)))?;
            if read == 0 {
                break;
            }
            if !is_passed_over(&line) {
                self.message(Place::Line(number), &line, &mut summary)?;
            }
            // What is too long for a line has been told of, and is no further one.
            while read > MAX_INPUT && line.last() != Some(&b'\n') {
                line.clear();
                let rest = (&mut reader).take(limit).read_until(b'\n', &mut line);
                if rest.map_err(|error| Failure::Input(format!("{}{error}", self.blame)))? == 0 {
                    break;
                }
            }
        }
        self.end(&summary)
    }

    /// Shows all messages of a stream, then the summary; the exit status.
    pub(super) fn run_stream(mut self, stream: Stream) -> Result<u8, Failure> {
        let mut summary = Summary::default();
        for (number, (line, octets)) in (1..).zip(&stream.messages) {
            let (number, line) = (number, *line);
            self.message(Place::Message { number, line }, octets, &mut summary)?;
        }
        if let Some(fault) = stream.fault {
            summary.unreadable += 1;
            if self.json {
                writeln!(self.out, "{}", json!({ "error": fault }))?;
            }
            self.complain(&fault)?;
        }
        self.end(&summary)
    }

    fn message(
        &mut self,
        place: Place,
        octets: &[u8],
        summary: &mut Summary,
    ) -> Result<(), Failure> {
        let tree = match place {
            Place::Line(_) => tree::read(self.options, octets),
            Place::Message { line, .. } => {
                let before = u32::try_from(line - 1).unwrap_or(u32::MAX);
                tree::read_after(self.options, octets, before)
            }
        };
        let tree = match tree {
            Ok(tree) => tree,
            Err(error) => {
                summary.unreadable += 1;
                let mut object = error.to_json();
                let error = match place {
                    Place::Line(number) => error.in_line(number),
                    Place::Message { .. } => format!("{place}: {error}"),
                };
                if self.json {
                    place.put(&mut object);
                    if let Place::Line(_) = place {
                        object["error"] = json!(error);
                    }
                    writeln!(self.out, "{object}")?;
                }
                return self.complain(&error);
            }
        };
        if self.json {
            let mut object = tree.to_json();
            place.put(&mut object);
            writeln!(self.out, "{object}")?;
        } else {
            write!(self.out, "{place}: ")?;
            show(&tree, false, self.out)?;
        }
        if self.prompt {
            self.out.flush()?;
        }
        if let Some(error) = tree.error {
            summary.unreadable += 1;
            return self.complain(&format!("{place}: {error}"));
        }
        *summary.read.entry(tree.kind()).or_default() += 1;
        match &tree.difference {
            None => Ok(()),
            Some(difference) => {
                summary.different += 1;
                self.complain(&format!("{place}: {difference}"))
            }
        }
    }

    fn complain(&mut self, problem: &str) -> Result<(), Failure> {
        // Before the complaint, if both go to a terminal.
        self.out.flush()?;
        let _ = writeln!(self.err, "trunkline: {}{problem}", self.blame);
        Ok(())
    }

    fn end(self, summary: &Summary) -> Result<u8, Failure> {
        let text = summary.text(self.options.check);
        if self.json {
            self.out.flush()?;
            let _ = self.err.write_all(text.as_bytes());
        } else {
            self.out.write_all(text.as_bytes())?;
            self.out.flush()?;
        }
        Ok(match (summary.unreadable, summary.different) {
            (0, 0) => GOOD,
            (0, _) => DIFFERS,
            _ => UNREADABLE,
        })
    }
}
