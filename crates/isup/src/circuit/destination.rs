//! The exchanges at the far ends, as MTP sees them: MTP-PAUSE, MTP-RESUME and MTP-STATUS (Q.764
//! 2.10, 2.13, 2.14).
//!
//! Whatever MTP says, circuits are not freed and calls are not released: what is lost meanwhile is
//! repeated by T1, T12 and the like, or ends by T7, T9, T5. Only new calls stop.

use super::congestion::{Congestion, T30, is_exempt};
use super::event::{DestinationEvent, Output};
use super::table::CircuitTable;
use super::timers::{Index, Timer};
use super::user_part::UserPart;
use crate::CallingPartyCategory;
use trunkline_model::mtp::MtpStatus;
use trunkline_model::{PointCode, Time, TrunkGroupId};

/// An exchange to which one or more trunk groups lead.
#[derive(Debug)]
pub(super) struct Destination {
    pub(super) dpc: PointCode,
    /// Its first circuit. T4 and T30 run on it.
    pub(super) first: Index,
    /// Whether MTP can reach it.
    available: bool,
    pub(super) congestion: Congestion,
    pub(super) user_part: UserPart,
}

impl Destination {
    pub(super) fn new(dpc: PointCode, first: Index) -> Self {
        Self {
            dpc,
            first,
            available: false,
            congestion: Congestion::default(),
            user_part: UserPart::default(),
        }
    }

    /// Whether a circuit to it may be seized.
    pub(super) const fn is_available(&self) -> bool {
        self.available && self.user_part.is_available()
    }
}

impl CircuitTable {
    /// Whether a new call from us may go to a group's far end while signaling to it is congested
    /// (Q.764 2.10.2). Ask once for each call, before [`CircuitTable::seize`]: the refused ones are
    /// counted. Calls of operators and with priority are never refused. `true` if there is no such
    /// group.
    pub fn admits(&mut self, group: TrunkGroupId, category: CallingPartyCategory) -> bool {
        let Some(group) = self.groups.iter().find(|entry| entry.config.id == group) else {
            return true;
        };
        is_exempt(category, group.config.variant)
            || self.destinations[group.destination].congestion.admits()
    }

    /// MTP-PAUSE or MTP-RESUME.
    pub(super) fn set_available(&mut self, now: Time, dpc: PointCode, available: bool) {
        let Some(destination) = self.destination(dpc) else {
            return;
        };
        let to = &mut self.destinations[destination];
        if core::mem::replace(&mut to.available, available) == available || !available {
            return;
        }
        // Expert-checks 14: no reset when a path comes back. Only what was never reset is.
        for position in 0..self.groups.len() {
            let group = &self.groups[position];
            if group.destination == destination && !group.resets.started {
                self.start_group_reset(now, position);
            }
        }
        self.user_part_resumed(now, destination);
    }

    /// MTP-STATUS.
    pub(super) fn mtp_status(&mut self, now: Time, dpc: PointCode, status: MtpStatus) {
        let Some(destination) = self.destination(dpc) else {
            return;
        };
        match status {
            // Congestion abates. Traffic grows when T30 ends, not at once.
            MtpStatus::Congestion(0) => {}
            // The levels are a national option (Q.704 11.2.4); the clause has one.
            MtpStatus::Congestion(_) => {
                let to = &mut self.destinations[destination];
                let (first, before) = (to.first, to.congestion.step());
                if to.congestion.indicated(now) {
                    self.start(now, first, Timer::T30, T30);
                }
                self.report_step(destination, before);
            }
            MtpStatus::UserPartUnequipped => self.user_part_unequipped(destination),
            MtpStatus::UserPartInaccessible | MtpStatus::UserPartUnknown => {
                self.user_part_inaccessible(now, destination);
            }
        }
    }

    /// T4 or T30 of the destination whose first circuit this is.
    pub(super) fn destination_expired(&mut self, now: Time, first: Index, timer: Timer) {
        let destination = self.group(first).destination;
        if timer == Timer::T4 {
            return self.t4_expired(now, destination);
        }
        let to = &mut self.destinations[destination];
        let before = to.congestion.step();
        if to.congestion.recovered() {
            self.start(now, first, Timer::T30, T30);
        }
        self.report_step(destination, before);
    }

    fn report_step(&mut self, destination: usize, before: u8) {
        let congestion = &self.destinations[destination].congestion;
        let (step, refused) = (congestion.step(), congestion.refused());
        if step != before {
            let event = DestinationEvent::Congestion { step, refused };
            self.report_destination(destination, event);
        }
    }

    pub(super) fn report_destination(&mut self, destination: usize, event: DestinationEvent) {
        let dpc = self.destinations[destination].dpc;
        self.out.push_back(Output::Destination(dpc, event));
    }

    fn destination(&self, dpc: PointCode) -> Option<usize> {
        self.destinations.iter().position(|to| to.dpc == dpc)
    }
}
