//! Whether a message is written as it was read.

use core::fmt;
use trunkline_isup::{EncodeError, Pdu, Variant};

/// The first octet in which a message that is written again differs from what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// An octet is another, or one of the two has ended.
    Octet {
        /// The message's short name.
        message: String,
        /// Which octet, as the protocol counts.
        octet: usize,
        /// What was read.
        read: Option<u8>,
        /// What is written.
        written: Option<u8>,
    },
    /// The message cannot be written.
    Refused {
        /// The message's short name.
        message: String,
        /// Why.
        error: EncodeError,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Octet {
                message,
                octet,
                read,
                written,
            } => {
                write!(f, "{message}: octet {octet} ")?;
                match (read, written) {
                    (Some(read), Some(written)) => {
                        write!(f, "was {read:#04x} and is written as {written:#04x}")
                    }
                    (Some(read), None) => write!(f, "was {read:#04x} and is not written"),
                    (None, Some(written)) => {
                        write!(f, "was not there and is written as {written:#04x}")
                    }
                    (None, None) => f.write_str("is the same"),
                }
            }
            Self::Refused { message, error } => write!(f, "{message}: cannot be written: {error}"),
        }
    }
}

/// Compares the octets of an ISUP message with those that are written.
pub(super) fn isup(variant: &'static Variant, pdu: &Pdu, read: &[u8]) -> Option<Difference> {
    let message = pdu.message.name();
    match variant.encode(pdu) {
        Ok(written) => octets(message, 1, read, &written),
        Err(error) => Some(Difference::Refused {
            message: message.to_owned(),
            error,
        }),
    }
}

/// Compares octets, of which the first is counted as `first`.
pub(super) fn octets(
    message: &str,
    first: usize,
    read: &[u8],
    written: &[u8],
) -> Option<Difference> {
    let same = read
        .iter()
        .zip(written)
        .take_while(|(read, written)| read == written)
        .count();
    let (read, written) = (read.get(same).copied(), written.get(same).copied());
    (read.is_some() || written.is_some()).then(|| Difference::Octet {
        message: message.to_owned(),
        octet: first + same,
        read,
        written,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_isup::{CauseIndicators, Message};

    #[test]
    fn the_first_octet_that_differs_is_named() {
        let say = |read, written| octets("REL", 1, read, written).map(|found| found.to_string());
        assert_eq!(say(&[1, 2], &[1, 2]), None);
        assert_eq!(
            say(&[1, 2, 3], &[1, 4, 5]).as_deref(),
            Some("REL: octet 2 was 0x02 and is written as 0x04")
        );
        assert_eq!(
            say(&[1, 2], &[1]).as_deref(),
            Some("REL: octet 2 was 0x02 and is not written")
        );
        assert_eq!(
            say(&[1], &[1, 0]).as_deref(),
            Some("REL: octet 2 was not there and is written as 0x00")
        );
    }

    #[test]
    fn a_message_that_is_changed_differs() {
        let itu = Variant::itu();
        // REL: location 2, cause 17.
        let read = [5, 0, 0x0c, 2, 0, 2, 0x82, 0x91];
        let mut pdu = itu.decode(&read).unwrap();
        assert_eq!(isup(itu, &pdu, &read), None);
        let Message::Rel(rel) = &mut pdu.message else {
            panic!()
        };
        rel.cause = CauseIndicators {
            value: 16,
            ..rel.cause.clone()
        };
        let found = isup(itu, &pdu, &read).unwrap();
        assert_eq!(
            found.to_string(),
            "REL: octet 8 was 0x91 and is written as 0x90"
        );
        pdu.cic = trunkline_model::Cic::call_instance(4096);
        let found = isup(itu, &pdu, &read).unwrap();
        assert_eq!(
            found.to_string(),
            "REL: cannot be written: CIC 4096 is more than 4095"
        );
    }
}
