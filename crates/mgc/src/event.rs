//! What goes into the MGC and what comes out of it.

use core::time::Duration;
use std::sync::Arc;
use trunkline_isup::{CircuitState, DestinationEvent, Discard};
use trunkline_model::media::{MediaCommand, MediaEvent, MediaStatistics};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{CallId, Cause, Cic, CircuitId, Digits, PointCode, TrunkGroupId};
use trunkline_sip::limit::Reason;
use trunkline_sip::locate::{Answer, Question};
use trunkline_sip::{Flow, ParseError};

/// What happened outside.
#[derive(Debug)]
pub enum Input<'a> {
    /// A SIP message came.
    Sip {
        /// How.
        flow: Flow,
        /// Its octets.
        data: &'a [u8],
    },
    /// What was sent over a flow lately cannot have arrived.
    Undelivered(Flow),
    /// A connection is open.
    Opened {
        /// The connection.
        flow: Flow,
        /// The SIP domains of the peer's certificate, in lower case (RFC 5922 7.1).
        domains: &'a [Box<str>],
    },
    /// A connection is closed.
    Closed(Flow),
    /// The DNS has answered [`Output::Resolve`].
    Resolved(Question, Answer),
    /// The signaling adapter reports.
    Mtp(MtpIndication),
    /// The MGW answers or reports.
    Media(MediaEvent),
    /// Take no new calls and release those that there are; see [`crate::Mgc::is_idle`].
    Shutdown,
}

/// What the shell must do.
#[derive(Debug)]
pub enum Output {
    /// Send a SIP message.
    Sip {
        /// Where to, and over what.
        flow: Flow,
        /// Whom the certificate must be of, if a connection must be opened.
        name: Option<Arc<str>>,
        /// Its octets.
        data: Vec<u8>,
    },
    /// Ask the DNS.
    Resolve(Question),
    /// Hand a message to the signaling adapter.
    Mtp(MtpTransfer),
    /// Command the MGW.
    Media(MediaCommand),
    /// Count, log, show.
    Event(CallEvent),
}

/// Which way a call was set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From SIP to the telephone network.
    SipToIsup,
    /// From the telephone network to SIP.
    IsupToSip,
}

impl Direction {
    /// As metrics and logs name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SipToIsup => "sip_to_isup",
            Self::IsupToSip => "isup_to_sip",
        }
    }
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The SIP side.
    Sip,
    /// The telephone network.
    Isup,
    /// The gateway itself: a timer, a failure, a shutdown.
    Gateway,
}

impl Side {
    /// As metrics and logs name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sip => "sip",
            Self::Isup => "isup",
            Self::Gateway => "gateway",
        }
    }
}

/// Why a SIP request did not become a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// The source is not admitted.
    NotAdmitted,
    /// The caller's credentials are wrong.
    WrongCredentials,
    /// The peer that the route leads to does not answer.
    PeerDown,
    /// The called user has not registered.
    NotRegistered,
    /// As many calls as allowed, or shutting down.
    Overload,
    /// Signaling to the exchange is congested, and this call is one of those that are held back
    /// (Q.764 2.10.2).
    SignalingCongestion,
    /// No route for the number.
    NoRoute,
    /// No idle circuit, or the exchange is out of reach (MTP-PAUSE, or its ISUP is not available).
    NoCircuit,
    /// The request or its SDP cannot be used.
    Unusable,
}

impl Refusal {
    /// As metrics and logs name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAdmitted => "not_admitted",
            Self::WrongCredentials => "wrong_credentials",
            Self::PeerDown => "peer_down",
            Self::NotRegistered => "not_registered",
            Self::Overload => "overload",
            Self::SignalingCongestion => "signaling_congestion",
            Self::NoRoute => "no_route",
            Self::NoCircuit => "no_circuit",
            Self::Unusable => "unusable",
        }
    }
}

/// What became of calls and circuits, for metrics, logs and ladders.
#[derive(Clone, Debug, PartialEq)]
pub enum CallEvent {
    /// A call began.
    Started {
        /// The call.
        call: CallId,
        /// Its direction.
        direction: Direction,
        /// The trunk group that it uses.
        group: TrunkGroupId,
        /// The circuit.
        circuit: CircuitId,
        /// The called number.
        called: Digits,
    },
    /// The call moved to another circuit (dual seizure, reset, cause 44).
    Reattempt {
        /// The call.
        call: CallId,
        /// The new circuit.
        circuit: CircuitId,
    },
    /// The called party is being alerted.
    Alerting {
        /// The call.
        call: CallId,
        /// Its direction.
        direction: Direction,
        /// Since the INVITE or IAM.
        after: Duration,
    },
    /// The called party answered.
    Answered {
        /// The call.
        call: CallId,
        /// Its direction.
        direction: Direction,
        /// Since the INVITE or IAM.
        after: Duration,
    },
    /// Somebody ended the call.
    Released {
        /// The call.
        call: CallId,
        /// Its direction.
        direction: Direction,
        /// Who.
        side: Side,
        /// Why.
        cause: Cause,
        /// How long it was talked, if it was answered.
        talked: Option<Duration>,
    },
    /// Nothing is left of the call: circuit, session and context are free.
    Ended {
        /// The call.
        call: CallId,
        /// Its media.
        statistics: MediaStatistics,
    },
    /// An INVITE or IAM did not become a call.
    Refused {
        /// Its direction.
        direction: Direction,
        /// Why.
        refusal: Refusal,
        /// What the far end was told.
        cause: Cause,
        /// The status that a SIP peer was told.
        status: Option<u16>,
    },
    /// A circuit changed its state.
    Circuit {
        /// The circuit.
        circuit: CircuitId,
        /// Its new state.
        state: CircuitState,
    },
    /// Something needs an operator.
    CircuitAlarm {
        /// The circuit.
        circuit: CircuitId,
        /// What.
        alarm: trunkline_isup::Alarm,
    },
    /// Something is new about the exchange at a far end: signaling to it is congested or recovers,
    /// its ISUP went or came back.
    Destination {
        /// Its point code.
        destination: PointCode,
        /// What.
        event: DestinationEvent,
    },
    /// A SIP request was not served: its source sends too much, or is not one to be served.
    NotServed {
        /// How it came.
        flow: Flow,
        /// Why.
        reason: Reason,
    },
    /// Something that concerns SIP and no call.
    Sip(SipEvent),
    /// A SIP message that could not be read.
    MalformedSip {
        /// How it came.
        flow: Flow,
        /// What was wrong.
        error: ParseError,
        /// The status that was answered, if one could be.
        answered: Option<u16>,
    },
    /// An ISUP message that could not be read, or had no place, and was discarded.
    DiscardedIsup {
        /// Who sent it.
        opc: PointCode,
        /// The circuit that it named.
        cic: Option<Cic>,
        /// Why.
        reason: Discard,
    },
}

/// What became of SIP peers and users.
#[derive(Clone, Debug, PartialEq)]
pub enum SipEvent {
    /// A REGISTER was answered.
    Register {
        /// How it came. With 200 the connection is to be kept: calls go over it.
        flow: Flow,
        /// The status.
        status: u16,
    },
    /// A peer answers again, or does not any longer.
    Peer {
        /// Its position in the configuration.
        peer: usize,
        /// Whether routes to it are used.
        is_up: bool,
    },
    /// Our registration with a peer.
    Registration {
        /// Its position in the configuration.
        peer: usize,
        /// Whether we are registered.
        registered: bool,
        /// The status that ended it, or kept it from being.
        status: Option<u16>,
    },
}

/// Which timer [`crate::Mgc::poll_timeout`] waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// One of SIP's.
    Sip,
    /// One of the circuits'.
    Circuit,
    /// Bindings of users end.
    Users,
    /// A peer is asked whether it answers, or our registration with it is refreshed.
    Peers,
    /// One of the call machines'.
    Call(CallTimer),
}

/// The timers of the call machines; see [`crate::CallTimers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallTimer {
    /// Network suspension.
    T6,
    /// Early ACM.
    T11,
    /// More digits.
    T35,
    /// No answer from the SIP side.
    Answer,
    /// A tone or announcement says why the call fails.
    Interwork,
    /// No answer from the MGW.
    Media,
}
