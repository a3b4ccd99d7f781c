//! Who calls whom, who hangs up, and what operators and links do meanwhile.

use super::settings::{GATEWAY, GROUP_0, GROUP_1, circuits, seen_from_exchange};
use super::{Flight, MGC, MGW, World, exchange, phone};
use core::time::Duration;
use rand::RngExt;
use trunkline_isup::Request;
use trunkline_model::CircuitId;
use trunkline_simulator::DEFAULT_SUBSCRIBERS;
use trunkline_simulator::exchange::ExchangeCall;
use trunkline_simulator::phone::PhoneCall;

/// Something that is done at its time.
#[derive(Clone, Debug)]
pub enum Action {
    /// Somebody calls somebody.
    Call,
    /// A telephone hangs up, unless the call is over.
    PhoneHangsUp(usize, PhoneCall),
    /// A telephone puts the other side on hold, or takes it back.
    PhoneHolds(usize, PhoneCall, bool),
    /// A subscriber of the exchange hangs up, unless the call is over.
    ExchangeHangsUp {
        /// Which life of the exchange the call is of.
        life: u64,
        /// The call.
        call: ExchangeCall,
    },
    /// Something goes wrong.
    Disturb,
    /// A pause of MTP ends.
    Join,
    /// A blocked circuit is taken back into service.
    Unblock {
        /// The circuit, as the gateway names it.
        circuit: CircuitId,
        /// Whether the gateway had blocked it, or else the exchange.
        by_gateway: bool,
    },
}

/// What is still to come.
#[derive(Debug, Default)]
pub struct Traffic {
    left: usize,
    /// The mean time between two calls, in milliseconds.
    every: u64,
    /// Restarts of the exchange.
    life: u64,
}

impl World {
    /// Places so many calls, one `every` so often on average, and checks what must always hold
    /// every few hundred calls. Calls may go on afterwards.
    pub fn place_calls(&mut self, calls: usize, every: Duration) {
        self.traffic.left = calls;
        self.traffic.every = u64::try_from(every.as_millis()).expect("not that long");
        self.network.at(self.now, Flight::Action(Action::Call));
        if self.settings.quiet.is_some() {
            self.later(10_000, Action::Disturb);
        }
        while self.traffic.left > 0 {
            let next = self.traffic.left.saturating_sub(CHECK_EVERY);
            while self.traffic.left > next {
                let forward = self.now + Duration::from_secs(3_600);
                assert!(self.step(forward), "nobody has anything to do");
            }
            self.check();
        }
    }

    /// All telephones and subscribers hang up.
    pub fn hang_up_all(&mut self) {
        for index in 0..self.phones.len() {
            self.phones[index].hang_up_all(self.now);
            self.drain_phone(index);
        }
        self.exchange.hang_up_all(self.now);
        self.drain_exchange();
    }

    /// Lets all calls end: faults and disturbances stop, and hours pass.
    pub fn settle(&mut self) {
        self.calm();
        self.run(Duration::from_secs(600));
        self.check();
        self.run(Duration::from_secs(5 * 3_600));
    }

    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Call => self.next_call(),
            Action::PhoneHangsUp(index, call) => {
                self.phones[index].hang_up(self.now, call);
                self.drain_phone(index);
            }
            Action::PhoneHolds(index, call, held) => {
                if self.phones[index].hold(self.now, call, held) {
                    self.report.count("holds and retrievals");
                }
                self.drain_phone(index);
            }
            Action::ExchangeHangsUp { life, call } => {
                if life == self.traffic.life {
                    self.exchange.hang_up(self.now, call);
                    self.drain_exchange();
                }
            }
            Action::Disturb => self.disturb(),
            Action::Join => {
                if !self.joined {
                    self.join();
                }
            }
            Action::Unblock {
                circuit,
                by_gateway: true,
            } => self.maintain(circuit, Request::Unblock),
            Action::Unblock { circuit, .. } => self.block_at_exchange(circuit, false),
        }
    }

    fn next_call(&mut self) {
        if self.traffic.left == 0 {
            return;
        }
        self.traffic.left -= 1;
        // Each side has its rush hour, when it takes circuits that the other one controls.
        let of_ten = [5, 9, 1][self.now.as_millis() as usize / 60_000 % 3];
        if self.up_to(9) < of_ten {
            self.phone_calls();
        } else {
            self.exchange_calls();
        }
        // Now and then many call at once.
        let wait = if self.one_in(3) {
            0
        } else {
            self.up_to(3 * self.traffic.every)
        };
        self.later(wait, Action::Call);
    }

    fn phone_calls(&mut self) {
        let index = self.up_to(self.phones.len() as u64 - 1) as usize;
        let called = self.landline();
        let uri = format!("sip:{called}@{GATEWAY};user=phone");
        let call = phone::OutgoingCall {
            offer: !self.one_in(4),
            hold: self.maybe(20_000),
            patience: self.maybe(12_000),
            ..phone::OutgoingCall::new(uri, GATEWAY)
        };
        let Ok(call) = self.phones[index].call(self.now, call) else {
            return self.report.count("calls that a telephone had no line for");
        };
        self.drain_phone(index);
        // Whatever else happens, every call ends.
        let after = self.up_to(90_000);
        self.later(after, Action::PhoneHangsUp(index, call));
        if self.one_in(4) {
            let hold = self.up_to(10_000);
            self.later(hold, Action::PhoneHolds(index, call, true));
            let back = hold + self.up_to(5_000);
            self.later(back, Action::PhoneHolds(index, call, false));
        }
    }

    fn exchange_calls(&mut self) {
        let phones = self.phones.len() as u64;
        let called = match self.up_to(99) {
            // No route: +4470.., and +447, which could become one.
            0 => "+44701234".to_owned(),
            1 => "+447".to_owned(),
            _ => format!("+4480{}{:04}", self.up_to(phones - 1), self.up_to(9_999)),
        };
        let group = if self.one_in(8) { GROUP_1 } else { GROUP_0 };
        let mut call = exchange::OutgoingCall::new(group, called.parse().expect("digits"));
        call.hold = self.maybe(20_000);
        call.patience = self.maybe(12_000);
        call.restricted = self.one_in(5);
        call.calling = (!self.one_in(10)).then(|| "+493023125100".parse().expect("digits"));
        let Ok(call) = self.exchange.call(self.now, call) else {
            return self
                .report
                .count("calls that the exchange had no circuit for");
        };
        self.drain_exchange();
        let life = self.traffic.life;
        let after = self.up_to(90_000);
        self.later(after, Action::ExchangeHangsUp { life, call });
    }

    /// A number for a telephone to call.
    fn landline(&mut self) -> String {
        match self.up_to(99) {
            0..60 => RANDOM.to_owned(),
            60..80 => {
                let index = self.up_to(DEFAULT_SUBSCRIBERS.len() as u64 - 1) as usize;
                let number = DEFAULT_SUBSCRIBERS[index].number;
                number.replace('x', "1")
            }
            // Any cause, through the small trunk group.
            80..94 => format!("+4930231250{:02}", self.up_to(99)),
            // Nobody has it; there is no route to it; it is no number.
            94..97 => "+4940123456".to_owned(),
            97..99 => "+15551234".to_owned(),
            _ => "anna".to_owned(),
        }
    }

    /// One of the things that happen between exchanges.
    fn disturb(&mut self) {
        let Some(quiet) = self.settings.quiet.filter(|_| self.traffic.left > 0) else {
            return;
        };
        let all = circuits();
        let circuit = all[self.up_to(all.len() as u64 - 1) as usize];
        let quiet = u64::try_from(quiet.as_millis()).expect("not that long");
        let what = match self.up_to(40) {
            0..4 if self.joined => {
                self.part();
                let after = self.up_to(2 * quiet);
                self.later(after, Action::Join);
                "MTP pauses"
            }
            0..14 => {
                let circuit = seen_from_exchange(circuit);
                let input = exchange::Input::Reset { circuit };
                self.exchange.handle(self.now, input);
                self.drain_exchange();
                "resets by the exchange"
            }
            14..22 => {
                self.maintain(circuit, Request::Reset);
                "resets by the gateway"
            }
            22..31 => {
                self.block_at_exchange(circuit, true);
                self.unblock_later(circuit, false);
                "blockings by the exchange"
            }
            31..36 => {
                self.maintain(circuit, Request::Block);
                self.unblock_later(circuit, true);
                "blockings by the gateway"
            }
            36..38 => {
                let millis = self.up_to(1_500);
                self.processes[MGC].busy_until = self.now + Duration::from_millis(millis);
                "times that the MGC was kept waiting"
            }
            38..40 => {
                let millis = self.up_to(4_000);
                self.processes[MGW].busy_until = self.now + Duration::from_millis(millis);
                "times that the MGW was kept waiting"
            }
            _ => {
                self.traffic.life += 1;
                self.restart_exchange();
                "restarts of the exchange"
            }
        };
        self.report.count(what);
        let after = self.up_to(quiet);
        self.later(after, Action::Disturb);
    }

    fn unblock_later(&mut self, circuit: CircuitId, by_gateway: bool) {
        let after = self.up_to(60_000);
        self.later(
            after,
            Action::Unblock {
                circuit,
                by_gateway,
            },
        );
    }

    fn later(&mut self, millis: u64, action: Action) {
        let at = self.now + Duration::from_millis(millis);
        self.network.at(at, Flight::Action(action));
    }

    /// 0 to `most`.
    fn up_to(&mut self, most: u64) -> u64 {
        self.chance.random_range(0..=most)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.up_to(many - 1) == 0
    }

    /// A time up to `most` milliseconds, or none in one case of three.
    fn maybe(&mut self, most: u64) -> Option<Duration> {
        if self.one_in(3) {
            None
        } else {
            Some(Duration::from_millis(self.up_to(most)))
        }
    }
}

/// The subscriber who does anything.
const RANDOM: &str = "+493023125199";

/// Calls between two looks at what must always hold.
const CHECK_EVERY: usize = 200;
