//! SS7 network management towards and from ASPs (RFC 4666 4.5, 4.6).

use super::destinations::{Destination, Reach};
use super::{AspId, Output, Sgp};
use crate::msg::{Daud, Dava, Drst, Duna, Dupu, Error, Scon, UnavailabilityCause};
use crate::param::{AffectedPointCode, ErrorCode};
use crate::state::AspState;
use std::collections::{BTreeMap, BTreeSet};
use trunkline_model::PointCode;
use trunkline_model::mtp::{MtpIndication, MtpStatus, SI_ISUP};

/// Who is told: an ASP, with its ASs that belong to one network.
#[derive(Clone)]
struct Audience {
    asp: AspId,
    network_appearance: Option<u32>,
    routing_contexts: Vec<u32>,
}

/// What is told of destinations.
#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    Reach(Reach),
    Congestion(u8),
}

impl Sgp {
    /// A destination can be reached, better another way, or not at all.
    pub(super) fn reach(&mut self, point_code: PointCode, reach: Reach) {
        self.destinations.set_reach(point_code, reach);
        // IPSPs have no network behind them to hear of (RFC 4666 1.4.3.4).
        for audience in self.audiences(false) {
            self.tell(
                &audience,
                News::Reach(reach),
                vec![AffectedPointCode::one(point_code)],
            );
        }
    }

    /// MTP-STATUS
    pub(super) fn status(&mut self, point_code: PointCode, status: MtpStatus) {
        let cause = match status {
            MtpStatus::Congestion(level) => {
                self.destinations.set_congestion(point_code, level);
                for audience in self.audiences(true) {
                    let affected = vec![AffectedPointCode::one(point_code)];
                    self.tell(&audience, News::Congestion(level), affected);
                }
                return;
            }
            MtpStatus::UserPartUnknown => UnavailabilityCause::Unknown,
            MtpStatus::UserPartUnequipped => UnavailabilityCause::UnequippedRemoteUser,
            MtpStatus::UserPartInaccessible => UnavailabilityCause::InaccessibleRemoteUser,
        };
        for audience in self.audiences(false) {
            self.send(
                audience.asp,
                Dupu {
                    network_appearance: audience.network_appearance,
                    routing_contexts: audience.routing_contexts,
                    affected: point_code,
                    cause,
                    user: u16::from(SI_ISUP),
                    info: None,
                },
            );
        }
    }

    /// RFC 4666 4.5.3
    pub(super) fn audit(&mut self, asp: AspId, daud: &Daud) {
        let (mut indices, unknown) = self.select(asp, &daud.routing_contexts);
        if !unknown.is_empty() {
            let error = Error {
                routing_contexts: unknown,
                ..Error::new(ErrorCode::InvalidRoutingContext)
            };
            return self.refuse(asp, daud.clone(), error);
        }
        if let Some(network_appearance) = daud.network_appearance {
            indices.retain(|index| self.is_in(*index, network_appearance));
            if indices.is_empty() {
                let error = Error {
                    network_appearance: Some(network_appearance),
                    ..Error::new(ErrorCode::InvalidNetworkAppearance)
                };
                return self.refuse(asp, daud.clone(), error);
            }
        }
        let known = self.asps.get(&asp);
        let anyway = known.is_some_and(|known| known.settings.quirks.daud_while_inactive);
        indices.retain(|index| anyway || self.asp_state(asp, *index) == AspState::Active);
        if indices.is_empty() {
            return self.unexpected(asp, daud.clone(), daud.routing_contexts.clone());
        }
        let (asked, beyond) = daud.affected.split_at(daud.affected.len().min(MAX_AUDITED));
        // Each point code once, however often it is asked for.
        let mut found: BTreeMap<PointCode, Destination> = BTreeMap::new();
        let mut stray = BTreeSet::new();
        for affected in asked {
            let before = found.len();
            found.extend(self.destinations.covered(*affected));
            if found.len() == before && self.destinations.covered(*affected).next().is_none() {
                stray.insert(affected.value());
            }
        }
        for audience in self.by_network(asp, &indices) {
            self.tell_all(&audience, &found, Some(&stray));
            if !beyond.is_empty() {
                let error = Error {
                    network_appearance: audience.network_appearance,
                    routing_contexts: audience.routing_contexts,
                    affected: beyond.to_vec(),
                    ..Error::new(ErrorCode::DestinationStatusUnknown)
                };
                self.refuse(asp, daud.clone(), error);
            }
        }
    }

    /// What an ASP should know before it becomes active (RFC 4666 4.5.1).
    pub(super) fn tell_troubles(&mut self, asp: AspId, indices: &[usize]) {
        let ipsp = self
            .asps
            .get(&asp)
            .is_none_or(|known| known.settings.role.is_ipsp());
        let mut news = indices.to_vec();
        news.retain(|index| !ipsp && self.asp_state(asp, *index) != AspState::Active);
        let troubled = self.destinations.troubled().collect();
        for audience in self.by_network(asp, &news) {
            self.tell_all(&audience, &troubled, None);
        }
    }

    /// The answer to a message for a destination that cannot be reached (RFC 4666 3.4.1).
    pub(super) fn tell_unavailable(&mut self, asp: AspId, index: usize, point_code: PointCode) {
        for audience in self.by_network(asp, &[index]) {
            let affected = vec![AffectedPointCode::one(point_code)];
            self.tell(&audience, News::Reach(Reach::Unavailable), affected);
        }
    }

    /// An ASP says that it, or a point code of it, is congested (RFC 4666 3.4.4).
    pub(super) fn asp_congested(&mut self, asp: AspId, scon: &Scon) {
        let (mut indices, unknown) = self.select(asp, &scon.routing_contexts);
        if !unknown.is_empty() {
            let error = Error {
                routing_contexts: unknown,
                ..Error::new(ErrorCode::InvalidRoutingContext)
            };
            return self.refuse(asp, scon.clone(), error);
        }
        indices.retain(|index| self.asp_state(asp, *index) == AspState::Active);
        if indices.is_empty() {
            return self.unexpected(asp, scon.clone(), scon.routing_contexts.clone());
        }
        let level = scon.level.unwrap_or(1).min(3);
        let affected = |pc: &PointCode| {
            scon.affected
                .iter()
                .take(MAX_AUDITED)
                .any(|a| a.contains(*pc))
        };
        let servers = indices
            .iter()
            .filter_map(|index| self.application_servers.get(index));
        let concerned: BTreeSet<PointCode> = servers
            .flat_map(|server| server.point_codes())
            .filter(affected)
            .collect();
        for point_code in concerned {
            let status = MtpIndication::Status(point_code, MtpStatus::Congestion(level));
            self.outputs.push_back(Output::Network(status));
        }
    }

    /// Congestion first, then whether they can be reached (RFC 4666 4.5.3). To an audit, which
    /// may have asked for `strays` that nobody knows, also what is available.
    fn tell_all(
        &mut self,
        to: &Audience,
        destinations: &BTreeMap<PointCode, Destination>,
        strays: Option<&BTreeSet<u32>>,
    ) {
        let those = |f: &dyn Fn(Destination) -> bool| -> Vec<AffectedPointCode> {
            let those = destinations.iter().filter(|(_, d)| f(**d));
            those.map(|(pc, _)| AffectedPointCode::one(*pc)).collect()
        };
        let levels: BTreeSet<u8> = destinations.values().filter_map(|d| d.congestion).collect();
        let worth_telling = |level: &u8| *level > 0 || strays.is_some();
        for level in levels.into_iter().filter(worth_telling) {
            let congested = those(&|d| d.congestion == Some(level));
            self.tell(to, News::Congestion(level), congested);
        }
        if strays.is_some() {
            let available = those(&|d| d.reach == Reach::Available);
            self.tell(to, News::Reach(Reach::Available), available);
        }
        let restricted = those(&|d| d.reach == Reach::Restricted);
        self.tell(to, News::Reach(Reach::Restricted), restricted);
        let mut unavailable = those(&|d| d.reach == Reach::Unavailable);
        let strays = strays.into_iter().flatten().copied();
        unavailable.extend(strays.map(AffectedPointCode::from_value));
        self.tell(to, News::Reach(Reach::Unavailable), unavailable);
    }

    fn tell(&mut self, to: &Audience, news: News, affected: Vec<AffectedPointCode>) {
        for affected in affected.chunks(MAX_AFFECTED) {
            let Audience {
                asp,
                network_appearance,
                routing_contexts,
            } = to.clone();
            let affected = affected.to_vec();
            match news {
                News::Reach(Reach::Available) => self.send(
                    asp,
                    Dava {
                        network_appearance,
                        routing_contexts,
                        affected,
                        info: None,
                    },
                ),
                News::Reach(Reach::Restricted) => self.send(
                    asp,
                    Drst {
                        network_appearance,
                        routing_contexts,
                        affected,
                        info: None,
                    },
                ),
                News::Reach(Reach::Unavailable) => self.send(
                    asp,
                    Duna {
                        network_appearance,
                        routing_contexts,
                        affected,
                        info: None,
                    },
                ),
                News::Congestion(level) => self.send(
                    asp,
                    Scon {
                        network_appearance,
                        routing_contexts,
                        affected,
                        level: Some(level),
                        ..Scon::default()
                    },
                ),
            }
        }
    }

    /// The ASPs that hear of destinations: those that are active somewhere (RFC 4666 4.3.1).
    fn audiences(&self, with_ipsps: bool) -> Vec<Audience> {
        let mut audiences = Vec::new();
        for (asp, known) in &self.asps {
            if known.settings.role.is_ipsp() && !with_ipsps {
                continue;
            }
            let hears = match known.settings.quirks.ssnm_while_inactive {
                true => AspState::Inactive,
                false => AspState::Active,
            };
            let servers = self.application_servers.iter();
            let indices: Vec<usize> = servers
                .map(|(index, server)| (*index, server.asp_state(*asp)))
                .filter(|(_, state)| *state == hears || *state == AspState::Active)
                .map(|(index, _)| index)
                .collect();
            audiences.extend(self.by_network(*asp, &indices));
        }
        audiences
    }

    /// One audience for each network that the ASs belong to.
    fn by_network(&self, asp: AspId, indices: &[usize]) -> Vec<Audience> {
        let mut networks: BTreeMap<Option<u32>, Vec<u32>> = BTreeMap::new();
        for server in indices
            .iter()
            .filter_map(|index| self.application_servers.get(index))
        {
            let routing_contexts = networks.entry(server.network_appearance).or_default();
            routing_contexts.extend(server.settings.routing_context);
        }
        let audience = |(network_appearance, routing_contexts)| Audience {
            asp,
            network_appearance,
            routing_contexts,
        };
        networks.into_iter().map(audience).collect()
    }
}

/// Point codes in one message.
const MAX_AFFECTED: usize = 256;

/// Point codes and ranges of one audit that are looked at.
const MAX_AUDITED: usize = 256;
