//! A signaling gateway process: its ASPs, its application servers, and the network behind it
//! (RFC 4666 4.3, 4.5).
//!
//! Every ASP that comes up is a member of every application server; ASP Active chooses.

mod application_server;
mod receive;
mod settings;
#[cfg(test)]
mod tests;

use crate::msg::{AspDownAck, Dava, Duna, Dupu, Error, Message, Notify, Scon, UnavailabilityCause};
use crate::param::{AffectedPointCode, ErrorCode, RegistrationStatus, Status, TrafficMode};
use crate::state::{AsState, AspState};
use application_server::ApplicationServer;
use core::time::Duration;
pub use settings::{AsSettings, AspSettings, Registration, Settings};
use std::collections::{BTreeMap, VecDeque};
use trunkline_model::mtp::{MtpIndication, MtpStatus, MtpTransfer, SI_ISUP};
use trunkline_model::{PointCode, Time};

/// An ASP, by a number that the owner of the associations chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AspId(pub u64);

/// What happens to an [`Sgp`].
#[derive(Clone, Debug)]
pub enum Input {
    /// An association is up; what is known of the ASP at its other end.
    AssociationUp(AspId, AspSettings),
    /// An association is down.
    AssociationDown(AspId),
    /// The peer restarted its association: its state is gone.
    AssociationRestarted(AspId),
    /// A message came.
    Message {
        /// From whom.
        asp: AspId,
        /// On which stream; `None` if the transport has none.
        stream: Option<u16>,
        /// What.
        message: Message,
    },
    /// From the network: a message for an AS, or news of a destination (RFC 4666 4.5.1).
    Network(MtpIndication),
    /// From the network: the destination is restricted, better reached another way (Q.704
    /// 13.4). `Resume` ends that.
    Restricted(PointCode),
    /// Management blocks an ASP: it is put down, and its ASP Up is refused.
    Block(AspId),
    /// Management lets a blocked ASP come back.
    Unblock(AspId),
    /// The interworking function cannot serve that AS, or with `None` any (RFC 4666 4.7).
    NifLost(Option<usize>),
    /// The interworking function can serve that AS again, or with `None` those that were not
    /// lost one by one.
    NifBack(Option<usize>),
    /// Tell all ASPs that they are down, for good.
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
    /// An ASP changed its state as a whole: it is active if it is so in any AS.
    State(AspId, AspState),
    /// An ASP changed its state in an AS.
    Asp {
        /// The ASP.
        asp: AspId,
        /// The AS, by index.
        application_server: usize,
        /// Its routing context.
        routing_context: Option<u32>,
        /// The new state.
        state: AspState,
    },
    /// An AS changed its state.
    As {
        /// The AS, by index.
        application_server: usize,
        /// Its routing context.
        routing_context: Option<u32>,
        /// The new state.
        state: AsState,
    },
    /// An ASP registered for an AS, which may be new.
    Registered {
        /// The ASP.
        asp: AspId,
        /// The AS, by index.
        application_server: usize,
        /// Its routing context.
        routing_context: u32,
    },
    /// An ASP is no longer registered for an AS, by its wish or because it went down.
    Deregistered {
        /// The ASP.
        asp: AspId,
        /// The AS, by index; if it was new and nobody else is registered, it is gone once it is
        /// AS-DOWN.
        application_server: usize,
        /// Its routing context.
        routing_context: u32,
    },
    /// The registration of a routing key was refused.
    RegistrationRefused {
        /// Whose.
        asp: AspId,
        /// Why.
        status: RegistrationStatus,
    },
    /// An ASP does not answer our Heartbeats: its association had better be ended. It counts as
    /// down.
    Unresponsive(AspId),
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

/// How an application server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsStatus {
    /// Its index.
    pub index: usize,
    /// Its routing context.
    pub routing_context: Option<u32>,
    /// Its network appearance.
    pub network_appearance: Option<u32>,
    /// The traffic mode in force, once it is known.
    pub traffic_mode: Option<TrafficMode>,
    /// Its state.
    pub state: AsState,
    /// How many messages wait for it.
    pub held: usize,
    /// Whether ASPs brought it into being by registration.
    pub registered: bool,
}

/// Why [`Sgp::poll_timeout`] wants to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// T(r) of the AS with that index.
    Recovery(usize),
    /// The time-controlled diversion of the AS with that index.
    Diversion(usize),
    /// T(beat) of an ASP.
    Beat(AspId),
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
    blocked: bool,
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
            Input::AssociationUp(asp, _) => {
                self.asp_down(now, asp);
                self.asps.insert(asp, Asp::default());
            }
            Input::AssociationRestarted(asp) => self.asp_down(now, asp),
            Input::AssociationDown(asp) => {
                self.asp_down(now, asp);
                self.asps.remove(&asp);
            }
            Input::Message { asp, message, .. } => {
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
            Input::Restricted(_)
            | Input::Block(_)
            | Input::Unblock(_)
            | Input::NifLost(_)
            | Input::NifBack(_) => {}
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

    /// The application servers, in the order of their index: the configured ones, then those
    /// that ASPs registered.
    pub fn application_servers(&self) -> impl Iterator<Item = AsStatus> {
        self.application_servers
            .iter()
            .enumerate()
            .map(|(index, server)| AsStatus {
                index,
                routing_context: server.settings.routing_context,
                network_appearance: server
                    .settings
                    .network_appearance
                    .or(self.network_appearance),
                traffic_mode: server.mode,
                state: server.state,
                held: server.held.len(),
                registered: false,
            })
    }

    /// The ASPs that have an association, each with its state as a whole.
    pub fn asps(&self) -> impl Iterator<Item = (AspId, AspState)> {
        self.asps.keys().map(|asp| (*asp, self.state(*asp)))
    }

    /// The state of an ASP as a whole: active if it is so in any AS.
    pub fn state(&self, asp: AspId) -> AspState {
        match self.asps.get(&asp) {
            Some(known) if known.up && self.is_active(asp) => AspState::Active,
            Some(known) if known.up => AspState::Inactive,
            _ => AspState::Down,
        }
    }

    /// The state of an ASP in the AS with that index.
    pub fn asp_state(&self, asp: AspId, application_server: usize) -> AspState {
        self.application_servers
            .get(application_server)
            .map(|server| server.asp_state(asp))
            .unwrap_or_default()
    }

    /// Whether management blocks that ASP.
    pub fn is_blocked(&self, asp: AspId) -> bool {
        self.asps.get(&asp).is_some_and(|known| known.blocked)
    }

    /// Sends a message from the network to the AS whose routing key it matches (RFC 4666
    /// 1.4.2.4).
    fn distribute(&mut self, transfer: MtpTransfer) {
        let matching = self
            .application_servers
            .iter()
            .position(|server| server.point_codes().any(|pc| pc == transfer.dpc));
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
