//! What goes into a telephone and what comes out.

use super::event::Event;
use crate::sound::Sound;
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_sip::{Name, endpoint};

/// What a telephone is given.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A datagram came to its SIP socket.
    Sip {
        /// Who sent it.
        source: SocketAddr,
        /// The payload.
        data: &'a [u8],
    },
    /// A datagram came to one of its ports for sound.
    Rtp {
        /// Which one.
        local: SocketAddr,
        /// The payload.
        data: &'a [u8],
    },
    /// Nothing could be sent there.
    Unreachable {
        /// The destination.
        destination: SocketAddr,
    },
}

/// What a telephone wants done or known.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// A datagram from its SIP socket.
    Sip {
        /// Where to.
        destination: SocketAddr,
        /// The payload.
        data: Vec<u8>,
    },
    /// A datagram from one of its ports for sound.
    Rtp {
        /// Which one.
        local: SocketAddr,
        /// Where to.
        destination: SocketAddr,
        /// The payload.
        data: Vec<u8>,
    },
    /// Something happened.
    Event(Event),
}

/// Why a telephone wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A timer of SIP.
    Sip(endpoint::Timer),
    /// A call takes its next step: rings, answers, refuses, hangs up.
    Step,
    /// A packet of sound is due.
    Audio,
}

/// A call to be placed.
#[derive(Clone, Debug, PartialEq)]
pub struct OutgoingCall {
    /// The Request-URI and To.
    pub uri: String,
    /// Where the INVITE goes.
    pub destination: SocketAddr,
    /// Further headers.
    pub headers: Vec<(Name, String)>,
    /// Whether the INVITE carries an offer; otherwise the other side makes it.
    pub offer: bool,
    /// From the answer to the BYE; `None` leaves that to the other side.
    pub hold: Option<Duration>,
    /// How long to wait for the answer before CANCEL; `None` for as long as SIP does.
    pub patience: Option<Duration>,
    /// What to say; `None` for what the telephone always says.
    pub plays: Option<Sound>,
}

impl OutgoingCall {
    /// A call with an offer that lasts until somebody hangs up.
    pub fn new(uri: impl Into<String>, destination: SocketAddr) -> Self {
        Self {
            uri: uri.into(),
            destination,
            headers: Vec::new(),
            offer: true,
            hold: None,
            patience: None,
            plays: None,
        }
    }
}

/// All ports for sound are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the telephone is busy: all its ports for sound are in use")]
pub struct Busy;
