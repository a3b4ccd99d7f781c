//! The JSON that goes out.

use crate::shell::Clock;
use crate::{CallStatus, Leg, Reason};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

/// A call.
#[derive(Debug, Serialize)]
pub(super) struct CallBody<'a> {
    id: &'a str,
    state: &'static str,
    /// Always true for now, whatever was asked for: REFER is not there yet.
    anchored: bool,
    initiator: LegBody<'a>,
    destination: LegBody<'a>,
    placed_at: String,
    connected_at: Option<String>,
    ended_at: Option<String>,
    talked_seconds: f64,
    released_by: Option<&'static str>,
    causes: Vec<CauseBody<'a>>,
    revision: u32,
}

#[derive(Debug, Serialize)]
struct LegBody<'a> {
    address: &'a str,
    uri: &'a str,
    state: &'static str,
    /// SIP status, reason phrase and Reason header field of a failure.
    status: Option<u16>,
    reason: Option<&'a str>,
    causes: Vec<CauseBody<'a>>,
    dialled_at: Option<String>,
    ringing_at: Option<String>,
    answered_at: Option<String>,
    ended_at: Option<String>,
}

#[derive(Debug, Serialize)]
struct CauseBody<'a> {
    protocol: &'a str,
    cause: u16,
    text: Option<&'a str>,
    location: Option<&'a str>,
}

impl<'a> CallBody<'a> {
    pub(super) fn new(call: &'a CallStatus, clock: &Clock) -> Self {
        let date = |at: Option<_>| at.map(|at| clock.date(at));
        Self {
            id: &call.id,
            state: call.state.name(),
            anchored: call.anchored,
            initiator: LegBody::new(&call.initiator, clock),
            destination: LegBody::new(&call.destination, clock),
            placed_at: clock.date(call.placed),
            connected_at: date(call.connected),
            ended_at: date(call.ended),
            talked_seconds: call.talked(clock.now()).as_secs_f64(),
            released_by: call.released_by.map(crate::ReleasedBy::name),
            causes: causes(&call.reasons),
            revision: call.revision,
        }
    }
}

impl<'a> LegBody<'a> {
    fn new(leg: &'a Leg, clock: &Clock) -> Self {
        let date = |at: Option<_>| at.map(|at| clock.date(at));
        let failure = leg.failure.as_ref();
        Self {
            address: &leg.address,
            uri: &leg.uri,
            state: leg.state.name(),
            status: failure.map(|failure| failure.status),
            reason: failure.map(|failure| failure.phrase.as_str()),
            causes: failure.map_or_else(Vec::new, |failure| causes(&failure.reasons)),
            dialled_at: date(leg.dialled),
            ringing_at: date(leg.ringing),
            answered_at: date(leg.answered),
            ended_at: date(leg.ended),
        }
    }
}

fn causes(reasons: &[Reason]) -> Vec<CauseBody<'_>> {
    reasons
        .iter()
        .map(|reason| CauseBody {
            protocol: &reason.protocol,
            cause: reason.cause,
            text: reason.text.as_deref(),
            location: reason.location.as_deref(),
        })
        .collect()
}

#[derive(Debug, Serialize)]
struct ErrorEnvelope<'a> {
    error: ErrorBody<'a>,
}

#[derive(Debug, Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    message: &'a str,
    field: Option<&'a str>,
}

/// An error: `{"error": {"code", "message", "field"}}`. `code` is for programs, `message` for
/// people, `field` is null where no single one is to blame.
pub(super) fn error(
    status: StatusCode,
    code: &'static str,
    message: &str,
    field: Option<&str>,
) -> Response {
    let body = Json(ErrorEnvelope {
        error: ErrorBody {
            code,
            message,
            field,
        },
    });
    uncached((status, body).into_response())
}

/// The state of a call must not come from a cache.
pub(super) fn uncached(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
