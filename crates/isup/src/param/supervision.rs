//! What supervises circuits: continuity indicators, circuit group supervision message type.

use super::indicators;
use crate::codes::codes;

codes! {
    /// Circuit group supervision message type indicator (Q.763 3.13): 2 bits.
    pub enum GroupSupervision {
        Maintenance = 0, "maintenance oriented";
        HardwareFailure = 1, "hardware failure oriented";
        National = 2, "reserved for national use";
        _ => Spare, "spare circuit group supervision message type"
    }
}

indicators! {
    /// Continuity indicators (Q.763 3.18).
    pub struct ContinuityIndicators: CONTINUITY_INDICATORS {
        0 {
            /// Continuity indicator: the check was successful.
            successful: bool, 0..1, "continuity indicator",
                ["continuity check failed", "continuity check successful"];
        }
    }

    /// Circuit group supervision message type (Q.763 3.13): why circuits are blocked, or no
    /// longer.
    pub struct CircuitGroupSupervisionMessageType: CIRCUIT_GROUP_SUPERVISION_MESSAGE_TYPE {
        0 {
            /// Circuit group supervision message type indicator.
            indicator: GroupSupervision, 0..2,
                "circuit group supervision message type indicator";
        }
    }
}

impl From<GroupSupervision> for CircuitGroupSupervisionMessageType {
    fn from(indicator: GroupSupervision) -> Self {
        Self { indicator }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn continuity_indicators() {
        reads_and_writes(&[0], ContinuityIndicators { successful: false });
        reads_and_writes(&[1], ContinuityIndicators { successful: true });
        let failed = ContinuityIndicators { successful: false };
        assert_eq!(described(&failed), ["continuity check failed"]);
        refuses_fewer::<ContinuityIndicators>(1);
    }

    #[test]
    fn circuit_group_supervision_message_type() {
        let failure = CircuitGroupSupervisionMessageType::from(GroupSupervision::HardwareFailure);
        reads_and_writes(&[1], failure);
        refuses_fewer::<CircuitGroupSupervisionMessageType>(1);
    }
}
