//! Affected Point Code (RFC 4666 3.4.1).

use core::fmt;
use trunkline_model::PointCode;

/// A point code, or with a mask a range of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AffectedPointCode {
    /// How many of the low bits are wildcards. As many as the point code has, or more, means
    /// the whole network.
    pub mask: u8,
    /// The point code.
    pub point_code: PointCode,
}

impl AffectedPointCode {
    /// That point code alone.
    pub const fn one(point_code: PointCode) -> Self {
        Self {
            mask: 0,
            point_code,
        }
    }

    /// Whether it covers that point code.
    pub const fn contains(self, point_code: PointCode) -> bool {
        if self.mask >= 32 {
            return true;
        }
        self.point_code.value() >> self.mask == point_code.value() >> self.mask
    }

    pub(crate) const fn from_value(value: u32) -> Self {
        Self {
            mask: (value >> 24) as u8,
            point_code: PointCode::new(value & PointCode::MAX).expect("24 bits fit"),
        }
    }

    pub(crate) const fn value(self) -> u32 {
        (self.mask as u32) << 24 | self.point_code.value()
    }
}

impl fmt::Display for AffectedPointCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.point_code)?;
        if self.mask > 0 {
            write!(f, " mask {}", self.mask)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pc(value: u32) -> PointCode {
        PointCode::new(value).unwrap()
    }

    #[test]
    fn mask_covers_a_range() {
        let region = AffectedPointCode {
            mask: 3,
            point_code: pc(0x18),
        };
        assert!(region.contains(pc(0x18)) && region.contains(pc(0x1f)));
        assert!(!region.contains(pc(0x20)) && !region.contains(pc(0x17)));
        assert!(AffectedPointCode::one(pc(5)).contains(pc(5)));
        assert!(!AffectedPointCode::one(pc(5)).contains(pc(4)));
    }

    #[test]
    fn wide_masks_mean_the_whole_network() {
        for mask in [24, 31, 32, 255] {
            let all = AffectedPointCode {
                mask,
                point_code: pc(0),
            };
            assert!(all.contains(pc(PointCode::MAX)), "mask {mask}");
            assert_eq!(AffectedPointCode::from_value(all.value()), all);
        }
    }
}
