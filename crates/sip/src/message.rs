//! A message: its octets, and where in them its parts are.

use crate::error::ParseError;
use crate::method::Method;
use crate::name::Name;
use crate::name_addr::NameAddr;
use crate::via::Via;

/// The largest message taken, in octets: what a datagram can carry.
pub const MAX_MESSAGE: usize = 65_535;

/// The most header fields taken.
pub const MAX_HEADERS: usize = 256;

/// A SIP message (RFC 3261 7). It owns its octets; parts are positions in them.
///
/// A parsed message has exactly one From, To, Call-ID and CSeq and at least one Via, and these,
/// Contact, Route, Record-Route, Max-Forwards, Content-Length and the Request-URI keep to the
/// grammar. All other header fields are looked at when they are asked for. Folded lines are
/// unfolded in place.
#[derive(Clone, Debug)]
pub struct Message {
    data: Vec<u8>,
}

/// The two kinds of message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A request.
    Request {
        /// The method.
        method: Method,
        /// The Request-URI.
        uri: &'a str,
    },
    /// A response.
    Response {
        /// The status, 100 to 699.
        status: u16,
        /// The reason phrase; may be empty.
        reason: &'a str,
    },
}

/// The value of CSeq (RFC 3261 20.16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CSeq {
    /// The sequence number.
    pub number: u32,
    /// The method.
    pub method: Method,
}

/// A header field as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// The name, if it is a known one.
    pub name: Option<Name>,
    /// The name as it stands.
    pub text: &'a str,
    /// The value, unfolded, without white space at its ends.
    pub value: &'a str,
}

impl Message {
    /// Parses one datagram. Octets beyond Content-Length are dropped (RFC 3261 18.3).
    ///
    /// # Errors
    /// See [`ParseError`]; [`Message::salvage`] helps to answer it.
    pub fn parse(data: Vec<u8>) -> Result<Self, ParseError> {
        let _ = data;
        todo!()
    }

    /// Reads what can be read of a request that [`Message::parse`] refused, so that it can be
    /// answered: `None` unless it has the five header fields that an answer repeats (RFC 3261
    /// 8.2.6.2), and the top Via can be read, and the method is not ACK. Only Via, From, To,
    /// Call-ID and CSeq of such a message are of use.
    pub fn salvage(data: Vec<u8>) -> Option<Self> {
        let _ = data;
        todo!()
    }

    /// Request or response.
    pub fn kind(&self) -> Kind<'_> {
        todo!()
    }

    /// Whether it is a request.
    pub fn is_request(&self) -> bool {
        todo!()
    }

    /// The method of a request.
    pub fn method(&self) -> Option<Method> {
        todo!()
    }

    /// The status of a response.
    pub fn status(&self) -> Option<u16> {
        todo!()
    }

    /// The reason phrase of a response.
    pub fn reason(&self) -> Option<&str> {
        todo!()
    }

    /// The Request-URI of a request.
    pub fn request_uri(&self) -> Option<&str> {
        todo!()
    }

    /// The value of the first header field of that name, whole: a comma list is not split.
    pub fn header(&self, name: Name) -> Option<&str> {
        let _ = name;
        todo!()
    }

    /// All values of that name in order; comma lists are split where the grammar has them.
    pub fn headers(&self, name: Name) -> impl Iterator<Item = &str> {
        let _ = name;
        core::iter::empty()
    }

    /// The value of the first header field of that name, in whatever case or in compact form.
    pub fn header_by_str(&self, name: &str) -> Option<&str> {
        let _ = name;
        todo!()
    }

    /// All header fields in order, unsplit.
    pub fn all_headers(&self) -> impl Iterator<Item = Header<'_>> {
        core::iter::empty()
    }

    /// The topmost Via.
    ///
    /// # Errors
    /// None for a message that [`Message::parse`] took.
    pub fn via(&self) -> Result<Via<'_>, ParseError> {
        todo!()
    }

    /// From.
    pub fn from(&self) -> NameAddr<'_> {
        todo!()
    }

    /// To.
    pub fn to(&self) -> NameAddr<'_> {
        todo!()
    }

    /// Call-ID.
    pub fn call_id(&self) -> &str {
        todo!()
    }

    /// CSeq.
    pub fn cseq(&self) -> CSeq {
        todo!()
    }

    /// Max-Forwards.
    pub fn max_forwards(&self) -> Option<u8> {
        todo!()
    }

    /// The first Contact; `*` (RFC 3261 10.2.2) is none.
    pub fn contact(&self) -> Option<Result<NameAddr<'_>, ParseError>> {
        todo!()
    }

    /// Whether a comma list header field (Supported, Require, Allow, ...) names the token.
    pub fn lists(&self, name: Name, token: &str) -> bool {
        self.headers(name).any(|value| value.eq_ignore_ascii_case(token))
    }

    /// Content-Type as it stands, with its parameters.
    pub fn content_type(&self) -> Option<&str> {
        self.header(Name::ContentType)
    }

    /// The body, empty if there is none.
    pub fn body(&self) -> &[u8] {
        todo!()
    }

    /// The session description: the body if it is `application/sdp`, or the first such part of
    /// a multipart body.
    pub fn sdp(&self) -> Option<&[u8]> {
        todo!()
    }

    /// The octets of the message, unfolded, without what followed the body.
    pub fn as_bytes(&self) -> &[u8] {
        &self.data
    }
}
