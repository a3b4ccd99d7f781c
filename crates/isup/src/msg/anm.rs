//! Answer (Q.763 table 22).

use crate::order::ParameterOrder;
use crate::param::{
    AccessTransport, BackwardCallIndicators, ConnectedNumber, GenericNumber,
    OptionalBackwardCallIndicators, ParameterCompatibilityInformation, RawParameter,
    RedirectionNumber, RedirectionNumberRestriction, UserToUserInformation,
};
use crate::wire::message_layout;

/// Answer message, ANM: the called party has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anm {
    /// Backward call indicators.
    pub backward_call: Option<BackwardCallIndicators>,
    /// Optional backward call indicators.
    pub optional_backward_call: Option<OptionalBackwardCallIndicators>,
    /// User-to-user information.
    pub user_to_user: Option<UserToUserInformation>,
    /// Connected number.
    pub connected: Option<ConnectedNumber>,
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

message_layout! {
    Anm, "answer", "Q.763 table 22";
    fixed {}
    variable {}
    optional {
        backward_call: BackwardCallIndicators,
        optional_backward_call: OptionalBackwardCallIndicators,
        user_to_user: UserToUserInformation,
        connected: ConnectedNumber,
        access_transport: AccessTransport,
        parameter_compatibility: ParameterCompatibilityInformation,
        generic_numbers: GenericNumber,
        redirection_number: RedirectionNumber,
        redirection_number_restriction: RedirectionNumberRestriction,
    }
}
