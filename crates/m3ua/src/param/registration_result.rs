//! Registration Result (RFC 4666 3.6.2).

use super::{Reader, RegistrationStatus, Tag, Value, Writer};
use crate::error::DecodeError;
use crate::message_type::{ParameterList, Presence};

/// What became of one routing key of a REG_REQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RegistrationResult {
    /// Which registration, as in the request.
    pub local_rk_identifier: u32,
    /// Whether it was registered, or why not.
    pub status: RegistrationStatus,
    /// The routing context of the routing key: also if it was registered already
    /// (RFC 4666 4.4.1), otherwise 0 if it was refused.
    pub routing_context: u32,
}

impl RegistrationResult {
    pub(crate) fn read(outer: &Reader<'_>, value: Value<'_>) -> Result<Self, DecodeError> {
        let reader = outer.inside(Tag::RegistrationResult, value, PARAMETERS)?;
        let status = reader.required_u32(Tag::RegistrationStatus)?;
        Ok(Self {
            local_rk_identifier: reader.required_u32(Tag::LocalRoutingKeyIdentifier)?,
            status: RegistrationStatus::from_value(status),
            routing_context: reader.required_u32(Tag::RoutingContext)?,
        })
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.nested(Tag::RegistrationResult, |writer| {
            writer.u32(
                Tag::LocalRoutingKeyIdentifier,
                Some(self.local_rk_identifier),
            );
            writer.u32(Tag::RegistrationStatus, Some(self.status.value()));
            writer.u32(Tag::RoutingContext, Some(self.routing_context));
        });
    }
}

/// What a result holds.
pub(crate) const PARAMETERS: ParameterList = &[
    (Tag::LocalRoutingKeyIdentifier, Presence::Mandatory),
    (Tag::RegistrationStatus, Presence::Mandatory),
    (Tag::RoutingContext, Presence::Mandatory),
];
