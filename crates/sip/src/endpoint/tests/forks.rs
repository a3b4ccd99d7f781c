//! INVITEs that fork: early dialogs by To tag (RFC 3261 12.1, 13.2.2, RFC 6228).

use super::*;

/// A calls, and the test plays the proxy with all that is behind it.
struct Forked {
    net: Net,
    id: SessionId,
    invite: Message,
}

impl Forked {
    fn new() -> Self {
        let mut net = Net::reliable();
        let (local, proxy) = (net.ends[A].address, C.parse().unwrap());
        let invite = OutgoingInvite {
            request_uri: format!("sip:b@{C}"),
            from: format!("<sip:a@{local}>"),
            to: format!("<sip:b@{C}>"),
            headers: Vec::new(),
            sdp: Some(OFFER.to_vec()),
            max_forwards: 70,
            credentials: None,
        };
        let hop = NextHop::Flow(Flow::udp(local, proxy));
        let id = net.act(A, |a, now| a.invite(now, hop, invite));
        net.millis(20);
        let invite = Message::parse(net.elsewhere.pop().unwrap().data).unwrap();
        Self { net, id, invite }
    }

    /// A response to the INVITE with that tag; what the endpoint sends then.
    fn respond(&mut self, status: u16, tag: &str, extra: &str, sdp: &[u8]) -> Vec<Message> {
        let get = |name| self.invite.header(name).unwrap();
        let content = if sdp.is_empty() {
            String::new()
        } else {
            "Content-Type: application/sdp\n".to_owned()
        };
        let text = format!(
            "SIP/2.0 {status} X\nVia: {}\nFrom: {}\nTo: {};tag={tag}\nCall-ID: {}\nCSeq: {}\n\
             Contact: <sip:{tag}@{C}>\nRecord-Route: <sip:{C};lr;of={tag}>\n{extra}{content}\
             Content-Length: {}\n\n{}",
            get(Name::Via),
            get(Name::From),
            get(Name::To),
            get(Name::CallId),
            get(Name::CSeq),
            sdp.len(),
            String::from_utf8(sdp.to_vec())
                .unwrap()
                .replace("\r\n", "\n"),
        );
        self.net.inject(A, C, &text)
    }

    /// The same, reliably.
    fn reliably(&mut self, status: u16, tag: &str, rseq: u32, sdp: &[u8]) -> Vec<Message> {
        let extra = format!("Require: 100rel\nRSeq: {rseq}\n");
        self.respond(status, tag, &extra, sdp)
    }

    /// A request of the called side in the dialog of that tag.
    fn request(&mut self, method: &str, cseq: u32, tag: &str) -> Vec<Message> {
        let get = |name| self.invite.header(name).unwrap();
        let text = format!(
            "{method} sip:a@192.0.2.1:5060 SIP/2.0\nVia: SIP/2.0/UDP {C};branch=z9hG4bK{method}{cseq}{tag}\n\
             Max-Forwards: 70\nFrom: {};tag={tag}\nTo: {}\nCall-ID: {}\nCSeq: {cseq} {method}\n\
             Contact: <sip:{tag}@{C}>\nContent-Length: 0\n\n",
            get(Name::To),
            get(Name::From),
            get(Name::CallId),
        );
        self.net.inject(A, C, &text)
    }

    /// Answers a request of the endpoint.
    fn answer(&mut self, request: &Message, status: u16) -> Vec<Message> {
        let get = |name| request.header(name).unwrap();
        let text = format!(
            "SIP/2.0 {status} X\nVia: {}\nFrom: {}\nTo: {}\nCall-ID: {}\nCSeq: {}\nContent-Length: 0\n\n",
            get(Name::Via),
            get(Name::From),
            get(Name::To),
            get(Name::CallId),
            get(Name::CSeq),
        );
        self.net.inject(A, C, &text)
    }

    /// The fork that the next provisional response is of.
    #[track_caller]
    fn rings(&mut self, status: u16) -> Option<u32> {
        match self.net.expect(A, &format!("Provisional {status}")) {
            Event::Provisional { fork, .. } => fork.map(|fork| fork.0),
            _ => unreachable!(),
        }
    }

    /// The fork of that tag answers; A hangs up.
    #[track_caller]
    fn wins(mut self, tag: &str, fork: u32) {
        self.respond(200, tag, "", ANSWER);
        let Event::Answered { fork: winner, .. } = self.net.expect(A, "Answered 200") else {
            unreachable!()
        };
        assert_eq!(winner, ForkId(fork));
        let id = self.id;
        self.net.act(A, |a, now| a.ack(now, id, None));
        self.net.bye(A, id);
        self.net.millis(20);
        let bye = Message::parse(self.net.elsewhere.last().unwrap().data.clone()).unwrap();
        assert_eq!(bye.method(), Some(Method::Bye));
        assert_eq!(bye.to().tag(), Some(tag));
        assert_eq!(bye.request_uri(), Some(&*format!("sip:{tag}@{C}")));
        self.answer(&bye, 200);
        self.net.expect(A, "Ended");
        self.net.finish();
    }
}

#[test]
fn each_tag_is_a_fork() {
    let mut call = Forked::new();
    for (tag, fork) in [("x", 0), ("y", 1), ("x", 0), ("z", 2)] {
        call.respond(180, tag, "", b"");
        assert_eq!(call.rings(180), Some(fork));
    }
    call.wins("y", 1);
}

#[test]
fn fork_that_was_not_heard_of_may_win() {
    let mut call = Forked::new();
    call.respond(180, "x", "", b"");
    assert_eq!(call.rings(180), Some(0));
    call.wins("y", 1);
}

#[test]
fn each_fork_has_numbers_and_routes_of_its_own() {
    let mut call = Forked::new();
    for (tag, rseq, fork) in [("x", 700, 0), ("y", 9, 1), ("x", 701, 0)] {
        let pracks = call.reliably(183, tag, rseq, b"");
        assert_eq!(call.rings(183), Some(fork));
        let prack = &pracks[0];
        assert_eq!(prack.method(), Some(Method::Prack));
        assert_eq!(prack.header(Name::RAck), Some(&*format!("{rseq} 1 INVITE")));
        assert_eq!(prack.request_uri(), Some(&*format!("sip:{tag}@{C}")));
        assert_eq!(
            prack.header(Name::Route),
            Some(&*format!("<sip:{C};lr;of={tag}>"))
        );
        assert_eq!(prack.to().tag(), Some(tag));
        assert_eq!(prack.cseq().number, if rseq == 701 { 3 } else { 2 });
        call.answer(prack, 200);
        // A repeated one is swallowed, one with a gap before it is not taken.
        assert!(call.reliably(183, tag, rseq, b"").is_empty());
        assert!(call.reliably(183, tag, rseq + 2, b"").is_empty());
        call.net.silent();
    }
    call.wins("x", 0);
}

#[test]
fn several_forks_answer_reliably() {
    let mut call = Forked::new();
    for (tag, fork) in [("x", 0), ("y", 1)] {
        let pracks = call.reliably(183, tag, 1, ANSWER);
        let Event::Provisional { description, .. } = call.net.expect(A, "Provisional 183") else {
            unreachable!()
        };
        assert_eq!(description, Description::Answer);
        call.answer(&pracks[0], 200);
        let id = call.id;
        let sdp = || Some(OFFER.to_vec());
        call.net
            .act(A, |a, now| a.update_fork(now, id, ForkId(fork), sdp(), &[]))
            .unwrap();
        call.net.millis(20);
        let update = Message::parse(call.net.elsewhere.last().unwrap().data.clone()).unwrap();
        assert_eq!(
            (update.method(), update.to().tag()),
            (Some(Method::Update), Some(tag))
        );
        call.answer(&update, 488);
        call.net.expect(A, "UpdateRejected 488");
    }
    call.wins("y", 1);
}

#[test]
fn fork_is_ended_by_199() {
    let mut call = Forked::new();
    // Nothing to end yet.
    call.respond(199, "q", "", b"");
    call.net.silent();
    for tag in ["x", "y"] {
        call.respond(180, tag, "", b"");
        call.rings(180);
    }
    call.respond(199, "x", "Reason: SIP;cause=486\n", b"");
    assert_eq!(call.rings(199), Some(0));
    let id = call.id;
    let e = call
        .net
        .act(A, |a, now| a.update_fork(now, id, ForkId(0), None, &[]));
    assert_eq!(e, Err(WrongState::NoFork(id, ForkId(0))));
    assert_eq!(call.request("UPDATE", 1, "x")[0].status(), Some(481));
    // The other one lives.
    assert!(call.request("UPDATE", 1, "y").is_empty());
    let Event::Update {
        fork, transaction, ..
    } = call.net.expect(A, "Update")
    else {
        unreachable!()
    };
    assert_eq!(fork, ForkId(1));
    call.net
        .act(A, |a, now| a.respond(now, transaction, 200, "", &[], None))
        .unwrap();
    call.wins("y", 1);
}

#[test]
fn requests_find_their_fork() {
    let mut call = Forked::new();
    // No dialog of the tag.
    assert_eq!(call.request("UPDATE", 5, "x")[0].status(), Some(481));
    for tag in ["x", "y"] {
        call.respond(180, tag, "", b"");
        call.rings(180);
    }
    // Each counts for itself.
    for (tag, cseq) in [("x", 7), ("y", 3)] {
        call.request("UPDATE", cseq, tag);
        call.net.expect(A, "Update");
        assert_eq!(call.request("UPDATE", cseq - 1, tag)[0].status(), Some(500));
    }
    // A callee does not end an early dialog (RFC 3261 15).
    assert_eq!(call.request("BYE", 8, "x")[0].status(), Some(481));
    // What the others asked is over with the 2xx.
    let before = call.net.ladder.len();
    call.respond(200, "x", "", ANSWER);
    call.net.expect(A, "Answered 200");
    let after = &call.net.ladder[before..];
    let refused = after.iter().filter(|line| *line == "A>C 487 UPDATE");
    assert_eq!(refused.count(), 1, "{after:?}");
    let id = call.id;
    call.net.act(A, |a, now| a.ack(now, id, None));
    call.net.bye(A, id);
    call.net.expect(A, "Ended");
    call.net.finish();
}

#[test]
fn several_successes_leave_one_call() {
    let mut call = Forked::new();
    for tag in ["x", "y"] {
        call.respond(180, tag, "", b"");
        call.rings(180);
    }
    call.respond(200, "x", "", ANSWER);
    call.net.expect(A, "Answered 200");
    let id = call.id;
    call.net.act(A, |a, now| a.ack(now, id, None));
    let sent = call.respond(200, "y", "", ANSWER);
    let methods: Vec<_> = sent.iter().filter_map(Message::method).collect();
    // Others of these are repeated ones.
    assert!(
        methods.contains(&Method::Ack) && methods.contains(&Method::Bye),
        "{methods:?}"
    );
    let of_y = sent
        .iter()
        .filter(|message| message.to().tag() == Some("y"));
    assert_eq!(of_y.count(), 2);
    call.net.silent();
    call.net.bye(A, id);
    call.net.expect(A, "Ended");
    call.net.finish();
}

#[test]
fn forks_are_bounded() {
    let mut call = Forked::new();
    for number in 0..20 {
        let sent = call.reliably(183, &format!("t{number}"), 1, b"");
        assert_eq!(sent.len(), usize::from(number < 16), "{number}");
        for prack in sent {
            call.answer(&prack, 200);
        }
    }
    for number in 0..16 {
        assert_eq!(call.rings(183), Some(number));
    }
    call.net.silent();
    call.respond(486, "t0", "", b"");
    call.net.expect(A, "Rejected 486");
    call.net.finish();
}

#[test]
fn responses_that_are_not_reliable_after_all() {
    let mut call = Forked::new();
    for extra in [
        "Require: 100rel\n",
        "Require: 100rel\nRSeq: 0\n",
        "RSeq: 5\n",
    ] {
        assert!(call.respond(180, "x", extra, b"").is_empty(), "{extra}");
        assert_eq!(call.rings(180), Some(0));
    }
    call.wins("x", 0);
}
