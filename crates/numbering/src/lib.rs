//! Address translation: what was dialled becomes a number or a URI ([`Rules`]), and a number finds
//! its way ([`Routes`]).
//!
//! [`number`] brings a number as people write it into the form that signaling uses.

pub mod number;
pub mod routes;
pub mod rules;

pub use number::{DialPlan, NumberError, normalise};
pub use routes::{RouteError, Routes};
pub use rules::{Rule, RuleError, Rules};
