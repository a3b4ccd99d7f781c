//! Circuit group reset (Q.763 table 41).

use crate::error::{DecodeError, Problem};
use crate::message::MessageType;
use crate::msg::MessageRow;
use crate::optional::OptionalParameters;
use crate::param::{Parameter, ParameterCode, RangeAndStatus};
use crate::wire::{Body, Frame, ReadBody};
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

impl Body for Grs {
    fn write(&self, code: ParameterCode, out: &mut Vec<u8>) -> bool {
        let known = code == RangeAndStatus::CODE;
        if known {
            let (range, status) = (self.range, None);
            RangeAndStatus { range, status }.write(out);
        }
        known
    }

    fn row(&self) -> &'static MessageRow {
        Self::ROW
    }

    fn optional(&self) -> Option<&OptionalParameters> {
        None
    }
}

impl ReadBody for Grs {
    const ROW: &'static MessageRow = &MessageRow {
        message_type: MessageType::Grs,
        acronym: "GRS",
        name: "circuit group reset",
        fixed: &[],
        variable: &[ParameterCode::RANGE_AND_STATUS],
        has_optional_part: false,
        optional: &[],
        clause: "Q.763 table 41",
    };

    fn read(frame: &Frame<'_>) -> Result<Self, DecodeError> {
        // Of a status that is there nevertheless, nothing is meant (Q.763 3.43).
        let range = frame.mandatory_with(RangeAndStatus::CODE, |contents| {
            contents
                .first()
                .copied()
                .ok_or(Problem::TooShort { need: 1, have: 0 })
        });
        Ok(Self { range: range? })
    }

    fn is_written_as(&self, frame: &Frame<'_>) -> bool {
        frame.has(&RangeAndStatus {
            range: self.range,
            status: None,
        })
    }
}

/// The circuits of a range that begins with `first`. Ends at the largest CIC.
pub(super) fn cics(first: Cic, range: u8) -> impl Iterator<Item = Cic> + use<> {
    let first = u16::try_from(first.value()).unwrap_or(u16::MAX);
    (first..=first.saturating_add(range.into())).map_while(Cic::new)
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
