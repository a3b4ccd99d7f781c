//! Charge information (Q.763 table 4, national use).

/// Charge information message, CRG (national use): what it consists of, each country says.
#[derive(Clone, PartialEq, Eq)]
pub struct Crg {
    /// What follows the message type.
    pub content: Vec<u8>,
}

/// Shows only how long the contents are.
impl core::fmt::Debug for Crg {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Crg({} octets)", self.content.len())
    }
}
