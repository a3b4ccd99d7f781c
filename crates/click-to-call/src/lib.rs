//! The click-to-call controller: a web page or an API call rings a phone (the initiator), then a
//! landline (the destination), and joins the two.
//!
//! [`Controller`] is the pure core: it owns a SIP endpoint and the calls, takes the time and its
//! inputs, and queues what is to be sent. Each call follows RFC 3725 Flow IV: the initiator is
//! invited with an inactive session, the destination without an offer, and the destination's offer
//! goes to the initiator in a re-INVITE, its answer in the destination's ACK. The controller stays
//! in the signaling of both legs ("anchored") and never sees a media packet.
//!
//! [`spawn`] runs the core on sockets, with the HTTP interface in front of it: the page at `/`,
//! the JSON interface under `/api/v1/calls`, and `/clicktocall.html` for the clients of other
//! click-to-call servers.
//!
//! | request | answer |
//! |---|---|
//! | `POST /api/v1/calls` with `{"initiator", "destination", "anchor"}` | 201, Location, the call |
//! | `GET /api/v1/calls` | the latest 100 calls, the newest first |
//! | `GET /api/v1/calls/{id}` | the call: state of both legs, times, who released it and why |
//! | `GET /api/v1/calls/{id}/events` | the call after each change, as server-sent events |
//! | `DELETE /api/v1/calls/{id}` | hangs up; the call |
//! | `GET /clicktocall.html?initiator=&destination=&anchor=` | always 200, HTML |
//!
//! Errors are `{"error": {"code", "message", "field"}}`; 503 carries Retry-After when it pays to ask
//! again. `anchor` may be left out; `false` is accepted, and the call says `"anchored": true`.
//!
//! What is not there yet: REFER (a request that asks for a call that is not anchored is served
//! anchored, and told so), session timers (a call has a longest duration instead), reliable
//! provisional responses, DNS, SIP over TCP or TLS, digest authentication towards a proxy, relay of
//! INFO and MESSAGE between the legs.

pub mod address;
mod allowance;
pub mod call;
pub mod config;
mod controller;
mod http;
mod leg;
mod machine;
pub mod reason;
mod session;
mod shell;
mod store;
pub mod web;
mod wire;

pub use call::{
    CallEvent, CallEventKind, CallNumber, CallRequest, CallState, CallStatus, Failure, Leg,
    LegState, Party, ReleasedBy,
};
pub use config::{
    CallLimits, CallTimers, Config, ConfigError, ControllerConfig, Credentials, GetInterface,
    InitialOffer,
};
pub use controller::{Controller, Counters, Output, Refused, Timer};
pub use machine::CallTimer;
pub use reason::Reason;
pub use shell::{CallUpdate, Handle, SpawnError, spawn};
