use super::*;
use crate::cause::{NotMapped, ProfileName};
use trunkline_isup::{NatureOfAddress, Octets};
use trunkline_model::Location;

fn message(start: &str, headers: &str) -> Message {
    let method = start
        .split(' ')
        .next()
        .filter(|word| *word != "SIP/2.0")
        .unwrap_or("INVITE");
    let text = format!(
        "{start}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\n\
         To: <sip:b@x>;tag=2\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n{headers}Content-Length: 0\r\n\r\n"
    );
    Message::parse(text.into_bytes()).unwrap()
}

fn value(rel: &Rel) -> u8 {
    rel.cause.value
}

const fn rel_of(value: CauseValue, location: Location) -> Cause {
    Cause::new(value, location)
}

#[test]
fn hang_up_takes_the_cause_of_its_reason() {
    // RFC 3398 5.8, 7.2.3; RFC 3326 3.4
    let map = CauseMap::default();
    let bye = "BYE sip:gw SIP/2.0";
    assert_eq!(value(&rel_from_request(&map, &message(bye, ""))), 16);
    let reason = "Reason: SIP;cause=480, Q.850;cause=27;location=LN\r\n";
    let rel = rel_from_request(&map, &message(bye, reason));
    assert_eq!(
        (value(&rel), rel.cause.location),
        (27, Location::PublicNetworkLocalUser)
    );
    let cancel = "CANCEL sip:gw SIP/2.0";
    assert_eq!(value(&rel_from_request(&map, &message(cancel, ""))), 16);
    let itu = CauseMap::profile(ProfileName::Q19125);
    assert_eq!(value(&rel_from_request(&itu, &message(cancel, ""))), 31);
    assert_eq!(value(&rel_from_request(&itu, &message(bye, ""))), 16);
}

#[test]
fn reason_in_a_response_wins_only_if_trusted() {
    // RFC 6432, RFC 8606; expert-checks 41, 42
    let trunk = TrunkProfile::new("49");
    let busy = message(
        "SIP/2.0 486 Busy Here",
        "Reason: Q.850;cause=34;location=TN\r\n",
    );
    let rel = rel_from_response(&CauseMap::default(), &trunk, 486, Some(&busy));
    assert_eq!(value(&rel), 17);
    let trusting = CauseMap::default().trusting_reason(true);
    let rel = rel_from_response(&trusting, &trunk, 486, Some(&busy));
    assert_eq!(
        (value(&rel), rel.cause.location),
        (34, Location::TransitNetwork)
    );
}

#[test]
fn warning_of_the_response_counts() {
    let trunk = TrunkProfile::new("49");
    let response = message("SIP/2.0 488 No", "Warning: 304 gw \"no such media\"\r\n");
    let rel = rel_from_response(&CauseMap::default(), &trunk, 488, Some(&response));
    assert_eq!(value(&rel), 65);
    let rel = rel_from_response(&CauseMap::default(), &trunk, 488, None);
    assert_eq!(value(&rel), 31);
}

#[test]
fn status_of_our_own_needs_no_response() {
    let trunk = TrunkProfile::new("49");
    assert_eq!(
        value(&rel_from_response(&CauseMap::default(), &trunk, 408, None)),
        102
    );
}

#[test]
fn redirection_to_a_number_is_cause_23_with_that_number() {
    // RFC 3398 8.2.5; expert-checks 48
    let trunk = TrunkProfile::new("49");
    let map = CauseMap::default();
    let moved = message(
        "SIP/2.0 302 Moved",
        "Contact: <sip:bob@example.net>, <sip:+4930123@gw;user=phone>;q=0.5\r\n",
    );
    let rel = rel_from_response(&map, &trunk, 302, Some(&moved));
    assert_eq!(value(&rel), 23);
    let number: RedirectionNumber = rel.optional.get().unwrap();
    assert_eq!(
        (number.nature, number.digits),
        (NatureOfAddress::National, "30123".parse().unwrap())
    );
    let moved = message("SIP/2.0 302 Moved", "Contact: <sip:bob@example.net>\r\n");
    let rel = rel_from_response(&map, &trunk, 302, Some(&moved));
    assert_eq!((value(&rel), rel.optional.is_empty()), (31, true));
}

#[test]
fn number_changed_with_a_number_is_301() {
    // RFC 3398 7.2.4.1; expert-checks 22
    let trunk = TrunkProfile::new("49");
    let map = CauseMap::default();
    let changed = rel_of(
        CauseValue::NUMBER_CHANGED,
        Location::PublicNetworkRemoteUser,
    );
    assert_eq!(status_from_rel(&map, &trunk, &rel(changed)).status(), 410);

    let contact = |rel: &Rel| match status_from_rel(&map, &trunk, rel) {
        ToSip::Status {
            status: 301,
            contact,
            ..
        } => contact,
        other => panic!("{other:?}"),
    };
    let number = RedirectionNumber::new(NatureOfAddress::National, "30123F".parse().unwrap());
    let mut by_parameter = rel(changed);
    by_parameter.optional.push(&number);
    assert_eq!(contact(&by_parameter).as_deref(), Some("<tel:+4930123>"));

    for (octets, uri) in [
        // Q.763 3.9: national, odd number of signals.
        (
            &[0x04, 0x05, 0x83, 0x10, 0x03, 0x21, 0x03][..],
            "<tel:+4930123>",
        ),
        // International, even.
        (&[0x04, 0x05, 0x04, 0x10, 0x94, 0x03, 0x21], "<tel:+493012>"),
        // Q.931 4.5.8: international, then IA5.
        (&[0x70, 0x05, 0x91, b'4', b'9', b'3', b'0'], "<tel:+4930>"),
        // Unknown nature: a local number.
        (
            &[0x04, 0x03, 0x02, 0x10, 0x21],
            "<tel:12;phone-context=+49>",
        ),
    ] {
        let mut with_diagnostics = rel(changed);
        with_diagnostics.cause.diagnostics = Octets::try_from(octets).unwrap();
        assert_eq!(contact(&with_diagnostics).as_deref(), Some(uri));
    }
}

#[test]
fn broken_diagnostics_are_as_none() {
    let trunk = TrunkProfile::new("49");
    let changed = rel_of(CauseValue::NUMBER_CHANGED, Location::User);
    for octets in [
        &[0x04][..],
        &[0x04, 0x05, 0x83, 0x10],
        &[0x04, 0x01, 0x83],
        &[0x04, 0x02, 0x83, 0x10],
        &[0x04, 0x03, 0x83, 0x10, 0xaa],
        &[0x70, 0x02, 0x91, 0xff],
        &[0x99, 0x02, 0x91, 0x31],
    ] {
        let mut broken = rel(changed);
        broken.cause.diagnostics = Octets::try_from(octets).unwrap();
        let to_sip = status_from_rel(&CauseMap::default(), &trunk, &broken);
        assert_eq!(to_sip.status(), 410, "{octets:02x?}");
    }
}

#[test]
fn redirection_number_beside_another_cause_changes_nothing() {
    let trunk = TrunkProfile::new("49");
    let cause = rel_of(CauseValue::REDIRECTION_TO_NEW_DESTINATION, Location::User);
    let number = RedirectionNumber::new(NatureOfAddress::International, "4930".parse().unwrap());
    let mut redirected = rel(cause);
    redirected.optional.push(&number);
    assert_eq!(
        status_from_rel(&CauseMap::default(), &trunk, &redirected).status(),
        410
    );
}

#[test]
fn ccbs_indicator_bears_on_no_circuit() {
    let trunk = TrunkProfile::new("49");
    let map = CauseMap::profile(ProfileName::Q19125);
    let mut no_circuit = rel(rel_of(
        CauseValue::NO_CIRCUIT_AVAILABLE,
        Location::TransitNetwork,
    ));
    assert_eq!(status_from_rel(&map, &trunk, &no_circuit).status(), 480);
    no_circuit.cause.diagnostics = Octets::try_from(&[0x81][..]).unwrap();
    assert_eq!(status_from_rel(&map, &trunk, &no_circuit).status(), 486);
}

#[test]
fn every_cause_of_a_rel_ends_a_pending_invite() {
    let trunk = TrunkProfile::new("49");
    for profile in ProfileName::ALL {
        let map = CauseMap::profile(profile);
        for cause in (0..=127).map(|value| CauseIndicators {
            value,
            ..CauseIndicators::new(rel_of(CauseValue::INTERWORKING, Location::User))
        }) {
            let status = status_from_rel(&map, &trunk, &Rel::new(cause)).status();
            assert!((300..700).contains(&status));
        }
    }
    let again = rel(rel_of(
        CauseValue::REQUESTED_CIRCUIT_NOT_AVAILABLE,
        Location::User,
    ));
    assert!(matches!(
        status_from_rel(&CauseMap::default(), &trunk, &again),
        ToSip::NotMapped {
            why: NotMapped::RepeatAttempt,
            ..
        }
    ));
}
