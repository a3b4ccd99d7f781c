//! Programs that tests talk to.
