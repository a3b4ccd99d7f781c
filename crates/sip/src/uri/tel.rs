//! `tel:` (RFC 3966), number portability in it (RFC 4694), and the same in the user of a SIP URI.

use super::escape::unescape;
use super::host::parse_host;
use crate::error::ParseError;
use crate::params::Params;
use crate::scan::{PARAM, PHONE, URIC, skip_escaped};
use core::fmt;
use std::borrow::Cow;

/// A telephone number (RFC 3966 3, `telephone-subscriber`).
///
/// `==` compares the text; see [`Uri::is_equivalent`](super::Uri::is_equivalent).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelUri<'a> {
    /// The number as it stands, with its `+`, visual separators and escapes.
    pub number: &'a str,
    /// The parameters.
    pub params: Params<'a>,
}

/// Where a number is valid (RFC 3966 5.1.5, RFC 4694 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Context<'a> {
    /// In what begins with these digits of a global number: `+` and digits, without separators.
    Global(String),
    /// In what this domain name stands for.
    Domain(Cow<'a, str>),
}

/// A routing number or the code of a carrier (RFC 4694 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingNumber<'a> {
    /// Hexadecimal digits without visual separators; `+` first if it is global.
    pub digits: String,
    /// Where a number that is not global is valid; `None` also if it should stand there but does
    /// not.
    pub context: Option<Context<'a>>,
}

impl<'a> TelUri<'a> {
    /// Parses what follows `tel:`, or stands as user in a SIP URI, where more is escaped
    /// (RFC 3261 19.1.6). A local number without context is taken: many send it so.
    ///
    /// # Errors
    /// The place and the expectation of RFC 3966 3 that is not met.
    pub fn from_subscriber(text: &'a str) -> Result<Self, ParseError> {
        let octets = text.as_bytes();
        let fail = |at, expected| Err(ParseError::in_value(at, expected, CLAUSE));
        let mut at = usize::from(octets.first() == Some(&b'+'));
        let is_global = at == 1;
        let mut has_digit = false;
        while let Some((octet, end)) = phone_digit(octets, at) {
            match octet {
                b'0'..=b'9' => has_digit = true,
                b'-' | b'.' | b'(' | b')' => {}
                _ if is_global => return fail(at, "a digit of a global number"),
                _ => has_digit = true,
            }
            at = end;
        }
        if !has_digit {
            return fail(at, "a telephone number");
        }
        let number = &text[..at];
        let params = at;
        while octets.get(at) == Some(&b';') {
            let name = at + 1;
            at = skip_escaped(octets, name, PARAM);
            if at == name {
                return fail(at, "a parameter name");
            }
            if octets.get(at) == Some(&b'=') {
                let is_subaddress = text[name..at].eq_ignore_ascii_case("isub");
                let value = at + 1;
                at = skip_escaped(octets, value, if is_subaddress { URIC } else { PARAM });
                // Reserved characters may stand in a subaddress, but the next parameter is one.
                if let Some(end) = octets[value..at].iter().position(|&octet| octet == b';') {
                    at = value + end;
                }
                if at == value {
                    return fail(at, "a parameter value");
                }
            }
        }
        if at < octets.len() {
            return fail(at, "`;` or the end of the URI");
        }
        Ok(Self {
            number,
            params: Params(&text[params..]),
        })
    }

    /// The number without visual separators: digits, a leading `+`, `*`, `#`, `A` to `F`.
    pub fn digits(&self) -> String {
        without_separators(self.number)
    }

    /// Whether the number is global: starts with `+` (RFC 3966 5.1.4).
    pub fn is_global(&self) -> bool {
        self.number.starts_with('+')
    }

    /// `phone-context`: where a local number is valid. `None` also for what is no context.
    pub fn phone_context(&self) -> Option<Context<'a>> {
        self.context("phone-context")
    }

    /// `isub`: the ISDN subaddress, without escapes (RFC 3966 5.2).
    pub fn isub(&self) -> Option<Cow<'a, str>> {
        self.value("isub")
    }

    /// `ext`: digits of the extension, without visual separators (RFC 3966 5.3).
    pub fn ext(&self) -> Option<String> {
        Some(without_separators(self.params.get("ext")?)).filter(|digits| !digits.is_empty())
    }

    /// `npdi`: number portability was looked up already (RFC 4694 5.1).
    pub fn npdi(&self) -> bool {
        self.params.get("npdi").is_some()
    }

    /// `rn`: the routing number of a ported number. `None` also for what is none: RFC 4694 5 lets
    /// such a one be dropped.
    pub fn rn(&self) -> Option<RoutingNumber<'a>> {
        self.routing_number("rn", "rn-context")
    }

    /// `cic`: the carrier that serves a freephone number, likewise.
    pub fn cic(&self) -> Option<RoutingNumber<'a>> {
        self.routing_number("cic", "cic-context")
    }

    /// `cpc`: the calling party's category, as `ordinary` or `payphone` (TS 24.229 7.2A.12).
    pub fn cpc(&self) -> Option<Cow<'a, str>> {
        self.value("cpc")
    }

    /// `oli`: the originating line information, a number of two digits (TS 24.229 7.2A.12); also
    /// by the name `isup-oli`, under which many send it.
    pub fn oli(&self) -> Option<Cow<'a, str>> {
        self.value("oli").or_else(|| self.value("isup-oli"))
    }

    /// A mandatory parameter (RFC 3966 5.4, its name begins with `m-`). None is defined, so the
    /// URI must not be used.
    pub fn unknown_mandatory(&self) -> Option<&'a str> {
        let name = |text: &str| {
            text.get(..2)
                .is_some_and(|start| start.eq_ignore_ascii_case("m-"))
        };
        let mut names = self.params.iter().map(|param| param.name);
        names.find(|text| name(text))
    }

    fn value(&self, name: &str) -> Option<Cow<'a, str>> {
        self.params
            .get(name)
            .filter(|value| !value.is_empty())
            .map(unescape)
    }

    fn context(&self, name: &str) -> Option<Context<'a>> {
        let value = self.value(name)?;
        if value.starts_with('+') {
            let digits = without_separators(&value);
            let is_number = digits.len() > 1 && is_hex(&digits[1..]);
            return is_number.then_some(Context::Global(digits));
        }
        let is_host = parse_host(&value, 0).is_ok_and(|(_, end)| end == value.len());
        is_host.then_some(Context::Domain(value))
    }

    fn routing_number(&self, name: &str, context: &str) -> Option<RoutingNumber<'a>> {
        let digits = without_separators(self.params.get(name)?);
        let hex = digits.strip_prefix('+');
        if !is_hex(hex.unwrap_or(&digits)) {
            return None;
        }
        let context = match hex {
            Some(_) => None,
            None => self.context(context),
        };
        Some(RoutingNumber { digits, context })
    }
}

impl RoutingNumber<'_> {
    /// Whether the number is valid everywhere: `global-rn`, `global-cic`.
    pub fn is_global(&self) -> bool {
        self.digits.starts_with('+')
    }
}

impl fmt::Display for TelUri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tel:{}{}", self.number, self.params.as_str())
    }
}

impl fmt::Display for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global(digits) => f.write_str(digits),
            Self::Domain(name) => f.write_str(name),
        }
    }
}

/// A digit or separator at `at`, which may be escaped, and the position after it.
fn phone_digit(text: &[u8], at: usize) -> Option<(u8, usize)> {
    let end = skip_escaped(text.get(..text.len().min(at + 3))?, at, 0);
    let octet = if end > at {
        super::escape::octets(str::from_utf8(&text[at..end]).ok()?)
            .next()?
            .0
    } else {
        *text.get(at)?
    };
    crate::scan::is(octet, PHONE).then_some((octet, end.max(at + 1)))
}

/// Without escapes and visual separators (RFC 3966 5.1.1).
pub(super) fn without_separators(text: &str) -> String {
    unescape(text)
        .chars()
        .filter(|c| !matches!(c, '-' | '.' | '(' | ')'))
        .collect()
}

fn is_hex(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

const CLAUSE: &str = "RFC 3966 3";

#[cfg(test)]
mod tests {
    use super::*;

    fn tel(text: &str) -> TelUri<'_> {
        TelUri::from_subscriber(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn numbers_lose_their_separators() {
        let uri = tel("+49-30(1)23.45;cpc=ordinary");
        assert_eq!(
            (uri.digits().as_str(), uri.is_global()),
            ("+493012345", true)
        );
        assert_eq!(uri.cpc().as_deref(), Some("ordinary"));
        let uri = tel("*21#;phone-context=+49-30");
        assert_eq!(uri.number, "*21#");
        assert!(!uri.is_global());
        let context = Context::Global("+4930".to_owned());
        assert_eq!(uri.phone_context(), Some(context));
        // As it stands in a SIP URI.
        assert_eq!(tel("%2A21%23").digits(), "*21#");
    }

    #[test]
    fn extension_and_subaddress() {
        let uri = tel("+1-201-555-0123;isub=a/b?c@d,e%3Bf;phone-context=x");
        assert_eq!(uri.isub().as_deref(), Some("a/b?c@d,e;f"));
        assert_eq!(
            tel("7042;ext=(12)-3;phone-context=a.b").ext().as_deref(),
            Some("123")
        );
        assert_eq!(tel("7042;ext=-").ext(), None);
        let uri = tel("7042;phone-context=example.com");
        let context = Context::Domain("example.com".into());
        assert_eq!(uri.phone_context(), Some(context));
        assert_eq!(tel("7042;phone-context=+").phone_context(), None);
        assert_eq!(tel("7042;phone-context=a:b").phone_context(), None);
        assert_eq!(tel("7042").phone_context(), None);
    }

    #[test]
    fn portability() {
        let uri = tel("+1-202-533-1234;npdi;rn=+1-202-544-0000;cic=+1-6789");
        assert!(uri.npdi());
        let rn = uri.rn().unwrap();
        assert_eq!((rn.digits.as_str(), rn.is_global()), ("+12025440000", true));
        assert_eq!(uri.cic().unwrap().digits, "+16789");
        let uri = tel("+1-800-123-4567;cic=6789;cic-context=+1;rn=D0a1;rn-context=np.example");
        let cic = uri.cic().unwrap();
        assert_eq!((cic.digits.as_str(), cic.is_global()), ("6789", false));
        assert_eq!(cic.context, Some(Context::Global("+1".to_owned())));
        let rn = uri.rn().unwrap();
        assert_eq!(rn.digits, "D0a1");
        assert_eq!(rn.context, Some(Context::Domain("np.example".into())));
        assert_eq!(tel("+1;rn=+12x").rn(), None);
        assert_eq!(tel("+1;rn").rn(), None);
        assert_eq!(tel("+1;oli=00").oli().as_deref(), Some("00"));
        assert_eq!(tel("+1;isup-oli=62").oli().as_deref(), Some("62"));
    }

    #[test]
    fn mandatory_parameters_are_found() {
        assert_eq!(tel("+1;a;M-x=1").unknown_mandatory(), Some("M-x"));
        assert_eq!(tel("+1;mx;phone-context=+1").unknown_mandatory(), None);
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("+", 2),
            ("+-", 3),
            ("+12a", 4),
            ("12 3", 3),
            ("12%20", 3),
            ("12%2", 3),
            ("alice", 2),
            ("12;", 4),
            ("12;a=", 6),
            ("12;isub=;a", 9),
            ("12;a=b?c", 7),
        ] {
            let error = TelUri::from_subscriber(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
