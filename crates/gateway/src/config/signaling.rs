//! `signaling:`

use super::address;
use super::peers::{self, Around};
use super::problem::Check;
use super::raw::{RawPointCode, RawSignaling, ScalarOr, at};
use super::sctp;
use trunkline_isup::PointCodeFormat;
use trunkline_m3ua::sgp;
use trunkline_model::{NetworkIndicator, PointCode};
use trunkline_signaling::config::{DEFAULT_ASSOCIATIONS, DEFAULT_QUEUE, DEFAULT_STREAMS};
use trunkline_signaling::{Config, LocalPointCode, SctpTimers};

pub(super) struct Signaling {
    pub(super) adapter: Config,
    pub(super) point_code: PointCode,
    pub(super) ni: NetworkIndicator,
}

/// How the point codes of the file are written.
pub(super) fn format(check: &mut Check, raw: &RawSignaling) -> PointCodeFormat {
    let Some(text) = &raw.point_code_format else {
        return PointCodeFormat::ITU;
    };
    let expected = "a format of point codes, as 3-8-3, 5-4-7 or 8-8-8";
    let format = check.parse(text, "signaling.point_code_format", expected);
    format.unwrap_or(PointCodeFormat::ITU)
}

pub(super) fn check(
    check: &mut Check,
    raw: &RawSignaling,
    format: PointCodeFormat,
) -> Option<Signaling> {
    let opc = address::point_code(check, &raw.point_code, "signaling.point_code", format);
    let ni = address::network_indicator(
        check,
        raw.network_indicator.as_ref(),
        "signaling.network_indicator",
    );
    let mut own: Vec<LocalPointCode> = opc.into_iter().map(LocalPointCode::from).collect();
    for (position, entry) in raw.further_point_codes.iter().enumerate() {
        let key = format!("signaling.further_point_codes[{position}]");
        let simple;
        let full = match &entry.value {
            ScalarOr::Full(full) => full,
            ScalarOr::Scalar(text) => {
                simple = RawPointCode {
                    point_code: at(entry, text),
                    network_indicator: None,
                };
                &simple
            }
        };
        let network_indicator = full.network_indicator.as_ref().and_then(|text| {
            let key = format!("{key}.network_indicator");
            address::network_indicator(check, Some(text), &key)
        });
        let Some(point_code) = address::point_code(check, &full.point_code, &key, format) else {
            continue;
        };
        if own.iter().any(|known| known.point_code == point_code) {
            check.at(entry, key, format_args!("{point_code} is there twice"));
        }
        own.push(LocalPointCode {
            point_code,
            network_indicator,
        });
    }
    let listen = peers::listen(check, &raw.listen, "signaling.listen");
    let sctp = sctp::sctp(check, &raw.sctp, "signaling.sctp", SctpTimers::default());
    let m3ua = sctp::m3ua(check, &raw.timers);
    let reconnect = sctp::reconnect(check, &raw.reconnect);
    let registration = raw.registration.as_ref().map(|raw| sgp::Registration {
        first_routing_context: raw.first_routing_context,
        max: size(check.within(Some(&raw.max), "signaling.registration.max", 0, 0..=10_000)),
    });
    if raw.gateways.is_empty() {
        check.problem(0, "signaling.gateways", "must have at least one gateway");
    }
    let codes: Vec<PointCode> = own.iter().map(|own| own.point_code).collect();
    let around = Around {
        part: "signaling",
        format,
        own: &codes,
        listen: &listen,
        sctp,
        behind: None,
        registration: registration.is_some(),
    };
    let peers = peers::check(check, &raw.gateways, &around);
    let number = |check: &mut Check, value, name: &str, default: usize, range| {
        let key = format!("signaling.{name}");
        size(check.within(value, &key, default as u64, range))
    };
    let streams = number(
        check,
        raw.streams.as_ref(),
        "streams",
        usize::from(DEFAULT_STREAMS),
        2..=65_535,
    );
    let queue = number(
        check,
        raw.queue.as_ref(),
        "queue",
        DEFAULT_QUEUE,
        1..=1 << 20,
    );
    let max_associations = number(
        check,
        raw.max_associations.as_ref(),
        "max_associations",
        DEFAULT_ASSOCIATIONS,
        1..=65_536,
    );

    let point_code = opc?;
    let adapter = Config {
        point_codes: own,
        peers: peers.peers,
        routes: peers.routes,
        listen,
        application_servers: peers.application_servers,
        registration,
        streams: u16::try_from(streams).unwrap_or(DEFAULT_STREAMS),
        queue,
        max_associations,
        sctp,
        m3ua,
        reconnect,
        ..Config::new(point_code)
    };
    Some(Signaling {
        adapter,
        point_code,
        ni: ni?,
    })
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
