//! Questions to the domain name system, and what answers them.

use core::fmt;
use std::net::IpAddr;

/// One question. Names are in lower case, without the dot at the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// NAPTR records of a domain (RFC 3263 4.1).
    Naptr(Box<str>),
    /// SRV records, the name with its service and protocol labels: `_sip._udp.example.com`.
    Srv(Box<str>),
    /// IPv4 addresses of a host.
    A(Box<str>),
    /// IPv6 addresses of a host.
    Aaaa(Box<str>),
}

/// What became of a question. An answer of another kind than its question counts as
/// [`Answer::Failed`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To [`Question::Naptr`].
    Naptr(Vec<Naptr>),
    /// To [`Question::Srv`].
    Srv(Vec<Srv>),
    /// To [`Question::A`] and [`Question::Aaaa`], after CNAMEs.
    Addresses(Vec<IpAddr>),
    /// There is no such name, or it has no record of that kind.
    None,
    /// Nobody knows: no answer in time, or a server's failure.
    Failed,
}

/// A NAPTR record (RFC 3403 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naptr {
    /// Lowest first; a record of a higher order counts only if none of a lower one fits.
    pub order: u16,
    /// Lowest first, among records of one order.
    pub preference: u16,
    /// What kind of record follows: `s` for SRV. Without regard to case.
    pub flags: Box<str>,
    /// As `SIP+D2U`. Without regard to case.
    pub service: Box<str>,
    /// Empty in the records of RFC 3263.
    pub regexp: Box<str>,
    /// The name of the SRV records.
    pub replacement: Box<str>,
}

/// An SRV record (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Srv {
    /// Lowest first.
    pub priority: u16,
    /// The share of requests among records of one priority.
    pub weight: u16,
    /// The port at the target.
    pub port: u16,
    /// The host; the root, an empty name or `.`, if the service is decidedly not there.
    pub target: Box<str>,
}

impl Question {
    /// The name that is asked for.
    pub fn name(&self) -> &str {
        match self {
            Self::Naptr(name) | Self::Srv(name) | Self::A(name) | Self::Aaaa(name) => name,
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Naptr(_) => "NAPTR",
            Self::Srv(_) => "SRV",
            Self::A(_) => "A",
            Self::Aaaa(_) => "AAAA",
        };
        write!(f, "{kind} {}", self.name())
    }
}

/// A domain name as it is asked for: lower case, without the dot at the end. `None` if it cannot
/// be one (RFC 1035 2.3.4): an empty label or one over 63 octets, over 253 octets in all, or
/// octets other than letters, digits, hyphens and underscores.
pub(super) fn domain(text: &str) -> Option<Box<str>> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'))
    };
    (text.len() <= 253 && text.split('.').all(is_label)).then(|| text.to_ascii_lowercase().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_alike_and_nonsense_is_none() {
        assert_eq!(domain("Example.COM.").as_deref(), Some("example.com"));
        assert_eq!(
            domain("_sip._udp.example.com").as_deref(),
            Some("_sip._udp.example.com")
        );
        let long_label = "a".repeat(64);
        let long_name = "abc.".repeat(64);
        for text in [
            "",
            ".",
            "a..b",
            ".a",
            "a b",
            "a\0",
            "ä.de",
            &long_label,
            &long_name,
        ] {
            assert_eq!(domain(text), None, "{text}");
        }
        assert!(domain(&"a".repeat(63)).is_some());
    }
}
