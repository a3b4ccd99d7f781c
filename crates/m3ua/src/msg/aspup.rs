//! ASP Up and its acknowledgement (RFC 4666 3.5.1, 3.5.2).

use crate::param::InfoString;
use crate::param::field::fields;

fields! {
    /// ASPUP: an ASP is ready for state maintenance.
    #[derive(Default)]
    AspUp
    /// ASPUP_ACK: the answer to ASPUP.
    #[derive(Default)]
    AspUpAck
    = {
        /// What tells the ASP from others of its AS; in the answer, what tells the IPSP that
        /// answers.
        asp_identifier: Option<u32> = AspIdentifier,
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
        let mut octets = [
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

        octets[3] = 4;
        let message = Message::AspUpAck(AspUpAck {
            asp_identifier: Some(9),
            info: Some(InfoString::new("hi")),
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
