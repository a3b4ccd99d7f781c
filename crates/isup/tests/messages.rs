//! Octets of each message, and the message that they are.

// What helpers of tests unwrap is a failure of the test.
#![allow(clippy::unwrap_used, clippy::panic)]

use trunkline_isup::{
    AccessTransport, Acm, AddressDigits, Anm, BackwardCallIndicators, CallDiversionInformation,
    CalledPartyCategory, CalledPartyNumber, CalledPartyStatus, CallingPartyCategory,
    CallingPartyNumber, CauseIndicators, Cfn, Charge, CodingStandard, Con, ConnectedNumber,
    ContinuityCheck, Cpg, Event, EventInformation, ForwardCallIndicators, GenericNumber, Gra, Grs,
    Iam, Instruction, IsupPreference, Message, NatureOfAddress, NatureOfConnection,
    NotificationSubscription, NumberQualifier, Octets, OptionalBackwardCallIndicators,
    OriginalCalledNumber, ParameterCode, ParameterCompatibilityInformation, Pdu, Presentation,
    RawParameter, RedirectingIndicator, RedirectingNumber, RedirectionInformation,
    RedirectionNumber, RedirectionNumberRestriction, RedirectionReason, Rel, Res, Rlc, Sam,
    Satellite, Screening, Status, Sus, TransmissionMedium, UnknownMessage, UserServiceInformation,
    UserToUserInformation, decode, encode,
};
use trunkline_model::{Cause, CauseValue, Cic, Location};

fn digits(text: &str) -> AddressDigits {
    text.parse().unwrap()
}

fn cause(value: CauseValue) -> Cause {
    Cause::new(value, Location::PublicNetworkLocalUser)
}

/// Octets written in hexadecimal; blanks and what follows `//` on a line do not count.
fn octets(text: &str) -> Vec<u8> {
    let hex: Vec<u8> = text
        .lines()
        .flat_map(|line| line.split("//").next().unwrap().bytes())
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    hex.chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// The octets are the message on circuit 0x123, and the other way round.
#[track_caller]
fn same(text: &str, message: impl Into<Message>) {
    let octets = octets(text);
    let pdu = Pdu::new(Cic::new(0x123).unwrap(), message.into());
    assert_eq!(decode(&octets), Ok(pdu.clone()));
    assert_eq!(format!("{:02x?}", encode(&pdu)), format!("{octets:02x?}"));
}

#[test]
fn iam_with_what_a_call_needs() {
    let mut iam = Iam::new(CalledPartyNumber::new(
        NatureOfAddress::International,
        digits("4930123456F"),
    ));
    iam.calling = Some(CallingPartyNumber::new(
        NatureOfAddress::National,
        digits("3012345678"),
    ));
    iam.hop_counter = Some(20);
    same(
        "2301 01      // CIC, IAM
         00 0000 0a 03
         02 0a        // called party number in 2 octets, optional part in 10
         08 8490 94032143650f // odd, international; INN not allowed, ISDN
         0a 07 0313 0321436587 // calling party number: national; allowed, network provided
         3d 01 14     // hop counter
         00",
        Message::Iam(iam),
    );
}

#[test]
fn iam_without_optional_parameters() {
    let called = CalledPartyNumber {
        nature: NatureOfAddress::NetworkRoutingConcatenated,
        internal_network_allowed: true,
        ..CalledPartyNumber::new(NatureOfAddress::National, digits("BC"))
    };
    same(
        "2301 01 00 0000 0a 03 02 00 03 0810cb",
        Message::Iam(Iam::new(called)),
    );
}

#[test]
fn iam_with_every_field() {
    let number = (NatureOfAddress::International, digits("4412"));
    let iam = Iam {
        nature_of_connection: NatureOfConnection {
            satellite: Satellite::One,
            continuity_check: ContinuityCheck::Required,
            echo_control: true,
        },
        forward_call: ForwardCallIndicators {
            international_call: true,
            interworking: true,
            isdn_user_part_all_the_way: true,
            preference: IsupPreference::NotRequired,
            isdn_access: true,
            number_translated: true,
            ..ForwardCallIndicators::default()
        },
        calling_category: CallingPartyCategory::Payphone,
        transmission_medium: TransmissionMedium::Speech,
        called: CalledPartyNumber::new(NatureOfAddress::National, digits("123")),
        calling: Some(CallingPartyNumber {
            incomplete: true,
            presentation: Presentation::Restricted,
            screening: Screening::UserProvidedVerifiedPassed,
            ..CallingPartyNumber::new(number.0, number.1)
        }),
        redirecting: Some(RedirectingNumber {
            presentation: Presentation::Restricted,
            ..RedirectingNumber::new(number.0, number.1)
        }),
        redirection_information: Some(RedirectionInformation {
            indicator: RedirectingIndicator::CallDiverted,
            original_reason: RedirectionReason::UserBusy,
            counter: 2,
            reason: RedirectionReason::MobileNotReachable,
        }),
        original_called: Some(OriginalCalledNumber::new(number.0, number.1)),
        user_to_user: Some(UserToUserInformation(Octets::from([4, b'h', b'i']))),
        access_transport: Some(AccessTransport(Octets::from([0x7d, 2, 0x91, 0x81]))),
        user_service_information: Some(UserServiceInformation(Octets::from([0x80, 0x90, 0xa3]))),
        parameter_compatibility: Some(ParameterCompatibilityInformation {
            instructions: vec![(
                ParameterCode(200),
                Instruction {
                    send_notification: true,
                    ..Instruction::default()
                },
            )],
        }),
        generic_numbers: vec![
            GenericNumber::new(
                NumberQualifier::AdditionalCallingPartyNumber,
                number.0,
                number.1,
            ),
            GenericNumber::new(
                NumberQualifier::AdditionalCalledNumber,
                number.0,
                digits(""),
            ),
        ],
        hop_counter: Some(31),
        other: vec![RawParameter {
            code: ParameterCode::LOCATION_NUMBER,
            content: Octets::from([0x03, 0x97, 0x21]),
        }],
        ..Iam::new(CalledPartyNumber::new(number.0, number.1))
    };
    same(
        "2301 01
         15 6911 0f 00
         02 06
         04 83902103
         0a 04 0495 4421
         0b 04 0414 4421
         13 02 1362
         28 04 0410 4421
         20 03 046869
         03 04 7d029181
         1d 03 8090a3
         39 02 c884
         c0 05 06 0410 4421
         c0 03 01 0410
         3d 01 1f
         3f 03 039721
         00",
        Message::Iam(iam),
    );
}

#[test]
fn sam_carries_digits_and_st() {
    same(
        "2301 02 02 00 03 8021 0f",
        Message::Sam(Sam::new(digits("12F"))),
    );
}

#[test]
fn acm_subscriber_free() {
    let backward_call = BackwardCallIndicators {
        charge: Charge::Charge,
        called_status: CalledPartyStatus::SubscriberFree,
        called_category: CalledPartyCategory::Ordinary,
        interworking: true,
        isdn_access: true,
        echo_control: true,
        ..BackwardCallIndicators::default()
    };
    same("2301 06 1631 00", Message::Acm(Acm::new(backward_call)));
}

#[test]
fn acm_with_every_field() {
    let acm = Acm {
        backward_call: BackwardCallIndicators {
            isdn_user_part_all_the_way: true,
            ..BackwardCallIndicators::default()
        },
        optional_backward_call: Some(OptionalBackwardCallIndicators {
            in_band_information: true,
            call_diversion_may_occur: true,
            ..OptionalBackwardCallIndicators::default()
        }),
        cause: Some(cause(CauseValue::USER_BUSY).into()),
        user_to_user: Some(UserToUserInformation(Octets::from([4]))),
        access_transport: Some(AccessTransport(Octets::from([0x1e, 2, 0x81, 0x88]))),
        redirection_number: Some(RedirectionNumber::new(
            NatureOfAddress::National,
            digits("123"),
        )),
        parameter_compatibility: Some(ParameterCompatibilityInformation::default()),
        call_diversion: Some(CallDiversionInformation {
            notification: NotificationSubscription::AllowedWithNumber,
            reason: RedirectionReason::NoReply,
        }),
        redirection_number_restriction: Some(RedirectionNumberRestriction {
            presentation: Presentation::Restricted,
        }),
        ..Acm::default()
    };
    same(
        "2301 06 0004 01
         29 01 03
         12 02 8291
         20 01 04
         03 04 1e028188
         0c 04 83902103
         39 00
         36 01 12
         40 01 01
         00",
        Message::Acm(acm),
    );
}

#[test]
fn cpg_alerting() {
    same("2301 2c 01 00", Message::Cpg(Cpg::new(Event::Alerting)));
}

#[test]
fn cpg_with_every_field() {
    let cpg = Cpg {
        cause: Some(cause(CauseValue::NO_ANSWER_FROM_USER).into()),
        backward_call: Some(BackwardCallIndicators::default()),
        optional_backward_call: Some(OptionalBackwardCallIndicators::default()),
        access_transport: Some(AccessTransport(Octets::new())),
        redirection_number: Some(RedirectionNumber::new(
            NatureOfAddress::International,
            digits("12"),
        )),
        user_to_user: Some(UserToUserInformation(Octets::new())),
        parameter_compatibility: Some(ParameterCompatibilityInformation::default()),
        call_diversion: Some(CallDiversionInformation {
            notification: NotificationSubscription::Unknown,
            reason: RedirectionReason::DeflectionImmediate,
        }),
        redirection_number_restriction: Some(RedirectionNumberRestriction {
            presentation: Presentation::Allowed,
        }),
        connected: Some(ConnectedNumber::new(NatureOfAddress::National, digits("9"))),
        generic_numbers: vec![GenericNumber::new(
            NumberQualifier::AdditionalConnectedNumber,
            NatureOfAddress::National,
            digits("9"),
        )],
        ..Cpg::new(EventInformation {
            event: Event::CallForwardedNoReply,
            presentation_restricted: true,
        })
    };
    same(
        "2301 2c 85 01
         12 02 8293
         11 02 0000
         29 01 00
         03 00
         0c 03 049021
         20 00
         39 00
         36 01 28
         40 01 00
         21 03 831309
         c0 04 05831009
         00",
        Message::Cpg(cpg),
    );
}

#[test]
fn anm_and_con_with_the_connected_number() {
    let connected = Some(ConnectedNumber {
        presentation: Presentation::NotAvailable,
        ..ConnectedNumber::new(NatureOfAddress::National, digits(""))
    });
    let backward_call = BackwardCallIndicators {
        charge: Charge::NoCharge,
        called_category: CalledPartyCategory::Payphone,
        ..BackwardCallIndicators::default()
    };
    same("2301 09 00", Message::Anm(Anm::default()));
    same(
        "2301 09 01 11 02 2100 21 02 031b 00",
        Message::Anm(Anm {
            backward_call: Some(backward_call),
            connected,
            ..Anm::default()
        }),
    );
    same("2301 07 2100 00", Message::Con(Con::new(backward_call)));
    same(
        "2301 07 2100 01 21 02 031b 00",
        Message::Con(Con {
            connected,
            ..Con::new(backward_call)
        }),
    );
}

#[test]
fn rel_and_rlc() {
    let busy = Cause::new(CauseValue::USER_BUSY, Location::BeyondInterworkingPoint);
    same("2301 0c 02 00 02 8a91", Message::Rel(Rel::new(busy)));
    let rel = Rel {
        redirection_information: Some(RedirectionInformation {
            indicator: RedirectingIndicator::CallRerouted,
            original_reason: RedirectionReason::Unknown,
            counter: 0,
            reason: RedirectionReason::Unknown,
        }),
        redirection_number: Some(RedirectionNumber::new(
            NatureOfAddress::International,
            digits("49"),
        )),
        automatic_congestion_level: Some(1),
        ..Rel::new(cause(CauseValue::REDIRECTION_TO_NEW_DESTINATION))
    };
    same(
        "2301 0c 02 04 02 8297
         13 01 01
         0c 03 049094
         27 01 01
         00",
        Message::Rel(rel),
    );
    same("2301 10 00", Message::Rlc(Rlc::default()));
    same(
        "2301 10 01 12 03 82e12a 00",
        Message::Rlc(Rlc {
            cause: Some(
                CauseIndicators::new(cause(CauseValue::new(97).unwrap()))
                    .with_diagnostics(Octets::from([0x2a])),
            ),
            ..Rlc::default()
        }),
    );
}

#[test]
fn cause_with_octet_1a_of_another_standard() {
    let indicators = CauseIndicators {
        coding_standard: CodingStandard::National,
        location: Location::TransitNetwork,
        recommendation: Some(3),
        value: 23,
        diagnostics: Octets::from([1, 2]),
    };
    assert_eq!(
        indicators.cause(),
        Cause::new(CauseValue::NORMAL_UNSPECIFIED, Location::TransitNetwork)
    );
    same(
        "2301 0c 02 00 05 438397 0102",
        Message::Rel(Rel::new(indicators)),
    );
}

#[test]
fn sus_and_res_say_who_asked() {
    let user = Sus::new(false);
    assert!(Sus::new(true).is_network_initiated() && !user.is_network_initiated());
    same("2301 0d 00 00", Message::Sus(user));
    same("2301 0d 01 00", Message::Sus(Sus::new(true)));
    same("2301 0e 01 00", Message::Res(Res::new(true)));
}

#[test]
fn supervision_of_one_circuit_has_no_parameters() {
    same("2301 12", Message::Rsc);
    same("2301 13", Message::Blo);
    same("2301 14", Message::Ubl);
    same("2301 15", Message::Bla);
    same("2301 16", Message::Uba);
    same("2301 2e", Message::Ucic);
}

#[test]
fn group_reset_has_a_range_and_its_acknowledgement_a_status() {
    same("2301 17 01 01 1f", Message::Grs(Grs { range: 31 }));
    let mut status = Status::new();
    status.set(1, true);
    status.set(8, true);
    same(
        "2301 29 01 03 08 0201",
        Message::Gra(Gra { range: 8, status }),
    );
    let blocked: Vec<_> = Gra { range: 8, status }
        .circuits(Cic::new(33).unwrap())
        .filter_map(|(cic, blocked)| blocked.then_some(cic.value()))
        .collect();
    assert_eq!(blocked, [34, 41]);
}

#[test]
fn cfn_names_what_was_not_understood() {
    let cause = CauseIndicators::new(cause(CauseValue::MESSAGE_TYPE_NOT_IMPLEMENTED))
        .with_diagnostics(Octets::from([0x7f]));
    same("2301 2f 02 00 03 82e17f", Message::Cfn(Cfn::new(cause)));
}

#[test]
fn other_messages_are_kept_whole() {
    let cot = UnknownMessage {
        message_type: 5,
        content: vec![1],
    };
    assert_eq!(Message::Unknown(cot.clone()).name(), "COT");
    same("2301 05 01", Message::Unknown(cot));
    let unknown = UnknownMessage {
        message_type: 0xfe,
        content: vec![],
    };
    assert!(unknown.is_unnamed());
    same("2301 fe", Message::Unknown(unknown));
}

#[test]
fn unusual_order_and_repeated_parameters_are_written_again_as_they_came() {
    let text = "2301 01 00 0000 0a 03 02 05 03 039021
         3d 01 14          // hop counter first
         c0 03 01 0410
         c1 01 07          // generic digits
         0a 02 000b
         c1 01 08
         c0 03 05 0410
         0a 02 000b        // a second calling party number
         00";
    let pdu = decode(&octets(text)).unwrap();
    let Message::Iam(iam) = &pdu.message else {
        panic!("{pdu:?}")
    };
    assert_eq!(iam.hop_counter, Some(20));
    assert_eq!(iam.calling, Some(CallingPartyNumber::not_available()));
    assert_eq!(iam.generic_numbers.len(), 2);
    let others: Vec<_> = iam.other.iter().map(|parameter| parameter.code.0).collect();
    assert_eq!(others, [0xc1, 0xc1, 0x0a]);
    assert_eq!(encode(&pdu), octets(text));
}

#[test]
fn changes_to_a_message_of_unusual_order_are_written() {
    let text = "2301 01 00 0000 0a 03 02 05 03 039021 3d 01 14 c1 01 07 0a 02 000b 00";
    let mut pdu = decode(&octets(text)).unwrap();
    let Message::Iam(iam) = &mut pdu.message else {
        panic!("{pdu:?}")
    };
    iam.calling = None;
    iam.hop_counter = Some(19);
    iam.user_service_information = Some(UserServiceInformation(Octets::from([0x80])));
    iam.other.push(RawParameter {
        code: ParameterCode(0xc1),
        content: Octets::from([9]),
    });
    let expected = "2301 01 00 0000 0a 03 02 05 03 039021
         3d 01 13 c1 01 07 1d 01 80 c1 01 09 00";
    assert_eq!(
        format!("{:02x?}", encode(&pdu)),
        format!("{:02x?}", octets(expected))
    );
}

#[test]
fn iam_needs_no_heap_for_common_parameters() {
    let pdu = decode(&octets(
        "2301 01 00 0000 0a 03 02 0a 08 8490 94032143650f
         0a 07 0313 0321436587 1d 03 8090a3 03 04 7d029181 3d 01 14 00",
    ))
    .unwrap();
    let Message::Iam(iam) = pdu.message else {
        panic!("{pdu:?}")
    };
    assert_eq!(
        (iam.other.capacity(), iam.generic_numbers.capacity()),
        (0, 0)
    );
    assert!(iam.calling.is_some() && iam.access_transport.is_some());
    assert!(
        iam.user_service_information
            .is_some_and(|usi| usi.0.len() <= Octets::INLINE)
    );
}
