//! What peers may cost us, and what we may cost them: the [`Guard`](crate::limit::Guard) before
//! requests, and holding back where a server is overloaded (RFC 7339).

use super::compose::Draft;
use super::refusal::Refusal;
use super::{Endpoint, Event};
use crate::limit::{Decision, Guard, OverloadClient, OverloadServer, Reason, Sending};
use crate::via::Via;
use crate::{Flow, Message, Method, Name, header};
use core::time::Duration;
use std::net::{IpAddr, SocketAddr};
use trunkline_model::Time;

/// The state of an endpoint's protection.
#[derive(Debug)]
pub(super) struct Protection {
    guard: Option<Guard>,
    client: OverloadClient,
    server: Option<OverloadServer>,
    measured: Time,
}

impl Protection {
    pub(super) fn new(config: &super::EndpointConfig) -> Self {
        Self {
            guard: config.limits.clone().map(Guard::new),
            client: OverloadClient::new(MAX_PEERS),
            server: config
                .overload_epoch
                .map(|epoch| OverloadServer::new(epoch, VALIDITY)),
            measured: Time::ZERO,
        }
    }

    /// Whether our Via offers overload control.
    pub(super) const fn offers(&self) -> bool {
        self.server.is_some()
    }

    /// The top Via of a response, with what we ask of the client.
    pub(super) fn completed(&self, via: &Via<'_>, text: String) -> String {
        let feedback = self.server.as_ref().and_then(|server| server.feedback(via));
        feedback.map_or(text.clone(), |feedback| feedback.write(&text))
    }

    /// Whether a request may go there now (RFC 7339 5.10). What belongs to a dialog always may.
    pub(super) fn may_send(&mut self, now: Time, peer: SocketAddr, draft: &Draft) -> bool {
        let in_dialog = draft.to.contains(";tag=") || draft.method == Method::Ack;
        let emergency = draft
            .headers
            .iter()
            .any(|(name, _)| *name == Name::ResourcePriority);
        self.client.send(now, peer, in_dialog || emergency) == Sending::Send
    }

    /// Brings what we ask of clients up to date.
    fn measure(&mut self, now: Time) {
        if let (Some(guard), Some(server)) = (&mut self.guard, &mut self.server)
            && now.since(self.measured) >= VALIDITY / 2
        {
            let (offered, refused) = guard.take_load();
            server.measure(now, offered, refused);
            self.measured = now;
        }
    }
}

impl Endpoint {
    /// The guard, for its counters; `None` without limits.
    pub const fn guard(&self) -> Option<&Guard> {
        self.protection.guard.as_ref()
    }

    /// Requests of ours that were held back because their server is overloaded.
    pub const fn withheld(&self) -> u64 {
        self.protection.client.withheld()
    }

    /// A request from there had wrong credentials: who does that often is banned.
    pub fn authentication_failed(&mut self, now: Time, source: IpAddr) {
        if let Some(guard) = &mut self.protection.guard {
            guard.authentication_failed(now, source);
        }
    }

    /// Whether a request that starts a transaction is served; else it has been dealt with.
    pub(super) fn let_in(&mut self, now: Time, flow: Flow, request: &Message) -> bool {
        self.protection.measure(now);
        let Some(guard) = &mut self.protection.guard else {
            return true;
        };
        match guard.look(now, flow.remote.ip(), request) {
            Decision::Pass => true,
            Decision::Refuse {
                status,
                retry_after,
                reason,
            } => {
                let refusal = match retry_after {
                    Some(wait) => {
                        Refusal::new(status).header(Name::RetryAfter, wait.as_secs().max(1))
                    }
                    None => Refusal::new(status),
                };
                self.refuse(now, flow, request, refusal.stateless());
                self.emit(Event::NotServed { flow, reason });
                false
            }
            Decision::Drop(reason) => {
                self.emit(Event::NotServed { flow, reason });
                false
            }
        }
    }

    /// Whether a malformed message is worth an answer.
    pub(super) fn answers_malformed(&mut self, now: Time, source: IpAddr) -> Result<(), Reason> {
        let Some(guard) = &mut self.protection.guard else {
            return Ok(());
        };
        match guard.malformed(now, source) {
            Decision::Pass => Ok(()),
            Decision::Refuse { reason, .. } | Decision::Drop(reason) => Err(reason),
        }
    }

    /// A response says how its server fares.
    pub(super) fn server_fares(&mut self, now: Time, peer: SocketAddr, response: &Message) {
        let (Ok(via), Some(status)) = (response.via(), response.status()) else {
            return;
        };
        let retry_after = (status == 503)
            .then(|| header::get::<header::RetryAfter<'_>>(response))
            .flatten()
            .and_then(Result::ok)
            .map(|wait| Duration::from_secs(wait.seconds.into()));
        let client = &mut self.protection.client;
        client.response(now, peer, &via, status, retry_after);
    }
}

/// The most servers whose wishes are remembered.
const MAX_PEERS: usize = 1_024;

/// How long clients hold back without hearing more (RFC 7339 4.3).
const VALIDITY: Duration = Duration::from_millis(500);
