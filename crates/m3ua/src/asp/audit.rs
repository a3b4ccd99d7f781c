//! Audits of destinations (RFC 4666 4.5.3).

use super::application_server::{ApplicationServer, State};
use super::{Asp, DestinationState};
use crate::msg::Daud;
use crate::param::AffectedPointCode;
use core::time::Duration;
use trunkline_model::mtp::MtpStatus;
use trunkline_model::{PointCode, Time};

/// How many destinations one DAUD asks for at most. With all else it stays below 300 octets.
pub const MAX_AUDITED: usize = 64;

/// How many destinations of an AS are audited periodically at most; of what is told beyond
/// that, nothing is asked again.
pub const MAX_AUDITS: usize = 1024;

/// What is to be asked for again in one AS: destinations that are not simply available, as the
/// other end named them.
#[derive(Debug)]
pub(super) struct Audits {
    interval: Option<Duration>,
    /// In the order in which they are due.
    due: Vec<(Time, AffectedPointCode)>,
}

impl Audits {
    pub(super) const fn new(interval: Option<Duration>) -> Self {
        Self {
            interval,
            due: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.due.clear();
    }

    pub(super) fn next(&self) -> Option<Time> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Starts, restarts or ends the wait for destinations.
    pub(super) fn told(
        &mut self,
        now: Time,
        affected: &[AffectedPointCode],
        state: DestinationState,
    ) {
        let Some(interval) = self.interval else {
            return;
        };
        let asks = match state {
            DestinationState::Unavailable | DestinationState::Restricted => true,
            // RFC 4666 4.5.3: not after level 0.
            DestinationState::Status(MtpStatus::Congestion(level)) => level > 0,
            DestinationState::Available => false,
            // That a user part is unavailable is not for the network to tell again.
            DestinationState::Status(_) => return,
        };
        self.due
            .retain(|(_, audited)| !affected.iter().any(|a| covers(*a, *audited)));
        if asks {
            let room = MAX_AUDITS.saturating_sub(self.due.len());
            let new = affected.iter().take(room);
            self.due
                .extend(new.map(|affected| (now + interval, *affected)));
        }
    }

    /// What is due, which is due again one interval later.
    fn take_due(&mut self, now: Time) -> Vec<AffectedPointCode> {
        let count = self.due.partition_point(|(at, _)| *at <= now);
        let due: Vec<AffectedPointCode> = self.due.drain(..count).map(|(_, a)| a).collect();
        if let Some(interval) = self.interval {
            self.due.extend(due.iter().map(|a| (now + interval, *a)));
        }
        due
    }
}

impl Asp {
    pub(super) fn audit(&mut self, index: usize, destinations: Vec<PointCode>) {
        let affected = destinations
            .into_iter()
            .map(AffectedPointCode::one)
            .collect();
        self.send_audit(index, affected);
    }

    pub(super) fn audits_due(&mut self, now: Time) {
        for index in 0..self.application_servers.len() {
            let due = self.application_servers[index].audits.take_due(now);
            self.send_audit(index, due);
        }
    }

    fn send_audit(&mut self, index: usize, affected: Vec<AffectedPointCode>) {
        let active = |server: &&ApplicationServer| server.state == State::Active;
        let Some(server) = self.application_servers.get(index).filter(active) else {
            return;
        };
        let network_appearance = server.settings.network_appearance;
        let routing_contexts = self.routing_contexts(&[index]);
        for affected in affected.chunks(MAX_AUDITED) {
            self.send(Daud {
                network_appearance,
                routing_contexts: routing_contexts.clone(),
                affected: affected.to_vec(),
                info: None,
            });
        }
    }
}

fn covers(wide: AffectedPointCode, narrow: AffectedPointCode) -> bool {
    wide.mask >= narrow.mask && wide.contains(narrow.point_code)
}
