//! What becomes of messages and parameters that an exchange does not recognize (Q.764 2.9.5.2,
//! 2.9.5.3).
//!
//! Whoever sends something new says with it what older exchanges are to do: the instruction
//! indicators of Q.763 3.33 and 3.41. [`TREATMENTS`] has the answer to each of them. [`Node`] asks
//! it about whole messages: [`Node::unrecognized_message`], [`Node::unrecognized_parameters`].

use crate::message::{Message, MessageType};
use crate::octets::Octets;
use crate::optional::OptionalParameters;
use crate::param::{
    CauseIndicators, Instruction, ParameterCode, ParameterCompatibilityInformation,
};
use trunkline_model::{Cause, CauseValue, Location};

/// As what an exchange acts for a call (Q.764 2.9.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExchangeType {
    /// Originating, destination or interworking exchange, also one between national and
    /// international network: always interprets the instructions.
    A,
    /// Transit exchange: interprets them only if asked to (bit A), and passes on otherwise.
    B,
}

/// What is not recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Information {
    /// A message.
    Message,
    /// A parameter; also one whose value is not recognized, where the standard does not say how
    /// to take such a value (2.9.5.3.3).
    Parameter,
}

/// What is done about it. The later ones go before the others if a message has several parameters
/// that are not recognized (2.9.5.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It is passed on as it is.
    PassOn,
    /// The parameter is taken out; the message is acted upon.
    DiscardParameter,
    /// The message is not acted upon.
    DiscardMessage,
    /// The call is released.
    Release,
}

/// How the instructions are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interpretation {
    /// Whole: by an exchange of type A, or of type B if bit A is 1.
    EndNode,
    /// As if they said pass on: by an exchange of type B if bit A is 0, or if there are none.
    Transit,
}

/// Whether whoever sent it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notify {
    /// No.
    Never,
    /// If bit C is 1.
    IfAsked,
    /// Yes.
    Always,
}

/// The instructions to which a row of [`TREATMENTS`] applies: bits A (lowest) to G.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Instructions {
    /// Those in which the bits of `mask` are as in `value`.
    Bits {
        /// Which bits are looked at.
        mask: u8,
        /// How they are.
        value: u8,
    },
    /// None: there is no compatibility information, or none about that parameter.
    Missing,
}

/// A row of [`TREATMENTS`]: conditions, of which `None` is no condition, and what then is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Treatment {
    /// What is not recognized.
    pub information: Information,
    /// How the instructions are read.
    pub interpretation: Option<Interpretation>,
    /// Whether it can be passed on at all.
    pub can_pass_on: Option<bool>,
    /// What they say.
    pub instructions: Instructions,
    /// What is done.
    pub action: Action,
    /// Whether whoever sent it is told.
    pub notify: Notify,
    /// Where the standard says so.
    pub clause: &'static str,
}

const B_RELEASE: Instructions = set(1);
const D_DISCARD_MESSAGE: Instructions = set(3);
const E_DISCARD_PARAMETER: Instructions = set(4);
const F_DISCARD_MESSAGE: Instructions = Instructions::Bits {
    mask: 0b110_0000,
    value: 0b010_0000,
};
const G_DISCARD_PARAMETER: Instructions = Instructions::Bits {
    mask: 0b110_0000,
    value: 0b100_0000,
};
const ANY: Instructions = Instructions::Bits { mask: 0, value: 0 };

/// What is done about information that is not recognized: the first row that applies counts.
///
/// Bit E of a parameter says discard the parameter; that of a message, discard the message if it
/// cannot be passed on. Bits G and F of a parameter say what to do if it cannot be passed on; those
/// of a message are for exchanges between broadband and narrowband networks alone, and are not
/// looked at here.
pub const TREATMENTS: &[Treatment] = {
    use Action::{DiscardMessage, DiscardParameter, PassOn, Release};
    use Information::{Message, Parameter};
    use Interpretation::{EndNode, Transit};
    use Notify::{Always, IfAsked, Never};
    const END: Option<Interpretation> = Some(EndNode);
    const TRANSIT: Option<Interpretation> = Some(Transit);
    const CAN: Option<bool> = Some(true);
    const NONE: Instructions = Instructions::Missing;
    &[
        row(
            Message,
            END,
            None,
            B_RELEASE,
            Release,
            Never,
            "Q.764 2.9.5.3.1",
        ),
        row(
            Message,
            END,
            None,
            D_DISCARD_MESSAGE,
            DiscardMessage,
            IfAsked,
            "Q.764 2.9.5.3.1",
        ),
        row(Message, None, CAN, ANY, PassOn, Never, "Q.764 2.9.5.3.1"),
        row(
            Message,
            None,
            None,
            E_DISCARD_PARAMETER,
            DiscardMessage,
            IfAsked,
            "Q.764 2.9.5.3.1",
        ),
        row(Message, None, None, ANY, Release, Never, "Q.764 2.9.5.3.1"),
        row(
            Message,
            None,
            None,
            NONE,
            DiscardMessage,
            Always,
            "Q.764 2.9.5.3.1",
        ),
        row(
            Parameter,
            END,
            None,
            B_RELEASE,
            Release,
            Never,
            "Q.764 2.9.5.3.2",
        ),
        row(
            Parameter,
            END,
            None,
            D_DISCARD_MESSAGE,
            DiscardMessage,
            IfAsked,
            "Q.764 2.9.5.3.2",
        ),
        row(
            Parameter,
            END,
            None,
            E_DISCARD_PARAMETER,
            DiscardParameter,
            IfAsked,
            "Q.764 2.9.5.3.2",
        ),
        row(Parameter, None, CAN, ANY, PassOn, Never, "Q.764 2.9.5.3.2"),
        row(
            Parameter,
            None,
            None,
            F_DISCARD_MESSAGE,
            DiscardMessage,
            IfAsked,
            "Q.764 2.9.5.3.2",
        ),
        row(
            Parameter,
            None,
            None,
            G_DISCARD_PARAMETER,
            DiscardParameter,
            IfAsked,
            "Q.764 2.9.5.3.2",
        ),
        row(
            Parameter,
            None,
            None,
            ANY,
            Release,
            Never,
            "Q.764 2.9.5.3.2",
        ),
        row(
            Parameter,
            TRANSIT,
            CAN,
            NONE,
            PassOn,
            Never,
            "Q.764 2.9.5.3.2",
        ),
        row(
            Parameter,
            None,
            None,
            NONE,
            DiscardParameter,
            Always,
            "Q.764 2.9.5.3.2",
        ),
    ]
};

/// An exchange that comes upon something that it does not recognize.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// As what it acts for the call.
    pub exchange: ExchangeType,
    /// Whether there is another ISUP side to which unrecognized information can be passed on.
    pub can_pass_on: bool,
    /// Where it is, for the causes that it sends.
    pub location: Location,
}

/// What is done about a message, and what is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What is done.
    pub action: Action,
    /// The parameters that are taken out of the message before it is acted upon.
    pub discarded: Vec<ParameterCode>,
    /// What whoever sent it is told: the cause of the REL if the call is released; otherwise of
    /// the RLC that answers a REL, or of a CFN. `None` if nothing is said.
    pub cause: Option<CauseIndicators>,
}

impl Node {
    /// What is done about one piece of information with those instructions, and whether whoever
    /// sent it is told.
    pub fn treat(
        &self,
        information: Information,
        instruction: Option<&Instruction>,
    ) -> (Action, bool) {
        let bits = instruction.map(bits);
        let asked = bits.is_some_and(|bits| bits & C_NOTIFY != 0);
        match TREATMENTS
            .iter()
            .find(|row| row.applies(self, information, bits))
        {
            Some(row) => {
                let notify = match row.notify {
                    Notify::Never => false,
                    Notify::IfAsked => asked,
                    Notify::Always => true,
                };
                (row.action, notify)
            }
            // The table has a row for all that can be; a test walks it.
            None => (Action::PassOn, false),
        }
    }

    /// What is done about a message of a type that is not recognized (2.9.5.3.1).
    pub fn unrecognized_message(&self, message: &Message) -> Verdict {
        let information = message.compatibility();
        let instruction = information
            .as_ref()
            .map(|information| &information.instruction);
        let (action, notify) = self.treat(Information::Message, instruction);
        let cause = (notify || action == Action::Release).then(|| {
            let value = CauseValue::MESSAGE_TYPE_NOT_IMPLEMENTED;
            self.cause(value, &[message.message_type().code()])
        });
        Verdict {
            action,
            discarded: Vec::new(),
            cause,
        }
    }

    /// What is done about a message that is recognized, for the parameters in it that are not
    /// (2.9.5.3.2); `None` if there are none. If instructions differ, the strongest counts.
    ///
    /// REL, RLC and CFN are always acted upon. No CFN follows them: what is to be said about a REL
    /// is said in the RLC, and about the other two nothing is said (2.9.5.2).
    pub fn unrecognized_parameters(
        &self,
        message: &Message,
        recognized: impl Fn(ParameterCode) -> bool,
    ) -> Option<Verdict> {
        let optional = message.optional()?;
        if optional.iter().all(|(code, _)| recognized(code)) {
            return None;
        }
        let instructions: ParameterCompatibilityInformation = optional.get().unwrap_or_default();
        let message_type = message.message_type();
        let mut treated: Vec<(ParameterCode, Action, bool)> = Vec::new();
        for (code, _) in optional.iter().filter(|(code, _)| !recognized(*code)) {
            if treated.iter().all(|(known, ..)| *known != code) {
                let instruction = instructions.instruction(code);
                let (action, notify) = self.treat(Information::Parameter, instruction);
                treated.push(match message_type {
                    MessageType::Rel => (code, action.min(Action::DiscardParameter), notify),
                    MessageType::Rlc | MessageType::Cfn => {
                        (code, action.min(Action::DiscardParameter), false)
                    }
                    _ => (code, action, notify),
                });
            }
        }
        let action = treated.iter().map(|(_, action, _)| *action).max()?;
        let of_action = |of: Action| treated.iter().filter(move |(_, action, _)| *action == of);
        let discarded = of_action(Action::DiscardParameter)
            .map(|(code, ..)| *code)
            .collect();
        // Names of the parameters for which that was done.
        let told = |of, all: bool| -> Vec<u8> {
            let told = of_action(of).filter(|(_, _, notify)| all || *notify);
            told.take(NAMES).map(|(code, ..)| code.0).collect()
        };
        let not_implemented = CauseValue::PARAMETER_NOT_IMPLEMENTED;
        let (value, diagnostics) = match action {
            Action::Release => (not_implemented, told(action, true)),
            Action::DiscardMessage => {
                let first = told(action, false).into_iter().take(1);
                let diagnostics = first.flat_map(|name| [message_type.code(), name]).collect();
                (CauseValue::UNRECOGNIZED_PARAMETER_DISCARDED, diagnostics)
            }
            Action::DiscardParameter | Action::PassOn => (not_implemented, told(action, false)),
        };
        let cause = (!diagnostics.is_empty()).then(|| self.cause(value, &diagnostics));
        Some(Verdict {
            action,
            discarded,
            cause,
        })
    }

    fn cause(&self, value: CauseValue, diagnostics: &[u8]) -> CauseIndicators {
        let diagnostics = Octets::try_from(diagnostics).unwrap_or_default();
        CauseIndicators::new(Cause::new(value, self.location)).with_diagnostics(diagnostics)
    }

    fn interpretation(&self, bits: Option<u8>) -> Interpretation {
        match self.exchange {
            ExchangeType::A => Interpretation::EndNode,
            ExchangeType::B if bits.is_some_and(|bits| bits & A_END_NODE != 0) => {
                Interpretation::EndNode
            }
            ExchangeType::B => Interpretation::Transit,
        }
    }
}

impl Verdict {
    /// Takes the parameters that are to be discarded out of a message that is acted upon.
    pub fn apply(&self, optional: &mut OptionalParameters) {
        for code in &self.discarded {
            while optional.remove(*code) {}
        }
    }
}

impl Treatment {
    fn applies(&self, node: &Node, information: Information, bits: Option<u8>) -> bool {
        let interpretation = node.interpretation(bits);
        self.information == information
            && self
                .interpretation
                .is_none_or(|condition| condition == interpretation)
            && self
                .can_pass_on
                .is_none_or(|condition| condition == node.can_pass_on)
            && match (self.instructions, bits) {
                (Instructions::Bits { mask, value }, Some(bits)) => bits & mask == value,
                (Instructions::Missing, None) => true,
                _ => false,
            }
    }
}

/// Bits A to G of the first octet of the instruction indicators.
fn bits(instruction: &Instruction) -> u8 {
    u8::from(instruction.end_node_interpretation)
        | u8::from(instruction.release_call) << 1
        | u8::from(instruction.send_notification) << 2
        | u8::from(instruction.discard_message) << 3
        | u8::from(instruction.discard_parameter) << 4
        | (instruction.pass_on_not_possible & 3) << 5
}

const fn row(
    information: Information,
    interpretation: Option<Interpretation>,
    can_pass_on: Option<bool>,
    instructions: Instructions,
    action: Action,
    notify: Notify,
    clause: &'static str,
) -> Treatment {
    Treatment {
        information,
        interpretation,
        can_pass_on,
        instructions,
        action,
        notify,
        clause,
    }
}

/// One bit is 1, counted from 0 for A.
const fn set(bit: u8) -> Instructions {
    Instructions::Bits {
        mask: 1 << bit,
        value: 1 << bit,
    }
}

/// Bit A: end node interpretation.
const A_END_NODE: u8 = 1;

/// Bit C: send notification.
const C_NOTIFY: u8 = 1 << 2;

/// The most parameters that one cause names.
const NAMES: usize = 32;

#[cfg(test)]
mod tests;
