//! `/api/v1/calls`.

use super::status::{CallBody, error, uncached};
use super::{Front, body};
use crate::Refused;
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use core::time::Duration;
use serde::Serialize;

/// `POST /api/v1/calls`: places a call.
pub(super) async fn place(State(front): State<Front>, headers: HeaderMap, body: Body) -> Response {
    if !is_json(&headers) {
        return error(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Content-Type: expected application/json",
            None,
        );
    }
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY) {
        return too_large();
    }
    let body = tokio::time::timeout(front.settings.request_timeout, to_bytes(body, MAX_BODY));
    let body = match body.await {
        Ok(Ok(body)) => body,
        // Too long, or the client has gone: it does not hear the answer then.
        Ok(Err(_)) => return too_large(),
        Err(_) => {
            return error(
                StatusCode::REQUEST_TIMEOUT,
                "request_timeout",
                "The body did not arrive in time.",
                None,
            );
        }
    };
    let request = match body::parse(&body) {
        Ok(request) => request,
        Err(problem) => {
            return error(
                StatusCode::BAD_REQUEST,
                problem.code(),
                &problem.to_string(),
                problem.field(),
            );
        }
    };
    match front.core.place(request).await {
        Ok(call) => {
            let location = format!("/api/v1/calls/{}", call.id);
            let body = Json(CallBody::new(&call, &front.clock));
            let mut response = (StatusCode::CREATED, body).into_response();
            if let Ok(location) = HeaderValue::from_str(&location) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            uncached(response)
        }
        Err(refused) => refusal(&refused),
    }
}

/// `GET /api/v1/calls`: the latest calls, the newest first.
pub(super) async fn list(State(front): State<Front>) -> Response {
    #[derive(Serialize)]
    struct List<'a> {
        calls: Vec<CallBody<'a>>,
    }
    let calls = front.core.latest(MOST_LISTED).await;
    let calls = calls
        .iter()
        .map(|call| CallBody::new(call, &front.clock))
        .collect();
    uncached(Json(List { calls }).into_response())
}

/// `GET /api/v1/calls/{id}`: the state of a call.
pub(super) async fn show(State(front): State<Front>, Path(id): Path<String>) -> Response {
    match front.core.find(&id).await {
        Some(call) => uncached(Json(CallBody::new(&call, &front.clock)).into_response()),
        None => unknown_call(),
    }
}

/// `DELETE /api/v1/calls/{id}`: ends a call. One that is over stays as it is; both are answered
/// with the state of the call.
pub(super) async fn hang_up(State(front): State<Front>, Path(id): Path<String>) -> Response {
    match front.core.hang_up(&id).await {
        Some(call) => uncached(Json(CallBody::new(&call, &front.clock)).into_response()),
        None => unknown_call(),
    }
}

pub(super) fn unknown_call() -> Response {
    error(
        StatusCode::NOT_FOUND,
        "unknown_call",
        "No such call; a call that is over is forgotten after a while.",
        None,
    )
}

fn refusal(refused: &Refused) -> Response {
    let (status, code, field, retry_after) = match refused {
        Refused::Missing(party) => (
            StatusCode::BAD_REQUEST,
            "missing_field",
            Some(party.name()),
            None,
        ),
        Refused::NoRule(party) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "no_rule",
            Some(party.name()),
            None,
        ),
        Refused::Address { party, .. } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_address",
            Some(party.name()),
            None,
        ),
        Refused::TooManyCalls { .. } => (
            StatusCode::SERVICE_UNAVAILABLE,
            "too_many_calls",
            None,
            Some(BUSY),
        ),
        Refused::TooFast { retry_after } => (
            StatusCode::SERVICE_UNAVAILABLE,
            "too_fast",
            None,
            Some(*retry_after),
        ),
        Refused::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping", None, None),
    };
    let mut response = error(status, code, &refused.to_string(), field);
    if let Some(after) = retry_after {
        let seconds = after.as_millis().div_ceil(1_000).max(1);
        if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
    }
    response
}

fn too_large() -> Response {
    error(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        "The body may have 4096 octets.",
        None,
    )
}

/// Other types are what a form of another site can send without asking.
fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// The most octets of a body.
const MAX_BODY: usize = 4_096;

/// The most calls in a list.
const MOST_LISTED: usize = 100;

/// After how long to ask again when all calls are taken.
const BUSY: Duration = Duration::from_secs(5);
