//! WebSocket (RFC 6455) as a transport for SIP (RFC 7118).

pub(crate) mod frame;
pub(crate) mod handshake;
