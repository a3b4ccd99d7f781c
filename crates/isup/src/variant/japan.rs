//! ISUP of Japan.

use super::builtin::{extended, national};
use super::{Delta, PointCodeFormat};
use crate::msg::MessageRow;
use crate::param::{JAPAN_PARAMETERS, ParameterCode};

/// JT-Q763 of the TTC: point codes of 16 bits, CICs of 13, charges in a message of their own, and
/// carriers named in those of the call. All of it is as Wireshark knows it, but in which message
/// a parameter comes, which is a guess by what it says: any parameter may come in any message.
pub(super) const JAPAN: Delta = Delta {
    cic_bits: Some(13),
    point_code: Some(PointCodeFormat::JAPAN),
    messages: &[
        extended!(
            Iam,
            "JT-Q763",
            [
                EMERGENCY_CALL_INDICATOR,
                NETWORK_POI_CA,
                CARRIER_INFORMATION_TRANSFER,
                ADDITIONAL_PARTYS_CATEGORY,
                REASON_FOR_CLIP_FAILURE,
                CONTRACTOR_NUMBER,
                CHARGE_AREA_INFORMATION,
            ]
        ),
        extended!(
            Acm,
            "JT-Q763",
            [
                NETWORK_POI_CA,
                CARRIER_INFORMATION_TRANSFER,
                CHARGE_INFORMATION_DELAY,
                ADDITIONAL_PARTYS_CATEGORY,
                CHARGE_INFORMATION_TYPE,
                CHARGE_INFORMATION,
                CHARGE_AREA_INFORMATION,
            ]
        ),
        MessageRow {
            fixed: &[(ParameterCode::CHARGE_INFORMATION_TYPE, 1)],
            variable: &[ParameterCode::CHARGE_INFORMATION],
            has_optional_part: true,
            ..national(0xfe, "CHG", "charge information", "JT-Q763")
        },
    ],
    parameters: JAPAN_PARAMETERS,
    ..Delta::new("japan", "ISUP of Japan, TTC JT-Q763", "JT-Q763", "itu")
};
