//! Max-Forwards and the hop counter (Q.763 3.80, RFC 3261 20.22).
//!
//! One exchange counts for `factor` SIP hops. Both ways the result is rounded down after one has
//! been taken off, so a call that goes round and round ends, whatever the factor (expert-checks 18).

/// The hop counter for an IAM; `None` if the call has passed too many hops.
pub(crate) fn from_max_forwards(max_forwards: u8, factor: u8) -> Option<u8> {
    let hops = max_forwards.saturating_sub(1) / factor.max(1);
    (hops > 0).then_some(hops.min(MAX_HOP_COUNTER))
}

/// Max-Forwards for an INVITE; `None` if the call has passed too many exchanges (Q.764 2.1.1: an
/// exchange that counts down to zero releases the call).
pub(crate) fn to_max_forwards(hop_counter: u8, factor: u8) -> Option<u8> {
    let hops = hop_counter.min(MAX_HOP_COUNTER).saturating_sub(1);
    (hops > 0).then_some(hops.saturating_mul(factor.max(1)))
}

/// Max-Forwards of a call that has not been counted (RFC 3261 8.1.1.6).
pub(crate) const INITIAL_MAX_FORWARDS: u8 = 70;

/// The parameter has five bits.
const MAX_HOP_COUNTER: u8 = 31;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_value_becomes_a_usual_value() {
        assert_eq!(from_max_forwards(70, 4), Some(17));
        assert_eq!(to_max_forwards(17, 4), Some(64));
        assert_eq!(from_max_forwards(255, 1), Some(31));
    }

    #[test]
    fn used_up_is_used_up() {
        for (max_forwards, factor) in [(0, 1), (1, 1), (4, 4), (0, 0)] {
            assert_eq!(from_max_forwards(max_forwards, factor), None);
        }
        assert_eq!(to_max_forwards(0, 4), None);
        assert_eq!(to_max_forwards(1, 4), None);
    }

    proptest! {
        #[test]
        fn loop_ends(start: u8, factor: u8) {
            let mut max_forwards = start;
            let mut rounds = 0;
            while let Some(next) = from_max_forwards(max_forwards, factor)
                .and_then(|hops| to_max_forwards(hops, factor))
            {
                prop_assert!(next < max_forwards, "{next} after {max_forwards}");
                max_forwards = next;
                rounds += 1;
            }
            prop_assert!(rounds <= 31);
        }
    }
}
