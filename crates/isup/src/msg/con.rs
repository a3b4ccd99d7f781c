//! Connect (Q.763 table 27).

use crate::order::ParameterOrder;
use crate::param::{
    AccessTransport, BackwardCallIndicators, ConnectedNumber, GenericNumber,
    OptionalBackwardCallIndicators, ParameterCompatibilityInformation, RawParameter,
    RedirectionNumber, RedirectionNumberRestriction, UserToUserInformation,
};
use crate::wire::message_layout;

/// Connect message, CON: address complete and answer in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Con {
    /// Backward call indicators.
    pub backward_call: BackwardCallIndicators,
    /// Optional backward call indicators.
    pub optional_backward_call: Option<OptionalBackwardCallIndicators>,
    /// Connected number.
    pub connected: Option<ConnectedNumber>,
    /// User-to-user information.
    pub user_to_user: Option<UserToUserInformation>,
    /// Access transport.
    pub access_transport: Option<AccessTransport>,
    /// Parameter compatibility information.
    pub parameter_compatibility: Option<ParameterCompatibilityInformation>,
    /// Generic numbers, in their order.
    pub generic_numbers: Vec<GenericNumber>,
    /// Redirection number.
    pub redirection_number: Option<RedirectionNumber>,
    /// Redirection number restriction.
    pub redirection_number_restriction: Option<RedirectionNumberRestriction>,
    /// All other optional parameters, in their order.
    pub other: Vec<RawParameter>,
    /// Order of the optional parameters on the wire; leave the default.
    pub order: ParameterOrder,
}

impl Con {
    /// A message with those indicators and no optional parameters.
    pub fn new(backward_call: BackwardCallIndicators) -> Self {
        Self {
            backward_call,
            ..Self::default()
        }
    }
}

message_layout! {
    Con, "connect", "Q.763 table 27";
    fixed {
        backward_call: BackwardCallIndicators,
    }
    variable {}
    optional {
        optional_backward_call: OptionalBackwardCallIndicators,
        connected: ConnectedNumber,
        user_to_user: UserToUserInformation,
        access_transport: AccessTransport,
        parameter_compatibility: ParameterCompatibilityInformation,
        generic_numbers: GenericNumber,
        redirection_number: RedirectionNumber,
        redirection_number_restriction: RedirectionNumberRestriction,
    }
}
