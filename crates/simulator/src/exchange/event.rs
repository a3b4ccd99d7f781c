//! What an exchange reports.

use crate::sound::Heard;
use core::fmt;
use core::time::Duration;
use trunkline_isup::circuit::{Alarm, CircuitState, ClearReason, Discard};
use trunkline_model::{Cause, Cic, CircuitId, Digits, PointCode};

/// A call of one exchange, numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeCall(pub u64);

impl fmt::Display for ExchangeCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exchange call {}", self.0)
    }
}

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An IAM came.
    Incoming {
        /// The call.
        call: ExchangeCall,
        /// Its circuit.
        circuit: CircuitId,
        /// The digits called so far, made international.
        called: Digits,
        /// The calling number, made international, if there was one.
        calling: Option<Digits>,
    },
    /// An IAM went out.
    Outgoing {
        /// The call.
        call: ExchangeCall,
        /// Its circuit.
        circuit: CircuitId,
        /// The digits called.
        called: Digits,
    },
    /// The called telephone rings: ACM or CPG says so, in either direction.
    Ringing {
        /// The call.
        call: ExchangeCall,
    },
    /// The call is answered: ANM or CON, in either direction.
    Answered {
        /// The call.
        call: ExchangeCall,
    },
    /// The call is over.
    Ended {
        /// The call.
        call: ExchangeCall,
        /// Its circuit.
        circuit: CircuitId,
        /// Why.
        why: Why,
        /// From the answer to the end; `None` if there was no answer.
        talked: Option<Duration>,
        /// Packets of sound sent.
        sent: u64,
        /// What came in on the circuit: counters of the whole call, the sound since the answer.
        heard: Heard,
    },
    /// A circuit changed its state.
    Circuit {
        /// The circuit.
        circuit: CircuitId,
        /// The new state.
        state: CircuitState,
    },
    /// Something needs an operator.
    Alarm {
        /// The circuit.
        circuit: CircuitId,
        /// What it is.
        alarm: Alarm,
    },
    /// A message was discarded.
    Discarded {
        /// Who sent it.
        opc: PointCode,
        /// The circuit that it names, if that could be read.
        cic: Option<Cic>,
        /// Why.
        reason: Discard,
    },
}

/// Why a call is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// This exchange released it.
    Released(Cause),
    /// The gateway released it.
    ReleasedByPeer(Cause),
    /// A reset took the circuit.
    Cleared(ClearReason),
    /// No circuit could be had, at first or after others had failed.
    NoCircuit,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Released(cause) => write!(f, "released: {cause}"),
            Self::ReleasedByPeer(cause) => write!(f, "released by the gateway: {cause}"),
            Self::Cleared(reason) => write!(f, "circuit taken: {reason:?}"),
            Self::NoCircuit => f.write_str("no circuit"),
        }
    }
}
