//! The listener: bounds the connections, and the time that a request head may take.

use axum::Router;
use core::time::Duration;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Serves until it is dropped; its connections end with it. There are at most so many at a time,
/// and a request head must come within `head_timeout`, in 16,384 octets.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: usize,
    head_timeout: Duration,
) {
    let service = TowerToHyperService::new(router);
    let places = Arc::new(Semaphore::new(connections));
    let mut tasks = JoinSet::new();
    loop {
        // Whoever comes when all places are taken waits in the system's queue.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, usually: give others time to close theirs.
                tracing::warn!(%error, "accepting an HTTP connection failed");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_timeout)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(stream), service.clone());
        tasks.spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "an HTTP connection ended");
            }
        });
        while tasks.try_join_next().is_some() {}
    }
}

/// The most octets of a request head: hyper answers 431 to a longer one.
const MAX_HEAD: usize = 16_384;

const PAUSE: Duration = Duration::from_millis(100);
