//! The end of a call: CANCEL or BYE to whoever is there, and what still comes after that.

use super::{Action, Call, Input, Stage, State};
use crate::call::{CallEventKind, CallState, LegState, Party, ReleasedBy};
use crate::leg::Dialog;
use crate::reason::Reason;
use trunkline_model::Time;

impl Call {
    /// Ends what has not ended: CANCEL or BYE to whoever is there.
    pub(super) fn release(&mut self, now: Time, by: ReleasedBy, reasons: Vec<Reason>) {
        let guard = now + self.timers.release;
        let state = core::mem::replace(&mut self.state, State::Releasing { guard });
        match state {
            // A 2xx with an offer is acknowledged with an answer, though an empty one
            // (RFC 3261 13.2.2.4).
            State::Joining { offerer, offer, .. } => self.refuse_offer(offerer, &offer),
            State::Relaying {
                from,
                stage: Stage::Ack { offer: Some(offer) },
                ..
            } => self.refuse_offer(from.other(), &offer),
            // RFC 3261 15.1.2: what still waits for an answer gets 487.
            State::Relaying {
                from,
                stage: Stage::Answer {
                    withdrawn: false, ..
                },
                ..
            } if self.legs.get(from).dialog == Dialog::Confirmed => {
                self.actions.push_back(Action::Reject(from, 487));
            }
            _ => {}
        }
        for party in Party::BOTH {
            let leg = self.legs.get_mut(party);
            match leg.dialog {
                Dialog::Inviting => {
                    leg.dialog = Dialog::Cancelling;
                    self.actions
                        .push_back(Action::Cancel(party, reasons.clone()));
                }
                Dialog::Confirmed => {
                    leg.dialog = Dialog::Closing;
                    self.actions.push_back(Action::Bye(party, reasons.clone()));
                }
                Dialog::Idle | Dialog::Cancelling | Dialog::Closing | Dialog::Gone => {}
            }
            if !matches!(
                self.status.leg(party).state,
                LegState::Idle | LegState::Failed
            ) {
                self.leg(now, party, LegState::Ended, None);
            }
        }
        let failed = Party::BOTH
            .iter()
            .any(|party| self.status.leg(*party).state == LegState::Failed);
        let state = if failed {
            CallState::Failed
        } else {
            CallState::Ended
        };
        self.status.state = state;
        self.status.ended = Some(now);
        self.status.released_by = Some(by);
        self.status.reasons.clone_from(&reasons);
        self.event(CallEventKind::Over {
            state,
            released_by: by,
            talked: self.status.talked(now),
            reasons,
        });
        self.settle();
    }

    pub(super) fn refuse_offer(&mut self, offerer: Party, offer: &[u8]) {
        let leg = self.legs.get_mut(offerer);
        if leg.dialog == Dialog::Confirmed {
            let answer = leg.origin.refusal(offer);
            self.actions.push_back(Action::Ack(offerer, Some(answer)));
        }
    }

    /// What still comes when the call is over.
    pub(super) fn finish(&mut self, now: Time, input: Input) {
        match input {
            Input::Answered(party, description) => {
                let leg = self.legs.get_mut(party);
                if leg.dialog == Dialog::Cancelling {
                    // The 2xx has won against the CANCEL (RFC 3261 9.1 and 15).
                    leg.dialog = Dialog::Closing;
                    // The initiator's has an answer in it, the destination's an offer.
                    let answer = description
                        .filter(|_| party == Party::Destination)
                        .map(|offer| leg.origin.refusal(&offer));
                    self.actions.push_back(Action::Ack(party, answer));
                    let reasons = self.status.reasons.clone();
                    self.actions.push_back(Action::Bye(party, reasons));
                    self.state = State::Releasing {
                        guard: now + self.timers.release,
                    };
                } else {
                    self.actions.push_back(Action::Ack(party, None));
                }
            }
            Input::Rejected(party, _) | Input::Bye(party, _) | Input::Ended(party) => {
                self.gone(party);
                self.settle();
            }
            Input::Reinvite(party, _) => self.actions.push_back(Action::Reject(party, 487)),
            Input::Provisional(_)
            | Input::ReinviteRejected(..)
            | Input::ReinviteCancelled(_)
            | Input::Acked(..)
            | Input::HangUp(..) => {}
        }
    }
}
