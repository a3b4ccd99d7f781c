//! Ladders of a gateway against ASPs that the test plays.

mod aspsm;
mod asptm;
mod beat;
mod ipsp;
mod random;
mod redundancy;
mod rkm;
mod rkm_status;
mod ssnm;
mod transfer;

use super::*;
use crate::msg::{
    AspActive, AspActiveAck, AspDown, AspDownAck, AspInactive, AspInactiveAck, AspUp, AspUpAck,
    Data, Error, Notify,
};
use crate::param::{AffectedPointCode, RoutingKeyDestination, Status};
use core::time::Duration;
use trunkline_model::NetworkIndicator;

const A: AspId = AspId(1);
const B: AspId = AspId(2);
const C: AspId = AspId(3);
const RECOVERY: Duration = Duration::from_secs(2);

struct Ladder {
    sgp: Sgp,
    now: Time,
}

impl Ladder {
    /// A gateway for the AS 7 (point code 1) in front of the exchange 2.
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings {
            application_servers: vec![server(7, 1)],
            destinations: vec![pc(2)],
            network_appearance: None,
            recovery: RECOVERY,
            pending_queue: 2,
            diversion: Duration::ZERO,
            beat: None,
            asp_identifier: None,
            registration: None,
        };
        change(&mut settings);
        Self {
            sgp: Sgp::new(settings),
            now: Time::from_secs(100),
        }
    }

    /// Two application servers: 7 (point code 1) and 8 (point code 3).
    fn two() -> Self {
        Self::with(|s| s.application_servers.push(server(8, 3)))
    }

    /// With A active, drained.
    fn active() -> Self {
        let mut l = Self::new();
        l.activate(A);
        l
    }

    fn activate(&mut self, asp: AspId) {
        self.up(asp);
        self.receive(asp, aspac(None));
        assert_eq!(self.sgp.state(asp), AspState::Active);
    }

    /// Takes an ASP of which nothing is configured to ASP-INACTIVE.
    fn up(&mut self, asp: AspId) {
        self.connect(asp, |_| {});
        self.receive(asp, AspUp::default());
        assert_eq!(self.sgp.state(asp), AspState::Inactive);
    }

    fn connect(&mut self, asp: AspId, change: impl FnOnce(&mut AspSettings)) {
        let mut settings = AspSettings::default();
        change(&mut settings);
        assert_eq!(self.input(Input::AssociationUp(asp, settings)), []);
    }

    fn receive(&mut self, asp: AspId, message: impl Into<Message>) -> Vec<Output> {
        self.on_stream(None, asp, message)
    }

    fn on_stream(
        &mut self,
        stream: Option<u16>,
        asp: AspId,
        message: impl Into<Message>,
    ) -> Vec<Output> {
        self.input(Input::Message {
            asp,
            stream,
            message: message.into(),
        })
    }

    /// A message from the network.
    fn transfer(&mut self, transfer: MtpTransfer) -> Vec<Output> {
        self.input(Input::Network(MtpIndication::Transfer(transfer)))
    }

    fn input(&mut self, input: Input) -> Vec<Output> {
        self.sgp.handle(self.now, input);
        self.drain()
    }

    fn after(&mut self, time: Duration) -> Vec<Output> {
        self.now += time;
        self.sgp.handle_timeout(self.now);
        self.drain()
    }

    /// All but the states of ASPs as a whole and what Errors show of what they answer, which
    /// have tests of their own.
    fn drain(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.sgp.poll_output())
            .filter(|output| !matches!(output, Output::State(..)))
            .map(|output| match output {
                Output::Send(asp, Message::Error(error)) => {
                    let diagnostic = None;
                    sends(
                        asp,
                        Error {
                            diagnostic,
                            ..error
                        },
                    )
                }
                other => other,
            })
            .collect()
    }

    /// Who gets DATA for each SLS.
    fn receivers(&mut self) -> Vec<AspId> {
        (0..16)
            .map(|sls| match &self.transfer(to_as(sls))[..] {
                [Output::Send(asp, Message::Data(_))] => *asp,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn as_state(&self, index: usize) -> AsState {
        let mut servers = self.sgp.application_servers();
        servers.find(|server| server.index == index).unwrap().state
    }
}

fn pc(value: u32) -> PointCode {
    PointCode::new(value).unwrap()
}

fn to(point_code: u32) -> RoutingKeyDestination {
    RoutingKeyDestination::to(AffectedPointCode::one(pc(point_code)))
}

fn server(routing_context: u32, point_code: u32) -> AsSettings {
    AsSettings {
        routing_context: Some(routing_context),
        network_appearance: None,
        routing_key: vec![to(point_code)],
        traffic_mode: None,
        minimum_active: 1,
    }
}

fn sends(asp: AspId, message: impl Into<Message>) -> Output {
    Output::Send(asp, message.into())
}

/// In the AS 7.
fn asp_is(asp: AspId, state: AspState) -> Output {
    Output::Asp {
        asp,
        application_server: 0,
        routing_context: Some(7),
        state,
    }
}

/// The AS 7.
fn as_is(state: AsState) -> Output {
    Output::As {
        application_server: 0,
        routing_context: Some(7),
        state,
    }
}

fn notify(status: Status) -> Notify {
    Notify {
        status,
        asp_identifier: None,
        routing_contexts: vec![7],
        info: None,
    }
}

fn identified(asp_identifier: u32) -> AspUp {
    AspUp {
        asp_identifier: Some(asp_identifier),
        info: None,
    }
}

fn aspac(traffic_mode: Option<TrafficMode>) -> AspActive {
    AspActive {
        traffic_mode,
        routing_contexts: vec![7],
        info: None,
    }
}

fn aspac_for(routing_contexts: &[u32]) -> AspActive {
    AspActive {
        routing_contexts: routing_contexts.to_vec(),
        ..AspActive::default()
    }
}

fn aspac_ack(traffic_mode: Option<TrafficMode>) -> AspActiveAck {
    AspActiveAck {
        traffic_mode,
        routing_contexts: vec![7],
        info: None,
    }
}

fn aspia() -> AspInactive {
    AspInactive {
        routing_contexts: vec![7],
        info: None,
    }
}

fn aspia_ack() -> AspInactiveAck {
    AspInactiveAck {
        routing_contexts: vec![7],
        info: None,
    }
}

fn to_as(sls: u8) -> MtpTransfer {
    MtpTransfer {
        opc: pc(2),
        dpc: pc(1),
        si: 5,
        ni: NetworkIndicator::National,
        mp: 0,
        sls,
        data: vec![1, 0, 6],
    }
}

fn from_as(dpc: u32) -> MtpTransfer {
    MtpTransfer {
        opc: pc(1),
        dpc: pc(dpc),
        ..to_as(0)
    }
}

fn data(routing_context: Option<u32>, transfer: MtpTransfer) -> Data {
    Data {
        network_appearance: None,
        routing_context,
        protocol_data: transfer.into(),
        correlation_id: None,
    }
}

fn error(code: ErrorCode, routing_contexts: &[u32]) -> Error {
    Error {
        routing_contexts: routing_contexts.to_vec(),
        ..Error::new(code)
    }
}

fn refused(asp: AspId, message: &'static str, code: ErrorCode) -> Output {
    Output::Refused { asp, message, code }
}

/// An Error, and that it was sent.
fn refusal(
    asp: AspId,
    message: &'static str,
    code: ErrorCode,
    routing_contexts: &[u32],
) -> [Output; 2] {
    let error = sends(asp, error(code, routing_contexts));
    [error, refused(asp, message, code)]
}

fn resume() -> Output {
    Output::Network(MtpIndication::Resume(pc(1)))
}

fn pause() -> Output {
    Output::Network(MtpIndication::Pause(pc(1)))
}

fn affected(values: &[u32]) -> Vec<AffectedPointCode> {
    let all = values.iter();
    all.map(|value| AffectedPointCode::one(pc(*value)))
        .collect()
}
