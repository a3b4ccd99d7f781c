//! Message and parameter compatibility information (Q.763 3.33, 3.41).

use super::{Parameter, ParameterCode, bit};
use crate::error::Problem;

/// What a node that does not know a message or parameter is to do with it: the first octet of the
/// instruction indicators (Q.763 3.33, 3.41). Of further octets (broadband) nothing is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// Bit A, transit at intermediate exchange: end-node interpretation. Such a node (also a
    /// gateway to another network) passes it on and leaves the rest to the end node.
    pub end_node_interpretation: bool,
    /// Bit B: release the call.
    pub release_call: bool,
    /// Bit C: send notification (CFN).
    pub send_notification: bool,
    /// Bit D: discard the message.
    pub discard_message: bool,
    /// Bit E: of a parameter, discard it; of a message that cannot be passed on, discard it (1) or
    /// release the call (0).
    pub discard_parameter: bool,
    /// Bits F and G, 2 bits: what to do when passing on is not possible (0 release the call,
    /// 1 discard the message, 2 discard the parameter).
    pub pass_on_not_possible: u8,
}

/// Message compatibility information (Q.763 3.33).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MessageCompatibilityInformation {
    /// What to do with the message.
    pub instruction: Instruction,
}

/// Parameter compatibility information (Q.763 3.41).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ParameterCompatibilityInformation {
    /// For each parameter that has one, its instruction.
    pub instructions: Vec<(ParameterCode, Instruction)>,
}

impl ParameterCompatibilityInformation {
    /// The instruction for that parameter, if there is one.
    pub fn instruction(&self, code: ParameterCode) -> Option<Instruction> {
        self.instructions
            .iter()
            .find(|(of, _)| *of == code)
            .map(|(_, instruction)| *instruction)
    }
}

impl Instruction {
    /// Reads one instruction and says what follows it.
    fn read(octets: &[u8]) -> Result<(Self, &[u8]), Problem> {
        let last = octets.iter().position(|octet| octet & EXTENSION != 0);
        let (Some(last), Some(first)) = (last, octets.first()) else {
            return Err(Problem::TooShort {
                need: octets.len() + 1,
                have: octets.len(),
            });
        };
        let instruction = Self {
            end_node_interpretation: bit(*first, 0),
            release_call: bit(*first, 1),
            send_notification: bit(*first, 2),
            discard_message: bit(*first, 3),
            discard_parameter: bit(*first, 4),
            pass_on_not_possible: *first >> 5 & 3,
        };
        Ok((instruction, octets.get(last + 1..).unwrap_or_default()))
    }

    fn octet(self) -> u8 {
        EXTENSION
            | u8::from(self.end_node_interpretation)
            | u8::from(self.release_call) << 1
            | u8::from(self.send_notification) << 2
            | u8::from(self.discard_message) << 3
            | u8::from(self.discard_parameter) << 4
            | (self.pass_on_not_possible & 3) << 5
    }
}

impl Parameter for MessageCompatibilityInformation {
    const CODE: ParameterCode = ParameterCode::MESSAGE_COMPATIBILITY_INFORMATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        Instruction::read(octets).map(|(instruction, _)| Self { instruction })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.instruction.octet());
    }
}

impl Parameter for ParameterCompatibilityInformation {
    const CODE: ParameterCode = ParameterCode::PARAMETER_COMPATIBILITY_INFORMATION;

    fn read(mut octets: &[u8]) -> Result<Self, Problem> {
        let mut instructions = Vec::new();
        while let [code, rest @ ..] = octets {
            let (instruction, rest) = Instruction::read(rest)?;
            instructions.push((ParameterCode(*code), instruction));
            octets = rest;
        }
        Ok(Self { instructions })
    }

    fn write(&self, out: &mut Vec<u8>) {
        for (code, instruction) in &self.instructions {
            out.extend([code.0, instruction.octet()]);
        }
    }
}

/// The extension bit: 1 in the last octet of an instruction.
const EXTENSION: u8 = 0x80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instruction_ends_at_the_extension_bit() {
        // Parameter 200: discard message, notify, a broadband octet; parameter 201: pass on.
        let read = ParameterCompatibilityInformation::read(&[200, 0x0c, 0x81, 201, 0x80]).unwrap();
        let discard = Instruction {
            discard_message: true,
            send_notification: true,
            ..Default::default()
        };
        assert_eq!(read.instruction(ParameterCode(200)), Some(discard));
        assert_eq!(
            read.instruction(ParameterCode(201)),
            Some(Instruction::default())
        );
        assert_eq!(read.instruction(ParameterCode(202)), None);
    }

    #[test]
    fn instruction_without_end_is_refused() {
        let problem = Problem::TooShort { need: 2, have: 1 };
        assert_eq!(
            ParameterCompatibilityInformation::read(&[200, 0x0c]),
            Err(problem)
        );
    }
}
