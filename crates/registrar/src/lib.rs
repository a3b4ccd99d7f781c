//! A registrar (RFC 3261 10.3, RFC 3327, RFC 5626 6) for the phones that a gateway serves.
//!
//! [`Registrar`] answers REGISTER requests and says where an address of record can be reached. It
//! is pure: it takes requests and the time, and gives replies. A [`Store`] keeps what must survive
//! a restart: [`Sqlite`] does, [`Memory`] keeps nothing.

mod binding;
mod config;
mod location;
mod registrar;
mod store;
#[cfg(test)]
mod tests;
mod update;

pub use binding::Binding;
pub use config::{Misconfigured, RegistrarConfig, User};
pub use registrar::{Counters, Registrar, Reply, StartError};
pub use store::{Memory, Record, Sqlite, Store, StoreError};
