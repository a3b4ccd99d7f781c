//! What was expected of a call, and what it was.

use trunkline_simulator::sound::Heard;

/// A tone that one end plays and the other must hear.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    pub(super) hz: f64,
    pub(super) dbm0: f64,
    /// The least signal-to-noise ratio, in dB: what the codecs on the way leave of it.
    pub(super) snr_db: f64,
}

/// Off by that much is still the same tone.
const HZ: f64 = 3.0;
const DB: f64 = 2.0;

/// Packets of a hundred that may be lost on loopback: none, but machines stall.
const LOST_PERCENT: f64 = 1.0;

/// Measured against expected: the line to print, and whether it is right.
pub(super) fn sound(who: &str, expected: Expected, heard: &Heard) -> (String, bool) {
    let sound = heard.sound;
    let lost = percent(heard.lost, heard.packets + heard.lost);
    let right = (sound.frequency_hz - expected.hz).abs() <= HZ
        && (sound.level_dbm0 - expected.dbm0).abs() <= DB
        && sound.snr_db >= expected.snr_db
        && lost <= LOST_PERCENT;
    let line = format!(
        "  {who:<9} heard {:7.1} Hz at {:5.1} dBm0, SNR {:4.1} dB; {} packets, {} lost  {}",
        sound.frequency_hz,
        sound.level_dbm0,
        sound.snr_db,
        heard.packets,
        heard.lost,
        verdict(right)
    );
    (line, right)
}

/// As it stands at the end of a line.
pub(super) const fn verdict(right: bool) -> &'static str {
    if right { "ok" } else { "NOT AS EXPECTED" }
}

#[expect(clippy::cast_precision_loss, reason = "packets of one call")]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        100.0
    } else {
        100.0 * part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trunkline_codecs::tone::Measured;

    const TONE: Expected = Expected {
        hz: 1004.0,
        dbm0: -10.0,
        snr_db: 20.0,
    };

    fn heard(frequency_hz: f64, level_dbm0: f64, snr_db: f64, lost: u64) -> Heard {
        let sound = Measured {
            frequency_hz,
            level_dbm0,
            snr_db,
            total_dbm0: level_dbm0,
        };
        Heard {
            packets: 100,
            lost,
            sound,
            ..Heard::NOTHING
        }
    }

    #[test]
    fn each_figure_counts() {
        let right = |heard| sound("phone", TONE, &heard).1;
        assert!(right(heard(1004.2, -10.4, 33.0, 0)));
        assert!(!right(heard(440.0, -10.4, 33.0, 0)));
        assert!(!right(heard(1004.0, -20.0, 33.0, 0)));
        assert!(!right(heard(1004.0, -10.0, 10.0, 0)));
        assert!(!right(heard(1004.0, -10.0, 33.0, 5)));
        assert!(!right(Heard::NOTHING));
    }
}
