//! One message with all its fields, as a tree.
//!
//! [`read`] finds out what the input is: octets in hexadecimal or as they are, of M3UA, MTP level 3
//! or ISUP, or the text of a SIP message. A [`Tree`] prints as text and as JSON. By [`Options`] a
//! variant of ISUP is chosen, and whether a message is written again to see that nothing got lost.
//!
//! Octets are counted as the standards and the errors of the codecs count them: ISUP from 1, which
//! is the first of the CIC, and MTP from 1; M3UA from 0.

mod difference;
mod encapsulated;
mod input;
mod isup;
mod layer;
mod m3ua;
mod mtp3;
mod node;
mod sdp;
mod sip;

pub use crate::sighting::Protocol;
pub use difference::Difference;
pub use node::Node;
pub use sip::Malformed;

use core::fmt;
use input::Input;
use layer::Layer;
use serde_json::{Map, Value, json};
use trunkline_isup::{DecodeError as IsupError, Variant};
use trunkline_m3ua::DecodeError as M3uaError;

/// The largest input that is read, in octets: a SIP message that fills a datagram, written in
/// hexadecimal with separators.
pub const MAX_INPUT: usize = 512 * 1024;

/// How a message is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The variant of ISUP and of the point codes. `None` is that of ITU-T, but for an ISUP message
    /// in SIP the one that the body names (RFC 3204 3.1).
    pub variant: Option<&'static Variant>,
    /// Whether the message is written again, to see where it differs from what was read.
    pub check: bool,
}

impl Options {
    fn variant(self) -> &'static Variant {
        self.variant.unwrap_or_else(Variant::itu)
    }
}

/// A message and its fields.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The protocol of the message as a whole.
    pub protocol: Protocol,
    /// The message's short name: `IAM`, `DATA`, `INVITE`, `200`.
    pub name: String,
    /// Its long name, if it has one.
    pub title: Option<String>,
    /// The clause that defines the message.
    pub clause: Option<&'static str>,
    /// The variant in which an ISUP message was read, unless SIP carries it.
    pub variant: Option<&'static Variant>,
    /// How many octets it has.
    pub octets: usize,
    /// What is worth a remark about the message as a whole.
    pub remarks: Vec<String>,
    /// The fields, in the order of the message.
    pub fields: Vec<Node>,
    /// Why the ISUP message cannot be read, or the one inside, though its parts can be shown.
    pub error: Option<IsupError>,
    /// Where the message is written otherwise than it was read, if that was asked for.
    pub difference: Option<Difference>,
    /// Whether every octet of the ISUP message, or of the one inside, has its place.
    regular: bool,
    /// What the ISUP message is that MTP or M3UA carry.
    inside: Option<String>,
}

/// Why an input is no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Nothing but space.
    #[error("nothing to decode: expected octets in hexadecimal, or a SIP message")]
    Empty,
    /// The input is too long.
    #[error("more than {limit} octets of input")]
    TooLong {
        /// The most that is read.
        limit: usize,
    },
    /// A capture file.
    #[error("this is a capture file: `trunkline replay` shows it")]
    CaptureFile,
    /// A character that stands for no half octet.
    #[error(
        "line {line}, column {column}: {found:?} is no hexadecimal digit (of octet {octet}); \
         expected octets in hexadecimal, or a SIP message"
    )]
    NoDigit {
        /// Line, from 1.
        line: usize,
        /// Character in the line, from 1.
        column: usize,
        /// The octet that it should be of, from 1.
        octet: usize,
        /// The character.
        found: char,
    },
    /// An octet of one digit.
    #[error("line {line}, column {column}: octet {octet} has one hexadecimal digit, need two")]
    HalfOctet {
        /// Line, from 1.
        line: usize,
        /// Character in the line after the digit, from 1.
        column: usize,
        /// Which octet, from 1.
        octet: usize,
    },
    /// Octets that are neither M3UA nor MTP nor ISUP.
    #[error(
        "neither ISUP nor MTP3 nor M3UA: octet {octet} is {message_type:#04x}, which is no message \
         type (Q.763 1.3), no message stands behind a routing label (Q.704 2.2), and the first two \
         octets are no version and reserved octet of M3UA (RFC 4666 3.1)"
    )]
    Unrecognised {
        /// Where ISUP has its message type, from 1.
        octet: usize,
        /// The octet there.
        message_type: u8,
    },
    /// An M3UA message that cannot be read.
    #[error(transparent)]
    M3ua(#[from] M3uaError),
    /// An ISUP message that cannot be read.
    #[error(transparent)]
    Isup(#[from] IsupError),
    /// A SIP message that cannot be read.
    #[error(transparent)]
    Sip(#[from] Malformed),
}

/// Reads one message.
///
/// Octets may be written with spaces, colons, commas, line ends and `0x` between them. They are
/// taken for M3UA where version, reserved octet and length say so; else for ISUP from the CIC on,
/// or for MTP level 3 from the service information octet or the routing label on, whichever they
/// fit better. A SIP message is taken with bare line feeds, too.
///
/// # Errors
///
/// See [`TreeError`]; what cannot be read of a message is named by its octet or line.
pub fn read(options: Options, input: &[u8]) -> Result<Tree, TreeError> {
    read_after(options, input, 0)
}

/// As [`read`], for an input before which so many lines stand in a longer text: errors count them.
///
/// # Errors
///
/// As [`read`].
pub fn read_after(options: Options, input: &[u8], before: u32) -> Result<Tree, TreeError> {
    let sip = |text, lines: u32| Ok(sip::tree(options, text, lines.saturating_add(before))?);
    match Input::recognise(input)? {
        Input::Sip { text, lines } => sip(text, lines),
        Input::Octets(octets) => match Input::recognise(&octets) {
            // The octets of a text.
            Ok(Input::Sip { text, lines }) => sip(text, lines),
            _ => read_octets(options, &octets),
        },
    }
}

/// Whether an input is the text of a SIP message, or of several.
pub fn is_sip(input: &[u8]) -> bool {
    matches!(Input::recognise(input), Ok(Input::Sip { .. }))
}

/// Reads one message of M3UA, of MTP level 3, or of ISUP from the CIC on.
///
/// # Errors
///
/// See [`TreeError`].
pub fn read_octets(options: Options, octets: &[u8]) -> Result<Tree, TreeError> {
    match Layer::of(options, octets)? {
        Layer::M3ua => m3ua::tree(options, octets).map_err(TreeError::M3ua),
        Layer::Mtp3(header) => Ok(mtp3::tree(options, header, octets)),
        Layer::Isup => isup::tree(options, octets).map_err(TreeError::Isup),
    }
}

impl TreeError {
    /// The same as an object: `error` in words, and `sip` with its parts if it is a SIP message:
    /// `line`, `column`, `field`, `problem`, `clause`, `text` (of the line) and `answer`, the status
    /// that the gateway answers.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Sip(malformed) => {
                json!({ "error": malformed.error.to_string(), "sip": malformed.to_json() })
            }
            other => json!({ "error": other.to_string() }),
        }
    }

    /// The same in words, for an input that is that line of something longer.
    pub fn in_line(mut self, number: usize) -> String {
        match &mut self {
            Self::NoDigit { line, .. } | Self::HalfOctet { line, .. } => {
                *line = number;
                self.to_string()
            }
            other => format!("line {number}: {other}"),
        }
    }
}

impl Tree {
    /// What the message is, in two words: `ISUP IAM`, `SIP INVITE`. Of one in MTP or M3UA it is the
    /// one inside.
    pub fn kind(&self) -> String {
        match &self.inside {
            Some(kind) => kind.clone(),
            None => format!("{} {}", self.protocol, self.name),
        }
    }

    /// Whether every octet has its place, so that hardly anything else can have been meant.
    pub const fn is_regular(&self) -> bool {
        self.regular
    }

    /// The tree as one object: `protocol`, `name`, `title`, `clause`, `variant`, `octets`,
    /// `remarks`, `fields`, `error` where an ISUP message cannot be read, and `difference` where it
    /// is written otherwise. Fields are objects with `name`, `octet`, `code`, `clause`, `value`,
    /// `hex`, `remark` and `fields`, as far as they have them.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("protocol".to_owned(), json!(self.protocol.name()));
        object.insert("name".to_owned(), json!(self.name));
        if let Some(title) = &self.title {
            object.insert("title".to_owned(), json!(title));
        }
        if let Some(clause) = self.clause {
            object.insert("clause".to_owned(), json!(clause));
        }
        if let Some(variant) = self.variant {
            object.insert("variant".to_owned(), json!(variant.name()));
        }
        object.insert("octets".to_owned(), json!(self.octets));
        if !self.remarks.is_empty() {
            object.insert("remarks".to_owned(), json!(self.remarks));
        }
        let fields = self.fields.iter().map(Node::to_json).collect();
        object.insert("fields".to_owned(), Value::Array(fields));
        if let Some(error) = &self.error {
            object.insert("error".to_owned(), json!(error.to_string()));
        }
        if let Some(difference) = &self.difference {
            object.insert("difference".to_owned(), json!(difference.to_string()));
        }
        Value::Object(object)
    }
}

/// The tree as text. Control characters that a peer has sent are escaped.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.protocol, node::printable(&self.name))?;
        if let Some(title) = &self.title {
            write!(f, ", {}", node::printable(title))?;
        }
        if let Some(clause) = self.clause {
            write!(f, " ({clause})")?;
        }
        writeln!(f, ", {} octets", self.octets)?;
        if let Some(variant) = self.variant.filter(|variant| *variant != Variant::itu()) {
            writeln!(f, "  variant {}: {}", variant.name(), variant.title())?;
        }
        for remark in &self.remarks {
            writeln!(f, "  remark: {}", node::printable(remark))?;
        }
        let mut indent = 2;
        if self.fields.iter().any(|field| field.octet.is_some()) {
            indent += node::OCTET;
            writeln!(f, "{:>1$}", "octet", node::OCTET)?;
        }
        self.fields
            .iter()
            .try_for_each(|field| field.write(f, indent))
    }
}

#[cfg(test)]
mod tests;
