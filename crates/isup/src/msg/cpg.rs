//! Call progress (Q.763 table 23).

use crate::order::ParameterOrder;
use crate::param::{
    AccessTransport, BackwardCallIndicators, CallDiversionInformation, CauseIndicators,
    ConnectedNumber, EventInformation, GenericNumber, OptionalBackwardCallIndicators,
    ParameterCompatibilityInformation, RawParameter, RedirectionNumber,
    RedirectionNumberRestriction, UserToUserInformation,
};
use crate::wire::message_layout;

/// Call progress message, CPG: something happened to the call that must be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpg {
    /// Event information.
    pub event: EventInformation,
    /// Cause indicators: the call is failing, a tone or announcement says so.
    pub cause: Option<CauseIndicators>,
    /// Backward call indicators.
    pub backward_call: Option<BackwardCallIndicators>,
    /// Optional backward call indicators.
    pub optional_backward_call: Option<OptionalBackwardCallIndicators>,
    /// Access transport.
    pub access_transport: Option<AccessTransport>,
    /// Redirection number.
    pub redirection_number: Option<RedirectionNumber>,
    /// User-to-user information.
    pub user_to_user: Option<UserToUserInformation>,
    /// Parameter compatibility information.
    pub parameter_compatibility: Option<ParameterCompatibilityInformation>,
    /// Call diversion information.
    pub call_diversion: Option<CallDiversionInformation>,
    /// Redirection number restriction.
    pub redirection_number_restriction: Option<RedirectionNumberRestriction>,
    /// Connected number.
    pub connected: Option<ConnectedNumber>,
    /// Generic numbers, in their order.
    pub generic_numbers: Vec<GenericNumber>,
    /// All other optional parameters, in their order.
    pub other: Vec<RawParameter>,
    /// Order of the optional parameters on the wire; leave the default.
    pub order: ParameterOrder,
}

impl Cpg {
    /// A message of that event with no optional parameters.
    pub fn new(event: impl Into<EventInformation>) -> Self {
        Self {
            event: event.into(),
            cause: None,
            backward_call: None,
            optional_backward_call: None,
            access_transport: None,
            redirection_number: None,
            user_to_user: None,
            parameter_compatibility: None,
            call_diversion: None,
            redirection_number_restriction: None,
            connected: None,
            generic_numbers: Vec::new(),
            other: Vec::new(),
            order: ParameterOrder::default(),
        }
    }
}

message_layout! {
    Cpg, "call progress", "Q.763 table 23";
    fixed {
        event: EventInformation,
    }
    variable {}
    optional {
        cause: CauseIndicators,
        backward_call: BackwardCallIndicators,
        optional_backward_call: OptionalBackwardCallIndicators,
        access_transport: AccessTransport,
        redirection_number: RedirectionNumber,
        user_to_user: UserToUserInformation,
        parameter_compatibility: ParameterCompatibilityInformation,
        call_diversion: CallDiversionInformation,
        redirection_number_restriction: RedirectionNumberRestriction,
        connected: ConnectedNumber,
        generic_numbers: GenericNumber,
    }
}
