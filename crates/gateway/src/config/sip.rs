//! `sip:`

mod limits;
mod listen;
mod peers;
mod registrar;
mod secret;

pub(crate) use listen::{SipSockets, word};
pub(crate) use registrar::RegistrarSettings;

use super::address;
use super::problem::Check;
use super::raw::{RawSip, RawSipSessionTimer};
use core::time::Duration;
use trunkline_mgc::{AddressRange, CallTimers, SipPeer};
use trunkline_model::media::Codec;
use trunkline_sip::Method;
use trunkline_sip::endpoint::{EndpointConfig, RefreshedBy, ReliableProvisionals, SessionTimer};
use trunkline_sip::sdp::{Capabilities, Preference};

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

const RELIABLE: [(&str, ReliableProvisionals); 3] = [
    ("off", ReliableProvisionals::Off),
    ("supported", ReliableProvisionals::Supported),
    ("required", ReliableProvisionals::Required),
];

const REFRESHERS: [(&str, Option<RefreshedBy>); 3] = [
    ("any", None),
    ("us", Some(RefreshedBy::Us)),
    ("peer", Some(RefreshedBy::Peer)),
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

    let peers = peers::check(check, &raw.peers, &locals);

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
    endpoint.limits = Some(limits::check(check, raw, &admitted, &peers));
    if registrar.is_some() {
        endpoint.methods.push(Method::Register);
    }
    endpoint.reliable_provisionals = ReliableProvisionals::Supported;
    if let Some(text) = &raw.reliable_provisionals
        && let Some(reliable) = check.choose(text, "sip.reliable_provisionals", &RELIABLE)
    {
        endpoint.reliable_provisionals = reliable;
    }
    let session_timer = raw.session_timer.as_ref();
    endpoint.session_timer = session_timer.map(|raw| session_timer_of(check, raw));
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

fn session_timer_of(check: &mut Check, raw: &RawSipSessionTimer) -> SessionTimer {
    // RFC 4028 5: never under 90 s.
    let range = 90..=86_400;
    let min_se = raw.min_se.as_ref();
    let min_se = check.within(min_se, "sip.session_timer.min_se", 90, range.clone());
    let interval = raw.interval.as_ref();
    let interval = check.within(interval, "sip.session_timer.interval", 1_800, range);
    if let Some(given) = raw.interval.as_ref().filter(|_| interval < min_se) {
        let what = format!("{interval} is less than min_se, {min_se}");
        check.at(given, "sip.session_timer.interval", what);
    }
    let refresher = raw
        .refresher
        .as_ref()
        .and_then(|text| check.choose(text, "sip.session_timer.refresher", &REFRESHERS));
    SessionTimer {
        interval: Duration::from_secs(interval),
        min_se: Duration::from_secs(min_se),
        refresher: refresher.flatten(),
    }
}
