//! The Reason header field (RFC 3326, RFC 6432, RFC 8606).

use core::fmt;

/// One value of a Reason header field.
///
/// `Display` writes it as it goes on the wire; the text is quoted and cannot end its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The protocol: `SIP`, `Q.850`, or another token.
    pub protocol: String,
    /// The cause: a SIP status, or a cause value of Q.850. A value without a cause is dropped.
    pub cause: u16,
    /// The text, without its quotes, at most [`MAX_TEXT`] characters.
    pub text: Option<String>,
    /// The location of a Q.850 cause (RFC 8606 4), such as `LN`.
    pub location: Option<String>,
}

/// The most characters of a text, a protocol or a location that are kept.
pub const MAX_TEXT: usize = 120;

/// The most values that are kept of one message.
pub const MAX_VALUES: usize = 4;

impl Reason {
    /// A value of protocol `SIP`.
    pub fn sip(status: u16, text: &str) -> Self {
        Self::new("SIP", status, text)
    }

    /// A value of protocol `Q.850`.
    pub fn q850(cause: trunkline_model::CauseValue) -> Self {
        Self::new("Q.850", u16::from(cause.value()), cause.name())
    }

    fn new(protocol: &str, cause: u16, text: &str) -> Self {
        let text = bounded(text);
        Self {
            protocol: protocol.to_owned(),
            cause,
            text: (!text.is_empty()).then_some(text),
            location: None,
        }
    }

    /// Whether the cause is one of Q.850.
    pub fn is_q850(&self) -> bool {
        self.protocol.eq_ignore_ascii_case("Q.850")
    }

    /// Reads the values of one header field (RFC 3326 2). What does not keep to the grammar is
    /// skipped: a Reason is a courtesy, never a condition.
    pub fn parse(value: &str) -> Vec<Self> {
        split(value, ',').filter_map(Self::parse_one).collect()
    }

    fn parse_one(value: &str) -> Option<Self> {
        let mut parts = split(value, ';');
        let protocol = bounded(parts.next()?.trim());
        if protocol.is_empty() || !protocol.chars().all(is_token) {
            return None;
        }
        let (mut cause, mut text, mut location) = (None, None, None);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "cause" => cause = value.parse().ok(),
                "text" => text = Some(bounded(&unquoted(value))),
                "location" => location = Some(bounded(value)).filter(|v| v.chars().all(is_token)),
                _ => {}
            }
        }
        Some(Self {
            protocol,
            cause: cause?,
            text: text.filter(|text| !text.is_empty()),
            location: location.filter(|location| !location.is_empty()),
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};cause={}", self.protocol, self.cause)?;
        if let Some(text) = &self.text {
            f.write_str(";text=\"")?;
            for character in text.chars() {
                if matches!(character, '"' | '\\') {
                    f.write_str("\\")?;
                }
                write!(f, "{character}")?;
            }
            f.write_str("\"")?;
        }
        if let Some(location) = &self.location {
            write!(f, ";location={location}")?;
        }
        Ok(())
    }
}

/// Splits at a separator that stands outside quotes.
fn split(value: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    value.split(move |character| {
        if escaped {
            escaped = false;
            return false;
        }
        match character {
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => return character == separator && !quoted,
        }
        false
    })
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else {
        return value.to_owned();
    };
    let mut text = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => text.extend(characters.next()),
            other => text.push(other),
        }
    }
    text
}

/// Without control characters, and no longer than the bound.
fn bounded(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(MAX_TEXT)
        .collect()
}

fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-.!%*_+`'~".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_model::CauseValue;

    #[test]
    fn reads_a_list_with_commas_in_its_text() {
        let parsed = Reason::parse(
            "Q.850 ;cause=17 ;text=\"busy, \\\"really\\\"; yes\" ;location=LN, SIP;cause=486",
        );
        assert_eq!(parsed.len(), 2);
        assert_eq!(parsed[0].cause, 17);
        assert!(parsed[0].is_q850());
        assert_eq!(parsed[0].text.as_deref(), Some("busy, \"really\"; yes"));
        assert_eq!(parsed[0].location.as_deref(), Some("LN"));
        assert_eq!(parsed[1], Reason::sip(486, ""));
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut reason = Reason::sip(480, "quote \" and \\ back");
        reason.location = Some("BI".to_owned());
        assert_eq!(Reason::parse(&reason.to_string()), [reason]);
        assert_eq!(
            Reason::q850(CauseValue::USER_BUSY).to_string(),
            "Q.850;cause=17;text=\"user busy\""
        );
    }

    #[test]
    fn skips_what_is_no_reason() {
        for value in [
            "",
            ";",
            "Q.850",
            "Q.850;cause=x",
            "Q.850;cause=99999",
            "\"",
            "a b;cause=1",
        ] {
            assert_eq!(Reason::parse(value), [], "{value}");
        }
    }

    #[test]
    fn text_cannot_end_its_line() {
        let reason = Reason::sip(500, "a\r\nVia: b");
        assert_eq!(reason.to_string(), "SIP;cause=500;text=\"aVia: b\"");
    }
}
