//! Signaling congestion control (Q.764 2.10.2, expert-checks 16).

use super::*;

const T30_SECONDS: u64 = T30.as_secs();

/// What is reported when a step is reached.
fn step(step: u8) -> [String; 1] {
    let refused = STEPS[usize::from(step)];
    [format!("Congestion {{ step: {step}, refused: {refused} }}")]
}

impl Exchange {
    /// MTP-STATUS: congestion.
    fn congested(&mut self, level: u8) -> Vec<String> {
        self.status(MtpStatus::Congestion(level))
    }

    fn refused_of_a_hundred(&mut self) -> usize {
        let category = CallingPartyCategory::Ordinary;
        let calls = (0..100).map(|_| self.table.admits(GROUP, category));
        calls.filter(|admitted| !admitted).count()
    }
}

#[test]
fn first_indication_takes_one_step_and_those_during_t29_take_none() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.refused_of_a_hundred(), 0);
    assert_eq!(exchange.congested(1), step(1));
    assert_eq!(exchange.refused_of_a_hundred(), 25);
    assert_eq!(exchange.congested(1), [""; 0]);
    assert_eq!(exchange.wait(T29 - Duration::from_millis(1)), [""; 0]);
    assert_eq!(exchange.congested(3), [""; 0]);
    assert_eq!(exchange.refused_of_a_hundred(), 25);
}

#[test]
fn indication_after_t29_takes_another_step_and_restarts_both_timers() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.congested(1), step(1));
    assert_eq!(exchange.wait(T29), [""; 0]);
    assert_eq!(exchange.congested(1), step(2));
    assert_eq!(exchange.congested(1), [""; 0], "T29 was restarted");
    assert_eq!(exchange.refused_of_a_hundred(), 50);
    let almost = T30 - Duration::from_millis(1);
    assert_eq!(exchange.wait(almost), [""; 0], "T30 was restarted");
    // Still during T30.
    assert_eq!(exchange.congested(1), step(3));
    assert_eq!(exchange.wait(almost), [""; 0]);
    assert_eq!(exchange.wait(Duration::from_millis(1)), step(2));
}

#[test]
fn t30_gives_one_step_back_each_time_until_full_load() {
    let mut exchange = Exchange::ready(4);
    for expected in 1..=3 {
        assert_eq!(exchange.congested(1), step(expected));
        exchange.wait(T29);
    }
    assert_eq!(exchange.wait(T30 - T29), step(2));
    assert_eq!(exchange.refused_of_a_hundred(), 50);
    assert_eq!(exchange.after(T30_SECONDS), step(1));
    assert_eq!(exchange.refused_of_a_hundred(), 25);
    assert_eq!(exchange.after(T30_SECONDS), step(0));
    assert_eq!(exchange.refused_of_a_hundred(), 0);
    assert_eq!(exchange.table.poll_timeout(), None, "full load");
    // The next one is a first one again.
    assert_eq!(exchange.congested(1), step(1));
}

#[test]
fn indication_while_traffic_grows_takes_it_back() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.congested(1), step(1));
    exchange.wait(T29);
    assert_eq!(exchange.congested(1), step(2));
    assert_eq!(exchange.after(T30_SECONDS), step(1));
    assert_eq!(exchange.congested(1), step(2));
    let almost = T30 - Duration::from_millis(1);
    assert_eq!(exchange.wait(almost), [""; 0], "T30 was restarted");
}

#[test]
fn last_step_is_held_as_long_as_the_indications_come() {
    let mut exchange = Exchange::ready(4);
    let last = u8::try_from(STEPS.len() - 1).unwrap();
    for expected in 1..=last {
        assert_eq!(exchange.congested(1), step(expected));
        exchange.wait(T29);
    }
    for _ in 0..20 {
        assert_eq!(exchange.congested(1), [""; 0]);
        assert_eq!(exchange.after(T30_SECONDS - 1), [""; 0]);
    }
    assert_eq!(exchange.refused_of_a_hundred(), 90);
    assert_eq!(exchange.after(1), step(last - 1));
}

#[test]
fn abatement_takes_no_step_and_starts_nothing() {
    let mut exchange = Exchange::ready(4);
    assert_eq!(exchange.congested(0), [""; 0]);
    assert_eq!(exchange.table.poll_timeout(), None);
    assert_eq!(exchange.congested(1), step(1));
    exchange.after(T30_SECONDS - 1);
    assert_eq!(exchange.congested(0), [""; 0]);
    assert_eq!(exchange.after(1), step(0), "T30 was not restarted");
}

#[test]
fn operators_and_priority_pass_at_the_last_step_and_are_not_counted() {
    let mut exchange = Exchange::ready(4);
    for _ in 1..STEPS.len() {
        exchange.congested(1);
        exchange.wait(T29);
    }
    for category in [
        CallingPartyCategory::Priority,
        CallingPartyCategory::Operator,
        CallingPartyCategory::OperatorGerman,
        CallingPartyCategory::Ieps,
    ] {
        assert!((0..100).all(|_| exchange.table.admits(GROUP, category)));
    }
    assert_eq!(exchange.refused_of_a_hundred(), 90);
    let test = CallingPartyCategory::Test;
    assert!((0..100).any(|_| !exchange.table.admits(GROUP, test)));
}

/// Calls that there are, and those of the other end, are not concerned: no message is held back.
#[test]
fn congestion_holds_up_no_call_that_has_begun_and_none_of_the_other_end() {
    let mut exchange = Exchange::ready(4);
    let cic = exchange.call();
    for _ in 1..STEPS.len() {
        exchange.congested(1);
        exchange.wait(T29);
    }
    assert_eq!(exchange.receive(cic, acm()), [format!("call {cic}: ACM")]);
    assert_eq!(exchange.receive(3, iam()), ["call 3: IAM"]);
    assert_eq!(exchange.request(3, Request::Send(acm())), ["ACM 3"]);
    let release = Request::Release(rel(CauseValue::NORMAL_CALL_CLEARING));
    assert_eq!(exchange.request(3, release), ["REL 3"]);
    // Whoever may call, may seize.
    assert!(exchange.seize().is_some());
}

/// Two trunk groups to one exchange, and one to another: the exchange is what is congested.
#[test]
fn congestion_is_of_a_destination_and_of_all_trunk_groups_that_lead_there() {
    let group = |id, dpc, cics: core::ops::Range<u16>| CircuitGroup {
        id: TrunkGroupId(id),
        opc: point_code(2),
        dpc: point_code(dpc),
        variant: Variant::itu(),
        ni: NetworkIndicator::National,
        cics: cics.map(|cic| Cic::new(cic).unwrap()).collect(),
        selection: Selection::default(),
        timers: Timers::default(),
    };
    let groups = vec![group(0, 1, 1..5), group(1, 7, 1..5), group(2, 1, 5..9)];
    let mut table = CircuitTable::new(groups).unwrap();
    let mut indicate = |now, dpc| {
        let status = MtpIndication::Status(point_code(dpc), MtpStatus::Congestion(1));
        table.handle(now, Input::Mtp(status));
        core::iter::from_fn(|| table.poll_output()).collect::<Vec<_>>()
    };
    let (event, now) = (
        DestinationEvent::Congestion {
            step: 1,
            refused: 25,
        },
        Time::ZERO,
    );
    assert_eq!(
        indicate(now, 1),
        [Output::Destination(point_code(1), event)]
    );
    assert_eq!(indicate(now, 9), [], "nobody that we know");
    let mut refused = |group| {
        let calls =
            (0..8).map(|_| table.admits(TrunkGroupId(group), CallingPartyCategory::Ordinary));
        calls.filter(|admitted| !admitted).count()
    };
    assert_eq!([refused(0), refused(1), refused(2)], [2, 0, 2]);
    assert_eq!(refused(9), 0, "no such group");
}
