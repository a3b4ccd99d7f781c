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
