//! How associations end, and what comes back then.

use super::*;
use tokio::time::Instant;

#[test]
fn abort_ends_both_sides_at_once() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        let (mut client, mut server, _) = pair(&network, client, server);
        client.tell(Command::Abort(CLIENT));
        assert_eq!(client.until_down(), DownReason::Local);
        let DownReason::Failed(reason) = server.until_down() else {
            panic!("no failure");
        };
        assert_eq!(reason, "aborted by the peer: User-Initiated Abort");
    });
}

#[test]
fn shutdown_of_the_server_delivers_what_is_queued() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        let (mut client, mut server, id) = pair(&network, client, server);
        for number in 0u32..1000 {
            server.send(id, 3, number.to_be_bytes().to_vec());
        }
        server.tell(Command::Shutdown(id));
        for number in 0u32..1000 {
            assert_eq!(client.until_message(), (3, number.to_be_bytes().to_vec()));
        }
        assert_eq!(client.until_down(), DownReason::Peer);
        assert_eq!(server.until_down(), DownReason::Local);
    });
}

/// What the peer did not take before it shut down, or aborted, comes back: together all
/// arrived, or is known not to have.
#[test]
fn what_does_not_arrive_comes_back() {
    with_sctp(|| {
        for orderly in [true, false] {
            let network = Network::new();
            let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
            let (mut client, mut server, id) = pair(&network, client, server);
            for number in 0..3000 {
                let (stream, data) = numbered(number, 4000);
                client.send(CLIENT, stream, data);
                if number == 2000 {
                    server.tell(match orderly {
                        true => Command::Shutdown(id),
                        false => Command::Abort(id),
                    });
                }
            }
            let mut returned = client.until_returned();
            let last = numbered(2999, 4000).1;
            while returned.last() != Some(&last) {
                returned.extend(client.until_returned());
            }
            client.until_down();
            server.until_down();
            let first = u32::from_be_bytes(*returned[0].first_chunk().unwrap());
            for (number, data) in (first..).zip(&returned) {
                assert!(*data == numbered(number, 4000).1, "{number}");
            }
            // Whoever aborts does not take what the kernel has already acknowledged for it.
            if orderly {
                server.until_numbered(0..first, 4000);
            }
        }
    });
}

#[test]
fn the_end_of_a_process_ends_its_associations() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        let (client, mut server, _) = pair(&network, client, server);
        client.stop();
        server.until_down();
    });
}

/// What an association had not acknowledged when it fell silent: from some message on all, in
/// the order of sending, whatever their streams and paths.
#[test]
fn silence_returns_what_was_not_acknowledged() {
    with_sctp(|| {
        let network = Network::new();
        let (mut client, server) = plans(ipv4(1, 0), ipv4(2, PORT));
        // Long enough to queue all of it.
        client.peers[0].timers.max_retransmissions = 15;
        let (mut client, mut server, _) = pair(&network, client, server);
        let send = |client: &Host, number: u32| {
            let (stream, data) = numbered(number, 4000);
            client.send(CLIENT, stream, data);
        };
        for number in 0..100 {
            send(&client, number);
        }
        server.until_numbered(0..100, 4000);
        network.silence(1, true);
        network.silence(2, true);
        // More than the kernel takes: the rest waits in our own queue.
        for number in 100..3000 {
            send(&client, number);
        }
        client.until_congested(2);
        let mut returned = client.until_returned();
        // Nothing in between.
        let Some((_, EndpointEvent::Association(_, AssociationEvent::Down(reason)))) =
            client.next()
        else {
            panic!("no Down right after");
        };
        let text = "communication lost: Connection timed out (os error 110)";
        assert_eq!(reason, DownReason::Failed(text.to_owned()));
        // What the shell still sends, because it does not know yet, comes back too.
        send(&client, 3000);
        send(&client, 3001);
        let last = numbered(3001, 4000).1;
        while returned.last() != Some(&last) {
            returned.extend(client.until_returned());
        }
        let first = u32::from_be_bytes(*returned[0].first_chunk().unwrap());
        assert!(first <= 100, "{first}");
        assert_eq!(returned.len(), 3002 - first as usize);
        for (number, data) in (first..).zip(&returned) {
            assert!(*data == numbered(number, 4000).1, "{number}");
        }
        assert!(matches!(server.until_down(), DownReason::Failed(_)));
    });
}

#[test]
fn a_buffer_that_drains_says_so() {
    with_sctp(|| {
        let network = Network::new();
        let (mut client, mut server) = plans(ipv4(1, 0), ipv4(2, PORT));
        client.queue = 1000;
        client.peers[0].timers = patient();
        server.timers = patient();
        let (mut client, mut server, _) = pair(&network, client, server);
        network.silence(1, true);
        network.silence(2, true);
        for number in 0..1500 {
            let (stream, data) = numbered(number, 4000);
            client.send(CLIENT, stream, data);
        }
        client.until_congested(3);
        network.silence(1, false);
        network.silence(2, false);
        server.until_numbered(0..1500, 4000);
        client.until_drained();
    });
}

/// A peer that lost its memory sets the association up again from the same addresses and port
/// (RFC 9260 5.2): what was on its way comes back, and the association is up.
#[test]
fn a_restarted_peer_takes_its_association_over() {
    with_sctp(|| {
        let network = Network::new();
        let (mut client, mut server) = plans(ipv4(1, 40_000), ipv4(2, PORT));
        client.peers[0].timers = patient();
        server.timers = patient();
        let again = client.clone();
        let (client, mut server, id) = pair(&network, client, server);
        network.silence(1, true);
        network.silence(2, true);
        for number in 0..50u8 {
            server.send(id, u16::from(number % 17), vec![number; 100]);
        }
        // Nobody hears that it ends; and before what the server repeats arrives again, the new
        // one is there.
        let alone = network::without_processes();
        client.stop();
        drop(alone);
        let mut client = network.on(1, || Host::start(again));
        client.tell(Command::Connect(CLIENT));
        let begin = Instant::now();
        while network.on(1, || counter("SctpT1InitExpireds")) == 0 {
            assert!(begin.elapsed() < LIMIT, "{:?}", client.events.try_recv());
            std::thread::yield_now();
        }
        network.silence(1, false);
        network.silence(2, false);
        client.until_up();
        let returned = server.until_returned();
        let numbers: Vec<u8> = returned.iter().map(|data| data[0]).collect();
        assert_eq!(numbers, (0..50).collect::<Vec<u8>>());
        let Some((_, EndpointEvent::Association(same, event))) = server.next() else {
            panic!("nothing after Returned");
        };
        let outbound_streams = 17;
        assert_eq!(event, AssociationEvent::Restarted { outbound_streams });
        assert_eq!(same, id);
        server.send(id, 1, b"to the new one".to_vec());
        assert_eq!(client.until_message(), (1, b"to the new one".to_vec()));
        client.send(CLIENT, 2, b"from the new one".to_vec());
        assert_eq!(server.until_message(), (2, b"from the new one".to_vec()));
    });
}
