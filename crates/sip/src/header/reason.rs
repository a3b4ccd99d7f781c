//! Reason (RFC 3326), with the location of a Q.850 cause (RFC 8606).

use super::declare::{header, parameterised, tokens};
use super::value::{GenericParams, Text, Token};
use crate::params::{Params, unquote};
use crate::scan::decimal;

tokens! {
    /// Whose causes a [`Reason`] gives (RFC 3326 2).
    ReasonProtocol, "RFC 3326 2" {
        /// Status codes of SIP.
        Sip "SIP",
        /// Cause values of Q.850.
        Q850 "Q.850",
    }
}

parameterised! {
    /// Why a request or a response was sent (RFC 3326 2).
    Reason, "RFC 3326 2",
    {
        /// The protocol whose cause it is.
        protocol: ReasonProtocol<'a>,
    }
    optional {
        /// The cause: a status of SIP, a value of Q.850.
        "cause" cause: u16,
        /// The same in words.
        "text" text: Text<'a>,
        /// Where a cause of Q.850 comes from: `U`, `LPN`, `LN`, `TN`, `RLN`, `RPN`, `LOC-6`,
        /// `INTL`, `LOC-8`, `LOC-9`, `BI` and on to `LOC-15` (RFC 8606 4).
        "location" location: Token<'a>,
    }
}
header!(Reason<'a>, Reason);

impl<'a> Reason<'a> {
    /// A cause of that protocol, without text.
    pub fn new(protocol: ReasonProtocol<'a>, cause: u16) -> Self {
        Self {
            protocol,
            cause: Some(cause),
            text: None,
            location: None,
            others: GenericParams::default(),
        }
    }

    /// The same with that text.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<Text<'a>>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Reads one value as far as it can be read: a reason tells why, and nothing depends on it. What
    /// is malformed is left out, and a text without quotes, as many write it, is one all the same.
    /// `None` if it begins with no protocol.
    pub fn tolerant(value: &'a str) -> Option<Self> {
        if let Ok(reason) = Self::parse(value) {
            return Some(reason);
        }
        let (protocol, params) = value.split_at(value.find(';').unwrap_or(value.len()));
        let mut reason = Self::parse(protocol).ok()?;
        let params = Params(params);
        let cause = |cause: &str| decimal(cause.as_bytes(), u32::from(u16::MAX));
        let cause = params.get("cause").and_then(cause);
        reason.cause = cause.and_then(|cause| u16::try_from(cause).ok());
        reason.text = params.get("text").map(|text| Text::new(unquote(text)));
        let location = params.get("location");
        reason.location = location.and_then(|location| Token::new(location).ok());
        Some(reason)
    }

    /// The cause, if it is one of Q.850.
    pub fn q850(&self) -> Option<u16> {
        self.cause.filter(|_| self.protocol == ReasonProtocol::Q850)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfcs() {
        for (text, protocol, cause, words) in [
            (
                "SIP ;cause=200 ;text=\"Call completed elsewhere\"",
                ReasonProtocol::Sip,
                200,
                "Call completed elsewhere",
            ),
            (
                "Q.850 ;cause=16 ;text=\"Terminated\"",
                ReasonProtocol::Q850,
                16,
                "Terminated",
            ),
            (
                "SIP ;cause=600 ;text=\"Busy Everywhere\"",
                ReasonProtocol::Sip,
                600,
                "Busy Everywhere",
            ),
        ] {
            let expected = Reason::new(protocol, cause).with_text(words);
            assert_eq!(Reason::parse(text), Ok(expected), "{text}");
        }
        // RFC 8606 4
        let text = "Q.850;cause=1;text=\"Unallocated (unassigned) number\";location=LN";
        let reason = Reason::parse(text).unwrap();
        assert_eq!(reason.q850(), Some(1));
        assert!(reason.location.as_ref().unwrap().is("LN"));
        assert_eq!(reason.to_string(), text);
    }

    #[test]
    fn names_have_no_case_and_a_cause_may_be_missing() {
        let reason = Reason::parse("q.850;CAUSE=017;Text=busy;x=\"a;b\"").unwrap();
        assert_eq!(reason.q850(), Some(17));
        assert_eq!(reason.others.get("X"), Some("a;b"));
        assert_eq!(reason.to_string(), "Q.850;cause=17;text=\"busy\";x=\"a;b\"");
        let other = Reason::parse("preemption").unwrap();
        assert_eq!((other.cause, other.q850()), (None, None));
        assert_eq!(other.into_owned().to_string(), "preemption");
    }

    #[test]
    fn what_is_malformed_is_left_out_if_that_will_do() {
        let reason = Reason::tolerant("Q.850;cause=16;text=Normal call clearing;location=LN");
        let reason = reason.unwrap();
        assert_eq!(reason.q850(), Some(16));
        assert_eq!(reason.text, Some(Text::new("Normal call clearing")));
        assert!(reason.location.unwrap().is("LN"));
        let reason = Reason::tolerant("SIP;cause=x;text=\"a;b\";;location=a b").unwrap();
        assert_eq!((reason.cause, reason.location), (None, None));
        assert_eq!(reason.text, Some(Text::new("a;b")));
        for text in ["", ";cause=1", "a b;cause=1", "\""] {
            assert_eq!(Reason::tolerant(text), None, "{text}");
        }
        let good = "Q.850;cause=17;text=\"x\";y";
        assert_eq!(Reason::tolerant(good), Reason::parse(good).ok());
    }

    #[test]
    fn text_cannot_end_its_line() {
        let reason = Reason::new(ReasonProtocol::Sip, 500).with_text("a\"\r\nVia: b");
        assert_eq!(reason.to_string(), "SIP;cause=500;text=\"a\\\"  Via: b\"");
        assert_eq!(Reason::parse(&reason.to_string()), Ok(reason));
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            (";", 1),
            ("a b;cause=1", 3),
            ("Q.850;cause=x", 13),
            ("Q.850;cause=+16", 13),
            ("Q.850;cause=65536", 13),
            ("Q.850;cause", 7),
            ("Q.850;cause=16;cause=17", 22),
            ("Q.850;location=\"a b\"", 16),
            ("SIP;text=\"", 11),
        ] {
            let error = Reason::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
