//! The messages of a call.

use super::{cause, digits, greeting, none, same, subaddress};
use crate::hex::{hex, octets};
use trunkline_isup::{
    Acm, Anm, AutomaticCongestionLevel, BackwardCallIndicators, CallDiversionInformation,
    CalledPartyCategory, CalledPartyNumber, CalledPartyStatus, CallingPartyCategory,
    CallingPartyNumber, CauseIndicators, Charge, CodingStandard, Con, ConnectedNumber,
    ContinuityCheck, Cpg, Event, EventInformation, ForwardCallIndicators, GenericNumber,
    HopCounter, Iam, IsupPreference, LocationNumber, Message, NatureOfAddress, NatureOfConnection,
    NotificationSubscription, NumberQualifier, Octets, OptionalBackwardCallIndicators,
    OptionalParameters, OriginalCalledNumber, ParameterCode, Presentation, RedirectingIndicator,
    RedirectingNumber, RedirectionInformation, RedirectionNumber, RedirectionNumberRestriction,
    RedirectionReason, Rel, Res, Rlc, Sam, Satellite, Screening, Sus, TransmissionMedium, decode,
    encode,
};
use trunkline_model::{Cause, CauseValue, Location};

#[test]
fn iam_with_what_a_call_needs() {
    let mut iam = Iam::new(CalledPartyNumber::new(
        NatureOfAddress::International,
        digits("4930123456F"),
    ));
    iam.optional.push(&CallingPartyNumber::new(
        NatureOfAddress::National,
        digits("3012345678"),
    ));
    iam.optional.push(&HopCounter(20));
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
fn iam_with_many_parameters() {
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
        optional: none()
            .with(CallingPartyNumber {
                incomplete: true,
                presentation: Presentation::Restricted,
                screening: Screening::UserProvidedVerifiedPassed,
                ..CallingPartyNumber::new(number.0, number.1)
            })
            .with(RedirectingNumber {
                presentation: Presentation::Restricted,
                ..RedirectingNumber::new(number.0, number.1)
            })
            .with(RedirectionInformation {
                indicator: RedirectingIndicator::CallDiverted,
                original_reason: RedirectionReason::UserBusy,
                counter: 2,
                reason: RedirectionReason::MobileNotReachable,
            })
            .with(OriginalCalledNumber::new(number.0, number.1))
            .with(greeting())
            .with(subaddress())
            .with(GenericNumber::new(
                NumberQualifier::AdditionalCallingPartyNumber,
                number.0,
                number.1,
            ))
            .with(GenericNumber::new(
                NumberQualifier::AdditionalCalledNumber,
                number.0,
                digits(""),
            ))
            .with(LocationNumber::new(NatureOfAddress::National, digits("21")))
            .with(HopCounter(31)),
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
         03 04 71028021
         c0 05 06 0410 4421
         c0 03 01 0410
         3f 03 039312
         3d 01 1f
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
fn acm_with_many_parameters() {
    let acm = Acm {
        backward_call: BackwardCallIndicators {
            isdn_user_part_all_the_way: true,
            ..BackwardCallIndicators::default()
        },
        optional: none()
            .with(OptionalBackwardCallIndicators {
                in_band_information: true,
                call_diversion_may_occur: true,
                ..OptionalBackwardCallIndicators::default()
            })
            .with(cause(CauseValue::USER_BUSY))
            .with(greeting())
            .with(RedirectionNumber::new(
                NatureOfAddress::National,
                digits("123"),
            ))
            .with(CallDiversionInformation {
                notification: NotificationSubscription::AllowedWithNumber,
                reason: RedirectionReason::NoReply,
            })
            .with(RedirectionNumberRestriction {
                presentation: Presentation::Restricted,
            }),
    };
    same(
        "2301 06 0004 01
         29 01 03
         12 02 8291
         20 03 046869
         0c 04 83902103
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
fn cpg_of_a_forwarded_call() {
    let event = EventInformation {
        event: Event::CallForwardedNoReply,
        presentation_restricted: true,
    };
    let optional = none()
        .with(cause(CauseValue::NO_ANSWER_FROM_USER))
        .with(BackwardCallIndicators::default())
        .with(OptionalBackwardCallIndicators::default())
        .with(RedirectionNumber::new(
            NatureOfAddress::International,
            digits("12"),
        ))
        .with(ConnectedNumber::new(NatureOfAddress::National, digits("9")));
    same(
        "2301 2c 85 01
         12 02 8293
         11 02 0000
         29 01 00
         0c 03 049021
         21 03 831309
         00",
        Message::Cpg(Cpg { event, optional }),
    );
}

#[test]
fn anm_and_con_with_the_connected_number() {
    let connected = ConnectedNumber {
        presentation: Presentation::NotAvailable,
        ..ConnectedNumber::new(NatureOfAddress::National, digits(""))
    };
    let backward_call = BackwardCallIndicators {
        charge: Charge::NoCharge,
        called_category: CalledPartyCategory::Payphone,
        ..BackwardCallIndicators::default()
    };
    same("2301 09 00", Message::Anm(Anm::default()));
    same(
        "2301 09 01 11 02 2100 21 02 031b 00",
        Message::Anm(Anm {
            optional: none().with(backward_call).with(connected),
        }),
    );
    same("2301 07 2100 00", Message::Con(Con::new(backward_call)));
    same(
        "2301 07 2100 01 21 02 031b 00",
        Message::Con(Con {
            backward_call,
            optional: none().with(connected),
        }),
    );
}

#[test]
fn rel_and_rlc() {
    let busy = Cause::new(CauseValue::USER_BUSY, Location::BeyondInterworkingPoint);
    same("2301 0c 02 00 02 8a91", Message::Rel(Rel::new(busy)));
    let rel = Rel {
        cause: cause(CauseValue::REDIRECTION_TO_NEW_DESTINATION),
        optional: none()
            .with(RedirectionInformation {
                indicator: RedirectingIndicator::CallRerouted,
                original_reason: RedirectionReason::Unknown,
                counter: 0,
                reason: RedirectionReason::Unknown,
            })
            .with(RedirectionNumber::new(
                NatureOfAddress::International,
                digits("49"),
            ))
            .with(AutomaticCongestionLevel(1)),
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
    let cause = cause(CauseValue::MESSAGE_TYPE_NOT_IMPLEMENTED);
    same(
        "2301 10 01 12 03 82e12a 00",
        Message::Rlc(Rlc {
            optional: none().with(cause.with_diagnostics(Octets::from([0x2a]))),
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

/// IAM with its optional parameters in an unusual order, some of them twice.
const UNUSUAL: &str = "2301 01 00 0000 0a 03 02 05 03 039021
     3d 01 14          // hop counter first
     c0 03 01 0410
     c1 02 8021        // generic digits
     0a 02 000b
     c1 02 8022
     c0 03 05 0410
     0a 02 000b        // a second calling party number
     00";

fn unusual() -> Iam {
    let Message::Iam(iam) = decode(&octets(UNUSUAL)).unwrap().message else {
        panic!()
    };
    iam
}

#[test]
fn optional_parameters_keep_their_order_and_may_be_repeated() {
    let iam = unusual();
    assert_eq!(iam.optional.get(), Some(HopCounter(20)));
    assert_eq!(
        iam.optional.get(),
        Some(CallingPartyNumber::not_available())
    );
    assert_eq!(iam.optional.all::<GenericNumber>().count(), 2);
    let codes: Vec<u8> = iam.optional.iter().map(|(code, _)| code.0).collect();
    assert_eq!(codes, [0x3d, 0xc0, 0xc1, 0x0a, 0xc1, 0xc0, 0x0a]);
    same(UNUSUAL, Message::Iam(iam));
}

#[test]
fn optional_parameters_are_changed_where_they_stand() {
    let mut iam = unusual();
    while iam.optional.remove(ParameterCode::CALLING_PARTY_NUMBER) {}
    iam.optional.set(&HopCounter(19));
    iam.optional.push_octets(ParameterCode(0xc1), &[9]).unwrap();
    iam.optional.set(&greeting());
    let expected = "2301 01 00 0000 0a 03 02 05 03 039021
         3d 01 13 c0 03 01 0410 c1 02 8021 c1 02 8022 c0 03 05 0410 c1 01 09 20 03 046869 00";
    same(expected, Message::Iam(iam));
}

#[test]
fn what_does_not_fit_its_length_indicator_is_cut() {
    let mut usr = greeting();
    usr.information = Octets::try_from(vec![b'x'; 255]).unwrap();
    let mut rlc = Rlc {
        optional: OptionalParameters::new().with(usr),
    };
    let written = encode(&trunkline_isup::Pdu::new(
        trunkline_model::Cic::new(1).unwrap(),
        Message::Rlc(rlc.clone()),
    ));
    assert_eq!(written.len(), 4 + 2 + 255 + 1);
    rlc.optional.remove(ParameterCode::USER_TO_USER_INFORMATION);
    // 253 octets of a mandatory variable part, so that the pointer behind it fits (Q.763 1.6).
    let long =
        cause(CauseValue::USER_BUSY).with_diagnostics(Octets::try_from(vec![0; 255]).unwrap());
    let rel = Rel {
        cause: long,
        optional: none().with(AutomaticCongestionLevel(1)),
    };
    let pdu = trunkline_isup::Pdu::new(trunkline_model::Cic::new(1).unwrap(), Message::Rel(rel));
    let written = encode(&pdu);
    assert_eq!(hex(&written[..7]), "01 00 0c 02 ff fd 82 ");
    assert_eq!(hex(&written[written.len() - 4..]), "27 01 01 00 ");
    assert!(matches!(decode(&written).unwrap().message, Message::Rel(_)));
}
