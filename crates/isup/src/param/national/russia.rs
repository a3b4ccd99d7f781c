//! What Russia says otherwise than Q.763 (ISUP-R 2000, RD 45.217-2001 book 4).
//!
//! The standard was not at hand: the categories are those that Wireshark knows.

use crate::codes::codes;
use crate::param::code::parameters;
use crate::param::code_parameter;

parameters! {
    /// The parameters of ISUP-R that are coded otherwise than in Q.763.
    RUSSIA_PARAMETERS;
    RUSSIAN_CALLING_PARTYS_CATEGORY = 9,
        "calling party's category", "ISUP-R", RussianCallingPartyCategory;
}

codes! {
    /// Calling party's category as in Russia: those of Q.763 3.11 with national ones besides.
    pub enum RussianCallingPartyCategory {
        Unknown = 0, "category unknown at this time";
        OperatorFrench = 1, "operator, language French";
        OperatorEnglish = 2, "operator, language English";
        OperatorGerman = 3, "operator, language German";
        OperatorRussian = 4, "operator, language Russian";
        OperatorSpanish = 5, "operator, language Spanish";
        OperatorAgreed6 = 6, "operator, language by mutual agreement (6)";
        OperatorAgreed7 = 7, "operator, language by mutual agreement (7)";
        OperatorAgreed8 = 8, "operator, language by mutual agreement (8)";
        NationalOperator = 9, "national operator";
        Ordinary = 10, "ordinary calling subscriber";
        Priority = 11, "calling subscriber with priority";
        Data = 12, "data call (voice band data)";
        Test = 13, "test call";
        Ieps = 14, "IEPS call marking for preferential call set up";
        Payphone = 15, "payphone";
        MobileHome = 16, "mobile terminal in the home PLMN";
        MobileVisited = 17, "mobile terminal in a visited PLMN";
        Subcategory0 = 0xe0, "subcategory 0 (reserved)";
        Hotel = 0xe1, "hotel subscriber";
        FreeOfCharge = 0xe2, "subscriber free of charge";
        SpecialServices = 0xe3, "subscriber with access to special services";
        Local = 0xe4, "local subscriber";
        LocalCoinbox = 0xe5, "local coinbox";
        Automatic1 = 0xf0, "automatic call of category I";
        SemiAutomatic1 = 0xf1, "semi-automatic call of category I";
        Automatic2 = 0xf2, "automatic call of category II";
        SemiAutomatic2 = 0xf3, "semi-automatic call of category II";
        Automatic3 = 0xf4, "automatic call of category III";
        SemiAutomatic3 = 0xf5, "semi-automatic call of category III";
        Automatic4 = 0xf6, "automatic call of category IV";
        SemiAutomatic4 = 0xf7, "semi-automatic call of category IV";
        _ => Spare, "spare category"
    }
}

code_parameter!(RussianCallingPartyCategory: RUSSIAN_CALLING_PARTYS_CATEGORY);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Parameter;

    #[test]
    fn national_categories_are_named() {
        let category = RussianCallingPartyCategory::read(&[0xe1]).unwrap();
        assert_eq!(
            category.describe().value.as_deref(),
            Some("225 hotel subscriber")
        );
        let unknown = RussianCallingPartyCategory::read(&[0xf8]).unwrap();
        assert_eq!(
            (unknown, unknown.code()),
            (RussianCallingPartyCategory::Spare(0xf8), 0xf8)
        );
    }
}
