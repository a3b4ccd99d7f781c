use super::*;
use trunkline_isup::{EventInformation, Parameter};
use trunkline_model::{CauseValue, Location};

fn acm(called_status: CalledPartyStatus) -> Acm {
    Acm::new(BackwardCallIndicators {
        called_status,
        ..BackwardCallIndicators::default()
    })
}

fn response(acm: &Acm) -> (u16, bool) {
    let progress = response_from_acm(acm).unwrap();
    (progress.status, progress.early_media)
}

fn access(elements: &[u8]) -> AccessTransport {
    AccessTransport::read(elements).unwrap()
}

#[test]
fn called_status_decides_between_ringing_and_progress() {
    // RFC 3398 7.2.5, 7.2.6; expert-checks 19
    let free = acm(CalledPartyStatus::SubscriberFree);
    assert_eq!(response(&free), (180, false));
    assert!(!is_early_acm(&free));
    for status in [
        CalledPartyStatus::NoIndication,
        CalledPartyStatus::ConnectWhenFree,
        CalledPartyStatus::Spare(3),
    ] {
        assert_eq!(response(&acm(status)), (183, false));
        assert!(is_early_acm(&acm(status)));
    }
}

#[test]
fn whatever_can_be_heard_is_cut_through() {
    // RFC 3398 7.2.6; expert-checks 19, 37
    for (status, code) in [
        (CalledPartyStatus::SubscriberFree, 180),
        (CalledPartyStatus::NoIndication, 183),
    ] {
        let mut message = acm(status);
        message.optional = in_band(true);
        assert_eq!(response(&message), (code, true));

        let mut message = acm(status);
        message.backward_call.interworking = true;
        assert_eq!(response(&message), (code, true));

        // For one element another codeset, a bearer capability, then progress indicator 8.
        let mut message = acm(status);
        let elements = access(&[0x9e, 0x04, 0x02, 0x80, 0x90, 0x1e, 0x02, 0x84, 0x88]);
        message.optional.push(&elements);
        assert_eq!(response(&message), (code, true));

        let mut message = acm(status);
        message
            .optional
            .push(&OptionalBackwardCallIndicators::default());
        // Progress 2, "destination address is non-ISDN", is nothing to hear; the last one is cut.
        let elements = access(&[0x1e, 0x02, 0x84, 0x82, 0x1e, 0x02, 0x84]);
        message.optional.push(&elements);
        assert_eq!(response(&message), (code, false));
    }
}

#[test]
fn cause_in_acm_or_cpg_is_heard_before_it_is_told() {
    // RFC 3398 7.1.6; expert-checks 46
    let cause = Cause::new(
        CauseValue::UNALLOCATED_NUMBER,
        Location::PublicNetworkRemoteUser,
    );
    let mut failing = acm(CalledPartyStatus::SubscriberFree);
    failing.optional.push(&CauseIndicators::new(cause));
    let mut cpg = Cpg::new(Event::Alerting);
    cpg.optional.push(&CauseIndicators::new(cause));
    for progress in [
        response_from_acm(&failing).unwrap(),
        response_from_cpg(&cpg).unwrap(),
    ] {
        assert_eq!((progress.status, progress.early_media), (183, true));
        assert_eq!(progress.cause, Some(cause));
        let reason = "Q.850;cause=1;text=\"unallocated (unassigned) number\";location=RLN";
        assert_eq!(progress.headers, [(Name::Reason, reason.to_owned())]);
    }
}

#[test]
fn cpg_events_become_the_responses_of_the_table() {
    // RFC 3398 7.2.9
    for (event, status, early_media) in [
        (1, 180, false),
        (2, 183, false),
        (3, 183, true),
        (4, 181, false),
        (5, 181, false),
        (6, 181, false),
        (0, 183, false),
        (77, 183, false),
    ] {
        let mut cpg = Cpg::new(EventInformation::new(Event::from_code(event)));
        let progress = response_from_cpg(&cpg).unwrap();
        assert_eq!(
            (progress.status, progress.early_media),
            (status, early_media),
            "{event}"
        );
        cpg.optional = in_band(true);
        let progress = response_from_cpg(&cpg).unwrap();
        assert_eq!(
            (progress.status, progress.early_media),
            (status, true),
            "{event}"
        );
    }
}

#[test]
fn first_provisional_response_becomes_an_acm() {
    // RFC 3398 8.2.3, first table
    let trunk = TrunkProfile::new("49");
    let before = |status, media| backward_before_acm(&trunk, status, media);
    let status = |message: &Message| match message {
        Message::Acm(acm) => acm.backward_call.called_status,
        other => panic!("{} instead of ACM", other.name()),
    };
    assert_eq!(before(180, false).len(), 1);
    assert_eq!(
        status(&before(180, false)[0]),
        CalledPartyStatus::SubscriberFree
    );
    for code in [182, 183, 155, 198] {
        assert_eq!(before(code, false).len(), 1, "{code}");
        assert_eq!(
            status(&before(code, false)[0]),
            CalledPartyStatus::NoIndication
        );
    }
    let forwarded = before(181, false);
    assert_eq!(status(&forwarded[0]), CalledPartyStatus::NoIndication);
    assert!(matches!(&forwarded[1..], [Message::Cpg(cpg)]
        if cpg.event.event == Event::CallForwardedUnconditional));
    assert!(before(100, false).is_empty());
    assert!(before(199, false).is_empty());
    assert!(before(200, false).is_empty());
}

#[test]
fn later_provisional_responses_become_cpgs_never_a_second_acm() {
    // RFC 3398 8.2.3, second table; expert-checks 20
    for (status, media, event, in_band) in [
        (180, false, Event::Alerting, false),
        (180, true, Event::Alerting, true),
        (181, false, Event::CallForwardedUnconditional, false),
        (182, false, Event::Progress, false),
        (183, false, Event::Progress, false),
        (183, true, Event::InBandInformation, false),
    ] {
        let cpg = cpg_from_status(status, media).unwrap();
        assert_eq!(cpg.event.event, event, "{status}");
        assert_eq!(!cpg.optional.is_empty(), in_band, "{status}");
    }
    assert_eq!(cpg_from_status(100, true), None);
    assert_eq!(cpg_from_status(199, true), None);
}

#[test]
fn media_with_a_response_is_told_in_the_acm() {
    // RFC 3398 8.2.3: "SHOULD indicate that in-band information is available"
    let trunk = TrunkProfile::new("49");
    for status in [180, 181, 183] {
        let messages = backward_before_acm(&trunk, status, true);
        let [Message::Acm(acm), ..] = &messages[..] else {
            panic!("{status}: no ACM")
        };
        let obci: OptionalBackwardCallIndicators = acm.optional.get().unwrap();
        assert!(obci.in_band_information);
    }
}

#[test]
fn backward_call_indicators_are_those_of_the_table() {
    // RFC 3398 8.2.3
    let acm = early_acm(&TrunkProfile::new("49"));
    let expected = BackwardCallIndicators {
        charge: Charge::Charge,
        called_status: CalledPartyStatus::NoIndication,
        called_category: CalledPartyCategory::Ordinary,
        isdn_user_part_all_the_way: true,
        ..BackwardCallIndicators::default()
    };
    assert_eq!(acm.backward_call, expected);

    // As Q.1912.5 has it (expert-checks 25).
    let trunk = TrunkProfile {
        interworking_encountered: true,
        echo_control: true,
        ..TrunkProfile::new("49")
    };
    let acm = early_acm(&trunk);
    assert!(acm.backward_call.interworking && !acm.backward_call.isdn_user_part_all_the_way);
    assert!(acm.backward_call.echo_control);
}

#[test]
fn answer_is_a_con_only_before_an_acm() {
    // RFC 3398 8.2.4; expert-checks 23
    let trunk = TrunkProfile::new("49");
    assert!(matches!(answer_message(&trunk, true), Message::Anm(_)));
    let Message::Con(con) = answer_message(&trunk, false) else {
        panic!("no CON")
    };
    assert_eq!(con.backward_call, early_acm(&trunk).backward_call);
}
