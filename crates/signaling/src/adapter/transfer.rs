//! MTP primitives: transfers to their way, indications to the user.

use super::route::Via;
use super::{Adapter, Output, PeerId};
use crate::event::{Discarded, PeerError, SignalingEvent};
use trunkline_m3ua::diversion::Passed;
use trunkline_m3ua::msg::MAX_USER_DATA;
use trunkline_m3ua::{asp, sgp};
use trunkline_model::Time;
use trunkline_model::mtp::{MtpIndication, MtpTransfer};

impl Adapter {
    /// MTP-TRANSFER request.
    pub(super) fn transfer(&mut self, now: Time, transfer: MtpTransfer) {
        let dpc = transfer.dpc;
        if transfer.data.len() > MAX_USER_DATA {
            return self.discarded(Discarded::TooLong(dpc));
        }
        let Some(route) = self.routes.get(&dpc) else {
            return self.discarded(Discarded::NoRoute(dpc));
        };
        let Some(via) = route.choose(transfer.sls) else {
            return match route.way(Via::Served) {
                // The server half may hold it, or says why not.
                Some(_) if route.ways.len() == 1 => self.pass_to_served(now, transfer),
                _ => self.discarded(Discarded::Unavailable(dpc)),
            };
        };
        match self.diversion.pass(now, transfer, via) {
            Passed::Now(transfer) => self.send_over(now, via, transfer),
            Passed::Held => {}
            Passed::Full(transfer) => self.discarded(Discarded::QueueFull(transfer.dpc)),
        }
    }

    /// Sends what was held while its way changed.
    pub(super) fn diverted_due(&mut self, now: Time) {
        for transfer in self.diversion.take_due(now) {
            let route = self.routes.get(&transfer.dpc);
            match route.and_then(|route| route.choose(transfer.sls)) {
                Some(via) => {
                    self.diversion.sent(now, &transfer, via);
                    self.send_over(now, via, transfer);
                }
                None => self.discarded(Discarded::Unavailable(transfer.dpc)),
            }
        }
    }

    fn send_over(&mut self, now: Time, via: Via, transfer: MtpTransfer) {
        match via {
            Via::Peer(id, application_server) => {
                let input = asp::Input::Transfer {
                    application_server,
                    transfer,
                };
                self.ask(now, id, input);
            }
            Via::Served => self.pass_to_served(now, transfer),
        }
    }

    fn pass_to_served(&mut self, now: Time, transfer: MtpTransfer) {
        let transfer = MtpIndication::Transfer(transfer);
        self.serve(now, sgp::Input::Network(transfer));
    }

    /// Message discrimination (Q.704 2.4) for what a peer that we ask sends.
    pub(super) fn indicate(&mut self, id: PeerId, transfer: MtpTransfer) {
        if !self.is_ours(&transfer) {
            return self.failed(id, PeerError::NotForUs(transfer.dpc));
        }
        self.deliver(transfer);
    }

    fn is_ours(&self, transfer: &MtpTransfer) -> bool {
        self.point_codes.iter().any(|own| {
            own.point_code == transfer.dpc
                && own.network_indicator.is_none_or(|ni| ni == transfer.ni)
        })
    }

    /// Hands a message to the user. Those of ASPs that we serve have been compared with the
    /// destinations behind us already.
    pub(super) fn deliver(&mut self, transfer: MtpTransfer) {
        self.event(SignalingEvent::Mtp(MtpIndication::Transfer(transfer)));
    }

    /// Tells the MTP user which destinations changed.
    pub(super) fn tell_user(&mut self) {
        for route in self.routes.values_mut() {
            let reachable = route.reachable();
            if route.available == reachable {
                continue;
            }
            route.available = reachable;
            let indication = match reachable {
                true => MtpIndication::Resume(route.dpc),
                false => MtpIndication::Pause(route.dpc),
            };
            let event = SignalingEvent::Mtp(indication);
            self.outputs.push_back(Output::Event(event));
        }
    }
}
