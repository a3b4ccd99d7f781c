//! Ladders of an ASP against a gateway that the test plays.

mod backup;
mod blocking;
mod exchange;
mod refusals;
mod registration;
mod several;
mod single;
mod streams;

use super::*;
use crate::msg::{
    AspActive, AspActiveAck, AspDown, AspDownAck, AspInactive, AspInactiveAck, AspUp, AspUpAck,
    Data, Daud, Dava, Duna, Dupu, Error, Heartbeat, HeartbeatAck, Notify, Scon,
    UnavailabilityCause, encode,
};
use crate::param::Status;
use trunkline_model::NetworkIndicator;

const ACK: Duration = Duration::from_secs(2);

struct Ladder {
    asp: Asp,
    now: Time,
}

impl Ladder {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings {
            application_servers: vec![AsSettings {
                routing_context: Some(7),
                traffic_mode: Some(TrafficMode::Loadshare),
                ..AsSettings::default()
            }],
            ack: ACK,
            ..Settings::default()
        };
        change(&mut settings);
        Self {
            asp: Asp::new(settings),
            now: Time::from_secs(100),
        }
    }

    /// One that is active, and has been drained.
    fn active() -> Self {
        Self::new().activate()
    }

    fn activate(mut self) -> Self {
        self.input(Input::AssociationUp);
        self.receive(AspUpAck::default());
        self.receive(active_ack());
        assert!(self.asp.carries_traffic(0));
        self
    }

    fn input(&mut self, input: Input) -> Vec<Output> {
        self.asp.handle(self.now, input);
        self.drain()
    }

    fn receive(&mut self, message: impl Into<Message>) -> Vec<Output> {
        self.input(Input::Message {
            stream: None,
            message: message.into(),
        })
    }

    /// Lets time pass, and the timers with it.
    fn after(&mut self, time: Duration) -> Vec<Output> {
        let end = self.now + time;
        let mut outputs = Vec::new();
        while let Some((at, _)) = self.asp.poll_timeout()
            && at <= end
        {
            self.now = at;
            self.asp.handle_timeout(at);
            outputs.extend(self.drain());
        }
        self.now = end;
        outputs
    }

    /// What the ASP wants and tells. What it tells of its AS, if that is the only one, is what
    /// it tells of itself.
    fn drain(&mut self) -> Vec<Output> {
        let mut outputs: Vec<Output> = std::iter::from_fn(|| self.asp.poll_output()).collect();
        if self.asp.application_servers.len() == 1 {
            assert_eq!(self.asp.asp_state(0), self.asp.state());
            outputs.retain(|output| !matches!(output, Output::Asp { .. }));
        }
        outputs
    }
}

fn sends(message: impl Into<Message>) -> Output {
    Output::Send(message.into())
}

fn aspac() -> Message {
    aspac_for(&[7])
}

fn aspac_for(routing_contexts: &[u32]) -> Message {
    AspActive {
        traffic_mode: Some(TrafficMode::Loadshare),
        routing_contexts: routing_contexts.to_vec(),
        info: None,
    }
    .into()
}

fn aspia() -> Message {
    aspia_for(&[7])
}

fn aspia_for(routing_contexts: &[u32]) -> Message {
    AspInactive {
        routing_contexts: routing_contexts.to_vec(),
        info: None,
    }
    .into()
}

fn active_ack_for(routing_contexts: &[u32]) -> Message {
    AspActiveAck {
        traffic_mode: Some(TrafficMode::Loadshare),
        routing_contexts: routing_contexts.to_vec(),
        info: None,
    }
    .into()
}

fn inactive_ack_for(routing_contexts: &[u32]) -> Message {
    AspInactiveAck {
        routing_contexts: routing_contexts.to_vec(),
        info: None,
    }
    .into()
}

fn err(code: ErrorCode, routing_contexts: &[u32]) -> Error {
    Error {
        routing_contexts: routing_contexts.to_vec(),
        ..Error::new(code)
    }
}

fn asp(application_server: usize, state: AspState) -> Output {
    Output::Asp {
        application_server,
        state,
    }
}

fn active_ack() -> AspActiveAck {
    AspActiveAck {
        traffic_mode: Some(TrafficMode::Loadshare),
        routing_contexts: vec![7],
        info: None,
    }
}

fn inactive_ack() -> AspInactiveAck {
    AspInactiveAck::default()
}

fn notify(status: Status) -> Notify {
    Notify {
        status,
        asp_identifier: None,
        routing_contexts: vec![7],
        info: None,
    }
}

fn pc(value: u32) -> PointCode {
    PointCode::new(value).unwrap()
}

fn transfer() -> MtpTransfer {
    MtpTransfer {
        opc: pc(1),
        dpc: pc(2),
        si: 5,
        ni: NetworkIndicator::National,
        mp: 0,
        sls: 3,
        data: vec![1, 0, 0x12],
    }
}

fn data(routing_context: Option<u32>) -> Data {
    Data {
        network_appearance: None,
        routing_context,
        protocol_data: transfer().into(),
        correlation_id: None,
    }
}

fn request() -> Input {
    Input::Transfer {
        application_server: 0,
        transfer: transfer(),
    }
}

fn indication() -> Output {
    Output::Transfer {
        application_server: 0,
        transfer: transfer(),
    }
}

fn audit() -> Input {
    Input::Audit {
        application_server: 0,
        destinations: vec![pc(2)],
    }
}

fn as_state(state: AsState) -> Output {
    Output::As {
        application_server: 0,
        state,
    }
}

fn notified(status: Status) -> Output {
    Output::Notified {
        application_server: 0,
        status,
        asp_identifier: None,
    }
}

fn told(affected: &[AffectedPointCode], state: DestinationState) -> Output {
    Output::Destinations {
        application_servers: vec![0],
        affected: affected.to_vec(),
        state,
    }
}

/// An Error that shows the first 40 octets of what it refuses.
fn error(error: Error, offending: impl Into<Message>) -> Output {
    let mut octets = encode(&offending.into());
    octets.truncate(40);
    sends(Error {
        diagnostic: Some(octets),
        ..error
    })
}

fn refused(message: &'static str, code: ErrorCode) -> Output {
    Output::Refused { message, code }
}
