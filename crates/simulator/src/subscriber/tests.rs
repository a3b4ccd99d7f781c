use super::*;

/// What a subscriber does by itself within `seconds`, with milliseconds since the call came.
fn script(does: Behaviour, called: &str, seconds: u64) -> Vec<(u64, Act)> {
    let start = Time::from_secs(5);
    let mut subscriber = Subscriber::new(does, called, start, &mut Chance::new(3));
    let mut script = Vec::new();
    while let Some(at) = subscriber
        .poll_timeout()
        .filter(|&at| at <= start + millis(seconds * 1_000))
    {
        let mut acts = Vec::new();
        subscriber.handle_timeout(at, &mut acts);
        assert!(!acts.is_empty(), "woken for nothing at {at}");
        script.extend(
            acts.into_iter()
                .map(|act| ((at - start).as_millis() as u64, act)),
        );
    }
    script
}

const ALERTS: Act = Act::AddressComplete {
    alerting: true,
    in_band: false,
};
const COMPLETE: Act = Act::AddressComplete {
    alerting: false,
    in_band: false,
};
const TONE: Act = Act::Play(Sound::TEST_TONE);
const RINGS: Act = Act::Play(Sound::Ringback);
const SILENT: Act = Act::Play(Sound::Silence);

fn released(value: CauseValue, location: Location) -> Act {
    Act::Release(Cause::new(value, location))
}

#[test]
fn answering_subscriber_rings_answers_and_stays() {
    assert_eq!(
        script(Behaviour::Answers(Answers::USUAL), "", 3_600),
        [
            (150, ALERTS),
            (150, RINGS),
            (2_150, Act::Answer),
            (2_150, TONE)
        ]
    );
    let by_cpg = Answers {
        alerting_by: AlertingBy::Cpg,
        ..Answers::USUAL
    };
    assert_eq!(
        script(Behaviour::Answers(by_cpg), "", 1),
        [
            (150, COMPLETE),
            (150, Act::Alerting { in_band: false }),
            (150, RINGS)
        ]
    );
}

#[test]
fn hanging_up_is_release_or_clear_back() {
    let hangs_up = Talk {
        hangs_up_after_ms: Some(5_000),
        ..Talk::USUAL
    };
    let connects = |talk| {
        Behaviour::Connects(Connects {
            talk,
            ..Connects::USUAL
        })
    };
    let normal = released(CauseValue::NORMAL_CALL_CLEARING, Location::User);
    assert_eq!(
        script(connects(hangs_up), "", 60),
        [(100, Act::Connect), (100, TONE), (5_100, normal)]
    );
    let clears = |returns| Talk {
        clear_back: Some(ClearBack {
            for_ms: 2_000,
            returns,
        }),
        ..hangs_up
    };
    assert_eq!(
        script(connects(clears(false)), "", 60)[2..],
        [(5_100, Act::Suspend), (5_100, SILENT), (7_100, normal)]
    );
    assert_eq!(
        script(connects(clears(true)), "", 60)[2..],
        [
            (5_100, Act::Suspend),
            (5_100, SILENT),
            (7_100, Act::Resume),
            (7_100, TONE)
        ]
    );
}

#[test]
fn in_band_ringing_is_announced_in_acm_or_cpg() {
    let rings = |by| {
        Behaviour::RingsInBand(RingsInBand {
            by,
            ..RingsInBand::USUAL
        })
    };
    assert_eq!(
        script(rings(InBandBy::Acm), "", 1),
        [
            (
                150,
                Act::AddressComplete {
                    alerting: false,
                    in_band: true
                }
            ),
            (150, RINGS)
        ]
    );
    assert_eq!(
        script(rings(InBandBy::Cpg), "", 1),
        [
            (150, COMPLETE),
            (150, Act::Alerting { in_band: true }),
            (150, RINGS)
        ]
    );
}

#[test]
fn absent_subscribers_ring_until_somebody_gives_up() {
    assert_eq!(
        script(Behaviour::NoAnswer(NoAnswer::USUAL), "", 3_600),
        [(150, ALERTS), (150, RINGS)]
    );
    let gives_up = NoAnswer {
        gives_up_after_ms: Some(60_000),
        ..NoAnswer::USUAL
    };
    assert_eq!(
        script(Behaviour::NoAnswer(gives_up), "", 3_600)[2..],
        [(
            60_150,
            released(
                CauseValue::NO_ANSWER_FROM_USER,
                Location::PublicNetworkRemoteUser
            )
        )]
    );
    assert_eq!(script(Behaviour::Ignores, "", 3_600), []);
}

#[test]
fn refusals_carry_cause_and_location() {
    for (does, called, value, location) in [
        (Behaviour::Busy, "", CauseValue::USER_BUSY, Location::User),
        (
            Behaviour::Rejects,
            "",
            CauseValue::CALL_REJECTED,
            Location::User,
        ),
        (
            Behaviour::Unallocated,
            "",
            CauseValue::UNALLOCATED_NUMBER,
            Location::PublicNetworkRemoteUser,
        ),
        (
            Behaviour::CauseByDigits { over: 0 },
            "493023125034",
            CauseValue::NO_CIRCUIT_AVAILABLE,
            Location::PublicNetworkRemoteUser,
        ),
        (
            Behaviour::CauseByDigits { over: 100 },
            "493023125227",
            CauseValue::INTERWORKING,
            Location::PublicNetworkRemoteUser,
        ),
        (
            // 128 to 199 are no causes.
            Behaviour::CauseByDigits { over: 100 },
            "493023125299",
            CauseValue::NORMAL_UNSPECIFIED,
            Location::PublicNetworkRemoteUser,
        ),
    ] {
        assert_eq!(
            script(does, called, 60),
            [(100, released(value, location))],
            "{does:?}"
        );
    }
    let rings_first = Refuses {
        cause: 21,
        location: 0,
        after_ms: 50,
        rings_first_ms: Some(1_000),
    };
    assert_eq!(
        script(Behaviour::Refuses(rings_first), "", 60),
        [
            (50, ALERTS),
            (50, RINGS),
            (1_050, released(CauseValue::CALL_REJECTED, Location::User))
        ]
    );
}

#[test]
fn announcement_precedes_the_release() {
    assert_eq!(
        script(Behaviour::Announces(Announces::USUAL), "", 60),
        [
            (
                150,
                Act::AddressComplete {
                    alerting: false,
                    in_band: true
                }
            ),
            (150, Act::Play(Sound::Speech)),
            (
                4_150,
                released(
                    CauseValue::UNALLOCATED_NUMBER,
                    Location::PublicNetworkRemoteUser
                )
            )
        ]
    );
}

#[test]
fn random_subscribers_are_the_same_for_the_same_seed_and_of_all_kinds() {
    let draws = |seed| {
        let mut chance = Chance::new(seed);
        (0..400).map(|_| draw(&mut chance)).collect::<Vec<_>>()
    };
    assert_eq!(draws(1), draws(1));
    assert_ne!(draws(1), draws(2));
    let kinds: std::collections::BTreeSet<String> = draws(1)
        .iter()
        .map(|does| {
            format!("{does:?}")
                .chars()
                .take_while(char::is_ascii_alphabetic)
                .collect()
        })
        .collect();
    assert_eq!(kinds.len(), 10, "{kinds:?}");
}
