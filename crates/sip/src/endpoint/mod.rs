//! The user agent core: transactions (RFC 3261 17, RFC 6026), INVITE dialogs (RFC 3261 12 to 15)
//! and requests outside them, over any transport.
//!
//! An [`Endpoint`] owns no socket and no clock. It is given messages, the application's wishes
//! and the time, and queues [`Output`]s: messages to be sent, questions for the DNS, [`Event`]s. After each call the
//! caller drains [`Endpoint::poll_output`] and arms its clock with [`Endpoint::poll_timeout`].
//!
//! It answers by itself what needs no application: 100, OPTIONS, retransmissions, requests that
//! are malformed, that match no dialog, or that it has no room for.

mod arena;
mod compose;
mod config;
mod event;
mod forks;
mod layer;
mod outgoing;
mod protection;
mod random;
mod refer;
mod refusal;
mod reliable;
mod requests;
mod route;
mod session;
mod session_timer;
mod table;
#[cfg(test)]
mod tests;
mod uac;
mod uas;
mod update;

pub use crate::transaction::{Timer, Timers};
pub use config::{EndpointConfig, ReliableProvisionals};
pub use event::{
    Body, Description, Event, ForkId, NextHop, OutgoingInvite, OutgoingRequest, Output, RequestId,
    SessionId, TransactionId, WrongState,
};
pub use refer::ReferralId;
pub use session_timer::{RefreshedBy, SessionTimer};

use crate::locate::{DeadTargets, Policy, Question};
use crate::{Flow, Message, Method};
use arena::Arena;
use core::time::Duration;
use outgoing::Outgoing;
use protection::Protection;
use random::Random;
use reliable::LatePrack;
use session::Session;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use table::Table;
use trunkline_model::Time;

/// A user agent.
#[derive(Debug)]
pub struct Endpoint {
    config: EndpointConfig,
    random: Random,
    sessions: Arena<Session>,
    /// Sessions by the local tag of their dialog, which no other session has.
    by_tag: HashMap<Box<str>, SessionId>,
    table: Table,
    /// Requests of ours until their final response.
    outgoing: Arena<Outgoing>,
    /// What was asked of the DNS, and for which requests.
    questions: BTreeMap<Question, Vec<RequestId>>,
    dead: DeadTargets,
    policy: Policy,
    protection: Protection,
    /// The value of Allow.
    allow: String,
    /// By the local tag: what a PRACK may still acknowledge of a session that is over.
    late_pracks: HashMap<Box<str>, LatePrack>,
    /// One entry for each session and transaction that waits for something.
    timers: BTreeSet<(Time, Timer, Owner)>,
    outputs: VecDeque<Output>,
    counters: Counters,
}

/// Whose timer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Transaction(TransactionId),
    Session(SessionId),
}

/// What the endpoint has dealt with without an event, since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Datagrams of line ends only, which keep a binding in a NAT alive (RFC 5626 3.5.1).
    pub keep_alives: u64,
    /// Requests that matched a transaction and were answered or swallowed there.
    pub retransmissions: u64,
    /// Responses that match no transaction of ours (RFC 3261 18.1.2).
    pub stray_responses: u64,
    /// ACKs that nothing waits for, mostly repeated ones.
    pub stray_acks: u64,
    /// Requests that the endpoint itself refused with 400 to 505, malformed ones not counted.
    pub refused: u64,
    /// Among those, the ones refused with 503 for want of room.
    pub overload: u64,
}

impl Endpoint {
    /// An endpoint without sessions.
    pub fn new(mut config: EndpointConfig) -> Self {
        // A timer of no length would fire for ever at one time.
        for timer in [
            &mut config.timers.t1,
            &mut config.timers.t2,
            &mut config.timers.t4,
        ] {
            *timer = (*timer).max(Duration::from_millis(1));
        }
        // Who takes REFER is asked about its subscription.
        if config.methods.contains(&Method::Refer) {
            for method in [Method::Notify, Method::Subscribe] {
                if !config.methods.contains(&method) {
                    config.methods.push(method);
                }
            }
        }
        let further = config.methods.iter().map(|method| method.as_str());
        let prack = (config.reliable_provisionals != ReliableProvisionals::Off).then_some("PRACK");
        let allow = core::iter::once(compose::ALLOW).chain(prack).chain(further);
        let allow: Vec<&str> = allow.collect();
        Self {
            outgoing: Arena::new(),
            questions: BTreeMap::new(),
            dead: DeadTargets::default(),
            policy: config.policy(),
            protection: Protection::new(&config),
            allow: allow.join(", "),
            late_pracks: HashMap::new(),
            random: Random::new(config.seed),
            sessions: Arena::new(),
            by_tag: HashMap::new(),
            table: Table::new(),
            timers: BTreeSet::new(),
            outputs: VecDeque::new(),
            counters: Counters::default(),
            config,
        }
    }

    /// A datagram, or one whole message of a stream, came.
    pub fn receive(&mut self, now: Time, flow: Flow, data: &[u8]) {
        if data.iter().all(|octet| matches!(octet, b'\r' | b'\n' | 0)) {
            self.counters.keep_alives += 1;
            return;
        }
        match Message::parse(data.to_vec()) {
            Ok(message) if message.is_request() => self.request_came(now, flow, message),
            Ok(message) => self.response_came(now, flow, message),
            Err(error) => self.malformed(now, flow, data, error),
        }
    }

    /// The next output; `None` when all have been taken.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Endpoint::handle_timeout`] is due next, and why.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        self.timers.first().map(|&(at, timer, _)| (at, timer))
    }

    /// Runs the timers that are due.
    pub fn handle_timeout(&mut self, now: Time) {
        while let Some(&(at, timer, owner)) = self.timers.first() {
            if at > now {
                break;
            }
            self.timers.pop_first();
            match owner {
                Owner::Transaction(id) => {
                    if let Some(transaction) = self.table.get_mut(id) {
                        transaction.armed = None;
                    }
                    self.transaction_timer(now, id, timer);
                }
                Owner::Session(id) => {
                    if let Some(session) = self.sessions.get_mut(id.0) {
                        session.armed = None;
                    }
                    self.session_timer(now, id, timer);
                }
            }
        }
    }

    /// What was sent over a flow lately cannot have arrived: it was refused, or the connection is
    /// gone. Requests that wait for an answer from there go to their next target or fail with 503
    /// (RFC 3261 8.1.3.1, 17.1.4, RFC 3263 4.3); responses whose connection is gone take another
    /// one (RFC 3261 18.2.2). The cost is that of a look at every transaction.
    pub fn undelivered(&mut self, now: Time, flow: &Flow) {
        let ids: Vec<TransactionId> = self
            .table
            .ids()
            .filter(|&id| {
                let transaction = self.table.get(id);
                transaction.is_some_and(|transaction| transaction.goes_over(flow))
            })
            .collect();
        for id in ids {
            self.transport_failed(now, id);
        }
    }

    /// Sessions that are not over.
    pub fn sessions(&self) -> usize {
        self.sessions.len()
    }

    /// Transactions that are not over. Each outlives its last message by the timers of RFC 3261
    /// table 4.
    pub fn transactions(&self) -> usize {
        self.table.len()
    }

    /// What was dealt with without an event.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    fn transmit(&mut self, flow: Flow, name: Option<Arc<str>>, data: Vec<u8>) {
        self.outputs
            .push_back(Output::Transmit { flow, name, data });
    }

    /// Sends a response: nobody opens a connection to a client whose name it knows.
    fn transmit_back(&mut self, flow: Flow, data: Vec<u8>) {
        self.transmit(flow, None, data);
    }

    fn emit(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    fn session(&self, id: SessionId) -> Option<&Session> {
        self.sessions.get(id.0)
    }

    fn session_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.sessions.get_mut(id.0)
    }

    fn insert_session(&mut self, session: Session) -> SessionId {
        let tag: Box<str> = session.dialog.local_tag.as_str().into();
        let id = SessionId(self.sessions.insert(session));
        self.by_tag.insert(tag, id);
        id
    }

    /// Forgets a session. An INVITE of ours that has no answer yet is given 64*T1 to get one.
    fn remove_session(&mut self, now: Time, id: SessionId) {
        self.leave_unanswered(now, id);
        self.await_late_prack(id);
        let Some(session) = self.sessions.remove(id.0) else {
            return;
        };
        self.by_tag.remove(session.dialog.local_tag.as_str());
        if let Some((at, timer)) = session.armed {
            self.timers.remove(&(at, timer, Owner::Session(id)));
        }
        if let Some(usage) = session.client {
            self.drop_request(usage.request);
            if let Some(transaction) = usage.transaction {
                self.give_up_later(now, transaction);
            }
        }
    }

    /// Puts the session's next timer into the queue.
    fn arm_session(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(id.0) else {
            return;
        };
        let next = session.poll_timeout();
        let last = core::mem::replace(&mut session.armed, next);
        self.rearm(last, next, Owner::Session(id));
    }

    /// Puts the transaction's next timer into the queue, or forgets the transaction if it is
    /// over.
    fn arm_transaction(&mut self, id: TransactionId) {
        let Some(transaction) = self.table.get_mut(id) else {
            return;
        };
        let over = transaction.is_terminated();
        let next = if over {
            None
        } else {
            transaction.poll_timeout()
        };
        let last = core::mem::replace(&mut transaction.armed, next);
        self.rearm(last, next, Owner::Transaction(id));
        if over
            && let Some(transaction) = self.table.remove(id)
            && let Some(tag) = transaction.late_prack
        {
            self.late_pracks.remove(&tag);
        }
    }

    fn rearm(&mut self, last: Option<(Time, Timer)>, next: Option<(Time, Timer)>, owner: Owner) {
        if last == next {
            return;
        }
        if let Some((at, timer)) = last {
            self.timers.remove(&(at, timer, owner));
        }
        if let Some((at, timer)) = next {
            self.timers.insert((at, timer, owner));
        }
    }
}
