//! Error (RFC 4666 3.8.1).

use crate::param::field::fields;
use crate::param::{AffectedPointCode, ErrorCode};
use core::fmt;

fields! {
    /// ERR: something that came was refused.
    Error = {
        /// Why.
        code: ErrorCode = ErrorCode,
        /// The routing contexts that were refused.
        routing_contexts: Vec<u32> = RoutingContext,
        /// The point codes whose state is not told.
        affected: Vec<AffectedPointCode> = AffectedPointCode,
        /// The network appearance that was refused.
        network_appearance: Option<u32> = NetworkAppearance,
        /// What was refused, or the beginning of it.
        diagnostic: Option<Vec<u8>> = DiagnosticInformation,
    }
}

impl Error {
    /// An Error with nothing but the code.
    pub const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            routing_contexts: Vec::new(),
            network_appearance: None,
            affected: Vec::new(),
            diagnostic: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ERR {}", self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        let octets = [
            1, 0, 0, 0, 0, 0, 0, 32, // header
            0, 0x0c, 0, 8, 0, 0, 0, 0x19, // invalid routing context
            0, 6, 0, 8, 0, 0, 0, 99, // routing context 99
            0, 7, 0, 8, 1, 0, 1, 1, // diagnostic information
        ];
        let message = Message::Error(Error {
            routing_contexts: vec![99],
            diagnostic: Some(vec![1, 0, 1, 1]),
            ..Error::new(ErrorCode::InvalidRoutingContext)
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
        assert_eq!(message.to_string(), "ERR Invalid Routing Context (0x19)");
    }
}
