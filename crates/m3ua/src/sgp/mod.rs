//! A signaling gateway process: its ASPs, its application servers, and the network behind it
//! (RFC 4666 4.3, 4.5).
//!
//! Every ASP that comes up is a member of every application server; ASP Active chooses.

mod application_server;
mod receive;
#[cfg(test)]
mod tests;

use crate::msg::{AspDownAck, Dava, Duna, Dupu, Error, Message, Notify, Scon, UnavailabilityCause};
use crate::param::{AffectedPointCode, ErrorCode, Status, TrafficMode};
use crate::state::{AsState, AspState};
use application_server::ApplicationServer;
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use trunkline_model::mtp::{MtpIndication, MtpStatus, MtpTransfer, SI_ISUP};
use trunkline_model::{PointCode, Time};

/// What an [`Sgp`] is configured with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The application servers.
    pub application_servers: Vec<AsSettings>,
    /// The destinations behind the gateway; all available at first.
    pub destinations: Vec<PointCode>,
    /// The network appearance, if there is more than one network.
    pub network_appearance: Option<u32>,
    /// T(r): how long an AS without an active ASP is pending.
    pub recovery: Duration,
    /// How many messages are held for a pending AS.
    pub pending_queue: usize,
}

/// One application server.
#[derive(Clone, Debug)]
pub struct AsSettings {
    /// Its routing context; `None` for the only AS of a gateway that uses none.
    pub routing_context: Option<u32>,
    /// Its routing key: messages for these point codes are for it.
    pub point_codes: Vec<PointCode>,
    /// Its traffic mode; `None` takes that of the first ASP Active.
    pub traffic_mode: Option<TrafficMode>,
}

/// An ASP, by a number that the owner of the associations chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AspId(pub u64);

/// What happens to an [`Sgp`].
#[derive(Clone, Debug)]
pub enum Input {
    /// An association is up.
    AssociationUp(AspId),
    /// An association is down.
    AssociationDown(AspId),
    /// The peer restarted its association: its state is gone.
    AssociationRestarted(AspId),
    /// A message came.
    Message(AspId, Message),
    /// From the network: a message for an AS, or news of a destination (RFC 4666 4.5.1).
    Network(MtpIndication),
    /// Tell all ASPs that they are down.
    Stop,
}

/// What an [`Sgp`] wants or tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this.
    Send(AspId, Message),
    /// To the network: a message from an ASP, or that the point codes of an AS can be reached
    /// or not.
    Network(MtpIndication),
    /// An ASP changed its state in an AS.
    Asp {
        /// The ASP.
        asp: AspId,
        /// The AS.
        routing_context: Option<u32>,
        /// The new state.
        state: AspState,
    },
    /// An AS changed its state.
    As {
        /// The AS.
        routing_context: Option<u32>,
        /// The new state.
        state: AsState,
    },
    /// A message was refused with an Error.
    Refused {
        /// Whose.
        asp: AspId,
        /// The message.
        message: &'static str,
        /// What we answered.
        code: ErrorCode,
    },
    /// An ASP sent an Error.
    Reported(AspId, ErrorCode),
    /// A message for an AS was dropped.
    NotSent(MtpTransfer, NotSent),
}

/// Why a message for an AS was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// No routing key matches.
    NoApplicationServer,
    /// No ASP of the AS is active.
    Unavailable,
    /// The AS is pending and holds as many messages as it may.
    QueueFull,
}

/// Why [`Sgp::poll_timeout`] wants to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// T(r) of the AS with that index.
    Recovery(usize),
}

/// A signaling gateway process.
#[derive(Debug)]
pub struct Sgp {
    network_appearance: Option<u32>,
    recovery: Duration,
    pending_queue: usize,
    asps: BTreeMap<AspId, Asp>,
    application_servers: Vec<ApplicationServer>,
    destinations: BTreeMap<PointCode, Destination>,
    outputs: VecDeque<Output>,
}

/// What is known of an ASP besides its state in each AS.
#[derive(Debug, Default)]
struct Asp {
    /// Whether ASP Up was accepted.
    up: bool,
    identifier: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Destination {
    available: bool,
    /// 0 for none.
    congestion: u8,
}

impl Sgp {
    /// A gateway without ASPs.
    pub fn new(settings: Settings) -> Self {
        let available = Destination {
            available: true,
            congestion: 0,
        };
        Self {
            network_appearance: settings.network_appearance,
            recovery: settings.recovery,
            pending_queue: settings.pending_queue,
            asps: BTreeMap::new(),
            application_servers: settings
                .application_servers
                .into_iter()
                .map(ApplicationServer::new)
                .collect(),
            destinations: settings
                .destinations
                .into_iter()
                .map(|point_code| (point_code, available))
                .collect(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input; call [`Self::poll_output`] until it is empty afterwards.
    pub fn handle(&mut self, now: Time, input: Input) {
        match input {
            Input::AssociationUp(asp) => {
                self.asp_down(now, asp);
                self.asps.insert(asp, Asp::default());
            }
            Input::AssociationRestarted(asp) => self.asp_down(now, asp),
            Input::AssociationDown(asp) => {
                self.asp_down(now, asp);
                self.asps.remove(&asp);
            }
            Input::Message(asp, message) => {
                if self.asps.contains_key(&asp) {
                    self.receive(now, asp, message);
                }
            }
            Input::Network(MtpIndication::Transfer(transfer)) => self.distribute(transfer),
            Input::Network(MtpIndication::Pause(point_code)) => {
                self.destination(point_code).available = false;
                for (asp, routing_contexts) in self.asps_active() {
                    self.tell_unavailable(asp, routing_contexts, [point_code]);
                }
            }
            Input::Network(MtpIndication::Resume(point_code)) => {
                let destination = self.destination(point_code);
                destination.available = true;
                destination.congestion = 0;
                for (asp, routing_contexts) in self.asps_active() {
                    self.tell_available(asp, routing_contexts, [point_code]);
                }
            }
            Input::Network(MtpIndication::Status(point_code, status)) => {
                self.status(point_code, status);
            }
            Input::Stop => {
                // RFC 4666 4.7: how a gateway that cannot serve puts its ASPs down.
                let up: Vec<AspId> = self.asps_up().collect();
                for asp in up {
                    self.asp_down(now, asp);
                    self.send(asp, AspDownAck::default());
                }
            }
        }
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Self::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        self.application_servers
            .iter()
            .enumerate()
            .filter_map(|(index, server)| Some((server.recovery?, Timer::Recovery(index))))
            .min_by_key(|(at, _)| *at)
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Time) {
        for index in 0..self.application_servers.len() {
            if self.application_servers[index]
                .recovery
                .is_some_and(|at| at <= now)
            {
                self.recovery_expired(index);
            }
        }
    }

    /// The state of each application server, in the order of the settings.
    pub fn application_servers(&self) -> impl Iterator<Item = (Option<u32>, AsState)> {
        self.application_servers
            .iter()
            .map(|server| (server.settings.routing_context, server.state))
    }

    /// Sends a message from the network to the AS whose routing key it matches (RFC 4666
    /// 1.4.2.4).
    fn distribute(&mut self, transfer: MtpTransfer) {
        let matching = self
            .application_servers
            .iter()
            .position(|server| server.settings.point_codes.contains(&transfer.dpc));
        let Some(index) = matching else {
            let why = NotSent::NoApplicationServer;
            return self.outputs.push_back(Output::NotSent(transfer, why));
        };
        let server = &mut self.application_servers[index];
        if server.state == AsState::Pending {
            if server.held.len() < self.pending_queue {
                server.held.push_back(transfer);
            } else {
                let why = NotSent::QueueFull;
                self.outputs.push_back(Output::NotSent(transfer, why));
            }
            return;
        }
        self.send_data(index, transfer);
    }

    fn send_data(&mut self, index: usize, transfer: MtpTransfer) {
        let server = &mut self.application_servers[index];
        let receivers = server.receivers(transfer.sls);
        if server.state != AsState::Active || receivers.is_empty() {
            let why = NotSent::Unavailable;
            return self.outputs.push_back(Output::NotSent(transfer, why));
        }
        let data = server.data(self.network_appearance, transfer);
        for asp in receivers {
            self.outputs
                .push_back(Output::Send(asp, data.clone().into()));
        }
    }

    fn status(&mut self, point_code: PointCode, status: MtpStatus) {
        let cause = match status {
            MtpStatus::Congestion(level) => {
                self.destination(point_code).congestion = level;
                for (asp, routing_contexts) in self.asps_active() {
                    self.tell_congestion(asp, routing_contexts, point_code, level);
                }
                return;
            }
            MtpStatus::UserPartUnknown => UnavailabilityCause::Unknown,
            MtpStatus::UserPartUnequipped => UnavailabilityCause::UnequippedRemoteUser,
            MtpStatus::UserPartInaccessible => UnavailabilityCause::InaccessibleRemoteUser,
        };
        for (asp, routing_contexts) in self.asps_active() {
            self.send(
                asp,
                Dupu {
                    network_appearance: self.network_appearance,
                    routing_contexts,
                    affected: point_code,
                    cause,
                    user: u16::from(SI_ISUP),
                    info: None,
                },
            );
        }
    }

    fn tell_available(
        &mut self,
        asp: AspId,
        routing_contexts: Vec<u32>,
        point_codes: impl IntoIterator<Item = PointCode>,
    ) {
        let dava = Dava {
            network_appearance: self.network_appearance,
            routing_contexts,
            affected: point_codes
                .into_iter()
                .map(AffectedPointCode::one)
                .collect(),
            info: None,
        };
        if !dava.affected.is_empty() {
            self.send(asp, dava);
        }
    }

    fn tell_unavailable(
        &mut self,
        asp: AspId,
        routing_contexts: Vec<u32>,
        point_codes: impl IntoIterator<Item = PointCode>,
    ) {
        let duna = Duna {
            network_appearance: self.network_appearance,
            routing_contexts,
            affected: point_codes
                .into_iter()
                .map(AffectedPointCode::one)
                .collect(),
            info: None,
        };
        if !duna.affected.is_empty() {
            self.send(asp, duna);
        }
    }

    fn tell_congestion(
        &mut self,
        asp: AspId,
        routing_contexts: Vec<u32>,
        point_code: PointCode,
        level: u8,
    ) {
        self.send(
            asp,
            Scon {
                network_appearance: self.network_appearance,
                routing_contexts,
                affected: vec![AffectedPointCode::one(point_code)],
                concerned: None,
                level: Some(level),
                info: None,
            },
        );
    }

    /// News of a destination that was not configured makes it known.
    fn destination(&mut self, point_code: PointCode) -> &mut Destination {
        self.destinations.entry(point_code).or_insert(Destination {
            available: true,
            congestion: 0,
        })
    }

    fn asps_up(&self) -> impl Iterator<Item = AspId> {
        self.asps
            .iter()
            .filter(|(_, asp)| asp.up)
            .map(|(id, _)| *id)
    }

    /// The ASPs that are active somewhere, each with the routing contexts where it is.
    fn asps_active(&self) -> Vec<(AspId, Vec<u32>)> {
        self.asps_up()
            .filter(|asp| self.is_active(*asp))
            .map(|asp| (asp, self.routing_contexts_active(asp)))
            .collect()
    }

    fn is_active(&self, asp: AspId) -> bool {
        self.application_servers
            .iter()
            .any(|server| server.asp_state(asp) == AspState::Active)
    }

    fn routing_contexts_active(&self, asp: AspId) -> Vec<u32> {
        self.application_servers
            .iter()
            .filter(|server| server.asp_state(asp) == AspState::Active)
            .filter_map(|server| server.settings.routing_context)
            .collect()
    }

    fn notify(&mut self, index: usize, status: Status) {
        let up: Vec<AspId> = self.asps_up().collect();
        for asp in up {
            self.notify_one(asp, index, status, None);
        }
    }

    fn notify_one(&mut self, asp: AspId, index: usize, status: Status, who: Option<u32>) {
        let server = &self.application_servers[index];
        let notify = Notify {
            status,
            asp_identifier: who,
            routing_contexts: server.settings.routing_context.into_iter().collect(),
            info: None,
        };
        self.send(asp, notify);
    }

    fn send(&mut self, asp: AspId, message: impl Into<Message>) {
        self.outputs.push_back(Output::Send(asp, message.into()));
    }

    fn refuse(&mut self, asp: AspId, message: &'static str, error: Error) {
        let code = error.code;
        self.send(asp, error);
        self.outputs
            .push_back(Output::Refused { asp, message, code });
    }
}
