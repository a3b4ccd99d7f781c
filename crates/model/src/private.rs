//! Telephone digits that logs must not show whole.

use core::fmt;

/// Digits of a telephone number. `Display` and `Debug` mask all but the first digits;
/// [`Digits::reveal`] gives the whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digits(String);

impl Digits {
    /// Wraps digits.
    pub fn new(digits: impl Into<String>) -> Self {
        Self(digits.into())
    }

    /// The digits in clear, for signaling and for the operator who asked for them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.chars().count().min(8) / 2;
        for (index, digit) in self.0.chars().enumerate() {
            write!(f, "{}", if index < shown { digit } else { '*' })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_the_subscriber_part() {
        assert_eq!(format!("{}", Digits::new("493012345678")), "4930********");
        assert_eq!(format!("{:?}", Digits::new("110")), "1**");
        assert_eq!(Digits::new("110").reveal(), "110");
    }
}
