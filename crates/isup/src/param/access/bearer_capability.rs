//! Bearer capability (Q.931 4.5.5), the contents of two parameters of ISUP: user service
//! information and user service information prime.

use super::bearer_layer::Layer;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::group::{EXTENSION, group, write_group};
use crate::param::indicators::{put, take};
use crate::param::{
    InformationTransferCapability, InformationTransferRate, Layer1, Layer1Protocol, Layer2,
    Layer2Protocol, Layer3, Layer3Protocol, Parameter, ParameterCode, ServiceCodingStandard,
    TransferMode,
};

/// A bearer capability, field by field: octets 3 to 7 of the information element (Q.931 4.5.5).
///
/// What is not as Q.931 has it is kept: reserved codes by their numbers, octets behind the known
/// ones without their extension bits, and all from the first octet on that has no place in
/// [`further`](Self::further).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BearerCapability {
    /// Coding standard. If it is not that of ITU-T, the other fields may mean something else.
    pub coding_standard: ServiceCodingStandard,
    /// Information transfer capability.
    pub capability: InformationTransferCapability,
    /// Octets 3a and behind, 7 bits each: only a low layer compatibility has them.
    pub octet_3_extension: Octets,
    /// Transfer mode.
    pub mode: TransferMode,
    /// Information transfer rate.
    pub rate: InformationTransferRate,
    /// Octets 4a and behind, 7 bits each: structure, configuration and symmetry in older versions
    /// of Q.931.
    pub octet_4_extension: Octets,
    /// Octet 4.1, 7 bits: how many times 64 kbit/s. It is there, and written, only with
    /// [`InformationTransferRate::Multirate`].
    pub rate_multiplier: Option<u8>,
    /// Octet 5.
    pub layer_1: Option<Layer1>,
    /// Octet 6.
    pub layer_2: Option<Layer2>,
    /// Octet 7.
    pub layer_3: Option<Layer3>,
    /// Octets as they came from the first on that is none of the above, or is out of order or cut.
    pub further: Octets,
}

impl BearerCapability {
    /// 64 kbit/s in circuit mode, without layers.
    pub const fn new(capability: InformationTransferCapability) -> Self {
        Self {
            coding_standard: ServiceCodingStandard::ItuT,
            capability,
            octet_3_extension: Octets::new(),
            mode: TransferMode::Circuit,
            rate: InformationTransferRate::Kbit64,
            octet_4_extension: Octets::new(),
            rate_multiplier: None,
            layer_1: None,
            layer_2: None,
            layer_3: None,
            further: Octets::new(),
        }
    }

    /// The same with a layer 1 protocol that has no further octets.
    #[must_use]
    pub fn with_layer_1(self, protocol: Layer1Protocol) -> Self {
        Self {
            layer_1: Some(Layer1::new(protocol)),
            ..self
        }
    }

    /// Reads the contents of the information element.
    ///
    /// # Errors
    /// [`Problem::TooShort`] if octets 3 and 4 are not there to the end.
    pub fn read(octets: &[u8]) -> Result<Self, Problem> {
        let (octet_3, rest) = group(octets)?;
        let (octet_4, mut rest) = group(rest).map_err(|_| Problem::TooShort {
            need: octets.len() + 1,
            have: octets.len(),
        })?;
        let rate = InformationTransferRate::from_code(take(octet_4.first, 0, 5));
        let rate_multiplier = match (rate, rest) {
            (InformationTransferRate::Multirate, [multiplier, behind @ ..])
                if multiplier & EXTENSION != 0 =>
            {
                rest = behind;
                Some(multiplier & !EXTENSION)
            }
            _ => None,
        };
        let layer_1 = layer(1, &mut rest);
        let layer_2 = layer(2, &mut rest);
        let layer_3 = layer(3, &mut rest);
        Ok(Self {
            coding_standard: ServiceCodingStandard::from_code(take(octet_3.first, 5, 7)),
            capability: InformationTransferCapability::from_code(take(octet_3.first, 0, 5)),
            octet_3_extension: octet_3.extension,
            mode: TransferMode::from_code(take(octet_4.first, 5, 7)),
            rate,
            octet_4_extension: octet_4.extension,
            rate_multiplier,
            layer_1: layer_1.map(|(protocol, octets)| Layer1::from_octets(protocol, &octets)),
            layer_2: layer_2.map(|(protocol, extension)| Layer2 {
                protocol: Layer2Protocol::from_code(protocol),
                extension,
            }),
            layer_3: layer_3.map(|(protocol, extension)| Layer3 {
                protocol: Layer3Protocol::from_code(protocol),
                extension,
            }),
            further: Octets::copy(rest),
        })
    }

    /// Appends the contents of the information element.
    pub fn write(&self, out: &mut Vec<u8>) {
        let octet_3 = put(self.coding_standard.code(), 5, 7) | put(self.capability.code(), 0, 5);
        let octet_4 = put(self.mode.code(), 5, 7) | put(self.rate.code(), 0, 5);
        write_group(octet_3, &self.octet_3_extension, out);
        write_group(octet_4, &self.octet_4_extension, out);
        if let (InformationTransferRate::Multirate, Some(multiplier)) =
            (self.rate, self.rate_multiplier)
        {
            out.push(multiplier | EXTENSION);
        }
        if let Some(layer) = &self.layer_1 {
            layer.write(out);
        }
        if let Some(layer) = &self.layer_2 {
            layer.write(out);
        }
        if let Some(layer) = &self.layer_3 {
            layer.write(out);
        }
        out.extend_from_slice(&self.further);
    }

    /// What it says, in words.
    pub fn describe(&self) -> Description {
        let octet_4 = 1 + self.octet_3_extension.len();
        let mut octet = octet_4 + 1 + self.octet_4_extension.len();
        let mut description = if self.coding_standard == ServiceCodingStandard::ItuT {
            Description::of(format!("{}, {}, {}", self.capability, self.mode, self.rate))
        } else {
            Description::of("not in ITU-T coding")
        }
        .field(0, "coding standard", self.coding_standard)
        .field(0, "information transfer capability", self.capability)
        .field(octet_4, "transfer mode", self.mode)
        .field(octet_4, "information transfer rate", self.rate);
        if let Some(multiplier) = self.rate_multiplier {
            description = description.field(octet, "rate multiplier", multiplier);
            octet += 1;
        }
        description = add(description, &mut octet, self.layer_1.as_ref());
        description = add(description, &mut octet, self.layer_2.as_ref());
        description = add(description, &mut octet, self.layer_3.as_ref());
        if self.further.is_empty() {
            return description;
        }
        description.field(octet, "further octets", &self.further)
    }
}

/// Takes the octets of a layer off the front, if they are those of that layer and whole.
fn layer(identification: u8, octets: &mut &[u8]) -> Option<(u8, Octets)> {
    let (layer, behind) = group(octets).ok()?;
    if take(layer.first, 5, 7) != identification {
        return None;
    }
    *octets = behind;
    Some((take(layer.first, 0, 5), layer.extension))
}

/// Adds what a layer says, and goes on to the octet behind it.
fn add<L: Layer>(description: Description, octet: &mut usize, layer: Option<&L>) -> Description {
    let Some(layer) = layer else {
        return description;
    };
    let mut octets = Vec::new();
    layer.write(&mut octets);
    let description = description.nested(*octet, L::NAME, layer.describe());
    *octet += octets.len();
    description
}

/// Declares a parameter whose contents are a bearer capability.
macro_rules! bearer {
    ($($(#[$meta:meta])* $name:ident: $code:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub BearerCapability);

        impl From<BearerCapability> for $name {
            fn from(capability: BearerCapability) -> Self {
                Self(capability)
            }
        }

        impl Parameter for $name {
            const CODE: ParameterCode = ParameterCode::$code;

            fn read(octets: &[u8]) -> Result<Self, Problem> {
                BearerCapability::read(octets).map(Self)
            }

            fn write(&self, out: &mut Vec<u8>) {
                self.0.write(out);
            }

            fn describe(&self) -> Description {
                self.0.describe()
            }
        }
    )+};
}

bearer! {
    /// User service information (Q.763 3.57): the bearer capability that the calling user has
    /// asked for, or wants instead of that in [`UserServiceInformationPrime`] if it cannot be had.
    UserServiceInformation: USER_SERVICE_INFORMATION;
    /// User service information prime (Q.763 3.58): the bearer capability that is preferred.
    UserServiceInformationPrime: USER_SERVICE_INFORMATION_PRIME;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::{
        AdaptionOctet, CharacterOctet, DataBits, IntermediateRate, ModemOctet, ModemType, Parity,
        StopBits, UserRate, UserRateOctet, V110Adaption, V120Adaption,
    };
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn written(capability: &BearerCapability) -> Vec<u8> {
        let mut out = Vec::new();
        capability.write(&mut out);
        out
    }

    fn both_ways(octets: &[u8]) -> BearerCapability {
        let capability = BearerCapability::read(octets).unwrap();
        assert_eq!(written(&capability), octets);
        capability
    }

    #[test]
    fn speech_with_a_law() {
        let octets = [0x80, 0x90, 0xa3];
        let expected = BearerCapability::new(InformationTransferCapability::Speech)
            .with_layer_1(Layer1Protocol::G711ALaw);
        assert_eq!(both_ways(&octets), expected);
        let description = UserServiceInformation::from(expected).describe();
        assert_eq!(
            description.value.as_deref(),
            Some("speech, circuit mode, 64 kbit/s")
        );
        let layer = description.fields.last().unwrap();
        assert_eq!((layer.octet, layer.value.as_str()), (2, "G.711 A-law"));
    }

    #[test]
    fn octets_5a_to_5d_are_fields() {
        // 3.1 kHz audio; V.110; asynchronous, 9.6 kbit/s; intermediate rate 16 kbit/s, flow
        // control accepted; 1 stop bit, 8 data bits, no parity; full duplex, V.32.
        let octets = [0x90, 0x90, 0x21, 0x48, 0x42, 0x3b, 0xdc];
        let capability = both_ways(&octets);
        let adaption = V110Adaption {
            intermediate_rate: IntermediateRate::Kbit16,
            clock_on_transmission: false,
            clock_on_reception: false,
            flow_control_on_transmission: false,
            flow_control_on_reception: true,
        };
        let modem = ModemOctet::new(true, ModemType::V32);
        let character = CharacterOctet {
            stop_bits: StopBits::One,
            data_bits: DataBits::Eight,
            parity: Parity::None,
            modem: Some(modem),
        };
        let rate = UserRateOctet {
            asynchronous: true,
            adaption: Some(AdaptionOctet {
                bits: adaption.bits(),
                character: Some(character),
            }),
            ..UserRateOctet::new(UserRate::Kbit9_6)
        };
        let layer_1 = Layer1 {
            protocol: Layer1Protocol::V110,
            rate: Some(rate),
        };
        assert_eq!(capability.layer_1, Some(layer_1));
        let description = capability.describe();
        let layer = description.fields.last().unwrap();
        let modem = layer.fields.last().unwrap();
        assert_eq!((modem.octet, modem.name.as_ref()), (6, "modem type"));
        assert_eq!(modem.value, "V.32");
    }

    #[test]
    fn octet_5b_means_something_else_with_v120() {
        let capability = both_ways(&[0x88, 0x90, 0x28, 0x48, 0xe2]);
        let adaption = capability.layer_1.unwrap().rate.unwrap().adaption.unwrap();
        let expected = V120Adaption {
            header: true,
            multiple_frame: true,
            out_band_negotiation: true,
            ..V120Adaption::default()
        };
        assert_eq!(
            (adaption.v120(), expected.bits()),
            (expected, adaption.bits)
        );
    }

    #[test]
    fn multirate_has_a_multiplier_and_layers_follow() {
        // 6 x 64 kbit/s; layer 2 Q.921; layer 3 TR 9577 with IP.
        let capability = both_ways(&[0x88, 0x98, 0x86, 0xc2, 0x6b, 0x0c, 0x8c]);
        assert_eq!(capability.rate_multiplier, Some(6));
        assert_eq!(capability.layer_2, Some(Layer2::new(Layer2Protocol::Q921)));
        assert_eq!(
            capability.layer_3.unwrap().additional_protocol(),
            Some(0xcc)
        );
    }

    #[test]
    fn the_unusual_survives() {
        for octets in [
            // National coding, reserved codes.
            &[0xdf, 0xff][..],
            // Octets 3a, 4a and 4b.
            &[0x08, 0x80, 0x10, 0x01, 0x90, 0xa3],
            // An octet behind 5d, layer 3 before layer 2, a layer 0.
            &[
                0x88, 0x90, 0x21, 0x01, 0x02, 0x03, 0x04, 0x85, 0xe2, 0xc2, 0x81,
            ],
            // Multirate without a multiplier, layer 1 twice, a layer that is cut.
            &[0x88, 0x98],
            &[0x80, 0x90, 0xa3, 0xa2],
            &[0x80, 0x90, 0x21, 0x01],
        ] {
            both_ways(octets);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_as_it_came(octets in vec(any::<u8>(), 0..20)) {
            if let Ok(capability) = BearerCapability::read(&octets) {
                prop_assert_eq!(written(&capability), octets);
            }
        }
    }

    #[test]
    fn a_capability_can_be_changed_by_its_fields() {
        let mut capability = both_ways(&[0x80, 0x90, 0xa3]);
        capability.capability = InformationTransferCapability::UnrestrictedDigital;
        capability.layer_1 = None;
        capability.rate = InformationTransferRate::Multirate;
        capability.rate_multiplier = Some(2);
        assert_eq!(written(&capability), [0x88, 0x98, 0x82]);
        capability.rate = InformationTransferRate::Reserved(0xff);
        assert_eq!(
            written(&capability),
            [0x88, 0x9f],
            "a code does not spill into the mode"
        );
    }

    #[test]
    fn octets_3_and_4_must_be_there() {
        for (octets, need) in [(&[][..], 1), (&[0x80], 2), (&[0x00], 2), (&[0x80, 0x10], 3)] {
            let problem = Problem::TooShort {
                need,
                have: octets.len(),
            };
            assert_eq!(UserServiceInformationPrime::read(octets), Err(problem));
        }
    }
}
