//! Parameters of services and of single circuits, field by field.

use crate::meaning::{Row, check};
use crate::tshark::Standard;
use trunkline_isup::{
    AccessDeliveryInformation, AlarmCarrier, CallDiversionTreatmentIndicators,
    CallOfferingTreatmentIndicators, CallReference, CallToBeDiverted, CallToBeOffered,
    CallTransferReference, CalledPartyNumber, CallingPartyAddressResponse, CauseIndicators, Ccss,
    Cgb, ChargeNature, ChargeNumber, CircuitGroupCarrier, CircuitGroupCharacteristicIndicator,
    CircuitGroupSupervisionMessageType, CircuitStateIndicator, CircuitValidation,
    CircuitValidationResponseIndicator, ClosedUserGroupCall, ClosedUserGroupInterlockCode,
    CollectCallRequest, ConferenceAcceptance, ConferenceTreatmentIndicators,
    ContinuityCheckRequirements, ContinuityIndicators, Cot, Cqr, Cvr, DoubleSeizingControl,
    EchoControlDevice, EchoControlInformation, EchoControlRequest, Fac, FacilityIndicator, Frj,
    GenericNotificationIndicator, GroupSupervision, Iam, Inf, InformationIndicators,
    InformationRequestIndicators, Inr, Instruction, LookAheadForBusy, LoopPreventionIndicators,
    LoopPreventionResponse, Message, MessageCompatibilityInformation, MlppPrecedence,
    NatureOfAddress, NetworkIdentificationPlan, NetworkIdentificationType,
    NetworkManagementControls, Notification, OptionalForwardCallIndicators, OptionalParameters,
    OriginatingLineInformation, Parameter, ParameterCode, ParameterCompatibilityInformation,
    PointCodeField, PrecedenceLevel, PropagationDelayCounter, RangeAndStatus, Status,
    TransitNetworkSelection, UserServiceInformation, UserToUserIndicators, UserToUserRequest,
    UserToUserResponse, Variant,
};
use trunkline_model::{Cause, CauseValue, Location};

#[test]
fn wireshark_reads_services_as_they_were_meant() {
    check(
        "wireshark_reads_services_as_they_were_meant",
        Standard::Itu,
        Variant::itu(),
        &rows(),
    );
}

#[test]
fn wireshark_reads_ansi_as_it_was_meant() {
    let ansi = Variant::named("ansi-1995").unwrap();
    check(
        "wireshark_reads_ansi_as_it_was_meant",
        Standard::Ansi,
        ansi,
        &ansi_rows(),
    );
}

/// A facility message with one parameter.
fn with(parameter: impl Parameter) -> Message {
    Message::Fac(Fac {
        optional: OptionalParameters::new().with(parameter),
    })
}

fn rows() -> Vec<Row> {
    let mut status = Status::new();
    status.set(1, true);
    vec![
        (
            Message::Cgb(Cgb {
                supervision: CircuitGroupSupervisionMessageType {
                    indicator: GroupSupervision::HardwareFailure,
                },
                circuits: RangeAndStatus {
                    range: 2,
                    status: Some(status),
                },
            }),
            &[
                ("isup.cgs_message_type", "1"),
                ("isup.range_indicator", "3"),
            ],
        ),
        (
            Message::Cqr(Cqr {
                circuits: RangeAndStatus {
                    range: 1,
                    status: None,
                },
                // Idle, blocked locally for maintenance, remotely for a failure; incoming busy.
                states: CircuitStateIndicator::read(&[0x2d, 0x04]).unwrap(),
            }),
            &[
                ("isup.mtc_blocking_state", "1;0"),
                ("isup.call_processing_state", "3;1"),
                ("isup.hw_blocking_state", "2;0"),
            ],
        ),
        (
            Message::Cot(Cot {
                indicators: ContinuityIndicators { successful: true },
            }),
            &[("isup.continuity_indicator", "1")],
        ),
        (
            Message::Inr(Inr::new(InformationRequestIndicators {
                calling_party_address: true,
                charge_information: true,
                ..Default::default()
            })),
            &[
                ("isup.calling_party_address_request_indicator", "1"),
                ("isup.info_req_holding_indicator", "0"),
                ("isup.calling_partys_category_request_indicator", "0"),
                ("isup.charge_information_request_indicator", "1"),
            ],
        ),
        (
            Message::Inf(Inf::new(InformationIndicators {
                calling_party_address: CallingPartyAddressResponse::Included,
                calling_partys_category: true,
                unsolicited: true,
                ..Default::default()
            })),
            &[
                ("isup.calling_party_address_response_indicator", "0x0003"),
                ("isup.hold_provided_indicator", "0"),
                ("isup.calling_partys_category_response_indicator", "1"),
                ("isup.charge_information_response_indicator", "0"),
                ("isup.solicited_indicator", "1"),
            ],
        ),
        (
            Message::Frj(Frj {
                facility: FacilityIndicator::UserToUserService,
                cause: CauseIndicators::new(Cause::new(
                    CauseValue::FACILITY_REJECTED,
                    Location::TransitNetwork,
                )),
                optional: OptionalParameters::new(),
            }),
            &[("isup.cause_indicator", "29")],
        ),
        (
            with(OptionalForwardCallIndicators {
                closed_user_group: ClosedUserGroupCall::OutgoingAccessNotAllowed,
                segmentation: true,
                connected_line_identity_request: false,
            }),
            &[
                ("isup.clg_call_ind", "3"),
                ("isup.simple_segmentation_ind", "1"),
                ("isup.connected_line_identity_request_ind", "0"),
            ],
        ),
        (
            with(EchoControlInformation {
                outgoing: EchoControlDevice::Included,
                incoming: EchoControlDevice::Available,
                outgoing_request: EchoControlRequest::Activation,
                incoming_request: EchoControlRequest::Deactivation,
            }),
            &[
                ("isup.OECD_inf_ind_vals", "0x02"),
                ("isup.IECD_inf_ind_vals", "0x03"),
                ("isup.OECD_req_ind_vals", "0x01"),
                ("isup.IECD_req_ind_vals", "0x02"),
            ],
        ),
        (
            with(UserToUserIndicators::Request {
                service_1: UserToUserRequest::Essential,
                service_2: UserToUserRequest::NoInformation,
                service_3: UserToUserRequest::NotEssential,
            }),
            &[
                ("isup.UUI_type", "0;0"),
                ("isup.UUI_req_service1", "3"),
                ("isup.UUI_req_service2", "0"),
                ("isup.UUI_req_service3", "2"),
            ],
        ),
        (
            with(UserToUserIndicators::Response {
                service_1: UserToUserResponse::NotProvided,
                service_2: UserToUserResponse::Provided,
                service_3: UserToUserResponse::NoInformation,
                discarded: true,
            }),
            &[
                ("isup.UUI_type", "1;1"),
                ("isup.UUI_res_service1", "1"),
                ("isup.UUI_res_service2", "2"),
                ("isup.UUI_res_service3", "0"),
                ("isup.UUI_network_discard_ind", "1"),
            ],
        ),
        (
            with(MlppPrecedence {
                look_ahead_for_busy: LookAheadForBusy::NotAllowed,
                level: PrecedenceLevel::Priority,
                network_identity: 0x0044,
                service_domain: 0x01_02_03,
            }),
            &[
                ("isup.look_forward_busy", "2"),
                ("isup.precedence_level", "3"),
                ("isup.network_identity", "0044"),
                ("isup.mlpp_service_domain", "0x010203"),
            ],
        ),
        (
            with(ClosedUserGroupInterlockCode {
                network_identity: [0, 4, 9, 0],
                binary_code: 0x1234,
            }),
            &[
                ("isup.network_identity", "0490"),
                ("isup.binary_code", "0x1234"),
            ],
        ),
        (
            with(CallReference {
                identity: 0x01_02_03,
                point_code: PointCodeField::Itu(0x0102),
            }),
            &[("isup.call_identity", "66051")],
        ),
        (
            with(PropagationDelayCounter(300)),
            &[("isup.propagation_delay_counter", "300")],
        ),
        (
            with(GenericNotificationIndicator {
                notifications: vec![Notification::Isolated],
            }),
            &[("isup.notification_indicator", "69")],
        ),
        (
            with(AccessDeliveryInformation {
                no_setup_generated: true,
            }),
            &[("isup.access_delivery_ind", "1")],
        ),
        (
            with(CallTransferReference(7)),
            &[("isup.call_transfer_identity", "7")],
        ),
        (
            with(LoopPreventionIndicators::Response(
                LoopPreventionResponse::SimultaneousTransfer,
            )),
            &[
                ("isup.loop_prevention_indicator_type", "1"),
                ("isup.loop_prevention_response_ind", "2"),
            ],
        ),
        (
            with(LoopPreventionIndicators::Request),
            &[("isup.loop_prevention_indicator_type", "0")],
        ),
        (
            with(Ccss { ccss_call: true }),
            &[("isup.ccss_call_indicator", "1")],
        ),
        (
            with(CollectCallRequest { requested: true }),
            &[("isup.collect_call_request_indicator", "1")],
        ),
        (
            with(NetworkManagementControls {
                tar_controlled: true,
            }),
            &[("isup.temporary_alternative_routing_ind", "1")],
        ),
        (
            with(CallDiversionTreatmentIndicators {
                diversion: CallToBeDiverted::NotAllowed,
            }),
            &[("isup.call_to_be_diverted_ind", "2")],
        ),
        (
            with(CallOfferingTreatmentIndicators {
                offering: CallToBeOffered::Allowed,
            }),
            &[("isup.call_to_be_offered_ind", "2")],
        ),
        (
            with(ConferenceTreatmentIndicators {
                acceptance: ConferenceAcceptance::Accept,
            }),
            &[("isup.conference_acceptance_ind", "1")],
        ),
        (
            with(TransitNetworkSelection {
                kind: NetworkIdentificationType::National,
                plan: NetworkIdentificationPlan::Dnic,
                digits: "262".parse().unwrap(),
            }),
            &[
                ("isup.type_of_network_identification", "2"),
                ("isup.network_identification_plan", "3"),
                ("isup.transit_network_selection", "262"),
            ],
        ),
        (
            with(MessageCompatibilityInformation {
                instruction: Instruction {
                    release_call: true,
                    send_notification: true,
                    ..Instruction::default()
                },
            }),
            &[
                ("isup.transit_at_intermediate_exchange_ind", "0"),
                ("isup.Release_call_ind", "1"),
                ("isup.Send_notification_ind", "1"),
                ("isup.Discard_message_ind_value", "0"),
            ],
        ),
        (
            with(ParameterCompatibilityInformation {
                instructions: vec![(
                    ParameterCode(0x79),
                    Instruction {
                        end_node_interpretation: true,
                        discard_parameter: true,
                        pass_on_not_possible: 2,
                        ..Instruction::default()
                    },
                )],
            }),
            &[
                ("isup.upgraded_parameter", "121"),
                ("isup.transit_at_intermediate_exchange_ind", "1"),
                ("isup.Release_call_ind", "0"),
                ("isup.Discard_parameter_ind", "1"),
                ("isup.Pass_on_not_possible_ind", "0x02"),
            ],
        ),
    ]
}

fn ansi_rows() -> Vec<Row> {
    let service = UserServiceInformation::read(&[0x80, 0x90, 0xa2]).unwrap();
    let called = CalledPartyNumber {
        internal_network_allowed: true,
        ..CalledPartyNumber::new(NatureOfAddress::National, "2145551234".parse().unwrap())
    };
    let charge = ChargeNumber::new(ChargeNature::CallingNational, "2145550".parse().unwrap());
    let optional = OptionalParameters::new()
        .with(service)
        .with(charge)
        .with(OriginatingLineInformation::from_code(61));
    vec![
        (
            Message::Iam(Iam {
                optional,
                ..Iam::new(called)
            }),
            &[
                ("isup.called", "2145551234"),
                ("isup.charge_number", "2145550"),
                ("isup.originating_line_info", "61"),
                ("isup.user_service_information", "8090a2"),
                ("isup.transmission_medium_requirement", ""),
            ],
        ),
        (
            Message::Cvr(Cvr {
                response: CircuitValidationResponseIndicator {
                    response: CircuitValidation::Failure,
                },
                characteristics: CircuitGroupCharacteristicIndicator {
                    carrier: CircuitGroupCarrier::Digital,
                    double_seizing_control: DoubleSeizingControl::Odd,
                    alarm_carrier: AlarmCarrier::Hardware,
                    continuity_check: ContinuityCheckRequirements::PerCall,
                },
                optional: OptionalParameters::new(),
            }),
            &[
                ("isup.conn_rsp_ind", "1"),
                ("isup.cg_carrier_ind", "0x02"),
                ("isup.cg_char_ind.doubleSeize", "0x01"),
                ("isup.cg_alarm_car_ind", "0x02"),
                ("isup.cg_alarm_cnt_chk", "0x03"),
            ],
        ),
    ]
}
