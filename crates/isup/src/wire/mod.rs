//! Octets to message and back (Q.763 1).

mod layout;
mod reader;
mod writer;

pub(crate) use layout::{Body, OptionalPart, Slot, message_layout};
pub(crate) use reader::Reader;
pub(crate) use writer::Writer;

use crate::error::{DecodeError, Problem};
use crate::message::{Message, MessageType, Pdu};
use crate::msg::UnknownMessage;
use trunkline_model::Cic;

/// No message is longer. MTP carries 272 octets, M3UA more; a bound there must be, since each
/// parameter that is kept costs memory.
pub const MAX_MESSAGE: usize = 4096;

/// Reads a message from the CIC on.
///
/// A message with a format error is refused (Q.764 2.9.5.1). What can be borne is borne: an
/// optional parameter whose contents make no sense is kept raw in `other`, a missing end of
/// optional parameters is taken as there. [`decode_with`] reports such irregularities.
///
/// # Errors
/// [`DecodeError`] says what is broken where.
pub fn decode(data: &[u8]) -> Result<Pdu, DecodeError> {
    decode_with(data, &mut |_| ())
}

/// As [`decode`]; calls `irregular` for each fault that did not make the message unreadable.
///
/// # Errors
/// [`DecodeError`] says what is broken where.
pub fn decode_with(
    data: &[u8],
    irregular: &mut dyn FnMut(DecodeError),
) -> Result<Pdu, DecodeError> {
    let refuse = |problem, clause| DecodeError {
        message: data.get(2).copied().map(MessageType::from_code),
        parameter: None,
        octet: 1,
        problem,
        clause,
    };
    let [low, high, message_type, ..] = *data else {
        return Err(refuse(
            Problem::TooShort {
                need: 3,
                have: data.len(),
            },
            "Q.763 1",
        ));
    };
    if data.len() > MAX_MESSAGE {
        return Err(refuse(
            Problem::TooLong {
                limit: MAX_MESSAGE,
                have: data.len(),
            },
            "Q.763 1",
        ));
    }
    // The four high bits are spare and not examined (Q.763 1.2, 1.10).
    let cic = u16::from_le_bytes([low, high]) & Cic::MAX;
    let cic = Cic::new(cic).ok_or(refuse(Problem::TooShort { need: 2, have: 0 }, "Q.763 1.2"))?;
    let message_type = MessageType::from_code(message_type);
    let mut reader = Reader::new(data, message_type, irregular);
    let message = match message_type {
        MessageType::Iam => Message::Iam(Body::read(&mut reader)?),
        MessageType::Sam => Message::Sam(Body::read(&mut reader)?),
        MessageType::Acm => Message::Acm(Body::read(&mut reader)?),
        MessageType::Cpg => Message::Cpg(Body::read(&mut reader)?),
        MessageType::Anm => Message::Anm(Body::read(&mut reader)?),
        MessageType::Con => Message::Con(Body::read(&mut reader)?),
        MessageType::Rel => Message::Rel(Body::read(&mut reader)?),
        MessageType::Rlc => Message::Rlc(Body::read(&mut reader)?),
        MessageType::Sus => Message::Sus(Body::read(&mut reader)?),
        MessageType::Res => Message::Res(Body::read(&mut reader)?),
        MessageType::Rsc => Message::Rsc,
        MessageType::Grs => Message::Grs(Body::read(&mut reader)?),
        MessageType::Gra => Message::Gra(Body::read(&mut reader)?),
        MessageType::Blo => Message::Blo,
        MessageType::Bla => Message::Bla,
        MessageType::Ubl => Message::Ubl,
        MessageType::Uba => Message::Uba,
        MessageType::Cfn => Message::Cfn(Body::read(&mut reader)?),
        MessageType::Ucic => Message::Ucic,
        other => Message::Unknown(UnknownMessage {
            message_type: other.code(),
            content: reader.rest().to_vec(),
        }),
    };
    Ok(Pdu { cic, message })
}

/// Writes a message from the CIC on.
///
/// Contents of a mandatory variable parameter are cut after 253 octets, those of an optional
/// parameter after 255: pointers and length indicators can say no more (Q.763 1.6). Nothing but
/// overlong diagnostics of a cause reaches that.
pub fn encode(pdu: &Pdu) -> Vec<u8> {
    let mut writer = Writer::new(pdu.cic, pdu.message.message_type());
    match &pdu.message {
        Message::Iam(message) => message.write(&mut writer),
        Message::Sam(message) => message.write(&mut writer),
        Message::Acm(message) => message.write(&mut writer),
        Message::Cpg(message) => message.write(&mut writer),
        Message::Anm(message) => message.write(&mut writer),
        Message::Con(message) => message.write(&mut writer),
        Message::Rel(message) => message.write(&mut writer),
        Message::Rlc(message) => message.write(&mut writer),
        Message::Sus(message) => message.write(&mut writer),
        Message::Res(message) => message.write(&mut writer),
        Message::Grs(message) => message.write(&mut writer),
        Message::Gra(message) => message.write(&mut writer),
        Message::Cfn(message) => message.write(&mut writer),
        Message::Rsc
        | Message::Blo
        | Message::Bla
        | Message::Ubl
        | Message::Uba
        | Message::Ucic => {}
        Message::Unknown(message) => writer.raw(&message.content),
    }
    writer.finish()
}
