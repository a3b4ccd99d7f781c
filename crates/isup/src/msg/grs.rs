//! Circuit group reset (Q.763 table 41).

use trunkline_model::Cic;

/// Circuit group reset message, GRS: the circuits of the range are to be made idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grs {
    /// Range: the number of circuits less one, from the CIC of the message on. 1 to 31 by
    /// Q.763 3.43; others are kept as they came.
    pub range: u8,
}

impl Grs {
    /// The circuits of the range.
    pub fn cics(&self, first: Cic) -> impl Iterator<Item = Cic> + use<> {
        cics(first, self.range)
    }
}

/// The circuits of a range that begins with `first`. Ends at the largest CIC.
pub(super) fn cics(first: Cic, range: u8) -> impl Iterator<Item = Cic> + use<> {
    let first = first.value();
    (first..=first + u16::from(range)).map_while(Cic::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_ends_at_the_largest_cic() {
        let cics: Vec<_> = Grs { range: 31 }
            .cics(Cic::new(Cic::MAX - 1).unwrap())
            .collect();
        assert_eq!(
            cics,
            [Cic::new(Cic::MAX - 1).unwrap(), Cic::new(Cic::MAX).unwrap()]
        );
        assert_eq!(Grs { range: 30 }.cics(Cic::new(1).unwrap()).count(), 31);
    }
}
