//! Registration Response (RFC 4666 3.6.2).

use crate::param::RegistrationResult;
use crate::param::field::fields;

fields! {
    /// REG_RSP: what became of a REG_REQ, or of a part of it.
    #[derive(Default)]
    RegRsp = {
        /// One for a routing key; at least one in what is received.
        results: Vec<RegistrationResult> = RegistrationResult,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::RegistrationStatus;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        let octets = [
            1, 0, 9, 2, 0, 0, 0, 64, // header
            2, 8, 0, 28, // registration result
            2, 0x0a, 0, 8, 0, 0, 0, 1, // local routing key identifier 1
            2, 0x12, 0, 8, 0, 0, 0, 0, // successfully registered
            0, 6, 0, 8, 0, 0, 0, 7, // routing context 7
            2, 8, 0, 28, // registration result
            2, 0x0a, 0, 8, 0, 0, 0, 2, // local routing key identifier 2
            2, 0x12, 0, 8, 0, 0, 0, 5, // permission denied
            0, 6, 0, 8, 0, 0, 0, 0, // no routing context
        ];
        let result = |local_rk_identifier, status, routing_context| RegistrationResult {
            local_rk_identifier,
            status,
            routing_context,
        };
        let message = Message::RegRsp(RegRsp {
            results: vec![
                result(1, RegistrationStatus::SuccessfullyRegistered, 7),
                result(2, RegistrationStatus::PermissionDenied, 0),
            ],
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }
}
