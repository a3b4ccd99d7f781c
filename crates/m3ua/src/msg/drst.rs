//! Destination Restricted (RFC 4666 3.4.6).

use crate::error::DecodeError;
use crate::param::{AffectedPointCode, InfoString, Reader, Tag, Writer};

/// DRST: destinations are better reached another way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drst {
    /// The network that the point codes belong to.
    pub network_appearance: Option<u32>,
    /// The routing contexts that it concerns; empty for all.
    pub routing_contexts: Vec<u32>,
    /// The destinations; at least one in what is received.
    pub affected: Vec<AffectedPointCode>,
    /// Text for whoever debugs.
    pub info: Option<InfoString>,
}

impl Drst {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            network_appearance: reader.u32(Tag::NetworkAppearance)?,
            routing_contexts: reader.u32_list(Tag::RoutingContext)?,
            affected: reader.affected()?,
            info: reader.info(),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.u32(Tag::NetworkAppearance, self.network_appearance);
        writer.u32_list(Tag::RoutingContext, &self.routing_contexts);
        writer.affected(&self.affected);
        writer.info(self.info.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};
    use trunkline_model::PointCode;

    #[test]
    fn reads_and_writes_known_octets() {
        let octets = [
            1, 0, 2, 6, 0, 0, 0, 36, // header
            2, 0, 0, 8, 0, 0, 0, 3, // network appearance 3
            0, 6, 0, 8, 0, 0, 0, 1, // routing context 1
            0, 0x12, 0, 12, 0, 0, 0x10, 1, 3, 0, 0x20, 8, // 4097; 8200 to 8207
        ];
        let message = Message::Drst(Drst {
            network_appearance: Some(3),
            routing_contexts: vec![1],
            affected: vec![
                AffectedPointCode::one(PointCode::new(0x1001).unwrap()),
                AffectedPointCode {
                    mask: 3,
                    point_code: PointCode::new(0x2008).unwrap(),
                },
            ],
            info: None,
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
