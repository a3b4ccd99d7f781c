//! The parameters (Q.763 clause 3), one group a file.

mod backward;
mod cause;
mod code;
mod compatibility;
mod counter;
mod digits;
mod forward;
mod number;
mod opaque;
mod range_and_status;
mod redirection;

pub use backward::{
    BackwardCallIndicators, CalledPartyCategory, CalledPartyStatus, Charge, Event,
    EventInformation, OptionalBackwardCallIndicators, SuspendResumeIndicators,
};
pub use cause::{CauseIndicators, CodingStandard};
pub use code::{PARAMETERS, ParameterCode, ParameterRow};
pub use compatibility::{
    Instruction, MessageCompatibilityInformation, ParameterCompatibilityInformation,
};
pub(crate) use counter::{AutomaticCongestionLevel, HopCounter};
pub use digits::{AddressDigits, DigitsError};
pub use forward::{
    CallingPartyCategory, ContinuityCheck, EndToEndMethod, ForwardCallIndicators, IsupPreference,
    NatureOfConnection, Satellite, SccpMethod, TransmissionMedium,
};
pub use number::{
    CalledPartyNumber, CallingPartyNumber, ConnectedNumber, GenericNumber, NatureOfAddress,
    NumberQualifier, NumberingPlan, OriginalCalledNumber, Presentation, RedirectingNumber,
    RedirectionNumber, Screening, SubsequentNumber,
};
pub use opaque::{AccessTransport, RawParameter, UserServiceInformation, UserToUserInformation};
pub use range_and_status::{RangeAndStatus, Status};
pub use redirection::{
    CallDiversionInformation, NotificationSubscription, RedirectingIndicator,
    RedirectionInformation, RedirectionNumberRestriction, RedirectionReason,
};

use crate::error::Problem;

/// How the contents of a parameter are read and written. Mostly implemented by the value itself.
pub(crate) trait Parameter {
    /// What the contents mean.
    type Value;

    /// The name of the parameter.
    const CODE: ParameterCode;

    /// Reads the contents, without code and length indicator. Octets beyond those that are known
    /// are ignored: later versions of Q.763 add octets at the end.
    fn read(octets: &[u8]) -> Result<Self::Value, Problem>;

    /// Appends the contents.
    fn write(value: &Self::Value, out: &mut Vec<u8>);
}

/// A parameter of a mandatory fixed part.
pub(crate) trait FixedParameter: Parameter {
    /// How many octets it has there.
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
