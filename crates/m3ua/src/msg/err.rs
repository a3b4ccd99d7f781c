//! Error (RFC 4666 3.8.1).

use crate::error::DecodeError;
use crate::param::{AffectedPointCode, ErrorCode, Reader, Tag, Writer};
use core::fmt;

/// ERR: something that came was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Why.
    pub code: ErrorCode,
    /// The routing contexts that were refused.
    pub routing_contexts: Vec<u32>,
    /// The network appearance that was refused.
    pub network_appearance: Option<u32>,
    /// The point codes whose state is not told.
    pub affected: Vec<AffectedPointCode>,
    /// What was refused, or the beginning of it.
    pub diagnostic: Option<Vec<u8>>,
}

impl Error {
    /// An Error with nothing but the code.
    pub const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            routing_contexts: Vec::new(),
            network_appearance: None,
            affected: Vec::new(),
            diagnostic: None,
        }
    }

    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        let code = reader.required_u32(Tag::ErrorCode)?;
        Ok(Self {
            code: ErrorCode::from_value(code),
            routing_contexts: reader.u32_list(Tag::RoutingContext)?,
            network_appearance: reader.u32(Tag::NetworkAppearance)?,
            affected: reader.affected()?,
            diagnostic: reader
                .octets(Tag::DiagnosticInformation)
                .map(<[u8]>::to_vec),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.u32(Tag::ErrorCode, Some(self.code.value()));
        writer.u32_list(Tag::RoutingContext, &self.routing_contexts);
        writer.affected(&self.affected);
        writer.u32(Tag::NetworkAppearance, self.network_appearance);
        writer.octets(Tag::DiagnosticInformation, self.diagnostic.as_deref());
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ERR {}", self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        let octets = [
            1, 0, 0, 0, 0, 0, 0, 32, // header
            0, 0x0c, 0, 8, 0, 0, 0, 0x19, // invalid routing context
            0, 6, 0, 8, 0, 0, 0, 99, // routing context 99
            0, 7, 0, 8, 1, 0, 1, 1, // diagnostic information
        ];
        let message = Message::Error(Error {
            routing_contexts: vec![99],
            diagnostic: Some(vec![1, 0, 1, 1]),
            ..Error::new(ErrorCode::InvalidRoutingContext)
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
        assert_eq!(message.to_string(), "ERR Invalid Routing Context (0x19)");
    }
}
