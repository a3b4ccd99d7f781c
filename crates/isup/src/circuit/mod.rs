//! Circuit supervision and the part of call control that belongs to one circuit (Q.764 2).
//!
//! [`CircuitTable`] owns the circuits of all trunk groups. It seizes, resets, blocks and releases
//! them, repeats what is not acknowledged, resolves dual seizures, holds new calls back from
//! exchanges that are congested or out of reach, and tells the call control only what concerns a
//! call. `handle` an [`Input`], then take every [`Output`].

mod blocking;
mod compatibility;
mod config;
mod congestion;
mod destination;
mod event;
mod group_blocking;
mod group_blocking_sent;
mod group_reset;
mod machine;
mod query;
mod segments;
mod selection;
mod table;
mod timers;
mod user_part;

#[cfg(test)]
mod tests;

pub use config::{CircuitGroup, CircuitTableError, Selection, TIMERS, TimerDefinition, Timers};
pub use congestion::{STEPS, T29, T30};
pub use event::{
    Alarm, CallTimer, Census, CircuitState, ClearReason, DestinationEvent, Discard, Indication,
    Input, Output, Phase, Request,
};
pub use table::CircuitTable;
pub use timers::Timer;
