//! One call of the exchange.
//!
//! ```text
//! incoming  Collecting --number complete--> Called (a subscriber's machine)
//!              | T35: REL 28
//! outgoing  Setup --ACM--> Alerting --ANM--> Talking --hold--> REL 16
//!              +------------CON----------------^
//! ```

use super::bearer::Bearer;
use super::config::OutgoingCall;
use crate::subscriber::Subscriber;
use trunkline_model::{CircuitId, Time};

#[derive(Debug)]
pub(super) struct Call {
    pub(super) circuit: CircuitId,
    pub(super) leg: Leg,
    pub(super) bearer: Bearer,
    pub(super) answered_at: Option<Time>,
}

#[derive(Debug)]
pub(super) enum Leg {
    /// From the gateway, its number not complete yet.
    Collecting {
        /// International digits so far.
        digits: String,
    },
    /// From the gateway, at a subscriber.
    Called(Subscriber),
    /// To the gateway.
    Calling {
        request: Box<OutgoingCall>,
        /// Circuits that were tried in vain.
        attempts: u32,
        state: Calling,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Calling {
    Setup,
    Alerting,
    Talking,
}
