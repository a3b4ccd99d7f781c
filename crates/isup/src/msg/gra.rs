//! Circuit group reset acknowledgement (Q.763 table 25).

use crate::param::Status;
use trunkline_model::Cic;

/// Circuit group reset acknowledgement message, GRA: the circuits of the range are idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gra {
    /// Range: the number of circuits less one, from the CIC of the message on.
    pub range: u8,
    /// A bit for each circuit: it is blocked for maintenance at the far end (Q.763 3.43 b).
    pub status: Status,
}

impl Gra {
    /// The circuits of the range, and whether each is blocked for maintenance.
    pub fn circuits(&self, first: Cic) -> impl Iterator<Item = (Cic, bool)> + use<> {
        let status = self.status;
        super::grs::cics(first, self.range)
            .zip(0..=u8::MAX)
            .map(move |(cic, index)| (cic, status.get(index)))
    }
}
