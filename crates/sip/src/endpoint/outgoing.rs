//! Requests of ours on their way: where they go (RFC 3263), the next target when one fails, the
//! answer to a challenge (RFC 3261 22), and what comes of them.

use super::compose::Draft;
use super::event::{ForkId, NextHop};
use super::session::ClientStage;
use super::table::TransactionId;
use super::{Endpoint, Output, SessionId};
use crate::dialog::Dialog;
use crate::digest::{Authorizer, Credentials};
use crate::locate::{Answer, Locator, Question, Step, Target};
use crate::{Flow, Message, Method, Name, NameAddr, Uri, header};
use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;
use std::sync::Arc;
use trunkline_model::Time;

/// A request of ours outside INVITE transactions. Never used again in the life of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(super) u64);

impl RequestId {
    /// No request: slots of the arena are never used so often.
    pub(super) const NONE: Self = Self(u64::MAX);
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request {}", self.0)
    }
}

/// A request until its final response.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) draft: Draft,
    pub(super) purpose: Purpose,
    pub(super) session: Option<SessionId>,
    route: Route,
    /// The transaction that is under way.
    pub(super) transaction: Option<TransactionId>,
    credentials: Option<Arc<[Credentials]>>,
    /// What a request outside a dialog was challenged with; the session has that of a dialog.
    authorizer: Option<Box<Authorizer>>,
    challenges: u8,
    tries: u8,
    /// What to say when no target is left.
    failure: u16,
    /// The 503 of the server before, for when no other is left.
    refusal: Option<Box<Message>>,
    /// Whom the certificate of the server must be of that it went to last.
    name: Option<Arc<str>>,
}

/// Who waits for what comes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The session whose INVITE or re-INVITE it is.
    Invite,
    /// The session, which ends with it.
    Bye,
    /// The application: [`Event::Response`].
    Request,
    /// The early or confirmed dialog whose provisional response with that RSeq it acknowledges.
    Prack(ForkId, u32),
    /// The early or confirmed dialog whose UPDATE it is.
    Update(ForkId),
    /// It is the ACK for the 2xx with that To tag of that transaction.
    Ack(TransactionId, Box<str>),
    /// Nobody.
    Alone,
}

/// Where a request can go.
#[derive(Debug, Default)]
pub(super) struct Route {
    /// What is tried before all others: the connection of the dialog.
    first: Option<Flow>,
    locator: Option<Locator>,
    /// The one target that the application named.
    target: Option<Hop>,
    /// Dead targets, tried when no other is left.
    dead: VecDeque<Target>,
    /// What is tried when nothing else is left: where the dialog's messages came from.
    last: Option<Flow>,
    /// The address of ours to send from, where its transport is used.
    local: Option<Flow>,
}

/// One place to send to.
#[derive(Clone, Debug)]
struct Hop {
    flow: Flow,
    name: Option<Arc<str>>,
}

impl Outgoing {
    /// Whether it may be sent once more with what the server asks for.
    pub(super) const fn may_be_answered(&self) -> bool {
        self.challenges < MAX_CHALLENGES
    }

    /// What to say when no target is left.
    fn failure(&self) -> u16 {
        let exhaustion = self.route.locator.as_ref().map(Locator::exhaustion);
        match exhaustion {
            Some(exhaustion) if self.tries == 0 => exhaustion.status(),
            _ => self.failure,
        }
    }
}

impl Route {
    /// One flow and no other.
    pub(super) fn flow(flow: Flow) -> Self {
        Self {
            first: Some(flow),
            ..Self::default()
        }
    }
}

impl Endpoint {
    /// The route of a request outside a dialog.
    pub(super) fn route_to(&mut self, hop: NextHop, draft: &Draft) -> Route {
        match hop {
            NextHop::Flow(flow) => Route::flow(flow),
            NextHop::Target(Target {
                transport,
                address,
                name,
            }) => {
                let flow = self.config.flow_to(transport, address);
                Route {
                    target: flow.map(|flow| Hop { flow, name }),
                    ..Route::default()
                }
            }
            NextHop::Uri => {
                let first = draft
                    .routes
                    .first()
                    .and_then(|route| NameAddr::parse(route).ok())
                    .map(|address| address.uri);
                self.locate(first.unwrap_or(&draft.request_uri), draft)
            }
        }
    }

    /// The route of a request inside a dialog (RFC 3261 12.2.1.1). `flow` is where the peer's
    /// messages come from. A connection is used while it lasts, for a peer behind NAT or in a
    /// browser can be reached over it alone (RFC 5626, RFC 7118 5).
    pub(super) fn route_within(&mut self, next_hop: &str, flow: Flow, draft: &Draft) -> Route {
        let route = self.locate(next_hop, draft);
        Route {
            first: flow.connection.is_some().then_some(flow),
            last: Some(flow),
            local: Some(flow),
            ..route
        }
    }

    fn locate(&mut self, uri: &str, draft: &Draft) -> Route {
        let Ok(uri) = Uri::parse(uri) else {
            return Route::default();
        };
        // RFC 3261 18.1.1. What the way adds to the draft is not known yet. An ACK is not answered:
        // that TCP is refused there would not be seen, so it takes the way of its INVITE.
        self.policy.large = self.config.long_requests_over_tcp
            && draft.method != Method::Ack
            && draft.length() + VIA_AND_CONTACT > MAX_DATAGRAM;
        Route {
            locator: Locator::new(&uri, &self.policy, self.random.number()).ok(),
            ..Route::default()
        }
    }

    /// Sends a request; `transaction` of it is set once it is out.
    pub(super) fn send(
        &mut self,
        now: Time,
        draft: Draft,
        route: Route,
        purpose: Purpose,
        session: Option<SessionId>,
        credentials: Option<Arc<[Credentials]>>,
    ) -> RequestId {
        let id = RequestId(self.outgoing.insert(Outgoing {
            draft,
            purpose,
            session,
            route,
            transaction: None,
            credentials,
            authorizer: None,
            challenges: 0,
            tries: 0,
            failure: SERVICE_UNAVAILABLE,
            refusal: None,
            name: None,
        }));
        if purpose_is_invite(self.outgoing.get(id.0))
            && let Some(session) = session.and_then(|id| self.session_mut(id))
            && let Some(usage) = &mut session.client
        {
            usage.request = id;
        }
        self.advance(now, id);
        id
    }

    /// Sends it to the next target, or says that there is none.
    fn advance(&mut self, now: Time, id: RequestId) {
        let Some(outgoing) = self.outgoing.get_mut(id.0) else {
            return;
        };
        outgoing.transaction = None;
        match self.next_hop(now, id) {
            Next::Hop(hop) => self.send_to(now, id, hop),
            Next::Waiting => self.on_its_way(id, None),
            Next::Exhausted => {
                let Some(outgoing) = self.outgoing.get_mut(id.0) else {
                    return;
                };
                let (refusal, failure) = (outgoing.refusal.take(), outgoing.failure());
                self.finish(now, id, refusal.map(|response| *response), failure);
            }
        }
    }

    /// Tells the session which transaction carries its INVITE now. No 1xx has come in that one,
    /// so that a CANCEL has to wait again (RFC 3261 9.1).
    fn on_its_way(&mut self, id: RequestId, carrier: Option<TransactionId>) {
        let session = self
            .outgoing
            .get(id.0)
            .and_then(|outgoing| outgoing.session);
        let Some(session) = session.and_then(|id| self.session_mut(id)) else {
            return;
        };
        if let Some(usage) = &mut session.client
            && usage.request == id
        {
            usage.transaction = carrier;
            if let ClientStage::Pending { provisional, .. } = &mut usage.stage {
                *provisional = false;
            }
            session.forget_forks();
        }
    }

    fn next_hop(&mut self, now: Time, id: RequestId) -> Next {
        let Some(outgoing) = self.outgoing.get_mut(id.0) else {
            return Next::Exhausted;
        };
        if outgoing.tries >= MAX_TRIES {
            return Next::Exhausted;
        }
        let route = &mut outgoing.route;
        let hop = |flow| Next::Hop(Hop { flow, name: None });
        if let Some(flow) = route.first.take() {
            return hop(flow);
        }
        if let Some(target) = route.target.take() {
            return Next::Hop(target);
        }
        let local = route.local;
        let config = &self.config;
        let to_hop = |target: Target| {
            let mut flow = config.flow_to(target.transport, target.address)?;
            if let Some(local) = local
                && local.transport == flow.transport
                && local.local.is_ipv4() == flow.local.is_ipv4()
            {
                flow.local = local.local;
            }
            Some(Hop {
                flow,
                name: target.name,
            })
        };
        if let Some(locator) = &mut route.locator {
            loop {
                match locator.next_target() {
                    Step::Target(target) => {
                        let key = (target.transport, target.address);
                        if self.dead.is_dead(now, key) && route.dead.len() < MAX_DEAD {
                            route.dead.push_back(target);
                        } else if let Some(hop) = to_hop(target) {
                            return Next::Hop(hop);
                        }
                    }
                    Step::Waiting => {
                        while let Some(question) = locator.poll_question() {
                            let waiting = self.questions.entry(question.clone()).or_default();
                            if waiting.is_empty() {
                                self.outputs.push_back(Output::Resolve(question));
                            }
                            waiting.push(id);
                        }
                        return Next::Waiting;
                    }
                    Step::Exhausted => break,
                }
            }
        }
        while let Some(target) = route.dead.pop_front() {
            if let Some(hop) = to_hop(target) {
                return Next::Hop(hop);
            }
        }
        match route.last.take() {
            // Where the request already was it need not go again.
            Some(flow) if flow.connection.is_none() && outgoing.tries == 0 => hop(flow),
            _ => Next::Exhausted,
        }
    }

    fn send_to(&mut self, now: Time, id: RequestId, Hop { flow, name }: Hop) {
        let Some(outgoing) = self.outgoing.get_mut(id.0) else {
            return;
        };
        if !self.protection.may_send(now, flow.remote, &outgoing.draft) {
            outgoing.tries += 1;
            return self.advance(now, id);
        }
        let branch = self.random.branch();
        if let Some(data) = self.composed(id, &flow, &branch) {
            self.transmit_new(now, id, flow, name, &branch, data);
        }
    }

    /// The request as it goes over a flow, with what answers the challenges that came so far.
    fn composed(&mut self, id: RequestId, flow: &Flow, branch: &str) -> Option<Vec<u8>> {
        let authorization = self.authorization(id);
        let outgoing = self.outgoing.get(id.0)?;
        Some(self.compose(&outgoing.draft, flow, branch, &authorization))
    }

    /// Sends it in a new transaction.
    fn transmit_new(
        &mut self,
        now: Time,
        id: RequestId,
        flow: Flow,
        name: Option<Arc<str>>,
        branch: &str,
        data: Vec<u8>,
    ) {
        let Some(outgoing) = self.outgoing.get_mut(id.0) else {
            return;
        };
        outgoing.tries += 1;
        outgoing.name.clone_from(&name);
        let (session, method) = (outgoing.session, outgoing.draft.method.clone());
        let transaction = match method {
            Method::Ack => {
                if let Some(Outgoing {
                    purpose: Purpose::Ack(invite, tag),
                    ..
                }) = self.outgoing.remove(id.0)
                {
                    self.transmit(flow, name.clone(), data.clone());
                    self.acknowledged(invite, tag, flow, name, data);
                }
                return;
            }
            Method::Invite => {
                let Ok(request) = Message::parse(data) else {
                    return self.finish(now, id, None, BAD_REQUEST);
                };
                let transaction = self.start_invite(now, flow, name, branch, request);
                self.on_its_way(id, Some(transaction));
                transaction
            }
            method => self.start_non_invite(now, flow, name, branch, &method, data),
        };
        if let Some(transaction) = self.table.get_mut(transaction) {
            transaction.session = session;
            transaction.request = Some(id);
        }
        if let Some(outgoing) = self.outgoing.get_mut(id.0) {
            outgoing.transaction = Some(transaction);
        }
    }

    /// The DNS has answered a question of [`Output::Resolve`]. Each must be answered once.
    pub fn resolved(&mut self, now: Time, question: &Question, answer: &Answer) {
        for id in self.questions.remove(question).unwrap_or_default() {
            let Some(outgoing) = self.outgoing.get_mut(id.0) else {
                continue;
            };
            if let Some(locator) = &mut outgoing.route.locator {
                locator.answer(question, answer);
            }
            if outgoing.transaction.is_none() {
                self.advance(now, id);
            }
        }
    }

    /// A final response to a request of ours, which has been acknowledged if need be.
    pub(super) fn final_came(&mut self, now: Time, id: RequestId, flow: Flow, response: Message) {
        let status = response.status().unwrap_or_default();
        let is_answered = match status {
            401 | 407 => self.answers_challenge(id, &response),
            422 => !self.is_unwanted(id) && self.takes_longer(id, &response),
            _ => false,
        };
        if is_answered {
            // A new request but for Call-ID and From (RFC 3261 22.2).
            let branch = self.random.branch();
            let Some(outgoing) = self.outgoing.get_mut(id.0) else {
                return;
            };
            outgoing.challenges += 1;
            outgoing.transaction = None;
            let name = outgoing.name.clone();
            let draft = &mut outgoing.draft;
            match outgoing.session.and_then(|id| self.sessions.get_mut(id.0)) {
                // Other requests of the dialog may have gone out since.
                Some(session) => {
                    let dialog = session.dialog_of(&outgoing.purpose);
                    draft.cseq = dialog.map_or(draft.cseq + 1, Dialog::next_cseq);
                    if let Some(usage) = &mut session.client
                        && usage.request == id
                    {
                        usage.cseq = draft.cseq;
                    }
                }
                None => draft.cseq += 1,
            }
            if let Some(data) = self.composed(id, &flow, &branch) {
                self.transmit_new(now, id, flow, name, &branch, data);
            }
            return;
        }
        if (200..300).contains(&status) {
            self.let_through(id, &response);
        }
        if status == SERVICE_UNAVAILABLE {
            // It wants no more of them for a while (RFC 3261 21.5.4).
            let key = (flow.transport, flow.remote);
            self.dead.mark(now, key, retry_after(&response));
            if !self.is_unwanted(id) {
                // RFC 3263 4.3: another server may have room.
                let Some(outgoing) = self.outgoing.get_mut(id.0) else {
                    return;
                };
                outgoing.transaction = None;
                outgoing.refusal = Some(Box::new(response));
                return self.advance(now, id);
            }
        }
        self.finish(now, id, Some(response), status);
    }

    /// The answer to a request whose credentials were good may have the next nonce (RFC 7616
    /// 3.5).
    pub(super) fn let_through(&mut self, id: RequestId, response: &Message) {
        let session = self
            .outgoing
            .get(id.0)
            .and_then(|outgoing| outgoing.session);
        if let Some(session) = session.and_then(|id| self.session_mut(id))
            && let Some(authorizer) = &mut session.authorizer
        {
            authorizer.accepted(response);
        }
    }

    /// Nobody answered, or it could not be sent. A server that was `silent`, without so much as a
    /// 1xx, is given up for another one (RFC 3263 4.3).
    pub(super) fn request_failed(
        &mut self,
        now: Time,
        id: RequestId,
        flow: Flow,
        status: u16,
        silent: bool,
    ) {
        if silent {
            self.dead.mark(now, (flow.transport, flow.remote), None);
        }
        let Some(outgoing) = self.outgoing.get_mut(id.0) else {
            return;
        };
        outgoing.failure = status;
        outgoing.refusal = None;
        if !silent || self.is_unwanted(id) {
            self.finish(now, id, None, status);
        } else {
            self.advance(now, id);
        }
    }

    /// Forgets a request; what comes of it concerns nobody.
    pub(super) fn drop_request(&mut self, id: RequestId) {
        self.outgoing.remove(id.0);
    }

    /// Whether it is an INVITE that is being cancelled.
    fn is_unwanted(&self, id: RequestId) -> bool {
        let Some(outgoing) = self.outgoing.get(id.0) else {
            return true;
        };
        let session = outgoing.session.and_then(|id| self.session(id));
        let usage = session.and_then(|session| session.client.as_ref());
        usage.is_some_and(|usage| usage.request == id && usage.is_cancelled())
    }

    /// Tells whoever waits for it.
    fn finish(&mut self, now: Time, id: RequestId, response: Option<Message>, status: u16) {
        let Some(outgoing) = self.outgoing.remove(id.0) else {
            return;
        };
        match (outgoing.purpose, outgoing.session) {
            (Purpose::Invite, Some(session)) => {
                self.invite_failed(now, session, id, response, status);
            }
            (Purpose::Bye, Some(session)) => self.bye_finished(now, session),
            (Purpose::Prack(fork, rseq), Some(session)) => {
                self.prack_finished(session, fork, rseq, status);
            }
            (Purpose::Update(fork), Some(session)) => {
                self.update_finished(now, session, fork, response, status);
            }
            (Purpose::Request, session) => {
                let method = &outgoing.draft.method;
                self.request_finished(now, id, session, method, response, status);
            }
            _ => {}
        }
    }

    /// Learns the challenge; whether it can be answered.
    fn answers_challenge(&mut self, id: RequestId, response: &Message) -> bool {
        if self.is_unwanted(id) {
            return false;
        }
        let Some(outgoing) = self.outgoing.get_mut(id.0) else {
            return false;
        };
        let Some(credentials) = outgoing.credentials.clone() else {
            return false;
        };
        if !outgoing.may_be_answered() {
            return false;
        }
        let session = outgoing.session.and_then(|id| self.sessions.get_mut(id.0));
        let authorizer = match session {
            Some(session) => &mut session.authorizer,
            None => &mut outgoing.authorizer,
        };
        let authorizer = authorizer.get_or_insert_default();
        authorizer.challenged(response, &credentials).is_ok()
    }

    /// What answers the challenges that came so far.
    fn authorization(&mut self, id: RequestId) -> Vec<(Name, String)> {
        let Some(outgoing) = self.outgoing.get_mut(id.0) else {
            return Vec::new();
        };
        let session = outgoing.session.and_then(|id| self.sessions.get_mut(id.0));
        let authorizer = match session {
            Some(session) => session.authorizer.as_mut(),
            None => outgoing.authorizer.as_mut(),
        };
        let Some(authorizer) = authorizer else {
            return Vec::new();
        };
        let draft = &outgoing.draft;
        let body = draft.body.as_ref().map_or(&[][..], |body| &body.data);
        let cnonce = self.random.token();
        authorizer.headers(&draft.method, &draft.request_uri, body, &cnonce)
    }
}

/// For how long the server of a 503 wants to be left alone (RFC 3261 20.33).
fn retry_after(response: &Message) -> Option<Duration> {
    let after = header::get::<header::RetryAfter<'_>>(response)?.ok()?;
    Some(Duration::from_secs(after.seconds.into()))
}

fn purpose_is_invite(outgoing: Option<&Outgoing>) -> bool {
    outgoing.is_some_and(|outgoing| outgoing.purpose == Purpose::Invite)
}

/// What comes next.
enum Next {
    Hop(Hop),
    /// For the DNS.
    Waiting,
    Exhausted,
}

/// The most places that one request is sent to, answers to challenges included.
const MAX_TRIES: u8 = 12;

/// The most challenges, and intervals that are too short, that one request answers: a proxy's and
/// the server's, each once stale.
const MAX_CHALLENGES: u8 = 4;

/// The most dead targets that are remembered for when no other is left.
const MAX_DEAD: usize = 8;

/// The longest request for a datagram where the path's limit is not known, in octets
/// (RFC 3261 18.1.1).
const MAX_DATAGRAM: usize = 1_300;

/// About how long Via, Contact, Allow, User-Agent and the names of the usual header fields are.
const VIA_AND_CONTACT: usize = 300;

/// What a transport error counts as (RFC 3261 8.1.3.1).
const SERVICE_UNAVAILABLE: u16 = 503;

/// What a request that makes no valid message counts as.
const BAD_REQUEST: u16 = 400;
