//! The early dialogs of our INVITE: one for each To tag of its provisional responses
//! (RFC 3261 12.1, 13.2.2.1, RFC 6228).

use super::event::{Description, ForkId};
use super::outgoing::Purpose;
use super::reliable::{Acknowledged, Order, PrackStage};
use super::session::{ClientStage, Phase, Session};
use super::table::MAX_FORKS;
use super::{Endpoint, Event, ReliableProvisionals, SessionId};
use crate::dialog::Dialog;
use crate::header::{self, RSeq};
use crate::sdp::{Carrier, Kind, Turns, Way};
use crate::{Flow, Message, Name};
use trunkline_model::Time;

/// The early dialogs of a session.
#[derive(Debug, Default)]
pub(super) struct Forks {
    early: Vec<Fork>,
    /// How many there have been.
    count: u32,
    /// The one that became the dialog.
    confirmed: ForkId,
}

/// An early dialog.
#[derive(Debug)]
struct Fork {
    id: ForkId,
    dialog: Dialog,
    turns: Turns,
    acknowledged: Acknowledged,
    /// Whether a 199 has ended it (RFC 6228 4).
    ended: bool,
}

/// The parts of an early or confirmed dialog.
pub(super) struct Strand<'a> {
    pub(super) fork: ForkId,
    pub(super) dialog: &'a mut Dialog,
    pub(super) turns: &'a mut Turns,
    pub(super) acknowledged: &'a mut Acknowledged,
}

impl Fork {
    fn strand(&mut self) -> Strand<'_> {
        Strand {
            fork: self.id,
            dialog: &mut self.dialog,
            turns: &mut self.turns,
            acknowledged: &mut self.acknowledged,
        }
    }
}

impl Forks {
    fn next(&mut self) -> ForkId {
        let id = ForkId(self.count);
        self.count = self.count.saturating_add(1);
        id
    }

    fn with_tag(&mut self, tag: &str) -> Option<&mut Fork> {
        let mut early = self.early.iter_mut();
        early.find(|fork| fork.dialog.remote_tag == tag)
    }
}

impl Session {
    /// Whether the dialogs that our INVITE makes are all early.
    pub(super) fn is_forking(&self) -> bool {
        self.phase == Phase::Early && self.client.is_some()
    }

    /// The dialog of that number, early or not.
    pub(super) fn strand(&mut self, id: ForkId) -> Option<Strand<'_>> {
        if self.is_forking() {
            let mut early = self.forks.early.iter_mut();
            early.find(|fork| fork.id == id).map(Fork::strand)
        } else if id == self.forks.confirmed {
            Some(self.confirmed_strand())
        } else {
            None
        }
    }

    /// The dialog that a request of the peer with that From tag is in. One that a 199 has ended
    /// is none, except for what began in it.
    pub(super) fn strand_of_peer(&mut self, tag: &str) -> Option<Strand<'_>> {
        if self.is_forking() {
            let fork = self.forks.with_tag(tag).filter(|fork| !fork.ended);
            fork.map(Fork::strand)
        } else {
            Some(self.confirmed_strand())
        }
    }

    /// The dialog for a request of ours: if there are several, the one that began last. `fork`
    /// names another one.
    pub(super) fn strand_for_request(&mut self, fork: Option<ForkId>) -> Option<Strand<'_>> {
        if self.is_forking() {
            let mut early = self.forks.early.iter_mut().rev();
            let fits = |it: &&mut Fork| !it.ended && fork.is_none_or(|id| id == it.id);
            early.find(fits).map(Fork::strand)
        } else {
            self.strand(fork.unwrap_or(self.forks.confirmed))
        }
    }

    /// The dialog that a request of ours counts its numbers in.
    pub(super) fn dialog_of(&mut self, purpose: &Purpose) -> Option<&mut Dialog> {
        match purpose {
            Purpose::Prack(fork, _) | Purpose::Update(fork) => {
                self.strand(*fork).map(|strand| strand.dialog)
            }
            _ => Some(&mut self.dialog),
        }
    }

    fn confirmed_strand(&mut self) -> Strand<'_> {
        Strand {
            fork: self.forks.confirmed,
            dialog: &mut self.dialog,
            turns: &mut self.turns,
            acknowledged: &mut self.acknowledged,
        }
    }

    /// The INVITE is sent once more, as a new request: what answered it before is over.
    pub(super) fn forget_forks(&mut self) {
        self.forks.early.clear();
    }

    /// The early dialog of a provisional response. `None` if it makes none, or one too many.
    fn heard(&mut self, response: &Message) -> Option<&mut Fork> {
        let tag = response.to().tag().unwrap_or_default();
        let early = &self.forks.early;
        let known = early.iter().position(|fork| fork.dialog.remote_tag == tag);
        if let Some(known) = known {
            return self.forks.early.get_mut(known);
        }
        // One that is ended before it began need not begin (RFC 6228 4).
        let stillborn = response.status() == Some(199) && !response.lists(Name::Require, REL100);
        if tag.is_empty() || stillborn || early.len() >= MAX_FORKS {
            return None;
        }
        let mut dialog = self.dialog.clone();
        dialog.confirm(response);
        let id = self.forks.next();
        self.forks.early.push(Fork {
            id,
            dialog,
            turns: self.turns.clone(),
            acknowledged: Acknowledged::default(),
            ended: false,
        });
        self.forks.early.last_mut()
    }

    /// A 2xx has made one of the early dialogs, or another one, the dialog.
    pub(super) fn confirm(&mut self, response: &Message) {
        let tag = response.to().tag().unwrap_or_default();
        let mut early = core::mem::take(&mut self.forks.early).into_iter();
        if let Some(fork) = early.find(|fork| fork.dialog.remote_tag == tag) {
            self.forks.confirmed = fork.id;
            self.dialog = fork.dialog;
            self.turns = fork.turns;
            self.acknowledged = fork.acknowledged;
        } else {
            self.forks.confirmed = self.forks.next();
        }
        self.dialog.confirm(response);
    }

    /// The number of the fork that has won.
    pub(super) fn winner(&self) -> ForkId {
        self.forks.confirmed
    }
}

impl Endpoint {
    /// A 101-199 for our INVITE or re-INVITE, over that flow.
    pub(super) fn progressed(
        &mut self,
        now: Time,
        id: SessionId,
        flow: Flow,
        response: Message,
        is_cancelled: bool,
    ) {
        let rseq = self.rseq(&response);
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let is_early = session.phase == Phase::Early;
        let strand = if is_early {
            session.flow = flow;
            session.heard(&response).map(|fork| {
                fork.ended |= response.status() == Some(199);
                fork.strand()
            })
        } else {
            Some(session.confirmed_strand())
        };
        let Some(Strand {
            fork,
            turns,
            acknowledged,
            ..
        }) = strand
        else {
            // Without a tag it makes no dialog; with one, there are too many.
            if response.to().tag().is_none() && rseq.is_none() && !is_cancelled {
                self.emit(Event::Provisional {
                    id,
                    fork: None,
                    response,
                    description: Description::Ignored,
                });
            }
            return;
        };
        let carrier = match rseq {
            Some(rseq) => match acknowledged.order(rseq) {
                Order::Next => Carrier::ReliableProvisional,
                Order::Again => return self.prack_again(now, id, fork, rseq),
                Order::Wrong => return,
            },
            None => Carrier::Provisional,
        };
        let kind = turns.classify(Way::Received, carrier, response.sdp().is_some());
        let kind = kind.unwrap_or(Kind::Ignored);
        turns.step(Way::Received, carrier, kind);
        if let Some(rseq) = rseq {
            acknowledged.last = Some(rseq);
            acknowledged.cseq = response.cseq().number;
            acknowledged.describes = matches!(kind, Kind::Offer | Kind::Answer);
            if kind == Kind::Offer {
                acknowledged.stage = PrackStage::Wanted;
            } else {
                self.send_prack(now, id, fork, None);
            }
        }
        let matters = rseq.is_some() && matches!(kind, Kind::Offer | Kind::Answer);
        if !is_cancelled && (is_early || matters) {
            self.emit(Event::Provisional {
                id,
                fork: Some(fork),
                response,
                description: kind.into(),
            });
        }
    }

    /// The number of a reliable provisional response. One that says so without a number is taken
    /// as an unreliable one.
    fn rseq(&self, response: &Message) -> Option<u32> {
        if self.config.reliable_provisionals == ReliableProvisionals::Off
            || !response.lists(Name::Require, REL100)
        {
            return None;
        }
        match header::get::<RSeq>(response) {
            Some(Ok(RSeq(number))) if number > 0 => Some(number),
            _ => None,
        }
    }

    /// The 2xx chose its early dialog; what is under way in others comes to nothing.
    pub(super) fn other_forks_are_over(&mut self, now: Time, id: SessionId) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let winner = session.winner();
        let lost = session.asked.extract_if(.., |asked| asked.fork != winner);
        let lost: Vec<_> = lost.map(|asked| asked.transaction).collect();
        let update = session.update.take_if(|update| update.fork != winner);
        for transaction in lost {
            // It may be that it was answered at the same time.
            let _ = self.respond(now, transaction, 487, "", &[], None);
        }
        if update.is_some() {
            self.arm_session(id);
            self.emit(Event::UpdateRejected {
                id,
                response: None,
                status: 487,
            });
        }
    }

    /// What the session description of a 2xx to our INVITE is.
    pub(super) fn describe_success(&mut self, id: SessionId, response: &Message) -> Description {
        let Some(session) = self.session_mut(id) else {
            return Description::Absent;
        };
        debug_assert!(
            session
                .client
                .as_ref()
                .is_some_and(|usage| { matches!(usage.stage, ClientStage::Answered) })
        );
        let is_there = response.sdp().is_some();
        let turns = &mut session.turns;
        match turns.classify(Way::Received, Carrier::Success, is_there) {
            Ok(kind) => {
                turns.step(Way::Received, Carrier::Success, kind);
                kind.into()
            }
            // The answer, or the offer, had to be there (RFC 3261 13.2.1). The application ends
            // the call, or lives with it.
            Err(_) => {
                turns.refuse_invite();
                Description::Absent
            }
        }
    }
}

/// The option of reliable provisional responses (RFC 3262 8.1).
pub(super) const REL100: &str = "100rel";
