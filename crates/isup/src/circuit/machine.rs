//! One circuit: messages, requests and timers in each state (Q.764 2.1, 2.3, 2.9).

use super::compatibility::Fate;
use super::event::{Alarm, CallTimer, ClearReason, Discard, Indication, Request};
use super::group_blocking::Why;
use super::table::{CircuitTable, State};
use super::timers::{Index, Timer};
use crate::{CallingPartyCategory, Iam, Message, OptionalParameters, Rel, Rlc};
use trunkline_model::{Cause, CauseValue, CircuitId, Location, Time};

impl CircuitTable {
    /// A message that names this circuit.
    pub(super) fn message(&mut self, now: Time, index: Index, message: Message) {
        match message {
            Message::Iam(iam) => self.iam(now, index, iam),
            Message::Sam(_) => match self.state_of(index) {
                state if state.is_incoming() => self.accept(now, index, message, None),
                _ => self.unreasonable(now, index, &message),
            },
            Message::Acm(_) => match self.state_of(index) {
                State::AwaitAcm => self.accept(now, index, message, Some(State::AwaitAnm)),
                _ => self.unreasonable(now, index, &message),
            },
            Message::Cpg(_) => match self.state_of(index) {
                State::AwaitAnm | State::OutgoingAnswered => {
                    self.accept(now, index, message, None);
                }
                state if state.is_incoming() => self.accept(now, index, message, None),
                _ => self.unreasonable(now, index, &message),
            },
            // ANM without an ACM comes from exchanges that answer at once (RFC 3398 7.2.7).
            Message::Anm(_) | Message::Con(_) => match self.state_of(index) {
                State::AwaitAcm | State::AwaitAnm => {
                    self.accept(now, index, message, Some(State::OutgoingAnswered));
                }
                _ => self.unreasonable(now, index, &message),
            },
            Message::Sus(_) | Message::Res(_) => match self.state_of(index) {
                State::OutgoingAnswered => self.accept(now, index, message, None),
                state if state.is_incoming() => self.accept(now, index, message, None),
                _ => self.unreasonable(now, index, &message),
            },
            Message::Rel(rel) => self.rel(now, index, rel),
            Message::Rlc(_) => self.rlc(now, index),
            Message::Rsc => self.rsc(now, index),
            Message::Grs(grs) => self.grs(now, index, &grs),
            Message::Gra(gra) => self.gra(now, index, &gra),
            Message::Blo => self.blo(now, index),
            Message::Ubl => self.ubl(index),
            Message::Bla => self.bla(index),
            Message::Uba => self.uba(index),
            Message::Cgb(cgb) => self.cgb(now, index, &cgb),
            Message::Cgu(cgu) => self.cgu(index, &cgu),
            Message::Cqm(cqm) => self.cqm(index, &cqm),
            Message::Cgba(_) | Message::Cgua(_) => self.group_acknowledged(index, &message),
            // Nothing was sent that they would answer.
            Message::Cqr(_) | Message::Upa(_) => self.unexpected(index, message.name()),
            Message::Cfn(_) => self.cfn(index, message),
            Message::Ucic => self.ucic(now, index),
            other => self.not_implemented(now, index, &other),
        }
    }

    /// What the call control or an operator wants.
    pub(super) fn request(&mut self, now: Time, index: Index, request: Request) {
        match (request, self.state_of(index)) {
            (Request::Send(message @ Message::Iam(_)), State::Seized) => {
                self.enter(now, index, State::AwaitAcm);
                self.send(index, message);
            }
            // More digits: T7 runs from "the latest address message" (Q.764 2.1.2).
            (Request::Send(message @ Message::Sam(_)), State::AwaitAcm) => {
                self.enter(now, index, State::AwaitAcm);
                self.send(index, message);
            }
            (
                Request::Send(message @ (Message::Acm(_) | Message::Con(_) | Message::Anm(_))),
                State::Incoming,
            ) => {
                self.enter(now, index, State::IncomingComplete);
                self.send(index, message);
            }
            (Request::Send(message), State::AwaitAnm | State::OutgoingAnswered) => {
                self.send(index, message);
            }
            (Request::Send(message), state) if state.is_incoming() => self.send(index, message),
            (Request::Release(_) | Request::Free, State::Seized) => {
                self.enter(now, index, State::Idle);
            }
            (
                Request::Release(rel),
                State::AwaitAcm
                | State::AwaitAnm
                | State::OutgoingAnswered
                | State::Incoming
                | State::IncomingComplete,
            ) => self.release(now, index, rel),
            (Request::Block, _) => self.block(now, index),
            (Request::Unblock, _) => self.unblock(now, index),
            (Request::BlockGroup(why, circuits), _) => self.block_group(now, index, why, circuits),
            (Request::UnblockGroup(why, circuits), _) => {
                self.unblock_group(now, index, why, circuits);
            }
            // It is, or will be, reset with its group. Were it used before the GRA, a repeated GRS
            // would clear the call at the other end only.
            (Request::Reset, State::Unknown) => {}
            (Request::Reset, _) => self.reset(now, index, ClearReason::OwnReset),
            // The circuit was lost in the same instant; the call control will hear of it.
            (Request::Send(_) | Request::Release(_) | Request::Free, _) => {}
        }
    }

    /// A timer that ran out.
    pub(super) fn expired(&mut self, now: Time, index: Index, timer: Timer) {
        let timers = self.group(index).config.timers;
        match timer {
            // What was awaited may be there, all but its second segment.
            Timer::T7 => {
                self.give_up_segment(now, index);
                if matches!(self.state_of(index), State::AwaitAcm) {
                    self.tell(index, Indication::Expired(CallTimer::T7));
                }
            }
            Timer::T9 => {
                self.give_up_segment(now, index);
                if matches!(self.state_of(index), State::AwaitAnm) {
                    self.tell(index, Indication::Expired(CallTimer::T9));
                }
            }
            Timer::T34 => self.give_up_segment(now, index),
            Timer::T1 => {
                if let State::Releasing(rel) = self.state_of(index) {
                    let rel = (**rel).clone();
                    self.send(index, Message::Rel(rel));
                    self.start(now, index, Timer::T1, timers.t1);
                }
            }
            // Q.764 2.9.6: no RLC. The call is over; the circuit must be reset.
            Timer::T5 => {
                self.alarm(index, Alarm::NoReleaseComplete);
                self.reset(now, index, ClearReason::OwnReset);
            }
            Timer::T16 => {
                self.send(index, Message::Rsc);
                self.start(now, index, Timer::T16, timers.t16);
            }
            Timer::T17 => {
                self.alarm(index, Alarm::NoResetAcknowledgement);
                self.timers.stop(index, Timer::T16);
                self.send(index, Message::Rsc);
                self.start(now, index, Timer::T17, timers.t17);
            }
            Timer::T12 | Timer::T13 | Timer::T14 | Timer::T15 => {
                self.blocking_expired(now, index, timer);
            }
            Timer::T18 | Timer::T19 | Timer::T20 | Timer::T21 => {
                self.group_blocking_expired(now, index, timer);
            }
            Timer::T22 | Timer::T23 => self.group_reset_expired(now, index, timer),
            Timer::T4 | Timer::T30 => self.destination_expired(now, index, timer),
        }
    }

    pub(super) fn state_of(&self, index: Index) -> &State {
        &self.circuits[index as usize].state
    }

    fn iam(&mut self, now: Time, index: Index, iam: Iam) {
        let CircuitId { dpc, cic } = self.name(index);
        let is_test = iam.calling_category == CallingPartyCategory::Test;
        if self.holds_blocked(index) && !is_test {
            // The other end has missed that we blocked the circuit: tell it again.
            self.discard(dpc, Some(cic), Discard::Blocked);
            return self.send(index, Message::Blo);
        }
        if self.holds_failed(index) {
            self.discard(dpc, Some(cic), Discard::Blocked);
            return self.tell_failure(now, index);
        }
        // It has had our UBL or CGU; the acknowledgement was lost.
        if self.is_unblocking(index) && !is_test {
            self.unblocked(index);
        }
        self.set_locally_blocked(index, Why::Hardware, false);
        match self.state_of(index) {
            State::Idle => {}
            // Nothing was sent: the other end has the circuit.
            State::Seized => self.tell(index, Indication::DualSeizure),
            State::AwaitAcm if self.controls(index) => {
                return self.discard(dpc, Some(cic), Discard::LostDualSeizure);
            }
            State::AwaitAcm => self.tell(index, Indication::DualSeizure),
            _ => return self.unexpected(index, "IAM"),
        }
        self.enter(now, index, State::Incoming);
        let mut message = Message::Iam(iam);
        match self.examine(index, &mut message) {
            Fate::ActUpon => {
                // Q.764 2.8.2.3: an IAM, unless of a test call, ends the remote blocking.
                if !is_test {
                    self.end_remote_blocking(index);
                }
                self.tell(index, Indication::Message(message));
            }
            Fate::Discarded => self.enter(now, index, State::Idle),
            // The call control has not heard of the call.
            Fate::Release(cause) => self.release(now, index, Rel::new(cause)),
        }
    }

    /// A message that the state of the circuit allows, and the state that follows from it.
    fn accept(&mut self, now: Time, index: Index, mut message: Message, next: Option<State>) {
        match self.examine(index, &mut message) {
            Fate::ActUpon => {
                if let Some(next) = next {
                    self.enter(now, index, next);
                }
                self.tell(index, Indication::Message(message));
            }
            Fate::Discarded => {}
            Fate::Release(cause) => self.release_for(now, index, cause),
        }
    }

    /// The other end did not understand something. A CFN is never answered with one.
    fn cfn(&mut self, index: Index, mut message: Message) {
        // What is not recognized in it is taken out, and nothing said.
        self.examine(index, &mut message);
        match (message, self.state_of(index)) {
            (Message::Cfn(cfn), state) if state.has_call() => {
                self.tell(index, Indication::Confusion(cfn));
            }
            _ => self.unexpected(index, "CFN"),
        }
    }

    fn rel(&mut self, now: Time, index: Index, mut rel: Rel) {
        // REL is always answered (Q.764 2.3.1): the other end must get its circuit back.
        let unrecognized = self.examine_rel(index, &mut rel);
        let optional = OptionalParameters::new().with_some(unrecognized);
        self.send(index, Message::Rlc(Rlc { optional }));
        match self.state_of(index) {
            State::AwaitAcm
            | State::AwaitAnm
            | State::OutgoingAnswered
            | State::Incoming
            | State::IncomingComplete => {
                self.enter(now, index, State::Idle);
                self.tell(index, Indication::Released(rel));
            }
            // Both ends released (Q.764 2.3.1 e): each waits for its own RLC.
            State::Releasing(_)
            // Nothing to release.
            | State::Unknown | State::Idle | State::Seized | State::Resetting => {}
        }
    }

    fn rlc(&mut self, now: Time, index: Index) {
        match self.state_of(index) {
            State::Releasing(_) => {
                self.enter(now, index, State::Idle);
                self.tell(index, Indication::ReleaseComplete);
            }
            State::Resetting => self.enter(now, index, State::Idle),
            // Q.764 2.9.5.1: RLC for a busy circuit for which no REL was sent.
            state if state.has_call() && !matches!(state, State::Seized) => {
                self.tell(index, Indication::Cleared(ClearReason::UnexpectedRlc));
                let cause = Cause::new(
                    CauseValue::NORMAL_UNSPECIFIED,
                    Location::BeyondInterworkingPoint,
                );
                self.release(now, index, Rel::new(cause));
            }
            _ => self.unexpected(index, "RLC"),
        }
    }

    /// The other end resets the circuit (Q.764 2.9.3.1).
    fn rsc(&mut self, now: Time, index: Index) {
        self.end_remote_blocking(index);
        // "If the circuit was blocked by the receiving end, BLO is returned before RLC."
        if self.holds_blocked(index) {
            self.send(index, Message::Blo);
        }
        if self.holds_failed(index) {
            self.tell_failure(now, index);
        }
        self.send(index, Message::Rlc(Rlc::default()));
        self.clear(now, index, ClearReason::Reset);
    }

    /// Takes the call, if there is one, off a circuit that the other end has reset. A reset of our
    /// own goes on until it is acknowledged.
    pub(super) fn clear(&mut self, now: Time, index: Index, reason: ClearReason) {
        self.forget_segment(index);
        match self.state_of(index) {
            State::Resetting => return,
            State::Releasing(_) => self.tell(index, Indication::ReleaseComplete),
            state if state.has_call() => self.tell(index, Indication::Cleared(reason)),
            _ => {}
        }
        if !self.is_in_group_reset(index) {
            self.enter(now, index, State::Idle);
        }
    }

    pub(super) fn release(&mut self, now: Time, index: Index, rel: Rel) {
        self.forget_segment(index);
        self.enter(now, index, State::Releasing(Box::new(rel.clone())));
        self.send(index, Message::Rel(rel));
    }

    pub(super) fn reset(&mut self, now: Time, index: Index, reason: ClearReason) {
        self.forget_segment(index);
        match self.state_of(index) {
            State::Releasing(_) => self.tell(index, Indication::ReleaseComplete),
            state if state.has_call() => self.tell(index, Indication::Cleared(reason)),
            _ => {}
        }
        // The other end sends BLO before RLC if it still has the circuit blocked.
        self.end_remote_blocking(index);
        self.enter(now, index, State::Resetting);
        self.send(index, Message::Rsc);
    }

    /// The other end does not have the circuit: it cannot be used until an operator unblocks it
    /// there and an UBL or a reset says so (Q.764 2.12).
    fn ucic(&mut self, now: Time, index: Index) {
        let had_call = self.state_of(index).has_call();
        let was_releasing = matches!(self.state_of(index), State::Releasing(_));
        self.forget_segment(index);
        self.set_remotely_blocked(index, Why::Maintenance, true);
        self.alarm(index, Alarm::Unequipped);
        if !self.is_in_group_reset(index) {
            self.enter(now, index, State::Idle);
        }
        if had_call {
            self.tell(index, Indication::Unequipped);
        } else if was_releasing {
            self.tell(index, Indication::ReleaseComplete);
        }
    }

    /// Q.764 2.9.5.1 f): messages that have no place in the state of the circuit. On an idle circuit
    /// they show that the ends disagree, and so they do before the first backward message of a
    /// call, when both may still take another circuit: reset. Later they are discarded.
    fn unreasonable(&mut self, now: Time, index: Index, message: &Message) {
        self.unexpected(index, message.name());
        match self.state_of(index) {
            State::Idle => self.reset(now, index, ClearReason::OwnReset),
            State::AwaitAcm | State::Incoming => {
                self.reset(now, index, ClearReason::UnexpectedMessage);
            }
            _ => {}
        }
    }
}
