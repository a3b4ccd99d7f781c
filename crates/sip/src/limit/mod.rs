//! What peers may cost: rates for each source and in all, and backing off where a peer is overloaded (RFC 7339).
