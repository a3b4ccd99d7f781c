//! Messages under way: order, loss, bundling, full buffers.

use super::*;

#[test]
fn messages_cross_both_ways_with_the_m3ua_identifier() {
    let mut net = Net::connected();
    net.asp.send(net.now, CLIENT, 1, b"to the gateway".to_vec());
    net.sgp.send(net.now, FIRST, 0, b"and back".to_vec());
    net.after(Duration::from_millis(100));
    assert_eq!(net.sgp_events, [(FIRST, message(b"to the gateway"))]);
    let AssociationEvent::Message { stream, ppid, data } = &net.asp_events[0] else {
        panic!("{:?}", net.asp_events);
    };
    assert_eq!(
        (*stream, *ppid, &data[..]),
        (Some(0), Some(3), &b"and back"[..])
    );
}

#[test]
fn lost_packets_are_repeated_in_order() {
    let mut net = Net::connected();
    net.loss = 5;
    let sent = numbered(300);
    for data in &sent {
        net.asp.send(net.now, CLIENT, 1, data.clone());
        net.carry();
    }
    net.after(Duration::from_secs(60));
    assert_same(&net.received_at_sgp(), &sent, "");
}

#[test]
fn messages_that_are_sent_together_share_packets() {
    let mut net = Net::connected();
    for n in 0..13 {
        net.asp.send(net.now, CLIENT, n % 4, vec![7; 60]);
    }
    let packets = transmitted(&mut net.asp);
    assert_eq!(packets.len(), 1, "13 chunks of 76 octets fit into 1200");
    assert_eq!(packet::chunks(&packets[0]).count(), 13);
    // One alone waits for nobody.
    net.asp.send(net.now, CLIENT, 1, vec![7; 60]);
    assert_eq!(transmitted(&mut net.asp).len(), 1);
}

#[test]
fn changed_udp_port_of_a_peer_is_followed() {
    let mut net = Net::connected();
    net.asp
        .send(net.now, CLIENT, 1, b"through a new binding".to_vec());
    let packets = transmitted(&mut net.asp);
    let moved = addr("192.0.2.1:50123");
    for packet in &packets {
        net.sgp.receive(net.now, moved, packet);
    }
    net.carry();
    assert_eq!(net.received_at_sgp().len(), 1);
    net.sgp.send(net.now, FIRST, 0, b"back".to_vec());
    let Some(Output::Transmit { remote, .. }) = net.sgp.poll_output() else {
        panic!("nothing sent");
    };
    assert_eq!(remote, moved);
    assert_eq!(net.sgp.by_path.len(), 1, "the old path is forgotten");
}

#[test]
fn another_address_of_a_peer_is_heard_but_not_answered() {
    let mut net = Net::of(client(), server(2));
    let second = addr("192.0.2.9:9899");
    let mut listener = listener(2905, ASP, 2);
    listener.admission = Admission::Addresses(vec![addr(ASP).ip(), second.ip()]);
    net.sgp = SctpEndpoint::new(settings(), Some(listener), BTreeMap::new(), Ids::default());
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_millis(100));
    net.asp.send(net.now, CLIENT, 1, b"the other way".to_vec());
    for packet in transmitted(&mut net.asp) {
        net.sgp.receive(net.now, second, &packet);
    }
    net.carry();
    assert_eq!(net.received_at_sgp(), [b"the other way"]);
    assert!(net.wire.iter().all(|(_, _, to, _)| *to == addr(ASP)));
    // With a wrong tag it is none of this association.
    let mut wrong = vec![0; 16];
    wrong[..4].copy_from_slice(&[0x9c, 0x40, 0x0b, 0x59]);
    wrong[12..].copy_from_slice(&[packet::COOKIE_ACK, 0, 0, 4]);
    checksum::write(&mut wrong);
    net.sgp.receive(net.now, second, &wrong);
    assert_eq!(net.sgp.take_dropped().map(|d| d.stray), Some(1));
}

#[test]
fn full_buffer_is_told_and_nothing_taken_is_lost() {
    let mut net = Net::connected();
    let mut failed = 0;
    for _ in 0..4_000 {
        net.asp.send(net.now, CLIENT, 1, vec![1; 1_000]);
    }
    let mut levels = Vec::new();
    while let Some(output) = net.asp.poll_output() {
        match output {
            Output::Event(_, AssociationEvent::SendFailed) => failed += 1,
            Output::Event(_, AssociationEvent::Congestion(level)) => levels.push(level),
            Output::Transmit { remote, packet } => {
                let at = net.now + DELAY;
                net.wire.push_back((at, addr(ASP), remote, packet));
            }
            other => panic!("{other:?}"),
        }
    }
    // Four megabytes do not fit one; what fits is kept, the rest is told.
    assert_eq!(failed, 4_000 - (1 << 20) / 1_000);
    assert_eq!(levels, [3]);
    net.after(Duration::from_secs(60));
    assert_eq!(net.received_at_sgp().len(), 4_000 - failed);
    let told = |event: &AssociationEvent| match event {
        AssociationEvent::Congestion(level) => Some(*level),
        _ => None,
    };
    let levels: Vec<u8> = net.asp_events.iter().filter_map(told).collect();
    assert_eq!(levels, [2, 1, 0], "step by step down");
}

#[test]
fn slow_reader_slows_its_peer_down() {
    let mut net = Net::connected();
    net.slow = true;
    let sent = numbered(200_000);
    for data in &sent {
        net.asp.send(net.now, CLIENT, 1, data.clone());
    }
    net.after(Duration::from_secs(20));
    let entry = &net.sgp.associations[&FIRST];
    assert!(entry.association.has_message());
    assert!(
        net.asp_events
            .iter()
            .all(|event| matches!(event, AssociationEvent::Congestion(_)))
    );
    net.slow = false;
    net.after(Duration::from_secs(120));
    assert_same(&net.received_at_sgp(), &sent, "");
}

#[test]
fn messages_that_no_association_can_carry_are_refused() {
    let mut net = Net::connected();
    net.asp.send(net.now, CLIENT, 1, Vec::new());
    net.asp.send(net.now, CLIENT, 1, vec![0; 70_001]);
    net.asp.send(net.now, CLIENT, 1, vec![0; 70_000]);
    net.after(Duration::from_secs(1));
    assert_eq!(
        net.asp_events,
        [AssociationEvent::SendFailed, AssociationEvent::SendFailed]
    );
    assert_eq!(net.received_at_sgp(), [vec![0; 70_000]]);
    // An association that is not up gives the message back.
    let nobody = AssociationId(77);
    net.asp.send(net.now, nobody, 1, b"lost?".to_vec());
    let Some(Output::Event(id, event)) = net.asp.poll_output() else {
        panic!("nothing told");
    };
    assert_eq!(id, nobody);
    assert_eq!(event, AssociationEvent::Returned(vec![b"lost?".to_vec()]));
}
