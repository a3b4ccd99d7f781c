//! Messages out of a stream of octets (RFC 3261 18.3, RFC 5626 3.5.1).
