//! Suspend (Q.763 table 38).

use crate::order::ParameterOrder;
use crate::param::{RawParameter, SuspendResumeIndicators};
use crate::wire::message_layout;

/// Suspend message, SUS: the call is suspended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sus {
    /// Suspend/resume indicators.
    pub indicators: SuspendResumeIndicators,
    /// Optional parameters, in their order.
    pub other: Vec<RawParameter>,
    /// Order of the optional parameters on the wire; leave the default.
    pub order: ParameterOrder,
}

impl Sus {
    /// A message of the network's (`true`) or of an ISDN subscriber's making.
    pub fn new(network_initiated: bool) -> Self {
        Self {
            indicators: SuspendResumeIndicators { network_initiated },
            ..Self::default()
        }
    }

    /// Whether the network asked for it, as when an analogue subscriber hangs up or lifts again
    /// (Q.764 2.5.1); otherwise an ISDN subscriber.
    pub const fn is_network_initiated(&self) -> bool {
        self.indicators.network_initiated
    }
}

message_layout! {
    Sus, "suspend", "Q.763 table 38";
    fixed {
        indicators: SuspendResumeIndicators,
    }
    variable {}
    optional {}
}
