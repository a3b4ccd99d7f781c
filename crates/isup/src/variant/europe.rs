//! ISUP of France, Germany and Italy, as far as the ISUP manual of Dialogic knows it.

use super::Delta;
use super::builtin::{extended, national};
use crate::msg::MessageRow;
use crate::param::{FRANCE_PARAMETERS, GERMANY_PARAMETERS, ITALY_PARAMETERS, ParameterCode};

/// SPIROU 1998 (002-005 edition 1): charge units are sent backward, one message each, and
/// acknowledged. Wireshark calls the messages CHP and CHA, and the first octet of the former the
/// collection field.
pub(super) const FRANCE: Delta = Delta {
    messages: &[
        MessageRow {
            fixed: &[
                (ParameterCode::CHARGE_UNIT_NUMBER, 1),
                (ParameterCode::MESSAGE_NUMBER, 1),
            ],
            ..national(0xe1, "ITX", "charge unit", "SPIROU")
        },
        national(0xe2, "TXA", "charging acknowledgement", "SPIROU"),
    ],
    parameters: FRANCE_PARAMETERS,
    ..Delta::new("france", "SPIROU 1998, ISUP of France", "SPIROU", "itu")
};

/// Zeichengabe im ZZN7, version 3.0.0: carriers are chosen in the IAM.
pub(super) const GERMANY: Delta = Delta {
    messages: &[extended!(
        Iam,
        "ZZN7",
        [
            MULTI_CARRIER_ENVIRONMENT,
            GERMAN_CARRIER_SELECTION,
            SUBSCRIBER_PRIORITY_CLASS,
        ]
    )],
    parameters: GERMANY_PARAMETERS,
    ..Delta::new("germany", "ISUP of Germany, ZZN7 3.0.0", "ZZN7", "itu")
};

/// Specifica Tecnica N. 763: an operator may intrude by a message of its own, and charges are said
/// in a message that Q.763 leaves to networks.
pub(super) const ITALY: Delta = Delta {
    messages: &[
        extended!(Iam, "Specifica Tecnica 763", [CHARGE_BAND_REQUEST]),
        MessageRow {
            has_optional_part: true,
            optional: &[
                ParameterCode::CHARGE_BAND,
                ParameterCode::CHARGE_UNITS_INDICATOR,
            ],
            ..national(0x31, "CRG", "charge information", "Specifica Tecnica 763")
        },
        national(0xe0, "COM", "call offering", "Specifica Tecnica 763"),
    ],
    parameters: ITALY_PARAMETERS,
    ..Delta::new(
        "italy",
        "ISUP of Italy, Specifica Tecnica N. 763",
        "Specifica Tecnica 763",
        "itu",
    )
};
