//! What must hold for all octets: the bodies of the fuzz targets of `fuzz/`, which `tests/fuzz.rs`
//! runs with changed valid messages, too.

use trunkline_m3ua::error::message_length;
use trunkline_m3ua::{HEADER_LENGTH, Message, encode};

/// Whatever comes is read or refused. What is read is written so that it reads the same, and what
/// is refused is answered unless it is an Error. Gives whether it was read.
pub(crate) fn decode(octets: &[u8]) -> bool {
    match trunkline_m3ua::decode(octets) {
        Ok(message) => {
            assert!(message.to_string().starts_with(message.name()));
            let written = encode(&message);
            assert!(written.len().is_multiple_of(4));
            let again = trunkline_m3ua::decode(&written);
            assert_eq!(again.as_ref(), Ok(&message), "{written:02x?}");
            true
        }
        Err(error) => {
            assert!(error.octet <= octets.len());
            assert!(error.to_string().ends_with(&format!("({})", error.clause)));
            let is_error = octets.get(2..4) == Some(&[0, 0]);
            let answer = error.answer(octets).map(Message::Error);
            assert_eq!(answer.is_none(), is_error);
            if let Some(answer) = answer {
                assert_eq!(trunkline_m3ua::decode(&encode(&answer)), Ok(answer));
            }
            false
        }
    }
}

/// A stream is cut into the same messages however much of it is there. The first two octets are
/// the longest message that is taken. Gives whether there was a message.
pub(crate) fn deframe(input: &[u8]) -> bool {
    let Some((limit, mut stream)) = input.split_first_chunk() else {
        return false;
    };
    let limit = usize::from(u16::from_be_bytes(*limit));
    let mut found = false;
    loop {
        let length = message_length(stream, limit);
        for end in 0..stream.len().min(HEADER_LENGTH) {
            assert_eq!(message_length(&stream[..end], limit), Ok(None));
        }
        for end in HEADER_LENGTH..stream.len().min(2 * HEADER_LENGTH) {
            assert_eq!(message_length(&stream[..end], limit), length);
        }
        match length {
            Ok(Some(length)) => {
                assert!((HEADER_LENGTH..=limit).contains(&length));
                let Some((message, rest)) = stream.split_at_checked(length) else {
                    return found;
                };
                decode(message);
                found = true;
                stream = rest;
            }
            Ok(None) => {
                assert!(stream.len() < HEADER_LENGTH);
                return found;
            }
            Err(error) => {
                assert!(stream.len() >= HEADER_LENGTH);
                assert!(error.octet < HEADER_LENGTH);
                return found;
            }
        }
    }
}
