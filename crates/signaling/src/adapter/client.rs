//! The client halves: what the ASPs of our peers want, and the audit of what lies behind them.

use super::peer::{AuditRun, Link};
use super::route::{Route, Via};
use super::{Adapter, Output, PeerId};
use crate::config::{AUDITS, Audit};
use crate::event::{Discarded, PeerError, SignalingEvent, WayState};
use trunkline_m3ua::AffectedPointCode;
use trunkline_m3ua::asp::{self, DestinationState};
use trunkline_model::mtp::{MtpIndication, MtpStatus};
use trunkline_model::{PointCode, Time};

impl Adapter {
    /// Gives the client half of a peer one input, if it has one, and does what it wants.
    pub(super) fn ask(&mut self, now: Time, id: PeerId, input: asp::Input) {
        if let Some(asp) = self.peers.get_mut(&id).and_then(|peer| peer.asp.as_mut()) {
            asp.handle(now, input);
            self.drain_asp(now, id);
        }
    }

    pub(super) fn drain_asp(&mut self, now: Time, id: PeerId) {
        loop {
            let asp = self.peers.get_mut(&id).and_then(|peer| peer.asp.as_mut());
            let Some(output) = asp.and_then(asp::Asp::poll_output) else {
                return;
            };
            self.asp_output(now, id, output);
        }
    }

    fn asp_output(&mut self, now: Time, id: PeerId, output: asp::Output) {
        match output {
            asp::Output::Send(message) => self.send(id, &message),
            asp::Output::State(_) => {}
            asp::Output::Asp {
                application_server,
                state,
            } => {
                let (peer, routing_context) = self.named(id, application_server);
                self.event(SignalingEvent::Asp {
                    peer,
                    routing_context,
                    state,
                });
                self.settle(now, id, application_server);
            }
            asp::Output::As {
                application_server,
                state,
            } => {
                let (peer, routing_context) = self.named(id, application_server);
                self.event(SignalingEvent::As {
                    peer: Some(peer),
                    routing_context,
                    state,
                });
                self.settle(now, id, application_server);
            }
            asp::Output::Notified {
                application_server,
                status,
                ..
            } => {
                let (peer, routing_context) = self.named(id, application_server);
                self.event(SignalingEvent::Notified {
                    peer,
                    routing_context,
                    status,
                });
            }
            asp::Output::Registered {
                routing_context, ..
            } => {
                let peer = self.name(id);
                self.event(SignalingEvent::Registered {
                    peer,
                    routing_context,
                });
            }
            asp::Output::RegistrationRefused { status, .. } => {
                self.failed(id, PeerError::RegistrationRefused(status));
            }
            asp::Output::Transfer {
                application_server,
                transfer,
            } => {
                self.heard_from(id, application_server, transfer.opc);
                self.indicate(id, transfer);
            }
            asp::Output::Destinations {
                application_servers,
                affected,
                state,
            } => self.destinations(id, &application_servers, &affected, state),
            asp::Output::Refused { message, code } => {
                self.failed(id, PeerError::Refused { message, code });
            }
            asp::Output::Reported(code) => self.failed(id, PeerError::Reported(code)),
            asp::Output::NoAnswer(message) => self.failed(id, PeerError::NoAnswer(message)),
            asp::Output::EarlyData => self.failed(id, PeerError::EarlyData),
            asp::Output::NotSent(transfer) => {
                self.discarded(Discarded::Unavailable(transfer.dpc));
            }
            asp::Output::Unresponsive => self.unresponsive(id),
            asp::Output::Stopped => {
                let peer = self.peers.get(&id);
                let up = peer.filter(|peer| peer.is_up());
                if let Some(association) = up.and_then(|peer| peer.association) {
                    self.outputs.push_back(Output::Shutdown(association));
                }
            }
        }
    }

    pub(super) fn unresponsive(&mut self, id: PeerId) {
        self.failed(id, PeerError::NoAnswer("BEAT"));
        let peer = self.peers.get(&id);
        if let Some(association) = peer.and_then(|peer| peer.association) {
            self.outputs.push_back(Output::Abort(association));
        }
    }

    /// Draws the conclusions from whether traffic flows in an AS of a peer.
    fn settle(&mut self, now: Time, id: PeerId, application_server: usize) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        let on = peer
            .asp
            .as_ref()
            .is_some_and(|asp| asp.carries_traffic(application_server));
        let policy = peer.audit;
        let Some(carrying) = peer.carrying.get_mut(application_server) else {
            return;
        };
        if carrying.on == on {
            return;
        }
        carrying.on = on;
        carrying.audit = (on && policy != Audit::Off).then_some(AuditRun {
            due: now,
            unanswered: 0,
        });
        let via = Via::Peer(id, application_server);
        for way in self.routes.values_mut().filter_map(|r| r.way_mut(via)) {
            way.active = on;
            match (on, way.state) {
                (true, WayState::Unknown) if policy == Audit::Off => {
                    way.state = WayState::Available;
                }
                // What cannot be reached was told before the acknowledgement (RFC 4666 4.5.1).
                (true, _) => {}
                // What it said is forgotten: that may not be so any more when it is back.
                (false, _) => (way.state, way.congestion) = (WayState::Unknown, 0),
            }
        }
        self.tell_user();
        self.audits_due(now, id);
    }

    /// Sends the DAUDs that are due for what is not known since traffic began to flow
    /// (RFC 4666 4.5.3). For what is known not to be available, the client half asks again.
    pub(super) fn audits_due(&mut self, now: Time, id: PeerId) {
        let count = self.peers.get(&id).map_or(0, |peer| peer.carrying.len());
        for application_server in 0..count {
            let carrying = self
                .peers
                .get(&id)
                .and_then(|peer| peer.carrying.get(application_server));
            if let Some(audit) = carrying.and_then(|carrying| carrying.audit)
                && audit.due <= now
            {
                self.audit(now, id, application_server, audit);
            }
        }
    }

    fn audit(&mut self, now: Time, id: PeerId, application_server: usize, audit: AuditRun) {
        let via = Via::Peer(id, application_server);
        let unknown = |route: &Route| {
            let way = route.way(via);
            way.is_some_and(|way| way.state == WayState::Unknown)
        };
        let routes = self.routes.values().filter(|route| unknown(route));
        let mut destinations: Vec<PointCode> = routes.map(|route| route.dpc).collect();
        let policy = self.peers.get(&id).map(|peer| peer.audit);
        if audit.unanswered >= AUDITS && policy == Some(Audit::Ask) && !destinations.is_empty() {
            // It answers none of them: a gateway that cannot. Believe it to be connected.
            self.failed(id, PeerError::NoAnswer("DAUD"));
            for dpc in destinations.drain(..) {
                self.set_way(dpc, via, WayState::Available);
            }
            self.tell_user();
        }
        let peer = self.peers.get_mut(&id);
        if let Some(carrying) = peer.and_then(|p| p.carrying.get_mut(application_server)) {
            carrying.audit = (!destinations.is_empty()).then_some(AuditRun {
                due: now + self.m3ua.audit,
                unanswered: audit.unanswered + 1,
            });
        }
        if !destinations.is_empty() {
            let input = asp::Input::Audit {
                application_server,
                destinations,
            };
            self.ask(now, id, input);
        }
    }

    /// A message of a destination over a way of which nothing is known yet says that it leads
    /// there, before the answer to the audit does: what is to be answered must not be dropped.
    fn heard_from(&mut self, id: PeerId, application_server: usize, opc: PointCode) {
        let peer = self.peers.get(&id);
        let carrying = peer.and_then(|peer| peer.carrying.get(application_server));
        if carrying.is_none_or(|carrying| carrying.audit.is_none()) {
            return;
        }
        let via = Via::Peer(id, application_server);
        let way = self.routes.get(&opc).and_then(|route| route.way(via));
        if way.is_some_and(|way| way.state == WayState::Unknown) {
            self.set_way(opc, via, WayState::Available);
            self.tell_user();
        }
    }

    /// What a gateway says of destinations (RFC 4666 3.4).
    fn destinations(
        &mut self,
        id: PeerId,
        application_servers: &[usize],
        affected: &[AffectedPointCode],
        news: DestinationState,
    ) {
        let state = match news {
            DestinationState::Available => WayState::Available,
            DestinationState::Unavailable => WayState::Unavailable,
            DestinationState::Restricted => WayState::Restricted,
            DestinationState::Status(status) => {
                return self.status(id, application_servers, affected, status);
            }
        };
        for &application_server in application_servers {
            let via = Via::Peer(id, application_server);
            let concerned: Vec<PointCode> = self
                .routes
                .values_mut()
                .filter_map(|route| {
                    let concerned = route.affected(via, affected).is_some();
                    concerned.then_some(route.dpc)
                })
                .collect();
            for dpc in concerned {
                self.set_way(dpc, via, state);
            }
        }
        self.tell_user();
    }

    fn status(
        &mut self,
        id: PeerId,
        application_servers: &[usize],
        affected: &[AffectedPointCode],
        status: MtpStatus,
    ) {
        for route in self.routes.values_mut() {
            let mut concerned = false;
            for &application_server in application_servers {
                let via = Via::Peer(id, application_server);
                if let Some(way) = route.affected(via, affected) {
                    concerned = true;
                    if let MtpStatus::Congestion(level) = status {
                        way.congestion = level;
                    }
                }
            }
            if concerned {
                let status = MtpIndication::Status(route.dpc, status);
                let event = SignalingEvent::Mtp(status);
                self.outputs.push_back(Output::Event(event));
            }
        }
    }

    fn set_way(&mut self, dpc: PointCode, via: Via, state: WayState) {
        let Some(way) = self.routes.get_mut(&dpc).and_then(|r| r.way_mut(via)) else {
            return;
        };
        if way.state == state {
            return;
        }
        way.state = state;
        // MTP-RESUME ends congestion (Q.704 11.2.4).
        if state == WayState::Available {
            way.congestion = 0;
        }
        if let Via::Peer(id, _) = via {
            let peer = self.name(id);
            self.event(SignalingEvent::Destination {
                peer,
                point_code: dpc,
                state,
            });
        }
    }

    /// The send buffer of an association fills or empties: that is congestion towards all that
    /// lies behind it (RFC 4666 1.4.6).
    pub(super) fn send_buffer(&mut self, id: PeerId, level: u8) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        if !matches!(peer.link, Link::Up { .. }) || peer.seen.congestion == level {
            return;
        }
        peer.seen.congestion = level;
        let name = peer.name.clone();
        self.event(SignalingEvent::Congestion { peer: name, level });
        let concerned = self.routes.values().filter(|route| {
            let ways = route.ways.iter();
            ways.clone()
                .any(|way| way.active && matches!(way.via, Via::Peer(peer, _) if peer == id))
        });
        let concerned: Vec<PointCode> = concerned.map(|route| route.dpc).collect();
        for dpc in concerned {
            let status = MtpIndication::Status(dpc, MtpStatus::Congestion(level));
            self.event(SignalingEvent::Mtp(status));
        }
    }

    fn named(&self, id: PeerId, application_server: usize) -> (String, Option<u32>) {
        let peer = self.peers.get(&id);
        let routing_context = peer.and_then(|peer| peer.routing_context(application_server));
        (self.name(id), routing_context)
    }
}
