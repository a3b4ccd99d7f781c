//! Signalling Congestion (RFC 4666 3.4.4).

use crate::error::DecodeError;
use crate::param::{AffectedPointCode, InfoString, Reader, Tag, Writer};
use trunkline_model::PointCode;

/// SCON: the network towards destinations is congested.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scon {
    /// The network that the point codes belong to.
    pub network_appearance: Option<u32>,
    /// The routing contexts that it concerns; empty for all.
    pub routing_contexts: Vec<u32>,
    /// The destinations; at least one in what is received.
    pub affected: Vec<AffectedPointCode>,
    /// From an ASP: whose message met the congestion.
    pub concerned: Option<PointCode>,
    /// The level, 0 (none or undefined) to 3; absent where the network has no levels.
    pub level: Option<u8>,
    /// Text for whoever debugs.
    pub info: Option<InfoString>,
}

impl Scon {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        let concerned = reader.u32(Tag::ConcernedDestination)?;
        let level = reader.u32(Tag::CongestionIndications)?;
        Ok(Self {
            network_appearance: reader.u32(Tag::NetworkAppearance)?,
            routing_contexts: reader.u32_list(Tag::RoutingContext)?,
            affected: reader.affected()?,
            // The high octet of the one and the three high octets of the other are reserved.
            concerned: concerned.and_then(|value| PointCode::new(value & PointCode::MAX)),
            level: level.map(|value| value as u8),
            info: reader.info(),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.u32(Tag::NetworkAppearance, self.network_appearance);
        writer.u32_list(Tag::RoutingContext, &self.routing_contexts);
        writer.affected(&self.affected);
        writer.u32(
            Tag::ConcernedDestination,
            self.concerned.map(PointCode::value),
        );
        writer.u32(Tag::CongestionIndications, self.level.map(u32::from));
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
            1, 0, 2, 4, 0, 0, 0, 32, // header
            0, 0x12, 0, 8, 0, 0, 0, 5, // affected point code 5
            2, 6, 0, 8, 0, 0, 0, 6, // concerned destination 6
            2, 5, 0, 8, 0, 0, 0, 2, // level 2
        ];
        let message = Message::Scon(Scon {
            affected: vec![AffectedPointCode::one(PointCode::new(5).unwrap())],
            concerned: PointCode::new(6),
            level: Some(2),
            ..Scon::default()
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
