//! Information elements of Q.931 that ISUP carries from access to access (Q.931 4.5).

use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::cause::location_words;
use crate::param::group::{EXTENSION, group, write_group};
use crate::param::indicators::{put, take};
use crate::param::{BearerCapability, CodingStandard, HighLayerCompatibility};
use trunkline_model::Location;

/// An information element of codeset 0 whose contents have a meaning here.
pub trait Element: Sized {
    /// The identifier of the information element.
    const IDENTIFIER: u8;

    /// Reads the contents, without identifier and length.
    ///
    /// # Errors
    /// [`Problem`] says why the contents make no sense.
    fn read(octets: &[u8]) -> Result<Self, Problem>;

    /// Appends the contents.
    fn write(&self, out: &mut Vec<u8>);

    /// What it says, in words.
    fn describe(&self) -> Description;
}

codes! {
    /// Progress description (Q.931 4.5.23): 7 bits.
    pub enum ProgressDescription {
        NotEndToEndIsdn = 1,
            "call is not end-to-end ISDN; further call progress information may be available in-band";
        DestinationNotIsdn = 2, "destination address is non-ISDN";
        OriginationNotIsdn = 3, "origination address is non-ISDN";
        ReturnedToIsdn = 4, "call has returned to the ISDN";
        ServiceChange = 5,
            "interworking has occurred and has resulted in a telecommunication service change";
        InBandInformation = 8,
            "in-band information or an appropriate pattern is now available";
        _ => Spare, "spare progress description"
    }
}

codes! {
    /// Type of subaddress (Q.931 4.5.9, 4.5.11): 3 bits.
    pub enum SubaddressType {
        Nsap = 0, "NSAP, X.213 (ISO/IEC 8348)";
        UserSpecified = 2, "user specified";
        _ => Reserved, "reserved type of subaddress"
    }
}

/// Progress indicator (Q.931 4.5.23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProgressIndicator {
    /// Coding standard.
    pub coding_standard: CodingStandard,
    /// Location.
    pub location: Location,
    /// Progress description.
    pub description: ProgressDescription,
}

impl ProgressIndicator {
    /// A progress indicator in ITU-T coding.
    pub const fn new(location: Location, description: ProgressDescription) -> Self {
        Self {
            coding_standard: CodingStandard::ItuT,
            location,
            description,
        }
    }
}

impl Element for ProgressIndicator {
    const IDENTIFIER: u8 = 0x1e;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let (octet_3, rest) = group(octets)?;
        let description = rest.first().ok_or(Problem::TooShort {
            need: octets.len() + 1,
            have: octets.len(),
        })?;
        Ok(Self {
            coding_standard: CodingStandard::from_code(take(octet_3.first, 5, 7)),
            location: Location::from_bits(octet_3.first),
            description: ProgressDescription::from_code(take(*description, 0, 7)),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let coding = put(self.coding_standard.code(), 5, 7);
        out.push(EXTENSION | coding | put(self.location.bits(), 0, 4));
        out.push(EXTENSION | self.description.code());
    }

    fn describe(&self) -> Description {
        Description::of(self.description)
            .field(0, "coding standard", self.coding_standard)
            .field(0, "location", location_words(self.location))
    }
}

/// Declares an information element that holds a subaddress.
macro_rules! subaddress {
    ($($(#[$meta:meta])* $name:ident = $identifier:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            /// Type of subaddress.
            pub kind: SubaddressType,
            /// Odd/even indicator, of use with the user-specified type in BCD.
            pub odd: bool,
            /// Subaddress information: an NSAP begins with its authority and format identifier.
            pub information: Octets,
        }

        impl Element for $name {
            const IDENTIFIER: u8 = $identifier;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                let (octet_3, information) = group(octets)?;
                Ok(Self {
                    kind: SubaddressType::from_code(take(octet_3.first, 4, 7)),
                    odd: take(octet_3.first, 3, 4) == 1,
                    information: Octets::copy(information),
                })
            }

            fn write(&self, out: &mut Vec<u8>) {
                write_group(put(self.kind.code(), 4, 7) | put(self.odd.into(), 3, 4), &[], out);
                out.extend_from_slice(&self.information);
            }

            fn describe(&self) -> Description {
                Description::of(&self.information)
                    .field(0, "type of subaddress", self.kind)
                    .field(0, "odd/even indicator", if self.odd { "odd" } else { "even" })
            }
        }
    )+};
}

subaddress! {
    /// Called party subaddress (Q.931 4.5.9).
    CalledPartySubaddress = 0x71;
    /// Calling party subaddress (Q.931 4.5.11).
    CallingPartySubaddress = 0x6d;
    /// Connected subaddress (Q.951.5), coded as the called party subaddress.
    ConnectedSubaddress = 0x4d;
}

/// Low layer compatibility (Q.931 4.5.19): a bearer capability with more to say about layers 2 and
/// 3, in their extension octets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LowLayerCompatibility(pub BearerCapability);

impl LowLayerCompatibility {
    /// Octet 3a: whether out-band negotiation of the low layers is possible; `None` if the octet
    /// is not there, which means that it is not.
    pub fn out_band_negotiation(&self) -> Option<bool> {
        self.0
            .octet_3_extension
            .first()
            .map(|octet| take(*octet, 6, 7) == 1)
    }

    /// The same with octet 3a.
    #[must_use]
    pub fn with_out_band_negotiation(mut self, possible: bool) -> Self {
        self.0.octet_3_extension = Octets::from([put(possible.into(), 6, 7)]);
        self
    }
}

impl Element for LowLayerCompatibility {
    const IDENTIFIER: u8 = 0x7c;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        BearerCapability::read(octets).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn describe(&self) -> Description {
        let description = self.0.describe();
        match self.out_band_negotiation() {
            Some(possible) => {
                let words = if possible { "possible" } else { "not possible" };
                description.field(1, "out-band negotiation", words)
            }
            None => description,
        }
    }
}

impl Element for BearerCapability {
    const IDENTIFIER: u8 = 0x04;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        Self::read(octets)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.write(out);
    }

    fn describe(&self) -> Description {
        self.describe()
    }
}

impl Element for HighLayerCompatibility {
    const IDENTIFIER: u8 = 0x7d;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        Self::read(octets)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.write(out);
    }

    fn describe(&self) -> Description {
        self.describe()
    }
}

/// What contents of an element of codeset 0 say, if they can be read here.
pub(super) fn describe(identifier: u8, contents: &[u8]) -> Option<Description> {
    fn of<E: Element>(contents: &[u8]) -> Option<Description> {
        E::read(contents).ok().map(|element| element.describe())
    }
    match identifier {
        ProgressIndicator::IDENTIFIER => of::<ProgressIndicator>(contents),
        CalledPartySubaddress::IDENTIFIER => of::<CalledPartySubaddress>(contents),
        CallingPartySubaddress::IDENTIFIER => of::<CallingPartySubaddress>(contents),
        ConnectedSubaddress::IDENTIFIER => of::<ConnectedSubaddress>(contents),
        LowLayerCompatibility::IDENTIFIER => of::<LowLayerCompatibility>(contents),
        <BearerCapability as Element>::IDENTIFIER => of::<BearerCapability>(contents),
        <HighLayerCompatibility as Element>::IDENTIFIER => of::<HighLayerCompatibility>(contents),
        _ => None,
    }
}

/// What Q.931 calls an information element of codeset 0 (table 4-3).
pub(in crate::param) fn element_name(identifier: u8) -> Option<&'static str> {
    Some(match identifier {
        0x00 => "segmented message",
        0x04 => "bearer capability",
        0x08 => "cause",
        0x0d => "extended facility",
        0x10 => "call identity",
        0x14 => "call state",
        0x18 => "channel identification",
        0x1c => "facility",
        0x1e => "progress indicator",
        0x20 => "network-specific facilities",
        0x27 => "notification indicator",
        0x28 => "display",
        0x29 => "date/time",
        0x2c => "keypad facility",
        0x34 => "signal",
        0x40 => "information rate",
        0x42 => "end-to-end transit delay",
        0x43 => "transit delay selection and indication",
        0x44 => "packet layer binary parameters",
        0x45 => "packet layer window size",
        0x46 => "packet size",
        0x47 => "closed user group",
        0x4a => "reverse charging indication",
        0x4c => "connected number",
        0x4d => "connected subaddress",
        0x6c => "calling party number",
        0x6d => "calling party subaddress",
        0x70 => "called party number",
        0x71 => "called party subaddress",
        0x74 => "redirecting number",
        0x78 => "transit network selection",
        0x79 => "restart indicator",
        0x7c => "low layer compatibility",
        0x7d => "high layer compatibility",
        0x7e => "user-user",
        0x7f => "escape for extension",
        0x90..=0x97 => "locking shift",
        0x98..=0x9f => "non-locking shift",
        0xa0 => "more data",
        0xa1 => "sending complete",
        0xb0..=0xbf => "congestion level",
        0xd0..=0xdf => "repeat indicator",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::{InformationTransferCapability, Layer1Protocol};

    fn both_ways<E: Element + PartialEq + core::fmt::Debug>(octets: &[u8], element: E) {
        assert_eq!(E::read(octets).as_ref(), Ok(&element));
        let mut out = Vec::new();
        element.write(&mut out);
        assert_eq!(out, octets);
    }

    #[test]
    fn progress_indicator_both_ways() {
        let element = ProgressIndicator::new(
            Location::PublicNetworkRemoteUser,
            ProgressDescription::InBandInformation,
        );
        both_ways(&[0x84, 0x88], element);
        assert_eq!(
            ProgressIndicator::read(&[0x84]),
            Err(Problem::TooShort { need: 2, have: 1 })
        );
    }

    #[test]
    fn subaddress_both_ways_and_masked_in_logs() {
        // User specified, odd: 123.
        let element = CalledPartySubaddress {
            kind: SubaddressType::UserSpecified,
            odd: true,
            information: Octets::from([0x12, 0x3f]),
        };
        assert!(!format!("{element:?}").contains("12"));
        assert_eq!(element.describe().value.as_deref(), Some("123f"));
        both_ways(&[0xa8, 0x12, 0x3f], element);
        assert!(CallingPartySubaddress::read(&[]).is_err());
    }

    #[test]
    fn low_layer_compatibility_has_octet_3a() {
        let capability = BearerCapability::new(InformationTransferCapability::UnrestrictedDigital)
            .with_layer_1(Layer1Protocol::V110);
        let element = LowLayerCompatibility(capability).with_out_band_negotiation(true);
        assert_eq!(element.out_band_negotiation(), Some(true));
        both_ways(&[0x08, 0xc0, 0x90, 0xa1], element);
    }
}
