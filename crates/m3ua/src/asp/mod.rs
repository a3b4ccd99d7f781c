//! The client half of an association: we ask, the other end answers (RFC 4666 4.3, 4.4).
//!
//! An [`Asp`] is an ASP towards an SGP, or an IPSP towards another. It goes up, registers what
//! routing keys it has to, and asks for the traffic of all its application servers; whatever
//! the other end does to that, it works its way back to ASP-ACTIVE until it is blocked or
//! stopped.
//!
//! Each state machine has a file: `association` is figure 3 of RFC 4666 between ASP-DOWN and
//! ASP-INACTIVE, `application_server` the rest of it, per application server; `registration`
//! is 4.4, `exchange` what an IPSP of single exchange is asked for.

mod application_server;
mod association;
mod audit;
mod data;
mod exchange;
mod heartbeat;
mod notify;
mod refusal;
mod registration;
mod ssnm;
#[cfg(test)]
mod tests;

pub use audit::{MAX_AUDITED, MAX_AUDITS};

use crate::msg::{Error, HeartbeatAck, Message};
use crate::param::{
    AffectedPointCode, ErrorCode, RegistrationStatus, RoutingKey, Status, TrafficMode,
};
use crate::quirks::Quirks;
use crate::role::Role;
use crate::state::{AsState, AspState};
use application_server::ApplicationServer;
use core::time::Duration;
use heartbeat::Beat;
use std::collections::VecDeque;
use trunkline_model::mtp::{MtpStatus, MtpTransfer};
use trunkline_model::{PointCode, Time};

/// What an [`Asp`] is configured with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the two ends are to each other.
    pub role: Role,
    /// The application servers that we are an ASP of; every index elsewhere is one into this.
    pub application_servers: Vec<AsSettings>,
    /// What ASP Up carries.
    pub asp_identifier: Option<u32>,
    /// T(ack): before an unanswered request is repeated, and before a refused one is tried
    /// again.
    pub ack: Duration,
    /// T(beat): between our Heartbeats; `None` to send none.
    pub beat: Option<Duration>,
    /// How long after DUNA, DRST or SCON the destinations are audited, and again after each
    /// audit, until something better is heard of them (RFC 4666 4.5.3); `None` to leave audits
    /// to [`Input::Audit`].
    pub audit: Option<Duration>,
    /// How long DATA still counts after we ceased to be active while the association stands: on
    /// other streams it may be later than the message that ended our activity. Zero takes the
    /// word of RFC 4666 3.8.1.
    pub late: Duration,
    /// What the other end does otherwise than the standard.
    pub quirks: Quirks,
}

impl Default for Settings {
    /// An ASP of no application server, with a T(ack) of two seconds (RFC 4666 4.3.4.1).
    fn default() -> Self {
        Self {
            role: Role::default(),
            application_servers: Vec::new(),
            asp_identifier: None,
            ack: Duration::from_secs(2),
            beat: None,
            audit: None,
            late: Duration::ZERO,
            quirks: Quirks::default(),
        }
    }
}

/// One application server of an ASP.
#[derive(Clone, Debug, Default)]
pub struct AsSettings {
    /// Its routing context. Only the only AS of an association may have none: the other end
    /// knows it by configuration then. With `registration` this is not used, unless the other
    /// end does not support registration.
    pub routing_context: Option<u32>,
    /// The network appearance of its DATA and SSNM, if there is more than one network.
    pub network_appearance: Option<u32>,
    /// What ASP Active asks for; `None` leaves it to the other end.
    pub traffic_mode: Option<TrafficMode>,
    /// Its routing key, if it is to be registered; the routing context then is what the answer
    /// says. The local identifier is chosen here.
    pub registration: Option<RoutingKey>,
    /// Whether we begin as a backup ("1+1 sparing", RFC 4666 5.1.2): without asking for
    /// traffic until a Notify says that the AS has no active ASP, or not enough of them.
    pub standby: bool,
}

/// What happens to an [`Asp`].
#[derive(Clone, Debug)]
pub enum Input {
    /// The association is up (SCTP-COMMUNICATION_UP).
    AssociationUp,
    /// The association is down (SCTP-COMMUNICATION_DOWN, SHUTDOWN_COMPLETE).
    AssociationDown,
    /// The peer restarted the association (SCTP-RESTART): its state is gone, the association
    /// is up.
    AssociationRestarted,
    /// A message came.
    Message {
        /// The stream; `None` if the transport has none, or but one.
        stream: Option<u16>,
        /// The message.
        message: Message,
    },
    /// MTP-TRANSFER request.
    Transfer {
        /// For which application server.
        application_server: usize,
        /// The message.
        transfer: MtpTransfer,
    },
    /// Ask for the state of these destinations; nothing happens while not active.
    Audit {
        /// For which application server.
        application_server: usize,
        /// The destinations.
        destinations: Vec<PointCode>,
    },
    /// Layer management takes us out of traffic: ASP Inactive for all, and none asked for
    /// until `Unblock` (M-ASP_INACTIVE request).
    Block,
    /// Back into traffic (M-ASP_ACTIVE request).
    Unblock,
    /// Leave service in order (RFC 4666 4.9); [`Output::Stopped`] tells when that is done.
    Stop,
}

/// What an [`Asp`] wants or tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this.
    Send(Message),
    /// Our state changed: active if active in any AS.
    State(AspState),
    /// Our state in an AS changed.
    Asp {
        /// Which.
        application_server: usize,
        /// The new state.
        state: AspState,
    },
    /// The other end says so of an AS.
    As {
        /// Which.
        application_server: usize,
        /// The state.
        state: AsState,
    },
    /// The other end tells something else of an AS (M-NOTIFY indication).
    Notified {
        /// Which.
        application_server: usize,
        /// What.
        status: Status,
        /// The ASP that it is about.
        asp_identifier: Option<u32>,
    },
    /// The routing key of an AS is registered.
    Registered {
        /// Which.
        application_server: usize,
        /// What the other end assigned.
        routing_context: u32,
    },
    /// The routing key of an AS was refused; it is tried again after T(ack).
    RegistrationRefused {
        /// Which.
        application_server: usize,
        /// Why.
        status: RegistrationStatus,
    },
    /// MTP-TRANSFER indication.
    Transfer {
        /// For which application server.
        application_server: usize,
        /// The message.
        transfer: MtpTransfer,
    },
    /// The other end says so of destinations.
    Destinations {
        /// To which application servers.
        application_servers: Vec<usize>,
        /// The destinations.
        affected: Vec<AffectedPointCode>,
        /// Their state.
        state: DestinationState,
    },
    /// We refused that message with an Error.
    Refused {
        /// The message.
        message: &'static str,
        /// What we answered.
        code: ErrorCode,
    },
    /// The other end sent an Error (M-ERROR indication).
    Reported(ErrorCode),
    /// That request was not answered within T(ack).
    NoAnswer(&'static str),
    /// DATA came while we were not active, and was dropped (RFC 4666 3.8.1).
    EarlyData,
    /// An MTP-TRANSFER request was dropped: that AS carries no traffic.
    NotSent(MtpTransfer),
    /// Nothing came for two T(beat): the association is to be aborted (RFC 4666 4.3.4.6).
    Unresponsive,
    /// We left service; the association can be shut down.
    Stopped,
}

/// What is said of a destination (RFC 4666 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DestinationState {
    /// It can be reached (DAVA).
    Available,
    /// It cannot be reached (DUNA).
    Unavailable,
    /// It can be reached, but better another way (DRST).
    Restricted,
    /// MTP-STATUS: congestion (SCON), or ISUP there is unavailable (DUPU).
    Status(MtpStatus),
}

/// Why [`Asp::poll_timeout`] wants to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// T(ack): a request is unanswered, or a refused one is due again.
    Ack,
    /// T(beat): a Heartbeat is due.
    Beat,
    /// An audit is due.
    Audit,
}

/// The client half of one association.
#[derive(Debug)]
pub struct Asp {
    role: Role,
    asp_identifier: Option<u32>,
    ack: Duration,
    late: Duration,
    quirks: Quirks,
    /// The time of the input that is being taken.
    now: Time,
    association: association::State,
    application_servers: Vec<ApplicationServer>,
    /// Whether [`Input::Stop`] is being carried out.
    stopping: bool,
    blocked: bool,
    /// Whether "Unexpected Message" came while a request was unanswered, and may have meant it.
    doubted: bool,
    /// What was told last.
    reported: AspState,
    beat: Beat,
    outputs: VecDeque<Output>,
}

impl Asp {
    /// An ASP without an association.
    pub fn new(settings: Settings) -> Self {
        let audit = settings.audit;
        Self {
            role: settings.role,
            asp_identifier: settings.asp_identifier,
            ack: settings.ack,
            late: settings.late,
            quirks: settings.quirks,
            now: Time::ZERO,
            association: association::State::Unconnected,
            application_servers: settings
                .application_servers
                .into_iter()
                .map(|settings| ApplicationServer::new(settings, audit))
                .collect(),
            stopping: false,
            blocked: false,
            doubted: false,
            reported: AspState::Down,
            beat: Beat::new(settings.beat),
            outputs: VecDeque::new(),
        }
    }

    /// Our state: active if active in any AS.
    pub fn state(&self) -> AspState {
        if self.association != association::State::Up {
            return AspState::Down;
        }
        let mut states = self.application_servers.iter().map(|server| server.state());
        match states.any(|state| state == AspState::Active) {
            true => AspState::Active,
            false => AspState::Inactive,
        }
    }

    /// Our state in an AS; down if there is none with that index.
    pub fn asp_state(&self, application_server: usize) -> AspState {
        let server = self.application_servers.get(application_server);
        server.map_or(AspState::Down, ApplicationServer::state)
    }

    /// The state of an AS, as far as a Notify told it.
    pub fn as_state(&self, application_server: usize) -> Option<AsState> {
        self.application_servers.get(application_server)?.as_state()
    }

    /// The routing context of an AS: the configured one, or the one that its routing key was
    /// registered with.
    pub fn routing_context(&self, application_server: usize) -> Option<u32> {
        let server = self.application_servers.get(application_server)?;
        server.routing_context()
    }

    /// Whether the traffic of an AS flows: we are ASP-ACTIVE in it, and nothing says that it is
    /// not AS-ACTIVE.
    pub fn carries_traffic(&self, application_server: usize) -> bool {
        let server = self.application_servers.get(application_server);
        server.is_some_and(ApplicationServer::carries_traffic)
    }

    /// Whether layer management has taken us out of traffic.
    pub const fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// Takes one input; call [`Self::poll_output`] until it is empty afterwards.
    pub fn handle(&mut self, now: Time, input: Input) {
        self.now = now;
        match input {
            Input::AssociationUp | Input::AssociationRestarted => self.associated(now),
            Input::AssociationDown => self.disconnected(),
            Input::Message { stream, message } => {
                if self.association.is_connected() {
                    self.beat.heard(now);
                    self.receive(now, stream, message);
                }
            }
            Input::Transfer {
                application_server,
                transfer,
            } => self.transfer(application_server, transfer),
            Input::Audit {
                application_server,
                destinations,
            } => self.audit(application_server, destinations),
            Input::Block => self.blocked = true,
            Input::Unblock => self.unblock(now),
            Input::Stop => self.stop(),
        }
        self.proceed(now);
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Self::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        let servers = self.application_servers.iter();
        let acks = servers.clone().filter_map(ApplicationServer::timeout);
        let acks = acks.chain(self.association.timeout());
        let audits = servers.filter_map(|server| server.audits.next());
        acks.map(|at| (at, Timer::Ack))
            .chain(audits.map(|at| (at, Timer::Audit)))
            .chain(self.beat.next().map(|at| (at, Timer::Beat)))
            .min_by_key(|(at, _)| *at)
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Time) {
        self.now = now;
        self.beat_due(now);
        self.audits_due(now);
        self.association_due(now);
        self.application_servers_due(now);
        self.proceed(now);
    }

    fn receive(&mut self, now: Time, stream: Option<u16>, message: Message) {
        let astray = stream.is_some_and(|stream| !message.belongs_on(stream));
        if astray && !self.quirks.any_stream {
            let error = Error::new(ErrorCode::InvalidStreamIdentifier);
            return self.refuse(&message, error);
        }
        if self.association != association::State::Up && belongs_to_traffic(&message) {
            return self.too_early(message);
        }
        match message {
            Message::AspUpAck(m) => self.up_ack(now, m),
            Message::AspDownAck(_) => self.down_ack(now),
            Message::AspActiveAck(m) => self.active_ack(m),
            Message::AspInactiveAck(m) => self.inactive_ack(now, m),
            Message::Notify(m) => self.notified(now, &m),
            Message::RegRsp(m) => self.registration_response(now, m),
            Message::DeregRsp(m) => self.deregistration_response(m),
            Message::Error(m) => self.error_reported(now, &m),
            Message::Data(m) => self.data(m),
            Message::Duna(_)
            | Message::Dava(_)
            | Message::Drst(_)
            | Message::Scon(_)
            | Message::Dupu(_) => self.ssnm(now, message),
            Message::Heartbeat(m) => self.send(HeartbeatAck { data: m.data }),
            // That it came is all that matters (RFC 4666 4.3.4.6).
            Message::HeartbeatAck(_) => {}
            Message::AspUp(_)
            | Message::AspDown(_)
            | Message::AspActive(_)
            | Message::AspInactive(_)
            | Message::Daud(_)
            | Message::RegReq(_)
            | Message::DeregReq(_) => self.requested(now, message),
        }
    }

    /// What only an ASP that is up is to be sent (RFC 4666 4.3.1).
    fn too_early(&mut self, message: Message) {
        match message {
            Message::Data(_) => self.outputs.push_back(Output::EarlyData),
            // They may come on another stream than the answer to ASPUP.
            Message::Notify(_)
            | Message::Duna(_)
            | Message::Dava(_)
            | Message::Drst(_)
            | Message::Scon(_)
            | Message::Dupu(_) => {}
            _ => self.refuse_unexpected(&message),
        }
    }

    /// Tells if our state changed.
    fn report(&mut self) {
        let state = self.state();
        if self.reported != state {
            self.reported = state;
            self.outputs.push_back(Output::State(state));
        }
    }

    fn send(&mut self, message: impl Into<Message>) {
        self.outputs.push_back(Output::Send(message.into()));
    }

    /// The application servers that a message with these routing contexts is about, all if it
    /// has none, and the routing contexts that are none of ours.
    fn concerned(&self, routing_contexts: &[u32]) -> (Vec<usize>, Vec<u32>) {
        if routing_contexts.is_empty() || self.has_implied_routing_context() {
            return ((0..self.application_servers.len()).collect(), Vec::new());
        }
        let mut indices = Vec::new();
        let mut unknown = Vec::new();
        for &routing_context in routing_contexts {
            match self.with_routing_context(routing_context) {
                Some(index) if indices.contains(&index) => {}
                Some(index) => indices.push(index),
                None => unknown.push(routing_context),
            }
        }
        (indices, unknown)
    }

    fn with_routing_context(&self, routing_context: u32) -> Option<usize> {
        let mut servers = self.application_servers.iter();
        servers.position(|server| server.routing_context() == Some(routing_context))
    }

    /// Whether there is but one AS and its routing context is known to the other end only.
    fn has_implied_routing_context(&self) -> bool {
        match self.application_servers.as_slice() {
            [only] => only.routing_context().is_none() && !only.registers(),
            _ => false,
        }
    }
}

/// Whether a message makes sense only between ends that are up.
const fn belongs_to_traffic(message: &Message) -> bool {
    !matches!(
        message,
        Message::AspUp(_)
            | Message::AspDown(_)
            | Message::AspUpAck(_)
            | Message::AspDownAck(_)
            | Message::Heartbeat(_)
            | Message::HeartbeatAck(_)
            | Message::Error(_)
    )
}
