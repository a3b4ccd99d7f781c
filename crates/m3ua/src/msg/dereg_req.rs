//! Deregistration Request (RFC 4666 3.6.3).

use crate::param::field::fields;

fields! {
    /// DEREG_REQ: an ASP no longer wants traffic that it has registered for.
    #[derive(Default)]
    DeregReq = {
        /// The routing contexts of the traffic; at least one in what is received.
        routing_contexts: Vec<u32> = RoutingContext,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, Problem, decode, encode};

    #[test]
    fn reads_and_writes_known_octets() {
        let octets = [
            1, 0, 9, 3, 0, 0, 0, 20, // header
            0, 6, 0, 12, 0, 0, 0, 7, 0, 0, 0, 8, // routing contexts 7 and 8
        ];
        let message = Message::DeregReq(DeregReq {
            routing_contexts: vec![7, 8],
        });
        assert_eq!(decode(&octets), Ok(message.clone()));
        assert_eq!(encode(&message), octets);
    }

    #[test]
    fn routing_context_is_mandatory() {
        let error = decode(&[1, 0, 9, 3, 0, 0, 0, 8]).unwrap_err();
        assert_eq!(error.problem, Problem::Missing);
        assert_eq!(error.clause, "RFC 4666 3.6.3");
    }
}
