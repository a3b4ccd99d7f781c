//! Subscribers of the exchange who call out.

use super::*;

fn calls(change: impl FnOnce(&mut CallerConfig)) -> Net {
    let mut caller = CallerConfig {
        number: "+49 30 900 1000".parse().unwrap(),
        calling: Some("+493023125100".parse().unwrap()),
        restricted: false,
        group: 0,
        at_ms: 2_000,
        every_ms: 10_000,
        times: 2,
        hold_ms: 5_000,
        patience_ms: None,
        plays: Sound::TEST_TONE,
    };
    change(&mut caller);
    let mut net = Net::with(4, |config| config.callers.push(caller)).settled();
    // The first call begins in a second.
    net.run(999);
    net.begin();
    net
}

fn answer(net: &mut Net) -> CircuitId {
    let circuit = net.told.last().expect("an IAM").0;
    net.request(circuit, Request::Send(messages::acm(true, false)));
    net.run(1_000);
    net.request(circuit, Request::Send(messages::anm()));
    circuit
}

#[test]
fn caller_calls_out_at_its_interval_and_releases_after_its_hold_time() {
    let mut net = calls(|_| {});
    net.run(1);
    let Some((_, Indication::Message(Message::Iam(iam)))) = net.told.last() else {
        panic!("{:?}", net.told)
    };
    assert_eq!(iam.called.nature, NatureOfAddress::International);
    assert_eq!(iam.called.digits.to_string(), "49309001000");
    let calling: isup::CallingPartyNumber = iam.optional.get().expect("a calling number");
    assert_eq!(calling.digits.to_string(), "493023125100");
    assert_eq!(calling.presentation, isup::Presentation::Allowed);
    answer(&mut net);
    net.run(15_000);
    net.expect(&[
        "1 < IAM",
        "1 > ACM",
        "1001 > ANM",
        "6001 < REL 16 U",
        "6001 > RLC",
        "10001 < IAM",
    ]);
    assert!(!net.exchange.has_callers_left());
    let circuit = net.told.last().expect("an IAM").0;
    net.release(circuit, CauseValue::USER_BUSY);
    net.run(60_000);
    assert_eq!(net.ends().len(), 2);
    assert_eq!(net.ends()[1].0, by_peer(CauseValue::USER_BUSY));
    net.expect_idle();
}

#[test]
fn national_and_restricted_numbers_go_out_as_such() {
    let mut net = calls(|caller| {
        caller.number = "30 900-1000".parse().unwrap();
        caller.restricted = true;
    });
    net.run(1);
    let Some((_, Indication::Message(Message::Iam(iam)))) = net.told.last() else {
        panic!("{:?}", net.told)
    };
    assert_eq!(iam.called.nature, NatureOfAddress::National);
    assert_eq!(iam.called.digits.to_string(), "309001000");
    assert!(!iam.forward_call.international_call);
    let calling: isup::CallingPartyNumber = iam.optional.get().expect("a calling number");
    assert_eq!(calling.presentation, isup::Presentation::Restricted);
}

#[test]
fn both_sides_hear_each_other_on_a_call_from_here() {
    let mut net = calls(|_| {});
    net.run(1);
    net.speak(Sound::Tone {
        hz: 440.0,
        dbm0: -16.0,
    });
    answer(&mut net);
    net.run(5_000);
    let heard = net.gateway_heard();
    assert!(heard.is_tone(1004.0, -10.0, 0.2, 35.0), "{heard}");
    let [(why, talked, heard)] = net.ends()[..] else {
        panic!("{:?}", net.events)
    };
    assert_eq!(
        why,
        released(CauseValue::NORMAL_CALL_CLEARING, Location::User)
    );
    assert_eq!(talked, Some(5_000));
    assert!(heard.is_tone(440.0, -16.0, 0.2, 30.0), "{heard}");
}

#[test]
fn caller_gives_up_after_its_patience() {
    let mut net = calls(|caller| {
        caller.patience_ms = Some(3_000);
        caller.times = 1;
    });
    net.run(1);
    let circuit = net.told.last().expect("an IAM").0;
    net.request(circuit, Request::Send(messages::acm(true, false)));
    net.run(5_000);
    net.expect(&["1 < IAM", "1 > ACM", "3001 < REL 16 U", "3001 > RLC"]);
    net.expect_idle();
}

#[test]
fn silence_of_the_gateway_ends_the_call_by_t7_and_t9() {
    let mut net = calls(|caller| caller.times = 1);
    net.run(30_000);
    net.expect(&["1 < IAM", "25001 < REL 102 LN", "25001 > RLC"]);
    net.expect_idle();

    let mut net = calls(|caller| caller.times = 1);
    net.run(1);
    let circuit = net.told.last().expect("an IAM").0;
    net.request(circuit, Request::Send(messages::acm(true, false)));
    net.run(200_000);
    net.expect(&["1 < IAM", "1 > ACM", "180001 < REL 19 LN", "180001 > RLC"]);
    net.expect_idle();
}

#[test]
fn dual_seizure_is_resolved_and_both_calls_go_on() {
    // One circuit is left besides the one that both want.
    let mut net = Net::ready(2);
    let mut circuits = Vec::new();
    // Both ends seize all they can before either has heard of the other.
    for _ in 0..2 {
        let called = "+49309001000".parse().unwrap();
        if net
            .exchange
            .call(net.now, OutgoingCall::new(GROUP, called))
            .is_err()
        {
            break;
        }
    }
    while let Some(circuit) = net.gateway.seize(net.now, GROUP) {
        let digits: AddressDigits = number("100").parse().unwrap();
        let iam = Iam::new(CalledPartyNumber::new(
            NatureOfAddress::International,
            digits,
        ));
        let send = Request::Send(Message::Iam(iam));
        net.gateway
            .handle(net.now, TableInput::Request(circuit, send));
        circuits.push(circuit);
    }
    net.pump();
    net.run(3_000);
    // Each end controls one of the circuits, so one call each way stands; the other one of each
    // found no circuit.
    let census = net.exchange.census(GROUP);
    assert_eq!(
        (census.incoming, census.outgoing),
        (1, 1),
        "{:?}",
        net.ladder
    );
    assert_eq!(net.exchange.active_calls(), 2);
    let lost: Vec<Why> = net.ends().into_iter().map(|(why, ..)| why).collect();
    assert_eq!(lost, [Why::NoCircuit]);
    net.exchange.hang_up_all(net.now);
    net.pump();
    net.expect_idle();
}

#[test]
fn no_circuit_is_an_error_and_blocked_ones_do_not_count() {
    let mut net = Net::ready(1);
    let circuit = CircuitId {
        dpc: gateway_code(),
        cic: Cic::new(1).unwrap(),
    };
    net.exchange.handle(
        net.now,
        Input::Block {
            circuit,
            blocked: true,
        },
    );
    net.pump();
    net.expect(&["0 < BLO", "0 > BLA"]);
    let call = OutgoingCall::new(GROUP, "+49309001000".parse().unwrap());
    assert_eq!(
        net.exchange.call(net.now, call.clone()),
        Err(NoCircuit(GROUP))
    );
    assert!(net.gateway.seize(net.now, GROUP).is_none());
    net.exchange.handle(
        net.now,
        Input::Block {
            circuit,
            blocked: false,
        },
    );
    net.pump();
    assert!(net.exchange.call(net.now, call).is_ok());
}

#[test]
fn own_reset_ends_the_call() {
    let mut net = Net::ready(1);
    net.call(NatureOfAddress::International, &number("100"));
    net.run(3_000);
    let circuit = CircuitId {
        dpc: gateway_code(),
        cic: Cic::new(1).unwrap(),
    };
    net.exchange.handle(net.now, Input::Reset { circuit });
    net.pump();
    assert_eq!(net.exchange.active_calls(), 0);
    assert_eq!(
        net.ends()[0].0,
        Why::Cleared(isup::circuit::ClearReason::OwnReset)
    );
    net.run(1_000);
    net.expect_idle();
}
