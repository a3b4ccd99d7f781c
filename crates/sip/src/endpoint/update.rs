//! UPDATE in early and confirmed dialogs, both ways (RFC 3311).

use super::compose::Draft;
use super::event::{Body, ForkId};
use super::outgoing::Purpose;
use super::refusal::Refusal;
use super::session::{Headers, Phase, ServerStage, Session};
use super::table::TransactionId;
use super::uas::in_order;
use super::{Endpoint, Event, SessionId, WrongState};
use crate::sdp::{Carrier, Kind, Refusal as OutOfTurn, Way};
use crate::{Flow, Message, Method, Name};
use trunkline_model::Time;

/// Our UPDATE in progress.
#[derive(Debug)]
pub(super) struct OwnUpdate {
    pub(super) fork: ForkId,
    sdp: Option<Vec<u8>>,
    headers: Headers,
    /// How often it was sent.
    tries: u8,
    /// When it is tried again after 491; `None` while it is out.
    pub(super) due: Option<Time>,
}

/// A PRACK or UPDATE of the peer that the application has to answer.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) transaction: TransactionId,
    pub(super) fork: ForkId,
    pub(super) carrier: Carrier,
    pub(super) has_offer: bool,
}

impl Asked {
    const fn success(&self) -> Carrier {
        match self.carrier {
            Carrier::Prack => Carrier::PrackSuccess,
            _ => Carrier::UpdateSuccess,
        }
    }
}

impl Endpoint {
    /// Sends an UPDATE in the dialog, with an offer or without (RFC 3311 5.1).
    /// [`Event::UpdateAccepted`] or [`Event::UpdateRejected`] follows; after 491 it is sent again
    /// by itself. Of several early dialogs it is the one that began last; see
    /// [`Endpoint::update_fork`].
    ///
    /// # Errors
    /// [`WrongState`] if no dialog is there yet, another UPDATE is in progress, or the time is
    /// wrong for an offer.
    pub fn update(
        &mut self,
        now: Time,
        id: SessionId,
        sdp: Option<Vec<u8>>,
        headers: &[(Name, String)],
    ) -> Result<(), WrongState> {
        self.begin_update(now, id, None, sdp, headers)
    }

    /// The same in that early dialog.
    ///
    /// # Errors
    /// The same, and if there is no such dialog or a 199 has ended it.
    pub fn update_fork(
        &mut self,
        now: Time,
        id: SessionId,
        fork: ForkId,
        sdp: Option<Vec<u8>>,
        headers: &[(Name, String)],
    ) -> Result<(), WrongState> {
        self.begin_update(now, id, Some(fork), sdp, headers)
    }

    fn begin_update(
        &mut self,
        now: Time,
        id: SessionId,
        fork: Option<ForkId>,
        sdp: Option<Vec<u8>>,
        headers: &[(Name, String)],
    ) -> Result<(), WrongState> {
        let session = self.session_mut(id).ok_or(WrongState::NoSession(id))?;
        if session.phase == Phase::Ending || session.hang_up.is_some() {
            return Err(WrongState::NotConfirmed(id));
        }
        if session.update.is_some() {
            return Err(WrongState::UpdatePending(id));
        }
        // The peer knows of an early dialog by a provisional response alone.
        let is_unborn = session.phase == Phase::Early
            && session.server.as_ref().is_some_and(|usage| {
                matches!(usage.stage, ServerStage::Proceeding { progress: None, .. })
            });
        let strand = session.strand_for_request(fork);
        let Some(fork) = strand.map(|strand| strand.fork).filter(|_| !is_unborn) else {
            return Err(fork.map_or(WrongState::NotConfirmed(id), |fork| {
                WrongState::NoFork(id, fork)
            }));
        };
        if sdp.is_some() {
            let refusal = session.offer_in_update(fork, Way::Sent).err();
            if let Some(refusal) = refusal {
                return Err(WrongState::OutOfTurn { id, refusal });
            }
        }
        session.update = Some(Box::new(OwnUpdate {
            fork,
            sdp,
            headers: headers.to_vec(),
            tries: 0,
            due: None,
        }));
        self.send_update(now, id);
        Ok(())
    }

    fn send_update(&mut self, now: Time, id: SessionId) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let (flow, credentials) = (session.flow, session.credentials.clone());
        let Some(mut update) = session.update.take() else {
            return;
        };
        let fork = update.fork;
        let Some(strand) = session.strand(fork) else {
            return;
        };
        update.tries += 1;
        update.due = None;
        if update.sdp.is_some() {
            strand.turns.step(Way::Sent, Carrier::Update, Kind::Offer);
        }
        let cseq = strand.dialog.next_cseq();
        let draft = Draft::within(strand.dialog, Method::Update, cseq);
        let mut draft = draft.with(&update.headers, update.sdp.clone().map(Body::sdp));
        let hop = strand.dialog.routing().next_hop.to_owned();
        session.update = Some(update);
        self.arm_session(id);
        if self.is_confirmed(id) {
            draft.headers.extend(self.timer_wish(id));
        }
        let route = self.route_within(&hop, flow, &draft);
        let purpose = Purpose::Update(fork);
        self.send(now, draft, route, purpose, Some(id), credentials);
    }

    /// The time has come to try an UPDATE again (RFC 3311 5.3).
    pub(super) fn retry_update(&mut self, now: Time, id: SessionId) {
        let wait = self.glare_wait(id);
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let Some(update) = &session.update else {
            return;
        };
        let (fork, offers) = (update.fork, update.sdp.is_some());
        let turn = session.offer_in_update(fork, Way::Sent);
        match turn {
            Err(OutOfTurn::Glare | OutOfTurn::Busy) if offers => {
                // The peer's offer came first.
                if let Some(update) = &mut session.update {
                    update.due = Some(now + wait);
                }
            }
            Err(_) if offers => self.update_failed(now, id, None, 491),
            _ => self.send_update(now, id),
        }
    }

    /// Our UPDATE has come to its end (RFC 3311 5.3).
    pub(super) fn update_finished(
        &mut self,
        now: Time,
        id: SessionId,
        fork: ForkId,
        response: Option<Message>,
        status: u16,
    ) {
        let wait = self.glare_wait(id);
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let is_it = |it: &&mut Box<OwnUpdate>| it.fork == fork && it.due.is_none();
        let Some(update) = session.update.as_mut().filter(is_it) else {
            return;
        };
        let offers = update.sdp.is_some();
        if status == 491 && update.tries < MAX_UPDATE_TRIES {
            update.due = Some(now + wait);
            if let Some(strand) = session.strand(fork) {
                strand.turns.refuse_offer_in(Carrier::Update);
            }
            return self.arm_session(id);
        }
        match response {
            Some(response) if (200..300).contains(&status) => {
                session.update = None;
                if let Some(strand) = session.strand(fork) {
                    let carrier = Carrier::UpdateSuccess;
                    let is_there = response.sdp().is_some();
                    if offers {
                        match strand.turns.classify(Way::Received, carrier, is_there) {
                            Ok(kind) => strand.turns.step(Way::Received, carrier, kind),
                            // The answer had to be there: nothing is agreed.
                            Err(_) => strand.turns.refuse_offer_in(Carrier::Update),
                        }
                    }
                    strand.dialog.refresh_target(&response);
                }
                if self.is_confirmed(id) {
                    self.timer_granted(now, id, &response);
                }
                let session = self.session_mut(id);
                if !session.is_some_and(|it| core::mem::take(&mut it.clock.is_updating)) {
                    self.emit(Event::UpdateAccepted { id, response });
                }
            }
            response => {
                self.update_failed(now, id, response, status);
                let is_over = matches!(status, 408 | 481);
                let session = self.session(id);
                if is_over && session.is_some_and(|it| it.phase == Phase::Confirmed) {
                    self.refuse_pending(now, id, 487, &[]);
                    self.send_bye(now, id, &[]);
                }
            }
        }
    }

    fn update_failed(&mut self, now: Time, id: SessionId, response: Option<Message>, status: u16) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let Some(update) = session.update.take() else {
            return;
        };
        if let Some(strand) = session.strand(update.fork) {
            strand.turns.refuse_offer_in(Carrier::Update);
        }
        if session.clock.is_updating {
            return self.refresh_failed(now, id, status);
        }
        self.arm_session(id);
        self.emit(Event::UpdateRejected {
            id,
            response,
            status,
        });
    }

    /// An UPDATE came (RFC 3311 5.2).
    pub(super) fn update_came(&mut self, now: Time, flow: Flow, id: SessionId, request: Message) {
        let fork = match self.inspect_update(id, &request) {
            Ok(fork) => fork,
            Err(refusal) => return self.refuse(now, flow, &request, refusal),
        };
        let Some(transaction) = self.ask(flow, id, fork, Carrier::Update, &request) else {
            return;
        };
        if self.config.session_timer.is_some() && request.body().is_empty() {
            // Nothing but a refresh (RFC 4028 7.4).
            let _ = self.respond(now, transaction, 200, "", &[], None);
            return;
        }
        self.emit(Event::Update {
            id,
            fork,
            transaction,
            request,
        });
    }

    /// Whether an UPDATE comes at the right time, and in which dialog.
    fn inspect_update(&mut self, id: SessionId, request: &Message) -> Result<ForkId, Refusal> {
        let retry_after = self.random.below(11);
        let later = || Refusal::new(500).header(Name::RetryAfter, retry_after);
        let is_full = self.table.len() >= self.config.max_transactions;
        let no_dialog = || Refusal::new(481);
        let session = self.session_mut(id).ok_or_else(no_dialog)?;
        if session.phase == Phase::Ending {
            return Err(no_dialog());
        }
        let tag = request.from().tag().unwrap_or_default();
        let strand = session.strand_of_peer(tag).ok_or_else(no_dialog)?;
        in_order(strand.dialog, request)?;
        let fork = strand.fork;
        let mut asked = session.asked.iter();
        if asked.any(|asked| asked.fork == fork && asked.carrier == Carrier::Update) {
            return Err(later());
        }
        let offers = request.sdp().is_some();
        if offers {
            let turn = session.offer_in_update(fork, Way::Received);
            turn.map_err(|refusal| match refusal.status() {
                500 => later(),
                status => Refusal::new(status),
            })?;
        }
        if is_full {
            return Err(Refusal::overload());
        }
        if let Some(strand) = session.strand(fork) {
            strand.dialog.remote_cseq = Some(request.cseq().number);
            if offers {
                let way = Way::Received;
                strand.turns.step(way, Carrier::Update, Kind::Offer);
            }
        }
        Ok(fork)
    }

    /// Whether the application may answer a PRACK or UPDATE so.
    pub(super) fn may_answer(
        &mut self,
        id: SessionId,
        transaction: TransactionId,
        status: u16,
        body: Option<&Body>,
    ) -> Result<(), WrongState> {
        let Some(session) = self.session_mut(id) else {
            return Ok(());
        };
        let mut asked = session.asked.iter();
        let Some(asked) = asked.find(|asked| asked.transaction == transaction) else {
            return Ok(());
        };
        let (fork, carrier, has_offer) = (asked.fork, asked.success(), asked.has_offer);
        let Some(strand) = session.strand(fork) else {
            return Ok(());
        };
        let is_there = body.is_some_and(Body::is_session);
        let refusal = match (status, has_offer) {
            (200..300, true) => strand.turns.classify(Way::Sent, carrier, is_there).err(),
            _ => is_there.then_some(OutOfTurn::NoOfferHere),
        };
        refusal.map_or(Ok(()), |refusal| Err(WrongState::OutOfTurn { id, refusal }))
    }

    /// The application has answered a request of the peer finally; perhaps a PRACK or UPDATE.
    pub(super) fn has_answered(
        &mut self,
        now: Time,
        id: SessionId,
        transaction: TransactionId,
        status: u16,
        request: &Message,
    ) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let mut asked = session.asked.iter();
        let Some(position) = asked.position(|asked| asked.transaction == transaction) else {
            return;
        };
        let asked = session.asked.swap_remove(position);
        if let Some(strand) = session.strand(asked.fork) {
            if status >= 300 {
                strand.turns.refuse_offer_in(asked.carrier);
            } else if asked.has_offer {
                let way = Way::Sent;
                strand.turns.step(way, asked.success(), Kind::Answer);
            }
            if status < 300 && asked.carrier == Carrier::Update {
                strand.dialog.refresh_target(request);
            }
        }
        self.send_queued(now, id);
    }

    /// The session ends: what the application has left unanswered is answered (RFC 3261 15.1.2).
    pub(super) fn leave_unanswered(&mut self, now: Time, id: SessionId) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        session.update = None;
        for asked in core::mem::take(&mut session.asked) {
            // It may be that it was answered at the same time.
            let _ = self.respond(now, asked.transaction, 487, "", &[], None);
        }
    }
}

impl Session {
    /// Whether an UPDATE may bring an offer that way (RFC 3311 5.1, 5.2, RFC 6337 4.3).
    fn offer_in_update(&mut self, fork: ForkId, way: Way) -> Result<(), OutOfTurn> {
        // An answer of ours that has no PRACK yet.
        let is_exchanging = self
            .reliable_now()
            .is_some_and(|reliable| reliable.is_exchanging());
        if is_exchanging {
            return Err(OutOfTurn::Busy);
        }
        let Some(strand) = self.strand(fork) else {
            return Err(OutOfTurn::NoOfferHere);
        };
        // The PRACK has not been answered, or an INVITE without offer is under way.
        if strand.acknowledged.is_exchanging() || strand.turns.wants_offer(Way::Received) {
            return Err(OutOfTurn::Glare);
        }
        if strand.turns.wants_offer(Way::Sent) {
            return Err(OutOfTurn::Busy);
        }
        strand
            .turns
            .classify(way, Carrier::Update, true)
            .map(|_| ())
    }
}

/// How often an UPDATE is sent when each time 491 comes back.
const MAX_UPDATE_TRIES: u8 = 4;
