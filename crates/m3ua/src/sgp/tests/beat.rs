//! Our Heartbeats.

use super::*;
use crate::msg::{Heartbeat, HeartbeatAck};
use crate::role::Role;

const BEAT: Duration = Duration::from_secs(10);

fn beating() -> Ladder {
    Ladder::with(|s| s.beat = Some(BEAT))
}

fn beat(asp: AspId, sequence: u32) -> Output {
    let data = Some(sequence.to_be_bytes().to_vec());
    sends(asp, Heartbeat { data })
}

#[test]
fn two_unanswered_heartbeats_are_enough() {
    let mut l = beating();
    l.activate(A);
    assert_eq!(l.sgp.poll_timeout(), Some((l.now + BEAT, Timer::Beat(A))));
    assert_eq!(l.after(BEAT), [beat(A, 1)]);
    assert_eq!(l.receive(A, HeartbeatAck { data: None }), []);
    assert_eq!(l.after(BEAT), [beat(A, 2)]);
    assert_eq!(l.after(BEAT), [beat(A, 3)]);
    assert_eq!(
        l.after(BEAT),
        [
            Output::Unresponsive(A),
            asp_is(A, AspState::Down),
            as_is(AsState::Pending),
        ]
    );
    // Nothing but T(r) runs on.
    assert_eq!(
        l.sgp.poll_timeout(),
        Some((l.now + RECOVERY, Timer::Recovery(0)))
    );
    // Should the ASP wake up, it may begin again, and is watched again.
    l.receive(A, AspUp::default());
    assert_eq!(l.sgp.state(A), AspState::Inactive);
    l.after(RECOVERY);
    assert_eq!(l.after(BEAT - RECOVERY), [beat(A, 4)]);
}

#[test]
fn any_message_is_a_sign_of_life() {
    let mut l = beating();
    l.activate(A);
    for sequence in 1..10 {
        assert_eq!(l.after(BEAT), [beat(A, sequence)]);
        l.receive(A, aspac(None));
    }
}

#[test]
fn association_that_is_gone_is_not_asked() {
    let mut l = beating();
    l.connect(A, |_| {});
    l.input(Input::AssociationDown(A));
    assert_eq!(l.sgp.poll_timeout(), None);
}

#[test]
fn client_half_asks_where_there_are_two() {
    let mut l = beating();
    l.connect(A, |s| s.role = Role::IpspDouble);
    l.receive(A, AspUp::default());
    assert_eq!(l.sgp.poll_timeout(), None);
    l.connect(B, |s| s.role = Role::IpspSingle);
    assert_eq!(l.after(BEAT), [beat(B, 1)]);
}
