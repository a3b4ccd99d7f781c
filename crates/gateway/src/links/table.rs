//! Tables that people like to read.

use super::shown::{Destination, Peer, Shown, Way};
use core::fmt::Write;

/// What a cell tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Plain,
    Good,
    Warning,
    Bad,
}

#[derive(Clone, Debug)]
struct Cell {
    text: String,
    mood: Mood,
}

fn plain(text: impl ToString) -> Cell {
    mood(text, Mood::Plain)
}

fn mood(text: impl ToString, mood: Mood) -> Cell {
    Cell {
        text: text.to_string(),
        mood,
    }
}

/// What there is none of.
const NONE: &str = "-";

/// All of it, with colours if they are wanted.
pub(super) fn render(shown: &Shown, colour: bool) -> String {
    let mut text = String::new();
    let ours: Vec<String> = shown
        .point_codes
        .iter()
        .map(|code| format!("{} ({})", code.point_code_text, code.point_code))
        .collect();
    // Writing to memory does not fail, here and below.
    let _ = writeln!(text, "Our point codes: {}", ours.join(", "));
    let _ = writeln!(
        text,
        "DATA: {} sent, {} received{}",
        shown.data_sent,
        shown.data_received,
        match shown.diverted {
            0 => String::new(),
            held => format!(", {held} wait for a changeover"),
        }
    );
    for table in [
        associations(&shown.peers),
        application_servers(&shown.peers),
        served(shown),
        destinations(&shown.destinations),
    ] {
        table.write(&mut text, colour);
    }
    let _ = writeln!(text);
    match &shown.problems[..] {
        [] => text.push_str(&painted("All is as it should be.", Mood::Good, colour)),
        problems => {
            let _ = writeln!(text, "Not as it should be:");
            let lines = problems.iter().map(|problem| format!("  {problem}"));
            let lines: Vec<String> = lines.map(|l| painted(&l, Mood::Bad, colour)).collect();
            text.push_str(&lines.join("\n"));
        }
    }
    text.push('\n');
    text
}

fn associations(peers: &[Peer]) -> Table {
    let mut table = Table::new(
        "Associations",
        &[
            "PEER",
            "ROLE",
            "TRANSPORT",
            "STATE",
            "ASP",
            "SINCE",
            "TIMES UP",
            "STREAMS",
            "CONGESTION",
            "DATA OUT/IN",
            "OTHER OUT/IN",
            "ADDRESSES",
        ],
    );
    for peer in peers {
        let up = peer.association == "up";
        let state = match (up, peer.blocked) {
            (true, false) => mood(&peer.association, Mood::Good),
            (true, true) => mood("up, blocked", Mood::Warning),
            (false, blocked) => {
                let blocked = if blocked { ", blocked" } else { "" };
                mood(format!("{}{blocked}", peer.association), Mood::Bad)
            }
        };
        let streams = peer.outbound_streams.map(|streams| streams.to_string());
        let congestion = match peer.congestion {
            0 => plain(if up { "0" } else { NONE }),
            level => mood(level, Mood::Warning),
        };
        table.row(
            vec![
                plain(&peer.name),
                plain(&peer.role),
                plain(or_none(&peer.transport)),
                state,
                asp(&peer.asp),
                plain(duration(peer.for_seconds)),
                plain(peer.established),
                plain(streams.as_deref().unwrap_or(NONE)),
                congestion,
                plain(format!("{}/{}", peer.data_sent, peer.data_received)),
                plain(format!(
                    "{}/{}",
                    peer.management_sent, peer.management_received
                )),
                addresses(peer),
            ],
            peer.last_loss
                .as_ref()
                .map(|loss| format!("last lost: {loss}")),
        );
    }
    table
}

/// Where the peer is, with the state of its paths where they are known.
fn addresses(peer: &Peer) -> Cell {
    let failed = peer.paths.iter().any(|path| !path.up);
    let texts: Vec<String> = peer
        .remote
        .iter()
        .map(|address| {
            let path = peer.paths.iter().find(|path| path.address == address.ip());
            let state = match path.map(|path| path.up) {
                Some(true) => " up",
                Some(false) => " DOWN",
                None => "",
            };
            format!("{address}{state}")
        })
        .collect();
    let others = peer.paths.iter().filter(|path| {
        let known = |address: &std::net::SocketAddr| address.ip() == path.address;
        !peer.remote.iter().any(known)
    });
    let others = others.map(|path| {
        let state = if path.up { "up" } else { "DOWN" };
        format!("{} {state}", path.address)
    });
    let texts: Vec<String> = texts.into_iter().chain(others).collect();
    mood(
        texts.join(", "),
        if failed { Mood::Warning } else { Mood::Plain },
    )
}

fn application_servers(peers: &[Peer]) -> Table {
    let columns = ["PEER", "ROUTING CONTEXT", "OUR ASP", "APPLICATION SERVER"];
    let mut table = Table::new("Application servers that we are active in", &columns);
    for peer in peers {
        for server in &peer.application_servers {
            let state = server.application_server.as_deref();
            table.row(
                vec![
                    plain(&peer.name),
                    context(server.routing_context),
                    asp(&server.asp),
                    state.map_or(plain(NONE), application_server),
                ],
                None,
            );
        }
    }
    table
}

fn served(shown: &Shown) -> Table {
    let columns = ["ROUTING CONTEXT", "STATE", "TRAFFIC MODE", "HELD", "ASPS"];
    let mut table = Table::new("Application servers that peers serve", &columns);
    for server in &shown.served {
        let asps: Vec<String> = server
            .asps
            .iter()
            .map(|asp| format!("{} {}", asp.peer, asp.state))
            .collect();
        table.row(
            vec![
                context(server.routing_context),
                application_server(&server.state),
                plain(server.traffic_mode.as_deref().unwrap_or(NONE)),
                plain(server.held),
                plain(or_none(&asps.join(", "))),
            ],
            None,
        );
    }
    table
}

fn destinations(destinations: &[Destination]) -> Table {
    let columns = [
        "POINT CODE",
        "STATE",
        "WAY",
        "PRIORITY",
        "TRAFFIC",
        "TOLD",
        "CONGESTION",
        "",
    ];
    let mut table = Table::new("Destinations", &columns);
    for destination in destinations {
        let code = &destination.code;
        for (position, way) in destination.ways.iter().enumerate() {
            let (name, state) = match position {
                0 => (
                    plain(format!("{} ({})", code.point_code_text, code.point_code)),
                    match destination.available {
                        true => mood("available", Mood::Good),
                        false => mood("UNAVAILABLE", Mood::Bad),
                    },
                ),
                _ => (plain(""), plain("")),
            };
            let [via, priority, traffic, told, congestion, used] = way_cells(way);
            table.row(
                vec![name, state, via, priority, traffic, told, congestion, used],
                None,
            );
        }
    }
    table
}

fn way_cells(way: &Way) -> [Cell; 6] {
    let via = match (&way.peer, way.application_server) {
        (Some(peer), Some(index)) if index > 0 => format!("{peer}, application server {index}"),
        (Some(peer), _) => peer.clone(),
        (None, _) if way.served_by.is_empty() => "those who serve it".to_owned(),
        (None, _) => way.served_by.join(", "),
    };
    let told = match way.state.as_str() {
        "available" => Mood::Good,
        "unavailable" => Mood::Bad,
        "restricted" => Mood::Warning,
        _ => Mood::Plain,
    };
    [
        plain(via),
        plain(way.priority),
        match way.active {
            true => mood("flows", Mood::Good),
            false => mood("stopped", Mood::Bad),
        },
        mood(&way.state, told),
        match way.congestion {
            0 => plain(0),
            level => mood(level, Mood::Warning),
        },
        match way.in_use {
            true => mood("in use", Mood::Good),
            false => plain(""),
        },
    ]
}

fn context(context: Option<u32>) -> Cell {
    context.map_or(plain(NONE), plain)
}

fn asp(state: &str) -> Cell {
    let look = match state {
        "ASP-ACTIVE" => Mood::Good,
        "ASP-INACTIVE" => Mood::Warning,
        _ => Mood::Bad,
    };
    mood(state, look)
}

fn application_server(state: &str) -> Cell {
    let look = match state {
        "AS-ACTIVE" => Mood::Good,
        "AS-DOWN" => Mood::Bad,
        _ => Mood::Warning,
    };
    mood(state, look)
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { NONE } else { text }
}

/// A duration in its two largest units.
fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

struct Table {
    title: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<(Vec<Cell>, Option<String>)>,
}

impl Table {
    fn new(title: &'static str, columns: &[&'static str]) -> Self {
        Self {
            title,
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// A row, and a remark below it.
    fn row(&mut self, cells: Vec<Cell>, remark: Option<String>) {
        self.rows.push((cells, remark));
    }

    /// Nothing if it has no rows.
    fn write(&self, text: &mut String, colour: bool) {
        if self.rows.is_empty() {
            return;
        }
        let _ = writeln!(text, "\n{}", self.title);
        let length = |text: &str| text.chars().count();
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(column, name)| {
                let cells = self.rows.iter().filter_map(|(cells, _)| cells.get(column));
                let widest = cells.map(|cell| length(&cell.text)).max();
                widest.unwrap_or(0).max(length(name))
            })
            .collect();
        let line = |cells: &[Cell]| {
            let mut line = String::from(" ");
            for (cell, width) in cells.iter().zip(&widths) {
                let fill = " ".repeat(width.saturating_sub(length(&cell.text)));
                let shown = painted(&cell.text, cell.mood, colour);
                line.push_str(&format!(" {shown}{fill} "));
            }
            line.trim_end().to_owned()
        };
        let heads: Vec<Cell> = self.columns.iter().map(plain).collect();
        let _ = writeln!(text, "{}", line(&heads));
        for (cells, remark) in &self.rows {
            let _ = writeln!(text, "{}", line(cells));
            if let Some(remark) = remark {
                let _ = writeln!(text, "      {remark}");
            }
        }
    }
}

/// A text in its colour (ECMA-48 SGR). Colours only repeat what the words say.
fn painted(text: &str, mood: Mood, colour: bool) -> String {
    let code = match mood {
        _ if !colour => return text.to_owned(),
        Mood::Plain => return text.to_owned(),
        Mood::Good => 32,
        Mood::Warning => 33,
        Mood::Bad => 31,
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{
        "point_codes": [{ "point_code": 4897, "point_code_text": "2-100-1" }],
        "peers": [
            { "name": "stp1", "role": "asp", "transport": "kernel",
              "remote": ["203.0.113.1:2905", "203.0.113.129:2905"], "association": "up",
              "for_seconds": 7384, "last_loss": null, "established": 1, "outbound_streams": 17,
              "paths": [{ "address": "203.0.113.129", "up": false }], "congestion": 0,
              "blocked": false, "asp": "ASP-ACTIVE",
              "application_servers": [{ "routing_context": 100, "asp": "ASP-ACTIVE",
                                        "application_server": "AS-ACTIVE" }],
              "data_sent": 12, "data_received": 13, "management_sent": 3,
              "management_received": 5 },
            { "name": "stp2", "role": "asp", "transport": "udp-encapsulated",
              "remote": ["203.0.113.2:2905"], "association": "waiting", "for_seconds": 61,
              "last_loss": "no answer", "established": 0, "outbound_streams": null, "paths": [],
              "congestion": 0, "blocked": true, "asp": "ASP-DOWN", "application_servers": [],
              "data_sent": 0, "data_received": 0, "management_sent": 0,
              "management_received": 0 }
        ],
        "served": [],
        "destinations": [
            { "point_code": 4898, "point_code_text": "2-100-2", "available": true, "ways": [
                { "peer": "stp1", "application_server": 0, "priority": 0, "active": true,
                  "state": "available", "congestion": 0, "in_use": true, "served_by": [] },
                { "peer": "stp2", "application_server": 1, "priority": 1, "active": false,
                  "state": "unknown", "congestion": 2, "in_use": false, "served_by": [] }
            ] }
        ],
        "data_sent": 12, "data_received": 13, "diverted": 0,
        "problems": ["association stp2: down, to be set up again (no answer)"]
    }"#;

    const TABLE: &str = "\
Our point codes: 2-100-1 (4897)
DATA: 12 sent, 13 received

Associations
  PEER  ROLE  TRANSPORT         STATE             ASP         SINCE      TIMES UP  STREAMS  CONGESTION  DATA OUT/IN  OTHER OUT/IN  ADDRESSES
  stp1  asp   kernel            up                ASP-ACTIVE  2 h 3 min  1         17       0           12/13        3/5           203.0.113.1:2905, 203.0.113.129:2905 DOWN
  stp2  asp   udp-encapsulated  waiting, blocked  ASP-DOWN    1 min 1 s  0         -        -           0/0          0/0           203.0.113.2:2905
      last lost: no answer

Application servers that we are active in
  PEER  ROUTING CONTEXT  OUR ASP     APPLICATION SERVER
  stp1  100              ASP-ACTIVE  AS-ACTIVE

Destinations
  POINT CODE      STATE      WAY                         PRIORITY  TRAFFIC  TOLD       CONGESTION
  2-100-2 (4898)  available  stp1                        0         flows    available  0           in use
                             stp2, application server 1  1         stopped  unknown    2

Not as it should be:
  association stp2: down, to be set up again (no answer)
";

    #[test]
    fn columns_stand_under_each_other() {
        let shown = serde_json::from_str(BODY).unwrap();
        assert_eq!(render(&shown, false), TABLE);
    }

    #[test]
    fn colours_change_no_text() {
        let shown = serde_json::from_str(BODY).unwrap();
        let mut coloured = render(&shown, true);
        assert!(coloured.contains("\x1b[32mup\x1b[0m"), "{coloured}");
        for code in ["\x1b[0m", "\x1b[31m", "\x1b[32m", "\x1b[33m"] {
            coloured = coloured.replace(code, "");
        }
        assert_eq!(coloured, TABLE);
    }

    #[test]
    fn durations_have_two_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min 0 s"),
            (3_599, "59 min 59 s"),
            (3_600, "1 h 0 min"),
            (90_000, "1 d 1 h"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }
}
