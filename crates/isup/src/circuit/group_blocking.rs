//! Blocking of circuit groups by the other end, and what both ends have in common (Q.764 2.8.2.2).

use super::event::{ClearReason, Discard};
use super::table::CircuitTable;
use super::timers::Index;
use crate::{
    Cgb, Cgba, Cgu, Cgua, CircuitGroupSupervisionMessageType, GroupSupervision, Message,
    RangeAndStatus, Status,
};
use trunkline_model::{PointCode, Time};

/// Circuits that one message may block or unblock; its range may be wider (Q.763 3.43).
const MAX_CIRCUITS: usize = 32;

/// Why an end has blocked a circuit. One does not end the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// For maintenance: calls go on, no new ones. So blocks BLO, too.
    Maintenance,
    /// Its hardware has failed: calls are lost.
    Hardware,
}

impl Why {
    /// What the circuit group supervision message type says.
    pub(super) const fn of(indicator: GroupSupervision) -> Option<Self> {
        match indicator {
            GroupSupervision::Maintenance => Some(Self::Maintenance),
            GroupSupervision::HardwareFailure => Some(Self::Hardware),
            _ => None,
        }
    }

    pub(super) const fn supervision(self) -> GroupSupervision {
        match self {
            Self::Maintenance => GroupSupervision::Maintenance,
            Self::Hardware => GroupSupervision::HardwareFailure,
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Maintenance => Self::Hardware,
            Self::Hardware => Self::Maintenance,
        }
    }
}

/// The circuits that one message names.
pub(super) struct Named {
    pub(super) why: Why,
    /// Those that are ours.
    pub(super) circuits: Vec<Index>,
    /// The acknowledgement: the bits of those.
    pub(super) acknowledged: RangeAndStatus,
}

impl CircuitTable {
    pub(super) fn cgb(&mut self, now: Time, index: Index, cgb: &Cgb) {
        let from = self.name(index).dpc;
        let Some(named) = self.named(index, from, cgb.supervision, cgb.circuits) else {
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
        let from = self.name(index).dpc;
        let Some(named) = self.named(index, from, cgu.supervision, cgu.circuits) else {
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
    pub(super) fn named(
        &mut self,
        index: Index,
        from: PointCode,
        supervision: CircuitGroupSupervisionMessageType,
        circuits: RangeAndStatus,
    ) -> Option<Named> {
        let cic = self.name(index).cic;
        let Some(why) = Why::of(supervision.indicator) else {
            let reason = Discard::BadSupervisionType(supervision.indicator.code());
            self.discard(from, Some(cic), reason);
            return None;
        };
        let RangeAndStatus { range, status } = circuits;
        let status = status.filter(|status| range > 0 && status.ones().count() <= MAX_CIRCUITS);
        let Some(asked) = status else {
            self.discard(from, Some(cic), Discard::BadRange(range));
            return None;
        };
        let mut status = Status::new();
        let mut circuits = Vec::new();
        for bit in asked.ones() {
            if let Some(member) = self.member(index, bit) {
                status.set(bit, true);
                circuits.push(member);
            }
        }
        let status = Some(status);
        let acknowledged = RangeAndStatus { range, status };
        Some(Named {
            why,
            circuits,
            acknowledged,
        })
    }
}
