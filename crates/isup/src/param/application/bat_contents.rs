//! What the information elements of the BAT ASE say (Q.765.5 11.1).

use crate::describe::Description;
use crate::octets::Octets;
use crate::param::indicators::Bits;
use crate::param::{
    BatAction, BatIdentifier, BatInformation, BatReportReason, BearerCharacteristics,
    BearerRedirection, CodecOrganization, EtsiCodec, ItuTCodec, SignalType,
};

/// What an information element of the BAT ASE says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BatContents {
    /// Action indicator.
    Action(BatAction),
    /// Backbone network connection identifier, BNC-ID: at most 4 octets.
    ConnectionIdentifier(Octets),
    /// Interworking function address: an NSAP (X.213), whose first octet is the authority and
    /// format identifier.
    FunctionAddress(Octets),
    /// Codec list: elements with the identifier of a codec, the preferred one first.
    CodecList(BatInformation),
    /// Codec.
    Codec(BatCodec),
    /// BAT compatibility report.
    CompatibilityReport {
        /// Reason.
        reason: BatReportReason,
        /// The elements that were not known: identifier and index.
        elements: Vec<(BatIdentifier, u16)>,
    },
    /// Bearer network connection characteristics.
    Characteristics(BearerCharacteristics),
    /// Bearer control information: BCTP, Q.1990, with what it tunnels.
    ControlInformation(Octets),
    /// Bearer control tunnelling: whether it is to be used.
    Tunnelling(bool),
    /// Bearer control unit identifier.
    ControlUnit {
        /// Network identifier.
        network: Octets,
        /// Local identifier of the bearer control unit.
        unit: u32,
    },
    /// Signal.
    Signal {
        /// Signal type.
        signal: SignalType,
        /// Duration in milliseconds.
        duration: Option<u16>,
    },
    /// Bearer redirection capability: whether late cut-through is supported.
    RedirectionCapability(bool),
    /// Bearer redirection indicators.
    RedirectionIndicators(Vec<BearerRedirection>),
    /// Signal type.
    SignalType(SignalType),
    /// Duration in milliseconds.
    Duration(u16),
    /// An element of another identifier, or whose contents make no sense.
    Other(BatIdentifier, Octets),
}

/// A codec (Q.765.5 11.1.7).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BatCodec {
    /// Who has named it.
    pub organization: CodecOrganization,
    /// Its code: [`ItuTCodec`] or [`EtsiCodec`], by the organization.
    pub codec: u8,
    /// Its configuration.
    pub configuration: Octets,
}

impl BatContents {
    /// The identifier of the element that says so.
    pub const fn identifier(&self) -> BatIdentifier {
        match self {
            Self::Action(_) => BatIdentifier::Action,
            Self::ConnectionIdentifier(_) => BatIdentifier::ConnectionIdentifier,
            Self::FunctionAddress(_) => BatIdentifier::FunctionAddress,
            Self::CodecList(_) => BatIdentifier::CodecList,
            Self::Codec(_) => BatIdentifier::Codec,
            Self::CompatibilityReport { .. } => BatIdentifier::CompatibilityReport,
            Self::Characteristics(_) => BatIdentifier::Characteristics,
            Self::ControlInformation(_) => BatIdentifier::ControlInformation,
            Self::Tunnelling(_) => BatIdentifier::Tunnelling,
            Self::ControlUnit { .. } => BatIdentifier::ControlUnit,
            Self::Signal { .. } => BatIdentifier::Signal,
            Self::RedirectionCapability(_) => BatIdentifier::RedirectionCapability,
            Self::RedirectionIndicators(_) => BatIdentifier::RedirectionIndicators,
            Self::SignalType(_) => BatIdentifier::SignalType,
            Self::Duration(_) => BatIdentifier::Duration,
            Self::Other(identifier, _) => *identifier,
        }
    }

    /// Reads the contents; `None` if they make no sense, or the identifier is not known.
    pub(super) fn read(identifier: BatIdentifier, octets: &[u8]) -> Option<Self> {
        let first = || octets.first().copied();
        Some(match identifier {
            BatIdentifier::Action => Self::Action(BatAction::from_code(first()?)),
            BatIdentifier::ConnectionIdentifier => Self::ConnectionIdentifier(Octets::copy(octets)),
            BatIdentifier::FunctionAddress => Self::FunctionAddress(Octets::copy(octets)),
            BatIdentifier::CodecList => Self::CodecList(BatInformation::read(octets)),
            BatIdentifier::Codec => Self::Codec(BatCodec::read(octets)?),
            BatIdentifier::CompatibilityReport => {
                let (reason, elements) = octets.split_first()?;
                let elements = elements.chunks_exact(3).filter_map(|chunk| match chunk {
                    [identifier, low, high] => Some((
                        BatIdentifier::from_code(*identifier),
                        u16::from_le_bytes([*low, *high]),
                    )),
                    _ => None,
                });
                Self::CompatibilityReport {
                    reason: BatReportReason::from_code(*reason),
                    elements: elements.collect(),
                }
            }
            BatIdentifier::Characteristics => {
                Self::Characteristics(BearerCharacteristics::from_code(first()?))
            }
            BatIdentifier::ControlInformation => Self::ControlInformation(Octets::copy(octets)),
            BatIdentifier::Tunnelling => Self::Tunnelling(first()? & 1 == 1),
            BatIdentifier::ControlUnit => {
                let (length, rest) = octets.split_first()?;
                let (network, unit) = rest.split_at_checked(usize::from(*length))?;
                let unit = unit.first_chunk().copied()?;
                Self::ControlUnit {
                    network: Octets::copy(network),
                    unit: u32::from_le_bytes(unit),
                }
            }
            BatIdentifier::Signal => Self::Signal {
                signal: SignalType::from_code(first()?),
                duration: octets.get(1..).and_then(duration),
            },
            BatIdentifier::RedirectionCapability => Self::RedirectionCapability(first()? & 1 == 1),
            BatIdentifier::RedirectionIndicators => {
                let codes = octets
                    .iter()
                    .map(|code| BearerRedirection::from_code(*code));
                Self::RedirectionIndicators(codes.collect())
            }
            BatIdentifier::SignalType => Self::SignalType(SignalType::from_code(first()?)),
            BatIdentifier::Duration => Self::Duration(duration(octets)?),
            BatIdentifier::Spare(_) => return None,
        })
    }

    /// The contents.
    pub(super) fn octets(&self) -> Vec<u8> {
        match self {
            Self::Action(action) => vec![action.code()],
            Self::ConnectionIdentifier(octets)
            | Self::FunctionAddress(octets)
            | Self::ControlInformation(octets)
            | Self::Other(_, octets) => octets.to_vec(),
            Self::CodecList(list) => list.octets().to_vec(),
            Self::Codec(codec) => [
                &[codec.organization.code(), codec.codec],
                &codec.configuration[..],
            ]
            .concat(),
            Self::CompatibilityReport { reason, elements } => {
                let mut octets = vec![reason.code()];
                for (identifier, index) in elements {
                    octets.push(identifier.code());
                    octets.extend(index.to_le_bytes());
                }
                octets
            }
            Self::Characteristics(characteristics) => vec![characteristics.code()],
            Self::Tunnelling(bit) | Self::RedirectionCapability(bit) => vec![u8::from(*bit)],
            Self::ControlUnit { network, unit } => {
                // A network identifier is at most 255 octets.
                let length = u8::try_from(network.len()).unwrap_or(u8::MAX);
                [&[length], &network[..], &unit.to_le_bytes()].concat()
            }
            Self::Signal { signal, duration } => {
                let mut octets = vec![signal.code()];
                if let Some(duration) = duration {
                    octets.extend(duration.to_le_bytes());
                }
                octets
            }
            Self::RedirectionIndicators(indicators) => indicators
                .iter()
                .map(|indicator| indicator.code())
                .collect(),
            Self::SignalType(signal) => vec![signal.code()],
            Self::Duration(duration) => duration.to_le_bytes().to_vec(),
        }
    }

    /// What they say, in words.
    pub(super) fn describe(&self) -> Description {
        match self {
            Self::Action(action) => Description::of(action),
            Self::ConnectionIdentifier(octets)
            | Self::FunctionAddress(octets)
            | Self::ControlInformation(octets)
            | Self::Other(_, octets) => Description::of(octets),
            Self::CodecList(list) => list.describe(),
            Self::Codec(codec) => codec.describe(),
            Self::CompatibilityReport { reason, elements } => {
                let name = |(element, index): &(BatIdentifier, u16)| format!("{element} {index}");
                let names: Vec<_> = elements.iter().map(name).collect();
                Description::of(reason).field(1, "information elements", names.join(", "))
            }
            Self::Characteristics(characteristics) => Description::of(characteristics),
            Self::Tunnelling(bit) => {
                Description::of(bit.words(Some(["no indication", "tunnelling to be used"])))
            }
            Self::ControlUnit { network, unit } => Description::of(unit)
                .field(0, "network identifier", network)
                .field(
                    1 + network.len(),
                    "local bearer control unit identifier",
                    unit,
                ),
            Self::Signal {
                signal,
                duration: None,
            }
            | Self::SignalType(signal) => Description::of(signal),
            Self::Signal {
                signal,
                duration: Some(duration),
            } => Description::of(signal).field(1, "duration", format!("{duration} ms")),
            Self::RedirectionCapability(bit) => Description::of(bit.words(Some([
                "late cut-through not supported",
                "late cut-through supported",
            ]))),
            Self::RedirectionIndicators(indicators) => {
                let names: Vec<_> = indicators.iter().map(ToString::to_string).collect();
                Description::of(names.join(", "))
            }
            Self::Duration(duration) => Description::of(format!("{duration} ms")),
        }
    }
}

impl BatCodec {
    /// A codec that ITU-T has named, without configuration.
    pub const fn itu_t(codec: ItuTCodec) -> Self {
        Self {
            organization: CodecOrganization::ItuT,
            codec: codec.code(),
            configuration: Octets::new(),
        }
    }

    fn read(octets: &[u8]) -> Option<Self> {
        let [organization, codec, configuration @ ..] = octets else {
            return None;
        };
        Some(Self {
            organization: CodecOrganization::from_code(*organization),
            codec: *codec,
            configuration: Octets::copy(configuration),
        })
    }

    fn describe(&self) -> Description {
        let codec = match self.organization {
            CodecOrganization::ItuT => ItuTCodec::from_code(self.codec).to_string(),
            CodecOrganization::Etsi => EtsiCodec::from_code(self.codec).to_string(),
            _ => format!("codec {}", self.codec),
        };
        let description =
            Description::of(codec).field(0, "organization identifier", self.organization);
        if self.configuration.is_empty() {
            return description;
        }
        description.field(2, "codec configuration", &self.configuration)
    }
}

fn duration(octets: &[u8]) -> Option<u16> {
    octets.first_chunk().copied().map(u16::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_can_be_made_and_read() {
        for (contents, octets, words) in [
            (
                BatContents::CompatibilityReport {
                    reason: BatReportReason::NotImplemented,
                    elements: vec![(BatIdentifier::Signal, 1)],
                },
                &[0x06, 0x85, 0x90, 1, 11, 1, 0][..],
                "information element non-existent or not implemented",
            ),
            (
                BatContents::ControlInformation(Octets::from([1, 0x20])),
                &[8, 0x83, 0x90, 1, 0x20],
                "0120",
            ),
            (
                BatContents::ControlUnit {
                    network: Octets::from([9]),
                    unit: 5,
                },
                &[10, 0x87, 0x90, 1, 9, 5, 0, 0, 0],
                "5",
            ),
            (
                BatContents::Signal {
                    signal: SignalType::Dtmf5,
                    duration: Some(300),
                },
                &[11, 0x84, 0x90, 5, 0x2c, 0x01],
                "DTMF 5",
            ),
            (
                BatContents::RedirectionCapability(true),
                &[12, 0x82, 0x90, 1],
                "late cut-through supported",
            ),
            (
                BatContents::RedirectionIndicators(vec![BearerRedirection::Failure]),
                &[13, 0x82, 0x90, 10],
                "redirect failure",
            ),
            (
                BatContents::SignalType(SignalType::BusyTone),
                &[14, 0x82, 0x90, 70],
                "busy tone",
            ),
            (BatContents::Duration(40), &[15, 0x83, 0x90, 40, 0], "40 ms"),
            (
                BatContents::Other(BatIdentifier::Spare(200), Octets::from([7])),
                &[200, 0x82, 0x90, 7],
                "07",
            ),
            // An action indicator without action.
            (
                BatContents::Other(BatIdentifier::Action, Octets::new()),
                &[1, 0x81, 0x90],
                "",
            ),
        ] {
            let information = BatInformation::read(octets);
            assert_eq!(&information.octets()[..], octets);
            assert_eq!(information.contents().next(), Some(contents));
            assert_eq!(information.describe().fields[0].value, words);
        }
    }
}
