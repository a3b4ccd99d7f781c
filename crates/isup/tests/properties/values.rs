//! Messages and parameters as values: all that fits its bits.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use trunkline_isup::{
    AccessTransport, Acm, AddressDigits, Anm, Apm, AutomaticCongestionLevel,
    BackwardCallIndicators, CallDiversionInformation, CallTransferNumber, CalledInNumber,
    CalledPartyCategory, CalledPartyNumber, CalledPartyStatus, CallingPartyCategory,
    CallingPartyNumber, CauseIndicators, Cfn, Cgb, Cgba, Cgu, Cgua, Charge,
    CircuitGroupSupervisionMessageType, CodingStandard, Con, ConnectedNumber, ContinuityCheck,
    ContinuityIndicators, Cot, Cpg, Cqm, EndToEndMethod, Event, EventInformation, Fac,
    FacilityIndicator, Far, ForwardCallIndicators, Fot, Frj, GenericNumber, Gra, GroupSupervision,
    Grs, HopCounter, Iam, Idr, InformationElement, InformationRequestIndicators, Inr, Instruction,
    Irs, IsupPreference, LocationNumber, Lop, Message, MessageCompatibilityInformation,
    NatureOfAddress, NatureOfConnection, NotificationSubscription, Nrm, NumberQualifier,
    NumberingPlan, Octets, OptionalBackwardCallIndicators, OptionalParameters,
    OriginalCalledNumber, Parameter, ParameterCode, ParameterCompatibilityInformation, Pdu,
    Presentation, Pri, ProtocolDiscriminator, RangeAndStatus, RedirectingIndicator,
    RedirectingNumber, RedirectionInformation, RedirectionNumber, RedirectionNumberRestriction,
    RedirectionReason, Rel, Res, Rlc, Sam, Satellite, SccpMethod, Screening, Sdn, Sgm, Status, Sus,
    TransmissionMedium, Upa, Upt, UserToUserInformation, Usr,
};
use trunkline_model::{Cic, Location};

pub(crate) fn pdu() -> impl Strategy<Value = Pdu> {
    let message = prop_oneof![forward(), backward(), ending(), circuits(), services()];
    (0..=0xfff_u16, message).prop_map(|(cic, message)| Pdu::new(Cic::new(cic).unwrap(), message))
}

fn forward() -> BoxedStrategy<Message> {
    let fixed = (0..4u8, 0..4u8, any::<bool>()).prop_map(|(satellite, check, echo_control)| {
        NatureOfConnection {
            satellite: Satellite::from_code(satellite),
            continuity_check: ContinuityCheck::from_code(check),
            echo_control,
        }
    });
    let iam = (
        fixed,
        forward_call(),
        any::<u8>(),
        any::<u8>(),
        called(),
        optional(),
    )
        .prop_map(
            |(nature_of_connection, forward_call, category, medium, called, optional)| Iam {
                nature_of_connection,
                forward_call,
                calling_category: CallingPartyCategory::from_code(category),
                transmission_medium: TransmissionMedium::from_code(medium),
                called,
                optional,
            },
        );
    prop_oneof![
        4 => iam.prop_map(Message::Iam),
        1 => (digits(), optional())
            .prop_map(|(digits, optional)| Message::Sam(Sam { optional, ..Sam::new(digits) })),
        1 => any::<bool>().prop_map(|successful| {
            Message::Cot(Cot { indicators: ContinuityIndicators { successful } })
        }),
        1 => optional().prop_map(|optional| Message::Fot(Fot { optional })),
    ]
    .boxed()
}

fn backward() -> BoxedStrategy<Message> {
    prop_oneof![
        (backward_call(), optional()).prop_map(|(backward_call, optional)| Message::Acm(Acm {
            backward_call,
            optional
        })),
        (backward_call(), optional()).prop_map(|(backward_call, optional)| Message::Con(Con {
            backward_call,
            optional
        })),
        optional().prop_map(|optional| Message::Anm(Anm { optional })),
        (0..128u8, any::<bool>(), optional()).prop_map(
            |(event, presentation_restricted, optional)| {
                let event = Event::from_code(event);
                Message::Cpg(Cpg {
                    event: EventInformation {
                        event,
                        presentation_restricted,
                    },
                    optional,
                })
            }
        ),
    ]
    .boxed()
}

fn ending() -> BoxedStrategy<Message> {
    prop_oneof![
        (cause(), optional()).prop_map(|(cause, optional)| Message::Rel(Rel { cause, optional })),
        optional().prop_map(|optional| Message::Rlc(Rlc { optional })),
        (any::<bool>(), optional()).prop_map(|(network, optional)| Message::Sus(Sus {
            optional,
            ..Sus::new(network)
        })),
        (any::<bool>(), optional()).prop_map(|(network, optional)| Message::Res(Res {
            optional,
            ..Res::new(network)
        })),
    ]
    .boxed()
}

fn circuits() -> BoxedStrategy<Message> {
    let supervision = (0..4u8).prop_map(|indicator| CircuitGroupSupervisionMessageType {
        indicator: GroupSupervision::from_code(indicator),
    });
    let group =
        (0..4u8, supervision, range(true)).prop_map(|(which, supervision, circuits)| match which {
            0 => Message::Cgb(Cgb {
                supervision,
                circuits,
            }),
            1 => Message::Cgu(Cgu {
                supervision,
                circuits,
            }),
            2 => Message::Cgba(Cgba {
                supervision,
                circuits,
            }),
            _ => Message::Cgua(Cgua {
                supervision,
                circuits,
            }),
        });
    prop_oneof![
        prop::sample::select(vec![
            Message::Ccr,
            Message::Rsc,
            Message::Blo,
            Message::Bla,
            Message::Ubl,
            Message::Uba,
            Message::Lpa,
            Message::Ucic,
            Message::Olm,
        ]),
        any::<u8>().prop_map(|range| Message::Grs(Grs { range })),
        range(true).prop_map(|circuits| {
            let status = circuits.status.unwrap_or_default();
            Message::Gra(Gra {
                range: circuits.range,
                status,
            })
        }),
        group,
        range(false).prop_map(|circuits| Message::Cqm(Cqm { circuits })),
        (cause(), optional()).prop_map(|(cause, optional)| Message::Cfn(Cfn { cause, optional })),
    ]
    .boxed()
}

fn services() -> BoxedStrategy<Message> {
    let simple = (0..11u8, optional()).prop_map(|(which, optional)| match which {
        0 => Message::Nrm(Nrm { optional }),
        1 => Message::Fac(Fac { optional }),
        2 => Message::Upt(Upt { optional }),
        3 => Message::Upa(Upa { optional }),
        4 => Message::Idr(Idr { optional }),
        5 => Message::Irs(Irs { optional }),
        6 => Message::Sgm(Sgm { optional }),
        7 => Message::Lop(Lop { optional }),
        8 => Message::Apm(Apm { optional }),
        9 => Message::Pri(Pri { optional }),
        _ => Message::Sdn(Sdn { optional }),
    });
    let facility = || any::<u8>().prop_map(FacilityIndicator::from_code);
    let inr = (any::<[bool; 5]>(), 0..16u8, optional()).prop_map(|(bits, reserved, optional)| {
        let indicators = InformationRequestIndicators {
            calling_party_address: bits[0],
            holding: bits[1],
            calling_partys_category: bits[2],
            charge_information: bits[3],
            malicious_call_identification: bits[4],
            reserved,
        };
        Message::Inr(Inr {
            indicators,
            optional,
        })
    });
    prop_oneof![
        3 => simple,
        1 => inr,
        1 => (facility(), optional())
            .prop_map(|(facility, optional)| Message::Far(Far { facility, optional })),
        1 => (facility(), cause(), optional())
            .prop_map(|(facility, cause, optional)| Message::Frj(Frj { facility, cause, optional })),
        1 => (user_to_user(), optional())
            .prop_map(|(information, optional)| Message::Usr(Usr { information, optional })),
    ]
    .boxed()
}

/// A parameter on its own: written, it reads as the same, wherever it stands.
fn one<P>(parameter: P) -> OptionalParameters
where
    P: Parameter + PartialEq + std::fmt::Debug,
{
    let optional = OptionalParameters::new().with(parameter);
    let (_, contents) = optional.iter().next().unwrap();
    let mut again = OptionalParameters::new();
    again.push(&P::read(contents).unwrap());
    assert_eq!(again, optional);
    optional
}

/// Optional parameters of types that are made here, and some that have none.
fn optional() -> impl Strategy<Value = OptionalParameters> {
    let unknown =
        (prop::sample::select(vec![200, 222, 255]), octets()).prop_map(|(code, octets)| {
            let mut optional = OptionalParameters::new();
            optional.push_octets(ParameterCode(code), &octets).unwrap();
            optional
        });
    let number = prop_oneof![
        number().prop_map(|it| one(it.calling())),
        number().prop_map(|it| one(it.connected())),
        number().prop_map(|it| one(it.redirecting())),
        number().prop_map(|it| one(it.redirection())),
        number().prop_map(|it| one(it.original_called())),
        number().prop_map(|it| one(it.location())),
        number().prop_map(|it| one(it.transfer())),
        number().prop_map(|it| one(it.called_in())),
        (any::<u8>(), number()).prop_map(|(qualifier, it)| one(it.generic(qualifier))),
    ];
    let parameter = prop_oneof![
        4 => number,
        1 => redirection_information().prop_map(one),
        1 => call_diversion().prop_map(one),
        1 => cause().prop_map(one),
        1 => compatibility().prop_map(one),
        1 => instruction()
            .prop_map(|instruction| one(MessageCompatibilityInformation { instruction })),
        1 => backward_call().prop_map(one),
        1 => optional_backward_call().prop_map(one),
        1 => user_to_user().prop_map(one),
        1 => access_transport().prop_map(one),
        1 => (0..32u8).prop_map(|count| one(HopCounter(count))),
        1 => any::<u8>().prop_map(|level| one(AutomaticCongestionLevel(level))),
        1 => (0..4u8).prop_map(|presentation| one(RedirectionNumberRestriction {
            presentation: Presentation::from_code(presentation),
        })),
        1 => unknown,
    ];
    vec(parameter, 0..6).prop_map(|parameters| {
        let mut all = OptionalParameters::new();
        for (code, contents) in parameters.iter().flatten() {
            all.push_octets(code, contents).unwrap();
        }
        all
    })
}

fn digits() -> impl Strategy<Value = AddressDigits> {
    "[0-9A-F]{0,32}".prop_map(|text| text.parse().unwrap())
}

fn octets() -> impl Strategy<Value = Octets> {
    vec(any::<u8>(), 0..40).prop_map(|octets| Octets::try_from(octets).unwrap())
}

/// What numbers are made of.
#[derive(Clone, Debug)]
struct Number {
    nature: NatureOfAddress,
    bit: bool,
    plan: NumberingPlan,
    presentation: Presentation,
    screening: Screening,
    digits: AddressDigits,
}

/// Makes numbers of their fields.
macro_rules! made_of {
    ($($method:ident: $type:ident { $($field:ident $(= $from:ident)?),* })+) => {$(
        fn $method(self) -> $type {
            $type {
                nature: self.nature,
                plan: self.plan,
                digits: self.digits,
                $($field: made_of!(@ self $field $($from)?),)*
            }
        }
    )+};
    (@ $self:ident $field:ident) => { $self.$field };
    (@ $self:ident $field:ident $from:ident) => { $self.$from };
}

impl Number {
    made_of! {
        called: CalledPartyNumber { internal_network_allowed = bit }
        calling: CallingPartyNumber { incomplete = bit, presentation, screening }
        connected: ConnectedNumber { presentation, screening }
        redirecting: RedirectingNumber { presentation }
        redirection: RedirectionNumber { internal_network_allowed = bit }
        original_called: OriginalCalledNumber { presentation }
        location: LocationNumber { internal_network_allowed = bit, presentation, screening }
        transfer: CallTransferNumber { presentation, screening }
        called_in: CalledInNumber { presentation }
    }

    fn generic(self, qualifier: u8) -> GenericNumber {
        GenericNumber {
            qualifier: NumberQualifier::from_code(qualifier),
            nature: self.nature,
            incomplete: self.bit,
            plan: self.plan,
            presentation: self.presentation,
            screening: self.screening,
            digits: self.digits,
        }
    }
}

fn number() -> impl Strategy<Value = Number> {
    (0..128u8, any::<bool>(), 0..8u8, 0..4u8, 0..4u8, digits()).prop_map(
        |(nature, bit, plan, presentation, screening, digits)| Number {
            nature: NatureOfAddress::from_code(nature),
            bit,
            plan: NumberingPlan::from_code(plan),
            presentation: Presentation::from_code(presentation),
            screening: Screening::from_code(screening),
            digits,
        },
    )
}

fn called() -> impl Strategy<Value = CalledPartyNumber> {
    number().prop_map(Number::called)
}

fn range(with_status: bool) -> impl Strategy<Value = RangeAndStatus> {
    (any::<u8>(), any::<[u8; 8]>()).prop_map(move |(range, marked)| {
        let mut status = Status::new();
        for index in marked {
            status.set(index.min(range), true);
        }
        RangeAndStatus {
            range,
            status: with_status.then_some(status),
        }
    })
}

fn user_to_user() -> impl Strategy<Value = UserToUserInformation> {
    (any::<u8>(), octets()).prop_map(|(protocol, information)| UserToUserInformation {
        protocol_discriminator: ProtocolDiscriminator(protocol),
        information,
    })
}

/// Information elements of variable length: the highest bit of others is set.
fn access_transport() -> impl Strategy<Value = AccessTransport> {
    let element =
        (0..128u8, vec(any::<u8>(), 0..12)).prop_map(|(identifier, contents)| InformationElement {
            identifier,
            contents: Octets::try_from(contents).unwrap(),
        });
    vec(element, 1..4).prop_map(|elements| AccessTransport {
        elements,
        rest: Octets::new(),
    })
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

fn instruction() -> impl Strategy<Value = Instruction> {
    (any::<[bool; 5]>(), 0..4u8).prop_map(|(bits, pass_on_not_possible)| Instruction {
        end_node_interpretation: bits[0],
        release_call: bits[1],
        send_notification: bits[2],
        discard_message: bits[3],
        discard_parameter: bits[4],
        pass_on_not_possible,
        ..Instruction::default()
    })
}

fn compatibility() -> impl Strategy<Value = ParameterCompatibilityInformation> {
    let code = any::<u8>().prop_map(ParameterCode);
    vec((code, instruction()), 0..4)
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
