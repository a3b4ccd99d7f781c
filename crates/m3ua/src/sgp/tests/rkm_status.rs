//! What registrations and deregistrations are refused with (RFC 4666 3.6.2, 3.6.4).

use super::rkm::*;
use super::*;
use crate::param::{DeregistrationStatus, RegistrationStatus, RoutingKey};

#[test]
fn registration_without_an_offer_is_an_unsupported_class() {
    let mut l = Ladder::new();
    l.up(A);
    for message in [
        Message::from(reg_req(&[key(5)])),
        Message::from(dereg_req(&[7])),
    ] {
        let code = ErrorCode::UnsupportedMessageClass;
        let name = message.name();
        assert_eq!(l.receive(A, message), refusal(A, name, code, &[]));
    }
}

#[test]
fn registration_before_asp_up_is_unexpected() {
    let mut l = registering(5);
    l.connect(B, |_| {});
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(
        l.receive(B, reg_req(&[key(5)])),
        refusal(B, "REG_REQ", code, &[])
    );
    assert_eq!(
        l.receive(B, dereg_req(&[7])),
        refusal(B, "DEREG_REQ", code, &[7])
    );
}

/// A routing key, and what it is refused with.
type Refusals = (&'static str, fn(&mut RoutingKey), RegistrationStatus);

const REFUSALS: &[Refusals] = &[
    (
        "a range of destinations",
        |k| k.destinations[0].dpc.mask = 3,
        RegistrationStatus::InvalidDpc,
    ),
    (
        "a destination of the network",
        |k| k.destinations = vec![to(2)],
        RegistrationStatus::InvalidDpc,
    ),
    (
        "another network",
        |k| k.network_appearance = Some(9),
        RegistrationStatus::InvalidNetworkAppearance,
    ),
    (
        "no destination",
        |k| k.destinations.clear(),
        RegistrationStatus::InvalidRoutingKey,
    ),
    (
        "a destination twice",
        |k| k.destinations.push(to(5)),
        RegistrationStatus::InvalidRoutingKey,
    ),
    (
        "management of MTP",
        |k| k.destinations[0].service_indicators = vec![0],
        RegistrationStatus::InvalidRoutingKey,
    ),
    (
        "no service indicator",
        |k| k.destinations[0].service_indicators = vec![16],
        RegistrationStatus::InvalidRoutingKey,
    ),
    (
        "many service indicators",
        |k| k.destinations[0].service_indicators = vec![5; 60_000],
        RegistrationStatus::InvalidRoutingKey,
    ),
    (
        "a traffic mode that is none",
        |k| k.traffic_mode = Some(TrafficMode::Unknown(4)),
        RegistrationStatus::UnsupportedTrafficHandlingMode,
    ),
    (
        "the key of an AS with another mode",
        |k| (k.destinations, k.traffic_mode) = (vec![to(1)], Some(TrafficMode::Broadcast)),
        RegistrationStatus::UnsupportedTrafficHandlingMode,
    ),
    (
        "a part of another key",
        |k| {
            k.destinations = vec![RoutingKeyDestination {
                service_indicators: vec![5],
                ..to(1)
            }];
        },
        RegistrationStatus::CannotSupportUniqueRouting,
    ),
    (
        "more than another key",
        |k| k.destinations.push(to(1)),
        RegistrationStatus::CannotSupportUniqueRouting,
    ),
    (
        "a routing context that does not exist",
        |k| k.routing_context = Some(99),
        RegistrationStatus::RoutingKeyChangeRefused,
    ),
    (
        "another key for a routing context",
        |k| k.routing_context = Some(7),
        RegistrationStatus::RoutingKeyChangeRefused,
    ),
    (
        "too many destinations",
        |k| k.destinations = (10..300).map(to).collect(),
        RegistrationStatus::InsufficientResources,
    ),
];

#[test]
fn each_refusal_has_its_status() {
    let mut l = registering(5);
    l.receive(A, aspac(Some(TrafficMode::Loadshare)));
    for (what, change, status) in REFUSALS {
        let mut key = key(5);
        change(&mut key);
        let outputs = l.receive(A, reg_req(std::slice::from_ref(&key)));
        assert_eq!(outputs, refusal_of(A, &key, *status), "{what}");
    }
    assert_eq!(l.sgp.application_servers().count(), 1);
}

#[test]
fn what_is_not_provisioned_or_too_much_is_refused() {
    let mut l = registering(0);
    let (fifth, sixth) = (key(5), key(6));
    let status = RegistrationStatus::RoutingKeyNotCurrentlyProvisioned;
    assert_eq!(
        l.receive(A, reg_req(std::slice::from_ref(&fifth))),
        refusal_of(A, &fifth, status)
    );
    let mut l = registering(1);
    l.receive(A, reg_req(&[fifth]));
    let status = RegistrationStatus::InsufficientResources;
    assert_eq!(
        l.receive(A, reg_req(std::slice::from_ref(&sixth))),
        refusal_of(A, &sixth, status)
    );
}

#[test]
fn configured_as_must_be_open_to_the_asp() {
    let mut l = Ladder::with(|s| {
        s.registration = Some(Registration {
            first_routing_context: FIRST,
            max: 0,
        });
        s.application_servers.push(AsSettings {
            routing_context: None,
            ..server(0, 3)
        });
    });
    let denied = RegistrationStatus::PermissionDenied;
    l.connect(A, |s| s.application_servers = Some(vec![1]));
    l.receive(A, AspUp::default());
    // Not one of its own
    let first = key(1);
    assert_eq!(
        l.receive(A, reg_req(std::slice::from_ref(&first))),
        refusal_of(A, &first, denied)
    );
    // No routing context to tell
    l.up(B);
    let third = key(3);
    assert_eq!(
        l.receive(B, reg_req(std::slice::from_ref(&third))),
        refusal_of(B, &third, denied)
    );
}

#[test]
fn identifier_is_unique_in_a_registered_as() {
    let mut l = Ladder::with(|s| {
        s.application_servers.clear();
        s.registration = Some(Registration {
            first_routing_context: FIRST,
            max: 5,
        });
    });
    for asp in [A, B] {
        l.connect(asp, |_| {});
        l.receive(asp, identified(4));
        assert_eq!(l.sgp.state(asp), AspState::Inactive);
    }
    let key = key(5);
    l.receive(A, reg_req(std::slice::from_ref(&key)));
    let denied = RegistrationStatus::PermissionDenied;
    assert_eq!(
        l.receive(B, reg_req(std::slice::from_ref(&key))),
        refusal_of(B, &key, denied)
    );
}

#[test]
fn network_appearance_is_implied_where_there_is_only_one() {
    let mut l = registering(5);
    let with = |dpc, network_appearance| RoutingKey {
        network_appearance,
        ..key(dpc)
    };
    assert!(
        l.receive(A, reg_req(&[with(5, None)]))
            .contains(&registered(A))
    );

    let mut l = Ladder::with(|s| {
        s.registration = Some(Registration {
            first_routing_context: FIRST,
            max: 5,
        });
        s.network_appearance = Some(1);
        s.application_servers[0].network_appearance = Some(2);
    });
    l.up(A);
    assert!(
        l.receive(A, reg_req(&[with(5, Some(2))]))
            .contains(&registered(A))
    );
    let servers: Vec<AsStatus> = l.sgp.application_servers().collect();
    assert_eq!(servers[1].network_appearance, Some(2));
    assert!(servers[1].registered);
    let unclear = with(6, None);
    assert_eq!(
        l.receive(A, reg_req(std::slice::from_ref(&unclear))),
        refusal_of(A, &unclear, RegistrationStatus::InvalidNetworkAppearance)
    );
}

#[test]
fn each_deregistration_has_its_status() {
    let mut l = registering(5);
    l.up(B);
    l.receive(A, reg_req(&[key(5), key(6)]));
    l.receive(A, aspac_for(&[FIRST + 1]));
    let asked = [99, FIRST, FIRST + 1, 7, FIRST];
    let expected = [
        (7, DeregistrationStatus::NotRegistered),
        (99, DeregistrationStatus::InvalidRoutingContext),
        (FIRST, DeregistrationStatus::SuccessfullyDeregistered),
        (FIRST + 1, DeregistrationStatus::AspCurrentlyActive),
    ];
    let outputs = l.receive(A, dereg_req(&asked));
    assert!(outputs.contains(&sends(A, dereg_rsp(&expected))));
    let other = [(FIRST + 1, DeregistrationStatus::NotRegistered)];
    assert_eq!(
        l.receive(B, dereg_req(&[FIRST + 1])),
        [sends(B, dereg_rsp(&other))]
    );
    let many: Vec<u32> = (0..10_000).collect();
    let results: usize = l
        .receive(B, dereg_req(&many))
        .iter()
        .map(|output| match output {
            Output::Send(B, Message::DeregRsp(m)) => m.results.len(),
            other => panic!("{other:?}"),
        })
        .sum();
    assert_eq!(results, 256);
}
