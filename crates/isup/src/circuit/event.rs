//! What goes into the circuit table and what comes out.

use crate::{Cfn, DecodeError, GroupSupervision, Message, RangeAndStatus, Rel};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{Cic, CircuitId, PointCode};

/// What happened.
#[allow(
    clippy::large_enum_variant,
    reason = "an IAM is the largest by far; boxing it would cost each call an allocation"
)]
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// MTP reports.
    Mtp(MtpIndication),
    /// The call control or an operator wants something of a circuit.
    Request(CircuitId, Request),
}

/// What the call control or an operator wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Send a message of the call: IAM on a seized circuit; SAM, ACM, CPG, ANM, CON, SUS, RES.
    Send(Message),
    /// Send REL, and repeat it until RLC comes or T5 runs out.
    Release(Rel),
    /// Give back a circuit that was seized and on which nothing was sent.
    Free,
    /// Block for maintenance (Q.764 2.8.2): calls go on, no new ones.
    Block,
    /// End the blocking.
    Unblock,
    /// Block circuits with one message (Q.764 2.8.2.2): those whose status bits are 1, at most 32,
    /// from this circuit on. For maintenance, calls go on; after a hardware failure they are lost.
    BlockGroup(GroupSupervision, RangeAndStatus),
    /// End such a blocking.
    UnblockGroup(GroupSupervision, RangeAndStatus),
    /// Reset (Q.764 2.9.3.1): a call on the circuit is lost.
    Reset,
}

/// What is to be done.
#[allow(
    clippy::large_enum_variant,
    reason = "an IAM is the largest by far; boxing it would cost each call an allocation"
)]
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// MTP-TRANSFER request.
    Mtp(MtpTransfer),
    /// The call control is told something about the call on a circuit.
    Call(CircuitId, Indication),
    /// A circuit changed its state.
    State(CircuitId, CircuitState),
    /// Something needs an operator.
    Alarm(CircuitId, Alarm),
    /// Something is new about the exchange with that point code.
    Destination(PointCode, DestinationEvent),
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

/// What the call control is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Indication {
    /// IAM, SAM, ACM, CPG, ANM, CON, SUS or RES came.
    Message(Message),
    /// REL came and was acknowledged, or REL was sent because a message that we do not know asks
    /// for it (Q.764 2.9.5.3); the circuit is no longer the call's.
    Released(Rel),
    /// Our REL was acknowledged, or given up; the circuit is no longer the call's.
    ReleaseComplete,
    /// The circuit was taken from the call without a REL.
    Cleared(ClearReason),
    /// The other end seized the circuit at the same time and has precedence (Q.764 2.9.1.4): the
    /// circuit is no longer the call's, which should try another one.
    DualSeizure,
    /// The other end does not have the circuit (UCIC); it is no longer the call's.
    Unequipped,
    /// A timer of the call ran out. The circuit is still the call's.
    Expired(CallTimer),
    /// The other end did not understand a message.
    Confusion(Cfn),
}

/// Timers of Q.764 whose end the call control decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallTimer {
    /// No ACM, ANM or CON.
    T7,
    /// No answer.
    T9,
}

/// Why a circuit was taken from a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClearReason {
    /// RSC came.
    Reset,
    /// GRS came.
    GroupReset,
    /// We reset it.
    OwnReset,
    /// RLC came without a REL (Q.764 2.9.5.1).
    UnexpectedRlc,
    /// BLO came after our IAM and before any answer to it (Q.764 2.8.1).
    Blocked,
    /// One of the ends has blocked the circuit for a failure of its hardware (Q.764 2.8.2.2).
    HardwareFailure,
    /// A message came that makes no sense before the first backward message of a call; the circuit
    /// is reset (Q.764 2.9.5.1 f).
    UnexpectedMessage,
}

/// A circuit's state for those who watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitState {
    /// What it is used for.
    pub phase: Phase,
    /// Blocked by us.
    pub locally_blocked: bool,
    /// Blocked by the other end.
    pub remotely_blocked: bool,
}

/// What a circuit is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It waits for the acknowledgement of a reset, or to be reset at all.
    Resetting,
    /// Nothing.
    Idle,
    /// A call from us.
    Outgoing,
    /// A call to us.
    Incoming,
    /// REL was sent.
    Releasing,
}

impl Phase {
    /// As metrics and logs name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resetting => "resetting",
            Self::Idle => "idle",
            Self::Outgoing => "outgoing",
            Self::Incoming => "incoming",
            Self::Releasing => "releasing",
        }
    }
}

/// How many circuits of a group are in which state. A blocked circuit counts by its phase, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Waiting for the acknowledgement of a reset.
    pub resetting: usize,
    /// Idle.
    pub idle: usize,
    /// With a call from us.
    pub outgoing: usize,
    /// With a call to us.
    pub incoming: usize,
    /// Waiting for RLC.
    pub releasing: usize,
    /// Blocked by us.
    pub locally_blocked: usize,
    /// Blocked by the other end.
    pub remotely_blocked: usize,
}

impl Census {
    /// All counts with their names.
    pub const fn by_state(&self) -> [(&'static str, usize); 7] {
        [
            ("resetting", self.resetting),
            ("idle", self.idle),
            ("outgoing", self.outgoing),
            ("incoming", self.incoming),
            ("releasing", self.releasing),
            ("locally_blocked", self.locally_blocked),
            ("remotely_blocked", self.remotely_blocked),
        ]
    }

    pub(super) const fn of_phase(&mut self, phase: Phase) -> &mut usize {
        match phase {
            Phase::Resetting => &mut self.resetting,
            Phase::Idle => &mut self.idle,
            Phase::Outgoing => &mut self.outgoing,
            Phase::Incoming => &mut self.incoming,
            Phase::Releasing => &mut self.releasing,
        }
    }
}

/// What needs an operator (Q.764: "alert the maintenance system").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// T5: no RLC.
    NoReleaseComplete,
    /// T17: no RLC to RSC.
    NoResetAcknowledgement,
    /// T23: no GRA.
    NoGroupResetAcknowledgement,
    /// T13: no BLA.
    NoBlockingAcknowledgement,
    /// T15: no UBA.
    NoUnblockingAcknowledgement,
    /// T19: no CGBA.
    NoGroupBlockingAcknowledgement,
    /// T21: no CGUA.
    NoGroupUnblockingAcknowledgement,
    /// CGBA or CGUA does not say of the circuit what was asked for.
    GroupAcknowledgementDiffers,
    /// The other end does not have the circuit.
    Unequipped,
}

impl Alarm {
    /// As metrics and logs name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoReleaseComplete => "no_release_complete",
            Self::NoResetAcknowledgement => "no_reset_acknowledgement",
            Self::NoGroupResetAcknowledgement => "no_group_reset_acknowledgement",
            Self::NoBlockingAcknowledgement => "no_blocking_acknowledgement",
            Self::NoUnblockingAcknowledgement => "no_unblocking_acknowledgement",
            Self::NoGroupBlockingAcknowledgement => "no_group_blocking_acknowledgement",
            Self::NoGroupUnblockingAcknowledgement => "no_group_unblocking_acknowledgement",
            Self::GroupAcknowledgementDiffers => "group_acknowledgement_differs",
            Self::Unequipped => "unequipped",
        }
    }
}

/// What is new about an exchange at a far end, as MTP-STATUS and its own messages tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DestinationEvent {
    /// Signaling to it is congested, or recovers: traffic was reduced or increased by a step
    /// (Q.764 2.10.2).
    Congestion {
        /// The position in [`STEPS`](super::STEPS); 0 is full load.
        step: u8,
        /// How many of a hundred new calls are refused.
        refused: u8,
    },
    /// Its ISUP does not answer at present, or for a reason that is not known: it is tested, and no
    /// circuit seized meanwhile (Q.764 2.13).
    UserPartInaccessible,
    /// It has no ISUP: an operator is needed, and no circuit is seized (Q.764 2.13).
    UserPartUnequipped,
    /// Its ISUP is there again.
    UserPartAvailable,
}

impl DestinationEvent {
    /// As metrics and logs name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Congestion { .. } => "congestion",
            Self::UserPartInaccessible => "user_part_inaccessible",
            Self::UserPartUnequipped => "user_part_unequipped",
            Self::UserPartAvailable => "user_part_available",
        }
    }
}

/// Why a message was discarded.
#[derive(Clone, Debug, PartialEq)]
pub enum Discard {
    /// It cannot be read.
    Malformed(DecodeError),
    /// We have no such circuit.
    Unequipped,
    /// It makes no sense in the circuit's state (Q.764 2.9.5.1); the message's name.
    Unexpected(&'static str, Phase),
    /// Dual seizure, and this end has precedence (Q.764 2.9.1.4).
    LostDualSeizure,
    /// We have blocked the circuit.
    Blocked,
    /// A type that is not implemented; what its compatibility information asks for was done
    /// (Q.764 2.9.5.3).
    NotImplemented(u8),
    /// One of its parameters is not recognized, and says that the message is to be discarded
    /// (Q.764 2.9.5.3.2); the message's name.
    UnrecognizedParameter(&'static str),
    /// A range that Q.763 3.43 excludes, or more circuits of it than one message may name.
    BadRange(u8),
    /// A circuit group supervision message type that Q.763 3.13 does not have.
    BadSupervisionType(u8),
    /// One that we would send, but the variant of the trunk group has not; the message's name.
    NotInVariant(&'static str),
}

impl Discard {
    /// As metrics and logs name it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Unequipped => "unequipped",
            Self::Unexpected(..) => "unexpected",
            Self::LostDualSeizure => "dual_seizure",
            Self::Blocked => "blocked",
            Self::NotImplemented(_) => "not_implemented",
            Self::UnrecognizedParameter(_) => "unrecognized_parameter",
            Self::BadRange(_) => "bad_range",
            Self::BadSupervisionType(_) => "bad_supervision_type",
            Self::NotInVariant(_) => "not_in_variant",
        }
    }
}
