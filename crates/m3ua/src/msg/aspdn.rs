//! ASP Down (RFC 4666 3.5.3).

use crate::error::DecodeError;
use crate::param::{InfoString, Reader, Writer};

/// ASPDN: an ASP leaves service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AspDown {
    /// Text for whoever debugs.
    pub info: Option<InfoString>,
}

impl AspDown {
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
        let octets = [1, 0, 3, 2, 0, 0, 0, 12, 0, 4, 0, 4];
        let message = Message::AspDown(AspDown {
            info: Some(InfoString::default()),
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
