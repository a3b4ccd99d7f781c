//! Where the messages come from, and whether there is one or one on each line.

use super::Args;
use super::stream::Stream;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use trunkline_replay::tree::{self, MAX_INPUT, Options, Protocol};

/// An input that has not been looked into.
pub(super) struct Input<'a> {
    /// What a fault in it is to be blamed on.
    blame: String,
    reader: Box<dyn BufRead + 'a>,
}

/// What an input holds.
pub(super) enum Recognised<'a> {
    /// One message.
    One {
        /// What a fault in it is to be blamed on.
        blame: String,
        /// All of the input.
        octets: Vec<u8>,
    },
    /// Several SIP messages.
    Stream {
        /// What a fault in it is to be blamed on.
        blame: String,
        /// The messages.
        stream: Stream,
    },
    /// A message on each line.
    Lines {
        /// What a fault in it is to be blamed on.
        blame: String,
        /// All of the input.
        reader: Box<dyn BufRead + 'a>,
    },
}

impl<'a> Input<'a> {
    /// What the arguments name.
    pub(super) fn open(args: &Args, stdin: impl BufRead + 'a) -> Result<Self, String> {
        let text = |text: String| Self {
            blame: String::new(),
            reader: Box::new(Cursor::new(text.into_bytes())),
        };
        let [only] = &args.input[..] else {
            let texts: Vec<_> = args
                .input
                .iter()
                .map(|text| text.to_string_lossy())
                .collect();
            return Ok(text(texts.join(" ")));
        };
        if only == "-" {
            let blame = "standard input: ".to_owned();
            return Ok(Self {
                blame,
                reader: Box::new(stdin),
            });
        }
        let path = Path::new(only);
        let given = only.to_string_lossy();
        let is_octets = given
            .chars()
            .all(|c| c.is_ascii_hexdigit() || ",:; \n\txX-".contains(c));
        let is_message = given.contains('\n') || given.contains("SIP/2.0");
        if (is_octets || is_message) && !path.is_file() {
            return Ok(text(given.into_owned()));
        }
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(format!("{}: {error}", path.display()));
            }
            // Mistyped octets: which one it is will be said.
            Err(_) if is_almost_octets(&given) => return Ok(text(given.into_owned())),
            Err(_) => {
                return Err(format!(
                    "{} is neither octets in hexadecimal nor a file that is there",
                    path.display()
                ));
            }
        };
        let reader = BufReader::with_capacity(BUFFER, file);
        Ok(Self {
            blame: format!("{}: ", path.display()),
            reader: Box::new(reader),
        })
    }

    /// Finds out how many messages there are, by reading what would be enough for one, unless it is
    /// known that there is one on each line.
    pub(super) fn recognise(
        mut self,
        options: Options,
        lines: bool,
    ) -> Result<Recognised<'a>, String> {
        let Self { blame, .. } = self;
        if lines {
            return Ok(Recognised::Lines {
                blame,
                reader: self.reader,
            });
        }
        let mut octets = Vec::new();
        let limit = MAX_INPUT as u64 + 1;
        let read = (&mut self.reader).take(limit).read_to_end(&mut octets);
        read.map_err(|error| format!("{blame}{error}"))?;
        let is_all = octets.len() <= MAX_INPUT;
        if is_all && let Some(stream) = Stream::of(&octets) {
            return Ok(Recognised::Stream { blame, stream });
        }
        if has_many(options, &octets, is_all) {
            let reader = Box::new(Cursor::new(octets).chain(self.reader));
            return Ok(Recognised::Lines { blame, reader });
        }
        Ok(Recognised::One { blame, octets })
    }
}

/// Whether a text is rather octets than the name of a file.
fn is_almost_octets(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    let is_name = text.contains(['/', '\\', '.']);
    !is_name && text.starts_with(|c: char| c.is_ascii_hexdigit()) && digits * 4 >= text.len() * 3
}

/// Whether an input has a message on each line. One message may go over several lines, too: what
/// it is, shows only if it is read both ways.
fn has_many(options: Options, octets: &[u8], is_all: bool) -> bool {
    let is_binary = |octet: &u8| octet.is_ascii_control() && !octet.is_ascii_whitespace();
    if octets.iter().any(is_binary) {
        return false;
    }
    let options = Options {
        check: false,
        ..options
    };
    let mut messages = octets
        .split(|octet| *octet == b'\n')
        .filter(|line| !is_passed_over(line));
    // The last line may be a part of one.
    let mut first: Vec<_> = messages.by_ref().take(ENOUGH).collect();
    if !is_all && messages.next().is_none() {
        first.pop();
    }
    if first.len() < 2 {
        return false;
    }
    let whole = match is_all {
        true => tree::read(options, octets).ok(),
        false => None,
    };
    if whole
        .as_ref()
        .is_some_and(|tree| tree.protocol == Protocol::Sip || tree.is_regular())
    {
        return false;
    }
    let reads = |line: &&&[u8]| tree::read(options, line).is_ok_and(|tree| tree.error.is_none());
    let read = first.iter().filter(reads).count();
    read * 2 >= first.len() || read > 0 && whole.is_none()
}

/// Whether a line holds nothing, or a comment.
pub(super) fn is_passed_over(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    line.is_empty() || line.starts_with(b"#")
}

/// So many lines show what they are.
const ENOUGH: usize = 64;

/// What is read from a file at once.
const BUFFER: usize = 1 << 16;
