//! What an IAM says of the call: nature of connection, forward call indicators, optional forward
//! call indicators, calling party's category.

use super::{code_parameter, indicators};
use crate::codes::codes;

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

codes! {
    /// Closed user group call indicator (Q.763 3.38): 2 bits.
    pub enum ClosedUserGroupCall {
        None = 0, "non-CUG call";
        OutgoingAccessAllowed = 2, "closed user group call, outgoing access allowed";
        OutgoingAccessNotAllowed = 3, "closed user group call, outgoing access not allowed";
        _ => Spare, "spare closed user group call indicator"
    }
}

codes! {
    /// Calling party's category (Q.763 3.11). Of the codes without a name, 224 to 254 are
    /// reserved for national use and the others spare.
    pub enum CallingPartyCategory {
        Unknown = 0, "category unknown at this time";
        OperatorFrench = 1, "operator, language French";
        OperatorEnglish = 2, "operator, language English";
        OperatorGerman = 3, "operator, language German";
        OperatorRussian = 4, "operator, language Russian";
        OperatorSpanish = 5, "operator, language Spanish";
        OperatorAgreed6 = 6, "operator, language agreed between administrations";
        OperatorAgreed7 = 7, "operator, language agreed between administrations";
        OperatorAgreed8 = 8, "operator, language agreed between administrations";
        Operator = 9, "national operator";
        Ordinary = 10, "ordinary calling subscriber";
        Priority = 11, "calling subscriber with priority";
        Data = 12, "data call (voice band data)";
        Test = 13, "test call";
        Ieps = 14, "IEPS call";
        Payphone = 15, "payphone";
        MobileInHomePlmn = 16, "mobile terminal in the home PLMN";
        MobileInVisitedPlmn = 17, "mobile terminal in a visited PLMN";
        _ => Other, "other calling party's category"
    }
}

code_parameter!(CallingPartyCategory: CALLING_PARTYS_CATEGORY);

indicators! {
    /// Nature of connection indicators (Q.763 3.35).
    pub struct NatureOfConnection: NATURE_OF_CONNECTION_INDICATORS {
        0 {
            /// Satellite indicator.
            satellite: Satellite, 0..2, "satellite indicator";
            /// Continuity check indicator.
            continuity_check: ContinuityCheck, 2..4, "continuity check indicator";
            /// Echo control device indicator: an outgoing echo control device is included.
            echo_control: bool, 4..5, "echo control device indicator",
                ["not included", "outgoing echo control device included"];
        }
    }

    /// Forward call indicators (Q.763 3.23).
    pub struct ForwardCallIndicators: FORWARD_CALL_INDICATORS {
        0 {
            /// National/international call indicator: to be treated as an international call.
            international_call: bool, 0..1, "national/international call indicator",
                ["to be treated as a national call", "to be treated as an international call"];
            /// End-to-end method indicator.
            end_to_end_method: EndToEndMethod, 1..3, "end-to-end method indicator";
            /// Interworking indicator: interworking encountered.
            interworking: bool, 3..4, "interworking indicator",
                ["no interworking encountered", "interworking encountered"];
            /// End-to-end information indicator: end-to-end information available.
            end_to_end_information: bool, 4..5, "end-to-end information indicator",
                ["no end-to-end information available", "end-to-end information available"];
            /// ISDN user part indicator: used all the way.
            isdn_user_part_all_the_way: bool, 5..6, "ISDN user part indicator",
                ["not used all the way", "used all the way"];
            /// ISDN user part preference indicator.
            preference: IsupPreference, 6..8, "ISDN user part preference indicator";
        }
        1 {
            /// ISDN access indicator: the originating access is ISDN.
            isdn_access: bool, 0..1, "ISDN access indicator",
                ["originating access non-ISDN", "originating access ISDN"];
            /// SCCP method indicator.
            sccp_method: SccpMethod, 1..3, "SCCP method indicator";
            /// Ported number translation indicator: the number is translated (bit M).
            number_translated: bool, 4..5, "ported number translation indicator",
                ["number not translated", "number translated"];
            /// Query on release attempt indicator: QoR routing attempt in progress (bit N).
            qor_attempt: bool, 5..6, "query on release attempt indicator",
                ["no QoR routing attempt", "QoR routing attempt in progress"];
            /// Bits O and P, reserved for national use: 2 bits, kept as they came.
            national: u8, 6..8, "reserved for national use", unless 0;
        }
    }

    /// Optional forward call indicators (Q.763 3.38).
    pub struct OptionalForwardCallIndicators: OPTIONAL_FORWARD_CALL_INDICATORS {
        0 {
            /// Closed user group call indicator.
            closed_user_group: ClosedUserGroupCall, 0..2, "closed user group call indicator";
            /// Simple segmentation indicator: additional information will be sent in a
            /// segmentation message.
            segmentation: bool, 2..3, "simple segmentation indicator",
                [
                    "none will be sent",
                    "additional information will be sent in a segmentation message"
                ];
            /// Connected line identity request indicator: the calling party wants to know who
            /// answers (COLP).
            connected_line_identity_request: bool, 7..8,
                "connected line identity request indicator", ["not requested", "requested"];
        }
    }
}

impl NatureOfConnection {
    /// Whether the continuity of this circuit will be checked: the call must not be offered
    /// before COT (Q.764 2.1.8).
    pub const fn continuity_check_is_required(&self) -> bool {
        matches!(self.continuity_check, ContinuityCheck::Required)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{reads_and_writes, refuses_fewer};

    #[test]
    fn nature_of_connection() {
        // One satellite, continuity check on a previous circuit, echo control device.
        let value = NatureOfConnection {
            satellite: Satellite::One,
            continuity_check: ContinuityCheck::PerformedOnPrevious,
            echo_control: true,
        };
        reads_and_writes(&[0b0001_1001], value);
        refuses_fewer::<NatureOfConnection>(1);
    }

    #[test]
    fn forward_call_indicators() {
        // HG 10 ISUP required, F used all the way, E 0, D interworking, CB 01 pass-along,
        // A international; PO 10 national use, N 0, M number translated, KJ 11 both SCCP methods,
        // I non-ISDN.
        let value = ForwardCallIndicators {
            international_call: true,
            end_to_end_method: EndToEndMethod::PassAlong,
            interworking: true,
            isdn_user_part_all_the_way: true,
            preference: IsupPreference::Required,
            sccp_method: SccpMethod::Both,
            number_translated: true,
            national: 2,
            ..Default::default()
        };
        reads_and_writes(&[0b1010_1011, 0b1001_0110], value);
        refuses_fewer::<ForwardCallIndicators>(2);
    }

    #[test]
    fn bits_for_national_use_are_named_only_when_set() {
        use crate::param::Parameter;

        let named = |national| {
            let value = ForwardCallIndicators {
                national,
                ..Default::default()
            };
            value
                .describe()
                .fields
                .last()
                .map(|field| field.name.clone().into_owned())
        };
        assert_eq!(named(1).as_deref(), Some("reserved for national use"));
        assert_eq!(
            named(0).as_deref(),
            Some("query on release attempt indicator")
        );
    }

    #[test]
    fn optional_forward_call_indicators() {
        // H connected line identity requested, C segmentation, BA 11 CUG without outgoing access.
        let value = OptionalForwardCallIndicators {
            closed_user_group: ClosedUserGroupCall::OutgoingAccessNotAllowed,
            segmentation: true,
            connected_line_identity_request: true,
        };
        reads_and_writes(&[0b1000_0111], value);
        refuses_fewer::<OptionalForwardCallIndicators>(1);
    }

    #[test]
    fn calling_partys_category() {
        reads_and_writes(&[0x10], CallingPartyCategory::MobileInHomePlmn);
        reads_and_writes(&[0xe2], CallingPartyCategory::Other(0xe2));
        refuses_fewer::<CallingPartyCategory>(1);
    }
}
