//! Two telephones on a wire that can lose datagrams, and many calls over it.

use super::*;

pub(super) struct Wire {
    pub(super) now: Time,
    /// The caller and the called.
    pub(super) phones: [Phone; 2],
    pub(super) events: [Vec<Event>; 2],
    ladder: Vec<String>,
    lines: usize,
    loss: u32,
    chance: Chance,
}

impl Wire {
    pub(super) fn new(caller: PhoneConfig, called: PhoneConfig, lines: u16) -> Self {
        Self::at(
            [(PHONE, "192.0.2.1"), (PEER, "192.0.2.2")],
            caller,
            called,
            lines,
        )
    }

    /// Telephones at those SIP addresses, with ports for sound at those hosts.
    pub(super) fn at(
        places: [(&str, &str); 2],
        caller: PhoneConfig,
        called: PhoneConfig,
        lines: u16,
    ) -> Self {
        let [a, b] = places.map(|(sip, host)| (address(sip), ports(host, lines)));
        Self {
            now: Time::ZERO,
            phones: [Phone::new(caller, a.0, a.1), Phone::new(called, b.0, b.1)],
            events: [Vec::new(), Vec::new()],
            ladder: Vec::new(),
            lines: usize::from(lines),
            loss: 0,
            chance: Chance::new(1),
        }
    }

    pub(super) fn run(&mut self, millis: u64) {
        let end = self.now + Duration::from_millis(millis);
        self.pump();
        loop {
            let next = self
                .phones
                .iter()
                .filter_map(|phone| phone.poll_timeout())
                .min_by_key(|t| t.0);
            let Some((at, _)) = next.filter(|&(at, _)| at <= end) else {
                break;
            };
            self.now = self.now.max(at);
            for phone in &mut self.phones {
                phone.handle_timeout(self.now);
            }
            self.pump();
        }
        self.now = end;
    }

    fn pump(&mut self) {
        loop {
            let mut quiet = true;
            for side in 0..2 {
                while let Some(output) = self.phones[side].poll_output() {
                    quiet = false;
                    self.carry(side, output);
                }
            }
            if quiet {
                return;
            }
        }
    }

    fn carry(&mut self, side: usize, output: Output) {
        let lost = self.loss > 0 && self.chance.below(100) < self.loss;
        match output {
            Output::Event(event) => self.events[side].push(event),
            Output::Sip { data, .. } => {
                let way = ['>', '<'][side];
                self.ladder
                    .push(format!("{} {way} {}", self.now.as_millis(), title(&data)));
                let source = self.phones[side].local();
                if !lost {
                    self.phones[1 - side].handle(
                        self.now,
                        Input::Sip {
                            source,
                            data: &data,
                        },
                    );
                }
            }
            Output::Rtp {
                destination, data, ..
            } if !lost => {
                let input = Input::Rtp {
                    local: destination,
                    data: &data,
                };
                self.phones[1 - side].handle(self.now, input);
            }
            Output::Rtp { .. } => {}
        }
    }

    #[track_caller]
    pub(super) fn expect(&self, ladder: &[&str]) {
        assert_eq!(
            self.ladder,
            ladder,
            "\n  seen:\n    {}",
            self.ladder.join("\n    ")
        );
    }

    #[track_caller]
    pub(super) fn expect_nothing_left(&mut self) {
        self.run(64_000);
        for phone in &self.phones {
            assert_eq!(phone.active_calls(), 0);
            assert_eq!(phone.free_ports(), self.lines);
            assert_eq!((phone.sessions(), phone.transactions()), (0, 0));
            assert!(phone.wakeups.is_empty());
        }
    }
}

fn soak(seed: u64) -> (Wire, usize) {
    let mut caller = PhoneConfig::new("caller");
    let mut called = PhoneConfig::new("called");
    (caller.seed, called.seed) = (seed, seed + 1_000);
    (caller.audio, called.audio) = (false, false);
    called.does = PhoneBehaviour::Random;
    let mut wire = Wire::new(caller, called, 40);
    wire.loss = 15;
    wire.chance = Chance::new(seed);
    let mut placed = 0;
    for _ in 0..400 {
        let call = OutgoingCall {
            hold: (wire.chance.below(20) > 0)
                .then(|| Duration::from_millis(u64::from(wire.chance.below(20_000)))),
            patience: (wire.chance.below(10) > 0)
                .then(|| Duration::from_millis(u64::from(wire.chance.below(8_000)))),
            offer: wire.chance.below(4) > 0,
            ..OutgoingCall::new(format!("sip:called@{PEER}"), address(PEER))
        };
        placed += usize::from(wire.phones[0].call(wire.now, call).is_ok());
        wire.run(1_000);
    }
    wire.run(120_000);
    let now = wire.now;
    wire.phones[0].hang_up_all(now);
    wire.phones[1].hang_up_all(now);
    (wire, placed)
}

#[test]
fn nothing_is_left_after_many_calls_with_loss() {
    for seed in 1..=4 {
        let (mut wire, placed) = soak(seed);
        wire.expect_nothing_left();
        assert!(placed > 300, "{placed} calls");
        assert_eq!(ends(&wire.events[0]).len(), placed, "each call ends once");
        let talked = ends(&wire.events[0])
            .iter()
            .filter(|end| end.1.is_some())
            .count();
        assert!(talked > 50, "{talked} talked");
        let began = |event: &&Event| matches!(event, Event::Incoming { .. });
        let incoming = wire.events[1].iter().filter(began).count();
        assert_eq!(ends(&wire.events[1]).len(), incoming, "each call ends once");
    }
}

#[test]
fn same_seed_same_ladder() {
    let first = soak(5).0.ladder;
    assert_eq!(first, soak(5).0.ladder);
    assert_ne!(first, soak(6).0.ladder);
}
