//! Request methods.

use crate::error::ParseError;
use crate::scan::is_token;
use core::fmt;
use core::str::FromStr;

/// A request method (RFC 3261 7.1). Methods are compared with case (RFC 3261 7.3.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// RFC 3261 13.
    Invite,
    /// RFC 3261 13 and 17.
    Ack,
    /// RFC 3261 15.
    Bye,
    /// RFC 3261 9.
    Cancel,
    /// RFC 3261 11.
    Options,
    /// RFC 3261 10.
    Register,
    /// RFC 6086.
    Info,
    /// RFC 3262.
    Prack,
    /// RFC 3311.
    Update,
    /// RFC 3515.
    Refer,
    /// RFC 6665.
    Notify,
    /// RFC 6665.
    Subscribe,
    /// RFC 3428.
    Message,
    /// RFC 3903.
    Publish,
    /// Any other: RFC 3261 25.1, extension-method.
    Other(ExtensionMethod),
}

/// The name of a method that [`Method`] has no variant for: a token, by construction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExtensionMethod(Box<str>);

impl ExtensionMethod {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Method {
    /// The method as it stands in a start line.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Options => "OPTIONS",
            Self::Register => "REGISTER",
            Self::Info => "INFO",
            Self::Prack => "PRACK",
            Self::Update => "UPDATE",
            Self::Refer => "REFER",
            Self::Notify => "NOTIFY",
            Self::Subscribe => "SUBSCRIBE",
            Self::Message => "MESSAGE",
            Self::Publish => "PUBLISH",
            Self::Other(name) => name.as_str(),
        }
    }

    /// The method of that name; `None` if it is no token.
    pub fn from_token(name: &str) -> Option<Self> {
        Some(match name {
            "INVITE" => Self::Invite,
            "ACK" => Self::Ack,
            "BYE" => Self::Bye,
            "CANCEL" => Self::Cancel,
            "OPTIONS" => Self::Options,
            "REGISTER" => Self::Register,
            "INFO" => Self::Info,
            "PRACK" => Self::Prack,
            "UPDATE" => Self::Update,
            "REFER" => Self::Refer,
            "NOTIFY" => Self::Notify,
            "SUBSCRIBE" => Self::Subscribe,
            "MESSAGE" => Self::Message,
            "PUBLISH" => Self::Publish,
            other if is_token(other.as_bytes()) => Self::Other(ExtensionMethod(other.into())),
            _ => return None,
        })
    }

    /// Whether a standard that this crate knows defines the method.
    pub const fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

impl FromStr for Method {
    type Err = ParseError;

    fn from_str(name: &str) -> Result<Self, ParseError> {
        Self::from_token(name)
            .ok_or_else(|| ParseError::in_value(0, "a method (token)", "RFC 3261 25.1"))
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_methods_round_trip_and_case_matters() {
        for name in ["INVITE", "ACK", "PRACK", "PUBLISH"] {
            let method = Method::from_token(name).unwrap();
            assert!(method.is_known());
            assert_eq!(method.to_string(), name);
        }
        assert!(!Method::from_token("invite").unwrap().is_known());
    }

    #[test]
    fn a_method_is_a_token() {
        assert_eq!(
            Method::from_token("RE%47IST%45R").unwrap().as_str(),
            "RE%47IST%45R"
        );
        assert_eq!(Method::from_token(""), None);
        assert_eq!(Method::from_token("A B"), None);
        assert_eq!(Method::from_token("A\r\nB"), None);
    }
}
