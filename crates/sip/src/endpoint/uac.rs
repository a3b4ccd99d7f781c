//! The user agent client: our INVITEs, their CANCEL and ACK, and BYE (RFC 3261 8.1, 9.1, 13.2,
//! 14.1, 15.1.1).

use super::compose::{Draft, credentials_of};
use super::event::{Body, NextHop};
use super::outgoing::{Purpose, RequestId, Route};
use super::reliable::Acknowledged;
use super::requests::split_routes;
use super::session::{Cancel, ClientStage, ClientUsage, Phase, Reinvite, ServerStage, Session};
use super::table::{MAX_FORKS, Machine, SuccessAck, Transaction, TransactionId};
use super::{Endpoint, Event, OutgoingInvite, SessionId, WrongState};
use crate::dialog::Dialog;
use crate::sdp::{Carrier, Kind, Way};
use crate::{Flow, Message, Method, Name};
use core::time::Duration;
use std::sync::Arc;
use trunkline_model::Time;

impl Endpoint {
    /// Sends an INVITE and starts a session with it.
    ///
    /// With more than [`EndpointConfig::max_sessions`](super::EndpointConfig::max_sessions)
    /// sessions nothing is sent and [`Event::Rejected`] with 503 follows; likewise with 400 if
    /// the parts make no valid message.
    pub fn invite(&mut self, now: Time, hop: NextHop, invite: OutgoingInvite) -> SessionId {
        let tag = self.random.token();
        let dialog = Dialog {
            call_id: self.random.token(),
            local: format!("{};tag={tag}", invite.from),
            local_tag: tag,
            remote: invite.to,
            remote_tag: String::new(),
            local_cseq: 1,
            remote_cseq: None,
            remote_target: invite.request_uri,
            route_set: Vec::new(),
            owns_call_id: true,
        };
        let (routes, headers) = split_routes(invite.headers);
        let draft = Draft {
            method: Method::Invite,
            request_uri: dialog.remote_target.clone(),
            routes,
            from: dialog.local.clone(),
            to: dialog.remote.clone(),
            call_id: dialog.call_id.clone(),
            cseq: 1,
            max_forwards: invite.max_forwards,
            headers,
            body: invite.sdp.map(Body::sdp),
        };
        let mut session = Session::new(dialog, self.flow_before_answer(&hop));
        session.credentials = invite.credentials;
        let no_room = self.sessions.len() >= self.config.max_sessions;
        let id = self.insert_session(session);
        if no_room {
            self.remove_session(now, id);
            self.emit(Event::Rejected {
                id,
                response: None,
                status: 503,
            });
            return id;
        }
        let route = self.route_to(hop, &draft);
        self.send_invite(now, id, draft, route, None);
        id
    }

    /// What stands for the flow of a session until its INVITE is answered.
    fn flow_before_answer(&self, hop: &NextHop) -> Flow {
        let to_target =
            |target: &crate::locate::Target| self.config.flow_to(target.transport, target.address);
        let nowhere = || {
            let address = std::net::SocketAddr::from(([0, 0, 0, 0], 0));
            Flow::udp(address, address)
        };
        match hop {
            NextHop::Flow(flow) => *flow,
            NextHop::Target(target) => to_target(target).unwrap_or_else(nowhere),
            NextHop::Uri => nowhere(),
        }
    }

    /// Acknowledges the 2xx that [`Event::Answered`] reported; `sdp` is the answer if the 2xx had
    /// the offer (RFC 3261 13.2.2.4). The endpoint repeats the ACK when the 2xx is repeated.
    /// Nothing happens if no 2xx waits.
    pub fn ack(&mut self, now: Time, id: SessionId, sdp: Option<&[u8]>) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let answered = |usage: &mut ClientUsage| matches!(usage.stage, ClientStage::Answered);
        let Some(usage) = session.client.take_if(answered) else {
            return;
        };
        let Some(transaction) = usage.transaction else {
            return;
        };
        // It must have the answer if the 2xx had the offer; then nothing is open any more.
        let kind = session
            .turns
            .classify(Way::Sent, Carrier::Ack, sdp.is_some());
        match kind {
            Ok(kind) => session.turns.step(Way::Sent, Carrier::Ack, kind),
            Err(_) => session.turns.refuse_invite(),
        }
        let dialog = session.dialog.clone();
        let flow = session.flow;
        self.said(id, sdp);
        let body = sdp.map(|sdp| Body::sdp(sdp.to_vec()));
        self.send_success_ack(now, transaction, &dialog, flow, usage.cseq, Some(id), body);
    }

    /// Sends the ACK for a 2xx (RFC 3261 13.2.2.4).
    #[allow(clippy::too_many_arguments, reason = "each is a part of the request")]
    fn send_success_ack(
        &mut self,
        now: Time,
        transaction: TransactionId,
        dialog: &Dialog,
        flow: Flow,
        cseq: u32,
        session: Option<SessionId>,
        body: Option<Body>,
    ) {
        let tag: Box<str> = dialog.remote_tag.as_str().into();
        let mut credentials = Vec::new();
        if let Some(Machine::ClientInvite(_, own)) = self
            .table
            .get_mut(transaction)
            .map(|found| &mut found.machine)
        {
            credentials = credentials_of(&own.request);
            own.success_acks.push(SuccessAck {
                tag: tag.clone(),
                sent: None,
            });
        }
        let draft = Draft::within(dialog, Method::Ack, cseq).with(&credentials, body);
        let route = self.route_within(dialog.routing().next_hop, flow, &draft);
        let purpose = Purpose::Ack(transaction, tag);
        self.send(now, draft, route, purpose, session, None);
    }

    /// The ACK for a 2xx went out.
    pub(super) fn acknowledged(
        &mut self,
        transaction: TransactionId,
        tag: Box<str>,
        flow: Flow,
        name: Option<Arc<str>>,
        data: Vec<u8>,
    ) {
        if let Some(transaction) = self.table.get_mut(transaction)
            && let Machine::ClientInvite(_, own) = &mut transaction.machine
            && let Some(ack) = own.success_acks.iter_mut().find(|ack| ack.tag == tag)
        {
            ack.sent = Some((flow, name, data));
        }
    }

    /// Gives up an INVITE that has no final answer (RFC 3261 9.1). The CANCEL, with `headers`
    /// such as Reason, is held until a 1xx came.
    ///
    /// [`Event::Ended`] follows, or [`Event::Answered`] if a 2xx won the race. A re-INVITE ends
    /// with [`Event::ReinviteRejected`]. Nothing happens if no INVITE of ours waits.
    pub fn cancel(&mut self, now: Time, id: SessionId, headers: &[(Name, String)]) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        if let Some((_, _)) = session.glare.take_if(|(_, it)| !it.is_refresh) {
            self.arm_session(id);
            self.emit(Event::ReinviteRejected {
                id,
                response: None,
                status: 491,
            });
            return;
        }
        let Some(usage) = &mut session.client else {
            return;
        };
        if usage.reinvite.as_ref().is_some_and(|it| it.is_refresh) {
            return;
        }
        let ClientStage::Pending {
            provisional,
            cancel,
        } = &mut usage.stage
        else {
            return;
        };
        if !matches!(cancel, Cancel::No) {
            return;
        }
        if *provisional {
            *cancel = Cancel::Sent;
            if let Some(transaction) = usage.transaction {
                self.send_cancel(now, transaction, headers);
            }
            return;
        }
        *cancel = Cancel::Held(headers.to_vec());
        if usage.transaction.is_none() {
            // It is not out yet: nobody need know of it.
            let request = usage.request;
            self.drop_request(request);
            self.invite_failed(now, id, request, None, 487);
        }
    }

    /// Ends the session, whatever its state; [`Event::Ended`] follows when that is done.
    ///
    /// - In a confirmed dialog a BYE with `headers` goes out (RFC 3261 15.1.1), after the ACK if
    ///   [`Endpoint::ack`] was not called yet, and after an unanswered INVITE of the peer was
    ///   answered 487.
    /// - Before the final answer to our INVITE it is a [`Endpoint::cancel`]; if a 2xx wins the
    ///   race, the endpoint acknowledges it and sends the BYE.
    /// - Before our answer to the peer's INVITE it is answered 480.
    /// - Before the ACK for our 2xx the BYE is held until the ACK or its timeout (RFC 3261 15).
    pub fn bye(&mut self, now: Time, id: SessionId, headers: &[(Name, String)]) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        match session.phase {
            Phase::Ending => {}
            Phase::Early if session.client.is_some() => {
                session.hang_up = Some(headers.to_vec());
                self.cancel(now, id, headers);
            }
            Phase::Early => {
                self.refuse_pending(now, id, 480, headers);
                self.remove_session(now, id);
                self.emit(Event::Ended { id });
            }
            Phase::Confirmed => {
                let unacknowledged = session.server.as_ref().is_some_and(|usage| {
                    usage.initial && matches!(usage.stage, ServerStage::Accepted { .. })
                });
                if unacknowledged {
                    session.hang_up.get_or_insert_with(|| headers.to_vec());
                } else {
                    self.ack(now, id, None);
                    self.refuse_pending(now, id, 487, &[]);
                    self.send_bye(now, id, headers);
                }
            }
        }
    }

    /// Sends an INVITE inside the dialog (RFC 3261 14.1). [`Event::Answered`] or
    /// [`Event::ReinviteRejected`] follows; after 491 it is sent again by itself.
    ///
    /// # Errors
    /// [`WrongState`] if the dialog is not confirmed or another INVITE is in progress.
    pub fn reinvite(
        &mut self,
        now: Time,
        id: SessionId,
        sdp: Option<Vec<u8>>,
        headers: &[(Name, String)],
    ) -> Result<(), WrongState> {
        let session = self.session(id).ok_or(WrongState::NoSession(id))?;
        if session.phase != Phase::Confirmed || session.hang_up.is_some() {
            return Err(WrongState::NotConfirmed(id));
        }
        if session.client.is_some() || session.server.is_some() || session.glare.is_some() {
            return Err(WrongState::InvitePending(id));
        }
        let turn = session
            .turns
            .classify(Way::Sent, Carrier::Invite, sdp.is_some());
        turn.map_err(|refusal| WrongState::OutOfTurn { id, refusal })?;
        let reinvite = Reinvite {
            sdp,
            headers: headers.to_vec(),
            tries: 0,
            is_refresh: false,
        };
        self.send_reinvite(now, id, reinvite);
        Ok(())
    }

    /// The time has come to try a re-INVITE again (RFC 3261 14.1).
    pub(super) fn retry_reinvite(&mut self, now: Time, id: SessionId) {
        let wait = self.glare_wait(id);
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let Some((_, reinvite)) = session.glare.take() else {
            return;
        };
        let is_there = reinvite.sdp.is_some();
        let turn = session.turns.classify(Way::Sent, Carrier::Invite, is_there);
        if session.client.is_some() || session.server.is_some() || turn.is_err() {
            // The peer's INVITE or UPDATE came first.
            session.glare = Some((now + wait, reinvite));
            self.arm_session(id);
        } else {
            self.send_reinvite(now, id, reinvite);
        }
    }

    /// A 1xx for an INVITE of ours.
    pub(super) fn invite_progresses(&mut self, now: Time, id: TransactionId, response: Message) {
        let Some((session_id, session)) = self.session_of(id) else {
            return;
        };
        let current = session.client.as_ref().and_then(|usage| usage.transaction);
        if current != Some(id) {
            return;
        }
        let Some(ClientUsage {
            stage:
                ClientStage::Pending {
                    provisional,
                    cancel,
                },
            ..
        }) = &mut session.client
        else {
            return;
        };
        *provisional = true;
        let is_cancelled = match core::mem::replace(cancel, Cancel::Sent) {
            Cancel::Held(headers) => {
                self.send_cancel(now, id, &headers);
                true
            }
            Cancel::Sent => true,
            Cancel::No => {
                *cancel = Cancel::No;
                false
            }
        };
        if response.status() != Some(100)
            && let Some(flow) = self.table.get(id).map(|transaction| transaction.flow)
        {
            self.progressed(now, session_id, flow, response, is_cancelled);
        }
    }

    /// A 2xx for an INVITE of ours: the first, a repeated one, or one of another branch
    /// (RFC 3261 13.2.2.4).
    pub(super) fn invite_succeeded(&mut self, now: Time, id: TransactionId, response: Message) {
        let tag = response.to().tag().unwrap_or_default();
        let Some(transaction) = self.table.get_mut(id) else {
            return;
        };
        let Machine::ClientInvite(_, own) = &mut transaction.machine else {
            return;
        };
        let mut acks = own.success_acks.iter();
        if let Some(ack) = acks.find(|ack| *ack.tag == *tag) {
            if let Some((flow, name, data)) = ack.sent.clone() {
                self.transmit(flow, name, data);
            }
            return;
        }
        let first = own.answered.is_none();
        let winner = own.answered.get_or_insert_with(|| tag.into());
        let won = **winner == *tag;
        if first {
            transaction.give_up = None;
            if let Some(request) = transaction.request.take() {
                self.let_through(request, &response);
                self.drop_request(request);
            }
            self.arm_transaction(id);
        }
        match self.session_of(id) {
            Some((session_id, session)) if won => {
                let waits = session.client.as_ref().is_some_and(|usage| {
                    usage.transaction == Some(id) && matches!(usage.stage, ClientStage::Answered)
                });
                // A repeated 2xx that the application has not acknowledged yet changes nothing.
                if !waits {
                    self.answered(now, session_id, id, response);
                }
            }
            // A re-INVITE whose dialog is over: the 2xx wants its ACK all the same.
            None if won => self.dismiss(now, id, &response, false),
            // Another branch answered too.
            _ => self.dismiss(now, id, &response, true),
        }
    }

    /// An INVITE of ours failed for good, by a 300-699, by silence or in the transport.
    pub(super) fn invite_failed(
        &mut self,
        now: Time,
        id: SessionId,
        request: RequestId,
        response: Option<Message>,
        status: u16,
    ) {
        let wait = if status == 491 {
            self.glare_wait(id)
        } else {
            Duration::ZERO
        };
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let Some(usage) = session.client.take_if(|usage| usage.request == request) else {
            return;
        };
        let cancelled = usage.is_cancelled();
        session.turns.refuse_invite();
        match session.phase {
            Phase::Early => {
                self.remove_session(now, id);
                self.emit(if cancelled {
                    Event::Ended { id }
                } else {
                    Event::Rejected {
                        id,
                        response,
                        status,
                    }
                });
            }
            Phase::Confirmed => match usage.reinvite {
                Some(reinvite)
                    if status == 491 && !cancelled && reinvite.tries < MAX_REINVITE_TRIES =>
                {
                    session.glare = Some((now + wait, reinvite));
                    self.arm_session(id);
                }
                reinvite => {
                    if reinvite.is_some_and(|reinvite| reinvite.is_refresh) {
                        self.refresh_failed(now, id, status);
                    } else {
                        self.emit(Event::ReinviteRejected {
                            id,
                            response,
                            status,
                        });
                    }
                    if status == 408 || status == 481 {
                        self.refuse_pending(now, id, 487, &[]);
                        self.send_bye(now, id, &[]);
                    }
                }
            },
            Phase::Ending => {}
        }
    }

    /// Our BYE has its final answer, or will have none: all the same (RFC 3261 15.1.1).
    pub(super) fn bye_finished(&mut self, now: Time, id: SessionId) {
        if self.session(id).is_some() {
            self.remove_session(now, id);
            self.emit(Event::Ended { id });
        }
    }

    /// Sends the BYE; the session ends with its transaction.
    pub(super) fn send_bye(&mut self, now: Time, id: SessionId, headers: &[(Name, String)]) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        session.phase = Phase::Ending;
        self.leave_unanswered(now, id);
        let Some(session) = self.session_mut(id) else {
            return;
        };
        session.server = None;
        session.glare = None;
        session.hang_up = None;
        let (flow, credentials) = (session.flow, session.credentials.clone());
        let cseq = session.dialog.next_cseq();
        let draft = Draft::within(&session.dialog, Method::Bye, cseq).with(headers, None);
        let hop = session.dialog.routing().next_hop.to_owned();
        self.arm_session(id);
        let route = self.route_within(&hop, flow, &draft);
        self.send(now, draft, route, Purpose::Bye, Some(id), credentials);
    }

    /// Ends the session now; its BYE goes on alone.
    pub(super) fn send_last_bye(&mut self, now: Time, id: SessionId) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let (flow, credentials) = (session.flow, session.credentials.clone());
        let cseq = session.dialog.next_cseq();
        let draft = Draft::within(&session.dialog, Method::Bye, cseq);
        let hop = session.dialog.routing().next_hop.to_owned();
        self.remove_session(now, id);
        let route = self.route_within(&hop, flow, &draft);
        self.send(now, draft, route, Purpose::Alone, None, credentials);
    }

    /// The first 2xx of an INVITE of ours, for its session.
    fn answered(
        &mut self,
        now: Time,
        id: SessionId,
        transaction: TransactionId,
        response: Message,
    ) {
        let flow = self
            .table
            .get(transaction)
            .map(|transaction| transaction.flow);
        let Some(session) = self.session_mut(id) else {
            return;
        };
        session.flow = flow.unwrap_or(session.flow);
        let Some(usage) = &mut session.client else {
            return;
        };
        if usage.transaction != Some(transaction) {
            return;
        }
        usage.stage = ClientStage::Answered;
        let is_refresh = usage.reinvite.as_ref().is_some_and(|it| it.is_refresh);
        match session.phase {
            Phase::Early => {
                session.confirm(&response);
                session.phase = Phase::Confirmed;
                self.other_forks_are_over(now, id);
            }
            Phase::Confirmed => session.dialog.refresh_target(&response),
            Phase::Ending => {
                self.ack(now, id, None);
                return;
            }
        }
        let description = self.describe_success(id, &response);
        let last = self.last_of_peer(id);
        let offer = self.table.get(transaction).and_then(Transaction::offer);
        self.said(id, offer.as_deref());
        self.timer_granted(now, id, &response);
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let fork = session.winner();
        if let Some(headers) = session.hang_up.take() {
            self.ack(now, id, None);
            self.send_bye(now, id, &headers);
        } else if is_refresh {
            self.refreshed(now, id, last.as_deref(), response);
        } else {
            self.emit(Event::Answered {
                id,
                fork,
                response,
                description,
            });
        }
    }

    /// Acknowledges a 2xx that no session wants and, if it made a dialog, ends that.
    fn dismiss(&mut self, now: Time, id: TransactionId, response: &Message, bye: bool) {
        let Some(transaction) = self.table.get_mut(id) else {
            return;
        };
        let Machine::ClientInvite(_, own) = &mut transaction.machine else {
            return;
        };
        if own.success_acks.len() >= MAX_FORKS {
            return;
        }
        let flow = transaction.flow;
        let mut dialog = Dialog::from_response(&own.request, response);
        self.send_success_ack(now, id, &dialog, flow, dialog.local_cseq, None, None);
        if bye {
            let cseq = dialog.next_cseq();
            let draft = Draft::within(&dialog, Method::Bye, cseq);
            let route = self.route_within(dialog.routing().next_hop, flow, &draft);
            self.send(now, draft, route, Purpose::Alone, None, None);
        }
    }

    pub(super) fn send_reinvite(&mut self, now: Time, id: SessionId, mut reinvite: Reinvite) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        reinvite.tries += 1;
        let flow = session.flow;
        let cseq = session.dialog.next_cseq();
        let body = reinvite.sdp.clone().map(Body::sdp);
        let draft = Draft::within(&session.dialog, Method::Invite, cseq);
        let draft = draft.with(&reinvite.headers, body);
        let hop = session.dialog.routing().next_hop.to_owned();
        let route = self.route_within(&hop, flow, &draft);
        self.send_invite(now, id, draft, route, Some(reinvite));
    }

    fn send_invite(
        &mut self,
        now: Time,
        id: SessionId,
        mut draft: Draft,
        route: Route,
        reinvite: Option<Reinvite>,
    ) {
        draft.headers.extend(self.timer_wish(id));
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let is_there = draft.body.is_some();
        // Whether it may go was asked before.
        let kind = session.turns.classify(Way::Sent, Carrier::Invite, is_there);
        let kind = kind.unwrap_or(Kind::Absent);
        session.turns.step(Way::Sent, Carrier::Invite, kind);
        session.acknowledged = Acknowledged::default();
        session.client = Some(ClientUsage {
            request: RequestId::NONE,
            transaction: None,
            cseq: draft.cseq,
            stage: ClientStage::Pending {
                provisional: false,
                cancel: Cancel::No,
            },
            reinvite,
        });
        let credentials = session.credentials.clone();
        self.arm_session(id);
        self.send(now, draft, route, Purpose::Invite, Some(id), credentials);
    }

    /// Sends CANCEL and gives the INVITE 64*T1 to end (RFC 3261 9.1).
    fn send_cancel(&mut self, now: Time, id: TransactionId, headers: &[(Name, String)]) {
        let Some(transaction) = self.table.get(id) else {
            return;
        };
        let Machine::ClientInvite(_, own) = &transaction.machine else {
            return;
        };
        let (flow, name) = (transaction.flow, transaction.name.clone());
        let data = Self::hop_request(&own.request, Method::Cancel, &own.request, headers);
        let via = own.request.via().ok();
        let branch = via.and_then(|via| via.branch()).unwrap_or_default();
        let branch = branch.to_owned();
        self.start_non_invite(now, flow, name, &branch, &Method::Cancel, data);
        self.give_up_later(now, id);
    }

    /// The session whose INVITE in progress a transaction is, or was.
    fn session_of(&mut self, id: TransactionId) -> Option<(SessionId, &mut Session)> {
        let session_id = self.table.get(id)?.session?;
        let session = self.sessions.get_mut(session_id.0)?;
        Some((session_id, session))
    }

    /// How long to wait before a re-INVITE is tried again, in units of 10 ms (RFC 3261 14.1).
    pub(super) fn glare_wait(&mut self, id: SessionId) -> Duration {
        let owner = self
            .session(id)
            .is_some_and(|session| session.dialog.owns_call_id);
        let units = if owner {
            210 + self.random.below(191)
        } else {
            self.random.below(201)
        };
        Duration::from_millis(units * 10)
    }
}

/// How often a re-INVITE is sent when each time 491 comes back.
const MAX_REINVITE_TRIES: u8 = 4;
