//! What the media gateway counts.

use trunkline_model::media::Codec;

/// Counters since the start, and gauges of what there is now. A plain value: workers publish
/// copies of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counters {
    values: [u64; Self::LENGTH],
}

/// Why a datagram, or what it carried, was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Discard {
    /// No RTP or RTCP packet.
    Malformed,
    /// From another address than the far end's.
    WrongSource,
    /// Of a payload type that was not agreed.
    PayloadType,
    /// Of the right payload type, but no payload of its codec.
    Undecodable,
    /// The termination's mode does not let it in.
    Mode,
    /// There is no other termination, or it sends nothing yet.
    NoDestination,
    /// Its turn was over, or it was there already.
    Late,
    /// Sequence number far off (RFC 3550 A.1).
    Sequence,
    /// For a socket that no termination has any more.
    NoTermination,
}

impl Discard {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Malformed,
        Self::WrongSource,
        Self::PayloadType,
        Self::Undecodable,
        Self::Mode,
        Self::NoDestination,
        Self::Late,
        Self::Sequence,
        Self::NoTermination,
    ];

    /// A short name, as a metric's label.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::WrongSource => "wrong_source",
            Self::PayloadType => "payload_type",
            Self::Undecodable => "undecodable",
            Self::Mode => "mode",
            Self::NoDestination => "no_destination",
            Self::Late => "late",
            Self::Sequence => "sequence",
            Self::NoTermination => "no_termination",
        }
    }
}

impl Counters {
    /// How many values there are.
    pub(crate) const LENGTH: usize = LENGTH;

    /// Contexts that exist.
    pub const fn contexts(&self) -> u64 {
        self.values[CONTEXTS]
    }

    /// Ports of the range that RTP terminations hold (a pair counts once).
    pub const fn ports_in_use(&self) -> u64 {
        self.values[PORTS]
    }

    /// Circuit bearers in a context.
    pub const fn circuits_in_use(&self) -> u64 {
        self.values[CIRCUITS]
    }

    /// RTP packets received and used, by the codec of their termination.
    pub const fn received(&self, codec: Codec) -> u64 {
        self.values[RECEIVED + index(codec)]
    }

    /// RTP packets sent, by the codec of their termination.
    pub const fn sent(&self, codec: Codec) -> u64 {
        self.values[SENT + index(codec)]
    }

    /// RTP packets relayed without decoding, by the codecs of the terminations.
    pub const fn relayed(&self, from: Codec, to: Codec) -> u64 {
        self.values[RELAYED + CODECS * index(from) + index(to)]
    }

    /// RTP packets made by decoding and encoding, by the codecs of the terminations.
    pub const fn transcoded(&self, from: Codec, to: Codec) -> u64 {
        self.values[TRANSCODED + CODECS * index(from) + index(to)]
    }

    /// Datagrams not used.
    pub const fn discarded(&self, reason: Discard) -> u64 {
        self.values[DISCARDED + reason as usize]
    }

    /// Pieces of sound made up because their packets did not come in time.
    pub const fn concealed(&self) -> u64 {
        self.values[CONCEALED]
    }

    /// Digits received as telephone-event.
    pub const fn digits(&self) -> u64 {
        self.values[DIGITS]
    }

    /// RTCP reports sent.
    pub const fn reports_sent(&self) -> u64 {
        self.values[REPORTS_SENT]
    }

    /// RTCP packets read.
    pub const fn reports_received(&self) -> u64 {
        self.values[REPORTS_RECEIVED]
    }

    /// Ticks skipped because the worker was late by more than they can be caught up with.
    pub const fn overruns(&self) -> u64 {
        self.values[OVERRUNS]
    }

    pub(crate) const fn values(&self) -> &[u64; Self::LENGTH] {
        &self.values
    }

    pub(crate) const fn from_values(values: [u64; Self::LENGTH]) -> Self {
        Self { values }
    }

    pub(crate) const fn set_contexts(&mut self, contexts: u64) {
        self.values[CONTEXTS] = contexts;
    }

    pub(crate) const fn set_ports(&mut self, ports: u64) {
        self.values[PORTS] = ports;
    }

    pub(crate) const fn set_circuits(&mut self, circuits: u64) {
        self.values[CIRCUITS] = circuits;
    }

    pub(crate) const fn count_received(&mut self, codec: Codec) {
        self.values[RECEIVED + index(codec)] += 1;
    }

    pub(crate) const fn count_relayed(&mut self, from: Codec, to: Codec) {
        self.values[SENT + index(to)] += 1;
        self.values[RELAYED + CODECS * index(from) + index(to)] += 1;
    }

    pub(crate) const fn count_transcoded(&mut self, from: Codec, to: Codec) {
        self.values[SENT + index(to)] += 1;
        self.values[TRANSCODED + CODECS * index(from) + index(to)] += 1;
    }

    /// A packet that holds no sound of the other termination.
    pub(crate) const fn count_generated(&mut self, codec: Codec) {
        self.values[SENT + index(codec)] += 1;
    }

    pub(crate) const fn count_discarded(&mut self, reason: Discard) {
        self.values[DISCARDED + reason as usize] += 1;
    }

    pub(crate) const fn count_concealed(&mut self) {
        self.values[CONCEALED] += 1;
    }

    pub(crate) const fn count_digit(&mut self) {
        self.values[DIGITS] += 1;
    }

    pub(crate) const fn count_report_sent(&mut self) {
        self.values[REPORTS_SENT] += 1;
    }

    pub(crate) const fn count_report_received(&mut self) {
        self.values[REPORTS_RECEIVED] += 1;
    }

    pub(crate) const fn count_overruns(&mut self, ticks: u64) {
        self.values[OVERRUNS] += ticks;
    }
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            values: [0; Self::LENGTH],
        }
    }
}

const fn index(codec: Codec) -> usize {
    match codec {
        Codec::Pcma => 0,
        Codec::Pcmu => 1,
        Codec::G729 => 2,
        Codec::Opus => 3,
    }
}

const CODECS: usize = Codec::ALL.len();
const CONTEXTS: usize = 0;
const PORTS: usize = 1;
const CIRCUITS: usize = 2;
const CONCEALED: usize = 3;
const DIGITS: usize = 4;
const REPORTS_SENT: usize = 5;
const REPORTS_RECEIVED: usize = 6;
const OVERRUNS: usize = 7;
const RECEIVED: usize = 8;
const SENT: usize = RECEIVED + CODECS;
const RELAYED: usize = SENT + CODECS;
const TRANSCODED: usize = RELAYED + CODECS * CODECS;
const DISCARDED: usize = TRANSCODED + CODECS * CODECS;
const LENGTH: usize = DISCARDED + Discard::ALL.len();
