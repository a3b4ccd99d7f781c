//! DATA through M3UA and the adapter, without sockets: an ASP and a gateway joined in memory.
//! Beside it the codec alone. How many a core takes a second is one through the time.

use divan::{Bencher, black_box};
use trunkline_benches::cpu::{Work, compare};
use trunkline_benches::messages::IAM;
use trunkline_m3ua::{PAYLOAD_PROTOCOL_IDENTIFIER, decode, encode};
use trunkline_model::mtp::{MtpIndication, MtpTransfer};
use trunkline_model::{NetworkIndicator, PointCode, Time};
use trunkline_signaling::adapter::{
    Adapter, AssociationEvent, AssociationId, FIRST_INCOMING, Input, Output,
};
use trunkline_signaling::{Config, PeerConfig, Route, SignalingEvent, Transport, Way};

fn main() {
    divan::main();
    if trunkline_benches::measuring_everything() {
        let mut pair = Pair::active();
        let octets = pair.sent();
        let message = decode(&octets).expect("DATA");
        let mut there = Pair::active();
        let mut back = Pair::active();
        let work = vec![
            Work::new("encode", TIMES, || encode(black_box(&message))),
            Work::new("decode", TIMES, || decode(black_box(&octets))),
            Work::new("ASP sends", TIMES, || pair.sent()),
            Work::new("gateway receives", TIMES, || there.received(octets.clone())),
            Work::new("from user to user", TIMES, || {
                let octets = back.sent();
                back.received(octets)
            }),
        ];
        compare("DATA with an IAM", ROUNDS, work);
    }
}

#[divan::bench]
fn asp_sends(bencher: Bencher) {
    let mut pair = Pair::active();
    bencher.bench_local(|| pair.sent());
}

#[divan::bench]
fn gateway_receives(bencher: Bencher) {
    let mut pair = Pair::active();
    let octets = pair.sent();
    bencher.bench_local(|| pair.received(octets.clone()));
}

/// Both ends of one association.
struct Pair {
    asp: Adapter,
    gateway: Adapter,
    transfer: MtpTransfer,
}

const ASP: AssociationId = AssociationId(0);
const GATEWAY: AssociationId = AssociationId(FIRST_INCOMING);
const NOW: Time = Time::from_secs(1_000);

impl Pair {
    /// Traffic flows.
    fn active() -> Self {
        let [own, exchange] = [1, 2].map(|code| PointCode::new(code).expect("14 bits"));
        let address = "127.0.0.1:2905".parse().expect("an address");
        let mut config = Config::new(own);
        config.peers = vec![PeerConfig::new("sg", Transport::RawIp, address, address)];
        config.routes = vec![Route {
            dpc: exchange,
            ways: vec![Way::over("sg")],
        }];
        let gateway = Config::gateway(exchange, own);
        let mut pair = Self {
            asp: Adapter::new(&config, NOW, 1).expect("a configuration"),
            gateway: Adapter::new(&gateway, NOW, 2).expect("a configuration"),
            transfer: MtpTransfer {
                opc: own,
                dpc: exchange,
                si: 5,
                ni: NetworkIndicator::National,
                mp: 0,
                sls: 3,
                data: IAM.to_vec(),
            },
        };
        let up = AssociationEvent::Up {
            peer: address,
            outbound_streams: 17,
        };
        pair.tell_gateway(up.clone());
        pair.asp.handle(NOW, Input::Association(ASP, up));
        let mut resumed = 0;
        loop {
            if let Some(output) = pair.asp.poll_output() {
                match output {
                    Output::Send { data, .. } => pair.tell_gateway(message(data)),
                    Output::Event(SignalingEvent::Mtp(MtpIndication::Resume(_))) => resumed += 1,
                    _ => {}
                }
            } else if let Some(output) = pair.gateway.poll_output() {
                match output {
                    Output::Send { data, .. } => {
                        let event = message(data);
                        pair.asp.handle(NOW, Input::Association(ASP, event));
                    }
                    Output::Event(SignalingEvent::Mtp(MtpIndication::Resume(_))) => resumed += 1,
                    _ => {}
                }
            } else {
                assert_eq!(resumed, 2, "both ends have traffic");
                return pair;
            }
        }
    }

    fn tell_gateway(&mut self, event: AssociationEvent) {
        self.gateway.handle(NOW, Input::Association(GATEWAY, event));
    }

    /// The octets of an MTP-TRANSFER request.
    fn sent(&mut self) -> Vec<u8> {
        self.asp.handle(NOW, Input::Transfer(self.transfer.clone()));
        match self.asp.poll_output() {
            Some(Output::Send { data, .. }) => data,
            other => unreachable!("{other:?} is no DATA"),
        }
    }

    /// What the user at the gateway gets of it.
    fn received(&mut self, octets: Vec<u8>) -> MtpTransfer {
        self.tell_gateway(message(octets));
        match self.gateway.poll_output() {
            Some(Output::Event(SignalingEvent::Mtp(MtpIndication::Transfer(transfer)))) => transfer,
            other => unreachable!("{other:?} is no MTP-TRANSFER"),
        }
    }
}

fn message(data: Vec<u8>) -> AssociationEvent {
    AssociationEvent::Message {
        stream: None,
        ppid: Some(PAYLOAD_PROTOCOL_IDENTIFIER),
        data,
    }
}

const TIMES: u32 = 100_000;
const ROUNDS: usize = 15;
