//! A call: two half-calls as plain fields, and how it ends.
//!
//! Everything that a stable call needs stands here as a value: the SIP session, the circuit, the
//! media context, what was negotiated, and when it began.

use crate::core::Core;
use crate::event::{CallEvent, CallTimer, Direction, Output, Side};
use crate::offer_answer::OfferAnswer;
use crate::{isup_to_sip, sip_to_isup};
use trunkline_interwork as interwork;
use trunkline_isup::{Rel, Request};
use trunkline_model::media::{
    ContextId, MediaStatistics, Mode, RtpParameters, Signal, TerminationId, TransactionId,
};
use trunkline_model::{CallId, Cause, CircuitId, Time, TrunkGroupId};
use trunkline_sip::Name;
use trunkline_sip::endpoint::SessionId;

/// One call through the gateway.
#[derive(Debug)]
pub struct Call {
    /// Its number.
    pub id: CallId,
    /// Which way it was set up.
    pub direction: Direction,
    /// When its INVITE or IAM came.
    pub started: Time,
    /// When it was answered.
    pub answered: Option<Time>,
    /// Where its machine stands.
    pub state: State,
    /// The SIP half.
    pub session: Session,
    /// The trunk group of the ISUP half.
    pub group: TrunkGroupId,
    /// The circuit of the ISUP half.
    pub circuit: Option<Circuit>,
    /// The media context.
    pub context: Option<ContextId>,
    /// What was offered and answered on the SIP half.
    pub(crate) sdp: OfferAnswer,
    /// Media commands that have no reply yet.
    pub(crate) pending: Vec<(TransactionId, Pending)>,
    pub(crate) statistics: MediaStatistics,
    /// Whether the far end's alerting has been reported.
    pub(crate) alerted: bool,
    /// Whether the first provisional response must have our offer: the caller made none, and wants
    /// reliable ones (RFC 3262 5).
    pub(crate) must_offer: bool,
    /// Whether the MGW was told to play ringing tone to the caller.
    pub(crate) ringing: bool,
    /// Circuits that were tried and lost.
    pub(crate) tried: Vec<CircuitId>,
}

/// Where the machine of a call stands.
#[derive(Debug)]
pub enum State {
    /// RFC 3398 7.2.
    SipToIsup(sip_to_isup::State),
    /// RFC 3398 8.2.
    IsupToSip(isup_to_sip::State),
    /// The call is over; what is left of it ends in its own time.
    Releasing,
}

/// The SIP half of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// There is none yet, or none any more.
    None,
    /// An INVITE came and has no final response.
    Incoming(SessionId),
    /// An INVITE was sent and has no final response.
    Outgoing(SessionId),
    /// The INVITE was answered.
    Dialog(SessionId),
    /// CANCEL or BYE was sent.
    Ending(SessionId),
}

/// The ISUP half of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// Seized; nothing was sent on it.
    Seized(CircuitId),
    /// An IAM went or came.
    Active(CircuitId),
    /// REL was sent.
    Releasing(CircuitId),
}

impl Circuit {
    /// Its name.
    pub const fn id(self) -> CircuitId {
        match self {
            Self::Seized(id) | Self::Active(id) | Self::Releasing(id) => id,
        }
    }
}

/// What a media command was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    AddSip,
    AddCircuit,
    Modify,
    Signal,
    Subtract,
}

/// How a call ends: what each side is told.
#[derive(Debug)]
pub(crate) struct Release {
    pub(crate) side: Side,
    pub(crate) cause: Cause,
    /// The status for an INVITE that has no final response.
    pub(crate) status: u16,
    /// Further headers of that response, or of CANCEL and BYE.
    pub(crate) headers: Vec<(Name, String)>,
    /// The REL, where a circuit is still held.
    pub(crate) rel: Rel,
}

impl Release {
    /// The gateway ends the call: RFC 3398 7.2.2, 7.2.8 and the like.
    pub(crate) fn by_gateway(cause: Cause, status: u16) -> Self {
        Self {
            side: Side::Gateway,
            cause,
            status,
            headers: vec![(Name::Reason, interwork::reason_header(cause))],
            rel: interwork::rel(cause),
        }
    }
}

impl Call {
    pub(crate) fn new(
        id: CallId,
        direction: Direction,
        now: Time,
        group: TrunkGroupId,
        state: State,
    ) -> Self {
        Self {
            id,
            direction,
            started: now,
            answered: None,
            state,
            session: Session::None,
            group,
            circuit: None,
            context: None,
            sdp: OfferAnswer::new(id),
            pending: Vec::new(),
            statistics: MediaStatistics::default(),
            alerted: false,
            must_offer: false,
            ringing: false,
            tried: Vec::new(),
        }
    }

    /// Media commands that the MGW has not answered.
    pub const fn pending_commands(&self) -> usize {
        self.pending.len()
    }

    /// The termination of the SIP half: A is the calling side.
    pub(crate) const fn sip_termination(&self) -> TerminationId {
        match self.direction {
            Direction::SipToIsup => TerminationId::A,
            Direction::IsupToSip => TerminationId::B,
        }
    }

    /// Whether nothing is left of the call.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Releasing)
            && self.session == Session::None
            && self.circuit.is_none()
            && self.context.is_none()
            && self.pending.is_empty()
    }

    pub(crate) fn report_alerting(&mut self, now: Time, core: &mut Core) {
        if !self.alerted {
            self.alerted = true;
            let (call, direction, after) = (self.id, self.direction, now - self.started);
            core.event(CallEvent::Alerting {
                call,
                direction,
                after,
            });
        }
    }

    pub(crate) fn report_answer(&mut self, now: Time, core: &mut Core) {
        self.answered = Some(now);
        let (call, direction, after) = (self.id, self.direction, now - self.started);
        core.event(CallEvent::Answered {
            call,
            direction,
            after,
        });
    }

    /// Sends an ISUP message on the circuit of the call.
    pub(crate) fn send_isup(&self, now: Time, core: &mut Core, message: trunkline_isup::Message) {
        if let Some(Circuit::Active(circuit)) = self.circuit {
            core.request(now, circuit, Request::Send(message));
        }
    }

    /// Lets media pass in both directions, as far as the SDP allows.
    pub(crate) fn connect_media(&mut self, core: &mut Core) {
        let direction = self.sdp.mode();
        self.modify(
            core,
            self.sip_termination(),
            self.sdp.parameters(),
            direction,
        );
        self.modify(
            core,
            self.sip_termination().other(),
            None,
            Mode::SendReceive,
        );
    }

    pub(crate) fn modify(
        &mut self,
        core: &mut Core,
        termination: TerminationId,
        remote: Option<RtpParameters>,
        mode: Mode,
    ) {
        if let Some(context) = self.context {
            let transaction = core.modify(self.id, context, termination, remote, mode);
            self.pending.push((transaction, Pending::Modify));
        }
    }

    /// Plays a signal to the far end of a termination, or ends it.
    pub(crate) fn signal(
        &mut self,
        core: &mut Core,
        termination: TerminationId,
        signal: Option<Signal>,
    ) {
        if let Some(context) = self.context {
            let transaction = core.signal(self.id, context, termination, signal);
            self.pending.push((transaction, Pending::Signal));
        }
    }

    /// The replies to open Adds no longer matter: their context is about to end.
    pub(crate) fn forget_adds(&mut self, core: &mut Core) {
        self.pending.retain(|(transaction, pending)| {
            let add = matches!(pending, Pending::AddSip | Pending::AddCircuit);
            if add {
                core.by_transaction.remove(transaction);
            }
            !add
        });
    }

    /// Ends the context, if there is one.
    pub(crate) fn subtract(&mut self, core: &mut Core) {
        if let Some(context) = self.context.take() {
            let transaction = core.subtract(self.id, context);
            self.pending.push((transaction, Pending::Subtract));
        }
    }

    /// Ends the call towards both sides. Media goes first, then the circuit, then SIP: "All the
    /// resources in the gateway SHOULD be released before the gateway sends any REL message"
    /// (RFC 3398 7.2.3).
    pub(crate) fn release(&mut self, now: Time, core: &mut Core, how: Release) {
        if matches!(self.state, State::Releasing) {
            return;
        }
        self.state = State::Releasing;
        core.timers.stop_all(self.id);
        core.out.push_back(Output::Event(CallEvent::Released {
            call: self.id,
            direction: self.direction,
            side: how.side,
            cause: how.cause,
            talked: self.answered.map(|answered| now - answered),
        }));
        self.subtract(core);
        self.release_circuit(now, core, how.rel);
        self.end_session(now, core, how.status, &how.headers);
    }

    /// The MGW owes replies to commands: it has some time for each, from the command or from its
    /// last reply on.
    pub(crate) fn watch_mgw(&self, now: Time, core: &mut Core, replied: bool) {
        if self.pending.is_empty() {
            core.timers.stop(self.id, CallTimer::Media);
        } else if replied || !core.timers.is_running(self.id, CallTimer::Media) {
            let end = now + core.config.timers.media;
            core.timers.start(self.id, CallTimer::Media, end);
        }
    }

    fn release_circuit(&mut self, now: Time, core: &mut Core, rel: Rel) {
        match self.circuit {
            Some(Circuit::Seized(id)) => {
                core.free_circuit(id);
                core.request(now, id, Request::Free);
                self.circuit = None;
            }
            Some(Circuit::Active(id)) => {
                self.circuit = Some(Circuit::Releasing(id));
                core.request(now, id, Request::Release(rel));
            }
            Some(Circuit::Releasing(_)) | None => {}
        }
    }

    fn end_session(&mut self, now: Time, core: &mut Core, status: u16, headers: &[(Name, String)]) {
        match self.session {
            Session::Incoming(id) => {
                core.reject(now, id, status, headers);
                core.free_session(id);
                self.session = Session::None;
            }
            Session::Outgoing(id) => {
                core.endpoint.cancel(now, id, headers);
                self.session = Session::Ending(id);
            }
            Session::Dialog(id) => {
                core.endpoint.bye(now, id, headers);
                self.session = Session::Ending(id);
            }
            Session::Ending(_) | Session::None => {}
        }
    }

    /// The circuit is no longer the call's.
    pub(crate) fn lose_circuit(&mut self, core: &mut Core) {
        if let Some(circuit) = self.circuit.take() {
            core.free_circuit(circuit.id());
        }
    }

    /// The session is no longer the call's.
    pub(crate) fn lose_session(&mut self, core: &mut Core) {
        if let Session::Incoming(id)
        | Session::Outgoing(id)
        | Session::Dialog(id)
        | Session::Ending(id) = self.session
        {
            core.free_session(id);
            self.session = Session::None;
        }
    }
}
