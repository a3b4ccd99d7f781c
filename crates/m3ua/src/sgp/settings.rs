//! What an [`Sgp`](super::Sgp) is configured with.

use crate::param::{RoutingKeyDestination, TrafficMode};
use crate::quirks::Quirks;
use crate::role::Role;
use core::time::Duration;
use trunkline_model::PointCode;

/// What an [`Sgp`](super::Sgp) is configured with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The application servers. Their place in this list is their index everywhere.
    pub application_servers: Vec<AsSettings>,
    /// The destinations behind the gateway; all available at first. News of another one makes
    /// it known too.
    pub destinations: Vec<PointCode>,
    /// The network appearance of all application servers that have none of their own; `None`
    /// where there is only one network.
    pub network_appearance: Option<u32>,
    /// T(r): how long an AS without an active ASP is pending (RFC 4666 4.3.2).
    pub recovery: Duration,
    /// How many messages are held for a pending AS, and how many more while the traffic of an
    /// AS moves from one ASP to another.
    pub pending_queue: usize,
    /// How long the messages of a flow wait when it moves from one ASP to another; see
    /// [`crate::diversion::Diversion`]. So long DATA of an ASP counts, too, after it ceased to
    /// be active: on other streams it may be later than the message that ended its activity.
    pub diversion: Duration,
    /// T(beat): between our Heartbeats to each ASP; `None` to send none (RFC 4666 4.3.4.6).
    pub beat: Option<Duration>,
    /// Our ASP identifier, which IPSPs are told in ASP Up Ack (RFC 4666 3.5.2).
    pub asp_identifier: Option<u32>,
    /// Registration by ASPs (RFC 4666 4.4); `None` does not offer it.
    pub registration: Option<Registration>,
}

/// What ASPs may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The routing contexts of new application servers count from here.
    pub first_routing_context: u32,
    /// How many application servers ASPs may bring into being; 0 lets them register for the
    /// configured ones only.
    pub max: usize,
}

/// One application server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsSettings {
    /// Its routing context; `None` for an AS that is the only one of its ASPs, or that they
    /// tell by the network appearance.
    pub routing_context: Option<u32>,
    /// Its network appearance, if it is not that of the gateway.
    pub network_appearance: Option<u32>,
    /// Its routing key: messages for these point codes are for it. A point code with a mask
    /// takes what no other key wants (RFC 4666 1.4.2.2).
    pub routing_key: Vec<RoutingKeyDestination>,
    /// Its traffic mode; `None` takes that of the first ASP Active.
    pub traffic_mode: Option<TrafficMode>,
    /// n of the n+k model: how many ASPs must be active before traffic begins. 0 and 1 are a
    /// smooth start; override mode always has 1 (RFC 4666 4.3.2).
    pub minimum_active: usize,
}

/// One ASP or IPSP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AspSettings {
    /// What it is to us.
    pub role: Role,
    /// The application servers that it serves, by index; `None` lets it serve any.
    pub application_servers: Option<Vec<usize>>,
    /// The identifier that its ASP Up must carry; `None` takes any and none.
    pub asp_identifier: Option<u32>,
    /// Where it departs from the standard.
    pub quirks: Quirks,
    /// Whether management blocks it from the beginning.
    pub blocked: bool,
}
