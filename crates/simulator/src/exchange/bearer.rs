//! The 64 kbit/s of one circuit: G.711 in RTP, 20 ms a packet (RFC 3551 4.5.14).

use crate::chance::Chance;
use crate::sound::{Ear, Heard, Mouth, Sound, kind};
use core::time::Duration;
use trunkline_model::Time;
use trunkline_model::media::Law;

#[derive(Debug)]
pub(super) struct Bearer {
    law: Law,
    /// Nobody speaks before the line is connected through.
    mouth: Option<Mouth>,
    ear: Ear,
}

impl Bearer {
    pub(super) fn new(law: Law, window: Duration) -> Self {
        let codec = law.codec();
        let ear = Ear::new(kind(codec), payload_type(law), None, window);
        Self {
            law,
            mouth: None,
            ear,
        }
    }

    /// Says something from now on; whether it has just begun to speak at all.
    pub(super) fn play(&mut self, sound: Sound, chance: &mut Chance) -> bool {
        match &mut self.mouth {
            Some(mouth) => {
                mouth.play(sound);
                false
            }
            None => {
                let kind = kind(self.law.codec());
                self.mouth = Some(Mouth::new(kind, payload_type(self.law), 20, sound, chance));
                true
            }
        }
    }

    /// What came before the answer is not what is measured.
    pub(super) fn answer(&mut self) {
        self.ear.listen_anew();
    }

    pub(super) fn receive(&mut self, now: Time, data: &[u8]) {
        self.ear.receive(now, data);
    }

    /// The next packet, and how long after it the one that follows is due.
    pub(super) fn packet(&mut self) -> Option<(Vec<u8>, Duration)> {
        let mouth = self.mouth.as_mut()?;
        let interval = mouth.interval();
        Some((mouth.packet()?, interval))
    }

    pub(super) fn sent(&self) -> u64 {
        self.mouth.as_ref().map_or(0, Mouth::sent)
    }

    pub(super) fn heard(&mut self) -> Heard {
        self.ear.heard()
    }
}

/// The static payload type (RFC 3551 6).
fn payload_type(law: Law) -> u8 {
    match law {
        Law::A => 8,
        Law::Mu => 0,
    }
}
