//! The sockets of SIP.

use super::total;
use crate::config::word;
use prometheus::{IntCounterVec, IntGaugeVec};
use trunkline_sip::Transport;
use trunkline_sip_transport::{Count, Counters, Why};

/// Set from totals at each scrape.
#[derive(Debug)]
pub(super) struct SipMetrics {
    pub(super) events: IntCounterVec,
    pub(super) connections: IntGaugeVec,
    pub(super) closed: IntCounterVec,
}

impl SipMetrics {
    pub(super) fn set(&self, counters: &Counters) {
        for transport in Transport::ALL {
            let label = word(transport);
            for count in Count::ALL {
                let value = counters.get(transport, count);
                // Of what never happened with a transport there is no line.
                if value > 0 {
                    total(&self.events, &[label, count.name()], value);
                }
            }
            if !transport.is_reliable() {
                continue;
            }
            let open = i64::try_from(counters.open(transport)).unwrap_or(i64::MAX);
            self.connections.with_label_values(&[label]).set(open);
            for why in Why::NAMES {
                let value = counters.closed(transport, why);
                if value > 0 {
                    total(&self.closed, &[label, why], value);
                }
            }
        }
    }
}
