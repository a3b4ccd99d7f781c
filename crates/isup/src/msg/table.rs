//! What each message consists of.

use crate::message::MessageType;
use crate::msg::{Acm, Anm, Cfn, Con, Cpg, Gra, Grs, Iam, Rel, Res, Rlc, Sam, Sus};
use crate::param::ParameterCode;
use crate::wire::Body;

/// One row of [`MESSAGES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// The type; its `name()` is the acronym.
    pub message_type: MessageType,
    /// What Q.763 calls it, in lower case.
    pub name: &'static str,
    /// The mandatory parameters of fixed length, and how many octets each has.
    pub fixed: &'static [(ParameterCode, usize)],
    /// The mandatory parameters of variable length.
    pub variable: &'static [ParameterCode],
    /// Whether optional parameters are allowed, and therefore a pointer to them is there.
    pub has_optional_part: bool,
    /// The optional parameters that have a field of their own, in the order in which they are
    /// written. Any other is kept as it comes.
    pub optional: &'static [ParameterCode],
    /// Where it is defined.
    pub clause: &'static str,
}

/// Every message that [`Message`](crate::Message) knows, by type.
pub const MESSAGES: &[MessageRow] = &[
    Iam::ROW,
    Sam::ROW,
    Acm::ROW,
    Con::ROW,
    Anm::ROW,
    Rel::ROW,
    Sus::ROW,
    Res::ROW,
    Rlc::ROW,
    without_parameters(MessageType::Rsc, "reset circuit"),
    without_parameters(MessageType::Blo, "blocking"),
    without_parameters(MessageType::Ubl, "unblocking"),
    without_parameters(MessageType::Bla, "blocking acknowledgement"),
    without_parameters(MessageType::Uba, "unblocking acknowledgement"),
    Grs::ROW,
    Gra::ROW,
    Cpg::ROW,
    without_parameters(MessageType::Ucic, "unequipped CIC"),
    Cfn::ROW,
];

/// A message that consists of CIC and message type alone.
const fn without_parameters(message_type: MessageType, name: &'static str) -> MessageRow {
    MessageRow {
        message_type,
        name,
        fixed: &[],
        variable: &[],
        has_optional_part: false,
        optional: &[],
        clause: "Q.763 table 39",
    }
}
