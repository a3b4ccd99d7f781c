//! What people see of the adapter, and what they can do to it.

use super::peer::{Link, Peer};
use super::route::Via;
use super::{Adapter, PeerId};
use crate::links::{
    AspLink, DestinationLink, LinkAction, LinkError, LinkState, Links, PathLink, PeerLink,
    ServedAsp, ServedLink, WayLink,
};
use trunkline_m3ua::asp;
use trunkline_m3ua::sgp::{self, AspId};
use trunkline_m3ua::{AsState, AspState};
use trunkline_model::Time;

impl Adapter {
    /// The state of everything.
    pub fn links(&self, now: Time) -> Links {
        let peers = self.peers.iter();
        Links {
            point_codes: self
                .point_codes
                .iter()
                .map(|own| own.point_code.into())
                .collect(),
            peers: peers
                .map(|(id, peer)| self.peer_link(now, *id, peer))
                .collect(),
            served: self.served_links(),
            destinations: self
                .routes
                .values()
                .map(|route| DestinationLink {
                    point_code: route.dpc.into(),
                    available: route.available,
                    ways: route.ways.iter().map(|way| self.way_link(way)).collect(),
                })
                .collect(),
            data_sent: self.data.0,
            data_received: self.data.1,
            diverted: self.diversion.held(),
        }
    }

    /// Does something to a peer.
    ///
    /// # Errors
    ///
    /// [`LinkError::UnknownPeer`].
    pub fn command(&mut self, now: Time, peer: &str, action: LinkAction) -> Result<(), LinkError> {
        let found = self.peers.iter().find(|(_, known)| known.name == peer);
        let Some((&id, _)) = found else {
            return Err(LinkError::UnknownPeer(peer.to_owned()));
        };
        match action {
            LinkAction::Block => self.block(now, id, true),
            LinkAction::Unblock => self.block(now, id, false),
            LinkAction::Down => {
                if let Some(peer) = self.peers.get_mut(&id) {
                    peer.taken_down = true;
                }
                self.take_down(now, id);
            }
            LinkAction::Up => self.bring_up(now, id),
        }
        Ok(())
    }

    fn block(&mut self, now: Time, id: PeerId, blocked: bool) {
        if let Some(settings) = self.peers.get_mut(&id).and_then(|p| p.serves.as_mut()) {
            // Also for the association that comes after this one.
            settings.blocked = blocked;
        }
        match blocked {
            true => {
                self.ask(now, id, asp::Input::Block);
                self.serve_asp(now, id, sgp::Input::Block);
            }
            false => {
                self.ask(now, id, asp::Input::Unblock);
                self.serve_asp(now, id, sgp::Input::Unblock);
            }
        }
    }

    fn bring_up(&mut self, now: Time, id: PeerId) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        peer.taken_down = false;
        if peer.link == Link::TakenDown {
            let link = match peer.initiate {
                true => Link::Waiting(now),
                false => Link::Listening,
            };
            self.set_link(now, id, link);
            self.connect_due(now);
        }
    }

    fn peer_link(&self, now: Time, id: PeerId, peer: &Peer) -> PeerLink {
        let served = |state: AspState| {
            let mut servers = self.sgp.application_servers();
            servers.any(|server| self.sgp.asp_state(AspId(id.0), server.index) == state)
        };
        let asp = match &peer.asp {
            Some(asp) => asp.state(),
            None if served(AspState::Active) => AspState::Active,
            None if served(AspState::Inactive) => AspState::Inactive,
            None => AspState::Down,
        };
        let seen = &peer.seen;
        PeerLink {
            name: peer.name.clone(),
            role: peer.role.name(),
            transport: peer.transport,
            remote: peer.remote.clone(),
            association: match peer.link {
                Link::Waiting(_) => LinkState::Waiting,
                Link::Listening => LinkState::Listening,
                Link::Connecting => LinkState::Connecting,
                Link::Up { .. } => LinkState::Up,
                Link::TakenDown => LinkState::TakenDown,
                Link::Closed => LinkState::Closed,
            },
            for_seconds: now.since(seen.since).as_secs(),
            last_loss: seen.last_loss.clone(),
            established: seen.established,
            outbound_streams: match peer.link {
                Link::Up { outbound_streams } => Some(outbound_streams),
                _ => None,
            },
            paths: seen
                .paths
                .iter()
                .map(|(&address, &up)| PathLink { address, up })
                .collect(),
            congestion: seen.congestion,
            blocked: peer.asp.as_ref().is_some_and(asp::Asp::is_blocked)
                || peer.serves.as_ref().is_some_and(|serves| serves.blocked),
            asp: asp.name(),
            application_servers: asp_links(peer),
            data_sent: seen.data_sent,
            data_received: seen.data_received,
            management_sent: seen.management_sent,
            management_received: seen.management_received,
        }
    }

    fn served_links(&self) -> Vec<ServedLink> {
        let servers = self.sgp.application_servers();
        let links = servers.map(|server| ServedLink {
            routing_context: server.routing_context,
            state: server.state.name(),
            traffic_mode: server.traffic_mode.map(|mode| mode.to_string()),
            held: server.held,
            asps: self
                .peers
                .iter()
                .map(|(id, peer)| (self.sgp.asp_state(AspId(id.0), server.index), peer))
                .filter(|(state, _)| *state != AspState::Down)
                .map(|(state, peer)| ServedAsp {
                    peer: peer.name.clone(),
                    state: state.name(),
                })
                .collect(),
        });
        links.collect()
    }

    fn way_link(&self, way: &super::route::Way) -> WayLink {
        let (peer, application_server) = match way.via {
            Via::Peer(id, application_server) => (Some(self.name(id)), Some(application_server)),
            Via::Served => (None, None),
        };
        WayLink {
            peer,
            application_server,
            priority: way.priority,
            active: way.active,
            state: way.state,
            congestion: way.congestion,
        }
    }
}

fn asp_links(peer: &Peer) -> Vec<AspLink> {
    let Some(asp) = &peer.asp else {
        return Vec::new();
    };
    (0..peer.carrying.len())
        .map(|index| AspLink {
            routing_context: asp.routing_context(index),
            asp: asp.asp_state(index).name(),
            application_server: asp.as_state(index).map(AsState::name),
        })
        .collect()
}
