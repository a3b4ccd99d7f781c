//! 1+1 and n+k sparing: who waits, and when it takes over (RFC 4666 4.3.4.3, 4.3.4.5).

use super::*;

fn backup() -> Ladder {
    let mut l = Ladder::with(|settings| {
        settings.application_servers[0].standby = true;
        settings.asp_identifier = Some(2);
    });
    l.input(Input::AssociationUp);
    assert_eq!(
        l.receive(AspUpAck::default()),
        [Output::State(AspState::Inactive)]
    );
    l
}

#[test]
fn backup_asks_for_traffic_when_the_last_active_one_goes() {
    let mut l = backup();
    l.receive(notify(Status::AsActive));
    assert_eq!(l.after(ACK * 10), []);
    assert_eq!(
        l.receive(notify(Status::AsPending)),
        [as_state(AsState::Pending), sends(aspac())]
    );
    assert_eq!(l.receive(active_ack()), [Output::State(AspState::Active)]);
    assert!(!l.asp.carries_traffic(0), "the AS is pending still");
    l.receive(notify(Status::AsActive));
    assert!(l.asp.carries_traffic(0));
}

#[test]
fn backup_asks_for_traffic_when_more_are_needed() {
    let mut l = backup();
    assert_eq!(
        l.receive(notify(Status::InsufficientAspResources)),
        [notified(Status::InsufficientAspResources), sends(aspac())]
    );
}

#[test]
fn backup_lets_the_others_start_first() {
    let mut l = backup();
    l.receive(notify(Status::AsInactive));
    assert_eq!(l.after(ACK / 2), []);
    // The other one became active in time.
    l.receive(notify(Status::AsActive));
    assert_eq!(l.after(ACK * 10), []);

    // And here there is no other. Hearing it again does not make the wait longer.
    let mut l = backup();
    l.receive(notify(Status::AsInactive));
    l.after(ACK / 2);
    l.receive(notify(Status::AsInactive));
    assert_eq!(l.after(ACK / 2), [sends(aspac())]);
}

#[test]
fn notify_that_came_before_counts_after_registration() {
    let key = registration::key();
    let mut l = Ladder::with(|settings| {
        settings.application_servers[0] = AsSettings {
            registration: Some(key),
            standby: true,
            traffic_mode: Some(TrafficMode::Loadshare),
            ..AsSettings::default()
        };
    });
    l.input(Input::AssociationUp);
    l.receive(AspUpAck::default());
    let everywhere = Notify {
        routing_contexts: Vec::new(),
        ..notify(Status::AsPending)
    };
    l.receive(everywhere);
    assert_eq!(
        l.receive(registration::registered(1, 7)),
        [
            Output::Registered {
                application_server: 0,
                routing_context: 7,
            },
            sends(aspac()),
        ]
    );
}

#[test]
fn alternate_that_is_ourselves_changes_nothing() {
    let mut l = backup();
    l.receive(notify(Status::AsPending));
    l.receive(active_ack());
    let alternate = Notify {
        asp_identifier: Some(2),
        ..notify(Status::AlternateAspActive)
    };
    let told = Output::Notified {
        application_server: 0,
        status: Status::AlternateAspActive,
        asp_identifier: Some(2),
    };
    assert_eq!(l.receive(alternate.clone()), [told]);
    assert_eq!(l.asp.state(), AspState::Active);
    let other = Notify {
        asp_identifier: Some(1),
        ..alternate
    };
    let outputs = l.receive(other);
    assert_eq!(outputs[1], Output::State(AspState::Inactive));
}

#[test]
fn failure_of_another_is_only_told() {
    let mut l = Ladder::active();
    let unknown = Status::Unknown {
        status_type: 2,
        information: 9,
    };
    for status in [Status::AspFailure, unknown] {
        assert_eq!(l.receive(notify(status)), [notified(status)]);
    }
    assert!(l.asp.carries_traffic(0));
}

#[test]
fn gateway_whose_notify_is_not_to_be_trusted_is_not() {
    let mut l = Ladder::with(|settings| settings.quirks.no_notify = true).activate();
    for status in [Status::AsInactive, Status::AlternateAspActive] {
        assert_eq!(l.receive(notify(status)), []);
    }
    assert!(l.asp.carries_traffic(0));
}

#[test]
fn states_of_an_application_server_are_forgotten_with_the_association() {
    let mut l = Ladder::active();
    l.receive(notify(Status::AsPending));
    l.input(Input::AssociationRestarted);
    assert_eq!(l.asp.as_state(0), None);
    l.receive(AspUpAck::default());
    l.receive(active_ack());
    assert!(l.asp.carries_traffic(0));
}
