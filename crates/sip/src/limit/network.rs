//! Networks and sources.

use core::fmt;
use core::str::FromStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses with a common prefix (RFC 4632, RFC 4291 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    address: IpAddr,
    length: u8,
}

/// Text that is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// What stands before the slash is no address.
    #[error("expected an IPv4 or IPv6 address")]
    Address,
    /// What stands after the slash is no prefix length of that family.
    #[error("expected a prefix length up to {0}")]
    Length(u8),
    /// The address has bits beyond the prefix.
    #[error("the address has bits set beyond the prefix of {0}")]
    HostBits(u8),
}

/// Who is counted as one: an IPv4 address, or the 64-bit prefix of an IPv6 one, for whoever has
/// one address of it has all (RFC 6177 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(IpAddr);

impl Network {
    /// The addresses that share `length` bits with `address`.
    ///
    /// # Errors
    /// The length is too large for the family, or there are bits beyond it.
    pub fn new(address: IpAddr, length: u8) -> Result<Self, NetworkError> {
        let longest = if address.is_ipv4() { 32 } else { 128 };
        if length > longest {
            return Err(NetworkError::Length(longest));
        }
        if masked(address, length) != address {
            return Err(NetworkError::HostBits(length));
        }
        Ok(Self { address, length })
    }

    /// Whether the address is one of them. An IPv4 address mapped into IPv6 is the IPv4 one.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && masked(address, self.length) == self.address
    }

    /// The bits that all of them share.
    pub const fn length(&self) -> u8 {
        self.length
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    /// `192.0.2.0/24`, `2001:db8::/32`, or an address alone.
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError::Address)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            Some(length) => length.parse().map_err(|_| NetworkError::Length(longest))?,
            None => longest,
        };
        Self::new(address, length)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.into()),
            address @ IpAddr::V6(_) => Self(masked(address, 64)),
        }
    }
}

/// The address with all bits cleared beyond the first ones.
fn masked(address: IpAddr, length: u8) -> IpAddr {
    let length = u32::from(length);
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX
                .checked_shl(32_u32.saturating_sub(length))
                .unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX
                .checked_shl(128_u32.saturating_sub(length))
                .unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn networks_contain_their_addresses() {
        for (network, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7", "::ffff:192.0.2.7", "192.0.2.8"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("::/0", "2001:db8::1", "192.0.2.1"),
            ("2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"),
            ("2001:db8::1", "2001:db8::1", "2001:db8::2"),
        ] {
            let parsed: Network = network.parse().unwrap();
            assert!(parsed.contains(address(inside)), "{network}");
            assert!(!parsed.contains(address(outside)), "{network}");
            assert_eq!(parsed.to_string().parse(), Ok(parsed));
        }
        for (text, error) in [
            ("", NetworkError::Address),
            ("host/8", NetworkError::Address),
            ("192.0.2.0/33", NetworkError::Length(32)),
            ("192.0.2.0/", NetworkError::Length(32)),
            ("::/129", NetworkError::Length(128)),
            ("192.0.2.1/24", NetworkError::HostBits(24)),
        ] {
            assert_eq!(text.parse::<Network>(), Err(error), "{text}");
        }
    }

    #[test]
    fn addresses_of_one_ipv6_prefix_are_one_source() {
        let source = |text| Source::from(address(text));
        assert_eq!(source("2001:db8::1"), source("2001:db8::ffff:1:2:3"));
        assert_ne!(source("2001:db8::1"), source("2001:db8:0:1::1"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
    }
}
