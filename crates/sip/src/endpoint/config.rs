//! What an endpoint can be told when it is made.

use super::session_timer::SessionTimer;
use crate::limit::Limits;
use crate::locate::Policy;
use crate::transaction::Timers;
use crate::{Flow, Method, Transport};
use std::net::SocketAddr;

/// What is done with reliable provisional responses, and thus with the option `100rel`
/// (RFC 3262).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReliableProvisionals {
    /// They are neither sent nor acknowledged; who requires them is answered 420.
    #[default]
    Off,
    /// They are sent to who supports them, and acknowledged.
    Supported,
    /// Likewise, and no call is made without them: INVITEs of ours require them, those of peers
    /// that do not support them are answered 421.
    Required,
}

/// Settings of an [`Endpoint`](super::Endpoint).
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// T1, T2 and T4.
    pub timers: Timers,
    /// The product that User-Agent and Server name; empty leaves both out.
    pub user_agent: String,
    /// Seeds tags, branches and Call-IDs. Must come from the system's random source, for whoever
    /// can guess a tag can end the call; tests pass a constant.
    pub seed: [u8; 32],
    /// The most sessions at a time; a further INVITE is answered 503.
    pub max_sessions: usize,
    /// The most transactions at a time that peers may cause; a further request is answered
    /// without one, with 503 where it needs one.
    pub max_transactions: usize,
    /// Where we can be reached, the usual one first. Requests leave by those alone.
    pub locals: Vec<(Transport, SocketAddr)>,
    /// Methods besides INVITE, ACK, BYE, CANCEL and OPTIONS that the application serves: they come
    /// as [`Event::Request`](super::Event::Request), UPDATE as
    /// [`Event::Update`](super::Event::Update). All others are answered 405 or 501. PRACK is
    /// served by `reliable_provisionals`.
    pub methods: Vec<Method>,
    /// Whether provisional responses to INVITE are reliable.
    pub reliable_provisionals: ReliableProvisionals,
    /// Whether sessions are refreshed, and end when they are not (RFC 4028).
    pub session_timer: Option<SessionTimer>,
    /// Whether requests that are too long for a datagram go over TCP (RFC 3261 18.1.1).
    pub long_requests_over_tcp: bool,
    /// What peers may send us; `None` sets no limits.
    pub limits: Option<Limits>,
    /// Whether clients are asked to hold back when the limits are reached, and servers are offered
    /// that we do so (RFC 7339): the seconds since 1970 at [`Time::ZERO`](trunkline_model::Time).
    pub overload_epoch: Option<u64>,
}

impl EndpointConfig {
    /// The usual settings: timers of RFC 3261 table 4, 50,000 sessions, 400,000 transactions
    /// (each stays for 32 s after its call), no addresses, no further methods, no reliable provisional
    /// responses.
    pub fn new(seed: [u8; 32]) -> Self {
        Self {
            timers: Timers::default(),
            user_agent: "Trunkline".to_owned(),
            seed,
            max_sessions: 50_000,
            max_transactions: 400_000,
            locals: Vec::new(),
            methods: Vec::new(),
            reliable_provisionals: ReliableProvisionals::Off,
            session_timer: None,
            long_requests_over_tcp: true,
            limits: None,
            overload_epoch: None,
        }
    }

    /// By what requests may go.
    pub(super) fn policy(&self) -> Policy {
        let mut transports = Vec::new();
        for (transport, _) in &self.locals {
            if !transports.contains(transport) {
                transports.push(*transport);
            }
        }
        Policy {
            transports,
            ipv4: self.locals.iter().any(|(_, local)| local.is_ipv4()),
            ipv6: self.locals.iter().any(|(_, local)| local.is_ipv6()),
            ..Policy::default()
        }
    }

    /// The flow to an address: from the address of ours that has the transport and the family.
    pub(super) fn flow_to(&self, transport: Transport, remote: SocketAddr) -> Option<Flow> {
        let (_, local) = self.locals.iter().find(|(candidate, local)| {
            *candidate == transport && local.is_ipv4() == remote.is_ipv4()
        })?;
        Some(Flow {
            transport,
            local: *local,
            remote,
            connection: None,
        })
    }
}
