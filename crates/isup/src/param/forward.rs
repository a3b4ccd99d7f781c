//! What an IAM says of the call: nature of connection, forward call indicators, calling party's
//! category, transmission medium requirement.

use super::{FixedParameter, Parameter, ParameterCode, bit, first};
use crate::codes::codes;
use crate::error::Problem;

codes! {
    /// Satellite indicator (Q.763 3.35 a): 2 bits.
    pub enum Satellite {
        None = 0, "no satellite circuit in the connection";
        One = 1, "one satellite circuit in the connection";
        Two = 2, "two satellite circuits in the connection";
        _ => Spare, "spare satellite indicator"
    }
}

codes! {
    /// Continuity check indicator (Q.763 3.35 b): 2 bits.
    pub enum ContinuityCheck {
        NotRequired = 0, "continuity check not required";
        Required = 1, "continuity check required on this circuit";
        PerformedOnPrevious = 2, "continuity check performed on a previous circuit";
        _ => Spare, "spare continuity check indicator"
    }
}

/// Nature of connection indicators (Q.763 3.35).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NatureOfConnection {
    /// Satellite indicator.
    pub satellite: Satellite,
    /// Continuity check indicator.
    pub continuity_check: ContinuityCheck,
    /// Echo control device indicator: an outgoing echo control device is included.
    pub echo_control: bool,
}

impl NatureOfConnection {
    /// Whether the continuity of this circuit will be checked: the call must not be offered
    /// before COT (Q.764 2.1.8).
    pub const fn continuity_check_is_required(&self) -> bool {
        matches!(self.continuity_check, ContinuityCheck::Required)
    }
}

/// No satellite, no continuity check, no echo control device.
impl Default for NatureOfConnection {
    fn default() -> Self {
        Self {
            satellite: Satellite::None,
            continuity_check: ContinuityCheck::NotRequired,
            echo_control: false,
        }
    }
}

codes! {
    /// End-to-end method indicator (Q.763 3.5 d, 3.23 b): 2 bits.
    pub enum EndToEndMethod {
        LinkByLink = 0, "no end-to-end method available";
        PassAlong = 1, "pass-along method available";
        Sccp = 2, "SCCP method available";
        PassAlongAndSccp = 3, "pass-along and SCCP methods available";
        _ => Spare, "spare end-to-end method indicator"
    }
}

codes! {
    /// SCCP method indicator (Q.763 3.5 k, 3.23 h): 2 bits.
    pub enum SccpMethod {
        NoIndication = 0, "no indication";
        Connectionless = 1, "connectionless method available";
        ConnectionOriented = 2, "connection-oriented method available";
        Both = 3, "connectionless and connection-oriented methods available";
        _ => Spare, "spare SCCP method indicator"
    }
}

codes! {
    /// ISDN user part preference indicator (Q.763 3.23 f): 2 bits.
    pub enum IsupPreference {
        Preferred = 0, "ISDN user part preferred all the way";
        NotRequired = 1, "ISDN user part not required all the way";
        Required = 2, "ISDN user part required all the way";
        _ => Spare, "spare ISDN user part preference indicator"
    }
}

/// Forward call indicators (Q.763 3.23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ForwardCallIndicators {
    /// National/international call indicator: to be treated as an international call.
    pub international_call: bool,
    /// End-to-end method indicator.
    pub end_to_end_method: EndToEndMethod,
    /// Interworking indicator: interworking encountered.
    pub interworking: bool,
    /// End-to-end information indicator: end-to-end information available.
    pub end_to_end_information: bool,
    /// ISDN user part indicator: used all the way.
    pub isdn_user_part_all_the_way: bool,
    /// ISDN user part preference indicator.
    pub preference: IsupPreference,
    /// ISDN access indicator: the originating access is ISDN.
    pub isdn_access: bool,
    /// SCCP method indicator.
    pub sccp_method: SccpMethod,
    /// Ported number translation indicator: the number is translated (bit M).
    pub number_translated: bool,
    /// Query on release attempt indicator: QoR routing attempt in progress (bit N).
    pub qor_attempt: bool,
    /// Bits O and P, reserved for national use: 2 bits, kept as they came.
    pub national: u8,
}

/// All indicators 0: national call, ISDN user part preferred, no interworking, non-ISDN access.
impl Default for ForwardCallIndicators {
    fn default() -> Self {
        Self {
            international_call: false,
            end_to_end_method: EndToEndMethod::LinkByLink,
            interworking: false,
            end_to_end_information: false,
            isdn_user_part_all_the_way: false,
            preference: IsupPreference::Preferred,
            isdn_access: false,
            sccp_method: SccpMethod::NoIndication,
            number_translated: false,
            qor_attempt: false,
            national: 0,
        }
    }
}

codes! {
    /// Calling party's category (Q.763 3.11).
    pub enum CallingPartyCategory {
        Unknown = 0, "category unknown at this time";
        OperatorFrench = 1, "operator, language French";
        OperatorEnglish = 2, "operator, language English";
        OperatorGerman = 3, "operator, language German";
        OperatorRussian = 4, "operator, language Russian";
        OperatorSpanish = 5, "operator, language Spanish";
        Operator = 9, "national operator";
        Ordinary = 10, "ordinary calling subscriber";
        Priority = 11, "calling subscriber with priority";
        Data = 12, "data call (voice band data)";
        Test = 13, "test call";
        Ieps = 14, "IEPS call";
        Payphone = 15, "payphone";
        _ => Other, "other calling party's category"
    }
}

codes! {
    /// Transmission medium requirement (Q.763 3.54).
    pub enum TransmissionMedium {
        Speech = 0, "speech";
        Unrestricted64 = 2, "64 kbit/s unrestricted";
        Audio3k1 = 3, "3.1 kHz audio";
        AlternateSpeech = 4, "reserved for alternate speech/64 kbit/s unrestricted";
        AlternateUnrestricted64 = 5, "reserved for alternate 64 kbit/s unrestricted/speech";
        Preferred64 = 6, "64 kbit/s preferred";
        Unrestricted2x64 = 7, "2 x 64 kbit/s unrestricted";
        Unrestricted384 = 8, "384 kbit/s unrestricted";
        Unrestricted1536 = 9, "1536 kbit/s unrestricted";
        Unrestricted1920 = 10, "1920 kbit/s unrestricted";
        _ => Other, "other transmission medium"
    }
}

impl Parameter for NatureOfConnection {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::NATURE_OF_CONNECTION_INDICATORS;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self {
            satellite: Satellite::from_code(octet & 3),
            continuity_check: ContinuityCheck::from_code(octet >> 2 & 3),
            echo_control: bit(octet, 4),
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(
            value.satellite.code() & 3
                | (value.continuity_check.code() & 3) << 2
                | u8::from(value.echo_control) << 4,
        );
    }
}

impl FixedParameter for NatureOfConnection {
    const LENGTH: usize = 1;
}

impl Parameter for ForwardCallIndicators {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::FORWARD_CALL_INDICATORS;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [a, i] = first(octets)?;
        Ok(Self {
            international_call: bit(a, 0),
            end_to_end_method: EndToEndMethod::from_code(a >> 1 & 3),
            interworking: bit(a, 3),
            end_to_end_information: bit(a, 4),
            isdn_user_part_all_the_way: bit(a, 5),
            preference: IsupPreference::from_code(a >> 6),
            isdn_access: bit(i, 0),
            sccp_method: SccpMethod::from_code(i >> 1 & 3),
            number_translated: bit(i, 4),
            qor_attempt: bit(i, 5),
            national: i >> 6,
        })
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(
            u8::from(value.international_call)
                | (value.end_to_end_method.code() & 3) << 1
                | u8::from(value.interworking) << 3
                | u8::from(value.end_to_end_information) << 4
                | u8::from(value.isdn_user_part_all_the_way) << 5
                | value.preference.code() << 6,
        );
        out.push(
            u8::from(value.isdn_access)
                | (value.sccp_method.code() & 3) << 1
                | u8::from(value.number_translated) << 4
                | u8::from(value.qor_attempt) << 5
                | value.national << 6,
        );
    }
}

impl FixedParameter for ForwardCallIndicators {
    const LENGTH: usize = 2;
}

impl Parameter for CallingPartyCategory {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::CALLING_PARTYS_CATEGORY;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self::from_code(octet))
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(value.code());
    }
}

impl FixedParameter for CallingPartyCategory {
    const LENGTH: usize = 1;
}

impl Parameter for TransmissionMedium {
    type Value = Self;
    const CODE: ParameterCode = ParameterCode::TRANSMISSION_MEDIUM_REQUIREMENT;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self::from_code(octet))
    }

    fn write(value: &Self, out: &mut Vec<u8>) {
        out.push(value.code());
    }
}

impl FixedParameter for TransmissionMedium {
    const LENGTH: usize = 1;
}
