//! Layer management takes us out of traffic and back.

use super::*;

#[test]
fn blocked_it_becomes_inactive_and_stays_so() {
    let mut l = Ladder::active();
    assert_eq!(
        l.input(Input::Block),
        [Output::State(AspState::Inactive), sends(aspia())]
    );
    assert!(l.asp.is_blocked());
    assert_eq!(l.after(ACK), [Output::NoAnswer("ASPIA"), sends(aspia())]);
    assert_eq!(l.receive(inactive_ack()), []);
    assert_eq!(l.after(ACK * 10), []);
    // Nothing that a gateway tells makes it ask for traffic.
    for status in [Status::AsPending, Status::AsInactive] {
        assert_eq!(l.receive(notify(status)).len(), 1);
    }
    l.receive(notify(Status::InsufficientAspResources));
    assert_eq!(l.after(ACK * 10), []);
    assert_eq!(l.input(Input::Unblock), [sends(aspac())]);
    assert!(!l.asp.is_blocked());
    assert_eq!(l.receive(active_ack()), [Output::State(AspState::Active)]);
}

#[test]
fn blocked_before_the_association_it_only_goes_up() {
    let mut l = Ladder::new();
    assert_eq!(l.input(Input::Block), []);
    assert_eq!(l.input(Input::AssociationUp), [sends(AspUp::default())]);
    assert_eq!(
        l.receive(AspUpAck::default()),
        [Output::State(AspState::Inactive)]
    );
    assert_eq!(l.asp.poll_timeout(), None);
    assert_eq!(l.input(Input::Unblock), [sends(aspac())]);
}

#[test]
fn blocked_it_stays_so_over_a_new_association() {
    let mut l = Ladder::active();
    l.input(Input::Block);
    l.input(Input::AssociationDown);
    l.input(Input::AssociationUp);
    assert_eq!(
        l.receive(AspUpAck::default()),
        [Output::State(AspState::Inactive)]
    );
}

#[test]
fn answers_that_cross_do_not_confuse() {
    // Blocked while ASPAC is unanswered, unblocked while ASPIA is.
    let mut l = Ladder::new();
    l.input(Input::AssociationUp);
    l.receive(AspUpAck::default());
    assert_eq!(l.input(Input::Block), [sends(aspia())]);
    assert_eq!(l.input(Input::Unblock), [sends(aspac())]);
    // The first ASPAC and the second cannot be told apart, but ASPIA_ACK is between them; what
    // counts in the end is the last.
    assert_eq!(l.receive(active_ack()), [Output::State(AspState::Active)]);
    assert_eq!(
        l.receive(inactive_ack_for(&[7])),
        [Output::State(AspState::Inactive)]
    );
    assert_eq!(l.receive(active_ack()), [Output::State(AspState::Active)]);
    assert_eq!(l.after(ACK), []);
}

#[test]
fn refused_inactive_is_inactive() {
    let mut l = Ladder::active();
    l.input(Input::Block);
    let code = ErrorCode::InvalidRoutingContext;
    assert_eq!(l.receive(err(code, &[7])), [Output::Reported(code)]);
    assert_eq!(l.asp.poll_timeout(), None);
    assert_eq!(l.input(Input::Unblock), [sends(aspac())]);
}

#[test]
fn traffic_that_was_on_its_way_is_taken_until_the_answer() {
    let mut l = Ladder::active();
    l.input(Input::Block);
    assert_eq!(l.receive(data(Some(7))), [indication()]);
    assert_eq!(l.input(request()), [Output::NotSent(transfer())]);
    l.receive(inactive_ack());
    assert_eq!(l.receive(data(Some(7))), [Output::EarlyData]);
}

#[test]
fn data_that_the_end_of_activity_overtook_counts_for_a_while() {
    let late = Duration::from_millis(500);
    let mut l = Ladder::with(|settings| settings.late = late).activate();
    l.receive(notify(Status::AlternateAspActive));
    assert_eq!(l.asp.state(), AspState::Inactive);
    l.after(late - Duration::from_micros(1));
    assert_eq!(l.receive(data(Some(7))), [indication()]);
    l.after(Duration::from_micros(1));
    assert_eq!(l.receive(data(Some(7))), [Output::EarlyData]);
}

#[test]
fn stop_while_blocked_goes_down() {
    let mut l = Ladder::active();
    l.input(Input::Block);
    l.receive(inactive_ack());
    assert_eq!(
        l.input(Input::Stop),
        [Output::State(AspState::Down), sends(AspDown::default())]
    );
}
