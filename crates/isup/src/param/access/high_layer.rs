//! High layer compatibility (Q.931 4.5.17), which is also the contents of a parameter of ISUP:
//! user teleservice information.

use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use crate::param::group::{group, write_group};
use crate::param::indicators::{put, take};
use crate::param::{Parameter, ParameterCode, ServiceCodingStandard};

codes! {
    /// Interpretation (Q.931 4.5.17, octet 3): 3 bits.
    pub enum HighLayerInterpretation {
        First = 4, "first (primary or only) high layer characteristics to be used in the call";
        _ => Reserved, "reserved interpretation"
    }
}

codes! {
    /// Presentation method of protocol profile (Q.931 4.5.17, octet 3): 2 bits.
    pub enum PresentationMethod {
        ProtocolProfile = 1, "high layer protocol profile (without specification of attributes)";
        _ => Reserved, "reserved presentation method"
    }
}

codes! {
    /// High layer characteristics identification (Q.931 4.5.17, octets 4 and 4a): 7 bits.
    pub enum HighLayerCharacteristics {
        Telephony = 0x01, "telephony";
        FacsimileGroup23 = 0x04, "facsimile group 2/3, F.182";
        FacsimileGroup4 = 0x21, "facsimile group 4 class I, F.184";
        FacsimileGroup4Mixed = 0x24,
            "teletex, basic and mixed mode, F.230, and facsimile group 4 classes II and III, F.184";
        TeletexProcessable = 0x28, "teletex, basic and processable mode, F.220";
        Teletex = 0x31, "teletex, basic mode, F.200";
        Videotex = 0x32, "syntax based videotex, F.300 and T.102";
        VideotexInterworking = 0x33, "international videotex interworking, F.300 and T.101";
        Telex = 0x35, "telex, F.60";
        MessageHandling = 0x38, "message handling systems, X.400";
        Osi = 0x41, "OSI application, X.200";
        Ftam = 0x42, "FTAM application, ISO 8571";
        Maintenance = 0x5e, "reserved for maintenance";
        Management = 0x5f, "reserved for management";
        Videotelephony = 0x60, "videotelephony, F.720, F.721 and F.731 profile 1a";
        Videoconferencing = 0x61, "videoconferencing, F.702 and F.731 profile 1b";
        AudiographicConferencing = 0x62, "audiographic conferencing, F.702 and F.731";
        Multimedia = 0x68, "multimedia services, F.700 series";
        _ => Spare, "reserved high layer characteristics"
    }
}

codes! {
    /// Extended audiovisual characteristics identification (Q.931 4.5.17, octet 4a): 7 bits.
    pub enum AudiovisualCharacteristics {
        InitialH221 = 0x01, "capability set of initial channel of H.221";
        SubsequentH221 = 0x02, "capability set of subsequent channel of H.221";
        InitialAudio = 0x21,
            "capability set of initial channel associated with an active 3.1 kHz audio or speech call";
        _ => Reserved, "reserved audiovisual characteristics"
    }
}

/// A high layer compatibility, field by field (Q.931 4.5.17).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HighLayerCompatibility {
    /// Coding standard. If it is not that of ITU-T, the other fields may mean something else.
    pub coding_standard: ServiceCodingStandard,
    /// Interpretation.
    pub interpretation: HighLayerInterpretation,
    /// Presentation method of protocol profile.
    pub presentation: PresentationMethod,
    /// Octets behind octet 3 that extend it, which Q.931 does not have: 7 bits each.
    pub octet_3_extension: Octets,
    /// High layer characteristics identification.
    pub characteristics: HighLayerCharacteristics,
    /// Octets 4a and behind, 7 bits each: [`Self::extended`] and [`Self::audiovisual`].
    pub octet_4_extension: Octets,
}

impl HighLayerCompatibility {
    /// A teleservice, in the form that Q.931 has.
    pub const fn new(characteristics: HighLayerCharacteristics) -> Self {
        Self {
            coding_standard: ServiceCodingStandard::ItuT,
            interpretation: HighLayerInterpretation::First,
            presentation: PresentationMethod::ProtocolProfile,
            octet_3_extension: Octets::new(),
            characteristics,
            octet_4_extension: Octets::new(),
        }
    }

    /// What is maintained or managed: octet 4a behind those two characteristics.
    pub fn extended(&self) -> Option<HighLayerCharacteristics> {
        let octet = self.octet_4_extension.first()?;
        match self.characteristics {
            HighLayerCharacteristics::Maintenance | HighLayerCharacteristics::Management => {
                Some(HighLayerCharacteristics::from_code(*octet))
            }
            _ => None,
        }
    }

    /// What an audiovisual service is capable of: octet 4a behind such a service.
    pub fn audiovisual(&self) -> Option<AudiovisualCharacteristics> {
        let octet = self.octet_4_extension.first()?;
        let audiovisual = matches!(self.characteristics.code(), 0x60..=0x7d);
        audiovisual.then(|| AudiovisualCharacteristics::from_code(*octet))
    }

    /// Reads the contents of the information element.
    ///
    /// # Errors
    /// [`Problem::TooShort`] if octets 3 and 4 are not there to the end.
    pub fn read(octets: &[u8]) -> Result<Self, Problem> {
        let (octet_3, rest) = group(octets)?;
        let (octet_4, _) = group(rest).map_err(|_| Problem::TooShort {
            need: octets.len() + 1,
            have: octets.len(),
        })?;
        Ok(Self {
            coding_standard: ServiceCodingStandard::from_code(take(octet_3.first, 5, 7)),
            interpretation: HighLayerInterpretation::from_code(take(octet_3.first, 2, 5)),
            presentation: PresentationMethod::from_code(take(octet_3.first, 0, 2)),
            octet_3_extension: octet_3.extension,
            characteristics: HighLayerCharacteristics::from_code(octet_4.first),
            octet_4_extension: octet_4.extension,
        })
    }

    /// Appends the contents of the information element.
    pub fn write(&self, out: &mut Vec<u8>) {
        let octet_3 = put(self.coding_standard.code(), 5, 7)
            | put(self.interpretation.code(), 2, 5)
            | put(self.presentation.code(), 0, 2);
        write_group(octet_3, &self.octet_3_extension, out);
        write_group(self.characteristics.code(), &self.octet_4_extension, out);
    }

    /// What it says, in words.
    pub fn describe(&self) -> Description {
        let octet_4 = 1 + self.octet_3_extension.len();
        let description = Description::of(self.characteristics)
            .field(0, "coding standard", self.coding_standard)
            .field(0, "interpretation", self.interpretation)
            .field(
                0,
                "presentation method of protocol profile",
                self.presentation,
            );
        let octet_4a = octet_4 + 1;
        if let Some(extended) = self.extended() {
            description.field(octet_4a, "extended high layer characteristics", extended)
        } else if let Some(audiovisual) = self.audiovisual() {
            description.field(
                octet_4a,
                "extended audiovisual characteristics",
                audiovisual,
            )
        } else if self.octet_4_extension.is_empty() {
            description
        } else {
            description.field(octet_4a, "octets that extend it", &self.octet_4_extension)
        }
    }
}

/// User teleservice information (Q.763 3.59): the high layer compatibility that the calling user
/// has asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserTeleserviceInformation(pub HighLayerCompatibility);

impl Parameter for UserTeleserviceInformation {
    const CODE: ParameterCode = ParameterCode::USER_TELESERVICE_INFORMATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        HighLayerCompatibility::read(octets).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn describe(&self) -> Description {
        self.0.describe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephony_both_ways() {
        let telephony = UserTeleserviceInformation(HighLayerCompatibility::new(
            HighLayerCharacteristics::Telephony,
        ));
        let mut out = Vec::new();
        telephony.write(&mut out);
        assert_eq!(out, [0x91, 0x81]);
        assert_eq!(
            UserTeleserviceInformation::read(&out),
            Ok(telephony.clone())
        );
        assert_eq!(telephony.describe().value.as_deref(), Some("telephony"));
    }

    #[test]
    fn octet_4a_depends_on_octet_4() {
        for (octets, extended, audiovisual) in [
            // Maintenance of telephony; videotelephony; telephony with an octet it should not have.
            (
                [0x91, 0x5e, 0x81],
                Some(HighLayerCharacteristics::Telephony),
                None,
            ),
            (
                [0x91, 0x60, 0x82],
                None,
                Some(AudiovisualCharacteristics::SubsequentH221),
            ),
            ([0xff, 0x01, 0x82], None, None),
        ] {
            let read = HighLayerCompatibility::read(&octets).unwrap();
            assert_eq!(
                (read.extended(), read.audiovisual()),
                (extended, audiovisual)
            );
            assert_eq!(read.describe().fields.last().unwrap().octet, 2);
            let mut out = Vec::new();
            read.write(&mut out);
            assert_eq!(out, octets);
        }
    }

    #[test]
    fn octets_3_and_4_must_be_there() {
        for octets in [&[][..], &[0x91], &[0x91, 0x01]] {
            let problem = Problem::TooShort {
                need: octets.len() + 1,
                have: octets.len(),
            };
            assert_eq!(UserTeleserviceInformation::read(octets), Err(problem));
        }
    }
}
