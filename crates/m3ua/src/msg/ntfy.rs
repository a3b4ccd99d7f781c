//! Notify (RFC 4666 3.8.2).

use crate::error::DecodeError;
use crate::param::{InfoString, Reader, Status, Tag, Writer};
use core::fmt;

/// NTFY: something happened to an AS or to another ASP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notify {
    /// What happened.
    pub status: Status,
    /// The ASP that it is about.
    pub asp_identifier: Option<u32>,
    /// The routing contexts of the ASs that it is about; empty for all that are configured.
    pub routing_contexts: Vec<u32>,
    /// Text for whoever debugs.
    pub info: Option<InfoString>,
}

impl Notify {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        let status = reader.required_u32(Tag::Status)?;
        Ok(Self {
            status: Status::from_values((status >> 16) as u16, status as u16),
            asp_identifier: reader.u32(Tag::AspIdentifier)?,
            routing_contexts: reader.u32_list(Tag::RoutingContext)?,
            info: reader.info(),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let (status_type, information) = self.status.values();
        let status = u32::from(status_type) << 16 | u32::from(information);
        writer.u32(Tag::Status, Some(status));
        writer.u32(Tag::AspIdentifier, self.asp_identifier);
        writer.u32_list(Tag::RoutingContext, &self.routing_contexts);
        writer.info(self.info.as_ref());
    }
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NTFY {}", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        let octets = [
            1, 0, 0, 1, 0, 0, 0, 24, // header
            0, 0x0d, 0, 8, 0, 1, 0, 3, // AS-ACTIVE
            0, 6, 0, 8, 0, 0, 0, 7, // routing context 7
        ];
        let message = Message::Notify(Notify {
            status: Status::AsActive,
            asp_identifier: None,
            routing_contexts: vec![7],
            info: None,
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
        assert_eq!(message.to_string(), "NTFY AS-ACTIVE");
    }
}
