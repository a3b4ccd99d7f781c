//! Initial address (Q.763 table 32).

use crate::order::ParameterOrder;
use crate::param::{
    AccessTransport, CalledPartyNumber, CallingPartyCategory, CallingPartyNumber,
    ForwardCallIndicators, GenericNumber, HopCounter, NatureOfConnection, OriginalCalledNumber,
    ParameterCompatibilityInformation, RawParameter, RedirectingNumber, RedirectionInformation,
    TransmissionMedium, UserServiceInformation, UserToUserInformation,
};
use crate::wire::message_layout;

/// Initial address message, IAM (Q.763 table 32): seizes the circuit and asks for a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iam {
    /// Nature of connection indicators.
    pub nature_of_connection: NatureOfConnection,
    /// Forward call indicators.
    pub forward_call: ForwardCallIndicators,
    /// Calling party's category.
    pub calling_category: CallingPartyCategory,
    /// Transmission medium requirement.
    pub transmission_medium: TransmissionMedium,
    /// Called party number.
    pub called: CalledPartyNumber,
    /// Calling party number.
    pub calling: Option<CallingPartyNumber>,
    /// Redirecting number.
    pub redirecting: Option<RedirectingNumber>,
    /// Redirection information.
    pub redirection_information: Option<RedirectionInformation>,
    /// Original called number.
    pub original_called: Option<OriginalCalledNumber>,
    /// User-to-user information.
    pub user_to_user: Option<UserToUserInformation>,
    /// Access transport.
    pub access_transport: Option<AccessTransport>,
    /// User service information.
    pub user_service_information: Option<UserServiceInformation>,
    /// Parameter compatibility information.
    pub parameter_compatibility: Option<ParameterCompatibilityInformation>,
    /// Generic numbers, in their order.
    pub generic_numbers: Vec<GenericNumber>,
    /// Hop counter: how many more exchanges the call may pass, 5 bits.
    pub hop_counter: Option<u8>,
    /// All other optional parameters, in their order.
    pub other: Vec<RawParameter>,
    /// Order of the optional parameters on the wire; leave the default.
    pub order: ParameterOrder,
}

impl Iam {
    /// An ordinary call to that number, 3.1 kHz audio, with all indicators 0 and no optional
    /// parameters.
    pub fn new(called: CalledPartyNumber) -> Self {
        Self {
            nature_of_connection: NatureOfConnection::default(),
            forward_call: ForwardCallIndicators::default(),
            calling_category: CallingPartyCategory::Ordinary,
            transmission_medium: TransmissionMedium::Audio3k1,
            called,
            calling: None,
            redirecting: None,
            redirection_information: None,
            original_called: None,
            user_to_user: None,
            access_transport: None,
            user_service_information: None,
            parameter_compatibility: None,
            generic_numbers: Vec::new(),
            hop_counter: None,
            other: Vec::new(),
            order: ParameterOrder::default(),
        }
    }
}

message_layout! {
    Iam, "initial address", "Q.763 table 32";
    fixed {
        nature_of_connection: NatureOfConnection,
        forward_call: ForwardCallIndicators,
        calling_category: CallingPartyCategory,
        transmission_medium: TransmissionMedium,
    }
    variable {
        called: CalledPartyNumber,
    }
    optional {
        calling: CallingPartyNumber,
        redirecting: RedirectingNumber,
        redirection_information: RedirectionInformation,
        original_called: OriginalCalledNumber,
        user_to_user: UserToUserInformation,
        access_transport: AccessTransport,
        user_service_information: UserServiceInformation,
        parameter_compatibility: ParameterCompatibilityInformation,
        generic_numbers: GenericNumber,
        hop_counter: HopCounter,
    }
}
