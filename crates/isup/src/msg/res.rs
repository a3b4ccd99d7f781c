//! Resume (Q.763 table 38).

use crate::optional::OptionalParameters;
use crate::param::SuspendResumeIndicators;
use crate::wire::message;

message! {
    /// Resume message, RES: the call goes on.
    pub struct Res: "resume", "Q.763 table 38" {
        fixed {
            /// Suspend/resume indicators.
            indicators: SuspendResumeIndicators,
        }
        variable {}
        optional [
            CALL_REFERENCE,
        ]
    }
}

impl Res {
    /// A message of the network's (`true`) or of an ISDN subscriber's making.
    pub fn new(network_initiated: bool) -> Self {
        let indicators = SuspendResumeIndicators { network_initiated };
        Self {
            indicators,
            optional: OptionalParameters::new(),
        }
    }

    /// Whether the network asked for it, as when an analogue subscriber hangs up or lifts again
    /// (Q.764 2.5.1); otherwise an ISDN subscriber.
    pub const fn is_network_initiated(&self) -> bool {
        self.indicators.network_initiated
    }
}
