//! Deregistration Result (RFC 4666 3.6.4).

use super::field::fields;
use super::{DeregistrationStatus, Nested, Reader, Tag, Writer};
use crate::error::DecodeError;
use crate::message_type::{ParameterList, Presence};

fields! {
    /// What became of one routing context of a DEREG_REQ.
    #[derive(Copy, Hash)]
    DeregistrationResult = {
        /// The routing context, as in the request.
        routing_context: u32 = RoutingContext,
        /// Whether it was deregistered, or why not.
        status: DeregistrationStatus = DeregistrationStatus,
    }
}

impl Nested for DeregistrationResult {
    const PARAMETERS: &'static ParameterList = &ParameterList::of(&[
        (Tag::RoutingContext, Presence::Mandatory),
        (Tag::DeregistrationStatus, Presence::Mandatory),
    ]);

    fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        Self::read(reader)
    }

    fn write(&self, writer: &mut Writer) {
        self.write(writer);
    }
}
