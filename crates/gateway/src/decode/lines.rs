//! One message after the other.

use super::input::is_passed_over;
use super::summary::Summary;
use super::{DIFFERS, Failure, GOOD, UNREADABLE, show};
use serde_json::json;
use std::io::{BufRead, Read, Write};
use trunkline_replay::tree::{self, MAX_INPUT, Options};

/// Shows the message on each line.
pub(super) struct Lines<'a, O, E> {
    pub(super) options: Options,
    pub(super) json: bool,
    /// Whether each message is shown at once, and not as soon as there is enough to write.
    pub(super) prompt: bool,
    /// What a fault is to be blamed on.
    pub(super) blame: String,
    pub(super) out: &'a mut O,
    pub(super) err: &'a mut E,
}

impl<O: Write, E: Write> Lines<'_, O, E> {
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
                self.message(number, &line, &mut summary)?;
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

    fn message(
        &mut self,
        number: usize,
        line: &[u8],
        summary: &mut Summary,
    ) -> Result<(), Failure> {
        let tree = match tree::read(self.options, line) {
            Ok(tree) => tree,
            Err(error) => {
                summary.unreadable += 1;
                let error = error.in_line(number);
                if self.json {
                    writeln!(self.out, "{}", json!({ "line": number, "error": error }))?;
                }
                return self.complain(&error);
            }
        };
        if self.json {
            let mut object = tree.to_json();
            if let Some(object) = object.as_object_mut() {
                object.insert("line".to_owned(), json!(number));
            }
            writeln!(self.out, "{object}")?;
        } else {
            write!(self.out, "line {number}: ")?;
            show(&tree, false, self.out)?;
        }
        if self.prompt {
            self.out.flush()?;
        }
        if let Some(error) = tree.error {
            summary.unreadable += 1;
            return self.complain(&format!("line {number}: {error}"));
        }
        *summary.read.entry(tree.kind()).or_default() += 1;
        match &tree.difference {
            None => Ok(()),
            Some(difference) => {
                summary.different += 1;
                self.complain(&format!("line {number}: {difference}"))
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
