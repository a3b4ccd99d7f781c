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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;
    use crate::param::PARAMETERS;
    use crate::wire::{decode, encode};

    /// The shortest message of a row: zeros, and three octets that make sense in each variable parameter.
    fn shortest(row: &MessageRow) -> Vec<u8> {
        let mut octets = vec![1, 0, row.message_type.code()];
        octets.resize(
            3 + row.fixed.iter().map(|(_, length)| length).sum::<usize>(),
            0,
        );
        let pointers = row.variable.len() + usize::from(row.has_optional_part);
        for index in 0..row.variable.len() {
            octets.push((pointers - index + 4 * index) as u8);
        }
        if row.has_optional_part {
            octets.push(0);
        }
        for _ in row.variable {
            octets.extend([3, 0x01, 0x80, 0]);
        }
        octets
    }

    #[test]
    fn every_message_is_read_and_written_as_its_row_says() {
        for row in MESSAGES {
            let octets = shortest(row);
            let pdu = decode(&octets).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(pdu.message.message_type(), row.message_type);
            assert!(!matches!(pdu.message, Message::Unknown(_)), "{row:?}");
            assert_eq!(decode(&encode(&pdu)), Ok(pdu), "{row:?}");
            for length in 3..octets.len() {
                let whole =
                    row.has_optional_part && row.variable.is_empty() && length == octets.len() - 1;
                assert_eq!(
                    decode(&octets[..length]).is_ok(),
                    whole,
                    "{row:?}, {length} octets"
                );
            }
        }
    }

    #[test]
    fn every_optional_parameter_of_a_row_has_a_field() {
        for row in MESSAGES {
            for code in row.optional {
                let mut octets = shortest(row);
                let pointer = 3
                    + row.fixed.iter().map(|(_, length)| length).sum::<usize>()
                    + row.variable.len();
                octets[pointer] = (octets.len() - pointer) as u8;
                octets.extend([code.0, 4, 0x80, 0x80, 0x80, 0x80, 0]);
                let pdu = decode(&octets).unwrap_or_else(|error| panic!("{error}"));
                let debug = format!("{pdu:?}");
                assert!(
                    debug.contains("other: []"),
                    "{code} has no field in {debug}"
                );
                assert!(
                    encode(&pdu).contains(&code.0),
                    "{code} is not written of {debug}"
                );
            }
        }
    }

    #[test]
    fn rows_are_complete_and_without_duplicates() {
        for pair in MESSAGES.windows(2) {
            assert!(pair[0].message_type < pair[1].message_type, "{pair:?}");
        }
        for row in MESSAGES {
            assert!(row.clause.starts_with("Q.763 table "), "{row:?}");
            assert_eq!(
                MESSAGES
                    .iter()
                    .filter(|other| other.name == row.name)
                    .count(),
                1
            );
            let fixed = row.fixed.iter().map(|(code, _)| code);
            let all: Vec<_> = fixed.chain(row.variable).chain(row.optional).collect();
            for (index, code) in all.iter().enumerate() {
                assert!(
                    PARAMETERS.iter().any(|parameter| parameter.code == **code),
                    "{row:?}"
                );
                assert!(!all[..index].contains(code), "{code} twice in {row:?}");
            }
        }
        for message_type in MessageType::NAMED {
            let has_row = MESSAGES.iter().any(|row| row.message_type == *message_type);
            let pdu = decode(&[1, 0, message_type.code()]);
            let unknown = pdu.is_ok_and(|pdu| matches!(pdu.message, Message::Unknown(_)));
            assert_ne!(has_row, unknown, "{message_type}");
        }
    }
}
