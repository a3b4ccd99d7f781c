//! Parameters that are passed on without a look inside.

use super::Parameter;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::ParameterCode;

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

/// Implements [`Parameter`] for contents that are not looked into.
macro_rules! opaque {
    ($($name:ident = $code:ident;)+) => {$(
        impl Parameter for $name {
                    const CODE: ParameterCode = ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                Ok(Self(Octets::copy(octets)))
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.0);
            }
        }
    )+};
}

opaque! {
    UserServiceInformation = USER_SERVICE_INFORMATION;
    AccessTransport = ACCESS_TRANSPORT;
    UserToUserInformation = USER_TO_USER_INFORMATION;
}
