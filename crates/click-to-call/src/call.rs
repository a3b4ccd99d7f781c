//! What a call is to those who ask for it and look at it.

use crate::Reason;
use core::fmt;
use core::time::Duration;
use trunkline_model::Time;

/// The number of a call inside one controller, in the order of the requests. It is not secret; the
/// id that HTTP users name a call by is ([`CallStatus::id`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallNumber(pub u64);

impl fmt::Display for CallNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "click-to-call {}", self.0)
    }
}

/// One of the two who are to be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// Who is rung first, the user of the page.
    Initiator,
    /// Who is rung when the initiator has answered.
    Destination,
}

impl Party {
    /// Both, in the order in which they are rung.
    pub const BOTH: [Self; 2] = [Self::Initiator, Self::Destination];

    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Initiator => Self::Destination,
            Self::Destination => Self::Initiator,
        }
    }

    /// `initiator` or `destination`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initiator => "initiator",
            Self::Destination => "destination",
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a user asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRequest {
    /// The address of the phone that is rung first, before translation.
    pub initiator: String,
    /// The address of the other end, before translation.
    pub destination: String,
    /// Whether the controller is to stay in the signaling of the call. It always does:
    /// [`CallStatus::anchored`] says so.
    pub anchor: bool,
}

/// The state of a leg as its user sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LegState {
    /// It is not its turn yet, or never was.
    Idle,
    /// An INVITE is out; no sign of ringing yet.
    Dialling,
    /// A provisional response above 100 has come.
    Ringing,
    /// A 2xx has come.
    Answered,
    /// It could not be reached or refused: [`Leg::failure`] says why.
    Failed,
    /// It is over without a failure of its own.
    Ended,
}

impl LegState {
    /// The word for it: `idle`, `dialling`, `ringing`, `answered`, `failed`, `ended`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Dialling => "dialling",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Failed => "failed",
            Self::Ended => "ended",
        }
    }
}

/// Why a leg failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The final SIP status, or the one that stands for what happened here (408 for no answer).
    pub status: u16,
    /// Its reason phrase.
    pub phrase: String,
    /// The Reason header field of the response, if there was one: with a gateway behind the leg,
    /// the Q.850 cause of the telephone network (RFC 6432).
    pub reasons: Vec<Reason>,
}

impl Failure {
    /// The Q.850 cause among the reasons.
    pub fn q850(&self) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.is_q850())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.phrase)?;
        if let Some(reason) = self.q850() {
            write!(f, " ({reason})")?;
        }
        Ok(())
    }
}

/// One leg of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The address as the user gave it.
    pub address: String,
    /// The URI that the translation rules made of it.
    pub uri: String,
    /// Its state.
    pub state: LegState,
    /// When its INVITE was sent.
    pub dialled: Option<Time>,
    /// When it first rang.
    pub ringing: Option<Time>,
    /// When it answered.
    pub answered: Option<Time>,
    /// When it failed or ended.
    pub ended: Option<Time>,
    /// Why it failed.
    pub failure: Option<Failure>,
}

impl Leg {
    /// A leg that has not been dialled.
    pub(crate) fn new(address: String, uri: String) -> Self {
        Self {
            address,
            uri,
            state: LegState::Idle,
            dialled: None,
            ringing: None,
            answered: None,
            ended: None,
            failure: None,
        }
    }
}

/// The state of a call as its user sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallState {
    /// The initiator is being rung.
    CallingInitiator,
    /// The initiator has answered, the destination is being rung.
    CallingDestination,
    /// Both have answered, their sessions are being joined.
    Joining,
    /// They talk.
    Connected,
    /// Over, without a failure.
    Ended,
    /// Over, because a leg failed.
    Failed,
}

impl CallState {
    /// The word for it: `calling-initiator`, `calling-destination`, `joining`, `connected`,
    /// `ended`, `failed`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CallingInitiator => "calling-initiator",
            Self::CallingDestination => "calling-destination",
            Self::Joining => "joining",
            Self::Connected => "connected",
            Self::Ended => "ended",
            Self::Failed => "failed",
        }
    }

    /// Whether the call is over.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Ended | Self::Failed)
    }
}

/// Who or what ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReleasedBy {
    /// The initiator hung up, refused or could not be reached.
    Initiator,
    /// The destination did.
    Destination,
    /// The user of the page or of the HTTP interface.
    User,
    /// A timer: no answer, or the longest duration.
    Timer,
    /// The controller: it is stopping, or could not join the legs.
    Controller,
}

impl ReleasedBy {
    /// The word for it: `initiator`, `destination`, `user`, `timer`, `controller`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initiator => "initiator",
            Self::Destination => "destination",
            Self::User => "user",
            Self::Timer => "timer",
            Self::Controller => "controller",
        }
    }
}

impl From<Party> for ReleasedBy {
    fn from(party: Party) -> Self {
        match party {
            Party::Initiator => Self::Initiator,
            Party::Destination => Self::Destination,
        }
    }
}

/// All there is to know of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallStatus {
    /// Its number.
    pub number: CallNumber,
    /// The name under which HTTP users know it: 32 hexadecimal digits that cannot be guessed.
    pub id: String,
    /// Its state.
    pub state: CallState,
    /// Whether the controller stays in its signaling.
    pub anchored: bool,
    /// The leg of the initiator.
    pub initiator: Leg,
    /// The leg of the destination.
    pub destination: Leg,
    /// When it was asked for.
    pub placed: Time,
    /// When the two were joined.
    pub connected: Option<Time>,
    /// When it was over.
    pub ended: Option<Time>,
    /// Who ended it.
    pub released_by: Option<ReleasedBy>,
    /// Why it ended, as the legs were told or told us (Reason header field).
    pub reasons: Vec<Reason>,
    /// Counts the changes of this status.
    pub revision: u32,
}

impl CallStatus {
    /// One of its legs.
    pub const fn leg(&self, party: Party) -> &Leg {
        match party {
            Party::Initiator => &self.initiator,
            Party::Destination => &self.destination,
        }
    }

    pub(crate) const fn leg_mut(&mut self, party: Party) -> &mut Leg {
        match party {
            Party::Initiator => &mut self.initiator,
            Party::Destination => &mut self.destination,
        }
    }

    /// How long the two have talked: until `now`, or until the call ended.
    pub fn talked(&self, now: Time) -> Duration {
        self.connected.map_or(Duration::ZERO, |since| {
            self.ended.unwrap_or(now).since(since)
        })
    }
}

/// Something happened to a call. For ladders and counters; [`CallStatus`] has the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallEvent {
    /// The call.
    pub call: CallNumber,
    /// When.
    pub at: Time,
    /// What.
    pub kind: CallEventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEventKind {
    /// A leg is in another state.
    Leg {
        /// Whose leg.
        party: Party,
        /// Its new state.
        state: LegState,
        /// Why it failed, with [`LegState::Failed`].
        failure: Option<Failure>,
    },
    /// The call is in another state. [`CallState::CallingInitiator`] is its first.
    Call(CallState),
    /// The call is over. The last event of a call; the signaling may still finish.
    Over {
        /// [`CallState::Ended`] or [`CallState::Failed`].
        state: CallState,
        /// Who ended it.
        released_by: ReleasedBy,
        /// How long the two talked.
        talked: Duration,
        /// Why, as in [`CallStatus::reasons`].
        reasons: Vec<Reason>,
    },
}

impl fmt::Display for CallEventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leg {
                party,
                state,
                failure: Some(failure),
            } => write!(f, "{party} {}: {failure}", state.name()),
            Self::Leg { party, state, .. } => write!(f, "{party} {}", state.name()),
            Self::Call(state) => f.write_str(state.name()),
            Self::Over {
                state,
                released_by,
                talked,
                reasons,
            } => {
                write!(
                    f,
                    "{} by {} after {} s of talk",
                    state.name(),
                    released_by.name(),
                    talked.as_secs()
                )?;
                reasons
                    .iter()
                    .try_for_each(|reason| write!(f, ", {reason}"))
            }
        }
    }
}
