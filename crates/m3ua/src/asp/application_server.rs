//! ASPTM: our state in each application server (RFC 4666 4.3.4.3, 4.3.4.4).
//!
//! The states are those of RFC 4666 figure 3 above ASP-DOWN, split by what we wait for; all but
//! `Active` are ASP-INACTIVE. `Down` is ASP-DOWN.
//!
//! ```txt
//!                                         /ASPAC              ASPAC_ACK
//!            up                        +---------> SentActive ---------> Active
//!  Down -----------------> WaitActive -+               |                 | | |
//!   |                       ^ ^ ^   ^  <---------------+                 | | |
//!   | up                    | | |   |    T(ack), refused                 | | |
//!   v         REG_RSP       | | |   +------------------------------------+ | |
//!  WaitRegister, -----------+ | |     ASPIA_ACK that we did not ask for    | |
//!  SentRegister               | |                                          | |
//!                             | +-- Standby <------------------------------+ |
//!              AS-PENDING,    |               NTFY alternate ASP active      |
//!              insufficient   |                                              |
//!                             | Unblock                     Block, Stop      |
//!                         Inactive <--------- SentInactive <-----------------+
//!                           |    ^  ASPIA_ACK                 /ASPIA
//!      Stop /DEREG_REQ      v    | DEREG_RSP
//!                        SentDeregister
//! ```
//!
//! Requests for several application servers that are due at once go in one message; what has
//! been refused or not answered is repeated one by one, so that one that the other end does not
//! like does not keep the others from traffic.

use super::audit::Audits;
use super::{AsSettings, Asp, Output};
use crate::msg::{AspActive, AspActiveAck, AspInactive, AspInactiveAck, Error, Message};
use crate::param::{ErrorCode, RoutingKey, TrafficMode};
use crate::state::{AsState, AspState};
use core::time::Duration;
use trunkline_model::Time;

/// Our state in an application server, and its.
#[derive(Debug)]
pub(super) struct ApplicationServer {
    pub(super) settings: AsSettings,
    pub(super) state: State,
    /// The configured routing context, or the one that was assigned.
    pub(super) routing_context: Option<u32>,
    /// Whether `routing_context` was assigned by the other end.
    pub(super) registered: bool,
    /// What a Notify told.
    pub(super) as_state: Option<AsState>,
    /// Whether the next request goes for this AS alone.
    pub(super) alone: bool,
    pub(super) audits: Audits,
    /// Until when DATA counts although we are not active any more.
    late: Option<Time>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// We are not up.
    Down,
    /// REG_REQ is sent.
    SentRegister {
        ack: Time,
    },
    /// REG_REQ is due.
    WaitRegister {
        retry: Time,
    },
    /// At rest: blocked, stopping, refused for good, or at the wish of an IPSP.
    Inactive,
    /// ASPAC is sent.
    SentActive {
        ack: Time,
    },
    /// ASPAC is due.
    WaitActive {
        retry: Time,
    },
    /// Another ASP has the traffic; we wait until we are needed, for ever or until `due`.
    Standby {
        due: Option<Time>,
    },
    Active,
    /// ASPIA is sent.
    SentInactive {
        ack: Time,
    },
    /// DEREG_REQ is sent, to stop.
    SentDeregister {
        ack: Time,
    },
}

impl State {
    /// Whether the routing key is not registered yet.
    pub(super) const fn is_registering(self) -> bool {
        matches!(self, Self::SentRegister { .. } | Self::WaitRegister { .. })
    }
}

impl ApplicationServer {
    pub(super) fn new(settings: AsSettings, audit: Option<Duration>) -> Self {
        let mut server = Self {
            settings,
            state: State::Down,
            routing_context: None,
            registered: false,
            as_state: None,
            alone: false,
            audits: Audits::new(audit),
            late: None,
        };
        server.forget_registration();
        server
    }

    pub(super) const fn state(&self) -> AspState {
        match self.state {
            State::Down => AspState::Down,
            State::Active => AspState::Active,
            _ => AspState::Inactive,
        }
    }

    pub(super) const fn as_state(&self) -> Option<AsState> {
        self.as_state
    }

    pub(super) const fn routing_context(&self) -> Option<u32> {
        self.routing_context
    }

    /// Whether its routing context is one that the other end assigns.
    pub(super) const fn registers(&self) -> bool {
        self.settings.registration.is_some()
    }

    pub(super) fn carries_traffic(&self) -> bool {
        // RFC 4666 4.3.4.5: an end that sends Notify sends one for every change.
        self.state == State::Active && self.as_state.is_none_or(|state| state == AsState::Active)
    }

    /// Whether DATA for it counts: also what overtook the acknowledgement of our ASPAC on
    /// another stream, and what was sent before the other end took our ASPIA or ended our
    /// activity itself.
    pub(super) fn takes_data(&self, now: Time) -> bool {
        matches!(
            self.state,
            State::SentActive { .. } | State::Active | State::SentInactive { .. }
        ) || self.late.is_some_and(|until| now < until)
    }

    pub(super) const fn timeout(&self) -> Option<Time> {
        match self.state {
            State::SentRegister { ack }
            | State::SentActive { ack }
            | State::SentInactive { ack }
            | State::SentDeregister { ack } => Some(ack),
            State::WaitRegister { retry } | State::WaitActive { retry } => Some(retry),
            State::Standby { due } => due,
            State::Down | State::Inactive | State::Active => None,
        }
    }

    pub(super) fn forget_registration(&mut self) {
        self.registered = false;
        self.routing_context = match self.registers() {
            true => None,
            false => self.settings.routing_context,
        };
    }

    /// The routing key to register.
    pub(super) const fn routing_key(&self) -> Option<&RoutingKey> {
        self.settings.registration.as_ref()
    }

    /// What a backup does about the state of the AS, as far as it is known: it takes over from
    /// nobody at once, and lets those that just start go first (RFC 4666 5.1.2, 5.2.1).
    pub(super) fn standby(&self, now: Time, ack: Duration) -> State {
        match self.as_state {
            None | Some(AsState::Active) => State::Standby { due: None },
            Some(AsState::Inactive | AsState::Down) => State::Standby {
                due: Some(now + ack),
            },
            Some(AsState::Pending) => State::WaitActive { retry: now },
        }
    }
}

impl Asp {
    /// Changes our state in an AS, and tells if it matters.
    pub(super) fn enter(&mut self, index: usize, state: State) {
        let server = &mut self.application_servers[index];
        let before = server.state();
        server.state = state;
        let after = server.state();
        if after != AspState::Active {
            server.audits.clear();
        } else {
            server.alone = false;
            self.doubted = false;
        }
        server.late = match (before, after) {
            (AspState::Active, AspState::Inactive) => Some(self.now + self.late),
            (_, AspState::Inactive) => server.late,
            (_, AspState::Down | AspState::Active) => None,
        };
        if before != after {
            self.outputs.push_back(Output::Asp {
                application_server: index,
                state: after,
            });
            self.report();
        }
    }

    /// We are up: on to registration, or to traffic.
    pub(super) fn begin(&mut self, now: Time) {
        for index in 0..self.application_servers.len() {
            match self.application_servers[index].registers() {
                true => self.enter(index, State::WaitRegister { retry: now }),
                false => self.ready(now, index),
            }
        }
    }

    /// The routing context of an AS is known.
    pub(super) fn ready(&mut self, now: Time, index: usize) {
        let server = &self.application_servers[index];
        let state = match server.settings.standby {
            true => server.standby(now, self.ack),
            false => State::WaitActive { retry: now },
        };
        self.enter(index, state);
    }

    /// We are down; the registrations went with it (RFC 4666 4.3.4.2).
    pub(super) fn leave_all(&mut self) {
        for index in 0..self.application_servers.len() {
            self.enter(index, State::Down);
            let server = &mut self.application_servers[index];
            server.forget_registration();
            server.as_state = None;
            server.alone = false;
        }
    }

    /// The other end has us for inactive, we want to be active.
    pub(super) fn activate_again(&mut self, now: Time) {
        for index in self.in_state(|state| state == State::Active) {
            self.enter(index, State::WaitActive { retry: now });
        }
    }

    pub(super) fn unblock(&mut self, now: Time) {
        self.blocked = false;
        if self.stopping {
            return;
        }
        let at_rest = |state| matches!(state, State::Inactive | State::SentInactive { .. });
        for index in self.in_state(at_rest) {
            let server = &self.application_servers[index];
            match server.registers() && server.routing_context.is_none() {
                true => self.enter(index, State::WaitRegister { retry: now }),
                false => self.ready(now, index),
            }
        }
    }

    pub(super) fn active_ack(&mut self, ack: AspActiveAck) {
        let (indices, unknown) = self.concerned(&ack.routing_contexts);
        let named = !ack.routing_contexts.is_empty() || indices.len() == 1;
        for index in indices {
            let server = &self.application_servers[index];
            match server.state {
                // An answer without routing contexts reflects at least the mode.
                State::SentActive { .. }
                    if named || ack.traffic_mode == server.settings.traffic_mode =>
                {
                    self.enter(index, State::Active);
                }
                // The answer to one of several requests of which another was refused.
                State::WaitActive { .. } if named => self.enter(index, State::Active),
                // The second answer to a repeated request, or one that came too late.
                _ => {}
            }
        }
        self.refuse_routing_contexts(&Message::AspActiveAck(ack), unknown);
    }

    pub(super) fn inactive_ack(&mut self, now: Time, ack: AspInactiveAck) {
        let (indices, unknown) = self.concerned(&ack.routing_contexts);
        let named = !ack.routing_contexts.is_empty();
        let asked = self.in_state(|state| matches!(state, State::SentInactive { .. }));
        for index in indices {
            match self.application_servers[index].state {
                State::SentInactive { .. } => self.enter(index, State::Inactive),
                // RFC 4666 4.3.4.4: return to where we were; not at once, see `down_ack`.
                State::Active if named || asked.is_empty() => {
                    let retry = now + self.ack;
                    self.enter(index, State::WaitActive { retry });
                }
                // T(ack) repeats an ASPAC that this crossed.
                _ => {}
            }
        }
        self.refuse_routing_contexts(&Message::AspInactiveAck(ack), unknown);
    }

    /// Sends what is due, and takes us out of traffic if need be.
    pub(super) fn proceed_traffic(&mut self, now: Time) {
        if self.blocked || self.stopping {
            self.withdraw(now);
        } else {
            self.activate_due(now);
        }
        match self.stopping {
            true => self.deregister(now),
            false => self.register_due(now),
        }
    }

    /// Whether a stop still waits for answers, with us up.
    pub(super) fn is_leaving(&self) -> bool {
        self.application_servers.iter().any(|server| {
            matches!(
                server.state,
                State::SentInactive { .. } | State::SentDeregister { .. }
            )
        })
    }

    fn activate_due(&mut self, now: Time) {
        let due = self.in_state(|state| match state {
            State::WaitActive { retry } => retry <= now,
            State::Standby { due } => due.is_some_and(|due| due <= now),
            _ => false,
        });
        let ack = now + self.ack;
        for set in self.sets(&due) {
            for &index in &set {
                self.enter(index, State::SentActive { ack });
            }
            self.send(AspActive {
                traffic_mode: self.traffic_mode(set[0]),
                routing_contexts: self.routing_contexts(&set),
                info: None,
            });
        }
    }

    fn withdraw(&mut self, now: Time) {
        let stopping = self.stopping;
        let idle = self.in_state(|state| match state {
            State::WaitActive { .. } | State::Standby { .. } => true,
            state => stopping && state.is_registering(),
        });
        for index in idle {
            self.enter(index, State::Inactive);
        }
        let engaged = |state| matches!(state, State::Active | State::SentActive { .. });
        let engaged = self.in_state(engaged);
        self.send_inactive(now, &engaged);
    }

    fn send_inactive(&mut self, now: Time, indices: &[usize]) {
        let ack = now + self.ack;
        // Traffic modes do not matter here: all in one, but for those that want to be alone.
        let (alone, together): (Vec<usize>, Vec<usize>) = indices
            .iter()
            .partition(|index| self.application_servers[**index].alone);
        let sets = alone.into_iter().map(|index| vec![index]).chain([together]);
        for set in sets.filter(|set| !set.is_empty()) {
            for &index in &set {
                self.enter(index, State::SentInactive { ack });
            }
            self.send(AspInactive {
                routing_contexts: self.routing_contexts(&set),
                info: None,
            });
        }
    }

    pub(super) fn application_servers_due(&mut self, now: Time) {
        let due = |server: &ApplicationServer| server.timeout().is_some_and(|at| at <= now);
        let mut unanswered: Vec<&'static str> = Vec::new();
        let mut inactive = Vec::new();
        for index in 0..self.application_servers.len() {
            let server = &mut self.application_servers[index];
            if !due(server) {
                continue;
            }
            let message = match server.state {
                State::SentActive { .. } => {
                    self.enter(index, State::WaitActive { retry: now });
                    "ASPAC"
                }
                State::SentRegister { .. } => {
                    self.enter(index, State::WaitRegister { retry: now });
                    "REG_REQ"
                }
                // Whoever stops does not wait for ever.
                State::SentInactive { .. } if self.stopping => {
                    self.enter(index, State::Inactive);
                    "ASPIA"
                }
                State::SentInactive { .. } => {
                    inactive.push(index);
                    "ASPIA"
                }
                State::SentDeregister { .. } => {
                    self.deregistered(index);
                    "DEREG_REQ"
                }
                _ => continue,
            };
            self.application_servers[index].alone = true;
            if !unanswered.contains(&message) {
                unanswered.push(message);
            }
        }
        for &message in &unanswered {
            self.outputs.push_back(Output::NoAnswer(message));
        }
        self.send_inactive(now, &inactive);
        // The other end said "Unexpected Message" and nothing else: it may have us for down.
        if self.doubted && !unanswered.is_empty() && self.state() != AspState::Active {
            self.down(super::association::State::WaitUp { retry: Some(now) });
        }
    }

    pub(super) fn in_state(&self, wanted: impl Fn(State) -> bool) -> Vec<usize> {
        let servers = self.application_servers.iter().enumerate();
        servers
            .filter(|(_, server)| wanted(server.state))
            .map(|(index, _)| index)
            .collect()
    }

    /// Puts together those that one ASP Active can be sent for.
    fn sets(&self, indices: &[usize]) -> Vec<Vec<usize>> {
        let mut sets: Vec<Vec<usize>> = Vec::new();
        for &index in indices {
            let joins = |set: &&mut Vec<usize>| {
                let first = &self.application_servers[set[0]];
                !first.alone && self.traffic_mode(set[0]) == self.traffic_mode(index)
            };
            let alone = self.application_servers[index].alone;
            match sets.iter_mut().find(joins).filter(|_| !alone) {
                Some(set) => set.push(index),
                None => sets.push(vec![index]),
            }
        }
        sets
    }

    fn traffic_mode(&self, index: usize) -> Option<TrafficMode> {
        self.application_servers[index].settings.traffic_mode
    }

    pub(super) fn routing_contexts(&self, indices: &[usize]) -> Vec<u32> {
        let servers = indices
            .iter()
            .map(|&index| &self.application_servers[index]);
        servers
            .filter_map(ApplicationServer::routing_context)
            .collect()
    }

    /// Answers a message that named routing contexts that are none of ours, if it did.
    pub(super) fn refuse_routing_contexts(&mut self, message: &Message, unknown: Vec<u32>) {
        if !unknown.is_empty() {
            let error = Error {
                routing_contexts: unknown,
                ..Error::new(ErrorCode::InvalidRoutingContext)
            };
            self.refuse(message, error);
        }
    }
}
