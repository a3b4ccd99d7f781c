//! Who a certificate is for (RFC 5922 7.1), and whether that is whom we look for (7.2).

use crate::config::Verify;
use crate::event::PeerCertificate;
use std::net::IpAddr;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// The identities in a certificate; `None` if it cannot be read.
pub(crate) fn names(certificate: &[u8]) -> Option<PeerCertificate> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let mut names = PeerCertificate::default();
    let Some(alternatives) = certificate.subject_alternative_name().ok()? else {
        // Only if there is no alternative name at all.
        let common = certificate.subject().iter_common_name();
        let texts = common.filter_map(|name| name.as_str().ok());
        names.domains = texts.filter(|text| is_domain(text)).map(lower).collect();
        return Some(names);
    };
    let mut dns = Vec::new();
    for name in &alternatives.value.general_names {
        match name {
            GeneralName::URI(uri) => names.domains.extend(sip_domain(uri)),
            GeneralName::DNSName(name) => dns.push(lower(name)),
            GeneralName::IPAddress(octets) => names.addresses.extend(address(octets)),
            _ => {}
        }
    }
    if names.domains.is_empty() {
        names.domains = dns;
    }
    Some(names)
}

/// Whether a certificate is for a domain, or for an address as a numeric host of a URI.
pub(super) fn is_for(names: &PeerCertificate, wanted: &str, verify: Verify) -> bool {
    let wanted = wanted.strip_suffix('.').unwrap_or(wanted);
    if let Ok(address) = wanted.parse::<IpAddr>() {
        return names.addresses.contains(&address)
            || names.domains.iter().any(|name| host(name) == Ok(address));
    }
    names.domains.iter().any(|name| {
        name.eq_ignore_ascii_case(wanted)
            || verify == Verify::NameOrWildcard && is_under_wildcard(name, wanted)
    })
}

/// One label in place of the asterisk, and at least two after it (RFC 6125 6.4.3).
fn is_under_wildcard(name: &str, wanted: &str) -> bool {
    let Some(parent) = name.strip_prefix("*.") else {
        return false;
    };
    wanted.split_once('.').is_some_and(|(label, rest)| {
        !label.is_empty() && parent.contains('.') && rest.eq_ignore_ascii_case(parent)
    })
}

/// The host of a `sip` URI without a user: one with a user is that user's, not the domain's.
fn sip_domain(uri: &str) -> Option<Box<str>> {
    let (scheme, rest) = uri.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("sip") || rest.contains('@') {
        return None;
    }
    let host_port = rest.split([';', '?']).next()?;
    let host = match host_port.strip_prefix('[') {
        Some(reference) => reference.split(']').next()?,
        None => host_port.split(':').next()?,
    };
    (!host.is_empty()).then(|| lower(host))
}

fn host(name: &str) -> Result<IpAddr, std::net::AddrParseError> {
    name.parse()
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    match *octets {
        [a, b, c, d] => Some(IpAddr::from([a, b, c, d])),
        _ => Some(IpAddr::from(<[u8; 16]>::try_from(octets).ok()?)),
    }
}

fn is_domain(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'*'))
}

fn lower(text: &str) -> Box<str> {
    text.to_ascii_lowercase().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, SanType};

    fn of(names: &[SanType], common: &str) -> PeerCertificate {
        let mut params = CertificateParams::default();
        params.subject_alt_names = names.to_vec();
        params.distinguished_name.push(DnType::CommonName, common);
        let key = rcgen::KeyPair::generate().unwrap();
        super::names(params.self_signed(&key).unwrap().der()).unwrap()
    }

    fn dns(name: &str) -> SanType {
        SanType::DnsName(name.try_into().unwrap())
    }

    fn uri(name: &str) -> SanType {
        SanType::URI(name.try_into().unwrap())
    }

    #[test]
    fn sip_uris_come_before_dns_names_and_these_before_the_common_name() {
        let domains = |names: &[SanType], common| {
            let names = of(names, common).domains;
            names.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            domains(
                &[
                    dns("b.example"),
                    uri("sip:A.example"),
                    uri("SIP:c.example:5061;x=y")
                ],
                "d.example"
            ),
            ["a.example", "c.example"]
        );
        // Neither a user, nor another scheme, is a domain.
        let others = [
            dns("B.example"),
            uri("sip:user@a.example"),
            uri("sips:a.example"),
            uri("https://a.example"),
        ];
        assert_eq!(domains(&others, "d.example"), ["b.example"]);
        assert_eq!(domains(&[], "D.example"), ["d.example"]);
        assert!(domains(&[], "Some Company").is_empty());
        let address = SanType::IpAddress([192, 0, 2, 1].into());
        assert!(domains(std::slice::from_ref(&address), "d.example").is_empty());
        assert_eq!(
            of(&[address], "x").addresses,
            [IpAddr::from([192, 0, 2, 1])]
        );
    }

    #[test]
    fn names_match_whole_and_wildcards_only_when_told() {
        let names = of(
            &[dns("example.com"), dns("*.example.net"), dns("*.org")],
            "",
        );
        for verify in [Verify::Name, Verify::NameOrWildcard] {
            assert!(is_for(&names, "Example.COM", verify));
            assert!(is_for(&names, "example.com.", verify));
            for other in [
                "foo.example.com",
                "example.co",
                "com",
                "",
                "example.net",
                "a.b.example.net",
                ".example.net",
                "example.org",
                "192.0.2.1",
            ] {
                assert!(!is_for(&names, other, verify), "{other}");
            }
        }
        assert!(!is_for(&names, "a.example.net", Verify::Name));
        assert!(is_for(&names, "a.Example.net", Verify::NameOrWildcard));
    }

    #[test]
    fn numeric_hosts_match_addresses() {
        let names = of(&[SanType::IpAddress("2001:db8::1".parse().unwrap())], "");
        assert!(is_for(&names, "2001:DB8:0::1", Verify::Name));
        assert!(!is_for(&names, "2001:db8::2", Verify::Name));
        let names = of(&[uri("sip:192.0.2.1"), uri("sip:[2001:db8::1]:5061")], "");
        assert!(is_for(&names, "192.0.2.1", Verify::Name));
        assert!(is_for(&names, "2001:db8::1", Verify::Name));
        assert!(!is_for(&names, "192.0.2.2", Verify::Name));
    }

    #[test]
    fn what_is_no_certificate_has_no_names() {
        assert_eq!(super::names(b"no certificate"), None);
    }
}
