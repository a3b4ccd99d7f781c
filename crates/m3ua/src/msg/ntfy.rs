//! Notify (RFC 4666 3.8.2).

use crate::param::field::fields;
use crate::param::{InfoString, Status};
use core::fmt;

fields! {
    /// NTFY: something happened to an AS or to another ASP.
    Notify = {
        /// What happened.
        status: Status = Status,
        /// The ASP that it is about.
        asp_identifier: Option<u32> = AspIdentifier,
        /// The routing contexts of the ASs that it is about; empty for all that are configured.
        routing_contexts: Vec<u32> = RoutingContext,
        /// Text for whoever debugs.
        info: Option<InfoString> = InfoString,
    }
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NTFY {}", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        let octets = [
            1, 0, 0, 1, 0, 0, 0, 24, // header
            0, 0x0d, 0, 8, 0, 1, 0, 3, // AS-ACTIVE
            0, 6, 0, 8, 0, 0, 0, 7, // routing context 7
        ];
        let message = Message::Notify(Notify {
            status: Status::AsActive,
            asp_identifier: None,
            routing_contexts: vec![7],
            info: None,
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
        assert_eq!(message.to_string(), "NTFY AS-ACTIVE");
    }
}
