//! What an endpoint answers by itself.

use super::*;

#[track_caller]
fn status(answers: &[Message]) -> u16 {
    assert_eq!(answers.len(), 1, "{answers:?}");
    answers[0].status().unwrap()
}

#[test]
fn options_is_answered_with_what_is_possible() {
    let mut net = Net::new();
    let answers = net.inject(B, C, &request("OPTIONS", 1, "", "z9hG4bKo", ""));
    assert_eq!(status(&answers), 200);
    let answer = &answers[0];
    for method in ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS"] {
        assert!(answer.lists(Name::Allow, method), "{method}");
    }
    assert!(answer.lists(Name::Accept, "application/sdp"));
    assert!(answer.header(Name::Supported).is_some());
    assert!(answer.to().tag().is_some());
    assert!(answer.contact().is_some());
    // No state is kept, and the same request has the same answer.
    assert_eq!(net.end(B).transactions(), 0);
    let again = net.inject(B, C, &request("OPTIONS", 1, "", "z9hG4bKo", ""));
    assert_eq!(again[0].as_bytes(), answer.as_bytes());
    net.finish();
}

#[test]
fn options_inside_a_dialog_asks_whether_it_lives() {
    let (mut net, a, b) = Net::connected();
    let dialog = net.end(A).session(a).unwrap().dialog.clone();
    let options = |remote: &str| {
        format!(
            "OPTIONS sip:b@192.0.2.2:5070 SIP/2.0\nVia: SIP/2.0/UDP {C};branch=z9hG4bKo\n\
             From: {}\nTo: {remote}\nCall-ID: {}\nCSeq: 9 OPTIONS\nMax-Forwards: 70\n\
             Content-Length: 0\n\n",
            dialog.local, dialog.call_id
        )
    };
    assert_eq!(status(&net.inject(B, C, &options(&dialog.remote))), 200);
    let wrong = format!("{}x", dialog.remote);
    assert_eq!(status(&net.inject(B, C, &options(&wrong))), 481);
    net.bye(B, b);
    net.expect(A, "Bye");
    net.expect(B, "Ended");
    net.finish();
}

#[test]
fn methods_that_are_not_supported() {
    let mut net = Net::new();
    for (method, expected) in [
        ("REGISTER", 405),
        ("INFO", 405),
        ("PRACK", 405),
        ("UPDATE", 405),
        ("REFER", 405),
        ("NOTIFY", 405),
        ("SUBSCRIBE", 405),
        ("MESSAGE", 405),
        ("PUBLISH", 405),
        ("NEWMETHOD", 501),
        ("invite", 501),
    ] {
        let answers = net.inject(B, C, &request(method, 1, "", "z9hG4bKm", ""));
        assert_eq!(status(&answers), expected, "{method}");
        assert!(answers[0].lists(Name::Allow, "INVITE"), "{method}");
    }
    assert_eq!(net.end(B).counters().refused, 11);
    net.finish();
}

#[test]
fn extensions_that_are_required_are_420() {
    let mut net = Net::new();
    let extra = "Require: 100rel, precondition\n";
    let answers = net.inject(B, C, &request("INVITE", 1, "", "z9hG4bKr", extra));
    assert_eq!(status(&answers), 420);
    assert!(answers[0].lists(Name::Unsupported, "100rel"));
    assert!(answers[0].lists(Name::Unsupported, "precondition"));
    // Its ACK wants nothing.
    assert!(
        net.inject(B, C, &request("ACK", 1, ";tag=x", "z9hG4bKr", ""))
            .is_empty()
    );
    assert_eq!(net.end(B).counters().stray_acks, 1);
    net.finish();
}

#[test]
fn requests_without_their_dialog_are_481() {
    let mut net = Net::new();
    for (method, to_tag) in [
        ("BYE", ";tag=x"),
        ("BYE", ""),
        ("INVITE", ";tag=x"),
        ("CANCEL", ""),
    ] {
        let answers = net.inject(B, C, &request(method, 1, to_tag, "z9hG4bKd", ""));
        assert_eq!(status(&answers), 481, "{method}");
    }
    net.finish();
}

#[test]
fn strangers_cannot_end_a_session() {
    let (mut net, a, b) = Net::connected();
    let dialog = net.end(A).session(a).unwrap().dialog.clone();
    let bye = |from: &str, to: &str, call_id: &str| {
        format!(
            "BYE sip:b@192.0.2.2:5070 SIP/2.0\nVia: SIP/2.0/UDP {C};branch=z9hG4bK{}\n\
             From: {from}\nTo: {to}\nCall-ID: {call_id}\nCSeq: 9 BYE\nMax-Forwards: 70\n\
             Content-Length: 0\n\n",
            from.len() + to.len() + call_id.len()
        )
    };
    let (local, remote, call_id) = (&*dialog.local, &*dialog.remote, &*dialog.call_id);
    for text in [
        bye(&format!("{local}x"), remote, call_id),
        bye("<sip:a@x>", remote, call_id),
        bye(local, &format!("{remote}x"), call_id),
        bye(local, "<sip:b@x>", call_id),
        bye(local, remote, "x"),
    ] {
        assert_eq!(status(&net.inject(B, C, &text)), 481, "{text}");
    }
    net.silent();
    assert_eq!(status(&net.inject(B, C, &bye(local, remote, call_id))), 200);
    net.expect(B, "Bye");
    net.bye(A, a);
    net.expect(A, "Ended");
    let _ = b;
    net.finish();
}

#[test]
fn ack_of_another_number_is_not_the_one() {
    let mut net = Net::new();
    net.inject(B, C, &request("INVITE", 5, "", "z9hG4bKi", ""));
    let b = id_of(&net.expect(B, "Invite"));
    net.act(B, |end, now| end.accept(now, b, &[], Some(OFFER)))
        .unwrap();
    net.millis(20);
    let success = Message::parse(net.elsewhere.last().unwrap().data.clone()).unwrap();
    let tag = format!(";tag={}", success.to().tag().unwrap());
    net.inject(B, C, &request("ACK", 4, &tag, "z9hG4bKa", ""));
    net.silent();
    net.inject(B, C, &request("ACK", 5, &tag, "z9hG4bKa", ""));
    net.expect(B, "Acked");
    // Again: nothing waits for it.
    net.inject(B, C, &request("ACK", 5, &tag, "z9hG4bKa", ""));
    net.silent();
    assert_eq!(net.end(B).counters().stray_acks, 2);
    net.bye(B, b);
    net.expect(B, "Ended");
    net.finish();
}

// RFC 3261 8.2.2.2.
#[test]
fn request_that_came_on_two_ways_is_482() {
    let mut net = Net::new();
    net.inject(B, C, &request("INVITE", 1, "", "z9hG4bK1", ""));
    let b = id_of(&net.expect(B, "Invite"));
    let answers = net.inject(B, C, &request("INVITE", 1, "", "z9hG4bK2", ""));
    assert_eq!(status(&answers), 482);
    net.inject(B, C, &request("ACK", 1, "", "z9hG4bK2", ""));
    net.silent();
    net.act(B, |end, now| end.reject(now, b, 486, "", &[]))
        .unwrap();
    net.finish();
}

#[test]
fn contents_that_cannot_be_read_are_415() {
    let mut net = Net::new();
    let with_body = |headers: &str| {
        request("INVITE", 1, "", "z9hG4bKc", headers).replace("Length: 0\n\n", "Length: 2\n\nhi")
    };
    let answers = net.inject(B, C, &with_body("Content-Type: text/plain\n"));
    assert_eq!(status(&answers), 415);
    assert!(answers[0].lists(Name::Accept, "application/sdp"));
    let coded = "Content-Type: application/sdp\nContent-Encoding: gzip\n";
    let answers = net.inject(B, C, &with_body(coded));
    assert_eq!(status(&answers), 415);
    assert!(answers[0].lists(Name::AcceptEncoding, "identity"));
    let optional = "Content-Type: text/plain\nContent-Disposition: render;handling=optional\n";
    assert_eq!(status(&net.inject(B, C, &with_body(optional))), 100);
    let b = id_of(&net.expect(B, "Invite"));
    net.act(B, |end, now| end.reject(now, b, 486, "", &[]))
        .unwrap();
    net.finish();
}

#[test]
fn uri_of_an_unknown_scheme_is_416() {
    let mut net = Net::new();
    let text = request("INVITE", 1, "", "z9hG4bKu", "").replacen("sip:b@", "http:b@", 1);
    assert_eq!(status(&net.inject(B, C, &text)), 416);
    let text = request("INVITE", 1, "", "z9hG4bKt", "").replacen(
        "INVITE sip:b@192.0.2.2:5070",
        "INVITE tel:+4930123456",
        1,
    );
    assert_eq!(status(&net.inject(B, C, &text)), 100);
    let b = id_of(&net.expect(B, "Invite"));
    net.act(B, |end, now| end.reject(now, b, 404, "", &[]))
        .unwrap();
    net.finish();
}

#[test]
fn malformed_requests_are_400() {
    let mut net = Net::new();
    let good = request("INVITE", 1, "", "z9hG4bKf", "");
    for bad in [
        good.replace("CSeq: 1 INVITE", "CSeq: 1 BYE"),
        good.replace("CSeq: 1 INVITE", "CSeq: x INVITE"),
        good.replace(
            "Contact: <sip:c@203.0.113.9>",
            "Contact: <sip:c@203.0.113.9",
        ),
        good.replace("Content-Length: 0", "Content-Length: 9"),
    ] {
        let answers = net.inject_malformed(B, C, &bad);
        assert_eq!(answers.len(), 1);
        assert!(answers[0].starts_with("SIP/2.0 400 Bad Request ("), "{bad}");
        assert!(answers[0].contains("Call-ID: c-call\r\n"), "{bad}");
        let Event::Malformed { flow, .. } = net.expect(B, "Malformed Some(400)") else {
            unreachable!()
        };
        assert_eq!(flow.remote.to_string(), C);
    }
    let answers = net.inject(B, C, &good.replace("Contact: <sip:c@203.0.113.9>\n", ""));
    assert_eq!(status(&answers), 400);
    assert_eq!(net.end(B).sessions(), 0);
    net.finish();
}

#[test]
fn other_versions_are_505() {
    let mut net = Net::new();
    let text = request("INVITE", 1, "", "z9hG4bKv", "").replacen("SIP/2.0\n", "SIP/3.0\n", 1);
    assert_eq!(status(&net.inject(B, C, &text)), 505);
    net.expect(B, "Malformed Some(505)");
    net.finish();
}

#[test]
fn junk_is_reported_and_not_answered() {
    let mut net = Net::new();
    let good = request("INVITE", 1, "", "z9hG4bKj", "");
    for junk in [
        "\u{0}\u{1}\u{2}hello",
        "GET / HTTP/1.1\nHost: x\n\n",
        "SIP/2.0 200 OK\n\n",
        &good.replace("Call-ID: c-call\n", ""),
        &good.replace("Via: SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bKj\n", ""),
        &request("ACK", 1, "", "z9hG4bKj", "").replace("Call-ID: c-call\n", ""),
    ] {
        assert!(net.inject(B, C, junk).is_empty(), "{junk}");
        net.expect(B, "Malformed None");
    }
    for keep_alive in ["\n\n", "\n", "", "\u{0}"] {
        assert!(net.inject(B, C, keep_alive).is_empty());
    }
    assert_eq!(net.end(B).counters().keep_alives, 4);
    net.silent();
    net.finish();
}

#[test]
fn stray_responses_are_counted() {
    let (mut net, a, b) = Net::connected();
    let stray = format!(
        "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnone\n\
         From: <sip:a@x>;tag=1\nTo: <sip:b@x>;tag=2\nCall-ID: 1\nCSeq: 1 INVITE\n\
         Contact: <sip:{C}>\nContent-Length: 0\n\n"
    );
    assert!(net.inject(A, C, &stray).is_empty());
    assert_eq!(net.end(A).counters().stray_responses, 1);
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    let _ = b;
    net.finish();
}

#[test]
fn response_with_two_vias_is_someone_elses() {
    let mut net = Net::new();
    let a = net.invite();
    let Event::Invite { id: b, request, .. } = net.expect(B, "Invite") else {
        unreachable!()
    };
    let response = format!(
        "SIP/2.0 486 Busy Here\nVia: {}\nVia: SIP/2.0/UDP other.example\nFrom: {}\nTo: {};tag=x\n\
         Call-ID: {}\nCSeq: 1 INVITE\nContent-Length: 0\n\n",
        request.header(Name::Via).unwrap(),
        request.header(Name::From).unwrap(),
        request.header(Name::To).unwrap(),
        request.call_id(),
    );
    net.inject(A, C, &response);
    net.silent();
    net.connect(a, b);
    net.bye(A, a);
    net.expect(B, "Bye");
    net.expect(A, "Ended");
    net.finish();
}

#[test]
fn too_many_sessions_are_503() {
    let mut net = Net::with(|config| config.max_sessions = 2);
    let mut sessions = Vec::new();
    for number in 0..4 {
        let text = request("INVITE", 1, "", &format!("z9hG4bK{number}"), "")
            .replace("c-call", &format!("call-{number}"));
        let answers = net.inject(B, C, &text);
        if number < 2 {
            assert_eq!(status(&answers), 100);
            sessions.push(id_of(&net.expect(B, "Invite")));
        } else {
            assert_eq!(status(&answers), 503);
            assert!(answers[0].header(Name::RetryAfter).is_some());
        }
    }
    let counters = net.end(B).counters();
    assert_eq!((counters.refused, counters.overload), (2, 2));
    let (local, destination) = (net.ends[B].address, net.ends[A].address);
    let invite = OutgoingInvite {
        request_uri: format!("sip:{destination}"),
        from: "<sip:b@x>".to_owned(),
        to: "<sip:a@x>".to_owned(),
        headers: Vec::new(),
        sdp: None,
        max_forwards: 70,
        credentials: None,
    };
    let refused = net.act(B, |b, now| {
        b.invite(now, NextHop::Flow(Flow::udp(local, destination)), invite)
    });
    assert_eq!(id_of(&net.expect(B, "Rejected 503")), refused);
    for id in sessions {
        net.act(B, |end, now| end.reject(now, id, 486, "", &[]))
            .unwrap();
    }
    net.finish();
}

#[test]
fn too_many_transactions_are_503_without_one() {
    let mut net = Net::with(|config| config.max_transactions = 1);
    net.inject(B, C, &request("INVITE", 1, "", "z9hG4bK1", ""));
    let b = id_of(&net.expect(B, "Invite"));
    let other = request("INVITE", 1, "", "z9hG4bK2", "").replace("c-call", "other");
    let answers = net.inject(B, C, &other);
    assert_eq!(status(&answers), 503);
    assert_eq!(net.end(B).transactions(), 1);
    // The CANCEL works all the same.
    let answers = net.inject(B, C, &request("CANCEL", 1, "", "z9hG4bK1", ""));
    assert_eq!(answers.len(), 2);
    assert_eq!(id_of(&net.expect(B, "Cancelled")), b);
    assert_eq!(net.end(B).transactions(), 1);
    net.finish();
}

// A client of RFC 2543 has no magic cookie and uses one branch, or none, for INVITE and ACK.
#[test]
fn client_of_rfc_2543_is_served() {
    let mut net = Net::new();
    let invite = request("INVITE", 1, "", "1", "");
    let answers = net.inject(B, C, &invite);
    assert_eq!(status(&answers), 100);
    let b = id_of(&net.expect(B, "Invite"));
    // Repeated.
    assert_eq!(status(&net.inject(B, C, &invite)), 100);
    net.silent();
    net.act(B, |end, now| end.accept(now, b, &[], Some(OFFER)))
        .unwrap();
    net.millis(20);
    let success = Message::parse(net.elsewhere.last().unwrap().data.clone()).unwrap();
    let tag = format!(";tag={}", success.to().tag().unwrap());
    net.inject(B, C, &request("ACK", 1, &tag, "1", ""));
    net.expect(B, "Acked");
    let answers = net.inject(B, C, &request("BYE", 2, &tag, "1", ""));
    assert_eq!(status(&answers), 200);
    net.expect(B, "Bye");

    // And refused.
    let invite = invite.replace("c-call", "c-2");
    net.inject(B, C, &invite);
    let b = id_of(&net.expect(B, "Invite"));
    net.act(B, |end, now| end.reject(now, b, 486, "", &[]))
        .unwrap();
    net.millis(20);
    let refusal = Message::parse(net.elsewhere.last().unwrap().data.clone()).unwrap();
    let tag = format!(";tag={}", refusal.to().tag().unwrap());
    let sent = net.elsewhere.len();
    net.inject(
        B,
        C,
        &request("ACK", 1, &tag, "1", "").replace("c-call", "c-2"),
    );
    net.millis(31_000);
    assert_eq!(net.elsewhere.len(), sent, "the ACK ended the repetitions");
    net.finish();
}

#[test]
fn tags_cannot_be_guessed_from_each_other() {
    let mut random = random::Random::new([3; 32]);
    let tokens: Vec<String> = (0..1_000).map(|_| random.token()).collect();
    let mut unique = tokens.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), tokens.len());
    assert!(tokens.iter().all(|token| token.len() == 20));
    let other = random::Random::new([4; 32]);
    let parts = ["call", "tag", "branch"];
    assert_ne!(random.stateless_tag(&parts), other.stateless_tag(&parts));
    assert_eq!(random.stateless_tag(&parts), random.stateless_tag(&parts));
    assert!(random.branch().starts_with("z9hG4bK"));
}
