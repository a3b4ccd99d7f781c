//! ISUP messages (Q.763).

mod number;
mod raw;
mod value;

use super::{Node, Tree};
use crate::sighting::Protocol;
use trunkline_isup::{
    DecodeError, MESSAGES, Message, MessageRow, MessageType, ParameterCode, decode, decode_with,
};
use value::Values;

/// Whether ISUP has such a message.
pub(super) const fn has(message_type: u8) -> bool {
    !matches!(
        MessageType::from_code(message_type),
        MessageType::Unknown(_)
    )
}

/// Whether the codec takes such a message apart, and can.
pub(super) fn reads(data: &[u8]) -> bool {
    decode(data).is_ok_and(|pdu| !matches!(pdu.message, Message::Unknown(_)))
}

/// A message from the CIC on.
pub(super) fn tree(data: &[u8]) -> Result<Tree, DecodeError> {
    let mut irregular = Vec::new();
    let pdu = decode_with(data, &mut |error| irregular.push(error))?;
    let message_type = pdu.message.message_type();
    let row = MESSAGES.iter().find(|row| row.message_type == message_type);
    let mut fields = vec![
        Node::new("circuit identification code", pdu.cic.to_string())
            .by("Q.763 1.2")
            .at(1, data.get(..2).unwrap_or_default()),
        Node::new("message type", type_name(message_type, row))
            .by("Q.763 1.3")
            .at(3, data.get(2..3).unwrap_or_default()),
    ];
    let mut walk = Walk {
        data,
        position: 3,
        values: Values::of(&pdu.message),
        irregular,
        fields: Vec::new(),
    };
    match (row, &pdu.message) {
        (_, Message::Unknown(unknown)) => walk.unknown(unknown),
        (Some(row), _) => walk.parameters(row),
        (None, _) => {}
    }
    fields.append(&mut walk.fields);
    // What was borne, but concerns no parameter alone.
    let general = walk
        .irregular
        .iter()
        .filter(|error| error.parameter.is_none());
    let mut remarks: Vec<String> = general.map(ToString::to_string).collect();
    if let Some([_, high]) = data.first_chunk::<2>()
        && high & 0xf0 != 0
    {
        remarks.push(format!(
            "octet 2: spare bits are {:#x}, not 0 (Q.763 1.2)",
            high >> 4
        ));
    }
    Ok(Tree {
        protocol: Protocol::Isup,
        name: short_name(message_type),
        title: row.map(|row| row.name.to_owned()),
        clause: row.map(|row| row.clause),
        octets: data.len(),
        remarks,
        fields,
        error: None,
    })
}

/// A message without its CIC, as SIP carries it in `application/ISUP` (RFC 3204 3.1). Octets are
/// counted as if the CIC were there.
pub(super) fn tree_without_cic(data: &[u8]) -> Result<Tree, DecodeError> {
    let mut whole = tree(&[&[0, 0], data].concat())?;
    whole.octets = data.len();
    whole.fields.remove(0);
    Ok(whole)
}

fn short_name(message_type: MessageType) -> String {
    match message_type {
        MessageType::Unknown(code) => format!("message type {code}"),
        known => known.name().to_owned(),
    }
}

fn type_name(message_type: MessageType, row: Option<&MessageRow>) -> String {
    let name = match message_type {
        MessageType::Unknown(_) => "unknown",
        known => known.name(),
    };
    let title = row.map(|row| format!(", {}", row.name)).unwrap_or_default();
    format!("{} {name}{title}", message_type.code())
}

/// A walk through the parameters of a message that the codec has read: that they fit has been
/// checked, so that what does not fit is passed over.
struct Walk<'a> {
    data: &'a [u8],
    position: usize,
    values: Values,
    irregular: Vec<DecodeError>,
    fields: Vec<Node>,
}

impl Walk<'_> {
    fn parameters(&mut self, row: &MessageRow) {
        for &(code, length) in row.fixed {
            self.parameter(code, self.position, length);
            self.position += length;
        }
        for &code in row.variable {
            let start = self.position + usize::from(self.octet(self.position));
            self.parameter(code, start + 1, usize::from(self.octet(start)));
            self.position += 1;
        }
        if row.has_optional_part {
            self.optional();
        }
    }

    fn optional(&mut self) {
        let pointer = usize::from(self.octet(self.position));
        if pointer == 0 {
            self.position += 1;
            return;
        }
        self.position += pointer;
        loop {
            let code = ParameterCode(self.octet(self.position));
            if code == ParameterCode::END_OF_OPTIONAL_PARAMETERS || self.position >= self.data.len()
            {
                break;
            }
            let length = usize::from(self.octet(self.position + 1));
            self.parameter(code, self.position + 2, length);
            self.position += 2 + length;
        }
        let rest = self.data.get(self.position + 1..).unwrap_or_default();
        // Captured messages often drag the padding of M3UA or the link along.
        if rest.iter().any(|&octet| octet != 0) {
            let node = Node::named("octets behind the end of optional parameters");
            self.fields.push(node.at(self.position + 2, rest));
        }
    }

    /// A message that is not taken apart, but for what it wants done with itself.
    fn unknown(&mut self, unknown: &trunkline_isup::UnknownMessage) {
        let mut node = Node::named("contents").at(4, &unknown.content);
        node.remark = Some("this message is not taken apart".to_owned());
        if let Some(compatibility) = unknown.compatibility() {
            let code = ParameterCode::MESSAGE_COMPATIBILITY_INFORMATION;
            let fields = value::instruction(compatibility.instruction);
            node.fields
                .push(Node::named(code.name()).by(code.clause()).with(fields));
        }
        self.fields.push(node);
    }

    /// One parameter, whose contents begin at `start`, counted from 0.
    fn parameter(&mut self, code: ParameterCode, start: usize, length: usize) {
        let contents = self.data.get(start..start + length).unwrap_or_default();
        let mut node = Node::named(code.to_string())
            .by(code.clause())
            .at(start + 1, contents);
        node.code = Some(code.0.into());
        let fault = |error: &DecodeError| {
            error.parameter == Some(code) && (start..=start + length).contains(&(error.octet - 1))
        };
        if let Some(error) = self.irregular.iter().find(|error| fault(error)) {
            node.remark = Some(format!(
                "{} ({}): passed on as it is",
                error.problem, error.clause
            ));
        } else if let Some(readable) = self.values.next(code).or_else(|| raw::read(code, contents))
        {
            (node.value, node.fields) = (readable.value, readable.fields);
        }
        self.fields.push(node);
    }

    fn octet(&self, position: usize) -> u8 {
        self.data.get(position).copied().unwrap_or(0)
    }
}
