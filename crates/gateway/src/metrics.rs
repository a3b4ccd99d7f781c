//! What Prometheus scrapes. Labels are few and bounded: never a number, a Call-ID or an address.

mod links;
mod sip;

use links::LinkMetrics;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};
use sip::SipMetrics;
use std::sync::{Arc, Mutex, PoisonError};
use trunkline_isup::{MessageType, PointCodeFormat};
use trunkline_mgc::{CallEvent, Direction as CallDirection, Mgc, SipEvent};
use trunkline_mgw::worker::MgwHandle;
use trunkline_mgw::{Counters, Discard};
use trunkline_model::TrunkGroupId;
use trunkline_model::media::Codec;
use trunkline_signaling::{Direction, Discarded, Links, PeerError, SignalingEvent};
use trunkline_sip::registration::RegistrationState;

/// Counters and gauges of one gateway.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    scrape: Mutex<()>,
    groups: Vec<String>,
    calls_started: IntCounterVec,
    calls_answered: IntCounterVec,
    calls_released: IntCounterVec,
    calls_refused: IntCounterVec,
    calls_active: IntGaugeVec,
    setup: HistogramVec,
    talked: HistogramVec,
    circuits: IntGaugeVec,
    circuit_alarms: IntCounterVec,
    isup: IntCounterVec,
    sip: IntCounterVec,
    sip_transport: SipMetrics,
    sip_registrations: IntCounterVec,
    sip_bindings: IntGaugeVec,
    sip_peer_up: IntGaugeVec,
    sip_peer_registered: IntGaugeVec,
    discarded: IntCounterVec,
    links: LinkMetrics,
    m3ua: IntCounterVec,
    signaling_errors: IntCounterVec,
    rerouted: IntCounterVec,
    rtp_packets: IntCounterVec,
    rtp_discarded: IntCounterVec,
    forwarded: IntCounterVec,
    media: IntGaugeVec,
}

/// Buckets of the set-up delay in seconds: a quick network up to T9.
const SETUP_BUCKETS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0,
];

/// Buckets of the talking time in seconds.
const TALK_BUCKETS: &[f64] = &[
    1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0,
];

impl Metrics {
    /// All at zero, for trunk groups of these names in the order of their ids.
    ///
    /// # Errors
    ///
    /// If two metrics have one name, which a test would find.
    pub(crate) fn new(groups: Vec<String>) -> prometheus::Result<Arc<Self>> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        let gauge = |name: &str, help: &str, labels: &[&str]| {
            let gauge = IntGaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let histogram = |name: &str, help: &str, labels: &[&str], buckets: &[f64]| {
            let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
            let histogram = HistogramVec::new(options, labels)?;
            registry.register(Box::new(histogram.clone()))?;
            Ok::<_, prometheus::Error>(histogram)
        };
        let metrics = Self {
            calls_started: counter(
                "trunkline_calls_started_total",
                "Calls that got a circuit.",
                &["direction"],
            )?,
            calls_answered: counter(
                "trunkline_calls_answered_total",
                "Calls that were answered.",
                &["direction"],
            )?,
            calls_released: counter(
                "trunkline_calls_released_total",
                "Calls that ended, by the side that ended them and the Q.850 cause.",
                &["direction", "side", "cause"],
            )?,
            calls_refused: counter(
                "trunkline_calls_refused_total",
                "INVITEs and IAMs that did not become a call.",
                &["direction", "reason"],
            )?,
            calls_active: gauge(
                "trunkline_calls_active",
                "Calls that are being set up or talked.",
                &["direction"],
            )?,
            setup: histogram(
                "trunkline_setup_seconds",
                "From the INVITE or IAM to alerting or answer.",
                &["direction", "until"],
                SETUP_BUCKETS,
            )?,
            talked: histogram(
                "trunkline_talked_seconds",
                "From answer to release.",
                &["direction"],
                TALK_BUCKETS,
            )?,
            circuits: gauge(
                "trunkline_circuits",
                "Circuits by trunk group and state.",
                &["trunk_group", "state"],
            )?,
            circuit_alarms: counter(
                "trunkline_circuit_alarms_total",
                "Circuit events that need an operator.",
                &["alarm"],
            )?,
            isup: counter(
                "trunkline_isup_messages_total",
                "ISUP messages by direction and type.",
                &["direction", "message"],
            )?,
            sip: counter(
                "trunkline_sip_messages_total",
                "SIP messages by direction and method or status.",
                &["direction", "message"],
            )?,
            sip_transport: SipMetrics {
                events: counter(
                    "trunkline_sip_transport_total",
                    "What the SIP sockets did, by transport.",
                    &["transport", "event"],
                )?,
                connections: gauge(
                    "trunkline_sip_connections",
                    "SIP connections that are open.",
                    &["transport"],
                )?,
                closed: counter(
                    "trunkline_sip_connections_closed_total",
                    "SIP connections that were closed, and why.",
                    &["transport", "why"],
                )?,
            },
            sip_registrations: counter(
                "trunkline_sip_register_total",
                "REGISTER requests that the registrar answered, by status.",
                &["status"],
            )?,
            sip_bindings: gauge(
                "trunkline_sip_bindings",
                "Where users can be reached, as of the last REGISTER.",
                &[],
            )?,
            sip_peer_up: gauge(
                "trunkline_sip_peer_up",
                "Whether calls are routed to a SIP peer.",
                &["peer"],
            )?,
            sip_peer_registered: gauge(
                "trunkline_sip_peer_registered",
                "Whether we are registered with a SIP peer.",
                &["peer"],
            )?,
            discarded: counter(
                "trunkline_discarded_total",
                "Messages that could not be read or had no place.",
                &["protocol", "reason"],
            )?,
            links: LinkMetrics {
                associations: gauge(
                    "trunkline_association_up",
                    "Whether the SCTP association to a peer is up.",
                    &["peer"],
                )?,
                established: counter(
                    "trunkline_association_established_total",
                    "How often the SCTP association to a peer came up.",
                    &["peer"],
                )?,
                paths: gauge(
                    "trunkline_signaling_path_up",
                    "Whether an address of a peer can be reached, of those that were heard of.",
                    &["peer", "address"],
                )?,
                congestion: gauge(
                    "trunkline_signaling_congestion",
                    "How full the send buffer towards a peer is, 0 to 3.",
                    &["peer"],
                )?,
                asps: gauge(
                    "trunkline_asp_state",
                    "The state of our ASP at a peer, or of the peer's with us: 1 for the one that it is in.",
                    &["peer", "state"],
                )?,
                application_servers: gauge(
                    "trunkline_as_state",
                    "The state of an application server, as a peer notified it, or without a peer as we serve it: 1 for the one that it is in.",
                    &["peer", "routing_context", "state"],
                )?,
                destinations: gauge(
                    "trunkline_destination_available",
                    "Whether a point code can be reached.",
                    &["point_code"],
                )?,
            },
            m3ua: counter(
                "trunkline_m3ua_messages_total",
                "M3UA messages by direction and type.",
                &["direction", "message"],
            )?,
            signaling_errors: counter(
                "trunkline_signaling_errors_total",
                "What went wrong at signaling peers.",
                &["peer", "error"],
            )?,
            rerouted: counter(
                "trunkline_signaling_rerouted_total",
                "DATA messages that a lost association gave back and that went another way.",
                &["peer"],
            )?,
            rtp_packets: counter(
                "trunkline_rtp_packets_total",
                "RTP packets by direction and codec.",
                &["direction", "codec"],
            )?,
            rtp_discarded: counter(
                "trunkline_rtp_discarded_total",
                "Datagrams at media ports that were not used.",
                &["reason"],
            )?,
            forwarded: counter(
                "trunkline_rtp_forwarded_total",
                "RTP packets from one termination to the other, relayed or transcoded, by codec pair.",
                &["how", "from", "to"],
            )?,
            media: gauge(
                "trunkline_media",
                "Contexts and ports in use.",
                &["resource"],
            )?,
            scrape: Mutex::new(()),
            groups,
            registry,
        };
        // A rate over a series that is not there yet is no rate of zero.
        for direction in [CallDirection::SipToIsup, CallDirection::IsupToSip] {
            let labels = [direction.name()];
            metrics.calls_started.with_label_values(&labels);
            metrics.calls_answered.with_label_values(&labels);
            metrics.calls_active.with_label_values(&labels);
        }
        Ok(Arc::new(metrics))
    }

    /// A call or circuit event.
    pub(crate) fn call(&self, event: &CallEvent, mgc: &Mgc) {
        match event {
            CallEvent::Started { direction, .. } => {
                self.calls_started
                    .with_label_values(&[direction.name()])
                    .inc();
                self.calls_active
                    .with_label_values(&[direction.name()])
                    .inc();
            }
            CallEvent::Alerting {
                direction, after, ..
            } => {
                let labels = [direction.name(), "alerting"];
                self.setup
                    .with_label_values(&labels)
                    .observe(after.as_secs_f64());
            }
            CallEvent::Answered {
                direction, after, ..
            } => {
                self.calls_answered
                    .with_label_values(&[direction.name()])
                    .inc();
                let labels = [direction.name(), "answer"];
                self.setup
                    .with_label_values(&labels)
                    .observe(after.as_secs_f64());
            }
            CallEvent::Released {
                direction,
                side,
                cause,
                talked,
                ..
            } => {
                let value = cause.value.to_string();
                let labels = [direction.name(), side.name(), &value];
                self.calls_released.with_label_values(&labels).inc();
                self.calls_active
                    .with_label_values(&[direction.name()])
                    .dec();
                if let Some(talked) = talked {
                    let labels = [direction.name()];
                    self.talked
                        .with_label_values(&labels)
                        .observe(talked.as_secs_f64());
                }
            }
            CallEvent::Refused {
                direction, refusal, ..
            } => {
                let labels = [direction.name(), refusal.name()];
                self.calls_refused.with_label_values(&labels).inc();
            }
            CallEvent::Circuit { .. } => self.circuits(mgc),
            CallEvent::CircuitAlarm { alarm, .. } => {
                self.circuit_alarms.with_label_values(&[alarm.name()]).inc();
            }
            CallEvent::Sip(SipEvent::Register { status, .. }) => {
                let label = status.to_string();
                self.sip_registrations.with_label_values(&[&label]).inc();
                let users = mgc.users().map_or(0, |users| users.bindings().count());
                let users = i64::try_from(users).unwrap_or(i64::MAX);
                self.sip_bindings
                    .with_label_values(&[] as &[&str])
                    .set(users);
            }
            CallEvent::Sip(SipEvent::Peer { .. } | SipEvent::Registration { .. }) => {
                self.sip_peers(mgc);
            }
            CallEvent::NotServed { reason, .. } => {
                self.discarded
                    .with_label_values(&["sip", reason.as_str()])
                    .inc();
            }
            CallEvent::MalformedSip { .. } => {
                self.discarded
                    .with_label_values(&["sip", "malformed"])
                    .inc();
            }
            CallEvent::DiscardedIsup { reason, .. } => {
                self.discarded
                    .with_label_values(&["isup", reason.name()])
                    .inc();
            }
            CallEvent::Reattempt { .. }
            | CallEvent::Ended { .. }
            | CallEvent::Destination { .. } => {}
        }
    }

    /// Sets the gauges of SIP peers.
    pub(crate) fn sip_peers(&self, mgc: &Mgc) {
        for (peer, state) in mgc.peers() {
            let label = [peer.name.as_str()];
            let up = self.sip_peer_up.with_label_values(&label);
            up.set(state.is_up.into());
            if let Some(registration) = state.registration {
                let registered = matches!(registration, RegistrationState::Registered { .. });
                let gauge = self.sip_peer_registered.with_label_values(&label);
                gauge.set(registered.into());
            }
        }
    }

    /// Sets the circuit gauges.
    pub(crate) fn circuits(&self, mgc: &Mgc) {
        for (position, name) in self.groups.iter().enumerate() {
            let Ok(id) = u16::try_from(position) else {
                return;
            };
            for (state, count) in mgc.census(TrunkGroupId(id)).by_state() {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                self.circuits
                    .with_label_values(&[name.as_str(), state])
                    .set(count);
            }
        }
    }

    /// An ISUP message, from the CIC on.
    pub(crate) fn isup(&self, direction: &str, data: &[u8]) {
        let message = data
            .get(2)
            .map_or("none", |&code| MessageType::from_code(code).name());
        self.isup.with_label_values(&[direction, message]).inc();
    }

    pub(crate) fn sip_received(&self, data: &[u8]) {
        self.sip
            .with_label_values(&["received", sip_label(data)])
            .inc();
    }

    pub(crate) fn sip_sent(&self, data: &[u8]) {
        self.sip.with_label_values(&["sent", sip_label(data)]).inc();
    }

    /// What came over a stream and is no message.
    pub(crate) fn not_sip(&self) {
        self.discarded.with_label_values(&["sip", "stream"]).inc();
    }

    /// An event of the signaling adapter.
    pub(crate) fn signaling(&self, event: &SignalingEvent) {
        match event {
            SignalingEvent::Message {
                direction, name, ..
            } => {
                self.m3ua
                    .with_label_values(&[direction.to_string().as_str(), name])
                    .inc();
            }
            SignalingEvent::Error { peer, error } => {
                let peer = match error {
                    // An address that anybody may choose.
                    PeerError::NotAdmitted(_) | PeerError::Stray(_) => "",
                    _ => peer.as_str(),
                };
                let labels = [peer, error_name(error)];
                self.signaling_errors.with_label_values(&labels).inc();
            }
            SignalingEvent::Discarded(why) => {
                let (name, count) = match why {
                    Discarded::Overload(count) => ("overload", *count),
                    _ => ("discarded", 1),
                };
                self.signaling_errors
                    .with_label_values(&["", name])
                    .inc_by(count);
            }
            SignalingEvent::Missed(count) => {
                self.signaling_errors
                    .with_label_values(&["", "events_missed"])
                    .inc_by(*count);
            }
            SignalingEvent::Rerouted { peer, messages } => {
                let messages = u64::try_from(*messages).unwrap_or(u64::MAX);
                self.rerouted.with_label_values(&[peer]).inc_by(messages);
            }
            // The state is taken from `Links` when it is asked for.
            SignalingEvent::Mtp(_)
            | SignalingEvent::Association { .. }
            | SignalingEvent::Asp { .. }
            | SignalingEvent::As { .. }
            | SignalingEvent::Path { .. }
            | SignalingEvent::Congestion { .. }
            | SignalingEvent::Destination { .. }
            | SignalingEvent::Registered { .. }
            | SignalingEvent::Notified { .. } => {}
        }
    }

    /// The text that Prometheus reads.
    pub(crate) fn render(
        &self,
        mgw: &MgwHandle,
        sip: &trunkline_sip_transport::Counters,
        links: Option<&Links>,
        format: PointCodeFormat,
    ) -> String {
        // One at a time: these are set from totals.
        let _turn = self.scrape.lock().unwrap_or_else(PoisonError::into_inner);
        self.media(&mgw.counters());
        self.sip_transport.set(sip);
        self.links.clear();
        if let Some(links) = links {
            self.links.set(links, format);
            for (direction, count) in [
                (Direction::Sent, links.data_sent),
                (Direction::Received, links.data_received),
            ] {
                total(&self.m3ua, &[&direction.to_string(), "DATA"], count);
            }
        }
        let mut text = Vec::new();
        // Writing to memory fails only if a metric has no help text, which `new` excludes.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        String::from_utf8(text).unwrap_or_default()
    }

    fn media(&self, counters: &Counters) {
        for from in Codec::ALL {
            total(
                &self.rtp_packets,
                &["received", from.name()],
                counters.received(from),
            );
            total(
                &self.rtp_packets,
                &["sent", from.name()],
                counters.sent(from),
            );
            for to in Codec::ALL {
                let pair = |how| [how, from.name(), to.name()];
                total(
                    &self.forwarded,
                    &pair("relayed"),
                    counters.relayed(from, to),
                );
                total(
                    &self.forwarded,
                    &pair("transcoded"),
                    counters.transcoded(from, to),
                );
            }
        }
        for reason in Discard::ALL {
            total(
                &self.rtp_discarded,
                &[reason.name()],
                counters.discarded(reason),
            );
        }
        for (resource, value) in [
            ("contexts", counters.contexts()),
            ("ports", counters.ports_in_use()),
            ("circuits", counters.circuits_in_use()),
        ] {
            let value = i64::try_from(value).unwrap_or(i64::MAX);
            self.media.with_label_values(&[resource]).set(value);
        }
    }
}

/// Sets a counter to a total that somebody else counts.
fn total(vector: &IntCounterVec, labels: &[&str], value: u64) {
    let counter = vector.with_label_values(labels);
    counter.reset();
    counter.inc_by(value);
}

/// An error of a peer in one word.
pub(crate) const fn error_name(error: &PeerError) -> &'static str {
    match error {
        PeerError::Malformed(_) => "malformed",
        PeerError::Refused { .. } => "refused",
        PeerError::Reported(_) => "reported",
        PeerError::NoAnswer(_) => "no_answer",
        PeerError::RegistrationRefused(_) => "registration_refused",
        PeerError::PayloadProtocol(_) => "payload_protocol",
        PeerError::EarlyData => "early_data",
        PeerError::NotForUs(_) => "not_for_us",
        PeerError::SendFailed => "send_failed",
        PeerError::NotAdmitted(_) => "not_admitted",
        PeerError::Stray(_) => "stray",
        PeerError::Packet(_) => "packet",
    }
}

/// The method or status code, from a list that a peer cannot lengthen.
fn sip_label(data: &[u8]) -> &'static str {
    const METHODS: [&str; 7] = [
        "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "UPDATE",
    ];
    if let Some(rest) = data.strip_prefix(b"SIP/2.0 ") {
        return match rest.first() {
            Some(b'1') => "1xx",
            Some(b'2') => "2xx",
            Some(b'3') => "3xx",
            Some(b'4') => "4xx",
            Some(b'5') => "5xx",
            Some(b'6') => "6xx",
            _ => "other",
        };
    }
    let method = data
        .split(|&octet| octet == b' ')
        .next()
        .unwrap_or_default();
    METHODS
        .into_iter()
        .find(|name| name.as_bytes() == method)
        .unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sip_labels_are_bounded() {
        assert_eq!(sip_label(b"INVITE sip:x SIP/2.0\r\n"), "INVITE");
        assert_eq!(sip_label(b"SIP/2.0 486 Busy Here\r\n"), "4xx");
        assert_eq!(sip_label(b"SIP/2.0 999\r\n"), "other");
        assert_eq!(sip_label(b"FOO sip:x SIP/2.0\r\n"), "other");
        assert_eq!(sip_label(b""), "other");
    }

    #[test]
    fn metric_names_are_unique_and_call_counters_begin_at_zero() {
        let metrics = Metrics::new(vec!["landline".to_owned()]).unwrap();
        let families = metrics.registry.gather();
        for name in [
            "trunkline_calls_started_total",
            "trunkline_calls_answered_total",
            "trunkline_calls_active",
        ] {
            let family = families.iter().find(|family| family.name() == name);
            assert_eq!(
                family.map(|family| family.get_metric().len()),
                Some(2),
                "{name}"
            );
        }
    }
}
