//! A registration of ours with a registrar, kept alive (RFC 3261 10.2, RFC 5626).
