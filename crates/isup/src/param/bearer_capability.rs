//! Bearer capability (Q.931 4.5.5), the contents of two parameters of ISUP: user service
//! information and user service information prime.

use super::group::{EXTENSION, group, write_group};
use super::indicators::{put, take};
use super::{
    InformationTransferCapability, InformationTransferRate, Layer1, Layer1Protocol, Layer2,
    Layer2Protocol, Layer3, Layer3Protocol, Parameter, ParameterCode, ServiceCodingStandard,
    TransferMode,
};
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;

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
        Self { layer_1: Some(Layer1::new(protocol)), ..self }
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
        let layers = [
            ("layer 1 protocol", self.layer_1.as_ref().map(|layer| layer.written(Layer1::write))),
            ("layer 2 protocol", self.layer_2.as_ref().map(|layer| layer.written(Layer2::write))),
            ("layer 3 protocol", self.layer_3.as_ref().map(|layer| layer.written(Layer3::write))),
        ];
        let words = [
            self.layer_1.as_ref().map(Layer1::describe),
            self.layer_2.as_ref().map(Layer2::describe),
            self.layer_3.as_ref().map(Layer3::describe),
        ];
        description
    }
}
