//! Octets to message and back.

use crate::error::DecodeError;
use crate::message::Pdu;

/// Reads a message from the CIC on.
pub fn decode(data: &[u8]) -> Result<Pdu, DecodeError> {
    let _ = data;
    todo!()
}

/// Writes a message from the CIC on.
pub fn encode(pdu: &Pdu) -> Vec<u8> {
    let _ = pdu;
    todo!()
}
