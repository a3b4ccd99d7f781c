//! Every subscriber, called by the gateway.

use super::*;

/// The gateway calls a default subscriber.
fn called(last_three: &str) -> (Net, CircuitId) {
    let mut net = Net::ready(8);
    let circuit = net.call(NatureOfAddress::International, &number(last_three));
    (net, circuit)
}

#[test]
fn groups_are_reset_at_start_and_circuits_idle_afterwards() {
    let net = Net::new(8);
    let mut ladder = net.ladder.clone();
    ladder.sort_unstable();
    assert_eq!(ladder, ["0 < GRA", "0 < GRS", "0 > GRA", "0 > GRS"]);
    net.settled().expect_idle();
}

#[test]
fn answering_subscriber_talks_and_both_sides_hear_each_other() {
    let (mut net, circuit) = called("100");
    net.speak(Sound::Tone {
        hz: 440.0,
        dbm0: -10.0,
    });
    net.run(2_150);
    net.sound.as_mut().unwrap().1.listen_anew();
    net.run(3_000);
    net.release(circuit, CauseValue::NORMAL_CALL_CLEARING);
    net.run(100);
    net.expect(&[
        "0 > IAM",
        "150 < ACM",
        "2150 < ANM",
        "5150 > REL 16 BI",
        "5150 < RLC",
    ]);
    let heard = net.gateway_heard();
    assert!(heard.is_tone(1004.0, -10.0, 0.2, 35.0), "{heard}");
    assert_eq!((heard.lost, heard.discarded), (0, 0));
    let [(why, talked, heard)] = net.ends()[..] else {
        panic!("{:?}", net.events)
    };
    assert_eq!(
        (why, talked),
        (by_peer(CauseValue::NORMAL_CALL_CLEARING), Some(3_000))
    );
    assert!(heard.is_tone(440.0, -10.0, 0.2, 35.0), "{heard}");
    assert_eq!((heard.lost, heard.discarded), (0, 0));
    net.expect_idle();
}

#[test]
fn caller_hears_the_ringing_tone_before_the_answer() {
    let (mut net, circuit) = called("119");
    net.speak(Sound::Silence);
    net.run(160 + 1_000);
    let heard = net.gateway_heard();
    assert!(heard.is_tone(425.0, -10.0, 0.5, 10.0), "{heard}");
    net.release(circuit, CauseValue::NORMAL_CALL_CLEARING);
    assert_eq!(net.ends()[0].1, None);
    net.expect_idle();
}

#[test]
fn speaking_subscriber_is_heard_as_no_tone() {
    let (mut net, circuit) = called("101");
    net.speak(Sound::Silence);
    net.run(2_150);
    net.sound.as_mut().unwrap().1.listen_anew();
    net.run(4_000);
    let heard = net.gateway_heard();
    assert!(
        heard.sound.total_dbm0 > -30.0 && heard.sound.snr_db < 6.0,
        "{heard:?}"
    );
    net.release(circuit, CauseValue::NORMAL_CALL_CLEARING);
    net.expect_idle();
}

#[test]
fn connecting_subscriber_sends_con_alone() {
    let (mut net, circuit) = called("102");
    net.run(1_000);
    net.expect(&["0 > IAM", "100 < CON"]);
    net.release(circuit, CauseValue::NORMAL_CALL_CLEARING);
    net.expect_idle();
}

#[test]
fn in_band_ringing_says_so_in_acm_or_cpg() {
    let (mut net, _) = called("103");
    net.run(1_000);
    net.expect(&["0 > IAM", "150 < ACM"]);
    let Some((_, Indication::Message(Message::Acm(acm)))) = net.told.first() else {
        panic!("{:?}", net.told)
    };
    assert!(in_band(&acm.optional));

    let (mut net, _) = called("104");
    net.run(1_000);
    net.expect(&["0 > IAM", "150 < ACM", "150 < CPG"]);
    let Some((_, Indication::Message(Message::Cpg(cpg)))) = net.told.get(1) else {
        panic!("{:?}", net.told)
    };
    assert_eq!(cpg.event.event, isup::Event::Alerting);
    assert!(in_band(&cpg.optional));
}

#[test]
fn alerting_can_come_with_cpg() {
    let (mut net, _) = called("105");
    net.run(3_000);
    net.expect(&["0 > IAM", "150 < ACM", "150 < CPG", "2150 < ANM"]);
    let Some((_, Indication::Message(Message::Acm(acm)))) = net.told.first() else {
        panic!("{:?}", net.told)
    };
    assert_eq!(
        acm.backward_call.called_status,
        isup::CalledPartyStatus::NoIndication
    );
}

#[test]
fn subscriber_hangs_up_by_release_or_after_clear_back() {
    let (mut net, _) = called("106");
    net.run(20_000);
    net.expect(&[
        "0 > IAM",
        "150 < ACM",
        "1150 < ANM",
        "6150 < REL 16 U",
        "6150 > RLC",
    ]);
    assert_eq!(
        net.ends()[0].0,
        released(CauseValue::NORMAL_CALL_CLEARING, Location::User)
    );
    net.expect_idle();

    let (mut net, _) = called("107");
    net.run(20_000);
    net.expect(&[
        "0 > IAM",
        "150 < ACM",
        "1150 < ANM",
        "6150 < SUS",
        "8150 < REL 16 U",
        "8150 > RLC",
    ]);
    net.expect_idle();

    let (mut net, circuit) = called("108");
    net.run(20_000);
    net.expect(&[
        "0 > IAM",
        "150 < ACM",
        "1150 < ANM",
        "6150 < SUS",
        "8150 < RES",
    ]);
    net.release(circuit, CauseValue::NORMAL_CALL_CLEARING);
    net.expect_idle();
}

#[test]
fn announcement_comes_before_the_release() {
    let (mut net, _) = called("109");
    net.speak(Sound::Silence);
    net.run(4_000);
    let heard = net.gateway_heard();
    assert!(
        heard.packets > 190 && heard.sound.total_dbm0 > -30.0,
        "{heard}"
    );
    net.run(1_000);
    net.expect(&["0 > IAM", "150 < ACM", "4150 < REL 1 RLN", "4150 > RLC"]);
    net.expect_idle();
}

#[test]
fn refusals_release_with_their_cause_and_location() {
    for (last_three, rel) in [
        ("117", "17 U"),
        ("121", "21 U"),
        ("001", "1 RLN"),
        ("034", "34 RLN"),
        ("202", "102 RLN"),
        // Nobody's number.
        ("999", "1 RLN"),
    ] {
        let (mut net, _) = called(last_three);
        net.run(1_000);
        let at = if last_three == "999" { 0 } else { 100 };
        net.expect(&[
            "0 > IAM",
            &format!("{at} < REL {rel}"),
            &format!("{at} > RLC"),
        ]);
        net.expect_idle();
    }
}

#[test]
fn no_answer_and_no_message_let_the_timers_of_the_gateway_expire() {
    let (mut net, circuit) = called("119");
    net.run(181_000);
    net.expect(&["0 > IAM", "150 < ACM"]);
    assert_eq!(
        net.told.last(),
        Some(&(circuit, Indication::Expired(CallTimer::T9)))
    );
    net.release(circuit, CauseValue::NO_ANSWER_FROM_USER);
    net.expect_idle();

    let (mut net, circuit) = called("118");
    net.run(26_000);
    net.expect(&["0 > IAM"]);
    assert_eq!(
        net.told.last(),
        Some(&(circuit, Indication::Expired(CallTimer::T7)))
    );
    net.release(circuit, CauseValue::RECOVERY_ON_TIMER_EXPIRY);
    assert_eq!(
        net.ends()[0].0,
        by_peer(CauseValue::RECOVERY_ON_TIMER_EXPIRY)
    );
    net.expect_idle();
}

#[test]
fn numbers_of_every_nature_reach_the_subscriber() {
    for (nature, digits) in [
        (NatureOfAddress::International, "493023125117"),
        (NatureOfAddress::International, "493023125117F"),
        (NatureOfAddress::National, "3023125117"),
        (NatureOfAddress::Subscriber, "23125117"),
        (NatureOfAddress::Unknown, "00493023125117"),
        (NatureOfAddress::Unknown, "03023125117"),
    ] {
        let mut net = Net::ready(2);
        net.call(nature, digits);
        net.run(1_000);
        net.expect(&["0 > IAM", "100 < REL 17 U", "100 > RLC"]);
        let Some(Event::Incoming { called, .. }) = net
            .events
            .iter()
            .find(|event| matches!(event, Event::Incoming { .. }))
        else {
            panic!("{:?}", net.events)
        };
        assert_eq!(called.reveal(), "493023125117", "{nature:?} {digits}");
    }
}

#[test]
fn digits_in_pieces_are_collected_until_t35() {
    let mut net = Net::ready(2);
    let circuit = net.call(NatureOfAddress::International, "4930231");
    net.run(500);
    net.request(circuit, sam("251"));
    net.run(500);
    net.request(circuit, sam("17"));
    net.run(1_000);
    net.expect(&[
        "0 > IAM",
        "500 > SAM",
        "1000 > SAM",
        "1100 < REL 17 U",
        "1100 > RLC",
    ]);
    net.expect_idle();

    net.begin();
    let circuit = net.call(NatureOfAddress::International, "4930231");
    net.run(500);
    net.request(circuit, sam("25"));
    net.run(20_000);
    net.expect(&["0 > IAM", "500 > SAM", "15500 < REL 28 RLN", "15500 > RLC"]);
    net.expect_idle();

    // ST says that no more will come.
    net.begin();
    net.call(NatureOfAddress::International, "4930231F");
    net.run(100);
    net.expect(&["0 > IAM", "0 < REL 1 RLN", "0 > RLC"]);
    net.expect_idle();
}

#[test]
fn release_crosses_release() {
    let (mut net, circuit) = called("117");
    net.run(99);
    // Both sides at the same moment: neither has seen the other's.
    let cause = Cause::new(
        CauseValue::NORMAL_CALL_CLEARING,
        Location::BeyondInterworkingPoint,
    );
    net.now += Duration::from_millis(1);
    net.exchange.handle_timeout(net.now);
    let request = TableInput::Request(circuit, Request::Release(Rel::new(cause)));
    net.gateway.handle(net.now, request);
    net.pump();
    net.run(1_000);
    net.expect_idle();
    assert_eq!(net.ends().len(), 1);
}

#[test]
fn reset_of_the_gateway_takes_the_call() {
    let (mut net, circuit) = called("100");
    net.run(3_000);
    net.request(circuit, Request::Reset);
    net.run(1_000);
    assert_eq!(
        net.ends()[0].0,
        Why::Cleared(isup::circuit::ClearReason::Reset)
    );
    net.expect_idle();
}

/// Whether a message says that there is something to hear.
fn in_band(optional: &isup::OptionalParameters) -> bool {
    let indicators: Option<isup::OptionalBackwardCallIndicators> = optional.get();
    indicators.is_some_and(|indicators| indicators.in_band_information)
}
