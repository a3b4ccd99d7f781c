//! Telephone events (RFC 4733 2.3).
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! |     event     |E|R| volume    |          duration             |
//! ```

/// The report of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelephoneEvent {
    /// The event code; 0 to 15 are the digits (RFC 4733 3.2).
    pub event: u8,
    /// Whether the event is over.
    pub end: bool,
    /// The power level of the tone in dBm0 without its sign, 0 to 63.
    pub volume: u8,
    /// How long the event has lasted, in timestamp units.
    pub duration: u16,
}

/// Why a payload is no telephone event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Fewer than four octets.
    #[error("telephone-event: need 4 octets, have {have} (RFC 4733 2.3)")]
    Truncated {
        /// Octets in the payload.
        have: usize,
    },
}

impl TelephoneEvent {
    /// Reads the first event of a payload.
    ///
    /// # Errors
    /// [`EventError::Truncated`] if there are fewer than four octets.
    pub fn parse(payload: &[u8]) -> Result<Self, EventError> {
        let Some(&[event, flags, d0, d1]) = payload.first_chunk() else {
            return Err(EventError::Truncated {
                have: payload.len(),
            });
        };
        Ok(Self {
            event,
            end: flags & 0x80 != 0,
            volume: flags & 0x3f,
            duration: u16::from_be_bytes([d0, d1]),
        })
    }

    /// The payload.
    pub const fn to_bytes(&self) -> [u8; 4] {
        let [d0, d1] = self.duration.to_be_bytes();
        let flags = (self.end as u8) << 7 | self.volume & 0x3f;
        [self.event, flags, d0, d1]
    }

    /// The digit `0`-`9`, `*`, `#`, `A`-`D` that the event stands for.
    pub fn digit(&self) -> Option<char> {
        DIGITS
            .get(usize::from(self.event))
            .map(|&digit| char::from(digit))
    }

    /// The event code of a digit.
    pub fn code(digit: char) -> Option<u8> {
        DIGITS
            .iter()
            .position(|&known| char::from(known) == digit)
            .map(|code| code as u8)
    }
}

/// RFC 4733 table 3, by event code.
const DIGITS: &[u8; 16] = b"0123456789*#ABCD";
