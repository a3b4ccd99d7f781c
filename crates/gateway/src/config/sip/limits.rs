//! `sip.limits` and `sip.unknown`: what strangers may send, and what becomes of them.

use crate::config::problem::Check;
use crate::config::raw::RawSip;
use core::time::Duration;
use std::net::IpAddr;
use trunkline_mgc::{AddressRange, SipPeer};
use trunkline_sip::limit::{Limits, Network, Peer, Rate, Rates, Strangers};

#[derive(Clone, Copy, PartialEq)]
enum Unknown {
    Refuse,
    Silent,
}

const UNKNOWN: [(&str, Unknown); 2] = [("refuse", Unknown::Refuse), ("silent", Unknown::Silent)];

/// The most requests a second that can be asked for.
const MOST: u64 = 1_000_000;

pub(super) fn check(
    check: &mut Check,
    raw: &RawSip,
    admitted: &[AddressRange],
    peers: &[SipPeer],
) -> Limits {
    let mut limits = Limits::default();
    let mut rate = |value, name: &str, default: u64| {
        let rate = check.within(value, &format!("sip.limits.{name}"), default, 0..=MOST);
        let rate = u32::try_from(rate).unwrap_or(u32::MAX);
        (rate > 0).then(|| Rate::per_second(rate))
    };
    limits.total = rate(raw.limits.total.as_ref(), "total", 0);
    limits.rates = Rates {
        invite: rate(raw.limits.invite.as_ref(), "invite", 20),
        register: rate(raw.limits.register.as_ref(), "register", 5),
        other: rate(raw.limits.other.as_ref(), "other", 20),
    };
    let mut number = |value, name: &str, default: u64| {
        check.within(value, &format!("sip.limits.{name}"), default, 0..=MOST)
    };
    let offences = number(raw.limits.offences.as_ref(), "offences", 20);
    limits.ban.offences = u32::try_from(offences).unwrap_or(u32::MAX);
    limits.ban.within = Duration::from_secs(number(raw.limits.within.as_ref(), "within", 60));
    limits.ban.ban = Duration::from_secs(number(raw.limits.ban.as_ref(), "ban", 600));

    // Those that we know may send what they like: the calls at one time are bounded.
    let of_peers = peers.iter().flat_map(|peer| &peer.admit);
    let networks = admitted.iter().chain(of_peers);
    limits.peers = networks
        .filter_map(network)
        .map(|network| Peer {
            network,
            rates: Rates::default(),
        })
        .collect();

    if let Some(text) = &raw.unknown
        && check.choose(text, "sip.unknown", &UNKNOWN) == Some(Unknown::Silent)
    {
        // Phones and certificates come from anywhere.
        if raw.registrar.is_some() || peers.iter().any(|peer| peer.certificate.is_some()) {
            let what = "silent does not go with sip.registrar or a peer's certificate";
            check.at(text, "sip.unknown", what);
        }
        limits.strangers = Strangers::Ignore;
    }
    limits
}

/// The network without the bits of a host in it.
fn network(range: &AddressRange) -> Option<Network> {
    let prefix = u32::from(range.prefix);
    let address = match range.address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - prefix.min(32)).unwrap_or(0);
            IpAddr::V4((address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - prefix.min(128)).unwrap_or(0);
            IpAddr::V6((address.to_bits() & mask).into())
        }
    };
    Network::new(address, range.prefix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_lose_the_bits_of_hosts() {
        for (address, prefix, within, beyond) in [
            ("192.0.2.7", 24, "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7", 32, "192.0.2.7", "192.0.2.6"),
            ("2001:db8::1", 32, "2001:db8:1::", "2001:db9::"),
        ] {
            let range = AddressRange {
                address: address.parse().unwrap(),
                prefix,
            };
            let network = network(&range).unwrap();
            assert!(network.contains(within.parse().unwrap()), "{address}");
            assert!(!network.contains(beyond.parse().unwrap()), "{address}");
        }
        let all = AddressRange {
            address: "198.51.100.1".parse().unwrap(),
            prefix: 0,
        };
        assert!(
            network(&all)
                .unwrap()
                .contains("203.0.113.9".parse().unwrap())
        );
    }
}
