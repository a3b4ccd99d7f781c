//! `GET /peers`

use super::Front;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use trunkline_mgc::Mgc;
use trunkline_sip::endpoint::NextHop;
use trunkline_sip::registration::RegistrationState;

/// A SIP peer.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Peer {
    name: String,
    /// The URI or address that requests for it have.
    host: String,
    /// `None` where the DNS says it.
    transport: Option<&'static str>,
    /// Whether calls are routed to it.
    up: bool,
    /// Our registration with it, if there is to be one.
    registration: Option<&'static str>,
}

/// How all of them are.
pub(crate) fn of(mgc: &Mgc) -> Vec<Peer> {
    let peer = |(peer, state): (&trunkline_mgc::SipPeer, trunkline_mgc::PeerState)| Peer {
        name: peer.name.clone(),
        host: peer.host.clone(),
        transport: match &peer.hop {
            NextHop::Target(target) => Some(crate::config::word(target.transport)),
            NextHop::Flow(_) | NextHop::Uri => None,
        },
        up: state.is_up,
        registration: state.registration.map(|state| match state {
            RegistrationState::Unregistered => "unregistered",
            RegistrationState::Registering => "registering",
            RegistrationState::Registered { .. } => "registered",
            RegistrationState::Failed { .. } => "failed",
        }),
    };
    mgc.peers().map(peer).collect()
}

/// The state of all SIP peers, as of the last change.
pub(super) async fn peers(State(front): State<Front>) -> Json<Vec<Peer>> {
    let peers = front.shown.peers.borrow().clone();
    Json(peers)
}
