//! Circuit group reset acknowledgement (Q.763 table 25).

use crate::error::{DecodeError, Problem};
use crate::message::MessageType;
use crate::msg::MessageRow;
use crate::optional::OptionalParameters;
use crate::param::{Parameter, ParameterCode, RangeAndStatus, Status};
use crate::wire::{Body, Frame, ReadBody};
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

impl Body for Gra {
    fn write(&self, code: ParameterCode, out: &mut Vec<u8>) -> bool {
        let known = code == RangeAndStatus::CODE;
        if known {
            let (range, status) = (self.range, Some(self.status));
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

impl ReadBody for Gra {
    const ROW: &'static MessageRow = &MessageRow {
        message_type: MessageType::Gra,
        acronym: "GRA",
        name: "circuit group reset acknowledgement",
        fixed: &[],
        variable: &[ParameterCode::RANGE_AND_STATUS],
        has_optional_part: false,
        optional: &[],
        clause: "Q.763 table 25",
    };

    fn read(frame: &Frame<'_>) -> Result<Self, DecodeError> {
        frame.mandatory_with(RangeAndStatus::CODE, |contents| {
            let RangeAndStatus { range, status } = RangeAndStatus::read(contents)?;
            let need = usize::from(range) / 8 + 2;
            let status = status.ok_or(Problem::TooShort {
                need,
                have: contents.len(),
            })?;
            Ok(Self { range, status })
        })
    }

    fn is_written_as(&self, frame: &Frame<'_>) -> bool {
        let (range, status) = (self.range, Some(self.status));
        frame.has(&RangeAndStatus { range, status })
    }
}
