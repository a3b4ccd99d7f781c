//! ASP Inactive (RFC 4666 3.7.3).

use crate::error::DecodeError;
use crate::param::{InfoString, Reader, Tag, Writer};

/// ASPIA: an ASP wants no more traffic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AspInactive {
    /// The routing contexts that it concerns; empty for all that are configured.
    pub routing_contexts: Vec<u32>,
    /// Text for whoever debugs.
    pub info: Option<InfoString>,
}

impl AspInactive {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            routing_contexts: reader.u32_list(Tag::RoutingContext)?,
            info: reader.info(),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.u32_list(Tag::RoutingContext, &self.routing_contexts);
        writer.info(self.info.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        let octets = [1, 0, 4, 2, 0, 0, 0, 16, 0, 6, 0, 8, 0, 0, 0, 7];
        let message = Message::AspInactive(AspInactive {
            routing_contexts: vec![7],
            info: None,
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
