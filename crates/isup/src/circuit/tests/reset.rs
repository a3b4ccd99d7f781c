//! Reset at start-up and later (Q.764 2.9.3, expert-checks 5, 6, 14).

use super::*;
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
    let pdu = Pdu::new(Cic::new(1).unwrap(), Message::Grs(Grs { range: 3 }));
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
