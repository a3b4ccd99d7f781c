//! Content-Type, Content-Disposition, MIME-Version, Accept, Accept-Encoding and Accept-Language.

use super::address::Qvalue;
use super::declare::{IntoOwned, Lead, header, one_part, parameterised, tokens};
use super::reader::Reader;
use super::value::{Text, Token};
use crate::error::ParseError;
use core::fmt;

/// A media type, or a range of them: `*/*`, `audio/*` (RFC 3261 25.1 `media-range`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType<'a> {
    /// The type.
    pub main: Token<'a>,
    /// The subtype.
    pub sub: Token<'a>,
}

impl MediaType<'_> {
    /// Whether it is that media type, `application/sdp`, or a range in which that lies.
    pub fn includes(&self, media_type: &str) -> bool {
        let (main, sub) = media_type.split_once('/').unwrap_or((media_type, ""));
        (self.main.is("*") || self.main.is(main)) && (self.sub.is("*") || self.sub.is(sub))
    }
}

impl<'a> Lead<'a> for MediaType<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, ParseError> {
        let main = reader.token("a media type")?;
        reader.need(b'/', "`/`")?;
        let sub = reader.token("a media subtype")?;
        Ok(Self { main, sub })
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl IntoOwned for MediaType<'_> {
    type Owned = MediaType<'static>;

    fn into_owned(self) -> MediaType<'static> {
        MediaType {
            main: self.main.into_owned(),
            sub: self.sub.into_owned(),
        }
    }
}

impl fmt::Display for MediaType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.main, self.sub)
    }
}

parameterised! {
    /// What the body is (RFC 3261 20.15).
    ContentType, "RFC 3261 25.1 media-type",
    {
        /// The media type.
        media: MediaType<'a>,
    }
    optional {
        /// What stands between the parts of a multipart body (RFC 2046 5.1.1).
        "boundary" boundary: Text<'a>,
        /// The character set of a text.
        "charset" charset: Token<'a>,
    }
}
header!(ContentType<'a>, ContentType);

tokens! {
    /// What a body is for (RFC 3261 20.11).
    DispositionType, "RFC 3261 20.11" {
        /// To be shown.
        Render "render",
        /// A session description.
        Session "session",
        /// A picture of the caller.
        Icon "icon",
        /// To be shown or played instead of ringing.
        Alert "alert",
        /// Signaling that is carried along (RFC 3204 3.2).
        Signal "signal",
        /// To be used by what refers to it (RFC 5621 8).
        ByReference "by-reference",
        /// The body of an INFO request (RFC 6086 8.1).
        InfoPackage "info-package",
    }
}

tokens! {
    /// What to do if the body is not understood (RFC 3261 20.11).
    Handling, "RFC 3261 20.11" {
        /// To go on without it.
        Optional "optional",
        /// To refuse the message.
        Required "required",
    }
}

parameterised! {
    /// What a body is for (RFC 3261 20.11).
    ContentDisposition, "RFC 3261 20.11",
    {
        /// What it is for.
        kind: DispositionType<'a>,
    }
    optional {
        /// What to do if it is not understood; without it that is `required`.
        "handling" handling: Handling<'a>,
    }
}
header!(ContentDisposition<'a>, ContentDisposition);

/// The version of MIME (RFC 3261 20.24).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MimeVersion {
    /// Before the dot.
    pub major: u32,
    /// Behind it.
    pub minor: u32,
}

header!(MimeVersion, MimeVersion);
one_part!(MimeVersion);

impl MimeVersion {
    /// Parses the value.
    ///
    /// # Errors
    /// It is no two numbers with a dot between them.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut reader = Reader::new(text, "RFC 3261 20.24");
        let major = reader.number(u32::MAX)?;
        reader.need(b'.', "`.`")?;
        let minor = reader.number(u32::MAX)?;
        reader.end()?;
        Ok(Self { major, minor })
    }
}

impl fmt::Display for MimeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

parameterised! {
    /// A media type that is taken (RFC 3261 20.1).
    Accept, "RFC 3261 20.1",
    {
        /// The media type, or a range of them.
        media: MediaType<'a>,
    }
    optional {
        /// How much it is preferred to others.
        "q" q: Qvalue,
    }
}
header!(Accept<'a>, Accept);

parameterised! {
    /// An encoding of bodies that is taken (RFC 3261 20.2).
    AcceptEncoding, "RFC 3261 20.2",
    {
        /// The encoding, `*` for any.
        coding: Token<'a>,
    }
    optional {
        /// How much it is preferred to others.
        "q" q: Qvalue,
    }
}
header!(AcceptEncoding<'a>, AcceptEncoding);

parameterised! {
    /// A language that is wanted (RFC 3261 20.3).
    AcceptLanguage, "RFC 3261 20.3",
    {
        /// The language, `*` for any.
        language: Token<'a>,
    }
    optional {
        /// How much it is preferred to others.
        "q" q: Qvalue,
    }
}
header!(AcceptLanguage<'a>, AcceptLanguage);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_rfcs() {
        // RFC 3261 20.15, 20.1, 20.3; RFC 3204 3.1, 3.2
        let html = ContentType::parse("text/html; charset=ISO-8859-4").unwrap();
        assert!(html.media.includes("TEXT/html"));
        assert!(html.charset.as_ref().unwrap().is("iso-8859-4"));
        let text = "application/ISUP;version=nxv3;base=etsi121";
        let isup = ContentType::parse(text).unwrap();
        assert_eq!(isup.others.get("base"), Some("etsi121"));
        assert_eq!(isup.to_string(), text);
        let mixed = ContentType::parse("multipart / mixed ; boundary=unique-1").unwrap();
        assert_eq!(mixed.boundary, Some(Text::new("unique-1")));
        assert_eq!(mixed.to_string(), "multipart/mixed;boundary=\"unique-1\"");
        let signal = ContentDisposition::parse("signal; handling=optional").unwrap();
        assert_eq!(signal.kind, DispositionType::Signal);
        assert_eq!(signal.handling, Some(Handling::Optional));
        let accept = Accept::parse("application/*;level=1;q=0.5").unwrap();
        assert!(accept.media.includes("application/sdp"));
        assert!(!accept.media.includes("text/plain"));
        assert_eq!(accept.q.unwrap().thousandths(), 500);
        let english = AcceptLanguage::parse("en-gb;q=0.8").unwrap();
        assert_eq!(english.to_string(), "en-gb;q=0.8");
        assert!(AcceptEncoding::parse("gzip").unwrap().coding.is("gzip"));
        let version = MimeVersion { major: 1, minor: 0 };
        assert_eq!(MimeVersion::parse("1.0"), Ok(version));
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("text", 5),
            ("text/", 6),
            ("text/plain charset=x", 12),
            ("a/b;charset=\"x y\"", 13),
        ] {
            let error = ContentType::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
        assert_eq!(MimeVersion::parse("1").unwrap_err().column, 2);
        assert_eq!(MimeVersion::parse("1.x").unwrap_err().column, 3);
        assert_eq!(Accept::parse("a/b;q=1.5").unwrap_err().column, 7);
    }
}
