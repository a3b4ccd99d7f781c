//! The state of the signaling in gauges.

use super::total;
use prometheus::{IntCounterVec, IntGaugeVec};
use trunkline_isup::PointCodeFormat;
use trunkline_m3ua::{AsState, AspState};
use trunkline_model::PointCode;
use trunkline_signaling::Links;
use trunkline_signaling::links::LinkState;

/// The state of the signaling, taken anew at each scrape.
#[derive(Debug)]
pub(super) struct LinkMetrics {
    pub(super) associations: IntGaugeVec,
    pub(super) established: IntCounterVec,
    pub(super) paths: IntGaugeVec,
    pub(super) congestion: IntGaugeVec,
    pub(super) asps: IntGaugeVec,
    pub(super) application_servers: IntGaugeVec,
    pub(super) destinations: IntGaugeVec,
}

impl LinkMetrics {
    /// Forgets peers and destinations that may be gone.
    pub(super) fn clear(&self) {
        self.established.reset();
        for gauge in [
            &self.associations,
            &self.paths,
            &self.congestion,
            &self.asps,
            &self.application_servers,
            &self.destinations,
        ] {
            gauge.reset();
        }
    }

    pub(super) fn set(&self, links: &Links, format: PointCodeFormat) {
        let set = |gauge: &IntGaugeVec, labels: &[&str], value: bool| {
            gauge.with_label_values(labels).set(i64::from(value));
        };
        let context = |context: Option<u32>| context.map(|c| c.to_string()).unwrap_or_default();
        for peer in &links.peers {
            let name = peer.name.as_str();
            let up = peer.association == LinkState::Up;
            set(&self.associations, &[name], up);
            total(&self.established, &[name], peer.established);
            for path in &peer.paths {
                set(&self.paths, &[name, &path.address.to_string()], path.up);
            }
            let congestion = i64::from(peer.congestion);
            self.congestion.with_label_values(&[name]).set(congestion);
            for state in [AspState::Down, AspState::Inactive, AspState::Active] {
                let state = state.name();
                set(&self.asps, &[name, state], state == peer.asp);
            }
            for server in &peer.application_servers {
                if let Some(state) = server.application_server {
                    self.application_server(name, &context(server.routing_context), state);
                }
            }
        }
        for server in &links.served {
            self.application_server("", &context(server.routing_context), server.state);
        }
        for destination in &links.destinations {
            let code = PointCode::new(destination.point_code.value());
            let code = code.map(|code| format.text(code)).unwrap_or_default();
            set(&self.destinations, &[&code], destination.available);
        }
    }

    fn application_server(&self, peer: &str, routing_context: &str, state: &str) {
        for each in [
            AsState::Down,
            AsState::Inactive,
            AsState::Active,
            AsState::Pending,
        ] {
            let each = each.name();
            self.application_servers
                .with_label_values(&[peer, routing_context, each])
                .set(i64::from(each == state));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Metrics;
    use super::*;
    use prometheus::{Encoder, TextEncoder};
    use trunkline_signaling::links::{AspLink, DestinationLink, PathLink, PeerLink, ServedLink};

    fn links() -> Links {
        let path = |address: &str, up| PathLink {
            address: address.parse().unwrap(),
            up,
        };
        Links {
            point_codes: Vec::new(),
            peers: vec![PeerLink {
                name: "stp1".to_owned(),
                role: "asp",
                transport: "kernel",
                remote: Vec::new(),
                association: LinkState::Up,
                for_seconds: 1,
                last_loss: None,
                established: 3,
                outbound_streams: Some(17),
                paths: vec![path("192.0.2.1", true), path("192.0.2.2", false)],
                congestion: 2,
                blocked: false,
                asp: "ASP-ACTIVE",
                application_servers: vec![AspLink {
                    routing_context: Some(7),
                    asp: "ASP-ACTIVE",
                    application_server: Some("AS-PENDING"),
                }],
                data_sent: 0,
                data_received: 0,
                management_sent: 0,
                management_received: 0,
            }],
            served: vec![ServedLink {
                routing_context: None,
                state: "AS-ACTIVE",
                traffic_mode: None,
                held: 0,
                asps: Vec::new(),
            }],
            destinations: vec![DestinationLink {
                point_code: PointCode::new(4898).unwrap().into(),
                available: true,
                ways: Vec::new(),
            }],
            data_sent: 0,
            data_received: 0,
            diverted: 0,
        }
    }

    fn text(metrics: &Metrics) -> String {
        let mut text = Vec::new();
        let families = metrics.registry.gather();
        TextEncoder::new().encode(&families, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn each_state_is_a_gauge_and_goes_with_what_it_is_of() {
        let metrics = Metrics::new(Vec::new()).unwrap();
        metrics.links.set(&links(), PointCodeFormat::ITU);
        let shown = text(&metrics);
        for line in [
            "trunkline_association_up{peer=\"stp1\"} 1",
            "trunkline_association_established_total{peer=\"stp1\"} 3",
            "trunkline_signaling_path_up{address=\"192.0.2.1\",peer=\"stp1\"} 1",
            "trunkline_signaling_path_up{address=\"192.0.2.2\",peer=\"stp1\"} 0",
            "trunkline_signaling_congestion{peer=\"stp1\"} 2",
            "trunkline_asp_state{peer=\"stp1\",state=\"ASP-ACTIVE\"} 1",
            "trunkline_asp_state{peer=\"stp1\",state=\"ASP-DOWN\"} 0",
            "trunkline_as_state{peer=\"stp1\",routing_context=\"7\",state=\"AS-PENDING\"} 1",
            "trunkline_as_state{peer=\"stp1\",routing_context=\"7\",state=\"AS-ACTIVE\"} 0",
            "trunkline_as_state{peer=\"\",routing_context=\"\",state=\"AS-ACTIVE\"} 1",
            "trunkline_destination_available{point_code=\"2-100-2\"} 1",
        ] {
            assert!(shown.lines().any(|l| l == line), "{line}: {shown}");
        }
        metrics.links.clear();
        assert!(!text(&metrics).contains("stp1"));
    }
}
