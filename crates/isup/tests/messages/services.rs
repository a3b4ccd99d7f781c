//! The messages of supplementary services, of signalling itself, and those between networks.

use super::{cause, digits, greeting, none, same, subaddress};
use trunkline_isup::{
    Apm, CallingPartyAddressResponse, CallingPartyCategory, CallingPartyNumber, Crg, Faa, Fac,
    FacilityIndicator, Far, Fot, Frj, GenericNotificationIndicator, GenericNumber, Idr, Inf,
    InformationIndicators, InformationRequestIndicators, Inr, Instruction, Irs, Lop,
    McidRequestIndicators, McidResponseIndicators, Message, MessageCompatibilityInformation,
    NatureOfAddress, Nrm, NumberQualifier, OptionalBackwardCallIndicators, Pam, ParameterCode, Pri,
    Sdn, Sgm, SubsequentNumber, Upa, Upt, Usr,
};
use trunkline_model::CauseValue;

#[test]
fn information_is_asked_for_and_given() {
    let indicators = InformationRequestIndicators {
        calling_party_address: true,
        calling_partys_category: true,
        ..Default::default()
    };
    same("2301 03 0900 00", Message::Inr(Inr::new(indicators)));
    let inf = Inf {
        indicators: InformationIndicators {
            calling_party_address: CallingPartyAddressResponse::Included,
            calling_partys_category: true,
            ..Default::default()
        },
        optional: none()
            .with(CallingPartyCategory::Ordinary)
            .with(CallingPartyNumber::new(
                NatureOfAddress::National,
                digits("12"),
            )),
    };
    same(
        "2301 04 2300 01 09 01 0a 0a 03 031321 00",
        Message::Inf(inf),
    );
}

#[test]
fn facilities_are_asked_for_accepted_and_rejected() {
    let facility = FacilityIndicator::UserToUserService;
    same("2301 1f 02 00", Message::Far(Far::new(facility)));
    same("2301 20 02 00", Message::Faa(Faa::new(facility)));
    let cause = cause(CauseValue::FACILITY_REJECTED);
    // Pointers to the cause indicators, which are mandatory, and to no optional part.
    same(
        "2301 21 02 02 00 02 829d",
        Message::Frj(Frj {
            facility,
            cause,
            optional: none(),
        }),
    );
}

#[test]
fn messages_of_optional_parameters_alone_have_none() {
    same("2301 08 00", Message::Fot(Fot::default()));
    same("2301 32 00", Message::Nrm(Nrm::default()));
    same("2301 33 00", Message::Fac(Fac::default()));
    same("2301 34 00", Message::Upt(Upt::default()));
    same("2301 35 00", Message::Upa(Upa::default()));
    same("2301 36 00", Message::Idr(Idr::default()));
    same("2301 37 00", Message::Irs(Irs::default()));
    same("2301 38 00", Message::Sgm(Sgm::default()));
    same("2301 40 00", Message::Lop(Lop::default()));
    same("2301 41 00", Message::Apm(Apm::default()));
    same("2301 42 00", Message::Pri(Pri::default()));
    same("2301 43 00", Message::Sdn(Sdn::default()));
}

#[test]
fn malicious_calls_are_identified() {
    let request = McidRequestIndicators {
        mcid: true,
        holding: true,
    };
    same(
        "2301 36 01 3b 01 03 00",
        Message::Idr(Idr {
            optional: none().with(request),
        }),
    );
    let optional = none()
        .with(McidResponseIndicators {
            mcid: true,
            hold_provided: false,
        })
        .with(CallingPartyNumber::new(
            NatureOfAddress::International,
            digits("4930"),
        ));
    same(
        "2301 37 01 3c 01 01 0a 04 0413 9403 00",
        Message::Irs(Irs { optional }),
    );
}

#[test]
fn user_to_user_information_is_mandatory_in_its_message() {
    let usr = Usr::new(greeting());
    same("2301 2d 02 00 03 046869", Message::Usr(usr.clone()));
    let usr = Usr {
        optional: none().with(subaddress()),
        ..usr
    };
    same(
        "2301 2d 02 05 03 046869 03 04 71028021 00",
        Message::Usr(usr),
    );
}

#[test]
fn a_segment_carries_what_had_no_room() {
    let number = GenericNumber::new(
        NumberQualifier::AdditionalCallingPartyNumber,
        NatureOfAddress::National,
        digits("1"),
    );
    let optional = none().with(subaddress()).with(number);
    same(
        "2301 38 01 03 04 71028021 c0 04 06831001 00",
        Message::Sgm(Sgm { optional }),
    );
}

#[test]
fn later_messages_say_what_to_do_with_them() {
    let instruction = Instruction {
        discard_message: true,
        send_notification: true,
        ..Instruction::default()
    };
    let optional = none().with(MessageCompatibilityInformation {
        instruction: instruction.clone(),
    });
    let message = Message::Sdn(Sdn {
        optional: optional.with(SubsequentNumber {
            digits: digits("12"),
        }),
    });
    assert_eq!(
        message.compatibility().map(|it| it.instruction),
        Some(instruction)
    );
    same("2301 43 01 38 01 8c 05 02 0021 00", message);
    let optional = none().with(OptionalBackwardCallIndicators {
        in_band_information: true,
        ..OptionalBackwardCallIndicators::default()
    });
    same("2301 42 01 29 01 01 00", Message::Pri(Pri { optional }));
}

#[test]
fn a_facility_notifies() {
    // User suspended.
    let octets = [0x80];
    let mut optional = none();
    optional
        .push_octets(ParameterCode::GENERIC_NOTIFICATION_INDICATOR, &octets)
        .unwrap();
    assert!(optional.get::<GenericNotificationIndicator>().is_some());
    same("2301 33 01 2c 01 80 00", Message::Fac(Fac { optional }));
}

/// Another message from its type on; what a country makes of it.
#[test]
fn contents_that_are_not_taken_apart_are_kept() {
    let pam = Pam {
        content: vec![0x0c, 0x02, 0x00, 0x02, 0x82, 0x90],
    };
    same("2301 28 0c 02 00 02 8290", Message::Pam(pam));
    same(
        "2301 31 010203",
        Message::Crg(Crg {
            content: vec![1, 2, 3],
        }),
    );
}
