//! T.38 fax over UDPTL (ITU-T T.38 Annex D).
//!
//! [`answer`](super::answer) refuses such a stream; a caller that can relay fax finds it with
//! [`Media::is_usable_t38`], reads it with [`T38::of`] and accepts it with [`T38::answer`].

use super::{Attribute, AttributeError, Attributes, Formats, Media, MediaKind, Protocol};

/// What one side of a fax relay can do (T.38 D.2.3). The defaults are those of values left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct T38 {
    /// `T38FaxVersion`: the answer has at most that of the offer.
    pub version: u8,
    /// `T38MaxBitRate` in bit/s.
    pub max_bit_rate: Option<u32>,
    /// `T38FaxFillBitRemoval`: fill bits may be left out.
    pub fill_bit_removal: bool,
    /// `T38FaxTranscodingMMR`.
    pub transcoding_mmr: bool,
    /// `T38FaxTranscodingJBIG`.
    pub transcoding_jbig: bool,
    /// `T38FaxRateManagement`.
    pub rate_management: RateManagement,
    /// `T38FaxMaxBuffer` in octets: what can be kept before data are lost.
    pub max_buffer: Option<u32>,
    /// `T38FaxMaxDatagram` in octets: the largest that is taken.
    pub max_datagram: Option<u32>,
    /// `T38FaxUdpEC`.
    pub udp_error_correction: Option<UdpErrorCorrection>,
}

/// Who makes the training check frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RateManagement {
    /// `localTCF`: the side next to the receiving terminal, as over TCP.
    Local,
    /// `transferredTCF`: the sending terminal; it is carried through. Needed over UDP.
    #[default]
    Transferred,
}

/// How lost packets are mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UdpErrorCorrection {
    /// `t38UDPNoEC`: they are not.
    None,
    /// `t38UDPRedundancy`: by repetition.
    Redundancy,
    /// `t38UDPFEC`: by parity.
    Fec,
}

impl T38 {
    /// What a stream says. Names are compared without case, for several spellings occur.
    ///
    /// # Errors
    /// [`AttributeError`] for a value that cannot be read.
    pub fn of(media: &Media) -> Result<Self, AttributeError> {
        let attributes = &media.attributes;
        let rate_management = match named(attributes, "T38FaxRateManagement") {
            None => RateManagement::Transferred,
            Some(name) if name.eq_ignore_ascii_case("localTCF") => RateManagement::Local,
            Some(name) if name.eq_ignore_ascii_case("transferredTCF") => {
                RateManagement::Transferred
            }
            Some(_) => {
                return Err(error(
                    "T38FaxRateManagement",
                    "`localTCF` or `transferredTCF`",
                ));
            }
        };
        let udp_error_correction = match named(attributes, "T38FaxUdpEC") {
            None => None,
            Some(name) => Some(
                UdpErrorCorrection::ALL
                    .into_iter()
                    .find(|way| name.eq_ignore_ascii_case(way.name()))
                    .ok_or(error("T38FaxUdpEC", "a way of error correction"))?,
            ),
        };
        Ok(Self {
            version: number(attributes, "T38FaxVersion")?.unwrap_or(0),
            max_bit_rate: number(attributes, "T38MaxBitRate")?,
            fill_bit_removal: flag(attributes, "T38FaxFillBitRemoval"),
            transcoding_mmr: flag(attributes, "T38FaxTranscodingMMR"),
            transcoding_jbig: flag(attributes, "T38FaxTranscodingJBIG"),
            rate_management,
            max_buffer: number(attributes, "T38FaxMaxBuffer")?,
            max_datagram: number(attributes, "T38FaxMaxDatagram")?,
            udp_error_correction,
        })
    }

    /// What to answer to an offer if this is what we can do: the lower version, only what both
    /// transcode, the rate management of the offer; the other values are each side's own.
    #[must_use]
    pub fn answer(self, offer: &Self) -> Self {
        Self {
            version: self.version.min(offer.version),
            fill_bit_removal: self.fill_bit_removal && offer.fill_bit_removal,
            transcoding_mmr: self.transcoding_mmr && offer.transcoding_mmr,
            transcoding_jbig: self.transcoding_jbig && offer.transcoding_jbig,
            rate_management: offer.rate_management,
            // Without the parity of the offer repetition remains, which every receiver takes.
            udp_error_correction: match (self.udp_error_correction, offer.udp_error_correction) {
                (Some(UdpErrorCorrection::Fec), other)
                    if other != Some(UdpErrorCorrection::Fec) =>
                {
                    Some(UdpErrorCorrection::Redundancy)
                }
                (own, _) => own,
            },
            ..self
        }
    }

    /// The stream that says so, at a port.
    pub fn media(&self, port: u16) -> Media {
        let formats = Formats::from_iter(["t38"]);
        let mut media = Media::new(MediaKind::Image, port, Protocol::UDPTL, formats);
        let version = ("T38FaxVersion", Some(u32::from(self.version)));
        let mut lines = numbers([version, ("T38MaxBitRate", self.max_bit_rate)]);
        for (name, is_set) in [
            ("T38FaxFillBitRemoval", self.fill_bit_removal),
            ("T38FaxTranscodingMMR", self.transcoding_mmr),
            ("T38FaxTranscodingJBIG", self.transcoding_jbig),
        ] {
            if is_set {
                lines.push(Attribute::property(name));
            }
        }
        let management = match self.rate_management {
            RateManagement::Local => "localTCF",
            RateManagement::Transferred => "transferredTCF",
        };
        lines.push(Attribute::value("T38FaxRateManagement", management));
        lines.extend(numbers([
            ("T38FaxMaxBuffer", self.max_buffer),
            ("T38FaxMaxDatagram", self.max_datagram),
        ]));
        if let Some(way) = self.udp_error_correction {
            lines.push(Attribute::value("T38FaxUdpEC", way.name()));
        }
        media.attributes = lines.into_iter().collect();
        media
    }
}

impl UdpErrorCorrection {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::None, Self::Redundancy, Self::Fec];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "t38UDPNoEC",
            Self::Redundancy => "t38UDPRedundancy",
            Self::Fec => "t38UDPFEC",
        }
    }
}

fn numbers(values: [(&'static str, Option<u32>); 2]) -> Vec<Attribute> {
    values
        .into_iter()
        .filter_map(|(name, value)| Some(Attribute::value(name, value?)))
        .collect()
}

fn named<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|attribute| attribute.name().eq_ignore_ascii_case(name))
        .map(|attribute| attribute.get().unwrap_or(""))
}

fn number<T: core::str::FromStr>(
    attributes: &Attributes,
    name: &'static str,
) -> Result<Option<T>, AttributeError> {
    named(attributes, name)
        .map(|value| value.parse().map_err(|_| error(name, "a number in range")))
        .transpose()
}

/// A flag is set by its presence; older ones say 0 or 1.
fn flag(attributes: &Attributes, name: &str) -> bool {
    named(attributes, name).is_some_and(|value| value != "0")
}

const fn error(attribute: &'static str, expected: &'static str) -> AttributeError {
    AttributeError {
        attribute,
        column: 1,
        expected,
        clause: "T.38 D.2.3",
    }
}
