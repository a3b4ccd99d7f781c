//! Strangers, forgers, floods and junk.

use super::*;

#[test]
fn strangers_get_no_answer() {
    let mut sgp = server(2);
    let from = addr("198.51.100.7:9899");
    let (_, init) = stranger(2905);
    sgp.receive(Time::ZERO, from, &init);
    sgp.receive(Time::ZERO, from, b"junk");
    assert!(transmitted(&mut sgp).is_empty());
    assert!(sgp.associations.is_empty());
    let dropped = Dropped {
        not_admitted: 2,
        stray: 0,
        last: Some(from),
    };
    assert_eq!(sgp.take_dropped(), Some(dropped));
    assert_eq!(sgp.take_dropped(), None);
}

#[test]
fn a_client_takes_no_associations() {
    let mut asp = client();
    let options = Options {
        local_port: 2905,
        remote_port: 40_000,
        ..Options::default()
    };
    let mut other = Socket::new("x", &options);
    other.connect();
    asp.receive(Time::ZERO, addr(SGP), &packet_of(&mut other));
    let answers = transmitted(&mut asp);
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0][12], packet::ABORT);
    assert!(asp.associations.is_empty());
}

#[test]
fn wrong_port_is_aborted_on_udp_and_ignored_on_raw_ip() {
    let (_, mut init) = stranger(5000);
    init[2..4].copy_from_slice(&4000u16.to_be_bytes());
    // The checksum is wrong now, and nothing is answered to that.
    let mut sgp = server(2);
    sgp.receive(Time::ZERO, addr(ASP), &init);
    assert!(transmitted(&mut sgp).is_empty());
    assert_eq!(sgp.take_dropped().map(|d| d.stray), Some(1));
    checksum::write(&mut init);
    sgp.receive(Time::ZERO, addr(ASP), &init);
    assert_eq!(transmitted(&mut sgp)[0][12], packet::ABORT);

    let mut raw = server(2);
    raw.settings.promiscuous = true;
    raw.receive(Time::ZERO, addr(ASP), &init);
    assert!(transmitted(&mut raw).is_empty());
    assert_eq!(raw.take_dropped(), None);
}

#[test]
fn improper_inits_are_refused_or_ignored() {
    let mut sgp = server(2);
    let (_, init) = stranger(6000);
    let mut answers_to = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut init = init.clone();
        change(&mut init);
        checksum::write(&mut init);
        sgp.receive(Time::ZERO, addr(ASP), &init);
        let answers = transmitted(&mut sgp);
        answers.iter().map(|answer| answer[12]).collect::<Vec<_>>()
    };
    assert_eq!(answers_to(&|_| {}), [packet::INIT_ACK]);
    assert_eq!(answers_to(&|init| init[24..26].fill(0)), [packet::ABORT]);
    assert_eq!(answers_to(&|init| init[20..24].fill(0)), [packet::ABORT]);
    assert_eq!(answers_to(&|init| init[16..20].fill(0)), []);
    assert_eq!(answers_to(&|init| init[4..8].fill(1)), []);
    assert_eq!(
        answers_to(&|init| init.extend_from_slice(&[packet::COOKIE_ACK, 0, 0, 4])),
        []
    );
}

#[test]
fn forged_cookies_open_nothing() {
    let mut sgp = server(2);
    let from = addr(ASP);
    let (mut client, init) = stranger(6000);
    sgp.receive(Time::ZERO, from, &init);
    let init_ack = transmitted(&mut sgp).remove(0);
    client.handle_input(&init_ack);
    let echo = packet_of(&mut client);
    // A cookie that was never given, even if all else is right; each octet counts.
    let cookie = Cookie::returned(&echo).unwrap();
    for at in cookie.place.clone() {
        let mut forged = echo.clone();
        forged[at] ^= 0x40;
        checksum::write(&mut forged);
        sgp.receive(Time::ZERO, from, &forged);
    }
    // The stack's own, which it would take.
    let bare = cookie.replaced(&echo, &echo[16..16 + 48]);
    sgp.receive(Time::ZERO, from, &bare);
    // The right cookie, but on another path, or with another tag.
    sgp.receive(Time::ZERO, addr("192.0.2.1:7000"), &echo);
    let mut tagged = echo.clone();
    tagged[7] ^= 1;
    checksum::write(&mut tagged);
    sgp.receive(Time::ZERO, from, &tagged);
    assert!(transmitted(&mut sgp).is_empty(), "silently discarded");
    assert!(sgp.associations.is_empty());
    let strays = cookie.place.len() as u64 + 3;
    assert_eq!(sgp.take_dropped().map(|d| d.stray), Some(strays));
    // Of another endpoint of ours.
    let mut other = server(2);
    other.receive(Time::ZERO, from, &echo);
    assert!(other.associations.is_empty());
    sgp.receive(Time::ZERO, from, &echo);
    assert_eq!(sgp.associations.len(), 1);
}

#[test]
fn a_flood_of_inits_takes_nothing_and_keeps_nobody_out() {
    let mut sgp = server(2);
    let from = addr(ASP);
    let (mut client, init) = stranger(6000);
    sgp.receive(Time::ZERO, from, &init);
    client.handle_input(&transmitted(&mut sgp).remove(0));
    for port in 1..=5_000 {
        let (_, init) = stranger(port);
        sgp.receive(Time::from_millis(1), from, &init);
        assert_eq!(transmitted(&mut sgp).len(), 1);
    }
    assert!(sgp.associations.is_empty() && sgp.by_path.is_empty());
    assert_eq!(sgp.poll_timeout(), None);
    sgp.receive(Time::from_millis(2), from, &packet_of(&mut client));
    assert_eq!(sgp.associations.len(), 1);
}

#[test]
fn associations_that_come_in_are_bounded() {
    let mut sgp = server(3);
    let from = addr(ASP);
    let mut strangers: Vec<(Socket, Vec<u8>)> = (1..=5).map(stranger).collect();
    // All of them have a cookie, but there is room for three.
    for (socket, init) in &mut strangers {
        sgp.receive(Time::ZERO, from, init);
        socket.handle_input(&transmitted(&mut sgp).remove(0));
    }
    let mut answers = Vec::new();
    for (socket, _) in &mut strangers {
        sgp.receive(Time::ZERO, from, &packet_of(socket));
        answers.extend(transmitted(&mut sgp).iter().map(|answer| answer[12]));
    }
    const ACK: u8 = packet::COOKIE_ACK;
    assert_eq!(answers, [ACK, ACK, ACK, packet::ABORT, packet::ABORT]);
    assert_eq!(sgp.associations.len(), 3);
    let (_, init) = stranger(6000);
    sgp.receive(Time::ZERO, from, &init);
    assert_eq!(transmitted(&mut sgp)[0][12], packet::ABORT);
    // One leaves, one comes.
    sgp.abort(Time::ZERO, FIRST);
    assert_eq!(transmitted(&mut sgp)[0][12], packet::ABORT);
    sgp.receive(Time::ZERO, from, &init);
    assert_eq!(transmitted(&mut sgp)[0][12], packet::INIT_ACK);
}

#[test]
fn wrong_tags_change_nothing() {
    let mut net = Net::connected();
    net.asp.send(net.now, CLIENT, 1, b"kept".to_vec());
    let data = transmitted(&mut net.asp).remove(0);
    let tag = u32::from_be_bytes([data[4], data[5], data[6], data[7]]);
    let mut forged = data.clone();
    for (kind, flags) in [
        (packet::ABORT, 0),
        (packet::ABORT, 1),
        (packet::SHUTDOWN_COMPLETE, 0),
        (packet::SHUTDOWN_COMPLETE, 1),
        (packet::SHUTDOWN_ACK, 0),
        (packet::SHUTDOWN, 0),
        (packet::SACK, 0),
        (packet::COOKIE_ACK, 0),
        (packet::ERROR, 0),
    ] {
        let mut packet = data[..12].to_vec();
        packet[4..8].copy_from_slice(&tag.wrapping_add(1).to_be_bytes());
        packet.extend_from_slice(&[kind, flags, 0, 4]);
        checksum::write(&mut packet);
        net.sgp.receive(net.now, addr(ASP), &packet);
    }
    forged[4..8].copy_from_slice(&tag.wrapping_add(1).to_be_bytes());
    checksum::write(&mut forged);
    net.sgp.receive(net.now, addr(ASP), &forged);
    assert!(transmitted(&mut net.sgp).is_empty(), "silently discarded");
    assert!(net.sgp.poll_message().is_none());
    net.sgp.receive(net.now, addr(ASP), &data);
    net.carry();
    assert_eq!(net.received_at_sgp(), [b"kept"]);
}

#[test]
fn packets_out_of_the_blue_are_answered_once_at_most() {
    let mut sgp = server(2);
    let bare = |kind: u8, flags: u8| {
        let mut packet = vec![0x10, 0, 0x0b, 0x59, 0, 0, 0, 9, 0, 0, 0, 0];
        packet.extend_from_slice(&[kind, flags, 0, 4]);
        checksum::write(&mut packet);
        packet
    };
    let mut answers = Vec::new();
    for kind in 0..=20 {
        sgp.receive(Time::ZERO, addr(ASP), &bare(kind, 0));
        for answer in transmitted(&mut sgp) {
            answers.push((kind, answer[12], answer[13]));
            // What we answer gets no answer of us.
            let mut back = answer.clone();
            back.swap(0, 2);
            back.swap(1, 3);
            checksum::write(&mut back);
            sgp.receive(Time::ZERO, addr(ASP), &back);
            assert!(transmitted(&mut sgp).is_empty(), "{kind}");
        }
    }
    let silent = [
        packet::INIT,
        packet::ABORT,
        packet::COOKIE_ECHO,
        packet::COOKIE_ACK,
        packet::SHUTDOWN_COMPLETE,
    ];
    let expected: Vec<_> = (0..=20)
        .filter(|kind| !silent.contains(kind))
        .map(|kind| match kind {
            packet::SHUTDOWN_ACK => (kind, packet::SHUTDOWN_COMPLETE, 1),
            _ => (kind, packet::ABORT, 1),
        })
        .collect();
    assert_eq!(answers, expected);
}

#[test]
fn damaged_packets_do_no_harm() {
    let mut net = Net::connected();
    let mut seed = 1u32;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as usize
    };
    for round in 0..2_000 {
        net.asp.send(net.now, CLIENT, 1, vec![7; 20]);
        for mut packet in transmitted(&mut net.asp) {
            let at = random() % packet.len();
            packet[at] ^= 1 << (random() % 8);
            packet.truncate(1 + random() % packet.len());
            net.sgp.receive(net.now, addr(ASP), &packet);
        }
        net.now += Duration::from_millis(1);
        let _ = transmitted(&mut net.sgp);
        if round % 100 == 0 {
            net.sgp
                .receive(net.now, addr(ASP), &vec![0xff; random() % 1500]);
        }
    }
    net.after(Duration::from_secs(30));
    assert_eq!(net.received_at_sgp().len(), 2_000, "repeated until whole");
}

/// Handshakes in which each packet may be changed on its way, with a checksum that is right
/// again.
#[test]
fn changed_handshakes_do_no_harm() {
    let mut seed = 3u32;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as usize
    };
    let mut net = Net::new();
    for _ in 0..400 {
        net.asp.connect(net.now, CLIENT);
        for _ in 0..6 {
            net.carry();
            for (.., packet) in &mut net.wire {
                let at = random() % packet.len();
                match random() % 4 {
                    0 => packet[at] = random() as u8,
                    1 => packet.truncate(at),
                    2 => packet.extend_from_within(at..),
                    _ => continue,
                }
                if packet.len() >= 12 {
                    checksum::write(packet);
                }
            }
            net.after(DELAY);
        }
        net.wire.clear();
        net.asp.abort(net.now, CLIENT);
        net.carry();
    }
    // Whatever has become of all that, a new client gets through.
    net.wire.clear();
    net.asp = client();
    net.asp_events.clear();
    net.asp.connect(net.now, CLIENT);
    net.after(Duration::from_secs(20));
    assert_eq!(net.asp_events, [up(SGP)]);
}

/// Chunks of a peer that has the tag and the checksum right but writes what it likes.
#[test]
fn a_peer_that_writes_nonsense_ends_its_own_association_at_most() {
    let mut seed = 7u32;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as usize
    };
    for _ in 0..300 {
        let mut net = Net::connected();
        net.sgp.send(net.now, FIRST, 1, b"for whom?".to_vec());
        net.asp.send(net.now, CLIENT, 1, vec![7; 20]);
        let genuine = transmitted(&mut net.asp).remove(0);
        for _ in 0..20 {
            let mut packet = genuine[..12].to_vec();
            for _ in 0..=random() % 3 {
                let length = 4 + random() % 40;
                packet.extend_from_slice(&[(random() % 16) as u8, random() as u8]);
                packet.extend_from_slice(&(length as u16).to_be_bytes());
                packet.extend(std::iter::repeat_with(|| random() as u8).take(length - 4));
                packet.resize(packet.len().next_multiple_of(4), 0);
            }
            checksum::write(&mut packet);
            net.sgp.receive(net.now, addr(ASP), &packet);
            net.now += Duration::from_millis(1);
            let _ = transmitted(&mut net.sgp);
        }
        // Another peer is not touched.
        let (mut other, init) = stranger(6000);
        net.sgp.receive(net.now, addr(ASP), &init);
        let answers = transmitted(&mut net.sgp);
        let ack = answers.iter().find(|a| a[12] == packet::INIT_ACK).unwrap();
        other.handle_input(ack);
        net.sgp.receive(net.now, addr(ASP), &packet_of(&mut other));
        let answers = transmitted(&mut net.sgp);
        assert!(answers.iter().any(|a| a[12] == packet::COOKIE_ACK));
    }
}
