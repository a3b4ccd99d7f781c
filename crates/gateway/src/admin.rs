//! Metrics and health over HTTP.

use crate::metrics::Metrics;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tracing::{info, warn};
use trunkline_mgw::worker::MgwHandle;

/// What the pages show.
#[derive(Clone)]
struct Shown {
    metrics: Arc<Metrics>,
    mgw: MgwHandle,
}

/// Serves `/metrics` and `/healthz`; gives the address as bound.
pub(crate) async fn serve(
    address: SocketAddr,
    metrics: Arc<Metrics>,
    mgw: MgwHandle,
) -> io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| {
            io::Error::new(error.kind(), format!("admin.listen {address}: {error}"))
        })?;
    let address = listener.local_addr()?;
    info!(%address, "metrics and health");
    let router = Router::new()
        .route("/metrics", get(render))
        .route("/healthz", get(health))
        .with_state(Shown { metrics, mgw });
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            warn!(%error, "metrics and health ended");
        }
    });
    Ok((address, task))
}

async fn render(State(shown): State<Shown>) -> impl IntoResponse {
    let text = shown.metrics.render(&shown.mgw);
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
