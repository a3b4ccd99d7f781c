//! Message and parameter compatibility information (Q.763 3.33, 3.41).

use crate::param::ParameterCode;

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
    /// Bit E: of a parameter, discard it; of a message, discard it when it cannot be passed on.
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
