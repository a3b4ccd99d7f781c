//! Messages that are not read.

use crate::optional::Iter;
use crate::param::{MessageCompatibilityInformation, Parameter};

/// A message of a type that [`Message`](crate::Message) does not know.
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownMessage {
    /// Message type.
    pub message_type: u8,
    /// The octets that follow it.
    pub content: Vec<u8>,
}

impl UnknownMessage {
    /// The message compatibility information, which says what to do with a message that is not
    /// known (Q.764 2.9.5.2). It is found in messages that have an optional part alone, as all
    /// later ones do (Q.763 1.7, 3.33).
    pub fn compatibility(&self) -> Option<MessageCompatibilityInformation> {
        let pointer = usize::from(*self.content.first()?);
        let rest = self.content.get(pointer..).filter(|_| pointer > 0)?;
        let (_, contents) =
            Iter::over(rest).find(|(code, _)| *code == MessageCompatibilityInformation::CODE)?;
        MessageCompatibilityInformation::read(contents).ok()
    }
}

/// Shows only how long the contents are: there may be numbers inside.
impl core::fmt::Debug for UnknownMessage {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("UnknownMessage")
            .field("message_type", &self.message_type)
            .field("content", &format_args!("{} octets", self.content.len()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(content: &[u8]) -> UnknownMessage {
        UnknownMessage {
            message_type: 0x7f,
            content: content.to_vec(),
        }
    }

    #[test]
    fn finds_the_compatibility_information() {
        let found = unknown(&[1, 200, 2, 0, 0, 56, 1, 0x8c, 0])
            .compatibility()
            .unwrap();
        assert!(found.instruction.discard_message && found.instruction.send_notification);
        assert!(!found.instruction.release_call);
    }

    #[test]
    fn messages_without_it_have_none() {
        for content in [
            &[][..],
            &[0],
            &[9, 56],
            &[1, 0],
            &[1, 56],
            &[1, 56, 2, 0x80],
            &[1, 56, 1, 0x0c],
        ] {
            assert_eq!(unknown(content).compatibility(), None, "{content:?}");
        }
    }
}
