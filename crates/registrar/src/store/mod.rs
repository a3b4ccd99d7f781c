//! What survives a restart.

mod memory;
mod sqlite;

pub use memory::Memory;
pub use sqlite::Sqlite;

use std::net::SocketAddr;
use std::path::PathBuf;
use thiserror::Error;

/// A binding as it is stored. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The address of record in canonical form.
    pub aor: String,
    /// The Contact value without `expires`.
    pub contact: String,
    /// The values of Path, in one line.
    pub path: String,
    /// The Call-ID of the REGISTER.
    pub call_id: String,
    /// Its CSeq.
    pub cseq: u32,
    /// When the binding ends.
    pub until: i64,
    /// When it was made or last refreshed.
    pub updated: i64,
    /// Our socket and the phone's, if it registered with datagrams.
    pub datagrams: Option<(SocketAddr, SocketAddr)>,
    /// Whether it can only be reached over the connection that it registered over.
    pub is_bound: bool,
}

/// Keeps bindings.
pub trait Store {
    /// All bindings that end later than `now`.
    ///
    /// # Errors
    /// The store cannot be read.
    fn load(&mut self, now: i64) -> Result<Vec<Record>, StoreError>;

    /// Puts these in the place of all bindings of the address of record: all of them, or, on an
    /// error, none (RFC 3261 10.3 step 7).
    ///
    /// # Errors
    /// The store cannot be written.
    fn replace(&mut self, aor: &str, records: &[Record]) -> Result<(), StoreError>;

    /// Drops the bindings that end at `now` or before.
    ///
    /// # Errors
    /// The store cannot be written.
    fn expire(&mut self, now: i64) -> Result<(), StoreError>;
}

/// What is wrong with a store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file cannot be opened or created.
    #[error("{}: cannot be opened: {cause}", .file.display())]
    Open {
        /// The file.
        file: PathBuf,
        /// What SQLite says.
        cause: rusqlite::Error,
    },
    /// The file is no database, or a damaged one. Bindings come again by themselves: it can be
    /// moved away.
    #[error("{}: is damaged or no database; move it away to start anew: {what}", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What SQLite found.
        what: String,
    },
    /// The database is of another program, or of a later version of this one.
    #[error("{}: need schema version {expected}, have {found}", .file.display())]
    Version {
        /// The file.
        file: PathBuf,
        /// The version that this program writes.
        expected: i64,
        /// The version found; 0 with tables of somebody else.
        found: i64,
    },
    /// Reading or writing failed.
    #[error("{}: {cause}", .file.display())]
    Access {
        /// The file.
        file: PathBuf,
        /// What SQLite says.
        cause: rusqlite::Error,
    },
}
