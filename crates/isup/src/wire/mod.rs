//! Octets to message and back (Q.763 1).
//!
//! Reading has two steps: [`Frame`] finds the parts by the table of the variant, then each
//! message and parameter type takes what is its own. Writing goes by the same table.

mod body;
mod form;
mod frame;
mod infer;
mod write;
mod writer;

pub(crate) use body::{Body, ReadBody, message};
pub use form::Form;
pub use frame::{Frame, Part, Place};

use crate::error::{DecodeError, EncodeError};
use crate::message::{Message, Pdu};
use crate::variant::Variant;

/// No message is longer. MTP carries 272 octets, M3UA more; a bound there must be, since each
/// parameter that is kept costs memory.
pub const MAX_MESSAGE: usize = 4096;

/// Reads a message of ITU-T Q.763 from the CIC on: [`Variant::decode`] of [`Variant::itu`].
///
/// # Errors
/// [`DecodeError`] says what is broken where.
pub fn decode(data: &[u8]) -> Result<Pdu, DecodeError> {
    Variant::itu().decode(data)
}

/// As [`decode`]; calls `irregular` for each fault that did not make the message unreadable.
///
/// # Errors
/// [`DecodeError`] says what is broken where.
pub fn decode_with(
    data: &[u8],
    irregular: &mut dyn FnMut(DecodeError),
) -> Result<Pdu, DecodeError> {
    Variant::itu().decode_with(data, irregular)
}

/// Writes a message of ITU-T Q.763 from the CIC on.
///
/// Contents of a mandatory variable parameter are cut after 255 octets, or 253 if something stands
/// behind it, those of an optional parameter after 255: pointers and length indicators can say no
/// more (Q.763 1.6). Nothing but overlong diagnostics of a cause reaches that. Of a CIC with more
/// than 12 bits, which the standard does not have, the low ones are written; [`Variant::encode`]
/// refuses it.
pub fn encode(pdu: &Pdu) -> Vec<u8> {
    let itu = Variant::itu();
    // The table of the base is made of the messages themselves: nothing can be missing.
    match itu.encode(pdu) {
        Ok(octets) => octets,
        Err(_) => itu
            .encode(&Pdu {
                cic: itu.cic(pdu.cic.value()),
                ..pdu.clone()
            })
            .unwrap_or_default(),
    }
}

impl Variant {
    /// Reads a message from the CIC on.
    ///
    /// A message with a format error is refused (Q.764 2.9.5.1). What can be borne is borne: an
    /// optional parameter whose contents make no sense is kept as it is, a missing end of optional
    /// parameters is taken as there. [`decode_with`](Self::decode_with) reports such
    /// irregularities. What the octets have that the message does not show, [`Pdu::form`] keeps.
    ///
    /// # Errors
    /// [`DecodeError`] says what is broken where.
    pub fn decode(&'static self, data: &[u8]) -> Result<Pdu, DecodeError> {
        self.pdu(&Frame::parse(self, data)?)
    }

    /// As [`decode`](Self::decode); calls `irregular` for each fault that did not make the message
    /// unreadable.
    ///
    /// # Errors
    /// [`DecodeError`] says what is broken where.
    pub fn decode_with(
        &'static self,
        data: &[u8],
        irregular: &mut dyn FnMut(DecodeError),
    ) -> Result<Pdu, DecodeError> {
        let frame = Frame::parse(self, data)?;
        let pdu = self.pdu(&frame)?;
        frame.irregularities(irregular);
        Ok(pdu)
    }

    /// Writes a message from the CIC on, so that a message that was read is written as it was, but
    /// for what has been changed in it.
    ///
    /// # Errors
    /// [`EncodeError`] if the variant has no such message or CIC, or wants a parameter that the
    /// message does not have, or if mandatory parts are too long for a pointer behind them.
    pub fn encode(&'static self, pdu: &Pdu) -> Result<Vec<u8>, EncodeError> {
        pdu.form.write(self, pdu)
    }

    #[inline]
    fn pdu(&'static self, frame: &Frame<'_>) -> Result<Pdu, DecodeError> {
        let message = Message::read(frame)?;
        let form = Form::of(frame, &message);
        Ok(Pdu {
            cic: self.cic(frame.cic()),
            message,
            form,
        })
    }
}
