//! Who is known by configuration: peers that we approach, and who may come in.

use super::Path;
use crate::adapter::AssociationId;
use crate::config::{Admission, SctpTimers};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

/// Somebody to whom we set up the association.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) path: Path,
    /// Its own timers; those of the endpoint's settings are for whoever comes in.
    pub(crate) timers: SctpTimers,
}

/// Who may set up associations to us.
#[derive(Clone, Debug)]
pub(crate) struct Listener {
    pub(crate) port: u16,
    pub(crate) admission: Admission,
    pub(crate) max_associations: usize,
}

/// All of them, so that each question takes as long for a thousand as for one.
pub(super) struct Peers {
    listener: Option<Listener>,
    peers: BTreeMap<AssociationId, Peer>,
    ids: HashMap<Path, AssociationId>,
    addresses: HashSet<IpAddr>,
    ports: HashSet<u16>,
}

impl Peers {
    pub(super) fn new(listener: Option<Listener>, peers: BTreeMap<AssociationId, Peer>) -> Self {
        let paths = || peers.values().map(|peer| peer.path);
        let ports = paths().map(|path| path.local_port);
        Self {
            ids: peers.iter().map(|(id, peer)| (peer.path, *id)).collect(),
            addresses: paths()
                .map(|path| path.remote.ip().to_canonical())
                .collect(),
            ports: ports.chain(listener.iter().map(|l| l.port)).collect(),
            listener,
            peers,
        }
    }

    pub(super) fn get(&self, id: AssociationId) -> Option<&Peer> {
        self.peers.get(&id)
    }

    /// The configured peer at that path.
    pub(super) fn id_of(&self, path: &Path) -> Option<AssociationId> {
        self.ids.get(path).copied()
    }

    /// Whether packets from that address are looked at.
    pub(super) fn admits(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address.to_canonical())
            || self
                .listener
                .as_ref()
                .is_some_and(|listener| listener.admission.admits(address))
    }

    /// Whether an SCTP port is one of ours.
    pub(super) fn has_port(&self, port: u16) -> bool {
        self.ports.contains(&port)
    }

    /// Whether an association may come in over that path when there are so many already that
    /// did.
    pub(super) fn may_come_in(&self, path: &Path, already: usize) -> bool {
        self.listener.as_ref().is_some_and(|listener| {
            let configured = self.ids.contains_key(path);
            let admitted =
                already < listener.max_associations && listener.admission.admits(path.remote.ip());
            listener.port == path.local_port && (configured || admitted)
        })
    }
}
