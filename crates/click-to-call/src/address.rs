//! From what a user typed to where the INVITE goes.

use std::net::SocketAddr;
use trunkline_numbering::Rules;
use trunkline_sip::{SipUri, Uri};

/// The most octets of an address, before and after translation.
pub const MAX_ADDRESS: usize = 256;

/// The port of a SIP URI without one (RFC 3261 19.1.2).
pub const SIP_PORT: u16 = 5060;

/// Why an address cannot be called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressProblem {
    /// Longer than [`MAX_ADDRESS`].
    #[error("too long: {length} octets, the most is {MAX_ADDRESS}")]
    TooLong {
        /// Its length, octets.
        length: usize,
    },
    /// A character that cannot stand in an address; a control character, a blank, a bracket.
    #[error("character {character:?} at position {position} cannot stand in a URI (RFC 3261 25.1)")]
    Character {
        /// The character.
        character: char,
        /// Its position in characters, from 1.
        position: usize,
    },
    /// No rule matches.
    #[error("no translation rule matches")]
    NoRule,
    /// The translation is no URI.
    #[error("{0}")]
    Uri(String),
    /// Neither `sip:` nor, with an outbound proxy, `tel:`.
    #[error("scheme {scheme}: expected a sip: URI")]
    Scheme {
        /// What it is.
        scheme: String,
    },
    /// A header part, which a Request-URI cannot have (RFC 3261 19.1.1).
    #[error("a URI with header fields (?...) cannot be called")]
    Headers,
    /// A transport other than UDP.
    #[error("transport {transport}: only udp is there")]
    Transport {
        /// What was asked for.
        transport: String,
    },
    /// A host name, and no outbound proxy to ask for it.
    #[error(
        "host {host}: expected an IP address, since no outbound proxy is set and names are not looked up"
    )]
    HostName {
        /// The name.
        host: String,
    },
    /// No local SIP address of the family.
    #[error("{address}: no local SIP address of that family")]
    Family {
        /// The destination.
        address: SocketAddr,
    },
}

/// An address after translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The Request-URI.
    pub(crate) uri: String,
    /// Where the request goes.
    pub(crate) destination: SocketAddr,
    /// From where.
    pub(crate) local: SocketAddr,
    /// The user part or the number, for a display name; only harmless characters.
    pub(crate) user: String,
}

/// What a user typed, before any rule sees it.
pub(crate) fn check_typed(address: &str) -> Result<(), AddressProblem> {
    if address.len() > MAX_ADDRESS {
        return Err(AddressProblem::TooLong {
            length: address.len(),
        });
    }
    refuse(address, char::is_control)
}

/// Translates an address and finds out where its requests go.
pub(crate) fn resolve(
    address: &str,
    rules: &Rules,
    proxy: Option<SocketAddr>,
    locals: &[SocketAddr],
) -> Result<Target, (AddressProblem, Option<String>)> {
    check_typed(address).map_err(|problem| (problem, None))?;
    // The rules see what was typed, as those of other click-to-call servers do. A number that no
    // rule knows with its blanks and hyphens is tried without them: people write `030 / 123-45`.
    let uri = rules
        .translate(address)
        .or_else(|| rules.translate(&plain_number(address)?))
        .ok_or((AddressProblem::NoRule, None))?;
    match route(&uri, proxy, locals) {
        Ok((destination, local, user)) => Ok(Target {
            uri,
            destination,
            local,
            user,
        }),
        Err(problem) => Err((problem, Some(uri))),
    }
}

fn plain_number(address: &str) -> Option<String> {
    trunkline_numbering::normalise(&address.replace('/', " ")).ok()
}

fn route(
    uri: &str,
    proxy: Option<SocketAddr>,
    locals: &[SocketAddr],
) -> Result<(SocketAddr, SocketAddr, String), AddressProblem> {
    let (destination, user) = match check_uri(uri)? {
        Uri::Sip(sip) => {
            let user = sip.user_decoded().unwrap_or_default();
            let destination = match proxy {
                Some(proxy) => proxy,
                None => literal(&sip)?,
            };
            (destination, harmless(&user))
        }
        Uri::Tel(tel) => match proxy {
            Some(proxy) => (proxy, harmless(&tel.digits())),
            None => {
                return Err(AddressProblem::Scheme {
                    scheme: "tel (without an outbound proxy)".to_owned(),
                });
            }
        },
        Uri::Other { scheme, .. } => {
            return Err(AddressProblem::Scheme {
                scheme: scheme.to_owned(),
            });
        }
    };
    let local = locals
        .iter()
        .find(|local| local.is_ipv4() == destination.is_ipv4())
        .ok_or(AddressProblem::Family {
            address: destination,
        })?;
    Ok((destination, *local, user))
}

/// Reads a URI that is to stand in From, To or a Request-URI, and refuses whatever could end the
/// place where it stands.
pub(crate) fn check_uri(uri: &str) -> Result<Uri<'_>, AddressProblem> {
    if uri.len() > MAX_ADDRESS {
        return Err(AddressProblem::TooLong { length: uri.len() });
    }
    refuse(uri, |character| {
        !character.is_ascii_graphic() || matches!(character, '<' | '>' | '"' | '\\' | '{' | '}')
    })?;
    let parsed = Uri::parse(uri).map_err(|error| AddressProblem::Uri(error.to_string()))?;
    if let Uri::Sip(sip) = &parsed {
        if sip.secure {
            return Err(AddressProblem::Scheme {
                scheme: "sips".to_owned(),
            });
        }
        if !sip.headers.is_empty() {
            return Err(AddressProblem::Headers);
        }
        if let Some(transport) = sip.params.get("transport")
            && !transport.eq_ignore_ascii_case("udp")
        {
            return Err(AddressProblem::Transport {
                transport: transport.to_owned(),
            });
        }
    }
    Ok(parsed)
}

fn literal(uri: &SipUri<'_>) -> Result<SocketAddr, AddressProblem> {
    let ip = uri.host.ip().ok_or_else(|| AddressProblem::HostName {
        host: uri.host.to_string(),
    })?;
    Ok(SocketAddr::new(ip, uri.port.unwrap_or(SIP_PORT)))
}

fn harmless(user: &str) -> String {
    user.chars()
        .filter(|character| character.is_ascii_alphanumeric() || "+*#-._".contains(*character))
        .take(64)
        .collect()
}

fn refuse(text: &str, bad: impl Fn(char) -> bool) -> Result<(), AddressProblem> {
    match text.chars().enumerate().find(|(_, c)| bad(*c)) {
        Some((index, character)) => Err(AddressProblem::Character {
            character,
            position: index + 1,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_numbering::Rule;

    fn rules() -> Rules {
        let rule = |pattern: &str, output: &str| Rule {
            pattern: pattern.to_owned(),
            output: output.to_owned(),
        };
        Rules::new(vec![
            rule("^((sips?|tel|http):.*)$", "$1"),
            rule(r"^\+([0-9]+)$", "sip:+$1@192.0.2.9:5070;user=phone"),
            rule("^six$", "sip:six@[2001:db8::1]"),
            rule("^name$", "sip:x@gw.example.net"),
        ])
        .unwrap()
    }

    fn try_resolve(address: &str, proxy: Option<&str>) -> Result<Target, AddressProblem> {
        let locals = ["192.0.2.1:5060".parse().unwrap()];
        let proxy = proxy.map(|text| text.parse().unwrap());
        resolve(address, &rules(), proxy, &locals).map_err(|(problem, _)| problem)
    }

    #[test]
    fn number_goes_where_its_rule_says() {
        let target = try_resolve("+4930123", None).unwrap();
        assert_eq!(target.uri, "sip:+4930123@192.0.2.9:5070;user=phone");
        assert_eq!(target.destination.to_string(), "192.0.2.9:5070");
        assert_eq!(target.user, "+4930123");
    }

    #[test]
    fn separators_that_people_write_in_numbers_count_for_nothing() {
        for typed in [
            "+49 30 123",
            "+49 (30) 1-23",
            "+49 30 / 123",
            " +49.30.123 ",
        ] {
            let target = try_resolve(typed, None).unwrap();
            assert_eq!(
                target.uri, "sip:+4930123@192.0.2.9:5070;user=phone",
                "{typed}"
            );
        }
        assert_eq!(try_resolve("s ix", None), Err(AddressProblem::NoRule));
    }

    #[test]
    fn uri_without_port_goes_to_5060() {
        let target = try_resolve("sip:a@198.51.100.7", None).unwrap();
        assert_eq!(target.destination.to_string(), "198.51.100.7:5060");
    }

    #[test]
    fn proxy_takes_names_and_numbers() {
        for address in ["name", "tel:+4930123"] {
            let target = try_resolve(address, Some("192.0.2.200:5062")).unwrap();
            assert_eq!(target.destination.to_string(), "192.0.2.200:5062");
        }
    }

    #[test]
    fn refuses_what_cannot_be_called() {
        use AddressProblem as P;
        let problem = |address: &str| try_resolve(address, None).unwrap_err();
        assert_eq!(problem("100"), P::NoRule);
        assert!(matches!(problem("name"), P::HostName { .. }));
        assert!(matches!(problem("six"), P::Family { .. }));
        assert!(matches!(problem("tel:+49"), P::Scheme { .. }));
        assert!(matches!(problem("http://x"), P::Scheme { .. }));
        assert!(matches!(problem("sips:a@192.0.2.3"), P::Scheme { .. }));
        assert!(matches!(problem("sip:a@192.0.2.3?Route=x"), P::Headers));
        assert!(matches!(
            problem("sip:a@192.0.2.3;transport=tcp"),
            P::Transport { .. }
        ));
        assert!(matches!(problem("sip:@"), P::Uri(_)));
        assert!(matches!(
            problem(&"1".repeat(257)),
            P::TooLong { length: 257 }
        ));
    }

    #[test]
    fn nothing_can_end_the_line_it_stands_in() {
        for address in [
            "sip:a@192.0.2.3\r\nVia: x",
            "sip:a@192.0.2.3> <sip:b@192.0.2.4",
            "sip:a b@192.0.2.3",
            "sip:\u{e4}@192.0.2.3",
        ] {
            let problem = try_resolve(address, None).unwrap_err();
            assert!(
                matches!(problem, AddressProblem::Character { .. }),
                "{address:?}: {problem}"
            );
        }
    }
}
