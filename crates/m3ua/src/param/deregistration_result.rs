//! Deregistration Result (RFC 4666 3.6.4).

use super::{DeregistrationStatus, Reader, Tag, Value, Writer};
use crate::error::DecodeError;
use crate::message_type::{ParameterList, Presence};

/// What became of one routing context of a DEREG_REQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeregistrationResult {
    /// The routing context, as in the request.
    pub routing_context: u32,
    /// Whether it was deregistered, or why not.
    pub status: DeregistrationStatus,
}

impl DeregistrationResult {
    pub(crate) fn read(outer: &Reader<'_>, value: Value<'_>) -> Result<Self, DecodeError> {
        let reader = outer.inside(Tag::DeregistrationResult, value, PARAMETERS)?;
        let status = reader.required_u32(Tag::DeregistrationStatus)?;
        Ok(Self {
            routing_context: reader.required_u32(Tag::RoutingContext)?,
            status: DeregistrationStatus::from_value(status),
        })
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.nested(Tag::DeregistrationResult, |writer| {
            writer.u32(Tag::RoutingContext, Some(self.routing_context));
            writer.u32(Tag::DeregistrationStatus, Some(self.status.value()));
        });
    }
}

/// What a result holds.
pub(crate) const PARAMETERS: ParameterList = &[
    (Tag::RoutingContext, Presence::Mandatory),
    (Tag::DeregistrationStatus, Presence::Mandatory),
];
