//! `POST /links/{peer}/{action}`

use super::Front;
use super::problem::Problem;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use tracing::info;
use trunkline_signaling::{LinkAction, LinkError};

/// The actions by name.
const ACTIONS: [(&str, LinkAction); 4] = [
    ("block", LinkAction::Block),
    ("unblock", LinkAction::Unblock),
    ("down", LinkAction::Down),
    ("up", LinkAction::Up),
];

/// Octets of a body, which says nothing.
const BODY: usize = 1024;

/// Does something to a peer.
pub(super) async fn command(
    State(front): State<Front>,
    Path((peer, action)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    front.access.may_command(&headers)?;
    let found = ACTIONS.iter().find(|(name, _)| *name == action);
    let Some((name, action)) = found else {
        let detail = "there are block, unblock, down and up";
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    };
    if to_bytes(body, BODY).await.is_err() {
        let detail = "a command has no body";
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    match front.shown.signaling.command(&peer, *action).await {
        Ok(()) => {
            info!(target: "trunkline_signaling", peer, "commanded: {name}");
            Ok(StatusCode::NO_CONTENT)
        }
        Err(error @ LinkError::UnknownPeer(_)) => {
            Err(Problem::new(StatusCode::NOT_FOUND, error.to_string()))
        }
        Err(error @ LinkError::Stopped) => {
            Err(Problem::new(StatusCode::CONFLICT, error.to_string()))
        }
    }
}
