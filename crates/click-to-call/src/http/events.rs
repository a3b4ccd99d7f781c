//! `GET /api/v1/calls/{id}/events`: server-sent events (HTML living standard 9.2).
//!
//! Each event is named `call`, has the whole state of the call as its data and the revision as its
//! id: whoever missed some loses nothing. The stream ends after the event that says that the call
//! is over.

use super::Front;
use super::api::unknown_call;
use super::status::{CallBody, error};
use crate::CallStatus;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use futures_core::Stream;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

/// The stream of one call.
pub(super) async fn stream(State(front): State<Front>, Path(id): Path<String>) -> Response {
    let Ok(permit) = Arc::clone(&front.streams).try_acquire_owned() else {
        return error(
            StatusCode::SERVICE_UNAVAILABLE,
            "too_many_streams",
            "Too many event streams are open; ask for the state instead.",
            None,
        );
    };
    // First subscribe, then look: nothing falls between.
    let mut updates = front.core.subscribe();
    let Some(call) = front.core.find(&id).await else {
        return unknown_call();
    };
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let _permit = permit;
        let mut over = call.state.is_over();
        let mut seen = call.revision;
        if sender.send(event(&front, &call)).await.is_err() {
            return;
        }
        while !over {
            let update = tokio::select! {
                update = updates.recv() => update,
                () = sender.closed() => return,
            };
            let call = match update {
                Ok(update) if update.status.id == id => update.status,
                Ok(_) => continue,
                Err(RecvError::Lagged(_)) => match front.core.find(&id).await {
                    Some(call) => Arc::new(call),
                    None => return,
                },
                Err(RecvError::Closed) => return,
            };
            if call.revision > seen {
                seen = call.revision;
                over = call.state.is_over();
                if sender.send(event(&front, &call)).await.is_err() {
                    return;
                }
            }
        }
    });
    Sse::new(Events(receiver))
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response()
}

fn event(front: &Front, call: &CallStatus) -> Event {
    let event = Event::default().event("call").id(call.revision.to_string());
    // Only a map with keys that are no strings could fail.
    event
        .json_data(CallBody::new(call, &front.clock))
        .unwrap_or_default()
}

struct Events(mpsc::Receiver<Event>);

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|event| event.map(Ok))
    }
}

/// Events of one stream that wait for its client.
const WAITING: usize = 16;

/// A comment that often keeps what is between from closing a silent connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
