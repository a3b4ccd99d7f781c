//! The variants that come with this crate.

use super::Delta;

/// The deltas, each behind the variant from which it differs.
pub const DELTAS: &[Delta] = &[];
