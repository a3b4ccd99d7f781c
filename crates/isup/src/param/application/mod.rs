//! Application transport (Q.765), and the BAT ASE in it (Q.765.5).

mod application_transport;
mod bat_ase;
mod bat_codes;
mod bat_contents;

pub use application_transport::*;
pub use bat_ase::*;
pub use bat_codes::*;
pub use bat_contents::*;
