//! From, To, Reply-To, Route, Record-Route, Path, Service-Route, Refer-To, P-Asserted-Identity,
//! P-Preferred-Identity, P-Associated-URI, P-Called-Party-ID, and Contact.

use super::declare::header;
use super::parts::{Parts, Show};
use super::reader::Reader;
use super::value::{GenericParams, Param, Text, UriText};
use crate::error::ParseError;
use crate::name_addr::NameAddr;
use crate::scan::decimal;
use core::fmt;

/// A `name-addr` or `addr-spec` with parameters (RFC 3261 20.10): the value of the header fields
/// that give their parameters no meaning, and of From and To, which have a tag.
///
/// Route, Record-Route, Path (RFC 3327 4), Service-Route (RFC 3608 5), Refer-To (RFC 3515 2.1),
/// P-Asserted-Identity and P-Preferred-Identity (RFC 3325 9), P-Associated-URI and
/// P-Called-Party-ID (RFC 7315 5.1, 5.2) are of this form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// The display name.
    pub display: Option<Text<'a>>,
    /// The URI.
    pub uri: UriText<'a>,
    /// The parameters of the header field, not of the URI.
    pub others: GenericParams<'a>,
}

/// A value of Contact (RFC 3261 20.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact<'a> {
    /// `*`: all bindings, to be removed (RFC 3261 10.2.2).
    All,
    /// An address.
    Address(ContactAddress<'a>),
}

/// An address in Contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactAddress<'a> {
    /// The display name.
    pub display: Option<Text<'a>>,
    /// The URI.
    pub uri: UriText<'a>,
    /// How much it is preferred to the others.
    pub q: Option<Qvalue>,
    /// How long it is valid, in seconds. Malformed values are 3600 (RFC 3261 20.10).
    pub expires: Option<u32>,
    /// `+sip.instance`: which device it is, without the angle brackets (RFC 5626 4.1).
    pub instance: Option<Text<'a>>,
    /// Which of its flows it is, from 1 (RFC 5626 4.2).
    pub reg_id: Option<u32>,
    /// All other parameters: media features (RFC 3840 9), GRUUs (RFC 5627 5.1).
    pub others: GenericParams<'a>,
}

/// A preference from 0 to 1, in thousandths (RFC 3261 25.1 `qvalue`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Qvalue(u16);

header!(Address<'a>);
header!(Contact<'a>, Contact);

impl Show for Address<'_> {
    fn show(&self, parts: &mut Parts) {
        parts.address(self.display.as_ref(), &self.uri);
        parts.others(&self.others);
    }
}

impl Show for Contact<'_> {
    fn show(&self, parts: &mut Parts) {
        let Self::Address(address) = self else { return };
        parts.address(address.display.as_ref(), &address.uri);
        parts.param("q", address.q.as_ref());
        parts.param("expires", address.expires.as_ref());
        parts.param("+sip.instance", address.instance.as_ref());
        parts.param("reg-id", address.reg_id.as_ref());
        parts.others(&address.others);
    }
}

impl<'a> Address<'a> {
    /// An address without display name and parameters.
    pub fn new(uri: UriText<'a>) -> Self {
        Self {
            display: None,
            uri,
            others: GenericParams::default(),
        }
    }

    /// Parses one value.
    ///
    /// # Errors
    /// As [`NameAddr::parse`].
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let (display, uri, mut reader) = start(text, "RFC 3261 25.1 name-addr")?;
        Ok(Self {
            display,
            uri,
            others: reader.generic_params()?,
        })
    }

    /// The tag of From and To (RFC 3261 19.3).
    pub fn tag(&self) -> Option<&str> {
        self.others.get("tag")
    }

    /// The same with its own texts.
    pub fn into_owned(self) -> Address<'static> {
        Address {
            display: self.display.map(Text::into_owned),
            uri: self.uri.into_owned(),
            others: self.others.into_owned(),
        }
    }
}

/// Display name, URI, and a reader that stands before the parameters.
pub(super) fn start<'a>(
    text: &'a str,
    clause: &'static str,
) -> Result<(Option<Text<'a>>, UriText<'a>, Reader<'a>), ParseError> {
    let address = NameAddr::parse(text)?;
    let params = text.len() - address.params.as_str().len();
    Ok((
        address.display_name().map(Text::new),
        UriText::parsed(address.uri),
        Reader::at_offset(text, params, clause),
    ))
}

/// Writes display name and URI.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    display: Option<&Text<'_>>,
    uri: impl fmt::Display,
) -> fmt::Result {
    if let Some(display) = display {
        write!(f, "{} ", display.quoted())?;
    }
    write!(f, "<{uri}>")
}

impl<'a> Contact<'a> {
    /// Parses one value.
    ///
    /// # Errors
    /// As [`NameAddr::parse`]; or a parameter that RFC 3261 20.10 or RFC 5626 defines is malformed.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        if text == "*" {
            return Ok(Self::All);
        }
        let (display, uri, mut reader) = start(text, "RFC 3261 25.1 contact-param")?;
        let mut contact = ContactAddress {
            display,
            ..ContactAddress::new(uri)
        };
        while let Some(param) = reader.param()? {
            match param.key().as_ref() {
                "q" => param.set(&mut contact.q, param.parsed("0 to 1", Qvalue::from_text))?,
                "expires" => {
                    let seconds = param.number(u32::MAX).unwrap_or(MALFORMED_EXPIRES);
                    param.set(&mut contact.expires, Ok(seconds))?;
                }
                "+sip.instance" => {
                    let instance = param.parsed("a URN in angle brackets", |text| {
                        let inner = text.strip_prefix('<')?.strip_suffix('>')?;
                        Some(Text::new(inner.to_owned()))
                    });
                    param.set(&mut contact.instance, instance)?;
                }
                "reg-id" => param.set(&mut contact.reg_id, param.number(i32::MAX as u32))?,
                _ => param.keep(&mut contact.others),
            }
        }
        Ok(Self::Address(contact))
    }

    /// The address, if it is one.
    pub const fn address(&self) -> Option<&ContactAddress<'a>> {
        match self {
            Self::All => None,
            Self::Address(address) => Some(address),
        }
    }
}

/// What a malformed `expires` counts for (RFC 3261 20.10).
const MALFORMED_EXPIRES: u32 = 3_600;

impl<'a> ContactAddress<'a> {
    /// An address without display name and parameters.
    pub fn new(uri: UriText<'a>) -> Self {
        Self {
            display: None,
            uri,
            q: None,
            expires: None,
            instance: None,
            reg_id: None,
            others: GenericParams::default(),
        }
    }

    /// The same with its own texts.
    pub fn into_owned(self) -> ContactAddress<'static> {
        ContactAddress {
            display: self.display.map(Text::into_owned),
            uri: self.uri.into_owned(),
            instance: self.instance.map(Text::into_owned),
            others: self.others.into_owned(),
            q: self.q,
            expires: self.expires,
            reg_id: self.reg_id,
        }
    }
}

impl Qvalue {
    /// The highest: 1.
    pub const ONE: Self = Self(1_000);

    /// From thousandths; `None` if there are more than 1000.
    pub const fn from_thousandths(thousandths: u16) -> Option<Self> {
        if thousandths > 1_000 {
            return None;
        }
        Some(Self(thousandths))
    }

    /// Thousandths, 0 to 1000.
    pub const fn thousandths(self) -> u16 {
        self.0
    }

    /// From `0.5`, `1`, `1.000`: up to three digits behind the point.
    pub fn from_text(text: &str) -> Option<Self> {
        let (whole, behind) = text.split_once('.').unwrap_or((text, ""));
        if behind.len() > 3 || !matches!(whole, "0" | "1") {
            return None;
        }
        let digits = format!("{whole}{behind:0<3}");
        let thousandths = decimal(digits.as_bytes(), 1_000)?;
        u16::try_from(thousandths).ok().map(Self)
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.display.as_ref(), &self.uri)?;
        write!(f, "{}", self.others)
    }
}

impl fmt::Display for Contact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

impl fmt::Display for ContactAddress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.display.as_ref(), &self.uri)?;
        write!(f, "{}", Param("q", self.q))?;
        write!(f, "{}", Param("expires", self.expires))?;
        if let Some(instance) = &self.instance {
            let bracketed = Text::new(format!("<{}>", instance.as_str()));
            write!(f, ";+sip.instance={}", bracketed.quoted())?;
        }
        write!(f, "{}{}", Param("reg-id", self.reg_id), self.others)
    }
}

impl fmt::Display for Qvalue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 1_000 {
            return f.write_str("1");
        }
        let digits = format!("0.{:03}", self.0);
        f.write_str(digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(text: &str) -> ContactAddress<'_> {
        match Contact::parse(text) {
            Ok(Contact::Address(address)) => address,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn addresses_of_the_examples() {
        // RFC 3261 20.20, 20.34; RFC 3325 9.1; RFC 3327 5.5
        let from = Address::parse("\"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s").unwrap();
        assert_eq!(from.tag(), Some("a48s"));
        assert_eq!(
            from.to_string(),
            "\"A. G. Bell\" <sip:agb@bell-telephone.com>;tag=a48s"
        );
        let bare = Address::parse("sip:+12125551212@server.phone2net.com;tag=887s").unwrap();
        assert_eq!(
            bare.to_string(),
            "<sip:+12125551212@server.phone2net.com>;tag=887s"
        );
        let asserted = Address::parse("tel:+14085264000").unwrap();
        assert_eq!(asserted.to_string(), "<tel:+14085264000>");
        let path = Address::parse("<sip:P3.EXAMPLEHOME.COM;lr>").unwrap();
        assert_eq!(path.uri.as_str(), "sip:P3.EXAMPLEHOME.COM;lr");
        assert!(path.others.0.is_empty());
    }

    #[test]
    fn contact_with_all_it_may_have() {
        // RFC 3261 20.10, RFC 5626 4.2, RFC 3840 9
        let text = "\"Mr. Watson\" <sip:watson@worcester.bell-telephone.com>;q=0.7; expires=3600";
        let address = contact(text);
        assert_eq!(
            (address.q, address.expires),
            (Some(Qvalue(700)), Some(3600))
        );
        let text = "<sip:line1@192.0.2.2;transport=tcp>; reg-id=1;\
                    +sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\";audio;\
                    +g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\"";
        let address = contact(text);
        let urn = "urn:uuid:00000000-0000-1000-8000-000A95A0E128";
        assert_eq!(address.instance, Some(Text::new(urn)));
        assert_eq!(address.reg_id, Some(1));
        assert_eq!(address.others.get("audio"), Some(""));
        let written = address.to_string();
        assert_eq!(contact(&written), address);
        assert!(written.contains(";+sip.instance=\"<urn:uuid:"), "{written}");
        assert_eq!(Contact::parse("*"), Ok(Contact::All));
    }

    #[test]
    fn malformed_expires_is_an_hour() {
        for expires in ["1000000000000", "soon", "\"x\""] {
            let text = format!("<sip:a@b>;expires={expires}");
            assert_eq!(contact(&text).expires, Some(3_600));
        }
    }

    #[test]
    fn preferences() {
        for (text, thousandths, written) in [
            ("0", 0, "0"),
            ("0.", 0, "0"),
            ("0.5", 500, "0.5"),
            ("0.123", 123, "0.123"),
            ("1.000", 1_000, "1"),
        ] {
            let q = Qvalue::from_text(text).unwrap();
            assert_eq!(
                (q.thousandths(), q.to_string().as_str()),
                (thousandths, written)
            );
        }
        for text in ["", "1.001", "2", "0.1234", ".5", "0.-1", "00.5"] {
            assert_eq!(Qvalue::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("<sip:a@b", 9),
            ("<sip:a@b>;q=2", 13),
            ("<sip:a@b>;q=0.1;q=0.1", 19),
            ("<sip:a@b>;reg-id=x", 18),
            ("<sip:a@b>;+sip.instance=\"urn:x\"", 25),
            ("<sip:a@b>;;", 11),
        ] {
            let error = Contact::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
    }
}
