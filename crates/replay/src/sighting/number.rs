//! Telephone numbers in texts that others wrote, masked as [`Digits`] are.

use trunkline_model::Digits;
use trunkline_sip::uri::unescape;

/// A URI with the digits of its number masked; host and parameters of the host stay.
pub(super) fn masked_uri(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once(':') else {
        return masked(uri, NUMBER);
    };
    if scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips") {
        // A well-formed one has one `@`. What is not well-formed may have its number anywhere
        // before the last.
        return match rest.rsplit_once('@') {
            // Unescaped, since a number can be written in escapes too.
            Some((user, host)) => format!("{scheme}:{}@{host}", masked(&unescape(user), NUMBER)),
            None => uri.to_owned(),
        };
    }
    format!("{scheme}:{}", masked(&unescape(rest), NUMBER))
}

/// Free text with what looks like a telephone number masked.
pub(super) fn masked_text(text: &str) -> String {
    masked(text, NUMBER_IN_TEXT)
}

/// Masks every run of at least that many digits.
fn masked(text: &str, least: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c: char| !is_of_number(c)).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        mask_run(run, least, &mut out);
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn mask_run(run: &str, least: usize, out: &mut String) {
    let digits: String = run.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < least {
        out.push_str(run);
        return;
    }
    let masked = Digits::new(digits).to_string();
    let mut masked = masked.chars();
    for c in run.chars() {
        out.push(if c.is_ascii_digit() {
            masked.next().unwrap_or('*')
        } else {
            c
        });
    }
}

/// Digits and visual separators (RFC 3966 3).
const fn is_of_number(c: char) -> bool {
    matches!(c, '0'..='9' | '-' | '.' | '(' | ')')
}

/// Where a number is expected, that many digits are one.
const NUMBER: usize = 3;
/// Elsewhere they may be a status or a port.
const NUMBER_IN_TEXT: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_uris_are_masked_and_hosts_are_not() {
        for (uri, expected) in [
            (
                "sip:+493012345678@192.0.2.111:5060",
                "sip:+4930********@192.0.2.111:5060",
            ),
            (
                "sip:061963177-ikhuuep5bi123@10.35.60.100",
                "sip:0619*****-ikhuuep5bi1**@10.35.60.100",
            ),
            ("SIPS:110@[2001:db8::1]", "SIPS:1**@[2001:db8::1]"),
            ("tel:+49-30-1234-5678", "tel:+49-30-****-****"),
            (
                "tel:7042;phone-context=+493012",
                "tel:70**;phone-context=+493***",
            ),
            ("sip:%2B%34%39301234@host", "sip:+4930****@host"),
            (
                "sip:francisco@bestel.com:55060",
                "sip:francisco@bestel.com:55060",
            ),
            ("sip:sip.cybercity.dk", "sip:sip.cybercity.dk"),
            ("sip:192.0.2.1:5060", "sip:192.0.2.1:5060"),
            ("sip:4930@1234567@host", "sip:49**@123****@host"),
            ("493012345678", "4930********"),
            ("", ""),
        ] {
            assert_eq!(masked_uri(uri), expected, "{uri}");
        }
    }

    #[test]
    fn text_keeps_what_is_too_short_for_a_number() {
        assert_eq!(masked_text("Error 500"), "Error 500");
        assert_eq!(
            masked_text("No such user 493012345678"),
            "No such user 4930********"
        );
    }
}
