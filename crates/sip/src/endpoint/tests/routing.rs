//! Where requests and responses go: Via, Route, Record-Route, Contact.

use super::*;

#[test]
fn response_goes_to_the_source_port_if_asked() {
    let mut net = Net::new();
    let text = request("OPTIONS", 1, "", "z9hG4bKo;rport", "");
    let answers = net.inject(B, "198.51.100.7:33333", &text);
    assert_eq!(
        net.elsewhere[0].destination.to_string(),
        "198.51.100.7:33333"
    );
    let via = answers[0].via().unwrap();
    assert_eq!(via.received(), Some("198.51.100.7".parse().unwrap()));
    assert_eq!(via.rport(), Some(33_333));
    assert_eq!(via.branch(), Some("z9hG4bKo"));
    assert_eq!(via.port, Some(5060));
    net.finish();
}

#[test]
fn response_goes_to_the_port_of_sent_by_otherwise() {
    let mut net = Net::new();
    let text = request("OPTIONS", 1, "", "z9hG4bKo;received=9.9.9.9", "");
    let answers = net.inject(B, "198.51.100.7:33333", &text);
    assert_eq!(
        net.elsewhere[0].destination.to_string(),
        "198.51.100.7:5060"
    );
    let via = answers[0].via().unwrap();
    // What the client wrote itself does not count.
    assert_eq!(via.received(), Some("198.51.100.7".parse().unwrap()));
    net.finish();
}

#[test]
fn via_that_is_right_stays_as_it_is() {
    let mut net = Net::new();
    let second = "Via: SIP/2.0/UDP first.example;branch=z9hG4bKx, SIP/2.0/TCP [2001:db8::1]:1\n";
    let answers = net.inject(B, C, &request("OPTIONS", 1, "", "z9hG4bKo", second));
    let vias: Vec<_> = answers[0].headers(Name::Via).collect();
    let expected = [
        "SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bKo",
        "SIP/2.0/UDP first.example;branch=z9hG4bKx",
        "SIP/2.0/TCP [2001:db8::1]:1",
    ];
    assert_eq!(vias, expected);
    net.finish();
}

#[test]
fn record_route_is_copied_and_followed_by_the_called() {
    let mut net = Net::new();
    let routes = "Record-Route: <sip:203.0.113.50:5080;lr>, <sip:203.0.113.51;lr>\n";
    net.inject(B, C, &request("INVITE", 1, "", "z9hG4bKi", routes));
    let b = id_of(&net.expect(B, "Invite"));
    net.act(B, |end, now| end.accept(now, b, &[], Some(OFFER)))
        .unwrap();
    net.millis(20);
    let success = Message::parse(net.elsewhere.last().unwrap().data.clone()).unwrap();
    let copied: Vec<_> = success.headers(Name::RecordRoute).collect();
    let expected = ["<sip:203.0.113.50:5080;lr>", "<sip:203.0.113.51;lr>"];
    assert_eq!(copied, expected);
    let tag = format!(";tag={}", success.to().tag().unwrap());
    net.inject(B, C, &request("ACK", 1, &tag, "z9hG4bKa", ""));
    net.expect(B, "Acked");
    net.bye(B, b);
    net.millis(20);
    let sent = net.elsewhere.last().unwrap();
    assert_eq!(sent.destination.to_string(), "203.0.113.50:5080");
    let bye = Message::parse(sent.data.clone()).unwrap();
    assert_eq!(bye.headers(Name::Route).collect::<Vec<_>>(), expected);
    assert_eq!(bye.request_uri(), Some("sip:c@203.0.113.9"));
    net.expect(B, "Ended");
    net.finish();
}

#[test]
fn record_route_is_reversed_by_the_caller() {
    let mut net = Net::new();
    let a = net.invite();
    let Event::Invite { id: b, request, .. } = net.expect(B, "Invite") else {
        unreachable!()
    };
    let success = format!(
        "SIP/2.0 200 OK\nVia: {}\nFrom: {}\nTo: {};tag=t\nCall-ID: {}\nCSeq: 1 INVITE\n\
         Record-Route: <sip:192.0.2.99;lr>\nRecord-Route: <sip:{C};lr;x=y>\n\
         Contact: <sip:b@host.invalid>\nContent-Length: 0\n\n",
        request.header(Name::Via).unwrap(),
        request.header(Name::From).unwrap(),
        request.header(Name::To).unwrap(),
        request.call_id(),
    );
    net.inject(A, C, &success);
    net.expect(A, "Answered 200");
    net.act(A, |end, now| end.ack(now, a, None));
    net.millis(20);
    let sent = net.elsewhere.last().unwrap();
    assert_eq!(sent.destination.to_string(), C);
    let ack = Message::parse(sent.data.clone()).unwrap();
    let expected = [
        format!("<sip:{C};lr;x=y>"),
        "<sip:192.0.2.99;lr>".to_owned(),
    ];
    assert_eq!(ack.headers(Name::Route).collect::<Vec<_>>(), expected);
    assert_eq!(ack.request_uri(), Some("sip:b@host.invalid"));
    net.act(A, |end, now| end.bye(now, a, &[]));
    net.expect(A, "Ended");
    net.bye(B, b);
    net.expect(B, "Ended");
    net.finish();
}

// Without an address in the Contact, requests go where the INVITE went or came from.
#[test]
fn contact_with_a_name_falls_back_to_the_known_address() {
    let mut net = Net::new();
    let text = request("INVITE", 1, "", "z9hG4bKi", "").replace(
        "Contact: <sip:c@203.0.113.9>",
        "Contact: <sip:c@phone.invalid>",
    );
    net.inject(B, C, &text);
    let b = id_of(&net.expect(B, "Invite"));
    net.act(B, |end, now| end.accept(now, b, &[], Some(OFFER)))
        .unwrap();
    net.millis(20);
    let success = Message::parse(net.elsewhere.last().unwrap().data.clone()).unwrap();
    let tag = format!(";tag={}", success.to().tag().unwrap());
    net.inject(B, C, &request("ACK", 1, &tag, "z9hG4bKa", ""));
    net.expect(B, "Acked");
    net.bye(B, b);
    net.millis(20);
    assert_eq!(net.elsewhere.last().unwrap().destination.to_string(), C);
    net.expect(B, "Ended");
    net.finish();
}

#[test]
fn ipv6_goes_end_to_end() {
    let mut net = Net::new();
    net.ends[A].address = "[2001:db8::1]:5060".parse().unwrap();
    net.ends[B].address = "[2001:db8::2]:5070".parse().unwrap();
    let a = net.invite();
    let Event::Invite { id: b, request, .. } = net.expect(B, "Invite") else {
        unreachable!()
    };
    let contact = request.contact().unwrap().unwrap();
    assert_eq!(contact.uri, "sip:[2001:db8::1]:5060");
    assert_eq!(
        request.via().unwrap().host.ip(),
        Some("2001:db8::1".parse().unwrap())
    );
    net.connect(a, b);
    net.bye(B, b);
    net.expect(A, "Bye");
    net.expect(B, "Ended");
    net.finish();
}

#[test]
fn no_value_of_the_application_can_add_a_header_field() {
    let mut net = Net::new();
    let (local, destination) = (net.ends[A].address, net.ends[B].address);
    let invite = OutgoingInvite {
        request_uri: format!("sip:1@{destination}"),
        from: "<sip:a@example.net>;x=\"\r\nX-Evil: 1\"".to_owned(),
        to: "\"\r\nX-Evil: 1\" <sip:b@example.net>".to_owned(),
        headers: vec![
            (Name::Subject, "x\r\nX-Evil: 1".to_owned()),
            (Name::Via, "SIP/2.0/UDP evil.example".to_owned()),
        ],
        sdp: None,
        max_forwards: 70,
        credentials: None,
    };
    let a = net.act(A, |a, now| {
        a.invite(now, NextHop::Flow(Flow::udp(local, destination)), invite)
    });
    let datagram = net.wire.values().next().unwrap();
    let text = String::from_utf8(datagram.data.clone()).unwrap();
    assert!(!text.contains("\nX-Evil"), "{text}");
    assert!(!text.contains("evil.example"), "{text}");
    let b = id_of(&net.expect(B, "Invite"));
    net.connect(a, b);
    net.bye(B, b);
    net.expect(A, "Bye");
    net.expect(B, "Ended");
    net.finish();
}

#[test]
fn invite_that_is_no_message_is_not_sent() {
    let mut net = Net::new();
    let (local, destination) = (net.ends[A].address, net.ends[B].address);
    let good = OutgoingInvite {
        request_uri: format!("sip:1@{destination}"),
        from: "<sip:a@example.net>".to_owned(),
        to: "<sip:b@example.net>".to_owned(),
        headers: Vec::new(),
        sdp: None,
        max_forwards: 70,
        credentials: None,
    };
    let bad_uri = OutgoingInvite {
        request_uri: "sip:1\r\nX-Evil: 1 SIP/2.0".to_owned(),
        ..good.clone()
    };
    let bad_from = OutgoingInvite {
        from: "<sip:a@example.net".to_owned(),
        ..good
    };
    for invite in [bad_uri, bad_from] {
        let a = net.act(A, |a, now| {
            a.invite(now, NextHop::Flow(Flow::udp(local, destination)), invite)
        });
        assert_eq!(id_of(&net.expect(A, "Rejected 400")), a);
        assert!(net.take_ladder().is_empty());
    }
    let (mut net, a, b) = Net::connected();
    let bad = [(Name::Contact, "<sip:".to_owned())];
    net.act(A, |end, now| end.reinvite(now, a, None, &bad))
        .unwrap();
    net.expect(A, "ReinviteRejected 400");
    net.bye(B, b);
    net.expect(A, "Bye");
    net.expect(B, "Ended");
    net.finish();
}
