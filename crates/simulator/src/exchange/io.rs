//! What goes into an exchange and what comes out.

use super::event::Event;
use trunkline_isup as isup;
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{CircuitId, TrunkGroupId};

/// What an exchange is given.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// MTP reports.
    Mtp(MtpIndication),
    /// A packet came on the bearer of a circuit.
    Rtp {
        /// The circuit.
        circuit: CircuitId,
        /// The datagram.
        data: &'a [u8],
    },
    /// The operator of the exchange blocks or unblocks a circuit.
    Block {
        /// The circuit.
        circuit: CircuitId,
        /// Whether it shall be blocked.
        blocked: bool,
    },
    /// The operator of the exchange resets a circuit.
    Reset {
        /// The circuit.
        circuit: CircuitId,
    },
}

/// What an exchange wants done or known.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// MTP-TRANSFER request.
    Mtp(MtpTransfer),
    /// A packet for the bearer of a circuit.
    Rtp {
        /// The circuit.
        circuit: CircuitId,
        /// The datagram.
        data: Vec<u8>,
    },
    /// The bearer of a circuit is in use from now on, or no longer.
    Bearer {
        /// The circuit.
        circuit: CircuitId,
        /// Whether it is.
        open: bool,
    },
    /// Something happened.
    Event(Event),
}

/// Why an exchange wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A timer of Q.764.
    Isup(isup::circuit::Timer),
    /// A call takes its next step: its subscriber does something, or T35 ends.
    Step,
    /// A packet of sound is due.
    Audio,
    /// A subscriber wants to call out.
    Caller,
}

/// No circuit of the trunk group can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} has no idle circuit")]
pub struct NoCircuit(pub TrunkGroupId);
