//! The parameters (Q.763 clause 3), one group a file.

mod access;
mod amendments;
mod ansi;
mod application;
mod backward;
mod ber;
mod call_completion;
mod call_modification;
mod cause;
mod circuit_assignment_map;
mod circuit_state;
mod code;
mod coding;
mod compatibility;
mod connection_request;
mod counter;
mod diagnostics;
mod digits;
mod echo_control;
mod forward;
mod generic_digits;
mod geodetic_location;
mod group;
mod gvns;
mod htr;
mod identity;
mod indicators;
mod information;
mod loop_prevention;
mod mcid;
mod mlpp;
mod national;
mod network;
mod notification;
mod number;
mod number_coding;
mod number_portability;
mod pivot_redirect;
mod point_code;
mod range_and_status;
mod redirection;
mod remote_operations;
mod routing_information;
mod service_activation;
mod supervision;
#[cfg(test)]
mod tests;
mod transmission_medium;
mod treatment;
mod user_to_user_service;

pub use access::*;
pub use amendments::*;
pub use ansi::*;
pub use application::*;
pub use backward::*;
pub use call_completion::*;
pub use call_modification::*;
pub use cause::*;
pub use circuit_assignment_map::*;
pub use circuit_state::*;
pub use code::*;
pub use coding::*;
pub use compatibility::*;
pub use connection_request::*;
pub use counter::*;
pub use diagnostics::*;
pub use digits::*;
pub use echo_control::*;
pub use forward::*;
pub use generic_digits::*;
pub use geodetic_location::*;
pub use gvns::*;
pub use htr::*;
pub use identity::*;
pub(crate) use indicators::{Bits, code_parameter, indicators};
pub use information::*;
pub use loop_prevention::*;
pub use mcid::*;
pub use mlpp::*;
pub use national::*;
pub use network::*;
pub use notification::*;
pub use number::*;
pub use number_portability::*;
pub use pivot_redirect::*;
pub use point_code::*;
pub use range_and_status::*;
pub use redirection::*;
pub use remote_operations::*;
pub use routing_information::*;
pub use service_activation::*;
pub use supervision::*;
pub use transmission_medium::*;
pub use treatment::*;
pub use user_to_user_service::*;

use crate::describe::Description;
use crate::error::Problem;
use core::cell::RefCell;

/// A parameter: the meaning of the contents that stand under one name (Q.763 clause 3).
///
/// Two parameters of equal coding are two types, as the standard has two clauses for them.
pub trait Parameter: Sized {
    /// The name of the parameter.
    const CODE: ParameterCode;

    /// Reads the contents, without code and length indicator. Octets beyond those that are known
    /// are ignored: later versions of the standard add octets at the end (Q.763 1.4).
    ///
    /// # Errors
    /// [`Problem`] says why the contents make no sense.
    fn read(octets: &[u8]) -> Result<Self, Problem>;

    /// Appends the contents.
    fn write(&self, out: &mut Vec<u8>);

    /// What it says, in words.
    fn describe(&self) -> Description;

    /// Whether it is written as those octets.
    fn is_written_as(&self, contents: &[u8]) -> bool {
        // Reading a message asks this of its mandatory parameters and is to need no heap: so the
        // room is kept.
        thread_local! {
            static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        ROOM.with_borrow_mut(|room| {
            room.clear();
            self.write(room);
            room == contents
        })
    }
}

/// A parameter that has the same number of octets wherever it stands, and so may stand in a
/// mandatory fixed part (Q.763 1.5).
pub trait FixedParameter: Parameter {
    /// How many octets it has.
    const LENGTH: usize;
}

/// The first octets of the contents.
fn first<const N: usize>(octets: &[u8]) -> Result<[u8; N], Problem> {
    octets.first_chunk().copied().ok_or(Problem::TooShort {
        need: N,
        have: octets.len(),
    })
}

/// Bit `index` of an octet, 0 for A (the lowest) to 7 for H.
const fn bit(octet: u8, index: u8) -> bool {
    octet >> index & 1 == 1
}
