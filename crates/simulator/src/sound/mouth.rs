//! What is sent on a line: a sound, encoded and packed.

use super::{Player, Sound};
use crate::chance::Chance;
use core::fmt;
use core::time::Duration;
use trunkline_codecs::{CodecKind, Encoder, SAMPLE_RATE};
use trunkline_rtp::RtpPacket;

/// Speaks one RTP stream. The caller keeps the time: one packet every [`Mouth::interval`].
pub struct Mouth {
    player: Player,
    encoder: Encoder,
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    first: bool,
    pcm: Vec<i16>,
    payload: Vec<u8>,
    sent: u64,
    seed: u64,
}

impl Mouth {
    /// A mouth that sends `ptime` milliseconds of `sound` in a packet, or as near to that as the
    /// codec can.
    pub(crate) fn new(
        kind: CodecKind,
        payload_type: u8,
        ptime: u8,
        sound: Sound,
        chance: &mut Chance,
    ) -> Self {
        let seed = chance.next();
        Self {
            player: Player::new(sound, seed),
            encoder: Encoder::new(kind),
            payload_type,
            sequence: chance.next() as u16,
            timestamp: chance.next() as u32,
            ssrc: chance.next() as u32,
            first: true,
            pcm: vec![0; kind.packet_samples(ptime)],
            payload: Vec::new(),
            sent: 0,
            seed,
        }
    }

    /// Changes what is said; the stream goes on.
    pub fn play(&mut self, sound: Sound) {
        self.player = Player::new(sound, self.seed);
    }

    /// Changes the payload type; the stream goes on.
    pub(crate) const fn set_payload_type(&mut self, payload_type: u8) {
        self.payload_type = payload_type;
    }

    /// What it encodes to.
    pub const fn kind(&self) -> CodecKind {
        self.encoder.kind()
    }

    /// The time between packets.
    pub const fn interval(&self) -> Duration {
        Duration::from_micros(self.pcm.len() as u64 * 1_000_000 / SAMPLE_RATE as u64)
    }

    /// The next packet.
    pub fn packet(&mut self) -> Option<Vec<u8>> {
        self.player.fill(&mut self.pcm);
        self.payload.clear();
        let encoded = self.encoder.encode(&self.pcm, &mut self.payload);
        let mut packet = RtpPacket::new(
            self.payload_type,
            self.sequence,
            self.timestamp,
            self.ssrc,
            &self.payload,
        );
        packet.marker = self.first;
        let mut data = Vec::with_capacity(trunkline_rtp::HEADER_LENGTH + self.payload.len());
        packet.write(&mut data);
        self.timestamp = self.timestamp.wrapping_add(self.units());
        // The packet lengths are the codec's own, so it has no reason to refuse one.
        encoded.ok()?;
        self.sequence = self.sequence.wrapping_add(1);
        self.first = false;
        self.sent += 1;
        Some(data)
    }

    /// Lets the time of one packet pass without sending it.
    pub fn skip(&mut self) {
        self.timestamp = self.timestamp.wrapping_add(self.units());
        self.first = true;
    }

    /// Packets sent.
    pub const fn sent(&self) -> u64 {
        self.sent
    }

    fn units(&self) -> u32 {
        self.pcm.len() as u32 * self.encoder.kind().timestamp_units_per_sample()
    }
}

impl fmt::Debug for Mouth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mouth")
            .field("kind", &self.encoder.kind())
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}
