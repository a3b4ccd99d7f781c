//! The state machine of an application server (RFC 4666 4.3.2, figure 4).
//!
//! ```txt
//!        +----------+          IA2AC              +-------------+
//!        |    AS-   |---------------------------->|     AS-     |
//!        | INACTIVE |<-----------                 |   ACTIVE    |
//!        +----------+            \                +-------------+
//!     DN2IA |   | IA2DN           \ PN2IA       PN2AC  ^   | AC2PN
//!           |   v                  \                   |   v
//!        +----------+               \-------------+-------------+
//!        | AS-DOWN  |<----------------------------| AS-PENDING  |
//!        +----------+          PN2DN              +-------------+
//! ```

use crate::state::AsState;

/// What an AS reacts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// An ASP changed its state; this is how many there are now.
    Asps {
        /// In ASP-ACTIVE.
        active: usize,
        /// In ASP-INACTIVE.
        inactive: usize,
    },
    /// T(r) expired while nobody was active.
    RecoveryExpired {
        /// How many ASPs are in ASP-INACTIVE.
        inactive: usize,
    },
}

/// The state that follows; `n` is the n of the n+k model, at least 1.
pub(super) const fn next(state: AsState, event: Event, n: usize) -> AsState {
    match (state, event) {
        // IA2AC. An AS that comes into being with its ASPs may get here from AS-DOWN.
        (AsState::Down | AsState::Inactive, Event::Asps { active, .. }) if active >= n => {
            AsState::Active
        }
        // IA2DN
        (
            AsState::Down | AsState::Inactive,
            Event::Asps {
                active: 0,
                inactive: 0,
            },
        ) => AsState::Down,
        // DN2IA
        (AsState::Down | AsState::Inactive, Event::Asps { .. }) => AsState::Inactive,
        // AC2PN: one that is left is enough to stay.
        (AsState::Active, Event::Asps { active: 0, .. }) => AsState::Pending,
        (AsState::Active, Event::Asps { .. }) => AsState::Active,
        // PN2AC: one is enough to come back.
        (AsState::Pending, Event::Asps { active: 0, .. }) => AsState::Pending,
        (AsState::Pending, Event::Asps { .. }) => AsState::Active,
        // PN2DN
        (AsState::Pending, Event::RecoveryExpired { inactive: 0 }) => AsState::Down,
        // PN2IA
        (AsState::Pending, Event::RecoveryExpired { .. }) => AsState::Inactive,
        // T(r) runs in AS-PENDING only.
        (AsState::Down | AsState::Inactive | AsState::Active, Event::RecoveryExpired { .. }) => {
            state
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AsState::{Active, Down, Inactive, Pending};

    const fn asps(active: usize, inactive: usize) -> Event {
        Event::Asps { active, inactive }
    }

    const fn expired(inactive: usize) -> Event {
        Event::RecoveryExpired { inactive }
    }

    /// Each event, and what follows in AS-DOWN, AS-INACTIVE, AS-ACTIVE and AS-PENDING.
    const TABLE: &[(usize, Event, [AsState; 4])] = &[
        // n = 1: smooth start, override
        (1, asps(0, 0), [Down, Down, Pending, Pending]),
        (1, asps(0, 1), [Inactive, Inactive, Pending, Pending]),
        (1, asps(0, 2), [Inactive, Inactive, Pending, Pending]),
        (1, asps(1, 0), [Active, Active, Active, Active]),
        (1, asps(1, 1), [Active, Active, Active, Active]),
        (1, asps(2, 0), [Active, Active, Active, Active]),
        (1, expired(0), [Down, Inactive, Active, Down]),
        (1, expired(1), [Down, Inactive, Active, Inactive]),
        // n = 2
        (2, asps(0, 0), [Down, Down, Pending, Pending]),
        (2, asps(0, 1), [Inactive, Inactive, Pending, Pending]),
        (2, asps(1, 0), [Inactive, Inactive, Active, Active]),
        (2, asps(1, 1), [Inactive, Inactive, Active, Active]),
        (2, asps(2, 0), [Active, Active, Active, Active]),
        (2, asps(3, 1), [Active, Active, Active, Active]),
        (2, expired(0), [Down, Inactive, Active, Down]),
        (2, expired(2), [Down, Inactive, Active, Inactive]),
    ];

    #[test]
    fn every_event_in_every_state() {
        for (n, event, after) in TABLE {
            for (state, expected) in [Down, Inactive, Active, Pending].into_iter().zip(after) {
                assert_eq!(
                    next(state, *event, *n),
                    *expected,
                    "{state}, {event:?}, n = {n}"
                );
            }
        }
    }
}
