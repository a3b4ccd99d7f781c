//! Commands and the resources that they take and give back.

use super::world::{CONTEXT, Chance, LOCAL, TRUNK_A, World, circuit, config, parameters, rtp};
use crate::{ConfigError, Mgw, MgwConfig};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use trunkline_model::TrunkGroupId;
use trunkline_model::media::{
    Bearer, Codec, ContextId, MediaError, MediaStatistics, Mode, RingingTone, Signal, TerminationId,
};

const BARE: Bearer = Bearer::Rtp {
    remote: None,
    ipv6: false,
};

#[test]
fn add_is_answered_with_the_bound_address() {
    let mut world = World::new(config());
    let a = world
        .add(CONTEXT, TerminationId::A, BARE, Mode::Inactive)
        .unwrap();
    assert_eq!(a, SocketAddr::new(LOCAL, 20_000));
    let b = world
        .add(
            CONTEXT,
            TerminationId::B,
            circuit(TRUNK_A, 31),
            Mode::Inactive,
        )
        .unwrap();
    assert_eq!(b, SocketAddr::new(LOCAL, 30_062));
    assert_eq!(world.sockets.len(), 2);
    let counters = world.mgw.counters();
    let gauges = (
        counters.contexts(),
        counters.ports_in_use(),
        counters.circuits_in_use(),
    );
    assert_eq!(gauges, (1, 1, 1));
    assert_eq!(world.subtract(CONTEXT), Ok(MediaStatistics::default()));
    let counters = world.mgw.counters();
    let gauges = (
        counters.contexts(),
        counters.ports_in_use(),
        counters.circuits_in_use(),
    );
    assert_eq!(gauges, (0, 0, 0));
    assert!(world.sockets.is_empty());
    assert_eq!(world.mgw.poll_timeout(), None);
}

#[test]
fn unknown_things_are_refused() {
    let mut world = World::new(config());
    assert_eq!(world.subtract(CONTEXT), Err(MediaError::UnknownContext));
    let modified = world.modify(CONTEXT, TerminationId::A, None, Mode::SendReceive);
    assert_eq!(modified, Err(MediaError::UnknownContext));
    world
        .add(CONTEXT, TerminationId::A, BARE, Mode::Inactive)
        .unwrap();
    let modified = world.modify(CONTEXT, TerminationId::B, None, Mode::SendReceive);
    assert_eq!(modified, Err(MediaError::UnknownTermination));
    for bearer in [circuit(TrunkGroupId(99), 1), circuit(TRUNK_A, 32)] {
        let added = world.add(CONTEXT, TerminationId::B, bearer, Mode::Inactive);
        assert_eq!(added, Err(MediaError::UnknownTermination));
    }
    let ipv6 = Bearer::Rtp {
        remote: None,
        ipv6: true,
    };
    let added = world.add(CONTEXT, TerminationId::B, ipv6, Mode::Inactive);
    assert_eq!(added, Err(MediaError::Unsupported));
    let mut wrong = parameters(1, Codec::Opus);
    wrong.receive_payload_type = 128;
    let added = world.add(CONTEXT, TerminationId::B, rtp(wrong), Mode::Inactive);
    assert_eq!(added, Err(MediaError::Unsupported));
    let modified = world.modify(CONTEXT, TerminationId::A, Some(wrong), Mode::Inactive);
    assert_eq!(modified, Err(MediaError::Unsupported));
    // None of these held on to anything.
    assert_eq!(world.mgw.counters().ports_in_use(), 1);
    assert_eq!(world.sockets.len(), 1);
}

#[test]
fn termination_and_circuit_are_added_once() {
    let mut world = World::new(config());
    world
        .add(
            CONTEXT,
            TerminationId::A,
            circuit(TRUNK_A, 1),
            Mode::Inactive,
        )
        .unwrap();
    let again = world.add(CONTEXT, TerminationId::A, BARE, Mode::Inactive);
    assert_eq!(again, Err(MediaError::TerminationBusy));
    let elsewhere = world.add(
        ContextId(8),
        TerminationId::A,
        circuit(TRUNK_A, 1),
        Mode::Inactive,
    );
    assert_eq!(elsewhere, Err(MediaError::TerminationBusy));
    assert_eq!(world.mgw.counters().contexts(), 1);
    assert_eq!(
        world.subtract(ContextId(8)),
        Err(MediaError::UnknownContext)
    );
    let remote = Some(parameters(1, Codec::Pcma));
    let modified = world.modify(CONTEXT, TerminationId::A, remote, Mode::SendReceive);
    assert_eq!(modified, Err(MediaError::Unsupported));
    world.subtract(CONTEXT).unwrap();
    world
        .add(
            ContextId(8),
            TerminationId::A,
            circuit(TRUNK_A, 1),
            Mode::Inactive,
        )
        .unwrap();
}

#[test]
fn ports_run_out_and_come_back_oldest_first() {
    let mut world = World::new(MgwConfig {
        ports: 20_001..=20_006,
        ..config()
    });
    let add = |world: &mut World, number| {
        world.add(ContextId(number), TerminationId::A, BARE, Mode::Inactive)
    };
    // 20,002 and 20,004; 20,006 has no odd neighbour in the range.
    assert_eq!(add(&mut world, 1).unwrap().port(), 20_002);
    assert_eq!(add(&mut world, 2).unwrap().port(), 20_004);
    assert_eq!(add(&mut world, 3), Err(MediaError::InsufficientResources));
    assert_eq!(world.mgw.counters().contexts(), 2);
    world.subtract(ContextId(2)).unwrap();
    world.subtract(ContextId(1)).unwrap();
    assert_eq!(add(&mut world, 4).unwrap().port(), 20_004);
    assert_eq!(add(&mut world, 5).unwrap().port(), 20_002);
}

#[test]
fn contexts_run_out() {
    let mut world = World::new(MgwConfig {
        max_contexts: 2,
        ..config()
    });
    for number in 1..=2 {
        world
            .add(ContextId(number), TerminationId::A, BARE, Mode::Inactive)
            .unwrap();
    }
    let third = world.add(ContextId(3), TerminationId::A, BARE, Mode::Inactive);
    assert_eq!(third, Err(MediaError::InsufficientResources));
    // The second termination of a context needs no room.
    world
        .add(ContextId(2), TerminationId::B, BARE, Mode::Inactive)
        .unwrap();
}

#[test]
fn port_of_another_program_is_passed_over() {
    let mut world = World::new(config());
    world.taken = [20_000, 20_002, 20_004].into();
    let added = world
        .add(CONTEXT, TerminationId::A, BARE, Mode::Inactive)
        .unwrap();
    assert_eq!(added.port(), 20_006);
    assert_eq!(world.mgw.counters().ports_in_use(), 1);
    world.taken = (20_000..=20_999).collect();
    let added = world.add(ContextId(8), TerminationId::A, BARE, Mode::Inactive);
    assert_eq!(added, Err(MediaError::InsufficientResources));
    assert_eq!(world.mgw.counters().contexts(), 1);
    assert_eq!(world.mgw.counters().ports_in_use(), 1);
    // A circuit has one port only.
    world.taken = [30_002].into();
    let added = world.add(
        CONTEXT,
        TerminationId::B,
        circuit(TRUNK_A, 1),
        Mode::Inactive,
    );
    assert_eq!(added, Err(MediaError::InsufficientResources));
    world.taken.clear();
    world
        .add(
            CONTEXT,
            TerminationId::B,
            circuit(TRUNK_A, 1),
            Mode::Inactive,
        )
        .unwrap();
}

#[test]
fn ipv6_has_its_own_address() {
    let ipv6 = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let mut world = World::new(MgwConfig {
        ipv6: Some(ipv6),
        ..config()
    });
    let bearer = Bearer::Rtp {
        remote: None,
        ipv6: true,
    };
    let added = world
        .add(CONTEXT, TerminationId::A, bearer, Mode::Inactive)
        .unwrap();
    assert_eq!(added.ip(), ipv6);
}

#[test]
fn configurations_that_cannot_work_are_refused() {
    let refused = |config: MgwConfig| Mgw::new(config, 0).unwrap_err();
    let unspecified = MgwConfig::new("0.0.0.0".parse().unwrap());
    assert!(matches!(
        refused(unspecified),
        ConfigError::Unspecified { .. }
    ));
    let no_ports = MgwConfig {
        ports: 20_001..=20_002,
        ..config()
    };
    assert!(matches!(refused(no_ports), ConfigError::NoPorts { .. }));
    let mut twice = config();
    twice.circuits.push(twice.circuits[0].clone());
    assert!(matches!(
        refused(twice),
        ConfigError::DuplicateGroup { group: TRUNK_A }
    ));
    let mut odd = config();
    odd.circuits[0].remote_port_base = 40_001;
    assert!(matches!(
        refused(odd),
        ConfigError::PortBase { base: 40_001, .. }
    ));
    let mut high = config();
    high.circuits[0].local_port_base = 65_500;
    assert_eq!(
        refused(high).to_string(),
        "circuit bearers of trunk group 1: port base 65500 + 2 x CIC 31 + 1 exceeds 65535"
    );
}

/// 20,000 commands of chance: nothing leaks, and after all is subtracted all is free.
#[test]
fn nothing_leaks() {
    let mut chance = Chance(2);
    let mut world = World::new(MgwConfig {
        ports: 20_000..=20_039,
        ..config()
    });
    world.taken = [20_010, 20_020].into();
    for _ in 0..20_000 {
        let context = ContextId(u64::from(chance.next() % 30));
        let termination = if chance.next().is_multiple_of(2) {
            TerminationId::A
        } else {
            TerminationId::B
        };
        let codec = Codec::ALL[chance.next() as usize % 4];
        let parameters = parameters(chance.next() as u8 | 1, codec);
        match chance.next() % 8 {
            0..4 => {
                let bearer = match chance.next() % 3 {
                    0 => BARE,
                    1 => rtp(parameters),
                    _ => circuit(TRUNK_A, (chance.next() % 33) as u16),
                };
                let _ = world.add(context, termination, bearer, Mode::SendReceive);
            }
            4..6 => {
                let _ = world.modify(context, termination, Some(parameters), Mode::SendReceive);
                let _ = world.signal(
                    termination,
                    Some(Signal::RingingTone(RingingTone::European)),
                );
            }
            _ => {
                let _ = world.subtract(context);
            }
        }
        if chance.next().is_multiple_of(16) {
            world.until(world.now + std::time::Duration::from_millis(20));
        }
        let counters = world.mgw.counters();
        let held = counters.ports_in_use() + counters.circuits_in_use();
        assert_eq!(held, world.sockets.len() as u64);
    }
    for number in 0..30 {
        let _ = world.subtract(ContextId(number));
    }
    let counters = world.mgw.counters();
    let gauges = (
        counters.contexts(),
        counters.ports_in_use(),
        counters.circuits_in_use(),
    );
    assert_eq!(gauges, (0, 0, 0));
    assert!(world.sockets.is_empty());
    assert_eq!(world.mgw.poll_timeout(), None);
    world.taken.clear();
    for number in 0..20 {
        world
            .add(ContextId(number), TerminationId::A, BARE, Mode::Inactive)
            .unwrap();
    }
}
