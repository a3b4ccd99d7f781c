//! The SIP codec, beside a copy of the octets.

use divan::{AllocProfiler, Bencher, black_box, counter::BytesCount};
use std::net::SocketAddr;
use trunkline_benches::cpu::{Work, compare};
use trunkline_benches::messages::{SDP, invite};
use trunkline_model::Time;
use trunkline_sip::endpoint::{Endpoint, EndpointConfig, Event, NextHop, OutgoingInvite, Output};
use trunkline_sip::sdp::SessionDescription;
use trunkline_sip::{Builder, Flow, Message, Name, Transport, uri};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
    if trunkline_benches::measuring_everything() {
        let text = invite(1).into_bytes();
        let request = Message::parse(text.clone()).expect("an INVITE of this crate");
        compare(
            &format!("INVITE of {} octets, SDP of {}", text.len(), SDP.len()),
            ROUNDS,
            vec![
                Work::new("copy of the octets", TIMES, || black_box(&text).clone()),
                Work::new("INVITE, framed and checked", TIMES, || {
                    Message::parse(black_box(&text).clone())
                }),
                Work::new("INVITE, to typed headers", TIMES, || {
                    typed(black_box(&text).clone())
                }),
                Work::new("INVITE, to typed headers and SDP", TIMES, || {
                    (typed(black_box(&text).clone()), description(SDP.as_bytes()))
                }),
                Work::new("SDP", TIMES, || description(black_box(SDP.as_bytes()))),
                Work::new("200 with SDP, built", TIMES, || ok(black_box(&request))),
            ],
        );
    }
}

#[divan::bench]
fn copy_of_an_invite(bencher: Bencher) {
    let text = invite(1).into_bytes();
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| black_box(&text).clone());
}

#[divan::bench]
fn invite_to_typed_headers(bencher: Bencher) {
    let text = invite(1).into_bytes();
    bencher
        .counter(BytesCount::of_slice(&text))
        .with_inputs(|| text.clone())
        .bench_values(typed);
}

#[divan::bench]
fn sdp(bencher: Bencher) {
    bencher
        .counter(BytesCount::of_str(SDP))
        .bench(|| description(black_box(SDP.as_bytes())));
}

#[divan::bench]
fn ok_with_sdp(bencher: Bencher) {
    let request = Message::parse(invite(1).into_bytes()).expect("an INVITE of this crate");
    bencher.bench(|| ok(black_box(&request)));
}

/// All that a gateway wants to know of an INVITE, in types.
/// INVITE, 100, 180, 200, ACK, BYE, 200: both ends, with all their messages read and written.
#[divan::bench]
fn invite_to_bye(bencher: Bencher) {
    let end = |local: SocketAddr, seed| {
        let mut config = EndpointConfig::new([seed; 32]);
        config.locals = vec![(Transport::Udp, local)];
        (local, Endpoint::new(config))
    };
    bencher
        .with_inputs(|| {
            [
                end(address("192.0.2.1:5060"), 1),
                end(address("192.0.2.2:5060"), 2),
            ]
        })
        .bench_local_values(|mut ends| {
            exchange(&mut ends);
            ends
        });
}

/// One whole call between two endpoints.
fn exchange(ends: &mut [(SocketAddr, Endpoint); 2]) {
    let now = Time::from_secs(1);
    let invite = OutgoingInvite {
        request_uri: "sip:+4930123456@192.0.2.2".to_owned(),
        from: "<sip:+4940987654@192.0.2.1>".to_owned(),
        to: "<sip:+4930123456@192.0.2.2>".to_owned(),
        headers: Vec::new(),
        sdp: Some(SDP.as_bytes().to_vec()),
        max_forwards: 70,
        credentials: None,
    };
    let flow = Flow::udp(ends[0].0, ends[1].0);
    ends[0].1.invite(now, NextHop::Flow(flow), invite);
    let mut ended = 0;
    while ended < 2 {
        for side in [0, 1] {
            while let Some(output) = ends[side].1.poll_output() {
                match output {
                    Output::Transmit { flow, data, .. } => {
                        let back = Flow::udp(flow.remote, flow.local);
                        ends[1 - side].1.receive(now, back, &data);
                    }
                    Output::Event(event) => {
                        ended += u32::from(react(&mut ends[side].1, now, event))
                    }
                    Output::Resolve(question) => unreachable!("{question:?}"),
                }
            }
        }
    }
}

/// What the application does; whether its session is over.
fn react(endpoint: &mut Endpoint, now: Time, event: Event) -> bool {
    let sdp = Some(SDP.as_bytes());
    match event {
        Event::Invite { id, .. } => {
            endpoint
                .provisional(now, id, 180, "", &[], None)
                .expect("an INVITE waits");
            endpoint.accept(now, id, &[], sdp).expect("an INVITE waits");
        }
        Event::Answered { id, .. } => {
            endpoint.ack(now, id, None);
            endpoint.bye(now, id, &[]);
        }
        Event::Bye { .. } | Event::Ended { .. } => return true,
        Event::Provisional { .. } | Event::Acked { .. } => {}
        other => unreachable!("{other:?}"),
    }
    false
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address of this file")
}

fn typed(data: Vec<u8>) -> Message {
    let message = Message::parse(data).expect("an INVITE of this crate");
    black_box(message.request_uri().map(uri::parse))
        .expect("a request")
        .expect("a URI");
    black_box(message.via()).expect("a Via");
    for address in [message.from(), message.to()] {
        black_box((address.tag(), address.parsed_uri()))
            .1
            .expect("a URI");
    }
    black_box((message.call_id(), message.cseq(), message.max_forwards()));
    black_box(message.contact())
        .expect("a contact")
        .expect("an address");
    let identity = message
        .headers(Name::PAssertedIdentity)
        .next()
        .expect("an identity");
    black_box(trunkline_sip::NameAddr::parse(identity)).expect("an address");
    message
}

fn description(octets: &[u8]) -> SessionDescription {
    SessionDescription::parse(octets).expect("an SDP of this crate")
}

fn ok(request: &Message) -> Vec<u8> {
    Builder::response_to(request, 200, "OK", Some("8321234356"))
        .header(Name::Contact, "<sip:192.0.2.1:5060>")
        .header(Name::Allow, "INVITE, ACK, CANCEL, BYE, OPTIONS")
        .header(Name::Server, "Trunkline")
        .body("application/sdp", SDP.as_bytes())
        .build()
}

const TIMES: u32 = 50_000;
const ROUNDS: usize = 15;
