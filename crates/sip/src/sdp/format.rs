//! What formats stand for: `a=rtpmap`, and the parameters in `a=fmtp`.

use super::TypedAttribute;
use super::fields::{Expected, Fields};
use core::fmt;

/// `a=rtpmap` (RFC 8866 6.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpMap<'a> {
    /// The payload type, 0 to 127.
    pub payload_type: u8,
    /// The encoding name; compare without case.
    pub encoding: &'a str,
    /// The clock rate in Hz.
    pub clock_rate: u32,
    /// The channels; 1 if none are given.
    pub channels: u8,
}

impl RtpMap<'static> {
    /// What a payload type stands for that needs no `a=rtpmap` (RFC 3551 6, tables 4 and 5).
    pub fn assigned(payload_type: u8) -> Option<Self> {
        ASSIGNED
            .into_iter()
            .find(|(number, ..)| *number == payload_type)
            .map(|(payload_type, encoding, clock_rate, channels)| Self {
                payload_type,
                encoding,
                clock_rate,
                channels,
            })
    }
}

impl RtpMap<'_> {
    /// Whether both name the same encoding, under whatever payload type.
    pub const fn is_same_encoding(&self, other: &RtpMap<'_>) -> bool {
        self.encoding.eq_ignore_ascii_case(other.encoding)
            && self.clock_rate == other.clock_rate
            && self.channels == other.channels
    }
}

impl<'a> TypedAttribute<'a> for RtpMap<'a> {
    const NAME: &'static str = "rtpmap";
    const CLAUSE: &'static str = "RFC 8866 6.6";

    fn read(fields: &mut Fields<'a>) -> Result<Self, Expected> {
        const WHAT: &str = "`<encoding>/<clock rate>[/<channels>]`";
        let payload_type = fields.parsed("a payload type")?;
        if payload_type > 127 {
            return Err(fields.expected("a payload type up to 127"));
        }
        // Spaces around the slash are known to occur.
        let mut parts = fields.remainder().split('/').map(str::trim);
        let (Some(encoding), Some(clock_rate)) = (parts.next(), parts.next()) else {
            return Err(fields.expected(WHAT));
        };
        let clock_rate = clock_rate.parse();
        let channels = parts.next().map_or(Ok(1), str::parse);
        match (clock_rate, channels) {
            (Ok(clock_rate), Ok(channels)) if !encoding.is_empty() => Ok(Self {
                payload_type,
                encoding,
                clock_rate,
                channels,
            }),
            _ => Err(fields.expected(WHAT)),
        }
    }
}

impl fmt::Display for RtpMap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            payload_type,
            encoding,
            clock_rate,
            channels,
        } = self;
        write!(f, "{payload_type} {encoding}/{clock_rate}")?;
        if *channels != 1 {
            write!(f, "/{channels}")?;
        }
        Ok(())
    }
}

/// Payload type, encoding, clock rate and channels (RFC 3551 6, tables 4 and 5).
const ASSIGNED: [(u8, &str, u32, u8); 24] = [
    (0, "PCMU", 8_000, 1),
    (3, "GSM", 8_000, 1),
    (4, "G723", 8_000, 1),
    (5, "DVI4", 8_000, 1),
    (6, "DVI4", 16_000, 1),
    (7, "LPC", 8_000, 1),
    (8, "PCMA", 8_000, 1),
    (9, "G722", 8_000, 1),
    (10, "L16", 44_100, 2),
    (11, "L16", 44_100, 1),
    (12, "QCELP", 8_000, 1),
    (13, "CN", 8_000, 1),
    (14, "MPA", 90_000, 1),
    (15, "G728", 8_000, 1),
    (16, "DVI4", 11_025, 1),
    (17, "DVI4", 22_050, 1),
    (18, "G729", 8_000, 1),
    (25, "CelB", 90_000, 1),
    (26, "JPEG", 90_000, 1),
    (28, "nv", 90_000, 1),
    (31, "H261", 90_000, 1),
    (32, "MPV", 90_000, 1),
    (33, "MP2T", 90_000, 1),
    (34, "H263", 90_000, 1),
];

/// The parameters in an `a=fmtp`: `name=value` between semicolons, as most formats have them
/// (RFC 8866 6.15). AMR and others that nothing here decodes are read this way too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters<'a>(&'a str);

impl<'a> Parameters<'a> {
    /// The parameters behind the format.
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// As they stand.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// Names and values, in order; the value is `""` if there is none.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.0
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                (name.trim_end(), value.trim_start())
            })
    }

    /// The value of a name, without regard to case: `""` if there is none.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// A number of a name.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.get(name)?.parse().ok()
    }

    /// Whether a flag of a name is 1.
    pub fn is_set(&self, name: &str) -> bool {
        self.get(name) == Some("1")
    }
}

/// The parameters of Opus (RFC 7587 6.1), with their defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpusParameters {
    /// The highest sampling rate that the receiver plays, in Hz.
    pub max_playback_rate: u32,
    /// The highest sampling rate that the sender has, in Hz.
    pub max_capture_rate: u32,
    /// The highest average bit rate that the receiver takes, in bit/s.
    pub max_average_bit_rate: Option<u32>,
    /// Whether the receiver prefers stereo.
    pub stereo: bool,
    /// Whether the sender is likely to send stereo.
    pub sends_stereo: bool,
    /// Whether the receiver prefers a constant bit rate.
    pub constant_bit_rate: bool,
    /// Whether the receiver can use forward error correction.
    pub in_band_fec: bool,
    /// Whether the receiver prefers discontinuous transmission.
    pub discontinuous: bool,
}

impl From<Parameters<'_>> for OpusParameters {
    fn from(parameters: Parameters<'_>) -> Self {
        // Rates outside 8 to 48 kHz are no rates of Opus.
        let rate = |name| {
            parameters
                .number(name)
                .filter(|rate| (8_000..=48_000).contains(rate))
                .unwrap_or(48_000)
        };
        Self {
            max_playback_rate: rate("maxplaybackrate"),
            max_capture_rate: rate("sprop-maxcapturerate"),
            max_average_bit_rate: parameters.number("maxaveragebitrate"),
            stereo: parameters.is_set("stereo"),
            sends_stereo: parameters.is_set("sprop-stereo"),
            constant_bit_rate: parameters.is_set("cbr"),
            in_band_fec: parameters.is_set("useinbandfec"),
            discontinuous: parameters.is_set("usedtx"),
        }
    }
}

/// Whether G.729 may come with the comfort noise of Annex B: yes, unless it says no
/// (RFC 4856 2.1.9).
pub fn g729_annex_b(parameters: Parameters<'_>) -> bool {
    !parameters
        .get("annexb")
        .is_some_and(|value| value.eq_ignore_ascii_case("no"))
}

/// The events that a receiver of telephone-event knows (RFC 4733 2.4.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TelephoneEvents([u64; 4]);

impl TelephoneEvents {
    /// None.
    pub const NONE: Self = Self([0; 4]);
    /// The digits, `*`, `#` and `A` to `D`: 0 to 15, which also holds when nothing is said.
    pub const DTMF: Self = Self([0xffff, 0, 0, 0]);

    /// The events in an `a=fmtp`, as `0-15,66,70`; some write `events=` before it. What is no
    /// event is left out; without any, those of DTMF.
    pub fn parse(text: &str) -> Self {
        let list = text.trim();
        let list = list.strip_prefix("events=").unwrap_or(list);
        let mut events = Self::NONE;
        for part in list.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let range = (first.trim().parse::<u8>(), last.trim().parse::<u8>());
            if let (Ok(first), Ok(last)) = range {
                for event in first..=last {
                    events.insert(event);
                }
            }
        }
        if events == Self::NONE {
            Self::DTMF
        } else {
            events
        }
    }

    /// Adds an event.
    pub fn insert(&mut self, event: u8) {
        if let Some(word) = self.0.get_mut(usize::from(event >> 6)) {
            *word |= 1 << (event & 63);
        }
    }

    /// Whether an event is among them.
    pub fn contains(&self, event: u8) -> bool {
        let word = self.0.get(usize::from(event >> 6)).copied().unwrap_or(0);
        word >> (event & 63) & 1 == 1
    }

    /// Those of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let [a, b, c, d] = self.0;
        let [e, f, g, h] = other.0;
        Self([a & e, b & f, c & g, d & h])
    }
}

/// Ranges between commas.
impl fmt::Display for TelephoneEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        let mut event = 0_u16;
        let has = |event: u16| u8::try_from(event).is_ok_and(|event| self.contains(event));
        while event < 256 {
            if !has(event) {
                event += 1;
                continue;
            }
            let first = event;
            while has(event + 1) {
                event += 1;
            }
            match event - first {
                0 => write!(f, "{separator}{first}")?,
                _ => write!(f, "{separator}{first}-{event}")?,
            }
            separator = ",";
            event += 1;
        }
        Ok(())
    }
}

impl fmt::Debug for TelephoneEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TelephoneEvents({self})")
    }
}
