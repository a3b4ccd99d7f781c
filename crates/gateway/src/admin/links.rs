//! `GET /links`

use super::Front;
use super::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::collections::BTreeMap;
use trunkline_isup::PointCodeFormat;
use trunkline_model::PointCode;
use trunkline_signaling::links::{
    DestinationLink, LinkState, Links, PeerLink, PointCodeValue, ServedLink, WayLink,
};
use trunkline_signaling::{Config, WayState};

/// The state of the signaling, with point codes also as text, and what is not as it should be.
#[derive(Debug, Serialize)]
pub(super) struct Body<'a> {
    point_codes: Vec<Code>,
    peers: &'a [PeerLink],
    served: &'a [ServedLink],
    destinations: Vec<Destination<'a>>,
    data_sent: u64,
    data_received: u64,
    diverted: usize,
    /// A sentence for each association that is down and each destination that is unavailable.
    problems: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Code {
    point_code: u32,
    point_code_text: String,
}

#[derive(Debug, Serialize)]
struct Destination<'a> {
    #[serde(flatten)]
    code: Code,
    available: bool,
    ways: Vec<Way<'a>>,
}

#[derive(Debug, Serialize)]
struct Way<'a> {
    #[serde(flatten)]
    way: &'a WayLink,
    /// Whether it has a share of the traffic.
    in_use: bool,
    /// Those who may serve the destination with us, by configuration; of a way over a peer none.
    served_by: &'a [String],
}

/// By destination the peers that the configuration lets serve it with us.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServedBy(BTreeMap<u32, Vec<String>>);

impl ServedBy {
    pub(crate) fn of(config: &Config) -> Self {
        let mut peers: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for peer in config.peers.iter().filter(|peer| peer.role.answers()) {
            for (index, server) in config.application_servers.iter().enumerate() {
                let serves = peer.serves.as_ref();
                if !serves.is_none_or(|indices| indices.contains(&index)) {
                    continue;
                }
                for key in &server.routing_key {
                    let names = peers.entry(key.dpc.point_code.value()).or_default();
                    names.push(peer.name.clone());
                }
            }
        }
        Self(peers)
    }

    fn names(&self, code: PointCodeValue) -> &[String] {
        self.0.get(&code.value()).map_or(&[], Vec::as_slice)
    }
}

/// The state of everything.
pub(super) async fn links(State(front): State<Front>) -> Response {
    match front.shown.links().await {
        Some(links) => {
            let shown = &front.shown;
            Json(Body::new(&links, shown.format, &shown.served_by)).into_response()
        }
        None => {
            let detail = "the signaling has stopped";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
        }
    }
}

impl<'a> Body<'a> {
    fn new(links: &'a Links, format: PointCodeFormat, served_by: &'a ServedBy) -> Self {
        let code = |code: PointCodeValue| Code {
            point_code: code.value(),
            point_code_text: text(code, format),
        };
        let destination = |destination: &'a DestinationLink| Destination {
            code: code(destination.point_code),
            available: destination.available,
            ways: ways(&destination.ways, served_by.names(destination.point_code)),
        };
        Self {
            point_codes: links.point_codes.iter().copied().map(code).collect(),
            peers: &links.peers,
            served: &links.served,
            destinations: links.destinations.iter().map(destination).collect(),
            data_sent: links.data_sent,
            data_received: links.data_received,
            diverted: links.diverted,
            problems: problems(links, format),
        }
    }
}

/// A point code as the network writes it.
fn text(code: PointCodeValue, format: PointCodeFormat) -> String {
    let code = PointCode::new(code.value());
    code.map(|code| format.text(code)).unwrap_or_default()
}

fn ways<'a>(ways: &'a [WayLink], served_by: &'a [String]) -> Vec<Way<'a>> {
    let best = ways.iter().filter_map(rank).min();
    let way = |way: &'a WayLink| Way {
        in_use: best.is_some() && rank(way) == best,
        served_by: if way.peer.is_none() { served_by } else { &[] },
        way,
    };
    ways.iter().map(way).collect()
}

/// How good a way is, the lowest being the best; `None` if it cannot be used. Restricted ways are
/// the last resort (RFC 4666 3.4.6).
fn rank(way: &WayLink) -> Option<(bool, u8)> {
    let restricted = match way.state {
        WayState::Available => false,
        WayState::Restricted => true,
        WayState::Unknown | WayState::Unavailable => return None,
    };
    way.active.then_some((restricted, way.priority))
}

fn problems(links: &Links, format: PointCodeFormat) -> Vec<String> {
    let down = links
        .peers
        .iter()
        .filter(|peer| peer.association != LinkState::Up)
        .map(|peer| {
            let state = match peer.association {
                LinkState::Waiting => "down, to be set up again",
                LinkState::Listening => "down, and the peer has not set it up",
                LinkState::Connecting => "being set up",
                LinkState::Up => "up",
                LinkState::TakenDown => "taken down by command",
                LinkState::Closed => "closed",
            };
            let loss = peer.last_loss.as_ref().map(|loss| format!(" ({loss})"));
            let loss = loss.filter(|_| peer.association != LinkState::TakenDown);
            let loss = loss.unwrap_or_default();
            format!("association {}: {state}{loss}", peer.name)
        });
    let unavailable = links
        .destinations
        .iter()
        .filter(|destination| !destination.available)
        .map(|destination| {
            let code = text(destination.point_code, format);
            format!("destination {code}: unavailable")
        });
    down.chain(unavailable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(peer: &str, priority: u8, active: bool, state: WayState) -> WayLink {
        WayLink {
            peer: Some(peer.to_owned()),
            application_server: Some(0),
            priority,
            active,
            state,
            congestion: 0,
        }
    }

    fn in_use(list: &[WayLink]) -> Vec<bool> {
        ways(list, &[]).iter().map(|way| way.in_use).collect()
    }

    #[test]
    fn ways_of_the_best_priority_that_can_be_used_are_in_use() {
        use WayState::{Available, Restricted, Unavailable, Unknown};
        let list = [
            way("a", 0, true, Unavailable),
            way("b", 1, true, Available),
            way("c", 1, true, Available),
            way("d", 1, false, Available),
            way("e", 0, true, Restricted),
            way("f", 2, true, Available),
            way("g", 0, true, Unknown),
        ];
        let expected = [false, true, true, false, false, false, false];
        assert_eq!(in_use(&list), expected);
        assert_eq!(in_use(&list[4..5]), [true]);
        assert_eq!(in_use(&list[..1]), [false]);
    }

    #[test]
    fn point_codes_are_shown_as_numbers_and_as_the_network_writes_them() {
        let code = PointCode::new(4898).unwrap();
        let links = Links {
            point_codes: vec![PointCode::new(4897).unwrap().into()],
            peers: Vec::new(),
            served: Vec::new(),
            destinations: vec![DestinationLink {
                point_code: code.into(),
                available: false,
                ways: vec![way("a", 0, false, WayState::Unknown)],
            }],
            data_sent: 1,
            data_received: 2,
            diverted: 0,
        };
        let body = serde_json::to_value(Body::new(
            &links,
            PointCodeFormat::ITU,
            &ServedBy::default(),
        ))
        .unwrap();
        let shown = &body["destinations"][0];
        assert_eq!(shown["point_code"], 4898);
        assert_eq!(shown["point_code_text"], "2-100-2");
        assert_eq!(shown["ways"][0]["state"], "unknown");
        assert_eq!(shown["ways"][0]["in_use"], false);
        assert_eq!(body["point_codes"][0]["point_code_text"], "2-100-1");
        assert_eq!(body["problems"][0], "destination 2-100-2: unavailable");
    }
}
