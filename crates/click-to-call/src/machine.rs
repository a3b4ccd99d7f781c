//! One call: the state machine of its two legs (RFC 3725 4.4, Flow IV).
//!
//! ```text
//!     initiator            controller           destination
//!         |<--INVITE (inactive)--|                     |     CallingInitiator
//!         |--200---------------->|                     |
//!         |<--ACK----------------|--INVITE (no SDP)--->|     CallingDestination
//!         |                      |<-----------180------|
//!         |                      |<--200 (offer)-------|
//!         |<--INVITE (offer)-----|                     |     Joining
//!         |--200 (answer)------->|                     |
//!         |<--ACK----------------|--ACK (answer)------>|     Connected
//!         |--INVITE (offer)----->|--INVITE (offer)---->|     Relaying
//!         |<--200 (answer)-------|<--200 (answer)------|
//!         |--ACK---------------->|--ACK--------------->|     Connected
//!         |--BYE---------------->|--BYE--------------->|     Releasing
//! ```

mod relay;
mod release;

use crate::call::{CallEventKind, CallState, CallStatus, Failure, LegState, Party, ReleasedBy};
use crate::config::{CallTimers, InitialOffer};
use crate::leg::{Dialog, Legs};
use crate::reason::Reason;
use crate::session::is_description;
use std::collections::VecDeque;
use trunkline_model::{CauseValue, Time};

/// What happens to a call.
#[derive(Debug)]
pub(crate) enum Input {
    /// A provisional response above 100.
    Provisional(Party),
    /// A 2xx to our INVITE or re-INVITE, with its session description.
    Answered(Party, Option<Vec<u8>>),
    /// Our INVITE failed.
    Rejected(Party, Failure),
    /// Our re-INVITE failed. The endpoint has tried it several times if there was glare.
    ReinviteRejected(Party, Failure),
    /// A re-INVITE came.
    Reinvite(Party, Option<Vec<u8>>),
    /// The re-INVITE was cancelled.
    ReinviteCancelled(Party),
    /// ACK for our 2xx to a re-INVITE.
    Acked(Party, Option<Vec<u8>>),
    /// BYE came, with its Reason.
    Bye(Party, Vec<Reason>),
    /// The dialog is over: our BYE or CANCEL is finished, or the endpoint gave up.
    Ended(Party),
    /// Somebody who is no party ends the call.
    HangUp(ReleasedBy, Reason),
}

/// What is to be done, in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Invite(Party, Option<Vec<u8>>),
    Ack(Party, Option<Vec<u8>>),
    Reinvite(Party, Option<Vec<u8>>),
    Accept(Party, Vec<u8>),
    Reject(Party, u16),
    Cancel(Party, Vec<Reason>),
    Bye(Party, Vec<Reason>),
    Event(CallEventKind),
}

/// Why a call wants to be called again at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallTimer {
    /// The party does not answer.
    NoAnswer(Party),
    /// The two cannot be joined, or a re-INVITE finds no answer.
    Join,
    /// The call has lasted as long as any may.
    LongestCall,
    /// A leg does not finish its BYE or CANCEL.
    Release,
}

#[derive(Debug)]
enum State {
    CallingInitiator {
        no_answer: Time,
    },
    CallingDestination {
        no_answer: Time,
    },
    /// The 2xx with `offer` waits for its ACK until the other has answered it; the re-INVITE to
    /// the other is out.
    Joining {
        offerer: Party,
        offer: Vec<u8>,
        guard: Time,
    },
    Connected,
    /// The re-INVITE of `from` is passed to the other.
    Relaying {
        from: Party,
        stage: Stage,
        guard: Time,
    },
    /// A re-INVITE without an offer is out, to join the two anew.
    Asking {
        offerer: Party,
        guard: Time,
    },
    Releasing {
        guard: Time,
    },
    Over,
}

/// How far the relay of a re-INVITE is.
#[derive(Debug)]
enum Stage {
    /// The other has not answered. `withdrawn`: the re-INVITE was cancelled meanwhile.
    Answer { offerless: bool, withdrawn: bool },
    /// Answered; `from` has not sent ACK. With `offer`, the other's 2xx waits for the answer in it.
    Ack { offer: Option<Vec<u8>> },
}

/// A call: its status and its machine.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) status: CallStatus,
    state: State,
    legs: Legs,
    timers: CallTimers,
    longest: Option<Time>,
    actions: VecDeque<Action>,
}

impl Call {
    /// Starts a call: the initiator is invited.
    pub(crate) fn new(
        now: Time,
        status: CallStatus,
        mut legs: Legs,
        timers: CallTimers,
        initial_offer: InitialOffer,
    ) -> Self {
        let initiator = legs.get_mut(Party::Initiator);
        let offer = initiator.origin.initial_offer(initial_offer);
        initiator.dialog = Dialog::Inviting;
        let mut call = Self {
            status,
            state: State::CallingInitiator {
                no_answer: now + timers.initiator_answer,
            },
            legs,
            timers,
            longest: None,
            actions: VecDeque::new(),
        };
        call.event(CallEventKind::Call(CallState::CallingInitiator));
        call.actions
            .push_back(Action::Invite(Party::Initiator, Some(offer)));
        call.leg(now, Party::Initiator, LegState::Dialling, None);
        call
    }

    pub(crate) fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Whether the signaling of both legs is over.
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    pub(crate) fn poll_timeout(&self) -> Option<(Time, CallTimer)> {
        let longest = self.longest.map(|at| (at, CallTimer::LongestCall));
        let own = match &self.state {
            State::CallingInitiator { no_answer } => {
                Some((*no_answer, CallTimer::NoAnswer(Party::Initiator)))
            }
            State::CallingDestination { no_answer } => {
                Some((*no_answer, CallTimer::NoAnswer(Party::Destination)))
            }
            State::Joining { guard, .. }
            | State::Relaying { guard, .. }
            | State::Asking { guard, .. } => Some((*guard, CallTimer::Join)),
            State::Connected => None,
            State::Releasing { guard } => return Some((*guard, CallTimer::Release)),
            State::Over => return None,
        };
        own.into_iter().chain(longest).min()
    }

    pub(crate) fn handle_timeout(&mut self, now: Time) {
        let Some((_, timer)) = self.poll_timeout().filter(|(at, _)| *at <= now) else {
            return;
        };
        match timer {
            CallTimer::NoAnswer(party) => {
                self.fail(now, party, Failure::here(408, "No answer"));
                let reason = Reason::q850(CauseValue::NO_ANSWER_FROM_USER);
                self.release(now, ReleasedBy::Timer, vec![reason]);
            }
            CallTimer::Join => {
                let reason = Reason::q850(CauseValue::RECOVERY_ON_TIMER_EXPIRY);
                self.release(now, ReleasedBy::Timer, vec![reason]);
            }
            CallTimer::LongestCall => {
                let reason = Reason::q850(CauseValue::NORMAL_UNSPECIFIED);
                self.release(now, ReleasedBy::Timer, vec![reason]);
            }
            CallTimer::Release => self.state = State::Over,
        }
    }

    pub(crate) fn handle(&mut self, now: Time, input: Input) {
        match (&mut self.state, input) {
            (State::Releasing { .. } | State::Over, input) => self.finish(now, input),

            // What ends a call in every state.
            (_, Input::Bye(party, mut reasons)) => {
                self.gone(party);
                if reasons.is_empty() {
                    reasons.push(Reason::q850(CauseValue::NORMAL_CALL_CLEARING));
                }
                self.release(now, party.into(), reasons);
            }
            (_, Input::Ended(party)) => {
                self.gone(party);
                let reason = Reason::q850(CauseValue::RECOVERY_ON_TIMER_EXPIRY);
                self.release(now, party.into(), vec![reason]);
            }
            (_, Input::HangUp(by, reason)) => self.release(now, by, vec![reason]),
            (_, Input::Rejected(party, failure)) => {
                self.gone(party);
                let reasons = failure.told();
                self.fail(now, party, failure);
                self.release(now, party.into(), reasons);
            }

            // One leg after the other.
            (State::CallingInitiator { .. }, Input::Provisional(Party::Initiator))
            | (State::CallingDestination { .. }, Input::Provisional(Party::Destination)) => {
                self.ring(now);
            }
            (_, Input::Provisional(_)) => {}
            (State::CallingInitiator { .. }, Input::Answered(Party::Initiator, _)) => {
                self.answered(now, Party::Initiator);
                self.actions.push_back(Action::Ack(Party::Initiator, None));
                self.call_destination(now);
            }
            (State::CallingDestination { .. }, Input::Answered(Party::Destination, offer)) => {
                self.answered(now, Party::Destination);
                self.join(now, Party::Destination, offer);
            }

            // The two are joined.
            (State::Joining { offerer, .. }, Input::Answered(party, answer))
                if party == offerer.other() =>
            {
                self.joined(now, party, answer);
            }

            // A re-INVITE of one party is passed to the other.
            (State::Connected, Input::Reinvite(from, offer)) => self.relay(now, from, offer),
            // RFC 3725 6: it cannot be passed on before the two are joined.
            (_, Input::Reinvite(party, _)) => self.actions.push_back(Action::Reject(party, 491)),
            (
                State::Relaying {
                    from,
                    stage: Stage::Answer { .. },
                    ..
                },
                Input::Answered(party, description),
            ) if party == from.other() => self.relayed(now, party, description),
            (
                State::Relaying {
                    from,
                    stage: Stage::Answer { withdrawn, .. },
                    ..
                },
                Input::ReinviteRejected(party, failure),
            ) if party == from.other() => {
                let refuse = (!*withdrawn).then_some(*from);
                self.relay_refused(now, refuse, party, failure);
            }
            (
                State::Relaying {
                    from,
                    stage: Stage::Answer { withdrawn, .. },
                    ..
                },
                Input::ReinviteCancelled(party),
            ) if party == *from => *withdrawn = true,
            (_, Input::ReinviteCancelled(_)) => {}
            (
                State::Relaying {
                    from,
                    stage: Stage::Ack { .. },
                    ..
                },
                Input::Acked(party, answer),
            ) if party == *from => self.relay_acknowledged(now, party, answer),
            (_, Input::Acked(..)) => {}

            (State::Asking { offerer, .. }, Input::Answered(party, offer)) if party == *offerer => {
                self.join(now, party, offer);
            }
            (_, Input::ReinviteRejected(party, failure)) => self.cannot_join(now, party, failure),
            // A 2xx that nobody waits for has to be acknowledged all the same.
            (_, Input::Answered(party, _)) => self.actions.push_back(Action::Ack(party, None)),
        }
    }

    fn ring(&mut self, now: Time) {
        let party = match self.state {
            State::CallingInitiator { .. } => Party::Initiator,
            _ => Party::Destination,
        };
        if self.status.leg(party).state == LegState::Dialling {
            self.leg(now, party, LegState::Ringing, None);
        }
    }

    fn answered(&mut self, now: Time, party: Party) {
        self.legs.get_mut(party).dialog = Dialog::Confirmed;
        self.leg(now, party, LegState::Answered, None);
    }

    fn call_destination(&mut self, now: Time) {
        self.state = State::CallingDestination {
            no_answer: now + self.timers.destination_answer,
        };
        self.call(CallState::CallingDestination);
        self.legs.get_mut(Party::Destination).dialog = Dialog::Inviting;
        self.actions
            .push_back(Action::Invite(Party::Destination, None));
        self.leg(now, Party::Destination, LegState::Dialling, None);
    }

    /// The offer of one goes to the other.
    fn join(&mut self, now: Time, offerer: Party, offer: Option<Vec<u8>>) {
        let Some(offer) = offer.filter(|offer| is_description(offer)) else {
            // RFC 3261 13.2.1: the answer to an INVITE without an offer must have one.
            self.actions.push_back(Action::Ack(offerer, None));
            let failure = Failure::here(500, "The 2xx has no session description");
            self.cannot_join(now, offerer, failure);
            return;
        };
        let answerer = offerer.other();
        let relayed = self.legs.get_mut(answerer).origin.relay(&offer);
        self.state = State::Joining {
            offerer,
            offer,
            guard: now + self.timers.join,
        };
        if self.status.connected.is_none() {
            self.call(CallState::Joining);
        }
        self.actions.push_back(Action::Reinvite(answerer, relayed));
    }

    fn joined(&mut self, now: Time, answerer: Party, answer: Option<Vec<u8>>) {
        let offerer = answerer.other();
        self.actions.push_back(Action::Ack(answerer, None));
        let origin = &mut self.legs.get_mut(offerer).origin;
        let Some(answer) = answer.and_then(|answer| origin.relay(&answer)) else {
            let failure = Failure::here(488, "The answer is no session description");
            self.cannot_join(now, answerer, failure);
            return;
        };
        self.actions.push_back(Action::Ack(offerer, Some(answer)));
        self.connected(now);
    }

    fn connected(&mut self, now: Time) {
        self.state = State::Connected;
        if self.status.connected.is_none() {
            self.status.connected = Some(now);
            self.longest = Some(now + self.timers.longest_call);
            self.call(CallState::Connected);
        }
    }

    /// `party` is to blame that the two cannot be joined, or not any more.
    fn cannot_join(&mut self, now: Time, party: Party, failure: Failure) {
        if matches!(failure.status, 408 | 481) {
            // The endpoint has ended the dialog (RFC 3261 12.2.1.2).
            self.legs.get_mut(party).dialog = Dialog::Closing;
        }
        let reasons = failure.told();
        if self.status.connected.is_none() {
            self.fail(now, party, failure);
        }
        self.release(now, party.into(), reasons);
    }

    fn settle(&mut self) {
        if Party::BOTH
            .iter()
            .all(|party| self.legs.get(*party).dialog.is_quiet())
        {
            self.state = State::Over;
        }
    }

    fn gone(&mut self, party: Party) {
        self.legs.get_mut(party).dialog = Dialog::Gone;
    }

    fn fail(&mut self, now: Time, party: Party, failure: Failure) {
        self.leg(now, party, LegState::Failed, Some(failure));
    }

    fn leg(&mut self, now: Time, party: Party, state: LegState, failure: Option<Failure>) {
        let leg = self.status.leg_mut(party);
        if leg.state == state {
            return;
        }
        leg.state = state;
        match state {
            LegState::Idle => {}
            LegState::Dialling => leg.dialled = Some(now),
            LegState::Ringing => leg.ringing = Some(now),
            LegState::Answered => leg.answered = Some(now),
            LegState::Failed | LegState::Ended => leg.ended = Some(now),
        }
        leg.failure.clone_from(&failure);
        self.event(CallEventKind::Leg {
            party,
            state,
            failure,
        });
    }

    fn call(&mut self, state: CallState) {
        self.status.state = state;
        self.event(CallEventKind::Call(state));
    }

    fn event(&mut self, kind: CallEventKind) {
        self.status.revision += 1;
        self.actions.push_back(Action::Event(kind));
    }
}

impl Failure {
    /// A failure that no response tells of.
    fn here(status: u16, phrase: &str) -> Self {
        Self {
            status,
            phrase: phrase.to_owned(),
            reasons: Vec::new(),
        }
    }

    /// What the other leg is told of it (RFC 3725 6): the status, and the cause of the telephone
    /// network if there is one.
    fn told(&self) -> Vec<Reason> {
        let mut reasons = vec![Reason::sip(self.status, &self.phrase)];
        reasons.extend(
            self.reasons
                .iter()
                .filter(|reason| reason.is_q850())
                .cloned(),
        );
        reasons
    }
}
