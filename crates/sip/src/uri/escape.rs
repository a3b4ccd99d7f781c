//! Escapes of URIs: `%HH` (RFC 3261 19.1.2, RFC 2396 2.4).

use crate::scan::{self, HEADER, PARAM, PASSWORD, USER};
use core::fmt;
use std::borrow::Cow;

/// Replaces `%HH`. Escaped octets that make no UTF-8 stay escaped.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let resolved: Vec<u8> = octets(text).map(|(octet, _)| octet).collect();
    let mut text = String::with_capacity(resolved.len());
    for chunk in resolved.utf8_chunks() {
        text.push_str(chunk.valid());
        for octet in chunk.invalid() {
            text.push_str(&format!("%{octet:02X}"));
        }
    }
    Cow::Owned(text)
}

/// The octets that a text stands for, and whether they were escaped. A `%` without two digits is
/// itself.
pub(crate) fn octets(text: &str) -> impl Iterator<Item = (u8, bool)> {
    let text = text.as_bytes();
    let mut at = 0;
    core::iter::from_fn(move || {
        let octet = *text.get(at)?;
        let escaped = escaped_octet(text, at);
        at += if escaped.is_some() { 3 } else { 1 };
        Some((escaped.unwrap_or(octet), escaped.is_some()))
    })
}

fn escaped_octet(text: &[u8], at: usize) -> Option<u8> {
    let [b'%', high, low] = *text.get(at..at + 3)? else {
        return None;
    };
    let digit = |octet: u8| char::from(octet).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Declares a writer that escapes what is not of a class.
macro_rules! escaped {
    ($($(#[doc = $doc:literal])+ $name:ident $class:expr;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a>(pub &'a str);

        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_escaped(f, self.0, $class)
            }
        }
    )*};
}

escaped! {
    /// Writes a user with everything escaped that may not stand there (RFC 3261 25.1, `user`).
    EscapedUser USER;
    /// Writes a password likewise (RFC 3261 25.1, `password`).
    EscapedPassword PASSWORD;
    /// Writes a name or a value of a URI parameter likewise (RFC 3261 25.1, `paramchar`; RFC 3966
    /// 3 has the same), whose characters do not separate parameters then.
    EscapedParam PARAM;
    /// Writes a name or a value of a header field in a URI likewise (RFC 3261 25.1, `hname`).
    EscapedHeader HEADER;
}

fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str, class: u16) -> fmt::Result {
    for &octet in text.as_bytes() {
        // `#` in users is taken in but never sent.
        if scan::is(octet, class) && octet != b'#' {
            fmt::Write::write_char(f, char::from(octet))?;
        } else {
            write!(f, "%{octet:02X}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_that_are_no_utf8_stay() {
        assert_eq!(unescape("a%00%C3%A4%ff%zz%4"), "a\0ä%FF%zz%4");
    }

    #[test]
    fn what_may_not_stand_there_is_escaped() {
        let text = "a b@\r\nä#%;?=&:/[]+$,";
        assert_eq!(
            EscapedUser(text).to_string(),
            "a%20b%40%0D%0A%C3%A4%23%25;?=&%3A/%5B%5D+$,"
        );
        assert_eq!(
            EscapedPassword(text).to_string(),
            "a%20b%40%0D%0A%C3%A4%23%25%3B%3F=&%3A%2F%5B%5D+$,"
        );
        assert_eq!(
            EscapedParam(text).to_string(),
            "a%20b%40%0D%0A%C3%A4%23%25%3B%3F%3D&:/[]+$%2C"
        );
        assert_eq!(
            EscapedHeader(text).to_string(),
            "a%20b%40%0D%0A%C3%A4%23%25%3B?%3D%26:/[]+$%2C"
        );
        for written in [
            EscapedUser(text).to_string(),
            EscapedParam(text).to_string(),
            EscapedHeader(text).to_string(),
        ] {
            assert_eq!(unescape(&written), text);
        }
    }
}
