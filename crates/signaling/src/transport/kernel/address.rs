//! `struct sockaddr_in` and `struct sockaddr_in6` as octets, one after the other: the packed
//! lists that `sctp_bindx`, `sctp_connectx` and `sctp_getpaddrs` exchange with the kernel
//! (RFC 6458 9.1, 9.5, 9.9).

use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// Writes addresses one after the other.
pub(super) fn write(addresses: &[SocketAddr]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(addresses.len() * IPV6_LENGTH);
    for address in addresses {
        let family = match address {
            SocketAddr::V4(_) => libc::AF_INET,
            SocketAddr::V6(_) => libc::AF_INET6,
        };
        octets.extend_from_slice(&(family as libc::sa_family_t).to_ne_bytes());
        octets.extend_from_slice(&address.port().to_be_bytes());
        match address {
            SocketAddr::V4(address) => {
                octets.extend_from_slice(&address.ip().octets());
                octets.extend_from_slice(&[0; IPV4_LENGTH - 8]);
            }
            SocketAddr::V6(address) => {
                octets.extend_from_slice(&address.flowinfo().to_be_bytes());
                octets.extend_from_slice(&address.ip().octets());
                octets.extend_from_slice(&address.scope_id().to_ne_bytes());
            }
        }
    }
    octets
}

/// Reads the first address; gives what follows it too. An IPv4 address that is mapped into IPv6
/// is given as what it is.
pub(super) fn read(octets: &[u8]) -> Option<(SocketAddr, &[u8])> {
    let family = i32::from(u16::from_ne_bytes(*octets.first_chunk()?));
    let port = u16::from_be_bytes(*octets.get(2..)?.first_chunk()?);
    let address = octets.get(4..)?;
    match family {
        libc::AF_INET => {
            let ip = IpAddr::from(*address.first_chunk::<4>()?);
            Some((SocketAddr::new(ip, port), octets.get(IPV4_LENGTH..)?))
        }
        libc::AF_INET6 => {
            let ip = Ipv6Addr::from(*address.get(4..)?.first_chunk::<16>()?);
            let scope = u32::from_ne_bytes(*octets.get(24..)?.first_chunk()?);
            let address = match ip.to_ipv4_mapped() {
                Some(ip) => SocketAddr::new(ip.into(), port),
                None => SocketAddrV6::new(ip, port, 0, scope).into(),
            };
            Some((address, octets.get(IPV6_LENGTH..)?))
        }
        _ => None,
    }
}

/// Reads that many addresses, or as many as there are.
pub(super) fn read_list(mut octets: &[u8], count: usize) -> Vec<SocketAddr> {
    let mut list = Vec::new();
    while list.len() < count
        && let Some((address, rest)) = read(octets)
    {
        list.push(address);
        octets = rest;
    }
    list
}

/// The size of `struct sockaddr_in`.
const IPV4_LENGTH: usize = size_of::<libc::sockaddr_in>();

/// The size of `struct sockaddr_in6`.
const IPV6_LENGTH: usize = size_of::<libc::sockaddr_in6>();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_as_they_were() {
        let list: Vec<SocketAddr> = ["10.0.1.1:2905", "[fd00::2]:2905", "[fe80::1%3]:7"]
            .map(|text| text.parse().unwrap())
            .into();
        let octets = write(&list);
        assert_eq!(octets.len(), 16 + 28 + 28);
        assert_eq!(octets[2..8], [0x0b, 0x59, 10, 0, 1, 1]);
        assert_eq!(read_list(&octets, 3), list);
        assert_eq!(read_list(&octets, 1), list[..1]);
        assert_eq!(read_list(&octets[..43], 3), list[..1]);
        assert_eq!(read(&[0; 128]), None);
    }

    #[test]
    fn mapped_addresses_are_ipv4() {
        let mapped = write(&["[::ffff:10.0.1.1]:2905".parse().unwrap()]);
        let address = "10.0.1.1:2905".parse().unwrap();
        assert_eq!(read_list(&mapped, 1), [address]);
    }
}
