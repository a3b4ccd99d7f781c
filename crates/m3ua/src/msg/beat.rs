//! Heartbeat (RFC 4666 3.5.5).

use crate::error::DecodeError;
use crate::param::{Reader, Tag, Writer};

/// BEAT: is the peer there?
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heartbeat {
    /// What the answer returns unchanged.
    pub data: Option<Vec<u8>>,
}

impl Heartbeat {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            data: reader.octets(Tag::HeartbeatData).map(<[u8]>::to_vec),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.octets(Tag::HeartbeatData, self.data.as_deref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        let octets = [1, 0, 3, 3, 0, 0, 0, 16, 0, 9, 0, 5, 0xab, 0, 0, 0];
        let message = Message::Heartbeat(Heartbeat {
            data: Some(vec![0xab]),
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
