//! Parameters of ANSI T1.113 that Q.763 has not, or codes differently.

mod business_group;
mod carrier;
mod code;
mod generic_name;
mod indicators;
mod line;
mod number;
mod office;
mod service;

pub use business_group::*;
pub use carrier::*;
pub use code::*;
pub use generic_name::*;
pub use indicators::*;
pub use line::*;
pub use number::*;
pub use office::*;
pub use service::*;
