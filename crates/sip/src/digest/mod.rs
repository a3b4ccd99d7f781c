//! Digest authentication as client and as server (RFC 7616, RFC 8760).
