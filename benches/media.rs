//! A packet of 20 ms through the MGW, beside what its codecs alone cost.

use divan::{Bencher, black_box, counter::ItemsCount};
use trunkline_benches::cpu::{Work, compare};
use trunkline_benches::streams::{Bare, Lane, Way, packets, payloads, speech};
use trunkline_codecs::g711;
use trunkline_model::media::Codec;

fn main() {
    divan::main();
    if trunkline_benches::measuring_everything() {
        for pair in PAIRS {
            let sound = Sound::new(pair);
            let bare = match pair.baseline() {
                Baseline::Copy => "copy of the payload",
                Baseline::Table => "copy of the payload, by table",
                Baseline::Codecs => "decoder and encoder alone",
            };
            compare(
                &format!("20 ms of {} to {}", pair.from, pair.to),
                9,
                vec![
                    Work::prepared(
                        bare,
                        sound.count(),
                        || sound.bare(),
                        |bare| sound.through(bare),
                    ),
                    Work::prepared(
                        "through the MGW",
                        sound.count(),
                        || sound.lane(),
                        |lane| sound.carried(lane),
                    ),
                ],
            );
        }
    }
}

#[divan::bench(args = PAIRS.map(Pair::name), sample_count = 10, sample_size = 1)]
fn mgw(bencher: Bencher, name: &str) {
    let sound = Sound::new(named(name));
    bencher
        .counter(ItemsCount::new(sound.count()))
        .with_inputs(|| sound.lane())
        .bench_local_values(|lane| sound.carried(lane));
}

#[divan::bench(args = PAIRS.map(Pair::name), sample_count = 10, sample_size = 1)]
fn baseline(bencher: Bencher, name: &str) {
    let sound = Sound::new(named(name));
    bencher
        .counter(ItemsCount::new(sound.count()))
        .with_inputs(|| sound.bare())
        .bench_local_values(|bare| sound.through(bare));
}

/// From codec to codec; the circuit's side is A-law.
#[derive(Clone, Copy)]
struct Pair {
    from: Codec,
    to: Codec,
    way: Way,
    name: &'static str,
}

/// What a packet's way through the MGW is compared with.
enum Baseline {
    Copy,
    Table,
    Codecs,
}

impl Pair {
    const fn to_circuit(from: Codec, name: &'static str) -> Self {
        Self {
            from,
            to: Codec::Pcma,
            way: Way::ToCircuit,
            name,
        }
    }

    const fn from_circuit(to: Codec, name: &'static str) -> Self {
        Self {
            from: Codec::Pcma,
            to,
            way: Way::FromCircuit,
            name,
        }
    }

    const fn name(self) -> &'static str {
        self.name
    }

    const fn baseline(self) -> Baseline {
        match (self.from, self.to) {
            (Codec::Pcma, Codec::Pcma) => Baseline::Copy,
            (Codec::Pcma | Codec::Pcmu, Codec::Pcma | Codec::Pcmu) => Baseline::Table,
            _ => Baseline::Codecs,
        }
    }
}

/// The packets of a stream: some to come to a steady state, and those that are measured.
struct Sound {
    pair: Pair,
    payloads: Vec<Vec<u8>>,
    packets: Vec<Vec<u8>>,
}

impl Sound {
    fn new(pair: Pair) -> Self {
        let count = if !trunkline_benches::measuring() {
            SMALL
        } else if matches!(pair.baseline(), Baseline::Codecs) {
            TRANSCODED
        } else {
            RELAYED
        };
        let payloads = payloads(pair.from, &speech(WARM + count));
        let packets = packets(pair.from, &payloads);
        Self {
            pair,
            payloads,
            packets,
        }
    }

    fn count(&self) -> u32 {
        (self.packets.len() - WARM) as u32
    }

    fn lane(&self) -> Lane {
        let codec = match self.pair.way {
            Way::ToCircuit => self.pair.from,
            Way::FromCircuit => self.pair.to,
        };
        let mut lane = Lane::new(codec, self.pair.way);
        lane.carry(&self.packets[..WARM]);
        lane
    }

    fn carried(&self, mut lane: Lane) -> Lane {
        black_box(lane.carry(&self.packets[WARM..]));
        lane
    }

    fn bare(&self) -> Bare {
        let mut bare = Bare::new(self.pair.from, self.pair.to);
        for payload in &self.payloads[..WARM] {
            bare.transcode(payload);
        }
        bare
    }

    fn through(&self, mut bare: Bare) -> Bare {
        let mut copy = Vec::new();
        for payload in &self.payloads[WARM..] {
            match self.pair.baseline() {
                Baseline::Codecs => {
                    black_box(bare.transcode(payload));
                    continue;
                }
                Baseline::Copy | Baseline::Table => {
                    copy.clear();
                    copy.extend_from_slice(payload);
                }
            }
            match (self.pair.from, self.pair.to) {
                (Codec::Pcma, Codec::Pcmu) => g711::alaw_to_ulaw(&mut copy),
                (Codec::Pcmu, Codec::Pcma) => g711::ulaw_to_alaw(&mut copy),
                _ => {}
            }
            black_box(&copy);
        }
        bare
    }
}

fn named(name: &str) -> Pair {
    PAIRS
        .into_iter()
        .find(|pair| pair.name == name)
        .unwrap_or(PAIRS[0])
}

const PAIRS: [Pair; 7] = [
    Pair::to_circuit(Codec::Pcma, "relay of PCMA"),
    Pair::from_circuit(Codec::Pcmu, "PCMA to PCMU"),
    Pair::to_circuit(Codec::Pcmu, "PCMU to PCMA"),
    Pair::from_circuit(Codec::Opus, "PCMA to opus"),
    Pair::to_circuit(Codec::Opus, "opus to PCMA"),
    Pair::from_circuit(Codec::G729, "PCMA to G.729"),
    Pair::to_circuit(Codec::G729, "G.729 to PCMA"),
];
/// Packets of the first second.
const WARM: usize = 50;
const RELAYED: usize = 50_000;
const TRANSCODED: usize = 1_000;
const SMALL: usize = 10;
