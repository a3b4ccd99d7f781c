//! Heartbeat and its acknowledgement (RFC 4666 3.5.5, 3.5.6).

use crate::param::field::fields;

fields! {
    /// BEAT: is the peer there?
    #[derive(Default)]
    Heartbeat
    /// BEAT_ACK: the answer to BEAT.
    #[derive(Default)]
    HeartbeatAck
    = {
        /// What the answer returns unchanged.
        data: Option<Vec<u8>> = HeartbeatData,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        let mut octets = [1, 0, 3, 3, 0, 0, 0, 16, 0, 9, 0, 5, 0xab, 0, 0, 0];
        let message = Message::Heartbeat(Heartbeat {
            data: Some(vec![0xab]),
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);

        octets[3] = 6;
        let message = Message::HeartbeatAck(HeartbeatAck {
            data: Some(vec![0xab]),
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
