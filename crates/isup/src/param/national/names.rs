//! The names of parameters of networks in Europe and China of which little more is known than the
//! name.
//!
//! Names, codes, lengths and messages are those that the ISUP manual of Dialogic gives in its
//! appendix on national variants; the standards themselves were not at hand. Clauses are not
//! given.

use crate::param::code::parameters;
use crate::param::indicators;

parameters! {
    /// The parameters of SPIROU, by code. They stand in mandatory fixed parts.
    FRANCE_PARAMETERS;
    MESSAGE_NUMBER = 194, "message number", "SPIROU", MessageNumber;
    CHARGE_UNIT_NUMBER = 195, "charge unit number", "SPIROU", ChargeUnitNumber;
}

indicators! {
    /// Message number (SPIROU) of a charge unit message: by it repetitions are recognised.
    pub struct MessageNumber: MESSAGE_NUMBER {
        0 {
            /// The number.
            number: u8, 0..8, "message number";
        }
    }

    /// Charge unit number (SPIROU): how many units are charged.
    pub struct ChargeUnitNumber: CHARGE_UNIT_NUMBER {
        0 {
            /// How many.
            units: u8, 0..8, "charge unit number";
        }
    }
}

parameters! {
    /// The parameters of the German network, by code: one octet each, in the IAM.
    GERMANY_PARAMETERS;
    MULTI_CARRIER_ENVIRONMENT = 238, "multi-carrier environment", "ZZN7";
    GERMAN_CARRIER_SELECTION = 240, "carrier selection", "ZZN7";
    SUBSCRIBER_PRIORITY_CLASS = 254, "subscriber priority class", "ZZN7";
}

parameters! {
    /// The parameters of the Italian network, by code: two octets, one and one.
    ITALY_PARAMETERS;
    CHARGE_BAND = 225, "charge band", "Specifica Tecnica 763";
    CHARGE_UNITS_INDICATOR = 227, "charge units indicator", "Specifica Tecnica 763";
    CHARGE_BAND_REQUEST = 228, "charge band request", "Specifica Tecnica 763";
}

parameters! {
    /// The parameters of the Chinese network, by code. Of the charge information the manual gives
    /// two codes, 253 and 254; it stands in a mandatory fixed part, where no code is.
    CHINA_PARAMETERS;
    CHINESE_CHARGE_INFORMATION = 254, "charge information", "YDN 038";
}

#[cfg(test)]
mod tests {
    use crate::param::*;

    #[test]
    fn national_tables_are_in_order_and_without_duplicates() {
        let tables = [
            FRANCE_PARAMETERS,
            GERMANY_PARAMETERS,
            ITALY_PARAMETERS,
            CHINA_PARAMETERS,
            UK_PARAMETERS,
            JAPAN_PARAMETERS,
            RUSSIA_PARAMETERS,
        ];
        for pair in tables.iter().flat_map(|table| table.windows(2)) {
            assert!(pair[0].code < pair[1].code, "{pair:?}");
            assert_ne!(pair[0].name, pair[1].name);
        }
    }
}
