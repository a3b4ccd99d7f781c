//! Where peers are known to do otherwise than RFC 4666 says.

/// What to put up with from one peer. All off is the standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quirks {
    /// The peer and NTFY do not go together (RFC 4666 3.8.2): the server half sends it none,
    /// the client half does nothing about those that come. Stacks from before RFC 4666 answer
    /// NTFY with Errors, or tell states that are not true.
    pub no_notify: bool,
    /// The server half answers DAUD of an ASP that is up but not active; the standard has
    /// ASPs audit once they are active (RFC 4666 4.5.3).
    pub daud_while_inactive: bool,
    /// DUNA, DAVA, DRST, SCON and DUPU count whatever the state: the client half believes them
    /// while it is inactive, and the server half sends them to ASPs that are up but inactive,
    /// which RFC 4666 4.3.1 says it should not.
    pub ssnm_while_inactive: bool,
    /// Any message is taken on any stream; without this, DATA on stream 0, and ASPSM, RKM and
    /// Error elsewhere, are answered with "Invalid Stream Identifier" (RFC 4666 1.4.7, 3.8.1).
    pub any_stream: bool,
}
