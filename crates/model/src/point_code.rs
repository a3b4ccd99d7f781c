//! Signaling point codes (Q.704 2.2) and the network indicator (Q.704 14.2.2).

use core::fmt;
use core::str::FromStr;

/// A signaling point code: 14 bits (ITU-T) or 24 bits (ANSI, China).
///
/// Prints and parses as a decimal number; `3-8-3` notation is accepted too and
/// [`PointCode::itu`] prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PointCode(u32);

impl PointCode {
    /// The largest point code that any variant has: 24 bits.
    pub const MAX: u32 = 0x00ff_ffff;

    /// A point code, or `None` if it does not fit 24 bits.
    pub const fn new(value: u32) -> Option<Self> {
        if value <= Self::MAX {
            Some(Self(value))
        } else {
            None
        }
    }

    /// The number itself.
    pub const fn value(self) -> u32 {
        self.0
    }

    /// The `zone-area-point` notation of ITU-T Q.708 (3, 8 and 3 bits).
    pub fn itu(self) -> String {
        format!("{}-{}-{}", self.0 >> 11, self.0 >> 3 & 0xff, self.0 & 7)
    }
}

impl fmt::Display for PointCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Why a text is no point code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointCodeError(String);

impl fmt::Display for PointCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no point code: expected a number up to 16777215, or zone-area-point as 2-100-1",
            self.0
        )
    }
}

impl std::error::Error for PointCodeError {}

impl FromStr for PointCode {
    type Err = PointCodeError;

    fn from_str(text: &str) -> Result<Self, PointCodeError> {
        let refuse = || PointCodeError(text.to_owned());
        let parts: Vec<u32> = text
            .split('-')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| refuse())?;
        match parts[..] {
            [value] => Self::new(value).ok_or_else(refuse),
            [zone @ 0..=7, area @ 0..=255, point @ 0..=7] => {
                Ok(Self(zone << 11 | area << 3 | point))
            }
            _ => Err(refuse()),
        }
    }
}

/// The network indicator of the service information octet (Q.704 14.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum NetworkIndicator {
    /// International network, 0.
    International = 0,
    /// Spare for international use, 1.
    InternationalSpare = 1,
    /// National network, 2.
    #[default]
    National = 2,
    /// Reserved for national use, 3.
    NationalReserved = 3,
}

impl NetworkIndicator {
    /// The indicator with that code; only the two low bits count.
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::International,
            1 => Self::InternationalSpare,
            2 => Self::National,
            _ => Self::NationalReserved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations_are_one_code() {
        let code: PointCode = "2-100-1".parse().unwrap();
        assert_eq!(code, PointCode::new(2 << 11 | 100 << 3 | 1).unwrap());
        assert_eq!(code.itu(), "2-100-1");
        assert_eq!(code.to_string().parse(), Ok(code));
    }

    #[test]
    fn refuses_what_does_not_fit() {
        for text in ["", "16777216", "8-0-0", "0-256-0", "1-2", "1-2-3-4", "x"] {
            assert!(text.parse::<PointCode>().is_err(), "{text}");
        }
    }
}
