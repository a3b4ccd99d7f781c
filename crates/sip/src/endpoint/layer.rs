//! The transaction layer: runs the machines and does what they say.

use super::Endpoint;
use super::route::sent_by_flow;
use super::table::{Machine, OwnInvite, Transaction, TransactionId, top_via};
use crate::transaction::{
    ClientInvite, ClientNonInvite, ServerInvite, ServerNonInvite, Timer, client_invite,
    client_non_invite, server_invite, server_non_invite,
};
use crate::{Flow, Message, Method};
use std::sync::Arc;
use trunkline_model::Time;

impl Endpoint {
    /// Sends an INVITE in a new client transaction.
    pub(super) fn start_invite(
        &mut self,
        now: Time,
        flow: Flow,
        name: Option<Arc<str>>,
        branch: &str,
        request: Message,
    ) -> TransactionId {
        self.transmit(flow, name.clone(), request.as_bytes().to_vec());
        let own = OwnInvite {
            request,
            failure_ack: Vec::new(),
            success_acks: Vec::new(),
            answered: None,
        };
        let reliable = flow.transport.is_reliable();
        let machine = ClientInvite::new(now, reliable, &self.config.timers);
        let machine = Machine::ClientInvite(machine, Box::new(own));
        let transaction = Transaction::new(machine, flow, name, Vec::new());
        let id = self
            .table
            .insert_client(transaction, branch, &Method::Invite);
        self.arm_transaction(id);
        id
    }

    /// Sends another request in a new client transaction.
    pub(super) fn start_non_invite(
        &mut self,
        now: Time,
        flow: Flow,
        name: Option<Arc<str>>,
        branch: &str,
        method: &Method,
        data: Vec<u8>,
    ) -> TransactionId {
        let reliable = flow.transport.is_reliable();
        let machine = ClientNonInvite::new(now, reliable, &self.config.timers);
        self.transmit(flow, name.clone(), data.clone());
        let machine = Machine::ClientNonInvite(machine);
        let transaction = Transaction::new(machine, flow, name, data);
        let id = self.table.insert_client(transaction, branch, method);
        self.arm_transaction(id);
        id
    }

    /// Makes the server transaction of an INVITE. The first response is still to be given.
    pub(super) fn start_server_invite(
        &mut self,
        back: Flow,
        request: &Message,
    ) -> Option<TransactionId> {
        let machine = Machine::ServerInvite(ServerInvite::new(back.transport.is_reliable()));
        let transaction = Transaction::new(machine, back, None, Vec::new());
        let via = top_via(request)?;
        Some(
            self.table
                .insert_server(transaction, request, &via, &Method::Invite),
        )
    }

    /// Answers a non-INVITE request finally, in a transaction of its own if there is room for
    /// one, else without state (RFC 3261 8.2.7).
    pub(super) fn answer_non_invite(
        &mut self,
        now: Time,
        back: Flow,
        request: &Message,
        data: Vec<u8>,
    ) {
        self.transmit_back(back, data.clone());
        let (Some(via), Some(method)) = (top_via(request), request.method()) else {
            return;
        };
        if self.table.len() >= self.config.max_transactions {
            return;
        }
        let mut machine = ServerNonInvite::new(back.transport.is_reliable());
        machine.handle(now, server_non_invite::Event::Final, &self.config.timers);
        let machine = Machine::ServerNonInvite(machine);
        let transaction = Transaction::new(machine, back, None, data);
        let id = self
            .table
            .insert_server(transaction, request, &via, &method);
        self.arm_transaction(id);
    }

    /// Gives a response to an INVITE server transaction.
    pub(super) fn answer_invite(
        &mut self,
        now: Time,
        id: TransactionId,
        event: server_invite::Event,
        data: Vec<u8>,
    ) {
        let Some(transaction) = self.table.get_mut(id) else {
            return;
        };
        let Machine::ServerInvite(machine) = &mut transaction.machine else {
            return;
        };
        if machine.handle(now, event, &self.config.timers) == server_invite::Action::Send {
            let flow = transaction.flow;
            // A 2xx is repeated by the core alone.
            transaction.message = if event == server_invite::Event::Success {
                Vec::new()
            } else {
                data.clone()
            };
            self.transmit_back(flow, data);
        }
        self.arm_transaction(id);
    }

    /// A request came that matches a server transaction.
    pub(super) fn request_again(&mut self, now: Time, id: TransactionId) {
        self.counters.retransmissions += 1;
        let Some(transaction) = self.table.get_mut(id) else {
            return;
        };
        let timers = &self.config.timers;
        let again = match &mut transaction.machine {
            Machine::ServerInvite(machine) => {
                let action = machine.handle(now, server_invite::Event::Invite, timers);
                action == server_invite::Action::SendAgain
            }
            Machine::ServerNonInvite(machine) => {
                let action = machine.handle(now, server_non_invite::Event::Request, timers);
                action == server_non_invite::Action::SendAgain
            }
            Machine::ClientInvite(..) | Machine::ClientNonInvite(_) => false,
        };
        if again {
            self.repeat(id);
        }
    }

    /// An ACK came that matches an INVITE server transaction. Whether it is for the core.
    pub(super) fn ack_matched(&mut self, now: Time, id: TransactionId) -> bool {
        let Some(transaction) = self.table.get_mut(id) else {
            return false;
        };
        let Machine::ServerInvite(machine) = &mut transaction.machine else {
            return false;
        };
        let action = machine.handle(now, server_invite::Event::Ack, &self.config.timers);
        self.arm_transaction(id);
        action == server_invite::Action::PassAck
    }

    /// A response came.
    pub(super) fn response_came(&mut self, now: Time, flow: Flow, response: Message) {
        let (Some(status), Some(via)) = (response.status(), top_via(&response)) else {
            return;
        };
        self.dead.revive((flow.transport, flow.remote));
        self.server_fares(now, flow.remote, &response);
        // A response with a second Via was meant for someone else (RFC 3261 8.1.3.3).
        let several = response.headers(crate::Name::Via).nth(1).is_some();
        let found = match via.branch() {
            Some(branch) if !several => self.table.client(branch, &response.cseq().method),
            _ => None,
        };
        let Some(id) = found else {
            self.counters.stray_responses += 1;
            return;
        };
        let Some(transaction) = self.table.get_mut(id) else {
            return;
        };
        match &mut transaction.machine {
            Machine::ClientInvite(machine, _) => {
                let event = match status {
                    ..200 => client_invite::Event::Provisional,
                    200..300 => client_invite::Event::Success,
                    _ => client_invite::Event::Failure,
                };
                let action = machine.handle(now, event, &self.config.timers);
                self.client_invite_action(now, id, action, Some(response));
                self.arm_transaction(id);
            }
            Machine::ClientNonInvite(machine) => {
                let event = match status {
                    ..200 => client_non_invite::Event::Provisional,
                    _ => client_non_invite::Event::Final,
                };
                let (request, flow) = (transaction.request, transaction.flow);
                let action = machine.handle(now, event, &self.config.timers);
                self.arm_transaction(id);
                if action == client_non_invite::Action::Inform
                    && event == client_non_invite::Event::Final
                    && let Some(request) = request
                {
                    self.final_came(now, request, flow, response);
                }
            }
            Machine::ServerInvite(_) | Machine::ServerNonInvite(_) => {}
        }
    }

    /// A timer of a transaction fired.
    pub(super) fn transaction_timer(&mut self, now: Time, id: TransactionId, timer: Timer) {
        let Some(transaction) = self.table.get_mut(id) else {
            return;
        };
        let timers = &self.config.timers;
        let (request, flow) = (transaction.request, transaction.flow);
        match &mut transaction.machine {
            Machine::ClientInvite(machine, _) => {
                let event = if timer == Timer::Cancelled {
                    transaction.give_up = None;
                    client_invite::Event::Abandon
                } else {
                    client_invite::Event::Timer(timer)
                };
                let silent = matches!(machine.state(), client_invite::State::Calling { .. });
                let action = machine.handle(now, event, timers);
                if action == client_invite::Action::InformTimeout && !silent {
                    // It has rung, so it lives.
                    if let Some(request) = request {
                        self.request_failed(now, request, flow, REQUEST_TIMEOUT, false);
                    }
                } else {
                    self.client_invite_action(now, id, action, None);
                }
                self.arm_transaction(id);
            }
            Machine::ClientNonInvite(machine) => {
                let event = client_non_invite::Event::Timer(timer);
                let silent = matches!(machine.state(), client_non_invite::State::Trying { .. });
                match machine.handle(now, event, timers) {
                    client_non_invite::Action::SendRequest => self.repeat(id),
                    client_non_invite::Action::InformTimeout => {
                        if let Some(request) = request {
                            self.request_failed(now, request, flow, REQUEST_TIMEOUT, silent);
                        }
                    }
                    _ => {}
                }
                self.arm_transaction(id);
            }
            Machine::ServerInvite(machine) => {
                // That no ACK came (timer H) concerns nobody: the session ended with the refusal.
                let event = server_invite::Event::Timer(timer);
                if machine.handle(now, event, timers) == server_invite::Action::SendAgain {
                    self.repeat(id);
                }
                self.arm_transaction(id);
            }
            // The application has not answered in time.
            Machine::ServerNonInvite(_) if timer == Timer::Cancelled => {
                self.table.remove(id);
            }
            Machine::ServerNonInvite(machine) => {
                machine.handle(now, server_non_invite::Event::Timer(timer), timers);
                self.arm_transaction(id);
            }
        }
    }

    /// The messages of a client transaction could not be sent.
    pub(super) fn transport_failed(&mut self, now: Time, id: TransactionId) {
        let Some(transaction) = self.table.get_mut(id) else {
            return;
        };
        let timers = &self.config.timers;
        match &mut transaction.machine {
            Machine::ClientInvite(machine, _) => {
                let action = machine.handle(now, client_invite::Event::TransportError, timers);
                self.client_invite_action(now, id, action, None);
                self.arm_transaction(id);
            }
            Machine::ClientNonInvite(machine) => {
                let (request, flow) = (transaction.request, transaction.flow);
                let event = client_non_invite::Event::TransportError;
                let action = machine.handle(now, event, timers);
                self.arm_transaction(id);
                if action == client_non_invite::Action::InformTransportError
                    && let Some(request) = request
                {
                    self.request_failed(now, request, flow, SERVICE_UNAVAILABLE, true);
                }
            }
            // They keep their state, to know the request again (RFC 6026 7.1). The last response
            // takes a connection to sent-by (RFC 3261 18.2.2), once.
            Machine::ServerInvite(_) | Machine::ServerNonInvite(_) => {
                let flow = transaction.flow;
                if flow.connection.is_some() {
                    transaction.flow = sent_by_flow(transaction.sent_by_port, flow);
                    if !transaction.message.is_empty() {
                        self.repeat(id);
                    }
                }
            }
        }
    }

    /// An INVITE of ours whose session is gone gets 64*T1 for its final response, so that it
    /// cannot stay for ever after a 1xx.
    pub(super) fn give_up_later(&mut self, now: Time, id: TransactionId) {
        let after = self.config.timers.sixty_four_t1();
        if let Some(transaction) = self.table.get_mut(id)
            && transaction.is_unanswered_invite()
            && transaction.give_up.is_none()
        {
            transaction.give_up = Some(now + after);
            self.arm_transaction(id);
        }
    }

    fn client_invite_action(
        &mut self,
        now: Time,
        id: TransactionId,
        action: client_invite::Action,
        response: Option<Message>,
    ) {
        match action {
            client_invite::Action::None => {}
            client_invite::Action::SendRequest => self.repeat(id),
            client_invite::Action::Inform => {
                if let Some(response) = response {
                    if response.status().is_some_and(|status| status < 200) {
                        self.invite_progresses(now, id, response);
                    } else {
                        self.invite_succeeded(now, id, response);
                    }
                }
            }
            client_invite::Action::AckAndInform => {
                if let Some(response) = response {
                    self.acknowledge_failure(id, &response);
                    if let Some(transaction) = self.table.get(id)
                        && let Some(request) = transaction.request
                    {
                        self.final_came(now, request, transaction.flow, response);
                    }
                }
            }
            client_invite::Action::Ack => {
                if let Some(transaction) = self.table.get(id)
                    && let Machine::ClientInvite(_, own) = &transaction.machine
                {
                    let data = own.failure_ack.clone();
                    self.transmit(transaction.flow, transaction.name.clone(), data);
                }
            }
            client_invite::Action::InformTimeout => {
                self.invite_lost(now, id, REQUEST_TIMEOUT);
            }
            client_invite::Action::InformTransportError => {
                self.invite_lost(now, id, SERVICE_UNAVAILABLE);
            }
        }
    }

    fn invite_lost(&mut self, now: Time, id: TransactionId, status: u16) {
        if let Some(transaction) = self.table.get(id)
            && let Some(request) = transaction.request
        {
            self.request_failed(now, request, transaction.flow, status, true);
        }
    }

    /// Sends the ACK for a 300-699 and keeps it.
    fn acknowledge_failure(&mut self, id: TransactionId, response: &Message) {
        let Some(transaction) = self.table.get_mut(id) else {
            return;
        };
        let Machine::ClientInvite(_, own) = &mut transaction.machine else {
            return;
        };
        let data = Self::hop_request(&own.request, Method::Ack, response, &[]);
        own.failure_ack.clone_from(&data);
        transaction.give_up = None;
        let (flow, name) = (transaction.flow, transaction.name.clone());
        self.transmit(flow, name, data);
    }

    /// Sends the last message of a transaction again.
    fn repeat(&mut self, id: TransactionId) {
        if let Some(transaction) = self.table.get(id) {
            let data = match &transaction.machine {
                Machine::ClientInvite(_, own) => own.request.as_bytes().to_vec(),
                _ => transaction.message.clone(),
            };
            self.transmit(transaction.flow, transaction.name.clone(), data);
        }
    }
}

/// What a timeout counts as (RFC 3261 8.1.3.1).
const REQUEST_TIMEOUT: u16 = 408;

/// What a transport error counts as (RFC 3261 8.1.3.1).
const SERVICE_UNAVAILABLE: u16 = 503;
