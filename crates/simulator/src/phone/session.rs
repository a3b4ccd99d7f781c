//! What a telephone does with the events of SIP: invitations, answers, offers.

use super::call::{Call, Plan, State};
use super::event::{Event, Why};
use super::line::Line;
use super::{Due, Phone};
use trunkline_model::Time;
use trunkline_sip::sdp::{self, Direction, SessionDescription};
use trunkline_sip::uri::Uri;
use trunkline_sip::{Event as Sip, Message, Name, SessionId, reason_phrase};

impl Phone {
    pub(super) fn on_event(&mut self, now: Time, event: Sip) {
        match event {
            Sip::Invite { id, request, .. } => self.on_invite(now, id, &request),
            Sip::Reinvite { id, request } => self.on_reinvite(now, id, &request),
            Sip::Acked { id, request } => self.on_ack(now, id, &request),
            Sip::Provisional { id, response, .. } => self.on_provisional(now, id, &response),
            Sip::Answered { id, response, .. } => self.on_answered(now, id, &response),
            Sip::Cancelled { id, request } => {
                self.end(
                    now,
                    id,
                    Why::Cancelled {
                        reason: reason(&request),
                    },
                );
            }
            Sip::Bye { id, request } => self.end(
                now,
                id,
                Why::Bye {
                    reason: reason(&request),
                },
            ),
            Sip::AckTimeout { id } => self.end(now, id, Why::NoAck),
            Sip::Rejected {
                id,
                response,
                status,
            } => {
                let reason = response.as_ref().and_then(reason);
                self.end(now, id, Why::Rejected { status, reason });
            }
            // Our own BYE and CANCEL ended the call when they were sent; whatever else ends a
            // session without a word was our doing too.
            Sip::Ended { id } => self.end(now, id, Why::HungUp),
            // "the session continues unchanged" (RFC 3261 14.1)
            Sip::ReinviteRejected { id, .. } => {
                if let Some(call) = self.calls.get_mut(&id) {
                    call.offered = None;
                }
            }
            Sip::ReinviteCancelled { .. } => {}
            // It serves no other methods and sends no other requests.
            Sip::Request { .. }
            | Sip::Response { .. }
            | Sip::NotServed { .. }
            | Sip::Notified { .. }
            | Sip::Pracked { .. }
            | Sip::PrackTimeout { .. }
            | Sip::Update { .. }
            | Sip::UpdateAccepted { .. }
            | Sip::UpdateRejected { .. }
            | Sip::SessionExpired { .. }
            | Sip::Refreshed { .. } => {}
            Sip::Malformed { flow, error, .. } => {
                self.event(Event::Malformed {
                    source: flow.remote,
                    error: error.to_string(),
                });
            }
        }
    }

    fn on_invite(&mut self, now: Time, id: SessionId, request: &Message) {
        let request_uri = request.request_uri().unwrap_or_default();
        let number = self.next_number();
        self.event(Event::Incoming {
            call: number,
            request_uri: request_uri.to_owned(),
            from: request.header(Name::From).unwrap_or_default().to_owned(),
        });
        let Some(port) = self.free.pop_front() else {
            self.refuse(now, id, number, 486);
            return;
        };
        let mut line = Line::new(port, self.config.plays, &mut self.chance);
        let answer = match request.sdp().map(|offer| self.answer(&mut line, offer)) {
            Some(Err(status)) => {
                self.free.push_front(port);
                self.refuse(now, id, number, status);
                return;
            }
            Some(Ok(answer)) => Some(answer),
            None => None,
        };
        let plan = Plan::new(self.config.behaviour(&user(request_uri), &mut self.chance));
        let state = match plan.ring_after {
            Some(_) => State::Invited(plan),
            None => State::Ringing(plan.then.1),
        };
        let first = plan.ring_after.unwrap_or(plan.then.0);
        self.wakeups.set((id, Due::Step), Some(now + first));
        self.ports.insert(port, id);
        self.calls.insert(
            id,
            Call {
                number,
                state,
                line,
                offered: None,
                answer,
                answered_at: None,
                hold: None,
            },
        );
    }

    /// The answer to an offer, or the status that it deserves.
    fn answer(&self, line: &mut Line, offer: &[u8]) -> Result<(String, sdp::Negotiated), u16> {
        let offer = SessionDescription::parse(offer).map_err(|_| 400_u16)?;
        let version = line.next_version();
        sdp::answer(
            &offer,
            line.local,
            &self.capabilities,
            Direction::SendRecv,
            version,
        )
        .map(|(answer, agreed)| (answer.to_string(), agreed))
        .map_err(sdp::NotAcceptable::status)
    }

    fn on_reinvite(&mut self, now: Time, id: SessionId, request: &Message) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        let accepted = match request.sdp() {
            Some(offer) => match self.answer(&mut call.line, offer) {
                Ok((answer, agreed)) => {
                    call.line.agree(agreed, &self.config, &mut self.chance);
                    self.endpoint.accept(now, id, &[], Some(answer.as_bytes()))
                }
                Err(status) => self
                    .endpoint
                    .reject(now, id, status, reason_phrase(status), &[]),
            },
            None => {
                let offer = self.offer(&mut call);
                self.endpoint.accept(now, id, &[], Some(offer.as_bytes()))
            }
        };
        self.calls.insert(id, call);
        match accepted {
            Ok(()) => self.media(now, id),
            Err(error) => self.bye(now, id, Why::Media(error.to_string())),
        }
    }

    fn on_ack(&mut self, now: Time, id: SessionId, request: &Message) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if let State::Accepted = call.state {
            call.state = State::Talking;
            self.wakeups
                .set((id, Due::Step), call.hold.map(|hold| now + hold));
        }
        if call.offered.is_some() {
            self.on_answer(now, id, request.sdp());
        }
    }

    fn on_provisional(&mut self, now: Time, id: SessionId, response: &Message) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let (call, offered) = (call.number, call.offered.clone());
        if let Some(status) = response.status() {
            self.event(Event::Ringing { call, status });
        }
        // The answer of a provisional is a preview; the one that counts comes with the 200.
        if let (Some(offer), Some(answer)) = (offered, response.sdp())
            && let Ok(answer) = SessionDescription::parse(answer)
            && let Ok(agreed) = sdp::negotiated(&offer, &answer)
        {
            self.agree(now, id, agreed);
        }
    }

    fn on_answered(&mut self, now: Time, id: SessionId, response: &Message) {
        let Some(call) = self.calls.get_mut(&id) else {
            // The answer to a call that was given up already.
            self.endpoint.ack(now, id, None);
            self.endpoint.bye(now, id, &[]);
            return;
        };
        if !matches!(call.state, State::Calling) {
            // Our re-INVITE.
            self.endpoint.ack(now, id, None);
            self.on_answer(now, id, response.sdp());
            return;
        }
        call.state = State::Talking;
        call.answered_at = Some(now);
        call.line.answer();
        self.wakeups
            .set((id, Due::Step), call.hold.map(|hold| now + hold));
        let (number, offered) = (call.number, call.offered.is_some());
        self.event(Event::Answered { call: number });
        if offered {
            self.endpoint.ack(now, id, None);
            self.on_answer(now, id, response.sdp());
            return;
        }
        let answer = match (response.sdp(), self.calls.get_mut(&id)) {
            (Some(offer), Some(call)) => {
                let version = call.line.next_version();
                let local = call.line.local;
                SessionDescription::parse(offer)
                    .map_err(|e| e.to_string())
                    .and_then(|offer| {
                        sdp::answer(
                            &offer,
                            local,
                            &self.capabilities,
                            Direction::SendRecv,
                            version,
                        )
                        .map_err(|e| e.to_string())
                    })
            }
            _ => Err("200 without an offer".to_owned()),
        };
        match answer {
            Ok((answer, agreed)) => {
                self.endpoint
                    .ack(now, id, Some(answer.to_string().as_bytes()));
                self.agree(now, id, agreed);
            }
            Err(problem) => {
                self.endpoint.ack(now, id, None);
                self.bye(now, id, Why::Media(problem));
            }
        }
    }

    /// The answer to our offer came, or should have.
    fn on_answer(&mut self, now: Time, id: SessionId, answer: Option<&[u8]>) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(offer) = call.offered.take() else {
            return;
        };
        let agreed = match answer {
            Some(answer) => SessionDescription::parse(answer)
                .map_err(|error| error.to_string())
                .and_then(|answer| {
                    sdp::negotiated(&offer, &answer).map_err(|error| error.to_string())
                }),
            // A 200 need not repeat the answer of a provisional that many trust.
            None if call.line.agreed().is_some() => return,
            None => Err("no answer to the offer".to_owned()),
        };
        match agreed {
            Ok(agreed) => self.agree(now, id, agreed),
            Err(problem) => self.bye(now, id, Why::Media(problem)),
        }
    }

    pub(super) fn agree(&mut self, now: Time, id: SessionId, agreed: sdp::Negotiated) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.line.agree(agreed, &self.config, &mut self.chance);
            self.media(now, id);
        }
    }

    /// Reports what is spoken and starts to speak.
    fn media(&mut self, now: Time, id: SessionId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let Some(agreed) = call.line.agreed() else {
            return;
        };
        let event = Event::Media {
            call: call.number,
            local: call.line.local,
            remote: agreed.parameters.remote,
            codec: agreed.parameters.codec,
            sends: agreed.direction.sends(),
            listens: agreed.direction.receives(),
        };
        self.event(event);
        if self.config.audio && !self.wakeups.contains((id, Due::Audio)) {
            self.wakeups.set((id, Due::Audio), Some(now));
        }
    }
}

/// The user part of a URI or the number of a tel URI; empty if there is none.
fn user(uri: &str) -> String {
    match Uri::parse(uri) {
        Ok(Uri::Sip(uri)) => uri.user_decoded().unwrap_or_default().into_owned(),
        Ok(Uri::Tel(tel)) => tel.digits(),
        _ => String::new(),
    }
}

fn reason(message: &Message) -> Option<String> {
    message.header(Name::Reason).map(str::to_owned)
}
