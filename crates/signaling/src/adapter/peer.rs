//! What is known of one peer.

use super::{AssociationId, PeerId};
use crate::config::{Audit, PeerConfig, Role};
use core::time::Duration;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use trunkline_m3ua::asp::Asp;
use trunkline_m3ua::{msg::Data, sgp};
use trunkline_model::Time;

#[derive(Debug)]
pub(super) struct Peer {
    pub(super) name: String,
    pub(super) role: Role,
    /// Where it is; nobody else's associations are taken for its own.
    pub(super) remote: Vec<SocketAddr>,
    pub(super) transport: &'static str,
    /// We set its association up.
    pub(super) initiate: bool,
    /// The client half, where we ask.
    pub(super) asp: Option<Asp>,
    /// What the server half is told of it, where it asks.
    pub(super) serves: Option<sgp::AspSettings>,
    pub(super) audit: Audit,
    /// By application server: whether traffic flows, and the audit of its destinations.
    pub(super) carrying: Vec<Carrying>,
    pub(super) link: Link,
    /// Its association, while there is one.
    pub(super) association: Option<AssociationId>,
    /// The next wait before the association is set up again.
    pub(super) backoff: Duration,
    /// It is to stay down.
    pub(super) taken_down: bool,
    /// DATA that the association gave back, until it is down.
    pub(super) returned: Vec<Data>,
    pub(super) seen: Seen,
}

/// Where the association stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// Wait until then, and connect.
    Waiting(Time),
    /// The peer is to connect.
    Listening,
    Connecting,
    Up {
        outbound_streams: u16,
    },
    /// Down by command.
    TakenDown,
    /// Down for good.
    Closed,
}

/// Traffic in one application server of the client half.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carrying {
    pub(super) on: bool,
    pub(super) audit: Option<AuditRun>,
}

/// DAUDs on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AuditRun {
    /// When the next is due.
    pub(super) due: Time,
    /// How many in a row brought nothing.
    pub(super) unanswered: u32,
}

/// For the display only.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) since: Time,
    pub(super) established: u64,
    pub(super) last_loss: Option<String>,
    pub(super) paths: BTreeMap<IpAddr, bool>,
    pub(super) congestion: u8,
    pub(super) data_sent: u64,
    pub(super) data_received: u64,
    pub(super) management_sent: u64,
    pub(super) management_received: u64,
}

impl Seen {
    const fn new(now: Time) -> Self {
        Self {
            since: now,
            established: 0,
            last_loss: None,
            paths: BTreeMap::new(),
            congestion: 0,
            data_sent: 0,
            data_received: 0,
            management_sent: 0,
            management_received: 0,
        }
    }
}

impl Peer {
    pub(super) fn configured(
        config: &PeerConfig,
        asp: Option<Asp>,
        first_backoff: Duration,
        now: Time,
    ) -> Self {
        let serves = config.role.answers().then(|| sgp::AspSettings {
            role: half(config.role),
            application_servers: config.serves.clone(),
            asp_identifier: config.demanded_asp_identifier,
            quirks: config.quirks,
            blocked: false,
        });
        Self {
            name: config.name.clone(),
            role: config.role,
            remote: config.remote.clone(),
            transport: config.transport.name(),
            initiate: config.initiate,
            carrying: match asp {
                Some(_) => vec![Carrying::default(); config.application_servers.len()],
                None => Vec::new(),
            },
            asp,
            serves,
            audit: match config.audits() {
                true => config.audit,
                false => Audit::Off,
            },
            link: match config.initiate {
                true => Link::Waiting(now),
                false => Link::Listening,
            },
            association: None,
            backoff: first_backoff,
            taken_down: false,
            returned: Vec::new(),
            seen: Seen::new(now),
        }
    }

    /// Somebody who may connect without being configured: an ASP.
    pub(super) fn guest(address: SocketAddr, now: Time) -> Self {
        Self {
            name: address.to_string(),
            role: Role::Sgp,
            remote: vec![address],
            transport: "",
            initiate: false,
            asp: None,
            serves: Some(sgp::AspSettings {
                role: trunkline_m3ua::Role::Asp,
                application_servers: None,
                asp_identifier: None,
                quirks: trunkline_m3ua::Quirks::default(),
                blocked: false,
            }),
            audit: Audit::Off,
            carrying: Vec::new(),
            link: Link::Listening,
            association: None,
            backoff: Duration::ZERO,
            taken_down: false,
            returned: Vec::new(),
            seen: Seen::new(now),
        }
    }

    pub(super) const fn is_up(&self) -> bool {
        matches!(self.link, Link::Up { .. })
    }

    /// Whether an association from there may be its own: 0 stands for any port.
    pub(super) fn is_at(&self, address: SocketAddr) -> bool {
        self.remote.iter().any(|remote| {
            remote.ip().to_canonical() == address.ip().to_canonical()
                && (remote.port() == 0 || remote.port() == address.port())
        })
    }

    /// Whether its application server has the routing context, so that there is one to tell.
    pub(super) fn routing_context(&self, application_server: usize) -> Option<u32> {
        self.asp.as_ref()?.routing_context(application_server)
    }
}

impl PeerId {
    /// Whether the peer is one of the configuration; the others come and go.
    pub(super) const fn is_configured(self) -> bool {
        self.0 < super::FIRST_INCOMING
    }
}

/// What both ends of the association are to each other, in the words of RFC 4666 4.3.
pub(super) const fn half(role: Role) -> trunkline_m3ua::Role {
    match role {
        Role::Asp | Role::Sgp => trunkline_m3ua::Role::Asp,
        Role::IpspClient | Role::IpspServer => trunkline_m3ua::Role::IpspSingle,
        Role::IpspDouble => trunkline_m3ua::Role::IpspDouble,
    }
}
