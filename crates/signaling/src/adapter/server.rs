//! The server half: what the gateway in us wants of those that it serves.

use super::route::{Route, Via};
use super::{Adapter, PeerId};
use crate::event::{Discarded, PeerError, SignalingEvent};
use trunkline_m3ua::sgp::{self, AspId, NotSent};
use trunkline_model::mtp::MtpIndication;
use trunkline_model::{PointCode, Time};

impl Adapter {
    /// Gives the server half one input and does what it wants.
    pub(super) fn serve(&mut self, now: Time, input: sgp::Input) {
        self.sgp.handle(now, input);
        self.drain_sgp(now);
    }

    /// Tells the server half what happened to the association of a peer, if it serves it.
    pub(super) fn serve_asp(
        &mut self,
        now: Time,
        id: PeerId,
        input: impl FnOnce(AspId) -> sgp::Input,
    ) {
        if self
            .peers
            .get(&id)
            .is_some_and(|peer| peer.serves.is_some())
        {
            self.serve(now, input(AspId(id.0)));
        }
    }

    pub(super) fn drain_sgp(&mut self, _now: Time) {
        while let Some(output) = self.sgp.poll_output() {
            self.sgp_output(output);
        }
    }

    fn sgp_output(&mut self, output: sgp::Output) {
        match output {
            sgp::Output::Send(AspId(id), message) => self.send(PeerId(id), &message),
            sgp::Output::Network(indication) => self.served_indication(indication),
            sgp::Output::Asp {
                asp: AspId(id),
                routing_context,
                state,
                ..
            } => {
                let peer = self.name(PeerId(id));
                self.event(SignalingEvent::Asp {
                    peer,
                    routing_context,
                    state,
                });
            }
            sgp::Output::As {
                routing_context,
                state,
                ..
            } => self.event(SignalingEvent::As {
                peer: None,
                routing_context,
                state,
            }),
            sgp::Output::Registered {
                asp: AspId(id),
                routing_context,
                ..
            } => {
                let peer = self.name(PeerId(id));
                self.event(SignalingEvent::Registered {
                    peer,
                    routing_context,
                });
            }
            sgp::Output::RegistrationRefused {
                asp: AspId(id),
                status,
            } => self.failed(PeerId(id), PeerError::RegistrationRefused(status)),
            // The AS says what becomes of it.
            sgp::Output::State(..) | sgp::Output::Deregistered { .. } => {}
            sgp::Output::Refused {
                asp: AspId(id),
                message,
                code,
            } => self.failed(PeerId(id), PeerError::Refused { message, code }),
            sgp::Output::Reported(AspId(id), code) => {
                self.failed(PeerId(id), PeerError::Reported(code));
            }
            sgp::Output::Unresponsive(AspId(id)) => self.unresponsive(PeerId(id)),
            sgp::Output::NotSent(transfer, why) => {
                self.discarded(match why {
                    NotSent::NoApplicationServer => Discarded::NoRoute(transfer.dpc),
                    NotSent::Unavailable => Discarded::Unavailable(transfer.dpc),
                    NotSent::QueueFull => Discarded::QueueFull(transfer.dpc),
                });
            }
        }
    }

    /// A message of an ASP, or whether what ASPs stand for can be reached.
    fn served_indication(&mut self, indication: MtpIndication) {
        match indication {
            MtpIndication::Transfer(transfer) => self.deliver(transfer),
            MtpIndication::Pause(dpc) => self.served(dpc, false),
            MtpIndication::Resume(dpc) => self.served(dpc, true),
            MtpIndication::Status(dpc, status) => {
                let status = MtpIndication::Status(dpc, status);
                self.event(SignalingEvent::Mtp(status));
            }
        }
    }

    fn served(&mut self, dpc: PointCode, active: bool) {
        let route = self.routes.entry(dpc).or_insert_with(|| {
            // It came with a registration.
            let mut route = Route::new(dpc);
            route.dynamic = true;
            route
        });
        if route.way(Via::Served).is_none() {
            route.add(Via::Served, 0);
        }
        if let Some(way) = route.way_mut(Via::Served) {
            way.active = active;
        }
        self.tell_user();
        let gone = |route: &Route| route.dynamic && !route.reachable();
        if self.routes.get(&dpc).is_some_and(gone) {
            self.routes.remove(&dpc);
        }
    }
}
