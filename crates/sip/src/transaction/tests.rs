//! Every (state, event) pair of the four machines, and their timers against the tables of RFC
//! 3261 17.

use super::*;
use core::fmt::Debug;

const NOW: Time = Time::from_secs(100);

/// Runs every event in every state and compares with the table: a row a state, in it an event
/// a column, as `State/Action`. `Same` stands for the state of the row.
fn walk<M: Clone + PartialEq, E: Copy + Debug, A: Debug>(
    states: &[(&'static str, M)],
    events: &[E],
    table: &[&[&str]],
    name: impl Fn(&M) -> &'static str,
    mut step: impl FnMut(&mut M, E) -> A,
) {
    assert_eq!(states.len(), table.len(), "a row for each state");
    let mut wrong = Vec::new();
    for ((state, machine), row) in states.iter().zip(table) {
        assert_eq!(name(machine), *state, "the setting of the row");
        assert_eq!(row.len(), events.len(), "{state}: a column for each event");
        for (event, expected) in events.iter().zip(*row) {
            let mut after = machine.clone();
            let action = step(&mut after, *event);
            let next = if after == *machine {
                "Same"
            } else {
                name(&after)
            };
            let actual = format!("{next}/{action:?}");
            if actual != *expected {
                wrong.push(format!(
                    "{state} + {event:?}: expected {expected}, have {actual}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The times, in milliseconds from the start, at which a machine wants to be woken, and why.
fn schedule(
    mut poll: impl FnMut() -> Option<(Time, Timer)>,
    mut fire: impl FnMut(Time, Timer) -> bool,
) -> Vec<(u64, Timer)> {
    let mut fired = Vec::new();
    while let Some((at, timer)) = poll() {
        fired.push((at.since(NOW).as_millis() as u64, timer));
        if !fire(at, timer) {
            break;
        }
    }
    fired
}

const ALL_TIMERS: &[Timer] = &[
    Timer::A,
    Timer::B,
    Timer::D,
    Timer::E,
    Timer::F,
    Timer::G,
    Timer::H,
    Timer::I,
    Timer::J,
    Timer::K,
    Timer::L,
    Timer::M,
    Timer::Success,
    Timer::Ack,
    Timer::Cancelled,
    Timer::Progress,
    Timer::Referral,
    Timer::Glare,
    Timer::Refresh,
    Timer::Expiry,
];

mod client_invite_table {
    use super::*;
    use crate::transaction::client_invite::{Action, Event, State};

    fn name(machine: &ClientInvite) -> &'static str {
        match machine.state() {
            State::Calling { .. } => "Calling",
            State::Proceeding => "Proceeding",
            State::Completed { .. } => "Completed",
            State::Accepted { .. } => "Accepted",
            State::Terminated => "Terminated",
        }
    }

    fn after(events: &[Event]) -> ClientInvite {
        over(false, events)
    }

    fn over(reliable: bool, events: &[Event]) -> ClientInvite {
        let timers = Timers::default();
        let mut machine = ClientInvite::new(NOW, reliable, &timers);
        for event in events {
            machine.handle(NOW, *event, &timers);
        }
        machine
    }

    fn states() -> [(&'static str, ClientInvite); 5] {
        [
            ("Calling", after(&[])),
            ("Proceeding", after(&[Event::Provisional])),
            ("Completed", after(&[Event::Failure])),
            ("Accepted", after(&[Event::Success])),
            ("Terminated", after(&[Event::Timer(Timer::B)])),
        ]
    }

    #[test]
    fn every_pair_is_as_rfc_6026_figure_5() {
        let events = [
            Event::Provisional,
            Event::Success,
            Event::Failure,
            Event::Timer(Timer::A),
            Event::Timer(Timer::B),
            Event::Timer(Timer::D),
            Event::Timer(Timer::M),
            Event::TransportError,
            Event::Abandon,
        ];
        #[rustfmt::skip]
        let table: &[&[&str]] = &[
            // 1xx, 2xx, 300-699, A, B, D, M, transport error, abandon
            &["Proceeding/Inform", "Accepted/Inform", "Completed/AckAndInform",
              "Calling/SendRequest", "Terminated/InformTimeout", "Same/None", "Same/None",
              "Terminated/InformTransportError", "Terminated/InformTimeout"],
            &["Same/Inform", "Accepted/Inform", "Completed/AckAndInform",
              "Same/None", "Same/None", "Same/None", "Same/None",
              "Same/None", "Terminated/InformTimeout"],
            &["Same/None", "Same/None", "Same/Ack",
              "Same/None", "Same/None", "Terminated/None", "Same/None",
              "Terminated/InformTransportError", "Same/None"],
            &["Same/None", "Same/Inform", "Same/None",
              "Same/None", "Same/None", "Same/None", "Terminated/None",
              "Same/None", "Same/None"],
            &["Same/None", "Same/None", "Same/None",
              "Same/None", "Same/None", "Same/None", "Same/None",
              "Same/None", "Same/None"],
        ];
        walk(&states(), &events, table, name, |machine, event| {
            machine.handle(NOW, event, &Timers::default())
        });
    }

    #[test]
    fn timers_of_other_machines_do_nothing() {
        for (state, machine) in states() {
            for timer in ALL_TIMERS {
                if matches!(timer, Timer::A | Timer::B | Timer::D | Timer::M) {
                    continue;
                }
                let mut after = machine.clone();
                let action = after.handle(NOW, Event::Timer(*timer), &Timers::default());
                assert_eq!(
                    (action, &after),
                    (Action::None, &machine),
                    "{state} {timer}"
                );
            }
        }
    }

    // RFC 3261 17.1.1.2: seven requests in 64*T1.
    #[test]
    fn invite_is_sent_seven_times_in_32_seconds() {
        let timers = Timers::default();
        let mut machine = ClientInvite::new(NOW, false, &timers);
        let cell = core::cell::RefCell::new(&mut machine);
        let fired = schedule(
            || cell.borrow().poll_timeout(),
            |at, timer| {
                cell.borrow_mut().handle(at, Event::Timer(timer), &timers);
                true
            },
        );
        let expected = [
            (500, Timer::A),
            (1_500, Timer::A),
            (3_500, Timer::A),
            (7_500, Timer::A),
            (15_500, Timer::A),
            (31_500, Timer::A),
            (32_000, Timer::B),
        ];
        assert_eq!(fired, expected);
        assert!(machine.is_terminated());
    }

    #[test]
    fn states_end_by_their_own_timers() {
        let at = |millis| NOW + Duration::from_millis(millis);
        assert_eq!(after(&[Event::Provisional]).poll_timeout(), None);
        let completed = after(&[Event::Failure]);
        assert_eq!(completed.poll_timeout(), Some((at(32_000), Timer::D)));
        let accepted = after(&[Event::Success]);
        assert_eq!(accepted.poll_timeout(), Some((at(32_000), Timer::M)));
    }

    #[test]
    fn timer_d_is_never_under_32_seconds() {
        let timers = Timers {
            t1: Duration::from_millis(10),
            ..Timers::default()
        };
        assert_eq!(timers.d(), Duration::from_secs(32));
    }

    // RFC 3261 17.1.1.2: timer A does not run, timer D is zero. Completed cannot be reached.
    #[test]
    fn every_pair_over_a_reliable_transport() {
        let states = [
            ("Calling", over(true, &[])),
            ("Proceeding", over(true, &[Event::Provisional])),
            ("Terminated", over(true, &[Event::Failure])),
            ("Accepted", over(true, &[Event::Success])),
            ("Terminated", over(true, &[Event::Timer(Timer::B)])),
        ];
        let events = [
            Event::Provisional,
            Event::Success,
            Event::Failure,
            Event::Timer(Timer::B),
            Event::Timer(Timer::D),
            Event::Timer(Timer::M),
            Event::TransportError,
            Event::Abandon,
        ];
        #[rustfmt::skip]
        let table: &[&[&str]] = &[
            // 1xx, 2xx, 300-699, B, D, M, transport error, abandon
            &["Proceeding/Inform", "Accepted/Inform", "Terminated/AckAndInform",
              "Terminated/InformTimeout", "Same/None", "Same/None",
              "Terminated/InformTransportError", "Terminated/InformTimeout"],
            &["Same/Inform", "Accepted/Inform", "Terminated/AckAndInform",
              "Same/None", "Same/None", "Same/None", "Same/None", "Terminated/InformTimeout"],
            &["Same/None"; 8],
            &["Same/None", "Same/Inform", "Same/None",
              "Same/None", "Same/None", "Terminated/None", "Same/None", "Same/None"],
            &["Same/None"; 8],
        ];
        walk(&states, &events, table, name, |machine, event| {
            machine.handle(NOW, event, &Timers::default())
        });
    }

    #[test]
    fn timers_over_a_reliable_transport() {
        let at = |millis| NOW + Duration::from_millis(millis);
        let b = Some((at(32_000), Timer::B));
        assert_eq!(over(true, &[]).poll_timeout(), b);
        assert_eq!(over(true, &[Event::Provisional]).poll_timeout(), None);
        assert_eq!(over(true, &[Event::Failure]).poll_timeout(), None);
        // RFC 6026 7.2: the 2xx of other branches come late over any transport.
        let m = Some((at(32_000), Timer::M));
        assert_eq!(over(true, &[Event::Success]).poll_timeout(), m);
    }
}

mod client_non_invite_table {
    use super::*;
    use crate::transaction::client_non_invite::{Action, Event, State};

    fn name(machine: &ClientNonInvite) -> &'static str {
        match machine.state() {
            State::Trying { .. } => "Trying",
            State::Proceeding { .. } => "Proceeding",
            State::Completed { .. } => "Completed",
            State::Terminated => "Terminated",
        }
    }

    fn after(events: &[Event]) -> ClientNonInvite {
        over(false, events)
    }

    fn over(reliable: bool, events: &[Event]) -> ClientNonInvite {
        let timers = Timers::default();
        let mut machine = ClientNonInvite::new(NOW, reliable, &timers);
        for event in events {
            machine.handle(NOW, *event, &timers);
        }
        machine
    }

    fn states() -> [(&'static str, ClientNonInvite); 4] {
        [
            ("Trying", after(&[])),
            ("Proceeding", after(&[Event::Provisional])),
            ("Completed", after(&[Event::Final])),
            ("Terminated", after(&[Event::Timer(Timer::F)])),
        ]
    }

    #[test]
    fn every_pair_is_as_figure_6() {
        let events = [
            Event::Provisional,
            Event::Final,
            Event::Timer(Timer::E),
            Event::Timer(Timer::F),
            Event::Timer(Timer::K),
            Event::TransportError,
        ];
        #[rustfmt::skip]
        let table: &[&[&str]] = &[
            // 1xx, 200-699, E, F, K, transport error
            &["Proceeding/Inform", "Completed/Inform", "Trying/SendRequest",
              "Terminated/InformTimeout", "Same/None", "Terminated/InformTransportError"],
            &["Same/Inform", "Completed/Inform", "Proceeding/SendRequest",
              "Terminated/InformTimeout", "Same/None", "Terminated/InformTransportError"],
            &["Same/None", "Same/None", "Same/None",
              "Same/None", "Terminated/None", "Same/None"],
            &["Same/None", "Same/None", "Same/None",
              "Same/None", "Same/None", "Same/None"],
        ];
        walk(&states(), &events, table, name, |machine, event| {
            machine.handle(NOW, event, &Timers::default())
        });
    }

    #[test]
    fn timers_of_other_machines_do_nothing() {
        for (state, machine) in states() {
            for timer in ALL_TIMERS {
                if matches!(timer, Timer::E | Timer::F | Timer::K) {
                    continue;
                }
                let mut after = machine.clone();
                let action = after.handle(NOW, Event::Timer(*timer), &Timers::default());
                assert_eq!(
                    (action, &after),
                    (Action::None, &machine),
                    "{state} {timer}"
                );
            }
        }
    }

    // RFC 3261 17.1.2.2: 500 ms, 1 s, 2 s, 4 s, 4 s, ...
    #[test]
    fn request_is_repeated_up_to_every_four_seconds() {
        let timers = Timers::default();
        let mut machine = ClientNonInvite::new(NOW, false, &timers);
        let cell = core::cell::RefCell::new(&mut machine);
        let fired = schedule(
            || cell.borrow().poll_timeout(),
            |at, timer| {
                cell.borrow_mut().handle(at, Event::Timer(timer), &timers);
                true
            },
        );
        let millis: Vec<u64> = fired.iter().map(|&(at, _)| at).collect();
        let expected = [
            500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500, 32_000,
        ];
        assert_eq!(millis, expected);
        assert_eq!(fired.last(), Some(&(32_000, Timer::F)));
    }

    #[test]
    fn after_a_provisional_response_every_four_seconds() {
        let timers = Timers::default();
        let mut machine = after(&[Event::Provisional]);
        machine.handle(NOW, Event::Timer(Timer::E), &timers);
        let next = Some((NOW + Duration::from_secs(4), Timer::E));
        assert_eq!(machine.poll_timeout(), next);
    }

    #[test]
    fn completed_lasts_t4() {
        let next = Some((NOW + Duration::from_secs(5), Timer::K));
        assert_eq!(after(&[Event::Final]).poll_timeout(), next);
    }

    // RFC 3261 17.1.2.2: timer E does not run, timer K is zero. Completed cannot be reached.
    #[test]
    fn every_pair_over_a_reliable_transport() {
        let states = [
            ("Trying", over(true, &[])),
            ("Proceeding", over(true, &[Event::Provisional])),
            ("Terminated", over(true, &[Event::Final])),
            ("Terminated", over(true, &[Event::Timer(Timer::F)])),
        ];
        let events = [
            Event::Provisional,
            Event::Final,
            Event::Timer(Timer::F),
            Event::Timer(Timer::K),
            Event::TransportError,
        ];
        #[rustfmt::skip]
        let table: &[&[&str]] = &[
            // 1xx, 200-699, F, K, transport error
            &["Proceeding/Inform", "Terminated/Inform", "Terminated/InformTimeout",
              "Same/None", "Terminated/InformTransportError"],
            &["Same/Inform", "Terminated/Inform", "Terminated/InformTimeout",
              "Same/None", "Terminated/InformTransportError"],
            &["Same/None"; 5],
            &["Same/None"; 5],
        ];
        walk(&states, &events, table, name, |machine, event| {
            machine.handle(NOW, event, &Timers::default())
        });
    }

    #[test]
    fn timers_over_a_reliable_transport() {
        let f = Some((NOW + Duration::from_secs(32), Timer::F));
        assert_eq!(over(true, &[]).poll_timeout(), f);
        assert_eq!(over(true, &[Event::Provisional]).poll_timeout(), f);
        assert_eq!(over(true, &[Event::Final]).poll_timeout(), None);
    }
}

mod server_invite_table {
    use super::*;
    use crate::transaction::server_invite::{Action, Event, State};

    fn name(machine: &ServerInvite) -> &'static str {
        match machine.state() {
            State::Proceeding => "Proceeding",
            State::Completed { .. } => "Completed",
            State::Confirmed { .. } => "Confirmed",
            State::Accepted { .. } => "Accepted",
            State::Terminated => "Terminated",
        }
    }

    fn after(events: &[Event]) -> ServerInvite {
        over(false, events)
    }

    fn over(reliable: bool, events: &[Event]) -> ServerInvite {
        let timers = Timers::default();
        let mut machine = ServerInvite::new(reliable);
        for event in events {
            machine.handle(NOW, *event, &timers);
        }
        machine
    }

    fn states() -> [(&'static str, ServerInvite); 5] {
        [
            ("Proceeding", after(&[])),
            ("Completed", after(&[Event::Failure])),
            ("Confirmed", after(&[Event::Failure, Event::Ack])),
            ("Accepted", after(&[Event::Success])),
            (
                "Terminated",
                after(&[Event::Failure, Event::Timer(Timer::H)]),
            ),
        ]
    }

    #[test]
    fn every_pair_is_as_rfc_6026_figure_7() {
        let events = [
            Event::Invite,
            Event::Ack,
            Event::Provisional,
            Event::Success,
            Event::Failure,
            Event::Timer(Timer::G),
            Event::Timer(Timer::H),
            Event::Timer(Timer::I),
            Event::Timer(Timer::L),
            Event::TransportError,
        ];
        #[rustfmt::skip]
        let table: &[&[&str]] = &[
            // INVITE, ACK, 1xx, 2xx, 300-699, G, H, I, L, transport error
            &["Same/SendAgain", "Same/None", "Same/Send", "Accepted/Send", "Completed/Send",
              "Same/None", "Same/None", "Same/None", "Same/None", "Same/InformTransportError"],
            &["Same/SendAgain", "Confirmed/None", "Same/None", "Same/None", "Same/None",
              "Completed/SendAgain", "Terminated/InformTimeout", "Same/None", "Same/None",
              "Same/InformTransportError"],
            &["Same/None", "Same/None", "Same/None", "Same/None", "Same/None",
              "Same/None", "Same/None", "Terminated/None", "Same/None", "Same/None"],
            &["Same/None", "Same/PassAck", "Same/None", "Same/Send", "Same/None",
              "Same/None", "Same/None", "Same/None", "Terminated/None",
              "Same/InformTransportError"],
            &["Same/None", "Same/None", "Same/None", "Same/None", "Same/None",
              "Same/None", "Same/None", "Same/None", "Same/None", "Same/None"],
        ];
        walk(&states(), &events, table, name, |machine, event| {
            machine.handle(NOW, event, &Timers::default())
        });
    }

    #[test]
    fn timers_of_other_machines_do_nothing() {
        for (state, machine) in states() {
            for timer in ALL_TIMERS {
                if matches!(timer, Timer::G | Timer::H | Timer::I | Timer::L) {
                    continue;
                }
                let mut after = machine.clone();
                let action = after.handle(NOW, Event::Timer(*timer), &Timers::default());
                assert_eq!(
                    (action, &after),
                    (Action::None, &machine),
                    "{state} {timer}"
                );
            }
        }
    }

    #[test]
    fn refusal_is_repeated_until_timer_h() {
        let timers = Timers::default();
        let mut machine = after(&[Event::Failure]);
        let cell = core::cell::RefCell::new(&mut machine);
        let fired = schedule(
            || cell.borrow().poll_timeout(),
            |at, timer| {
                cell.borrow_mut().handle(at, Event::Timer(timer), &timers);
                true
            },
        );
        let millis: Vec<u64> = fired.iter().map(|&(at, _)| at).collect();
        let expected = [
            500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500, 32_000,
        ];
        assert_eq!(millis, expected);
        assert_eq!(fired.last(), Some(&(32_000, Timer::H)));
    }

    #[test]
    fn states_end_by_their_own_timers() {
        let confirmed = after(&[Event::Failure, Event::Ack]);
        let i = Some((NOW + Duration::from_secs(5), Timer::I));
        assert_eq!(confirmed.poll_timeout(), i);
        let l = Some((NOW + Duration::from_secs(32), Timer::L));
        assert_eq!(after(&[Event::Success]).poll_timeout(), l);
        assert_eq!(after(&[]).poll_timeout(), None);
    }

    // RFC 3261 17.2.1: timer G does not run, timer I is zero. Confirmed cannot be reached.
    #[test]
    fn every_pair_over_a_reliable_transport() {
        let states = [
            ("Proceeding", over(true, &[])),
            ("Completed", over(true, &[Event::Failure])),
            ("Terminated", over(true, &[Event::Failure, Event::Ack])),
            ("Accepted", over(true, &[Event::Success])),
            (
                "Terminated",
                over(true, &[Event::Failure, Event::Timer(Timer::H)]),
            ),
        ];
        let events = [
            Event::Invite,
            Event::Ack,
            Event::Provisional,
            Event::Success,
            Event::Failure,
            Event::Timer(Timer::H),
            Event::Timer(Timer::I),
            Event::Timer(Timer::L),
            Event::TransportError,
        ];
        #[rustfmt::skip]
        let table: &[&[&str]] = &[
            // INVITE, ACK, 1xx, 2xx, 300-699, H, I, L, transport error
            &["Same/SendAgain", "Same/None", "Same/Send", "Accepted/Send", "Completed/Send",
              "Same/None", "Same/None", "Same/None", "Same/InformTransportError"],
            &["Same/SendAgain", "Terminated/None", "Same/None", "Same/None", "Same/None",
              "Terminated/InformTimeout", "Same/None", "Same/None",
              "Same/InformTransportError"],
            &["Same/None"; 9],
            &["Same/None", "Same/PassAck", "Same/None", "Same/Send", "Same/None",
              "Same/None", "Same/None", "Terminated/None", "Same/InformTransportError"],
            &["Same/None"; 9],
        ];
        walk(&states, &events, table, name, |machine, event| {
            machine.handle(NOW, event, &Timers::default())
        });
    }

    #[test]
    fn timers_over_a_reliable_transport() {
        let at = NOW + Duration::from_secs(32);
        assert_eq!(over(true, &[]).poll_timeout(), None);
        let refused = over(true, &[Event::Failure]);
        assert_eq!(refused.poll_timeout(), Some((at, Timer::H)));
        let confirmed = over(true, &[Event::Failure, Event::Ack]);
        assert_eq!(confirmed.poll_timeout(), None);
        let accepted = over(true, &[Event::Success]);
        assert_eq!(accepted.poll_timeout(), Some((at, Timer::L)));
    }
}

mod server_non_invite_table {
    use super::*;
    use crate::transaction::server_non_invite::{Action, Event, State};

    fn name(machine: &ServerNonInvite) -> &'static str {
        match machine.state() {
            State::Trying => "Trying",
            State::Proceeding => "Proceeding",
            State::Completed { .. } => "Completed",
            State::Terminated => "Terminated",
        }
    }

    fn after(events: &[Event]) -> ServerNonInvite {
        over(false, events)
    }

    fn over(reliable: bool, events: &[Event]) -> ServerNonInvite {
        let timers = Timers::default();
        let mut machine = ServerNonInvite::new(reliable);
        for event in events {
            machine.handle(NOW, *event, &timers);
        }
        machine
    }

    fn states() -> [(&'static str, ServerNonInvite); 4] {
        [
            ("Trying", after(&[])),
            ("Proceeding", after(&[Event::Provisional])),
            ("Completed", after(&[Event::Final])),
            ("Terminated", after(&[Event::Final, Event::Timer(Timer::J)])),
        ]
    }

    #[test]
    fn every_pair_is_as_figure_8() {
        let events = [
            Event::Request,
            Event::Provisional,
            Event::Final,
            Event::Timer(Timer::J),
            Event::TransportError,
        ];
        #[rustfmt::skip]
        let table: &[&[&str]] = &[
            // request, 1xx, 200-699, J, transport error
            &["Same/None", "Proceeding/Send", "Completed/Send", "Same/None", "Same/None"],
            &["Same/SendAgain", "Same/Send", "Completed/Send", "Same/None",
              "Terminated/InformTransportError"],
            &["Same/SendAgain", "Same/None", "Same/None", "Terminated/None",
              "Terminated/InformTransportError"],
            &["Same/None", "Same/None", "Same/None", "Same/None", "Same/None"],
        ];
        walk(&states(), &events, table, name, |machine, event| {
            machine.handle(NOW, event, &Timers::default())
        });
    }

    #[test]
    fn timers_of_other_machines_do_nothing() {
        for (state, machine) in states() {
            for timer in ALL_TIMERS {
                if *timer == Timer::J {
                    continue;
                }
                let mut after = machine.clone();
                let action = after.handle(NOW, Event::Timer(*timer), &Timers::default());
                assert_eq!(
                    (action, &after),
                    (Action::None, &machine),
                    "{state} {timer}"
                );
            }
        }
    }

    #[test]
    fn answer_is_kept_for_64_t1() {
        let j = Some((NOW + Duration::from_secs(32), Timer::J));
        assert_eq!(after(&[Event::Final]).poll_timeout(), j);
        assert_eq!(after(&[Event::Provisional]).poll_timeout(), None);
    }

    // RFC 3261 17.2.2: timer J is zero. Completed cannot be reached.
    #[test]
    fn every_pair_over_a_reliable_transport() {
        let states = [
            ("Trying", over(true, &[])),
            ("Proceeding", over(true, &[Event::Provisional])),
            ("Terminated", over(true, &[Event::Final])),
            (
                "Terminated",
                over(true, &[Event::Provisional, Event::TransportError]),
            ),
        ];
        let events = [
            Event::Request,
            Event::Provisional,
            Event::Final,
            Event::Timer(Timer::J),
            Event::TransportError,
        ];
        #[rustfmt::skip]
        let table: &[&[&str]] = &[
            // request, 1xx, 200-699, J, transport error
            &["Same/None", "Proceeding/Send", "Terminated/Send", "Same/None", "Same/None"],
            &["Same/SendAgain", "Same/Send", "Terminated/Send", "Same/None",
              "Terminated/InformTransportError"],
            &["Same/None"; 5],
            &["Same/None"; 5],
        ];
        walk(&states, &events, table, name, |machine, event| {
            machine.handle(NOW, event, &Timers::default())
        });
    }

    #[test]
    fn timers_over_a_reliable_transport() {
        for events in [&[][..], &[Event::Provisional], &[Event::Final]] {
            assert_eq!(over(true, events).poll_timeout(), None, "{events:?}");
        }
    }
}
