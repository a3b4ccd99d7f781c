//! Ladders of a gateway against ASPs that the test plays.

use super::*;
use crate::msg::{
    AspActive, AspActiveAck, AspDown, AspInactive, AspInactiveAck, AspUp, AspUpAck, Data, Daud,
    Heartbeat, HeartbeatAck,
};
use crate::param::RoutingKeyDestination;
use trunkline_model::NetworkIndicator;

const A: AspId = AspId(1);
const B: AspId = AspId(2);
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
            application_servers: vec![AsSettings {
                routing_context: Some(7),
                network_appearance: None,
                routing_key: vec![RoutingKeyDestination::to(AffectedPointCode::one(pc(1)))],
                traffic_mode: None,
                minimum_active: 1,
            }],
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

    /// With A active, drained.
    fn active() -> Self {
        let mut l = Self::new();
        l.activate(A);
        l
    }

    fn activate(&mut self, asp: AspId) {
        self.up(asp);
        self.receive(asp, aspac(None));
        assert!(self.sgp.is_active(asp));
    }

    fn up(&mut self, asp: AspId) {
        self.input(Input::AssociationUp(asp, AspSettings::default()));
        self.receive(asp, AspUp::default());
    }

    fn input(&mut self, input: Input) -> Vec<Output> {
        self.sgp.handle(self.now, input);
        self.drain()
    }

    fn receive(&mut self, asp: AspId, message: impl Into<Message>) -> Vec<Output> {
        self.input(Input::Message {
            asp,
            stream: None,
            message: message.into(),
        })
    }

    fn after(&mut self, time: Duration) -> Vec<Output> {
        self.now += time;
        self.sgp.handle_timeout(self.now);
        self.drain()
    }

    fn drain(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.sgp.poll_output()).collect()
    }

    /// Who gets DATA for each SLS.
    fn receivers(&mut self) -> Vec<Vec<AspId>> {
        (0..4)
            .map(|sls| {
                let outputs = self.input(Input::Network(MtpIndication::Transfer(to_as(sls))));
                outputs
                    .into_iter()
                    .map(|output| match output {
                        Output::Send(asp, Message::Data(_)) => asp,
                        other => panic!("{other:?}"),
                    })
                    .collect()
            })
            .collect()
    }
}

fn pc(value: u32) -> PointCode {
    PointCode::new(value).unwrap()
}

fn sends(asp: AspId, message: impl Into<Message>) -> Output {
    Output::Send(asp, message.into())
}

fn asp_is(asp: AspId, state: AspState) -> Output {
    Output::Asp {
        asp,
        application_server: 0,
        routing_context: Some(7),
        state,
    }
}

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

fn aspac(traffic_mode: Option<TrafficMode>) -> AspActive {
    AspActive {
        traffic_mode,
        routing_contexts: vec![7],
        info: None,
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

fn resume() -> Output {
    Output::Network(MtpIndication::Resume(pc(1)))
}

fn pause() -> Output {
    Output::Network(MtpIndication::Pause(pc(1)))
}

fn affected(value: u32) -> Vec<AffectedPointCode> {
    vec![AffectedPointCode::one(pc(value))]
}

#[test]
fn first_asp_brings_the_as_up() {
    let mut l = Ladder::new();
    assert_eq!(l.input(Input::AssociationUp(A, AspSettings::default())), []);
    // A -> ASPUP -> SGP
    assert_eq!(
        l.receive(A, AspUp::default()),
        [
            asp_is(A, AspState::Inactive),
            sends(A, AspUpAck::default()),
            as_is(AsState::Inactive),
            sends(A, notify(Status::AsInactive)),
        ]
    );
    // A -> ASPAC -> SGP: the acknowledgement before the Notify (RFC 4666 4.3.4.5)
    let mode = Some(TrafficMode::Loadshare);
    assert_eq!(
        l.receive(A, aspac(mode)),
        [
            asp_is(A, AspState::Active),
            sends(A, aspac_ack(mode)),
            as_is(AsState::Active),
            sends(A, notify(Status::AsActive)),
            resume(),
        ]
    );
    // Whoever comes next is told how things are.
    l.input(Input::AssociationUp(B, AspSettings::default()));
    assert_eq!(
        l.receive(B, AspUp::default()),
        [
            asp_is(B, AspState::Inactive),
            sends(B, AspUpAck::default()),
            sends(B, notify(Status::AsActive)),
        ]
    );
}

#[test]
fn asp_active_without_routing_context_means_the_only_as() {
    let mut l = Ladder::new();
    l.up(A);
    let outputs = l.receive(A, AspActive::default());
    assert_eq!(outputs[0], asp_is(A, AspState::Active));
    assert_eq!(outputs[1], sends(A, AspActiveAck::default()));
}

#[test]
fn asp_active_without_routing_context_is_ambiguous_with_two_as() {
    let mut l = Ladder::with(|s| {
        s.application_servers.push(AsSettings {
            routing_context: Some(8),
            network_appearance: None,
            routing_key: vec![RoutingKeyDestination::to(AffectedPointCode::one(pc(3)))],
            traffic_mode: None,
            minimum_active: 1,
        });
    });
    l.up(A);
    let code = ErrorCode::MissingParameter;
    assert_eq!(
        l.receive(A, AspActive::default()),
        [sends(A, error(code, &[])), refused(A, "ASPAC", code)]
    );
}

#[test]
fn asp_active_for_an_unknown_as_is_refused_and_the_known_one_accepted() {
    let mut l = Ladder::new();
    l.up(A);
    let both = AspActive {
        routing_contexts: vec![99, 7, 99],
        ..AspActive::default()
    };
    let code = ErrorCode::NoConfiguredAsForAsp;
    assert_eq!(
        l.receive(A, both)[..4],
        [
            sends(A, error(code, &[99])),
            refused(A, "ASPAC", code),
            asp_is(A, AspState::Active),
            sends(A, aspac_ack(None)),
        ]
    );
}

#[test]
fn many_unknown_routing_contexts_are_not_all_told_back() {
    let mut l = Ladder::new();
    l.up(A);
    let many = AspActive {
        routing_contexts: (100..10_000).collect(),
        ..AspActive::default()
    };
    let outputs = l.receive(A, many);
    let Output::Send(_, Message::Error(error)) = &outputs[0] else {
        panic!("{outputs:?}");
    };
    assert_eq!(error.routing_contexts.len(), 16);
}

#[test]
fn asp_active_before_asp_up_is_unexpected() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp(A, AspSettings::default()));
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(
        l.receive(A, aspac(None)),
        [sends(A, error(code, &[7])), refused(A, "ASPAC", code)]
    );
}

#[test]
fn another_traffic_mode_is_refused() {
    let mut l = Ladder::new();
    l.up(A);
    l.receive(A, aspac(Some(TrafficMode::Loadshare)));
    l.up(B);
    let code = ErrorCode::UnsupportedTrafficModeType;
    for mode in [TrafficMode::Override, TrafficMode::Unknown(9)] {
        assert_eq!(
            l.receive(B, aspac(Some(mode))),
            [sends(B, error(code, &[7])), refused(B, "ASPAC", code)]
        );
    }
}

#[test]
fn repeated_requests_are_acknowledged_again() {
    let mut l = Ladder::active();
    assert_eq!(l.receive(A, aspac(None)), [sends(A, aspac_ack(None))]);
    l.receive(A, aspia());
    assert_eq!(l.receive(A, aspia()), [sends(A, aspia_ack())]);
    assert_eq!(
        l.receive(A, AspUp::default()),
        [sends(A, AspUpAck::default())]
    );
    l.receive(A, AspDown::default());
    assert_eq!(
        l.receive(A, AspDown::default()),
        [sends(A, AspDownAck::default())]
    );
}

#[test]
fn asp_up_of_an_active_asp_puts_it_inactive() {
    let mut l = Ladder::active();
    let code = ErrorCode::UnexpectedMessage;
    assert_eq!(
        l.receive(A, AspUp::default()),
        [
            asp_is(A, AspState::Inactive),
            sends(A, AspUpAck::default()),
            sends(A, error(code, &[])),
            refused(A, "ASPUP", code),
            as_is(AsState::Pending),
            sends(A, notify(Status::AsPending)),
        ]
    );
}

#[test]
fn data_goes_both_ways() {
    let mut l = Ladder::active();
    assert_eq!(
        l.receive(A, data(Some(7), from_as(2))),
        [Output::Network(MtpIndication::Transfer(from_as(2)))]
    );
    assert_eq!(
        l.input(Input::Network(MtpIndication::Transfer(to_as(3)))),
        [sends(A, data(Some(7), to_as(3)))]
    );
}

#[test]
fn data_before_active_is_unexpected() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp(A, AspSettings::default()));
    let code = ErrorCode::UnexpectedMessage;
    let refusal = [sends(A, error(code, &[7])), refused(A, "DATA", code)];
    assert_eq!(l.receive(A, data(Some(7), from_as(2))), refusal);
    l.receive(A, AspUp::default());
    assert_eq!(l.receive(A, data(Some(7), from_as(2))), refusal);
}

#[test]
fn data_for_an_unknown_routing_context_is_refused() {
    let mut l = Ladder::active();
    let code = ErrorCode::InvalidRoutingContext;
    assert_eq!(
        l.receive(A, data(Some(99), from_as(2))),
        [sends(A, error(code, &[99])), refused(A, "DATA", code)]
    );
}

#[test]
fn data_for_an_unknown_destination_is_answered_with_duna() {
    let mut l = Ladder::active();
    let duna = Duna {
        routing_contexts: vec![7],
        affected: affected(77),
        ..Duna::default()
    };
    assert_eq!(l.receive(A, data(Some(7), from_as(77))), [sends(A, duna)]);
}

#[test]
fn loadshare_keeps_each_sls_with_one_asp() {
    let mut l = Ladder::active();
    l.activate(B);
    let shared = [vec![A], vec![B], vec![A], vec![B]];
    assert_eq!(l.receivers(), shared);
    assert_eq!(l.receivers(), shared);
    l.receive(A, aspia());
    assert_eq!(l.receivers(), [vec![B], vec![B], vec![B], vec![B]]);
}

#[test]
fn override_moves_all_traffic_to_the_newcomer() {
    let mut l = Ladder::new();
    let mode = Some(TrafficMode::Override);
    l.up(A);
    l.receive(A, aspac(mode));
    l.input(Input::AssociationUp(B, AspSettings::default()));
    let identified = AspUp {
        asp_identifier: Some(22),
        info: None,
    };
    l.receive(B, identified);
    let alternate = Notify {
        asp_identifier: Some(22),
        ..notify(Status::AlternateAspActive)
    };
    assert_eq!(
        l.receive(B, aspac(mode)),
        [
            asp_is(A, AspState::Inactive),
            asp_is(B, AspState::Active),
            sends(B, aspac_ack(mode)),
            sends(A, alternate),
        ]
    );
    assert_eq!(l.receivers(), [vec![B], vec![B], vec![B], vec![B]]);
    // A was put inactive already; its ASPIA is acknowledged all the same.
    assert_eq!(l.receive(A, aspia()), [sends(A, aspia_ack())]);
}

#[test]
fn broadcast_reaches_all_and_tags_the_first_of_each_flow() {
    let mut l = Ladder::new();
    let mode = Some(TrafficMode::Broadcast);
    l.up(A);
    l.receive(A, aspac(mode));
    l.up(B);
    l.receive(B, aspac(mode));
    let mut ids = Vec::new();
    for sls in [1, 1, 2] {
        let outputs = l.input(Input::Network(MtpIndication::Transfer(to_as(sls))));
        let [
            Output::Send(A, Message::Data(a)),
            Output::Send(B, Message::Data(b)),
        ] = &outputs[..]
        else {
            panic!("{outputs:?}");
        };
        assert_eq!(a, b);
        ids.push(a.correlation_id);
    }
    assert_eq!(ids, [Some(1), None, Some(2)]);
}

#[test]
fn pending_as_holds_traffic_for_the_asp_that_comes_back() {
    let mut l = Ladder::active();
    assert_eq!(
        l.receive(A, aspia()),
        [
            asp_is(A, AspState::Inactive),
            sends(A, aspia_ack()),
            as_is(AsState::Pending),
            sends(A, notify(Status::AsPending)),
        ]
    );
    for sls in 0..2 {
        let held = l.input(Input::Network(MtpIndication::Transfer(to_as(sls))));
        assert_eq!(held, []);
    }
    // The queue of this test holds two.
    assert_eq!(
        l.input(Input::Network(MtpIndication::Transfer(to_as(2)))),
        [Output::NotSent(to_as(2), NotSent::QueueFull)]
    );
    assert_eq!(
        l.receive(A, aspac(None)),
        [
            asp_is(A, AspState::Active),
            sends(A, aspac_ack(None)),
            as_is(AsState::Active),
            sends(A, notify(Status::AsActive)),
            sends(A, data(Some(7), to_as(0))),
            sends(A, data(Some(7), to_as(1))),
        ]
    );
    assert_eq!(l.sgp.poll_timeout(), None);
}

#[test]
fn recovery_timer_drops_what_was_held_and_pauses_the_point_code() {
    let mut l = Ladder::active();
    assert_eq!(
        l.input(Input::AssociationDown(A)),
        [asp_is(A, AspState::Down), as_is(AsState::Pending)]
    );
    let due = (l.now + RECOVERY, Timer::Recovery(0));
    assert_eq!(l.sgp.poll_timeout(), Some(due));
    l.input(Input::Network(MtpIndication::Transfer(to_as(0))));
    assert_eq!(l.after(RECOVERY - Duration::from_millis(1)), []);
    assert_eq!(
        l.after(Duration::from_millis(1)),
        [
            Output::NotSent(to_as(0), NotSent::Unavailable),
            as_is(AsState::Down),
            pause(),
        ]
    );
    assert_eq!(
        l.input(Input::Network(MtpIndication::Transfer(to_as(0)))),
        [Output::NotSent(to_as(0), NotSent::Unavailable)]
    );
    // Back again: the network is told.
    l.up(A);
    assert!(l.receive(A, aspac(None)).contains(&resume()));
}

#[test]
fn recovery_timer_leaves_the_as_inactive_if_an_asp_is() {
    let mut l = Ladder::active();
    l.up(B);
    l.input(Input::AssociationDown(A));
    assert_eq!(
        l.after(RECOVERY),
        [
            as_is(AsState::Inactive),
            sends(B, notify(Status::AsInactive)),
            pause(),
        ]
    );
}

#[test]
fn message_for_no_as_is_dropped() {
    let mut l = Ladder::active();
    let stray = MtpTransfer {
        dpc: pc(5),
        ..to_as(0)
    };
    assert_eq!(
        l.input(Input::Network(MtpIndication::Transfer(stray.clone()))),
        [Output::NotSent(stray, NotSent::NoApplicationServer)]
    );
}

#[test]
fn news_of_destinations_go_to_active_asps_only() {
    let mut l = Ladder::active();
    l.up(B);
    let duna = Duna {
        routing_contexts: vec![7],
        affected: affected(2),
        ..Duna::default()
    };
    assert_eq!(
        l.input(Input::Network(MtpIndication::Pause(pc(2)))),
        [sends(A, duna.clone())]
    );
    // B becomes active: it is told before its acknowledgement.
    assert_eq!(
        l.receive(B, aspac(None)),
        [
            sends(B, duna.clone()),
            asp_is(B, AspState::Active),
            sends(B, aspac_ack(None)),
        ]
    );
    assert_eq!(l.receive(A, data(Some(7), from_as(2))), [sends(A, duna)]);
    let dava = Dava {
        routing_contexts: vec![7],
        affected: affected(2),
        ..Dava::default()
    };
    assert_eq!(
        l.input(Input::Network(MtpIndication::Resume(pc(2)))),
        [sends(A, dava.clone()), sends(B, dava)]
    );
    let scon = Scon {
        routing_contexts: vec![7],
        affected: affected(2),
        level: Some(2),
        ..Scon::default()
    };
    let congestion = MtpIndication::Status(pc(2), MtpStatus::Congestion(2));
    assert_eq!(
        l.input(Input::Network(congestion)),
        [sends(A, scon.clone()), sends(B, scon)]
    );
    let status = MtpIndication::Status(pc(2), MtpStatus::UserPartUnequipped);
    let outputs = l.input(Input::Network(status));
    let [Output::Send(A, Message::Dupu(dupu)), Output::Send(B, _)] = &outputs[..] else {
        panic!("{outputs:?}");
    };
    assert_eq!(dupu.cause, UnavailabilityCause::UnequippedRemoteUser);
}

#[test]
fn audit_is_answered_once_for_each_point_code() {
    let mut l = Ladder::with(|s| s.destinations = vec![pc(2), pc(3), pc(8)]);
    l.activate(A);
    l.input(Input::Network(MtpIndication::Pause(pc(3))));
    let congestion = MtpIndication::Status(pc(8), MtpStatus::Congestion(1));
    l.input(Input::Network(congestion));
    let daud = Daud {
        routing_contexts: vec![7],
        affected: vec![
            AffectedPointCode {
                mask: 24,
                point_code: pc(0),
            },
            AffectedPointCode::one(pc(2)),
            AffectedPointCode::one(pc(99)),
        ],
        ..Daud::default()
    };
    let list = |values: &[u32]| -> Vec<AffectedPointCode> {
        values.iter().flat_map(|v| affected(*v)).collect()
    };
    let scon = Scon {
        routing_contexts: vec![7],
        affected: affected(8),
        level: Some(1),
        ..Scon::default()
    };
    let dava = Dava {
        routing_contexts: vec![7],
        affected: list(&[2, 8]),
        ..Dava::default()
    };
    let duna = Duna {
        routing_contexts: vec![7],
        affected: list(&[3, 99]),
        ..Duna::default()
    };
    assert_eq!(
        l.receive(A, daud),
        [sends(A, scon), sends(A, dava), sends(A, duna)]
    );
}

#[test]
fn congested_asp_is_reported_to_the_network() {
    let mut l = Ladder::active();
    let scon = Scon {
        affected: affected(1),
        level: Some(3),
        ..Scon::default()
    };
    assert_eq!(
        l.receive(A, scon),
        [Output::Network(MtpIndication::Status(
            pc(1),
            MtpStatus::Congestion(3)
        ))]
    );
}

#[test]
fn heartbeat_is_answered_even_before_asp_up() {
    let mut l = Ladder::new();
    l.input(Input::AssociationUp(A, AspSettings::default()));
    let data = Some(vec![9]);
    assert_eq!(
        l.receive(A, Heartbeat { data: data.clone() }),
        [sends(A, HeartbeatAck { data })]
    );
}

#[test]
fn what_only_gateways_send_is_unexpected_and_errors_are_not_answered() {
    let mut l = Ladder::active();
    let code = ErrorCode::UnexpectedMessage;
    let messages: [Message; 7] = [
        AspUpAck::default().into(),
        AspDownAck::default().into(),
        AspActiveAck::default().into(),
        AspInactiveAck::default().into(),
        notify(Status::AsActive).into(),
        Duna::default().into(),
        Dava::default().into(),
    ];
    for message in messages {
        let name = message.name();
        assert_eq!(
            l.receive(A, message),
            [sends(A, error(code, &[])), refused(A, name, code)]
        );
    }
    assert_eq!(l.receive(A, Error::new(code)), [Output::Reported(A, code)]);
}

#[test]
fn restart_puts_the_asp_down_and_lets_it_begin_again() {
    let mut l = Ladder::active();
    assert_eq!(
        l.input(Input::AssociationRestarted(A)),
        [asp_is(A, AspState::Down), as_is(AsState::Pending)]
    );
    assert_eq!(
        l.receive(A, AspUp::default())[..2],
        [asp_is(A, AspState::Inactive), sends(A, AspUpAck::default())]
    );
    assert!(
        l.receive(A, aspac(None))
            .contains(&sends(A, aspac_ack(None)))
    );
}

#[test]
fn stop_puts_all_asps_down() {
    let mut l = Ladder::active();
    l.up(B);
    let outputs = l.input(Input::Stop);
    assert!(outputs.contains(&sends(A, AspDownAck::default())));
    assert!(outputs.contains(&sends(B, AspDownAck::default())));
    assert_eq!(l.sgp.asps_up().count(), 0);
}

#[test]
fn strangers_are_not_heard() {
    let mut l = Ladder::new();
    assert_eq!(l.receive(A, AspUp::default()), []);
}
