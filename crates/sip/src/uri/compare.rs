//! When two URIs mean the same (RFC 3261 19.1.4, RFC 3966 4).

use super::Uri;
use super::escape::octets;
use super::sip::{SipUri, header_pairs};
use super::tel::{TelUri, without_separators};
use crate::params::Params;

impl Uri<'_> {
    /// Whether two URIs are equivalent (RFC 3261 19.1.4, RFC 3966 4). This is not transitive.
    ///
    /// Values of header fields are compared without case, whatever the header field says of its
    /// own. URIs of other schemes are equivalent if they are the same but for escapes.
    pub fn is_equivalent(&self, other: &Uri<'_>) -> bool {
        match (self, other) {
            (Self::Sip(uri), Uri::Sip(other)) => sip(uri, other),
            (Self::Tel(uri), Uri::Tel(other)) => tel(uri, other),
            (
                Self::Other { scheme, rest },
                Uri::Other {
                    scheme: other_scheme,
                    rest: other_rest,
                },
            ) => scheme.eq_ignore_ascii_case(other_scheme) && is_same(rest, other_rest),
            _ => false,
        }
    }
}

fn sip(a: &SipUri<'_>, b: &SipUri<'_>) -> bool {
    let same = |a: Option<&str>, b: Option<&str>| match (a, b) {
        (Some(a), Some(b)) => is_same(a, b),
        (None, None) => true,
        _ => false,
    };
    a.secure == b.secure
        && same(a.user, b.user)
        && same(a.password, b.password)
        && a.host.is_same(&b.host)
        && a.port == b.port
        && sip_params(a.params, b.params)
        && sorted(header_pairs(a.headers)) == sorted(header_pairs(b.headers))
}

fn sip_params(a: Params<'_>, b: Params<'_>) -> bool {
    let is_significant =
        |name: &[u8]| [&b"user"[..], b"ttl", b"method", b"maddr", b"transport"].contains(&name);
    let (a, b) = (params(a), params(b));
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        // What stands in one URI only matters where the default is not the same as nothing.
        let (only, rest) = match (a.peek(), b.peek()) {
            (None, None) => return true,
            (Some((name, value)), Some((other, other_value))) if name == other => {
                if value != other_value {
                    return false;
                }
                a.next();
                b.next();
                continue;
            }
            (Some((name, _)), Some((other, _))) if name > other => (other, &mut b),
            (Some((name, _)), _) => (name, &mut a),
            (None, Some((name, _))) => (name, &mut b),
        };
        if is_significant(only) {
            return false;
        }
        rest.next();
    }
}

fn tel(a: &TelUri<'_>, b: &TelUri<'_>) -> bool {
    let number = |uri: &TelUri<'_>| uri.digits().to_ascii_lowercase();
    number(a) == number(b) && tel_params(a.params) == tel_params(b.params)
}

/// Numbers lose their visual separators.
fn tel_params(uri: Params<'_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut params = params(uri);
    for (name, value) in &mut params {
        let is_number = match name.as_slice() {
            b"ext" | b"rn" | b"cic" => true,
            b"phone-context" | b"rn-context" | b"cic-context" => value.starts_with(b"+"),
            _ => false,
        };
        if is_number && let Ok(text) = str::from_utf8(value) {
            *value = without_separators(text).into();
        }
    }
    params
}

/// Names and values in order. A name that stands twice, as the grammar forbids, counts as it
/// stands first.
fn params(params: Params<'_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let pairs = params
        .iter()
        .map(|param| (param.name, param.value.unwrap_or("")));
    let mut pairs: Vec<_> = pairs
        .map(|(name, value)| (plain(name), plain(value)))
        .collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs.dedup_by(|a, b| a.0 == b.0);
    pairs
}

fn sorted<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut pairs: Vec<_> = pairs
        .map(|(name, value)| (plain(name), plain(value)))
        .collect();
    pairs.sort();
    pairs
}

/// Whether two texts are the same with case but for escapes.
fn is_same(a: &str, b: &str) -> bool {
    a == b || normal(a).eq(normal(b))
}

/// Without case and escapes.
fn plain(text: &str) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    for (octet, is_escaped) in normal(text) {
        // What is reserved differs from its escape, which begins with an octet of its own.
        if is_escaped {
            plain.push(b'%');
        }
        plain.push(octet.to_ascii_lowercase());
    }
    plain
}

/// Octets, and whether they are escaped and that matters: a reserved character (RFC 2396 2.2) is
/// not the same as its escape.
fn normal(text: &str) -> impl Iterator<Item = (u8, bool)> {
    octets(text).map(|(octet, is_escaped)| (octet, is_escaped && b";/?:@&=+$,".contains(&octet)))
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    fn are(equivalent: bool, pairs: &[(&str, &str)]) {
        for (a, b) in pairs {
            let (first, second) = (parse(a).unwrap(), parse(b).unwrap());
            assert_eq!(first.is_equivalent(&second), equivalent, "{a} {b}");
            assert_eq!(second.is_equivalent(&first), equivalent, "{b} {a}");
            assert!(first.is_equivalent(&first) && second.is_equivalent(&second));
        }
    }

    /// RFC 3261 19.1.4.
    #[test]
    fn equivalent_sip_uris() {
        are(
            true,
            &[
                (
                    "sip:%61lice@atlanta.com;transport=TCP",
                    "sip:alice@AtLanTa.CoM;Transport=tcp",
                ),
                ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
                ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
                (
                    "sip:carol@chicago.com;newparam=5",
                    "sip:carol@chicago.com;security=on",
                ),
                (
                    "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                    "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
                ),
                (
                    "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                    "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
                ),
                ("SIP:a@[2001:DB8::1]", "sip:a@[2001:db8:0::1]"),
                ("sip:a;b=c@d;%6cr", "sip:a;b=c@D;LR"),
            ],
        );
    }

    #[test]
    fn different_sip_uris() {
        are(
            false,
            &[
                (
                    "SIP:ALICE@AtLanTa.CoM;Transport=udp",
                    "sip:alice@AtLanTa.CoM;Transport=UDP",
                ),
                ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
                ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
                (
                    "sip:bob@biloxi.com",
                    "sip:bob@biloxi.com:6000;transport=tcp",
                ),
                (
                    "sip:carol@chicago.com",
                    "sip:carol@chicago.com?Subject=next%20meeting",
                ),
                ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
                (
                    "sip:carol@chicago.com;security=on",
                    "sip:carol@chicago.com;security=off",
                ),
                ("sip:a@b", "sips:a@b"),
                ("sip:a@b", "sip:b"),
                ("sip:a:@b", "sip:a@b"),
                ("sip:a@b;user=ip", "sip:a@b"),
                ("sip:a@b;ttl=1;x", "sip:a@b;x;z"),
                ("sip:a@b;x", "sip:a@b;a;maddr=b"),
                ("sip:a@b;method=INVITE", "sip:a@b"),
                // A reserved character is not its escape.
                ("sip:a%3Bb@c", "sip:a;b@c"),
                ("sip:a@b?x=1&x=1", "sip:a@b?x=1"),
                ("sip:+491@b;user=phone", "tel:+491"),
            ],
        );
    }

    /// RFC 3966 4.
    #[test]
    fn telephone_numbers() {
        are(
            true,
            &[
                ("tel:+1-201-555-0123", "TEL:+1(201)555.0123"),
                (
                    "tel:7042;phone-context=Example.com;a=B",
                    "tel:70-42;A=b;phone-context=example.COM",
                ),
                (
                    "tel:863-1234;phone-context=+1-914-555",
                    "tel:8631234;phone-context=+1914555",
                ),
                ("tel:1A;ext=1-2;rn=+1-2", "tel:1a;rn=+12;ext=12"),
            ],
        );
        are(
            false,
            &[
                ("tel:+12015550123", "tel:12015550123"),
                ("tel:+1", "tel:+1;npdi"),
                ("tel:7042;phone-context=a.b", "tel:7042;phone-context=ab"),
                ("tel:7042;ext=1", "tel:7042;ext=2"),
                ("tel:1", "urn:1"),
            ],
        );
    }

    #[test]
    fn other_schemes() {
        are(true, &[("URN:service:s%6fs", "urn:service:sos")]);
        are(
            false,
            &[
                ("urn:service:SOS", "urn:service:sos"),
                ("http:a", "https:a"),
            ],
        );
    }
}
