//! Circuit state indicator (Q.763 3.14).

use super::indicators::{put, take};
use super::{Parameter, ParameterCode};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;

codes! {
    /// Call processing state (Q.763 3.14): 2 bits.
    pub enum CallProcessingState {
        None = 0, "none: the circuit is transient or unequipped";
        IncomingBusy = 1, "circuit incoming busy";
        OutgoingBusy = 2, "circuit outgoing busy";
        Idle = 3, "idle";
        _ => Spare, "spare call processing state"
    }
}

codes! {
    /// Maintenance or hardware blocking state (Q.763 3.14): 2 bits.
    pub enum BlockingState {
        NotBlocked = 0, "no blocking (active)";
        LocallyBlocked = 1, "locally blocked";
        RemotelyBlocked = 2, "remotely blocked";
        LocallyAndRemotelyBlocked = 3, "locally and remotely blocked";
        _ => Spare, "spare blocking state"
    }
}

/// The state of one circuit: one octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IndicatedState {
    /// Bits A and B, maintenance blocking state. If there is no call processing state, the codes
    /// mean something else: 0 transient, 3 unequipped.
    pub maintenance: BlockingState,
    /// Bits C and D, call processing state.
    pub call_processing: CallProcessingState,
    /// Bits E and F, hardware blocking state. If the circuit is blocked, it is idle.
    pub hardware: BlockingState,
}

/// Circuit state indicator (Q.763 3.14): one state for each circuit of the range, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CircuitStateIndicator {
    /// The states; the first is that of the circuit in the label.
    pub states: Vec<IndicatedState>,
}

impl IndicatedState {
    /// The circuit is there, but its state cannot be told.
    pub const TRANSIENT: Self = Self::without_call(BlockingState::NotBlocked);
    /// There is no such circuit.
    pub const UNEQUIPPED: Self = Self::without_call(BlockingState::LocallyAndRemotelyBlocked);
    /// Idle and not blocked.
    pub const IDLE: Self = Self::active(CallProcessingState::Idle);

    /// A circuit that is not blocked.
    pub const fn active(call_processing: CallProcessingState) -> Self {
        let free = BlockingState::NotBlocked;
        Self {
            maintenance: free,
            call_processing,
            hardware: free,
        }
    }

    const fn without_call(maintenance: BlockingState) -> Self {
        let call_processing = CallProcessingState::None;
        Self {
            maintenance,
            call_processing,
            hardware: BlockingState::NotBlocked,
        }
    }

    /// The state that an octet says.
    pub const fn from_octet(octet: u8) -> Self {
        Self {
            maintenance: BlockingState::from_code(take(octet, 0, 2)),
            call_processing: CallProcessingState::from_code(take(octet, 2, 4)),
            hardware: BlockingState::from_code(take(octet, 4, 6)),
        }
    }

    /// The octet.
    pub const fn octet(self) -> u8 {
        put(self.maintenance.code(), 0, 2)
            | put(self.call_processing.code(), 2, 4)
            | put(self.hardware.code(), 4, 6)
    }

    fn words(self) -> String {
        if self.call_processing == CallProcessingState::None {
            return match self.maintenance {
                BlockingState::NotBlocked => "transient".to_owned(),
                BlockingState::LocallyAndRemotelyBlocked => "unequipped".to_owned(),
                spare => format!("spare ({})", spare.code()),
            };
        }
        let mut words = self.call_processing.to_string();
        for (name, state) in [
            ("maintenance", self.maintenance),
            ("hardware", self.hardware),
        ] {
            if state != BlockingState::NotBlocked {
                words.push_str(&format!(", {state} ({name})"));
            }
        }
        words
    }
}

impl Parameter for CircuitStateIndicator {
    const CODE: ParameterCode = ParameterCode::CIRCUIT_STATE_INDICATOR;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let states = octets
            .iter()
            .map(|octet| IndicatedState::from_octet(*octet))
            .collect();
        Ok(Self { states })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.states.iter().map(|state| state.octet()));
    }

    fn describe(&self) -> Description {
        let mut description = Description::default();
        for (index, state) in self.states.iter().enumerate() {
            description = description.field(index, format!("circuit {index}"), state.words());
        }
        description
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes};

    #[test]
    fn one_octet_says_the_state_of_a_circuit() {
        let blocked = IndicatedState {
            maintenance: BlockingState::LocallyBlocked,
            call_processing: CallProcessingState::Idle,
            hardware: BlockingState::RemotelyBlocked,
        };
        let indicator = CircuitStateIndicator {
            states: vec![
                IndicatedState::TRANSIENT,
                IndicatedState::UNEQUIPPED,
                IndicatedState::active(CallProcessingState::OutgoingBusy),
                IndicatedState::IDLE,
                blocked,
            ],
        };
        assert_eq!(
            described(&indicator),
            [
                "circuit 0: transient",
                "circuit 1: unequipped",
                "circuit 2: circuit outgoing busy",
                "circuit 3: idle",
                "circuit 4: idle, locally blocked (maintenance), remotely blocked (hardware)",
            ]
        );
        reads_and_writes(&[0x00, 0x03, 0x08, 0x0c, 0x2d], indicator);
        reads_and_writes(&[], CircuitStateIndicator::default());
    }
}
