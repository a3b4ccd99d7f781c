//! Which way a message for a destination goes, and whether there is one.

use super::PeerId;
use crate::event::WayState;
use trunkline_m3ua::AffectedPointCode;
use trunkline_model::PointCode;

/// What a way leads over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// A peer to which we are an ASP, and the index of our AS there.
    Peer(PeerId, usize),
    /// The AS that has the destination in its routing key, served by whichever peers.
    Served,
}

/// The ways to one destination.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) dpc: PointCode,
    pub(super) ways: Vec<Way>,
    /// What the MTP user was told last.
    pub(super) available: bool,
    /// It came with a registered routing key and goes with it.
    pub(super) dynamic: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) via: Via,
    /// The lowest comes first.
    pub(super) priority: u8,
    /// Whether traffic flows there at all.
    pub(super) active: bool,
    pub(super) state: WayState,
    /// As the network told it, 0 to 3.
    pub(super) congestion: u8,
}

impl Route {
    pub(super) const fn new(dpc: PointCode) -> Self {
        Self {
            dpc,
            ways: Vec::new(),
            available: false,
            dynamic: false,
        }
    }

    pub(super) fn add(&mut self, via: Via, priority: u8) {
        self.ways.push(Way {
            via,
            priority,
            active: false,
            state: match via {
                Via::Peer(..) => WayState::Unknown,
                // Who serves a destination stands for it.
                Via::Served => WayState::Available,
            },
            congestion: 0,
        });
    }

    pub(super) fn way(&self, via: Via) -> Option<&Way> {
        self.ways.iter().find(|way| way.via == via)
    }

    pub(super) fn way_mut(&mut self, via: Via) -> Option<&mut Way> {
        self.ways.iter_mut().find(|way| way.via == via)
    }

    /// The way to that peer and AS, if the news concerns this destination.
    pub(super) fn affected(
        &mut self,
        via: Via,
        affected: &[AffectedPointCode],
    ) -> Option<&mut Way> {
        let concerned = affected.iter().any(|a| a.contains(self.dpc));
        self.way_mut(via).filter(|_| concerned)
    }

    /// Whether any way leads to the destination now.
    pub(super) fn reachable(&self) -> bool {
        self.ways.iter().any(|way| way.rank().is_some())
    }

    /// The way for a message of that signaling link selection.
    ///
    /// Each selection has its own way among those of the best priority; only those whose way is
    /// lost are spread over the others, so that the rest stays where it is, and they come back
    /// to it.
    pub(super) fn choose(&self, sls: u8) -> Option<Via> {
        let best = self.ways.iter().filter_map(Way::rank).min()?;
        let usable = |way: &&Way| way.rank() == Some(best);
        let equals = |way: &&Way| way.priority == best.1;
        // Not by its lowest bit alone: of two exchanges each takes circuits of one parity first
        // (Q.764 2.9.1.4), and the selection is made of the circuit's number.
        let selection = usize::from(sls.rotate_right(1));
        let own = selection % self.ways.iter().filter(equals).count();
        if let Some(own) = self.ways.iter().filter(equals).nth(own).filter(usable) {
            return Some(own.via);
        }
        let other = selection % self.ways.iter().filter(usable).count();
        let way = self.ways.iter().filter(usable).nth(other);
        way.map(|way| way.via)
    }
}

impl Way {
    /// How good it is, the lowest being the best; `None` if it cannot be used. Restricted ways
    /// are the last resort (RFC 4666 3.4.6).
    fn rank(&self) -> Option<(bool, u8)> {
        let restricted = match self.state {
            WayState::Available => false,
            WayState::Restricted => true,
            WayState::Unknown | WayState::Unavailable => return None,
        };
        self.active.then_some((restricted, self.priority))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn via(peer: u64) -> Via {
        Via::Peer(PeerId(peer), 0)
    }

    fn route(priorities: [u8; 3]) -> Route {
        let mut route = Route::new(PointCode::new(2).unwrap());
        for (peer, priority) in priorities.into_iter().enumerate() {
            route.add(via(peer as u64), priority);
        }
        route
    }

    fn set(route: &mut Route, peer: u64, state: WayState) {
        let way = route.way_mut(via(peer)).unwrap();
        (way.active, way.state) = (true, state);
    }

    fn all(route: &Route) -> Vec<Option<u64>> {
        let chosen = (0..6).map(|sls| route.choose(sls));
        chosen
            .map(|via| match via? {
                Via::Peer(PeerId(peer), _) => Some(peer),
                Via::Served => None,
            })
            .collect()
    }

    #[test]
    fn nothing_is_reachable_before_a_way_is_active_and_known_to_lead_there() {
        let mut route = route([0, 0, 0]);
        assert!(!route.reachable());
        route.way_mut(via(1)).unwrap().active = true;
        assert_eq!(route.choose(0), None);
        set(&mut route, 1, WayState::Available);
        assert_eq!(all(&route), [Some(1); 6]);
    }

    #[test]
    fn loss_of_a_way_moves_only_its_own_selections() {
        let mut route = route([0, 0, 0]);
        (0..3).for_each(|peer| set(&mut route, peer, WayState::Available));
        assert_eq!(all(&route), [0, 2, 1, 0, 2, 1].map(Some));
        route.way_mut(via(1)).unwrap().active = false;
        assert_eq!(all(&route), [0, 2, 2, 0, 2, 0].map(Some));
    }

    #[test]
    fn lower_priorities_wait_for_the_loss_of_all_above() {
        let mut route = route([0, 1, 1]);
        (0..3).for_each(|peer| set(&mut route, peer, WayState::Available));
        assert_eq!(all(&route), [Some(0); 6]);
        set(&mut route, 0, WayState::Unavailable);
        assert_eq!(all(&route), [1, 1, 2, 2, 1, 1].map(Some));
    }

    #[test]
    fn circuits_of_one_parity_are_shared_too() {
        for ways in 2..=4 {
            let mut route = Route::new(PointCode::new(2).unwrap());
            for peer in 0..ways {
                route.add(via(peer), 0);
                set(&mut route, peer, WayState::Available);
            }
            for parity in 0..2 {
                let mut shares = vec![0; ways as usize];
                for sls in (parity..16).step_by(2) {
                    let Some(Via::Peer(PeerId(peer), _)) = route.choose(sls) else {
                        panic!("no way for {sls}");
                    };
                    shares[peer as usize] += 1;
                }
                let (least, most) = (shares.iter().min(), shares.iter().max());
                assert!(most.unwrap() - least.unwrap() <= 1, "{ways}: {shares:?}");
            }
        }
    }

    #[test]
    fn restricted_ways_are_the_last_resort() {
        let mut route = route([0, 1, 2]);
        set(&mut route, 0, WayState::Restricted);
        set(&mut route, 1, WayState::Available);
        assert_eq!(all(&route), [Some(1); 6]);
        set(&mut route, 1, WayState::Unavailable);
        assert_eq!(all(&route), [Some(0); 6]);
        set(&mut route, 0, WayState::Unavailable);
        assert!(!route.reachable());
    }

    #[test]
    fn news_of_a_range_concerns_what_lies_in_it() {
        let mut route = route([0, 0, 0]);
        let range = |point_code, mask| AffectedPointCode {
            mask,
            point_code: PointCode::new(point_code).unwrap(),
        };
        assert!(route.affected(via(0), &[range(0, 2)]).is_some());
        assert!(route.affected(via(0), &[range(4, 2)]).is_none());
        assert!(route.affected(via(9), &[range(2, 0)]).is_none());
    }
}
