//! Character classes of RFC 3261 25.1 and the few scanners that all values share.
//!
//! All functions take the whole value and a position in it, and give positions back, so that an
//! error can say where it is.

use crate::error::ParseError;

/// `token`.
pub(crate) const TOKEN: u16 = 1;
/// `word`, of Call-ID.
pub(crate) const WORD: u16 = 1 << 1;
/// `user` without escapes; `#` too, which dialled strings bring unescaped.
pub(crate) const USER: u16 = 1 << 2;
/// `password` without escapes.
pub(crate) const PASSWORD: u16 = 1 << 3;
/// `paramchar` without escapes.
pub(crate) const PARAM: u16 = 1 << 4;
/// `hname` and `hvalue` with the separators between them, without escapes.
pub(crate) const HEADERS: u16 = 1 << 5;
/// `uric` without escapes; brackets too, for IPv6 references (RFC 2732).
pub(crate) const URIC: u16 = 1 << 6;
/// `gen-value` outside of quotes. Wider than `token` and `host`: everything visible that does not
/// separate parameters, since tags and instance ids come with `=`, `/` and `@` in them.
pub(crate) const VALUE: u16 = 1 << 7;
/// Digits and visual separators of `tel:` (RFC 3966 3).
pub(crate) const PHONE: u16 = 1 << 8;
/// `hname` and `hvalue` without escapes, and without the separators between them.
pub(crate) const HEADER: u16 = 1 << 9;

/// Whether the text is one or more octets of that class.
pub(crate) fn is_all(text: &[u8], class: u16) -> bool {
    !text.is_empty() && text.iter().all(|&octet| is(octet, class))
}

/// Whether the text is a token.
pub(crate) fn is_token(text: &[u8]) -> bool {
    is_all(text, TOKEN)
}

/// Whether the octet is of that class.
pub(crate) const fn is(octet: u8, class: u16) -> bool {
    CLASSES[octet as usize] & class != 0
}

/// The first position from `at` on that is not of that class.
pub(crate) fn skip(text: &[u8], mut at: usize, class: u16) -> usize {
    while at < text.len() && is(text[at], class) {
        at += 1;
    }
    at
}

/// As [`skip`], with `%HH` allowed everywhere. A `%` without two digits stops it.
pub(crate) fn skip_escaped(text: &[u8], mut at: usize, class: u16) -> usize {
    loop {
        at = skip(text, at, class);
        match text.get(at..at + 3) {
            Some([b'%', high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                at += 3;
            }
            _ => return at,
        }
    }
}

/// The first position from `at` on that is neither space nor tab.
pub(crate) fn skip_space(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && matches!(text[at], b' ' | b'\t') {
        at += 1;
    }
    at
}

/// The position after the quoted string whose opening quote stands at `at`.
pub(crate) fn skip_quoted(text: &[u8], at: usize) -> Result<usize, ParseError> {
    let mut position = at + 1;
    while position < text.len() {
        match text[position] {
            b'"' => return Ok(position + 1),
            b'\\' => position += 2,
            _ => position += 1,
        }
    }
    Err(ParseError::in_value(
        text.len(),
        "closing quote",
        "RFC 3261 25.1 quoted-string",
    ))
}

/// Checks `*( SEMI generic-param )` from `at` to the end.
pub(crate) fn check_params(text: &[u8], mut at: usize) -> Result<(), ParseError> {
    const CLAUSE: &str = "RFC 3261 25.1 generic-param";
    loop {
        at = skip_space(text, at);
        if at == text.len() {
            return Ok(());
        }
        if text[at] != b';' {
            return Err(ParseError::in_value(at, "`;` or the end", CLAUSE));
        }
        at = skip_space(text, at + 1);
        let name = at;
        at = skip(text, at, TOKEN);
        if at == name {
            return Err(ParseError::in_value(at, "a parameter name", CLAUSE));
        }
        at = skip_space(text, at);
        if text.get(at) != Some(&b'=') {
            continue;
        }
        at = skip_space(text, at + 1);
        if text.get(at) == Some(&b'"') {
            at = skip_quoted(text, at)?;
        } else {
            let value = at;
            at = skip(text, at, VALUE);
            if at == value {
                return Err(ParseError::in_value(at, "a parameter value", CLAUSE));
            }
        }
    }
}

/// The elements of a comma list, without white space at their ends. Commas in quotes and in
/// angle brackets do not separate. Empty elements are given too.
#[derive(Clone, Debug)]
pub(crate) struct List<'a> {
    rest: Option<&'a str>,
}

impl<'a> List<'a> {
    pub(crate) const fn new(value: &'a str) -> Self {
        Self { rest: Some(value) }
    }
}

impl<'a> Iterator for List<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let octets = text.as_bytes();
        // Most values have none, which is found out much faster.
        if !octets.contains(&b',') {
            self.rest = None;
            return Some(trim(text));
        }
        let mut at = 0;
        let mut in_brackets = false;
        while at < octets.len() {
            match octets[at] {
                b',' if !in_brackets => {
                    self.rest = Some(&text[at + 1..]);
                    return Some(trim(&text[..at]));
                }
                b'<' => in_brackets = true,
                b'>' => in_brackets = false,
                b'"' if !in_brackets => {
                    at = skip_quoted(octets, at).unwrap_or(octets.len());
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        self.rest = None;
        Some(trim(text))
    }
}

/// Without white space at both ends. Line ends only stand in the parts of a multipart body.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

/// A decimal number of at most `maximum`; `None` if there is another character in it, or none,
/// or it is larger. Leading zeros are taken.
pub(crate) fn decimal(text: &[u8], maximum: u32) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    let mut number = 0_u32;
    for octet in text {
        if !octet.is_ascii_digit() {
            return None;
        }
        number = number
            .checked_mul(10)?
            .checked_add(u32::from(octet - b'0'))?;
    }
    (number <= maximum).then_some(number)
}

const CLASSES: [u16; 256] = {
    let mut table = [0_u16; 256];
    let alphanumeric = TOKEN | WORD | USER | PASSWORD | PARAM | HEADERS | HEADER | URIC | VALUE;
    let mut octet = 0_u8;
    while octet < 0x80 {
        if octet.is_ascii_alphanumeric() {
            table[octet as usize] |= alphanumeric;
        }
        octet += 1;
    }
    table = add(table, b"-.!%*_+`'~", TOKEN);
    table = add(table, b"-.!%*_+`'~()<>:\\\"/[]?{}", WORD);
    table = add(
        table,
        b"-_.!~*'()",
        USER | PASSWORD | PARAM | HEADERS | HEADER | URIC,
    );
    table = add(table, b"&=+$,;?/#", USER);
    table = add(table, b"&=+$,", PASSWORD);
    table = add(table, b"[]/:&+$", PARAM);
    table = add(table, b"[]/?:+$", HEADERS | HEADER);
    table = add(table, b"&=", HEADERS);
    table = add(table, b";/?:@&=+$,[]", URIC);
    table = add(table, b"-.!%*_+`'~[]:/@?&$=(){}#|^", VALUE);
    add(table, b"0123456789ABCDEFabcdef*#-.()", PHONE)
};

const fn add(mut table: [u16; 256], octets: &[u8], class: u16) -> [u16; 256] {
    let mut index = 0;
    while index < octets.len() {
        table[octets[index] as usize] |= class;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(value: &str) -> Vec<&str> {
        List::new(value).collect()
    }

    #[test]
    fn commas_in_quotes_and_brackets_do_not_separate() {
        assert_eq!(
            list(r#""a, \", b" <sip:x,y@z>;p="," , <sip:b> "#),
            [r#""a, \", b" <sip:x,y@z>;p=",""#, "<sip:b>"]
        );
        assert_eq!(list("a,,b,"), ["a", "", "b", ""]);
        assert_eq!(list("\"open, string"), ["\"open, string"]);
    }

    #[test]
    fn parameters_need_names_and_values() {
        for good in [
            "",
            " ; a",
            ";a=b ; c = \"d;\\\"e\" ;lr",
            ";received=2001:db8::1",
        ] {
            assert_eq!(check_params(good.as_bytes(), 0), Ok(()), "{good}");
        }
        for (bad, column) in [(";", 2), (";;a", 2), (";a=", 4), (";a=\"b", 6), (";a b", 4)] {
            assert_eq!(
                check_params(bad.as_bytes(), 0).unwrap_err().column,
                column,
                "{bad}"
            );
        }
    }

    #[test]
    fn decimals_are_bounded() {
        assert_eq!(decimal(b"0068", 255), Some(68));
        assert_eq!(decimal(b"256", 255), None);
        assert_eq!(decimal(b"4294967296", u32::MAX), None);
        assert_eq!(decimal(b"", 9), None);
        assert_eq!(decimal(b"-1", 9), None);
    }

    #[test]
    fn escapes_need_two_digits() {
        assert_eq!(skip_escaped(b"a%20b@", 0, USER), 5);
        assert_eq!(skip_escaped(b"a%2", 0, USER), 1);
        assert_eq!(skip_escaped(b"a%zz", 0, USER), 1);
    }
}
