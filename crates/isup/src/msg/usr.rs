//! User-to-user information (Q.763 table 36).

use crate::optional::OptionalParameters;
use crate::param::UserToUserInformation;
use crate::wire::message;

message! {
    /// User-to-user information message, USR: what one user tells the other.
    pub struct Usr: "user-to-user information", "Q.763 table 36" {
        fixed {}
        variable {
            /// User-to-user information.
            information: UserToUserInformation,
        }
        optional [
            ACCESS_TRANSPORT,
        ]
    }
}

impl Usr {
    /// A message with that and no optional parameters.
    pub fn new(information: UserToUserInformation) -> Self {
        Self {
            information,
            optional: OptionalParameters::new(),
        }
    }
}
