//! What the other end says of destinations (RFC 4666 3.4, 4.5.2).

use super::application_server::State;
use super::{Asp, DestinationState, Output};
use crate::msg::{Error, Message, UnavailabilityCause};
use crate::param::{AffectedPointCode, ErrorCode};
use trunkline_model::Time;
use trunkline_model::mtp::{MtpStatus, SI_ISUP};

/// What the messages have in common.
struct Told<'a> {
    network_appearance: Option<u32>,
    routing_contexts: &'a [u32],
    affected: Vec<AffectedPointCode>,
    state: DestinationState,
}

impl Asp {
    pub(super) fn ssnm(&mut self, now: Time, message: Message) {
        let Some(told) = told(&message) else {
            return;
        };
        let (concerned, unknown) = self.concerned(told.routing_contexts);
        // As with Notify, the answer to a registration may be on its way.
        let foreign = told.network_appearance.filter(|theirs| {
            let mut servers = self.application_servers.iter();
            !servers.any(|server| {
                server
                    .settings
                    .network_appearance
                    .is_none_or(|o| o == *theirs)
            })
        });
        if let Some(theirs) = foreign {
            let error = Error {
                network_appearance: Some(theirs),
                ..Error::new(ErrorCode::InvalidNetworkAppearance)
            };
            return self.refuse(&message, error);
        }
        let believed: Vec<usize> = concerned
            .into_iter()
            .filter(|&index| self.believes(index, told.network_appearance))
            .collect();
        let Told {
            affected, state, ..
        } = told;
        if unknown.is_empty() || self.in_state(State::is_registering).is_empty() {
            self.refuse_routing_contexts(&message, unknown);
        }
        if believed.is_empty() {
            return;
        }
        for &index in &believed {
            let server = &mut self.application_servers[index];
            if matches!(server.state, State::Active | State::SentActive { .. }) {
                server.audits.told(now, &affected, state);
            }
        }
        self.outputs.push_back(Output::Destinations {
            application_servers: believed,
            affected,
            state,
        });
    }

    /// Whether what is said of a network counts for an AS: it may come before ASPAC_ACK
    /// (RFC 4666 4.5.1), but not earlier (4.3.1).
    fn believes(&self, index: usize, network_appearance: Option<u32>) -> bool {
        let server = &self.application_servers[index];
        let same_network = match (server.settings.network_appearance, network_appearance) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => true,
        };
        let has_traffic = matches!(
            server.state,
            State::Active | State::SentActive { .. } | State::SentInactive { .. }
        );
        same_network && (has_traffic || self.quirks.ssnm_while_inactive)
    }
}

/// What a message says; `None` if it is about users that are not here.
fn told(message: &Message) -> Option<Told<'_>> {
    let (network_appearance, routing_contexts, affected, state) = match message {
        Message::Duna(m) => (
            m.network_appearance,
            &m.routing_contexts,
            m.affected.clone(),
            DestinationState::Unavailable,
        ),
        Message::Dava(m) => (
            m.network_appearance,
            &m.routing_contexts,
            m.affected.clone(),
            DestinationState::Available,
        ),
        Message::Drst(m) => (
            m.network_appearance,
            &m.routing_contexts,
            m.affected.clone(),
            DestinationState::Restricted,
        ),
        Message::Scon(m) => (
            m.network_appearance,
            &m.routing_contexts,
            m.affected.clone(),
            // Without a level the network has only one: congested (RFC 4666 3.4.4).
            DestinationState::Status(MtpStatus::Congestion(m.level.unwrap_or(1).min(3))),
        ),
        Message::Dupu(m) if m.user == u16::from(SI_ISUP) => (
            m.network_appearance,
            &m.routing_contexts,
            vec![AffectedPointCode::one(m.affected)],
            DestinationState::Status(match m.cause {
                UnavailabilityCause::UnequippedRemoteUser => MtpStatus::UserPartUnequipped,
                UnavailabilityCause::InaccessibleRemoteUser => MtpStatus::UserPartInaccessible,
                UnavailabilityCause::Unknown | UnavailabilityCause::Other(_) => {
                    MtpStatus::UserPartUnknown
                }
            }),
        ),
        _ => return None,
    };
    Some(Told {
        network_appearance,
        routing_contexts,
        affected,
        state,
    })
}
