//! Which peer a message for a destination goes to, and whether there is one.

use crate::config::Sharing;
use trunkline_m3ua::AffectedPointCode;
use trunkline_model::PointCode;

/// The way to one destination over some peers.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) dpc: PointCode,
    sharing: Sharing,
    ways: Vec<Way>,
    /// What the MTP user was told last.
    pub(super) available: bool,
}

/// The way over one peer.
#[derive(Debug)]
struct Way {
    /// Index of the peer.
    peer: usize,
    /// Whether our AS is active there.
    active: bool,
    state: WayState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WayState {
    Available,
    Restricted,
    Unavailable,
}

impl Route {
    pub(super) fn new(dpc: PointCode, sharing: Sharing, peers: Vec<usize>) -> Self {
        Self {
            dpc,
            sharing,
            ways: peers
                .into_iter()
                .map(|peer| Way {
                    peer,
                    active: false,
                    state: WayState::Available,
                })
                .collect(),
            available: false,
        }
    }

    /// Whether the route leads over that peer.
    pub(super) fn uses(&self, peer: usize) -> bool {
        self.ways.iter().any(|way| way.peer == peer)
    }

    pub(super) fn set_active(&mut self, peer: usize, active: bool) {
        for way in self.ways.iter_mut().filter(|way| way.peer == peer) {
            way.active = active;
        }
    }

    /// Forgets what the peer said of the destination.
    pub(super) fn forget(&mut self, peer: usize) {
        for way in self.ways.iter_mut().filter(|way| way.peer == peer) {
            way.state = WayState::Available;
        }
    }

    pub(super) fn affect(&mut self, peer: usize, affected: &[AffectedPointCode], state: WayState) {
        if affected.iter().any(|a| a.contains(self.dpc)) {
            for way in self.ways.iter_mut().filter(|way| way.peer == peer) {
                way.state = state;
            }
        }
    }

    /// Whether any peer leads to the destination now.
    pub(super) fn reachable(&self) -> bool {
        self.ways.iter().any(Way::usable)
    }

    /// The peer for a message of that signaling link selection.
    ///
    /// Each selection has its own peer; only those whose peer is lost are spread over the
    /// others, so that the messages of all other selections stay in order.
    pub(super) fn choose(&self, sls: u8) -> Option<usize> {
        // Restricted ways only if there is no better one (RFC 4666 3.4.6).
        let best = |way: &&Way| way.usable() && way.state == WayState::Available;
        let candidates: Vec<&Way> = match self.ways.iter().any(|way| best(&way)) {
            true => self.ways.iter().filter(best).collect(),
            false => self.ways.iter().filter(|way| way.usable()).collect(),
        };
        let first = candidates.first()?;
        match self.sharing {
            Sharing::FirstAvailable => Some(first.peer),
            Sharing::LoadShare => {
                let own = &self.ways[usize::from(sls) % self.ways.len()];
                if candidates.iter().any(|way| way.peer == own.peer) {
                    return Some(own.peer);
                }
                Some(candidates[usize::from(sls) % candidates.len()].peer)
            }
        }
    }
}

impl Way {
    fn usable(&self) -> bool {
        self.active && self.state != WayState::Unavailable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(sharing: Sharing) -> Route {
        Route::new(PointCode::new(2).unwrap(), sharing, vec![0, 1, 2])
    }

    fn all(route: &Route) -> Vec<Option<usize>> {
        (0..6).map(|sls| route.choose(sls)).collect()
    }

    #[test]
    fn nothing_is_reachable_before_a_peer_is_active() {
        let route = route(Sharing::LoadShare);
        assert!(!route.reachable());
        assert_eq!(route.choose(0), None);
    }

    #[test]
    fn loss_of_a_peer_moves_only_its_own_selections() {
        let mut route = route(Sharing::LoadShare);
        (0..3).for_each(|peer| route.set_active(peer, true));
        assert_eq!(all(&route), [0, 1, 2, 0, 1, 2].map(Some));
        route.set_active(1, false);
        assert_eq!(all(&route), [0, 2, 2, 0, 0, 2].map(Some));
    }

    #[test]
    fn first_available_keeps_to_the_order() {
        let mut route = route(Sharing::FirstAvailable);
        (0..3).for_each(|peer| route.set_active(peer, true));
        assert_eq!(all(&route), [Some(0); 6]);
        route.set_active(0, false);
        assert_eq!(all(&route), [Some(1); 6]);
    }

    #[test]
    fn restricted_ways_are_the_last_resort() {
        let mut route = route(Sharing::LoadShare);
        (0..2).for_each(|peer| route.set_active(peer, true));
        let here = [AffectedPointCode::one(route.dpc)];
        route.affect(0, &here, WayState::Restricted);
        assert_eq!(all(&route), [Some(1); 6]);
        route.affect(1, &here, WayState::Unavailable);
        assert_eq!(all(&route), [Some(0); 6]);
        route.affect(0, &here, WayState::Unavailable);
        assert!(!route.reachable());
        route.forget(1);
        assert_eq!(all(&route), [Some(1); 6]);
    }
}
