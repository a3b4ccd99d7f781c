//! How a network writes its point codes.

use core::fmt;
use core::str::FromStr;
use trunkline_model::PointCode;

/// How the point codes of a network are written: the widths in bits of their parts, the most
/// significant first. Prints and parses as `3-8-3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointCodeFormat(pub [u8; 3]);

/// A text is no [`PointCodeFormat`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected three numbers of bits, 14, 16 or 24 in all, as 3-8-3, 5-4-7 or 8-8-8")]
pub struct PointCodeFormatError;

impl PointCodeFormat {
    /// 3-8-3, 14 bits (Q.704).
    pub const ITU: Self = Self([3, 8, 3]);
    /// Network, cluster, member: 8-8-8, 24 bits (T1.111.4); so in China (GF001-9001).
    pub const ANSI: Self = Self([8, 8, 8]);
    /// 5-4-7, 16 bits (JT-Q704).
    pub const JAPAN: Self = Self([5, 4, 7]);

    /// How many bits there are.
    pub const fn bits(self) -> u8 {
        self.0[0]
            .saturating_add(self.0[1])
            .saturating_add(self.0[2])
    }

    /// Whether a point code has no more bits.
    pub fn fits(self, code: PointCode) -> bool {
        code.value().checked_shr(self.bits().into()).unwrap_or(0) == 0
    }

    /// Reads a point code: its parts with dashes between them, or a decimal number. `None` if it
    /// does not fit.
    pub fn parse(self, text: &str) -> Option<PointCode> {
        let mut parts = text.split('-').map(|part| part.trim().parse::<u32>());
        let first = parts.next()?.ok()?;
        let mut code = first;
        if text.contains('-') {
            code = 0;
            let mut parts = [Ok(first)].into_iter().chain(parts);
            for width in self.0 {
                let part = parts.next()?.ok()?;
                if part.checked_shr(width.into()).unwrap_or(0) != 0 {
                    return None;
                }
                code = code.checked_shl(width.into()).unwrap_or(0) | part;
            }
            if parts.next().is_some() {
                return None;
            }
        }
        PointCode::new(code).filter(|code| self.fits(*code))
    }

    /// The parts of a point code with dashes between them.
    pub fn text(self, code: PointCode) -> String {
        let [_, second, third] = self.0.map(u32::from);
        let below = |width: u32| code.value().checked_shr(width).unwrap_or(0);
        let mask = |width: u32| 1u32.checked_shl(width).unwrap_or(0).wrapping_sub(1);
        format!(
            "{}-{}-{}",
            below(second + third),
            below(third) & mask(second),
            code.value() & mask(third)
        )
    }
}

impl fmt::Display for PointCodeFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third] = self.0;
        write!(f, "{first}-{second}-{third}")
    }
}

impl FromStr for PointCodeFormat {
    type Err = PointCodeFormatError;

    fn from_str(text: &str) -> Result<Self, PointCodeFormatError> {
        let widths: Result<Vec<u8>, _> = text.split('-').map(|part| part.trim().parse()).collect();
        let widths = widths
            .ok()
            .and_then(|widths| <[u8; 3]>::try_from(widths).ok());
        let format = widths.map(Self).ok_or(PointCodeFormatError)?;
        match format.bits() {
            14 | 16 | 24 => Ok(format),
            _ => Err(PointCodeFormatError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_as_the_network_does() {
        for (format, text, value) in [
            (PointCodeFormat::ITU, "2-100-1", 2 << 11 | 100 << 3 | 1),
            (PointCodeFormat::ANSI, "5-20-1", 0x05_14_01),
            (PointCodeFormat::JAPAN, "31-0-127", 0xf87f),
        ] {
            let code = PointCode::new(value);
            assert_eq!(format.parse(text), code, "{text}");
            assert_eq!(format.parse(&value.to_string()), code, "{text}");
            assert_eq!(code.map(|code| format.text(code)).as_deref(), Some(text));
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        for text in [
            "", "8-0-0", "0-256-0", "0-0-8", "1-2", "1-2-3-4", "16384", "x", "-1",
        ] {
            assert_eq!(PointCodeFormat::ITU.parse(text), None, "{text:?}");
        }
        assert_eq!(PointCodeFormat::ANSI.parse("256-0-0"), None);
        assert_eq!(PointCodeFormat::JAPAN.parse("65536"), None);
    }

    #[test]
    fn formats_are_themselves_written_with_dashes() {
        for format in [
            PointCodeFormat::ITU,
            PointCodeFormat::ANSI,
            PointCodeFormat::JAPAN,
        ] {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        for text in ["", "14", "3-8-4", "8-8", "200-200-200", "3-8-3-0"] {
            assert_eq!(
                text.parse::<PointCodeFormat>(),
                Err(PointCodeFormatError),
                "{text:?}"
            );
        }
    }
}
