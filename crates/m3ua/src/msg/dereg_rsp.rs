//! Deregistration Response (RFC 4666 3.6.4).

use crate::error::DecodeError;
use crate::param::{DeregistrationResult, Reader, Tag, Writer};

/// DEREG_RSP: what became of a DEREG_REQ, or of a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeregRsp {
    /// One for a routing context; at least one in what is received.
    pub results: Vec<DeregistrationResult>,
}

impl DeregRsp {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        let results = reader
            .each(Tag::DeregistrationResult)
            .map(|value| DeregistrationResult::read(reader, value))
            .collect::<Result<_, _>>()?;
        Ok(Self { results })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for result in &self.results {
            result.write(writer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::DeregistrationStatus;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        let octets = [
            1, 0, 9, 4, 0, 0, 0, 28, // header
            2, 9, 0, 20, // deregistration result
            0, 6, 0, 8, 0, 0, 0, 7, // routing context 7
            2, 0x13, 0, 8, 0, 0, 0, 5, // ASP currently active
        ];
        let message = Message::DeregRsp(DeregRsp {
            results: vec![DeregistrationResult {
                routing_context: 7,
                status: DeregistrationStatus::AspCurrentlyActive,
            }],
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
