//! `sip:`

mod listen;
mod registrar;
mod secret;

pub(crate) use listen::{SipSockets, word};
pub(crate) use registrar::RegistrarSettings;

use super::address;
use super::problem::Check;
use super::raw::RawSip;
use core::time::Duration;
use trunkline_mgc::{AddressRange, CallTimers, SipPeer};
use trunkline_model::media::Codec;
use trunkline_sip::endpoint::EndpointConfig;
use trunkline_sip::sdp::{Capabilities, Preference};
use trunkline_sip::{Method, Transport};

pub(super) struct Sip {
    pub(super) sockets: SipSockets,
    pub(super) endpoint: EndpointConfig,
    pub(super) admitted: Vec<AddressRange>,
    pub(super) peers: Vec<SipPeer>,
    pub(super) registrar: Option<RegistrarSettings>,
    pub(super) capabilities: Capabilities,
    pub(super) timers: CallTimers,
}

pub(super) const CODECS: [(&str, Codec); 4] = [
    ("opus", Codec::Opus),
    ("pcma", Codec::Pcma),
    ("pcmu", Codec::Pcmu),
    ("g729", Codec::G729),
];

pub(super) fn check(check: &mut Check, raw: &RawSip) -> Option<Sip> {
    let sockets = listen::check(check, raw);
    let locals = sockets.locals();

    let admitted = match &raw.admit {
        // Nobody beyond this machine until the operator says who.
        None => vec![
            AddressRange {
                address: [127, 0, 0, 0].into(),
                prefix: 8,
            },
            AddressRange {
                address: std::net::Ipv6Addr::LOCALHOST.into(),
                prefix: 128,
            },
        ],
        Some(list) => list
            .iter()
            .enumerate()
            .filter_map(|(position, text)| {
                address::range(check, text, &format!("sip.admit[{position}]"))
            })
            .collect(),
    };

    let mut peers = Vec::new();
    for (name, peer) in &raw.peers {
        let key = format!("sip.peers.{name}");
        let transport = match &peer.transport {
            None => Some(Transport::Udp),
            Some(text) => check.choose(text, &format!("{key}.transport"), &listen::TRANSPORTS),
        };
        let address = address::socket(check, &peer.address, &format!("{key}.address"));
        let (Some(transport), Some(address)) = (transport, address) else {
            continue;
        };
        let reached = |(of, local): &(Transport, std::net::SocketAddr)| {
            *of == transport && local.is_ipv4() == address.is_ipv4()
        };
        if !locals.iter().any(reached) {
            let what = format!(
                "no address of this family for {} is in sip.listen",
                word(transport)
            );
            check.at(&peer.address, format!("{key}.address"), what);
        }
        peers.push(SipPeer::at(name, transport, address));
    }

    let registrar = match &raw.registrar {
        Some(raw) => Some(registrar::check(check, raw)?),
        None => None,
    };

    let mut codecs = Vec::new();
    for (position, text) in raw.codecs.iter().flatten().enumerate() {
        let key = format!("sip.codecs[{position}]");
        let codec = check.choose(text, &key, &CODECS);
        if codec.is_some_and(|codec| codecs.contains(&codec)) {
            check.at(text, key, format_args!("{:?} is there twice", text.value));
        }
        codecs.extend(codec);
    }
    if codecs.is_empty() {
        codecs = Codec::ALL.to_vec();
    }
    let ptime = raw.ptime.as_ref().map_or(20, |ptime| {
        if !(10..=60).contains(&ptime.value) || ptime.value % 10 != 0 {
            check.at(ptime, "sip.ptime", "must be 10, 20, 30, 40, 50 or 60 ms");
        }
        ptime.value
    });

    let millis = |value| Duration::from_millis(value);
    let mut endpoint = EndpointConfig::new([0; 32]);
    endpoint.locals = locals;
    if registrar.is_some() {
        endpoint.methods.push(Method::Register);
    }
    let timers = &raw.timers;
    endpoint.timers.t1 = millis(check.within(timers.t1.as_ref(), "sip.timers.t1", 500, 10..=5_000));
    endpoint.timers.t2 =
        millis(check.within(timers.t2.as_ref(), "sip.timers.t2", 4_000, 10..=60_000));
    endpoint.timers.t4 =
        millis(check.within(timers.t4.as_ref(), "sip.timers.t4", 5_000, 10..=60_000));
    let answer = check.within(timers.answer.as_ref(), "sip.timers.answer", 180, 1..=3_600);

    Some(Sip {
        sockets,
        endpoint,
        admitted,
        peers,
        registrar,
        capabilities: Capabilities {
            codecs,
            telephone_event: true,
            ptime,
            preference: Preference::Offer,
        },
        timers: CallTimers {
            answer: Duration::from_secs(answer),
            ..CallTimers::default()
        },
    })
}
