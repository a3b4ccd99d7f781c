//! The words that all other crates share. Types only, no protocol logic.
//!
//! The main ones: [`Time`], [`CircuitId`], [`Cause`], the MTP primitives in [`mtp`] and the
//! media commands in [`media`] that the MGC and the MGW exchange.

pub mod cause;
pub mod circuit;
pub mod id;
pub mod media;
pub mod mtp;
pub mod point_code;
pub mod private;
pub mod tap;
pub mod time;

pub use cause::{Cause, CauseValue, Location};
pub use circuit::{Cic, CircuitId};
pub use id::{CallId, TrunkGroupId};
pub use point_code::{NetworkIndicator, PointCode};
pub use private::Digits;
pub use time::Time;
