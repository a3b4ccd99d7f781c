use super::*;
use crate::msg::{Cfn, Cpg, Rel, Rlc};
use crate::param::{Event, HopCounter, Parameter};

const GATEWAY: Node = Node {
    exchange: ExchangeType::A,
    can_pass_on: false,
    location: Location::PublicNetworkLocalUser,
};

/// Bits by the letters of Q.763 3.33.
const A: u8 = 1;
const B: u8 = 1 << 1;
const C: u8 = 1 << 2;
const D: u8 = 1 << 3;
const E: u8 = 1 << 4;
const F: u8 = 1 << 5;
const G: u8 = 1 << 6;

fn instruction(bits: u8) -> Instruction {
    let octets = [200, bits | 0x80];
    let read = ParameterCompatibilityInformation::read(&octets).unwrap();
    read.instruction(ParameterCode(200)).unwrap().clone()
}

fn nodes() -> impl Iterator<Item = Node> {
    let types = [ExchangeType::A, ExchangeType::B];
    types.into_iter().flat_map(|exchange| {
        [false, true].map(|can_pass_on| Node {
            exchange,
            can_pass_on,
            ..GATEWAY
        })
    })
}

#[test]
fn every_combination_is_decided_and_every_row_decides_one() {
    let mut used = vec![false; TREATMENTS.len()];
    for node in nodes() {
        for information in [Information::Message, Information::Parameter] {
            for bits in core::iter::once(None).chain((0..=0x7f).map(Some)) {
                let case = format!("{node:?} {information:?} {bits:?}");
                let mut rows = TREATMENTS.iter().zip(&mut used);
                let row = rows.find(|(row, _)| row.applies(&node, information, bits));
                let (row, used) = row.unwrap_or_else(|| panic!("no row: {case}"));
                *used = true;
                let (action, notify) = node.treat(information, bits.map(instruction).as_ref());
                assert_eq!(action, row.action, "{case}");
                // What holds whatever the instructions say.
                if action == Action::PassOn {
                    assert!(node.can_pass_on && !notify, "{case}");
                }
                if information == Information::Message {
                    assert_ne!(action, Action::DiscardParameter, "{case}");
                }
                if let Some(bits) = bits {
                    assert!(!notify || bits & C != 0, "{case}");
                    let interpreted = node.exchange == ExchangeType::A || bits & A != 0;
                    if interpreted && bits & B != 0 {
                        assert_eq!(action, Action::Release, "{case}");
                    }
                    if !interpreted && node.can_pass_on {
                        assert_eq!(action, Action::PassOn, "{case}");
                    }
                }
            }
        }
    }
    let idle = TREATMENTS.iter().zip(used).find(|(_, used)| !used);
    assert_eq!(idle, None);
    assert!(
        TREATMENTS
            .iter()
            .all(|row| row.clause.starts_with("Q.764 2.9.5.3."))
    );
}

#[test]
fn instructions_are_taken_by_their_letters() {
    use Action::{DiscardMessage, DiscardParameter, PassOn, Release};
    use ExchangeType::{A as TYPE_A, B as TYPE_B};
    use Information::{Message, Parameter};
    for (information, exchange, can_pass_on, bits, expected) in [
        (Message, TYPE_A, true, B | C | D | E, (Release, false)),
        (Message, TYPE_A, true, D, (DiscardMessage, false)),
        (Message, TYPE_A, true, C | D, (DiscardMessage, true)),
        (Message, TYPE_A, true, C | E, (PassOn, false)),
        (Message, TYPE_A, false, C, (Release, false)),
        (Message, TYPE_A, false, C | E, (DiscardMessage, true)),
        // For broadband exchanges alone: bits F and G change nothing.
        (Message, TYPE_A, true, F | G, (PassOn, false)),
        (Message, TYPE_B, true, B | C | D, (PassOn, false)),
        (Message, TYPE_B, true, A | C | D, (DiscardMessage, true)),
        (Message, TYPE_B, false, B | E, (DiscardMessage, false)),
        (Parameter, TYPE_A, true, B | D | E, (Release, false)),
        (Parameter, TYPE_A, true, C | D | E, (DiscardMessage, true)),
        (Parameter, TYPE_A, true, C | E, (DiscardParameter, true)),
        (Parameter, TYPE_A, true, C, (PassOn, false)),
        (Parameter, TYPE_A, false, C, (Release, false)),
        (Parameter, TYPE_A, false, C | F, (DiscardMessage, true)),
        (Parameter, TYPE_A, false, G, (DiscardParameter, false)),
        (Parameter, TYPE_A, false, G | F, (Release, false)),
        (Parameter, TYPE_B, true, B | C | D | E, (PassOn, false)),
        (Parameter, TYPE_B, true, A | E, (DiscardParameter, false)),
        (
            Parameter,
            TYPE_B,
            false,
            B | C | G,
            (DiscardParameter, true),
        ),
    ] {
        let node = Node {
            exchange,
            can_pass_on,
            ..GATEWAY
        };
        let treated = node.treat(information, Some(&instruction(bits)));
        assert_eq!(treated, expected, "{information:?} {node:?} {bits:07b}");
    }
}

/// A CPG with those unrecognized parameters, and instructions for those that have any.
fn cpg(parameters: &[(u8, Option<u8>)]) -> Message {
    let mut cpg = Cpg::new(Event::Progress);
    fill(&mut cpg.optional, parameters);
    Message::Cpg(cpg)
}

fn fill(optional: &mut OptionalParameters, parameters: &[(u8, Option<u8>)]) {
    optional.push(&HopCounter(3));
    let mut information = Vec::new();
    for (code, instructions) in parameters {
        optional.push_octets(ParameterCode(*code), &[1, 2]).unwrap();
        information.extend(instructions.iter().flat_map(|bits| [*code, bits | 0x80]));
    }
    if !information.is_empty() {
        let code = ParameterCode::PARAMETER_COMPATIBILITY_INFORMATION;
        optional.push_octets(code, &information).unwrap();
    }
}

/// What is done, which parameters are taken out, and the cause and diagnostics that are sent.
type Summary = (Action, Vec<u8>, Option<(u8, Vec<u8>)>);

fn verdict(message: &Message) -> Option<Summary> {
    let verdict = GATEWAY.unrecognized_parameters(message, |code| code.row().is_some())?;
    let names = verdict.discarded.iter().map(|code| code.0).collect();
    let cause = verdict
        .cause
        .map(|cause| (cause.value, cause.diagnostics.to_vec()));
    Some((verdict.action, names, cause))
}

#[test]
fn the_strongest_instruction_counts() {
    use Action::{DiscardMessage, DiscardParameter, Release};
    assert_eq!(verdict(&cpg(&[])), None);
    let discard = (DiscardParameter, vec![200, 201], Some((99, vec![201])));
    let message = cpg(&[(200, Some(E)), (201, Some(C | E)), (200, None)]);
    assert_eq!(verdict(&message), Some(discard));
    let message = cpg(&[(200, Some(C | E)), (201, Some(C | D)), (202, Some(C | D))]);
    let expected = (DiscardMessage, vec![200], Some((110, vec![0x2c, 201])));
    assert_eq!(verdict(&message), Some(expected));
    let message = cpg(&[(200, Some(C | E)), (201, Some(D))]);
    assert_eq!(verdict(&message), Some((DiscardMessage, vec![200], None)));
    let message = cpg(&[(200, Some(B)), (201, Some(C | D)), (202, Some(B))]);
    assert_eq!(
        verdict(&message),
        Some((Release, vec![], Some((99, vec![200, 202]))))
    );
    // Without instructions.
    let expected = (DiscardParameter, vec![200], Some((99, vec![200])));
    assert_eq!(verdict(&cpg(&[(200, None)])), Some(expected));
}

#[test]
fn what_is_discarded_is_taken_out_and_nothing_else() {
    let Message::Cpg(mut cpg) = cpg(&[(200, Some(E)), (200, None), (201, Some(E))]) else {
        panic!()
    };
    let message = Message::Cpg(cpg.clone());
    let verdict = GATEWAY
        .unrecognized_parameters(&message, |code| code.0 != 200)
        .unwrap();
    verdict.apply(&mut cpg.optional);
    let left: Vec<_> = cpg.optional.iter().map(|(code, _)| code.0).collect();
    assert_eq!(left, [61, 201, 57]);
}

/// Q.764 2.9.5.2, expert-checks 39.
#[test]
fn rel_rlc_and_cfn_are_acted_upon_and_never_answered_with_cfn() {
    use Action::DiscardParameter;
    let all = [(200, Some(B)), (201, Some(C | D)), (202, None)];
    let mut rel = Rel::new(Cause::new(CauseValue::USER_BUSY, Location::User));
    fill(&mut rel.optional, &all);
    let mut rlc = Rlc::default();
    fill(&mut rlc.optional, &all);
    let mut cfn = Cfn::new(Cause::new(
        CauseValue::PARAMETER_NOT_IMPLEMENTED,
        Location::User,
    ));
    fill(&mut cfn.optional, &all);
    let names = vec![200, 201, 202];
    let in_rlc = Some((99, vec![201, 202]));
    let expected = (DiscardParameter, names.clone(), in_rlc);
    assert_eq!(verdict(&Message::Rel(rel)), Some(expected));
    for message in [Message::Rlc(rlc), Message::Cfn(cfn)] {
        assert_eq!(
            verdict(&message),
            Some((DiscardParameter, names.clone(), None))
        );
    }
}
