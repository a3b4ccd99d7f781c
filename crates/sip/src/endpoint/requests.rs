//! Requests that are no INVITE: ours, and the peer's that the application answers.

use super::compose::{Draft, with_body, with_headers};
use super::event::{Body, NextHop, OutgoingRequest};
use super::outgoing::{Purpose, RequestId};
use super::refusal::Refusal;
use super::session::Phase;
use super::table::{Machine, Transaction, TransactionId, top_via};
use super::uas::in_order;
use super::{Endpoint, Event, SessionId, WrongState};
use crate::transaction::{ServerNonInvite, server_non_invite};
use crate::{Flow, Message, Method, Name};
use trunkline_model::Time;

impl Endpoint {
    /// Sends a request outside a dialog. [`Event::Response`] follows.
    pub fn request(&mut self, now: Time, hop: NextHop, request: OutgoingRequest) -> RequestId {
        let tag = self.random.token();
        let (call_id, cseq) = match request.sequence {
            Some((call_id, cseq)) => (call_id, cseq),
            None => (self.random.token(), 1),
        };
        let (routes, headers) = split_routes(request.headers);
        let draft = Draft {
            method: request.method,
            request_uri: request.request_uri,
            routes,
            from: format!("{};tag={tag}", request.from),
            to: request.to,
            call_id,
            cseq,
            max_forwards: request.max_forwards,
            headers,
            body: request.body,
        };
        let route = self.route_to(hop, &draft);
        self.send(
            now,
            draft,
            route,
            Purpose::Request,
            None,
            request.credentials,
        )
    }

    /// Sends a request inside a dialog. [`Event::Response`] follows. Where it says that the peer
    /// does not know a confirmed dialog any more, or is out of reach, the endpoint has sent BYE
    /// and [`Event::Ended`] follows (RFC 3261 12.2.1.2, RFC 5057 5.1); requests about subscriptions
    /// concern those alone.
    ///
    /// # Errors
    /// [`WrongState`] if the session is over, being ended, or the peer's tag is not known yet.
    pub fn request_within(
        &mut self,
        now: Time,
        id: SessionId,
        method: Method,
        headers: &[(Name, String)],
        body: Option<Body>,
    ) -> Result<RequestId, WrongState> {
        let session = self.session_mut(id).ok_or(WrongState::NoSession(id))?;
        if session.phase == Phase::Ending || session.dialog.remote_tag.is_empty() {
            return Err(WrongState::NotConfirmed(id));
        }
        let (flow, credentials) = (session.flow, session.credentials.clone());
        let cseq = session.dialog.next_cseq();
        let draft = Draft::within(&session.dialog, method, cseq).with(headers, body);
        let hop = session.dialog.routing().next_hop.to_owned();
        let route = self.route_within(&hop, flow, &draft);
        Ok(self.send(now, draft, route, Purpose::Request, Some(id), credentials))
    }

    /// Answers what [`Event::Request`] reported. `reason` may be empty for the usual one.
    ///
    /// # Errors
    /// [`WrongState`] if it was answered before, or came more than 64*T1 ago.
    pub fn respond(
        &mut self,
        now: Time,
        id: TransactionId,
        status: u16,
        reason: &str,
        headers: &[(Name, String)],
        body: Option<&Body>,
    ) -> Result<(), WrongState> {
        let transaction = self.table.get(id).ok_or(WrongState::NoRequest(id))?;
        if let Some(session) = transaction.session {
            self.may_answer(session, id, status, body)?;
        }
        let transaction = self.table.get_mut(id).ok_or(WrongState::NoRequest(id))?;
        let request = transaction.unanswered.take();
        let request = request.ok_or(WrongState::NoRequest(id))?;
        let (flow, session) = (transaction.flow, transaction.session);
        let tag = match session.and_then(|id| self.session(id)) {
            Some(session) => session.dialog.local_tag.clone(),
            None => self.tag_for(&request),
        };
        let response = self.response(&request, flow, status, reason, Some(&tag));
        let (mut builder, back) = response.ok_or(WrongState::NoRequest(id))?;
        let refreshes = matches!(
            request.method(),
            Some(Method::Update | Method::Subscribe | Method::Refer | Method::Notify)
        );
        if refreshes && status < 300 {
            let secure = request.request_uri().unwrap_or_default();
            let secure = secure.starts_with("sips:");
            builder = builder.copy(&request, Name::RecordRoute);
            builder = self.capabilities(builder, flow, secure, headers, Name::Server);
            let update = request.method() == Some(Method::Update) && status >= 200;
            if let Some(session) = session.filter(|id| update && self.is_confirmed(*id)) {
                builder = with_headers(builder, &self.timer_grant(session, &request));
                self.timer_starts(now, session, &request);
            }
        } else {
            builder = self.product(builder, headers, Name::Server);
        }
        let data = with_body(with_headers(builder, headers), body).build();
        self.transmit_back(back, data.clone());
        let timers = self.config.timers;
        if let Some(transaction) = self.table.get_mut(id)
            && let Machine::ServerNonInvite(machine) = &mut transaction.machine
        {
            let event = if status < 200 {
                server_non_invite::Event::Provisional
            } else {
                server_non_invite::Event::Final
            };
            machine.handle(now, event, &timers);
            transaction.message = data;
            transaction.flow = back;
            if status < 200 {
                transaction.unanswered = Some(request.clone());
            } else {
                transaction.give_up = None;
            }
        }
        self.arm_transaction(id);
        if let Some(session) = session.filter(|_| status >= 200) {
            self.has_answered(now, session, id, status, &request);
        }
        Ok(())
    }

    /// A request that the application serves, in or outside a dialog.
    pub(super) fn hand_on(
        &mut self,
        now: Time,
        flow: Flow,
        session: Option<SessionId>,
        request: Message,
    ) {
        if self.table.len() >= self.config.max_transactions {
            return self.refuse(now, flow, &request, Refusal::overload());
        }
        if let Some(session) = session.and_then(|id| self.session_mut(id)) {
            if session.phase == Phase::Ending {
                return self.refuse(now, flow, &request, Refusal::new(481));
            }
            let tag = request.from().tag().unwrap_or_default();
            let Some(strand) = session.strand_of_peer(tag) else {
                return self.refuse(now, flow, &request, Refusal::new(481));
            };
            if let Err(refusal) = in_order(strand.dialog, &request) {
                return self.refuse(now, flow, &request, refusal);
            }
            strand.dialog.remote_cseq = Some(request.cseq().number);
        }
        let Some(request) = self.refer_came(now, flow, session, request) else {
            return;
        };
        let (Some(via), Some(method)) = (top_via(&request), request.method()) else {
            return;
        };
        let reliable = flow.transport.is_reliable();
        let machine = Machine::ServerNonInvite(ServerNonInvite::new(reliable));
        let mut transaction = Transaction::new(machine, flow, None, Vec::new());
        transaction.session = session;
        transaction.unanswered = Some(Box::new(request.clone()));
        // Then the client has given up, and an answer would do nothing but harm (RFC 4320 3).
        transaction.give_up = Some(now + self.config.timers.sixty_four_t1());
        let id = self
            .table
            .insert_server(transaction, &request, &via, &method);
        self.arm_transaction(id);
        self.emit(Event::Request {
            id,
            session,
            request,
            flow,
        });
    }
}

impl Endpoint {
    /// A request that the application sent has come to its end.
    pub(super) fn request_finished(
        &mut self,
        now: Time,
        id: RequestId,
        session: Option<SessionId>,
        method: &Method,
        response: Option<Message>,
        status: u16,
    ) {
        if let Some(session) = session.filter(|_| *method == Method::Refer) {
            self.referred(session, id, response.as_ref(), status);
        }
        self.emit(Event::Response {
            id,
            session,
            response,
            status,
        });
        let is_dialog = !matches!(method, Method::Subscribe | Method::Notify);
        let is_over = is_dialog && matches!(status, 408 | 481);
        if let Some(session) = session.filter(|id| is_over && self.is_confirmed(*id)) {
            self.bye(now, session, &[]);
        }
    }
}

/// The values of Route, and the other header fields.
pub(super) fn split_routes(headers: Vec<(Name, String)>) -> (Vec<String>, Vec<(Name, String)>) {
    let (routes, headers): (Vec<_>, Vec<_>) = headers
        .into_iter()
        .partition(|(name, _)| *name == Name::Route);
    (
        routes.into_iter().map(|(_, route)| route).collect(),
        headers,
    )
}
