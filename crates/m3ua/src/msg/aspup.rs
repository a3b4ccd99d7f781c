//! ASP Up (RFC 4666 3.5.1).

use crate::error::DecodeError;
use crate::param::{InfoString, Reader, Tag, Writer};

/// ASPUP: an ASP is ready for state maintenance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AspUp {
    /// What tells the ASP from others of its AS.
    pub asp_identifier: Option<u32>,
    /// Text for whoever debugs.
    pub info: Option<InfoString>,
}

impl AspUp {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            asp_identifier: reader.u32(Tag::AspIdentifier)?,
            info: reader.info(),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.u32(Tag::AspIdentifier, self.asp_identifier);
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
            1, 0, 3, 1, 0, 0, 0, 24, // header
            0, 0x11, 0, 8, 0, 0, 0, 9, // ASP identifier 9
            0, 4, 0, 6, b'h', b'i', 0, 0, // INFO string
        ];
        let message = Message::AspUp(AspUp {
            asp_identifier: Some(9),
            info: Some(InfoString::new("hi")),
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
