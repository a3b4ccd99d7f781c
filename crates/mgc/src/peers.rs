//! SIP peers as the gateway knows them: whether they answer (OPTIONS), our registrations with
//! them, and what they must prove.

#[cfg(test)]
mod tests;

use crate::admission::{self, Admission};
use crate::config::{KeepAlive, SipPeer};
use crate::event::SipEvent;
use std::collections::{BTreeMap, VecDeque};
use trunkline_model::Time;
use trunkline_sip::digest::{Verifier, VerifierConfig};
use trunkline_sip::endpoint::{Endpoint, OutgoingRequest, RequestId};
use trunkline_sip::registration::{
    Register, Registration, RegistrationEvent, RegistrationOutput, RegistrationState,
};
use trunkline_sip::{ConnectionId, Flow, Message, Method, Name};

/// What is known of all peers.
#[derive(Debug)]
pub(crate) struct Peers {
    states: Vec<State>,
    requests: BTreeMap<RequestId, (usize, Purpose)>,
    /// Connections whose certificate is that of a peer.
    identified: BTreeMap<ConnectionId, usize>,
    out: VecDeque<SipEvent>,
    /// Whether registrations may have something to say.
    is_stirred: bool,
}

#[derive(Debug)]
struct State {
    keep_alive: Option<KeepAlive>,
    is_up: bool,
    failures: u32,
    /// When OPTIONS goes next; `None` while one is under way, and for peers that get none.
    next: Option<Time>,
    last_answer: Option<Time>,
    registration: Option<Box<Registration>>,
    verifier: Option<Verifier>,
    /// The registration is being given up.
    is_leaving: bool,
}

#[derive(Clone, Copy, Debug)]
enum Purpose {
    KeepAlive,
    Registration,
}

/// How a peer is, for display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerState {
    /// Whether routes to it are used.
    pub is_up: bool,
    /// When it last answered OPTIONS or REGISTER.
    pub last_answer: Option<Time>,
    /// Our registration with it, if there is to be one.
    pub registration: Option<RegistrationState>,
}

impl Peers {
    /// None of them has been asked yet; all count as up.
    pub(crate) fn new(peers: &[SipPeer], seed: [u8; 32]) -> Self {
        let state = |(index, peer): (usize, &SipPeer)| {
            let mut registration = peer
                .register
                .clone()
                .and_then(|config| Registration::new(*config).ok())
                .map(Box::new);
            if let Some(registration) = &mut registration {
                registration.start();
            }
            let verifier = peer.authenticate.as_ref().map(|authenticate| {
                let mut seed = seed;
                // Nonces of one peer are nothing to another.
                for (octet, of_index) in seed.iter_mut().zip((index as u64 + 1).to_le_bytes()) {
                    *octet ^= of_index;
                }
                Verifier::new(VerifierConfig::new(authenticate.realm.clone(), seed))
            });
            State {
                keep_alive: peer.keep_alive,
                is_up: true,
                failures: 0,
                next: peer.keep_alive.map(|_| Time::ZERO),
                last_answer: None,
                registration,
                verifier,
                is_leaving: false,
            }
        };
        Self {
            states: peers.iter().enumerate().map(state).collect(),
            requests: BTreeMap::new(),
            identified: BTreeMap::new(),
            out: VecDeque::new(),
            is_stirred: true,
        }
    }

    /// How they are, in the order of the configuration.
    pub(crate) fn states(&self) -> impl Iterator<Item = PeerState> {
        self.states.iter().map(|state| PeerState {
            is_up: state.is_up,
            last_answer: state.last_answer,
            registration: state.registration.as_ref().map(|it| it.state()),
        })
    }

    /// Whether routes to a peer are to be used.
    pub(crate) fn is_up(&self, peer: usize) -> bool {
        self.states.get(peer).is_none_or(|state| state.is_up)
    }

    /// A connection is open, and its certificate names these domains.
    pub(crate) fn opened(&mut self, peers: &[SipPeer], flow: &Flow, domains: &[Box<str>]) {
        let of = |peer: &SipPeer| {
            let name = peer.certificate.as_deref();
            name.is_some_and(|name| domains.iter().any(|it| **it == *name))
        };
        if let (Some(connection), Some(peer)) = (flow.connection, peers.iter().position(of)) {
            self.identified.insert(connection, peer);
        }
    }

    /// A connection is closed.
    pub(crate) fn closed(&mut self, now: Time, flow: &Flow) {
        if let Some(connection) = flow.connection {
            self.identified.remove(&connection);
        }
        self.is_stirred = true;
        for state in &mut self.states {
            if let Some(registration) = &mut state.registration {
                registration.flow_lost(now, flow);
            }
        }
    }

    /// Whose request it is: that of the peer with the certificate, or else with the address.
    pub(crate) fn of(&self, peers: &[SipPeer], flow: &Flow) -> Option<usize> {
        let certified = flow.connection.and_then(|id| self.identified.get(&id));
        let from = flow.remote.ip();
        certified.copied().or_else(|| {
            peers
                .iter()
                .position(|peer| peer.admit.iter().any(|range| range.contains(from)))
        })
    }

    /// Whether a request of a peer is admitted, which may have to prove who it is.
    pub(crate) fn admit(
        &mut self,
        now: Time,
        peers: &[SipPeer],
        peer: usize,
        request: &Message,
    ) -> Admission {
        let state = self.states.get_mut(peer);
        let verifier = state.and_then(|state| state.verifier.as_mut());
        let wanted = peers.get(peer).and_then(|peer| peer.authenticate.as_ref());
        let (Some(verifier), Some(wanted)) = (verifier, wanted) else {
            return Admission::Admitted;
        };
        admission::admit(verifier, now, request, &mut |user, _| {
            (*user == *wanted.username).then_some(&wanted.password)
        })
    }

    /// The way that the registrar of a peer wants our calls to take (RFC 3608 6.1).
    pub(crate) fn service_route(&self, peer: usize) -> Vec<String> {
        let state = self.states.get(peer);
        let registration = state.and_then(|state| state.registration.as_ref());
        let lease = registration.and_then(|registration| registration.lease());
        let route = lease.map(|lease| lease.service_route.iter().map(ToString::to_string));
        route.into_iter().flatten().collect()
    }

    /// What is due next.
    pub(crate) fn poll_timeout(&self) -> Option<Time> {
        let of = |state: &State| {
            let registration = state.registration.as_ref();
            let registration = registration.and_then(|it| it.poll_timeout());
            [state.next, registration.map(|(at, _)| at)]
        };
        self.states.iter().flat_map(of).flatten().min()
    }

    /// Asks those whose time has come.
    pub(crate) fn handle_timeout(&mut self, now: Time, peers: &[SipPeer], endpoint: &mut Endpoint) {
        for (index, (state, peer)) in self.states.iter_mut().zip(peers).enumerate() {
            if state.next.is_some_and(|at| at <= now) {
                state.next = None;
                let id = endpoint.request(now, peer.hop.clone(), options(peer));
                self.requests.insert(id, (index, Purpose::KeepAlive));
            }
            if let Some(registration) = &mut state.registration
                && registration.poll_timeout().is_some_and(|(at, _)| at <= now)
            {
                registration.handle_timeout(now);
                self.is_stirred = true;
            }
        }
    }

    /// A request of ours has come to its end. Whether it was one of these.
    pub(crate) fn response(
        &mut self,
        now: Time,
        id: RequestId,
        response: Option<&Message>,
        status: u16,
    ) -> bool {
        let Some((peer, purpose)) = self.requests.remove(&id) else {
            return false;
        };
        let Some(state) = self.states.get_mut(peer) else {
            return true;
        };
        if response.is_some() {
            state.last_answer = Some(now);
        }
        match purpose {
            Purpose::KeepAlive => self.answered(now, peer, response.is_some() && status != 503),
            Purpose::Registration => {
                self.is_stirred = true;
                if let Some(registration) = &mut state.registration {
                    match response {
                        Some(response) => registration.response(now, response, None),
                        None => registration.failed(now, status),
                    }
                }
            }
        }
        true
    }

    fn answered(&mut self, now: Time, peer: usize, alive: bool) {
        let Some(state) = self.states.get_mut(peer) else {
            return;
        };
        let Some(keep_alive) = state.keep_alive else {
            return;
        };
        state.next = Some(now + keep_alive.interval);
        state.failures = if alive {
            0
        } else {
            state.failures.saturating_add(1)
        };
        let is_up = alive || state.is_up && state.failures < keep_alive.failures;
        if is_up != state.is_up {
            state.is_up = is_up;
            self.out.push_back(SipEvent::Peer { peer, is_up });
        }
    }

    /// Gives up all registrations.
    pub(crate) fn stop(&mut self, now: Time) {
        self.is_stirred = true;
        for state in &mut self.states {
            state.next = None;
            state.keep_alive = None;
            if let Some(registration) = &mut state.registration {
                state.is_leaving = registration.state() != RegistrationState::Unregistered;
                registration.stop(now);
            }
        }
    }

    /// Whether no registration of ours is left.
    pub(crate) fn is_idle(&self) -> bool {
        !self.states.iter().any(|state| state.is_leaving)
    }

    /// Sends what registrations want sent; the next event.
    pub(crate) fn poll(
        &mut self,
        now: Time,
        peers: &[SipPeer],
        endpoint: &mut Endpoint,
    ) -> Option<SipEvent> {
        if !core::mem::take(&mut self.is_stirred) {
            return self.out.pop_front();
        }
        for (index, (state, peer)) in self.states.iter_mut().zip(peers).enumerate() {
            let Some(registration) = &mut state.registration else {
                continue;
            };
            while let Some(output) = registration.poll_output() {
                let event = match output {
                    RegistrationOutput::Register(register) => {
                        let hop = match register.flow {
                            Some(flow) => trunkline_sip::endpoint::NextHop::Flow(flow),
                            None => peer.hop.clone(),
                        };
                        let id = endpoint.request(now, hop, request_of(register));
                        self.requests.insert(id, (index, Purpose::Registration));
                        continue;
                    }
                    RegistrationOutput::Event(event) => event,
                };
                let (registered, status) = match event {
                    RegistrationEvent::Registered(_) => (true, None),
                    RegistrationEvent::Lost { status } => (false, status),
                    RegistrationEvent::Unanswerable(_) => (false, Some(401)),
                    RegistrationEvent::Stopped => {
                        state.is_leaving = false;
                        continue;
                    }
                };
                self.out.push_back(SipEvent::Registration {
                    peer: index,
                    registered,
                    status,
                });
            }
        }
        self.out.pop_front()
    }
}

fn options(peer: &SipPeer) -> OutgoingRequest {
    let uri = format!("{}:{}", peer.scheme(), peer.host);
    let routes = peer.routes.iter();
    OutgoingRequest {
        method: Method::Options,
        from: format!("<{uri}>"),
        to: format!("<{uri}>"),
        request_uri: uri,
        headers: routes.map(|route| (Name::Route, route.clone())).collect(),
        body: None,
        // The peer itself shall answer, not somebody behind it.
        max_forwards: 70,
        sequence: None,
        credentials: peer.credentials.clone(),
    }
}

fn request_of(register: Register) -> OutgoingRequest {
    OutgoingRequest {
        method: Method::Register,
        request_uri: register.request_uri,
        from: register.from,
        to: register.to,
        headers: register.headers,
        body: None,
        max_forwards: register.max_forwards,
        sequence: Some((register.call_id, register.cseq)),
        // The registration answers challenges itself.
        credentials: None,
    }
}
