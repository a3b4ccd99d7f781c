//! Encapsulated application information of the BAT ASE, bearer association transport, in an
//! application transport (Q.765.5 11).

use crate::describe::Description;
use crate::octets::Octets;
use crate::param::group::{group, kept, write_group};
use crate::param::indicators::{Bits, put, take};
use crate::param::{BatContents, BatIdentifier, BatInstruction};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::{
        BatAction, BatCodec, BearerCharacteristics, CodecOrganization, EtsiCodec, ItuTCodec,
    };

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
