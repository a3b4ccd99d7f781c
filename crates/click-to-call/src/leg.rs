//! The signaling of one leg, as far as the call machine has to know it.

use crate::Party;
use crate::session::Origin;

/// How far the INVITE dialog of a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialog {
    /// No INVITE was sent.
    Idle,
    /// INVITE is out, no final response.
    Inviting,
    /// A 2xx came.
    Confirmed,
    /// CANCEL is out; a 2xx may still win (RFC 3261 9.1).
    Cancelling,
    /// BYE is out.
    Closing,
    /// Over.
    Gone,
}

impl Dialog {
    /// Whether nothing more can come of it.
    pub(crate) const fn is_quiet(self) -> bool {
        matches!(self, Self::Idle | Self::Gone)
    }
}

/// What belongs to one leg.
#[derive(Debug)]
pub(crate) struct LegSignaling {
    pub(crate) dialog: Dialog,
    pub(crate) origin: Origin,
}

/// The signaling of both legs, by party.
#[derive(Debug)]
pub(crate) struct Legs {
    initiator: LegSignaling,
    destination: LegSignaling,
}

impl Legs {
    pub(crate) const fn new(initiator: Origin, destination: Origin) -> Self {
        Self {
            initiator: LegSignaling {
                dialog: Dialog::Idle,
                origin: initiator,
            },
            destination: LegSignaling {
                dialog: Dialog::Idle,
                origin: destination,
            },
        }
    }

    pub(crate) const fn get(&self, party: Party) -> &LegSignaling {
        match party {
            Party::Initiator => &self.initiator,
            Party::Destination => &self.destination,
        }
    }

    pub(crate) const fn get_mut(&mut self, party: Party) -> &mut LegSignaling {
        match party {
            Party::Initiator => &mut self.initiator,
            Party::Destination => &mut self.destination,
        }
    }
}
