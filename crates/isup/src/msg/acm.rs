//! Address complete (Q.763 table 21).

use crate::order::ParameterOrder;
use crate::param::{
    AccessTransport, BackwardCallIndicators, CallDiversionInformation, CauseIndicators,
    OptionalBackwardCallIndicators, ParameterCompatibilityInformation, RawParameter,
    RedirectionNumber, RedirectionNumberRestriction, UserToUserInformation,
};
use crate::wire::message_layout;

/// Address complete message, ACM: the digits suffice, and what is known of the called party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acm {
    /// Backward call indicators.
    pub backward_call: BackwardCallIndicators,
    /// Optional backward call indicators.
    pub optional_backward_call: Option<OptionalBackwardCallIndicators>,
    /// Cause indicators: the call is failing, a tone or announcement says so.
    pub cause: Option<CauseIndicators>,
    /// User-to-user information.
    pub user_to_user: Option<UserToUserInformation>,
    /// Access transport.
    pub access_transport: Option<AccessTransport>,
    /// Redirection number.
    pub redirection_number: Option<RedirectionNumber>,
    /// Parameter compatibility information.
    pub parameter_compatibility: Option<ParameterCompatibilityInformation>,
    /// Call diversion information.
    pub call_diversion: Option<CallDiversionInformation>,
    /// Redirection number restriction.
    pub redirection_number_restriction: Option<RedirectionNumberRestriction>,
    /// All other optional parameters, in their order.
    pub other: Vec<RawParameter>,
    /// Order of the optional parameters on the wire; leave the default.
    pub order: ParameterOrder,
}

impl Acm {
    /// A message with those indicators and no optional parameters.
    pub fn new(backward_call: BackwardCallIndicators) -> Self {
        Self {
            backward_call,
            ..Self::default()
        }
    }
}

message_layout! {
    Acm, "address complete", "Q.763 table 21";
    fixed {
        backward_call: BackwardCallIndicators,
    }
    variable {}
    optional {
        optional_backward_call: OptionalBackwardCallIndicators,
        cause: CauseIndicators,
        user_to_user: UserToUserInformation,
        access_transport: AccessTransport,
        redirection_number: RedirectionNumber,
        parameter_compatibility: ParameterCompatibilityInformation,
        call_diversion: CallDiversionInformation,
        redirection_number_restriction: RedirectionNumberRestriction,
    }
}
