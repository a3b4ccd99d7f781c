//! What the operator tells the MGC.

use core::time::Duration;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use trunkline_interwork::{CauseMap, TrunkProfile};
use trunkline_isup::CircuitGroup;
use trunkline_model::{CircuitId, TrunkGroupId};
use trunkline_numbering::{Routes, Rules};
use trunkline_sip::Transport;
use trunkline_sip::digest::{Credentials, Secret};
use trunkline_sip::endpoint::{EndpointConfig, NextHop};
use trunkline_sip::locate;
use trunkline_sip::registration::RegistrationConfig;
use trunkline_sip::sdp::Capabilities;

/// Everything that the MGC needs to know before the first call.
#[derive(Clone, Debug)]
pub struct Config {
    /// Transactions and dialogs, and the addresses of the gateway.
    pub endpoint: EndpointConfig,
    /// Where INVITEs may come from; others get 403.
    pub admitted: Vec<AddressRange>,
    /// SIP peers that routes name by position.
    pub peers: Vec<SipPeer>,
    /// Trunk groups that routes name by position; the position is their [`TrunkGroupId`].
    pub trunk_groups: Vec<TrunkGroup>,
    /// Rewriting of what was dialled, before routing.
    pub rules: Rules,
    /// Longest-prefix routes over the rewritten number.
    pub routes: Routes<Target>,
    /// The codecs that are offered and accepted.
    pub capabilities: Capabilities,
    /// Timers of the call machines.
    pub timers: CallTimers,
    /// Calls at one time, 1 or more; further ones get 503 or cause 42.
    pub max_calls: usize,
}

/// A SIP peer that calls can be routed to.
#[derive(Clone, Debug)]
pub struct SipPeer {
    /// Its name in configuration and logs.
    pub name: String,
    /// Whether its Request-URIs are SIPS.
    pub secure: bool,
    /// Host, port and parameters of its Request-URIs.
    pub host: String,
    /// Where INVITEs to it are sent.
    pub hop: NextHop,
    /// Values of Route: the way to it, through an outbound proxy.
    pub routes: Vec<String>,
    /// What its challenges are answered with.
    pub credentials: Option<Arc<[Credentials]>>,
    /// Whether it is asked if it answers; routes to a peer that does not are not used.
    pub keep_alive: Option<KeepAlive>,
    /// Where its requests come from, besides [`Config::admitted`].
    pub admit: Vec<AddressRange>,
    /// The SIP domain in the certificate by which it is known, in lower case.
    pub certificate: Option<Box<str>>,
    /// What it must prove.
    pub authenticate: Option<Authenticate>,
    /// Our registration with it.
    pub register: Option<Box<RegistrationConfig>>,
}

/// How a peer is asked whether it answers (RFC 3261 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepAlive {
    /// From an answer, or its absence, to the next OPTIONS.
    pub interval: Duration,
    /// So many in a row without an answer take the peer out of service, 1 or more. It comes back
    /// with the first answer.
    pub failures: u32,
}

/// What a peer must prove with its requests (RFC 3261 22.2).
#[derive(Clone, Debug)]
pub struct Authenticate {
    /// The realm of our challenges.
    pub realm: Box<str>,
    /// Its name.
    pub username: Box<str>,
    /// Its password.
    pub password: Secret,
}

impl SipPeer {
    /// A peer that is reached over UDP at an address.
    pub fn udp(name: impl Into<String>, address: SocketAddr) -> Self {
        Self::at(name, Transport::Udp, address)
    }

    /// A peer that is reached at an address.
    pub fn at(name: impl Into<String>, transport: Transport, address: SocketAddr) -> Self {
        Self {
            name: name.into(),
            secure: false,
            host: address.to_string(),
            hop: NextHop::Target(locate::Target {
                transport,
                address,
                name: None,
            }),
            routes: Vec::new(),
            credentials: None,
            keep_alive: None,
            admit: Vec::new(),
            certificate: None,
            authenticate: None,
            register: None,
        }
    }

    /// The scheme of its Request-URIs.
    pub(crate) const fn scheme(&self) -> &'static str {
        if self.secure { "sips" } else { "sip" }
    }
}

/// A trunk group: its circuits, and how its numbers and causes are mapped.
#[derive(Clone, Debug)]
pub struct TrunkGroup {
    /// Its name in configuration, logs and metrics.
    pub name: String,
    /// Circuits, point codes, ISUP timers.
    pub circuits: CircuitGroup,
    /// Number and indicator mapping.
    pub profile: TrunkProfile,
    /// Cause tables.
    pub causes: CauseMap,
}

/// Where a route leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the circuits of a trunk group.
    TrunkGroup(TrunkGroupId),
    /// To a SIP peer, by its position in [`Config::peers`].
    SipPeer(usize),
    /// To where the user with the called number has registered; see [`crate::Users`].
    Users,
}

/// A range of addresses: those that share the first `prefix` bits with `address`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    /// An address of the range.
    pub address: IpAddr,
    /// Bits that count: 0 to 32 for IPv4, 0 to 128 for IPv6.
    pub prefix: u8,
}

impl AddressRange {
    /// Whether `address` lies in the range. IPv4-mapped IPv6 addresses count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let differs = match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => u128::from(a.to_bits() ^ b.to_bits()) << 96,
            (IpAddr::V6(a), IpAddr::V6(b)) => a.to_bits() ^ b.to_bits(),
            _ => return false,
        };
        self.prefix == 0 || differs.leading_zeros() >= u32::from(self.prefix.min(128))
    }
}

/// Timers of the call machines. Those of the circuits (T1, T5, T7, T9) belong to the trunk group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallTimers {
    /// Q.764 T6: a call suspended by the network is released after it. 30 s here.
    pub t6: Duration,
    /// Q.764 T11: an early ACM is sent if SIP was silent that long; 15 to 20 s.
    pub t11: Duration,
    /// Q.764 T35: an incomplete number gets no more digits; 15 to 20 s.
    pub t35: Duration,
    /// How long a SIP peer may let the phone ring before the call ends with cause 19. 180 s.
    pub answer: Duration,
    /// How long the caller may listen to the tone or announcement that says why the call fails,
    /// before it gets the final response (RFC 3398 7.1.6: the interwork timer). 20 s.
    pub interwork: Duration,
    /// How long the MGW may take to answer a command. 2 s.
    pub media: Duration,
}

impl Default for CallTimers {
    fn default() -> Self {
        Self {
            t6: Duration::from_secs(30),
            t11: Duration::from_secs(15),
            t35: Duration::from_secs(15),
            answer: Duration::from_secs(180),
            interwork: Duration::from_secs(20),
            media: Duration::from_secs(2),
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A route names a trunk group that is not there.
    #[error("a route names trunk group {0}, of which there are {1}")]
    NoSuchTrunkGroup(u16, usize),
    /// A route names a SIP peer that is not there.
    #[error("a route names SIP peer {0}, of which there are {1}")]
    NoSuchPeer(usize, usize),
    /// The circuits cannot be used.
    #[error(transparent)]
    Circuits(#[from] trunkline_isup::CircuitTableError),
    /// A route leads to users, and there is no registrar.
    #[error("a route leads to registered users, of which there are none")]
    NoUsers,
    /// There is no local SIP address.
    #[error("there must be at least one local SIP address")]
    NoLocalAddress,
    /// A circuit group does not carry its own position as its id.
    #[error("trunk group {0:?} must have the id {1}, its position")]
    GroupId(TrunkGroupId, u16),
    /// A circuit named by an operator does not exist.
    #[error("no such circuit: {0}")]
    NoSuchCircuit(CircuitId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_compare_prefixes_of_one_family() {
        let range = |address: &str, prefix| AddressRange {
            address: address.parse().unwrap(),
            prefix,
        };
        assert!(range("127.0.0.0", 8).contains("127.9.9.9".parse().unwrap()));
        assert!(!range("127.0.0.0", 8).contains("128.0.0.1".parse().unwrap()));
        assert!(range("127.0.0.0", 8).contains("::ffff:127.0.0.1".parse().unwrap()));
        assert!(range("2001:db8::", 32).contains("2001:db8:1::1".parse().unwrap()));
        assert!(!range("0.0.0.0", 0).contains("::1".parse().unwrap()));
        assert!(range("::", 0).contains("::1".parse().unwrap()));
        assert!(range("192.0.2.7", 32).contains("192.0.2.7".parse().unwrap()));
        assert!(!range("192.0.2.7", 32).contains("192.0.2.6".parse().unwrap()));
    }
}
