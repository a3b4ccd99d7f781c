//! Address signals: the digits of a number (Q.763 3.9 c).

use core::fmt;
use core::str::FromStr;
use trunkline_model::Digits;

/// Up to 32 address signals, four bits each, stored inline.
///
/// As text each is one character: `0` to `9`, `A` to `E` for the codes 10 to 14 (`B` is code 11,
/// `C` is code 12; the others are spare) and `F` for ST, the end of pulsing. `Display` shows them
/// in clear; `Debug`, which is what logs use, masks them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AddressDigits {
    length: u8,
    /// The first signal in the low half of the first octet, as on the wire. What lies beyond
    /// `length` is zero, so that equality can be derived.
    octets: [u8; AddressDigits::MAX / 2],
}

/// Why a text or an octet string holds no address signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigitsError {
    /// More than [`AddressDigits::MAX`] signals.
    #[error("more than 32 address signals")]
    TooMany,
    /// A character that stands for no address signal.
    #[error("{0:?} is no address signal: expected 0-9 or A-F")]
    NoDigit(char),
}

impl AddressDigits {
    /// The most signals it holds. E.164 allows 15 digits; routing prefixes and ST come on top.
    pub const MAX: usize = 32;
    /// The end-of-pulsing signal (code 15).
    pub const ST: char = 'F';

    /// No signals.
    pub const fn new() -> Self {
        Self {
            length: 0,
            octets: [0; Self::MAX / 2],
        }
    }

    /// How many signals, ST included.
    pub const fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The signals as characters.
    pub fn chars(&self) -> impl Iterator<Item = char> + '_ {
        (0..self.len()).map(|index| char::from(SIGNALS[usize::from(self.nibble(index))]))
    }

    /// Appends one signal, given as a character.
    pub fn push(&mut self, signal: char) -> Result<(), DigitsError> {
        let nibble = signal.to_digit(16).ok_or(DigitsError::NoDigit(signal))?;
        self.push_nibble(nibble as u8)
    }

    /// Appends all signals of another, as a subsequent number continues the called number. On
    /// error nothing is appended.
    pub fn extend(&mut self, other: &Self) -> Result<(), DigitsError> {
        let mut joined = *self;
        for index in 0..other.len() {
            joined.push_nibble(other.nibble(index))?;
        }
        *self = joined;
        Ok(())
    }

    /// Whether the last signal is ST: no more digits will follow.
    pub fn ends_with_st(&self) -> bool {
        self.length > 0 && self.nibble(self.len() - 1) == ST
    }

    /// The same signals without an ST at the end.
    pub fn without_st(&self) -> Self {
        let mut digits = *self;
        if digits.ends_with_st() {
            digits.length -= 1;
            let index = digits.len();
            digits.octets[index / 2] &= if index.is_multiple_of(2) { 0xf0 } else { 0x0f };
        }
        digits
    }

    /// Whether every signal is a decimal digit.
    pub fn is_decimal(&self) -> bool {
        (0..self.len()).all(|index| self.nibble(index) <= 9)
    }

    /// The signals for a log: masked where printed.
    pub fn masked(&self) -> Digits {
        Digits::new(self.to_string())
    }

    /// Reads the octets of a parameter; `odd` is its odd/even indicator, which says whether the
    /// high half of the last octet is filler.
    pub(crate) fn read(octets: &[u8], odd: bool) -> Result<Self, DigitsError> {
        let mut digits = Self::new();
        let Some(target) = digits.octets.get_mut(..octets.len()) else {
            return Err(DigitsError::TooMany);
        };
        target.copy_from_slice(octets);
        // An odd number of signals in no octets at all: there is no signal to leave out.
        digits.length = (octets.len() * 2) as u8;
        if let (true, Some(last)) = (odd, target.last_mut()) {
            *last &= 0x0f;
            digits.length -= 1;
        }
        Ok(digits)
    }

    /// Whether the odd/even indicator must say "odd".
    pub(crate) const fn is_odd(&self) -> bool {
        self.length % 2 == 1
    }

    /// The octets of the parameter, the last filled up with 0000.
    pub(crate) fn octets(&self) -> &[u8] {
        self.octets
            .get(..self.len().div_ceil(2))
            .unwrap_or(&self.octets)
    }

    fn push_nibble(&mut self, nibble: u8) -> Result<(), DigitsError> {
        let index = self.len();
        let octet = self.octets.get_mut(index / 2).ok_or(DigitsError::TooMany)?;
        *octet |= if index.is_multiple_of(2) {
            nibble
        } else {
            nibble << 4
        };
        self.length += 1;
        Ok(())
    }

    fn nibble(&self, index: usize) -> u8 {
        let octet = self.octets[index / 2];
        if index.is_multiple_of(2) {
            octet & 0x0f
        } else {
            octet >> 4
        }
    }
}

impl FromStr for AddressDigits {
    type Err = DigitsError;

    fn from_str(text: &str) -> Result<Self, DigitsError> {
        let mut digits = Self::new();
        text.chars().try_for_each(|signal| digits.push(signal))?;
        Ok(digits)
    }
}

impl fmt::Display for AddressDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        self.chars().try_for_each(|signal| f.write_char(signal))
    }
}

impl fmt::Debug for AddressDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.masked())
    }
}

const ST: u8 = 15;

const SIGNALS: [u8; 16] = *b"0123456789ABCDEF";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_octets_agree() {
        let digits: AddressDigits = "4930123BC5F".parse().unwrap();
        assert_eq!(digits.octets(), [0x94, 0x03, 0x21, 0xb3, 0x5c, 0x0f]);
        assert!(digits.is_odd() && digits.ends_with_st());
        assert_eq!(AddressDigits::read(digits.octets(), true), Ok(digits));
        assert_eq!(digits.to_string(), "4930123BC5F");
        assert_eq!(digits.without_st(), "4930123BC5".parse().unwrap());
        assert_eq!(
            digits.without_st().without_st(),
            "4930123BC5".parse().unwrap()
        );
    }

    #[test]
    fn st_after_an_even_number_of_digits_is_cut_off() {
        assert_eq!(
            "12F"
                .parse::<AddressDigits>()
                .unwrap()
                .without_st()
                .octets(),
            [0x21]
        );
        assert_eq!(
            "1F".parse::<AddressDigits>().unwrap().without_st().octets(),
            [0x01]
        );
    }

    #[test]
    fn filler_is_no_signal() {
        assert_eq!(AddressDigits::read(&[0x21, 0xf3], true), "123".parse());
    }

    #[test]
    fn refuses_what_is_no_signal_or_too_much() {
        assert_eq!(
            "12x".parse::<AddressDigits>(),
            Err(DigitsError::NoDigit('x'))
        );
        assert_eq!(
            "1".repeat(33).parse::<AddressDigits>(),
            Err(DigitsError::TooMany)
        );
        let mut full: AddressDigits = "1".repeat(32).parse().unwrap();
        assert_eq!(full.push('1'), Err(DigitsError::TooMany));
        assert_eq!(
            full.extend(&"1".parse().unwrap()),
            Err(DigitsError::TooMany)
        );
        assert_eq!(full.len(), 32);
    }

    #[test]
    fn debug_masks_and_display_does_not() {
        let digits: AddressDigits = "493012345678".parse().unwrap();
        assert_eq!(format!("{digits:?}"), "4930********");
        assert_eq!(format!("{digits}"), "493012345678");
    }

    #[test]
    fn a_subsequent_number_continues() {
        let mut digits: AddressDigits = "493".parse().unwrap();
        digits.extend(&"012F".parse().unwrap()).unwrap();
        assert_eq!(digits, "493012F".parse().unwrap());
    }
}
