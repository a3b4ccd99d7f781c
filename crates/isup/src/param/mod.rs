//! The parameters (Q.763 clause 3), one group a file.

mod amendments;
mod access_transport;
mod ansi_carrier;
mod ansi_code;
mod ansi_indicators;
mod ansi_line;
mod ansi_number;
mod ansi_office;
mod ansi_service;
mod application_transport;
mod backward;
mod bat_ase;
mod bat_codes;
mod bat_contents;
mod bearer_capability;
mod bearer_codes;
mod bearer_layer;
mod ber;
mod business_group;
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
mod generic_name;
mod geodetic_location;
mod group;
mod gvns;
mod high_layer;
mod htr;
mod identity;
mod indicators;
mod information;
mod information_element;
mod japan;
mod japan_carrier;
mod japan_charge;
mod japan_code;
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
mod russia;
mod remote_operations;
mod routing_information;
mod service_activation;
mod supervision;
#[cfg(test)]
mod tests;
mod transmission_medium;
mod uk;
mod user_to_user;
mod treatment;
mod user_to_user_service;

pub use amendments::*;
pub use access_transport::*;
pub use ansi_carrier::*;
pub use ansi_code::*;
pub use ansi_indicators::*;
pub use ansi_line::*;
pub use ansi_number::*;
pub use ansi_office::*;
pub use ansi_service::*;
pub use application_transport::*;
pub use backward::*;
pub use bat_ase::*;
pub use bat_codes::*;
pub use bat_contents::*;
pub use bearer_capability::*;
pub use bearer_codes::*;
pub use bearer_layer::*;
pub use business_group::*;
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
pub use generic_name::*;
pub use geodetic_location::*;
pub use gvns::*;
pub use high_layer::*;
pub use htr::*;
pub use identity::*;
pub use information::*;
pub use information_element::*;
pub use japan::*;
pub use japan_carrier::*;
pub use japan_charge::*;
pub use japan_code::*;
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
pub use russia::*;
pub use remote_operations::*;
pub use routing_information::*;
pub use service_activation::*;
pub use supervision::*;
pub use transmission_medium::*;
pub use uk::*;
pub use user_to_user::*;
pub use treatment::*;
pub use user_to_user_service::*;
pub(crate) use indicators::{Bits, code_parameter, indicators};

use crate::describe::Description;
use crate::error::Problem;

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
