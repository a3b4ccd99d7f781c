//! Codes as people and CDRs write them.

use std::io::{BufRead, Read};
use trunkline_model::{CauseValue, Location};

/// What is known of a cause besides its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Given<'a> {
    /// Where it arose.
    pub(crate) location: Option<Location>,
    /// The new number in its diagnostic.
    pub(crate) new_number: Option<&'a str>,
    /// Whether its diagnostic says that CCBS is possible.
    pub(crate) ccbs: bool,
}

/// The cause value that a text means.
pub(crate) fn cause(text: &str) -> Result<CauseValue, String> {
    number(text)
        .and_then(|value| u8::try_from(value).ok())
        .and_then(CauseValue::new)
        .ok_or_else(|| format!("{} is no cause: expected 1 to 127 (Q.850)", shown(text)))
}

/// The final status of failure that a text means.
pub(crate) fn status(text: &str) -> Result<u16, String> {
    number(text)
        .filter(|status| (300..700).contains(status))
        .ok_or_else(|| {
            format!(
                "{} is no final status of failure: expected 300 to 699 (RFC 3261)",
                shown(text)
            )
        })
}

/// A decimal number; `parse` alone would take a sign.
fn number(text: &str) -> Option<u16> {
    if text.bytes().all(|digit| digit.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// A text for a message: quoted, on one line, not endless.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}

/// One line of standard input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// A line, without blanks and quotes around it; may be empty.
    At {
        /// Its number, the first being 1.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// A line that cannot be read.
    Unreadable {
        /// Its number.
        line: u64,
        /// Why.
        problem: String,
    },
}

/// The lines of an input.
pub(crate) fn lines(mut input: impl BufRead) -> impl Iterator<Item = Code> {
    let mut line = 0;
    let mut broken = false;
    std::iter::from_fn(move || {
        if broken {
            return None;
        }
        line += 1;
        let mut octets = Vec::new();
        // One octet more than a line may have tells a long line from one that just fits.
        match input
            .by_ref()
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut octets)
        {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) => {
                broken = true;
                return Some(Code::Unreadable {
                    line,
                    problem: format!("cannot read: {error}"),
                });
            }
        }
        if octets.len() as u64 > MAX_LINE && octets.last() != Some(&b'\n') {
            broken = input.skip_until(b'\n').is_err();
            let problem = format!("longer than {MAX_LINE} octets");
            return Some(Code::Unreadable { line, problem });
        }
        let Ok(text) = String::from_utf8(octets) else {
            return Some(Code::Unreadable {
                line,
                problem: "no UTF-8 text".to_owned(),
            });
        };
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\u{feff}');
        Some(Code::At {
            line,
            text: text.to_owned(),
        })
    })
}

/// Octets of a line; the longest ISUP message is 273 octets in hexadecimal.
const MAX_LINE: u64 = 4_096;

/// Characters of a bad code that a message repeats.
const MAX_SHOWN: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_plain_decimal_numbers_in_range() {
        assert_eq!(cause("17"), Ok(CauseValue::USER_BUSY));
        assert_eq!(cause("017"), Ok(CauseValue::USER_BUSY));
        for text in ["", "0", "128", "+17", "-1", "1e1", "busy", "99999999999"] {
            assert!(cause(text).is_err(), "{text}");
        }
        assert_eq!(status("404"), Ok(404));
        for text in ["299", "700", "4xx", "180"] {
            assert!(status(text).is_err(), "{text}");
        }
    }

    #[test]
    fn message_stays_on_one_line_and_short() {
        assert_eq!(
            cause("a\nb").unwrap_err(),
            "\"a\\nb\" is no cause: expected 1 to 127 (Q.850)"
        );
        assert!(cause(&"9".repeat(1000)).unwrap_err().len() < 120);
    }

    #[test]
    fn lines_are_trimmed_counted_and_bounded() {
        let long = "1".repeat(5_000);
        let fits = "2".repeat(4_096);
        let input = format!("\u{feff}17\r\n\n \"21\" \n{long}\n{fits}\n3");
        let lines: Vec<Code> = lines(input.as_bytes()).collect();
        let at = |line, text: &str| Code::At {
            line,
            text: text.to_owned(),
        };
        assert_eq!(lines[..3], [at(1, "17"), at(2, ""), at(3, "21")]);
        assert!(matches!(lines[3], Code::Unreadable { line: 4, .. }));
        assert_eq!(lines[4..], [at(5, &fits), at(6, "3")]);
    }

    #[test]
    fn line_that_is_no_text_costs_no_other() {
        let lines: Vec<Code> = lines(&b"1\n\xff\n2"[..]).collect();
        assert!(matches!(lines[1], Code::Unreadable { line: 2, .. }));
        assert_eq!(
            lines[2],
            Code::At {
                line: 3,
                text: "2".to_owned()
            }
        );
    }
}
