//! ASP Down Acknowledgement (RFC 4666 3.5.4).

use crate::error::DecodeError;
use crate::param::{InfoString, Reader, Writer};

/// ASPDN_ACK: the answer to ASPDN.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AspDownAck {
    /// Text for whoever debugs.
    pub info: Option<InfoString>,
}

impl AspDownAck {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            info: reader.info(),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.info(self.info.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        // An INFO string without text is no error (RFC 4666 3.4.1).
        let octets = [1, 0, 3, 5, 0, 0, 0, 12, 0, 4, 0, 4];
        let message = Message::AspDownAck(AspDownAck {
            info: Some(InfoString::default()),
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
