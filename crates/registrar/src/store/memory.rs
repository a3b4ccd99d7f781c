//! No store at all.

use super::{Record, Store, StoreError};

/// Keeps nothing: the registrar's own memory is all there is, and phones register again after a
/// restart.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory;

impl Store for Memory {
    fn load(&mut self, _now: i64) -> Result<Vec<Record>, StoreError> {
        Ok(Vec::new())
    }

    fn replace(&mut self, _aor: &str, _records: &[Record]) -> Result<(), StoreError> {
        Ok(())
    }

    fn expire(&mut self, _now: i64) -> Result<(), StoreError> {
        Ok(())
    }
}
