//! What holds for all octets and all messages.

// What helpers of tests unwrap is a failure of the test.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use trunkline_isup::{
    AccessTransport, Acm, AddressDigits, Anm, BackwardCallIndicators, CallDiversionInformation,
    CalledPartyCategory, CalledPartyNumber, CalledPartyStatus, CallingPartyCategory,
    CallingPartyNumber, CauseIndicators, Cfn, Charge, CodingStandard, Con, ConnectedNumber,
    ContinuityCheck, Cpg, EndToEndMethod, Event, EventInformation, ForwardCallIndicators,
    GenericNumber, Gra, Grs, Iam, Instruction, IsupPreference, Message, NatureOfAddress,
    NatureOfConnection, NotificationSubscription, NumberQualifier, NumberingPlan, Octets,
    OptionalBackwardCallIndicators, OriginalCalledNumber, ParameterCode,
    ParameterCompatibilityInformation, Pdu, Presentation, RawParameter, RedirectingIndicator,
    RedirectingNumber, RedirectionInformation, RedirectionNumber, RedirectionNumberRestriction,
    RedirectionReason, Rel, Res, Rlc, Sam, Satellite, SccpMethod, Screening, Status, Sus,
    TransmissionMedium, UserServiceInformation, UserToUserInformation, decode, decode_with, encode,
};
use trunkline_model::{Cic, Location};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_octets_are_read_or_refused(octets in vec(any::<u8>(), 0..64)) {
        let _ = decode(&octets);
    }

    /// What was read once reads the same when written and read again, so that nothing is lost on
    /// the way through. Where one of two parameters with the same name makes no sense, they may
    /// change places, but only once.
    #[test]
    fn what_was_read_is_written_so_that_it_reads_the_same(octets in plausible()) {
        let mut regular = true;
        if let Ok(pdu) = decode_with(&octets, &mut |_| regular = false) {
            let again = decode(&encode(&pdu)).unwrap();
            if regular {
                prop_assert_eq!(&again, &pdu);
            }
            prop_assert_eq!(decode(&encode(&again)).unwrap(), again);
        }
    }

    #[test]
    fn what_is_written_reads_the_same(pdu in pdu()) {
        let octets = encode(&pdu);
        let mut irregularities = Vec::new();
        prop_assert_eq!(decode_with(&octets, &mut |error| irregularities.push(error)), Ok(pdu));
        prop_assert_eq!(irregularities, []);
    }

    /// The usual form: pointers without gaps, spare bits 0, parameters of known length. Optional
    /// parameters may stand in any order and more than once.
    #[test]
    fn octets_of_usual_form_are_written_again_as_they_came(
        pdu in pdu(),
        order in vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let mut octets = encode(&pdu);
        shuffle(&pdu, &mut octets, &order);
        prop_assert_eq!(encode(&decode(&octets).unwrap()), octets);
    }

    #[test]
    fn a_message_cut_short_is_read_or_refused(pdu in pdu(), cut in any::<prop::sample::Index>()) {
        let octets = encode(&pdu);
        let _ = decode(&octets[..cut.index(octets.len())]);
    }

    #[test]
    fn a_message_with_a_wrong_octet_is_read_or_refused(
        pdu in pdu(),
        place in any::<prop::sample::Index>(),
        octet in any::<u8>(),
    ) {
        let mut octets = encode(&pdu);
        let place = place.index(octets.len());
        octets[place] = octet;
        let _ = decode(&octets);
    }
}

/// Swaps optional parameters of an encoded message.
fn shuffle(pdu: &Pdu, octets: &mut Vec<u8>, order: &[prop::sample::Index]) {
    let row = trunkline_isup::MESSAGES
        .iter()
        .find(|row| row.message_type == pdu.message.message_type());
    let Some(row) = row.filter(|row| row.has_optional_part) else {
        return;
    };
    let pointer =
        3 + row.fixed.iter().map(|(_, length)| length).sum::<usize>() + row.variable.len();
    if octets[pointer] == 0 {
        return;
    }
    let start = pointer + usize::from(octets[pointer]);
    let mut parameters: Vec<Vec<u8>> = Vec::new();
    let mut rest = &octets[start..];
    while rest[0] != 0 {
        let (parameter, following) = rest.split_at(2 + usize::from(rest[1]));
        parameters.push(parameter.to_vec());
        rest = following;
    }
    // Beyond that many the order is not kept.
    if parameters.len() > 29 {
        return;
    }
    for (index, other) in order.iter().enumerate() {
        let count = parameters.len();
        parameters.swap(index % count, other.index(count));
    }
    parameters.push(parameters[0].clone());
    octets.truncate(start);
    octets.extend(parameters.concat());
    octets.push(0);
}

/// Octets that look like a message at first sight.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let message_type = prop::sample::select(
        trunkline_isup::MESSAGES
            .iter()
            .map(|row| row.message_type.code())
            .collect::<Vec<_>>(),
    );
    let code = prop_oneof![
        prop::sample::select(
            trunkline_isup::PARAMETERS
                .iter()
                .map(|row| row.code.0)
                .collect::<Vec<_>>()
        ),
        any::<u8>(),
    ];
    let parameter = (code, vec(any::<u8>(), 0..6))
        .prop_map(|(code, content)| [&[code, content.len() as u8][..], &content].concat());
    let optional = vec(parameter, 0..6).prop_map(|parameters| parameters.concat());
    (
        message_type,
        vec(any::<u8>(), 5),
        vec(any::<u8>(), 0..4),
        optional,
    )
        .prop_map(|(message_type, fixed, variable, optional)| {
            let row = trunkline_isup::MESSAGES
                .iter()
                .find(|row| row.message_type.code() == message_type)
                .unwrap();
            let length = row.fixed.iter().map(|(_, length)| length).sum::<usize>();
            let mut octets = vec![1, 0, message_type];
            octets.extend(&fixed[..length]);
            let pointers = row.variable.len() + usize::from(row.has_optional_part);
            for _ in row.variable {
                octets.push(pointers as u8);
            }
            if row.has_optional_part {
                let behind = if row.variable.is_empty() {
                    0
                } else {
                    1 + variable.len()
                };
                octets.push(behind as u8 + 1);
            }
            if !row.variable.is_empty() {
                octets.push(variable.len() as u8);
                octets.extend(variable);
            }
            if row.has_optional_part {
                octets.extend(optional);
                octets.push(0);
            }
            octets
        })
}

fn pdu() -> impl Strategy<Value = Pdu> {
    (0..=Cic::MAX, message()).prop_map(|(cic, message)| Pdu::new(Cic::new(cic).unwrap(), message))
}

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        iam().prop_map(Message::Iam),
        (digits(), other()).prop_map(|(digits, other)| Message::Sam(Sam {
            other,
            ..Sam::new(digits)
        })),
        acm().prop_map(Message::Acm),
        cpg().prop_map(Message::Cpg),
        anm().prop_map(Message::Anm),
        anm_as_con().prop_map(Message::Con),
        rel().prop_map(Message::Rel),
        (option::of(cause()), other()).prop_map(|(cause, other)| Message::Rlc(Rlc {
            cause,
            other,
            ..Rlc::default()
        })),
        (any::<bool>(), other()).prop_map(|(network, other)| Message::Sus(Sus {
            other,
            ..Sus::new(network)
        })),
        (any::<bool>(), other()).prop_map(|(network, other)| Message::Res(Res {
            other,
            ..Res::new(network)
        })),
        prop::sample::select(vec![
            Message::Rsc,
            Message::Blo,
            Message::Bla,
            Message::Ubl,
            Message::Uba,
            Message::Ucic,
        ]),
        any::<u8>().prop_map(|range| Message::Grs(Grs { range })),
        (any::<u8>(), any::<[u8; 8]>()).prop_map(|(range, blocked)| {
            let mut status = Status::new();
            for index in blocked {
                status.set(index.min(range), true);
            }
            Message::Gra(Gra { range, status })
        }),
        (cause(), other()).prop_map(|(cause, other)| Message::Cfn(Cfn {
            other,
            ..Cfn::new(cause)
        })),
    ]
}

fn digits() -> impl Strategy<Value = AddressDigits> {
    "[0-9A-F]{0,32}".prop_map(|text| text.parse().unwrap())
}

fn octets() -> impl Strategy<Value = Octets> {
    vec(any::<u8>(), 0..40).prop_map(|octets| Octets::try_from(octets).unwrap())
}

/// Parameters that no message has a field for.
fn other() -> impl Strategy<Value = Vec<RawParameter>> {
    let code =
        prop::sample::select(vec![1, 8, 35, 44, 63, 120, 193, 200, 255]).prop_map(ParameterCode);
    vec(
        (code, octets()).prop_map(|(code, content)| RawParameter { code, content }),
        0..4,
    )
}

/// Nature of address, bit, plan, presentation, screening, digits: what numbers are made of.
fn number() -> impl Strategy<
    Value = (
        NatureOfAddress,
        bool,
        NumberingPlan,
        Presentation,
        Screening,
        AddressDigits,
    ),
> {
    (
        (0..128u8).prop_map(Into::into),
        any::<bool>(),
        (0..8u8).prop_map(Into::into),
        (0..4u8).prop_map(Into::into),
        (0..4u8).prop_map(Into::into),
        digits(),
    )
}

fn called() -> impl Strategy<Value = CalledPartyNumber> {
    number().prop_map(
        |(nature, internal_network_allowed, plan, _, _, digits)| CalledPartyNumber {
            nature,
            internal_network_allowed,
            plan,
            digits,
        },
    )
}

fn redirection_number() -> impl Strategy<Value = RedirectionNumber> {
    called().prop_map(|number| RedirectionNumber {
        nature: number.nature,
        internal_network_allowed: number.internal_network_allowed,
        plan: number.plan,
        digits: number.digits,
    })
}

fn calling() -> impl Strategy<Value = CallingPartyNumber> {
    number().prop_map(
        |(nature, incomplete, plan, presentation, screening, digits)| CallingPartyNumber {
            nature,
            incomplete,
            plan,
            presentation,
            screening,
            digits,
        },
    )
}

fn generic() -> impl Strategy<Value = GenericNumber> {
    (any::<u8>(), calling()).prop_map(|(qualifier, number)| GenericNumber {
        qualifier: NumberQualifier::from_code(qualifier),
        nature: number.nature,
        incomplete: number.incomplete,
        plan: number.plan,
        presentation: number.presentation,
        screening: number.screening,
        digits: number.digits,
    })
}

fn connected() -> impl Strategy<Value = ConnectedNumber> {
    calling().prop_map(|number| ConnectedNumber {
        nature: number.nature,
        plan: number.plan,
        presentation: number.presentation,
        screening: number.screening,
        digits: number.digits,
    })
}

fn original_called() -> impl Strategy<Value = OriginalCalledNumber> {
    number().prop_map(
        |(nature, _, plan, presentation, _, digits)| OriginalCalledNumber {
            nature,
            plan,
            presentation,
            digits,
        },
    )
}

fn redirecting() -> impl Strategy<Value = RedirectingNumber> {
    number().prop_map(
        |(nature, _, plan, presentation, _, digits)| RedirectingNumber {
            nature,
            plan,
            presentation,
            digits,
        },
    )
}

fn redirection_information() -> impl Strategy<Value = RedirectionInformation> {
    (0..8u8, 0..16u8, 0..8u8, 0..16u8).prop_map(|(indicator, original, counter, reason)| {
        RedirectionInformation {
            indicator: RedirectingIndicator::from_code(indicator),
            original_reason: RedirectionReason::from_code(original),
            counter,
            reason: RedirectionReason::from_code(reason),
        }
    })
}

fn call_diversion() -> impl Strategy<Value = CallDiversionInformation> {
    (0..8u8, 0..16u8).prop_map(|(notification, reason)| CallDiversionInformation {
        notification: NotificationSubscription::from_code(notification),
        reason: RedirectionReason::from_code(reason),
    })
}

fn restriction() -> impl Strategy<Value = RedirectionNumberRestriction> {
    (0..4u8).prop_map(|presentation| RedirectionNumberRestriction {
        presentation: Presentation::from_code(presentation),
    })
}

fn cause() -> impl Strategy<Value = CauseIndicators> {
    (0..4u8, 0..16u8, option::of(0..128u8), 0..128u8, octets()).prop_map(
        |(coding, location, recommendation, value, diagnostics)| CauseIndicators {
            coding_standard: CodingStandard::from_code(coding),
            location: Location::from_bits(location),
            recommendation,
            value,
            diagnostics,
        },
    )
}

fn compatibility() -> impl Strategy<Value = ParameterCompatibilityInformation> {
    let instruction =
        (any::<[bool; 5]>(), 0..4u8).prop_map(|(bits, pass_on_not_possible)| Instruction {
            end_node_interpretation: bits[0],
            release_call: bits[1],
            send_notification: bits[2],
            discard_message: bits[3],
            discard_parameter: bits[4],
            pass_on_not_possible,
        });
    vec((any::<u8>().prop_map(ParameterCode), instruction), 0..4)
        .prop_map(|instructions| ParameterCompatibilityInformation { instructions })
}

fn backward_call() -> impl Strategy<Value = BackwardCallIndicators> {
    (any::<[bool; 6]>(), prop::array::uniform5(0..4u8)).prop_map(|(bits, codes)| {
        BackwardCallIndicators {
            charge: Charge::from_code(codes[0]),
            called_status: CalledPartyStatus::from_code(codes[1]),
            called_category: CalledPartyCategory::from_code(codes[2]),
            end_to_end_method: EndToEndMethod::from_code(codes[3]),
            interworking: bits[0],
            end_to_end_information: bits[1],
            isdn_user_part_all_the_way: bits[2],
            holding: bits[3],
            isdn_access: bits[4],
            echo_control: bits[5],
            sccp_method: SccpMethod::from_code(codes[4]),
        }
    })
}

fn optional_backward_call() -> impl Strategy<Value = OptionalBackwardCallIndicators> {
    (any::<[bool; 4]>(), 0..16u8).prop_map(|(bits, national)| OptionalBackwardCallIndicators {
        in_band_information: bits[0],
        call_diversion_may_occur: bits[1],
        segmentation: bits[2],
        mlpp_user: bits[3],
        national,
    })
}

fn forward_call() -> impl Strategy<Value = ForwardCallIndicators> {
    (any::<[bool; 7]>(), prop::array::uniform4(0..4u8)).prop_map(|(bits, codes)| {
        ForwardCallIndicators {
            international_call: bits[0],
            end_to_end_method: EndToEndMethod::from_code(codes[0]),
            interworking: bits[1],
            end_to_end_information: bits[2],
            isdn_user_part_all_the_way: bits[3],
            preference: IsupPreference::from_code(codes[1]),
            isdn_access: bits[4],
            sccp_method: SccpMethod::from_code(codes[2]),
            number_translated: bits[5],
            qor_attempt: bits[6],
            national: codes[3],
        }
    })
}

fn iam() -> impl Strategy<Value = Iam> {
    let fixed = (
        0..4u8,
        0..4u8,
        any::<bool>(),
        forward_call(),
        any::<u8>(),
        any::<u8>(),
        called(),
    );
    let numbers = (
        option::of(calling()),
        option::of(redirecting()),
        option::of(redirection_information()),
        option::of(original_called()),
        vec(generic(), 0..3),
        option::of(0..32u8),
    );
    let octets = (
        option::of(octets()),
        option::of(octets()),
        option::of(octets()),
        option::of(compatibility()),
        other(),
    );
    (fixed, numbers, octets).prop_map(|(fixed, numbers, octets)| Iam {
        nature_of_connection: NatureOfConnection {
            satellite: Satellite::from_code(fixed.0),
            continuity_check: ContinuityCheck::from_code(fixed.1),
            echo_control: fixed.2,
        },
        forward_call: fixed.3,
        calling_category: CallingPartyCategory::from_code(fixed.4),
        transmission_medium: TransmissionMedium::from_code(fixed.5),
        calling: numbers.0,
        redirecting: numbers.1,
        redirection_information: numbers.2,
        original_called: numbers.3,
        generic_numbers: numbers.4,
        hop_counter: numbers.5,
        user_to_user: octets.0.map(UserToUserInformation),
        access_transport: octets.1.map(AccessTransport),
        user_service_information: octets.2.map(UserServiceInformation),
        parameter_compatibility: octets.3,
        other: octets.4,
        ..Iam::new(fixed.6)
    })
}

/// What ACM, CPG, ANM, CON and REL have in common.
type BackwardOptions = (
    Option<OptionalBackwardCallIndicators>,
    Option<CauseIndicators>,
    Option<UserToUserInformation>,
    Option<AccessTransport>,
    Option<RedirectionNumber>,
    Option<ParameterCompatibilityInformation>,
    Option<CallDiversionInformation>,
    Option<RedirectionNumberRestriction>,
    Vec<RawParameter>,
);

fn backward_options() -> impl Strategy<Value = BackwardOptions> {
    (
        option::of(optional_backward_call()),
        option::of(cause()),
        option::of(octets().prop_map(UserToUserInformation)),
        option::of(octets().prop_map(AccessTransport)),
        option::of(redirection_number()),
        option::of(compatibility()),
        option::of(call_diversion()),
        option::of(restriction()),
        other(),
    )
}

fn acm() -> impl Strategy<Value = Acm> {
    (backward_call(), backward_options()).prop_map(|(backward_call, options)| Acm {
        backward_call,
        optional_backward_call: options.0,
        cause: options.1,
        user_to_user: options.2,
        access_transport: options.3,
        redirection_number: options.4,
        parameter_compatibility: options.5,
        call_diversion: options.6,
        redirection_number_restriction: options.7,
        other: options.8,
        ..Acm::default()
    })
}

fn cpg() -> impl Strategy<Value = Cpg> {
    let event =
        (0..128u8, any::<bool>()).prop_map(|(event, presentation_restricted)| EventInformation {
            event: Event::from_code(event),
            presentation_restricted,
        });
    (
        event,
        option::of(backward_call()),
        option::of(connected()),
        vec(generic(), 0..3),
        backward_options(),
    )
        .prop_map(
            |(event, backward_call, connected, generic_numbers, options)| Cpg {
                backward_call,
                connected,
                generic_numbers,
                optional_backward_call: options.0,
                cause: options.1,
                user_to_user: options.2,
                access_transport: options.3,
                redirection_number: options.4,
                parameter_compatibility: options.5,
                call_diversion: options.6,
                redirection_number_restriction: options.7,
                other: options.8,
                ..Cpg::new(event)
            },
        )
}

fn anm() -> impl Strategy<Value = Anm> {
    (
        option::of(backward_call()),
        option::of(connected()),
        vec(generic(), 0..3),
        backward_options(),
    )
        .prop_map(|(backward_call, connected, generic_numbers, options)| Anm {
            backward_call,
            connected,
            generic_numbers,
            optional_backward_call: options.0,
            user_to_user: options.2,
            access_transport: options.3,
            redirection_number: options.4,
            parameter_compatibility: options.5,
            redirection_number_restriction: options.7,
            other: options.8,
            ..Anm::default()
        })
}

fn anm_as_con() -> impl Strategy<Value = Con> {
    (backward_call(), anm()).prop_map(|(backward_call, anm)| Con {
        backward_call,
        optional_backward_call: anm.optional_backward_call,
        connected: anm.connected,
        user_to_user: anm.user_to_user,
        access_transport: anm.access_transport,
        parameter_compatibility: anm.parameter_compatibility,
        generic_numbers: anm.generic_numbers,
        redirection_number: anm.redirection_number,
        redirection_number_restriction: anm.redirection_number_restriction,
        other: anm.other,
        ..Con::default()
    })
}

fn rel() -> impl Strategy<Value = Rel> {
    (
        cause(),
        option::of(redirection_information()),
        option::of(any::<u8>()),
        backward_options(),
    )
        .prop_map(
            |(cause, redirection_information, automatic_congestion_level, options)| Rel {
                redirection_information,
                automatic_congestion_level,
                user_to_user: options.2,
                access_transport: options.3,
                redirection_number: options.4,
                parameter_compatibility: options.5,
                other: options.8,
                ..Rel::new(cause)
            },
        )
}
