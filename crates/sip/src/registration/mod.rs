//! A registration of ours with a registrar, kept alive (RFC 3261 10.2, RFC 5626, RFC 6140).
//!
//! A [`Registration`] is told the final responses and the time, and says which REGISTER to send
//! and whether calls can be expected.

mod contact;
mod machine;
#[cfg(test)]
mod tests;

pub use machine::Registration;

use crate::digest::{Credentials, Unanswerable};
use crate::flow::Flow;
use crate::header::{Address, ContactAddress, UriText};
use crate::name::Name;
use core::ops::RangeInclusive;
use core::time::Duration;
use thiserror::Error;
use trunkline_model::Time;

/// What is to be registered, where, and how eagerly.
#[derive(Clone, Debug)]
pub struct RegistrationConfig {
    /// The domain of the registrar, a SIP URI without a user: the Request-URI (RFC 3261 10.2).
    pub registrar: UriText<'static>,
    /// The address of record, a SIP URI: To and From.
    pub aor: Address<'static>,
    /// The binding, with all its parameters but `expires`. With `+sip.instance` and `reg-id` it is
    /// one flow of an outbound registration (RFC 5626 4.2).
    pub contact: ContactAddress<'static>,
    /// The way to the registrar, the outbound proxy first (RFC 5626 4.2.1).
    pub route: Vec<Address<'static>>,
    /// Further header fields, in this order.
    pub headers: Vec<(Name, String)>,
    /// The interval asked for, in seconds, from 1.
    pub expires: u32,
    /// When to refresh, in percent of the interval granted: each time another point in this range.
    pub refresh: RangeInclusive<u8>,
    /// Whether the registration is one of many numbers: `gin` is required, and the Contact has
    /// `bnc` and no user (RFC 6140 5.1).
    pub gin: bool,
    /// What challenges are answered with.
    pub credentials: Vec<Credentials>,
    /// The Call-ID of all requests (RFC 3261 10.2).
    pub call_id: String,
    /// The base of the wait after a failure, which doubles with each (RFC 5626 4.5).
    pub base_wait: Duration,
    /// The longest wait, and that after a refusal (RFC 5626 4.5).
    pub max_wait: Duration,
    /// How long the removal of the binding may take.
    pub stop_wait: Duration,
    /// What the random waits and cnonces come from.
    pub seed: [u8; 32],
}

impl RegistrationConfig {
    /// An hour is asked for and refreshed after 50 to 90 percent of what is granted; waits are
    /// those of RFC 5626 4.5; the end may take 5 s.
    pub fn new(
        registrar: UriText<'static>,
        aor: Address<'static>,
        contact: ContactAddress<'static>,
        call_id: impl Into<String>,
        seed: [u8; 32],
    ) -> Self {
        Self {
            registrar,
            aor,
            contact,
            route: Vec::new(),
            headers: Vec::new(),
            expires: 3_600,
            refresh: 50..=90,
            gin: false,
            credentials: Vec::new(),
            call_id: call_id.into(),
            base_wait: Duration::from_secs(30),
            max_wait: Duration::from_secs(1_800),
            stop_wait: Duration::from_secs(5),
            seed,
        }
    }
}

/// What is wrong with a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Misconfigured {
    /// Of the registrar's URI.
    #[error("registrar: need a SIP URI without a user (RFC 3261 10.2)")]
    Registrar,
    /// Of the address of record.
    #[error("address of record: need a SIP URI with a user or a domain (RFC 3261 10.2)")]
    Aor,
    /// Of the interval.
    #[error("expires: need at least 1 second (RFC 3261 10.2.2: 0 removes the binding)")]
    Expires,
    /// Of the time of refreshes.
    #[error("refresh: need a range within 1 to 99 percent (RFC 3261 10.2.4)")]
    Refresh,
    /// Of an outbound registration.
    #[error("contact: reg-id needs +sip.instance (RFC 5626 4.2.1)")]
    RegIdWithoutInstance,
    /// Of a registration of many numbers.
    #[error("contact: gin needs a SIP URI with bnc, without user part and user (RFC 6140 5)")]
    BulkContact,
}

/// A REGISTER to be sent. Via, From tag and Content-Length are the endpoint's. Each is to be
/// followed by one [`Registration::response`] or [`Registration::failed`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// The Request-URI.
    pub request_uri: String,
    /// From, without a tag.
    pub from: String,
    /// To.
    pub to: String,
    /// The same throughout the life of the registration (RFC 3261 10.2).
    pub call_id: String,
    /// One higher than that before (RFC 3261 10.2).
    pub cseq: u32,
    /// Max-Forwards.
    pub max_forwards: u8,
    /// Contact, Expires, Route, credentials and all others.
    pub headers: Vec<(Name, String)>,
    /// Where it must go: a refresh goes the way of the registration (RFC 3261 10.2.4, RFC 5626
    /// 4.2.2). `None`: by the first Route, else the Request-URI.
    pub flow: Option<Flow>,
}

/// What the registrar granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// When the binding ends unless it is refreshed.
    pub until: Time,
    /// The flow that the registration went over, if it is known.
    pub flow: Option<Flow>,
    /// The way for our requests, to be sent as Route (RFC 3608 6.1).
    pub service_route: Vec<Address<'static>>,
    /// The way of requests to us (RFC 3327 5.3).
    pub path: Vec<Address<'static>>,
    /// The identities that were registered with the address of record (RFC 7315 4.1).
    pub associated: Vec<Address<'static>>,
    /// Whether the flow must be kept alive (RFC 5626 4.2.1).
    pub outbound: bool,
    /// How often at least the registrar wants to be sent something (RFC 5626 4.4).
    pub flow_timer: Option<Duration>,
}

/// What a registration wants done or known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistrationOutput {
    /// A request to be sent.
    Register(Register),
    /// Something that the application should know.
    Event(RegistrationEvent),
}

/// What the application should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistrationEvent {
    /// Calls can be sent and expected this way. It comes again when more than the end of the
    /// binding has changed.
    Registered(Lease),
    /// They cannot any longer.
    Lost {
        /// The status that ended it; `None` if the binding ran out, its flow failed or it was
        /// given up.
        status: Option<u16>,
    },
    /// A challenge cannot be answered: somebody has to look after the password.
    Unanswerable(Unanswerable),
    /// After `stop`: all is done.
    Stopped,
}

/// Where a registration stands, for display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationState {
    /// It is not wanted, or is being given up.
    Unregistered,
    /// The registrar has been asked.
    Registering,
    /// There is a binding, though its refresh may be under way or have failed.
    Registered {
        /// When it ends.
        until: Time,
    },
    /// There is none.
    Failed {
        /// What the registrar said last; 408 and 503 if it said nothing.
        status: u16,
        /// When it is asked again.
        next_try: Time,
    },
}

/// Why a wake-up is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegistrationTimer {
    /// The binding is to be refreshed (RFC 3261 10.2.4).
    Refresh,
    /// Another try (RFC 5626 4.5).
    Retry,
    /// The binding ends.
    Lapse,
    /// The removal of the binding has taken too long.
    Stop,
}
