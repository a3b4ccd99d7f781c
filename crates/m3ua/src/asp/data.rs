//! DATA both ways (RFC 4666 3.3.1, 4.1.1).

use super::application_server::{ApplicationServer, State};
use super::{Asp, Output};
use crate::msg::{Data, Error, Message, ProtocolData};
use crate::param::ErrorCode;
use crate::state::{AsState, AspState};
use trunkline_model::mtp::MtpTransfer;

impl Asp {
    pub(super) fn transfer(&mut self, index: usize, transfer: MtpTransfer) {
        let server = self.application_servers.get(index);
        let Some(server) = server.filter(|server| server.carries_traffic()) else {
            self.outputs.push_back(Output::NotSent(transfer));
            return;
        };
        let data = Data {
            network_appearance: server.settings.network_appearance,
            routing_context: server.routing_context(),
            protocol_data: ProtocolData::from(transfer),
            correlation_id: None,
        };
        self.send(data);
    }

    /// A correlation id is let pass: what it is for, ASPs of broadcast mode that take over from
    /// each other in the middle of a flow, is up to the MTP user here.
    pub(super) fn data(&mut self, data: Data) {
        let index = match self.addressed(&data) {
            Ok(index) => index,
            Err(error) => return self.refuse(&Message::Data(data), error),
        };
        let Some(index) = index else {
            // RFC 4666 3.8.1: an ASP drops it in silence.
            self.outputs.push_back(Output::EarlyData);
            return;
        };
        let ours = self.application_servers[index].settings.network_appearance;
        if let (Some(ours), Some(theirs)) = (ours, data.network_appearance)
            && ours != theirs
        {
            let error = Error {
                network_appearance: Some(theirs),
                ..Error::new(ErrorCode::InvalidNetworkAppearance)
            };
            return self.refuse(&Message::Data(data), error);
        }
        // Traffic flows in AS-ACTIVE only: the Notify that says so is on another stream, and
        // what is to be answered must not wait for it.
        let server = &mut self.application_servers[index];
        if server.state == State::Active && server.as_state() == Some(AsState::Inactive) {
            server.as_state = Some(AsState::Active);
            self.outputs.push_back(Output::As {
                application_server: index,
                state: AsState::Active,
            });
        }
        self.outputs.push_back(Output::Transfer {
            application_server: index,
            transfer: data.protocol_data.into(),
        });
    }

    /// The AS that a message is for; `None` if we have no traffic there.
    fn addressed(&self, data: &Data) -> Result<Option<usize>, Error> {
        let takes = |server: &ApplicationServer| server.takes_data(self.now);
        if let Some(routing_context) = data.routing_context
            && !self.has_implied_routing_context()
        {
            let Some(index) = self.with_routing_context(routing_context) else {
                return Err(Error {
                    routing_contexts: vec![routing_context],
                    ..Error::new(ErrorCode::InvalidRoutingContext)
                });
            };
            return Ok(takes(&self.application_servers[index]).then_some(index));
        }
        let servers = || self.application_servers.iter().enumerate();
        let mut active = servers().filter(|(_, server)| server.state() == AspState::Active);
        let one_is = active.next().is_some();
        let mut taking = servers().filter(|(_, server)| match one_is {
            true => server.state() == AspState::Active,
            false => takes(server),
        });
        match (taking.next(), taking.next()) {
            (None, _) => Ok(None),
            (Some((only, _)), None) => Ok(Some(only)),
            // Mandatory where there are several (RFC 4666 3.3.1, 3.8.1).
            (Some(_), Some(_)) => Err(Error::new(ErrorCode::MissingParameter)),
        }
    }
}
