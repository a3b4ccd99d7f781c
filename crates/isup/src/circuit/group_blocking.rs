//! Blocking of circuit groups by the other end (Q.764 2.8.2.2).

use super::event::{ClearReason, Discard};
use super::table::CircuitTable;
use super::timers::Index;
use crate::{
    Cgb, Cgba, Cgu, Cgua, CircuitGroupSupervisionMessageType, GroupSupervision, Message,
    RangeAndStatus, Status,
};
use trunkline_model::{Cic, CircuitId, Time};

/// Circuits that one message may block or unblock; its range may be wider (Q.763 3.43).
const MAX_CIRCUITS: usize = 32;

/// Why the other end has blocked a circuit. One does not end the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// For maintenance: calls go on, no new ones. So blocks BLO, too.
    Maintenance,
    /// Its hardware has failed: calls are lost.
    Hardware,
}

/// The circuits that one message names.
struct Named {
    why: Why,
    /// Those that are ours.
    circuits: Vec<Index>,
    /// The acknowledgement: the bits of those.
    acknowledged: RangeAndStatus,
}

impl CircuitTable {
    pub(super) fn cgb(&mut self, now: Time, index: Index, cgb: &Cgb) {
        let Some(named) = self.named(index, cgb.supervision, cgb.circuits) else {
            return;
        };
        let (supervision, circuits) = (cgb.supervision, named.acknowledged);
        // The acknowledgement comes before what is sent on each circuit, as BLA does.
        self.send(
            index,
            Message::Cgba(Cgba {
                supervision,
                circuits,
            }),
        );
        for member in named.circuits {
            self.set_remotely_blocked(member, named.why, true);
            match named.why {
                Why::Maintenance => self.give_way_to_blocking(now, member),
                // "Calls are released"; neither end waits for RLC.
                Why::Hardware => self.clear(now, member, ClearReason::HardwareFailure),
            }
        }
    }

    pub(super) fn cgu(&mut self, index: Index, cgu: &Cgu) {
        let Some(named) = self.named(index, cgu.supervision, cgu.circuits) else {
            return;
        };
        for member in named.circuits {
            self.set_remotely_blocked(member, named.why, false);
        }
        let (supervision, circuits) = (cgu.supervision, named.acknowledged);
        self.send(
            index,
            Message::Cgua(Cgua {
                supervision,
                circuits,
            }),
        );
    }

    /// Finds the circuits that are named; a message that cannot be is discarded.
    fn named(
        &mut self,
        index: Index,
        supervision: CircuitGroupSupervisionMessageType,
        circuits: RangeAndStatus,
    ) -> Option<Named> {
        let CircuitId { dpc, cic } = self.name(index);
        let why = match supervision.indicator {
            GroupSupervision::Maintenance => Why::Maintenance,
            GroupSupervision::HardwareFailure => Why::Hardware,
            other => {
                self.discard(dpc, Some(cic), Discard::BadSupervisionType(other.code()));
                return None;
            }
        };
        let RangeAndStatus { range, status } = circuits;
        let status = status.filter(|status| range > 0 && status.ones().count() <= MAX_CIRCUITS);
        let Some(asked) = status else {
            self.discard(dpc, Some(cic), Discard::BadRange(range));
            return None;
        };
        let mut acknowledged = Status::new();
        let mut ours = Vec::new();
        for bit in asked.ones() {
            let cic = Cic::call_instance(cic.value() + u32::from(bit));
            if let Some(member) = self.find(CircuitId { dpc, cic }) {
                acknowledged.set(bit, true);
                ours.push(member);
            }
        }
        let acknowledged = RangeAndStatus {
            range,
            status: Some(acknowledged),
        };
        Some(Named {
            why,
            circuits: ours,
            acknowledged,
        })
    }
}
