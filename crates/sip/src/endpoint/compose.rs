//! Puts messages together.

use super::event::Body;
use super::forks::REL100;
use super::route::{CompletedVia, OwnContact, OwnVia, response_flow};
use super::table::top_via;
use super::{Endpoint, ReliableProvisionals};
use crate::builder::reason_phrase;
use crate::dialog::Dialog;
use crate::{Builder, Flow, Message, Method, Name};
use core::fmt;

/// The methods that every endpoint understands (RFC 3261 20.5).
pub(super) const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS";

/// What bodies it understands (RFC 3261 20.1).
pub(super) const ACCEPT: &str = "application/sdp, multipart/mixed";

/// Max-Forwards of requests inside a dialog (RFC 3261 8.1.1.6).
pub(super) const MAX_FORWARDS: u8 = 70;

/// The value of CSeq.
pub(super) struct CSeqValue<'a>(pub(super) u32, pub(super) &'a Method);

impl fmt::Display for CSeqValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1.as_str())
    }
}

/// A request of ours but for what depends on the way that it takes: Via and Contact.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) method: Method,
    pub(super) request_uri: String,
    pub(super) routes: Vec<String>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) call_id: String,
    pub(super) cseq: u32,
    pub(super) max_forwards: u8,
    pub(super) headers: Vec<(Name, String)>,
    pub(super) body: Option<Body>,
}

impl Draft {
    /// A request inside a dialog (RFC 3261 12.2.1.1).
    pub(super) fn within(dialog: &Dialog, method: Method, cseq: u32) -> Self {
        let routing = dialog.routing();
        let mut routes = routing.routes.to_vec();
        routes.extend(routing.last_route.map(|target| format!("<{target}>")));
        Self {
            method,
            request_uri: routing.request_uri.to_owned(),
            routes,
            from: dialog.local.clone(),
            to: dialog.remote.clone(),
            call_id: dialog.call_id.clone(),
            cseq,
            max_forwards: MAX_FORWARDS,
            headers: Vec::new(),
            body: None,
        }
    }

    /// About how many octets it has, but for what the way adds.
    pub(super) fn length(&self) -> usize {
        let body = self.body.as_ref().map_or(0, |body| body.data.len());
        let headers: usize = self.headers.iter().map(|(_, value)| value.len() + 16).sum();
        let routes: usize = self.routes.iter().map(|route| route.len() + 9).sum();
        let addresses = self.request_uri.len() + self.from.len() + self.to.len();
        addresses + self.call_id.len() + headers + routes + body
    }

    pub(super) fn with(mut self, headers: &[(Name, String)], body: Option<Body>) -> Self {
        self.headers.extend_from_slice(headers);
        self.body = body;
        self
    }
}

impl Endpoint {
    /// A request as it goes over a flow. `authorization` answers what challenged it.
    pub(super) fn compose(
        &self,
        draft: &Draft,
        flow: &Flow,
        branch: &str,
        authorization: &[(Name, String)],
    ) -> Vec<u8> {
        let mut builder = Builder::request(draft.method.clone(), &draft.request_uri)
            .header(
                Name::Via,
                OwnVia {
                    flow,
                    branch,
                    offers: self.protection.offers(),
                },
            )
            .header(Name::MaxForwards, draft.max_forwards);
        for route in &draft.routes {
            builder = builder.header(Name::Route, route);
        }
        builder = builder
            .header(Name::From, &draft.from)
            .header(Name::To, &draft.to)
            .header(Name::CallId, &draft.call_id)
            .header(Name::CSeq, CSeqValue(draft.cseq, &draft.method));
        let refreshes = matches!(
            draft.method,
            Method::Invite | Method::Update | Method::Subscribe | Method::Refer | Method::Notify
        );
        if refreshes {
            let secure = draft.request_uri.starts_with("sips:");
            let headers = &draft.headers;
            builder = self.capabilities(builder, *flow, secure, headers, Name::UserAgent);
            if draft.method == Method::Invite {
                builder = self.invite_options(builder);
            }
        } else if draft.method != Method::Ack {
            builder = self.product(builder, &draft.headers, Name::UserAgent);
        }
        builder = with_headers(builder, authorization);
        builder = with_headers(builder, &draft.headers);
        with_body(builder, draft.body.as_ref()).build()
    }

    /// Starts a response: what it repeats of the request, completed (RFC 3261 8.2.6.2). Also
    /// says where it goes. `tag` goes to To if To has none.
    pub(super) fn response(
        &self,
        request: &Message,
        flow: Flow,
        status: u16,
        reason: &str,
        tag: Option<&str>,
    ) -> Option<(Builder, Flow)> {
        let via = top_via(request)?;
        let back = response_flow(&via, flow);
        let reason = if reason.is_empty() {
            reason_phrase(status)
        } else {
            reason
        };
        let source = flow.remote;
        let completed = CompletedVia {
            via: top_via(request)?,
            source,
        };
        let mut builder = Builder::response(status, reason);
        builder = match self.protection.offers() {
            true => builder.header(
                Name::Via,
                self.protection.completed(&via, completed.to_string()),
            ),
            false => builder.header(Name::Via, completed),
        };
        for further in request.headers(Name::Via).skip(1) {
            builder = builder.header(Name::Via, further);
        }
        builder = builder.copy(request, Name::From);
        let to = request.header(Name::To).unwrap_or_default();
        builder = match tag {
            Some(tag) if request.to().tag().is_none() => {
                builder.header(Name::To, format_args!("{to};tag={tag}"))
            }
            _ => builder.header(Name::To, to),
        };
        builder = builder
            .copy(request, Name::CallId)
            .copy(request, Name::CSeq);
        Some((builder, back))
    }

    /// User-Agent or Server, if it has a name.
    pub(super) fn product(
        &self,
        builder: Builder,
        headers: &[(Name, String)],
        name: Name,
    ) -> Builder {
        if self.config.user_agent.is_empty() || has(headers, name) {
            builder
        } else {
            builder.header(name, &self.config.user_agent)
        }
    }

    /// The ACK for a 300-699 (RFC 3261 17.1.1.3) or the CANCEL (RFC 3261 9.1) for an INVITE: both
    /// have its Request-URI, Via, Route, From, Call-ID and number. `to` is the message whose To
    /// is taken.
    pub(super) fn hop_request(
        invite: &Message,
        method: Method,
        to: &Message,
        headers: &[(Name, String)],
    ) -> Vec<u8> {
        let cseq = invite.cseq().number;
        let builder = Builder::request(method.clone(), invite.request_uri().unwrap_or_default())
            .copy(invite, Name::Via)
            .header(Name::MaxForwards, MAX_FORWARDS)
            .copy(invite, Name::Route)
            .copy(invite, Name::From)
            .copy(to, Name::To)
            .copy(invite, Name::CallId)
            .header(Name::CSeq, CSeqValue(cseq, &method));
        if method == Method::Ack {
            let credentials = credentials_of(invite);
            return with_headers(builder, &credentials).build();
        }
        with_headers(builder, headers).build()
    }

    /// The options of an INVITE of ours: a 199 is understood (RFC 6228 4), and perhaps no
    /// unreliable provisional response is wanted (RFC 3262 4).
    fn invite_options(&self, builder: Builder) -> Builder {
        match self.config.reliable_provisionals {
            ReliableProvisionals::Off => builder,
            ReliableProvisionals::Supported => builder.header(Name::Supported, "199"),
            ReliableProvisionals::Required => builder
                .header(Name::Supported, "199")
                .header(Name::Require, REL100),
        }
    }

    /// What requests and responses that make or refresh a dialog say about the endpoint, unless
    /// the application says it (RFC 3261 13.2.1, 13.3.1.4).
    pub(super) fn capabilities(
        &self,
        mut builder: Builder,
        flow: Flow,
        secure: bool,
        headers: &[(Name, String)],
        product: Name,
    ) -> Builder {
        if !has(headers, Name::Contact) {
            builder = builder.header(Name::Contact, OwnContact { flow, secure });
        }
        if !has(headers, Name::Allow) {
            builder = builder.header(Name::Allow, &self.allow);
        }
        if !self.supported().is_empty() {
            builder = builder.header(Name::Supported, self.supported());
        }
        self.product(builder, headers, product)
    }
}

/// The credentials of an INVITE, which its ACKs repeat (RFC 3261 22.1).
pub(super) fn credentials_of(invite: &Message) -> Vec<(Name, String)> {
    [Name::Authorization, Name::ProxyAuthorization]
        .into_iter()
        .flat_map(|name| {
            let values = invite.headers(name);
            values.map(move |value| (name, value.to_owned()))
        })
        .collect()
}

pub(super) fn has(headers: &[(Name, String)], name: Name) -> bool {
    headers.iter().any(|(given, _)| *given == name)
}

/// Adds the application's header fields, save those that are the endpoint's own.
pub(super) fn with_headers(mut builder: Builder, headers: &[(Name, String)]) -> Builder {
    for (name, value) in headers {
        let own = [
            Name::Via,
            Name::From,
            Name::To,
            Name::CallId,
            Name::CSeq,
            Name::ContentLength,
        ];
        if !own.contains(name) {
            builder = builder.header(*name, value);
        }
    }
    builder
}

pub(super) fn with_body(builder: Builder, body: Option<&Body>) -> Builder {
    match body {
        Some(body) => builder.body(&body.content_type, &body.data),
        None => builder,
    }
}
