//! How associations come up, or do not.

use super::super::options::outbound_streams;
use super::super::sys;
use super::*;
use crate::transport::sctp::Dropped;
use libc::{IPPROTO_SCTP, c_int};
use tokio::time::Instant;

#[test]
fn both_sides_have_the_settings_that_were_asked_for() {
    with_sctp(|| {
        let network = Network::new();
        network.on(1, || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(settings_of_both());
        });
    });
}

async fn settings_of_both() {
    let timers = SctpTimers {
        rto_initial: Duration::from_millis(410),
        rto_min: Duration::from_millis(140),
        rto_max: Duration::from_millis(910),
        heartbeat_interval: Duration::from_millis(1230),
        max_retransmissions: 6,
        max_path_retransmissions: 5,
        max_init_retransmissions: 4,
    };
    let settings = KernelSettings {
        timers,
        streams: 23,
    };
    let listener = listen(settings, &["127.0.0.1:0".parse().unwrap()]).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let listener = sys::register(listener).unwrap();
    let kernel = Kernel { streams: 23 };
    let peer = ConnectionPeer {
        local: vec!["127.0.0.1:0".parse().unwrap()],
        remote: vec![address],
        timers,
    };
    let (client, _) = kernel.connect(peer).await.unwrap();
    let (server, _) = kernel.accept(&listener).await.unwrap();
    for socket in [client.get_ref(), server.get_ref()] {
        assert_eq!(outbound_streams(socket).unwrap(), 23);
        let option = |option: c_int, length: usize| {
            let mut octets = vec![0; length];
            sys::get(socket, IPPROTO_SCTP, option, &mut octets)
                .unwrap()
                .to_vec()
        };
        let words = |octets: &[u8]| -> Vec<u32> {
            octets
                .chunks(4)
                .map(|word| u32::from_ne_bytes(*word.first_chunk().unwrap()))
                .collect()
        };
        // Initial, maximum, minimum.
        assert_eq!(words(&option(libc::SCTP_RTOINFO, 16))[1..], [410, 910, 140]);
        assert_eq!(option(libc::SCTP_ASSOCINFO, 20)[4..6], 6u16.to_ne_bytes());
        let path = option(libc::SCTP_PEER_ADDR_PARAMS, 156);
        assert_eq!(path[132..136], 1230u32.to_ne_bytes());
        assert_eq!(path[136..138], 5u16.to_ne_bytes());
        assert_eq!(words(&option(libc::SCTP_DELAYED_SACK, 12))[1], 50);
        assert_eq!(option(libc::SCTP_NODELAY, 4), 1u32.to_ne_bytes());
    }
}

#[test]
fn nobody_listens() {
    with_sctp(|| {
        let network = Network::new();
        let plan = Plan {
            peers: vec![peer(ipv4(1, 0), ipv4(2, PORT))],
            ..Plan::default()
        };
        let mut client = network.on(1, || Host::start(plan));
        // More than once from the same port.
        for _ in 0..3 {
            client.tell(Command::Connect(CLIENT));
            let text = "Connection refused (os error 111)".to_owned();
            assert_eq!(client.until_down(), DownReason::Failed(text));
        }
    });
}

/// RTO.Initial 150 ms and two retransmissions: 150 + 300 + 400 ms.
#[test]
fn nobody_answers() {
    with_sctp(|| {
        let network = Network::new();
        network.silence(1, true);
        let plan = Plan {
            peers: vec![peer(vec![ipv4(1, 0)[0]], vec![ipv4(2, PORT)[0]])],
            ..Plan::default()
        };
        let mut client = network.on(1, || Host::start(plan));
        let begin = Instant::now();
        client.tell(Command::Connect(CLIENT));
        let text = "Connection timed out (os error 110)".to_owned();
        assert_eq!(client.until_down(), DownReason::Failed(text));
        let took = begin.elapsed();
        assert!(took >= Duration::from_millis(700), "{took:?}");
        assert!(took < Duration::from_secs(3), "{took:?}");
        let expired = network.on(1, || counter("SctpT1InitExpireds"));
        assert_eq!(expired, 3, "INIT and two retransmissions");
    });
}

#[test]
fn a_client_that_is_not_wanted_any_more_gives_up() {
    with_sctp(|| {
        let network = Network::new();
        network.silence(1, true);
        let mut wanted = peer(vec![ipv4(1, 0)[0]], vec![ipv4(2, PORT)[0]]);
        wanted.timers = patient();
        let plan = Plan {
            peers: vec![wanted],
            ..Plan::default()
        };
        let mut client = network.on(1, || Host::start(plan));
        client.tell(Command::Connect(CLIENT));
        client.tell(Command::Abort(CLIENT));
        assert_eq!(client.until_down(), DownReason::Local);
    });
}

#[test]
fn strangers_are_aborted() {
    with_sctp(|| {
        let network = Network::new();
        let (client, mut server) = plans(ipv4(1, 0), ipv4(2, PORT));
        server.admission = Admission::Addresses(vec!["10.0.1.9".parse().unwrap()]);
        let mut server = network.on(2, || Host::start(server));
        let mut client = network.on(1, || Host::start(client));
        client.tell(Command::Connect(CLIENT));
        // As it comes up, or right after.
        assert!(matches!(client.until_down(), DownReason::Failed(_)));
        let Some((_, EndpointEvent::Dropped(dropped))) = server.next() else {
            panic!("not counted");
        };
        assert_eq!((dropped.not_admitted, dropped.stray), (1, 0));
        assert_eq!(dropped.last.unwrap().ip(), ipv4(1, 0)[0].ip());
    });
}

/// The second address of the client may come in, the first may not: it comes in as soon as it
/// has answered from the second.
#[test]
fn a_peer_is_admitted_by_any_address_that_it_has_shown() {
    with_sctp(|| {
        let network = Network::new();
        let (client, mut server) = plans(ipv4(1, 0), ipv4(2, PORT));
        server.admission = Admission::Addresses(vec!["10.0.2.1".parse().unwrap()]);
        let mut server = network.on(2, || Host::start(server));
        let mut client = network.on(1, || Host::start(client));
        client.tell(Command::Connect(CLIENT));
        client.until_up();
        let shown = server.until(|_, event| match event {
            AssociationEvent::Up { peer, .. } => Some(peer.ip()),
            _ => None,
        });
        assert_eq!(shown, ipv4(1, 0)[1].ip());
        client.send(CLIENT, 1, b"hello".to_vec());
        assert_eq!(server.until_message(), (1, b"hello".to_vec()));
    });
}

/// It names the address of somebody else.
#[test]
fn a_peer_is_not_admitted_by_an_address_that_it_only_names() {
    with_sctp(|| {
        let network = Network::new();
        network.silence(2, true);
        let (client, mut server) = plans(ipv4(1, 0), ipv4(2, PORT));
        server.admission = Admission::Addresses(vec!["10.0.2.1".parse().unwrap()]);
        let mut server = network.on(2, || Host::start(server));
        let mut client = network.on(1, || Host::start(client));
        client.tell(Command::Connect(CLIENT));
        assert!(matches!(client.until_down(), DownReason::Failed(_)));
        let Some((_, EndpointEvent::Dropped(dropped))) = server.next() else {
            panic!("not counted");
        };
        let expected = Dropped {
            not_admitted: 1,
            stray: 0,
            last: dropped.last,
        };
        assert_eq!(dropped, expected);
    });
}

#[test]
fn associations_are_bounded() {
    with_sctp(|| {
        let network = Network::new();
        let (mut client, mut server) = plans(ipv4(1, 0), ipv4(2, PORT));
        server.max_associations = 2;
        // All from the same addresses, each from a port of its own.
        client.peers = vec![client.peers[0].clone(); 3];
        let mut server = network.on(2, || Host::start(server));
        let mut client = network.on(1, || Host::start(client));
        let mut names = Vec::new();
        for id in 0..2 {
            client.tell(Command::Connect(AssociationId(id)));
            assert_eq!(client.until_up(), AssociationId(id));
            names.push(server.until_up());
        }
        client.tell(Command::Connect(AssociationId(2)));
        assert!(matches!(client.until_down(), DownReason::Failed(_)));
        // The others live on, each for itself; an end makes room.
        server.send(names[1], 1, b"two".to_vec());
        client.until(|id, event| {
            matches!(event, AssociationEvent::Message { .. })
                .then(|| assert_eq!(id, AssociationId(1)))
        });
        server.tell(Command::Abort(names[0]));
        client.until_down();
        server.until_down();
        client.tell(Command::Connect(AssociationId(2)));
        assert_ne!(server.until_up(), names[0]);
    });
}

#[test]
fn the_same_port_can_be_used_again_at_once() {
    with_sctp(|| {
        let network = Network::new();
        let (client, server) = plans(ipv4(1, 40_000), ipv4(2, PORT));
        let (mut client, mut server, mut id) = pair(&network, client, server);
        let alone = network::without_processes();
        for end in [
            Command::Abort(CLIENT),
            Command::Shutdown(CLIENT),
            Command::Abort(id),
        ] {
            match end {
                Command::Abort(other) if other != CLIENT => server.tell(Command::Shutdown(id)),
                end => client.tell(end),
            }
            client.until_down();
            client.tell(Command::Connect(CLIENT));
            client.until_up();
            server.until_down();
            let next = server.until_up();
            assert_ne!(next, id);
            id = next;
        }
        drop(alone);
    });
}

/// Each listens and calls the other from the port that it listens on: their INITs meet, and one
/// association comes of it (RFC 9260 5.2.1).
#[test]
fn two_that_call_each_other_have_one_association() {
    with_sctp(|| {
        let network = Network::new();
        let plan = |us: usize, them: usize| Plan {
            listen: ipv4(us, PORT),
            peers: vec![peer(ipv4(us, PORT), ipv4(them, PORT))],
            ..Plan::default()
        };
        let mut one = network.on(1, || Host::start(plan(1, 2)));
        let mut two = network.on(2, || Host::start(plan(2, 1)));
        one.tell(Command::Connect(CLIENT));
        two.tell(Command::Connect(CLIENT));
        let (from_one, from_two) = (one.until_up(), two.until_up());
        one.send(from_one, 1, b"one".to_vec());
        two.send(from_two, 1, b"two".to_vec());
        assert_eq!(two.until_message(), (1, b"one".to_vec()));
        assert_eq!(one.until_message(), (1, b"two".to_vec()));
    });
}

#[test]
fn a_port_that_is_listened_on_is_taken() {
    with_sctp(|| {
        let network = Network::new();
        network.on(1, || {
            let settings = KernelSettings {
                timers: quick(),
                streams: 17,
            };
            let address = [ipv4(1, PORT)[0]];
            let _listener = listen(settings, &address).unwrap();
            match listen(settings, &address) {
                Err(SignalingError::Bind { what, address, .. }) => {
                    assert_eq!((what, address), ("SCTP", ipv4(1, PORT)[0]));
                }
                other => panic!("{other:?}"),
            }
            let strange = listen(settings, &["10.9.9.9:2905".parse().unwrap()]);
            assert!(matches!(strange, Err(SignalingError::Bind { .. })));
        });
    });
}

#[test]
fn a_kernel_without_sctp_is_named() {
    let error = SignalingError::NoKernelSctp(io::ErrorKind::Unsupported.into()).to_string();
    assert!(error.contains("this kernel has no SCTP"), "{error}");
    assert!(error.contains("UDP encapsulation"), "{error}");
    match probe(&ipv4(1, 0)) {
        Ok(()) => assert!(std::path::Path::new("/proc/net/sctp").exists()),
        Err(SignalingError::NoKernelSctp(_)) => {}
        Err(error) => panic!("{error}"),
    }
}
