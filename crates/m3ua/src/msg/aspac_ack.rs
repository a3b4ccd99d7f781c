//! ASP Active Acknowledgement (RFC 4666 3.7.2).

use crate::error::DecodeError;
use crate::param::{InfoString, Reader, Tag, TrafficMode, Writer};

/// ASPAC_ACK: the answer to ASPAC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AspActiveAck {
    /// How the traffic is spread.
    pub traffic_mode: Option<TrafficMode>,
    /// The routing contexts that it concerns; empty for all that are configured.
    pub routing_contexts: Vec<u32>,
    /// Text for whoever debugs.
    pub info: Option<InfoString>,
}

impl AspActiveAck {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        let mode = reader.u32(Tag::TrafficModeType)?;
        Ok(Self {
            traffic_mode: mode.map(TrafficMode::from_value),
            routing_contexts: reader.u32_list(Tag::RoutingContext)?,
            info: reader.info(),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let mode = self.traffic_mode.map(TrafficMode::value);
        writer.u32(Tag::TrafficModeType, mode);
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
        let octets = [
            1, 0, 4, 3, 0, 0, 0, 28, // header
            0, 0x0b, 0, 8, 0, 0, 0, 2, // loadshare
            0, 6, 0, 12, 0, 0, 0, 1, 0, 0, 0, 7, // routing contexts 1 and 7
        ];
        let message = Message::AspActiveAck(AspActiveAck {
            traffic_mode: Some(TrafficMode::Loadshare),
            routing_contexts: vec![1, 7],
            info: None,
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
