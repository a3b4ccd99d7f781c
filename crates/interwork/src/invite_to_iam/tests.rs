use super::*;
use proptest::prelude::*;
use trunkline_isup::{CallingPartyCategory, NumberingPlan, ParameterCode, Screening, Variant};

fn invite(uri: &str, headers: &str) -> Message {
    invite_to(uri, &format!("<{uri}>"), "<sip:alice@example.net>", headers)
}

fn invite_to(uri: &str, to: &str, from: &str, headers: &str) -> Message {
    let text = format!(
        "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
         From: {from};tag=1\r\nTo: {to}\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:alice@192.0.2.1>\r\n{headers}Content-Length: 0\r\n\r\n"
    );
    Message::parse(text.into_bytes()).unwrap()
}

fn trunk() -> TrunkProfile {
    TrunkProfile::new("49")
}

const CALLED: &str = "sip:+4930123@gw;user=phone";

fn iam(headers: &str, trunk: &TrunkProfile) -> Iam {
    iam_from_invite(&invite(CALLED, headers), "+4930123", trunk).unwrap()
}

#[test]
fn five_mandatory_parameters_have_the_recommended_values() {
    // RFC 3398 7.2.1.1
    let iam = iam("Max-Forwards: 70\r\n", &trunk());
    assert_eq!(iam.called.nature, NatureOfAddress::National);
    assert_eq!(iam.called.plan, NumberingPlan::Isdn);
    assert_eq!(iam.called.digits.to_string(), "30123F");
    assert_eq!(iam.nature_of_connection, NatureOfConnection::default());
    assert_eq!(
        iam.forward_call,
        ForwardCallIndicators {
            isdn_user_part_all_the_way: true,
            preference: IsupPreference::NotRequired,
            ..ForwardCallIndicators::default()
        }
    );
    assert_eq!(iam.calling_category, CallingPartyCategory::Ordinary);
    assert_eq!(iam.transmission_medium, TransmissionMedium::Audio3k1);
    assert_eq!(
        iam.optional.octets(ParameterCode::USER_SERVICE_INFORMATION),
        Some(&[0x90, 0x90, 0xa3][..])
    );
    assert_eq!(iam.optional.get(), Some(HopCounter(17)));
}

#[test]
fn trunk_settings_reach_the_iam() {
    let trunk = TrunkProfile {
        interworking_encountered: true,
        echo_control: true,
        bearer: Bearer::Speech,
        law: Law::Mu,
        calling_category: CallingPartyCategory::Payphone,
        hop_factor: 0,
        send_st: SendSt::International,
        ..TrunkProfile::new("49")
    };
    let national = iam("", &trunk);
    assert!(national.forward_call.interworking);
    assert!(!national.forward_call.isdn_user_part_all_the_way);
    assert!(national.nature_of_connection.echo_control);
    assert_eq!(national.transmission_medium, TransmissionMedium::Speech);
    assert_eq!(
        national
            .optional
            .octets(ParameterCode::USER_SERVICE_INFORMATION),
        Some(&[0x80, 0x90, 0xa2][..])
    );
    assert_eq!(national.calling_category, CallingPartyCategory::Payphone);
    assert_eq!(national.optional.get::<HopCounter>(), None);
    assert_eq!(national.called.digits.to_string(), "30123");

    let invite = invite("tel:+17208881000", "");
    let international = iam_from_invite(&invite, "+17208881000", &trunk).unwrap();
    assert!(international.forward_call.international_call);
    assert_eq!(international.called.nature, NatureOfAddress::International);
    assert_eq!(international.called.digits.to_string(), "17208881000F");
}

#[test]
fn what_is_dialled_is_the_user_without_ornaments() {
    let dialled = |uri: &str| dialled_number(&invite(uri, ""));
    assert_eq!(
        dialled("sip:+49(30)1-2.3;npdi=yes@gw;user=phone").as_deref(),
        Ok("+4930123")
    );
    assert_eq!(
        dialled("tel:+49-30-123;cic=+49-1").as_deref(),
        Ok("+4930123")
    );
    assert_eq!(dialled("sip:alice-b@gw").as_deref(), Ok("alice-b"));
    assert_eq!(dialled("sip:%2B4930@gw").as_deref(), Ok("+4930"));
    assert_eq!(
        dialled("sip:gw").map_err(|refusal| refusal.status),
        Err(484)
    );
    assert_eq!(
        dialled("urn:service:sos").map_err(|refusal| refusal.status),
        Err(416)
    );
}

#[test]
fn number_that_isup_cannot_carry_is_484() {
    for called in ["alice", "", "+", "*21#", "+49*1"] {
        let refused = iam_from_invite(&invite(CALLED, ""), called, &trunk()).unwrap_err();
        assert_eq!(refused.status, 484, "{called}");
    }
}

#[test]
fn used_up_max_forwards_is_483() {
    // expert-checks 18
    let refused = |value: u8| {
        let invite = invite(CALLED, &format!("Max-Forwards: {value}\r\n"));
        iam_from_invite(&invite, "+4930123", &trunk()).map(|iam| iam.optional.get())
    };
    assert_eq!(refused(4).unwrap_err().status, 483);
    assert_eq!(refused(0).unwrap_err().status, 483);
    assert_eq!(refused(5), Ok(Some(HopCounter(1))));
    assert_eq!(iam("", &trunk()).optional.get(), Some(HopCounter(17)));
}

#[test]
fn from_counts_if_it_says_it_is_a_telephone_number() {
    let calling = |from: &str| {
        let invite = invite_to(CALLED, "<sip:b@x>", from, "");
        let iam = iam_from_invite(&invite, "+4930123", &trunk()).unwrap();
        iam.optional.get::<CallingPartyNumber>()
    };
    let number = calling("\"A\" <sip:+498912@x;user=phone>").unwrap();
    assert_eq!(number.nature, NatureOfAddress::National);
    assert_eq!(number.digits.to_string(), "8912");
    assert_eq!(number.presentation, Presentation::Allowed);
    // RFC 3398 12.2
    assert_eq!(number.screening, Screening::NetworkProvided);
    let number = calling("<tel:+1-720-888-1000>").unwrap();
    assert_eq!(number.nature, NatureOfAddress::International);
    assert_eq!(number.digits.to_string(), "17208881000");
    // "The CIN parameter SHOULD be omitted from the outbound IAM if the From field is unusable."
    for unusable in [
        "<sip:alice@example.net>",
        "<sip:1001@example.net;user=phone>",
        "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
        "<tel:123;phone-context=+49>",
    ] {
        assert_eq!(calling(unusable), None, "{unusable}");
    }
}

fn calling(iam: &Iam) -> CallingPartyNumber {
    iam.optional.get().unwrap()
}

#[test]
fn asserted_identity_counts_only_from_trusted_peers() {
    // RFC 3325; expert-checks 28
    let headers = "P-Asserted-Identity: <sip:alice@x>, <tel:+498912>\r\n";
    let invite = invite_to(CALLED, "<sip:b@x>", "<sip:+4940@x>", headers);
    let untrusted = iam_from_invite(&invite, "+4930123", &trunk()).unwrap();
    assert_eq!(calling(&untrusted).digits.to_string(), "40");
    assert_eq!(untrusted.optional.get::<GenericNumber>(), None);

    let trusted = TrunkProfile {
        trust_identity: true,
        ..trunk()
    };
    let iam = iam_from_invite(&invite, "+4930123", &trusted).unwrap();
    assert_eq!(calling(&iam).digits.to_string(), "8912");
    let generic: Vec<GenericNumber> = iam.optional.all().collect();
    let [generic] = &generic[..] else {
        panic!("{generic:?}")
    };
    assert_eq!(
        generic.qualifier,
        NumberQualifier::AdditionalCallingPartyNumber
    );
    assert_eq!(generic.screening, Screening::UserProvidedNotVerified);
    assert_eq!(generic.digits.to_string(), "40");
}

#[test]
fn ansi_exchanges_are_told_the_number_of_from_as_generic_address() {
    let headers = "P-Asserted-Identity: <tel:+498912>\r\n";
    let invite = invite_to(CALLED, "<sip:b@x>", "<sip:+4940@x>", headers);
    let ansi = TrunkProfile {
        trust_identity: true,
        variant: Variant::named("ansi-1995").unwrap(),
        ..trunk()
    };
    let iam = iam_from_invite(&invite, "+4930123", &ansi).unwrap();
    let address: GenericAddress = iam.optional.get().unwrap();
    assert_eq!(address.kind, AddressType::SupplementalNotScreened);
    assert_eq!(address.digits.to_string(), "40");
}

#[test]
fn privacy_restricts_presentation() {
    // RFC 3323 4.2, RFC 3325 9.3; expert-checks 28
    for (privacy, restricted) in [
        ("", false),
        ("Privacy: none\r\n", false),
        ("Privacy: session\r\n", false),
        ("Privacy: history; critical\r\n", false),
        ("Privacy: id\r\n", true),
        ("Privacy: ID;critical\r\n", true),
        ("Privacy: user\r\n", true),
        ("Privacy: critical; header\r\n", true),
    ] {
        let invite = invite_to(CALLED, "<sip:b@x>", "<tel:+498912>", privacy);
        let iam = iam_from_invite(&invite, "+4930123", &trunk()).unwrap();
        let hidden = calling(&iam).presentation == Presentation::Restricted;
        assert_eq!(hidden, restricted, "{privacy}");
    }
}

#[test]
fn other_number_in_to_is_the_original_called_one() {
    let original = |to: &str, trunk: &TrunkProfile| {
        let invite = invite_to(CALLED, to, "<sip:a@x>", "");
        let iam = iam_from_invite(&invite, "+4930123", trunk).unwrap();
        let number: Option<OriginalCalledNumber> = iam.optional.get();
        number.map(|number| number.digits.to_string())
    };
    assert_eq!(original("<tel:+49-30-123>", &trunk()), None);
    assert_eq!(original("<sip:bob@x>", &trunk()), None);
    assert_eq!(
        original("<sip:+4989456@x>", &trunk()).as_deref(),
        Some("89456")
    );
    let ignoring = TrunkProfile {
        original_called_from_to: false,
        ..trunk()
    };
    assert_eq!(original("<sip:+4989456@x>", &ignoring), None);
}

#[test]
fn portability_query_without_a_routing_number_sets_the_m_bit() {
    let translated = |uri: &str| {
        let iam = iam_from_invite(&invite(uri, ""), "+4930123", &trunk()).unwrap();
        iam.forward_call.number_translated
    };
    assert!(!translated(CALLED));
    assert!(translated("tel:+4930123;npdi"));
    assert!(!translated("tel:+4930123;npdi;rn=D123"));
}

#[test]
fn signals_beyond_sixteen_follow_in_a_sam() {
    // expert-checks 31
    let digits_in = |number: &str, variant| {
        let trunk = TrunkProfile {
            send_st: SendSt::Always,
            variant,
            ..trunk()
        };
        let iam = iam_from_invite(&invite(CALLED, ""), number, &trunk).unwrap();
        let messages = address_messages(iam, &trunk);
        messages
            .iter()
            .map(|message| match message {
                Isup::Iam(iam) => iam.called.digits.to_string(),
                Isup::Sam(sam) => sam.subsequent.digits.to_string(),
                other => panic!("{}", other.name()),
            })
            .collect::<Vec<_>>()
    };
    let digits = |number| digits_in(number, Variant::itu());
    assert_eq!(digits("123456789012345"), ["123456789012345F"]);
    assert_eq!(digits("1234567890123456"), ["1234567890123456", "F"]);
    assert_eq!(
        digits("12345678901234567890"),
        ["1234567890123456", "7890F"]
    );
    // ANSI has no SAM: nothing of the number may be left behind.
    let ansi = Variant::named("ansi-1995").unwrap();
    assert_eq!(
        digits_in("12345678901234567890", ansi),
        ["12345678901234567890F"]
    );
}

proptest! {
    #[test]
    fn no_called_number_makes_it_panic(called in "\\PC{0,40}") {
        let _ = iam_from_invite(&invite(CALLED, ""), &called, &trunk()).map(|iam| address_messages(iam, &trunk()));
    }

    #[test]
    fn digits_leave_in_order_whatever_their_number(called in "[0-9]{1,31}") {
        let iam = iam_from_invite(&invite(CALLED, ""), &called, &trunk()).unwrap();
        let mut sent = String::new();
        for message in address_messages(iam, &trunk()) {
            match message {
                Isup::Iam(iam) => sent.push_str(&iam.called.digits.to_string()),
                Isup::Sam(sam) => sent.push_str(&sam.subsequent.digits.to_string()),
                _ => prop_assert!(false),
            }
        }
        prop_assert_eq!(sent, format!("{called}F"));
    }
}
