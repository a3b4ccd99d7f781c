//! Sound files.

use std::path::Path;

/// 16-bit PCM from a WAV file: its first channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wav {
    /// Samples a second.
    pub rate: u32,
    /// The samples.
    pub samples: Vec<i16>,
}

impl Wav {
    /// Reads a file.
    ///
    /// # Panics
    /// If it is not there, or no 16-bit PCM.
    pub fn read(path: &Path) -> Self {
        let data = std::fs::read(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        Self::parse(&data).unwrap_or_else(|| panic!("{path:?} is no WAV file of 16-bit PCM"))
    }

    fn parse(data: &[u8]) -> Option<Self> {
        let mut rest = data
            .strip_prefix(b"RIFF")?
            .get(4..)?
            .strip_prefix(b"WAVE")?;
        let mut format = None;
        loop {
            let (name, after) = rest.split_at_checked(4)?;
            let (length, after) = after.split_at_checked(4)?;
            let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
            // A program that was killed leaves a length that is too great.
            let content = &after[..length.min(after.len())];
            match (name, format) {
                (b"fmt ", _) => {
                    let word = |at: usize| {
                        let octets = content.get(at..at + 2)?;
                        Some(u16::from_le_bytes([octets[0], octets[1]]))
                    };
                    let (code, channels, bits) = (word(0)?, word(2)?, word(14)?);
                    if code != PCM || channels == 0 || bits != 16 {
                        return None;
                    }
                    let rate = u32::from(word(4)?) | u32::from(word(6)?) << 16;
                    format = Some((usize::from(channels), rate));
                }
                (b"data", Some((channels, rate))) => {
                    let frames = content.chunks_exact(2 * channels);
                    let samples = frames.map(|frame| i16::from_le_bytes([frame[0], frame[1]]));
                    return Some(Self {
                        rate,
                        samples: samples.collect(),
                    });
                }
                _ => {}
            }
            rest = after.get(length + length % 2..)?;
        }
    }

    /// The same at 8,000 samples a second: means of what lies in between, which is enough of a
    /// filter for telephone sound.
    ///
    /// # Panics
    /// If the rate is no multiple of 8,000.
    pub fn at_8_khz(&self) -> Vec<i16> {
        assert_eq!(self.rate % 8_000, 0, "{} samples a second", self.rate);
        let step = (self.rate / 8_000) as usize;
        let groups = self.samples.chunks_exact(step);
        groups
            .map(|group| {
                let sum: i64 = group.iter().copied().map(i64::from).sum();
                i16::try_from(sum / step as i64).unwrap_or_default()
            })
            .collect()
    }
}

/// WAVE_FORMAT_PCM.
const PCM: u16 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_channel_is_read_and_reduced() {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0".to_vec();
        file.extend(16_000_u32.to_le_bytes());
        file.extend([0, 0, 0, 0, 4, 0, 16, 0]);
        file.extend(b"LIST\x01\0\0\0xydata\x10\0\0\0");
        for (left, right) in [(1_i16, 9_i16), (3, 9), (-5, 9), (-7, 9)] {
            file.extend(left.to_le_bytes());
            file.extend(right.to_le_bytes());
        }
        let wav = Wav::parse(&file).unwrap();
        assert_eq!((wav.rate, &wav.samples[..]), (16_000, &[1, 3, -5, -7][..]));
        assert_eq!(wav.at_8_khz(), [2, -6]);
        assert_eq!(Wav::parse(&file[..30]), None);
        assert_eq!(Wav::parse(b"RIFFxxxx"), None);
    }
}
