//! Whatever a peer sends, an endpoint neither panics nor keeps it.

use super::*;
use proptest::prelude::*;

/// Messages of a call, in which octets are then changed.
fn seeds() -> Vec<String> {
    let mut seeds = vec![
        request("INVITE", 1, "", "z9hG4bK1;rport", ""),
        request("CANCEL", 1, "", "z9hG4bK1;rport", ""),
        request("ACK", 1, ";tag=x", "z9hG4bK1", ""),
        request("BYE", 2, ";tag=x", "z9hG4bK2", ""),
        request("OPTIONS", 3, "", "z9hG4bK3", "Require: a,b\n"),
    ];
    seeds.push(
        "SIP/2.0 180 Ringing\nVia: SIP/2.0/UDP 192.0.2.2:5070;branch=z9hG4bK1\n\
         From: <sip:a@x>;tag=1\nTo: <sip:b@x>;tag=2\nCall-ID: 1\nCSeq: 1 INVITE\n\n"
            .to_owned(),
    );
    seeds
}

proptest! {
    #[test]
    fn random_octets_do_no_harm(data in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut net = Net::new();
        let (local, now) = (net.ends[B].address, net.now);
        net.end(B).receive(now, Flow::udp(local, C.parse().unwrap()), &data);
        prop_assert_eq!(net.end(B).sessions(), 0);
    }

    #[test]
    fn changed_messages_do_no_harm(
        picks in proptest::collection::vec((0_usize..6, any::<u16>(), any::<u8>()), 1..8),
    ) {
        let mut net = Net::new();
        let seeds = seeds();
        for (pick, position, octet) in picks {
            let mut data = seeds[pick].replace('\n', "\r\n").into_bytes();
            let position = usize::from(position) % (data.len() * 2);
            if let Some(place) = data.get_mut(position) {
                *place = octet;
            }
            net.deliver(Datagram {
                transport: Transport::Udp,
                source: C.parse().unwrap(),
                destination: net.ends[B].address,
                data,
            });
            net.millis(20);
        }
        let events: Vec<Event> = net.ends[B].events.drain(..).collect();
        for event in events {
            if let Event::Invite { id, .. } = event {
                net.bye(B, id);
            }
        }
        net.ends[B].events.clear();
        while net.step(Time::from_secs(1_000_000)) {}
        net.ends[B].events.clear();
        net.finish();
    }
}
