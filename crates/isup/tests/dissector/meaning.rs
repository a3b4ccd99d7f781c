//! Messages whose meaning is told field by field.

use crate::tshark::{self, Standard};
use trunkline_isup::{
    AccessTransport, Acm, AddressDigits, Anm, AutomaticCongestionLevel, BackwardCallIndicators,
    CallDiversionInformation, CalledPartyCategory, CalledPartyNumber, CalledPartyStatus,
    CallingPartyCategory, CallingPartyNumber, CauseIndicators, Cfn, Charge, CodingStandard, Con,
    ConnectedNumber, ContinuityCheck, Cpg, EndToEndMethod, Event, EventInformation,
    ForwardCallIndicators, GenericNumber, Gra, Grs, HopCounter, Iam, InformationElement,
    IsupPreference, Message, NatureOfAddress, NatureOfConnection, NotificationSubscription,
    NumberQualifier, Octets, OptionalBackwardCallIndicators, OptionalParameters,
    OriginalCalledNumber, Parameter, Pdu, Presentation, ProtocolDiscriminator,
    RedirectingIndicator, RedirectingNumber, RedirectionInformation, RedirectionNumber,
    RedirectionNumberRestriction, RedirectionReason, Rel, Res, Rlc, Sam, Satellite, SccpMethod,
    Screening, Status, Sus, TransmissionMedium, UserServiceInformation, UserToUserInformation,
    Variant,
};
use trunkline_model::{Cause, CauseValue, Cic, Location};

/// A message, and fields of the dissection with their values.
pub(crate) type Row = (Message, &'static [(&'static str, &'static str)]);

#[test]
fn wireshark_reads_what_was_meant() {
    check(
        "wireshark_reads_what_was_meant",
        Standard::Itu,
        Variant::itu(),
        &rows(),
    );
}

/// Writes the messages, and has the dissector read them.
pub(crate) fn check(test: &str, standard: Standard, variant: &'static Variant, rows: &[Row]) {
    let octets: Vec<Vec<u8>> = rows
        .iter()
        .map(|(message, _)| {
            let pdu = Pdu::new(Cic::new(CIC).unwrap(), message.clone());
            variant.encode(&pdu).unwrap()
        })
        .collect();
    let mut fields: Vec<&str> = rows
        .iter()
        .flat_map(|(_, expected)| expected.iter().map(|(field, _)| *field))
        .collect();
    fields.extend([
        "isup.message_type",
        "isup.cic",
        "_ws.malformed",
        "_ws.expert.severity",
    ]);
    fields.sort_unstable();
    fields.dedup();
    let Some(lines) = tshark::dissect(standard, &octets, &fields) else {
        return tshark::not_run(test);
    };
    let mut faults = Vec::new();
    for (values, (message, expected)) in lines.iter().zip(rows) {
        let name = message.name();
        let value = |field| &values[fields.binary_search(&field).unwrap()];
        let mut check = |field, expected: &str| {
            if value(field) != expected {
                faults.push(format!(
                    "{name} {field}: {:?}, expected {expected:?}",
                    value(field)
                ));
            }
        };
        check(
            "isup.message_type",
            &message.message_type().code().to_string(),
        );
        check("isup.cic", &CIC.to_string());
        check("_ws.malformed", "");
        for (field, value) in *expected {
            check(field, value);
        }
        // The dissector notes what is usual of a message ("no optional parameters are possible
        // with this message type"); it warns of what is wrong.
        let grave = |severity: &str| severity.parse().is_ok_and(|severity: u32| severity > NOTE);
        if value("_ws.expert.severity").split(';').any(grave) {
            faults.push(format!("{name}: severity {}", value("_ws.expert.severity")));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The severity of a note (`PI_NOTE` of Wireshark).
const NOTE: u32 = 0x0040_0000;

/// The circuit of all messages.
const CIC: u16 = 0x0321;

fn rows() -> Vec<Row> {
    vec![
        (Message::Iam(iam()), IAM),
        (Message::Iam(plain_iam()), PLAIN_IAM),
        (
            Message::Sam(Sam::new(digits("45F"))),
            &[
                ("isup.subsequent_number", "45F"),
                ("isup.optional_parameter_part_pointer", "0"),
            ],
        ),
        (Message::Acm(acm()), ACM),
        (Message::Cpg(cpg()), CPG),
        (Message::Anm(anm()), ANM),
        (
            Message::Con(Con::new(backward_call())),
            &[
                ("isup.charge_indicator", "0x0002"),
                ("isup.backw_call_sccp_method_indicator", "0x0002"),
                ("isup.optional_parameter_part_pointer", "0"),
            ],
        ),
        (Message::Rel(rel()), REL),
        (
            Message::Rlc(Rlc::default()),
            &[("isup.optional_parameter_part_pointer", "0")],
        ),
        (
            Message::Rlc(Rlc {
                optional: none().with(indicators(CauseValue::MESSAGE_TYPE_NOT_IMPLEMENTED)),
            }),
            &[("isup.cause_indicator", "97")],
        ),
        (
            Message::Sus(Sus::new(true)),
            &[("isup.suspend_resume_indicator", "1")],
        ),
        (
            Message::Res(Res::new(false)),
            &[("isup.suspend_resume_indicator", "0")],
        ),
        (Message::Rsc, &[]),
        (
            Message::Grs(Grs { range: 31 }),
            &[("isup.range_indicator", "32")],
        ),
        (Message::Gra(gra()), &[("isup.range_indicator", "9")]),
        (Message::Blo, &[]),
        (Message::Bla, &[]),
        (Message::Ubl, &[]),
        (Message::Uba, &[]),
        (
            Message::Cfn(Cfn::new(
                CauseIndicators::new(cause(CauseValue::MESSAGE_TYPE_NOT_IMPLEMENTED))
                    .with_diagnostics(Octets::from([0x7f])),
            )),
            &[
                ("isup.cause_indicator", "97"),
                ("isup.optional_parameter_part_pointer", "0"),
            ],
        ),
        (Message::Ucic, &[]),
    ]
}

fn digits(text: &str) -> AddressDigits {
    text.parse().unwrap()
}

fn cause(value: CauseValue) -> Cause {
    Cause::new(value, Location::TransitNetwork)
}

fn indicators(value: CauseValue) -> CauseIndicators {
    cause(value).into()
}

fn none() -> OptionalParameters {
    OptionalParameters::new()
}

const IAM: &[(&str, &str)] = &[
    ("isup.satellite_indicator", "0x01"),
    ("isup.continuity_check_indicator", "0x02"),
    ("isup.echo_control_device_indicator", "1"),
    ("isup.forw_call_natnl_inatnl_call_indicator", "1"),
    ("isup.forw_call_end_to_end_method_indicator", "0x0002"),
    ("isup.forw_call_interworking_indicator", "0"),
    ("isup.forw_call_end_to_end_information_indicator", "1"),
    ("isup.forw_call_isdn_user_part_indicator", "0"),
    ("isup.forw_call_preferences_indicator", "0x0002"),
    ("isup.forw_call_isdn_access_indicator", "1"),
    ("isup.forw_call_sccp_method_indicator", "0x0001"),
    ("isup.forw_call_ported_num_trans_indicator", "1"),
    ("isup.forw_call_qor_attempt_indicator", "0"),
    ("isup.calling_partys_category", "0x0f"),
    ("isup.transmission_medium_requirement", "0"),
    ("isup.called", "4930123BC5F"),
    ("isup.called_party_nature_of_address_indicator", "4"),
    ("isup.inn_indicator", "1"),
    ("isup.calling", "301234"),
    ("isup.redirecting", "44123"),
    ("isup.original_called_number", "5678"),
    ("isup.generic_number", "98"),
    ("isup.number_qualifier_indicator", "0x06"),
    ("isup.redirecting_ind", "3"),
    ("isup.original_redirection_reason", "1"),
    ("isup.redirection_counter", "4"),
    ("isup.redirection_reason", "5"),
    ("isup.hop_counter", "20"),
    ("isup.user_to_user_info", "046869"),
    ("isup.access_transport_parameter_field", "7d029181"),
    ("isup.user_service_information", "8090a3"),
];

/// The opposite of [`iam`] in every bit that has no third value.
const PLAIN_IAM: &[(&str, &str)] = &[
    ("isup.satellite_indicator", "0x00"),
    ("isup.continuity_check_indicator", "0x00"),
    ("isup.echo_control_device_indicator", "0"),
    ("isup.forw_call_natnl_inatnl_call_indicator", "0"),
    ("isup.forw_call_interworking_indicator", "1"),
    ("isup.forw_call_end_to_end_information_indicator", "0"),
    ("isup.forw_call_isdn_user_part_indicator", "1"),
    ("isup.forw_call_preferences_indicator", "0x0001"),
    ("isup.forw_call_isdn_access_indicator", "0"),
    ("isup.forw_call_ported_num_trans_indicator", "0"),
    ("isup.forw_call_qor_attempt_indicator", "1"),
    ("isup.calling_partys_category", "0x0a"),
    ("isup.transmission_medium_requirement", "3"),
    ("isup.called", "12"),
    ("isup.inn_indicator", "0"),
    ("isup.calling", ""),
    ("isup.optional_parameter_part_pointer", "0"),
];

fn iam() -> Iam {
    Iam {
        nature_of_connection: NatureOfConnection {
            satellite: Satellite::One,
            continuity_check: ContinuityCheck::PerformedOnPrevious,
            echo_control: true,
        },
        forward_call: ForwardCallIndicators {
            international_call: true,
            end_to_end_method: EndToEndMethod::Sccp,
            end_to_end_information: true,
            preference: IsupPreference::Required,
            isdn_access: true,
            sccp_method: SccpMethod::Connectionless,
            number_translated: true,
            ..ForwardCallIndicators::default()
        },
        calling_category: CallingPartyCategory::Payphone,
        transmission_medium: TransmissionMedium::Speech,
        optional: none()
            .with(CallingPartyNumber {
                incomplete: true,
                presentation: Presentation::Restricted,
                screening: Screening::UserProvidedVerifiedPassed,
                ..CallingPartyNumber::new(NatureOfAddress::National, digits("301234"))
            })
            .with(RedirectingNumber::new(
                NatureOfAddress::International,
                digits("44123"),
            ))
            .with(RedirectionInformation {
                indicator: RedirectingIndicator::CallDiverted,
                original_reason: RedirectionReason::UserBusy,
                counter: 4,
                reason: RedirectionReason::DeflectionImmediate,
            })
            .with(OriginalCalledNumber::new(
                NatureOfAddress::National,
                digits("5678"),
            ))
            .with(UserToUserInformation {
                protocol_discriminator: ProtocolDiscriminator(4),
                information: Octets::from([b'h', b'i']),
            })
            .with(AccessTransport {
                elements: vec![InformationElement {
                    identifier: 0x7d,
                    contents: Octets::from([0x91, 0x81]),
                }],
                rest: Octets::new(),
            })
            .with(UserServiceInformation::read(&[0x80, 0x90, 0xa3]).unwrap())
            .with(GenericNumber::new(
                NumberQualifier::AdditionalCallingPartyNumber,
                NatureOfAddress::Subscriber,
                digits("98"),
            ))
            .with(HopCounter(20)),
        ..Iam::new(CalledPartyNumber::new(
            NatureOfAddress::International,
            digits("4930123BC5F"),
        ))
    }
}

fn plain_iam() -> Iam {
    Iam {
        forward_call: ForwardCallIndicators {
            interworking: true,
            isdn_user_part_all_the_way: true,
            preference: IsupPreference::NotRequired,
            qor_attempt: true,
            ..ForwardCallIndicators::default()
        },
        ..Iam::new(CalledPartyNumber {
            internal_network_allowed: true,
            ..CalledPartyNumber::new(NatureOfAddress::National, digits("12"))
        })
    }
}

const ACM: &[(&str, &str)] = &[
    ("isup.charge_indicator", "0x0002"),
    ("isup.called_partys_status_indicator", "0x0001"),
    ("isup.called_partys_category_indicator", "0x0002"),
    ("isup.backw_call_end_to_end_method_indicator", "0x0001"),
    ("isup.backw_call_interworking_indicator", "1"),
    ("isup.backw_call_end_to_end_information_indicator", "0"),
    ("isup.backw_call_isdn_user_part_indicator", "1"),
    ("isup.backw_call_holding_indicator", "0"),
    ("isup.backw_call_isdn_access_indicator", "1"),
    ("isup.backw_call_echo_control_device_indicator", "0"),
    ("isup.backw_call_sccp_method_indicator", "0x0002"),
    ("isup.inband_information_ind", "1"),
    ("isup.call_diversion_may_occur_ind", "0"),
    ("isup.simple_segmentation_ind", "1"),
    ("isup.mlpp_user", "0"),
    ("isup.cause_indicator", "17"),
    ("q931.cause_location", "3"),
    ("isup.redirection_number", "49305"),
    ("isup.call_diversion_information", "0x12"),
];

fn backward_call() -> BackwardCallIndicators {
    BackwardCallIndicators {
        charge: Charge::Charge,
        called_status: CalledPartyStatus::SubscriberFree,
        called_category: CalledPartyCategory::Payphone,
        end_to_end_method: EndToEndMethod::PassAlong,
        interworking: true,
        isdn_user_part_all_the_way: true,
        isdn_access: true,
        sccp_method: SccpMethod::ConnectionOriented,
        ..BackwardCallIndicators::default()
    }
}

fn acm() -> Acm {
    Acm {
        backward_call: backward_call(),
        optional: none()
            .with(OptionalBackwardCallIndicators {
                in_band_information: true,
                segmentation: true,
                ..OptionalBackwardCallIndicators::default()
            })
            .with(indicators(CauseValue::USER_BUSY))
            .with(RedirectionNumber::new(
                NatureOfAddress::International,
                digits("49305"),
            ))
            .with(CallDiversionInformation {
                notification: NotificationSubscription::AllowedWithNumber,
                reason: RedirectionReason::NoReply,
            })
            .with(RedirectionNumberRestriction {
                presentation: Presentation::Restricted,
            }),
    }
}

const CPG: &[(&str, &str)] = &[
    ("isup.event_ind", "3"),
    ("isup.event_presentation_restr_ind", "1"),
    ("isup.backw_call_interworking_indicator", "0"),
    ("isup.backw_call_end_to_end_information_indicator", "1"),
    ("isup.backw_call_isdn_user_part_indicator", "0"),
    ("isup.backw_call_holding_indicator", "1"),
    ("isup.backw_call_isdn_access_indicator", "0"),
    ("isup.backw_call_echo_control_device_indicator", "1"),
    ("isup.inband_information_ind", "0"),
    ("isup.call_diversion_may_occur_ind", "1"),
    ("isup.simple_segmentation_ind", "0"),
    ("isup.mlpp_user", "1"),
];

fn cpg() -> Cpg {
    let event = EventInformation {
        event: Event::InBandInformation,
        presentation_restricted: true,
    };
    let optional = none()
        .with(BackwardCallIndicators {
            end_to_end_information: true,
            holding: true,
            echo_control: true,
            ..BackwardCallIndicators::default()
        })
        .with(OptionalBackwardCallIndicators {
            call_diversion_may_occur: true,
            mlpp_user: true,
            ..OptionalBackwardCallIndicators::default()
        });
    Cpg { event, optional }
}

const ANM: &[(&str, &str)] = &[
    ("isup.connected_number", "30123"),
    ("isup.address_presentation_restricted_indicator", "1"),
    ("isup.screening_indicator", "3"),
    ("isup.numbering_plan_indicator", "1"),
];

fn anm() -> Anm {
    let connected = ConnectedNumber {
        presentation: Presentation::Restricted,
        ..ConnectedNumber::new(NatureOfAddress::National, digits("30123"))
    };
    Anm {
        optional: none().with(connected),
    }
}

const REL: &[(&str, &str)] = &[
    ("isup.cause_indicator", "22"),
    ("q931.cause_location", "3"),
    ("isup.redirection_number", "49"),
    ("isup.automatic_congestion_level", "2"),
];

fn rel() -> Rel {
    Rel {
        cause: CauseIndicators {
            coding_standard: CodingStandard::ItuT,
            diagnostics: Octets::from([1, 2, 3]),
            ..indicators(CauseValue::NUMBER_CHANGED)
        },
        optional: none()
            .with(RedirectionNumber::new(
                NatureOfAddress::International,
                digits("49"),
            ))
            .with(AutomaticCongestionLevel(2)),
    }
}

fn gra() -> Gra {
    let mut status = Status::new();
    status.set(8, true);
    Gra { range: 8, status }
}
