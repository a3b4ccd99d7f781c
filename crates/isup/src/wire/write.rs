//! A message by the table of a variant.

use super::infer;
use super::writer::Writer;
use crate::error::EncodeError;
use crate::message::{Message, Pdu};
use crate::msg::MessageRow;
use crate::param::ParameterCode;
use crate::variant::Variant;
use crate::wire::Body;

/// The parts one behind the other, spare bits 0.
pub(super) fn plain(variant: &Variant, pdu: &Pdu) -> Result<Vec<u8>, EncodeError> {
    let message_type = pdu.message.message_type();
    let value = pdu.cic.value();
    if value > variant.cic_max() {
        return Err(EncodeError::CicTooLarge {
            cic: pdu.cic,
            limit: variant.cic_max(),
        });
    }
    let cic = value.to_le_bytes();
    let cic = cic.get(..variant.cic_octets()).unwrap_or(&cic);
    let mut writer = Writer::new(cic, message_type.code());
    let too_long = EncodeError::TooLong {
        message: message_type,
    };
    if let Message::Unknown(unknown) = &pdu.message {
        writer.raw(&unknown.content);
        return writer.finish().ok_or(too_long);
    }
    let row = variant
        .message(message_type.code())
        .filter(|row| row.acronym == message_type.name())
        .ok_or(EncodeError::NoSuchMessage {
            message: message_type,
        })?;
    let Some(body) = pdu.message.body() else {
        writer.raw(pdu.message.content());
        return writer.finish().ok_or(too_long);
    };
    let missing = |parameter| EncodeError::Missing {
        message: message_type,
        parameter,
    };
    for &(code, length) in row.fixed {
        writer.fixed(length, |out| {
            mandatory(body, code, out).ok_or(missing(code))
        })?;
    }
    writer.pointers(row);
    let mut rest = Vec::new();
    let optional = match body.optional().filter(|_| row.has_optional_part) {
        None => &[],
        Some(optional) if row.mandatory().all(|code| body.row().has_mandatory(code)) => {
            optional.as_octets()
        }
        Some(_) => {
            besides_mandatory(body, row, &mut rest);
            &rest
        }
    };
    for (index, &code) in row.variable.iter().enumerate() {
        let follows = !optional.is_empty() || index + 1 < row.variable.len();
        writer.variable(follows, |out| {
            mandatory(body, code, out).ok_or(missing(code))
        })?;
    }
    if row.has_optional_part {
        writer.optional(optional);
    }
    writer.finish().ok_or(too_long)
}

/// Appends the contents of a parameter that the variant wants: from a field of the message, from
/// its optional part, or made of another.
fn mandatory(body: &dyn Body, code: ParameterCode, out: &mut Vec<u8>) -> Option<()> {
    if body.write(code, out) {
        return Some(());
    }
    if let Some(contents) = body.optional().and_then(|optional| optional.octets(code)) {
        out.extend_from_slice(contents);
        return Some(());
    }
    let mut scratch = Vec::new();
    let medium = ParameterCode::TRANSMISSION_MEDIUM_REQUIREMENT;
    body.write(medium, &mut scratch);
    let other = |code| (code == medium && !scratch.is_empty()).then_some(&scratch[..]);
    infer::contents(code, out, other).then_some(())
}

/// Appends the optional parameters but for the first of each name that has become a mandatory one.
fn besides_mandatory(body: &dyn Body, row: &MessageRow, out: &mut Vec<u8>) {
    let moves = |code| row.has_mandatory(code) && !body.row().has_mandatory(code);
    let mut moved = Vec::new();
    for (code, contents) in body.optional().into_iter().flatten() {
        if moves(code) && !moved.contains(&code) {
            moved.push(code);
            continue;
        }
        out.extend([code.0, u8::try_from(contents.len()).unwrap_or(u8::MAX)]);
        out.extend_from_slice(contents);
    }
}
