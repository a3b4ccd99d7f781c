//! Which connections there are, which of them to use, and which gives way.

use crate::config::Limits;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use trunkline_sip::{ConnectionId, Transport};

/// What a connection that we open is for. Another message with the same goes over it too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub(crate) transport: Transport,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) name: Option<Arc<str>>,
}

/// The connections, with what leads to their tasks.
#[derive(Debug)]
pub(crate) struct Table<L> {
    limits: Limits,
    entries: BTreeMap<ConnectionId, Entry<L>>,
    /// Those that we opened or are opening.
    targets: BTreeMap<Target, ConnectionId>,
    /// How many came from each source.
    sources: BTreeMap<IpAddr, usize>,
    /// The first one gives way.
    order: BTreeSet<(Rank, u64, ConnectionId)>,
    uses: u64,
}

#[derive(Debug)]
struct Entry<L> {
    link: L,
    end: End,
    rank: Rank,
    used: u64,
}

/// Who opened it.
#[derive(Debug)]
enum End {
    We(Target),
    Peer(IpAddr),
}

/// Who gives way before whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// No message has come from the peer that opened it.
    Unproven,
    Used,
    Kept,
}

/// A source has as many connections as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SourceFull;

impl<L> Table<L> {
    pub(crate) const fn new(limits: Limits) -> Self {
        Self {
            limits,
            entries: BTreeMap::new(),
            targets: BTreeMap::new(),
            sources: BTreeMap::new(),
            order: BTreeSet::new(),
            uses: 0,
        }
    }

    /// Takes in a connection from a peer. Gives the one that has to go for it, if any.
    pub(crate) fn accept(
        &mut self,
        id: ConnectionId,
        remote: SocketAddr,
        link: L,
    ) -> Result<Option<L>, SourceFull> {
        let source = source(remote.ip());
        let count = self.sources.get(&source).copied().unwrap_or_default();
        if count >= self.limits.per_source {
            return Err(SourceFull);
        }
        let gives_way = self.make_room();
        *self.sources.entry(source).or_default() += 1;
        self.insert(id, link, End::Peer(source), Rank::Unproven);
        Ok(gives_way)
    }

    /// Notes a connection that we open. Gives the one that has to go for it, if any.
    pub(crate) fn open(&mut self, id: ConnectionId, target: Target, link: L) -> Option<L> {
        let gives_way = self.make_room();
        self.targets.insert(target.clone(), id);
        self.insert(id, link, End::We(target), Rank::Used);
        gives_way
    }

    /// The connection that we opened for a target. Those of peers are never given: that they are
    /// the same host is not known (RFC 5923 3).
    pub(crate) fn find(&self, target: &Target) -> Option<ConnectionId> {
        self.targets.get(target).copied()
    }

    /// The connection, which counts as used now.
    pub(crate) fn use_for_sending(&mut self, id: ConnectionId) -> Option<&L> {
        self.rank(id, Rank::Unproven);
        Some(&self.entries.get(&id)?.link)
    }

    /// A message came over it.
    pub(crate) fn received(&mut self, id: ConnectionId) {
        self.rank(id, Rank::Used);
    }

    /// It is to last.
    pub(crate) fn keep(&mut self, id: ConnectionId) -> Option<&L> {
        self.rank(id, Rank::Kept);
        self.get(id)
    }

    pub(crate) fn get(&self, id: ConnectionId) -> Option<&L> {
        Some(&self.entries.get(&id)?.link)
    }

    pub(crate) fn remove(&mut self, id: ConnectionId) -> Option<L> {
        let entry = self.entries.remove(&id)?;
        self.order.remove(&(entry.rank, entry.used, id));
        match entry.end {
            End::We(target) => {
                self.targets.remove(&target);
            }
            End::Peer(source) => {
                if let Some(count) = self.sources.get_mut(&source) {
                    *count -= 1;
                    if *count == 0 {
                        self.sources.remove(&source);
                    }
                }
            }
        }
        Some(entry.link)
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.limits);
    }

    fn insert(&mut self, id: ConnectionId, link: L, end: End, rank: Rank) {
        self.uses += 1;
        self.order.insert((rank, self.uses, id));
        let entry = Entry {
            link,
            end,
            rank,
            used: self.uses,
        };
        self.entries.insert(id, entry);
    }

    /// Puts it last among those of its rank, which never falls.
    fn rank(&mut self, id: ConnectionId, rank: Rank) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        self.order.remove(&(entry.rank, entry.used, id));
        self.uses += 1;
        entry.rank = entry.rank.max(rank);
        entry.used = self.uses;
        self.order.insert((entry.rank, entry.used, id));
    }

    fn make_room(&mut self) -> Option<L> {
        if self.entries.len() < self.limits.connections {
            return None;
        }
        let (_, _, id) = self.order.first().copied()?;
        self.remove(id)
    }
}

/// Whoever has one IPv6 address has the 64 bits of its network.
fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(connections: usize, per_source: usize) -> Table<u64> {
        Table::new(Limits {
            connections,
            per_source,
            ..Limits::default()
        })
    }

    fn peer(n: u8) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, n], 5060))
    }

    fn target(n: u8, name: Option<&str>) -> Target {
        Target {
            transport: Transport::Tls,
            local: peer(200),
            remote: peer(n),
            name: name.map(Arc::from),
        }
    }

    const fn id(n: u64) -> ConnectionId {
        ConnectionId(n)
    }

    #[test]
    fn ours_are_found_by_all_that_makes_them_the_same() {
        let mut table = table(10, 10);
        table.open(id(1), target(1, Some("a.example")), 1);
        assert_eq!(table.find(&target(1, Some("a.example"))), Some(id(1)));
        assert_eq!(table.find(&target(1, Some("b.example"))), None);
        assert_eq!(table.find(&target(1, None)), None);
        assert_eq!(table.find(&target(2, Some("a.example"))), None);
        let other = Target {
            transport: Transport::Wss,
            ..target(1, Some("a.example"))
        };
        assert_eq!(table.find(&other), None);
        assert_eq!(table.remove(id(1)), Some(1));
        assert_eq!(table.find(&target(1, Some("a.example"))), None);
    }

    #[test]
    fn those_of_peers_are_found_by_their_number_only() {
        let mut table = table(10, 10);
        assert_eq!(table.accept(id(1), peer(1), 1), Ok(None));
        assert_eq!(table.find(&target(1, None)), None);
        assert_eq!(table.use_for_sending(id(1)), Some(&1));
        table.remove(id(1));
        assert_eq!(table.use_for_sending(id(1)), None);
    }

    #[test]
    fn source_has_its_share() {
        let mut table = table(10, 2);
        assert_eq!(table.accept(id(1), peer(1), 1), Ok(None));
        assert_eq!(table.accept(id(2), peer(1), 2), Ok(None));
        assert_eq!(table.accept(id(3), peer(1), 3), Err(SourceFull));
        assert_eq!(table.accept(id(4), peer(2), 4), Ok(None));
        // Ours do not count.
        table.open(id(5), target(1, None), 5);
        table.remove(id(1));
        assert_eq!(table.accept(id(6), peer(1), 6), Ok(None));
    }

    #[test]
    fn network_of_ipv6_is_one_source() {
        let mut table = table(10, 1);
        let at = |text: &str| -> SocketAddr { text.parse().unwrap() };
        assert_eq!(table.accept(id(1), at("[2001:db8::1]:1"), 1), Ok(None));
        let same = table.accept(id(2), at("[2001:db8::ffff:0:0:2]:1"), 2);
        assert_eq!(same, Err(SourceFull));
        assert_eq!(table.accept(id(3), at("[2001:db8:0:1::1]:1"), 3), Ok(None));
        assert_eq!(table.accept(id(4), at("[::ffff:192.0.2.1]:1"), 4), Ok(None));
        assert_eq!(table.accept(id(5), at("192.0.2.1:1"), 5), Err(SourceFull));
    }

    #[test]
    fn strangers_give_way_first_then_the_least_recently_used_then_those_kept() {
        let mut table = table(4, 10);
        for n in 1..=4 {
            assert_eq!(table.accept(id(n), peer(1), n), Ok(None));
        }
        // 3 is a stranger to whom we only sent something.
        table.keep(id(1));
        table.received(id(2));
        table.received(id(4));
        table.use_for_sending(id(3));
        table.use_for_sending(id(2));
        assert_eq!(table.accept(id(5), peer(1), 5), Ok(Some(3)));
        table.received(id(5));
        assert_eq!(table.open(id(6), target(1, None), 6), Some(4));
        assert_eq!(table.open(id(7), target(2, None), 7), Some(2));
        assert_eq!(table.open(id(8), target(3, None), 8), Some(5));
        assert_eq!(table.open(id(9), target(4, None), 9), Some(6));
        assert_eq!(table.find(&target(1, None)), None);
        for n in [7, 8, 9] {
            table.keep(id(n));
        }
        assert_eq!(table.open(id(10), target(5, None), 10), Some(1));
        assert_eq!(table.entries.len(), 4);
        assert!(table.sources.is_empty());
    }
}
