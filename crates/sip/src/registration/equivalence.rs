//! When two URIs are the same (RFC 3261 19.1.4, RFC 3966 4).

use crate::params::{Param, Params};
use crate::uri::{Host, SipUri, TelUri, Uri};

impl Uri<'_> {
    /// Whether both name the same: SIP URIs by RFC 3261 19.1.4, telephone numbers by RFC 3966 4,
    /// others by their text.
    pub fn is_equivalent(&self, other: &Uri<'_>) -> bool {
        match (self, other) {
            (Self::Sip(a), Uri::Sip(b)) => are_sip_equivalent(a, b),
            (Self::Tel(a), Uri::Tel(b)) => are_tel_equivalent(a, b),
            (Self::Other { scheme: a, rest: x }, Uri::Other { scheme: b, rest: y }) => {
                a.eq_ignore_ascii_case(b) && x == y
            }
            _ => false,
        }
    }
}

fn are_sip_equivalent(a: &SipUri<'_>, b: &SipUri<'_>) -> bool {
    a.secure == b.secure
        && are_same(a.user, b.user, Case::Matters)
        && are_same(a.password, b.password, Case::Matters)
        && are_same_host(&a.host, &b.host)
        && a.port == b.port
        && holds_params(a.params, b.params)
        && holds_params(b.params, a.params)
        && holds_headers(a.headers, b.headers)
        && holds_headers(b.headers, a.headers)
}

fn are_tel_equivalent(a: &TelUri<'_>, b: &TelUri<'_>) -> bool {
    // Every parameter counts, in whatever order.
    let holds = |a: Params<'_>, b: Params<'_>| {
        a.iter()
            .all(|param| b.iter().any(|other| is_same_param(&param, &other)))
    };
    a.digits().eq_ignore_ascii_case(&b.digits())
        && holds(a.params, b.params)
        && holds(b.params, a.params)
}

fn are_same_host(a: &Host<'_>, b: &Host<'_>) -> bool {
    match (a, b) {
        (Host::Name(a), Host::Name(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    }
}

/// Whether `b` contradicts none of the parameters of `a`.
fn holds_params(a: Params<'_>, b: Params<'_>) -> bool {
    a.iter().all(|param| {
        let mut same_name = b
            .iter()
            .filter(|other| other.name.eq_ignore_ascii_case(param.name))
            .peekable();
        if same_name.peek().is_none() {
            return !MEANINGFUL
                .iter()
                .any(|name| name.eq_ignore_ascii_case(param.name));
        }
        same_name.any(|other| is_same_param(&param, &other))
    })
}

fn is_same_param(a: &Param<'_>, b: &Param<'_>) -> bool {
    a.name.eq_ignore_ascii_case(b.name) && are_same(a.value, b.value, Case::Ignored)
}

/// Whether each header field of `a` stands in `b`.
fn holds_headers(a: &str, b: &str) -> bool {
    let pairs = |text: &'_ str| -> Vec<(String, String)> {
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect()
    };
    let others = pairs(b);
    pairs(a).iter().all(|(name, value)| {
        others.iter().any(|(other, its)| {
            name == other && are_same(Some(value.as_str()), Some(its.as_str()), Case::Ignored)
        })
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Matters,
    Ignored,
}

fn are_same(a: Option<&str>, b: Option<&str>, case: Case) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => characters(a, case).eq(characters(b, case)),
        (None, None) => true,
        _ => false,
    }
}

/// The octets, those escaped without need resolved. Reserved ones that are escaped differ from
/// those that are not.
fn characters(text: &str, case: Case) -> impl Iterator<Item = (bool, u8)> {
    let octets = text.as_bytes();
    let mut at = 0;
    core::iter::from_fn(move || {
        let octet = *octets.get(at)?;
        let escaped = || {
            let digits = text.get(at + 1..at + 3)?;
            u8::from_str_radix(digits, 16).ok()
        };
        let (octet, is_escaped) = match (octet, escaped()) {
            (b'%', Some(octet)) => {
                at += 3;
                (octet, RESERVED.contains(&octet))
            }
            _ => {
                at += 1;
                (octet, false)
            }
        };
        let octet = match case {
            Case::Matters => octet,
            Case::Ignored => octet.to_ascii_lowercase(),
        };
        Some((is_escaped, octet))
    })
}

/// Parameters that are not without meaning if only one URI has them.
const MEANINGFUL: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];

/// `reserved` of RFC 2396 2.2.
const RESERVED: &[u8] = b";/?:@&=+$,";

#[cfg(test)]
mod tests {
    use super::*;

    fn are_equivalent(a: &str, b: &str) -> bool {
        let (a, b) = (Uri::parse(a).unwrap(), Uri::parse(b).unwrap());
        let forth = a.is_equivalent(&b);
        assert_eq!(forth, b.is_equivalent(&a));
        forth
    }

    /// RFC 3261 19.1.4, both of its lists.
    #[test]
    fn examples_of_rfc_3261() {
        for (a, b) in [
            (
                "sip:%61lice@atlanta.com;transport=TCP",
                "sip:alice@AtLanTa.CoM;Transport=tcp",
            ),
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
        ] {
            assert!(are_equivalent(a, b), "{a} {b}");
        }
        for (a, b) in [
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
            // Further rules of the clause.
            ("sip:a@h", "sips:a@h"),
            ("sip:h", "sip:a@h"),
            ("sip:a@h", "sip:a:p@h"),
            ("sip:a@h;maddr=x", "sip:a@h"),
            ("sip:a@h;user=phone", "sip:a@h"),
            ("sip:a@h;x=1", "sip:a@h;x=2"),
            ("sip:a%2Cb@h", "sip:a,b@h"),
        ] {
            assert!(!are_equivalent(a, b), "{a} {b}");
        }
    }

    /// The clause ends with two URIs of which each equals a third, but not each other.
    #[test]
    fn is_not_transitive() {
        assert!(are_equivalent(
            "sip:carol@chicago.com",
            "sip:carol@chicago.com;security=on"
        ));
        assert!(are_equivalent(
            "sip:carol@chicago.com",
            "sip:carol@chicago.com;security=off"
        ));
        assert!(!are_equivalent(
            "sip:carol@chicago.com;security=on",
            "sip:carol@chicago.com;security=off"
        ));
    }

    #[test]
    fn telephone_numbers_and_others() {
        assert!(are_equivalent("tel:+1-201-555-0123", "tel:+12015550123"));
        assert!(are_equivalent(
            "tel:7042;phone-context=EXAMPLE.com",
            "tel:7042;Phone-Context=example.com"
        ));
        assert!(!are_equivalent(
            "tel:+12015550123",
            "tel:12015550123;phone-context=+1"
        ));
        assert!(!are_equivalent("tel:+1;x=1", "tel:+1"));
        assert!(are_equivalent("URN:service:sos", "urn:service:sos"));
        assert!(!are_equivalent(
            "urn:service:sos",
            "tel:112;phone-context=+49"
        ));
    }
}
