//! Writes messages.

use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::scan::is_token;
use core::fmt::{self, Display, Write};

/// Builds a message header field by header field, in the order of the calls. No value can end its
/// line: CR, LF and other controls become spaces, in the Request-URI they are escaped.
///
/// Content-Length is written by [`Builder::build`], Content-Type by [`Builder::body`]; neither
/// can be given.
#[derive(Clone, Debug)]
pub struct Builder {
    data: Vec<u8>,
    body: Vec<u8>,
}

impl Builder {
    /// Starts a request.
    pub fn request(method: Method, uri: &str) -> Self {
        let mut data = Vec::with_capacity(CAPACITY);
        data.extend_from_slice(method.as_str().as_bytes());
        data.push(b' ');
        for octet in uri.bytes() {
            if octet.is_ascii_control() || octet == b' ' {
                // Two digits always fit; writing to a vector cannot fail.
                let _ = write!(Line(&mut data), "%{octet:02X}");
            } else {
                data.push(octet);
            }
        }
        data.extend_from_slice(b" SIP/2.0\r\n");
        Self {
            data,
            body: Vec::new(),
        }
    }

    /// Starts a response. `status` is 100 to 699; anything else becomes 500.
    pub fn response(status: u16, reason: &str) -> Self {
        let status = if (100..700).contains(&status) {
            status
        } else {
            500
        };
        let mut data = Vec::with_capacity(CAPACITY);
        let _ = write!(Line(&mut data), "SIP/2.0 {status} {reason}");
        data.extend_from_slice(b"\r\n");
        Self {
            data,
            body: Vec::new(),
        }
    }

    /// Starts the response to a request, with Via, From, To, Call-ID and CSeq of the request as
    /// they stand (RFC 3261 8.2.6.2), Record-Route and Timestamp not. `to_tag` is added to To if
    /// To has none.
    pub fn response_to(request: &Message, status: u16, reason: &str, to_tag: Option<&str>) -> Self {
        let builder = Self::response(status, reason)
            .copy(request, Name::Via)
            .copy(request, Name::From);
        let builder = match (request.header(Name::To), to_tag) {
            (Some(to), Some(tag)) if request.to().tag().is_none() => {
                builder.header(Name::To, format_args!("{to};tag={tag}"))
            }
            _ => builder.copy(request, Name::To),
        };
        builder
            .copy(request, Name::CallId)
            .copy(request, Name::CSeq)
    }

    /// Adds a header field.
    #[must_use]
    pub fn header(mut self, name: Name, value: impl Display) -> Self {
        if self.start_field(name) {
            let _ = write!(Line(&mut self.data), "{value}");
            self.data.extend_from_slice(b"\r\n");
        }
        self
    }

    /// Adds all header fields of that name of a message, as they stand.
    #[must_use]
    pub fn copy(mut self, message: &Message, name: Name) -> Self {
        for value in message.fields_of(name) {
            if self.start_field(name) {
                // The value came in on one line, its controls quoted: it goes out likewise.
                self.data.extend_from_slice(value.as_bytes());
                self.data.extend_from_slice(b"\r\n");
            }
        }
        self
    }

    /// Sets the body and its Content-Type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: &[u8]) -> Self {
        self.write_name(Name::ContentType.as_str());
        let _ = write!(Line(&mut self.data), "{content_type}");
        self.data.extend_from_slice(b"\r\n");
        self.body = body.to_vec();
        self
    }

    /// The octets.
    pub fn build(mut self) -> Vec<u8> {
        let length = self.body.len();
        let _ = write!(Line(&mut self.data), "Content-Length: {length}");
        self.data.extend_from_slice(b"\r\n\r\n");
        self.data.extend_from_slice(&self.body);
        self.data
    }

    /// Writes name and colon; `false` if the field is not the caller's to write or has no name.
    fn start_field(&mut self, name: Name) -> bool {
        let name = name.known();
        let is_ours = matches!(name, Name::ContentLength | Name::ContentType);
        if is_ours || !is_token(name.as_str().as_bytes()) {
            return false;
        }
        self.write_name(name.as_str());
        true
    }

    fn write_name(&mut self, name: &str) {
        self.data.extend_from_slice(name.as_bytes());
        self.data.extend_from_slice(b": ");
    }
}

/// Writes text that stays on its line.
struct Line<'a>(&'a mut Vec<u8>);

impl Write for Line<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(text.bytes().map(|octet| {
            if octet.is_ascii_control() && octet != b'\t' {
                b' '
            } else {
                octet
            }
        }));
        Ok(())
    }
}

/// The reason phrase of a status, as the standards give it; that of its class for others.
pub fn reason_phrase(status: u16) -> &'static str {
    match REASONS.binary_search_by_key(&status, |row| row.0) {
        Ok(index) => REASONS[index].1,
        Err(_) => match status / 100 {
            1 => "Session Progress",
            2 => "OK",
            3 => "Multiple Choices",
            4 => "Bad Request",
            5 => "Server Internal Error",
            _ => "Decline",
        },
    }
}

/// Status, reason phrase, clause; by status.
const REASONS: &[(u16, &str, &str)] = &[
    (100, "Trying", "RFC 3261 21.1.1"),
    (180, "Ringing", "RFC 3261 21.1.2"),
    (181, "Call Is Being Forwarded", "RFC 3261 21.1.3"),
    (182, "Queued", "RFC 3261 21.1.4"),
    (183, "Session Progress", "RFC 3261 21.1.5"),
    (199, "Early Dialog Terminated", "RFC 6228 4"),
    (200, "OK", "RFC 3261 21.2.1"),
    (202, "Accepted", "RFC 6665 8.3.1"),
    (204, "No Notification", "RFC 5839 7.1"),
    (300, "Multiple Choices", "RFC 3261 21.3.1"),
    (301, "Moved Permanently", "RFC 3261 21.3.2"),
    (302, "Moved Temporarily", "RFC 3261 21.3.3"),
    (305, "Use Proxy", "RFC 3261 21.3.4"),
    (380, "Alternative Service", "RFC 3261 21.3.5"),
    (400, "Bad Request", "RFC 3261 21.4.1"),
    (401, "Unauthorized", "RFC 3261 21.4.2"),
    (402, "Payment Required", "RFC 3261 21.4.3"),
    (403, "Forbidden", "RFC 3261 21.4.4"),
    (404, "Not Found", "RFC 3261 21.4.5"),
    (405, "Method Not Allowed", "RFC 3261 21.4.6"),
    (406, "Not Acceptable", "RFC 3261 21.4.7"),
    (407, "Proxy Authentication Required", "RFC 3261 21.4.8"),
    (408, "Request Timeout", "RFC 3261 21.4.9"),
    (410, "Gone", "RFC 3261 21.4.10"),
    (412, "Conditional Request Failed", "RFC 3903 11.2.1"),
    (413, "Request Entity Too Large", "RFC 3261 21.4.11"),
    (414, "Request-URI Too Long", "RFC 3261 21.4.12"),
    (415, "Unsupported Media Type", "RFC 3261 21.4.13"),
    (416, "Unsupported URI Scheme", "RFC 3261 21.4.14"),
    (417, "Unknown Resource-Priority", "RFC 4412 4.6.2"),
    (420, "Bad Extension", "RFC 3261 21.4.15"),
    (421, "Extension Required", "RFC 3261 21.4.16"),
    (422, "Session Interval Too Small", "RFC 4028 6"),
    (423, "Interval Too Brief", "RFC 3261 21.4.17"),
    (428, "Use Identity Header", "RFC 8224 6.2.2"),
    (433, "Anonymity Disallowed", "RFC 5079 5"),
    (436, "Bad Identity Info", "RFC 8224 6.2.2"),
    (437, "Unsupported Credential", "RFC 8224 6.2.2"),
    (438, "Invalid Identity Header", "RFC 8224 6.2.2"),
    (469, "Bad Info Package", "RFC 6086 4.2.2"),
    (480, "Temporarily Unavailable", "RFC 3261 21.4.18"),
    (481, "Call/Transaction Does Not Exist", "RFC 3261 21.4.19"),
    (482, "Loop Detected", "RFC 3261 21.4.20"),
    (483, "Too Many Hops", "RFC 3261 21.4.21"),
    (484, "Address Incomplete", "RFC 3261 21.4.22"),
    (485, "Ambiguous", "RFC 3261 21.4.23"),
    (486, "Busy Here", "RFC 3261 21.4.24"),
    (487, "Request Terminated", "RFC 3261 21.4.25"),
    (488, "Not Acceptable Here", "RFC 3261 21.4.26"),
    (489, "Bad Event", "RFC 6665 8.3.2"),
    (491, "Request Pending", "RFC 3261 21.4.27"),
    (493, "Undecipherable", "RFC 3261 21.4.28"),
    (494, "Security Agreement Required", "RFC 3329 2.3.1"),
    (500, "Server Internal Error", "RFC 3261 21.5.1"),
    (501, "Not Implemented", "RFC 3261 21.5.2"),
    (502, "Bad Gateway", "RFC 3261 21.5.3"),
    (503, "Service Unavailable", "RFC 3261 21.5.4"),
    (504, "Server Time-out", "RFC 3261 21.5.5"),
    (505, "Version Not Supported", "RFC 3261 21.5.6"),
    (513, "Message Too Large", "RFC 3261 21.5.7"),
    (580, "Precondition Failure", "RFC 3312 8"),
    (600, "Busy Everywhere", "RFC 3261 21.6.1"),
    (603, "Decline", "RFC 3261 21.6.2"),
    (604, "Does Not Exist Anywhere", "RFC 3261 21.6.3"),
    (606, "Not Acceptable", "RFC 3261 21.6.4"),
    (607, "Unwanted", "RFC 8197 4"),
    (608, "Rejected", "RFC 8688 3"),
];

/// Room for a usual message.
const CAPACITY: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Builder {
        Builder::request(Method::Options, "sip:b@example.com")
            .header(Name::Via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1")
            .header(Name::From, "<sip:a@example.com>;tag=1")
            .header(Name::To, "<sip:b@example.com>")
            .header(Name::CallId, "x@y")
            .header(Name::CSeq, "1 OPTIONS")
    }

    #[test]
    fn no_value_ends_its_line() {
        let data = options()
            .header(Name::Subject, "a\r\nInjected: yes\0\x7f")
            .header(Name::Other("X-Reason\r\nInjected"), "no")
            .header(Name::Other("X-Mine"), "\n\n")
            .body("text/plain\r\nInjected: yes", b"")
            .build();
        let message = Message::parse(data).unwrap();
        assert_eq!(message.header(Name::Subject), Some("a  Injected: yes"));
        assert_eq!(message.header_by_str("x-mine"), Some(""));
        assert_eq!(message.header_by_str("Injected"), None);
        assert_eq!(message.content_type(), Some("text/plain  Injected: yes"));
        assert_eq!(message.all_headers().count(), 9);

        let data = Builder::request(Method::Invite, "sip:a@b SIP/2.0\r\nInjected: yes").build();
        assert!(data.starts_with(b"INVITE sip:a@b%20SIP/2.0%0D%0AInjected:%20yes SIP/2.0\r\n"));
        let data = Builder::response(200, "OK\r\nInjected: yes").build();
        assert!(data.starts_with(b"SIP/2.0 200 OK  Injected: yes\r\n"));
    }

    #[test]
    fn the_length_is_that_of_the_body() {
        let data = options()
            .header(Name::ContentLength, 99)
            .header(Name::Other("l"), 99)
            .body("application/sdp", b"v=0\r\n")
            .build();
        let text = String::from_utf8(data).unwrap();
        assert_eq!(text.matches("Content-Length").count(), 1, "{text}");
        assert!(
            text.ends_with("Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n")
        );
    }

    #[test]
    fn a_response_repeats_what_identifies_the_request() {
        let request =
            Message::parse(options().header(Name::Via, "SIP/2.0/UDP h2").build()).unwrap();
        let data = Builder::response_to(&request, 404, reason_phrase(404), Some("t")).build();
        let response = Message::parse(data).unwrap();
        assert_eq!(
            (response.status(), response.reason()),
            (Some(404), Some("Not Found"))
        );
        assert_eq!(response.headers(Name::Via).count(), 2);
        assert_eq!(response.from(), request.from());
        assert_eq!(response.to().tag(), Some("t"));
        assert_eq!(response.call_id(), request.call_id());
        assert_eq!(response.cseq(), request.cseq());
    }

    #[test]
    fn reason_phrases_are_in_order_and_complete() {
        assert!(REASONS.is_sorted_by(|a, b| a.0 < b.0));
        for (status, phrase, clause) in REASONS {
            assert_eq!(reason_phrase(*status), *phrase);
            assert!(clause.starts_with("RFC "));
        }
        assert_eq!(reason_phrase(499), "Bad Request");
        assert_eq!(reason_phrase(699), "Decline");
    }
}
