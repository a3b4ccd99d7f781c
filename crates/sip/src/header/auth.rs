//! WWW-Authenticate, Proxy-Authenticate, Authorization, Proxy-Authorization and
//! Authentication-Info (RFC 3261 20.44, 20.27, 20.7, 20.28, 20.6; RFC 7616).
//!
//! Two names share each form: read them with [`super::get_in`] and [`super::all_in`]. Which values
//! go with quotes and which without is the same in RFC 3261 25.1 and RFC 7616 3.3 to 3.5; read are
//! both.

use super::declare::header;
use super::parts::{Parts, Show};
use super::reader::{ReadParam, Reader};
use super::value::{GenValue, GenericParam, GenericParams, Text, Token};
use crate::error::ParseError;
use core::fmt;

/// A value of WWW-Authenticate or Proxy-Authenticate (RFC 3261 25.1 `challenge`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are Digest, and none is kept"
)]
pub enum Challenge<'a> {
    /// Digest.
    Digest(DigestChallenge<'a>),
    /// Another scheme.
    Other(AuthParams<'a>),
}

/// A value of Authorization or Proxy-Authorization (RFC 3261 25.1 `credentials`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are Digest, and none is kept"
)]
pub enum Credentials<'a> {
    /// Digest.
    Digest(DigestCredentials<'a>),
    /// Another scheme.
    Other(AuthParams<'a>),
}

/// A scheme that this crate does not know, with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthParams<'a> {
    /// The scheme.
    pub scheme: Token<'a>,
    /// Its parameters.
    pub params: GenericParams<'a>,
}

/// A challenge of the Digest scheme (RFC 7616 3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigestChallenge<'a> {
    /// The protection domain, as it is shown to people.
    pub realm: Text<'a>,
    /// URIs that the credentials are for, separated by spaces.
    pub domain: Option<Text<'a>>,
    /// What the server made up for this challenge.
    pub nonce: Text<'a>,
    /// What is to be sent back as it is.
    pub opaque: Option<Text<'a>>,
    /// Whether only the nonce was out of date.
    pub stale: Option<bool>,
    /// The algorithm; without one it is MD5.
    pub algorithm: Option<Token<'a>>,
    /// The qualities of protection on offer; empty in a challenge of RFC 2069.
    pub qop: Vec<Token<'a>>,
    /// The character set of user name and password: `UTF-8`.
    pub charset: Option<Token<'a>>,
    /// Whether the user name may come hashed.
    pub userhash: Option<bool>,
    /// All other parameters.
    pub others: GenericParams<'a>,
}

/// Credentials of the Digest scheme (RFC 7616 3.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigestCredentials<'a> {
    /// The user name; a hash of it if `userhash` is true.
    pub username: Text<'a>,
    /// The protection domain.
    pub realm: Text<'a>,
    /// The nonce of the challenge.
    pub nonce: Text<'a>,
    /// The URI that was hashed.
    pub uri: Text<'a>,
    /// The hash that proves the password, in hexadecimal.
    pub response: Text<'a>,
    /// The algorithm; without one it is MD5.
    pub algorithm: Option<Token<'a>>,
    /// What the client made up.
    pub cnonce: Option<Text<'a>>,
    /// What the challenge gave to be sent back.
    pub opaque: Option<Text<'a>>,
    /// The quality of protection.
    pub qop: Option<Token<'a>>,
    /// How often the nonce has been used, this time included.
    pub nc: Option<u32>,
    /// Whether the user name is hashed.
    pub userhash: Option<bool>,
    /// All other parameters.
    pub others: GenericParams<'a>,
}

/// The value of Authentication-Info (RFC 7616 3.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthenticationInfo<'a> {
    /// The nonce for the next request.
    pub nextnonce: Option<Text<'a>>,
    /// The quality of protection of this response.
    pub qop: Option<Token<'a>>,
    /// The hash by which the server proves that it knows the password, in hexadecimal.
    pub rspauth: Option<Text<'a>>,
    /// The client's nonce of the request.
    pub cnonce: Option<Text<'a>>,
    /// The nonce count of the request.
    pub nc: Option<u32>,
    /// All other parameters.
    pub others: GenericParams<'a>,
}

header!(Challenge<'a>);
header!(Credentials<'a>);
header!(AuthenticationInfo<'a>, AuthenticationInfo);

impl Show for Challenge<'_> {
    fn show(&self, parts: &mut Parts) {
        let digest = match self {
            Self::Digest(digest) => digest,
            Self::Other(other) => return other.show(parts),
        };
        parts.field("scheme", DIGEST);
        parts.param("realm", Some(&digest.realm));
        parts.param("domain", digest.domain.as_ref());
        parts.param("nonce", Some(&digest.nonce));
        parts.param("opaque", digest.opaque.as_ref());
        parts.param("stale", word(digest.stale).as_ref());
        parts.param("algorithm", digest.algorithm.as_ref());
        for qop in &digest.qop {
            parts.param("qop", Some(qop));
        }
        parts.param("charset", digest.charset.as_ref());
        parts.param("userhash", word(digest.userhash).as_ref());
        parts.others(&digest.others);
    }
}

impl Show for Credentials<'_> {
    fn show(&self, parts: &mut Parts) {
        let digest = match self {
            Self::Digest(digest) => digest,
            Self::Other(other) => return other.show(parts),
        };
        parts.field("scheme", DIGEST);
        parts.param("username", Some(&digest.username));
        parts.param("realm", Some(&digest.realm));
        parts.param("nonce", Some(&digest.nonce));
        parts.param("uri", Some(&digest.uri));
        parts.param("response", Some(&digest.response));
        parts.param("algorithm", digest.algorithm.as_ref());
        parts.param("cnonce", digest.cnonce.as_ref());
        parts.param("opaque", digest.opaque.as_ref());
        parts.param("qop", digest.qop.as_ref());
        parts.param("nc", digest.nc.as_ref());
        parts.param("userhash", word(digest.userhash).as_ref());
        parts.others(&digest.others);
    }
}

impl Show for AuthenticationInfo<'_> {
    fn show(&self, parts: &mut Parts) {
        parts.param("nextnonce", self.nextnonce.as_ref());
        parts.param("qop", self.qop.as_ref());
        parts.param("rspauth", self.rspauth.as_ref());
        parts.param("cnonce", self.cnonce.as_ref());
        parts.param("nc", self.nc.as_ref());
        parts.others(&self.others);
    }
}

impl Show for AuthParams<'_> {
    fn show(&self, parts: &mut Parts) {
        parts.field("scheme", &self.scheme);
        parts.others(&self.params);
    }
}

fn word(value: Option<bool>) -> Option<Text<'static>> {
    value.map(|value| Text::new(value.to_string()))
}

const DIGEST: &str = "Digest";

impl<'a> Challenge<'a> {
    /// Parses one value.
    ///
    /// # Errors
    /// The place and the expectation of RFC 7616 3.3 that is not met.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        const CLAUSE: &str = "RFC 7616 3.3";
        let mut reader = Reader::new(text, CLAUSE);
        let scheme = reader.token("an authentication scheme")?;
        if !scheme.is(DIGEST) {
            return Ok(Self::Other(AuthParams::after(scheme, reader)?));
        }
        let (mut realm, mut nonce, mut qop) = (None, None, None);
        let mut digest = DigestChallenge::default();
        reader.need_space("a space and parameters")?;
        let end = each(&mut reader, |param| {
            match param.key().as_ref() {
                "realm" => param.set(&mut realm, param.text())?,
                "domain" => param.set(&mut digest.domain, param.text())?,
                "nonce" => param.set(&mut nonce, param.text())?,
                "opaque" => param.set(&mut digest.opaque, param.text())?,
                "stale" => param.set(&mut digest.stale, boolean(&param))?,
                "algorithm" => param.set(&mut digest.algorithm, param.token())?,
                "qop" => param.set(&mut qop, qops(&param))?,
                "charset" => param.set(&mut digest.charset, param.token())?,
                "userhash" => param.set(&mut digest.userhash, boolean(&param))?,
                _ => param.keep(&mut digest.others),
            }
            Ok(())
        })?;
        digest.qop = qop.unwrap_or_default();
        let missing = |expected| ParseError::in_value(end, expected, CLAUSE);
        digest.realm = realm.ok_or_else(|| missing("`realm`"))?;
        digest.nonce = nonce.ok_or_else(|| missing("`nonce`"))?;
        Ok(Self::Digest(digest))
    }
}

impl<'a> Credentials<'a> {
    /// Parses one value.
    ///
    /// # Errors
    /// The place and the expectation of RFC 7616 3.4 that is not met.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        const CLAUSE: &str = "RFC 7616 3.4";
        let mut reader = Reader::new(text, CLAUSE);
        let scheme = reader.token("an authentication scheme")?;
        if !scheme.is(DIGEST) {
            return Ok(Self::Other(AuthParams::after(scheme, reader)?));
        }
        let mut digest = DigestCredentials::default();
        let (mut username, mut realm, mut nonce) = (None, None, None);
        let (mut uri, mut response) = (None, None);
        reader.need_space("a space and parameters")?;
        let end = each(&mut reader, |param| {
            match param.key().as_ref() {
                "username" => param.set(&mut username, param.text())?,
                "realm" => param.set(&mut realm, param.text())?,
                "nonce" => param.set(&mut nonce, param.text())?,
                "uri" => param.set(&mut uri, param.text())?,
                "response" => param.set(&mut response, param.text())?,
                "algorithm" => param.set(&mut digest.algorithm, param.token())?,
                "cnonce" => param.set(&mut digest.cnonce, param.text())?,
                "opaque" => param.set(&mut digest.opaque, param.text())?,
                "qop" => param.set(&mut digest.qop, param.token())?,
                "nc" => param.set(&mut digest.nc, nonce_count(&param))?,
                "userhash" => param.set(&mut digest.userhash, boolean(&param))?,
                _ => param.keep(&mut digest.others),
            }
            Ok(())
        })?;
        let missing = |expected| ParseError::in_value(end, expected, CLAUSE);
        digest.username = username.ok_or_else(|| missing("`username`"))?;
        digest.realm = realm.ok_or_else(|| missing("`realm`"))?;
        digest.nonce = nonce.ok_or_else(|| missing("`nonce`"))?;
        digest.uri = uri.ok_or_else(|| missing("`uri`"))?;
        digest.response = response.ok_or_else(|| missing("`response`"))?;
        Ok(Self::Digest(digest))
    }
}

impl<'a> AuthenticationInfo<'a> {
    /// Parses the value.
    ///
    /// # Errors
    /// The place and the expectation of RFC 7616 3.5 that is not met.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let mut reader = Reader::new(text, "RFC 7616 3.5");
        let mut info = Self::default();
        each(&mut reader, |param| {
            match param.key().as_ref() {
                "nextnonce" => param.set(&mut info.nextnonce, param.text())?,
                "qop" => param.set(&mut info.qop, param.token())?,
                "rspauth" => param.set(&mut info.rspauth, param.text())?,
                "cnonce" => param.set(&mut info.cnonce, param.text())?,
                "nc" => param.set(&mut info.nc, nonce_count(&param))?,
                _ => param.keep(&mut info.others),
            }
            Ok(())
        })?;
        Ok(info)
    }
}

impl<'a> AuthParams<'a> {
    /// What stands behind the scheme.
    fn after(scheme: Token<'a>, mut reader: Reader<'a>) -> Result<Self, ParseError> {
        let mut params = GenericParams::default();
        reader.need_space("a space and parameters")?;
        each(&mut reader, |param| {
            param.keep(&mut params);
            Ok(())
        })?;
        Ok(Self { scheme, params })
    }
}

/// Reads `name=value` as often as commas say; the position of the end.
fn each<'a>(
    reader: &mut Reader<'a>,
    mut take: impl FnMut(ReadParam<'a>) -> Result<(), ParseError>,
) -> Result<usize, ParseError> {
    loop {
        let param = reader.param_here()?;
        if param.is_flag() {
            return Err(reader.expected("`=` and a value"));
        }
        take(param)?;
        if !reader.take(b',') {
            reader.end()?;
            return Ok(reader.at());
        }
    }
}

fn boolean(param: &ReadParam<'_>) -> Result<bool, ParseError> {
    param.parsed("`true` or `false`", |text| {
        let is_true = text.eq_ignore_ascii_case("true");
        (is_true || text.eq_ignore_ascii_case("false")).then_some(is_true)
    })
}

/// `8LHEX` (RFC 7616 3.4).
fn nonce_count(param: &ReadParam<'_>) -> Result<u32, ParseError> {
    param.parsed("eight hexadecimal digits", |text| {
        let is_hex = text.len() == 8 && text.bytes().all(|octet| octet.is_ascii_hexdigit());
        u32::from_str_radix(text, 16).ok().filter(|_| is_hex)
    })
}

/// `"auth,auth-int"` (RFC 7616 3.3).
fn qops<'a>(param: &ReadParam<'a>) -> Result<Vec<Token<'a>>, ParseError> {
    param.parsed("tokens with commas between them", |text| {
        let options = text.split(',').map(str::trim).filter(|qop| !qop.is_empty());
        let tokens = options.map(|qop| Token::new(qop.to_owned()).ok());
        tokens.collect::<Option<Vec<_>>>()
    })
}

/// Writes `name=value` with commas between.
struct Parameters<'f, 'g> {
    f: &'f mut fmt::Formatter<'g>,
    separator: &'static str,
}

impl<'f, 'g> Parameters<'f, 'g> {
    const fn new(f: &'f mut fmt::Formatter<'g>) -> Self {
        Self { f, separator: "" }
    }

    fn put(&mut self, name: &str, value: Option<impl fmt::Display>) -> fmt::Result {
        let Some(value) = value else { return Ok(()) };
        let separator = core::mem::replace(&mut self.separator, ", ");
        write!(self.f, "{separator}{name}={value}")
    }

    fn quote(&mut self, name: &str, value: Option<&Text<'_>>) -> fmt::Result {
        self.put(name, value.map(Text::quoted))
    }

    fn others(&mut self, params: &GenericParams<'_>) -> fmt::Result {
        params
            .0
            .iter()
            .try_for_each(|GenericParam { name, value }| {
                // A parameter of authentication has a value (RFC 3261 25.1 `auth-param`).
                let empty = GenValue::Quoted(Text::default());
                self.put(name.as_str(), Some(value.as_ref().unwrap_or(&empty)))
            })
    }
}

/// Tokens with commas between them, in quotes.
struct QuotedList<'a>(&'a [Token<'a>]);

impl fmt::Display for QuotedList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, token) in self.0.iter().enumerate() {
            write!(f, "{}{token}", if index == 0 { "\"" } else { "," })?;
        }
        f.write_str("\"")
    }
}

impl fmt::Display for Challenge<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(digest) => write!(f, "{digest}"),
            Self::Other(other) => write!(f, "{other}"),
        }
    }
}

impl fmt::Display for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(digest) => write!(f, "{digest}"),
            Self::Other(other) => write!(f, "{other}"),
        }
    }
}

impl fmt::Display for DigestChallenge<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest ")?;
        let mut to = Parameters::new(f);
        to.quote("realm", Some(&self.realm))?;
        to.quote("domain", self.domain.as_ref())?;
        to.quote("nonce", Some(&self.nonce))?;
        to.quote("opaque", self.opaque.as_ref())?;
        to.put("stale", self.stale)?;
        to.put("algorithm", self.algorithm.as_ref())?;
        let qop = (!self.qop.is_empty()).then_some(QuotedList(&self.qop));
        to.put("qop", qop)?;
        to.put("charset", self.charset.as_ref())?;
        to.put("userhash", self.userhash)?;
        to.others(&self.others)
    }
}

impl fmt::Display for DigestCredentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest ")?;
        let mut to = Parameters::new(f);
        to.quote("username", Some(&self.username))?;
        to.quote("realm", Some(&self.realm))?;
        to.quote("nonce", Some(&self.nonce))?;
        to.quote("uri", Some(&self.uri))?;
        to.quote("response", Some(&self.response))?;
        to.put("algorithm", self.algorithm.as_ref())?;
        to.quote("cnonce", self.cnonce.as_ref())?;
        to.quote("opaque", self.opaque.as_ref())?;
        to.put("qop", self.qop.as_ref())?;
        to.put("nc", self.nc.map(|nc| format!("{nc:08x}")))?;
        to.put("userhash", self.userhash)?;
        to.others(&self.others)
    }
}

impl fmt::Display for AuthenticationInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut to = Parameters::new(f);
        to.quote("nextnonce", self.nextnonce.as_ref())?;
        to.put("qop", self.qop.as_ref())?;
        to.quote("rspauth", self.rspauth.as_ref())?;
        to.quote("cnonce", self.cnonce.as_ref())?;
        to.put("nc", self.nc.map(|nc| format!("{nc:08x}")))?;
        to.others(&self.others)
    }
}

impl fmt::Display for AuthParams<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.scheme)?;
        Parameters::new(f).others(&self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_rfc_3261() {
        // 20.44
        let text = "Digest realm=\"atlanta.com\",\n domain=\"sip:boxesbybob.com\", qop=\"auth\",\
                    \n nonce=\"f84f1cec41e6cbe5aea9c8e88d359\",\n opaque=\"\", stale=FALSE, \
                    algorithm=MD5"
            .replace('\n', "");
        let Ok(Challenge::Digest(digest)) = Challenge::parse(&text) else {
            panic!("{:?}", Challenge::parse(&text));
        };
        assert_eq!(digest.realm.as_str(), "atlanta.com");
        assert_eq!(digest.opaque, Some(Text::default()));
        assert_eq!((digest.stale, digest.qop.len()), (Some(false), 1));
        assert_eq!(
            digest.to_string(),
            "Digest realm=\"atlanta.com\", domain=\"sip:boxesbybob.com\", \
             nonce=\"f84f1cec41e6cbe5aea9c8e88d359\", opaque=\"\", stale=false, algorithm=MD5, \
             qop=\"auth\""
        );
        // 22.4, with the values of RFC 2617 3.5
        let text = "Digest username=\"bob\", realm=\"biloxi.com\", \
                    nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"sip:bob@biloxi.com\", \
                    qop=auth, nc=00000001, cnonce=\"0a4f113b\", \
                    response=\"6629fae49393a05397450978507c4ef1\", \
                    opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
        let Ok(Credentials::Digest(digest)) = Credentials::parse(text) else {
            panic!("{:?}", Credentials::parse(text));
        };
        assert_eq!((digest.nc, digest.username.as_str()), (Some(1), "bob"));
        let written = digest.to_string();
        assert!(written.contains(", qop=auth, nc=00000001"), "{written}");
        assert_eq!(
            Credentials::parse(&written),
            Ok(Credentials::Digest(digest))
        );
        // 20.6
        let info = AuthenticationInfo::parse("nextnonce=\"47364c23432d2e131a5fb210812c\"").unwrap();
        assert_eq!(
            info.to_string(),
            "nextnonce=\"47364c23432d2e131a5fb210812c\""
        );
    }

    #[test]
    fn values_are_read_with_and_without_quotes() {
        let text = "DIGEST realm=a ,nonce = b==,qop=auth,algorithm=\"SHA-256\",stale=\"true\"";
        let Ok(Challenge::Digest(digest)) = Challenge::parse(text) else {
            panic!("{:?}", Challenge::parse(text));
        };
        assert_eq!(digest.nonce.as_str(), "b==");
        assert!(digest.algorithm.as_ref().unwrap().is("sha-256"));
        assert_eq!(digest.stale, Some(true));
        let text = "Digest realm=\"a\",nonce=\"b\",qop=\"auth, auth-int,token\"";
        let Ok(Challenge::Digest(digest)) = Challenge::parse(text) else {
            panic!()
        };
        assert_eq!(digest.qop.len(), 3);
    }

    #[test]
    fn other_schemes_keep_their_parameters() {
        let text = "NoOneKnowsThisScheme opaque-data=here, x=\"a, b\"";
        let Ok(Credentials::Other(other)) = Credentials::parse(text) else {
            panic!()
        };
        assert!(other.scheme.is("nooneknowsthisscheme"));
        assert_eq!(other.params.get("X"), Some("a, b"));
        assert_eq!(other.to_string(), text);
    }

    #[test]
    fn nothing_that_is_written_ends_its_value() {
        let digest = DigestCredentials {
            username: Text::new("a\", realm=\"b\r\nVia: x"),
            ..DigestCredentials::default()
        };
        let written = digest.to_string();
        assert!(written.starts_with("Digest username=\"a\\\", realm=\\\"b  Via: x\", "));
        assert_eq!(
            Credentials::parse(&written),
            Ok(Credentials::Digest(digest))
        );
    }

    #[test]
    fn errors_say_where() {
        for (text, column) in [
            ("", 1),
            ("Digest", 7),
            ("Digest ", 8),
            ("Digest realm", 13),
            ("Digest realm=\"a", 16),
            ("Digest realm=\"a\"", 17),
            ("Digest realm=a,nonce=b,", 24),
            ("Digest realm=a,nonce=b,nonce=c", 30),
            ("Digest realm=a nonce=b", 16),
            ("Digest realm=a,nonce=b,stale=maybe", 30),
            ("Digest realm=a,nonce=b,qop=\"a b\"", 28),
            ("Other x", 8),
        ] {
            let error = Challenge::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
        }
        let text = "Digest username=a,realm=b,nonce=c,uri=d,response=e,nc=1";
        assert_eq!(Credentials::parse(text).unwrap_err().column, 55);
        let text = "Digest username=a,realm=b,nonce=c,uri=d";
        let error = Credentials::parse(text).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 1, column 40: expected `response` (RFC 7616 3.4)"
        );
    }
}
