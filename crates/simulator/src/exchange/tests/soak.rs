//! Many random calls in both directions over a network that loses messages.

use super::*;
use trunkline_isup::circuit::Phase;

struct Report {
    ended: usize,
    talked: usize,
    ladder: Vec<String>,
}

fn soak(seed: u64, calls: u32, loss: u32) -> Report {
    let mut net = Net::with(30, |config| {
        config.seed = seed;
        config.audio = false;
        config.callers.push(CallerConfig {
            number: "+49309001000".parse().unwrap(),
            calling: None,
            restricted: false,
            group: 0,
            at_ms: 2_000,
            every_ms: 3_100,
            times: calls / 2,
            hold_ms: 4_000,
            patience_ms: Some(30_000),
            plays: Sound::Silence,
        });
    })
    .settled();
    net.loss = loss;
    net.chance = Chance::new(seed);
    for _ in 0..calls / 2 {
        if net.gateway.census(GROUP).idle > 0 {
            net.call_randomly();
        }
        net.run(3_000);
        net.answer_what_came();
    }
    net.loss = 0;
    // Repeated releases and resets end in minutes once nothing is lost (T1, T5, T16, T17).
    for _ in 0..60 {
        net.run(30_000);
        net.answer_what_came();
    }
    net.expect_idle();
    assert_eq!(net.exchange.active_calls(), 0);
    assert!(net.exchange.wakeups.is_empty());
    assert!(net.exchange.by_circuit.is_empty());
    let begun = net
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Incoming { call, .. } | Event::Outgoing { call, .. } => Some(*call),
            _ => None,
        })
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    let ends = net.ends();
    assert_eq!(ends.len(), begun, "each call ends once");
    Report {
        ended: ends.len(),
        talked: ends
            .iter()
            .filter(|(_, talked, _)| talked.is_some())
            .count(),
        ladder: net.ladder,
    }
}

impl Net {
    fn call_randomly(&mut self) {
        if let Some(circuit) = self.gateway.seize(self.now, GROUP) {
            let digits: AddressDigits = number("199").parse().unwrap();
            let iam = Iam::new(CalledPartyNumber::new(
                NatureOfAddress::International,
                digits,
            ));
            self.request(circuit, Request::Send(Message::Iam(iam)));
        }
    }

    /// The gateway's call control: answers what calls it, releases what takes too long.
    fn answer_what_came(&mut self) {
        for (circuit, indication) in core::mem::take(&mut self.told) {
            match indication {
                Indication::Message(Message::Iam(_)) => {
                    self.request(circuit, Request::Send(messages::acm(true, false)));
                    self.request(circuit, Request::Send(messages::anm()));
                }
                Indication::Message(Message::Anm(_) | Message::Con(_)) => {
                    let talk = Duration::from_millis(u64::from(self.chance.below(8_000)));
                    self.hang_ups.push((self.now + talk, circuit));
                }
                Indication::Expired(_) => {
                    self.release(circuit, CauseValue::RECOVERY_ON_TIMER_EXPIRY);
                }
                _ => {}
            }
        }
        let now = self.now;
        let due: Vec<_> = self.hang_ups.extract_if(.., |(at, _)| *at <= now).collect();
        for (_, circuit) in due {
            // The call may have ended by itself; then another one is on the circuit, or none.
            if matches!(self.gateway.state(circuit), Some(state) if state.phase == Phase::Outgoing)
            {
                self.release(circuit, CauseValue::NORMAL_CALL_CLEARING);
            }
        }
    }
}

#[test]
fn nothing_is_left_after_many_calls_with_loss() {
    for seed in 1..=4 {
        let report = soak(seed, 1_000, 10);
        assert!(report.ended > 800, "{} calls", report.ended);
        assert!(report.talked > 300, "{} talked", report.talked);
    }
}

#[test]
fn same_seed_same_ladder() {
    let first = soak(9, 100, 5).ladder;
    assert_eq!(first, soak(9, 100, 5).ladder);
    assert_ne!(first, soak(10, 100, 5).ladder);
}
