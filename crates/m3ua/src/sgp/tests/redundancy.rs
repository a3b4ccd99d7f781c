//! Several ASPs in an AS: n+k, override, loadshare, broadcast, and what is held meanwhile.

use super::*;

fn n_of(minimum_active: usize, asps: &[AspId]) -> Ladder {
    let mut l = Ladder::with(|s| s.application_servers[0].minimum_active = minimum_active);
    asps.iter().for_each(|asp| l.up(*asp));
    l
}

// RFC 4666 5.1.4
#[test]
fn as_is_active_once_n_asps_are() {
    let mut l = n_of(2, &[A, B, C]);
    assert_eq!(
        l.receive(A, aspac(None)),
        [asp_is(A, AspState::Active), sends(A, aspac_ack(None))]
    );
    // Until then there is no traffic.
    assert_eq!(
        l.transfer(to_as(0)),
        [Output::NotSent(to_as(0), NotSent::Unavailable)]
    );
    assert_eq!(
        l.receive(B, aspac(None)),
        [
            asp_is(B, AspState::Active),
            sends(B, aspac_ack(None)),
            as_is(AsState::Active),
            sends(A, notify(Status::AsActive)),
            sends(B, notify(Status::AsActive)),
            sends(C, notify(Status::AsActive)),
            resume(),
        ]
    );
}

// RFC 4666 5.2.3
#[test]
fn too_few_asps_are_told_to_those_that_could_help() {
    let mut l = n_of(2, &[A, B, C]);
    l.receive(A, aspac(None));
    l.receive(B, aspac(None));
    let short = notify(Status::InsufficientAspResources);
    assert_eq!(
        l.receive(A, aspia()),
        [
            asp_is(A, AspState::Inactive),
            sends(A, aspia_ack()),
            sends(A, short.clone()),
            sends(C, short.clone()),
        ]
    );
    // Traffic goes on with what is left.
    assert!(l.receivers().iter().all(|asp| *asp == B));
    // A newcomer is told, too.
    let d = AspId(4);
    l.connect(d, |_| {});
    let outputs = l.receive(d, AspUp::default());
    assert_eq!(
        outputs[2..],
        [sends(d, notify(Status::AsActive)), sends(d, short)]
    );
    let enough = [A, B, C, d].map(|asp| sends(asp, notify(Status::AsActive)));
    let outputs = l.receive(C, aspac(None));
    assert_eq!(
        outputs[..2],
        [asp_is(C, AspState::Active), sends(C, aspac_ack(None))]
    );
    assert_eq!(outputs[2..], enough);
}

#[test]
fn one_asp_is_enough_to_come_back_but_too_few() {
    let mut l = n_of(2, &[A, B]);
    l.receive(A, aspac(None));
    l.receive(B, aspac(None));
    l.receive(A, aspia());
    l.receive(B, aspia());
    assert_eq!(l.as_state(0), AsState::Pending);
    let outputs = l.receive(A, aspac(None));
    assert!(outputs.contains(&as_is(AsState::Active)));
    let short = notify(Status::InsufficientAspResources);
    assert_eq!(outputs.last(), Some(&sends(B, short)));
}

#[test]
fn override_needs_one_asp() {
    let mut l = n_of(2, &[A, B]);
    let outputs = l.receive(A, aspac(Some(TrafficMode::Override)));
    assert!(outputs.contains(&as_is(AsState::Active)));
}

#[test]
fn override_moves_all_traffic_to_the_newcomer() {
    let mut l = Ladder::new();
    let mode = Some(TrafficMode::Override);
    l.up(A);
    l.receive(A, aspac(mode));
    l.connect(B, |_| {});
    l.receive(B, identified(22));
    let alternate = Notify {
        asp_identifier: Some(22),
        ..notify(Status::AlternateAspActive)
    };
    assert_eq!(
        l.receive(B, aspac(mode)),
        [
            asp_is(A, AspState::Inactive),
            asp_is(B, AspState::Active),
            sends(B, aspac_ack(mode)),
            sends(A, alternate),
        ]
    );
    assert!(l.receivers().iter().all(|asp| *asp == B));
    // A was put inactive already; its ASPIA is acknowledged all the same.
    assert_eq!(l.receive(A, aspia()), [sends(A, aspia_ack())]);
    assert_eq!(l.receive(B, aspac(mode)), [sends(B, aspac_ack(mode))]);
}

#[test]
fn loadshare_keeps_each_sls_with_one_asp() {
    let mut l = Ladder::active();
    l.activate(B);
    let shared = l.receivers();
    let count = |all: &[AspId], asp| all.iter().filter(|a| **a == asp).count();
    assert_eq!((count(&shared, A), count(&shared, B)), (8, 8));
    assert_eq!(l.receivers(), shared);
    l.receive(A, aspia());
    assert_eq!(count(&l.receivers(), B), 16);
    l.receive(A, aspac(None));
    assert_eq!(l.receivers(), shared);
    // A third takes from both; what it does not take stays.
    l.activate(C);
    for (before, after) in shared.iter().zip(l.receivers()) {
        assert!(after == *before || after == C);
    }
}

#[test]
fn asp_that_comes_back_over_another_association_has_its_sls_again() {
    let mut l = Ladder::new();
    for (asp, identifier) in [(A, 1), (B, 2), (C, 3)] {
        l.connect(asp, |_| {});
        l.receive(asp, identified(identifier));
        l.receive(asp, aspac(None));
    }
    let shared = l.receivers();
    l.input(Input::AssociationDown(C));
    l.input(Input::AssociationDown(A));
    let (new_a, new_c) = (AspId(11), AspId(13));
    for (asp, identifier) in [(new_a, 1), (new_c, 3)] {
        l.connect(asp, |_| {});
        l.receive(asp, identified(identifier));
        l.receive(asp, aspac(None));
    }
    let renamed = shared.into_iter().map(|asp| match asp {
        A => new_a,
        C => new_c,
        other => other,
    });
    assert_eq!(l.receivers(), renamed.collect::<Vec<_>>());
}

#[test]
fn sls_that_moves_stays_in_order() {
    let delay = Duration::from_millis(500);
    let mut l = Ladder::with(|s| {
        s.diversion = delay;
        s.pending_queue = 3;
    });
    l.activate(A);
    l.activate(B);
    let marked = |mark| MtpTransfer {
        data: vec![mark],
        ..to_as(0)
    };
    let first = l.transfer(marked(0));
    let [Output::Send(way, _)] = first[..] else {
        panic!("{first:?}");
    };
    let other = if way == A { B } else { A };
    l.receive(way, aspia());
    // The last message may still be on its way.
    for mark in 1..=3 {
        assert_eq!(l.transfer(marked(mark)), []);
    }
    assert_eq!(
        l.transfer(marked(4)),
        [Output::NotSent(marked(4), NotSent::QueueFull)]
    );
    assert_eq!(l.sgp.application_servers().next().unwrap().held, 3);
    assert_eq!(
        l.sgp.poll_timeout(),
        Some((l.now + delay, Timer::Diversion(0)))
    );
    assert_eq!(
        l.after(delay),
        [1, 2, 3].map(|mark| sends(other, data(Some(7), marked(mark))))
    );
    assert_eq!(
        l.transfer(marked(5)),
        [sends(other, data(Some(7), marked(5)))]
    );
    assert_eq!(l.sgp.poll_timeout(), None);
}

#[test]
fn messages_that_were_moving_come_first_when_the_last_asp_goes() {
    let delay = Duration::from_millis(500);
    let mut l = Ladder::with(|s| {
        s.diversion = delay;
        s.pending_queue = 10;
    });
    l.activate(A);
    l.activate(B);
    let marked = |mark| MtpTransfer {
        data: vec![mark],
        ..to_as(0)
    };
    let first = l.transfer(marked(0));
    let [Output::Send(way, _)] = first[..] else {
        panic!("{first:?}");
    };
    let other = if way == A { B } else { A };
    l.receive(way, aspia());
    l.transfer(marked(1));
    l.receive(other, aspia());
    assert_eq!(l.as_state(0), AsState::Pending);
    l.transfer(marked(2));
    assert_eq!(
        l.sgp.poll_timeout(),
        Some((l.now + RECOVERY, Timer::Recovery(0)))
    );
    assert_eq!(l.after(delay), []);
    let outputs = l.receive(other, aspac(None));
    assert_eq!(
        outputs[outputs.len() - 2..],
        [1, 2].map(|mark| sends(other, data(Some(7), marked(mark))))
    );
}

#[test]
fn broadcast_reaches_all_and_tags_the_first_of_each_flow() {
    let mut l = Ladder::new();
    let mode = Some(TrafficMode::Broadcast);
    l.up(A);
    l.receive(A, aspac(mode));
    l.up(B);
    l.receive(B, aspac(mode));
    let correlation = |l: &mut Ladder, sls| {
        let outputs = l.transfer(to_as(sls));
        let [
            Output::Send(A, Message::Data(a)),
            Output::Send(B, Message::Data(b)),
        ] = &outputs[..]
        else {
            panic!("{outputs:?}");
        };
        assert_eq!(a, b);
        a.correlation_id
    };
    let ids = [1, 1, 2].map(|sls| correlation(&mut l, sls));
    assert_eq!(ids, [Some(1), None, Some(2)]);
    // An ASP that becomes active needs to find its place in the flows again.
    l.receive(B, aspia());
    l.transfer(to_as(1));
    l.receive(B, aspac(mode));
    let ids = [1, 1, 2].map(|sls| correlation(&mut l, sls));
    assert_eq!(ids, [Some(3), None, Some(4)]);
}

#[test]
fn pending_as_holds_traffic_for_the_asp_that_comes_back() {
    let mut l = Ladder::active();
    assert_eq!(
        l.receive(A, aspia()),
        [
            asp_is(A, AspState::Inactive),
            sends(A, aspia_ack()),
            as_is(AsState::Pending),
            sends(A, notify(Status::AsPending)),
        ]
    );
    for sls in 0..2 {
        assert_eq!(l.transfer(to_as(sls)), []);
    }
    // The queue of this test holds two.
    assert_eq!(
        l.transfer(to_as(2)),
        [Output::NotSent(to_as(2), NotSent::QueueFull)]
    );
    assert_eq!(
        l.receive(A, aspac(None)),
        [
            asp_is(A, AspState::Active),
            sends(A, aspac_ack(None)),
            as_is(AsState::Active),
            sends(A, notify(Status::AsActive)),
            sends(A, data(Some(7), to_as(0))),
            sends(A, data(Some(7), to_as(1))),
        ]
    );
    assert_eq!(l.sgp.poll_timeout(), None);
}

#[test]
fn recovery_timer_drops_what_was_held_and_pauses_the_point_code() {
    let mut l = Ladder::active();
    assert_eq!(
        l.input(Input::AssociationDown(A)),
        [asp_is(A, AspState::Down), as_is(AsState::Pending)]
    );
    let due = (l.now + RECOVERY, Timer::Recovery(0));
    assert_eq!(l.sgp.poll_timeout(), Some(due));
    l.transfer(to_as(0));
    assert_eq!(l.after(RECOVERY - Duration::from_millis(1)), []);
    assert_eq!(
        l.after(Duration::from_millis(1)),
        [
            Output::NotSent(to_as(0), NotSent::Unavailable),
            as_is(AsState::Down),
            pause(),
        ]
    );
    assert_eq!(
        l.transfer(to_as(0)),
        [Output::NotSent(to_as(0), NotSent::Unavailable)]
    );
    // Back again: the network is told.
    l.up(A);
    assert!(l.receive(A, aspac(None)).contains(&resume()));
}

#[test]
fn recovery_timer_leaves_the_as_inactive_if_an_asp_is() {
    let mut l = Ladder::active();
    l.up(B);
    l.input(Input::AssociationDown(A));
    assert_eq!(
        l.after(RECOVERY),
        [
            as_is(AsState::Inactive),
            sends(B, notify(Status::AsInactive)),
            pause(),
        ]
    );
}
