//! Encapsulated application information of the BAT ASE, bearer association transport, in an
//! application transport (Q.765.5 11).

use super::group::{group, kept, write_group};
use super::indicators::{Bits, put, take};
use super::{
    BatAction, BatIdentifier, BatInstruction, BatReportReason, BearerCharacteristics,
    BearerRedirection, CodecOrganization, EtsiCodec, ItuTCodec, SignalType,
};
use crate::describe::Description;
use crate::octets::Octets;

/// The information elements of a BAT ASE, or the codecs of a codec list, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BatInformation {
    /// The information elements.
    pub elements: Vec<BatElement>,
    /// Octets behind the last whole element: an element that is cut.
    pub rest: Octets,
}

/// An information element of the BAT ASE (Q.765.5 11.1): identifier, length, compatibility
/// information, contents.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BatElement {
    /// Identifier.
    pub identifier: BatIdentifier,
    /// Compatibility information.
    pub compatibility: BatCompatibility,
    /// The contents as they came; [`Self::read`] reads them.
    pub contents: Octets,
}

/// Compatibility information of an information element: what a node that does not know the element
/// is to do (Q.765.5 11.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BatCompatibility {
    /// Instruction indicator for general action.
    pub general: BatInstruction,
    /// Send notification indicator for general action.
    pub general_notification: bool,
    /// Instruction indicator for the case that passing on is not possible.
    pub pass_on_not_possible: BatInstruction,
    /// Send notification indicator for that case.
    pub pass_on_notification: bool,
    /// Octets that extend it, which the standard does not have: 7 bits each.
    pub further: Octets,
}

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

impl BatInformation {
    /// Reads encapsulated application information.
    pub fn read(octets: &[u8]) -> Self {
        let mut elements = Vec::new();
        let mut rest = octets;
        while let Some((element, behind)) = BatElement::take(rest) {
            elements.push(element);
            rest = behind;
        }
        Self {
            elements,
            rest: Octets::copy(rest),
        }
    }

    /// The octets; cut after the 255 that a parameter can hold.
    pub fn octets(&self) -> Octets {
        let mut out = Vec::new();
        for element in &self.elements {
            element.write(&mut out);
        }
        out.extend_from_slice(&self.rest);
        kept(out)
    }

    /// What the elements say.
    pub fn contents(&self) -> impl Iterator<Item = BatContents> + '_ {
        self.elements.iter().map(BatElement::read)
    }

    /// The same with one more element, which is to be passed on where it is not known.
    #[must_use]
    pub fn with(mut self, contents: &BatContents) -> Self {
        self.elements
            .push(BatElement::new(BatCompatibility::default(), contents));
        self
    }

    /// What it says, in words.
    pub fn describe(&self) -> Description {
        let mut octet = 0;
        let mut description = Description::default();
        for element in &self.elements {
            let (head, length) = element.lengths();
            let compatibility = head - 1 - element.compatibility.further.len();
            let words = shifted(element.read().describe(), head);
            let words = element.compatibility.describe(compatibility, words);
            description = description.nested(octet, element.identifier.to_string(), words);
            octet += length;
        }
        if self.rest.is_empty() {
            return description;
        }
        description.field(octet, "incomplete information element", &self.rest)
    }
}

impl BatElement {
    /// An element.
    pub fn new(compatibility: BatCompatibility, contents: &BatContents) -> Self {
        Self {
            identifier: contents.identifier(),
            compatibility,
            contents: kept(contents.octets()),
        }
    }

    /// What it says.
    pub fn read(&self) -> BatContents {
        BatContents::read(self.identifier, &self.contents)
            .unwrap_or_else(|| BatContents::Other(self.identifier, self.contents.clone()))
    }

    fn take(octets: &[u8]) -> Option<(Self, &[u8])> {
        let (identifier, rest) = octets.split_first()?;
        let (length, rest) = group(rest).ok()?;
        // The low bits come first.
        let high = length
            .extension
            .first()
            .map_or(0, |octet| usize::from(take(*octet, 0, 4)));
        let length = high << 7 | usize::from(length.first);
        let (element, behind) = rest.split_at_checked(length)?;
        let (compatibility, contents) = group(element).ok()?;
        let element = Self {
            identifier: BatIdentifier::from_code(*identifier),
            compatibility: BatCompatibility {
                general: BatInstruction::from_code(take(compatibility.first, 0, 2)),
                general_notification: take(compatibility.first, 2, 3) == 1,
                pass_on_not_possible: BatInstruction::from_code(take(compatibility.first, 4, 6)),
                pass_on_notification: take(compatibility.first, 6, 7) == 1,
                further: compatibility.extension,
            },
            contents: Octets::copy(contents),
        };
        Some((element, behind))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.identifier.code());
        let compatibility = &self.compatibility;
        let length = 1 + compatibility.further.len() + self.contents.len();
        let low = (length & 0x7f) as u8;
        match (length >> 7) as u8 {
            0 => write_group(low, &[], out),
            high => write_group(low, &[high], out),
        }
        let octet = put(compatibility.general.code(), 0, 2)
            | put(compatibility.general_notification.into(), 2, 3)
            | put(compatibility.pass_on_not_possible.code(), 4, 6)
            | put(compatibility.pass_on_notification.into(), 6, 7);
        write_group(octet, &compatibility.further, out);
        out.extend_from_slice(&self.contents);
    }

    /// How many octets stand before the contents, and how many there are in all.
    fn lengths(&self) -> (usize, usize) {
        let mut octets = Vec::new();
        self.write(&mut octets);
        (octets.len() - self.contents.len(), octets.len())
    }
}

impl BatCompatibility {
    fn describe(&self, octet: usize, description: Description) -> Description {
        let notify = |bit: bool| bit.words(Some(["", " and notify"]));
        // Without passing on, the code 0 means another thing.
        let not_possible = match self.pass_on_not_possible {
            BatInstruction::PassOn | BatInstruction::ReleaseCall => BatInstruction::ReleaseCall,
            other => other,
        };
        let general = format!("{}{}", self.general, notify(self.general_notification));
        let pass_on = format!("{not_possible}{}", notify(self.pass_on_notification));
        description
            .field(octet, "if the element is not known", general)
            .field(octet, "if passing on is not possible", pass_on)
    }
}

/// Pass on without notification; where that is not possible, discard the element.
impl Default for BatCompatibility {
    fn default() -> Self {
        Self {
            general: BatInstruction::PassOn,
            general_notification: false,
            pass_on_not_possible: BatInstruction::DiscardElement,
            pass_on_notification: false,
            further: Octets::new(),
        }
    }
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

    fn read(identifier: BatIdentifier, octets: &[u8]) -> Option<Self> {
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

    fn octets(&self) -> Vec<u8> {
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

    fn describe(&self) -> Description {
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

/// The same, its octets counted from so many before.
fn shifted(description: Description, octets: usize) -> Description {
    let nested = Description::default()
        .nested(octets, "", description)
        .fields
        .pop();
    nested.map_or_else(Description::default, |field| Description {
        value: Some(field.value),
        fields: field.fields,
    })
}

fn duration(octets: &[u8]) -> Option<u16> {
    octets.first_chunk().copied().map(u16::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_ways(octets: &[u8]) -> BatInformation {
        let information = BatInformation::read(octets);
        assert_eq!(&information.octets()[..], octets);
        information
    }

    #[test]
    fn elements_of_a_forward_set_up() {
        let codecs = BatInformation::default()
            .with(&BatContents::Codec(BatCodec::itu_t(ItuTCodec::G711ALaw64)))
            .with(&BatContents::Codec(BatCodec {
                organization: CodecOrganization::Etsi,
                codec: EtsiCodec::UmtsAmr2.code(),
                configuration: Octets::from([0x80, 0x80, 0x04]),
            }));
        let contents = [
            BatContents::Action(BatAction::ConnectForward),
            BatContents::ConnectionIdentifier(Octets::from([0, 0, 1, 2])),
            BatContents::FunctionAddress(Octets::from([0x35, 0, 1])),
            BatContents::CodecList(codecs),
            BatContents::Characteristics(BearerCharacteristics::IpRtp),
            BatContents::Tunnelling(true),
        ];
        let information = contents
            .iter()
            .fold(BatInformation::default(), BatInformation::with);
        let octets = [
            0x01, 0x82, 0x90, 2, // action indicator: connect forward
            0x02, 0x85, 0x90, 0, 0, 1, 2, // BNC-ID
            0x03, 0x84, 0x90, 0x35, 0, 1, // interworking function address
            0x04, 0x8e, 0x90, // codec list
            0x05, 0x83, 0x90, 1, 1, // G.711 A-law
            0x05, 0x86, 0x90, 2, 6, 0x80, 0x80, 0x04, // UMTS AMR 2
            0x07, 0x82, 0x90, 4, // IP/RTP
            0x09, 0x82, 0x90, 1, // tunnelling to be used
        ];
        assert_eq!(both_ways(&octets), information);
        assert_eq!(information.contents().collect::<Vec<_>>(), contents);
        let description = information.describe();
        let list = &description.fields[3];
        assert_eq!(list.name, "codec list");
        assert_eq!(
            (list.fields[1].octet, list.fields[1].value.as_str()),
            (25, "UMTS AMR 2")
        );
    }

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
            let information = both_ways(octets);
            assert_eq!(information.contents().next(), Some(contents));
            assert_eq!(information.describe().fields[0].value, words);
        }
    }

    #[test]
    fn compatibility_is_read_and_described() {
        // General: discard BICC data and notify; if passing on is not possible: release call.
        let information = both_ways(&[0x01, 0x82, 0x86, 2]);
        let fields = &information.describe().fields[0].fields;
        assert_eq!(
            (fields[0].octet, fields[0].value.as_str()),
            (2, "discard BICC data and notify")
        );
        assert_eq!(fields[1].value, "release call");
    }

    #[test]
    fn a_length_may_take_two_octets() {
        let mut octets = vec![0x08, 0x49, 0x81, 0x90];
        octets.extend([7; 200]);
        let information = both_ways(&octets);
        assert_eq!(information.elements[0].contents.len(), 200);
    }

    #[test]
    fn what_is_cut_survives() {
        for octets in [
            &[][..],
            &[1],
            &[1, 0x80],
            &[1, 0x85, 0x90, 2],
            &[1, 0x81, 0x10],
        ] {
            assert!(both_ways(octets).elements.is_empty());
        }
    }
}
