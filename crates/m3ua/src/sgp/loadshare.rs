//! Which ASP of an AS gets which signaling link selection (RFC 4666 4.3.4.3 leaves that open).
//!
//! Each ASP that was active has a seat, and each selection has its home at a seat. The loss of
//! an ASP moves only the selections that are at home with it, and they come back with it. A
//! newcomer takes the seat of one that left for good, or an equal share of everybody's
//! selections; all others stay where they are. The shares are even among the sixteen
//! selections of ITU-T networks as well as among 256.

use super::AspId;

#[derive(Clone, Debug)]
pub(super) struct Loadshare {
    seats: Vec<Seat>,
    /// The seat of each selection.
    home: [usize; SELECTIONS],
    /// The seat that serves each selection now.
    serving: [Option<usize>; SELECTIONS],
}

#[derive(Clone, Copy, Debug)]
struct Seat {
    asp: AspId,
    identifier: Option<u32>,
    presence: Presence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Active,
    /// It may come back any time.
    Inactive,
    /// Its association is gone: whoever comes back for it may have another number.
    Gone,
}

impl Loadshare {
    pub(super) const fn new() -> Self {
        Self {
            seats: Vec::new(),
            home: [0; SELECTIONS],
            serving: [None; SELECTIONS],
        }
    }

    /// The ASP for a selection, if any is active.
    pub(super) fn choose(&self, sls: u8) -> Option<AspId> {
        self.serving[usize::from(sls)].map(|seat| self.seats[seat].asp)
    }

    /// An ASP became active. Its identifier tells it again when it comes back over a new
    /// association.
    pub(super) fn active(&mut self, asp: AspId, identifier: Option<u32>) {
        let gone = |seat: &Seat| seat.presence == Presence::Gone;
        let position = |f: &dyn Fn(&Seat) -> bool| self.seats.iter().position(f);
        let seat = position(&|seat| seat.asp == asp)
            .or_else(|| {
                position(&|seat| {
                    gone(seat) && identifier.is_some() && seat.identifier == identifier
                })
            })
            .or_else(|| position(&gone));
        let taken = Seat {
            asp,
            identifier,
            presence: Presence::Active,
        };
        match seat {
            Some(seat) => self.seats[seat] = taken,
            None => {
                self.seats.push(taken);
                self.make_room();
            }
        }
        self.spread();
    }

    /// An ASP is no longer active; `gone` if its association is lost or it went down.
    pub(super) fn inactive(&mut self, asp: AspId, gone: bool) {
        if let Some(seat) = self.seats.iter_mut().find(|seat| seat.asp == asp) {
            seat.presence = match gone {
                true => Presence::Gone,
                false => Presence::Inactive,
            };
            self.spread();
        }
    }

    /// Gives the seat that came last its share of the homes.
    fn make_room(&mut self) {
        let newest = self.seats.len() - 1;
        let mut total = Counts::of(self.seats.len(), self.home.map(Some));
        if newest == 0 {
            return;
        }
        for (number, block) in self.home.chunks_exact_mut(BLOCK).enumerate() {
            let mut here = Counts::of(newest + 1, block.iter().copied().map(Some));
            let so_far = (number + 1) * BLOCK;
            while let Some(donor) = (0..newest).max_by_key(|seat| (here.0[*seat], total.0[*seat])) {
                // What a block cannot share evenly is shared over the blocks.
                let behind = (total.0[newest] + 1) * (newest + 1) <= so_far;
                if here.0[donor] < here.0[newest] + 2 - usize::from(behind) {
                    break;
                }
                let Some(slot) = block.iter_mut().rev().find(|seat| **seat == donor) else {
                    break;
                };
                *slot = newest;
                for counts in [&mut here, &mut total] {
                    counts.0[donor] -= 1;
                    counts.0[newest] += 1;
                }
            }
        }
    }

    /// Chooses who serves each selection: its home, else who serves it already, else whoever
    /// has the least to do.
    fn spread(&mut self) {
        let is_active = |seat: usize| self.seats[seat].presence == Presence::Active;
        for (serving, home) in self.serving.iter_mut().zip(self.home) {
            *serving = match *serving {
                _ if is_active(home) => Some(home),
                Some(seat) if is_active(seat) => Some(seat),
                _ => None,
            };
        }
        let mut total = Counts::of(self.seats.len(), self.serving);
        for block in self.serving.chunks_exact_mut(BLOCK) {
            let mut here = Counts::of(self.seats.len(), block.iter().copied());
            for serving in block.iter_mut().filter(|serving| serving.is_none()) {
                let least = (0..self.seats.len())
                    .filter(|seat| is_active(*seat))
                    .min_by_key(|seat| (here.0[*seat], total.0[*seat]));
                if let Some(seat) = least {
                    here.0[seat] += 1;
                    total.0[seat] += 1;
                }
                *serving = least;
            }
        }
    }
}

/// How many selections each seat has.
struct Counts(Vec<usize>);

impl Counts {
    fn of(seats: usize, slots: impl IntoIterator<Item = Option<usize>>) -> Self {
        let mut counts = vec![0; seats];
        for seat in slots.into_iter().flatten() {
            counts[seat] += 1;
        }
        Self(counts)
    }
}

/// ANSI networks have 256 selections.
const SELECTIONS: usize = 256;

/// ITU-T networks have 16 (Q.704 2.2.4).
const BLOCK: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn load(count: u64) -> Loadshare {
        let mut load = Loadshare::new();
        (0..count).for_each(|asp| load.active(AspId(asp), None));
        load
    }

    fn all(load: &Loadshare) -> Vec<Option<AspId>> {
        (0..=255).map(|sls| load.choose(sls)).collect()
    }

    /// The largest and the smallest share of that many selections.
    fn shares(load: &Loadshare, selections: u8, asps: impl Iterator<Item = u64>) -> (usize, usize) {
        let counts: Vec<usize> = asps
            .map(|asp| {
                let its = |sls: &u8| load.choose(*sls) == Some(AspId(asp));
                (0..=selections).filter(its).count()
            })
            .collect();
        (*counts.iter().max().unwrap(), *counts.iter().min().unwrap())
    }

    #[test]
    fn nobody_serves_before_an_asp_is_active() {
        let mut load = load(0);
        assert_eq!(load.choose(0), None);
        load.active(AspId(9), None);
        assert!(all(&load).iter().all(|asp| *asp == Some(AspId(9))));
        load.inactive(AspId(9), true);
        assert_eq!(load.choose(0), None);
    }

    #[test]
    fn shares_are_even() {
        for count in 1..=20 {
            let load = load(count);
            for (selections, uneven) in [(15, 1), (255, 2)] {
                let (most, least) = shares(&load, selections, 0..count);
                assert!(most - least <= uneven, "{count} ASPs: {least} to {most}");
            }
        }
    }

    #[test]
    fn newcomer_takes_its_share_and_nobody_else_gets_anything() {
        for count in 1..20 {
            let mut load = load(count);
            let before = all(&load);
            load.active(AspId(count), None);
            for (before, after) in before.into_iter().zip(all(&load)) {
                assert!(after == before || after == Some(AspId(count)));
            }
        }
    }

    #[test]
    fn loss_moves_only_its_own_and_they_come_back() {
        for gone in [false, true] {
            let mut load = load(4);
            let before = all(&load);
            load.inactive(AspId(2), gone);
            let without = all(&load);
            for (before, after) in before.iter().zip(&without) {
                assert_eq!(*before == Some(AspId(2)), before != after);
            }
            let (most, least) = shares(&load, 15, [0, 1, 3].into_iter());
            assert!(most - least <= 1, "{least} to {most}");
            // A second loss moves only its own, too.
            load.inactive(AspId(0), gone);
            for (before, after) in without.iter().zip(all(&load)) {
                assert_eq!(*before == Some(AspId(0)), *before != after);
            }
            load.active(AspId(0), None);
            load.active(AspId(2), None);
            assert_eq!(all(&load), before);
        }
    }

    #[test]
    fn who_comes_back_over_another_association_gets_its_own() {
        let mut load = Loadshare::new();
        for asp in 0..3 {
            load.active(AspId(asp), Some(100 + asp as u32));
        }
        let before = all(&load);
        load.inactive(AspId(0), true);
        load.inactive(AspId(2), true);
        load.active(AspId(12), Some(102));
        load.active(AspId(10), None);
        let renamed = before.into_iter().map(|asp| match asp {
            Some(AspId(1)) => Some(AspId(1)),
            Some(AspId(other)) => Some(AspId(other + 10)),
            None => None,
        });
        assert_eq!(all(&load), renamed.collect::<Vec<_>>());
    }

    #[test]
    fn seats_of_those_who_left_are_taken_again() {
        let mut load = Loadshare::new();
        for asp in 0..10_000 {
            load.active(AspId(asp), None);
            load.inactive(AspId(asp), true);
        }
        assert_eq!(load.seats.len(), 1);
    }
}
