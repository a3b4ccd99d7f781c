//! Writes messages.

use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use core::fmt::Display;

/// Builds a message header field by header field, in the order of the calls. No value can end its
/// line: CR, LF and other controls become spaces, in the Request-URI they are escaped.
///
/// Content-Length is written by [`Builder::build`] and cannot be given.
#[derive(Clone, Debug)]
pub struct Builder {
    data: Vec<u8>,
    body: Vec<u8>,
}

impl Builder {
    /// Starts a request.
    pub fn request(method: Method, uri: &str) -> Self {
        let _ = (method, uri);
        todo!()
    }

    /// Starts a response. `status` is 100 to 699.
    pub fn response(status: u16, reason: &str) -> Self {
        let _ = (status, reason);
        todo!()
    }

    /// Starts the response to a request, with Via, From, To, Call-ID and CSeq of the request as
    /// they stand (RFC 3261 8.2.6.2), Record-Route and Timestamp not. `to_tag` is added to To if
    /// To has none.
    pub fn response_to(request: &Message, status: u16, reason: &str, to_tag: Option<&str>) -> Self {
        let _ = (request, status, reason, to_tag);
        todo!()
    }

    /// Adds a header field.
    #[must_use]
    pub fn header(self, name: Name, value: impl Display) -> Self {
        let _ = (name, value);
        todo!()
    }

    /// Adds all header fields of that name of a message, as they stand.
    #[must_use]
    pub fn copy(self, message: &Message, name: Name) -> Self {
        let _ = (message, name);
        todo!()
    }

    /// Sets the body and its Content-Type.
    #[must_use]
    pub fn body(self, content_type: &str, body: &[u8]) -> Self {
        let _ = (content_type, body);
        todo!()
    }

    /// The octets.
    pub fn build(self) -> Vec<u8> {
        let _ = (self.data, self.body);
        todo!()
    }
}

/// The reason phrase of a status, as the standards give it.
pub fn reason_phrase(status: u16) -> &'static str {
    let _ = status;
    todo!()
}
