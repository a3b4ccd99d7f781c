//! Pass-along (Q.763 table 43, Q.764 3.2).

/// Pass-along message, PAM (national use): another message, for the exchange at the other end of
/// the call.
#[derive(Clone, PartialEq, Eq)]
pub struct Pam {
    /// The other message, from its type on.
    pub content: Vec<u8>,
}

/// Shows only how long the contents are: there may be numbers inside.
impl core::fmt::Debug for Pam {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Pam({} octets)", self.content.len())
    }
}
