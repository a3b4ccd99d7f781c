//! What a trunk group is made of, and its timers.

use crate::variant::Variant;
use core::time::Duration;
use trunkline_model::{Cic, CircuitId, NetworkIndicator, PointCode, TrunkGroupId};

/// The circuits between us and one exchange that serve the same purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitGroup {
    /// Its id.
    pub id: TrunkGroupId,
    /// Our point code.
    pub opc: PointCode,
    /// The point code of the exchange at the far end.
    pub dpc: PointCode,
    /// What the exchange at the far end speaks.
    pub variant: &'static Variant,
    /// The network indicator of all messages.
    pub ni: NetworkIndicator,
    /// The circuits, in any order.
    pub cics: Vec<Cic>,
    /// Which idle circuit is taken first.
    pub selection: Selection,
    /// Its timers.
    pub timers: Timers,
}

/// Which idle circuit is taken first. Those that this end controls come before the others in
/// either case, which keeps dual seizures rare (Q.764 2.9.1.3, method 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// The one that has been idle longest.
    #[default]
    LeastRecentlyIdle,
    /// The one that became idle last: keeps traffic on few circuits.
    MostRecentlyIdle,
}

macro_rules! timers {
    ($($(#[$doc:meta])* $field:ident, $name:literal, $default:literal, $min:literal..=$max:literal, $clause:literal;)*) => {
        /// Timers of Q.764 Annex A that a trunk group may set.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Timers {
            $($(#[$doc])* pub $field: Duration,)*
        }

        impl Default for Timers {
            fn default() -> Self {
                Self { $($field: Duration::from_secs($default),)* }
            }
        }

        impl Timers {
            /// Sets a timer by its name (`"t7"`), in seconds.
            ///
            /// # Errors
            ///
            /// The definition if the value is out of its range; `None` if there is no such timer.
            pub fn set(&mut self, name: &str, seconds: u64) -> Result<(), Option<&'static TimerDefinition>> {
                let definition = TIMERS.iter().find(|timer| timer.name.eq_ignore_ascii_case(name)).ok_or(None)?;
                if !(definition.min..=definition.max).contains(&seconds) {
                    return Err(Some(definition));
                }
                let value = Duration::from_secs(seconds);
                match definition.name {
                    $($name => self.$field = value,)*
                    _ => return Err(None),
                }
                Ok(())
            }
        }

        /// Every timer that a trunk group may set.
        pub const TIMERS: &[TimerDefinition] = &[
            $(TimerDefinition { name: $name, default: $default, min: $min, max: $max, clause: $clause },)*
        ];
    };
}

/// A row of Q.764 Annex A.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerDefinition {
    /// Its name.
    pub name: &'static str,
    /// Seconds that we use.
    pub default: u64,
    /// Fewest seconds.
    pub min: u64,
    /// Most seconds.
    pub max: u64,
    /// Where it is used.
    pub clause: &'static str,
}

timers! {
    /// REL is repeated after it.
    t1, "T1", 15, 1..=60, "Q.764 2.3";
    /// UPT is sent, and repeated, after it.
    t4, "T4", 300, 5..=900, "Q.764 2.13";
    /// REL is given up after it; RSC follows.
    t5, "T5", 300, 5..=900, "Q.764 2.3";
    /// From the latest address message until ACM, ANM or CON.
    t7, "T7", 25, 1..=30, "Q.764 2.1";
    /// From ACM until ANM.
    t9, "T9", 180, 1..=240, "Q.764 2.1";
    /// BLO is repeated after it.
    t12, "T12", 15, 1..=60, "Q.764 2.8.2";
    /// The first BLO is given up after it, and repeated more rarely.
    t13, "T13", 300, 5..=900, "Q.764 2.8.2";
    /// UBL is repeated after it.
    t14, "T14", 15, 1..=60, "Q.764 2.8.2";
    /// The first UBL is given up after it, and repeated more rarely.
    t15, "T15", 300, 5..=900, "Q.764 2.8.2";
    /// RSC is repeated after it.
    t16, "T16", 15, 1..=60, "Q.764 2.9.3.1";
    /// The first RSC is given up after it, and repeated more rarely.
    t17, "T17", 300, 5..=900, "Q.764 2.9.3.1";
    /// CGB is repeated after it.
    t18, "T18", 15, 1..=60, "Q.764 2.8.2.2";
    /// The first CGB is given up after it, and repeated more rarely.
    t19, "T19", 300, 5..=900, "Q.764 2.8.2.2";
    /// CGU is repeated after it.
    t20, "T20", 15, 1..=60, "Q.764 2.8.2.2";
    /// The first CGU is given up after it, and repeated more rarely.
    t21, "T21", 300, 5..=900, "Q.764 2.8.2.2";
    /// GRS is repeated after it.
    t22, "T22", 15, 1..=60, "Q.764 2.9.3.2";
    /// The first GRS is given up after it, and repeated more rarely.
    t23, "T23", 300, 5..=900, "Q.764 2.9.3.2";
    /// The second segment of a message is given up after it.
    t34, "T34", 3, 1..=4, "Q.764 2.1.12";
}

/// Why circuits cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CircuitTableError {
    /// Two circuits have one name.
    #[error("circuit {0} is in two trunk groups, or twice in one")]
    Duplicate(CircuitId),
    /// A group without circuits.
    #[error("{0} has no circuits")]
    Empty(TrunkGroupId),
    /// Both ends of a group are the same exchange.
    #[error("{0}: our point code {1} is that of the far end, too")]
    Loop(TrunkGroupId, PointCode),
    /// Two groups to one exchange speak differently: who sends a message could not be told.
    #[error("{0} and another trunk group to {1} are of different variants")]
    Variants(TrunkGroupId, PointCode),
    /// A circuit has a code that its variant has not.
    #[error("{0}: circuit {1} is more than {2}, the largest of variant {3}")]
    CicTooLarge(TrunkGroupId, Cic, u32, &'static str),
    /// Two groups have one id.
    #[error("{0} is there twice")]
    DuplicateGroup(TrunkGroupId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timer_table_is_consistent() {
        let mut timers = Timers::default();
        for (position, timer) in TIMERS.iter().enumerate() {
            assert!(
                (timer.min..=timer.max).contains(&timer.default),
                "{}",
                timer.name
            );
            assert!(
                TIMERS[..position]
                    .iter()
                    .all(|other| other.name != timer.name)
            );
            assert_eq!(timers.set(timer.name, timer.default), Ok(()));
            assert_eq!(timers.set(timer.name, timer.max + 1), Err(Some(timer)));
        }
        assert_eq!(timers, Timers::default());
        assert_eq!(timers.set("t99", 1), Err(None));
        assert_eq!(timers.set("t7", 20), Ok(()));
        assert_eq!(timers.t7, Duration::from_secs(20));
    }
}
