//! A re-INVITE of one party is passed to the other, and its answer back (RFC 3725 7).

use super::{Action, Call, Stage, State};
use crate::call::{Failure, Party};
use trunkline_model::Time;

impl Call {
    pub(super) fn relay(&mut self, now: Time, from: Party, offer: Option<Vec<u8>>) {
        let offerless = offer.is_none();
        let to = from.other();
        let origin = &mut self.legs.get_mut(to).origin;
        let offer = match offer.map(|offer| origin.relay(&offer)) {
            None => None,
            Some(Some(offer)) => Some(offer),
            Some(None) => {
                self.actions.push_back(Action::Reject(from, 400));
                return;
            }
        };
        self.actions.push_back(Action::Reinvite(to, offer));
        self.state = State::Relaying {
            from,
            stage: Stage::Answer {
                offerless,
                withdrawn: false,
            },
            guard: now + self.timers.join,
        };
    }

    /// The other party has answered the re-INVITE that was passed to it.
    pub(super) fn relayed(&mut self, now: Time, party: Party, description: Option<Vec<u8>>) {
        let State::Relaying {
            from,
            stage:
                Stage::Answer {
                    offerless,
                    withdrawn,
                },
            guard,
        } = self.state
        else {
            return;
        };
        if withdrawn {
            // `from` is back at its old session, the other is not: join them anew.
            let origin = &mut self.legs.get_mut(party).origin;
            let answer = description
                .filter(|_| offerless)
                .map(|offer| origin.refusal(&offer));
            self.actions.push_back(Action::Ack(party, answer));
            self.actions.push_back(Action::Reinvite(from, None));
            self.state = State::Asking {
                offerer: from,
                guard,
            };
            return;
        }
        let origin = &mut self.legs.get_mut(from).origin;
        let relayed = description.as_deref().and_then(|text| origin.relay(text));
        let offer = description.filter(|_| offerless);
        if !offerless {
            self.actions.push_back(Action::Ack(party, None));
        }
        if let Some(relayed) = relayed {
            self.actions.push_back(Action::Accept(from, relayed));
            self.state = State::Relaying {
                from,
                stage: Stage::Ack { offer },
                guard,
            };
        } else {
            if offerless {
                self.actions.push_back(Action::Ack(party, None));
            }
            let failure = Failure::here(500, "The 2xx has no session description");
            self.cannot_join(now, party, failure);
        }
    }

    /// The other party has refused it: so is the one that sent it, and the session stays.
    pub(super) fn relay_refused(
        &mut self,
        now: Time,
        refuse: Option<Party>,
        by: Party,
        failure: Failure,
    ) {
        if matches!(failure.status, 408 | 481) {
            self.cannot_join(now, by, failure);
            return;
        }
        if let Some(from) = refuse {
            self.actions.push_back(Action::Reject(from, failure.status));
        }
        self.connected(now);
    }

    pub(super) fn relay_acknowledged(&mut self, now: Time, from: Party, answer: Option<Vec<u8>>) {
        let State::Relaying {
            stage: Stage::Ack { offer },
            ..
        } = &self.state
        else {
            return;
        };
        if offer.is_some() {
            let to = from.other();
            let origin = &mut self.legs.get_mut(to).origin;
            let Some(answer) = answer.and_then(|answer| origin.relay(&answer)) else {
                // RFC 3261 13.2.2.4: the answer belongs there, and the other still waits for it.
                let failure = Failure::here(400, "The ACK has no session description");
                self.cannot_join(now, from, failure);
                return;
            };
            self.actions.push_back(Action::Ack(to, Some(answer)));
        }
        self.connected(now);
    }
}
