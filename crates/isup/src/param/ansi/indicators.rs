//! Indicators of ANSI T1.113: those that Q.763 has not, and those whose bits mean something else
//! there.

use crate::codes::codes;
use crate::param::{CalledPartyCategory, Charge, EndToEndMethod, IsupPreference, SccpMethod};
use crate::param::{code_parameter, indicators};

codes! {
    /// Circuit group carrier indicator (T1.113 3.10A): 2 bits.
    pub enum CircuitGroupCarrier {
        Unknown = 0, "unknown";
        Analog = 1, "analog";
        Digital = 2, "digital";
        Both = 3, "digital and analog";
        _ => Spare, "spare circuit group carrier indicator"
    }
}

codes! {
    /// Double seizing control indicator (T1.113 3.10A): which circuits of the group this exchange
    /// controls when both ends seize them at once. 2 bits.
    pub enum DoubleSeizingControl {
        None = 0, "no circuits";
        Odd = 1, "odd circuits";
        Even = 2, "even circuits";
        All = 3, "all circuits";
        _ => Spare, "spare double seizing control indicator"
    }
}

codes! {
    /// Alarm carrier indicator (T1.113 3.10A): 2 bits.
    pub enum AlarmCarrier {
        Default = 0, "default";
        Software = 1, "software controlled";
        Hardware = 2, "hardware controlled";
        _ => Spare, "spare alarm carrier indicator"
    }
}

codes! {
    /// Continuity check requirements indicator (T1.113 3.10A): 2 bits.
    pub enum ContinuityCheckRequirements {
        Unknown = 0, "unknown";
        None = 1, "none";
        Statistical = 2, "statistical";
        PerCall = 3, "per call";
        _ => Spare, "spare continuity check requirements indicator"
    }
}

codes! {
    /// Circuit validation response indicator (T1.113 3.11C): the whole octet. Wireshark has the
    /// two the other way round.
    pub enum CircuitValidation {
        Success = 0, "successful";
        Failure = 1, "failure";
        _ => Spare, "spare circuit validation response indicator"
    }
}

codes! {
    /// Called party's status indicator of ANSI (T1.113 3.3): 2 bits.
    pub enum AnsiCalledPartyStatus {
        NoIndication = 0, "no indication";
        SubscriberFree = 1, "subscriber free";
        ConnectWhenFree = 2, "connect when free";
        ExcessiveDelay = 3, "excessive delay";
        _ => Spare, "spare called party's status indicator"
    }
}

codes! {
    /// Carrier selection information (T1.113 3.8B): how the carrier of the call was chosen.
    pub enum CarrierSelectionInformation {
        NoIndication = 0, "no indication";
        PresubscribedNotInput = 1,
            "selected carrier identification presubscribed and not input by calling party";
        PresubscribedInput = 2,
            "selected carrier identification presubscribed and input by calling party";
        PresubscribedInputUndetermined = 3,
            "selected carrier identification presubscribed, input by calling party undetermined";
        NotPresubscribedInput = 4,
            "selected carrier identification not presubscribed and input by calling party";
        _ => Spare, "spare carrier selection information"
    }
}

codes! {
    /// Special processing request (T1.113 3.30A): the call is to be processed at an exchange
    /// further on.
    pub enum SpecialProcessingRequest {
        ServiceProcessing = 0x7f, "service processing requested";
        _ => Other, "other special processing request"
    }
}

code_parameter!(CarrierSelectionInformation: CARRIER_SELECTION_INFORMATION);
code_parameter!(SpecialProcessingRequest: SPECIAL_PROCESSING_REQUEST);

indicators! {
    /// Circuit group characteristic indicator (T1.113 3.10A), in a circuit validation response.
    pub struct CircuitGroupCharacteristicIndicator: CIRCUIT_GROUP_CHARACTERISTIC_INDICATOR {
        0 {
            /// Circuit group carrier indicator.
            carrier: CircuitGroupCarrier, 0..2, "circuit group carrier indicator";
            /// Double seizing control indicator.
            double_seizing_control: DoubleSeizingControl, 2..4,
                "double seizing control indicator";
            /// Alarm carrier indicator.
            alarm_carrier: AlarmCarrier, 4..6, "alarm carrier indicator";
            /// Continuity check requirements indicator.
            continuity_check: ContinuityCheckRequirements, 6..8,
                "continuity check requirements indicator";
        }
    }

    /// Circuit validation response indicator (T1.113 3.11C): whether both exchanges mean the same
    /// circuit.
    pub struct CircuitValidationResponseIndicator: CIRCUIT_VALIDATION_RESPONSE_INDICATOR {
        0 {
            /// Circuit validation response indicator.
            response: CircuitValidation, 0..8, "circuit validation response indicator";
        }
    }

    /// Service code indicator (T1.113 3.29C).
    pub struct ServiceCodeIndicator: SERVICE_CODE_INDICATOR {
        0 {
            /// Service code; which service it stands for is administered outside the standard.
            code: u8, 0..8, "service code";
        }
    }

    /// Forward call indicators of ANSI (T1.113 3.20): bit E is the IAM segmentation indicator.
    pub struct AnsiForwardCallIndicators: FORWARD_CALL_INDICATORS {
        0 {
            /// Incoming international call indicator: an incoming international call.
            international_call: bool, 0..1, "incoming international call indicator",
                ["not an incoming international call", "incoming international call"];
            /// End-to-end method indicator.
            end_to_end_method: EndToEndMethod, 1..3, "end-to-end method indicator";
            /// Interworking indicator: interworking encountered.
            interworking: bool, 3..4, "interworking indicator",
                ["no interworking encountered", "interworking encountered"];
            /// IAM segmentation indicator: additional information will be sent by an information
            /// message that nobody asks for.
            iam_segmentation: bool, 4..5, "IAM segmentation indicator",
                [
                    "no indication",
                    "additional information will be sent by unsolicited information message"
                ];
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
            /// Ported number translation indicator: the number is translated (bit M, T1.660).
            number_translated: bool, 4..5, "ported number translation indicator",
                ["number not translated", "number translated"];
            /// Bits N to P, reserved for network use: 3 bits, kept as they came.
            national: u8, 5..8, "reserved for network use", unless 0;
        }
    }

    /// Backward call indicators of ANSI (T1.113 3.3): bits DC know an excessive delay, bit J is
    /// the IAM segmentation indicator.
    pub struct AnsiBackwardCallIndicators: BACKWARD_CALL_INDICATORS {
        0 {
            /// Charge indicator.
            charge: Charge, 0..2, "charge indicator";
            /// Called party's status indicator.
            called_status: AnsiCalledPartyStatus, 2..4, "called party's status indicator";
            /// Called party's category indicator.
            called_category: CalledPartyCategory, 4..6, "called party's category indicator";
            /// End-to-end method indicator.
            end_to_end_method: EndToEndMethod, 6..8, "end-to-end method indicator";
        }
        1 {
            /// Interworking indicator: interworking encountered.
            interworking: bool, 0..1, "interworking indicator",
                ["no interworking encountered", "interworking encountered"];
            /// IAM segmentation indicator: what came behind the IAM was used for the set-up.
            iam_segmentation: bool, 1..2, "IAM segmentation indicator",
                [
                    "no indication",
                    "additional information received and incorporated in call set-up"
                ];
            /// ISDN user part indicator: used all the way.
            isdn_user_part_all_the_way: bool, 2..3, "ISDN user part indicator",
                ["not used all the way", "used all the way"];
            /// Holding indicator: holding required.
            holding: bool, 3..4, "holding indicator",
                ["holding not required", "holding required"];
            /// ISDN access indicator: the terminating access is ISDN.
            isdn_access: bool, 4..5, "ISDN access indicator",
                ["terminating access non-ISDN", "terminating access ISDN"];
            /// Echo control device indicator: an incoming half echo control device is included.
            echo_control: bool, 5..6, "echo control device indicator",
                ["not included", "incoming half echo control device included"];
            /// SCCP method indicator.
            sccp_method: SccpMethod, 6..8, "SCCP method indicator";
        }
    }

    /// Optional backward call indicators of ANSI (T1.113 3.25): no segmentation and no MLPP, but
    /// two indicators at the high end.
    pub struct AnsiOptionalBackwardCallIndicators: OPTIONAL_BACKWARD_CALL_INDICATORS {
        0 {
            /// In-band information indicator: in-band information or an appropriate pattern is
            /// now available.
            in_band_information: bool, 0..1, "in-band information indicator",
                [
                    "no indication",
                    "in-band information or an appropriate pattern is now available"
                ];
            /// Call forwarding may occur indicator.
            call_forwarding_may_occur: bool, 1..2, "call forwarding may occur indicator",
                ["no indication", "call forwarding may occur"];
            /// Bits E and F, reserved: 2 bits, kept as they came.
            reserved: u8, 4..6, "reserved", unless 0;
            /// Network excessive delay indicator.
            excessive_delay: bool, 6..7, "network excessive delay indicator",
                ["no indication", "network excessive delay encountered"];
            /// User-network interaction indicator: it takes place, and the exchanges
            /// through-connect in both directions.
            user_network_interaction: bool, 7..8, "user-network interaction indicator",
                [
                    "no indication",
                    "user-network interaction occurs, cut through in both directions"
                ];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn circuit_group_characteristic_indicator() {
        // HG 11 per call, FE 10 hardware, DC 01 odd circuits, BA 10 digital.
        let value = CircuitGroupCharacteristicIndicator {
            carrier: CircuitGroupCarrier::Digital,
            double_seizing_control: DoubleSeizingControl::Odd,
            alarm_carrier: AlarmCarrier::Hardware,
            continuity_check: ContinuityCheckRequirements::PerCall,
        };
        reads_and_writes(&[0b1110_0110], value);
        refuses_fewer::<CircuitGroupCharacteristicIndicator>(1);
    }

    #[test]
    fn single_codes() {
        let response = CircuitValidation::Success;
        reads_and_writes(&[0], CircuitValidationResponseIndicator { response });
        let response = CircuitValidation::Failure;
        reads_and_writes(&[1], CircuitValidationResponseIndicator { response });
        reads_and_writes(&[0xc8], ServiceCodeIndicator { code: 200 });
        reads_and_writes(&[0x7f], SpecialProcessingRequest::ServiceProcessing);
        let selection = CarrierSelectionInformation::PresubscribedNotInput;
        reads_and_writes(&[1], selection);
        assert_eq!(
            described(&selection),
            ["1 selected carrier identification presubscribed and not input by calling party"]
        );
        refuses_fewer::<CircuitValidationResponseIndicator>(1);
        refuses_fewer::<ServiceCodeIndicator>(1);
        refuses_fewer::<SpecialProcessingRequest>(1);
        refuses_fewer::<CarrierSelectionInformation>(1);
    }

    #[test]
    fn call_indicators_have_segmentation_where_q_763_has_end_to_end_information() {
        // Forward: HG 01 ISUP not required, F used all the way, E segmentation; M translated,
        // I ISDN.
        let forward = AnsiForwardCallIndicators {
            iam_segmentation: true,
            isdn_user_part_all_the_way: true,
            preference: IsupPreference::NotRequired,
            isdn_access: true,
            number_translated: true,
            ..Default::default()
        };
        reads_and_writes(&[0b0111_0000, 0b0001_0001], forward);
        // Backward: DC 11 excessive delay, BA 10 charge; N echo control, J segmentation.
        let backward = AnsiBackwardCallIndicators {
            charge: Charge::Charge,
            called_status: AnsiCalledPartyStatus::ExcessiveDelay,
            iam_segmentation: true,
            echo_control: true,
            ..Default::default()
        };
        reads_and_writes(&[0b0000_1110, 0b0010_0010], backward);
        refuses_fewer::<AnsiForwardCallIndicators>(2);
        refuses_fewer::<AnsiBackwardCallIndicators>(2);
    }

    #[test]
    fn optional_backward_call_indicators() {
        // H user-network interaction, G excessive delay, FE 00, B call forwarding, A 0.
        let value = AnsiOptionalBackwardCallIndicators {
            call_forwarding_may_occur: true,
            excessive_delay: true,
            user_network_interaction: true,
            ..Default::default()
        };
        reads_and_writes(&[0b1100_0010], value);
        refuses_fewer::<AnsiOptionalBackwardCallIndicators>(1);
    }
}
