//! How associations end, and what comes back of what was sent.

use super::*;

#[test]
fn shutdown_delivers_what_is_queued_and_ends_both() {
    let mut net = Net::connected();
    net.asp.send(net.now, CLIENT, 1, b"last".to_vec());
    net.asp.shutdown(net.now, CLIENT);
    net.after(Duration::from_secs(1));
    assert_eq!(net.asp_events, [AssociationEvent::Down(DownReason::Local)]);
    assert_eq!(
        net.sgp_events,
        [
            (FIRST, message(b"last")),
            (FIRST, AssociationEvent::Down(DownReason::Peer))
        ]
    );
    for endpoint in [&net.asp, &net.sgp] {
        assert!(endpoint.associations.is_empty() && endpoint.by_path.is_empty());
        assert!(endpoint.by_tag.is_empty() && endpoint.due.is_empty());
    }
}

#[test]
fn shutdown_waits_for_more_than_the_window_holds_and_for_what_is_lost() {
    for loss in [0, 3, 7] {
        let mut net = Net::connected();
        net.loss = loss;
        let sent = numbered(10_000);
        for data in &sent {
            net.asp.send(net.now, CLIENT, 1, data.clone());
        }
        net.asp.shutdown(net.now, CLIENT);
        // Nothing more is taken.
        net.asp.send(net.now, CLIENT, 1, b"too late".to_vec());
        net.after(Duration::from_secs(300));
        assert_same(&net.received_at_sgp(), &sent, &format!("loss 1 in {loss}"));
        assert_eq!(returned(&net.asp_events), [b"too late"]);
        let down = AssociationEvent::Down(DownReason::Local);
        assert_eq!(net.asp_events.last(), Some(&down), "loss 1 in {loss}");
    }
}

#[test]
fn shutdown_of_the_peer_waits_for_what_we_have_queued() {
    for loss in [0, 3, 7] {
        let mut net = Net::connected();
        net.loss = loss;
        let sent = numbered(10_000);
        for data in &sent {
            net.sgp.send(net.now, FIRST, 1, data.clone());
        }
        net.asp.shutdown(net.now, CLIENT);
        net.after(Duration::from_secs(300));
        assert_same(&net.received_at_asp(), &sent, &format!("loss 1 in {loss}"));
        let down = (FIRST, AssociationEvent::Down(DownReason::Peer));
        assert_eq!(net.sgp_events.last(), Some(&down), "loss 1 in {loss}");
        assert_eq!(returned(net.sgp_events.iter().map(|(_, e)| e)).len(), 0);
    }
}

#[test]
fn both_may_shut_down_at_once() {
    for loss in [0, 5, 7] {
        let mut net = Net::connected();
        net.loss = loss;
        let sent = numbered(2_000);
        for data in &sent {
            net.asp.send(net.now, CLIENT, 1, data.clone());
            net.sgp.send(net.now, FIRST, 1, data.clone());
        }
        net.asp.shutdown(net.now, CLIENT);
        net.sgp.shutdown(net.now, FIRST);
        net.after(Duration::from_secs(120));
        assert_same(&net.received_at_asp(), &sent, &format!("loss 1 in {loss}"));
        assert_same(&net.received_at_sgp(), &sent, &format!("loss 1 in {loss}"));
        assert!(net.asp.associations.is_empty() && net.sgp.associations.is_empty());
    }
}

#[test]
fn a_peer_that_reads_nothing_holds_a_shutdown_up_for_so_long_only() {
    let mut net = Net::connected();
    net.slow = true;
    let sent = numbered(200_000);
    for data in &sent {
        net.asp.send(net.now, CLIENT, 1, data.clone());
    }
    net.asp.shutdown(net.now, CLIENT);
    net.after(Duration::from_secs(9));
    assert!(!net.asp.associations.is_empty(), "it waits for the peer");
    net.after(Duration::from_secs(2));
    let down = AssociationEvent::Down(DownReason::Local);
    assert_eq!(net.asp_events.last(), Some(&down), "5 times RTO.Max");
    // Nothing of it is lost: what the peer has, what came back.
    net.slow = false;
    net.after(Duration::from_secs(1));
    let mut all = net.received_at_sgp();
    all.extend(returned(&net.asp_events));
    all.sort();
    all.dedup();
    assert_same(&all, &sent, "");
}

/// A peer that acknowledges with its SHUTDOWN alone, as RFC 9260 9.2 lets it.
#[test]
fn a_shutdown_acknowledges_what_came_before_it() {
    let mut net = Net::connected();
    net.asp.send(net.now, CLIENT, 1, b"one".to_vec());
    net.asp.send(net.now, CLIENT, 1, b"two".to_vec());
    let packet = transmitted(&mut net.asp).remove(0);
    let chunk = packet::chunks(&packet).last().unwrap();
    let last = chunk.value[..4].to_vec();
    net.sgp
        .send(net.now, FIRST, 1, b"whose tag we need".to_vec());
    let data = transmitted(&mut net.sgp).remove(0);
    let mut shutdown = [&data[..12], &[packet::SHUTDOWN, 0, 0, 8], &last].concat();
    checksum::write(&mut shutdown);
    net.asp.receive(net.now, addr(SGP), &shutdown);
    let answers = transmitted(&mut net.asp);
    assert_eq!(answers.last().unwrap()[12], packet::SHUTDOWN_ACK);
}

#[test]
fn abort_gives_back_what_was_sent_in_vain() {
    let mut net = Net::connected();
    let sent = numbered(3_000);
    for (n, data) in sent.iter().enumerate() {
        net.asp.send(net.now, CLIENT, n as u16 % 5, data.clone());
    }
    net.after(DELAY);
    net.asp.abort(net.now, CLIENT);
    net.after(Duration::from_secs(1));
    let came = net.received_at_sgp();
    let back = returned(&net.asp_events);
    assert!(!came.is_empty() && !back.is_empty());
    // Each message came or came back, and these in the order in which they were sent.
    assert!(back.is_sorted());
    let mut all = came;
    all.extend(back);
    all.sort();
    all.dedup();
    assert_same(&all, &sent, "");
    let [
        ..,
        AssociationEvent::Returned(_),
        AssociationEvent::Down(DownReason::Local),
    ] = &net.asp_events[..]
    else {
        panic!("{:?}", net.asp_events);
    };
    assert!(matches!(
        net.sgp_events.last(),
        Some((FIRST, AssociationEvent::Down(DownReason::Failed(_))))
    ));
}

#[test]
fn dead_peer_is_noticed_by_heartbeats_and_can_come_back() {
    let mut net = Net::connected();
    net.cut = true;
    net.after(Duration::from_secs(30));
    assert!(matches!(
        net.asp_events[..],
        [AssociationEvent::Down(DownReason::Failed(_))]
    ));
    net.cut = false;
    net.asp_events.clear();
    net.sgp_events.clear();
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_secs(1));
    assert_eq!(net.asp_events, [up(SGP)]);
}

#[test]
fn dead_peer_gets_nothing_and_we_get_it_back_acknowledged_or_not() {
    let mut net = Net::connected();
    net.asp.send(net.now, CLIENT, 1, b"arrives".to_vec());
    net.after(Duration::from_secs(1));
    net.cut = true;
    let sent = numbered(100);
    for (n, data) in sent.iter().enumerate() {
        net.asp.send(net.now, CLIENT, n as u16 % 3, data.clone());
        net.carry();
    }
    net.after(Duration::from_secs(30));
    assert_same(&returned(&net.asp_events), &sent, "");
    assert!(matches!(
        net.asp_events[..],
        [
            AssociationEvent::Returned(_),
            AssociationEvent::Down(DownReason::Failed(_))
        ]
    ));
}

#[test]
fn messages_that_nobody_has_read_come_before_the_end() {
    for ending in [SctpEndpoint::abort, SctpEndpoint::shutdown] {
        let mut net = Net::connected();
        net.slow = true;
        let sent = numbered(100);
        for data in &sent {
            net.asp.send(net.now, CLIENT, 1, data.clone());
        }
        net.after(Duration::from_secs(1));
        ending(&mut net.asp, net.now, CLIENT);
        net.after(Duration::from_secs(1));
        assert_same(&net.received_at_sgp(), &sent, "");
        assert!(matches!(
            net.sgp_events.last(),
            Some((FIRST, AssociationEvent::Down(_)))
        ));
    }
    // The peer goes silent: a timer ends it.
    let mut net = Net::connected();
    net.slow = true;
    net.asp.send(net.now, CLIENT, 1, b"unread".to_vec());
    net.after(Duration::from_secs(1));
    net.cut = true;
    net.after(Duration::from_secs(60));
    assert_eq!(net.received_at_sgp(), [b"unread"]);
    assert!(matches!(
        net.sgp_events.last(),
        Some((FIRST, AssociationEvent::Down(_)))
    ));
}
