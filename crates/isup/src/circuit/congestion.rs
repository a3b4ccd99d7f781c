//! Signaling congestion control towards one destination (Q.764 2.10.2).
//!
//! ```text
//!              MTP-STATUS:                  MTP-STATUS after T29:
//!            start T29, T30                   start T29, T30
//! full load ----------------> first step ----------------> ... last step --+ MTP-STATUS after T29:
//!           <----------------            <----------------                 | start T29, T30
//!                  T30                      T30: start T30         ^-------+
//! ```
//!
//! The clause leaves the steps to the implementation ([`STEPS`]), and what traffic is: here, new
//! calls from us ([`CircuitTable::admits`]). A call that has begun is never cut short for it: its
//! messages are few, and its release is what ends them.
//!
//! [`CircuitTable::admits`]: super::CircuitTable::admits

use crate::{CallingPartyCategory, Variant};
use core::time::Duration;
use trunkline_model::Time;

/// How many of a hundred new calls are refused at each step; the first is full load. The last is
/// less than all: a destination that nothing is sent to cannot say that it is still congested.
pub const STEPS: [u8; 5] = [0, 25, 50, 75, 90];

/// Congestion is not heard of again before it, lest traffic falls too fast: 300 to 600 ms (Q.764
/// 2.10.2, Annex A).
pub const T29: Duration = Duration::from_millis(500);

/// Without congestion for so long, traffic grows by a step: 5 to 10 s (Q.764 2.10.2, Annex A).
pub const T30: Duration = Duration::from_secs(8);

/// How much of the traffic to one destination may pass. Its owner runs T30.
#[derive(Debug, Default)]
pub(super) struct Congestion {
    /// A position in [`STEPS`].
    step: u8,
    /// When T29 ends, if it was ever started.
    t29: Option<Time>,
    /// Hundredths of a call that are to be refused, and were not yet: less than a hundred.
    owed: u8,
}

impl Congestion {
    /// The step of traffic reduction; 0 is full load.
    pub(super) const fn step(&self) -> u8 {
        self.step
    }

    /// How many of a hundred new calls are refused.
    pub(super) fn refused(&self) -> u8 {
        STEPS[usize::from(self.step)]
    }

    /// MTP-STATUS says that the destination is congested. `true`: T30 is to be started, again if it
    /// runs.
    pub(super) fn indicated(&mut self, now: Time) -> bool {
        if self.t29.is_some_and(|end| now < end) {
            return false;
        }
        self.t29 = Some(now + T29);
        if usize::from(self.step) + 1 < STEPS.len() {
            self.step += 1;
        }
        true
    }

    /// T30 ran out. `true`: it is to be started again.
    pub(super) const fn recovered(&mut self) -> bool {
        self.step = self.step.saturating_sub(1);
        if self.step == 0 {
            self.owed = 0;
        }
        self.step > 0
    }

    /// Whether a new call may pass. Those that may not are spread evenly: each call owes its part,
    /// and the one that fills a whole is refused.
    pub(super) fn admits(&mut self) -> bool {
        // At most 99 + 90.
        self.owed += self.refused();
        if self.owed < 100 {
            return true;
        }
        self.owed -= 100;
        false
    }
}

/// Calls that are let through whatever the congestion: of operators, of subscribers with priority,
/// and of the emergency preference scheme (Q.763 3.11).
///
/// Q.764 does not name them: that they are exempt is expert-checks 16 and 35.
pub(super) const fn is_exempt(category: CallingPartyCategory, variant: &Variant) -> bool {
    use CallingPartyCategory as Category;
    match category {
        Category::OperatorFrench
        | Category::OperatorEnglish
        | Category::OperatorGerman
        | Category::OperatorRussian
        | Category::OperatorSpanish
        | Category::OperatorAgreed6
        | Category::OperatorAgreed7
        | Category::OperatorAgreed8
        | Category::Operator
        | Category::Priority
        | Category::Ieps => true,
        // In ANSI T1.113: emergency service, high priority emergency, national security and
        // emergency preparedness. Elsewhere these codes are national ones of any meaning. Of the
        // variants that have circuits, those of ANSI have 14 bits of CIC.
        Category::Other(0xe0..=0xe2) => variant.cic_bits() == 14,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_grow_and_never_stop_all_calls() {
        assert_eq!(STEPS[0], 0);
        assert!(STEPS.is_sorted_by(|a, b| a < b));
        assert!(STEPS[STEPS.len() - 1] < 100);
        assert!((300..=600).contains(&T29.as_millis()));
        assert!((5..=10).contains(&T30.as_secs()));
    }

    #[test]
    fn refused_calls_are_as_many_as_the_step_says_and_evenly_spread() {
        let mut congestion = Congestion::default();
        let mut now = Time::ZERO;
        for (step, percent) in STEPS.into_iter().enumerate() {
            let calls: Vec<bool> = (0..400).map(|_| congestion.admits()).collect();
            let refused = |calls: &[bool]| calls.iter().filter(|admitted| !**admitted).count();
            assert_eq!(refused(&calls), 4 * usize::from(percent), "step {step}");
            // In any twenty calls as many as the share says, give or take one.
            for window in calls.windows(20) {
                let share = usize::from(percent) * 20 / 100;
                assert!(refused(window).abs_diff(share) <= 1, "step {step}");
            }
            congestion.indicated(now);
            now += T29;
        }
    }

    #[test]
    fn each_category_is_exempt_or_not() {
        let exempt = |variant: &Variant| -> Vec<u8> {
            let codes = 0..=255;
            let is_exempt = |code: &u8| is_exempt(CallingPartyCategory::from_code(*code), variant);
            codes.filter(is_exempt).collect()
        };
        let operators_and_priority = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14];
        assert_eq!(exempt(Variant::itu()), operators_and_priority);
        assert_eq!(
            exempt(Variant::named("russia").unwrap()),
            operators_and_priority
        );
        let ansi = exempt(Variant::named("ansi-1995").unwrap());
        assert_eq!(ansi[..11], operators_and_priority);
        assert_eq!(ansi[11..], [0xe0, 0xe1, 0xe2]);
    }
}
