//! What a media gateway has to be told.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;
use trunkline_model::media::{Law, RtpParameters};
use trunkline_model::{Cic, TrunkGroupId};
use trunkline_rtp::JitterConfig;

/// The configuration of a media gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MgwConfig {
    /// The local address of RTP terminations and circuit bearers, as far ends are told it.
    pub address: IpAddr,
    /// The local address of RTP terminations that must be IPv6.
    pub ipv6: Option<IpAddr>,
    /// The ports of RTP terminations: the even ones for RTP, the odd ones for RTCP.
    pub ports: RangeInclusive<u16>,
    /// The bearers of circuits, by trunk group.
    pub circuits: Vec<CircuitBearers>,
    /// Contexts at most.
    pub max_contexts: usize,
    /// How much delay jitter buffers may take.
    pub jitter: JitterConfig,
    /// Silence of a far end after which it is reported; `None` for never.
    pub inactivity: Option<Duration>,
    /// Whether the first source that sends RTP of the agreed payload type is taken for the far
    /// end, whatever address signaling gave (for far ends behind a NAT). If not, packets must
    /// come from the address and port that we send to, as those of circuits always must.
    pub latch: bool,
    /// Whether RTCP reports are sent and read, on the port above that of RTP.
    pub rtcp: bool,
    /// Worker threads; contexts are spread over them.
    pub workers: usize,
}

impl MgwConfig {
    /// A configuration for one address with RTP ports 20,000 to 29,999, no circuits, room for
    /// 2,000 contexts, no inactivity reports, no latching, RTCP and one worker.
    pub fn new(address: IpAddr) -> Self {
        Self {
            address,
            ipv6: None,
            ports: 20_000..=29_999,
            circuits: Vec::new(),
            max_contexts: 2_000,
            jitter: JitterConfig::default(),
            inactivity: None,
            latch: false,
            rtcp: true,
            workers: 1,
        }
    }

    /// Looks for what cannot work.
    ///
    /// # Errors
    /// The first [`ConfigError`] found.
    pub fn check(&self) -> Result<(), ConfigError> {
        for address in [Some(self.address), self.ipv6].into_iter().flatten() {
            if address.is_unspecified() {
                return Err(ConfigError::Unspecified { address });
            }
        }
        if let Some(address) = self.ipv6.filter(IpAddr::is_ipv4) {
            return Err(ConfigError::NotIpv6 { address });
        }
        let first = (*self.ports.start()).max(1).next_multiple_of(2);
        if first >= *self.ports.end() {
            return Err(ConfigError::NoPorts {
                ports: self.ports.clone(),
            });
        }
        let mut groups = BTreeSet::new();
        for bearers in &self.circuits {
            if !groups.insert(bearers.group) {
                return Err(ConfigError::DuplicateGroup {
                    group: bearers.group,
                });
            }
            for base in [bearers.local_port_base, bearers.remote_port_base] {
                bearers.check(base)?;
            }
        }
        Ok(())
    }

    /// The bearers of a trunk group.
    pub(crate) fn bearers(&self, group: TrunkGroupId) -> Option<&CircuitBearers> {
        self.circuits.iter().find(|bearers| bearers.group == group)
    }
}

/// How the 64 kbit/s bearers of a trunk group reach the media gateway: RTP from and to a media
/// converter, on ports that follow from the circuit identification code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitBearers {
    /// The trunk group.
    pub group: TrunkGroupId,
    /// Local port of CIC 0; each circuit takes two, the even one for RTP.
    pub local_port_base: u16,
    /// Address of the converter.
    pub remote: IpAddr,
    /// The converter's port of CIC 0.
    pub remote_port_base: u16,
    /// The companding law of the trunk.
    pub law: Law,
    /// The circuits.
    pub cics: Vec<Cic>,
}

impl CircuitBearers {
    /// The local port of a circuit.
    pub fn local_port(&self, cic: Cic) -> u16 {
        port(self.local_port_base, cic)
    }

    /// The converter's address of a circuit.
    pub fn remote(&self, cic: Cic) -> SocketAddr {
        SocketAddr::new(self.remote, port(self.remote_port_base, cic))
    }

    /// RTP as it is spoken with the converter: static payload types, 20 ms.
    pub(crate) fn parameters(&self, cic: Cic) -> RtpParameters {
        let codec = self.law.codec();
        let payload_type = codec.static_payload_type().unwrap_or(0);
        RtpParameters {
            remote: self.remote(cic),
            codec,
            send_payload_type: payload_type,
            receive_payload_type: payload_type,
            telephone_event: None,
            ptime: 20,
        }
    }

    fn check(&self, base: u16) -> Result<(), ConfigError> {
        let group = self.group;
        if !base.is_multiple_of(2) || base == 0 {
            return Err(ConfigError::PortBase { group, base });
        }
        let last = self.cics.iter().map(|cic| cic.value()).max().unwrap_or(0);
        if u32::from(base) + 2 * last + 1 > u32::from(u16::MAX) {
            return Err(ConfigError::PortRange { group, base, last });
        }
        Ok(())
    }
}

/// The port of a circuit; that it is one was checked.
fn port(base: u16, cic: Cic) -> u16 {
    u16::try_from(u32::from(base) + 2 * cic.value()).unwrap_or(u16::MAX)
}

/// Why a configuration cannot work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Far ends must be told an address that they can send to.
    #[error("media address: expected an address of this host, not {address}")]
    Unspecified {
        /// The address.
        address: IpAddr,
    },
    /// The IPv6 address is none.
    #[error("media IPv6 address: {address} is no IPv6 address")]
    NotIpv6 {
        /// The address.
        address: IpAddr,
    },
    /// No even port with the odd one above it.
    #[error("media ports: expected a range with an even port and the next, not {ports:?}")]
    NoPorts {
        /// The range.
        ports: RangeInclusive<u16>,
    },
    /// A trunk group has two sets of bearers.
    #[error("circuit bearers: {group} is there twice")]
    DuplicateGroup {
        /// The trunk group.
        group: TrunkGroupId,
    },
    /// The first port of a trunk group is odd or 0.
    #[error("circuit bearers of {group}: expected an even port base above 0, not {base}")]
    PortBase {
        /// The trunk group.
        group: TrunkGroupId,
        /// The port base.
        base: u16,
    },
    /// The last circuit's port does not exist.
    #[error("circuit bearers of {group}: port base {base} + 2 x CIC {last} + 1 exceeds 65535")]
    PortRange {
        /// The trunk group.
        group: TrunkGroupId,
        /// The port base.
        base: u16,
        /// The highest circuit identification code.
        last: u32,
    },
}
