//! How associations come up: either side first, both at once, anew; and when they do not.

use super::*;

/// Two endpoints that listen for each other and connect to each other, same ports both ways.
fn twins() -> Net {
    let end = |own_port, other: &str, other_port| {
        let peers = BTreeMap::from([(CLIENT, peer(other, other_port, own_port))]);
        let listener = listener(own_port, other, 0);
        SctpEndpoint::new(settings(), Some(listener), peers, Ids::default())
    };
    Net::of(end(40_000, SGP, 2905), end(2905, ASP, 40_000))
}

#[test]
fn unreachable_peer_fails_in_bounded_time() {
    let mut net = Net::new();
    net.cut = true;
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_secs(12));
    assert!(matches!(
        net.asp_events[..],
        [AssociationEvent::Down(DownReason::Failed(_))]
    ));
}

#[test]
fn each_peer_has_timers_of_its_own() {
    let quick = SctpTimers {
        rto_initial: Duration::from_millis(100),
        max_init_retransmissions: 1,
        ..SctpTimers::default()
    };
    let second = AssociationId(1);
    let peers = BTreeMap::from([
        (CLIENT, peer(SGP, 2905, 40_000)),
        (
            second,
            Peer {
                timers: quick,
                ..peer(SGP, 2905, 40_001)
            },
        ),
    ]);
    let mut asp = SctpEndpoint::new(settings(), None, peers, Ids::default());
    let start = Time::from_secs(1);
    asp.connect(start, CLIENT);
    asp.connect(start, second);
    let mut ends = BTreeMap::new();
    while let Some(now) = asp.poll_timeout() {
        asp.handle_timeout(now);
        while let Some(output) = asp.poll_output() {
            if let Output::Event(id, AssociationEvent::Down(_)) = output {
                ends.insert(id, now.since(start).as_millis());
            }
        }
    }
    assert_eq!(ends, BTreeMap::from([(CLIENT, 4_000), (second, 200)]));
}

#[test]
fn lost_handshakes_are_repeated() {
    for lost in 1..=4 {
        let mut net = Net::new();
        net.asp.connect(net.now, CLIENT);
        let mut seen = 0;
        for _ in 0..200 {
            net.carry();
            if seen < lost && !net.wire.is_empty() {
                seen += net.wire.len();
                if seen >= lost {
                    net.wire.clear();
                }
            }
            net.after(Duration::from_millis(20));
        }
        assert_eq!(net.asp_events, [up(SGP)], "packet {lost} lost");
        assert_eq!(net.sgp_events, [(FIRST, up(ASP))], "packet {lost} lost");
    }
}

#[test]
fn crossing_inits_make_one_association() {
    let mut net = twins();
    net.asp.connect(net.now, CLIENT);
    net.sgp.connect(net.now, CLIENT);
    net.after(Duration::from_secs(1));
    assert_eq!(net.asp_events, [up(SGP)]);
    assert_eq!(net.sgp_events, [(CLIENT, up(ASP))]);
    net.asp.send(net.now, CLIENT, 1, b"there".to_vec());
    net.sgp.send(net.now, CLIENT, 1, b"back".to_vec());
    net.after(Duration::from_secs(1));
    assert_eq!(net.received_at_sgp(), [b"there"]);
    assert_eq!(net.received_at_asp(), [b"back"]);
}

#[test]
fn crossing_inits_with_loss_make_one_association_too() {
    for loss in 3..12 {
        let mut net = twins();
        net.loss = loss;
        net.asp.connect(net.now, CLIENT);
        net.sgp.connect(net.now, CLIENT);
        net.after(Duration::from_secs(5));
        net.loss = 0;
        net.asp.send(net.now, CLIENT, 1, b"there".to_vec());
        net.sgp.send(net.now, CLIENT, 1, b"back".to_vec());
        net.after(Duration::from_secs(10));
        assert_eq!(net.received_at_sgp(), [b"there"], "loss 1 in {loss}");
        assert_eq!(net.received_at_asp(), [b"back"], "loss 1 in {loss}");
    }
}

#[test]
fn a_configured_peer_that_comes_first_is_that_peer() {
    let mut net = twins();
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_secs(1));
    assert_eq!(net.sgp_events, [(CLIENT, up(ASP))]);
    // Whoever asks for it then learns that it is up.
    net.sgp.connect(net.now, CLIENT);
    net.after(Duration::from_secs(1));
    assert_eq!(net.sgp_events, [(CLIENT, up(ASP)), (CLIENT, up(ASP))]);
    assert_eq!(net.asp_events, [up(SGP)]);
}

#[test]
fn restarted_client_takes_its_association_over() {
    let mut net = Net::connected();
    net.asp = client();
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_secs(1));
    assert_eq!(net.asp_events, [up(SGP)]);
    let restarted = AssociationEvent::Restarted {
        outbound_streams: 17,
    };
    assert_eq!(net.sgp_events, [(FIRST, restarted)]);
    assert_eq!(net.sgp.associations.len(), 1);
    // And once more, with traffic after each.
    net.asp = client();
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_secs(1));
    net.asp.send(net.now, CLIENT, 1, b"third life".to_vec());
    net.sgp.send(net.now, FIRST, 1, b"hello again".to_vec());
    net.after(Duration::from_secs(1));
    assert_eq!(net.received_at_sgp(), [b"third life"]);
    assert_eq!(net.received_at_asp(), [b"hello again"]);
}

#[test]
fn what_was_for_the_old_life_is_given_back_at_a_restart() {
    let mut net = Net::connected();
    // The client dies with messages under way, and more that the window holds back.
    net.cut = true;
    let sent = numbered(5_000);
    for data in &sent {
        net.sgp.send(net.now, FIRST, 1, data.clone());
    }
    net.asp.send(net.now, CLIENT, 1, b"last words".to_vec());
    for packet in transmitted(&mut net.asp) {
        net.sgp.receive(net.now, addr(ASP), &packet);
    }
    net.slow = true;
    net.carry();
    net.cut = false;
    net.asp = client();
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_millis(200));
    let kinds: Vec<_> = net.sgp_events.iter().map(|(_, event)| event).collect();
    // What had come is read before, what had not arrived is given back before.
    assert!(
        matches!(
            kinds[..],
            [
                AssociationEvent::Message { .. },
                AssociationEvent::Returned(_),
                AssociationEvent::Restarted { .. },
            ]
        ),
        "{kinds:?}"
    );
    assert_same(&returned(kinds), &sent, "");
    net.slow = false;
    net.sgp.send(net.now, FIRST, 1, b"new".to_vec());
    net.after(Duration::from_secs(5));
    assert_eq!(net.received_at_asp(), [b"new"], "nothing of the old life");
}

#[test]
fn restarted_server_tells_its_clients_by_abort() {
    let mut net = Net::connected();
    net.sgp = server(2);
    net.asp.send(net.now, CLIENT, 1, b"anyone there?".to_vec());
    net.after(Duration::from_millis(100));
    assert_eq!(
        net.asp_events[0],
        AssociationEvent::Returned(vec![b"anyone there?".to_vec()])
    );
    assert!(matches!(
        net.asp_events[1..],
        [AssociationEvent::Down(DownReason::Failed(_))]
    ));
}

#[test]
fn a_peer_that_refuses_is_not_waited_for() {
    let mut net = Net::of(client(), server(0));
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_millis(20));
    let refused = "refused by the peer with an ABORT".to_owned();
    assert_eq!(
        net.asp_events,
        [AssociationEvent::Down(DownReason::Failed(refused))]
    );
    assert!(net.asp.associations.is_empty());
}

#[test]
fn a_stale_cookie_is_told_and_given_up() {
    let mut net = Net::new();
    net.asp.connect(net.now, CLIENT);
    net.carry();
    let (_, from, _, init) = net.wire.pop_front().unwrap();
    net.sgp.receive(net.now, from, &init);
    let init_ack = transmitted(&mut net.sgp).remove(0);
    net.asp.receive(net.now, addr(SGP), &init_ack);
    let echo = transmitted(&mut net.asp).remove(0);
    // It arrives a second too late.
    let late = net.now + COOKIE_LIFE + Duration::from_secs(1);
    net.sgp.receive(late, from, &echo);
    let answer = transmitted(&mut net.sgp).remove(0);
    assert_eq!(answer[12..20], [packet::ERROR, 0, 0, 12, 0, 3, 0, 8]);
    assert_eq!(answer[20..], 1_000_000u32.to_be_bytes(), "a second");
    assert!(net.sgp.associations.is_empty());
    net.asp.receive(net.now, addr(SGP), &answer);
    net.carry();
    let stale = "the peer found our cookie stale".to_owned();
    assert_eq!(
        net.asp_events,
        [AssociationEvent::Down(DownReason::Failed(stale))]
    );
}

#[test]
fn the_cookie_of_a_living_association_never_gets_stale() {
    let mut net = Net::new();
    net.asp.connect(net.now, CLIENT);
    let mut echo = Vec::new();
    while echo.is_empty() {
        net.carry();
        let cookie_echo = |packet: &[u8]| packet[12] == packet::COOKIE_ECHO;
        let mut packets = net.wire.iter().map(|(.., packet)| packet);
        echo = packets
            .find(|p| cookie_echo(p))
            .cloned()
            .unwrap_or_default();
        net.after(DELAY);
    }
    net.after(Duration::from_secs(100));
    net.sgp.receive(net.now, addr(ASP), &echo);
    let answers = transmitted(&mut net.sgp);
    assert_eq!(answers[0][12], packet::COOKIE_ACK);
    assert_eq!(net.sgp_events, [(FIRST, up(ASP))]);
}
