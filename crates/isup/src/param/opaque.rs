//! Parameters that are passed on without a look inside.

use crate::octets::Octets;
use crate::param::ParameterCode;

/// A parameter as it came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RawParameter {
    /// Its code.
    pub code: ParameterCode,
    /// Its contents, without code and length indicator.
    pub content: Octets,
}

/// User service information (Q.763 3.57): the contents of a bearer capability information element
/// (Q.931 4.5.5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserServiceInformation(pub Octets);

/// Access transport (Q.763 3.3): information elements of Q.931, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccessTransport(pub Octets);

/// User-to-user information (Q.763 3.61): the protocol discriminator and the user's octets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserToUserInformation(pub Octets);
