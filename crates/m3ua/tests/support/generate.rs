//! Messages of every type with everything that they may hold.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use trunkline_m3ua::msg::{
    AspActive, AspActiveAck, AspDown, AspDownAck, AspInactive, AspInactiveAck, AspUp, AspUpAck,
    Data, Daud, Dava, DeregReq, DeregRsp, Drst, Duna, Dupu, Error, Heartbeat, HeartbeatAck, Notify,
    ProtocolData, RegReq, RegRsp, Scon, UnavailabilityCause,
};
use trunkline_m3ua::{
    AffectedPointCode, DeregistrationResult, DeregistrationStatus, ErrorCode, InfoString, Message,
    RegistrationResult, RegistrationStatus, RoutingKey, RoutingKeyDestination, Status, TrafficMode,
};
use trunkline_model::{NetworkIndicator, PointCode};

/// Structs of one shape, each field with the strategy of its values.
macro_rules! shape {
    (@one $type:ident { $($field:ident: $strategy:expr,)+ }) => {{
        let fields = ($($strategy,)+);
        fields.prop_map(|($($field,)+)| Message::from($type { $($field,)+ }))
    }};
    ($($type:ident)+ = $fields:tt) => {
        prop_oneof![$(shape!(@one $type $fields)),+]
    };
}

/// A message of any type.
pub(crate) fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        3 => data(),
        4 => shape!(Duna Dava Daud Drst = {
            network_appearance: number(),
            routing_contexts: contexts(),
            affected: vec(affected(), 1..6),
            info: info(),
        }),
        1 => shape!(Scon = {
            network_appearance: number(),
            routing_contexts: contexts(),
            affected: vec(affected(), 1..6),
            concerned: option::of(point_code()),
            level: option::of(any::<u8>()),
            info: info(),
        }),
        1 => shape!(Dupu = {
            network_appearance: number(),
            routing_contexts: contexts(),
            affected: point_code(),
            cause: known(UnavailabilityCause::NAMED, UnavailabilityCause::from_value),
            user: any::<u16>(),
            info: info(),
        }),
        2 => shape!(AspUp AspUpAck = { asp_identifier: number(), info: info(), }),
        2 => shape!(AspDown AspDownAck = { info: info(), }),
        2 => shape!(Heartbeat HeartbeatAck = { data: octets(), }),
        2 => shape!(AspActive AspActiveAck = {
            traffic_mode: option::of(traffic_mode()),
            routing_contexts: contexts(),
            info: info(),
        }),
        2 => shape!(AspInactive AspInactiveAck = { routing_contexts: contexts(), info: info(), }),
        1 => shape!(Error = {
            code: known(ErrorCode::NAMED, ErrorCode::from_value),
            routing_contexts: contexts(),
            affected: vec(affected(), 0..6),
            network_appearance: number(),
            diagnostic: octets(),
        }),
        1 => shape!(Notify = {
            status: status(),
            asp_identifier: number(),
            routing_contexts: contexts(),
            info: info(),
        }),
        2 => shape!(RegReq = { routing_keys: vec(routing_key(), 1..4), }),
        1 => shape!(RegRsp = { results: vec(registration_result(), 1..6), }),
        1 => shape!(DeregReq = { routing_contexts: vec(any::<u32>(), 1..6), }),
        1 => shape!(DeregRsp = { results: vec(deregistration_result(), 1..6), }),
    ]
}

fn data() -> impl Strategy<Value = Message> {
    let label = (
        point_code(),
        point_code(),
        any::<u8>(),
        (0..4_u8).prop_map(NetworkIndicator::from_bits),
        any::<u8>(),
        any::<u8>(),
    );
    let transfer = (label, vec(any::<u8>(), 0..40));
    let transfer = transfer.prop_map(|((opc, dpc, si, ni, mp, sls), data)| ProtocolData {
        opc,
        dpc,
        si,
        ni,
        mp,
        sls,
        data,
    });
    shape!(Data = {
        network_appearance: number(),
        routing_context: number(),
        protocol_data: transfer,
        correlation_id: number(),
    })
}

fn routing_key() -> impl Strategy<Value = RoutingKey> {
    let destination = (affected(), vec(any::<u8>(), 0..6), vec(affected(), 0..4));
    let destination =
        destination.prop_map(|(dpc, service_indicators, opcs)| RoutingKeyDestination {
            dpc,
            service_indicators,
            opcs,
        });
    let fields = (
        any::<u32>(),
        number(),
        option::of(traffic_mode()),
        number(),
        vec(destination, 1..4),
    );
    fields.prop_map(
        |(local_rk_identifier, routing_context, traffic_mode, network_appearance, destinations)| {
            RoutingKey {
                local_rk_identifier,
                routing_context,
                traffic_mode,
                network_appearance,
                destinations,
            }
        },
    )
}

fn registration_result() -> impl Strategy<Value = RegistrationResult> {
    let status = known(RegistrationStatus::NAMED, RegistrationStatus::from_value);
    let fields = (any::<u32>(), status, any::<u32>());
    fields.prop_map(
        |(local_rk_identifier, status, routing_context)| RegistrationResult {
            local_rk_identifier,
            status,
            routing_context,
        },
    )
}

fn deregistration_result() -> impl Strategy<Value = DeregistrationResult> {
    let status = known(
        DeregistrationStatus::NAMED,
        DeregistrationStatus::from_value,
    );
    (any::<u32>(), status).prop_map(|(routing_context, status)| DeregistrationResult {
        routing_context,
        status,
    })
}

/// A code of the standard, or any other.
fn known<V: Arbitrary, T: Copy + std::fmt::Debug + 'static>(
    named: &'static [T],
    from: fn(V) -> T,
) -> impl Strategy<Value = T> {
    prop_oneof![3 => prop::sample::select(named), 1 => any::<V>().prop_map(from)]
}

fn traffic_mode() -> impl Strategy<Value = TrafficMode> {
    known(TrafficMode::NAMED, TrafficMode::from_value)
}

fn status() -> impl Strategy<Value = Status> {
    let any = (any::<u16>(), any::<u16>());
    prop_oneof![(1..3_u16, 1..5_u16), any].prop_map(|(a, b)| Status::from_values(a, b))
}

fn number() -> impl Strategy<Value = Option<u32>> {
    option::of(any::<u32>())
}

fn contexts() -> impl Strategy<Value = Vec<u32>> {
    vec(any::<u32>(), 0..4)
}

fn affected() -> impl Strategy<Value = AffectedPointCode> {
    (any::<u8>(), point_code())
        .prop_map(|(mask, point_code)| AffectedPointCode { mask, point_code })
}

fn point_code() -> impl Strategy<Value = PointCode> {
    prop_oneof![0..1_u32 << 14, 0..=PointCode::MAX].prop_map(|value| PointCode::new(value).unwrap())
}

fn octets() -> impl Strategy<Value = Option<Vec<u8>>> {
    option::of(vec(any::<u8>(), 0..60))
}

fn info() -> impl Strategy<Value = Option<InfoString>> {
    option::of("[ -~]{0,20}|[a-zäöüß€]{80,90}".prop_map(|text| InfoString::new(&text)))
}
