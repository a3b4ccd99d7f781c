//! Routing tables of any size, and numbers to look for.

use std::collections::HashMap;
use trunkline_numbering::Routes;

/// Prefixes with where they lead, and numbers that begin with some of them.
#[derive(Clone, Debug)]
pub struct Prefixes {
    /// Prefixes of 4 to 10 digits after the `+`, all different.
    pub prefixes: Vec<String>,
    /// Numbers of 13 digits after the `+`; about half begin with a prefix that was made for them.
    pub numbers: Vec<String>,
}

impl Prefixes {
    /// `count` prefixes, the same in each run.
    pub fn new(count: usize) -> Self {
        let mut chance = Chance(1);
        let mut known = std::collections::BTreeSet::new();
        while known.len() < count {
            let length = 4 + chance.below(7);
            known.insert(chance.digits(length));
        }
        let prefixes: Vec<String> = known.into_iter().collect();
        let numbers = (0..NUMBERS).map(|index| {
            let mut number = match prefixes.get(chance.below(count.max(1))) {
                Some(prefix) if index % 2 == 0 => prefix.clone(),
                _ => "+".to_owned(),
            };
            while number.len() < 14 {
                number.push_str(&chance.digits(1)[1..]);
            }
            number
        });
        let numbers = numbers.collect();
        Self { prefixes, numbers }
    }

    /// The table under test: each prefix leads to its position.
    pub fn routes(&self) -> Routes<u32> {
        let mut routes = Routes::new();
        for (position, prefix) in (0..).zip(&self.prefixes) {
            routes
                .insert(prefix, position)
                .expect("distinct prefixes of digits");
        }
        routes
    }

    /// The same as a hash table, which is asked for each length.
    pub fn hashed(&self) -> Hashed {
        let positions = (0..).zip(&self.prefixes);
        Hashed(
            positions
                .map(|(position, prefix)| (prefix.as_str().into(), position))
                .collect(),
        )
    }
}

/// Longest prefix by one look-up for each length, the plain way to do it.
#[derive(Clone, Debug)]
pub struct Hashed(HashMap<Box<str>, u32>);

impl Hashed {
    /// Where the number leads.
    pub fn find(&self, number: &str) -> Option<&u32> {
        (1..=number.len().min(11))
            .rev()
            .find_map(|length| self.0.get(number.get(..length)?))
    }
}

/// Chance that is the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    fn digits(&mut self, length: usize) -> String {
        let digits = (0..length).map(|_| char::from(b'0' + self.below(10) as u8));
        core::iter::once('+').chain(digits).collect()
    }
}

/// Numbers to look for: enough that their ways through the table do not stay in the cache.
const NUMBERS: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_agree() {
        let prefixes = Prefixes::new(3_000);
        let (routes, hashed) = (prefixes.routes(), prefixes.hashed());
        let mut found = 0;
        for number in &prefixes.numbers {
            assert_eq!(routes.find(number), hashed.find(number), "{number}");
            found += usize::from(routes.find(number).is_some());
        }
        assert!(found >= prefixes.numbers.len() / 2, "{found}");
    }
}
