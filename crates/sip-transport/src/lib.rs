//! The sockets of SIP: UDP, TCP, TLS and WebSocket (RFC 3261 18, RFC 7118), and DNS (RFC 3263).
