//! Deregistration Response (RFC 4666 3.6.4).

use crate::param::DeregistrationResult;
use crate::param::field::fields;

fields! {
    /// DEREG_RSP: what became of a DEREG_REQ, or of a part of it.
    #[derive(Default)]
    DeregRsp = {
        /// One for a routing context; at least one in what is received.
        results: Vec<DeregistrationResult> = DeregistrationResult,
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
