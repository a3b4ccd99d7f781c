//! What happens to the signaling, one line an event: states at info, losses at warn, the rest at
//! debug. No octet of a message is ever in it.
//!
//! A peer can make things happen as often as it likes. Of one kind of line about one peer only so
//! many are written; those that are held back go to debug, and their number into the next line.

use crate::metrics::error_name;
use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;
use tracing::{debug, info, trace, warn};
use trunkline_isup::PointCodeFormat;
use trunkline_m3ua::{AsState, AspState};
use trunkline_model::mtp::{MtpIndication, MtpStatus};
use trunkline_model::{PointCode, Time};
use trunkline_signaling::{AssociationState, DownReason, PeerError, SignalingEvent, WayState};

/// Writes the events of the signaling adapter to the log.
#[derive(Debug)]
pub(crate) struct SignalingLog {
    format: PointCodeFormat,
    /// By peer and kind of line. Names of peers are those of the configuration.
    limits: BTreeMap<(String, &'static str), Limit>,
}

/// Lines that may come at once.
const BURST: u32 = 10;

/// Then one in this time.
const PACE: Duration = Duration::from_secs(60);

/// How many more lines of one kind may be written.
#[derive(Clone, Copy, Debug)]
struct Limit {
    left: u32,
    /// When one more was granted the last time.
    since: Time,
    held_back: u64,
}

impl Limit {
    const fn new(now: Time) -> Self {
        Self {
            left: BURST,
            since: now,
            held_back: 0,
        }
    }

    /// Whether a line may be written, and how many were held back before it.
    fn take(&mut self, now: Time) -> Option<u64> {
        let granted = now.since(self.since).as_secs() / PACE.as_secs();
        if granted > 0 {
            let granted = u32::try_from(granted).unwrap_or(u32::MAX);
            self.left = self.left.saturating_add(granted).min(BURST);
            self.since = now;
        }
        if self.left == 0 {
            self.held_back += 1;
            return None;
        }
        self.left -= 1;
        Some(core::mem::take(&mut self.held_back))
    }
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    State,
    Loss,
}

/// A line of the log.
struct Line<'a> {
    weight: Weight,
    /// Empty if it is about no peer.
    peer: &'a str,
    /// What is limited together.
    kind: &'static str,
}

impl SignalingLog {
    pub(crate) const fn new(format: PointCodeFormat) -> Self {
        Self {
            format,
            limits: BTreeMap::new(),
        }
    }

    /// Writes one event.
    pub(crate) fn event(&mut self, now: Time, event: &SignalingEvent) {
        use Weight::{Loss, State};
        match event {
            SignalingEvent::Mtp(indication) => self.indication(now, indication),
            SignalingEvent::Association { peer, state } => self.association(now, peer, state),
            SignalingEvent::Path { peer, address, up } => {
                let (weight, what) = match up {
                    true => (State, "can be reached"),
                    false => (Loss, "cannot be reached"),
                };
                self.say(
                    now,
                    weight,
                    peer,
                    "path",
                    format_args!("path {address} {what}"),
                );
            }
            SignalingEvent::Congestion { peer, level } => {
                let weight = if *level == 0 { State } else { Loss };
                let what = format_args!("send buffer: congestion level {level} of 3");
                self.say(now, weight, peer, "congestion", what);
            }
            SignalingEvent::Rerouted { peer, messages } => {
                let what = format_args!("{messages} messages were not delivered: sent another way");
                self.say(now, Loss, peer, "rerouted", what);
            }
            SignalingEvent::Destination {
                peer,
                point_code,
                state,
            } => {
                let code = self.code(*point_code);
                let weight = match state {
                    WayState::Available => State,
                    WayState::Restricted | WayState::Unavailable => Loss,
                    WayState::Unknown => {
                        return debug!(target: TARGET, peer, "{code}: {state}");
                    }
                };
                let what = format_args!("the peer says of {code}: {state}");
                self.say(now, weight, peer, "destination", what);
            }
            SignalingEvent::Registered {
                peer,
                routing_context,
            } => {
                let what =
                    format_args!("routing key registered{}", Context(Some(*routing_context)));
                self.say(now, State, peer, "registered", what);
            }
            SignalingEvent::Asp {
                peer,
                routing_context,
                state,
            } => {
                let weight = match state {
                    // It is inactive on the way up, too.
                    AspState::Active | AspState::Inactive => State,
                    AspState::Down => Loss,
                };
                let what = format_args!("{state}{}", Context(*routing_context));
                self.say(now, weight, peer, "asp", what);
            }
            SignalingEvent::As {
                peer,
                routing_context,
                state,
            } => {
                let weight = match state {
                    AsState::Active | AsState::Inactive => State,
                    AsState::Pending | AsState::Down => Loss,
                };
                let peer = peer.as_deref().unwrap_or_default();
                let what = format_args!("{state}{}", Context(*routing_context));
                self.say(now, weight, peer, "as", what);
            }
            SignalingEvent::Notified {
                peer,
                routing_context,
                status,
            } => {
                let what = format_args!("notified: {status}{}", Context(*routing_context));
                self.say(now, State, peer, "notified", what);
            }
            SignalingEvent::Message {
                peer,
                direction,
                name,
            } => debug!(target: TARGET, peer, "{direction} {name}"),
            SignalingEvent::Error { peer, error } => {
                // Anybody may choose the address that it came from.
                let limited = match error {
                    PeerError::NotAdmitted(_) | PeerError::Stray(_) => "",
                    _ => peer.as_str(),
                };
                let line = Line {
                    weight: Loss,
                    peer,
                    kind: error_name(error),
                };
                self.write(now, limited, &line, format_args!("{error}"));
            }
            SignalingEvent::Discarded(why) => {
                self.say(
                    now,
                    Loss,
                    "",
                    "discarded",
                    format_args!("message discarded: {why}"),
                );
            }
            SignalingEvent::Missed(count) => {
                self.say(
                    now,
                    Loss,
                    "",
                    "missed",
                    format_args!("{count} events were lost"),
                );
            }
        }
    }

    fn indication(&mut self, now: Time, indication: &MtpIndication) {
        use Weight::{Loss, State};
        let (weight, code, what) = match indication {
            MtpIndication::Transfer(message) => {
                let (opc, dpc, octets) = (message.opc, message.dpc, message.data.len());
                return trace!(target: TARGET, %opc, %dpc, sls = message.sls, octets, "message");
            }
            MtpIndication::Pause(code) => (Loss, code, "unavailable".to_owned()),
            MtpIndication::Resume(code) => (State, code, "available".to_owned()),
            MtpIndication::Status(code, MtpStatus::Congestion(level)) => {
                let weight = if *level == 0 { State } else { Loss };
                (weight, code, format!("congestion level {level} of 3"))
            }
            MtpIndication::Status(code, status) => {
                let why = match status {
                    MtpStatus::UserPartUnequipped => "not equipped",
                    MtpStatus::UserPartInaccessible => "inaccessible",
                    MtpStatus::UserPartUnknown | MtpStatus::Congestion(_) => "unavailable",
                };
                (Loss, code, format!("ISUP is {why} there"))
            }
        };
        let code = self.code(*code);
        self.say(
            now,
            weight,
            "",
            "mtp",
            format_args!("destination {code}: {what}"),
        );
    }

    fn association(&mut self, now: Time, peer: &str, state: &AssociationState) {
        use Weight::{Loss, State};
        match state {
            AssociationState::Connecting => {
                debug!(target: TARGET, peer, "association being set up");
            }
            AssociationState::Up { outbound_streams } => {
                let what = format_args!("association up, {outbound_streams} streams");
                self.say(now, State, peer, "association", what);
            }
            AssociationState::Down(reason) => {
                let weight = match reason {
                    DownReason::Local | DownReason::Command => State,
                    _ => Loss,
                };
                let what = format_args!("association down: {reason}");
                self.say(now, weight, peer, "association", what);
            }
        }
    }

    fn say(
        &mut self,
        now: Time,
        weight: Weight,
        peer: &str,
        kind: &'static str,
        what: fmt::Arguments<'_>,
    ) {
        self.write(now, peer, &Line { weight, peer, kind }, what);
    }

    fn write(&mut self, now: Time, limited: &str, line: &Line<'_>, what: fmt::Arguments<'_>) {
        let limit = self
            .limits
            .entry((limited.to_owned(), line.kind))
            .or_insert(Limit::new(now));
        let peer = Some(line.peer).filter(|peer| !peer.is_empty());
        let Some(held_back) = limit.take(now) else {
            return debug!(target: TARGET, peer, "{what}");
        };
        let held_back = Some(held_back).filter(|count| *count > 0);
        match line.weight {
            Weight::State => info!(target: TARGET, peer, held_back, "{what}"),
            Weight::Loss => warn!(target: TARGET, peer, held_back, "{what}"),
        }
    }

    fn code(&self, code: PointCode) -> String {
        self.format.text(code)
    }
}

/// What is filtered together with the lines of the adapter itself.
const TARGET: &str = "trunkline_signaling";

/// `, routing context 1`, if there is one.
struct Context(Option<u32>);

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(context) => write!(f, ", routing context {context}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::fmt::MakeWriter;

    /// What is logged while a test runs.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(octets);
            Ok(octets.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Lines {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    fn logged(events: &[(u64, SignalingEvent)]) -> Vec<String> {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(lines.clone())
            .with_ansi(false)
            .without_time()
            .with_max_level(tracing::Level::INFO)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let mut log = SignalingLog::new(PointCodeFormat::ITU);
            for (second, event) in events {
                log.event(Time::from_secs(*second), event);
            }
        });
        let text = lines.0.lock().unwrap().clone();
        let text = String::from_utf8(text).unwrap();
        text.lines().map(|line| line.trim().to_owned()).collect()
    }

    fn error(peer: &str, error: PeerError) -> SignalingEvent {
        SignalingEvent::Error {
            peer: peer.to_owned(),
            error,
        }
    }

    #[test]
    fn a_line_names_the_peer_and_the_reason() {
        let peer = || "stp1".to_owned();
        let down = AssociationState::Down(DownReason::Heartbeat);
        let up = AssociationState::Up {
            outbound_streams: 17,
        };
        let code = PointCode::new(4898).unwrap();
        let lines = logged(&[
            (
                0,
                SignalingEvent::Association {
                    peer: peer(),
                    state: up,
                },
            ),
            (
                0,
                SignalingEvent::Association {
                    peer: peer(),
                    state: down,
                },
            ),
            (
                0,
                SignalingEvent::Asp {
                    peer: peer(),
                    routing_context: Some(7),
                    state: AspState::Active,
                },
            ),
            (0, SignalingEvent::Mtp(MtpIndication::Pause(code))),
            (0, error("stp1", PeerError::NoAnswer("ASPUP"))),
        ]);
        assert_eq!(
            lines,
            [
                "INFO trunkline_signaling: association up, 17 streams peer=\"stp1\"",
                "WARN trunkline_signaling: association down: no answer to M3UA heartbeats \
                 peer=\"stp1\"",
                "INFO trunkline_signaling: ASP-ACTIVE, routing context 7 peer=\"stp1\"",
                "WARN trunkline_signaling: destination 2-100-2: unavailable",
                "WARN trunkline_signaling: no answer to ASPUP, repeated peer=\"stp1\"",
            ]
        );
    }

    #[test]
    fn a_flood_of_one_peer_is_bounded_and_does_not_drown_another() {
        let mut events = vec![(0, error("quiet", PeerError::EarlyData))];
        events.extend((0..10_000).map(|_| (0, error("loud", PeerError::EarlyData))));
        events.push((0, error("quiet", PeerError::EarlyData)));
        events.push((61, error("loud", PeerError::EarlyData)));
        let lines = logged(&events);
        let of = |peer: &str| lines.iter().filter(|l| l.contains(peer)).count();
        assert_eq!((of("quiet"), of("loud")), (2, 11));
        assert!(
            lines.last().unwrap().ends_with("held_back=9990"),
            "{lines:?}"
        );
    }

    #[test]
    fn addresses_that_anybody_may_choose_have_one_limit() {
        let from = |n| error(&format!("192.0.2.{n}:1"), PeerError::NotAdmitted(1));
        let events: Vec<_> = (0..200).map(|n| (0, from(n))).collect();
        assert_eq!(logged(&events).len(), BURST as usize);
    }
}
