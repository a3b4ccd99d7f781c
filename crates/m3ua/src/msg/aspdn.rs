//! ASP Down and its acknowledgement (RFC 4666 3.5.3, 3.5.4).

use crate::param::InfoString;
use crate::param::field::fields;

fields! {
    /// ASPDN: an ASP leaves service.
    #[derive(Default)]
    AspDown
    /// ASPDN_ACK: the answer to ASPDN.
    #[derive(Default)]
    AspDownAck
    = {
        /// Text for whoever debugs.
        info: Option<InfoString> = InfoString,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        // An INFO string without text is no error (RFC 4666 3.4.1).
        let mut octets = [1, 0, 3, 2, 0, 0, 0, 12, 0, 4, 0, 4];
        let message = Message::AspDown(AspDown {
            info: Some(InfoString::default()),
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);

        octets[3] = 5;
        let message = Message::AspDownAck(AspDownAck {
            info: Some(InfoString::default()),
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
