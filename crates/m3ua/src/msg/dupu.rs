//! Destination User Part Unavailable (RFC 4666 3.4.5).

use crate::error::{DecodeError, Problem};
use crate::param::code::codes;
use crate::param::{AffectedPointCode, Field, InfoString, Reader, Tag, Writer};
use trunkline_model::PointCode;

/// DUPU: an MTP user of a destination is unavailable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dupu {
    /// The network that the point code belongs to.
    pub network_appearance: Option<u32>,
    /// The routing contexts that it concerns; empty for all.
    pub routing_contexts: Vec<u32>,
    /// The destination.
    pub affected: PointCode,
    /// Why.
    pub cause: UnavailabilityCause,
    /// The service indicator of the user, 5 for ISUP.
    pub user: u16,
    /// Text for whoever debugs.
    pub info: Option<InfoString>,
}

codes! {
    /// Why an MTP user is unavailable.
    UnavailabilityCause: u16;
    Unknown = 0, "Unknown";
    UnequippedRemoteUser = 1, "Unequipped Remote User";
    InaccessibleRemoteUser = 2, "Inaccessible Remote User";
    _ = Other, "other cause";
}

impl Dupu {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        let affected = reader.required(Tag::AffectedPointCode)?;
        // Neither lists nor masks are allowed here.
        let word = reader.u32_of(Tag::AffectedPointCode, affected)?;
        let AffectedPointCode { mask, point_code } = AffectedPointCode::from_value(word);
        if mask != 0 {
            let problem = Problem::Value {
                expected: "a mask of 0",
                value: u32::from(mask),
            };
            return Err(reader.error(Tag::AffectedPointCode, affected.octet + 4, problem));
        }
        let user_cause = u32::read(reader, Tag::UserCause)?;
        Ok(Self {
            network_appearance: Field::read(reader, Tag::NetworkAppearance)?,
            routing_contexts: Field::read(reader, Tag::RoutingContext)?,
            affected: point_code,
            cause: UnavailabilityCause::from_value((user_cause >> 16) as u16),
            user: user_cause as u16,
            info: Field::read(reader, Tag::InfoString)?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.network_appearance
            .write(writer, Tag::NetworkAppearance);
        self.routing_contexts.write(writer, Tag::RoutingContext);
        writer.u32(Tag::AffectedPointCode, self.affected.value());
        let user_cause = u32::from(self.cause.value()) << 16 | u32::from(self.user);
        writer.u32(Tag::UserCause, user_cause);
        self.info.write(writer, Tag::InfoString);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};

    const OCTETS: [u8; 24] = [
        1, 0, 2, 5, 0, 0, 0, 24, // header
        0, 0x12, 0, 8, 0, 0, 0, 5, // affected point code 5
        2, 4, 0, 8, 0, 1, 0, 5, // unequipped remote user, ISUP
    ];

    #[test]
    fn reads_and_writes_known_octets() {
        let message = Message::Dupu(Dupu {
            network_appearance: None,
            routing_contexts: Vec::new(),
            affected: PointCode::new(5).unwrap(),
            cause: UnavailabilityCause::UnequippedRemoteUser,
            user: 5,
            info: None,
        });
        assert_eq!(decode(&OCTETS), Ok(message.clone()));
        assert_eq!(encode(&message), OCTETS);
    }

    #[test]
    fn mask_is_an_invalid_value() {
        let mut octets = OCTETS;
        octets[12] = 3;
        let error = decode(&octets).unwrap_err();
        assert_eq!(error.octet, 12);
        assert_eq!(error.code(), crate::ErrorCode::InvalidParameterValue);
    }

    #[test]
    fn list_is_a_parameter_field_error() {
        let mut octets = OCTETS[..16].to_vec();
        octets.extend([0, 0, 0, 6]);
        octets.extend(&OCTETS[16..]);
        (octets[7], octets[11]) = (28, 12);
        let error = decode(&octets).unwrap_err();
        assert_eq!(error.problem, Problem::ParameterLength { need: 4, have: 8 });
        assert_eq!(error.code(), crate::ErrorCode::ParameterFieldError);
    }
}
