//! What an input is: octets, or the text of a SIP message.

use super::{MAX_INPUT, TreeError};
use crate::stream::is_start_line;

/// What was put in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Input<'a> {
    /// Octets of a message.
    Octets(Vec<u8>),
    /// The text of a SIP message.
    Sip {
        /// From the start line on.
        text: &'a [u8],
        /// Lines before it that are empty.
        lines: u32,
    },
}

impl<'a> Input<'a> {
    pub(super) fn recognise(input: &'a [u8]) -> Result<Self, TreeError> {
        if input.len() > MAX_INPUT {
            return Err(TreeError::TooLong { limit: MAX_INPUT });
        }
        if matches!(
            input,
            [0x0a, 0x0d, 0x0d, 0x0a, ..]
                | [0xa1, 0xb2, 0xc3 | 0x3c, 0xd4 | 0x4d, ..]
                | [0xd4 | 0x4d, 0xc3 | 0x3c, 0xb2, 0xa1, ..]
        ) {
            return Err(TreeError::CaptureFile);
        }
        let start = input.trim_ascii_start();
        if start.is_empty() {
            return Err(TreeError::Empty);
        }
        let line = start.split(|&octet| octet == b'\n').next().unwrap_or(start);
        if is_start_line(line) || names_a_uri(line) {
            let left_out = &input[..input.len() - start.len()];
            let lines = left_out.iter().filter(|&&octet| octet == b'\n').count();
            return Ok(Self::Sip {
                text: start,
                lines: u32::try_from(lines).unwrap_or(u32::MAX),
            });
        }
        match str::from_utf8(input) {
            Ok(text) if !text.contains(is_binary) => hexadecimal(text).map(Self::Octets),
            _ => Ok(Self::Octets(input.to_vec())),
        }
    }
}

/// A request line without its version, or with a wrong one: the parser will say so.
fn names_a_uri(line: &[u8]) -> bool {
    let mut words = line
        .split(|&octet| octet == b' ')
        .filter(|word| !word.is_empty());
    let is_method = words
        .next()
        .is_some_and(|word| word.len() >= 3 && word.iter().all(u8::is_ascii_alphabetic));
    let is_uri = words.next().is_some_and(|word| {
        [&b"sip:"[..], b"sips:", b"tel:"].iter().any(|scheme| {
            word.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        })
    });
    is_method && is_uri
}

/// Characters that no text has: such an input is octets as they are.
fn is_binary(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\x0c')
}

/// Octets written in hexadecimal.
fn hexadecimal(text: &str) -> Result<Vec<u8>, TreeError> {
    let mut octets = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    let (mut line, mut column) = (1, 0);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        column += 1;
        let octet = octets.len() + 1;
        match (c.to_digit(16), high) {
            (Some(0), None)
                if characters
                    .next_if(|next| matches!(next, 'x' | 'X'))
                    .is_some() =>
            {
                column += 1;
            }
            (Some(digit), None) => high = Some(digit),
            (Some(digit), Some(above)) => {
                octets.push((above << 4 | digit) as u8);
                high = None;
            }
            (None, _) if !is_separator(c) => {
                return Err(TreeError::NoDigit {
                    line,
                    column,
                    octet,
                    found: c,
                });
            }
            (None, Some(_)) => {
                return Err(TreeError::HalfOctet {
                    line,
                    column,
                    octet,
                });
            }
            (None, None) => {}
        }
        if c == '\n' {
            (line, column) = (line + 1, 0);
        }
    }
    match high {
        Some(_) => Err(TreeError::HalfOctet {
            line,
            column: column + 1,
            octet: octets.len() + 1,
        }),
        None if octets.is_empty() => Err(TreeError::Empty),
        None => Ok(octets),
    }
}

const fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\x0c' | ':' | ',' | ';' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(text: &str) -> Result<Vec<u8>, TreeError> {
        match Input::recognise(text.as_bytes())? {
            Input::Octets(octets) => Ok(octets),
            Input::Sip { text, .. } => panic!("{text:?}"),
        }
    }

    #[test]
    fn hexadecimal_may_be_written_in_many_ways() {
        let expected = Ok(vec![0xd5, 0, 0x10, 0]);
        for text in [
            "d5001000",
            "D5 00 10 00\n",
            " d5:00:10:00",
            "0xd5,0x00,0x10,0x00",
            "0xd5001000",
            "d5-00\r\n10-00;",
        ] {
            assert_eq!(octets(text), expected, "{text:?}");
        }
    }

    #[test]
    fn errors_name_the_octet() {
        assert_eq!(
            octets("d500\n1g"),
            Err(TreeError::NoDigit {
                line: 2,
                column: 2,
                octet: 3,
                found: 'g'
            })
        );
        assert_eq!(
            octets("d50"),
            Err(TreeError::HalfOctet {
                line: 1,
                column: 4,
                octet: 2
            })
        );
        assert_eq!(
            octets("d 5"),
            Err(TreeError::HalfOctet {
                line: 1,
                column: 2,
                octet: 1
            })
        );
        assert_eq!(octets(" \n"), Err(TreeError::Empty));
        assert_eq!(octets(":"), Err(TreeError::Empty));
        assert_eq!(
            octets(&"0".repeat(MAX_INPUT + 1)),
            Err(TreeError::TooLong { limit: MAX_INPUT })
        );
    }

    #[test]
    fn other_inputs_are_recognised() {
        assert_eq!(
            Input::recognise(&[1, 0, 3]),
            Ok(Input::Octets(vec![1, 0, 3]))
        );
        for text in [
            "SIP/2.0 200 OK\r\n",
            "BYE sip:a SIP/2.0\n",
            "INVITE sip:a\n",
            "\r\nOPTIONS SIPS:a x",
        ] {
            assert!(
                matches!(Input::recognise(text.as_bytes()), Ok(Input::Sip { .. })),
                "{text}"
            );
        }
        assert_eq!(
            Input::recognise(b"\x0a\x0d\x0d\x0a...."),
            Err(TreeError::CaptureFile)
        );
        assert_eq!(
            Input::recognise(b"\xd4\xc3\xb2\xa1...."),
            Err(TreeError::CaptureFile)
        );
    }
}
