//! Ladders of one exchange: what comes in, what goes out, in virtual time.

mod blocking;
mod congestion;
mod disorder;
mod group_blocking;
mod pause;
mod q784;
mod query;
mod reset;
mod segments;
mod user_part;

use super::*;
use crate::{
    Acm, Anm, BackwardCallIndicators, CalledPartyNumber, CallingPartyCategory, Gra, Grs, Iam,
    Message, NatureOfAddress, Pdu, Rel, Rlc, Status, UnknownMessage, Variant, decode, encode,
};
use core::time::Duration;
use trunkline_model::mtp::{MtpIndication, MtpStatus, MtpTransfer, SI_ISUP};
use trunkline_model::{
    Cause, CauseValue, Cic, CircuitId, Location, NetworkIndicator, PointCode, Time, TrunkGroupId,
};

const GROUP: TrunkGroupId = TrunkGroupId(0);

/// One end: its table, its clock, and the names of what it has put out.
struct Exchange {
    table: CircuitTable,
    now: Time,
    us: PointCode,
    them: PointCode,
}

fn point_code(value: u32) -> PointCode {
    PointCode::new(value).unwrap()
}

impl Exchange {
    /// Circuits 1 to `count` between us (2) and them (1): we control the even ones.
    fn unreset(count: u16) -> Self {
        Self::with_circuits((1..=count).collect())
    }

    fn with_circuits(cics: Vec<u16>) -> Self {
        Self::of_variant("itu", cics)
    }

    /// The same, with an other end that speaks another ISUP.
    fn of_variant(variant: &str, cics: Vec<u16>) -> Self {
        let group = CircuitGroup {
            id: GROUP,
            opc: point_code(2),
            dpc: point_code(1),
            variant: Variant::named(variant).unwrap(),
            ni: NetworkIndicator::National,
            cics: cics.into_iter().map(|cic| Cic::new(cic).unwrap()).collect(),
            selection: Selection::default(),
            timers: Timers::default(),
        };
        let table = CircuitTable::new(vec![group]).unwrap();
        Self {
            table,
            now: Time::ZERO,
            us: point_code(2),
            them: point_code(1),
        }
    }

    /// The same after the reset at the start.
    fn ready(count: u16) -> Self {
        let mut exchange = Self::unreset(count);
        let them = exchange.them;
        let out = exchange.handle(Input::Mtp(MtpIndication::Resume(them)));
        assert!(
            out[0].starts_with("GRS") || out[0].starts_with("RSC"),
            "{out:?}"
        );
        let range = u8::try_from(count - 1).unwrap();
        exchange.receive(
            1,
            Message::Gra(Gra {
                range,
                status: Status::new(),
            }),
        );
        exchange
    }

    fn name(&self, cic: u16) -> CircuitId {
        CircuitId {
            dpc: self.them,
            cic: Cic::new(cic).unwrap(),
        }
    }

    fn handle(&mut self, input: Input) -> Vec<String> {
        self.table.handle(self.now, input);
        self.take()
    }

    fn receive(&mut self, cic: u16, message: Message) -> Vec<String> {
        let cic = Cic::new(cic).unwrap();
        self.receive_octets(encode(&Pdu::new(cic, message)))
    }

    fn receive_octets(&mut self, data: Vec<u8>) -> Vec<String> {
        let (opc, dpc) = (self.them, self.us);
        let ni = NetworkIndicator::National;
        let transfer = MtpTransfer {
            opc,
            dpc,
            si: SI_ISUP,
            ni,
            mp: 0,
            sls: 0,
            data,
        };
        self.handle(Input::Mtp(MtpIndication::Transfer(transfer)))
    }

    /// What follows from a message.
    fn receive_for_outputs(&mut self, cic: u16, message: Message) -> Vec<Output> {
        let cic = Cic::new(cic).unwrap();
        let transfer = MtpTransfer {
            opc: self.them,
            dpc: self.us,
            si: SI_ISUP,
            ni: NetworkIndicator::National,
            mp: 0,
            sls: 0,
            data: encode(&Pdu::new(cic, message)),
        };
        let input = Input::Mtp(MtpIndication::Transfer(transfer));
        self.table.handle(self.now, input);
        self.outputs()
    }

    /// The messages that answer one.
    fn receive_for_messages(&mut self, cic: u16, message: Message) -> Vec<Message> {
        let outputs = self.receive_for_outputs(cic, message);
        let messages = outputs.into_iter().filter_map(|output| match output {
            Output::Mtp(transfer) => Some(decode(&transfer.data).unwrap().message),
            _ => None,
        });
        messages.collect()
    }

    fn outputs(&mut self) -> Vec<Output> {
        core::iter::from_fn(|| self.table.poll_output()).collect()
    }

    fn pause(&mut self) -> Vec<String> {
        self.handle(Input::Mtp(MtpIndication::Pause(self.them)))
    }

    fn resume(&mut self) -> Vec<String> {
        self.handle(Input::Mtp(MtpIndication::Resume(self.them)))
    }

    fn status(&mut self, status: MtpStatus) -> Vec<String> {
        self.handle(Input::Mtp(MtpIndication::Status(self.them, status)))
    }

    fn request(&mut self, cic: u16, request: Request) -> Vec<String> {
        let name = self.name(cic);
        self.handle(Input::Request(name, request))
    }

    fn seize(&mut self) -> Option<u16> {
        let name = self.table.seize(self.now, GROUP)?;
        self.take();
        u16::try_from(name.cic.value()).ok()
    }

    /// Seizes a circuit and sends IAM on it.
    fn call(&mut self) -> u16 {
        let cic = self.seize().unwrap();
        assert_eq!(
            self.request(cic, Request::Send(iam())),
            [format!("IAM {cic}")]
        );
        cic
    }

    /// Lets seconds pass, running each timer when it is due.
    fn after(&mut self, seconds: u64) -> Vec<String> {
        self.wait(Duration::from_secs(seconds))
    }

    fn wait(&mut self, duration: Duration) -> Vec<String> {
        let end = self.now + duration;
        let mut out = Vec::new();
        while let Some((at, _)) = self.table.poll_timeout().filter(|&(at, _)| at <= end) {
            self.now = at;
            self.table.handle_timeout(at);
            out.extend(self.take());
        }
        self.now = end;
        out
    }

    /// Outputs in words, without the changes of state.
    fn take(&mut self) -> Vec<String> {
        let mut out = Vec::new();
        while let Some(output) = self.table.poll_output() {
            match output {
                Output::Mtp(transfer) => {
                    assert_eq!((transfer.opc, transfer.dpc), (self.us, self.them));
                    let pdu = decode(&transfer.data).unwrap();
                    assert_eq!(transfer.sls, pdu.cic.sls());
                    out.push(format!("{} {}", pdu.message.name(), pdu.cic));
                }
                Output::Call(circuit, indication) => {
                    let what = match indication {
                        Indication::Message(message) => message.name().to_owned(),
                        Indication::Released(rel) => format!("Released {}", rel.cause.value),
                        Indication::Confusion(_) => "Confusion".to_owned(),
                        other => format!("{other:?}"),
                    };
                    out.push(format!("call {}: {what}", circuit.cic));
                }
                Output::Alarm(circuit, alarm) => out.push(format!("{}: {alarm:?}", circuit.cic)),
                Output::Discarded { reason, .. } => {
                    out.push(format!("discarded: {}", reason.name()))
                }
                Output::Destination(dpc, event) => {
                    assert_eq!(dpc, self.them);
                    out.push(format!("{event:?}"));
                }
                Output::State(..) => {}
            }
        }
        self.check_census();
        out
    }

    fn check_census(&self) {
        let census = self.table.census(GROUP);
        let Census {
            resetting,
            idle,
            outgoing,
            incoming,
            releasing,
            ..
        } = census;
        let sum = resetting + idle + outgoing + incoming + releasing;
        assert_eq!(sum, self.table.circuits.len(), "{census:?}");
        let blocked = self
            .table
            .circuits
            .iter()
            .filter(|circuit| circuit.remotely_blocked.is_blocked());
        assert_eq!(blocked.count(), census.remotely_blocked);
    }

    fn idle(&self) -> usize {
        self.table.census(GROUP).idle
    }
}

fn iam() -> Message {
    iam_of(CallingPartyCategory::Ordinary)
}

fn iam_of(calling_category: CallingPartyCategory) -> Message {
    let called = CalledPartyNumber::new(NatureOfAddress::International, "4930123".parse().unwrap());
    Message::Iam(Iam {
        calling_category,
        ..Iam::new(called)
    })
}

fn acm() -> Message {
    Message::Acm(Acm::new(BackwardCallIndicators::default()))
}

fn rel(value: CauseValue) -> Rel {
    Rel::new(Cause::new(value, Location::User))
}

fn rlc() -> Message {
    Message::Rlc(Rlc::default())
}

// ---- calls

#[test]
fn outgoing_call_from_iam_to_rlc() {
    let mut exchange = Exchange::ready(4);
    let cic = exchange.call();
    assert_eq!(exchange.receive(cic, acm()), [format!("call {cic}: ACM")]);
    let anm = Message::Anm(Anm::default());
    assert_eq!(exchange.receive(cic, anm), [format!("call {cic}: ANM")]);
    assert_eq!(
        exchange.after(3_600),
        [""; 0],
        "no timer runs while they talk"
    );
    let release = Request::Release(rel(CauseValue::NORMAL_CALL_CLEARING));
    assert_eq!(exchange.request(cic, release), [format!("REL {cic}")]);
    assert_eq!(
        exchange.receive(cic, rlc()),
        [format!("call {cic}: ReleaseComplete")]
    );
    assert_eq!(exchange.idle(), 4);
}

#[test]
fn incoming_call_is_released_by_the_other_end() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.receive(3, iam()), ["call 3: IAM"]);
    assert_eq!(exchange.request(3, Request::Send(acm())), ["ACM 3"]);
    let release = Message::Rel(rel(CauseValue::NORMAL_CALL_CLEARING));
    assert_eq!(
        exchange.receive(3, release),
        ["RLC 3", "call 3: Released 16"]
    );
    assert_eq!(exchange.idle(), 4);
}

#[test]
fn t7_and_t9_are_reported_and_the_circuit_stays_the_calls() {
    let mut exchange = Exchange::ready(4);
    let cic = exchange.call();
    assert_eq!(exchange.after(25), [format!("call {cic}: Expired(T7)")]);
    let cic = exchange.call();
    exchange.receive(cic, acm());
    assert_eq!(exchange.after(179), [""; 0]);
    assert_eq!(exchange.after(1), [format!("call {cic}: Expired(T9)")]);
    assert_eq!(exchange.table.census(GROUP).outgoing, 2);
}

#[test]
fn freed_circuit_can_be_seized_again_last() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.seize(), Some(2));
    exchange.request(2, Request::Free);
    let order: Vec<_> = (0..4).map(|_| exchange.seize().unwrap()).collect();
    assert_eq!(order, [4, 2, 1, 3]);
    assert_eq!(exchange.seize(), None);
}

// ---- release

// expert-checks 12: REL every T1 until T5, then RSC and an alarm, then T16, T17.
#[test]
fn rel_is_repeated_until_t5_then_the_circuit_is_reset() {
    let mut exchange = Exchange::ready(4);
    let cic = exchange.call();
    exchange.request(cic, Request::Release(rel(CauseValue::USER_BUSY)));
    assert_eq!(exchange.after(15), [format!("REL {cic}")]);
    let out = exchange.after(285);
    let tail = [
        format!("{cic}: NoReleaseComplete"),
        format!("call {cic}: ReleaseComplete"),
        format!("RSC {cic}"),
    ];
    assert_eq!(out[out.len() - 3..], tail, "{out:?}");
    assert_eq!(exchange.after(15), [format!("RSC {cic}")], "T16");
    assert_eq!(exchange.receive(cic, rlc()), [""; 0]);
    assert_eq!(exchange.idle(), 4);
}

// expert-checks 11
#[test]
fn crossing_rels_are_both_answered_and_both_awaited() {
    let mut exchange = Exchange::ready(4);
    let cic = exchange.call();
    exchange.request(cic, Request::Release(rel(CauseValue::NORMAL_CALL_CLEARING)));
    let theirs = Message::Rel(rel(CauseValue::NORMAL_CALL_CLEARING));
    assert_eq!(exchange.receive(cic, theirs), [format!("RLC {cic}")]);
    assert_eq!(exchange.table.census(GROUP).releasing, 1);
    let late = Message::Anm(Anm::default());
    assert_eq!(exchange.receive(cic, late), ["discarded: unexpected"]);
    assert_eq!(
        exchange.receive(cic, rlc()),
        [format!("call {cic}: ReleaseComplete")]
    );
}

// expert-checks 10: REL is answered on any circuit; other backward messages reset an idle one.
#[test]
fn idle_circuit_answers_rel_and_resets_after_unreasonable_messages() {
    let mut exchange = Exchange::ready(4);
    let release = Message::Rel(rel(CauseValue::NORMAL_CALL_CLEARING));
    assert_eq!(exchange.receive(1, release), ["RLC 1"]);
    assert_eq!(exchange.receive(1, rlc()), ["discarded: unexpected"]);
    assert_eq!(
        exchange.receive(1, acm()),
        ["discarded: unexpected", "RSC 1"]
    );
    assert_eq!(exchange.receive(1, rlc()), [""; 0]);
    assert_eq!(exchange.idle(), 4);
}

#[test]
fn rlc_for_a_busy_circuit_ends_the_call_and_releases() {
    let mut exchange = Exchange::ready(4);
    exchange.receive(1, iam());
    let expected = ["call 1: Cleared(UnexpectedRlc)", "REL 1"];
    assert_eq!(exchange.receive(1, rlc()), expected);
}

// ---- dual seizure (Q.764 2.9.1.4, expert-checks 4)

#[test]
fn controlling_end_keeps_the_circuit() {
    let mut exchange = Exchange::ready(4);
    let cic = exchange.call();
    assert_eq!(
        cic % 2,
        0,
        "we have the higher point code: even circuits are ours"
    );
    assert_eq!(exchange.receive(cic, iam()), ["discarded: dual_seizure"]);
    assert_eq!(exchange.receive(cic, acm()), [format!("call {cic}: ACM")]);
}

#[test]
fn other_end_gives_way_without_rel() {
    let mut exchange = Exchange::ready(3);
    assert_eq!(exchange.call(), 2);
    assert_eq!(exchange.call(), 1);
    assert_eq!(
        exchange.receive(1, iam()),
        ["call 1: DualSeizure", "call 1: IAM"]
    );
    assert_eq!(exchange.table.census(GROUP).incoming, 1);
}

#[test]
fn iam_on_a_circuit_that_was_only_seized_takes_it() {
    let mut exchange = Exchange::ready(2);
    let cic = exchange.seize().unwrap();
    let expected = [
        format!("call {cic}: DualSeizure"),
        format!("call {cic}: IAM"),
    ];
    assert_eq!(exchange.receive(cic, iam()), expected);
}

// ---- what cannot be understood

#[test]
fn unknown_messages_get_cfn_and_malformed_or_foreign_ones_nothing() {
    let mut exchange = Exchange::ready(2);
    let unknown = UnknownMessage {
        message_type: 0xfe,
        content: vec![1, 2],
    };
    let expected = ["discarded: not_implemented", "CFN 1"];
    assert_eq!(exchange.receive(1, Message::Unknown(unknown)), expected);
    assert_eq!(
        exchange.receive_octets(vec![1, 0, 0x01, 0]),
        ["discarded: malformed"]
    );
    assert_eq!(exchange.receive_octets(vec![]), ["discarded: malformed"]);
    // expert-checks 9: ITU-T networks do not answer for circuits that are not equipped.
    assert_eq!(exchange.receive(9, iam()), ["discarded: unequipped"]);
    assert_eq!(exchange.idle(), 2);
}

/// A message of a type that nobody knows, with these instruction indicators (Q.763 3.33).
fn unknown_with(instructions: u8) -> Message {
    Message::Unknown(UnknownMessage {
        message_type: 0xfe,
        content: vec![1, 0x38, 1, 0x80 | instructions, 0],
    })
}

/// Instruction indicators of Q.763 3.33; E is "pass on not possible: discard".
const RELEASE: u8 = 0x02;
const NOTIFY: u8 = 0x04;
const DISCARD: u8 = 0x08;
const DISCARD_IF_NOT_PASSED_ON: u8 = 0x10;

// Q.764 2.9.5.3, expert-checks 39.
#[test]
fn instructions_of_an_unknown_message_decide_what_becomes_of_the_call() {
    let discarded = "discarded: not_implemented";
    let released = [discarded, "call 1: Released 97", "REL 1"];
    for (instructions, busy, idle) in [
        (DISCARD, &[discarded][..], &[discarded][..]),
        (
            DISCARD | NOTIFY,
            &[discarded, "CFN 1"],
            &[discarded, "CFN 1"],
        ),
        (RELEASE, &released, &[discarded]),
        (RELEASE | NOTIFY, &released, &[discarded, "CFN 1"]),
        (RELEASE | DISCARD | NOTIFY, &released, &[discarded, "CFN 1"]),
        // To be passed on, which cannot be done here; bit E says what then.
        (0, &released, &[discarded]),
        (NOTIFY, &released, &[discarded, "CFN 1"]),
        (DISCARD_IF_NOT_PASSED_ON, &[discarded], &[discarded]),
        (
            DISCARD_IF_NOT_PASSED_ON | NOTIFY,
            &[discarded, "CFN 1"],
            &[discarded, "CFN 1"],
        ),
    ] {
        // Whether the sender wants transit exchanges to look (bit A) makes no difference here.
        for instructions in [instructions, instructions | 1] {
            let mut exchange = Exchange::ready(2);
            let out = exchange.receive(1, unknown_with(instructions));
            assert_eq!(out, idle, "idle, {instructions:#04x}");
            assert_eq!(exchange.idle(), 2, "{instructions:#04x}");
            exchange.receive(1, iam());
            let out = exchange.receive(1, unknown_with(instructions));
            assert_eq!(out, busy, "with a call, {instructions:#04x}");
        }
    }
}

#[test]
fn release_for_an_unknown_message_names_it_and_runs_like_any_other() {
    let mut exchange = Exchange::ready(2);
    assert_eq!(exchange.call(), 2);
    let answers = exchange.receive_for_messages(2, unknown_with(RELEASE));
    let [Message::Rel(rel)] = &answers[..] else {
        panic!("{answers:?}")
    };
    assert_eq!(rel.cause.value, 97);
    assert_eq!(rel.cause.diagnostics[..], [0xfe]);
    assert_eq!(exchange.after(15), ["REL 2"], "T1");
    // Another one changes nothing any more.
    assert_eq!(
        exchange.receive(2, unknown_with(RELEASE)),
        ["discarded: not_implemented"]
    );
    assert_eq!(exchange.receive(2, rlc()), ["call 2: ReleaseComplete"]);
    assert_eq!(exchange.idle(), 2);
}

#[test]
fn ucic_takes_the_circuit_out_of_use() {
    let mut exchange = Exchange::ready(2);
    assert_eq!(exchange.call(), 2);
    let expected = ["2: Unequipped", "call 2: Unequipped"];
    assert_eq!(exchange.receive(2, Message::Ucic), expected);
    assert_eq!(exchange.seize(), Some(1));
    assert_eq!(exchange.seize(), None);
}

#[test]
fn tables_that_cannot_be_are_refused() {
    let group = |id: u16, opc: u32, cics: &[u16]| CircuitGroup {
        id: TrunkGroupId(id),
        opc: point_code(opc),
        dpc: point_code(1),
        variant: Variant::itu(),
        ni: NetworkIndicator::National,
        cics: cics.iter().map(|cic| Cic::new(*cic).unwrap()).collect(),
        selection: Selection::MostRecentlyIdle,
        timers: Timers::default(),
    };
    let refused = |groups| CircuitTable::new(groups).unwrap_err();
    assert!(matches!(
        refused(vec![group(0, 2, &[])]),
        CircuitTableError::Empty(_)
    ));
    assert!(matches!(
        refused(vec![group(0, 1, &[1])]),
        CircuitTableError::Loop(..)
    ));
    assert!(matches!(
        refused(vec![group(0, 2, &[1, 1])]),
        CircuitTableError::Duplicate(_)
    ));
    let twice = vec![group(0, 2, &[1]), group(0, 2, &[2])];
    assert!(matches!(
        refused(twice),
        CircuitTableError::DuplicateGroup(_)
    ));
    let both = vec![group(0, 2, &[1]), group(1, 2, &[1])];
    assert!(matches!(refused(both), CircuitTableError::Duplicate(_)));
    // Who sends a message is known by its point code: all groups to it speak alike.
    let variant = Variant::named("ansi-1995").unwrap();
    let other = CircuitGroup {
        variant,
        ..group(1, 2, &[0x1000])
    };
    let different = vec![group(0, 2, &[1]), other.clone()];
    assert!(matches!(
        refused(different),
        CircuitTableError::Variants(..)
    ));
    assert!(CircuitTable::new(vec![other]).is_ok());
    assert!(matches!(
        refused(vec![group(0, 2, &[0x1000])]),
        CircuitTableError::CicTooLarge(_, _, 0xfff, "itu")
    ));
}

#[test]
fn a_circuit_takes_little_memory() {
    assert!(
        size_of::<table::Circuit>() < 100,
        "{}",
        size_of::<table::Circuit>()
    );
}
