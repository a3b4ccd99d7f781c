//! Ladders: who sent what to whom, as text.
//!
//! ```text
//!    time  phone                gateway              exchange
//!   0.000  |--------------------->|                    |  SIP   INVITE sip:+4930...
//!   0.004  |                      |------------------->|  ISUP  IAM to 4930...
//! ```

use crate::sighting::{Protocol, Sighting};
use core::fmt::Write;
use core::time::Duration;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

/// Columns of a ladder, and where its time begins.
#[derive(Debug, Default)]
pub struct Ladder {
    columns: Vec<String>,
    by_address: BTreeMap<SocketAddr, usize>,
    by_host: BTreeMap<IpAddr, usize>,
    start: Option<Duration>,
    reveal: bool,
}

/// Characters between the lines of two columns.
const WIDTH: usize = 22;

/// Columns that are drawn; sightings of further ones are written out.
const MAX_COLUMNS: usize = 6;

impl Ladder {
    /// A ladder whose columns are the hosts that it sees.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a column a name before anything is seen of it; addresses may share one.
    pub fn name(&mut self, address: SocketAddr, name: &str) {
        let column = self.columns.iter().position(|column| column == name);
        let column = column.unwrap_or_else(|| {
            self.columns.push(name.to_owned());
            self.columns.len() - 1
        });
        self.by_address.insert(address, column);
    }

    /// Whether telephone numbers are shown in clear; they are masked unless this is asked for.
    pub const fn reveal_numbers(&mut self, reveal: bool) {
        self.reveal = reveal;
    }

    /// How many columns are drawn so far. While that grows, a heading is worth repeating.
    pub fn columns(&self) -> usize {
        self.columns.len().min(MAX_COLUMNS)
    }

    /// The heading over the columns that are known.
    pub fn heading(&self) -> String {
        let mut line = format!("{:>9}  ", "time");
        for name in self.columns.iter().take(MAX_COLUMNS) {
            let _ = write!(line, "{name:<WIDTH$} ");
        }
        line.trim_end().to_owned()
    }

    /// Learns the columns of a sighting, so that a heading can be printed before its line.
    pub fn learn(&mut self, sighting: &Sighting) {
        self.column(sighting, sighting.from);
        self.column(sighting, sighting.to);
    }

    /// One sighting as one line.
    pub fn line(&mut self, sighting: &Sighting) -> String {
        let start = *self.start.get_or_insert(sighting.time);
        let since = sighting.time.saturating_sub(start);
        let (from, to) = (
            self.column(sighting, sighting.from),
            self.column(sighting, sighting.to),
        );
        let mut line = format!("{:>9.3}  ", since.as_secs_f64());
        match (from, to) {
            (Some(from), Some(to)) => line.push_str(&arrow(from, to, self.columns())),
            _ => {
                let _ = write!(line, "{} > {}", sighting.from, sighting.to);
            }
        }
        let what = sighting.what.line(self.reveal);
        let _ = write!(line, "  {:<5}{what}", sighting.what.protocol());
        line
    }

    /// The column of an address, if it has one that is drawn. Hosts beyond those are not
    /// remembered: a capture may hold any number.
    fn column(&mut self, sighting: &Sighting, address: SocketAddr) -> Option<usize> {
        let known = self
            .by_address
            .get(&address)
            .or_else(|| self.by_host.get(&address.ip()));
        if let Some(&column) = known {
            return Some(column).filter(|&column| column < MAX_COLUMNS);
        }
        if self.columns.len() >= MAX_COLUMNS {
            return None;
        }
        let column = self.columns.len();
        // On the host's own address each program is a party to the call, but not each port of its
        // media.
        if address.ip().is_loopback() {
            if sighting.what.protocol() == Protocol::Rtp {
                return None;
            }
            self.columns.push(address.to_string());
            self.by_address.insert(address, column);
        } else {
            self.columns.push(address.ip().to_string());
            self.by_host.insert(address.ip(), column);
        }
        Some(column)
    }
}

/// The lines of the columns with an arrow between two of them.
fn arrow(from: usize, to: usize, columns: usize) -> String {
    let mut line = String::new();
    let (left, right) = (from.min(to), from.max(to));
    for column in 0..columns {
        line.push('|');
        if column + 1 == columns {
            break;
        }
        if column >= left && column < right {
            let first = column == left && from > to;
            let last = column + 1 == right && from < to;
            line.push(if first { '<' } else { '-' });
            line.push_str(&"-".repeat(WIDTH - 2));
            line.push(if last { '>' } else { '-' });
        } else {
            line.push_str(&" ".repeat(WIDTH));
        }
    }
    if from == to {
        // A message to itself: two programs on one host.
        let at = from * (WIDTH + 1);
        line.replace_range(at..=at, "o");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sighting::What;

    fn sighting(millis: u64, from: &str, to: &str) -> Sighting {
        Sighting {
            time: Duration::from_millis(millis),
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            what: What::Sctp("INIT"),
            frame: 0,
        }
    }

    #[test]
    fn arrows_point_from_sender_to_receiver() {
        let mut ladder = Ladder::new();
        ladder.name("127.0.0.1:1".parse().unwrap(), "phone");
        ladder.name("127.0.0.1:2".parse().unwrap(), "gateway");
        ladder.name("127.0.0.1:3".parse().unwrap(), "exchange");
        assert_eq!(
            ladder.heading(),
            "     time  phone                  gateway                exchange"
        );
        assert_eq!(
            ladder.line(&sighting(5_000, "127.0.0.1:1", "127.0.0.1:2")),
            "    0.000  |--------------------->|                      |  SCTP INIT"
        );
        assert_eq!(
            ladder.line(&sighting(5_250, "127.0.0.1:3", "127.0.0.1:1")),
            "    0.250  |<---------------------|----------------------|  SCTP INIT"
        );
        assert_eq!(
            ladder.line(&sighting(5_250, "127.0.0.1:2", "127.0.0.1:2")),
            "    0.250  |                      o                      |  SCTP INIT"
        );
    }

    #[test]
    fn programs_on_one_host_have_columns_of_their_own() {
        let mut ladder = Ladder::new();
        ladder.learn(&sighting(0, "[::1]:5060", "127.0.0.1:5070"));
        ladder.learn(&sighting(0, "127.0.0.1:5070", "127.0.0.1:2905"));
        let what = What::RtpStarted {
            ssrc: 1,
            payload_type: 8,
        };
        let media = Sighting {
            what,
            ..sighting(0, "127.0.0.1:4000", "127.0.0.1:5070")
        };
        assert!(
            ladder
                .line(&media)
                .contains("127.0.0.1:4000 > 127.0.0.1:5070  RTP")
        );
        assert_eq!(
            ladder.heading(),
            "     time  [::1]:5060             127.0.0.1:5070         127.0.0.1:2905"
        );
    }

    #[test]
    fn unnamed_hosts_become_columns_until_there_are_many() {
        let mut ladder = Ladder::new();
        for host in 2..=6 {
            let line = ladder.line(&sighting(0, &format!("192.0.2.{host}:1"), "192.0.2.1:9"));
            assert!(line.contains('|'), "{line}");
        }
        let line = ladder.line(&sighting(0, "192.0.2.7:1", "192.0.2.1:9"));
        assert!(line.contains("192.0.2.7:1 > 192.0.2.1:9"), "{line}");
        for host in 0..1000_u16 {
            ladder.learn(&sighting(
                0,
                &format!("[2001:db8::{host:x}]:1"),
                "192.0.2.1:9",
            ));
        }
        assert_eq!(
            (ladder.columns(), ladder.columns.len(), ladder.by_host.len()),
            (6, 6, 6)
        );
    }
}
