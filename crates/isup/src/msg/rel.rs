//! Release (Q.763 table 33).

use crate::order::ParameterOrder;
use crate::param::{
    AccessTransport, AutomaticCongestionLevel, CauseIndicators, ParameterCompatibilityInformation,
    RawParameter, RedirectionInformation, RedirectionNumber, UserToUserInformation,
};
use crate::wire::message_layout;

/// Release message, REL: the call is over, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rel {
    /// Cause indicators.
    pub cause: CauseIndicators,
    /// Redirection information.
    pub redirection_information: Option<RedirectionInformation>,
    /// Redirection number: where the call should be sent instead (cause 23).
    pub redirection_number: Option<RedirectionNumber>,
    /// Access transport.
    pub access_transport: Option<AccessTransport>,
    /// User-to-user information.
    pub user_to_user: Option<UserToUserInformation>,
    /// Automatic congestion level of the exchange that releases: 1 or 2 (Q.763 3.4).
    pub automatic_congestion_level: Option<u8>,
    /// Parameter compatibility information.
    pub parameter_compatibility: Option<ParameterCompatibilityInformation>,
    /// All other optional parameters, in their order.
    pub other: Vec<RawParameter>,
    /// Order of the optional parameters on the wire; leave the default.
    pub order: ParameterOrder,
}

impl Rel {
    /// A release with that cause and no optional parameters.
    pub fn new(cause: impl Into<CauseIndicators>) -> Self {
        Self {
            cause: cause.into(),
            redirection_information: None,
            redirection_number: None,
            access_transport: None,
            user_to_user: None,
            automatic_congestion_level: None,
            parameter_compatibility: None,
            other: Vec::new(),
            order: ParameterOrder::default(),
        }
    }
}

message_layout! {
    Rel, "release", "Q.763 table 33";
    fixed {}
    variable {
        cause: CauseIndicators,
    }
    optional {
        redirection_information: RedirectionInformation,
        redirection_number: RedirectionNumber,
        access_transport: AccessTransport,
        user_to_user: UserToUserInformation,
        automatic_congestion_level: AutomaticCongestionLevel,
        parameter_compatibility: ParameterCompatibilityInformation,
    }
}
