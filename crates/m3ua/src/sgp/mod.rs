//! A signaling gateway process: its ASPs, its application servers, and the network behind it
//! (RFC 4666 4.3, 4.5).
//!
//! | what | where |
//! |---|---|
//! | figure 4, the state machine of an AS | `as_state` |
//! | its ASPs, Notify, what is held for it | `application_server` |
//! | which ASP serves which AS | `membership` |
//! | ASP Up and ASP Down | `aspsm` |
//! | ASP Active and ASP Inactive | `asptm` |
//! | registration | `rkm` |
//! | news of destinations | `ssnm` |
//! | DATA | `transfer`, `distribution`, `loadshare` |
//! | our Heartbeats | `beat` |
//!
//! Whoever owns the associations bounds how many ASPs there are.

mod application_server;
mod as_state;
mod aspsm;
mod asptm;
mod beat;
mod deadlines;
mod destinations;
mod distribution;
mod loadshare;
mod membership;
mod receive;
mod rkm;
mod settings;
mod ssnm;
#[cfg(test)]
mod tests;
mod transfer;

pub use settings::{AsSettings, AspSettings, Registration, Settings};

use crate::msg::Message;
use crate::param::{ErrorCode, RegistrationStatus, TrafficMode};
use crate::state::{AsState, AspState};
use application_server::ApplicationServer;
use beat::Beat;
use deadlines::Deadlines;
use destinations::{Destinations, Reach};
use distribution::Distribution;
use std::collections::{BTreeMap, VecDeque};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
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
        /// On which stream; `None` if the transport has none, or only one.
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
    /// DATA that the association of an ASP did not deliver before it was lost, which
    /// `AssociationDown` or `AssociationRestarted` told: it goes before what came after that.
    Returned(Vec<MtpTransfer>),
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Without the application servers and the destinations.
    settings: Settings,
    /// How many application servers are configured; those of registration come behind them.
    configured: usize,
    asps: BTreeMap<AspId, Asp>,
    application_servers: BTreeMap<usize, ApplicationServer>,
    by_routing_context: BTreeMap<u32, usize>,
    distribution: Distribution,
    destinations: Destinations,
    deadlines: Deadlines,
    /// Whether the interworking function is lost.
    isolated: bool,
    stopped: bool,
    /// The time of the input that is being taken.
    now: Time,
    outputs: VecDeque<Output>,
}

/// What is known of an ASP besides its state in each AS.
#[derive(Debug)]
struct Asp {
    settings: AspSettings,
    /// Whether ASP Up was accepted.
    up: bool,
    /// Its state as a whole, as it was told.
    state: AspState,
    identifier: Option<u32>,
    blocked: bool,
    beat: Beat,
}

impl Sgp {
    /// A gateway without ASPs.
    pub fn new(mut settings: Settings) -> Self {
        let servers = core::mem::take(&mut settings.application_servers);
        let destinations = core::mem::take(&mut settings.destinations);
        let mut sgp = Self {
            settings,
            configured: servers.len(),
            asps: BTreeMap::new(),
            application_servers: BTreeMap::new(),
            by_routing_context: BTreeMap::new(),
            distribution: Distribution::default(),
            destinations: Destinations::new(destinations),
            deadlines: Deadlines::default(),
            isolated: false,
            stopped: false,
            now: Time::ZERO,
            outputs: VecDeque::new(),
        };
        for (index, server) in servers.into_iter().enumerate() {
            sgp.add(index, server, false);
        }
        sgp
    }

    /// Takes one input; call [`Self::poll_output`] until it is empty afterwards.
    pub fn handle(&mut self, now: Time, input: Input) {
        self.now = now;
        match input {
            Input::AssociationUp(asp, settings) => {
                self.asp_failed(now, asp);
                let known = Asp {
                    blocked: settings.blocked,
                    settings,
                    up: false,
                    state: AspState::Down,
                    identifier: None,
                    beat: Beat::default(),
                };
                self.asps.insert(asp, known);
                self.start_beat(now, asp);
            }
            Input::AssociationRestarted(asp) => {
                self.asp_failed(now, asp);
                self.start_beat(now, asp);
            }
            Input::AssociationDown(asp) => {
                self.asp_failed(now, asp);
                self.asps.remove(&asp);
                self.application_servers
                    .values_mut()
                    .for_each(|server| server.forget(asp));
                self.deadlines.set(Timer::Beat(asp), None);
            }
            Input::Message {
                asp,
                stream,
                message,
            } => self.receive(now, asp, stream, message),
            Input::Network(MtpIndication::Transfer(transfer)) => self.distribute(now, transfer),
            Input::Network(MtpIndication::Pause(point_code)) => {
                self.reach(point_code, Reach::Unavailable);
            }
            Input::Network(MtpIndication::Resume(point_code)) => {
                self.reach(point_code, Reach::Available);
            }
            Input::Network(MtpIndication::Status(point_code, status)) => {
                self.status(point_code, status);
            }
            Input::Restricted(point_code) => self.reach(point_code, Reach::Restricted),
            Input::Block(asp) => self.block(now, asp),
            Input::Unblock(asp) => {
                if let Some(known) = self.asps.get_mut(&asp) {
                    known.blocked = false;
                }
            }
            Input::Returned(transfers) => self.returned(now, transfers),
            Input::NifLost(application_server) => self.isolate(now, application_server),
            Input::NifBack(application_server) => self.rejoin(application_server),
            Input::Stop => {
                self.stopped = true;
                self.isolate(now, None);
            }
        }
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Self::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        self.deadlines.first()
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Time) {
        self.now = now;
        while let Some(timer) = self.deadlines.pop(now) {
            match timer {
                Timer::Recovery(index) => self.recovery_expired(now, index),
                Timer::Diversion(index) => self.diversion_due(now, index),
                Timer::Beat(asp) => self.beat_due(now, asp),
            }
        }
    }

    /// The application servers, in the order of their index: the configured ones, then those
    /// that ASPs registered.
    pub fn application_servers(&self) -> impl Iterator<Item = AsStatus> {
        let servers = self.application_servers.iter();
        servers.map(|(index, server)| AsStatus {
            index: *index,
            routing_context: server.settings.routing_context,
            network_appearance: server.network_appearance,
            traffic_mode: server.mode,
            state: server.state,
            held: server.held.len() + server.diversion.held(),
            registered: server.dynamic,
        })
    }

    /// The ASPs that have an association, each with its state as a whole.
    pub fn asps(&self) -> impl Iterator<Item = (AspId, AspState)> {
        self.asps.iter().map(|(asp, known)| (*asp, known.state))
    }

    /// The state of an ASP as a whole: active if it is so in any AS.
    pub fn state(&self, asp: AspId) -> AspState {
        let known = self.asps.get(&asp);
        known.map(|known| known.state).unwrap_or_default()
    }

    /// The state of an ASP in the AS with that index.
    pub fn asp_state(&self, asp: AspId, application_server: usize) -> AspState {
        let server = self.application_servers.get(&application_server);
        server.map(|s| s.asp_state(asp)).unwrap_or_default()
    }

    /// Whether management blocks that ASP.
    pub fn is_blocked(&self, asp: AspId) -> bool {
        self.asps.get(&asp).is_some_and(|known| known.blocked)
    }

    /// Tells the state of an ASP as a whole, if it changed.
    fn tell_state(&mut self, asp: AspId) {
        let state = self.overall(asp);
        if let Some(known) = self.asps.get_mut(&asp)
            && known.state != state
        {
            known.state = state;
            self.outputs.push_back(Output::State(asp, state));
        }
    }

    fn send(&mut self, asp: AspId, message: impl Into<Message>) {
        self.outputs.push_back(Output::Send(asp, message.into()));
    }
}
