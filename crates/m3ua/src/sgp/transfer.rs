//! DATA in both directions (RFC 4666 3.3.1, 1.4.2.4).

use super::destinations::Reach;
use super::distribution::LAST_MANAGEMENT_SI;
use super::{AspId, NotSent, Output, Sgp, Timer};
use crate::diversion::Passed;
use crate::msg::{Data, Error, ProtocolData};
use crate::param::{ErrorCode, TrafficMode};
use crate::role::Role;
use crate::state::{AsState, AspState};
use trunkline_model::Time;
use trunkline_model::mtp::{MtpIndication, MtpTransfer};

impl Sgp {
    /// A message from the network for an AS.
    pub(super) fn distribute(&mut self, now: Time, transfer: MtpTransfer) {
        let Some(index) = self.distribution.find(&transfer) else {
            return self.not_sent(transfer, NotSent::NoApplicationServer);
        };
        let state = self.application_servers.get(&index).map(|s| s.state);
        match state {
            Some(AsState::Active) => self.deliver(now, index, transfer),
            Some(AsState::Pending) => self.hold(index, transfer),
            _ => self.not_sent(transfer, NotSent::Unavailable),
        }
    }

    /// Keeps a message for an AS that is pending.
    pub(super) fn hold(&mut self, index: usize, transfer: MtpTransfer) {
        match self.application_servers.get_mut(&index) {
            Some(server) if server.held.len() < self.settings.pending_queue => {
                server.held.push_back(transfer);
            }
            _ => self.not_sent(transfer, NotSent::QueueFull),
        }
    }

    /// Sends a message to the ASPs of an AS that is active.
    pub(super) fn deliver(&mut self, now: Time, index: usize, transfer: MtpTransfer) {
        let Some(server) = self.application_servers.get_mut(&index) else {
            return;
        };
        if server.mode == Some(TrafficMode::Broadcast) {
            return self.broadcast(index, transfer);
        }
        let Some(asp) = server.loadshare.choose(transfer.sls) else {
            return self.not_sent(transfer, NotSent::Unavailable);
        };
        match server.diversion.pass(now, transfer, asp) {
            Passed::Now(transfer) => self.send_data(asp, index, transfer, None),
            Passed::Held => {
                let at = server.diversion.poll_timeout();
                self.deadlines.set(Timer::Diversion(index), at);
            }
            Passed::Full(transfer) => self.not_sent(transfer, NotSent::QueueFull),
        }
    }

    /// What a lost association gave back goes where the traffic of its ASP goes now.
    pub(super) fn returned(&mut self, now: Time, transfers: Vec<MtpTransfer>) {
        for transfer in transfers {
            let Some(index) = self.distribution.find(&transfer) else {
                self.not_sent(transfer, NotSent::NoApplicationServer);
                continue;
            };
            let Some(server) = self.application_servers.get_mut(&index) else {
                continue;
            };
            match server.state {
                // The other ASPs have had their copies.
                AsState::Active if server.mode == Some(TrafficMode::Broadcast) => {}
                AsState::Active => {
                    for refused in server.diversion.put_back(now, vec![transfer]) {
                        self.not_sent(refused, NotSent::QueueFull);
                    }
                }
                AsState::Pending if server.held.len() < self.settings.pending_queue => {
                    server.held.insert(server.put_back, transfer);
                    server.put_back += 1;
                }
                AsState::Pending => self.not_sent(transfer, NotSent::QueueFull),
                AsState::Down | AsState::Inactive => {
                    self.not_sent(transfer, NotSent::Unavailable);
                }
            }
            let server = self.application_servers.get(&index);
            let at = server.and_then(|server| server.diversion.poll_timeout());
            self.deadlines.set(Timer::Diversion(index), at);
        }
    }

    /// Whether DATA of an ASP may still count although it is down.
    pub(super) fn takes_data(&self, asp: AspId) -> bool {
        let mut servers = self.application_servers.values();
        servers.any(|server| server.takes_data(self.now, asp))
    }

    /// To every active ASP. The first message of each flow after an ASP became active carries
    /// a correlation id (RFC 4666 4.3.4.3).
    fn broadcast(&mut self, index: usize, transfer: MtpTransfer) {
        let Some(server) = self.application_servers.get_mut(&index) else {
            return;
        };
        let first = server.tagged.insert((transfer.dpc, transfer.sls));
        let correlation_id = first.then(|| {
            server.correlation_id = server.correlation_id.wrapping_add(1);
            server.correlation_id
        });
        let active: Vec<AspId> = server.active().collect();
        for asp in active {
            self.send_data(asp, index, transfer.clone(), correlation_id);
        }
    }

    /// The wait of messages that move to another ASP is over.
    pub(super) fn diversion_due(&mut self, now: Time, index: usize) {
        let Some(server) = self.application_servers.get_mut(&index) else {
            return;
        };
        for transfer in server.diversion.take_due(now) {
            let Some(server) = self.application_servers.get_mut(&index) else {
                return;
            };
            match server.loadshare.choose(transfer.sls) {
                Some(asp) => {
                    server.diversion.sent(now, &transfer, asp);
                    self.send_data(asp, index, transfer, None);
                }
                None => self.not_sent(transfer, NotSent::Unavailable),
            }
        }
        let server = self.application_servers.get(&index);
        let at = server.and_then(|server| server.diversion.poll_timeout());
        self.deadlines.set(Timer::Diversion(index), at);
    }

    fn send_data(
        &mut self,
        asp: AspId,
        index: usize,
        transfer: MtpTransfer,
        correlation_id: Option<u32>,
    ) {
        let Some(server) = self.application_servers.get(&index) else {
            return;
        };
        let data = Data {
            network_appearance: server.network_appearance,
            routing_context: server.settings.routing_context,
            protocol_data: ProtocolData::from(transfer),
            correlation_id,
        };
        self.send(asp, data);
    }

    pub(super) fn not_sent(&mut self, transfer: MtpTransfer, why: NotSent) {
        self.outputs.push_back(Output::NotSent(transfer, why));
    }

    /// A message from an ASP for the network.
    pub(super) fn data(&mut self, asp: AspId, data: Data) {
        let index = match self.origin(asp, &data) {
            Ok(index) => index,
            Err(error) => return self.refuse(asp, data, error),
        };
        // Management of MTP itself is not for ASPs (RFC 4666 1.4.3.2).
        if data.protocol_data.si <= LAST_MANAGEMENT_SI {
            return self.refuse(asp, data, Error::new(ErrorCode::ProtocolError));
        }
        let dpc = data.protocol_data.dpc;
        let role = self.asps.get(&asp).map(|known| known.settings.role);
        let destination = self.destinations.get(dpc);
        let reachable = destination.is_some_and(|d| d.reach != Reach::Unavailable);
        // Behind an IPSP there is no network to tell of (RFC 4666 1.4.3.4).
        if role == Some(Role::Asp) && !reachable {
            // Not to one that is only late: SSNM is for ASPs that are active (RFC 4666 4.3.1).
            if self.asp_state(asp, index) == AspState::Active {
                self.tell_unavailable(asp, index, dpc);
            }
            return;
        }
        let transfer = MtpIndication::Transfer(data.protocol_data.into());
        self.outputs.push_back(Output::Network(transfer));
    }

    /// The AS that a message comes from.
    fn origin(&self, asp: AspId, data: &Data) -> Result<usize, Error> {
        let listed = || data.routing_context.into_iter().collect();
        let unexpected = || Error {
            routing_contexts: listed(),
            ..Error::new(ErrorCode::UnexpectedMessage)
        };
        let wrong_network = || Error {
            network_appearance: data.network_appearance,
            ..Error::new(ErrorCode::InvalidNetworkAppearance)
        };
        if let Some(routing_context) = data.routing_context {
            let index = self.by_routing_context.get(&routing_context).copied();
            let Some(index) = index.filter(|index| self.serves(asp, *index)) else {
                return Err(Error {
                    routing_contexts: listed(),
                    ..Error::new(ErrorCode::InvalidRoutingContext)
                });
            };
            let network = data.network_appearance;
            let server = self.application_servers.get(&index);
            return match server.is_some_and(|server| server.takes_data(self.now, asp)) {
                _ if network.is_some_and(|na| !self.is_in(index, na)) => Err(wrong_network()),
                true => Ok(index),
                false => Err(unexpected()),
            };
        }
        let servers = self.application_servers.iter();
        let mut active: Vec<usize> = servers
            .filter(|(_, server)| server.takes_data(self.now, asp))
            .map(|(index, _)| *index)
            .collect();
        if active.is_empty() {
            return Err(unexpected());
        }
        if let Some(network_appearance) = data.network_appearance {
            active.retain(|index| self.is_in(*index, network_appearance));
        }
        match active[..] {
            [] => Err(wrong_network()),
            [index] => Ok(index),
            // The routing context is needed to tell them apart (RFC 4666 3.3.1).
            _ => Err(Error::new(ErrorCode::MissingParameter)),
        }
    }

    /// Whether an AS belongs to a network. Where none is configured, all names are good.
    pub(super) fn is_in(&self, index: usize, network_appearance: u32) -> bool {
        let server = self.application_servers.get(&index);
        server
            .and_then(|server| server.network_appearance)
            .is_none_or(|ours| ours == network_appearance)
    }
}
