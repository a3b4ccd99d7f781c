//! Priority, Resource-Priority, Accept-Resource-Priority, Answer-Mode, Priv-Answer-Mode,
//! Security-Client, Security-Server and Security-Verify.

use super::address::Qvalue;
use super::declare::{header, parameterised, tokens};
use super::parts::{Parts, Show};
use super::reader::Reader;
use super::value::{Text, Token};
use crate::error::ParseError;
use core::fmt;

tokens! {
    /// How urgent a request is, to people (RFC 3261 20.26).
    Priority, "RFC 3261 20.26" {
        /// Life, limb or property are in danger.
        Emergency "emergency",
        /// Soon.
        Urgent "urgent",
        /// As usual.
        Normal "normal",
        /// Whenever.
        NonUrgent "non-urgent",
        /// A call back from emergency services (RFC 7090 4).
        PsapCallback "psap-callback",
    }
}
impl<'a> super::Typed<'a> for Priority<'a> {
    const NAME: crate::Name = crate::Name::Priority;
}

/// A priority in a namespace: `dsn.flash`, a value of Resource-Priority or
/// Accept-Resource-Priority (RFC 4412 3.1, 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourcePriority<'a> {
    namespace: Token<'a>,
    priority: Token<'a>,
}

header!(ResourcePriority<'a>, ResourcePriority);

impl Show for ResourcePriority<'_> {
    fn show(&self, parts: &mut Parts) {
        parts.field("namespace", &self.namespace);
        parts.field("priority", &self.priority);
    }
}

impl<'a> ResourcePriority<'a> {
    /// The priority in the namespace; `None` if there is a dot in one of them.
    pub fn new(namespace: Token<'a>, priority: Token<'a>) -> Option<Self> {
        let has_dot = namespace.as_str().contains('.') || priority.as_str().contains('.');
        (!has_dot).then_some(Self {
            namespace,
            priority,
        })
    }

    /// Parses one value.
    ///
    /// # Errors
    /// It is no two tokens with one dot between them.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let mut reader = Reader::new(text, "RFC 4412 3.1");
        let expected = "a namespace, one dot and a priority";
        let (start, place) = (reader.at(), reader.expected(expected));
        let whole = reader.token(expected)?;
        reader.end()?;
        let text = &text[start..start + whole.as_str().len()];
        let (namespace, priority) = text.split_once('.').ok_or(place)?;
        if namespace.is_empty() || priority.is_empty() || priority.contains('.') {
            return Err(place);
        }
        Ok(Self {
            namespace: Token::new(namespace)?,
            priority: Token::new(priority)?,
        })
    }

    /// The namespace.
    pub const fn namespace(&self) -> &Token<'a> {
        &self.namespace
    }

    /// The priority.
    pub const fn priority(&self) -> &Token<'a> {
        &self.priority
    }
}

impl fmt::Display for ResourcePriority<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.namespace, self.priority)
    }
}

tokens! {
    /// Who answers (RFC 5373 4.1).
    Answerer, "RFC 5373 4.1" {
        /// The user.
        Manual "Manual",
        /// The user agent by itself.
        Auto "Auto",
    }
}

parameterised! {
    /// Whether to answer at once: the value of Answer-Mode or Priv-Answer-Mode (RFC 5373 4.1).
    AnswerMode, "RFC 5373 4.1",
    {
        /// Who answers.
        answerer: Answerer<'a>,
    }
    flags {
        /// So and not otherwise.
        "require" require,
    }
}
header!(AnswerMode<'a>, AnswerMode);

parameterised! {
    /// A way to secure the next hop: a value of Security-Client, Security-Server or
    /// Security-Verify (RFC 3329 2.2).
    SecurityMechanism, "RFC 3329 2.2",
    {
        /// `digest`, `tls`, `ipsec-ike`, `ipsec-man`, `ipsec-3gpp`.
        mechanism: Token<'a>,
    }
    optional {
        /// How much it is preferred to others.
        "q" q: Qvalue,
        /// The algorithm of Digest.
        "d-alg" d_alg: Token<'a>,
        /// The quality of protection of Digest.
        "d-qop" d_qop: Token<'a>,
        /// The hash that protects the list.
        "d-ver" d_ver: Text<'a>,
    }
}
header!(SecurityMechanism<'a>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfcs() {
        assert_eq!(Priority::parse("emergency"), Ok(Priority::Emergency));
        let flash = ResourcePriority::parse("dsn.flash").unwrap();
        assert!(flash.namespace().is("DSN") && flash.priority().is("flash"));
        assert_eq!(flash.to_string(), "dsn.flash");
        let mode = AnswerMode::parse("Auto;require").unwrap();
        assert_eq!((&mode.answerer, mode.require), (&Answerer::Auto, true));
        assert_eq!(mode.to_string(), "Auto;require");
        // RFC 3329 4
        let text = "ipsec-ike;q=0.1";
        assert_eq!(SecurityMechanism::parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("dsn", 1),
            (" dsn.", 2),
            ("a.b.c", 1),
            ("a.b c", 5),
        ] {
            let error = ResourcePriority::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
        assert_eq!(AnswerMode::parse("Auto;require=1").unwrap_err().column, 14);
        let (dotted, token) = (Token::literal("a.b"), Token::literal("a"));
        assert_eq!(ResourcePriority::new(dotted, token), None);
    }
}
