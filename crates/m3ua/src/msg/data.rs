//! Payload Data (RFC 4666 3.3.1).
//!
//! ```txt
//! |        Tag = 0x0210           |             Length            |
//! |                    Originating Point Code                     |
//! |                    Destination Point Code                     |
//! |       SI      |       NI      |      MP       |      SLS      |
//! /                     User Protocol Data                        /
//! ```

use crate::error::{DecodeError, Problem};
use crate::param::{Field, Reader, Tag, Writer};
use core::fmt;
use trunkline_model::mtp::MtpTransfer;
use trunkline_model::{NetworkIndicator, PointCode};

/// DATA: one MTP-TRANSFER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The network that the routing label belongs to.
    pub network_appearance: Option<u32>,
    /// The routing context of the AS.
    pub routing_context: Option<u32>,
    /// The routing label and the user's octets.
    pub protocol_data: ProtocolData,
    /// Marks the first message of a flow in broadcast mode.
    pub correlation_id: Option<u32>,
}

/// The routing label and the user's octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolData {
    /// Originating point code.
    pub opc: PointCode,
    /// Destination point code.
    pub dpc: PointCode,
    /// Service indicator.
    pub si: u8,
    /// Network indicator.
    pub ni: NetworkIndicator,
    /// Message priority.
    pub mp: u8,
    /// Signaling link selection.
    pub sls: u8,
    /// What follows the routing label, up to [`MAX_USER_DATA`] octets.
    pub data: Vec<u8>,
}

/// The most octets of user data that the parameter's length field can express.
pub const MAX_USER_DATA: usize = 65_535 - 4 - LABEL_OCTETS;

impl Data {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        let value = reader.required(Tag::ProtocolData)?;
        // The table refuses values shorter than the label.
        let (label, data) = value
            .octets
            .split_at_checked(LABEL_OCTETS)
            .unwrap_or((&[0; LABEL_OCTETS], &[]));
        // Values that do not fit their field have bits set that are to be 0.
        let ni = NetworkIndicator::from_bits(label[9]);
        if ni as u8 != label[9] {
            let problem = Problem::Value {
                expected: "a network indicator of at most 3",
                value: label[9].into(),
            };
            return Err(reader.error(Tag::ProtocolData, value.octet + 13, problem));
        }
        let code = |at: usize| {
            u32::from_be_bytes([label[at], label[at + 1], label[at + 2], label[at + 3]])
        };
        Ok(Self {
            network_appearance: Field::read(reader, Tag::NetworkAppearance)?,
            routing_context: Field::read(reader, Tag::RoutingContext)?,
            protocol_data: ProtocolData {
                opc: reader.point_code(Tag::ProtocolData, value.octet + 4, code(0))?,
                dpc: reader.point_code(Tag::ProtocolData, value.octet + 8, code(4))?,
                si: label[8],
                ni,
                mp: label[10],
                sls: label[11],
                data: data.to_vec(),
            },
            correlation_id: Field::read(reader, Tag::CorrelationId)?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let p = &self.protocol_data;
        self.network_appearance
            .write(writer, Tag::NetworkAppearance);
        self.routing_context.write(writer, Tag::RoutingContext);
        let ([a, b, c, d], [e, f, g, h]) =
            (p.opc.value().to_be_bytes(), p.dpc.value().to_be_bytes());
        let label = [a, b, c, d, e, f, g, h, p.si, p.ni as u8, p.mp, p.sls];
        writer.label_and_octets(Tag::ProtocolData, label, &p.data);
        self.correlation_id.write(writer, Tag::CorrelationId);
    }
}

impl From<MtpTransfer> for ProtocolData {
    fn from(m: MtpTransfer) -> Self {
        Self {
            opc: m.opc,
            dpc: m.dpc,
            si: m.si,
            ni: m.ni,
            mp: m.mp,
            sls: m.sls,
            data: m.data,
        }
    }
}

impl From<ProtocolData> for MtpTransfer {
    fn from(p: ProtocolData) -> Self {
        Self {
            opc: p.opc,
            dpc: p.dpc,
            si: p.si,
            ni: p.ni,
            mp: p.mp,
            sls: p.sls,
            data: p.data,
        }
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let p = &self.protocol_data;
        let octets = p.data.len();
        write!(
            f,
            "DATA {} -> {} si {} sls {}, {octets} octets",
            p.opc, p.dpc, p.si, p.sls
        )
    }
}

const LABEL_OCTETS: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorCode, Message, MessageType, decode, encode};

    // The padding of one octet is not counted in the parameter length.
    const OCTETS: [u8; 0x24] = [
        1, 0, 1, 1, 0, 0, 0, 0x24, // version 1, class 1, type 1, 36 octets
        0, 6, 0, 8, 0, 0, 0, 7, // routing context 7
        2, 0x10, 0, 0x13, 0, 0, 0, 1, 0, 0, 0, 2, 5, 2, 0, 9, // 1 -> 2, ISUP, national, SLS 9
        0x0c, 0, 0x10, 0, // three octets of user data
    ];

    #[test]
    fn reads_and_writes_known_octets() {
        let message = Message::Data(Data {
            network_appearance: None,
            routing_context: Some(7),
            protocol_data: ProtocolData {
                opc: PointCode::new(1).unwrap(),
                dpc: PointCode::new(2).unwrap(),
                si: 5,
                ni: NetworkIndicator::National,
                mp: 0,
                sls: 9,
                data: vec![0x0c, 0, 0x10],
            },
            correlation_id: None,
        });
        assert_eq!(decode(&OCTETS), Ok(message.clone()));
        assert_eq!(encode(&message), OCTETS);
        assert_eq!(message.to_string(), "DATA 1 -> 2 si 5 sls 9, 3 octets");
    }

    #[test]
    fn short_label_is_a_parameter_field_error() {
        let mut octets = [0; 16];
        octets[..8].copy_from_slice(&[1, 0, 1, 1, 0, 0, 0, 16]);
        octets[8..12].copy_from_slice(&[2, 0x10, 0, 8]);
        assert_eq!(
            decode(&octets),
            Err(DecodeError {
                message: Some(MessageType::Data),
                parameter: Some(Tag::ProtocolData),
                octet: 8,
                problem: Problem::ParameterLength { need: 12, have: 4 },
                clause: "RFC 4666 3.3.1",
            })
        );
    }

    #[test]
    fn point_code_of_more_than_24_bits_is_an_invalid_value() {
        let mut octets = OCTETS;
        octets[24] = 1;
        let error = decode(&octets).unwrap_err();
        assert_eq!(
            (error.octet, error.parameter),
            (24, Some(Tag::ProtocolData))
        );
        assert!(matches!(
            error.problem,
            Problem::Value {
                value: 0x0100_0002,
                ..
            }
        ));
    }

    #[test]
    fn network_indicator_of_more_than_two_bits_is_an_invalid_value() {
        let mut octets = OCTETS;
        octets[29] = 0x82;
        let error = decode(&octets).unwrap_err();
        assert_eq!(error.octet, 29);
        assert_eq!(error.code(), ErrorCode::InvalidParameterValue);
        assert_eq!(
            error.to_string(),
            "DATA: protocol data, octet 29: expected a network indicator of at most 3, got 130 \
             (RFC 4666 3.3.1)"
        );
    }

    #[test]
    fn more_than_one_routing_context_is_a_parameter_field_error() {
        let mut octets = OCTETS[..16].to_vec();
        octets.extend([0, 0, 0, 8]);
        octets.extend(&OCTETS[16..]);
        (octets[7], octets[11]) = (40, 12);
        let error = decode(&octets).unwrap_err();
        assert_eq!(error.parameter, Some(Tag::RoutingContext));
        assert_eq!(error.problem, Problem::ParameterLength { need: 4, have: 8 });
        assert_eq!(
            (error.octet, error.code()),
            (8, ErrorCode::ParameterFieldError)
        );
    }

    #[test]
    fn network_appearance_is_written_first_and_accepted_anywhere() {
        let Ok(Message::Data(mut data)) = decode(&OCTETS) else {
            panic!("no DATA");
        };
        data.network_appearance = Some(3);
        data.correlation_id = Some(4);
        let message = Message::Data(data);
        let first = encode(&message);
        let appearance = [2, 0, 0, 8, 0, 0, 0, 3];
        assert_eq!(first[8..16], appearance);
        let last = [&first[..8], &first[16..], &appearance].concat();
        assert_eq!(decode(&last), Ok(message));
    }

    #[test]
    fn longest_user_data_survives_and_more_is_cut() {
        let Ok(Message::Data(mut data)) = decode(&OCTETS) else {
            panic!("no DATA");
        };
        data.protocol_data.data = vec![0xa5; MAX_USER_DATA];
        let longest = Message::Data(data.clone());
        assert_eq!(decode(&encode(&longest)), Ok(longest.clone()));
        data.protocol_data.data.push(0xa5);
        assert_eq!(decode(&encode(&Message::Data(data))), Ok(longest));
    }
}
