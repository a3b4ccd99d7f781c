//! How a network writes its point codes.

use core::fmt;
use core::str::FromStr;
use trunkline_model::PointCode;

/// How the point codes of a network are written: the widths in bits of their parts, the most
/// significant first, two to four of them. Prints and parses as `3-8-3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointCodeFormat {
    /// Zero behind the last.
    widths: [u8; MAX_PARTS],
}

/// A text is no [`PointCodeFormat`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected two to four numbers of bits, 14, 16 or 24 in all, as 3-8-3, 5-4-7 or 8-8-8")]
pub struct PointCodeFormatError;

const MAX_PARTS: usize = 4;

impl PointCodeFormat {
    /// 3-8-3, 14 bits (Q.704).
    pub const ITU: Self = Self::of([3, 8, 3, 0]);
    /// Network, cluster, member: 8-8-8, 24 bits (T1.111.4); so in China (GF001-9001).
    pub const ANSI: Self = Self::of([8, 8, 8, 0]);
    /// 5-4-7, 16 bits (JT-Q704).
    pub const JAPAN: Self = Self::of([5, 4, 7, 0]);

    const fn of(widths: [u8; MAX_PARTS]) -> Self {
        Self { widths }
    }

    /// The widths of its parts.
    fn parts(&self) -> impl Iterator<Item = u32> {
        let widths = self.widths.iter().take_while(|width| **width > 0);
        widths.map(|width| u32::from(*width))
    }

    /// How many bits there are.
    pub const fn bits(self) -> u8 {
        let [a, b, c, d] = self.widths;
        a.saturating_add(b).saturating_add(c).saturating_add(d)
    }

    /// Whether a point code has no more bits.
    pub fn fits(self, code: PointCode) -> bool {
        code.value().checked_shr(self.bits().into()).unwrap_or(0) == 0
    }

    /// Reads a point code: its parts with dashes or dots between them, a decimal number, or
    /// with `0x` before it a hexadecimal one. `None` if it does not fit.
    pub fn parse(self, text: &str) -> Option<PointCode> {
        let code = if let Some(digits) = text.strip_prefix("0x") {
            // A sign is no digit, whatever the library says.
            let digits = Some(digits).filter(|digits| !digits.starts_with('+'))?;
            u32::from_str_radix(digits, 16).ok()?
        } else if text.contains(['-', '.']) {
            let mut numbers = text.split(['-', '.']);
            let mut code = 0_u32;
            for width in self.parts() {
                let part: u32 = numbers.next()?.trim().parse().ok()?;
                if part.checked_shr(width).unwrap_or(0) != 0 {
                    return None;
                }
                code = code.checked_shl(width).unwrap_or(0) | part;
            }
            if numbers.next().is_some() {
                return None;
            }
            code
        } else {
            text.trim().parse().ok()?
        };
        PointCode::new(code).filter(|code| self.fits(*code))
    }

    /// The parts of a point code with dashes between them.
    pub fn text(self, code: PointCode) -> String {
        let mut below = u32::from(self.bits());
        let parts = self.parts().map(|width| {
            below -= width;
            let mask = 1_u32.checked_shl(width).unwrap_or(0).wrapping_sub(1);
            (code.value().checked_shr(below).unwrap_or(0) & mask).to_string()
        });
        parts.collect::<Vec<_>>().join("-")
    }
}

impl fmt::Display for PointCodeFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<String> = self.parts().map(|width| width.to_string()).collect();
        f.write_str(&widths.join("-"))
    }
}

impl FromStr for PointCodeFormat {
    type Err = PointCodeFormatError;

    fn from_str(text: &str) -> Result<Self, PointCodeFormatError> {
        let parts: Result<Vec<u8>, _> = text.split('-').map(|part| part.trim().parse()).collect();
        let parts = parts.map_err(|_| PointCodeFormatError)?;
        if !(2..=MAX_PARTS).contains(&parts.len()) || parts.contains(&0) {
            return Err(PointCodeFormatError);
        }
        let mut widths = [0; MAX_PARTS];
        widths[..parts.len()].copy_from_slice(&parts);
        let format = Self { widths };
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
    fn dots_hexadecimal_numbers_and_other_numbers_of_parts_are_read() {
        let four: PointCodeFormat = "4-3-4-3".parse().unwrap();
        let two: PointCodeFormat = "6-8".parse().unwrap();
        for (format, text, value) in [
            (PointCodeFormat::ITU, "2.100.1", 0x1321),
            (PointCodeFormat::ITU, "0x1321", 0x1321),
            (PointCodeFormat::ANSI, "0x051401", 0x05_14_01),
            (four, "4-6-4-1", 0x1321),
            (two, "19-33", 0x1321),
        ] {
            assert_eq!(format.parse(text), PointCode::new(value), "{text}");
        }
        assert_eq!(four.text(PointCode::new(0x1321).unwrap()), "4-6-4-1");
        assert_eq!(two.text(PointCode::new(0x1321).unwrap()), "19-33");
    }

    #[test]
    fn refuses_what_does_not_fit() {
        for text in [
            "", "8-0-0", "0-256-0", "0-0-8", "1-2", "1-2-3-4", "16384", "x", "-1",
        ] {
            assert_eq!(PointCodeFormat::ITU.parse(text), None, "{text:?}");
        }
        for text in ["0x4000", "0x", "0x+1", "0xg", "1.2", "0-0.8"] {
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
        for text in ["4-3-4-3", "7-7", "6-8"] {
            let format: PointCodeFormat = text.parse().unwrap();
            assert_eq!(format.to_string(), text);
        }
        for text in [
            "",
            "14",
            "3-8-4",
            "8-8-0",
            "200-200-200",
            "3-8-3-0",
            "2-3-4-2-3",
        ] {
            assert_eq!(
                text.parse::<PointCodeFormat>(),
                Err(PointCodeFormatError),
                "{text:?}"
            );
        }
    }
}
