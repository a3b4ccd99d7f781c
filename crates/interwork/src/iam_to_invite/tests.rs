use super::*;
use trunkline_isup::{
    CalledPartyNumber, ForwardCallIndicators, NatureOfAddress, OriginalCalledNumber, Parameter,
    Variant,
};

fn trunk() -> TrunkProfile {
    TrunkProfile::new("49")
}

fn trusting() -> TrunkProfile {
    TrunkProfile {
        trust_identity: true,
        ..trunk()
    }
}

fn local() -> SocketAddr {
    "192.0.2.9:5060".parse().unwrap()
}

fn iam() -> Iam {
    Iam::new(CalledPartyNumber::new(
        NatureOfAddress::National,
        "30123F".parse().unwrap(),
    ))
}

fn with<P: Parameter>(parameter: P) -> Iam {
    let mut iam = iam();
    iam.optional.push(&parameter);
    iam
}

fn caller(presentation: Presentation, screening: Screening) -> Iam {
    let number = CallingPartyNumber {
        presentation,
        screening,
        ..CallingPartyNumber::new(NatureOfAddress::National, "8912".parse().unwrap())
    };
    with(number)
}

fn parts(iam: &Iam, trunk: &TrunkProfile) -> InviteParts {
    invite_from_iam(iam, trunk).unwrap()
}

fn refused(iam: &Iam) -> u8 {
    invite_from_iam(iam, &trunk()).unwrap_err().value.value()
}

const ASSERTED: &str = "<sip:+498912@192.0.2.9;user=phone>";

#[test]
fn caller_is_shown_as_a_number() {
    let parts = parts(
        &caller(Presentation::Allowed, Screening::NetworkProvided),
        &trunk(),
    );
    assert_eq!(parts.called, "+4930123");
    assert_eq!(parts.from(local()), ASSERTED);
    assert_eq!(parts.max_forwards, 70);
    // Nobody is told more than From says if peers are not trusted.
    assert_eq!(parts.headers(local()), []);
}

#[test]
fn address_of_the_gateway_is_written_as_uris_have_it() {
    let parts = parts(
        &caller(Presentation::Allowed, Screening::NetworkProvided),
        &trunk(),
    );
    let from = |local: &str| parts.from(local.parse().unwrap());
    assert_eq!(
        from("[2001:db8::1]:5060"),
        "<sip:+498912@[2001:db8::1];user=phone>"
    );
    assert_eq!(
        from("192.0.2.9:5070"),
        "<sip:+498912@192.0.2.9:5070;user=phone>"
    );
}

#[test]
fn restricted_caller_is_anonymous_and_asserted_to_trusted_peers_alone() {
    // RFC 3398 12.1, RFC 3325 9.3; expert-checks 28
    for presentation in [Presentation::Restricted, Presentation::Spare(3)] {
        let iam = caller(presentation, Screening::NetworkProvided);
        let hidden = parts(&iam, &trunk());
        assert_eq!(
            hidden.from(local()),
            "\"Anonymous\" <sip:anonymous@anonymous.invalid>"
        );
        assert_eq!(hidden.headers(local()), [(Name::Privacy, "id".to_owned())]);
        let told = parts(&iam, &trusting());
        assert_eq!(told.from(local()), hidden.from(local()));
        assert_eq!(
            told.headers(local()),
            [
                (Name::PAssertedIdentity, ASSERTED.to_owned()),
                (Name::Privacy, "id".to_owned())
            ]
        );
    }
}

#[test]
fn only_what_the_network_vouches_for_is_asserted() {
    // expert-checks 28
    for (screening, asserted) in [
        (Screening::NetworkProvided, true),
        (Screening::UserProvidedVerifiedPassed, true),
        (Screening::UserProvidedNotVerified, false),
        (Screening::UserProvidedVerifiedFailed, false),
    ] {
        let parts = parts(&caller(Presentation::Allowed, screening), &trusting());
        assert_eq!(
            parts.headers(local()).len(),
            usize::from(asserted),
            "{screening}"
        );
        assert_eq!(parts.from(local()), ASSERTED);
    }
}

#[test]
fn address_that_is_not_available_is_as_none() {
    // RFC 3398 12.1: "gateways should treat the IAM as if the CIN parameter was omitted"
    let incomplete = CallingPartyNumber {
        incomplete: true,
        ..CallingPartyNumber::new(NatureOfAddress::National, "8912".parse().unwrap())
    };
    for iam in [
        iam(),
        with(CallingPartyNumber::not_available()),
        with(incomplete),
    ] {
        let parts = parts(&iam, &trusting());
        assert_eq!(parts.from(local()), "<sip:192.0.2.9>");
        assert_eq!(parts.headers(local()), []);
    }
}

#[test]
fn number_that_the_caller_gives_is_shown_and_the_networks_asserted() {
    // expert-checks 28
    let mut iam = caller(Presentation::Allowed, Screening::NetworkProvided);
    let mut own = GenericNumber::new(
        NumberQualifier::AdditionalCallingPartyNumber,
        NatureOfAddress::International,
        "17208881000".parse().unwrap(),
    );
    iam.optional.push(&own);
    let shown = parts(&iam, &trusting());
    assert_eq!(
        shown.from(local()),
        "<sip:+17208881000@192.0.2.9;user=phone>"
    );
    assert_eq!(
        shown.headers(local()),
        [(Name::PAssertedIdentity, ASSERTED.to_owned())]
    );
    own.presentation = Presentation::Restricted;
    iam.optional.set(&own);
    assert_eq!(parts(&iam, &trunk()).from(local()), ASSERTED);
}

#[test]
fn generic_address_of_ansi_is_shown() {
    let mut iam = caller(Presentation::Allowed, Screening::NetworkProvided);
    iam.optional.push(&GenericAddress::new(
        AddressType::SupplementalNotScreened,
        NatureOfAddress::International,
        "17208881000".parse().unwrap(),
    ));
    let ansi = TrunkProfile {
        variant: Variant::named("ansi-1995").unwrap(),
        ..trunk()
    };
    let shown = parts(&iam, &ansi).from(local());
    assert_eq!(shown, "<sip:+17208881000@192.0.2.9;user=phone>");
}

#[test]
fn original_called_number_is_in_to() {
    let number = OriginalCalledNumber::new(NatureOfAddress::National, "89456".parse().unwrap());
    let diverted = parts(&with(number), &trunk());
    assert_eq!(
        diverted.to(local()).as_deref(),
        Some("<sip:+4989456@192.0.2.9;user=phone>")
    );
    let hidden = OriginalCalledNumber {
        presentation: Presentation::Restricted,
        ..number
    };
    let diverted = parts(&with(hidden), &trunk());
    assert_eq!(diverted.to(local()), None);
    assert_eq!(parts(&iam(), &trunk()).to(local()), None);
}

#[test]
fn hop_counter_becomes_max_forwards_and_ends_loops() {
    // expert-checks 18
    let counted = |hops| invite_from_iam(&with(HopCounter(hops)), &trunk());
    assert_eq!(counted(17).unwrap().max_forwards, 64);
    assert_eq!(counted(2).unwrap().max_forwards, 4);
    for used_up in [0, 1] {
        let cause = counted(used_up).unwrap_err();
        assert_eq!(cause.value, CauseValue::EXCHANGE_ROUTING_ERROR);
    }
}

#[test]
fn bearer_that_cannot_be_had_is_refused() {
    let over = |transmission_medium| Iam {
        transmission_medium,
        ..iam()
    };
    assert!(invite_from_iam(&over(TransmissionMedium::Speech), &trunk()).is_ok());
    for medium in [
        TransmissionMedium::Unrestricted64,
        TransmissionMedium::Preferred64,
        TransmissionMedium::Unrestricted384,
        TransmissionMedium::Other(99),
    ] {
        assert_eq!(refused(&over(medium)), 65, "{medium}");
    }
}

#[test]
fn isup_required_all_the_way_ends_here() {
    // expert-checks 25
    let with = |preference| Iam {
        forward_call: ForwardCallIndicators {
            preference,
            ..ForwardCallIndicators::default()
        },
        ..iam()
    };
    assert_eq!(refused(&with(IsupPreference::Required)), 127);
    assert!(invite_from_iam(&with(IsupPreference::Preferred), &trunk()).is_ok());
    assert!(invite_from_iam(&with(IsupPreference::NotRequired), &trunk()).is_ok());
}

#[test]
fn called_number_that_cannot_be_is_cause_28() {
    let called = |digits: &str| {
        let digits = digits.parse().unwrap();
        Iam::new(CalledPartyNumber::new(NatureOfAddress::National, digits))
    };
    for digits in ["", "F", "12D", "1A", "1E1"] {
        assert_eq!(refused(&called(digits)), 28, "{digits}");
    }
    // expert-checks 30: codes 11 and 12 are kept, and make no E.164 number.
    assert_eq!(parts(&called("11BCF"), &trunk()).called, "11BC");
}

#[test]
fn log_shows_no_number_whole() {
    let parts = parts(
        &caller(Presentation::Restricted, Screening::NetworkProvided),
        &trunk(),
    );
    let log = format!("{parts:?}");
    assert!(!log.contains("30123") && !log.contains("8912"), "{log}");
}
