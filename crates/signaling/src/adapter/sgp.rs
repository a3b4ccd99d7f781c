//! The gateway side: associations that come in.

use super::{
    AssociationEvent, AssociationId, Core, Input, Output, Received, SHUTDOWN_LIMIT, Timer, failed,
    receive, received, send,
};
use crate::config::SgpConfig;
use crate::event::{AssociationState, Discarded, DownReason, PeerError, SignalingEvent};
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use trunkline_m3ua::msg::MAX_USER_DATA;
use trunkline_m3ua::sgp::{self, AspId, NotSent, Sgp};
use trunkline_m3ua::{AffectedPointCode, Message, RoutingKeyDestination};
use trunkline_model::Time;
use trunkline_model::mtp::MtpIndication;

/// The gateway side of the adapter, pure.
#[derive(Debug)]
pub struct SgpAdapter {
    sgp: Sgp,
    associations: BTreeMap<AssociationId, Association>,
    /// When an orderly shutdown is given up, once it has begun.
    shutdown: Option<Time>,
    finished: bool,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
struct Association {
    /// The peer's address, which is its name.
    peer: String,
    outbound_streams: u16,
}

impl SgpAdapter {
    /// A gateway without associations.
    pub fn new(config: &SgpConfig) -> Self {
        let mut destinations = vec![config.point_code];
        destinations.extend(&config.destinations);
        let servers = config
            .application_servers
            .iter()
            .map(|server| sgp::AsSettings {
                routing_context: server.routing_context,
                network_appearance: None,
                routing_key: server
                    .point_codes
                    .iter()
                    .map(|pc| RoutingKeyDestination::to(AffectedPointCode::one(*pc)))
                    .collect(),
                traffic_mode: server.traffic_mode,
                minimum_active: 1,
            });
        Self {
            sgp: Sgp::new(sgp::Settings {
                application_servers: servers.collect(),
                destinations,
                network_appearance: config.network_appearance,
                recovery: config.m3ua.recovery,
                pending_queue: config.queue,
                diversion: Duration::ZERO,
                beat: None,
                asp_identifier: None,
                registration: None,
            }),
            associations: BTreeMap::new(),
            shutdown: None,
            finished: false,
            outputs: VecDeque::new(),
        }
    }

    fn association(&mut self, now: Time, id: AssociationId, event: AssociationEvent) {
        let asp = AspId(id.0);
        match event {
            AssociationEvent::Up {
                peer,
                outbound_streams,
            } => {
                let association = Association {
                    peer: peer.to_string(),
                    outbound_streams,
                };
                self.associations.insert(id, association);
                self.state(id, AssociationState::Up { outbound_streams });
                if self.shutdown.is_some() {
                    self.outputs.push_back(Output::Abort(id));
                    return;
                }
                let settings = sgp::AspSettings::default();
                self.sgp(now, sgp::Input::AssociationUp(asp, settings));
            }
            AssociationEvent::Restarted { outbound_streams } => {
                if let Some(association) = self.associations.get_mut(&id) {
                    association.outbound_streams = outbound_streams;
                }
                self.state(id, AssociationState::Down(DownReason::Restarted));
                self.state(id, AssociationState::Up { outbound_streams });
                self.sgp(now, sgp::Input::AssociationRestarted(asp));
            }
            AssociationEvent::Down(reason) => {
                self.state(id, AssociationState::Down(reason));
                self.sgp(now, sgp::Input::AssociationDown(asp));
                self.associations.remove(&id);
                self.finish_if_closed();
            }
            AssociationEvent::Message { stream, ppid, data } => match receive(ppid, &data) {
                Received::Message(message) => {
                    if let Some(association) = self.associations.get(&id) {
                        self.outputs
                            .push_back(received(&association.peer, &message));
                    }
                    let input = sgp::Input::Message {
                        asp,
                        stream,
                        message,
                    };
                    self.sgp(now, input);
                }
                Received::Refused(answer, error) => {
                    if let Some(answer) = answer {
                        self.send(id, &answer);
                    }
                    self.failed(id, error);
                }
            },
            AssociationEvent::BadPacket(what) => self.failed(id, PeerError::Packet(what)),
            AssociationEvent::SendFailed => self.failed(id, PeerError::SendFailed),
            AssociationEvent::Returned(_)
            | AssociationEvent::Path { .. }
            | AssociationEvent::Congestion(_) => {}
        }
    }

    fn sgp(&mut self, now: Time, input: sgp::Input) {
        self.sgp.handle(now, input);
        self.drain_sgp();
    }

    fn drain_sgp(&mut self) {
        while let Some(output) = self.sgp.poll_output() {
            match output {
                sgp::Output::Send(AspId(id), message) => self.send(AssociationId(id), &message),
                sgp::Output::Network(indication) => self.event(SignalingEvent::Mtp(indication)),
                sgp::Output::Asp {
                    asp: AspId(id),
                    routing_context,
                    state,
                    ..
                } => {
                    let peer = self.name(AssociationId(id));
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
                sgp::Output::State(..)
                | sgp::Output::Registered { .. }
                | sgp::Output::Deregistered { .. }
                | sgp::Output::RegistrationRefused { .. } => {}
                sgp::Output::Unresponsive(AspId(id)) => {
                    self.outputs.push_back(Output::Abort(AssociationId(id)));
                }
                sgp::Output::Refused {
                    asp: AspId(id),
                    message,
                    code,
                } => self.failed(AssociationId(id), PeerError::Refused { message, code }),
                sgp::Output::Reported(AspId(id), code) => {
                    self.failed(AssociationId(id), PeerError::Reported(code));
                }
                sgp::Output::NotSent(transfer, why) => {
                    let why = match why {
                        NotSent::NoApplicationServer => Discarded::NoRoute(transfer.dpc),
                        NotSent::Unavailable => Discarded::Unavailable(transfer.dpc),
                        NotSent::QueueFull => Discarded::QueueFull(transfer.dpc),
                    };
                    self.event(SignalingEvent::Discarded(why));
                }
            }
        }
    }

    fn shut_down(&mut self, now: Time) {
        if self.shutdown.is_some() {
            return;
        }
        self.shutdown = Some(now + SHUTDOWN_LIMIT);
        self.sgp(now, sgp::Input::Stop);
        for &id in self.associations.keys() {
            self.outputs.push_back(Output::Shutdown(id));
        }
        self.finish_if_closed();
    }

    fn finish_if_closed(&mut self) {
        if self.shutdown.is_some() && !self.finished && self.associations.is_empty() {
            self.finished = true;
            self.outputs.push_back(Output::Finished);
        }
    }

    fn send(&mut self, id: AssociationId, message: &Message) {
        if let Some(association) = self.associations.get(&id) {
            let streams = association.outbound_streams;
            self.outputs
                .extend(send(id, &association.peer, streams, message));
        }
    }

    fn state(&mut self, id: AssociationId, state: AssociationState) {
        let peer = self.name(id);
        self.event(SignalingEvent::Association { peer, state });
    }

    fn failed(&mut self, id: AssociationId, error: PeerError) {
        self.outputs.push_back(failed(&self.name(id), error));
    }

    fn name(&self, id: AssociationId) -> String {
        let association = self.associations.get(&id);
        association.map(|a| a.peer.clone()).unwrap_or_default()
    }

    fn event(&mut self, event: SignalingEvent) {
        self.outputs.push_back(Output::Event(event));
    }
}

impl Core for SgpAdapter {
    fn handle(&mut self, now: Time, input: Input) {
        match input {
            Input::Association(id, event) => self.association(now, id, event),
            Input::Transfer(transfer) if transfer.data.len() > MAX_USER_DATA => {
                let why = Discarded::TooLong(transfer.dpc);
                self.event(SignalingEvent::Discarded(why));
            }
            Input::Transfer(transfer) => {
                let input = sgp::Input::Network(MtpIndication::Transfer(transfer));
                self.sgp(now, input);
            }
            Input::Indicate(indication) => self.sgp(now, sgp::Input::Network(indication)),
            Input::Shutdown => self.shut_down(now),
        }
    }

    fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<(Time, Timer)> {
        if self.finished {
            return None;
        }
        let recovery = self.sgp.poll_timeout().map(|(at, _)| (at, Timer::M3ua));
        recovery
            .into_iter()
            .chain(self.shutdown.map(|at| (at, Timer::Shutdown)))
            .min_by_key(|(at, _)| *at)
    }

    fn handle_timeout(&mut self, now: Time) {
        self.sgp.handle_timeout(now);
        self.drain_sgp();
        if !self.finished && self.shutdown.is_some_and(|at| at <= now) {
            for &id in self.associations.keys() {
                self.outputs.push_back(Output::Abort(id));
            }
            self.finished = true;
            self.outputs.push_back(Output::Finished);
        }
    }
}
