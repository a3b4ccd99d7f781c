//! Registration Result (RFC 4666 3.6.2).

use super::field::fields;
use super::{Nested, Reader, RegistrationStatus, Tag, Writer};
use crate::error::DecodeError;
use crate::message_type::{ParameterList, Presence};

fields! {
    /// What became of one routing key of a REG_REQ.
    #[derive(Copy, Hash)]
    RegistrationResult = {
        /// Which registration, as in the request.
        local_rk_identifier: u32 = LocalRoutingKeyIdentifier,
        /// Whether it was registered, or why not.
        status: RegistrationStatus = RegistrationStatus,
        /// The routing context of the routing key: also if it was registered already
        /// (RFC 4666 4.4.1), otherwise 0 if it was refused.
        routing_context: u32 = RoutingContext,
    }
}

impl Nested for RegistrationResult {
    const PARAMETERS: &'static ParameterList = &ParameterList::of(&[
        (Tag::LocalRoutingKeyIdentifier, Presence::Mandatory),
        (Tag::RegistrationStatus, Presence::Mandatory),
        (Tag::RoutingContext, Presence::Mandatory),
    ]);

    fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        Self::read(reader)
    }

    fn write(&self, writer: &mut Writer) {
        self.write(writer);
    }
}
