//! The codecs by name, and what their payloads say without being decoded.

/// The codecs of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodecKind {
    /// G.711 A-law, 64 kbit/s.
    Pcma,
    /// G.711 mu-law, 64 kbit/s.
    Pcmu,
    /// G.729 Annex A, 8 kbit/s; Annex B frames are understood.
    G729,
    /// Opus, narrowband.
    Opus,
}

impl CodecKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pcma, Self::Pcmu, Self::G729, Self::Opus];

    /// Linear samples (8 kHz) that a payload stands for; `None` if it is no payload of this
    /// codec. Cheap: nothing is decoded.
    pub fn samples(self, payload: &[u8]) -> Option<usize> {
        match self {
            Self::Pcma | Self::Pcmu => (!payload.is_empty()).then_some(payload.len()),
            Self::G729 => crate::g729::samples(payload),
            Self::Opus => crate::opus::samples(payload),
        }
    }

    /// Units of the RTP timestamp in one linear sample: 6 for Opus, whose timestamps count
    /// 48 kHz (RFC 7587 4.1), 1 for the others.
    pub const fn timestamp_units_per_sample(self) -> u32 {
        match self {
            Self::Opus => 6,
            _ => 1,
        }
    }

    /// The frame length in linear samples that an encoder can make in one packet and that is
    /// nearest to `ptime` milliseconds without exceeding it: any multiple of 10 ms from 10 to
    /// 60, but for Opus, whose packets hold 10, 20, 40 or 60 ms (RFC 6716 2.1.4).
    pub const fn packet_samples(self, ptime: u8) -> usize {
        let tens = match ptime / 10 {
            0 => 1,
            tens @ 1..=6 => tens,
            _ => 6,
        };
        let tens = match (self, tens) {
            (Self::Opus, 3) => 2,
            (Self::Opus, 5) => 4,
            (_, tens) => tens,
        };
        tens as usize * crate::SAMPLES_PER_10_MS
    }
}
