//! The M3UA codec, beside a copy of the octets. Every message of ISUP goes through it.

use divan::{AllocProfiler, Bencher, black_box, counter::BytesCount};
use trunkline_benches::cpu::{Work, compare};
use trunkline_benches::messages::{IAM, RLC};
use trunkline_m3ua::msg::{Data, Notify, ProtocolData};
use trunkline_m3ua::{
    AffectedPointCode, Message, RoutingKey, RoutingKeyDestination, Status, decode, encode, msg,
};
use trunkline_model::{NetworkIndicator, PointCode};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
    if trunkline_benches::measuring_everything() {
        for name in NAMES {
            let message = message(name);
            let octets = encode(&message);
            let work = vec![
                Work::new("copy of the octets", TIMES, || black_box(&octets).to_vec()),
                Work::new("decode", TIMES, || decode(black_box(&octets))),
                Work::new("encode", TIMES, || encode(black_box(&message))),
            ];
            compare(name, ROUNDS, work);
        }
    }
}

#[divan::bench(args = NAMES)]
fn copy(bencher: Bencher, name: &str) {
    let octets = encode(&message(name));
    bencher
        .counter(BytesCount::of_slice(&octets))
        .bench(|| black_box(&octets).to_vec());
}

#[divan::bench(args = NAMES)]
fn decoding(bencher: Bencher, name: &str) {
    let octets = encode(&message(name));
    bencher
        .counter(BytesCount::of_slice(&octets))
        .bench(|| decode(black_box(&octets)));
}

#[divan::bench(args = NAMES)]
fn encoding(bencher: Bencher, name: &str) {
    let message = message(name);
    bencher
        .counter(BytesCount::of_slice(&encode(&message)))
        .bench(|| encode(black_box(&message)));
}

fn message(name: &str) -> Message {
    let data = |user: &[u8]| Data {
        network_appearance: None,
        routing_context: Some(7),
        protocol_data: ProtocolData {
            opc: point_code(1),
            dpc: point_code(2),
            si: 5,
            ni: NetworkIndicator::National,
            mp: 0,
            sls: 9,
            data: user.to_vec(),
        },
        correlation_id: None,
    };
    match name {
        "DATA, IAM" => data(IAM).into(),
        "DATA, RLC" => data(RLC).into(),
        "DATA, all parameters" => Data {
            network_appearance: Some(3),
            correlation_id: Some(4),
            ..data(IAM)
        }
        .into(),
        "NTFY" => Notify {
            status: Status::AsActive,
            asp_identifier: None,
            routing_contexts: vec![7],
            info: None,
        }
        .into(),
        _ => msg::RegReq {
            routing_keys: vec![RoutingKey {
                local_rk_identifier: 1,
                routing_context: None,
                traffic_mode: None,
                network_appearance: None,
                destinations: vec![RoutingKeyDestination {
                    service_indicators: vec![5],
                    ..RoutingKeyDestination::to(AffectedPointCode::one(point_code(2)))
                }],
            }],
        }
        .into(),
    }
}

fn point_code(value: u32) -> PointCode {
    PointCode::new(value).expect("a point code of 14 bits")
}

const NAMES: [&str; 5] = [
    "DATA, IAM",
    "DATA, RLC",
    "DATA, all parameters",
    "NTFY",
    "REG_REQ",
];
const TIMES: u32 = 200_000;
const ROUNDS: usize = 15;
