//! History-Info (RFC 7044).

use super::address;
use super::declare::{ParamValue, header, write_param};
use super::parts::{Parts, Show};
use super::privacy::Privacy;
use super::reader::ReadParam;
use super::reason::Reason;
use super::value::{GenericParams, Text, UriText};
use crate::error::ParseError;
use crate::scan::{List, decimal};
use crate::uri::{Uri, unescape};
use core::fmt::{self, Write};

/// One entry of the history of a request: where it was sent (RFC 7044 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryInfo<'a> {
    /// The display name.
    pub display: Option<Text<'a>>,
    /// Where it was sent, without header fields.
    pub uri: UriText<'a>,
    /// Why it was sent on from there (RFC 7044 10.2); they stand in the URI.
    pub reasons: Vec<Reason<'static>>,
    /// Whether the entry is private (RFC 7044 10.1); it stands in the URI.
    pub privacy: Option<Privacy<'static>>,
    /// The place in the history.
    pub index: HistoryIndex,
    /// How the target came about, and from which entry.
    pub target: Option<HistoryTarget>,
    /// All other parameters.
    pub others: GenericParams<'a>,
}

header!(HistoryInfo<'a>, HistoryInfo);

impl Show for HistoryInfo<'_> {
    fn show(&self, parts: &mut Parts) {
        parts.address(self.display.as_ref(), &self.uri);
        for reason in &self.reasons {
            parts.field("reason", reason);
        }
        parts.optional("privacy", self.privacy.as_ref());
        parts.param("index", Some(&self.index));
        match &self.target {
            Some(HistoryTarget::Contact(from)) => parts.param("rc", Some(from)),
            Some(HistoryTarget::Mapped(from)) => parts.param("mp", Some(from)),
            Some(HistoryTarget::Unchanged(from)) => parts.param("np", Some(from)),
            None => {}
        }
        parts.others(&self.others);
    }
}

/// The place of an entry: `1.2.1` is the first hop on from the second branch (RFC 7044 10.3).
/// There is at least one number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HistoryIndex(Vec<u32>);

/// How the target of an entry came about (RFC 7044 10.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryTarget {
    /// `rc`: from the contacts of the user of that entry.
    Contact(HistoryIndex),
    /// `mp`: another user has the place of the one of that entry.
    Mapped(HistoryIndex),
    /// `np`: nothing but the way changed since that entry.
    Unchanged(HistoryIndex),
}

impl<'a> HistoryInfo<'a> {
    /// An entry of which nothing else is known.
    pub fn new(uri: UriText<'a>, index: HistoryIndex) -> Self {
        Self {
            display: None,
            uri,
            reasons: Vec::new(),
            privacy: None,
            index,
            target: None,
            others: GenericParams::default(),
        }
    }

    /// Parses one value.
    ///
    /// # Errors
    /// The place and the expectation of RFC 7044 5 that is not met.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let (display, whole, mut reader) = address::start(text, CLAUSE)?;
        let (mut index, mut target) = (None, None);
        let mut others = GenericParams::default();
        while let Some(param) = reader.param()? {
            let kind = match param.key().as_ref() {
                "index" => {
                    param.set(&mut index, ParamValue::read(&param))?;
                    continue;
                }
                "rc" => HistoryTarget::Contact,
                "mp" => HistoryTarget::Mapped,
                "np" => HistoryTarget::Unchanged,
                _ => {
                    param.keep(&mut others);
                    continue;
                }
            };
            param.set(&mut target, ParamValue::read(&param).map(kind))?;
        }
        let index = index.ok_or_else(|| reader.expected("`;index=`"))?;
        let question_mark = reader.position_of(b'?');
        let Headers {
            uri,
            reasons,
            privacy,
        } = Headers::split(whole).map_err(|error| {
            // Escapes have moved all that is in it.
            ParseError { column: 1, ..error }.shifted(question_mark + 1)
        })?;
        Ok(Self {
            display,
            uri,
            reasons,
            privacy,
            index,
            target,
            others,
        })
    }

    /// The same with its own texts.
    pub fn into_owned(self) -> HistoryInfo<'static> {
        HistoryInfo {
            display: self.display.map(Text::into_owned),
            uri: self.uri.into_owned(),
            reasons: self.reasons,
            privacy: self.privacy,
            index: self.index,
            target: self.target,
            others: self.others.into_owned(),
        }
    }
}

/// What stands in the URI of an entry.
struct Headers<'a> {
    uri: UriText<'a>,
    reasons: Vec<Reason<'static>>,
    privacy: Option<Privacy<'static>>,
}

impl<'a> Headers<'a> {
    /// Takes Reason and Privacy out of the header fields of a SIP URI, and leaves all others there.
    fn split(whole: UriText<'a>) -> Result<Self, ParseError> {
        let (mut reasons, mut privacy) = (Vec::new(), None);
        let mut kept = String::new();
        let headers = match whole.parts()? {
            Uri::Sip(uri) => uri.headers,
            _ => "",
        };
        for pair in headers.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if name.eq_ignore_ascii_case("Reason") {
                let value = unescape(value);
                for reason in List::new(&value) {
                    reasons.push(Reason::parse(reason)?.into_owned());
                }
            } else if name.eq_ignore_ascii_case("Privacy") && privacy.is_none() {
                privacy = Some(Privacy::parse(&unescape(value))?.into_owned());
            } else {
                kept.push(if kept.is_empty() { '?' } else { '&' });
                kept.push_str(pair);
            }
        }
        let length = headers.len();
        if length == 0 {
            return Ok(Self {
                uri: whole,
                reasons,
                privacy,
            });
        }
        let end = whole.as_str().len() - length - 1;
        let bare = whole.cut(end);
        let uri = match kept.is_empty() {
            true => bare,
            false => UriText::new(format!("{bare}{kept}"))?,
        };
        Ok(Self {
            uri,
            reasons,
            privacy,
        })
    }
}

impl HistoryIndex {
    /// The first entry: `1`.
    pub fn first() -> Self {
        Self(vec![1])
    }

    /// These numbers; `None` if there are none.
    pub fn new(numbers: &[u32]) -> Option<Self> {
        (!numbers.is_empty()).then(|| Self(numbers.to_vec()))
    }

    /// The numbers.
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }

    /// The first entry that goes on from this one: `1.1` after `1`.
    #[must_use]
    pub fn next_hop(&self) -> Self {
        let mut numbers = self.0.clone();
        numbers.push(1);
        Self(numbers)
    }

    /// The entry beside this one: `1.2` after `1.1`.
    #[must_use]
    pub fn next_branch(&self) -> Self {
        let mut numbers = self.0.clone();
        if let Some(last) = numbers.last_mut() {
            *last = last.saturating_add(1);
        }
        Self(numbers)
    }

    fn from_text(text: &str) -> Option<Self> {
        let numbers = text
            .split('.')
            .map(|number| decimal(number.as_bytes(), u32::MAX));
        numbers.collect::<Option<_>>().map(Self)
    }
}

impl ParamValue<'_> for HistoryIndex {
    fn read(param: &ReadParam<'_>) -> Result<Self, ParseError> {
        param.parsed("numbers with dots between them", Self::from_text)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for HistoryIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, number) in self.0.iter().enumerate() {
            write!(f, "{}{number}", if at == 0 { "" } else { "." })?;
        }
        Ok(())
    }
}

/// Header fields stand in a SIP URI only: in one of another scheme they are left out (RFC 7044
/// 10.2 has it turned into a SIP URI).
impl fmt::Display for HistoryInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut uri = self.uri.as_str().to_owned();
        if let Ok(Uri::Sip(parts)) = self.uri.parts() {
            let mut separator = if parts.headers.is_empty() { '?' } else { '&' };
            let mut header = |name: &str, value: &dyn fmt::Display| {
                let value = value.to_string();
                write!(uri, "{separator}{name}={}", Escaped(&value))?;
                separator = '&';
                Ok(())
            };
            self.reasons
                .iter()
                .try_for_each(|reason| header("Reason", reason))?;
            self.privacy
                .iter()
                .try_for_each(|privacy| header("Privacy", privacy))?;
        }
        address::write(f, self.display.as_ref(), uri)?;
        write_param(f, "index", Some(&self.index))?;
        match &self.target {
            Some(HistoryTarget::Contact(from)) => write_param(f, "rc", Some(from))?,
            Some(HistoryTarget::Mapped(from)) => write_param(f, "mp", Some(from))?,
            Some(HistoryTarget::Unchanged(from)) => write_param(f, "np", Some(from))?,
            None => {}
        }
        write!(f, "{}", self.others)
    }
}

/// A value in the header fields of a URI: all but what is never reserved is escaped
/// (RFC 3261 19.1.2).
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for octet in self.0.bytes() {
            if octet.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&octet) {
                f.write_char(char::from(octet))?;
            } else {
                write!(f, "%{octet:02X}")?;
            }
        }
        Ok(())
    }
}

const CLAUSE: &str = "RFC 7044 5";

#[cfg(test)]
mod tests {
    use super::super::privacy::PrivacyValue;
    use super::super::reason::ReasonProtocol;
    use super::*;

    fn parse(text: &str) -> HistoryInfo<'_> {
        HistoryInfo::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn reason_and_privacy_stand_in_the_uri() {
        // RFC 7044 5.1
        let text = "<sip:UserA@ims.example.com?Reason=SIP%3Bcause%3D302>;index=1.1;mp=1";
        let entry = parse(text);
        assert_eq!(entry.uri.as_str(), "sip:UserA@ims.example.com");
        assert_eq!(entry.reasons, [Reason::new(ReasonProtocol::Sip, 302)]);
        assert_eq!(entry.index.numbers(), [1, 1]);
        assert_eq!(
            entry.target,
            Some(HistoryTarget::Mapped(HistoryIndex::first()))
        );
        assert_eq!(entry.to_string(), text);
        let text = "<sip:UserA@ims.example.com?Privacy=history&\
                    Reason=SIP%3Bcause%3D486%3Btext%3D%22Busy%20Here%22>;index=1.1;rc=1.2.3;foo=bar";
        let entry = parse(text);
        assert_eq!(entry.privacy, Some(Privacy::new(PrivacyValue::History)));
        assert_eq!(
            entry.reasons[0].text.as_ref().unwrap().as_str(),
            "Busy Here"
        );
        assert_eq!(parse(&entry.to_string()), entry);
        assert_eq!(entry.clone().into_owned(), entry);
    }

    #[test]
    fn other_header_fields_stay_in_the_uri() {
        let entry =
            parse("<sip:a?b@h?x=1&Reason=Q.850%3Bcause%3D17%2CSIP%3Bcause%3D486&y=2>;index=1");
        assert_eq!(entry.uri.as_str(), "sip:a?b@h?x=1&y=2");
        assert_eq!(entry.reasons.len(), 2);
        assert_eq!(
            entry.to_string(),
            "<sip:a?b@h?x=1&y=2&Reason=Q.850%3Bcause%3D17&Reason=SIP%3Bcause%3D486>;index=1"
        );
        assert_eq!(parse(&entry.to_string()), entry);
        let entry = parse("<tel:+4930123;cpc=x>;index=1.1.1;np=1.1");
        assert_eq!(entry.uri.as_str(), "tel:+4930123;cpc=x");
    }

    #[test]
    fn indices_go_on_and_aside() {
        let first = HistoryIndex::first();
        assert_eq!(first.next_hop().next_hop().to_string(), "1.1.1");
        assert_eq!(first.next_hop().next_branch().to_string(), "1.2");
        assert_eq!(HistoryIndex::new(&[]), None);
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("<sip:a@b>", 10),
            ("<sip:a@b>;index=1.", 17),
            ("<sip:a@b>;index=1.x", 17),
            ("<sip:a@b>;index=1;rc=1;mp=1", 27),
            ("<sip:a@b?Reason=SIP%3Bcause%3Dx>;index=1", 10),
            ("<sip:a@b?Privacy=%3B>;index=1", 10),
        ] {
            let error = HistoryInfo::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
