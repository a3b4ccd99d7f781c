//! Availability of the ISUP at a destination (Q.764 2.13).
//!
//! ```text
//!            inaccessible, unknown: UPT, start T4
//! Available --------------------------------------> Inaccessible --+ T4: UPT, start T4
//!  ^  |  ^                                            | |  ^  ^    |
//!  |  |  +--------- UPA or any message: stop T4 ------+ |  |  +----+
//!  |  |                                      unequipped |  | inaccessible, unknown
//!  |  |   unequipped                           stop T4  v  | UPT, start T4
//!  |  +----------------------------------------------> Unequipped
//!  +----------- any message, MTP-RESUME ------------------+
//! ```
//!
//! While it is not available, no circuit to it is seized. Calls that there are go on, and so does
//! what is repeated on their circuits: the answer to any of that ends the unavailability.
//!
//! From working knowledge: that T4 (5 to 15 minutes, Annex A) runs from the MTP-STATUS on and is
//! started again with each UPT, that UPA "or any other message" ends it, and that only "unequipped
//! remote user" is for the maintenance system and is not tested. The cause "unknown" comes from
//! networks whose MTP does not say which of the two it is (Q.704 11.2.7); it is treated as
//! "inaccessible", since a test that was not needed does no harm, and a failure that ends is not
//! missed.

use super::event::DestinationEvent;
use super::table::CircuitTable;
use super::timers::Timer;
use crate::{Message, MessageType, Upt};
use core::time::Duration;
use trunkline_model::Time;

/// What is known of the ISUP at a destination.
#[derive(Debug, Default)]
pub(super) struct UserPart {
    availability: Availability,
    /// When it was tested last.
    tested: Option<Time>,
    /// Whether UPT was sent and no UPA came for it.
    awaits_upa: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Availability {
    #[default]
    Available,
    /// It does not answer at present; T4 runs.
    Inaccessible,
    /// It is not there.
    Unequipped,
}

impl UserPart {
    pub(super) const fn is_available(&self) -> bool {
        matches!(self.availability, Availability::Available)
    }
}

impl CircuitTable {
    /// MTP-STATUS with the cause "inaccessible remote user", or "unknown".
    pub(super) fn user_part_inaccessible(&mut self, now: Time, destination: usize) {
        let user_part = &mut self.destinations[destination].user_part;
        // MTP may say so of every message that we send, of the UPT as well.
        if user_part.availability == Availability::Inaccessible {
            return;
        }
        user_part.availability = Availability::Inaccessible;
        let tested = user_part.tested;
        self.report_destination(destination, DestinationEvent::UserPartInaccessible);
        // One that answers UPT with UPA and with its own unavailability is not to be asked at the
        // speed of the link.
        match tested.map(|at| at + self.t4(destination)) {
            Some(next) if now < next => {
                let first = self.destinations[destination].first;
                self.timers.start(first, Timer::T4, next);
            }
            _ => self.test_user_part(now, destination),
        }
    }

    /// MTP-STATUS with the cause "unequipped remote user".
    pub(super) fn user_part_unequipped(&mut self, destination: usize) {
        let to = &mut self.destinations[destination];
        if to.user_part.availability == Availability::Unequipped {
            return;
        }
        to.user_part.availability = Availability::Unequipped;
        self.timers.stop(to.first, Timer::T4);
        self.report_destination(destination, DestinationEvent::UserPartUnequipped);
    }

    /// A message came from there.
    pub(super) fn user_part_heard(&mut self, destination: usize) {
        let to = &mut self.destinations[destination];
        if to.user_part.is_available() {
            return;
        }
        to.user_part.availability = Availability::Available;
        self.timers.stop(to.first, Timer::T4);
        self.report_destination(destination, DestinationEvent::UserPartAvailable);
    }

    /// Whether a UPA would answer our UPT.
    pub(super) fn awaits_upa(&self, destination: usize) -> bool {
        self.destinations[destination].user_part.awaits_upa
    }

    /// The answer to our UPT. That a message came has been noted.
    pub(super) fn upa(&mut self, destination: usize) {
        self.destinations[destination].user_part.awaits_upa = false;
    }

    /// MTP reaches the destination again: what it said of the user part before is no longer known.
    /// Q.764 does not say what follows, as far as is remembered.
    pub(super) fn user_part_resumed(&mut self, now: Time, destination: usize) {
        match self.destinations[destination].user_part.availability {
            Availability::Available => {}
            Availability::Inaccessible => self.test_user_part(now, destination),
            // There is no test; what is sent there now will show it.
            Availability::Unequipped => self.user_part_heard(destination),
        }
    }

    pub(super) fn t4_expired(&mut self, now: Time, destination: usize) {
        if self.has_user_part_test(destination) {
            self.test_user_part(now, destination);
        } else {
            // Nobody would ever answer: the next call shows it.
            self.user_part_heard(destination);
        }
    }

    /// UPT names the first circuit; which one does not matter.
    fn test_user_part(&mut self, now: Time, destination: usize) {
        let after = self.t4(destination);
        let to = &mut self.destinations[destination];
        let first = to.first;
        to.user_part.tested = Some(now);
        self.start(now, first, Timer::T4, after);
        if self.has_user_part_test(destination) {
            self.destinations[destination].user_part.awaits_upa = true;
            self.send(first, Message::Upt(Upt::default()));
        }
    }

    fn has_user_part_test(&self, destination: usize) -> bool {
        let first = self.destinations[destination].first;
        let variant = self.group(first).config.variant;
        variant.message(MessageType::Upt.code()).is_some()
    }

    fn t4(&self, destination: usize) -> Duration {
        let first = self.destinations[destination].first;
        self.group(first).config.timers.t4
    }
}
