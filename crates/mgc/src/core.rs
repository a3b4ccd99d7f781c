//! What all calls of one MGC share: the SIP endpoint, the circuits, the timers and the indices
//! that find the call of a session, a circuit or a media transaction.

use crate::config::{Config, TrunkGroup};
use crate::event::{CallEvent, Output};
use crate::peers::Peers;
use crate::timers::Timers;
use crate::users::Users;
use std::collections::{HashMap, VecDeque};
use trunkline_isup::{CircuitTable, Request};
use trunkline_model::media::{
    Bearer, ContextId, MediaCommand, Mode, RtpParameters, Signal, TerminationId, TransactionId,
};
use trunkline_model::{CallId, CircuitId, Time, TrunkGroupId};
use trunkline_sip::Name;
use trunkline_sip::endpoint::{Endpoint, SessionId};

#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) endpoint: Endpoint,
    pub(crate) circuits: CircuitTable,
    pub(crate) timers: Timers,
    pub(crate) users: Option<Box<Users>>,
    pub(crate) peers: Peers,
    pub(crate) out: VecDeque<Output>,
    pub(crate) by_session: HashMap<SessionId, CallId>,
    pub(crate) by_circuit: HashMap<CircuitId, CallId>,
    pub(crate) by_transaction: HashMap<TransactionId, CallId>,
    /// Calls that have lost their circuit and shall have another one.
    pub(crate) reattempts: VecDeque<CallId>,
    next_context: u64,
    next_transaction: u64,
}

impl Core {
    pub(crate) fn new(config: Config, endpoint: Endpoint, circuits: CircuitTable) -> Self {
        Self {
            peers: Peers::new(&config.peers, config.endpoint.seed),
            config,
            endpoint,
            circuits,
            timers: Timers::default(),
            users: None,
            out: VecDeque::new(),
            by_session: HashMap::new(),
            by_circuit: HashMap::new(),
            by_transaction: HashMap::new(),
            reattempts: VecDeque::new(),
            next_context: 1,
            next_transaction: 1,
        }
    }

    /// The trunk group of that id.
    pub(crate) fn trunk(&self, group: TrunkGroupId) -> &TrunkGroup {
        // Ids are positions: `Mgc::new` has checked that.
        &self.config.trunk_groups[usize::from(group.0)]
    }

    pub(crate) fn event(&mut self, event: CallEvent) {
        self.out.push_back(Output::Event(event));
    }

    pub(crate) fn request(&mut self, now: Time, circuit: CircuitId, request: Request) {
        self.circuits
            .handle(now, trunkline_isup::Input::Request(circuit, request));
    }

    pub(crate) fn reject(
        &mut self,
        now: Time,
        session: SessionId,
        status: u16,
        headers: &[(Name, String)],
    ) {
        // The session may have ended in the same instant (CANCEL); then there is nothing to say.
        let _ = self.endpoint.reject(now, session, status, "", headers);
    }

    pub(crate) fn free_session(&mut self, session: SessionId) {
        self.by_session.remove(&session);
    }

    pub(crate) fn free_circuit(&mut self, circuit: CircuitId) {
        self.by_circuit.remove(&circuit);
    }

    pub(crate) fn new_context(&mut self) -> ContextId {
        let context = ContextId(self.next_context);
        self.next_context += 1;
        context
    }

    pub(crate) fn add(
        &mut self,
        call: CallId,
        context: ContextId,
        termination: TerminationId,
        bearer: Bearer,
        mode: Mode,
    ) -> TransactionId {
        let transaction = self.new_transaction(call);
        let add = MediaCommand::Add {
            transaction,
            context,
            termination,
            bearer,
            mode,
        };
        self.out.push_back(Output::Media(add));
        transaction
    }

    pub(crate) fn modify(
        &mut self,
        call: CallId,
        context: ContextId,
        termination: TerminationId,
        remote: Option<RtpParameters>,
        mode: Mode,
    ) -> TransactionId {
        let transaction = self.new_transaction(call);
        let modify = MediaCommand::Modify {
            transaction,
            context,
            termination,
            remote,
            mode,
        };
        self.out.push_back(Output::Media(modify));
        transaction
    }

    pub(crate) fn signal(
        &mut self,
        call: CallId,
        context: ContextId,
        termination: TerminationId,
        signal: Option<Signal>,
    ) -> TransactionId {
        let transaction = self.new_transaction(call);
        self.out.push_back(Output::Media(MediaCommand::Signal {
            transaction,
            context,
            termination,
            signal,
        }));
        transaction
    }

    pub(crate) fn subtract(&mut self, call: CallId, context: ContextId) -> TransactionId {
        let transaction = self.new_transaction(call);
        self.out.push_back(Output::Media(MediaCommand::Subtract {
            transaction,
            context,
        }));
        transaction
    }

    fn new_transaction(&mut self, call: CallId) -> TransactionId {
        let transaction = TransactionId(self.next_transaction);
        self.next_transaction += 1;
        self.by_transaction.insert(transaction, call);
        transaction
    }
}
