//! What arrives on a line: packets put in order, decoded, counted and measured.

use core::fmt;
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use trunkline_codecs::tone::{Measured, measure};
use trunkline_codecs::{CodecKind, Decoder, SAMPLE_RATE};
use trunkline_model::Time;
use trunkline_model::media::TelephoneEvent;
use trunkline_rtp::{ExtendedSequence, Reception, RtpPacket, Validity};

/// Listens to one RTP stream. Holes are concealed by the decoder, as a telephone would do, so
/// they cost signal-to-noise ratio; they are counted too.
pub struct Ear {
    payload_type: u8,
    kind: CodecKind,
    /// Telephone events are no sound.
    telephone_event: Option<TelephoneEvent>,
    decoder: Decoder,
    reception: Reception,
    sequence: ExtendedSequence,
    ssrc: Option<u32>,
    /// Packets that overtook others.
    waiting: BTreeMap<u64, Vec<u8>>,
    /// The sequence number whose turn is next.
    next: Option<u64>,
    /// Samples of the packet before, for holes.
    packet_samples: usize,
    scratch: Vec<i16>,
    /// The last samples heard.
    window: VecDeque<i16>,
    window_samples: usize,
    /// Samples to let pass before the window fills.
    settling: usize,
    packets: u64,
    lost: u64,
    discarded: u64,
    events: u64,
}

/// What an [`Ear`] heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// Packets of sound.
    pub packets: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Datagrams that were no sound of this stream: malformed, another payload type, refused by
    /// the decoder.
    pub discarded: u64,
    /// Packets of telephone events (RFC 4733).
    pub events: u64,
    /// Interarrival jitter (RFC 3550 6.4.1).
    pub jitter: Duration,
    /// How much sound was measured: the last of the call, at most the window.
    pub measured: Duration,
    /// The strongest sine in it, and the level of all of it.
    pub sound: Measured,
}

impl Heard {
    /// Nothing at all.
    pub const NOTHING: Self = Self {
        packets: 0,
        lost: 0,
        discarded: 0,
        events: 0,
        jitter: Duration::ZERO,
        measured: Duration::ZERO,
        sound: Measured::SILENCE,
    };

    /// Whether it was that tone: frequency within 1 Hz, level within `db`, SNR at least `snr_db`.
    pub fn is_tone(&self, hz: f64, dbm0: f64, db: f64, snr_db: f64) -> bool {
        (self.sound.frequency_hz - hz).abs() <= 1.0
            && (self.sound.level_dbm0 - dbm0).abs() <= db
            && self.sound.snr_db >= snr_db
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            packets,
            lost,
            sound,
            ..
        } = self;
        if self.measured.is_zero() || sound.total_dbm0 == f64::NEG_INFINITY {
            write!(f, "silence")?;
        } else if sound.snr_db >= TONE_SNR_DB {
            write!(
                f,
                "{:.1} Hz at {:.1} dBm0, SNR {:.1} dB",
                sound.frequency_hz, sound.level_dbm0, sound.snr_db
            )?;
        } else {
            write!(f, "sound at {:.1} dBm0", sound.total_dbm0)?;
        }
        write!(f, ", {packets} packets, {lost} lost")
    }
}

impl Ear {
    /// An ear for packets of that payload type, which measures the last `window`.
    pub fn new(
        kind: CodecKind,
        payload_type: u8,
        telephone_event: Option<TelephoneEvent>,
        window: Duration,
    ) -> Self {
        let clock_rate = SAMPLE_RATE * kind.timestamp_units_per_sample();
        Self {
            payload_type,
            kind,
            telephone_event,
            decoder: Decoder::new(kind),
            reception: Reception::new(clock_rate),
            sequence: ExtendedSequence::default(),
            ssrc: None,
            waiting: BTreeMap::new(),
            next: None,
            packet_samples: kind.packet_samples(20),
            scratch: Vec::new(),
            window: VecDeque::new(),
            window_samples: samples(window),
            settling: 0,
            packets: 0,
            lost: 0,
            discarded: 0,
            events: 0,
        }
    }

    /// Takes telephone events as they are agreed anew.
    pub(crate) const fn set_telephone_event(&mut self, events: Option<TelephoneEvent>) {
        self.telephone_event = events;
    }

    /// Forgets the sound so far, but not the counters, and lets a moment pass: what is on its way
    /// through buffers still belongs to the time before.
    pub fn listen_anew(&mut self) {
        self.window.clear();
        self.settling = samples(SETTLING);
    }

    /// A datagram came.
    pub fn receive(&mut self, now: Time, data: &[u8]) {
        let Ok(packet) = RtpPacket::parse(data) else {
            self.discarded += 1;
            return;
        };
        let event = self
            .telephone_event
            .filter(|events| events.receive_payload_type == packet.payload_type);
        if event.is_some() {
            self.events += 1;
        } else if packet.payload_type != self.payload_type {
            self.discarded += 1;
            return;
        }
        if self.ssrc != Some(packet.ssrc) {
            self.new_source(packet.ssrc);
        }
        let arrival = Duration::from_micros(now.as_micros());
        let validity = if event.is_none_or(|event| event.clock_rate == self.clock_rate()) {
            self.reception
                .packet(arrival, packet.sequence, packet.timestamp)
        } else {
            self.reception.untimed_packet(packet.sequence)
        };
        match validity {
            Validity::Valid | Validity::Late => {}
            Validity::Discontinuous => {
                self.discarded += 1;
                return;
            }
            Validity::Restarted => {
                self.flush();
                self.sequence = ExtendedSequence::default();
                self.next = None;
            }
        }
        let payload = if packet.payload_type == self.payload_type {
            packet.payload
        } else {
            &[]
        };
        let extended = self.sequence.extend(packet.sequence);
        if self.next.is_some_and(|next| extended < next) || self.waiting.contains_key(&extended) {
            // Too late to be heard, or heard already.
            self.discarded += 1;
            return;
        }
        self.packets += u64::from(packet.payload_type == self.payload_type);
        self.next.get_or_insert(extended);
        self.waiting.insert(extended, payload.to_vec());
        self.drain(REORDER);
    }

    /// What was heard so far.
    pub fn heard(&mut self) -> Heard {
        self.flush();
        let pcm = self.window.make_contiguous();
        Heard {
            packets: self.packets,
            lost: self.lost,
            discarded: self.discarded,
            events: self.events,
            jitter: self.reception.jitter_time(),
            measured: Duration::from_micros(pcm.len() as u64 * 1_000_000 / u64::from(SAMPLE_RATE)),
            sound: measure(pcm),
        }
    }

    /// Whether any sound has come.
    pub const fn has_heard(&self) -> bool {
        self.packets > 0
    }

    fn new_source(&mut self, ssrc: u32) {
        self.flush();
        self.ssrc = Some(ssrc);
        self.reception = Reception::new(self.clock_rate());
        self.sequence = ExtendedSequence::default();
        self.next = None;
    }

    const fn clock_rate(&self) -> u32 {
        SAMPLE_RATE * self.kind.timestamp_units_per_sample()
    }

    fn flush(&mut self) {
        self.drain(0);
    }

    /// Plays what is in order; a hole is given up when more than `patience` packets wait.
    fn drain(&mut self, patience: usize) {
        while let Some((&first, _)) = self.waiting.first_key_value() {
            let next = self.next.unwrap_or(first);
            if first > next {
                if self.waiting.len() <= patience {
                    return;
                }
                let missing = first - next;
                self.lost += missing;
                for _ in 0..missing.min(MAX_CONCEALED) {
                    self.decoder.conceal(self.packet_samples, &mut self.scratch);
                    self.play();
                }
            }
            self.next = Some(first + 1);
            let Some((_, payload)) = self.waiting.pop_first() else {
                return;
            };
            if payload.is_empty() {
                continue;
            }
            match self.decoder.decode(&payload, &mut self.scratch) {
                Ok(()) => self.packet_samples = self.scratch.len(),
                Err(_) => {
                    self.discarded += 1;
                    self.decoder.conceal(self.packet_samples, &mut self.scratch);
                }
            }
            self.play();
        }
    }

    fn play(&mut self) {
        let settling = self.settling.min(self.scratch.len());
        self.settling -= settling;
        self.window.extend(self.scratch.drain(..).skip(settling));
        let surplus = self.window.len().saturating_sub(self.window_samples);
        self.window.drain(..surplus);
    }
}

impl fmt::Debug for Ear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ear")
            .field("kind", &self.kind)
            .field("packets", &self.packets)
            .field("lost", &self.lost)
            .finish_non_exhaustive()
    }
}

fn samples(time: Duration) -> usize {
    (time.as_micros() * u128::from(SAMPLE_RATE) / 1_000_000) as usize
}

/// Packets that may overtake another before it counts as lost.
const REORDER: usize = 5;

/// Packets in a row that are concealed; after a longer hole the sound simply goes on.
const MAX_CONCEALED: u64 = 10;

/// What jitter buffers hold, and what codecs need to find their feet.
const SETTLING: Duration = Duration::from_millis(400);

/// Above this a sound counts as a tone.
const TONE_SNR_DB: f64 = 10.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;
    use crate::sound::{Mouth, Sound};

    fn packets(kind: CodecKind, count: usize) -> Vec<Vec<u8>> {
        let mut mouth = Mouth::new(kind, 96, 20, Sound::TEST_TONE, &mut Chance::new(1));
        (0..count).filter_map(|_| mouth.packet()).collect()
    }

    fn hear(ear: &mut Ear, packets: &[Vec<u8>]) -> Heard {
        for (index, packet) in packets.iter().enumerate() {
            ear.receive(Time::from_millis(20 * index as u64), packet);
        }
        ear.heard()
    }

    fn ear(kind: CodecKind) -> Ear {
        let events = TelephoneEvent {
            payload_type: 102,
            receive_payload_type: 101,
            clock_rate: 8_000,
        };
        let mut ear = Ear::new(kind, 96, Some(events), Duration::from_secs(1));
        ear.listen_anew();
        ear
    }

    #[test]
    fn every_codec_passes_the_tone() {
        for (kind, snr_db) in [
            (CodecKind::Pcma, 35.0),
            (CodecKind::Pcmu, 35.0),
            (CodecKind::G729, 5.0),
            (CodecKind::Opus, 15.0),
        ] {
            let heard = hear(&mut ear(kind), &packets(kind, 100));
            assert_eq!(
                (heard.packets, heard.lost, heard.discarded),
                (100, 0, 0),
                "{kind:?}"
            );
            assert_eq!(heard.measured, Duration::from_secs(1), "{kind:?}");
            assert!(
                heard.is_tone(1004.0, -10.0, 2.0, snr_db),
                "{kind:?}: {heard:?}"
            );
        }
    }

    #[test]
    fn reordered_packets_are_no_loss_and_lost_ones_cost_quality() {
        let clean = hear(&mut ear(CodecKind::Pcma), &packets(CodecKind::Pcma, 100));
        let mut swapped = packets(CodecKind::Pcma, 100);
        swapped.swap(60, 61);
        swapped.swap(70, 72);
        let heard = hear(&mut ear(CodecKind::Pcma), &swapped);
        assert_eq!((heard.packets, heard.lost), (100, 0));
        assert_eq!(heard.sound, clean.sound);

        let mut holed = packets(CodecKind::Pcma, 100);
        for index in [90, 80, 70] {
            holed.remove(index);
        }
        let heard = hear(&mut ear(CodecKind::Pcma), &holed);
        assert_eq!((heard.packets, heard.lost), (97, 3));
        assert!(heard.sound.snr_db < clean.sound.snr_db - 3.0, "{heard:?}");
    }

    #[test]
    fn junk_is_counted_and_not_heard() {
        let mut ear = ear(CodecKind::Pcma);
        ear.receive(Time::ZERO, b"");
        ear.receive(Time::ZERO, b"not RTP at all");
        let mut other = Vec::new();
        RtpPacket::new(0, 1, 2, 3, &[0x55; 160]).write(&mut other);
        ear.receive(Time::ZERO, &other);
        let mut event = Vec::new();
        RtpPacket::new(101, 1, 2, 3, &[1, 0x8a, 0, 160]).write(&mut event);
        ear.receive(Time::ZERO, &event);
        let heard = ear.heard();
        assert_eq!((heard.packets, heard.discarded, heard.events), (0, 3, 1));
        assert_eq!(heard.to_string(), "silence, 0 packets, 0 lost");
    }

    #[test]
    fn events_of_another_clock_are_no_jitter() {
        for (kind, least) in [(CodecKind::Opus, 0), (CodecKind::Pcma, 1)] {
            let mut ear = ear(kind);
            let sound = packets(kind, 60);
            hear(&mut ear, &sound[..30]);
            let last = RtpPacket::parse(&sound[29]).unwrap();
            let sequence = last.sequence.wrapping_add(1);
            let mut event = Vec::new();
            RtpPacket::new(101, sequence, 77, last.ssrc, &[1, 0x8a, 0, 160]).write(&mut event);
            ear.receive(Time::from_millis(600), &event);
            let heard = ear.heard();
            assert_eq!((heard.packets, heard.events, heard.lost), (30, 1, 0));
            // Beside G.711 there is one clock, and the event seems to be very late.
            assert_eq!(heard.jitter.as_secs().min(1), least, "{kind:?}: {heard:?}");
        }
    }
}
