//! Message distribution: which application server a message from the network is for, by the
//! routing keys (RFC 4666 1.4.2.4).

use crate::param::{AffectedPointCode, RoutingKeyDestination};
use std::collections::BTreeMap;
use trunkline_model::PointCode;
use trunkline_model::mtp::MtpTransfer;

/// The routing keys of all application servers.
#[derive(Debug, Default)]
pub(super) struct Distribution {
    /// Groups for one point code, most specific first.
    exact: BTreeMap<PointCode, Vec<Entry>>,
    /// Groups for a range of them, narrowest first: they take what is left (RFC 4666 1.4.2.2).
    ranges: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    application_server: usize,
    destination: RoutingKeyDestination,
}

impl Distribution {
    pub(super) fn add(&mut self, application_server: usize, key: &[RoutingKeyDestination]) {
        for destination in key {
            let entries = match destination.dpc.mask {
                0 => self.exact.entry(destination.dpc.point_code).or_default(),
                _ => &mut self.ranges,
            };
            entries.push(Entry {
                application_server,
                destination: destination.clone(),
            });
            entries.sort_by_key(|entry| entry.destination.breadth());
        }
    }

    pub(super) fn remove(&mut self, application_server: usize) {
        let stays = |entry: &Entry| entry.application_server != application_server;
        self.ranges.retain(stays);
        self.exact.retain(|_, entries| {
            entries.retain(stays);
            !entries.is_empty()
        });
    }

    /// The AS for a message.
    pub(super) fn find(&self, m: &MtpTransfer) -> Option<usize> {
        let exact = self.exact.get(&m.dpc).into_iter().flatten();
        exact
            .chain(&self.ranges)
            .find(|entry| entry.destination.matches(m))
            .map(|entry| entry.application_server)
    }

    /// The ASs that have that very point code in their routing key.
    pub(super) fn serving(&self, point_code: PointCode) -> impl Iterator<Item = usize> {
        let entries = self.exact.get(&point_code).into_iter().flatten();
        entries.map(|entry| entry.application_server)
    }

    /// Whether a message could match both that key and one that is there already. Ranges do
    /// not count: they are for what no other key wants.
    pub(super) fn overlaps(&self, key: &[RoutingKeyDestination]) -> bool {
        key.iter().any(|new| {
            let entries = self.exact.get(&new.dpc.point_code).into_iter().flatten();
            entries
                .into_iter()
                .any(|entry| entry.destination.overlaps(new))
        })
    }
}

impl RoutingKeyDestination {
    fn matches(&self, m: &MtpTransfer) -> bool {
        let user = match self.service_indicators.is_empty() {
            true => m.si > LAST_MANAGEMENT_SI,
            false => self.service_indicators.contains(&m.si),
        };
        let from = self.opcs.is_empty() || self.opcs.iter().any(|opc| opc.contains(m.opc));
        user && from && self.dpc.contains(m.dpc)
    }

    /// Whether a message could match both.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let users = self.service_indicators.is_empty()
            || other.service_indicators.is_empty()
            || self
                .service_indicators
                .iter()
                .any(|si| other.service_indicators.contains(si));
        let froms = self.opcs.is_empty()
            || other.opcs.is_empty()
            || self
                .opcs
                .iter()
                .any(|ours| other.opcs.iter().any(|theirs| meet(*ours, *theirs)));
        users && froms && meet(self.dpc, other.dpc)
    }

    /// Sorts the most specific first: a narrower destination, then named origins, then named
    /// users.
    fn breadth(&self) -> (u8, bool, Option<u8>, bool) {
        (
            self.dpc.mask,
            self.opcs.is_empty(),
            self.opcs.iter().map(|opc| opc.mask).max(),
            self.service_indicators.is_empty(),
        )
    }
}

/// Whether two routing keys are for the same traffic, in whatever order they list it.
pub(super) fn same(one: &[RoutingKeyDestination], other: &[RoutingKeyDestination]) -> bool {
    one.len() == other.len() && in_order(one) == in_order(other)
}

/// A destination, its service indicators and its origins.
type Group = (u32, Vec<u8>, Vec<u32>);

fn in_order(key: &[RoutingKeyDestination]) -> Vec<Group> {
    let mut groups: Vec<Group> = key
        .iter()
        .map(|group| {
            let mut users = group.service_indicators.clone();
            users.sort_unstable();
            users.dedup();
            let mut opcs: Vec<u32> = group.opcs.iter().map(|opc| opc.value()).collect();
            opcs.sort_unstable();
            opcs.dedup();
            (group.dpc.value(), users, opcs)
        })
        .collect();
    groups.sort_unstable();
    groups
}

/// Whether two ranges have a point code in common.
const fn meet(one: AffectedPointCode, other: AffectedPointCode) -> bool {
    if one.mask >= other.mask {
        one.contains(other.point_code)
    } else {
        other.contains(one.point_code)
    }
}

/// Service indicators up to this are those of MTP's own management (Q.704 14.2.1), which a
/// routing key without service indicators leaves out (RFC 4666 3.6.1).
pub(super) const LAST_MANAGEMENT_SI: u8 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_model::NetworkIndicator;

    fn range(value: u32, mask: u8) -> AffectedPointCode {
        AffectedPointCode {
            mask,
            point_code: PointCode::new(value).unwrap(),
        }
    }

    fn key(dpc: u32, users: &[u8], opcs: &[u32]) -> RoutingKeyDestination {
        RoutingKeyDestination {
            service_indicators: users.to_vec(),
            opcs: opcs.iter().map(|opc| range(*opc, 0)).collect(),
            ..RoutingKeyDestination::to(range(dpc, 0))
        }
    }

    fn message(opc: u32, dpc: u32, si: u8) -> MtpTransfer {
        MtpTransfer {
            opc: PointCode::new(opc).unwrap(),
            dpc: PointCode::new(dpc).unwrap(),
            si,
            ni: NetworkIndicator::National,
            mp: 0,
            sls: 0,
            data: Vec::new(),
        }
    }

    #[test]
    fn most_specific_key_wins() {
        let mut d = Distribution::default();
        d.add(0, &[RoutingKeyDestination::to(range(0, 24))]);
        d.add(1, &[RoutingKeyDestination::to(range(8, 3))]);
        d.add(2, &[key(9, &[], &[])]);
        d.add(3, &[key(9, &[5], &[])]);
        d.add(4, &[key(9, &[], &[2]), key(10, &[3], &[])]);
        d.add(5, &[key(9, &[5], &[2])]);
        for (opc, dpc, si, expected) in [
            (2, 9, 5, Some(5)),
            (2, 9, 3, Some(4)),
            (1, 9, 5, Some(3)),
            (1, 9, 3, Some(2)),
            (1, 10, 3, Some(4)),
            (1, 10, 5, Some(1)),
            (1, 16, 5, Some(0)),
            // MTP's own management is for no key that does not name it.
            (2, 9, 0, None),
            (1, 16, 2, None),
        ] {
            let m = message(opc, dpc, si);
            assert_eq!(d.find(&m), expected, "{opc} to {dpc}, {si}");
        }
        for gone in [5, 4, 3, 2] {
            d.remove(gone);
        }
        assert_eq!(d.find(&message(2, 9, 5)), Some(1));
        assert_eq!(d.serving(PointCode::new(9).unwrap()).count(), 0);
        assert!(d.exact.is_empty());
    }

    #[test]
    fn keys_overlap_if_one_message_could_match_both() {
        for (one, other, expected) in [
            (key(1, &[], &[]), key(1, &[], &[]), true),
            (key(1, &[], &[]), key(2, &[], &[]), false),
            (key(1, &[5], &[]), key(1, &[], &[]), true),
            (key(1, &[5], &[]), key(1, &[3], &[]), false),
            (key(1, &[5, 3], &[]), key(1, &[3], &[]), true),
            (key(1, &[], &[7]), key(1, &[], &[8]), false),
            (key(1, &[], &[7]), key(1, &[5], &[]), true),
            (key(1, &[5], &[7]), key(1, &[3], &[7]), false),
        ] {
            assert_eq!(one.overlaps(&other), expected, "{one:?} {other:?}");
            assert_eq!(other.overlaps(&one), expected, "{other:?} {one:?}");
        }
        let region = RoutingKeyDestination {
            opcs: vec![range(8, 3)],
            ..key(1, &[], &[])
        };
        assert!(region.overlaps(&key(1, &[], &[15])));
        assert!(key(1, &[], &[15]).overlaps(&region));
        assert!(!region.overlaps(&key(1, &[], &[16])));
    }

    #[test]
    fn order_within_a_key_does_not_matter() {
        let one = [key(1, &[5, 3], &[7, 8]), key(2, &[], &[])];
        let other = [key(2, &[], &[]), key(1, &[3, 5, 5], &[8, 7])];
        assert!(same(&one, &other));
        assert!(!same(&one, &other[..1]));
        assert!(!same(&one[..1], &other[..1]));
    }

    #[test]
    fn overlaps_are_found_but_for_ranges() {
        let mut d = Distribution::default();
        d.add(0, &[RoutingKeyDestination::to(range(0, 24))]);
        d.add(1, &[key(9, &[5], &[])]);
        assert!(d.overlaps(&[key(8, &[], &[]), key(9, &[], &[])]));
        assert!(!d.overlaps(&[key(8, &[], &[]), key(9, &[3], &[])]));
    }
}
