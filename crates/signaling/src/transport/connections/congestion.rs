//! How full a send buffer is, in four steps.

/// The level that was told last.
///
/// It rises when the buffer is a quarter, half and three quarters full, and falls an eighth of
/// the buffer below that, so that it does not flutter.
#[derive(Debug, Default)]
pub(super) struct Congestion {
    level: u8,
}

impl Congestion {
    /// Takes how full the buffer is, 0 to 1000; gives the level if it is another one.
    pub(super) fn update(&mut self, fill: usize) -> Option<u8> {
        let rising = (fill / QUARTER).min(3) as u8;
        let falling = ((fill + QUARTER / 2) / QUARTER).min(3) as u8;
        let level = self.level.clamp(rising, falling);
        (core::mem::replace(&mut self.level, level) != level).then_some(level)
    }

    /// 0 to 3.
    pub(super) const fn level(&self) -> u8 {
        self.level
    }
}

const QUARTER: usize = 250;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn level_rises_at_the_quarters_and_falls_an_eighth_below() {
        let mut congestion = Congestion::default();
        let steps = [
            (249, None),
            (250, Some(1)),
            (126, None),
            (499, None),
            (500, Some(2)),
            (376, None),
            (374, Some(1)),
            (1000, Some(3)),
            (626, None),
            (624, Some(2)),
            (124, Some(0)),
            (0, None),
            (750, Some(3)),
            (0, Some(0)),
        ];
        for (fill, told) in steps {
            assert_eq!(congestion.update(fill), told, "at {fill}");
        }
        assert_eq!(congestion.level(), 0);
    }
}
