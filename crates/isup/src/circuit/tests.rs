//! Ladders of one exchange: what comes in, what goes out, in virtual time.

use super::*;
use crate::{
    Acm, Anm, BackwardCallIndicators, CalledPartyNumber, CallingPartyCategory, Gra, Grs, Iam,
    Message, NatureOfAddress, Pdu, Rel, Rlc, Status, UnknownMessage, decode, encode,
};
use core::time::Duration;
use trunkline_model::mtp::{MtpIndication, MtpTransfer, SI_ISUP};
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
        let group = CircuitGroup {
            id: GROUP,
            opc: point_code(2),
            dpc: point_code(1),
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
        self.receive_octets(encode(&Pdu { cic, message }))
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

    /// The messages that answer one.
    fn receive_for_messages(&mut self, cic: u16, message: Message) -> Vec<Message> {
        let cic = Cic::new(cic).unwrap();
        let transfer = MtpTransfer {
            opc: self.them,
            dpc: self.us,
            si: SI_ISUP,
            ni: NetworkIndicator::National,
            mp: 0,
            sls: 0,
            data: encode(&Pdu { cic, message }),
        };
        let input = Input::Mtp(MtpIndication::Transfer(transfer));
        self.table.handle(self.now, input);
        let outputs = core::iter::from_fn(|| self.table.poll_output());
        let messages = outputs.filter_map(|output| match output {
            Output::Mtp(transfer) => Some(decode(&transfer.data).unwrap().message),
            _ => None,
        });
        messages.collect()
    }

    fn request(&mut self, cic: u16, request: Request) -> Vec<String> {
        let name = self.name(cic);
        self.handle(Input::Request(name, request))
    }

    fn seize(&mut self) -> Option<u16> {
        let name = self.table.seize(self.now, GROUP)?;
        self.take();
        Some(name.cic.value())
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

    /// Lets time pass, running each timer when it is due.
    fn after(&mut self, seconds: u64) -> Vec<String> {
        let end = self.now + Duration::from_secs(seconds);
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
            .filter(|circuit| circuit.remotely_blocked);
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

// ---- start-up

#[test]
fn circuits_are_unusable_until_their_reset_is_acknowledged() {
    let mut exchange = Exchange::unreset(31);
    assert_eq!(exchange.seize(), None);
    let them = exchange.them;
    assert_eq!(
        exchange.handle(Input::Mtp(MtpIndication::Resume(them))),
        ["GRS 1"]
    );
    assert_eq!(exchange.seize(), None);
    let mut status = Status::new();
    status.set(1, true);
    assert_eq!(
        exchange.receive(1, Message::Gra(Gra { range: 30, status })),
        [""; 0]
    );
    assert_eq!(exchange.idle(), 31);
    assert_eq!(
        exchange.table.census(GROUP).remotely_blocked,
        1,
        "the GRA's status bit"
    );
    // Controlled circuits first: the even ones, but for 2, which is blocked.
    assert_eq!(exchange.seize(), Some(4));
}

// expert-checks 6, 14: at most 32 circuits a GRS, consecutive ones, a window of them at a time.
#[test]
fn large_groups_are_reset_range_by_range() {
    let mut cics: Vec<u16> = (1..=200).collect();
    cics.retain(|cic| *cic != 40);
    cics.push(300);
    let mut exchange = Exchange::with_circuits(cics);
    let them = exchange.them;
    let out = exchange.handle(Input::Mtp(MtpIndication::Resume(them)));
    assert_eq!(out, ["GRS 1", "GRS 33", "GRS 41", "GRS 73"]);
    let gra = |range| {
        Message::Gra(Gra {
            range,
            status: Status::new(),
        })
    };
    assert_eq!(exchange.receive(33, gra(6)), ["GRS 105"]);
    assert_eq!(exchange.receive(1, gra(31)), ["GRS 137"]);
    assert_eq!(
        exchange.receive(41, gra(30)),
        ["discarded: unexpected"],
        "another range"
    );
    assert_eq!(exchange.receive(41, gra(31)), ["GRS 169"]);
    assert_eq!(
        exchange.receive(73, gra(31)),
        ["RSC 300"],
        "one circuit has no range"
    );
    assert_eq!(exchange.receive(300, rlc()), [""; 0]);
    assert_eq!(exchange.receive(105, gra(31)), [""; 0]);
    assert_eq!(exchange.receive(137, gra(31)), [""; 0]);
    assert_eq!(exchange.receive(169, gra(31)), [""; 0]);
    assert_eq!(exchange.idle(), 200);
}

#[test]
fn group_reset_is_repeated_t22_then_t23_with_an_alarm() {
    let mut exchange = Exchange::unreset(4);
    let them = exchange.them;
    exchange.handle(Input::Mtp(MtpIndication::Resume(them)));
    assert_eq!(exchange.after(15), ["GRS 1"]);
    let out = exchange.after(285);
    assert_eq!(out.iter().filter(|line| *line == "GRS 1").count(), 19 + 1);
    assert!(out.contains(&"1: NoGroupResetAcknowledgement".to_owned()));
    assert_eq!(exchange.after(299), [""; 0]);
    assert_eq!(
        exchange.after(1),
        ["1: NoGroupResetAcknowledgement", "GRS 1"]
    );
}

/// GRS is repeated for the whole range: none of its circuits may have a call before GRA.
#[test]
fn circuit_of_a_range_is_not_used_before_its_gra_whatever_is_done_to_it() {
    let mut exchange = Exchange::unreset(4);
    let them = exchange.them;
    exchange.handle(Input::Mtp(MtpIndication::Resume(them)));
    assert_eq!(exchange.request(2, Request::Reset), [""; 0]);
    exchange.receive(2, rlc());
    exchange.receive(3, Message::Rsc);
    exchange.receive(4, Message::Ucic);
    assert_eq!(exchange.seize(), None);
    for cic in 1..=4 {
        assert_eq!(exchange.receive(cic, iam()), ["discarded: unexpected"]);
    }
    assert_eq!(exchange.after(15), ["GRS 1"]);
}

// expert-checks 14, 15: a pause stops new calls only; nothing is reset when it ends.
#[test]
fn pause_keeps_calls_and_resume_resets_nothing() {
    let mut exchange = Exchange::ready(4);
    let cic = exchange.call();
    let them = exchange.them;
    assert_eq!(
        exchange.handle(Input::Mtp(MtpIndication::Pause(them))),
        [""; 0]
    );
    assert_eq!(exchange.seize(), None);
    assert_eq!(
        exchange.handle(Input::Mtp(MtpIndication::Resume(them))),
        [""; 0]
    );
    assert_eq!(exchange.receive(cic, acm()), [format!("call {cic}: ACM")]);
    assert!(exchange.seize().is_some());
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

// ---- reset (Q.764 2.9.3, expert-checks 5, 6)

#[test]
fn rsc_on_a_busy_circuit_takes_the_call_off_and_ends_remote_blocking() {
    let mut exchange = Exchange::ready(4);
    exchange.receive(1, Message::Blo);
    exchange.request(1, Request::Block);
    assert_eq!(exchange.receive(1, Message::Rsc), ["BLO 1", "RLC 1"]);
    assert_eq!(exchange.table.census(GROUP).remotely_blocked, 0);
    let cic = exchange.call();
    let expected = [format!("RLC {cic}"), format!("call {cic}: Cleared(Reset)")];
    assert_eq!(exchange.receive(cic, Message::Rsc), expected);
}

#[test]
fn grs_clears_the_range_and_gra_names_blocked_circuits() {
    let mut exchange = Exchange::ready(4);
    exchange.receive(1, iam());
    exchange.request(3, Request::Block);
    let expected = ["call 1: Cleared(GroupReset)", "GRA 1"];
    assert_eq!(
        exchange.receive(1, Message::Grs(Grs { range: 2 })),
        expected
    );
    let messages = exchange.receive_for_messages(1, Message::Grs(Grs { range: 2 }));
    let gra = messages.into_iter().next_back().unwrap();
    let Message::Gra(gra) = gra else {
        panic!("{gra:?}")
    };
    assert_eq!(gra.status.ones().collect::<Vec<_>>(), [2]);
    let refused = exchange.receive(1, Message::Grs(Grs { range: 0 }));
    assert_eq!(refused, ["discarded: bad_range"], "Q.763 3.43");
}

/// A call control that seizes another circuit as soon as it is told that one is lost must not be
/// given one whose own call has not been told.
#[test]
fn circuit_is_not_seized_before_its_last_call_knows_that_it_is_lost() {
    let mut exchange = Exchange::ready(4);
    for _ in 0..4 {
        exchange.call();
    }
    let pdu = Pdu {
        cic: Cic::new(1).unwrap(),
        message: Message::Grs(Grs { range: 3 }),
    };
    let transfer = MtpTransfer {
        opc: exchange.them,
        dpc: exchange.us,
        si: SI_ISUP,
        ni: NetworkIndicator::National,
        mp: 0,
        sls: 0,
        data: encode(&pdu),
    };
    let grs = Input::Mtp(MtpIndication::Transfer(transfer));
    exchange.table.handle(exchange.now, grs);
    let mut told = Vec::new();
    let mut seized = Vec::new();
    while let Some(output) = exchange.table.poll_output() {
        if let Output::Call(circuit, _) = output {
            told.push(circuit);
            if let Some(circuit) = exchange.table.seize(exchange.now, GROUP) {
                assert!(told.contains(&circuit), "{circuit}");
                seized.push(circuit);
            }
        }
    }
    assert_eq!(seized.len(), 4);
}

// ---- blocking (Q.764 2.8.2, expert-checks 8)

#[test]
fn remotely_blocked_circuit_is_not_seized_and_an_iam_unblocks_it() {
    let mut exchange = Exchange::ready(2);
    assert_eq!(exchange.receive(1, Message::Blo), ["BLA 1"]);
    assert_eq!(exchange.receive(2, Message::Blo), ["BLA 2"]);
    assert_eq!(exchange.seize(), None);
    assert_eq!(exchange.receive(2, Message::Ubl), ["UBA 2"]);
    assert_eq!(exchange.seize(), Some(2));
    assert_eq!(
        exchange.receive(1, iam_of(CallingPartyCategory::Test)),
        ["call 1: IAM"]
    );
    assert_eq!(
        exchange.table.census(GROUP).remotely_blocked,
        1,
        "a test call unblocks nothing"
    );
    exchange.receive(1, Message::Rel(rel(CauseValue::NORMAL_CALL_CLEARING)));
    assert_eq!(exchange.receive(1, iam()), ["call 1: IAM"]);
    assert_eq!(exchange.table.census(GROUP).remotely_blocked, 0);
}

#[test]
fn blo_during_a_call_leaves_the_call() {
    let mut exchange = Exchange::ready(2);
    let cic = exchange.call();
    assert_eq!(exchange.receive(cic, acm()), [format!("call {cic}: ACM")]);
    assert_eq!(exchange.receive(cic, Message::Blo), [format!("BLA {cic}")]);
    let anm = Message::Anm(Anm::default());
    assert_eq!(exchange.receive(cic, anm), [format!("call {cic}: ANM")]);
}

// Q.764 2.8.1 ii: "on receipt of the blocking message after sending an initial address message and
// before any backward message has been received".
#[test]
fn blo_that_crosses_an_iam_takes_the_circuit_from_the_call() {
    let mut exchange = Exchange::ready(2);
    let cic = exchange.call();
    let expected = [
        format!("BLA {cic}"),
        format!("call {cic}: Cleared(Blocked)"),
        format!("REL {cic}"),
    ];
    assert_eq!(exchange.receive(cic, Message::Blo), expected);
    assert_eq!(
        exchange.receive(cic, rlc()),
        [format!("call {cic}: ReleaseComplete")]
    );
    let other = exchange.seize().unwrap();
    assert_ne!(other, cic);
    assert_eq!(exchange.seize(), None);
}

#[test]
fn uba_that_was_not_asked_for_unblocks_nothing() {
    let mut exchange = Exchange::ready(2);
    let expected = ["discarded: unexpected"];
    assert_eq!(exchange.receive(1, Message::Uba), expected);
    exchange.request(1, Request::Block);
    exchange.request(1, Request::Unblock);
    // The operator has changed his mind before the acknowledgement came.
    assert_eq!(exchange.request(1, Request::Block), ["BLO 1"]);
    let expected = ["discarded: unexpected", "BLO 1"];
    assert_eq!(exchange.receive(1, Message::Uba), expected);
    assert_eq!(exchange.table.census(GROUP).locally_blocked, 1);
}

#[test]
fn blo_and_ubl_are_repeated_until_acknowledged() {
    let mut exchange = Exchange::ready(1 + 1);
    assert_eq!(exchange.request(1, Request::Block), ["BLO 1"]);
    assert_eq!(exchange.after(15), ["BLO 1"]);
    assert_eq!(exchange.receive(1, Message::Bla), [""; 0]);
    assert_eq!(exchange.after(600), [""; 0]);
    assert_eq!(exchange.receive(1, iam()), ["discarded: blocked", "BLO 1"]);
    assert_eq!(exchange.request(1, Request::Unblock), ["UBL 1"]);
    let out = exchange.after(300);
    assert!(
        out.contains(&"1: NoUnblockingAcknowledgement".to_owned()),
        "{out:?}"
    );
    assert_eq!(exchange.receive(1, Message::Uba), [""; 0]);
    assert_eq!(exchange.table.census(GROUP).locally_blocked, 0);
}

/// Once UBL is out, nothing may tell the other end that the circuit is blocked: it would stay so
/// for ever.
#[test]
fn circuit_that_is_being_unblocked_is_not_named_blocked_any_more() {
    let mut exchange = Exchange::ready(4);
    let status = |exchange: &mut Exchange| {
        let grs = Message::Grs(Grs { range: 1 });
        let out = exchange.receive_for_messages(1, grs);
        let Some(Message::Gra(gra)) = out.into_iter().next_back() else {
            panic!("no GRA")
        };
        gra.status.get(0)
    };
    exchange.request(1, Request::Block);
    exchange.receive(1, Message::Bla);
    assert!(status(&mut exchange));
    assert_eq!(exchange.request(1, Request::Unblock), ["UBL 1"]);
    assert!(!status(&mut exchange));
    assert_eq!(exchange.receive(1, Message::Rsc), ["RLC 1"]);
    assert_eq!(exchange.after(15), ["UBL 1"]);
    // The UBA was lost; the IAM says the same.
    assert_eq!(exchange.receive(1, iam()), ["call 1: IAM"]);
    assert_eq!(exchange.table.census(GROUP).locally_blocked, 0);
    assert_eq!(exchange.after(60), [""; 0]);
}

/// A blocking that only we believe in ends with our own reset.
#[test]
fn own_reset_ends_remote_blocking_unless_blo_comes_before_rlc() {
    for still_blocked in [false, true] {
        let mut exchange = Exchange::ready(2);
        exchange.receive(1, Message::Blo);
        assert_eq!(exchange.request(1, Request::Reset), ["RSC 1"]);
        if still_blocked {
            exchange.receive(1, Message::Blo);
        }
        exchange.receive(1, rlc());
        let blocked = exchange.table.census(GROUP).remotely_blocked;
        assert_eq!(blocked, usize::from(still_blocked));
    }
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
    let cic = Cic::new(2).unwrap();
    let data = encode(&Pdu::new(cic, unknown_with(RELEASE)));
    let transfer = MtpTransfer {
        opc: exchange.them,
        dpc: exchange.us,
        si: SI_ISUP,
        ni: NetworkIndicator::National,
        mp: 0,
        sls: 0,
        data,
    };
    let input = Input::Mtp(MtpIndication::Transfer(transfer));
    exchange.table.handle(exchange.now, input);
    let rel =
        core::iter::from_fn(|| exchange.table.poll_output()).find_map(|output| match output {
            Output::Mtp(transfer) => decode(&transfer.data).ok(),
            _ => None,
        });
    let Some(Message::Rel(rel)) = rel.map(|pdu| pdu.message) else {
        panic!("no REL")
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
}

#[test]
fn a_circuit_takes_little_memory() {
    assert!(
        size_of::<table::Circuit>() < 100,
        "{}",
        size_of::<table::Circuit>()
    );
}
