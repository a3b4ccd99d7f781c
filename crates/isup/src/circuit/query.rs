//! Questions of the other end: circuit group query (Q.764 2.8.3), user part test (Q.764 2.13).

use super::event::Discard;
use super::table::{CircuitTable, State};
use super::timers::{Index, Timer};
use crate::param::{BlockingState, CallProcessingState, CircuitStateIndicator, IndicatedState};
use crate::{Cqm, Cqr, Message, Pdu, RangeAndStatus, Upa};
use trunkline_model::{Cic, CircuitId};

/// The largest range of a CQM (Q.763 3.43): 0 asks for one circuit.
const MAX_RANGE: u8 = 31;

impl CircuitTable {
    /// CQM: the states of the circuits as this end has them. Nothing is done about a difference;
    /// that is for whoever asks.
    pub(super) fn cqm(&mut self, index: Index, cqm: &Cqm) {
        let CircuitId { dpc, cic } = self.name(index);
        let range = cqm.circuits.range;
        if range > MAX_RANGE {
            return self.discard(dpc, Some(cic), Discard::BadRange(range));
        }
        let states = (0..=u32::from(range)).map(|offset| {
            let cic = Cic::call_instance(cic.value().saturating_add(offset));
            let found = self.find(CircuitId { dpc, cic });
            found.map_or(IndicatedState::UNEQUIPPED, |member| self.queried(member))
        });
        let states = CircuitStateIndicator {
            states: states.collect(),
        };
        let circuits = RangeAndStatus {
            range,
            status: None,
        };
        self.send(index, Message::Cqr(Cqr { circuits, states }));
    }

    /// UPT, which names any circuit or none: the user part is there.
    pub(super) fn upt(&mut self, group: usize, cic: Cic) {
        self.send_segments(group, &Pdu::new(cic, Message::Upa(Upa::default())));
    }

    /// The state of a circuit for a CQR (Q.764 2.8.3.1).
    fn queried(&self, index: Index) -> IndicatedState {
        let acknowledgement = [Timer::T13, Timer::T15];
        if acknowledgement
            .iter()
            .any(|timer| self.timers.is_running(index, *timer))
        {
            return IndicatedState::TRANSIENT;
        }
        let call_processing = match self.state_of(index) {
            State::Idle => CallProcessingState::Idle,
            State::AwaitAnm | State::OutgoingAnswered => CallProcessingState::OutgoingBusy,
            State::Incoming | State::IncomingComplete => CallProcessingState::IncomingBusy,
            // An answer is awaited, and the other end may see it the one way or the other.
            State::Unknown
            | State::Seized
            | State::AwaitAcm
            | State::Releasing(_)
            | State::Resetting => return IndicatedState::TRANSIENT,
        };
        let circuit = &self.circuits[index as usize];
        let (locally, remotely) = (circuit.locally_blocked, circuit.remotely_blocked);
        IndicatedState {
            maintenance: blocking(locally.maintenance, remotely.maintenance),
            call_processing,
            hardware: blocking(locally.hardware, remotely.hardware),
        }
    }
}

const fn blocking(locally: bool, remotely: bool) -> BlockingState {
    match (locally, remotely) {
        (false, false) => BlockingState::NotBlocked,
        (true, false) => BlockingState::LocallyBlocked,
        (false, true) => BlockingState::RemotelyBlocked,
        (true, true) => BlockingState::LocallyAndRemotelyBlocked,
    }
}
