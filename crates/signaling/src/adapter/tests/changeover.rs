//! Traffic that moves from one way to another: nothing lost, nothing overtaken.

use super::*;
use trunkline_m3ua::encode;
use trunkline_m3ua::msg::Data;

const DIVERSION: Duration = Duration::from_millis(500);

/// Two gateways, with the delay of Q.704 when traffic moves.
fn two_gateways(priorities: [u8; 2]) -> Net {
    let mut net = Net::with(
        2,
        |config| {
            config.m3ua.diversion = DIVERSION;
            for (way, priority) in config.routes[0].ways.iter_mut().zip(priorities) {
                way.priority = priority;
            }
        },
        |_| {},
    );
    net.run();
    net.forget();
    net
}

/// The messages of one selection, told apart by their last octet.
fn numbered(sls: u8, number: u8) -> MtpTransfer {
    MtpTransfer {
        data: vec![1, 0, 0x12, number],
        ..to_exchange(sls)
    }
}

fn octets(transfer: MtpTransfer) -> Vec<u8> {
    encode(&Message::Data(Data {
        network_appearance: None,
        routing_context: Some(7),
        protocol_data: transfer.into(),
        correlation_id: None,
    }))
}

fn numbers(indications: &[MtpIndication]) -> Vec<u8> {
    let number = |indication: &MtpIndication| match indication {
        MtpIndication::Transfer(transfer) => transfer.data.last().copied(),
        _ => None,
    };
    indications.iter().filter_map(number).collect()
}

#[test]
fn what_a_lost_association_gives_back_goes_the_other_way_first() {
    let mut net = two_gateways([0, 0]);
    for number in 0..3 {
        net.transfer(numbered(0, number));
    }
    assert_eq!(numbers(&net.sgp_indications(0)), [0, 1, 2]);
    net.forget();
    net.reachable[0] = false;
    // It acknowledged the first only.
    let returned = [1, 2].map(|number| octets(numbered(0, number)));
    net.tell_asp(0, AssociationEvent::Returned(returned.to_vec()));
    net.lose(0);
    net.run();
    assert!(net.asp_events.contains(&SignalingEvent::Rerouted {
        peer: "sg0".to_owned(),
        messages: 2
    }));
    // What comes now waits behind it.
    net.transfer(numbered(0, 3));
    assert_eq!(numbers(&net.sgp_indications(1)), []);
    net.after(DIVERSION);
    assert_eq!(numbers(&net.sgp_indications(1)), [1, 2, 3]);
    assert_eq!(net.discarded(), []);
    assert_eq!(net.asp_indications(), []);
}

#[test]
fn flow_that_moves_waits_for_what_is_under_way() {
    let mut net = two_gateways([0, 0]);
    net.transfer(numbered(0, 0));
    net.transfer(numbered(2, 100));
    let pause = Input::Indicate(MtpIndication::Pause(pc(2)));
    net.sgps[0].handle(net.now, pause);
    net.run();
    net.transfer(numbered(0, 1));
    // Another selection has nothing to wait for.
    net.transfer(numbered(2, 101));
    assert_eq!(numbers(&net.sgp_indications(1)), [100, 101]);
    net.after(DIVERSION);
    assert_eq!(numbers(&net.sgp_indications(1)), [100, 101, 1]);
    // The change-back keeps the order as well.
    let resume = Input::Indicate(MtpIndication::Resume(pc(2)));
    net.sgps[0].handle(net.now, resume);
    net.run();
    net.transfer(numbered(0, 2));
    assert_eq!(numbers(&net.sgp_indications(0)), [0]);
    net.after(DIVERSION);
    assert_eq!(numbers(&net.sgp_indications(0)), [0, 2]);
    assert_eq!(net.discarded(), []);
}

#[test]
fn gateway_of_lower_priority_waits_until_it_is_needed() {
    let mut net = two_gateways([0, 1]);
    let mut number = 0;
    let mut burst = |net: &mut Net| {
        for sls in 0..4 {
            net.transfer(numbered(sls, number));
            number += 1;
        }
        net.after(DIVERSION);
        [0, 1].map(|gateway| net.sgp_indications(gateway).len())
    };
    assert_eq!(burst(&mut net), [4, 0]);
    net.reachable[0] = false;
    net.lose(0);
    net.run();
    assert_eq!(burst(&mut net), [4, 4]);
    net.reachable[0] = true;
    net.after(Duration::from_secs(6));
    assert_eq!(burst(&mut net), [8, 4]);
}

#[test]
fn gateway_holds_what_an_asp_did_not_acknowledge_until_it_is_back() {
    let mut net = Net::active(1);
    let to_asp = |number| MtpTransfer {
        data: vec![1, 0, 0x12, number],
        ..from_exchange(1)
    };
    net.reachable[0] = false;
    let returned = vec![octets(to_asp(1)), octets(to_asp(2))];
    net.tell_sgp(0, AssociationEvent::Returned(returned));
    net.lose(0);
    net.run();
    net.sgps[0].handle(net.now, Input::Transfer(to_asp(3)));
    net.run();
    assert_eq!(numbers(&net.asp_indications()), []);
    net.reachable[0] = true;
    // Within T(r).
    net.after(Duration::from_millis(1500));
    assert_eq!(numbers(&net.asp_indications()), [1, 2, 3]);
}
