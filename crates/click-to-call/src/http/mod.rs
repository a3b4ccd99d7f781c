//! The HTTP interface: the page, the JSON interface, and `/clicktocall.html`.

mod api;
mod auth;
mod body;
mod clicktocall;
mod escape;
mod events;
mod guard;
mod page;
mod query;
mod status;

use crate::config::{Credentials, GetInterface};
use crate::shell::{Clock, Core};
use axum::Router;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use core::time::Duration;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How the interface is set.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) credentials: Option<Credentials>,
    pub(crate) get_interface: GetInterface,
    pub(crate) request_timeout: Duration,
}

/// What the handlers share.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    core: Core,
    clock: Clock,
    settings: Arc<Settings>,
    streams: Arc<Semaphore>,
}

impl Front {
    pub(crate) fn new(core: Core, clock: Clock, settings: Settings) -> Self {
        Self {
            core,
            clock,
            settings: Arc::new(settings),
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
        }
    }
}

/// All paths.
pub(crate) fn router(front: Front) -> Router {
    let guarded = Router::new()
        .route("/", get(page::page))
        .route("/page/app.js", get(page::script))
        .route("/page/style.css", get(page::style))
        .route("/page/icon.svg", get(page::icon))
        .route("/clicktocall.html", get(clicktocall::place))
        .route("/api/v1/calls", get(api::list).post(api::place))
        .route("/api/v1/calls/{id}", get(api::show).delete(api::hang_up))
        .route("/api/v1/calls/{id}/events", get(events::stream))
        .method_not_allowed_fallback(wrong_method)
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(
            front.clone(),
            auth::authenticate,
        ));
    Router::new()
        .route("/index.html", get(clicktocall::index))
        .merge(guarded)
        .layer(middleware::from_fn_with_state(front.clone(), guard::guard))
        .with_state(front)
}

async fn not_found(uri: Uri) -> Response {
    refuse(
        &uri,
        StatusCode::NOT_FOUND,
        "not_found",
        "There is nothing under this path.",
    )
}

async fn wrong_method(method: Method, uri: Uri) -> Response {
    refuse(
        &uri,
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        &format!("{method} is not allowed here; the Allow header names what is."),
    )
}

/// A refusal in the form that its path suggests: JSON under `/api/`, else a page.
fn refuse(uri: &Uri, status: StatusCode, code: &'static str, message: &str) -> Response {
    if uri.path().starts_with("/api/") {
        return status::error(status, code, message, None);
    }
    let reason = status.canonical_reason().unwrap_or_default();
    let text = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>{code} {reason}</title></head>\
         <body><h1>{reason}</h1><p>{message}</p></body></html>",
        code = status.as_u16(),
        message = escape::Html(message),
    );
    let mut response = (status, Html(text)).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Event streams at a time; a page takes one. Further ones are told 503 and ask again.
const MOST_STREAMS: usize = 64;
