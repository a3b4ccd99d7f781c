//! The steps of a call, as a test writes them down.

use super::{Agent, Told};
use trunkline_sip::endpoint::{Event, NextHop, OutgoingInvite, SessionId};
use trunkline_sip::{Flow, Message, Name};

/// A session description of one G.711 stream; nobody listens there.
pub fn sdp(direction: &str) -> Vec<u8> {
    format!(
        "v=0\r\no=agent 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio 9 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na={direction}\r\n"
    )
    .into_bytes()
}

/// A session description that a browser takes: it is no connection that ever gets up, but one
/// that it can try to build (RFC 8829). `setup` is `actpass` in offers; in
/// answers `active`, or `passive` if the browser is active already.
pub fn web_sdp(setup: &str, direction: &str) -> Vec<u8> {
    let fingerprint = ["AB"; 32].join(":");
    format!(
        "v=0\r\no=agent 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
         m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 127.0.0.1\r\na=mid:0\r\na=rtcp-mux\r\n\
         a=ice-ufrag:agent\r\na=ice-pwd:agentagentagentagentagent\r\n\
         a=fingerprint:sha-256 {fingerprint}\r\na=setup:{setup}\r\n\
         a=rtpmap:0 PCMU/8000\r\na={direction}\r\n"
    )
    .into_bytes()
}

impl Agent {
    /// Calls a URI, by way of `routes` if there are any.
    pub fn call(&self, uri: &str, from: &str, routes: &[&str]) -> SessionId {
        let routes = routes.iter().map(|&route| (Name::Route, route.to_owned()));
        let invite = OutgoingInvite {
            request_uri: uri.to_owned(),
            from: format!("<{from}>"),
            to: format!("<{uri}>"),
            headers: routes.collect(),
            sdp: Some(sdp("sendrecv")),
            max_forwards: 70,
            credentials: None,
        };
        self.invite(NextHop::Uri, invite)
    }

    /// Sends an INVITE.
    pub fn invite(&self, hop: NextHop, invite: OutgoingInvite) -> SessionId {
        self.with(move |endpoint, now| endpoint.invite(now, hop, invite))
    }

    /// Waits for a call.
    pub fn until_called(&mut self) -> (SessionId, Message, Flow) {
        self.until("INVITE", |told| match told {
            Told::Event(Event::Invite { id, request, flow }) => Some((*id, request.clone(), *flow)),
            _ => None,
        })
    }

    /// Says that it rings.
    pub fn ring(&self, id: SessionId) {
        let rung =
            self.with(move |endpoint, now| endpoint.provisional(now, id, 180, "", &[], None));
        rung.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Answers a call or a re-INVITE.
    pub fn answer(&self, id: SessionId) {
        self.answer_with(id, sdp("sendrecv"));
    }

    /// The same with a description of one's own.
    pub fn answer_with(&self, id: SessionId, sdp: Vec<u8>) {
        let answered = self.with(move |endpoint, now| endpoint.accept(now, id, &[], Some(&sdp)));
        answered.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Refuses a call or a re-INVITE.
    pub fn refuse(&self, id: SessionId, status: u16) {
        let refused = self.with(move |endpoint, now| endpoint.reject(now, id, status, "", &[]));
        refused.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Waits until our INVITE is answered, and acknowledges it.
    pub fn until_answered(&mut self, id: SessionId) -> Message {
        let response = self.until_event(id, "2xx", |event| match event {
            Event::Answered { response, .. } => Some(response.clone()),
            _ => None,
        });
        self.with(move |endpoint, now| endpoint.ack(now, id, None));
        response
    }

    /// Waits until the peer acknowledges our 2xx.
    pub fn until_acknowledged(&mut self, id: SessionId) {
        self.until_event(id, "ACK", |event| {
            matches!(event, Event::Acked { .. }).then_some(())
        });
    }

    /// Waits for a re-INVITE.
    pub fn until_reinvited(&mut self, id: SessionId) -> Message {
        self.until_event(id, "re-INVITE", |event| match event {
            Event::Reinvite { request, .. } => Some(request.clone()),
            _ => None,
        })
    }

    /// Waits until our INVITE is refused; with what status.
    pub fn until_refused(&mut self, id: SessionId) -> u16 {
        self.until_event(id, "refusal", |event| match event {
            Event::Rejected { status, .. } => Some(*status),
            _ => None,
        })
    }

    /// Waits until it rings.
    pub fn until_ringing(&mut self, id: SessionId) -> Message {
        self.until_event(id, "1xx", |event| match event {
            Event::Provisional { response, .. } => Some(response.clone()),
            _ => None,
        })
    }

    /// Offers again, by re-INVITE.
    pub fn reinvite(&self, id: SessionId, offer: Vec<u8>) {
        let sent = self.with(move |endpoint, now| endpoint.reinvite(now, id, Some(offer), &[]));
        sent.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Hangs up, and waits until that is done.
    pub fn hang_up(&mut self, id: SessionId) {
        self.with(move |endpoint, now| endpoint.bye(now, id, &[]));
        self.until_event(id, "end", |event| {
            matches!(event, Event::Ended { .. }).then_some(())
        });
    }

    /// Takes back an INVITE.
    pub fn cancel(&self, id: SessionId) {
        self.with(move |endpoint, now| endpoint.cancel(now, id, &[]));
    }

    /// Waits until the peer has hung up.
    pub fn until_hung_up(&mut self, id: SessionId) {
        self.until_event(id, "BYE", |event| {
            matches!(event, Event::Bye { .. }).then_some(())
        });
    }

    /// Waits until the peer has taken back its INVITE.
    pub fn until_cancelled(&mut self, id: SessionId) {
        self.until_event(id, "CANCEL", |event| {
            matches!(event, Event::Cancelled { .. }).then_some(())
        });
    }

    /// Waits for an event of a session.
    pub fn until_event<T>(
        &mut self,
        id: SessionId,
        what: &str,
        pick: impl Fn(&Event) -> Option<T>,
    ) -> T {
        self.until(what, |told| match told {
            Told::Event(event) if event.session() == Some(id) => pick(event),
            _ => None,
        })
    }
}
