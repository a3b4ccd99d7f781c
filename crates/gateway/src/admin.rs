//! Metrics, health and the signaling, to be looked at and commanded over HTTP.
//!
//! | request | answer |
//! |---|---|
//! | `GET /` | a page that draws the links |
//! | `GET /links` | their state: [`links::Body`] |
//! | `GET /peers` | the SIP peers: [`Peer`](peers::Peer) |
//! | `POST /links/{peer}/{action}` | 204; `block`, `unblock`, `down` or `up` |
//! | `GET /metrics` | for Prometheus |
//! | `GET /healthz` | `ok` while the process serves |
//!
//! What fails is told as RFC 9457 has it.

mod access;
mod command;
mod links;
mod page;
pub(crate) mod peers;
mod problem;

pub(crate) use access::COMMANDS_ASK;
pub(crate) use links::ServedBy;

use crate::config::Admin;
use crate::metrics::Metrics;
use access::Access;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use core::time::Duration;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::info;
use trunkline_click_to_call::web;
use trunkline_isup::PointCodeFormat;
use trunkline_mgw::worker::MgwHandle;
use trunkline_signaling::{Links, SignalingHandle};
use trunkline_sip_transport::Sockets;

/// What is shown and commanded.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) mgw: MgwHandle,
    pub(crate) sockets: Sockets,
    pub(crate) peers: watch::Receiver<Vec<peers::Peer>>,
    pub(crate) signaling: SignalingHandle,
    pub(crate) format: PointCodeFormat,
    pub(crate) served_by: ServedBy,
}

impl Shown {
    /// The state of the signaling; `None` if it has stopped or does not answer.
    async fn links(&self) -> Option<Links> {
        timeout(ANSWER, self.signaling.links()).await.ok().flatten()
    }
}

/// What the handlers share.
#[derive(Clone)]
struct Front {
    shown: Shown,
    access: Arc<Access>,
}

/// How long the signaling may take to answer. It does so at once.
const ANSWER: Duration = Duration::from_secs(2);

/// How long a request may take, its head as well as the rest.
const REQUEST: Duration = Duration::from_secs(10);

/// Connections at a time.
const CONNECTIONS: usize = 64;

/// Begins to serve; gives the address as bound.
pub(crate) async fn serve(admin: Admin, shown: Shown) -> io::Result<(SocketAddr, JoinHandle<()>)> {
    let address = admin.listen;
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| {
            io::Error::new(error.kind(), format!("admin.listen {address}: {error}"))
        })?;
    let address = listener.local_addr()?;
    info!(%address, "metrics and health");
    let front = Front {
        shown,
        access: Arc::new(Access::new(&admin)),
    };
    let guarded = Router::new()
        .route("/", get(page::page))
        .route("/links", get(links::links))
        .route("/peers", get(peers::peers))
        .route("/links/{peer}/{action}", post(command::command))
        .layer(from_fn_with_state(front.clone(), access::guard));
    let router = Router::new()
        .route("/metrics", get(render))
        .route("/healthz", get(health))
        .merge(guarded)
        .with_state(front);
    let task = tokio::spawn(web::serve(listener, router, CONNECTIONS, REQUEST));
    Ok((address, task))
}

async fn render(State(front): State<Front>) -> impl IntoResponse {
    let shown = front.shown;
    let links = shown.links().await;
    let text = shown.metrics.render(
        &shown.mgw,
        shown.sockets.counters(),
        links.as_ref(),
        shown.format,
    );
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
}

/// The process serves. Whether calls can be placed is in the metrics: circuits and ASP states.
async fn health() -> &'static str {
    "ok\n"
}
