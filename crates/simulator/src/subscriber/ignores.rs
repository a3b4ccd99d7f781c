//! The number at which the exchange swallows the IAM: nothing comes back, and T7 of the caller
//! must end the call (Q.764 2.9.8.3).

/// One call at it: nothing ever happens.
#[derive(Clone, Copy, Debug)]
pub struct Machine;
