//! URIs: `sip:` and `sips:` (RFC 3261 19.1), `tel:` (RFC 3966), and all others by scheme.

mod compare;
mod escape;
mod host;
mod sip;
mod tel;

pub use escape::{EscapedHeader, EscapedParam, EscapedPassword, EscapedUser, unescape};
pub use host::Host;
pub(crate) use host::{digits_end, parse_host, parse_ipv6, parse_port};
pub use sip::SipUri;
pub use tel::{Context, RoutingNumber, TelUri};

use crate::error::ParseError;
use crate::scan::{URIC, skip_escaped};
use core::fmt;

/// A URI, its parts borrowed from the text.
///
/// `==` compares the text of the parts; [`Uri::is_equivalent`] what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uri<'a> {
    /// `sip:` or `sips:`.
    Sip(SipUri<'a>),
    /// `tel:`.
    Tel(TelUri<'a>),
    /// Any other scheme.
    Other {
        /// The scheme as it stands.
        scheme: &'a str,
        /// What follows the colon.
        rest: &'a str,
    },
}

/// Parses a URI.
///
/// # Errors
/// The place and the expectation of RFC 3261 25.1 or RFC 3966 3 that is not met.
pub fn parse(text: &str) -> Result<Uri<'_>, ParseError> {
    // As nearly all URIs begin.
    if let Some(rest) = text.strip_prefix("sip:") {
        let uri = sip::parse(false, rest).map_err(|error| error.shifted(4))?;
        return Ok(Uri::Sip(uri));
    }
    let colon = scheme_end(text.as_bytes())?;
    let (scheme, rest) = (&text[..colon], &text[colon + 1..]);
    let shift = |error: ParseError| error.shifted(colon + 1);
    if scheme.eq_ignore_ascii_case("sip") {
        sip::parse(false, rest).map(Uri::Sip).map_err(shift)
    } else if scheme.eq_ignore_ascii_case("sips") {
        sip::parse(true, rest).map(Uri::Sip).map_err(shift)
    } else if scheme.eq_ignore_ascii_case("tel") {
        TelUri::from_subscriber(rest).map(Uri::Tel).map_err(shift)
    } else {
        let end = skip_escaped(rest.as_bytes(), 0, URIC);
        if end < rest.len() || rest.is_empty() {
            return Err(shift(ParseError::in_value(
                end,
                "a URI character",
                ABSOLUTE_URI,
            )));
        }
        Ok(Uri::Other { scheme, rest })
    }
}

impl<'a> Uri<'a> {
    /// Parses a URI; see [`parse`].
    ///
    /// # Errors
    /// As [`parse`].
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        parse(text)
    }

    /// The SIP or SIPS URI, if it is one.
    pub const fn sip(&self) -> Option<&SipUri<'a>> {
        match self {
            Self::Sip(uri) => Some(uri),
            _ => None,
        }
    }

    /// The telephone number that the URI is or has as its user (RFC 3966, RFC 3261 19.1.6).
    pub fn subscriber(&self) -> Option<TelUri<'a>> {
        match self {
            Self::Sip(uri) => uri.subscriber(),
            Self::Tel(uri) => Some(*uri),
            Self::Other { .. } => None,
        }
    }
}

impl fmt::Display for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sip(uri) => write!(f, "{uri}"),
            Self::Tel(uri) => write!(f, "{uri}"),
            Self::Other { scheme, rest } => write!(f, "{scheme}:{rest}"),
        }
    }
}

/// The position of the colon after the scheme.
fn scheme_end(text: &[u8]) -> Result<usize, ParseError> {
    let mut at = 0;
    while let Some(octet) = text.get(at) {
        match octet {
            b':' if at > 0 => return Ok(at),
            b'+' | b'-' | b'.' | b'0'..=b'9' if at > 0 => {}
            _ if octet.is_ascii_alphabetic() => {}
            _ => break,
        }
        at += 1;
    }
    Err(ParseError::in_value(at, "a scheme and `:`", ABSOLUTE_URI))
}

const ABSOLUTE_URI: &str = "RFC 3261 25.1 absoluteURI";

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv6Addr;

    fn sip(text: &str) -> SipUri<'_> {
        match parse(text) {
            Ok(Uri::Sip(uri)) => uri,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn all_parts_of_a_sip_uri() {
        let uri = sip("sips:alice:secret@Example.com:5071;transport=tcp;lr?subject=a&x=");
        assert!(uri.secure);
        assert_eq!((uri.user, uri.password), (Some("alice"), Some("secret")));
        assert_eq!(
            (uri.host, uri.port),
            (Host::Name("Example.com"), Some(5071))
        );
        assert_eq!(uri.params.get("Transport"), Some("tcp"));
        assert_eq!(uri.params.get("lr"), Some(""));
        assert_eq!(uri.headers, "subject=a&x=");
        assert!(uri.is_loose_router() && !uri.is_phone());
        assert_eq!(uri.transport(), Some("tcp"));
        let uri = sip("sip:h;method=A%42;maddr=[::1];ttl=15?a%20b=%20c&body=d");
        assert_eq!(uri.method().as_deref(), Some("AB"));
        assert_eq!(uri.maddr(), Some(Host::V6(Ipv6Addr::LOCALHOST)));
        assert_eq!(uri.ttl(), Some(15));
        let fields: Vec<_> = uri.header_fields().collect();
        assert_eq!(fields[0], ("a b".into(), " c".into()));
        assert_eq!(fields[1], ("body".into(), "d".into()));
        assert_eq!(sip("sip:h;ttl=256;maddr=a:b").ttl(), None);
        assert_eq!(sip("sip:h;ttl=256;maddr=a:b").maddr(), None);
    }

    #[test]
    fn telephone_number_in_a_sip_uri() {
        let uri = parse("sip:+1-202;npdi;rn=+1-703;cpc=payphone@gw;user=PHONE;oli=1").unwrap();
        let number = uri.subscriber().unwrap();
        assert_eq!(number.digits(), "+1202");
        assert!(number.npdi());
        assert_eq!(number.rn().unwrap().digits, "+1703");
        assert_eq!(number.cpc().as_deref(), Some("payphone"));
        for none in [
            "sip:+1-202@gw",
            "sip:alice@gw;user=phone",
            "sip:gw;user=phone",
            "urn:1",
        ] {
            assert_eq!(parse(none).unwrap().subscriber(), None, "{none}");
        }
        let uri = parse("tel:+1;x").unwrap();
        assert_eq!(uri.subscriber().unwrap().params.get("x"), Some(""));
    }

    #[test]
    fn what_is_read_is_written() {
        for text in [
            "sips:alice:secret@Example.com:5071;transport=tcp;lr?subject=a&x=",
            "sip:a:@[2001:db8::1]",
            "sip:192.0.2.1:5060",
            "tel:+49-30;phone-context=x",
            "soap.beep://192.0.2.103:3002",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn users_with_every_allowed_character() {
        let uri = sip(
            "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.\
             (doesn't-it)@example.com",
        );
        assert_eq!(
            uri.user,
            Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
        );
        assert_eq!(
            uri.password,
            Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
        );
        let uri = sip("sip:user;par=u%40example.net@example.com");
        assert_eq!(
            uri.user_decoded().as_deref(),
            Some("user;par=u@example.net")
        );
        let uri = sip("sip:sips%3Auser%40example.com@example.net");
        assert_eq!(uri.user_decoded().as_deref(), Some("sips:user@example.com"));
        let uri = sip("sip:+1-650;phone-context=+1@gw.example;user=phone");
        assert_eq!(uri.user, Some("+1-650;phone-context=+1"));
    }

    #[test]
    fn unknown_schemes_are_kept() {
        assert_eq!(
            parse("soap.beep://192.0.2.103:3002"),
            Ok(Uri::Other {
                scheme: "soap.beep",
                rest: "//192.0.2.103:3002"
            })
        );
        assert!(parse("urn:service:sos").is_ok());
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("alan@jasomi.com", 5),
            (":x", 1),
            ("sip:", 5),
            ("sip:@host", 5),
            ("sip:a b@host", 6),
            ("sip:a@b@c", 8),
            ("sip:user@example.com; lr", 22),
            ("sip:[::1", 5),
            ("sip:[1.2.3.4]", 5),
            ("sip:1.2.3.4.5", 5),
            ("sip:256.1.1.1", 5),
            ("sip:a..b", 5),
            ("sip:host:", 10),
            ("sip:host:65536", 10),
            ("sip:host;=x", 10),
            ("sip:host;a=", 12),
            ("sip:host?a", 10),
            ("sip:%4@host", 5),
            ("tel:", 5),
            ("tel:+-", 7),
            ("tel:+12a", 8),
            ("tel:12 3", 7),
            ("x:<y>", 3),
        ] {
            match parse(text) {
                Err(error) => assert_eq!(error.column, column, "{text}: {error}"),
                Ok(uri) => panic!("{text}: {uri:?}"),
            }
        }
    }
}
