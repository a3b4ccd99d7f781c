//! What was seen in a world: counts, what began and has not ended, and the last messages.

use super::network::Way;
use core::fmt;
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use trunkline_mgc::{CallEvent, Direction};
use trunkline_model::media::MediaCommand;
use trunkline_model::mtp::MtpTransfer;
use trunkline_model::{CallId, Time};
use trunkline_simulator::exchange::{self, ExchangeCall};
use trunkline_simulator::phone::{self, PhoneCall};
use trunkline_simulator::sound::Heard;

/// What was seen.
#[derive(Debug)]
pub struct Report {
    seed: u64,
    counts: BTreeMap<String, u64>,
    /// The last messages and events in words.
    lines: VecDeque<String>,
    digest: u64,
    trace: bool,
    /// Steps since time last moved.
    pub(super) at_once: u32,
    calls: BTreeMap<CallId, Progress>,
    /// With the direction, as the MGC sees it.
    exchange_calls: BTreeMap<ExchangeCall, Direction>,
    phone_calls: BTreeMap<(usize, PhoneCall), Direction>,
    /// What was heard in calls that were answered: at the exchange, at telephones by number.
    pub heard: Vec<Listener>,
}

/// What somebody heard in a call that was answered.
#[derive(Clone, Debug)]
pub struct Listener {
    /// The telephone, or `None` for a subscriber of the exchange.
    pub phone: Option<usize>,
    /// From the answer to the end, as the listener saw it.
    pub talked: Duration,
    /// What came.
    pub heard: Heard,
}

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    answered: bool,
    released: bool,
}

impl Report {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            counts: BTreeMap::new(),
            lines: VecDeque::new(),
            digest: 0xcbf2_9ce4_8422_2325,
            trace: std::env::var_os("SOAK_TRACE").is_some(),
            at_once: 0,
            calls: BTreeMap::new(),
            exchange_calls: BTreeMap::new(),
            phone_calls: BTreeMap::new(),
            heard: Vec::new(),
        }
    }

    /// A number that two runs share only if they were the same to the last message.
    pub const fn digest(&self) -> u64 {
        self.digest
    }

    /// How often something happened.
    pub fn counted(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or_default()
    }

    /// How often something of that kind happened.
    pub fn counted_of(&self, kind: &str) -> u64 {
        let of_kind = self.counts.iter().filter(|(what, _)| what.contains(kind));
        of_kind.map(|(_, count)| count).sum()
    }

    pub(super) fn count(&mut self, what: &str) {
        match self.counts.get_mut(what) {
            Some(count) => *count += 1,
            None => {
                self.counts.insert(what.to_owned(), 1);
            }
        }
    }

    pub(super) fn count_step(&mut self) {
        self.at_once += 1;
        assert!(self.at_once < 100_000, "time does not move any more");
    }

    pub(super) fn sip(
        &mut self,
        now: Time,
        source: SocketAddr,
        destination: SocketAddr,
        data: &[u8],
    ) -> String {
        let mut title = String::new();
        let text = String::from_utf8_lossy(data);
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        title.push_str(first.strip_prefix("SIP/2.0 ").unwrap_or(first));
        for line in lines {
            if let Some(value) = line.strip_prefix("CSeq: ") {
                title.push_str(" / ");
                title.push_str(value);
            } else if let Some(value) = line.strip_prefix("Call-ID: ") {
                title.push_str(" / ");
                title.push_str(value);
            }
        }
        format!("{now} {} -> {} {title}", source.ip(), destination.ip())
    }

    pub(super) fn mtp(&mut self, now: Time, way: Way, transfer: &MtpTransfer) -> String {
        let arrow = if way == Way::MtpIn { "<--" } else { "-->" };
        let pdu = trunkline_isup::decode(&transfer.data).expect("our own message");
        let name = pdu.message.name();
        let cause = match &pdu.message {
            trunkline_isup::Message::Rel(rel) => format!(" {}", rel.cause.cause().value.value()),
            _ => String::new(),
        };
        self.count(&format!("{arrow} {name}"));
        format!("{now} {arrow} {name}{cause} {}", pdu.cic)
    }

    /// A message was sent, or was lost on the way.
    pub(super) fn sent(&mut self, line: String, arrives: bool) {
        self.log(if arrives {
            line
        } else {
            format!("{line} (lost)")
        });
    }

    pub(super) fn command(&mut self, now: Time, command: &MediaCommand) {
        self.log(format!("{now} {command:?}"));
    }

    pub(super) fn mgc(&mut self, now: Time, event: &CallEvent) {
        self.log(format!("{now} MGC {event:?}"));
        let way = |direction: &Direction| direction.name();
        match event {
            CallEvent::Started {
                call, direction, ..
            } => {
                let before = self.calls.insert(*call, Progress::default());
                assert!(before.is_none(), "{call:?} began twice");
                self.count(&format!("mgc {} started", way(direction)));
            }
            CallEvent::Answered {
                call, direction, ..
            } => {
                let progress = self.open(*call);
                assert!(!progress.answered && !progress.released, "{progress:?}");
                progress.answered = true;
                self.count(&format!("mgc {} answered", way(direction)));
            }
            CallEvent::Alerting {
                call, direction, ..
            } => {
                let progress = self.open(*call);
                assert!(!progress.answered && !progress.released, "{progress:?}");
                self.count(&format!("mgc {} alerting", way(direction)));
            }
            CallEvent::Released {
                call,
                direction,
                side,
                cause,
                talked,
            } => {
                let progress = self.open(*call);
                assert!(!progress.released, "{call:?} was released twice");
                progress.released = true;
                assert_eq!(talked.is_some(), progress.answered);
                self.count(&format!("mgc {} released", way(direction)));
                self.count(&format!(
                    "mgc {} released by {} {}",
                    way(direction),
                    side.name(),
                    cause.value.value()
                ));
            }
            CallEvent::Ended { call, .. } => {
                let progress = self.calls.remove(call);
                let progress =
                    progress.unwrap_or_else(|| panic!("{call:?} ended, but never began"));
                assert!(progress.released, "{call:?} ended without release");
                self.count("mgc ended");
            }
            CallEvent::Reattempt { call, .. } => {
                self.open(*call);
                self.count("mgc reattempts");
            }
            CallEvent::Refused {
                direction, refusal, ..
            } => {
                self.count(&format!("mgc {} refused", way(direction)));
                self.count(&format!(
                    "mgc {} refused {}",
                    way(direction),
                    refusal.name()
                ));
            }
            CallEvent::CircuitAlarm { alarm, .. } => {
                self.count(&format!("mgc alarm {}", alarm.name()));
            }
            CallEvent::Destination { event, .. } => {
                self.count(&format!("mgc exchange {}", event.name()));
            }
            CallEvent::DiscardedIsup { reason, .. } => {
                self.count(&format!("mgc discarded {}", reason.name()));
            }
            CallEvent::NotServed { .. } => self.count("mgc not served"),
            CallEvent::Sip(_) => self.count("mgc sip"),
            CallEvent::MalformedSip { .. } => self.count("mgc malformed"),
            CallEvent::Circuit { .. } => {}
        }
    }

    fn open(&mut self, call: CallId) -> &mut Progress {
        let progress = self.calls.get_mut(&call);
        progress.unwrap_or_else(|| panic!("{call:?} never began, or has ended"))
    }

    pub(super) fn exchange(&mut self, now: Time, event: &exchange::Event) {
        use exchange::Event;
        self.log(format!("{now} exchange {event:?}"));
        match event {
            Event::Incoming { call, .. } => {
                let before = self.exchange_calls.insert(*call, Direction::SipToIsup);
                assert_eq!(before, None, "{call} began twice");
                self.count("exchange sip_to_isup started");
            }
            Event::Outgoing { call, .. } => {
                // Another circuit is tried in the same call.
                match self.exchange_calls.insert(*call, Direction::IsupToSip) {
                    None => self.count("exchange isup_to_sip started"),
                    Some(_) => self.count("exchange reattempts"),
                }
            }
            Event::Ringing { .. } => self.count("exchange ringing"),
            Event::Answered { call } => {
                let direction = self.exchange_calls[call].name();
                self.count(&format!("exchange {direction} answered"));
            }
            Event::Ended {
                call,
                why,
                talked,
                heard,
                ..
            } => {
                let began = self.exchange_calls.remove(call);
                assert!(began.is_some(), "{call} ended twice");
                self.count("exchange ended");
                match why {
                    exchange::Why::Cleared(reason) => {
                        self.count(&format!("exchange ended cleared {reason:?}"));
                    }
                    exchange::Why::NoCircuit => self.count("exchange ended no circuit"),
                    _ => {}
                }
                self.listened(None, *talked, *heard);
            }
            Event::Alarm { alarm, .. } => self.count(&format!("exchange alarm {}", alarm.name())),
            Event::Discarded { reason, .. } => {
                self.count(&format!("exchange discarded {}", reason.name()));
            }
            Event::Circuit { .. } => {}
        }
    }

    pub(super) fn phone(&mut self, now: Time, index: usize, event: &phone::Event) {
        use phone::Event;
        self.log(format!("{now} phone {index} {event:?}"));
        match event {
            Event::Incoming { call, .. } => {
                let key = (index, *call);
                let before = self.phone_calls.insert(key, Direction::IsupToSip);
                assert_eq!(before, None, "{call} began twice");
                self.count("phones isup_to_sip started");
            }
            Event::Calling { call, .. } => {
                let key = (index, *call);
                let before = self.phone_calls.insert(key, Direction::SipToIsup);
                assert_eq!(before, None, "{call} began twice");
                self.count("phones sip_to_isup started");
            }
            Event::Ringing { .. } => self.count("phones ringing"),
            Event::Answered { call } => {
                let direction = self.phone_calls[&(index, *call)].name();
                self.count(&format!("phones {direction} answered"));
            }
            Event::Ended {
                call,
                talked,
                heard,
                why,
                ..
            } => {
                let began = self.phone_calls.remove(&(index, *call));
                assert!(began.is_some(), "{call} ended twice");
                self.count("phones ended");
                match why {
                    phone::Why::Rejected { status, .. } => {
                        self.count(&format!("phones rejected {status}"));
                    }
                    phone::Why::Media(problem) => self.count(&format!("phones ended: {problem}")),
                    phone::Why::NoAck => self.count("phones ended: no ACK"),
                    _ => {}
                }
                self.listened(Some(index), *talked, *heard);
            }
            Event::Malformed { .. } => self.count("phones malformed"),
            Event::Media { .. } => {}
        }
    }

    fn listened(&mut self, phone: Option<usize>, talked: Option<Duration>, heard: Heard) {
        if let Some(talked) = talked.filter(|_| heard.packets > 0) {
            self.heard.push(Listener {
                phone,
                talked,
                heard,
            });
        }
    }

    /// The exchange forgot its calls.
    pub(super) fn exchange_restarts(&mut self, active: usize) {
        assert_eq!(self.exchange_calls.len(), active);
        for _ in core::mem::take(&mut self.exchange_calls) {
            self.count("exchange forgotten");
        }
    }

    /// Everything that began has ended.
    pub(super) fn check_ended(&self) {
        assert!(self.calls.is_empty(), "calls left: {:?}", self.calls);
        assert!(self.exchange_calls.is_empty(), "{:?}", self.exchange_calls);
        assert!(self.phone_calls.is_empty(), "{:?}", self.phone_calls);
        for direction in ["sip_to_isup", "isup_to_sip"] {
            assert_eq!(
                self.counted(&format!("mgc {direction} started")),
                self.counted(&format!("mgc {direction} released")),
            );
        }
    }

    fn log(&mut self, line: String) {
        for octet in line.bytes() {
            self.digest = (self.digest ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3);
        }
        if self.trace {
            eprintln!("{line}");
        }
        if self.lines.len() == KEPT_LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.counts {
            writeln!(f, "{count:>8} {what}")?;
        }
        Ok(())
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for line in &self.lines {
                eprintln!("{line}");
            }
            eprintln!("{self}");
            eprintln!("to see it again: SOAK_SEED={}", self.seed);
        }
    }
}

/// Lines that are printed when a test fails.
const KEPT_LINES: usize = 200;
