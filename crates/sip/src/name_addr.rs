//! The values of From, To, Contact, Route and their like: `name-addr` and `addr-spec` with
//! parameters (RFC 3261 20.10).

use crate::error::ParseError;
use crate::params::Params;
use crate::uri::{self, Uri};
use core::fmt;
use std::borrow::Cow;

/// An address with parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameAddr<'a> {
    /// The display name as it stands, without its quotes; see [`NameAddr::display_name`].
    pub display: Option<&'a str>,
    /// The URI as it stands, without its brackets.
    pub uri: &'a str,
    /// The parameters of the header field (not of the URI).
    pub params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    /// Parses one value.
    ///
    /// # Errors
    /// The place and the expectation of RFC 3261 25.1 that is not met.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let _ = text;
        todo!()
    }

    /// The tag (RFC 3261 19.3).
    pub fn tag(&self) -> Option<&'a str> {
        self.params.get("tag")
    }

    /// The display name with its escapes resolved.
    pub fn display_name(&self) -> Option<Cow<'a, str>> {
        todo!()
    }

    /// The URI in parts.
    ///
    /// # Errors
    /// As [`uri::parse`].
    pub fn parsed_uri(&self) -> Result<Uri<'a>, ParseError> {
        uri::parse(self.uri)
    }
}

/// Writes text as a quoted string (RFC 3261 25.1): quotes and backslashes escaped, controls
/// replaced by spaces.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
