//! `sctp:` of the file and of a peer, and the timers beside it. Milliseconds.

use super::problem::Check;
use super::raw::{RawM3uaTimers, RawReconnect, RawSctp};
use core::ops::RangeInclusive;
use core::time::Duration;
use serde_saphyr::Spanned;
use trunkline_signaling::{Backoff, M3uaTimers, SctpTimers};

/// SCTP timers: what is not said is as in `default`.
pub(super) fn sctp(check: &mut Check, raw: &RawSctp, key: &str, default: SctpTimers) -> SctpTimers {
    let name = |name: &str| format!("{key}.{name}");
    let timers = SctpTimers {
        rto_initial: milliseconds(
            check,
            raw.rto_initial.as_ref(),
            &name("rto_initial"),
            default.rto_initial,
            TIMEOUT,
        ),
        rto_min: milliseconds(
            check,
            raw.rto_min.as_ref(),
            &name("rto_min"),
            default.rto_min,
            TIMEOUT,
        ),
        rto_max: milliseconds(
            check,
            raw.rto_max.as_ref(),
            &name("rto_max"),
            default.rto_max,
            TIMEOUT,
        ),
        heartbeat_interval: milliseconds(
            check,
            raw.heartbeat.as_ref(),
            &name("heartbeat"),
            default.heartbeat_interval,
            TIMEOUT,
        ),
        max_retransmissions: times(
            check,
            raw.max_retransmissions.as_ref(),
            &name("max_retransmissions"),
            default.max_retransmissions,
        ),
        max_path_retransmissions: times(
            check,
            raw.max_path_retransmissions.as_ref(),
            &name("max_path_retransmissions"),
            default.max_path_retransmissions,
        ),
        max_init_retransmissions: times(
            check,
            raw.max_init_retransmissions.as_ref(),
            &name("max_init_retransmissions"),
            default.max_init_retransmissions,
        ),
    };
    let ordered = timers.rto_min <= timers.rto_initial && timers.rto_initial <= timers.rto_max;
    if !ordered {
        let said = [&raw.rto_initial, &raw.rto_min, &raw.rto_max];
        let line = said.into_iter().flatten().next();
        let what = format!(
            "rto_min ({:?}), rto_initial ({:?}) and rto_max ({:?}) must not be less than the one \
             before",
            timers.rto_min, timers.rto_initial, timers.rto_max
        );
        check.problem(line.map_or(0, |value| value.referenced.line()), key, what);
    }
    timers
}

/// `signaling.timers`
pub(super) fn m3ua(check: &mut Check, raw: &RawM3uaTimers) -> M3uaTimers {
    let default = M3uaTimers::default();
    let mut timer = |value: &Option<Spanned<u64>>, name: &str, default, range| {
        let key = format!("signaling.timers.{name}");
        milliseconds(check, value.as_ref(), &key, default, range)
    };
    M3uaTimers {
        ack: timer(&raw.t_ack, "t_ack", default.ack, TIMEOUT),
        recovery: timer(&raw.t_r, "t_r", default.recovery, TIMEOUT),
        beat: timer(&raw.t_beat, "t_beat", default.beat, OR_NONE),
        diversion: timer(&raw.diversion, "diversion", default.diversion, 0..=10_000),
        audit: timer(&raw.audit, "audit", default.audit, TIMEOUT),
        route_test: timer(&raw.route_test, "route_test", default.route_test, OR_NONE),
    }
}

/// `signaling.reconnect`
pub(super) fn reconnect(check: &mut Check, raw: &RawReconnect) -> Backoff {
    let default = Backoff::default();
    let key = "signaling.reconnect";
    let min = raw.min.as_ref();
    let backoff = Backoff {
        min: milliseconds(check, min, &format!("{key}.min"), default.min, TIMEOUT),
        max: milliseconds(
            check,
            raw.max.as_ref(),
            &format!("{key}.max"),
            default.max,
            TIMEOUT,
        ),
    };
    if backoff.min > backoff.max {
        let line = min.or(raw.max.as_ref()).map(|v| v.referenced.line());
        let what = format!("min ({:?}) is above max ({:?})", backoff.min, backoff.max);
        check.problem(line.unwrap_or_default(), key, what);
    }
    backoff
}

fn milliseconds(
    check: &mut Check,
    value: Option<&Spanned<u64>>,
    key: &str,
    default: Duration,
    range: RangeInclusive<u64>,
) -> Duration {
    match value {
        Some(_) => Duration::from_millis(check.within(value, key, 0, range)),
        None => default,
    }
}

fn times(check: &mut Check, value: Option<&Spanned<u64>>, key: &str, default: u32) -> u32 {
    let times = check.within(value, key, u64::from(default), 1..=100);
    u32::try_from(times).unwrap_or(default)
}

/// Ten minutes are more than any association should wait for anything.
const TIMEOUT: RangeInclusive<u64> = 1..=600_000;
/// The same, where 0 stands for never.
const OR_NONE: RangeInclusive<u64> = 0..=600_000;
