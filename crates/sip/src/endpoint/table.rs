//! The transactions of an endpoint and how messages find them (RFC 3261 17.1.3, 17.2.3).

use super::SessionId;
use super::arena::Arena;
use super::outgoing::RequestId;
use crate::transaction::{
    ClientInvite, ClientNonInvite, ServerInvite, ServerNonInvite, Timer, client_invite,
};
use crate::{Flow, Message, Method, Name, Via};
use core::fmt::{self, Write};
use std::collections::HashMap;
use std::sync::Arc;
use trunkline_model::Time;

/// A transaction of an endpoint. Never used again in the life of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionId(pub(super) u64);

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "transaction {}", self.0)
    }
}

/// One transaction with its last message.
#[derive(Debug)]
pub(super) struct Transaction {
    pub(super) machine: Machine,
    /// Where its messages go.
    pub(super) flow: Flow,
    /// Whom the certificate must be of, if a connection must be opened.
    pub(super) name: Option<Arc<str>>,
    /// Whom its events concern, if anyone.
    pub(super) session: Option<SessionId>,
    /// The request of ours that it carries.
    pub(super) request: Option<RequestId>,
    /// The last response of a server, the request of a client unless it is an INVITE, which
    /// [`OwnInvite`] keeps. A server transaction that is not answered yet keeps its request in
    /// `unanswered`.
    pub(super) message: Vec<u8>,
    /// The request of a server transaction that the application still has to answer.
    pub(super) unanswered: Option<Box<Message>>,
    /// When a client transaction for INVITE is abandoned (RFC 3261 9.1), or a request that the
    /// application does not answer is forgotten (RFC 4320 3).
    pub(super) give_up: Option<Time>,
    /// The timer that stands in the queue for it.
    pub(super) armed: Option<(Time, Timer)>,
    /// The port that the client named in Via, for when its connection is gone.
    pub(super) sent_by_port: Option<u16>,
    /// The local tag under which a PRACK for a response of it is still awaited.
    pub(super) late_prack: Option<Box<str>>,
    key: Box<str>,
    merge_key: Option<Box<str>>,
}

/// The machine, with what only its kind needs.
#[derive(Debug)]
#[allow(clippy::enum_variant_names, reason = "the names of RFC 3261 17")]
pub(super) enum Machine {
    ClientInvite(ClientInvite, Box<OwnInvite>),
    ClientNonInvite(ClientNonInvite),
    ServerInvite(ServerInvite),
    ServerNonInvite(ServerNonInvite),
}

/// An INVITE of ours, and the ACKs that were sent for it, to be repeated when the response is.
#[derive(Debug)]
pub(super) struct OwnInvite {
    /// What CANCEL and ACKs are made from.
    pub(super) request: Message,
    /// The ACK for the 300-699.
    pub(super) failure_ack: Vec<u8>,
    /// The ACK for each 2xx that was acknowledged, by its To tag. The request may fork; more
    /// than [`MAX_FORKS`] answers are left to time out.
    pub(super) success_acks: Vec<SuccessAck>,
    /// The To tag of the first 2xx.
    pub(super) answered: Option<Box<str>>,
}

/// The ACK for a 2xx with that To tag.
#[derive(Debug)]
pub(super) struct SuccessAck {
    pub(super) tag: Box<str>,
    /// Where it goes, and the message; `None` while that is not known.
    pub(super) sent: Option<(Flow, Option<Arc<str>>, Vec<u8>)>,
}

/// The most 2xx of one INVITE that are answered.
pub(super) const MAX_FORKS: usize = 16;

impl Transaction {
    pub(super) fn new(
        machine: Machine,
        flow: Flow,
        name: Option<Arc<str>>,
        message: Vec<u8>,
    ) -> Self {
        Self {
            machine,
            flow,
            name,
            session: None,
            request: None,
            message,
            unanswered: None,
            give_up: None,
            armed: None,
            sent_by_port: None,
            late_prack: None,
            key: Box::default(),
            merge_key: None,
        }
    }

    /// Whether its messages go over that flow. One that had no connection yet was given that to
    /// its target.
    pub(super) fn goes_over(&self, flow: &Flow) -> bool {
        let opened = Flow {
            connection: None,
            ..*flow
        };
        self.flow == *flow || (flow.transport.is_reliable() && self.flow == opened)
    }

    pub(super) fn poll_timeout(&self) -> Option<(Time, Timer)> {
        let timer = match &self.machine {
            Machine::ClientInvite(machine, _) => machine.poll_timeout(),
            Machine::ClientNonInvite(machine) => machine.poll_timeout(),
            Machine::ServerInvite(machine) => machine.poll_timeout(),
            Machine::ServerNonInvite(machine) => machine.poll_timeout(),
        };
        match (self.give_up, timer) {
            (Some(at), Some(timer)) if timer.0 <= at => Some(timer),
            (Some(at), _) => Some((at, Timer::Cancelled)),
            (None, timer) => timer,
        }
    }

    /// The session description in our INVITE.
    pub(super) fn offer(&self) -> Option<Vec<u8>> {
        match &self.machine {
            Machine::ClientInvite(_, own) => own.request.sdp().map(<[u8]>::to_vec),
            _ => None,
        }
    }

    pub(super) fn is_terminated(&self) -> bool {
        match &self.machine {
            Machine::ClientInvite(machine, _) => machine.is_terminated(),
            Machine::ClientNonInvite(machine) => machine.is_terminated(),
            Machine::ServerInvite(machine) => machine.is_terminated(),
            Machine::ServerNonInvite(machine) => machine.is_terminated(),
        }
    }

    /// Whether it is an INVITE of ours without a final response.
    pub(super) fn is_unanswered_invite(&self) -> bool {
        matches!(
            &self.machine,
            Machine::ClientInvite(machine, _) if matches!(
                machine.state(),
                client_invite::State::Calling { .. } | client_invite::State::Proceeding
            )
        )
    }
}

/// All transactions.
#[derive(Debug)]
pub(super) struct Table {
    transactions: Arena<Transaction>,
    clients: HashMap<Box<str>, TransactionId>,
    servers: HashMap<Box<str>, TransactionId>,
    /// Requests without a To tag by From tag, Call-ID and CSeq (RFC 3261 8.2.2.2).
    merges: HashMap<Box<str>, TransactionId>,
    /// Keys are put together here when they are looked up.
    scratch: String,
}

impl Table {
    pub(super) fn new() -> Self {
        Self {
            transactions: Arena::new(),
            clients: HashMap::new(),
            servers: HashMap::new(),
            merges: HashMap::new(),
            scratch: String::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.transactions.len()
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
            && self.clients.is_empty()
            && self.servers.is_empty()
            && self.merges.is_empty()
    }

    pub(super) fn get(&self, id: TransactionId) -> Option<&Transaction> {
        self.transactions.get(id.0)
    }

    pub(super) fn get_mut(&mut self, id: TransactionId) -> Option<&mut Transaction> {
        self.transactions.get_mut(id.0)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = TransactionId> {
        self.transactions.ids().map(TransactionId)
    }

    pub(super) fn insert_client(
        &mut self,
        mut transaction: Transaction,
        branch: &str,
        method: &Method,
    ) -> TransactionId {
        write_client_key(&mut self.scratch, branch, method);
        let key: Box<str> = self.scratch.as_str().into();
        transaction.key = key.clone();
        let id = TransactionId(self.transactions.insert(transaction));
        self.clients.insert(key, id);
        id
    }

    pub(super) fn insert_server(
        &mut self,
        mut transaction: Transaction,
        request: &Message,
        via: &Via<'_>,
        method: &Method,
    ) -> TransactionId {
        transaction.sent_by_port = via.port;
        write_server_key(&mut self.scratch, request, via, method);
        let key: Box<str> = self.scratch.as_str().into();
        transaction.key = key.clone();
        let merge_key = request.to().tag().is_none().then(|| {
            write_merge_key(&mut self.scratch, request);
            Box::<str>::from(self.scratch.as_str())
        });
        transaction.merge_key.clone_from(&merge_key);
        let id = TransactionId(self.transactions.insert(transaction));
        self.servers.insert(key, id);
        if let Some(merge_key) = merge_key {
            // The first of merged requests is the one that counts.
            self.merges.entry(merge_key).or_insert(id);
        }
        id
    }

    /// The client transaction that a response is for (RFC 3261 17.1.3).
    pub(super) fn client(&mut self, branch: &str, method: &Method) -> Option<TransactionId> {
        write_client_key(&mut self.scratch, branch, method);
        self.clients.get(self.scratch.as_str()).copied()
    }

    /// The server transaction that a request repeats, acknowledges or cancels, taken as a request
    /// of that method (RFC 3261 17.2.3, 9.2).
    pub(super) fn server(
        &mut self,
        request: &Message,
        via: &Via<'_>,
        method: &Method,
    ) -> Option<TransactionId> {
        write_server_key(&mut self.scratch, request, via, method);
        self.servers.get(self.scratch.as_str()).copied()
    }

    /// Whether a request that matches no transaction came before on another way
    /// (RFC 3261 8.2.2.2).
    pub(super) fn is_merged(&mut self, request: &Message) -> bool {
        if request.to().tag().is_some() {
            return false;
        }
        write_merge_key(&mut self.scratch, request);
        self.merges.contains_key(self.scratch.as_str())
    }

    pub(super) fn remove(&mut self, id: TransactionId) -> Option<Transaction> {
        let transaction = self.transactions.remove(id.0)?;
        let map = match transaction.machine {
            Machine::ClientInvite(..) | Machine::ClientNonInvite(_) => &mut self.clients,
            Machine::ServerInvite(_) | Machine::ServerNonInvite(_) => &mut self.servers,
        };
        map.remove(&transaction.key);
        if let Some(key) = &transaction.merge_key
            && self.merges.get(key) == Some(&id)
        {
            self.merges.remove(key);
        }
        Some(transaction)
    }
}

/// Keys are texts with line feeds between their parts, which no part can contain.
fn write_client_key(key: &mut String, branch: &str, method: &Method) {
    key.clear();
    key.push_str(branch);
    key.push('\n');
    key.push_str(method.as_str());
}

fn write_server_key(key: &mut String, request: &Message, via: &Via<'_>, method: &Method) {
    key.clear();
    match via.branch() {
        Some(branch) if via.has_magic_cookie() => key.push_str(branch),
        // A client of RFC 2543: all that must be equal, except the To tag, which the ACK has and
        // the INVITE has not.
        _ => {
            for part in [
                "",
                request.request_uri().unwrap_or_default(),
                request.from().tag().unwrap_or_default(),
                request.call_id(),
                via.params.as_str(),
            ] {
                key.push_str(part);
                key.push('\n');
            }
            let _ = write!(key, "{}", request.cseq().number);
        }
    }
    let _ = write!(key, "\n{}:{}\n", via.host, via.port.unwrap_or(0));
    key.push_str(method.as_str());
}

fn write_merge_key(key: &mut String, request: &Message) {
    key.clear();
    let cseq = request.cseq();
    for part in [
        request.from().tag().unwrap_or_default(),
        request.call_id(),
        cseq.method.as_str(),
    ] {
        key.push_str(part);
        key.push('\n');
    }
    let _ = write!(key, "{}", cseq.number);
}

/// The top Via of a message that was parsed.
pub(super) fn top_via(message: &Message) -> Option<Via<'_>> {
    debug_assert!(message.header(Name::Via).is_some());
    message.via().ok()
}
