//! A message: its octets, and where in them its parts are.

use crate::error::ParseError;
use crate::framing::{self, Field, Span, StartLine};
use crate::method::Method;
use crate::multipart::Part;
use crate::name::Name;
use crate::name_addr::NameAddr;
use crate::params::Params;
use crate::scan::{List, decimal};
use crate::via::Via;
use core::mem::discriminant;

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
    /// The start line and the header fields are UTF-8. Ends with the body.
    pub(crate) data: Vec<u8>,
    /// Where the start line begins: line ends before it are skipped.
    pub(crate) begin: usize,
    pub(crate) start: StartLine,
    pub(crate) fields: Vec<Field>,
    pub(crate) cseq: CSeq,
    pub(crate) body: usize,
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
        framing::parse(data)
    }

    /// Reads what can be read of a request that [`Message::parse`] refused, so that it can be
    /// answered and shown. `None` unless it has the five header fields that an answer repeats
    /// (RFC 3261 8.2.6.2), and the sent-by of the top Via can be read, and the method is not ACK.
    /// Such a message has no body, and any of its values may be malformed.
    pub fn salvage(data: Vec<u8>) -> Option<Self> {
        framing::salvage(data)
    }

    /// Request or response.
    pub fn kind(&self) -> Kind<'_> {
        match &self.start {
            StartLine::Request { method, uri } => Kind::Request {
                method: method.clone(),
                uri: self.text(*uri),
            },
            StartLine::Response { status, reason } => Kind::Response {
                status: *status,
                reason: self.text(*reason),
            },
        }
    }

    /// Whether it is a request.
    pub const fn is_request(&self) -> bool {
        matches!(self.start, StartLine::Request { .. })
    }

    /// The method of a request.
    pub fn method(&self) -> Option<Method> {
        match &self.start {
            StartLine::Request { method, .. } => Some(method.clone()),
            StartLine::Response { .. } => None,
        }
    }

    /// The status of a response.
    pub const fn status(&self) -> Option<u16> {
        match self.start {
            StartLine::Response { status, .. } => Some(status),
            StartLine::Request { .. } => None,
        }
    }

    /// The reason phrase of a response.
    pub fn reason(&self) -> Option<&str> {
        match self.start {
            StartLine::Response { reason, .. } => Some(self.text(reason)),
            StartLine::Request { .. } => None,
        }
    }

    /// The Request-URI of a request.
    pub fn request_uri(&self) -> Option<&str> {
        match self.start {
            StartLine::Request { uri, .. } => Some(self.text(uri)),
            StartLine::Response { .. } => None,
        }
    }

    /// The value of the first header field of that name, whole: a comma list is not split.
    pub fn header(&self, name: Name) -> Option<&str> {
        self.fields_of(name).next()
    }

    /// All values of that name in order; comma lists are split where the grammar has them, and
    /// their empty elements left out.
    pub fn headers(&self, name: Name) -> impl Iterator<Item = &str> {
        let name = name.known();
        self.fields_of(name).flat_map(move |value| Values {
            whole: (!name.is_list()).then_some(value),
            list: name.is_list().then(|| List::new(value)),
        })
    }

    /// The value of the first header field of that name, in whatever case or in compact form.
    pub fn header_by_str(&self, name: &str) -> Option<&str> {
        match Name::from_text(name) {
            Some(name) => self.header(name),
            None => self
                .all_headers()
                .find(|header| header.name.is_none() && header.text.eq_ignore_ascii_case(name))
                .map(|header| header.value),
        }
    }

    /// All header fields in order, unsplit.
    pub fn all_headers(&self) -> impl Iterator<Item = Header<'_>> {
        self.fields.iter().map(|field| Header {
            name: field.name,
            text: self.text(field.text),
            value: self.text(field.value),
        })
    }

    /// The topmost Via.
    ///
    /// # Errors
    /// None for a message that [`Message::parse`] took.
    pub fn via(&self) -> Result<Via<'_>, ParseError> {
        // Checked when the message was framed; of what was salvaged, sent-by is enough.
        Via::split(self.headers(Name::Via).next().unwrap_or(""))
    }

    /// From.
    pub fn from(&self) -> NameAddr<'_> {
        self.address(Name::From)
    }

    /// To.
    pub fn to(&self) -> NameAddr<'_> {
        self.address(Name::To)
    }

    /// Call-ID.
    pub fn call_id(&self) -> &str {
        self.header(Name::CallId).unwrap_or("")
    }

    /// CSeq.
    pub fn cseq(&self) -> CSeq {
        self.cseq.clone()
    }

    /// Max-Forwards.
    pub fn max_forwards(&self) -> Option<u8> {
        let value = decimal(self.header(Name::MaxForwards)?.as_bytes(), 255)?;
        u8::try_from(value).ok()
    }

    /// The first Contact; `*` (RFC 3261 10.2.2) is none.
    pub fn contact(&self) -> Option<Result<NameAddr<'_>, ParseError>> {
        self.headers(Name::Contact)
            .next()
            .filter(|value| *value != "*")
            .map(NameAddr::split)
    }

    /// Whether a comma list header field (Supported, Require, Allow, ...) names the token.
    pub fn lists(&self, name: Name, token: &str) -> bool {
        self.headers(name)
            .any(|value| value.eq_ignore_ascii_case(token))
    }

    /// Content-Type as it stands, with its parameters.
    pub fn content_type(&self) -> Option<&str> {
        self.header(Name::ContentType)
    }

    /// The body, empty if there is none.
    pub fn body(&self) -> &[u8] {
        self.data.get(self.body..).unwrap_or_default()
    }

    /// The session description: the body if it is `application/sdp`, or such a part of a multipart
    /// body, however nested. One for early media (`early-session`, RFC 3959) is none.
    pub fn sdp(&self) -> Option<&[u8]> {
        let is_session = |part: &Part<'_>| {
            part.is("application/sdp")
                && !part
                    .disposition_type()
                    .eq_ignore_ascii_case("early-session")
        };
        Some(Part::of(self)?.find(&is_session)?.body)
    }

    /// The octets of the message, unfolded, without what stood before or after it.
    pub fn as_bytes(&self) -> &[u8] {
        self.data.get(self.begin..).unwrap_or_default()
    }

    /// The values of the header fields of that name, unsplit.
    pub(crate) fn fields_of(&self, name: Name) -> impl Iterator<Item = &str> {
        let name = name.known();
        let other = match name {
            Name::Other(text) => Some(text),
            _ => None,
        };
        let is_wanted = move |field: &&Field| match (field.name, other) {
            // Names that were recognised differ in nothing else.
            (Some(known), None) => discriminant(&known) == discriminant(&name),
            (None, Some(text)) => self.text(field.text).eq_ignore_ascii_case(text),
            _ => false,
        };
        self.fields
            .iter()
            .filter(is_wanted)
            .map(|field| self.text(field.value))
    }

    pub(crate) fn text(&self, span: Span) -> &str {
        // Checked when the message was framed; what was salvaged need not be UTF-8.
        self.data
            .get(span.range())
            .and_then(|text| str::from_utf8(text).ok())
            .unwrap_or("")
    }

    fn address(&self, name: Name) -> NameAddr<'_> {
        let value = self.header(name).unwrap_or("");
        // Checked when the message was framed, or salvaged and worth what it is.
        NameAddr::split(value).unwrap_or(NameAddr {
            display: None,
            uri: value,
            params: Params::default(),
        })
    }
}

/// The values of one header field.
struct Values<'a> {
    whole: Option<&'a str>,
    list: Option<List<'a>>,
}

impl<'a> Iterator for Values<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        match &mut self.list {
            Some(list) => list.find(|element| !element.is_empty()),
            None => self.whole.take(),
        }
    }
}
