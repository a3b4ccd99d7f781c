//! One message with all its fields, as a tree.
//!
//! [`read`] finds out what the input is: octets in hexadecimal or as they are, of M3UA or ISUP, or
//! the text of a SIP message. A [`Tree`] prints as text and as JSON.
//!
//! Octets are counted as the standards and the errors of the codecs count them: ISUP from 1, which
//! is the first of the CIC; M3UA from 0.

mod input;
mod isup;
mod m3ua;
mod node;
mod sdp;
mod sip;

pub use node::Node;

use crate::sighting::Protocol;
use core::fmt;
use input::Input;
use serde_json::{Map, Value, json};
use trunkline_isup::DecodeError as IsupError;
use trunkline_m3ua::DecodeError as M3uaError;
use trunkline_sip::ParseError;

/// The largest input that is read, in octets: a SIP message that fills a datagram, written in
/// hexadecimal with separators.
pub const MAX_INPUT: usize = 512 * 1024;

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
    /// How many octets it has.
    pub octets: usize,
    /// What is worth a remark about the message as a whole.
    pub remarks: Vec<String>,
    /// The fields, in the order of the message.
    pub fields: Vec<Node>,
    /// An ISUP message inside that cannot be read.
    pub error: Option<IsupError>,
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
    /// Octets that are neither M3UA nor ISUP.
    #[error(
        "neither ISUP nor M3UA: octet 3 is {message_type:#04x}, which is no message type \
         (Q.763 1.3), and the first two are no version and reserved octet of M3UA \
         (RFC 4666 3.1)"
    )]
    Unrecognised {
        /// The octet where ISUP has its message type.
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
    Sip(#[from] ParseError),
}

/// Reads one message.
///
/// Octets may be written with spaces, colons, commas, line ends and `0x` between them. They are
/// taken for M3UA where version, reserved octet and length say so, else for ISUP from the CIC on.
/// A SIP message is taken with bare line feeds, too.
///
/// # Errors
///
/// See [`TreeError`]; what cannot be read of a message is named by its octet or line.
pub fn read(input: &[u8]) -> Result<Tree, TreeError> {
    match Input::recognise(input)? {
        Input::Sip(text) => sip::tree(text).map_err(TreeError::Sip),
        Input::Octets(octets) => read_octets(&octets),
    }
}

/// Reads one message of M3UA, or of ISUP from the CIC on.
///
/// # Errors
///
/// See [`TreeError`].
pub fn read_octets(octets: &[u8]) -> Result<Tree, TreeError> {
    match octets {
        _ if m3ua::fits(octets) => m3ua::tree(octets).map_err(TreeError::M3ua),
        // An ISUP message on CIC 1 begins with the same octets as M3UA. What is neither a message
        // that the codec takes apart nor one that M3UA has is left to be judged as ISUP.
        [1, 0, class, code, ..] if !isup::reads(octets) && m3ua::has(*class, *code) => {
            m3ua::tree(octets).map_err(TreeError::M3ua)
        }
        [_, _, message_type, ..] if !isup::has(*message_type) => Err(TreeError::Unrecognised {
            message_type: *message_type,
        }),
        _ => isup::tree(octets).map_err(TreeError::Isup),
    }
}

impl Tree {
    /// The tree as one object: `protocol`, `name`, `title`, `clause`, `octets`, `remarks`,
    /// `fields`, and `error` where an ISUP message inside cannot be read. Fields are objects with
    /// `name`, `octet`, `code`, `clause`, `value`, `hex`, `remark` and `fields`, as far as they have
    /// them.
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
        object.insert("octets".to_owned(), json!(self.octets));
        if !self.remarks.is_empty() {
            object.insert("remarks".to_owned(), json!(self.remarks));
        }
        let fields = self.fields.iter().map(Node::to_json).collect();
        object.insert("fields".to_owned(), Value::Array(fields));
        if let Some(error) = &self.error {
            object.insert("error".to_owned(), json!(error.to_string()));
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
