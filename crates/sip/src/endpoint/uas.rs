//! The user agent server: the peer's INVITEs, their CANCEL and ACK, and BYE (RFC 3261 8.2, 9.2,
//! 12.2.2, 13.3, 14.2, 15.1.2).

use super::compose::{with_body, with_headers};
use super::event::Body;
use super::refusal::Refusal;
use super::session::{Phase, ServerStage, ServerUsage, Session};
use super::table::top_via;
use super::{Endpoint, Event, SessionId, WrongState};
use crate::dialog::Dialog;
use crate::sdp::{Carrier, Kind, Way};
use crate::transaction::{Timer, server_invite};
use crate::{Flow, Message, Method, Name};
use core::time::Duration;
use trunkline_model::Time;

impl Endpoint {
    /// Answers the INVITE, or the re-INVITE, with a provisional response. It is repeated every
    /// minute (RFC 3261 13.3.1.1). `reason` may be empty for the usual one.
    ///
    /// It is reliable if the peer supports that and
    /// [`EndpointConfig::reliable_provisionals`](super::EndpointConfig::reliable_provisionals)
    /// allows it: then it goes when the one before has its PRACK, is repeated until its own comes,
    /// and [`Event::Pracked`] or [`Event::PrackTimeout`] follows.
    ///
    /// # Errors
    /// [`WrongState`] if no INVITE waits, `status` is not 101 to 199, or the session description
    /// may not be there, or must be: a peer that requires reliable ones and sent no offer must get
    /// one in the first.
    pub fn provisional(
        &mut self,
        now: Time,
        id: SessionId,
        status: u16,
        reason: &str,
        headers: &[(Name, String)],
        sdp: Option<&[u8]>,
    ) -> Result<(), WrongState> {
        let status = status_between(id, status, 101, 199)?;
        self.not_accepted(id)?;
        self.said(id, sdp);
        if self.goes_reliably(id, sdp) {
            return self.provisional_reliably(now, id, status, reason, headers, sdp);
        }
        let kind = self.our_turn(id, Carrier::Provisional, sdp)?;
        let data = self.answer(id, status, reason, headers, sdp)?;
        if let Some(session) = self.session_mut(id)
            && let Some(usage) = &mut session.server
            && let ServerStage::Proceeding { progress, .. } = &mut usage.stage
        {
            session.turns.step(Way::Sent, Carrier::Provisional, kind);
            *progress = Some(now + PROGRESS_INTERVAL);
            let transaction = usage.transaction;
            self.answer_invite(now, transaction, server_invite::Event::Provisional, data);
        }
        self.arm_session(id);
        Ok(())
    }

    /// Answers the INVITE, or the re-INVITE, with 200, which is repeated until its ACK comes:
    /// [`Event::Acked`] or [`Event::AckTimeout`] (RFC 3261 13.3.1.4). While a reliable provisional
    /// response with a session description has no PRACK, it waits; a description that was given
    /// there is left out (RFC 3262 5, RFC 6337 3.1.1).
    ///
    /// # Errors
    /// [`WrongState`] if no INVITE waits.
    pub fn accept(
        &mut self,
        now: Time,
        id: SessionId,
        headers: &[(Name, String)],
        sdp: Option<&[u8]>,
    ) -> Result<(), WrongState> {
        self.not_accepted(id)?;
        let (given, mut sdp) = (sdp, sdp);
        if self.success_waits(id, headers, &mut sdp)? {
            return Ok(());
        }
        let kind = self.our_turn(id, Carrier::Success, sdp)?;
        let invite = self.waiting_invite(id).cloned();
        let data = self.answer(id, 200, "", headers, sdp)?;
        let timers = self.config.timers;
        let session = self.session_mut(id).ok_or(WrongState::NoSession(id))?;
        let usage = session.server.as_mut();
        let usage = usage.ok_or(WrongState::NothingToAnswer(id))?;
        let transaction = usage.transaction;
        if let ServerStage::Proceeding { request, .. } = &usage.stage
            && !usage.initial
        {
            session.dialog.refresh_target(request);
        }
        usage.stage = ServerStage::Accepted {
            response: data.clone(),
            resend: now + timers.t1,
            interval: timers.t1,
            deadline: now + timers.sixty_four_t1(),
        };
        session.turns.step(Way::Sent, Carrier::Success, kind);
        session.phase = Phase::Confirmed;
        self.answer_invite(now, transaction, server_invite::Event::Success, data);
        self.said(id, given);
        if let Some(invite) = invite {
            self.timer_starts(now, id, &invite);
        }
        self.arm_session(id);
        Ok(())
    }

    /// Refuses the INVITE, which ends the session without an event, or the re-INVITE, which does
    /// not. `reason` may be empty for the usual one.
    ///
    /// # Errors
    /// [`WrongState`] if no INVITE waits or `status` is not 300 to 699.
    pub fn reject(
        &mut self,
        now: Time,
        id: SessionId,
        status: u16,
        reason: &str,
        headers: &[(Name, String)],
    ) -> Result<(), WrongState> {
        let status = status_between(id, status, 300, 699)?;
        self.not_accepted(id)?;
        let data = self.answer(id, status, reason, headers, None)?;
        let session = self.session_mut(id).ok_or(WrongState::NoSession(id))?;
        let usage = session.server.take();
        let usage = usage.ok_or(WrongState::NothingToAnswer(id))?;
        session.turns.refuse_invite();
        let transaction = usage.transaction;
        self.answer_invite(now, transaction, server_invite::Event::Failure, data);
        if usage.initial {
            self.remove_session(now, id);
        } else {
            self.arm_session(id);
        }
        Ok(())
    }

    /// A request came.
    pub(super) fn request_came(&mut self, now: Time, flow: Flow, request: Message) {
        self.dead.revive((flow.transport, flow.remote));
        let (Some(via), Some(method)) = (top_via(&request), request.method()) else {
            return;
        };
        if method == Method::Ack {
            let matched = self.table.server(&request, &via, &Method::Invite);
            let for_core = matched.is_none_or(|id| self.ack_matched(now, id));
            if for_core {
                self.ack_came(now, request);
            }
            return;
        }
        if let Some(id) = self.table.server(&request, &via, &method) {
            self.request_again(now, id);
            return;
        }
        if method == Method::Cancel {
            self.cancel_came(now, flow, request);
            return;
        }
        if !self.let_in(now, flow, &request) {
            return;
        }
        if let Err(refusal) = self.inspect(&request) {
            self.refuse(now, flow, &request, refusal);
            return;
        }
        let session = match request.to().tag() {
            None => None,
            Some(tag) => match self.find_dialog(&request, tag) {
                Some(id) => Some(id),
                None if method == Method::Prack && self.late_prack_came(now, flow, &request) => {
                    return;
                }
                None => {
                    self.refuse(now, flow, &request, Refusal::new(481));
                    return;
                }
            },
        };
        match (method, session) {
            (Method::Invite, None) => self.invite_came(now, flow, request),
            (Method::Invite, Some(id)) => self.reinvite_came(now, flow, id, request),
            (Method::Bye, Some(id)) => self.bye_came(now, flow, id, request),
            (Method::Prack, session) => self.prack_came(now, flow, session, request),
            (Method::Update, Some(id)) => self.update_came(now, flow, id, request),
            (Method::Bye | Method::Update, None) => {
                self.refuse(now, flow, &request, Refusal::new(481));
            }
            // OPTIONS, which changes nothing inside a dialog either (RFC 3261 12.2.2).
            (Method::Options, _) => self.options(flow, &request),
            (_, session) => self.hand_on(now, flow, session, request),
        }
    }

    /// A timer of the core fired.
    pub(super) fn session_timer(&mut self, now: Time, id: SessionId, timer: Timer) {
        match timer {
            Timer::Success => self.repeat_success(now, id),
            Timer::Ack => self.ack_missed(now, id),
            Timer::Progress => self.repeat_progress(now, id),
            Timer::Glare => self.retry_reinvite(now, id),
            Timer::Refresh => self.refresh_session(now, id),
            Timer::Expiry => self.session_expired(now, id),
            Timer::UpdateGlare => self.retry_update(now, id),
            Timer::Reliable => self.repeat_reliable(now, id),
            Timer::Prack => self.prack_missed(now, id),
            Timer::Referral => self.referral_expired(now, id),
            _ => {}
        }
        self.arm_session(id);
    }

    /// Answers an INVITE of the peer that the session leaves unanswered.
    pub(super) fn refuse_pending(
        &mut self,
        now: Time,
        id: SessionId,
        status: u16,
        headers: &[(Name, String)],
    ) {
        let Ok(data) = self.answer(id, status, "", headers, None) else {
            return;
        };
        if let Some(session) = self.session_mut(id)
            && let Some(usage) = session.server.take()
        {
            session.turns.refuse_invite();
            self.answer_invite(now, usage.transaction, server_invite::Event::Failure, data);
        }
        self.arm_session(id);
    }

    /// What the session description in a response of ours to the INVITE that waits is.
    fn our_turn(
        &self,
        id: SessionId,
        carrier: Carrier,
        sdp: Option<&[u8]>,
    ) -> Result<Kind, WrongState> {
        let session = self.session(id).ok_or(WrongState::NoSession(id))?;
        let stage = session.server.as_ref().map(|usage| &usage.stage);
        if !matches!(stage, Some(ServerStage::Proceeding { .. })) {
            return Err(WrongState::NothingToAnswer(id));
        }
        let kind = session.turns.classify(Way::Sent, carrier, sdp.is_some());
        kind.map_err(|refusal| WrongState::OutOfTurn { id, refusal })
    }

    /// A response to the INVITE that waits.
    pub(super) fn answer(
        &self,
        id: SessionId,
        status: u16,
        reason: &str,
        headers: &[(Name, String)],
        sdp: Option<&[u8]>,
    ) -> Result<Vec<u8>, WrongState> {
        let session = self.session(id).ok_or(WrongState::NoSession(id))?;
        let Some(ServerUsage {
            stage: ServerStage::Proceeding { request, flow, .. },
            ..
        }) = &session.server
        else {
            return Err(WrongState::NothingToAnswer(id));
        };
        let tag = &session.dialog.local_tag;
        let (mut builder, _) = self
            .response(request, *flow, status, reason, Some(tag))
            .ok_or(WrongState::NothingToAnswer(id))?;
        if status < 300 {
            // What makes a dialog has the route and the Contact (RFC 3261 12.1.1).
            builder = builder.copy(request, Name::RecordRoute);
            let secure = request.request_uri().unwrap_or_default();
            let secure = secure.starts_with("sips:");
            builder = self.capabilities(builder, *flow, secure, headers, Name::Server);
            if status >= 200 {
                builder = with_headers(builder, &self.timer_grant(id, request));
            }
        } else {
            builder = self.product(builder, headers, Name::Server);
        }
        let body = sdp.map(|sdp| Body::sdp(sdp.to_vec()));
        Ok(with_body(with_headers(builder, headers), body.as_ref()).build())
    }

    /// An INVITE outside a dialog (RFC 3261 13.3.1).
    fn invite_came(&mut self, now: Time, flow: Flow, request: Message) {
        let no_room = self.sessions.len() >= self.config.max_sessions
            || self.table.len() >= self.config.max_transactions;
        if no_room {
            self.refuse(now, flow, &request, Refusal::overload());
            return;
        }
        let Some(Ok(contact)) = request.contact() else {
            let refusal = Refusal::new(400).because("Bad Request (Contact is missing)");
            self.refuse(now, flow, &request, refusal);
            return;
        };
        let tag = self.random.token();
        let dialog = Dialog::from_request(&request, tag, contact.uri);
        let Some((transaction, back)) = self.trying(now, flow, &request) else {
            return;
        };
        let mut session = Session::new(dialog, back);
        session.take_invite(&request);
        session.server = Some(ServerUsage {
            transaction,
            cseq: request.cseq().number,
            initial: true,
            stage: ServerStage::Proceeding {
                request: Box::new(request.clone()),
                flow,
                progress: None,
            },
        });
        let id = self.insert_session(session);
        if let Some(transaction) = self.table.get_mut(transaction) {
            transaction.session = Some(id);
        }
        self.emit(Event::Invite { id, request, flow });
    }

    /// An INVITE inside a dialog (RFC 3261 14.2).
    fn reinvite_came(&mut self, now: Time, flow: Flow, id: SessionId, request: Message) {
        if let Err(refusal) = self.inspect_reinvite(id, &request) {
            self.refuse(now, flow, &request, refusal);
            return;
        }
        let Some((transaction, _)) = self.trying(now, flow, &request) else {
            return;
        };
        if let Some(transaction) = self.table.get_mut(transaction) {
            transaction.session = Some(id);
        }
        if let Some(session) = self.session_mut(id) {
            session.dialog.remote_cseq = Some(request.cseq().number);
            session.take_invite(&request);
            session.server = Some(ServerUsage {
                transaction,
                cseq: request.cseq().number,
                initial: false,
                stage: ServerStage::Proceeding {
                    request: Box::new(request.clone()),
                    flow,
                    progress: None,
                },
            });
        }
        self.arm_session(id);
        if !self.answers_refresh(now, id, &request) {
            self.emit(Event::Reinvite { id, request });
        }
    }

    /// Whether an INVITE inside a dialog comes at a wrong time.
    fn inspect_reinvite(&mut self, id: SessionId, request: &Message) -> Result<(), Refusal> {
        let retry_after = self.random.below(11);
        let no_room = self.table.len() >= self.config.max_transactions;
        let Some(session) = self.session(id) else {
            return Err(Refusal::new(481));
        };
        if session.phase == Phase::Ending {
            return Err(Refusal::new(481));
        }
        in_order(&session.dialog, request)?;
        if session.client.is_some() {
            return Err(Refusal::new(491));
        }
        match session.server.as_ref().map(|usage| &usage.stage) {
            Some(ServerStage::Proceeding { .. }) => {
                Err(Refusal::new(500).header(Name::RetryAfter, retry_after))
            }
            // The first exchange is not over until its ACK; the offer may still be open.
            Some(ServerStage::Accepted { .. }) => Err(Refusal::new(491)),
            None if no_room => Err(Refusal::overload()),
            None => {
                let is_there = request.sdp().is_some();
                let turn = session
                    .turns
                    .classify(Way::Received, Carrier::Invite, is_there);
                turn.map(|_| ()).map_err(|refusal| match refusal.status() {
                    500 => Refusal::new(500).header(Name::RetryAfter, retry_after),
                    status => Refusal::new(status),
                })
            }
        }
    }

    /// Makes the server transaction of an INVITE and sends 100 (RFC 3261 17.2.1). Also says where
    /// its responses go.
    fn trying(
        &mut self,
        now: Time,
        flow: Flow,
        request: &Message,
    ) -> Option<(super::TransactionId, Flow)> {
        let (builder, back) = self.response(request, flow, 100, "", None)?;
        let data = builder.copy(request, Name::Timestamp).build();
        let id = self.start_server_invite(back, request)?;
        self.answer_invite(now, id, server_invite::Event::Provisional, data);
        Some((id, back))
    }

    /// An ACK that belongs to no 300-699 (RFC 3261 13.3.1.4).
    fn ack_came(&mut self, now: Time, request: Message) {
        let id = match request.to().tag() {
            Some(tag) => self.find_dialog(&request, tag),
            None => None,
        };
        let number = request.cseq().number;
        let awaited = |usage: &mut ServerUsage| {
            usage.cseq == number && matches!(usage.stage, ServerStage::Accepted { .. })
        };
        let session = id.and_then(|id| self.sessions.get_mut(id.0).map(|session| (id, session)));
        let Some((id, session)) = session else {
            self.counters.stray_acks += 1;
            return;
        };
        if session.server.take_if(awaited).is_none() {
            self.counters.stray_acks += 1;
            return;
        }
        let is_there = request.sdp().is_some();
        match session
            .turns
            .classify(Way::Received, Carrier::Ack, is_there)
        {
            Ok(kind) => session.turns.step(Way::Received, Carrier::Ack, kind),
            // The answer is missing; the application sees it.
            Err(_) => session.turns.refuse_invite(),
        }
        let is_quiet = session.clock.is_quiet(number);
        if let Some(headers) = session.hang_up.take() {
            self.send_bye(now, id, &headers);
        } else {
            self.arm_session(id);
            if !is_quiet {
                self.peer_said(id, &request);
                self.emit(Event::Acked { id, request });
            }
        }
    }

    /// A CANCEL (RFC 3261 9.2).
    fn cancel_came(&mut self, now: Time, flow: Flow, request: Message) {
        let invite =
            top_via(&request).and_then(|via| self.table.server(&request, &via, &Method::Invite));
        let Some(transaction) = invite else {
            self.refuse(now, flow, &request, Refusal::new(481));
            return;
        };
        let session = self
            .table
            .get(transaction)
            .and_then(|transaction| transaction.session)
            .and_then(|id| Some((id, self.session(id)?)));
        let tag = match session {
            Some((_, session)) => session.dialog.local_tag.clone(),
            None => self.tag_for(&request),
        };
        let pending = session.and_then(|(id, session)| {
            let usage = session.server.as_ref()?;
            let pending = usage.transaction == transaction
                && matches!(usage.stage, ServerStage::Proceeding { .. });
            pending.then_some((id, usage.initial))
        });
        if let Some((builder, back)) = self.response(&request, flow, 200, "", Some(&tag)) {
            let data = self.product(builder, &[], Name::Server).build();
            self.answer_non_invite(now, back, &request, data);
        }
        // After a final response CANCEL has no effect.
        let Some((id, initial)) = pending else {
            return;
        };
        self.refuse_pending(now, id, 487, &[]);
        if initial {
            self.remove_session(now, id);
            self.emit(Event::Cancelled { id, request });
        } else {
            self.emit(Event::ReinviteCancelled { id });
        }
    }

    /// A BYE for a session (RFC 3261 15.1.2).
    fn bye_came(&mut self, now: Time, flow: Flow, id: SessionId, request: Message) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        // The callee may not end an early dialog with BYE (RFC 3261 15).
        if session.phase == Phase::Early && session.client.is_some() {
            self.refuse(now, flow, &request, Refusal::new(481));
            return;
        }
        if let Err(refusal) = in_order(&session.dialog, &request) {
            self.refuse(now, flow, &request, refusal);
            return;
        }
        session.dialog.remote_cseq = Some(request.cseq().number);
        let ending = session.phase == Phase::Ending;
        if let Some((builder, back)) = self.response(&request, flow, 200, "", None) {
            let data = self.product(builder, &[], Name::Server).build();
            self.answer_non_invite(now, back, &request, data);
        }
        // When both sides hang up at once, ours ends with the answer to our BYE.
        if !ending {
            self.refuse_pending(now, id, 487, &[]);
            self.remove_session(now, id);
            self.emit(Event::Bye { id, request });
        }
    }

    fn repeat_success(&mut self, now: Time, id: SessionId) {
        let timers = self.config.timers;
        let Some(session) = self.session_mut(id) else {
            return;
        };
        if let Some(ServerUsage {
            transaction,
            stage:
                ServerStage::Accepted {
                    response,
                    resend,
                    interval,
                    ..
                },
            ..
        }) = &mut session.server
        {
            *interval = timers.backed_off(*interval);
            *resend = now + *interval;
            let (transaction, data) = (*transaction, response.clone());
            self.answer_invite(now, transaction, server_invite::Event::Success, data);
        }
    }

    fn ack_missed(&mut self, now: Time, id: SessionId) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        session.server = None;
        match session.hang_up.take() {
            Some(headers) => self.send_bye(now, id, &headers),
            None => {
                self.send_last_bye(now, id);
                self.emit(Event::AckTimeout { id });
            }
        }
    }

    fn repeat_progress(&mut self, now: Time, id: SessionId) {
        if self.progress_reliably(now, id) {
            return;
        }
        if let Some(session) = self.session_mut(id)
            && let Some(usage) = &mut session.server
            && let ServerStage::Proceeding { progress, .. } = &mut usage.stage
        {
            *progress = Some(now + PROGRESS_INTERVAL);
            let transaction = usage.transaction;
            if let Some(data) = self.table.get(transaction).map(|last| last.message.clone()) {
                self.answer_invite(now, transaction, server_invite::Event::Provisional, data);
            }
        }
    }

    /// The session of a request inside a dialog. A dialog that our INVITE may still make has no
    /// tag of the peer yet.
    fn find_dialog(&self, request: &Message, local_tag: &str) -> Option<SessionId> {
        let id = *self.by_tag.get(local_tag)?;
        let session = self.session(id)?;
        let from_tag = request.from().tag().unwrap_or_default();
        let unborn = session.phase == Phase::Early && session.client.is_some();
        let found = if unborn {
            session.dialog.call_id == request.call_id()
        } else {
            session.dialog.matches(request.call_id(), from_tag)
        };
        found.then_some(id)
    }
}

/// The numbers of requests inside a dialog rise (RFC 3261 12.2.2).
pub(super) fn in_order(dialog: &Dialog, request: &Message) -> Result<(), Refusal> {
    match dialog.remote_cseq {
        Some(last) if request.cseq().number <= last => Err(Refusal::new(500)),
        _ => Ok(()),
    }
}

fn status_between(id: SessionId, status: u16, low: u16, high: u16) -> Result<u16, WrongState> {
    if (low..=high).contains(&status) {
        Ok(status)
    } else {
        Err(WrongState::Status {
            id,
            status,
            low,
            high,
        })
    }
}

/// How often a provisional response is repeated (RFC 3261 13.3.1.1).
const PROGRESS_INTERVAL: Duration = Duration::from_secs(60);
