//! The user agent core: transactions (RFC 3261 17, RFC 6026) and INVITE dialogs (RFC 3261 12 to
//! 15) over datagrams.

mod config;
mod event;

pub use crate::transaction::{Timer, Timers};
pub use config::EndpointConfig;
pub use event::{Event, OutgoingInvite, Output, SessionId, WrongState};

use crate::Name;
use std::net::SocketAddr;
use trunkline_model::Time;

/// A user agent.
#[derive(Debug)]
pub struct Endpoint {
    config: EndpointConfig,
}

#[allow(unused_variables, missing_docs, clippy::todo, reason = "outline")]
impl Endpoint {
    pub fn new(config: EndpointConfig) -> Self {
        Self { config }
    }

    /// A datagram came to the socket `local`.
    pub fn receive(&mut self, now: Time, local: SocketAddr, source: SocketAddr, data: &[u8]) {
        todo!()
    }

    /// Starts a session.
    pub fn invite(
        &mut self,
        now: Time,
        local: SocketAddr,
        destination: SocketAddr,
        invite: OutgoingInvite,
    ) -> SessionId {
        todo!()
    }

    /// Answers the INVITE with 101-199.
    pub fn provisional(
        &mut self,
        now: Time,
        id: SessionId,
        status: u16,
        reason: &str,
        headers: &[(Name, String)],
        sdp: Option<&[u8]>,
    ) -> Result<(), WrongState> {
        todo!()
    }

    /// Answers the INVITE or re-INVITE with 200.
    pub fn accept(
        &mut self,
        now: Time,
        id: SessionId,
        headers: &[(Name, String)],
        sdp: Option<&[u8]>,
    ) -> Result<(), WrongState> {
        todo!()
    }

    /// Answers the INVITE or re-INVITE with 300-699.
    pub fn reject(
        &mut self,
        now: Time,
        id: SessionId,
        status: u16,
        reason: &str,
        headers: &[(Name, String)],
    ) -> Result<(), WrongState> {
        todo!()
    }

    /// Acknowledges the 2xx that [`Event::Answered`] reported.
    pub fn ack(&mut self, now: Time, id: SessionId, sdp: Option<&[u8]>) {
        todo!()
    }

    /// Gives up an INVITE that has no final answer.
    pub fn cancel(&mut self, now: Time, id: SessionId, headers: &[(Name, String)]) {
        todo!()
    }

    /// Ends the session in whatever state it is.
    pub fn bye(&mut self, now: Time, id: SessionId, headers: &[(Name, String)]) {
        todo!()
    }

    /// Sends an INVITE inside the dialog.
    pub fn reinvite(
        &mut self,
        now: Time,
        id: SessionId,
        sdp: Option<Vec<u8>>,
        headers: &[(Name, String)],
    ) -> Result<(), WrongState> {
        todo!()
    }

    /// The next output; `None` when all has been taken.
    pub fn poll_output(&mut self) -> Option<Output> {
        todo!()
    }

    /// When to call [`Endpoint::handle_timeout`], and why.
    pub fn poll_timeout(&self) -> Option<(Time, Timer)> {
        todo!()
    }

    /// Runs the timers that are due.
    pub fn handle_timeout(&mut self, now: Time) {
        todo!()
    }

    /// Sessions that are not over.
    pub fn sessions(&self) -> usize {
        todo!()
    }

    /// Transactions that are not over.
    pub fn transactions(&self) -> usize {
        todo!()
    }
}
