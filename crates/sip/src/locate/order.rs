//! The order of SRV records (RFC 2782, "Priority" and "Weight").

use super::record::Srv;

/// Sorts by priority, and within one priority draws by weight: a record is the next with the
/// chance of its weight in the sum of those left, one of weight 0 with a very small one. The same
/// seed gives the same order.
pub(super) fn sort(mut records: Vec<Srv>, mut seed: u64) -> Vec<Srv> {
    // Those of weight 0 stand first in the running sum.
    records.sort_by_key(|record| (record.priority, record.weight));
    let mut sorted = Vec::with_capacity(records.len());
    while let Some(first) = records.first() {
        let priority = first.priority;
        let level = records
            .iter()
            .take_while(|record| record.priority == priority);
        let sum: u64 = level.clone().map(|record| u64::from(record.weight)).sum();
        let drawn = below(&mut seed, sum + 1);
        let unweighted = level.clone().filter(|record| record.weight == 0).count();
        let mut running = 0;
        let chosen = if drawn == 0 && unweighted > 0 {
            // They stand in any order, so that none of them is always the first.
            usize::try_from(below(&mut seed, unweighted as u64)).ok()
        } else {
            level.clone().position(|record| {
                running += u64::from(record.weight);
                running >= drawn
            })
        };
        sorted.push(records.remove(chosen.unwrap_or(0)));
    }
    sorted
}

/// A number from 0 to `bound - 1`. The bounds here are so small that the remainder's bias does
/// not matter.
fn below(seed: &mut u64, bound: u64) -> u64 {
    // The mixing of SplitMix64: any two seeds give unrelated numbers.
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % bound.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(rows: &[(u16, u16)]) -> Vec<Srv> {
        rows.iter()
            .zip(1..)
            .map(|(&(priority, weight), port)| Srv {
                priority,
                weight,
                port,
                target: "h.example.com".into(),
            })
            .collect()
    }

    /// How often each record is the first, in a million draws.
    fn shares(rows: &[(u16, u16)]) -> Vec<f64> {
        const DRAWS: u64 = 1_000_000;
        let records = records(rows);
        let mut counts = vec![0_u32; rows.len()];
        for seed in 0..DRAWS {
            let first = sort(records.clone(), seed)[0].port;
            counts[usize::from(first) - 1] += 1;
        }
        counts
            .iter()
            .map(|&count| f64::from(count) / DRAWS as f64)
            .collect()
    }

    #[test]
    fn records_are_drawn_in_proportion_to_their_weights() {
        for (rows, expected) in [
            (
                &[(0, 60), (0, 20), (0, 20), (1, 500)][..],
                &[0.6, 0.2, 0.2, 0.0][..],
            ),
            (&[(5, 1_000), (5, 3_000)], &[0.25, 0.75]),
            (&[(0, 0), (0, 0), (0, 0), (0, 0)], &[0.25, 0.25, 0.25, 0.25]),
            // RFC 2782: one of weight 0 has a very small chance, here 1 in 1,001.
            (&[(0, 0), (0, 1_000)], &[1.0 / 1_001.0, 1_000.0 / 1_001.0]),
            (&[(0, 65_535), (0, 65_535)], &[0.5, 0.5]),
        ] {
            for (share, expected) in shares(rows).iter().zip(expected) {
                // RFC 2782 draws from 0 to the sum, so that small sums lean to the first.
                assert!(
                    (share - expected).abs() < 0.01,
                    "{rows:?}: {share} {expected}"
                );
                assert_eq!(*share == 0.0, *expected == 0.0, "{rows:?}");
            }
        }
    }

    #[test]
    fn priorities_come_in_order_and_nothing_is_lost() {
        let rows = [(2, 5), (1, 0), (2, 0), (0, 7), (1, 9), (0, 0)];
        for seed in 0..1_000 {
            let sorted = sort(records(&rows), seed);
            assert!(sorted.is_sorted_by_key(|record| record.priority));
            let mut ports: Vec<u16> = sorted.iter().map(|record| record.port).collect();
            ports.sort_unstable();
            assert_eq!(ports, [1, 2, 3, 4, 5, 6]);
            assert_eq!(sorted, sort(records(&rows), seed));
        }
    }
}
