//! What is known of the destinations behind the gateway.

use crate::param::AffectedPointCode;
use std::collections::BTreeMap;
use trunkline_model::PointCode;

/// One destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) reach: Reach,
    /// The congestion level, 0 for none; `None` if nothing was heard of it.
    pub(super) congestion: Option<u8>,
}

/// Whether a destination can be reached (Q.704 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Available,
    /// Better reached another way.
    Restricted,
    Unavailable,
}

#[derive(Debug, Default)]
pub(super) struct Destinations(BTreeMap<PointCode, Destination>);

impl Destinations {
    /// They are available.
    pub(super) fn new(point_codes: impl IntoIterator<Item = PointCode>) -> Self {
        Self(point_codes.into_iter().map(|pc| (pc, FREE)).collect())
    }

    pub(super) fn get(&self, point_code: PointCode) -> Option<Destination> {
        self.0.get(&point_code).copied()
    }

    /// News of a destination that was not known makes it so. What cannot be reached is not
    /// congested.
    pub(super) fn set_reach(&mut self, point_code: PointCode, reach: Reach) {
        let destination = self.0.entry(point_code).or_insert(FREE);
        destination.reach = reach;
        if reach != Reach::Restricted {
            destination.congestion = None;
        }
    }

    pub(super) fn set_congestion(&mut self, point_code: PointCode, level: u8) {
        let destination = self.0.entry(point_code).or_insert(FREE);
        if destination.reach != Reach::Unavailable {
            destination.congestion = Some(level);
        }
    }

    /// Those that a point code or a range means.
    pub(super) fn covered(
        &self,
        affected: AffectedPointCode,
    ) -> impl Iterator<Item = (PointCode, Destination)> {
        let wild = match 1_u32.checked_shl(u32::from(affected.mask)) {
            Some(size) => (size - 1) & PointCode::MAX,
            None => PointCode::MAX,
        };
        let low = affected.point_code.value() & !wild;
        let bound = |value| PointCode::new(value).unwrap_or(affected.point_code);
        self.0
            .range(bound(low)..=bound(low | wild))
            .map(|(point_code, destination)| (*point_code, *destination))
    }

    /// Those that an ASP had better know of before it sends.
    pub(super) fn troubled(&self) -> impl Iterator<Item = (PointCode, Destination)> {
        let troubled = self.0.iter().filter(|(_, destination)| {
            destination.reach != Reach::Available || destination.congestion > Some(0)
        });
        troubled.map(|(point_code, destination)| (*point_code, *destination))
    }
}

const FREE: Destination = Destination {
    reach: Reach::Available,
    congestion: None,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_what_their_mask_says() {
        let pc = |value| PointCode::new(value).unwrap();
        let all = [0, 7, 8, 15, 16, PointCode::MAX];
        let destinations = Destinations::new(all.map(pc));
        for mask in 0..=255 {
            for value in [0, 8, 9, PointCode::MAX] {
                let affected = AffectedPointCode {
                    mask,
                    point_code: pc(value),
                };
                let covered: Vec<PointCode> =
                    destinations.covered(affected).map(|(pc, _)| pc).collect();
                let mut expected = all.map(pc).to_vec();
                expected.retain(|pc| affected.contains(*pc));
                assert_eq!(covered, expected, "{affected}");
            }
        }
    }

    #[test]
    fn only_what_is_not_free_is_trouble() {
        let pc = |value| PointCode::new(value).unwrap();
        let mut destinations = Destinations::new([pc(1), pc(2), pc(3), pc(4)]);
        destinations.set_reach(pc(1), Reach::Unavailable);
        destinations.set_reach(pc(2), Reach::Restricted);
        destinations.set_congestion(pc(3), 2);
        let list =
            |d: &Destinations| -> Vec<u32> { d.troubled().map(|(pc, _)| pc.value()).collect() };
        assert_eq!(list(&destinations), [1, 2, 3]);
        destinations.set_reach(pc(1), Reach::Available);
        destinations.set_reach(pc(2), Reach::Available);
        destinations.set_congestion(pc(3), 0);
        assert_eq!(list(&destinations), []);
    }
}
