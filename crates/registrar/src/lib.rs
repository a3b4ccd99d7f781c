//! A registrar (RFC 3261 10.3) for the phones that a gateway serves.
