//! The Reason header field (RFC 3326, RFC 6432, RFC 8606).

use core::fmt;
use trunkline_sip::name_addr::Quoted;
use trunkline_sip::{Name, header};

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
        header::split(Name::Reason, value)
            .filter_map(|(_, value)| header::Reason::tolerant(value))
            .filter_map(Self::kept)
            .collect()
    }

    fn kept(reason: header::Reason<'_>) -> Option<Self> {
        let text = reason.text.map(|text| bounded(text.as_str()));
        Some(Self {
            protocol: bounded(reason.protocol.as_str()),
            cause: reason.cause?,
            text: text.filter(|text| !text.is_empty()),
            location: reason.location.map(|location| bounded(location.as_str())),
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};cause={}", self.protocol, self.cause)?;
        if let Some(text) = &self.text {
            write!(f, ";text={}", Quoted(text))?;
        }
        if let Some(location) = &self.location {
            write!(f, ";location={location}")?;
        }
        Ok(())
    }
}

/// Without control characters, and no longer than the bound.
fn bounded(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(MAX_TEXT)
        .collect()
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
