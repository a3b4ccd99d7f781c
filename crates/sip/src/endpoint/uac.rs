//! The user agent client: our INVITEs, their CANCEL and ACK, and BYE (RFC 3261 8.1, 9.1, 13.2,
//! 14.1, 15.1.1).

use super::compose::{CSeqValue, OwnVia, with_headers, with_sdp};
use super::session::{Cancel, ClientStage, ClientUsage, Phase, Reinvite, ServerStage, Session};
use super::table::{MAX_FORKS, Machine, TransactionId};
use super::{Endpoint, Event, OutgoingInvite, SessionId, WrongState};
use crate::dialog::Dialog;
use crate::{Builder, Message, Method, Name};
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_model::Time;

impl Endpoint {
    /// Sends an INVITE from the socket `local` to `destination` and starts a session with it.
    ///
    /// With more than [`EndpointConfig::max_sessions`](super::EndpointConfig::max_sessions)
    /// sessions nothing is sent and [`Event::Rejected`] with 503 follows; likewise with 400 if
    /// the parts make no valid message.
    pub fn invite(
        &mut self,
        now: Time,
        local: SocketAddr,
        destination: SocketAddr,
        invite: OutgoingInvite,
    ) -> SessionId {
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
        let branch = self.random.branch();
        let session = Session {
            dialog,
            local,
            peer: destination,
            phase: Phase::Early,
            client: None,
            server: None,
            hang_up: None,
            glare: None,
            armed: None,
        };
        if self.sessions.len() >= self.config.max_sessions {
            let id = self.insert_session(session);
            self.remove_session(now, id);
            self.emit(Event::Rejected {
                id,
                response: None,
                status: 503,
            });
            return id;
        }

        let dialog = &session.dialog;
        let builder = Builder::request(Method::Invite, &dialog.remote_target)
            .header(
                Name::Via,
                OwnVia {
                    local,
                    branch: &branch,
                },
            )
            .header(Name::MaxForwards, invite.max_forwards)
            .header(Name::From, &dialog.local)
            .header(Name::To, &dialog.remote)
            .header(Name::CallId, &dialog.call_id)
            .header(Name::CSeq, CSeqValue(1, "INVITE"));
        let builder = self.capabilities(builder, local, &invite.headers, Name::UserAgent);
        let builder = with_headers(builder, &invite.headers);
        let data = with_sdp(builder, invite.sdp.as_deref()).build();

        let id = self.insert_session(session);
        let Ok(request) = Message::parse(data) else {
            self.remove_session(now, id);
            self.emit(Event::Rejected {
                id,
                response: None,
                status: 400,
            });
            return id;
        };
        let transaction = self.start_invite(now, local, destination, &branch, request);
        self.own_invite_started(id, transaction, 1, None);
        id
    }

    /// Acknowledges the 2xx that [`Event::Answered`] reported; `sdp` is the answer if the 2xx had
    /// the offer (RFC 3261 13.2.2.4). The endpoint repeats the ACK when the 2xx is repeated.
    /// Nothing happens if no 2xx waits.
    pub fn ack(&mut self, now: Time, id: SessionId, sdp: Option<&[u8]>) {
        let _ = now;
        let branch = self.random.branch();
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let answered = |usage: &mut ClientUsage| matches!(usage.stage, ClientStage::Answered);
        let Some(usage) = session.client.take_if(answered) else {
            return;
        };
        let (local, peer) = (session.local, session.peer);
        let dialog = &session.dialog;
        let (data, destination) = Self::success_ack(dialog, local, peer, usage.cseq, &branch, sdp);
        let tag: Box<str> = dialog.remote_tag.as_str().into();
        self.transmit(local, destination, data.clone());
        if let Some(transaction) = self.table.get_mut(usage.transaction)
            && let Machine::ClientInvite(_, own) = &mut transaction.machine
        {
            own.success_acks.push((tag, destination, data));
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
        if let Some((_, _)) = session.glare.take() {
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
            let transaction = usage.transaction;
            self.send_cancel(now, transaction, headers);
        } else {
            *cancel = Cancel::Held(headers.to_vec());
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
        let reinvite = Reinvite {
            sdp,
            headers: headers.to_vec(),
            tries: 0,
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
        if session.client.is_some() || session.server.is_some() {
            // The peer's INVITE came first.
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
        let early = session.phase == Phase::Early;
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
        match core::mem::replace(cancel, Cancel::Sent) {
            Cancel::Held(headers) => self.send_cancel(now, id, &headers),
            Cancel::Sent => {}
            Cancel::No => {
                *cancel = Cancel::No;
                if early && response.status() != Some(100) {
                    self.emit(Event::Provisional {
                        id: session_id,
                        response,
                    });
                }
            }
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
        let mut sent = own.success_acks.iter();
        if let Some((_, destination, data)) = sent.find(|(sent, ..)| **sent == *tag) {
            let (local, destination, data) = (transaction.local, *destination, data.clone());
            self.transmit(local, destination, data);
            return;
        }
        let first = own.answered.is_none();
        let winner = own.answered.get_or_insert_with(|| tag.into());
        let won = **winner == *tag;
        if first {
            transaction.give_up = None;
            self.arm_transaction(id);
        }
        match self.session_of(id) {
            Some((session_id, session)) if won => {
                let waits = session.client.as_ref().is_some_and(|usage| {
                    usage.transaction == id && matches!(usage.stage, ClientStage::Answered)
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

    /// An INVITE of ours failed, by a 300-699, by silence or in the transport.
    pub(super) fn invite_failed(
        &mut self,
        now: Time,
        id: TransactionId,
        response: Option<Message>,
        status: u16,
    ) {
        let wait = match self.session_of(id) {
            Some((session_id, _)) if status == 491 => self.glare_wait(session_id),
            _ => Duration::ZERO,
        };
        let Some((session_id, session)) = self.session_of(id) else {
            return;
        };
        let Some(usage) = session.client.take_if(|usage| usage.transaction == id) else {
            return;
        };
        let cancelled = matches!(
            usage.stage,
            ClientStage::Pending {
                cancel: Cancel::Held(_) | Cancel::Sent,
                ..
            }
        );
        let id = session_id;
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
                _ => {
                    self.emit(Event::ReinviteRejected {
                        id,
                        response,
                        status,
                    });
                    if status == 408 || status == 481 {
                        self.refuse_pending(now, id, 487, &[]);
                        self.send_bye(now, id, &[]);
                    }
                }
            },
            Phase::Ending => {}
        }
    }

    /// A non-INVITE request of ours has its final answer, or will have none. For a BYE that is
    /// all the same (RFC 3261 15.1.1).
    pub(super) fn request_finished(&mut self, now: Time, session: Option<SessionId>) {
        if let Some(id) = session
            && self.session(id).is_some()
        {
            self.remove_session(now, id);
            self.emit(Event::Ended { id });
        }
    }

    /// Sends the BYE; the session ends with its transaction.
    pub(super) fn send_bye(&mut self, now: Time, id: SessionId, headers: &[(Name, String)]) {
        let branch = self.random.branch();
        let Some(session) = self.session_mut(id) else {
            return;
        };
        session.phase = Phase::Ending;
        session.server = None;
        session.glare = None;
        session.hang_up = None;
        let (local, peer) = (session.local, session.peer);
        let cseq = session.dialog.next_cseq();
        let (builder, destination) =
            Self::dialog_request(&session.dialog, local, peer, Method::Bye, cseq, &branch);
        let data = with_headers(builder, headers).build();
        self.arm_session(id);
        self.start_non_invite(
            now,
            local,
            destination,
            Some(id),
            &branch,
            &Method::Bye,
            data,
        );
    }

    /// Ends the session now; its BYE goes on alone.
    pub(super) fn send_last_bye(&mut self, now: Time, id: SessionId) {
        let branch = self.random.branch();
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let (local, peer) = (session.local, session.peer);
        let cseq = session.dialog.next_cseq();
        let (builder, destination) =
            Self::dialog_request(&session.dialog, local, peer, Method::Bye, cseq, &branch);
        let data = builder.build();
        self.remove_session(now, id);
        self.start_non_invite(now, local, destination, None, &branch, &Method::Bye, data);
    }

    /// The first 2xx of an INVITE of ours, for its session.
    fn answered(
        &mut self,
        now: Time,
        id: SessionId,
        transaction: TransactionId,
        response: Message,
    ) {
        let Some(session) = self.session_mut(id) else {
            return;
        };
        let Some(usage) = &mut session.client else {
            return;
        };
        if usage.transaction != transaction {
            return;
        }
        usage.stage = ClientStage::Answered;
        match session.phase {
            Phase::Early => {
                session.dialog.confirm(&response);
                session.phase = Phase::Confirmed;
            }
            Phase::Confirmed => session.dialog.refresh_target(&response),
            Phase::Ending => {
                self.ack(now, id, None);
                return;
            }
        }
        if let Some(headers) = session.hang_up.take() {
            self.ack(now, id, None);
            self.send_bye(now, id, &headers);
        } else {
            self.emit(Event::Answered { id, response });
        }
    }

    /// Acknowledges a 2xx that no session wants and, if it made a dialog, ends that.
    fn dismiss(&mut self, now: Time, id: TransactionId, response: &Message, bye: bool) {
        let (ack_branch, bye_branch) = (self.random.branch(), self.random.branch());
        let Some(transaction) = self.table.get_mut(id) else {
            return;
        };
        let Machine::ClientInvite(_, own) = &mut transaction.machine else {
            return;
        };
        if own.success_acks.len() >= MAX_FORKS {
            return;
        }
        let (local, peer) = (transaction.local, transaction.peer);
        let mut dialog = Dialog::from_response(&own.request, response);
        let (data, destination) =
            Self::success_ack(&dialog, local, peer, dialog.local_cseq, &ack_branch, None);
        let tag = dialog.remote_tag.as_str().into();
        own.success_acks.push((tag, destination, data.clone()));
        self.transmit(local, destination, data);
        if bye {
            let cseq = dialog.next_cseq();
            let (builder, destination) =
                Self::dialog_request(&dialog, local, peer, Method::Bye, cseq, &bye_branch);
            let data = builder.build();
            self.start_non_invite(
                now,
                local,
                destination,
                None,
                &bye_branch,
                &Method::Bye,
                data,
            );
        }
    }

    fn send_reinvite(&mut self, now: Time, id: SessionId, mut reinvite: Reinvite) {
        let branch = self.random.branch();
        let Some(session) = self.session_mut(id) else {
            return;
        };
        reinvite.tries += 1;
        let cseq = session.dialog.next_cseq();
        let Some(session) = self.session(id) else {
            return;
        };
        let (local, headers, sdp) = (session.local, &reinvite.headers, reinvite.sdp.as_deref());
        let (data, destination) = self.reinvite_request(session, cseq, &branch, headers, sdp);
        let Ok(request) = Message::parse(data) else {
            self.emit(Event::ReinviteRejected {
                id,
                response: None,
                status: 400,
            });
            return;
        };
        let transaction = self.start_invite(now, local, destination, &branch, request);
        self.own_invite_started(id, transaction, cseq, Some(reinvite));
    }

    fn own_invite_started(
        &mut self,
        id: SessionId,
        transaction: TransactionId,
        cseq: u32,
        reinvite: Option<Reinvite>,
    ) {
        if let Some(transaction) = self.table.get_mut(transaction) {
            transaction.session = Some(id);
        }
        if let Some(session) = self.session_mut(id) {
            session.client = Some(ClientUsage {
                transaction,
                cseq,
                stage: ClientStage::Pending {
                    provisional: false,
                    cancel: Cancel::No,
                },
                reinvite,
            });
        }
        self.arm_session(id);
    }

    /// Sends CANCEL and gives the INVITE 64*T1 to end (RFC 3261 9.1).
    fn send_cancel(&mut self, now: Time, id: TransactionId, headers: &[(Name, String)]) {
        let Some(transaction) = self.table.get(id) else {
            return;
        };
        let Machine::ClientInvite(_, own) = &transaction.machine else {
            return;
        };
        let (local, peer) = (transaction.local, transaction.peer);
        let data = Self::hop_request(&own.request, Method::Cancel, &own.request, headers);
        let via = own.request.via().ok();
        let branch = via.and_then(|via| via.branch()).unwrap_or_default();
        let branch = branch.to_owned();
        self.start_non_invite(now, local, peer, None, &branch, &Method::Cancel, data);
        self.give_up_later(now, id);
    }

    /// The session whose INVITE in progress a transaction is, or was.
    fn session_of(&mut self, id: TransactionId) -> Option<(SessionId, &mut Session)> {
        let session_id = self.table.get(id)?.session?;
        let session = self.sessions.get_mut(session_id.0)?;
        Some((session_id, session))
    }

    /// How long to wait before a re-INVITE is tried again, in units of 10 ms (RFC 3261 14.1).
    fn glare_wait(&mut self, id: SessionId) -> Duration {
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
