//! Puts messages together.

use super::Endpoint;
use super::route::{CompletedVia, HostPort, address_of, response_destination};
use super::session::Session;
use super::table::top_via;
use crate::builder::reason_phrase;
use crate::dialog::Dialog;
use crate::{Builder, Message, Method, Name};
use core::fmt;
use std::net::SocketAddr;

/// The methods that an endpoint understands (RFC 3261 20.5).
pub(super) const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS";

/// What bodies it understands (RFC 3261 20.1).
pub(super) const ACCEPT: &str = "application/sdp, multipart/mixed";

/// Max-Forwards of requests inside a dialog (RFC 3261 8.1.1.6).
const MAX_FORWARDS: u8 = 70;

const APPLICATION_SDP: &str = "application/sdp";

/// The Via of our requests (RFC 3261 8.1.1.7, RFC 3581 3).
pub(super) struct OwnVia<'a> {
    pub(super) local: SocketAddr,
    pub(super) branch: &'a str,
}

impl fmt::Display for OwnVia<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SIP/2.0/UDP {};branch={};rport",
            HostPort(self.local),
            self.branch
        )
    }
}

/// The Contact of an endpoint: the address of its socket.
pub(super) struct OwnContact(pub(super) SocketAddr);

impl fmt::Display for OwnContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<sip:{}>", HostPort(self.0))
    }
}

/// The value of CSeq.
pub(super) struct CSeqValue(pub(super) u32, pub(super) &'static str);

impl fmt::Display for CSeqValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1)
    }
}

impl Endpoint {
    /// Starts a response: what it repeats of the request, completed (RFC 3261 8.2.6.2). Also
    /// says where it goes. `tag` goes to To if To has none.
    pub(super) fn response(
        &self,
        request: &Message,
        source: SocketAddr,
        status: u16,
        reason: &str,
        tag: Option<&str>,
    ) -> Option<(Builder, SocketAddr)> {
        let via = top_via(request)?;
        let destination = response_destination(&via, source);
        let reason = if reason.is_empty() {
            reason_phrase(status)
        } else {
            reason
        };
        let mut builder =
            Builder::response(status, reason).header(Name::Via, CompletedVia { via, source });
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
        Some((builder, destination))
    }

    /// Server, if it has a name.
    pub(super) fn server_header(&self, builder: Builder, headers: &[(Name, String)]) -> Builder {
        if self.config.user_agent.is_empty() || has(headers, Name::Server) {
            builder
        } else {
            builder.header(Name::Server, &self.config.user_agent)
        }
    }

    /// Starts a request inside a dialog and says where it goes (RFC 3261 12.2.1.1).
    pub(super) fn dialog_request(
        dialog: &Dialog,
        local: SocketAddr,
        peer: SocketAddr,
        method: Method,
        cseq: u32,
        branch: &str,
    ) -> (Builder, SocketAddr) {
        let routing = dialog.routing();
        let destination = address_of(routing.next_hop).unwrap_or(peer);
        let name = method_name(&method);
        let mut builder = Builder::request(method, routing.request_uri)
            .header(Name::Via, OwnVia { local, branch })
            .header(Name::MaxForwards, MAX_FORWARDS);
        for route in routing.routes {
            builder = builder.header(Name::Route, route);
        }
        if let Some(target) = routing.last_route {
            builder = builder.header(Name::Route, format_args!("<{target}>"));
        }
        let builder = builder
            .header(Name::From, &dialog.local)
            .header(Name::To, &dialog.remote)
            .header(Name::CallId, &dialog.call_id)
            .header(Name::CSeq, CSeqValue(cseq, name));
        (builder, destination)
    }

    /// The ACK for a 2xx (RFC 3261 13.2.2.4).
    pub(super) fn success_ack(
        dialog: &Dialog,
        local: SocketAddr,
        peer: SocketAddr,
        cseq: u32,
        branch: &str,
        sdp: Option<&[u8]>,
    ) -> (Vec<u8>, SocketAddr) {
        let (builder, destination) =
            Self::dialog_request(dialog, local, peer, Method::Ack, cseq, branch);
        (with_sdp(builder, sdp).build(), destination)
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
        let name = method_name(&method);
        let builder = Builder::request(method, invite.request_uri().unwrap_or_default())
            .copy(invite, Name::Via)
            .header(Name::MaxForwards, MAX_FORWARDS)
            .copy(invite, Name::Route)
            .copy(invite, Name::From)
            .copy(to, Name::To)
            .copy(invite, Name::CallId)
            .header(Name::CSeq, CSeqValue(invite.cseq().number, name));
        with_headers(builder, headers).build()
    }

    /// What INVITEs and their 2xx say about the endpoint, unless the application says it
    /// (RFC 3261 13.2.1, 13.3.1.4).
    pub(super) fn capabilities(
        &self,
        mut builder: Builder,
        local: SocketAddr,
        headers: &[(Name, String)],
        product: Name,
    ) -> Builder {
        if !has(headers, Name::Contact) {
            builder = builder.header(Name::Contact, OwnContact(local));
        }
        if !has(headers, Name::Allow) {
            builder = builder.header(Name::Allow, ALLOW);
        }
        if !self.config.user_agent.is_empty() && !has(headers, product) {
            builder = builder.header(product, &self.config.user_agent);
        }
        builder
    }

    /// A re-INVITE (RFC 3261 14.1).
    pub(super) fn reinvite_request(
        &self,
        session: &Session,
        cseq: u32,
        branch: &str,
        headers: &[(Name, String)],
        sdp: Option<&[u8]>,
    ) -> (Vec<u8>, SocketAddr) {
        let (builder, destination) = Self::dialog_request(
            &session.dialog,
            session.local,
            session.peer,
            Method::Invite,
            cseq,
            branch,
        );
        let builder = self.capabilities(builder, session.local, headers, Name::UserAgent);
        let data = with_sdp(with_headers(builder, headers), sdp).build();
        (data, destination)
    }
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

pub(super) fn with_sdp(builder: Builder, sdp: Option<&[u8]>) -> Builder {
    match sdp {
        Some(sdp) => builder.body(APPLICATION_SDP, sdp),
        None => builder,
    }
}

/// The methods of the requests that an endpoint makes.
fn method_name(method: &Method) -> &'static str {
    match method {
        Method::Invite => "INVITE",
        Method::Ack => "ACK",
        Method::Cancel => "CANCEL",
        _ => "BYE",
    }
}
