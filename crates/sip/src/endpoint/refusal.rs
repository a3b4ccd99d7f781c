//! What a user agent answers before it looks at sessions: OPTIONS and refusals (RFC 3261 8.2,
//! 11.2).
//!
//! Those that would be the same again are given without state (RFC 3261 8.2.7), so that a flood
//! of them costs nothing but time.

use super::compose::ACCEPT;
use super::forks::REL100;
use super::route::OwnContact;
use super::session_timer::TIMER;
use super::{Endpoint, Event, ReliableProvisionals};
use crate::transaction::server_invite;
use crate::{Flow, Message, Method, Name, ParseError, Uri};
use core::fmt::Display;
use trunkline_model::Time;

/// Why and how a request is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    reason: &'static str,
    headers: Vec<(Name, String)>,
    /// Whether the same request may be answered differently later, so that a transaction must
    /// keep the answer.
    stateful: bool,
}

impl Refusal {
    pub(super) fn new(status: u16) -> Self {
        Self {
            status,
            reason: "",
            headers: Vec::new(),
            stateful: matches!(status, 482 | 491 | 500 | 503),
        }
    }

    /// The same without keeping any state.
    pub(super) fn stateless(mut self) -> Self {
        self.stateful = false;
        self
    }

    pub(super) fn because(mut self, reason: &'static str) -> Self {
        self.reason = reason;
        self
    }

    pub(super) fn header(mut self, name: Name, value: impl Display) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// There is no room.
    pub(super) fn overload() -> Self {
        Self::new(503).header(Name::RetryAfter, RETRY_AFTER)
    }
}

impl Endpoint {
    /// Inspects a request that belongs to no transaction, in the order of RFC 3261 8.2.
    pub(super) fn inspect(&mut self, request: &Message) -> Result<(), Refusal> {
        match request.method() {
            Some(Method::Invite | Method::Bye | Method::Options) => {}
            Some(Method::Prack)
                if self.config.reliable_provisionals != ReliableProvisionals::Off => {}
            Some(method) if self.config.methods.contains(&method) => {}
            Some(Method::Other(_)) | None => {
                return Err(Refusal::new(501).header(Name::Allow, &self.allow));
            }
            Some(_) => return Err(Refusal::new(405).header(Name::Allow, &self.allow)),
        }
        let uri = request.request_uri().unwrap_or_default();
        if !matches!(Uri::parse(uri), Ok(Uri::Sip(_) | Uri::Tel(_))) {
            return Err(Refusal::new(416));
        }
        if self.table.is_merged(request) {
            return Err(Refusal::new(482));
        }
        let required = request.headers(Name::Require);
        let unsupported: Vec<&str> = required.filter(|it| !self.supports(it)).collect();
        if !unsupported.is_empty() {
            return Err(Refusal::new(420).header(Name::Unsupported, unsupported.join(", ")));
        }
        if self.config.reliable_provisionals == ReliableProvisionals::Required
            && request.method() == Some(Method::Invite)
            && ![Name::Supported, Name::Require]
                .map(|name| request.lists(name, REL100))
                .contains(&true)
        {
            return Err(Refusal::new(421).header(Name::Require, REL100));
        }
        if matches!(request.method(), Some(Method::Invite | Method::Update)) {
            self.inspect_interval(request)?;
        }
        inspect_content(request)
    }

    /// The options that are supported, for Supported (RFC 3261 20.37).
    pub(super) fn supported(&self) -> &'static str {
        let has_timer = self.config.session_timer.is_some();
        match (self.config.reliable_provisionals, has_timer) {
            (ReliableProvisionals::Off, false) => "",
            (ReliableProvisionals::Off, true) => TIMER,
            (_, false) => REL100,
            (_, true) => "100rel, timer",
        }
    }

    fn supports(&self, option: &str) -> bool {
        let mut supported = self.supported().split(", ");
        supported.any(|it| it.eq_ignore_ascii_case(option))
    }

    /// Refuses a request.
    pub(super) fn refuse(&mut self, now: Time, flow: Flow, request: &Message, refusal: Refusal) {
        self.counters.refused += 1;
        if refusal.status == 503 {
            self.counters.overload += 1;
        }
        let Refusal {
            status,
            reason,
            headers,
            stateful,
        } = refusal;
        let tag = self.tag_for(request);
        let Some((mut builder, back)) = self.response(request, flow, status, reason, Some(&tag))
        else {
            return;
        };
        for (name, value) in &headers {
            builder = builder.header(*name, value);
        }
        let data = self.product(builder, &headers, Name::Server).build();
        let invite = request.method() == Some(Method::Invite);
        let room = self.table.len() < self.config.max_transactions;
        if invite && stateful && room {
            if let Some(id) = self.start_server_invite(back, request) {
                self.answer_invite(now, id, server_invite::Event::Failure, data);
            }
        } else if stateful && !invite {
            self.answer_non_invite(now, back, request, data);
        } else {
            self.transmit_back(back, data);
        }
    }

    /// Answers OPTIONS (RFC 3261 11.2).
    pub(super) fn options(&mut self, flow: Flow, request: &Message) {
        let tag = self.tag_for(request);
        let response = self.response(request, flow, 200, "", Some(&tag));
        let Some((builder, back)) = response else {
            return;
        };
        let builder = builder
            .header(
                Name::Contact,
                OwnContact {
                    flow,
                    secure: false,
                },
            )
            .header(Name::Allow, &self.allow)
            .header(Name::Accept, ACCEPT)
            .header(Name::AcceptEncoding, "identity")
            .header(Name::AcceptLanguage, "en")
            .header(Name::Supported, self.supported());
        let data = self.product(builder, &[], Name::Server).build();
        self.transmit_back(back, data);
    }

    /// A datagram that is no message. It is answered if it is a request that says enough of
    /// itself.
    pub(super) fn malformed(&mut self, now: Time, flow: Flow, data: &[u8], error: ParseError) {
        if let Err(reason) = self.answers_malformed(now, flow.remote.ip()) {
            return self.emit(Event::NotServed { flow, reason });
        }
        let answered = error.status().and_then(|status| {
            let request = Message::salvage(data.to_vec())?;
            let tag = self.tag_for(&request);
            // The reason says what is wrong (RFC 3261 21.4.1).
            let reason = match status {
                400 => format!("Bad Request ({error})"),
                _ => String::new(),
            };
            let (builder, back) = self.response(&request, flow, status, &reason, Some(&tag))?;
            let data = self.product(builder, &[], Name::Server).build();
            self.transmit_back(back, data);
            Some(status)
        });
        self.emit(Event::Malformed {
            flow,
            error,
            answered,
        });
    }

    /// The To tag of an answer for which no state is kept.
    pub(super) fn tag_for(&self, request: &Message) -> String {
        let branch = super::table::top_via(request)
            .and_then(|via| via.branch().map(str::to_owned))
            .unwrap_or_default();
        let from_tag = request.from().tag().unwrap_or_default();
        self.random
            .stateless_tag(&[request.call_id(), from_tag, &branch])
    }
}

/// Bodies that cannot be read and are not optional (RFC 3261 8.2.3).
fn inspect_content(request: &Message) -> Result<(), Refusal> {
    if request.method() != Some(Method::Invite) || request.body().is_empty() {
        return Ok(());
    }
    let optional = request
        .header(Name::ContentDisposition)
        .is_some_and(|value| value.to_ascii_lowercase().contains("handling=optional"));
    if optional {
        return Ok(());
    }
    let encoding = request.header(Name::ContentEncoding);
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return Err(Refusal::new(415).header(Name::AcceptEncoding, "identity"));
    }
    let media_type = request.content_type().unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let multipart = media_type
        .get(..10)
        .is_some_and(|start| start.eq_ignore_ascii_case("multipart/"));
    if multipart || media_type.eq_ignore_ascii_case("application/sdp") {
        Ok(())
    } else {
        Err(Refusal::new(415).header(Name::Accept, ACCEPT))
    }
}

/// When to try again after 503, in seconds (RFC 3261 20.33).
const RETRY_AFTER: u32 = 5;
