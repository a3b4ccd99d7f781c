//! Message and parameter compatibility information (Q.763 3.33, 3.41).

use super::group::{group, write_group};
use super::indicators::{Bits, put, take};
use super::{Parameter, ParameterCode};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;

codes! {
    /// Broadband/narrowband interworking indicator (Q.763 3.33, 3.41): 2 bits. What a node between
    /// a broadband and a narrowband network is to do. Of a message, 3 is reserved and stands for 0.
    pub enum BroadbandNarrowbandInterworking {
        PassOn = 0, "pass on";
        DiscardMessage = 1, "discard the message";
        ReleaseCall = 2, "release the call";
        DiscardParameter = 3, "discard the parameter";
        _ => Reserved, "reserved broadband/narrowband interworking indicator"
    }
}

/// What a node that does not know a message or parameter is to do with it: the instruction
/// indicators (Q.763 3.33, 3.41).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// Bit A, transit at intermediate exchange: end-node interpretation, so that a transit
    /// exchange follows the other bits, too. Without it, it passes on what it does not know, and
    /// they are for the end node (which a gateway to another network is).
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
    /// Bits F and G, 2 bits: of a parameter, what to do when passing on is not possible (0 release
    /// the call, 1 discard the message, 2 discard the parameter); of a message, the
    /// broadband/narrowband interworking indicator, see
    /// [`MessageCompatibilityInformation::interworking`].
    pub pass_on_not_possible: u8,
    /// Octet 1a of a parameter: the broadband/narrowband interworking indicator, if the octet is
    /// there.
    pub interworking: Option<BroadbandNarrowbandInterworking>,
    /// Octets behind those, which the standard does not have: 7 bits each. Of a parameter they need
    /// octet 1a before them.
    pub further: Octets,
}

/// Message compatibility information (Q.763 3.33).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
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
    pub fn instruction(&self, code: ParameterCode) -> Option<&Instruction> {
        self.instructions
            .iter()
            .find(|(of, _)| *of == code)
            .map(|(_, instruction)| instruction)
    }
}

impl MessageCompatibilityInformation {
    /// Broadband/narrowband interworking indicator.
    pub const fn interworking(&self) -> BroadbandNarrowbandInterworking {
        BroadbandNarrowbandInterworking::from_code(take(
            self.instruction.pass_on_not_possible,
            0,
            2,
        ))
    }
}

impl Instruction {
    /// Reads the first octet and keeps those that extend it; says what follows.
    fn read(octets: &[u8]) -> Result<(Self, &[u8]), Problem> {
        let (indicators, behind) = group(octets)?;
        let instruction = Self {
            end_node_interpretation: take(indicators.first, 0, 1) == 1,
            release_call: take(indicators.first, 1, 2) == 1,
            send_notification: take(indicators.first, 2, 3) == 1,
            discard_message: take(indicators.first, 3, 4) == 1,
            discard_parameter: take(indicators.first, 4, 5) == 1,
            pass_on_not_possible: take(indicators.first, 5, 7),
            interworking: None,
            further: indicators.extension,
        };
        Ok((instruction, behind))
    }

    /// Reads the instruction of a parameter, which has an octet 1a.
    fn read_of_parameter(octets: &[u8]) -> Result<(Self, &[u8]), Problem> {
        let (mut instruction, behind) = Self::read(octets)?;
        if let Some((octet_1a, further)) = instruction.further.split_first() {
            let interworking = BroadbandNarrowbandInterworking::from_code(take(*octet_1a, 0, 2));
            instruction.interworking = Some(interworking);
            instruction.further = Octets::copy(further);
        }
        Ok((instruction, behind))
    }

    fn write(&self, out: &mut Vec<u8>) {
        let octet = put(self.end_node_interpretation.into(), 0, 1)
            | put(self.release_call.into(), 1, 2)
            | put(self.send_notification.into(), 2, 3)
            | put(self.discard_message.into(), 3, 4)
            | put(self.discard_parameter.into(), 4, 5)
            | put(self.pass_on_not_possible, 5, 7);
        let octet_1a = self
            .interworking
            .map(|interworking| put(interworking.code(), 0, 2));
        let extension: Vec<u8> = octet_1a
            .into_iter()
            .chain(self.further.iter().copied())
            .collect();
        write_group(octet, &extension, out);
    }

    /// How many octets it has.
    fn len(&self) -> usize {
        1 + usize::from(self.interworking.is_some()) + self.further.len()
    }

    /// What the indicators say that messages and parameters have in common.
    fn describe(&self) -> Description {
        let bit = |bit: bool, words| bit.words(Some(words));
        Description::default()
            .field(
                0,
                "transit at intermediate exchange indicator",
                bit(
                    self.end_node_interpretation,
                    ["transit interpretation", "end node interpretation"],
                ),
            )
            .field(
                0,
                "release call indicator",
                bit(self.release_call, ["do not", "release the call"]),
            )
            .field(
                0,
                "send notification indicator",
                bit(self.send_notification, ["do not", "send notification"]),
            )
            .field(
                0,
                "discard message indicator",
                bit(self.discard_message, ["do not", "discard the message"]),
            )
    }

    fn describe_for_parameter(&self) -> Description {
        let pass_on = match self.pass_on_not_possible {
            0 => "release the call",
            1 => "discard the message",
            2 => "discard the parameter",
            _ => "reserved",
        };
        let discard = ["do not", "discard the parameter"];
        let description = self
            .describe()
            .field(
                0,
                "discard parameter indicator",
                self.discard_parameter.words(Some(discard)),
            )
            .field(0, "if passing on is not possible", pass_on);
        match self.interworking {
            Some(interworking) => description.field(1, INTERWORKING, interworking),
            None => description,
        }
    }
}

impl Parameter for MessageCompatibilityInformation {
    const CODE: ParameterCode = ParameterCode::MESSAGE_COMPATIBILITY_INFORMATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        Instruction::read(octets).map(|(instruction, _)| Self { instruction })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.instruction.write(out);
    }

    fn describe(&self) -> Description {
        let pass_on = ["release the call", "discard information"];
        self.instruction
            .describe()
            .field(
                0,
                "pass on not possible indicator",
                self.instruction.discard_parameter.words(Some(pass_on)),
            )
            .field(0, INTERWORKING, self.interworking())
    }
}

impl Parameter for ParameterCompatibilityInformation {
    const CODE: ParameterCode = ParameterCode::PARAMETER_COMPATIBILITY_INFORMATION;

    fn read(mut octets: &[u8]) -> Result<Self, Problem> {
        let mut instructions = Vec::new();
        while let [code, rest @ ..] = octets {
            let (instruction, rest) = Instruction::read_of_parameter(rest)?;
            instructions.push((ParameterCode(*code), instruction));
            octets = rest;
        }
        Ok(Self { instructions })
    }

    fn write(&self, out: &mut Vec<u8>) {
        for (code, instruction) in &self.instructions {
            out.push(code.0);
            instruction.write(out);
        }
    }

    fn describe(&self) -> Description {
        let mut octet = 1;
        let mut description = Description::default();
        for (code, instruction) in &self.instructions {
            let words = instruction.describe_for_parameter();
            description = description.nested(octet, format!("for {code}"), words);
            octet += 1 + instruction.len();
        }
        description
    }
}

const INTERWORKING: &str = "broadband/narrowband interworking indicator";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn instruction_ends_at_the_extension_bit() {
        // Parameter 200: discard message, notify, discard message between broadband and
        // narrowband; parameter 201: pass on.
        let discard = Instruction {
            discard_message: true,
            send_notification: true,
            interworking: Some(BroadbandNarrowbandInterworking::DiscardMessage),
            ..Default::default()
        };
        let read = ParameterCompatibilityInformation {
            instructions: vec![
                (ParameterCode(200), discard.clone()),
                (ParameterCode(201), Instruction::default()),
            ],
        };
        assert_eq!(read.instruction(ParameterCode(200)), Some(&discard));
        assert_eq!(read.instruction(ParameterCode(202)), None);
        let description = read.describe();
        let second = &description.fields[1];
        assert_eq!(
            (second.name.as_ref(), second.fields[0].octet),
            ("for parameter 201", 4)
        );
        reads_and_writes(&[200, 0x0c, 0x81, 201, 0x80], read);
    }

    #[test]
    fn a_message_is_to_be_discarded() {
        let instruction = Instruction {
            end_node_interpretation: true,
            discard_message: true,
            discard_parameter: true,
            pass_on_not_possible: BroadbandNarrowbandInterworking::ReleaseCall.code(),
            further: Octets::from([0x7f]),
            ..Default::default()
        };
        let information = MessageCompatibilityInformation { instruction };
        assert_eq!(
            described(&information)[3..],
            [
                "discard message indicator: discard the message",
                "pass on not possible indicator: discard information",
                "broadband/narrowband interworking indicator: release the call",
            ]
        );
        reads_and_writes(&[0x59, 0xff], information);
        refuses_fewer::<MessageCompatibilityInformation>(1);
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
