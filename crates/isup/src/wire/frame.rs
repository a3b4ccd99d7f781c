//! The parts of a message, found and delimited but not yet read (Q.763 1.4 to 1.8).

use crate::error::{DecodeError, Problem};
use crate::message::MessageType;
use crate::msg::MessageRow;
use crate::optional::{Iter, OptionalParameters};
use crate::param::{Parameter, ParameterCode};
use crate::variant::Variant;
use crate::wire::{MAX_MESSAGE, infer};

/// A message of which CIC, type and the place of each parameter are known. Borrows the octets and
/// needs no heap.
///
/// ```
/// use trunkline_isup::{Frame, ParameterCode, Variant};
///
/// let octets = [0x05, 0x00, 0x0c, 0x02, 0x00, 0x02, 0x8a, 0x91];
/// let frame = Frame::parse(Variant::itu(), &octets).unwrap();
/// let cause = frame.parameters().next().unwrap();
/// assert_eq!((cause.code, cause.octet), (ParameterCode::CAUSE_INDICATORS, 7));
/// ```
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    data: &'a [u8],
    variant: &'static Variant,
    row: Option<&'static MessageRow>,
    message_type: MessageType,
    /// Where the contents of each mandatory parameter begin and end.
    mandatory: [Slot; Frame::MANDATORY],
    count: usize,
    /// Where the optional parameters begin and end, without the end of optional parameters.
    optional: (usize, usize),
    /// Whether the parts stand one behind the other in the order of the standard.
    in_place: bool,
    /// What is odd, but can be borne.
    irregular: Option<(usize, Problem, &'static str)>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    code: ParameterCode,
    start: usize,
    end: usize,
}

/// One parameter of a [`Frame`].
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// In which part of the message it stands.
    pub place: Place,
    /// Its name.
    pub code: ParameterCode,
    /// Where its contents begin: octets are counted from 1, which is the first of the CIC.
    pub octet: usize,
    /// Its contents.
    pub contents: &'a [u8],
}

/// The parts of a message (Q.763 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Mandatory fixed part (Q.763 1.5).
    Fixed,
    /// Mandatory variable part (Q.763 1.6).
    Variable,
    /// Optional part (Q.763 1.7).
    Optional,
}

impl<'a> Frame<'a> {
    /// The most mandatory parameters that a message may have.
    pub const MANDATORY: usize = 8;

    /// Finds the parts of a message, from the CIC on. Of a message that the variant does not know
    /// only CIC and type are found.
    ///
    /// # Errors
    /// [`DecodeError`] says which part is broken where.
    pub fn parse(variant: &'static Variant, data: &'a [u8]) -> Result<Self, DecodeError> {
        let label = variant.cic_octets();
        let message_type = data.get(label).copied().map(MessageType::from_code);
        let refuse = |problem| DecodeError {
            message: message_type,
            parameter: None,
            octet: 1,
            problem,
            clause: "Q.763 1",
        };
        let Some(message_type) = message_type else {
            return Err(refuse(Problem::TooShort {
                need: label + 1,
                have: data.len(),
            }));
        };
        if data.len() > MAX_MESSAGE {
            return Err(refuse(Problem::TooLong {
                limit: MAX_MESSAGE,
                have: data.len(),
            }));
        }
        let nothing = Slot {
            code: ParameterCode(0),
            start: 0,
            end: 0,
        };
        let mut frame = Self {
            data,
            variant,
            row: variant.message(message_type.code()),
            message_type,
            mandatory: [nothing; Self::MANDATORY],
            count: 0,
            optional: (data.len(), data.len()),
            in_place: true,
            irregular: None,
        };
        if let Some(row) = frame.row {
            frame.find(row, label + 1)?;
        }
        Ok(frame)
    }

    /// The octets, from the CIC on.
    pub const fn octets(&self) -> &'a [u8] {
        self.data
    }

    /// Circuit identification code, or call instance code of BICC (Q.1902.3), with bits that are
    /// spare in the variant.
    pub fn cic(&self) -> u32 {
        let octets = self
            .data
            .get(..self.variant.cic_octets())
            .unwrap_or_default();
        octets
            .iter()
            .rev()
            .fold(0, |cic, octet| cic << 8 | u32::from(*octet))
    }

    /// Message type.
    pub const fn message_type(&self) -> MessageType {
        self.message_type
    }

    /// What the message consists of, if the variant knows it.
    pub const fn row(&self) -> Option<&'static MessageRow> {
        self.row
    }

    /// The variant by which the message was taken apart.
    pub const fn variant(&self) -> &'static Variant {
        self.variant
    }

    /// All parameters: mandatory ones in the order of the standard, optional ones in the order of
    /// the wire.
    pub fn parameters(&self) -> impl Iterator<Item = Part<'a>> + '_ {
        let fixed = self.row.map_or(0, |row| row.fixed.len());
        let mandatory = self
            .slots()
            .iter()
            .enumerate()
            .map(move |(index, slot)| Part {
                place: if index < fixed {
                    Place::Fixed
                } else {
                    Place::Variable
                },
                code: slot.code,
                octet: slot.start + 1,
                contents: self.contents(slot),
            });
        let mut octet = self.optional.0 + 1;
        let optional = Iter::over(self.optional_octets()).map(move |(code, contents)| {
            let part = Part {
                place: Place::Optional,
                code,
                octet: octet + 2,
                contents,
            };
            octet += 2 + contents.len();
            part
        });
        mandatory.chain(optional)
    }

    /// What follows the message type.
    pub fn content(&self) -> &'a [u8] {
        self.data
            .get(self.variant.cic_octets() + 1..)
            .unwrap_or_default()
    }

    /// The optional part, as it stands there.
    pub fn optional_octets(&self) -> &'a [u8] {
        self.data
            .get(self.optional.0..self.optional.1)
            .unwrap_or_default()
    }

    /// Where the optional parameters begin.
    pub(crate) const fn optional_start(&self) -> usize {
        self.optional.0
    }

    /// Reports what is irregular but can be borne (Q.764 2.9.5.3): a missing end of optional
    /// parameters, optional parameters whose contents make no sense.
    pub fn irregularities(&self, report: &mut dyn FnMut(DecodeError)) {
        for part in self
            .parameters()
            .filter(|part| part.place == Place::Optional)
        {
            let coding = self.variant.parameter(part.code).and_then(|row| row.coding);
            if let Some(Err(problem)) = coding.map(|coding| coding.describe(part.contents)) {
                report(self.error(part.code, part.octet - 1, problem));
            }
        }
        if let Some((octet, problem, clause)) = self.irregular {
            report(self.fault(octet, problem, clause));
        }
    }

    /// A parameter that the message cannot do without.
    #[inline]
    pub(crate) fn mandatory<P: Parameter>(&self) -> Result<P, DecodeError> {
        self.mandatory_with(P::CODE, P::read)
    }

    /// As [`mandatory`](Self::mandatory), read in a way of the message's own.
    #[inline]
    pub(crate) fn mandatory_with<T>(
        &self,
        code: ParameterCode,
        read: impl FnOnce(&[u8]) -> Result<T, Problem>,
    ) -> Result<T, DecodeError> {
        if let Some(slot) = self.slots().iter().find(|slot| slot.code == code) {
            let read = match *self.contents(slot) {
                [nature] if self.may_end_with_nature(code) => read(&[nature, 0]),
                ref contents => read(contents),
            };
            return read.map_err(|problem| self.error(code, slot.start, problem));
        }
        // The variant has it elsewhere, or not at all.
        let mut inferred = Vec::new();
        let contents = match self.any(code) {
            Some(contents) => Some(contents),
            None if infer::contents(code, &mut inferred, |code| self.any(code)) => {
                Some(&inferred[..])
            }
            None => None,
        };
        contents
            .and_then(|contents| read(contents).ok())
            .ok_or_else(|| self.error(code, self.data.len(), Problem::Missing))
    }

    /// Whether a parameter, if it is a mandatory one, stands there as it is written.
    pub(crate) fn has<P: Parameter>(&self, parameter: &P) -> bool {
        let slot = self.slots().iter().find(|slot| slot.code == P::CODE);
        slot.is_none_or(|slot| parameter.is_written_as(self.contents(slot)))
    }

    /// Whether a number that is not there ends with its nature of address, as the called party
    /// number does in ANSI networks for calls to an operator (T1.113 3.6).
    fn may_end_with_nature(&self, code: ParameterCode) -> bool {
        let row = self.variant.parameter(code);
        row.and_then(|row| row.coding)
            .is_some_and(|coding| coding.name == "AnsiCalledPartyNumber")
    }

    /// The optional part. Mandatory parameters that only the variant has, and the struct of the
    /// message not, come first.
    #[inline]
    pub(crate) fn optional_besides(&self, known: &MessageRow) -> OptionalParameters {
        let mut extra = self
            .slots()
            .iter()
            .filter(|slot| !known.has_mandatory(slot.code))
            .peekable();
        if extra.peek().is_none() {
            return OptionalParameters::from_whole(self.optional_octets());
        }
        let mut optional = OptionalParameters::new();
        for slot in extra {
            // Whoever delimited it knows that it fits.
            let _ = optional.push_octets(slot.code, self.contents(slot));
        }
        for (code, contents) in Iter::over(self.optional_octets()) {
            let _ = optional.push_octets(code, contents);
        }
        optional
    }

    /// The contents of the mandatory parameters, in the order of the row.
    pub(crate) fn mandatory_contents(&self) -> impl Iterator<Item = (usize, &'a [u8])> + '_ {
        self.slots()
            .iter()
            .map(|slot| (slot.start, self.contents(slot)))
    }

    fn any(&self, code: ParameterCode) -> Option<&'a [u8]> {
        self.parameters()
            .find(|part| part.code == code)
            .map(|part| part.contents)
    }

    fn slots(&self) -> &[Slot] {
        self.mandatory.get(..self.count).unwrap_or(&self.mandatory)
    }

    fn contents(&self, slot: &Slot) -> &'a [u8] {
        self.data.get(slot.start..slot.end).unwrap_or_default()
    }

    /// Whether the parts stand as they are written here: one behind the other in the order of the
    /// standard, and nothing behind them. What stands inside them is another question.
    pub(crate) const fn is_in_place(&self) -> bool {
        self.in_place
    }

    fn find(&mut self, row: &MessageRow, mut position: usize) -> Result<(), DecodeError> {
        for &(code, length) in row.fixed {
            let have = self.data.len().saturating_sub(position);
            if have < length {
                return Err(self.error(code, position, Problem::TooShort { need: length, have }));
            }
            self.found(code, position, position + length);
            position += length;
        }
        // Where the next part stands if none stands elsewhere.
        let mut next = position + row.variable.len() + usize::from(row.has_optional_part);
        for &code in row.variable {
            let (start, end) = self
                .variable(position)
                .map_err(|(at, problem)| self.error(code, at, problem))?;
            self.found(code, start, end);
            self.in_place &= start == next + 1;
            next = end;
            position += 1;
        }
        if row.has_optional_part {
            self.find_optional(position)?;
            let (start, end) = self.optional;
            if start < end {
                self.in_place &= start == next;
                next = end + 1;
            } else {
                // The end alone, which may be an octet of another part.
                self.in_place &= self.data.get(position) == Some(&0);
            }
        }
        self.in_place &= next == self.data.len() && self.irregular.is_none();
        Ok(())
    }

    fn found(&mut self, code: ParameterCode, start: usize, end: usize) {
        if let Some(slot) = self.mandatory.get_mut(self.count) {
            *slot = Slot { code, start, end };
            self.count += 1;
        }
    }

    /// The parameter to which the pointer there leads.
    fn variable(&self, position: usize) -> Result<(usize, usize), (usize, Problem)> {
        let rest = self.data.get(position..).unwrap_or_default();
        let pointer = match rest.first() {
            None => return Err((position, Problem::TooShort { need: 1, have: 0 })),
            Some(0) => return Err((position, Problem::NoPointer)),
            Some(pointer) => *pointer,
        };
        let [length, following @ ..] = rest.get(usize::from(pointer)..).unwrap_or_default() else {
            return Err((
                position,
                Problem::PointerPastEnd {
                    pointer,
                    have: rest.len(),
                },
            ));
        };
        let start = position + usize::from(pointer) + 1;
        let need = usize::from(*length);
        if following.len() < need {
            return Err((
                start,
                Problem::TooShort {
                    need,
                    have: following.len(),
                },
            ));
        }
        Ok((start, start + need))
    }

    fn find_optional(&mut self, position: usize) -> Result<(), DecodeError> {
        let rest = self.data.get(position..).unwrap_or_default();
        let pointer = match rest.first() {
            // An exchange of an earlier version does not know that the message has an optional
            // part.
            None => {
                self.irregular = Some((position + 1, Problem::NoOptionalPointer, "Q.763 1.7"));
                return Ok(());
            }
            Some(0) => return Ok(()),
            Some(pointer) => *pointer,
        };
        let start = position + usize::from(pointer);
        if usize::from(pointer) >= rest.len() {
            let problem = Problem::PointerPastEnd {
                pointer,
                have: rest.len(),
            };
            return Err(self.fault(position + 1, problem, "Q.763 1.7"));
        }
        let mut end = start;
        loop {
            match *self.data.get(end..).unwrap_or_default() {
                [0, ..] => break,
                [] => {
                    let problem = Problem::NoEndOfOptionalParameters;
                    self.irregular = Some((end + 1, problem, "Q.763 1.8"));
                    break;
                }
                [code] => {
                    let problem = Problem::TooShort { need: 1, have: 0 };
                    return Err(self.error(ParameterCode(code), end + 1, problem));
                }
                [code, length, ref following @ ..] => {
                    let need = usize::from(length);
                    if following.len() < need {
                        let problem = Problem::TooShort {
                            need,
                            have: following.len(),
                        };
                        return Err(self.error(ParameterCode(code), end + 2, problem));
                    }
                    end += 2 + need;
                }
            }
        }
        self.optional = (start, end);
        Ok(())
    }

    fn error(&self, parameter: ParameterCode, offset: usize, problem: Problem) -> DecodeError {
        DecodeError {
            message: Some(self.message_type),
            parameter: Some(parameter),
            octet: offset + 1,
            problem,
            clause: self
                .variant
                .parameter(parameter)
                .map_or(parameter.clause(), |row| row.clause),
        }
    }

    const fn fault(&self, octet: usize, problem: Problem, clause: &'static str) -> DecodeError {
        DecodeError {
            message: Some(self.message_type),
            parameter: None,
            octet,
            problem,
            clause,
        }
    }
}
