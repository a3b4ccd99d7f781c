//! Messages that are not read.

/// A message of a type that [`Message`](crate::Message) does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMessage {
    /// Message type.
    pub message_type: u8,
    /// The octets that follow it.
    pub content: Vec<u8>,
}
