use super::*;
use proptest::prelude::*;

fn cause(value: u8) -> CauseValue {
    CauseValue::new(value).unwrap()
}

fn status(map: &CauseMap, value: u8) -> u16 {
    map.to_sip(cause(value), Location::TransitNetwork, None)
        .status()
}

fn back(map: &CauseMap, status: u16) -> u8 {
    map.to_isup(status, None).cause().value.value()
}

#[test]
fn chains_through_two_gateways_end_where_the_tables_say() {
    // cause-tables.md: what a code becomes that crosses gateways again and again.
    let map = CauseMap::default();
    let mut chain = vec![480];
    for _ in 0..1 {
        chain.push(u16::from(back(&map, chain[chain.len() - 1])));
        chain.push(status(&map, u8::try_from(chain[chain.len() - 1]).unwrap()));
    }
    assert_eq!(chain, [480, 18, 408]);
    for (first, rest) in [
        (408, &[102, 504, 102][..]),
        (502, &[38, 503, 41]),
        (406, &[79, 501]),
        (405, &[63, 500, 41]),
        (482, &[25, 500]),
    ] {
        let mut current = first;
        for (step, &expected) in rest.iter().enumerate() {
            current = if step % 2 == 0 {
                u16::from(back(&map, current))
            } else {
                status(&map, u8::try_from(current).unwrap())
            };
            assert_eq!(current, expected, "{first}: step {step}");
        }
    }
}

#[test]
fn cause_44_repeats_the_attempt() {
    let map = CauseMap::default();
    let to_sip = map.to_sip(cause(44), Location::User, None);
    assert_eq!(
        to_sip,
        ToSip::NotMapped {
            why: NotMapped::RepeatAttempt,
            pending: 503
        }
    );
}

#[test]
fn cause_16_is_no_response_but_ends_a_pending_invite() {
    let map = CauseMap::default();
    let to_sip = map.to_sip(cause(16), Location::User, None);
    assert_eq!(
        to_sip,
        ToSip::NotMapped {
            why: NotMapped::Clearing,
            pending: 480
        }
    );
    assert_eq!(status(&CauseMap::profile(ProfileName::Q19125), 16), 480);
}

#[test]
fn rejected_by_the_user_is_a_global_failure() {
    for profile in [ProfileName::Rfc3398, ProfileName::Q19125] {
        let map = CauseMap::profile(profile);
        assert_eq!(map.to_sip(cause(21), Location::User, None).status(), 603);
    }
    assert_eq!(status(&CauseMap::default(), 21), 403);
    assert_eq!(status(&CauseMap::profile(ProfileName::Q19125), 21), 480);
    assert_eq!(
        status(&CauseMap::profile(ProfileName::LegacyDraft), 21),
        603
    );
}

#[test]
fn number_changed_sends_the_caller_to_the_new_number() {
    let map = CauseMap::default();
    let new = Some(Diagnostic::NewNumber("tel:+4930123"));
    assert_eq!(
        map.to_sip(cause(22), Location::User, new),
        ToSip::Status {
            status: 301,
            contact: Some("<tel:+4930123>".to_owned()),
            retry_after: None
        }
    );
    assert_eq!(status(&map, 22), 410);
    // A number does not turn another response into a redirection.
    assert_eq!(map.to_sip(cause(17), Location::User, new).status(), 486);
}

#[test]
fn unlisted_codes_get_the_default_of_the_profile() {
    let rfc = CauseMap::default();
    assert_eq!(status(&rfc, 6), 500);
    assert_eq!(back(&rfc, 499), 31);
    assert_eq!(back(&rfc, 699), 31);
    let itu = CauseMap::profile(ProfileName::Q19125);
    // By class: 31, 47, 63, 127.
    assert_eq!(
        [6, 36, 52, 126].map(|value| status(&itu, value)),
        [480, 500, 500, 480]
    );
    assert_eq!(back(&itu, 500), 127);
    let draft = CauseMap::profile(ProfileName::LegacyDraft);
    for value in [20, 23, 26, 70] {
        assert_eq!(status(&draft, value), 500, "{value}");
    }
    assert_eq!(
        draft.to_sip(cause(4), Location::User, None),
        ToSip::NotMapped {
            why: NotMapped::Table,
            pending: 500
        }
    );
}

#[test]
fn warning_decides_about_488_and_606() {
    let map = CauseMap::default();
    for code in [488, 606] {
        assert_eq!(map.to_isup(code, None).cause().value, cause(31));
        assert_eq!(map.to_isup(code, Some(399)).cause().value, cause(31));
        assert_eq!(map.to_isup(code, Some(370)).cause().value, cause(31));
        assert_eq!(map.to_isup(code, Some(304)).cause().value, cause(65));
        assert_eq!(map.to_isup(code, Some(305)).cause().value, cause(65));
    }
    // A Warning bears on no other status.
    assert_eq!(map.to_isup(486, Some(304)).cause().value, cause(17));
}

#[test]
fn location_tells_user_from_network() {
    let map = CauseMap::default();
    assert_eq!(map.to_isup(603, None).cause().location, Location::User);
    assert_eq!(
        map.to_isup(486, None).cause().location,
        Location::BeyondInterworkingPoint
    );
    assert_eq!(
        map.to_isup(503, None).cause().location,
        Location::BeyondInterworkingPoint
    );
    let map = CauseMap::profile(ProfileName::Q19125);
    assert_eq!(
        map.to_isup(603, None).cause().location,
        Location::BeyondInterworkingPoint
    );
}

#[test]
fn what_can_be_mended_says_how() {
    let map = CauseMap::default();
    let remedy = |status| match map.to_isup(status, None) {
        ToIsup::After { remedy, .. } => Some(remedy),
        _ => None,
    };
    assert_eq!(remedy(407), Some(Remedy::Authenticate));
    assert_eq!(remedy(420), Some(Remedy::Mend));
    assert_eq!(remedy(486), None);
    assert!(matches!(map.to_isup(487, None), ToIsup::NotMapped { .. }));
    let map = CauseMap::profile(ProfileName::Q19125);
    assert!(matches!(
        map.to_isup(491, None),
        ToIsup::After {
            remedy: Remedy::Retry,
            ..
        }
    ));
}

#[test]
fn hang_up_has_a_cause_of_its_own() {
    let map = CauseMap::default();
    assert_eq!(
        (map.bye().value, map.cancel().value),
        (cause(16), cause(16))
    );
    let map = CauseMap::profile(ProfileName::Q19125);
    assert_eq!(
        (map.bye().value, map.cancel().value),
        (cause(16), cause(31))
    );
}

#[test]
fn retry_after_comes_only_where_the_operator_wants_it() {
    let retry = |map: &CauseMap, value| match map.to_sip(cause(value), Location::User, None) {
        ToSip::Status { retry_after, .. } => retry_after,
        ToSip::NotMapped { .. } => None,
    };
    assert_eq!(retry(&CauseMap::default(), 42), None);
    let map = CauseMap::default()
        .with_overrides("retry_after: 30\nisup_to_sip: [{cause: 17, status: 486, retry_after: 5}]")
        .unwrap();
    for value in [34, 38, 41, 42, 47] {
        assert_eq!(retry(&map, value), Some(30), "{value}");
    }
    // 58 and 88 are 503 too, but nothing says that they pass.
    assert_eq!(retry(&map, 58), None);
    assert_eq!(retry(&map, 17), Some(5));
}

#[test]
fn most_exact_override_wins_whatever_the_order() {
    let map = CauseMap::default()
        .with_overrides(
            "isup_to_sip:\n\
             - {cause: any, status: 500}\n\
             - {class: 2, status: 503}\n\
             - {cause: 34, status: 486}\n\
             - {cause: 34, location: transit, status: 480}\n\
             - {class: 2, location: U, status: 600}\n\
             - {cause: 41, status: repeat}\n",
        )
        .unwrap();
    let status = |value, location| map.to_sip(cause(value), location, None).status();
    assert_eq!(status(17, Location::User), 500);
    assert_eq!(status(38, Location::TransitNetwork), 503);
    assert_eq!(status(38, Location::User), 600);
    assert_eq!(status(34, Location::User), 486);
    assert_eq!(status(34, Location::TransitNetwork), 480);
    let (to_sip, origin) = map.to_sip_from(cause(41), Location::User, None);
    assert!(matches!(
        to_sip,
        ToSip::NotMapped {
            why: NotMapped::RepeatAttempt,
            ..
        }
    ));
    assert_eq!(origin, Origin::Override(7));

    let map = CauseMap::default()
        .with_overrides(
            "sip_to_isup:\n\
             - {class: 5, cause: 127}\n\
             - {status: 503, cause: 42, location: 3}\n\
             - {status: any, cause: 31}\n\
             bye: 31\n",
        )
        .unwrap();
    assert_eq!(
        [500, 503, 486].map(|status| back(&map, status)),
        [127, 42, 31]
    );
    assert_eq!(
        map.to_isup(503, None).cause().location,
        Location::TransitNetwork
    );
    assert_eq!(
        (map.bye().value, map.cancel().value),
        (cause(31), cause(16))
    );
}

#[test]
fn bad_override_names_line_and_key() {
    let error = |yaml: &str| CauseMap::default().with_overrides(yaml).unwrap_err();
    let text = |yaml: &str| error(yaml).to_string();
    assert_eq!(
        text("isup_to_sip:\n- cause: 17\n  statsu: 486\n"),
        "line 3: statsu: unknown key: expected one of cause, class, location, status, retry_after"
    );
    assert_eq!(
        text("isup_to_sip:\n- cause: 17\n  status: 486\n  cause: 18\n"),
        "line 4: cause: key stands twice"
    );
    assert_eq!(text("bye: 16\nbye: 31\n"), "line 2: bye: key stands twice");
    assert_eq!(
        text("isup_to_sip:\n- {cause: 17, status: 486}\n\n- {cause: 17, status: 600}\n"),
        "line 4: isup_to_sip: row for the same codes as in line 2"
    );
    assert_eq!(
        text("isup_to_sip:\n- cause: 128\n  status: 486\n"),
        "line 2: cause: 128 cannot be: expected a cause value, 1 to 127 (Q.850)"
    );
    assert_eq!(
        text("isup_to_sip:\n- cause: 17\n  status: 180\n"),
        "line 3: status: 180 cannot be: expected a final status of failure, 300 to 699, or repeat"
    );
    assert_eq!(
        text("isup_to_sip:\n- status: 486\n"),
        "line 2: cause: missing: either cause or class"
    );
    assert_eq!(
        text("sip_to_isup:\n- {status: 480, class: 4, cause: 20}\n"),
        "line 2: status: missing: either status or class"
    );
    assert!(
        text("isup_to_sip:\n- {cause: 1, location: moon, status: 404}\n")
            .starts_with("line 2: location: \"moon\" cannot be: expected user, private-local, ")
    );
    assert!(text("retry_after: -1").starts_with("line 1: retry_after: -1 cannot be"));
    assert!(matches!(
        error("isup_to_sip: 17").problem,
        OverrideProblem::Yaml(_)
    ));
    assert!(matches!(
        error("isup_to_sip: [").problem,
        OverrideProblem::Yaml(_)
    ));
    assert_eq!(
        error("isup_to_sip:\n- {cause: 1, status: 404}\n- 5\n").line,
        3
    );
}

#[test]
fn empty_file_changes_nothing() {
    for yaml in ["", "# nothing\n", "isup_to_sip: []\n", "---\n"] {
        assert_eq!(
            CauseMap::default().with_overrides(yaml),
            Ok(CauseMap::default()),
            "{yaml:?}"
        );
    }
}

#[test]
fn example_file_is_good() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../config/causes.example.yaml"
    );
    let yaml = std::fs::read_to_string(path).unwrap();
    let map = CauseMap::default().with_overrides(&yaml).unwrap();
    assert_ne!(map, CauseMap::default());
}

#[test]
fn reason_is_trusted_only_where_someone_says_so() {
    assert!(!CauseMap::default().trusts_reason());
    assert!(CauseMap::default().trusting_reason(true).trusts_reason());
    assert!(CauseMap::profile(ProfileName::Q19125).trusts_reason());
    let map = CauseMap::default()
        .with_overrides("trust_reason: false")
        .unwrap();
    assert!(!map.trusting_reason(true).trusts_reason());
}

#[test]
fn entries_cover_every_row_and_name_exceptions() {
    let map = CauseMap::default();
    let entries = map.isup_entries();
    let causes: Vec<u8> = entries.iter().map(|entry| entry.cause.value()).collect();
    assert_eq!(causes.len(), 33);
    assert!(causes.is_sorted());
    let rejected = map.isup_entry(cause(21));
    assert_eq!(rejected.to_sip.status(), 403);
    assert_eq!(rejected.exceptions.len(), 1);
    assert_eq!(
        rejected.exceptions[0].0,
        IsupException::Location(Location::User)
    );
    assert_eq!(
        map.isup_entry(cause(22)).exceptions[0].0,
        IsupException::NewNumber
    );
    let itu = CauseMap::profile(ProfileName::Q19125);
    assert_eq!(
        itu.isup_entry(cause(34)).exceptions[0].0,
        IsupException::CcbsPossible
    );
    assert_eq!(
        map.sip_entry(488).bearer_warning.map(|to| to.cause().value),
        Some(cause(65))
    );
    assert_eq!(map.sip_entries().len(), 37);
}

proptest! {
    #[test]
    fn every_cause_has_a_final_status(value in 1_u8..=127, bits in 0_u8..16, ccbs: bool) {
        for profile in ProfileName::ALL {
            let diagnostic = ccbs.then_some(Diagnostic::CcbsPossible);
            let to_sip = CauseMap::profile(profile)
                .to_sip(cause(value), Location::from_bits(bits), diagnostic);
            prop_assert!((400..700).contains(&to_sip.status()) || to_sip.status() == 301);
        }
    }

    #[test]
    fn every_status_has_a_cause(status: u16, warning: Option<u16>) {
        for profile in ProfileName::ALL {
            let cause = CauseMap::profile(profile).to_isup(status, warning).cause();
            prop_assert!(cause.value.value() >= 1);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(yaml in "\\PC{0,200}") {
        let _ = CauseMap::default().with_overrides(&yaml);
    }
}
