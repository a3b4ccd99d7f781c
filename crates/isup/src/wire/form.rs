//! How a message stood on the wire, where that is not how it is written here.

use super::writer::Writer;
use super::{Frame, write};
use crate::error::EncodeError;
use crate::message::{Message, Pdu};
use crate::variant::Variant;
use core::fmt;
use core::ops::Range;

/// What octets had that their meaning has not: pointers in another order or with gaps, spare bits
/// that are set, parameters that were longer than the standard knows them, octets behind the end.
///
/// Most messages have nothing of that, and then nothing is kept. Otherwise the octets are kept as
/// they came: a message that is written unchanged is written so again, and of a changed one, that
/// which is unchanged.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Form(Option<Box<[u8]>>);

impl Form {
    /// The form of octets that have been read as that message.
    pub(super) fn of(frame: &Frame<'_>, message: &Message) -> Self {
        if is_plain(frame, message) {
            Self(None)
        } else {
            Self(Some(frame.octets().into()))
        }
    }

    /// Whether the message is written here as it came, but for what is changed in it.
    pub const fn is_plain(&self) -> bool {
        self.0.is_none()
    }

    /// Writes a message so that it differs from what was received only in what was changed.
    pub(super) fn write(
        &self,
        variant: &'static Variant,
        pdu: &Pdu,
    ) -> Result<Vec<u8>, EncodeError> {
        let plain = write::plain(variant, pdu);
        match (&plain, self.0.as_deref()) {
            (_, None) | (Err(EncodeError::CicTooLarge { .. }), _) => plain,
            (_, Some(received)) => {
                restored(variant, pdu, plain.as_deref().ok(), received).map_or(plain, Ok)
            }
        }
    }
}

/// Whether a message is written just as it was read.
fn is_plain(frame: &Frame<'_>, message: &Message) -> bool {
    frame.cic() <= frame.variant().cic_max()
        && (frame.is_in_place() || message.body().is_none())
        && message.is_written_as(frame)
}

/// The plain octets of a message, made like those that were received.
fn restored(
    variant: &'static Variant,
    pdu: &Pdu,
    plain: Option<&[u8]>,
    received: &[u8],
) -> Option<Vec<u8>> {
    let was = Frame::parse(variant, received).ok()?;
    let then = Pdu::new(pdu.cic, Message::read(&was).ok()?);
    let cic = variant.restore_cic(pdu.cic, was.cic());
    if then.message == pdu.message {
        let mut octets = received.to_vec();
        octets.get_mut(..cic.len())?.copy_from_slice(&cic);
        return Some(octets);
    }
    let is = Frame::parse(variant, plain?).ok()?;
    let row = is
        .row()
        .filter(|_| is.message_type() == was.message_type())?;
    let then = write::plain(variant, &then).ok()?;
    let then = Frame::parse(variant, &then).ok()?;
    // Of each mandatory parameter the octets that came, if it has not been changed.
    let mandatory = is.mandatory_contents().zip(then.mandatory_contents());
    let mut parts: Vec<Part<'_>> = (mandatory.zip(was.mandatory_contents()))
        .map(|(((_, is), (_, then)), (start, was))| Part {
            place: start..start + was.len(),
            contents: if is == then { was } else { is },
        })
        .collect();
    let optional = was.optional_start();
    parts.push(Part {
        place: optional..optional + was.optional_octets().len(),
        contents: is.optional_octets(),
    });
    if let Some(octets) = in_place(&is, &was, &cic, &parts) {
        return Some(octets);
    }
    let mut writer = Writer::new(&cic, is.message_type().code());
    let mut parts = parts.into_iter().map(|part| part.contents);
    let mut next = |out: &mut Vec<u8>| {
        parts
            .next()
            .map(|part| out.extend_from_slice(part))
            .ok_or(())
    };
    for (_, length) in row.fixed {
        writer.fixed(*length, &mut next).ok()?;
    }
    writer.pointers(row);
    let optional = is.optional_octets();
    for index in 1..=row.variable.len() {
        let follows = !optional.is_empty() || index < row.variable.len();
        writer.variable(follows, &mut next).ok()?;
    }
    if row.has_optional_part {
        writer.optional(optional);
    }
    writer.finish()
}

/// Octets of a message that is written, and the place of those that were received instead.
struct Part<'a> {
    place: Range<usize>,
    contents: &'a [u8],
}

/// The octets that were received, with each part in the place of the former one. `None` if it has
/// another length.
fn in_place(is: &Frame<'_>, was: &Frame<'_>, cic: &[u8], parts: &[Part<'_>]) -> Option<Vec<u8>> {
    let mut octets = was.octets().to_vec();
    octets.get_mut(..cic.len())?.copy_from_slice(cic);
    for part in parts {
        let place = octets.get_mut(part.place.clone())?;
        if place.len() != part.contents.len() {
            return None;
        }
        if place != part.contents {
            place.copy_from_slice(part.contents);
        }
    }
    // If parts share octets, one has changed with the other.
    let written = Frame::parse(is.variant(), &octets).ok()?;
    (Message::read(&written).ok()? == Message::read(is).ok()?).then_some(octets)
}

/// Shows only whether there is something: there are numbers inside.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("plain"),
            Some(received) => write!(f, "as received, {} octets", received.len()),
        }
    }
}
