//! One application server at a gateway (RFC 4666 4.3.2).
//!
//! ```txt
//!        +----------+          IA2AC              +-------------+
//!        |    AS-   |---------------------------->|     AS-     |
//!        | INACTIVE |<-----------                 |   ACTIVE    |
//!        +----------+            \                +-------------+
//!     DN2IA |   | IA2DN           \ PN2IA       PN2AC  ^   | AC2PN
//!           |   v                  \                   |   v
//!        +----------+               \-------------+-------------+
//!        | AS-DOWN  |<----------------------------| AS-PENDING  |
//!        +----------+          PN2DN              +-------------+
//! ```
//!
//! One active ASP is enough for AS-ACTIVE (smooth start).

use super::{AsSettings, AspId, NotSent, Output, Sgp};
use crate::msg::{Data, ProtocolData};
use crate::param::{Status, TrafficMode};
use crate::state::{AsState, AspState};
use std::collections::{BTreeMap, VecDeque};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{PointCode, Time};

#[derive(Debug)]
pub(super) struct ApplicationServer {
    pub(super) settings: AsSettings,
    pub(super) state: AsState,
    /// The mode in force, once it is known.
    pub(super) mode: Option<TrafficMode>,
    /// The ASPs that are not down.
    asps: BTreeMap<AspId, AspState>,
    /// T(r), while the AS is pending.
    pub(super) recovery: Option<Time>,
    /// What waits for an active ASP, while the AS is pending.
    pub(super) held: VecDeque<MtpTransfer>,
    /// The next correlation id, in broadcast mode.
    correlation_id: u32,
    /// Flows (SLS) whose next message must be tagged, in broadcast mode.
    untagged: [bool; 256],
}

impl ApplicationServer {
    pub(super) fn new(settings: AsSettings) -> Self {
        Self {
            mode: settings.traffic_mode,
            settings,
            state: AsState::Down,
            asps: BTreeMap::new(),
            recovery: None,
            held: VecDeque::new(),
            correlation_id: 0,
            untagged: [false; 256],
        }
    }

    /// The point codes of the routing key, without ranges.
    pub(super) fn point_codes(&self) -> impl Iterator<Item = PointCode> {
        let destinations = self.settings.routing_key.iter();
        destinations
            .filter(|destination| destination.dpc.mask == 0)
            .map(|destination| destination.dpc.point_code)
    }

    pub(super) fn asp_state(&self, asp: AspId) -> AspState {
        self.asps.get(&asp).copied().unwrap_or_default()
    }

    pub(super) fn active(&self) -> impl Iterator<Item = AspId> {
        self.asps
            .iter()
            .filter(|(_, state)| **state == AspState::Active)
            .map(|(asp, _)| *asp)
    }

    /// Who gets a message of that signaling link selection: the messages of one selection go
    /// to one ASP, so that they stay in order.
    pub(super) fn receivers(&self, sls: u8) -> Vec<AspId> {
        let active: Vec<AspId> = self.active().collect();
        if self.mode == Some(TrafficMode::Broadcast) || active.is_empty() {
            return active;
        }
        vec![active[usize::from(sls) % active.len()]]
    }

    /// The DATA message for a transfer. In broadcast mode the first message of each flow after
    /// an ASP became active carries a correlation id (RFC 4666 4.3.4.3).
    pub(super) fn data(&mut self, network_appearance: Option<u32>, transfer: MtpTransfer) -> Data {
        let tag = &mut self.untagged[usize::from(transfer.sls)];
        let correlation_id = tag.then(|| {
            self.correlation_id = self.correlation_id.wrapping_add(1);
            self.correlation_id
        });
        *tag = false;
        Data {
            network_appearance,
            routing_context: self.settings.routing_context,
            protocol_data: ProtocolData::from(transfer),
            correlation_id,
        }
    }

    /// What Notify tells of the state; nothing for AS-DOWN.
    const fn status(&self) -> Option<Status> {
        match self.state {
            AsState::Down => None,
            AsState::Inactive => Some(Status::AsInactive),
            AsState::Active => Some(Status::AsActive),
            AsState::Pending => Some(Status::AsPending),
        }
    }
}

impl Sgp {
    /// Sets the state of an ASP in an AS. [`Self::settle`] draws the conclusions, once the
    /// acknowledgement is on its way (RFC 4666 4.3.4.5).
    pub(super) fn set_asp(&mut self, asp: AspId, index: usize, state: AspState) {
        let server = &mut self.application_servers[index];
        if server.asp_state(asp) == state {
            return;
        }
        match state {
            AspState::Down => server.asps.remove(&asp),
            AspState::Inactive | AspState::Active => server.asps.insert(asp, state),
        };
        if state == AspState::Active && server.mode == Some(TrafficMode::Broadcast) {
            server.untagged = [true; 256];
        }
        self.outputs.push_back(Output::Asp {
            asp,
            application_server: index,
            routing_context: server.settings.routing_context,
            state,
        });
    }

    /// Draws the conclusions for an AS from the states of its ASPs.
    pub(super) fn settle(&mut self, now: Time, index: usize) {
        let server = &mut self.application_servers[index];
        let any_active = server.active().next().is_some();
        let any = !server.asps.is_empty();
        let next = match (server.state, any_active) {
            // DN2IA, IA2AC, PN2AC
            (_, true) => AsState::Active,
            (AsState::Down | AsState::Inactive, false) if any => AsState::Inactive,
            // IA2DN
            (AsState::Down | AsState::Inactive, false) => AsState::Down,
            // AC2PN
            (AsState::Active, false) => {
                server.recovery = Some(now + self.recovery);
                AsState::Pending
            }
            (AsState::Pending, false) => AsState::Pending,
        };
        self.set_as(index, next);
    }

    /// PN2IA, PN2DN
    pub(super) fn recovery_expired(&mut self, index: usize) {
        let server = &mut self.application_servers[index];
        server.recovery = None;
        let held = core::mem::take(&mut server.held);
        let next = match server.asps.is_empty() {
            true => AsState::Down,
            false => AsState::Inactive,
        };
        for transfer in held {
            let why = NotSent::Unavailable;
            self.outputs.push_back(Output::NotSent(transfer, why));
        }
        self.set_as(index, next);
    }

    fn set_as(&mut self, index: usize, state: AsState) {
        let server = &mut self.application_servers[index];
        let before = server.state;
        if before == state {
            return;
        }
        server.state = state;
        if state != AsState::Pending {
            server.recovery = None;
        }
        // The mode of an AS that is configured without one is that of whoever comes first.
        if matches!(state, AsState::Down | AsState::Inactive) {
            server.mode = server.settings.traffic_mode;
        }
        let status = server.status();
        let point_codes = server.point_codes().collect::<Vec<_>>();
        self.outputs.push_back(Output::As {
            application_server: index,
            routing_context: server.settings.routing_context,
            state,
        });
        if let Some(status) = status {
            self.notify(index, status);
        }
        match (before, state) {
            // Traffic is held meanwhile: the network need not know.
            (AsState::Active, AsState::Pending) => {}
            (AsState::Pending, AsState::Active) => {
                let held = core::mem::take(&mut self.application_servers[index].held);
                for transfer in held {
                    self.send_data(index, transfer);
                }
            }
            (_, AsState::Active) => {
                for point_code in point_codes {
                    self.outputs
                        .push_back(Output::Network(MtpIndication::Resume(point_code)));
                }
            }
            (AsState::Pending, _) => {
                for point_code in point_codes {
                    self.outputs
                        .push_back(Output::Network(MtpIndication::Pause(point_code)));
                }
            }
            _ => {}
        }
    }

    /// Tells an ASP that just came up the state of an AS, unless the whole AS changed with it
    /// and everybody was told.
    pub(super) fn tell_newcomer(&mut self, asp: AspId, index: usize, before: AsState) {
        let server = &self.application_servers[index];
        if server.state == before
            && let Some(status) = server.status()
        {
            self.notify_one(asp, index, status, None);
        }
    }
}
