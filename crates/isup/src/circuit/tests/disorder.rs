//! Any message in any state: nothing is lost, nothing is counted twice, nothing panics.

use super::*;
use crate::{
    Cfn, Cgb, Cgba, Cgu, Cgua, Con, Cpg, Cqm, Event, GroupSupervision,
    OptionalBackwardCallIndicators, OptionalForwardCallIndicators, OptionalParameters,
    ParameterCode, RangeAndStatus, Res, Sam, Sgm, Sus, Upa, Upt,
};

const CIRCUITS: u16 = 6;

/// Numbers that look random and are the same each time (Numerical Recipes' generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn maybe(&mut self) -> bool {
        self.below(4) == 0
    }
}

fn circuits(dice: &mut Dice) -> RangeAndStatus {
    let range = dice.below(8) as u8;
    let mut status = Status::new();
    for bit in 0..=range {
        status.set(bit, dice.below(2) == 0);
    }
    RangeAndStatus {
        range,
        status: Some(status),
    }
}

fn supervision(dice: &mut Dice) -> GroupSupervision {
    GroupSupervision::from_code(dice.below(3) as u8)
}

/// A parameter that nobody knows, and what to do about it.
fn spoil(dice: &mut Dice, optional: &mut OptionalParameters) {
    if dice.maybe() {
        optional.push_octets(ParameterCode(200), &[1]).unwrap();
        let information = [200, 0x80 | dice.below(128) as u8];
        let code = ParameterCode::PARAMETER_COMPATIBILITY_INFORMATION;
        optional.push_octets(code, &information).unwrap();
    }
}

fn backward(dice: &mut Dice) -> OptionalParameters {
    let segmentation = dice.maybe();
    let indicators = OptionalBackwardCallIndicators {
        segmentation,
        ..Default::default()
    };
    let mut optional = OptionalParameters::new().with(indicators);
    spoil(dice, &mut optional);
    optional
}

fn message(dice: &mut Dice) -> Message {
    let cause = Cause::new(CauseValue::NORMAL_CALL_CLEARING, Location::User);
    match dice.below(26) {
        0..=3 => {
            let Message::Iam(mut iam) = iam() else {
                panic!()
            };
            let segmentation = dice.maybe();
            iam.optional.push(&OptionalForwardCallIndicators {
                segmentation,
                ..Default::default()
            });
            spoil(dice, &mut iam.optional);
            Message::Iam(iam)
        }
        4 | 5 => {
            let optional = backward(dice);
            Message::Acm(Acm {
                optional,
                ..Acm::new(BackwardCallIndicators::default())
            })
        }
        6 => Message::Cpg(Cpg {
            optional: backward(dice),
            ..Cpg::new(Event::Progress)
        }),
        7 => Message::Anm(Anm {
            optional: backward(dice),
        }),
        8 => Message::Con(Con::new(BackwardCallIndicators::default())),
        9 => Message::Sam(Sam::new("12".parse().unwrap())),
        10 => Message::Sus(Sus::new(true)),
        11 => Message::Res(Res::new(true)),
        12 | 13 => {
            let mut rel = Rel::new(cause);
            spoil(dice, &mut rel.optional);
            Message::Rel(rel)
        }
        14 | 15 => rlc(),
        16 => Message::Rsc,
        17 => {
            [Message::Blo, Message::Ubl, Message::Bla, Message::Uba][dice.below(4) as usize].clone()
        }
        18 => Message::Grs(Grs {
            range: dice.below(7) as u8,
        }),
        19 => {
            let RangeAndStatus { range, status } = circuits(dice);
            Message::Gra(Gra {
                range,
                status: status.unwrap(),
            })
        }
        20 => {
            let (supervision, circuits) = (supervision(dice).into(), circuits(dice));
            match dice.below(4) {
                0 => Message::Cgb(Cgb {
                    supervision,
                    circuits,
                }),
                1 => Message::Cgu(Cgu {
                    supervision,
                    circuits,
                }),
                2 => Message::Cgba(Cgba {
                    supervision,
                    circuits,
                }),
                _ => Message::Cgua(Cgua {
                    supervision,
                    circuits,
                }),
            }
        }
        21 => Message::Sgm(Sgm::default()),
        22 => unknown_with(dice.below(128) as u8),
        23 => Message::Cfn(Cfn::new(cause)),
        24 => Message::Cqm(Cqm {
            circuits: RangeAndStatus {
                status: None,
                ..circuits(dice)
            },
        }),
        _ => [
            Message::Ucic,
            Message::Ccr,
            Message::Lpa,
            Message::Upt(Upt::default()),
        ][dice.below(4) as usize]
            .clone(),
    }
}

fn status(dice: &mut Dice) -> MtpStatus {
    match dice.below(5) {
        0 | 1 => MtpStatus::Congestion(dice.below(4) as u8),
        2 => MtpStatus::UserPartUnknown,
        3 => MtpStatus::UserPartUnequipped,
        _ => MtpStatus::UserPartInaccessible,
    }
}

fn request(dice: &mut Dice) -> Request {
    match dice.below(12) {
        0..=2 => Request::Send(iam()),
        3 => Request::Send(acm()),
        4 => Request::Send(Message::Anm(Anm::default())),
        5 | 6 => Request::Release(rel(CauseValue::NORMAL_CALL_CLEARING)),
        7 => Request::Free,
        8 => Request::Reset,
        9 => [Request::Block, Request::Unblock][dice.below(2) as usize].clone(),
        10 => Request::BlockGroup(supervision(dice), circuits(dice)),
        _ => Request::UnblockGroup(supervision(dice), circuits(dice)),
    }
}

#[test]
fn any_message_in_any_state_leaves_the_table_in_order() {
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let mut exchange = Exchange::ready(CIRCUITS);
        for _ in 0..2_000 {
            let cic = 1 + dice.below(CIRCUITS.into()) as u16;
            match dice.below(11) {
                0..=5 => {
                    let message = message(&mut dice);
                    exchange.receive(cic, message);
                }
                6 | 7 => {
                    let request = request(&mut dice);
                    exchange.request(cic, request);
                }
                8 => drop(exchange.seize()),
                9 => match dice.below(6) {
                    0 => drop(exchange.pause()),
                    1..=3 => drop(exchange.resume()),
                    _ => drop(exchange.status(status(&mut dice))),
                },
                _ => drop(exchange.after(dice.below(30))),
            }
            exchange.check_order();
        }
        exchange.comes_to_rest();
    }
}

impl Exchange {
    /// What is true between any two events.
    fn check_order(&self) {
        let table = &self.table;
        for (index, circuit) in (0..).zip(&table.circuits) {
            let waits = table.awaits_segment(index);
            assert_eq!(waits, table.timers.is_running(index, Timer::T34), "T34");
            let is_idle = matches!(circuit.state, table::State::Idle);
            let blocked = circuit.watched().locally_blocked || circuit.watched().remotely_blocked;
            if is_idle && !blocked && !waits {
                assert!(circuit.queued, "circuit {} is lost", circuit.cic);
            }
        }
    }

    /// With an other end that answers as it should, all circuits become idle and free again.
    fn comes_to_rest(&mut self) {
        self.table
            .handle(self.now, Input::Mtp(MtpIndication::Resume(self.them)));
        let mut outputs = self.outputs();
        let mut requests: Vec<_> = (1..=CIRCUITS)
            .flat_map(|cic| [(cic, Request::Reset), (cic, Request::Unblock)])
            .collect();
        let mut status = Status::new();
        for bit in 0..=5 {
            status.set(bit, true);
        }
        let circuits = RangeAndStatus {
            range: 5,
            status: Some(status),
        };
        for why in [
            GroupSupervision::Maintenance,
            GroupSupervision::HardwareFailure,
        ] {
            requests.push((1, Request::UnblockGroup(why, circuits)));
        }
        for (cic, request) in requests {
            let name = self.name(cic);
            self.table.handle(self.now, Input::Request(name, request));
            outputs.extend(self.outputs());
        }
        loop {
            while let Some(output) = outputs.pop() {
                let Output::Mtp(transfer) = output else {
                    continue;
                };
                let Pdu { cic, message, .. } = decode(&transfer.data).unwrap();
                if let Some(answer) = answer(message) {
                    let cic = u16::try_from(cic.value()).unwrap();
                    outputs.extend(self.receive_for_outputs(cic, answer));
                }
            }
            let Some((at, _)) = self.table.poll_timeout() else {
                break;
            };
            self.now = at;
            self.table.handle_timeout(at);
            outputs.extend(self.outputs());
        }
        let census = self.table.census(GROUP);
        let rest = Census {
            idle: CIRCUITS.into(),
            ..Census::default()
        };
        assert_eq!(census, rest);
        let seized: Vec<_> = (0..CIRCUITS).map_while(|_| self.seize()).collect();
        assert_eq!(seized.len(), usize::from(CIRCUITS));
    }
}

/// What an exchange answers that has no calls, and blocks nothing.
fn answer(message: Message) -> Option<Message> {
    Some(match message {
        Message::Rel(_) => rlc(),
        Message::Rsc => rlc(),
        Message::Blo => Message::Bla,
        Message::Ubl => Message::Uba,
        Message::Cgb(Cgb {
            supervision,
            circuits,
        }) => Message::Cgba(Cgba {
            supervision,
            circuits,
        }),
        Message::Cgu(Cgu {
            supervision,
            circuits,
        }) => Message::Cgua(Cgua {
            supervision,
            circuits,
        }),
        Message::Upt(_) => Message::Upa(Upa::default()),
        Message::Grs(Grs { range }) => Message::Gra(Gra {
            range,
            status: Status::new(),
        }),
        _ => return None,
    })
}
