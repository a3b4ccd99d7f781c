//! One application server at a gateway: its ASPs, its traffic mode and what is held for it.

use super::as_state::{Event, next};
use super::distribution::same;
use super::loadshare::Loadshare;
use super::{AsSettings, AspId, NotSent, Output, Settings, Sgp, Timer};
use crate::diversion::Diversion;
use crate::msg::Notify;
use crate::param::{RoutingKeyDestination, Status, TrafficMode};
use crate::state::{AsState, AspState};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{PointCode, Time};

#[derive(Debug)]
pub(super) struct ApplicationServer {
    pub(super) settings: AsSettings,
    /// The network appearance of its messages.
    pub(super) network_appearance: Option<u32>,
    /// Whether an ASP brought it into being (RFC 4666 4.4.1).
    pub(super) dynamic: bool,
    /// The ASPs that registered for it.
    pub(super) registered: BTreeSet<AspId>,
    /// Whether the interworking function cannot serve it (RFC 4666 4.7).
    pub(super) isolated: bool,
    pub(super) state: AsState,
    /// The mode in force, once it is known.
    pub(super) mode: Option<TrafficMode>,
    /// The ASPs that are not down.
    asps: BTreeMap<AspId, AspState>,
    /// Until when DATA of ASPs counts that are not active any more.
    late: BTreeMap<AspId, Time>,
    /// How many ASPs were active when the others were told last.
    told_active: usize,
    /// What waits for an active ASP, while the AS is pending.
    pub(super) held: VecDeque<MtpTransfer>,
    /// How many of those at the front came back from a lost association.
    pub(super) put_back: usize,
    pub(super) loadshare: Loadshare,
    pub(super) diversion: Diversion<AspId>,
    /// The last correlation id, in broadcast mode.
    pub(super) correlation_id: u32,
    /// The flows of which a message was tagged since an ASP became active, in broadcast mode.
    pub(super) tagged: BTreeSet<(PointCode, u8)>,
}

impl ApplicationServer {
    pub(super) fn new(settings: AsSettings, dynamic: bool, gateway: &Settings) -> Self {
        Self {
            network_appearance: settings.network_appearance.or(gateway.network_appearance),
            dynamic,
            registered: BTreeSet::new(),
            isolated: false,
            state: AsState::Down,
            mode: settings.traffic_mode,
            asps: BTreeMap::new(),
            late: BTreeMap::new(),
            told_active: 0,
            held: VecDeque::new(),
            put_back: 0,
            loadshare: Loadshare::new(),
            diversion: Diversion::new(gateway.diversion, gateway.pending_queue),
            correlation_id: 0,
            tagged: BTreeSet::new(),
            settings,
        }
    }

    pub(super) fn asp_state(&self, asp: AspId) -> AspState {
        self.asps.get(&asp).copied().unwrap_or_default()
    }

    /// Whether DATA of an ASP counts.
    pub(super) fn takes_data(&self, now: Time, asp: AspId) -> bool {
        self.asp_state(asp) == AspState::Active
            || self.late.get(&asp).is_some_and(|until| now < *until)
    }

    /// Forgets an ASP whose association is gone.
    pub(super) fn forget(&mut self, asp: AspId) {
        self.late.remove(&asp);
    }

    pub(super) fn active(&self) -> impl Iterator<Item = AspId> {
        let active = |(_, state): &(_, &AspState)| **state == AspState::Active;
        self.asps.iter().filter(active).map(|(asp, _)| *asp)
    }

    /// The point codes of the routing key, without ranges.
    pub(super) fn point_codes(&self) -> impl Iterator<Item = PointCode> {
        let destinations = self.settings.routing_key.iter();
        destinations
            .filter(|destination| destination.dpc.mask == 0)
            .map(|destination| destination.dpc.point_code)
    }

    pub(super) fn has_key(&self, key: &[RoutingKeyDestination]) -> bool {
        same(&self.settings.routing_key, key)
    }

    /// Whether the network can send it traffic, which may have to wait.
    const fn is_reachable(&self) -> bool {
        matches!(self.state, AsState::Active | AsState::Pending)
    }

    /// n of the n+k model (RFC 4666 4.3.2).
    fn minimum_active(&self) -> usize {
        match self.mode {
            Some(TrafficMode::Override) => 1,
            _ => self.settings.minimum_active.max(1),
        }
    }

    /// Whether it carries traffic with fewer ASPs than it should.
    fn is_short(&self) -> bool {
        self.state == AsState::Active && self.told_active < self.minimum_active()
    }

    /// What Notify tells of the state; nothing for AS-DOWN.
    const fn status(&self) -> Option<Status> {
        match self.state {
            AsState::Down => None,
            AsState::Inactive => Some(Status::AsInactive),
            AsState::Active => Some(Status::AsActive),
            AsState::Pending => Some(Status::AsPending),
        }
    }
}

impl Sgp {
    /// Sets the state of an ASP in an AS. [`Self::settle`] draws the conclusions, once the
    /// acknowledgement is on its way (RFC 4666 4.3.4.5).
    pub(super) fn set_asp(&mut self, asp: AspId, index: usize, state: AspState) {
        let identifier = self.asps.get(&asp).and_then(|known| known.identifier);
        let Some(server) = self.application_servers.get_mut(&index) else {
            return;
        };
        let before = server.asp_state(asp);
        if before == state {
            return;
        }
        match state {
            AspState::Down => server.asps.remove(&asp),
            AspState::Inactive | AspState::Active => server.asps.insert(asp, state),
        };
        if state == AspState::Active {
            server.loadshare.active(asp, identifier);
            server.tagged.clear();
            server.late.remove(&asp);
        } else if before == AspState::Active || state == AspState::Down {
            if before == AspState::Active {
                server.late.insert(asp, self.now + self.settings.diversion);
            }
            server.loadshare.inactive(asp, state == AspState::Down);
        }
        self.outputs.push_back(Output::Asp {
            asp,
            application_server: index,
            routing_context: server.settings.routing_context,
            state,
        });
    }

    /// Draws the conclusions for an AS from the states of its ASPs. `failed` is the identifier
    /// of an ASP whose failure led to this.
    pub(super) fn settle(&mut self, now: Time, index: usize, failed: Option<u32>) {
        let Some(server) = self.application_servers.get_mut(&index) else {
            return;
        };
        let active = server.active().count();
        let inactive = server.asps.len() - active;
        let event = Event::Asps { active, inactive };
        let next = next(server.state, event, server.minimum_active());
        let (before, was_short) = (server.state, server.is_short());
        let lost_one = active < server.told_active;
        server.told_active = active;
        self.set_as(now, index, next, failed);
        let Some(server) = self.application_servers.get_mut(&index) else {
            return;
        };
        // The mode of an AS that is configured without one is that of whoever comes first.
        if active == 0 && !server.is_reachable() {
            server.mode = server.settings.traffic_mode;
        }
        if server.is_short() && (lost_one || before != AsState::Active) {
            self.notify_inactive(index);
        } else if was_short && before == next && !server.is_short() {
            // RFC 4666 5.2.3 tells that there are enough again this way.
            self.notify(index, Status::AsActive, None);
        }
    }

    /// T(r) expired: PN2IA, PN2DN.
    pub(super) fn recovery_expired(&mut self, now: Time, index: usize) {
        let Some(server) = self.application_servers.get_mut(&index) else {
            return;
        };
        let inactive = server.asps.len();
        let next = next(server.state, Event::RecoveryExpired { inactive }, 1);
        let held = core::mem::take(&mut server.held);
        server.put_back = 0;
        server.mode = server.settings.traffic_mode;
        for transfer in held {
            self.not_sent(transfer, NotSent::Unavailable);
        }
        self.set_as(now, index, next, None);
    }

    fn set_as(&mut self, now: Time, index: usize, state: AsState, failed: Option<u32>) {
        let Some(server) = self.application_servers.get_mut(&index) else {
            return;
        };
        let before = core::mem::replace(&mut server.state, state);
        if before != state {
            self.outputs.push_back(Output::As {
                application_server: index,
                routing_context: server.settings.routing_context,
                state,
            });
            if let Some(status) = server.status() {
                self.notify(index, status, failed);
            }
            self.divert(now, index, before, state);
        }
        self.remove_unused(index);
    }

    /// What a new state means for the traffic.
    fn divert(&mut self, now: Time, index: usize, before: AsState, state: AsState) {
        let Some(server) = self.application_servers.get_mut(&index) else {
            return;
        };
        match (before, state) {
            // Traffic is held meanwhile: the network need not know. What waits for another way
            // comes before what is still to come.
            (_, AsState::Pending) => {
                let waiting = server.diversion.take_due(Time::from_micros(u64::MAX));
                self.deadlines.set(Timer::Diversion(index), None);
                let until = now + self.settings.recovery;
                self.deadlines.set(Timer::Recovery(index), Some(until));
                for transfer in waiting {
                    self.hold(index, transfer);
                }
            }
            (AsState::Pending, AsState::Active) => {
                self.deadlines.set(Timer::Recovery(index), None);
                server.put_back = 0;
                for transfer in core::mem::take(&mut server.held) {
                    self.deliver(now, index, transfer);
                }
            }
            (_, AsState::Active) => self.tell_network(index, MtpIndication::Resume),
            (AsState::Active | AsState::Pending, _) => {
                self.tell_network(index, MtpIndication::Pause);
            }
            (AsState::Down | AsState::Inactive, _) => {}
        }
    }

    /// Tells the network of the point codes of an AS, but for those that other ASs serve too.
    fn tell_network(&mut self, index: usize, news: fn(PointCode) -> MtpIndication) {
        let Some(server) = self.application_servers.get(&index) else {
            return;
        };
        let point_codes: BTreeSet<PointCode> = server.point_codes().collect();
        for point_code in point_codes {
            let mut others = self.distribution.serving(point_code);
            let served = others.any(|other| {
                other != index
                    && self
                        .application_servers
                        .get(&other)
                        .is_some_and(|s| s.is_reachable())
            });
            if !served {
                self.outputs.push_back(Output::Network(news(point_code)));
            }
        }
    }

    /// Tells an ASP that just came up the state of an AS, unless the whole AS changed with it
    /// and everybody was told.
    pub(super) fn tell_newcomer(&mut self, asp: AspId, index: usize, before: AsState) {
        let Some(server) = self.application_servers.get(&index) else {
            return;
        };
        if server.state == before
            && let Some(status) = server.status()
        {
            let short = server.is_short();
            self.notify_one(asp, index, status, None);
            if short {
                self.notify_one(asp, index, Status::InsufficientAspResources, None);
            }
        }
    }

    /// To all ASPs of the AS that are not down (RFC 4666 4.3.4.5).
    pub(super) fn notify(&mut self, index: usize, status: Status, who: Option<u32>) {
        let asps = self.application_servers.get(&index).map(|s| &s.asps);
        let up: Vec<AspId> = asps.into_iter().flatten().map(|(asp, _)| *asp).collect();
        for asp in up {
            self.notify_one(asp, index, status, who);
        }
    }

    /// More ASPs are needed: to those that could become active (RFC 4666 3.8.2).
    fn notify_inactive(&mut self, index: usize) {
        let asps = self.application_servers.get(&index).map(|s| &s.asps);
        let inactive: Vec<AspId> = asps
            .into_iter()
            .flatten()
            .filter(|(_, state)| **state == AspState::Inactive)
            .map(|(asp, _)| *asp)
            .collect();
        for asp in inactive {
            self.notify_one(asp, index, Status::InsufficientAspResources, None);
        }
    }

    pub(super) fn notify_one(
        &mut self,
        asp: AspId,
        index: usize,
        status: Status,
        who: Option<u32>,
    ) {
        let quiet = |known: &super::Asp| known.settings.quirks.no_notify;
        if self.asps.get(&asp).is_none_or(quiet) {
            return;
        }
        let notify = Notify {
            status,
            asp_identifier: who,
            routing_contexts: self.routing_context(index).into_iter().collect(),
            info: None,
        };
        self.send(asp, notify);
    }
}
