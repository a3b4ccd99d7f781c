//! The parameters (Q.763 clause 3), one group a file.

mod backward;
mod cause;
mod code;
mod compatibility;
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
