//! Takes the parts of a message from octets (Q.763 1.4 to 1.8).

use crate::error::{DecodeError, Problem};
use crate::message::MessageType;
use crate::octets::Octets;
use crate::order::ParameterOrder;
use crate::param::{FixedParameter, Parameter, ParameterCode, RawParameter};
use crate::wire::OptionalPart;

/// A message that is being read, part after part.
pub(crate) struct Reader<'a> {
    data: &'a [u8],
    position: usize,
    message: MessageType,
    irregular: &'a mut dyn FnMut(DecodeError),
}

impl<'a> Reader<'a> {
    /// `data` begins with the CIC; reading begins behind the message type.
    pub(crate) fn new(
        data: &'a [u8],
        message: MessageType,
        irregular: &'a mut dyn FnMut(DecodeError),
    ) -> Self {
        Self {
            data,
            position: 3,
            message,
            irregular,
        }
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.data.get(self.position..).unwrap_or_default()
    }

    /// The next parameter of the mandatory fixed part.
    pub(crate) fn fixed<P: FixedParameter>(&mut self) -> Result<P::Value, DecodeError> {
        let rest = self.rest();
        let octets = rest.get(..P::LENGTH).ok_or_else(|| {
            let problem = Problem::TooShort {
                need: P::LENGTH,
                have: rest.len(),
            };
            self.error(P::CODE, self.position, problem)
        })?;
        let value = P::read(octets).map_err(|p| self.error(P::CODE, self.position, p))?;
        self.position += P::LENGTH;
        Ok(value)
    }

    /// The next parameter of the mandatory variable part, read from where its pointer leads.
    pub(crate) fn variable<P: Parameter>(&mut self) -> Result<P::Value, DecodeError> {
        let rest = self.rest();
        let refuse = |problem| self.error(P::CODE, self.position, problem);
        let start = match rest.first() {
            None => return Err(refuse(Problem::TooShort { need: 1, have: 0 })),
            Some(0) => return Err(refuse(Problem::NoPointer)),
            Some(pointer) => usize::from(*pointer),
        };
        let [length, octets @ ..] = rest.get(start..).unwrap_or_default() else {
            return Err(refuse(Problem::PointerPastEnd {
                pointer: rest[0],
                have: rest.len(),
            }));
        };
        let at = self.position + start + 1;
        let need = usize::from(*length);
        let octets = octets.get(..need).ok_or_else(|| {
            self.error(
                P::CODE,
                at,
                Problem::TooShort {
                    need,
                    have: octets.len(),
                },
            )
        })?;
        let value = P::read(octets).map_err(|problem| self.error(P::CODE, at, problem))?;
        self.position += 1;
        Ok(value)
    }

    /// The optional part.
    pub(crate) fn optional<M: OptionalPart>(&mut self, message: &mut M) -> Result<(), DecodeError> {
        let rest = self.rest();
        let here = |reader: &Self, problem| DecodeError {
            message: Some(reader.message),
            parameter: None,
            octet: reader.position + 1,
            problem,
            clause: "Q.763 1.7",
        };
        let start = match rest.first() {
            // An exchange of an earlier version does not know that the message has an optional
            // part.
            None => {
                let error = here(self, Problem::NoOptionalPointer);
                (self.irregular)(error);
                return Ok(());
            }
            Some(0) => return Ok(()),
            Some(pointer) => *pointer,
        };
        if usize::from(start) >= rest.len() {
            let problem = Problem::PointerPastEnd {
                pointer: start,
                have: rest.len(),
            };
            return Err(here(self, problem));
        }
        self.position += usize::from(start);
        let mut order = ParameterOrder::default();
        // Where the last parameter stood in the usual order.
        let mut last = 0;
        let mut usual = true;
        loop {
            let (code, length, rest) = match *self.rest() {
                [0, ..] => break,
                [] => {
                    let error = DecodeError {
                        clause: "Q.763 1.8",
                        ..here(self, Problem::NoEndOfOptionalParameters)
                    };
                    (self.irregular)(error);
                    break;
                }
                [code] => {
                    let problem = Problem::TooShort { need: 1, have: 0 };
                    return Err(self.error(ParameterCode(code), self.position + 1, problem));
                }
                [code, length, ref rest @ ..] => (ParameterCode(code), usize::from(length), rest),
            };
            self.position += 2;
            let content = rest.get(..length).ok_or_else(|| {
                let problem = Problem::TooShort {
                    need: length,
                    have: rest.len(),
                };
                self.error(code, self.position, problem)
            })?;
            let place = match message.take(code, content) {
                Ok(Some(place)) => place,
                untaken => {
                    if let Err(problem) = untaken {
                        let error = self.error(code, self.position, problem);
                        (self.irregular)(error);
                    }
                    let content = Octets::copy(content);
                    message.rest_mut().0.push(RawParameter { code, content });
                    usize::MAX
                }
            };
            order.push(code);
            usual &= place >= last;
            last = place;
            self.position += length;
        }
        if !usual {
            *message.rest_mut().1 = order;
        }
        Ok(())
    }

    fn error(&self, parameter: ParameterCode, offset: usize, problem: Problem) -> DecodeError {
        DecodeError {
            message: Some(self.message),
            parameter: Some(parameter),
            octet: offset + 1,
            problem,
            clause: parameter.clause(),
        }
    }
}
