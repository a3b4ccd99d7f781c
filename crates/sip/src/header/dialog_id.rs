//! Call-ID, In-Reply-To, Replaces, Join, Target-Dialog and Session-ID: what names a dialog.

use super::declare::{IntoOwned, Lead, ParamValue, header, one_part, parameterised};
use super::reader::{ReadParam, Reader};
use super::value::{Bare, Word};
use crate::error::ParseError;
use core::fmt;

/// A Call-ID, as Call-ID and In-Reply-To have it (RFC 3261 25.1 `callid`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId<'a> {
    /// The whole of it, or what stands before the at sign.
    pub local: Word<'a>,
    /// What stands behind the at sign.
    pub host: Option<Word<'a>>,
}

header!(CallId<'a>, CallId);
one_part!(CallId<'_>);

impl<'a> CallId<'a> {
    /// Parses the value.
    ///
    /// # Errors
    /// It is no `word [ "@" word ]`.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let mut reader = Reader::new(text, "RFC 3261 25.1 callid");
        let id = Self::read(&mut reader)?;
        reader.end()?;
        Ok(id)
    }
}

impl<'a> Lead<'a> for CallId<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, ParseError> {
        let local = reader.checked("a Call-ID")?;
        let has_host = reader.take_exactly(b'@');
        let host = has_host.then(|| reader.checked("a word behind the at sign"));
        Ok(Self {
            local,
            host: host.transpose()?,
        })
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl IntoOwned for CallId<'_> {
    type Owned = CallId<'static>;

    fn into_owned(self) -> CallId<'static> {
        CallId {
            local: self.local.into_owned(),
            host: self.host.map(Word::into_owned),
        }
    }
}

impl fmt::Display for CallId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.local)?;
        match &self.host {
            Some(host) => write!(f, "@{host}"),
            None => Ok(()),
        }
    }
}

parameterised! {
    /// The dialog whose place a new one takes (RFC 3891 6.1).
    Replaces, "RFC 3891 6.1",
    {
        /// Its Call-ID.
        call_id: CallId<'a>,
    }
    required {
        /// The tag of the side that gets the request; 0 if it has none.
        "to-tag" to_tag: Bare<'a>,
        /// The tag of the other side; 0 if it has none.
        "from-tag" from_tag: Bare<'a>,
    }
    flags {
        /// Only if it has not been answered.
        "early-only" early_only,
    }
}
header!(Replaces<'a>, Replaces);

parameterised! {
    /// The dialog that a new one joins (RFC 3911 7.1).
    Join, "RFC 3911 7.1",
    {
        /// Its Call-ID.
        call_id: CallId<'a>,
    }
    required {
        /// The tag of the side that gets the request.
        "to-tag" to_tag: Bare<'a>,
        /// The tag of the other side.
        "from-tag" from_tag: Bare<'a>,
    }
}
header!(Join<'a>, Join);

parameterised! {
    /// A dialog that the sender is known to be in (RFC 4538 7).
    TargetDialog, "RFC 4538 7",
    {
        /// Its Call-ID.
        call_id: CallId<'a>,
    }
    required {
        /// The tag of the side that gets the request.
        "local-tag" local_tag: Bare<'a>,
        /// The tag of the side that sends it.
        "remote-tag" remote_tag: Bare<'a>,
    }
}
header!(TargetDialog<'a>, TargetDialog);

/// One end of a session, from end to end (RFC 7989 4.1). All zeros is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionUuid(pub u128);

impl SessionUuid {
    fn from_text(text: &str) -> Option<Self> {
        let is_hex = text
            .bytes()
            .all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'));
        let uuid = u128::from_str_radix(text, 16).ok();
        uuid.filter(|_| is_hex && text.len() == 32).map(Self)
    }
}

const UUID: &str = "32 hexadecimal digits in lower case";

impl fmt::Display for SessionUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Lead<'_> for SessionUuid {
    fn read(reader: &mut Reader<'_>) -> Result<Self, ParseError> {
        let expected = reader.expected(UUID);
        let token = reader.token(UUID)?;
        Self::from_text(token.as_str()).ok_or(expected)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl ParamValue<'_> for SessionUuid {
    fn read(param: &ReadParam<'_>) -> Result<Self, ParseError> {
        param.parsed(UUID, Self::from_text)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl IntoOwned for SessionUuid {
    type Owned = Self;

    fn into_owned(self) -> Self {
        self
    }
}

parameterised! {
    /// Both ends of a session (RFC 7989 5).
    SessionId, "RFC 7989 5",
    {
        /// The end that sends.
        local: SessionUuid,
    }
    optional {
        /// The other end. Implementations of RFC 7329 leave it out.
        "remote" remote: SessionUuid,
    }
}
header!(SessionId<'a>, SessionId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfcs() {
        // RFC 3891 6.1
        let text = "98732@sip.example.com\n          ;from-tag=r33th4x0r\n          \
                    ;to-tag=ff87ff"
            .replace('\n', "");
        let replaces = Replaces::parse(&text).unwrap();
        assert_eq!(replaces.call_id.to_string(), "98732@sip.example.com");
        assert_eq!(replaces.to_tag.as_str(), "ff87ff");
        let text = "87134@171.161.34.23;to-tag=24796;from-tag=0;early-only";
        let replaces = Replaces::parse(text).unwrap();
        assert!(replaces.early_only);
        assert_eq!(replaces.to_string(), text);
        let text = "12adf2f34456gs5;to-tag=12345;from-tag=54321";
        assert_eq!(Join::parse(text).unwrap().to_string(), text);
        let text = "fa77as7dad8-sd98ajzz@host.example.com;local-tag=kkaz-;remote-tag=6544";
        assert_eq!(TargetDialog::parse(text).unwrap().to_string(), text);
        // RFC 7989 10.1
        let text = "ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000";
        let id = SessionId::parse(text).unwrap();
        assert_eq!(id.remote, Some(SessionUuid(0)));
        assert_eq!(id.to_string(), text);
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("a@", 3),
            ("a;to-tag=1", 11),
            ("a;to-tag=1;from-tag", 12),
            ("a;to-tag=1;from-tag=2;early-only=x", 34),
            ("a b;to-tag=1;from-tag=2", 3),
        ] {
            let error = Replaces::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
        assert_eq!(CallId::parse("a@b@c").unwrap_err().column, 4);
        for text in [
            "",
            "ab",
            "AB30317F1A784DC48FF824D0D3715D86",
            "+b30317f1a784dc48ff824d0d3715d86",
        ] {
            assert_eq!(SessionId::parse(text).unwrap_err().column, 1, "{text}");
        }
    }
}
