//! Access transport (Q.763 3.3).

use super::information_element::{Element, describe, element_name};
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::group::hex;
use crate::param::{Parameter, ParameterCode};

/// One information element of Q.931 (4.5.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InformationElement {
    /// The identifier: all of the octet. From 0x80 on the element is that one octet.
    pub identifier: u8,
    /// The contents; none, and not written, of an element of one octet.
    pub contents: Octets,
}

/// Access transport (Q.763 3.3): information elements of Q.931, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AccessTransport {
    /// The information elements, shifts of the codeset included.
    pub elements: Vec<InformationElement>,
    /// Octets behind the last whole element: an element that is cut.
    pub rest: Octets,
}

impl InformationElement {
    /// An element with contents.
    pub const fn new(identifier: u8, contents: Octets) -> Self {
        Self {
            identifier,
            contents,
        }
    }

    /// An element of one octet; bit 8 is set.
    pub const fn single(octet: u8) -> Self {
        Self {
            identifier: octet | SINGLE,
            contents: Octets::new(),
        }
    }

    /// Whether it is an element of one octet.
    pub const fn is_single(&self) -> bool {
        self.identifier & SINGLE != 0
    }

    fn of<E: Element>(element: &E) -> Self {
        let mut contents = Vec::new();
        element.write(&mut contents);
        Self::new(E::IDENTIFIER, crate::param::group::kept(contents))
    }

    /// What a shift changes (Q.931 4.5.3, 4.5.4): the codeset, and whether for good.
    const fn shift(&self) -> Option<(u8, bool)> {
        match self.identifier {
            0x90..=0x9f => Some((self.identifier & 7, self.identifier & 8 == 0)),
            _ => None,
        }
    }
}

impl AccessTransport {
    /// No elements.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every element that is no shift, with its codeset (Q.931 4.5.2): 0 is that of Q.931 itself,
    /// 5 is for national use, 6 for the local network, 7 for the user.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &InformationElement)> {
        let (mut locked, mut next) = (0, None);
        self.elements.iter().filter_map(move |element| {
            if let Some((codeset, for_good)) = element.shift() {
                if for_good {
                    locked = codeset;
                } else {
                    next = Some(codeset);
                }
                return None;
            }
            Some((next.take().unwrap_or(locked), element))
        })
    }

    /// The contents of the first element of codeset 0 with that identifier.
    pub fn contents(&self, identifier: u8) -> Option<&Octets> {
        self.iter()
            .find(|(codeset, element)| *codeset == 0 && element.identifier == identifier)
            .map(|(_, element)| &element.contents)
    }

    /// The first element of that type that makes sense.
    pub fn get<E: Element>(&self) -> Option<E> {
        self.all().next()
    }

    /// All elements of that type that make sense.
    pub fn all<E: Element>(&self) -> impl Iterator<Item = E> {
        self.iter()
            .filter(|(codeset, element)| *codeset == 0 && element.identifier == E::IDENTIFIER)
            .filter_map(|(_, element)| E::read(&element.contents).ok())
    }

    /// Puts an element in the place of the first of its type, or adds it if there is none.
    pub fn set<E: Element>(&mut self, element: &E) {
        match self
            .find(E::IDENTIFIER)
            .and_then(|index| self.elements.get_mut(index))
        {
            Some(old) => *old = InformationElement::of(element),
            None => self.push(element),
        }
    }

    /// Adds an element behind all others of codeset 0, that is, before the first locking shift.
    pub fn push<E: Element>(&mut self, element: &E) {
        let locking = |element: &InformationElement| matches!(element.shift(), Some((_, true)));
        let index = self
            .elements
            .iter()
            .position(locking)
            .unwrap_or(self.elements.len());
        self.elements.insert(index, InformationElement::of(element));
    }

    /// The same with one more element.
    #[must_use]
    pub fn with<E: Element>(mut self, element: E) -> Self {
        self.push(&element);
        self
    }

    /// Takes out the first element of codeset 0 with that identifier.
    pub fn remove(&mut self, identifier: u8) -> Option<InformationElement> {
        self.find(identifier)
            .map(|index| self.elements.remove(index))
    }

    /// Where the first element of codeset 0 with that identifier stands.
    fn find(&self, identifier: u8) -> Option<usize> {
        let (_, found) = self
            .iter()
            .find(|(codeset, element)| *codeset == 0 && element.identifier == identifier)?;
        self.elements
            .iter()
            .position(|element| core::ptr::eq(element, found))
    }
}

impl FromIterator<InformationElement> for AccessTransport {
    fn from_iter<T: IntoIterator<Item = InformationElement>>(elements: T) -> Self {
        Self {
            elements: elements.into_iter().collect(),
            rest: Octets::new(),
        }
    }
}

impl Parameter for AccessTransport {
    const CODE: ParameterCode = ParameterCode::ACCESS_TRANSPORT;

    fn read(mut octets: &[u8]) -> Result<Self, Problem> {
        let mut elements = Vec::new();
        while let [identifier, behind @ ..] = octets {
            if identifier & SINGLE != 0 {
                elements.push(InformationElement::single(*identifier));
                octets = behind;
                continue;
            }
            let element = behind
                .split_first()
                .and_then(|(length, behind)| behind.split_at_checked(usize::from(*length)));
            let Some((contents, behind)) = element else {
                break;
            };
            elements.push(InformationElement::new(*identifier, Octets::copy(contents)));
            octets = behind;
        }
        Ok(Self {
            elements,
            rest: Octets::copy(octets),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        for element in &self.elements {
            out.push(element.identifier);
            if !element.is_single() {
                // Contents are at most 255 octets.
                out.push(u8::try_from(element.contents.len()).unwrap_or(u8::MAX));
                out.extend_from_slice(&element.contents);
            }
        }
        out.extend_from_slice(&self.rest);
    }

    fn describe(&self) -> Description {
        let mut description = Description::default();
        let mut octet = 0;
        let mut codesets = self.iter();
        for element in &self.elements {
            if element.shift().is_some() {
                description = description.field(
                    octet,
                    element_name(element.identifier).unwrap_or("shift"),
                    format!("codeset {}", element.identifier & 7),
                );
                octet += 1;
                continue;
            }
            let codeset = codesets.next().map_or(0, |(codeset, _)| codeset);
            let name = match (codeset, element_name(element.identifier)) {
                (0, Some(name)) => name.to_owned(),
                (0, None) => format!("information element {:#04x}", element.identifier),
                _ => format!(
                    "information element {:#04x} of codeset {codeset}",
                    element.identifier
                ),
            };
            if element.is_single() {
                description = description.field(octet, name, hex(&[element.identifier]));
                octet += 1;
                continue;
            }
            let contents = describe(element.identifier, &element.contents).filter(|_| codeset == 0);
            let contents = contents.unwrap_or_else(|| Description::of(&element.contents));
            description = description.nested(octet + 2, name, contents);
            octet += 2 + element.contents.len();
        }
        if self.rest.is_empty() {
            return description;
        }
        description.field(octet, "incomplete information element", &self.rest)
    }
}

/// Bit 8 of an identifier: the element is one octet.
const SINGLE: u8 = 0x80;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::{
        HighLayerCharacteristics, HighLayerCompatibility, ProgressDescription, ProgressIndicator,
    };
    use proptest::collection::vec;
    use proptest::prelude::*;
    use trunkline_model::Location;

    fn both_ways(octets: &[u8]) -> AccessTransport {
        let access = AccessTransport::read(octets).unwrap();
        let mut out = Vec::new();
        access.write(&mut out);
        assert_eq!(out, octets);
        access
    }

    fn progress(description: ProgressDescription) -> ProgressIndicator {
        ProgressIndicator::new(Location::PublicNetworkRemoteUser, description)
    }

    #[test]
    fn elements_are_read_added_changed_and_taken_out() {
        // Progress indicator 2, sending complete, progress indicator 8.
        let mut access = both_ways(&[0x1e, 2, 0x84, 0x82, 0xa1, 0x1e, 2, 0x84, 0x88]);
        let in_band = progress(ProgressDescription::InBandInformation);
        let destination = progress(ProgressDescription::DestinationNotIsdn);
        assert_eq!(
            access.all::<ProgressIndicator>().collect::<Vec<_>>(),
            [destination, in_band]
        );
        access.set(&progress(ProgressDescription::ReturnedToIsdn));
        access.set(&HighLayerCompatibility::new(
            HighLayerCharacteristics::Telephony,
        ));
        let mut out = Vec::new();
        access.write(&mut out);
        let octets = [
            0x1e, 2, 0x84, 0x84, 0xa1, 0x1e, 2, 0x84, 0x88, 0x7d, 2, 0x91, 0x81,
        ];
        assert_eq!(out, octets);
        assert_eq!(access.remove(0xa1), Some(InformationElement::single(0xa1)));
        assert_eq!((access.remove(0xa1), access.elements.len()), (None, 3));
    }

    #[test]
    fn a_shift_leads_into_another_codeset() {
        // For one element codeset 6, progress indicator 8, for good codeset 5, element 0x1e.
        let mut access = both_ways(&[
            0x9e, 0x1e, 1, 0x00, 0x1e, 2, 0x84, 0x88, 0x95, 0x1e, 2, 0x84, 0x82,
        ]);
        let codesets: Vec<u8> = access.iter().map(|(codeset, _)| codeset).collect();
        assert_eq!(codesets, [6, 0, 5]);
        let in_band = progress(ProgressDescription::InBandInformation);
        assert_eq!(
            access.all::<ProgressIndicator>().collect::<Vec<_>>(),
            [in_band]
        );
        access.push(&progress(ProgressDescription::DestinationNotIsdn));
        assert_eq!(access.all::<ProgressIndicator>().count(), 2);
        assert!(access.remove(0x1e).is_some());
        assert_eq!(
            access.get(),
            Some(progress(ProgressDescription::DestinationNotIsdn))
        );
        assert!(
            access
                .elements
                .iter()
                .any(|element| element.contents[..] == [0x00])
        );
    }

    #[test]
    fn an_element_that_is_cut_survives() {
        for octets in [
            &[][..],
            &[0x1e],
            &[0x1e, 2, 0x84],
            &[0x7d, 0, 0x28, 3, b'h', b'i'],
        ] {
            let access = both_ways(octets);
            assert_eq!(access.get::<ProgressIndicator>(), None);
        }
    }

    proptest! {
        #[test]
        fn whatever_came_is_written_as_it_came(octets in vec(any::<u8>(), 0..40)) {
            both_ways(&octets);
        }
    }

    #[test]
    fn elements_are_described_where_they_stand() {
        let access = both_ways(&[0x96, 0x1e, 2, 0x84, 0x88]);
        let names: Vec<_> = access
            .describe()
            .fields
            .into_iter()
            .map(|field| field.name)
            .collect();
        assert_eq!(
            names,
            ["locking shift", "information element 0x1e of codeset 6"]
        );
        let access = both_ways(&[0xa1, 0x1e, 2, 0x84, 0x88]);
        let description = access.describe();
        let field = &description.fields[1];
        assert_eq!(
            (field.octet, field.name.as_ref()),
            (3, "progress indicator")
        );
        assert_eq!(
            field.fields[1].value,
            "public network serving the remote user (RLN)"
        );
    }
}
