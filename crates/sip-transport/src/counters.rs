//! What the sockets count.

use crate::event::Why;
use core::sync::atomic::{AtomicU64, Ordering};
use trunkline_sip::Transport;

/// Something that is counted for each transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Count {
    /// Messages that came.
    Received,
    /// Messages that were written.
    Sent,
    /// Messages that did not go out.
    Undelivered,
    /// Connections that peers opened, handshakes done.
    Accepted,
    /// Connections that we opened, handshakes done.
    Connected,
    /// Connections that we could not open.
    NotConnected,
    /// Connections refused because their source has as many as it may.
    RefusedSource,
    /// TLS handshakes that failed.
    TlsFailed,
    /// WebSocket handshakes that failed.
    WebSocketRefused,
    /// Handshakes that took too long.
    HandshakeTimedOut,
    /// Keep-alives that were answered.
    PingsReceived,
    /// Keep-alives that were sent.
    PingsSent,
}

impl Count {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Received,
        Self::Sent,
        Self::Undelivered,
        Self::Accepted,
        Self::Connected,
        Self::NotConnected,
        Self::RefusedSource,
        Self::TlsFailed,
        Self::WebSocketRefused,
        Self::HandshakeTimedOut,
        Self::PingsReceived,
        Self::PingsSent,
    ];

    /// As a label of metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Sent => "sent",
            Self::Undelivered => "undelivered",
            Self::Accepted => "accepted",
            Self::Connected => "connected",
            Self::NotConnected => "not_connected",
            Self::RefusedSource => "refused_source",
            Self::TlsFailed => "tls_failed",
            Self::WebSocketRefused => "web_socket_refused",
            Self::HandshakeTimedOut => "handshake_timed_out",
            Self::PingsReceived => "pings_received",
            Self::PingsSent => "pings_sent",
        }
    }
}

/// What the sockets counted since they were opened.
#[derive(Debug, Default)]
pub struct Counters {
    counts: [[AtomicU64; Count::ALL.len()]; Transport::ALL.len()],
    closed: [[AtomicU64; Why::NAMES.len()]; Transport::ALL.len()],
    open: [AtomicU64; Transport::ALL.len()],
}

impl Counters {
    /// How often.
    pub fn get(&self, transport: Transport, count: Count) -> u64 {
        self.counts[transport as usize][count as usize].load(Ordering::Relaxed)
    }

    /// How many connections were closed for a reason, one of [`Why::NAMES`].
    pub fn closed(&self, transport: Transport, why: &str) -> u64 {
        let index = Why::NAMES.iter().position(|name| *name == why);
        index.map_or(0, |index| {
            self.closed[transport as usize][index].load(Ordering::Relaxed)
        })
    }

    /// Connections that are open now.
    pub fn open(&self, transport: Transport) -> u64 {
        self.open[transport as usize].load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, transport: Transport, count: Count) {
        self.counts[transport as usize][count as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_open(&self, transport: Transport) {
        self.open[transport as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_closed(&self, transport: Transport, why: &Why) {
        self.open[transport as usize].fetch_sub(1, Ordering::Relaxed);
        if let Some(index) = Why::NAMES.iter().position(|name| *name == why.name()) {
            self.closed[transport as usize][index].fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_has_its_place_and_name() {
        for (index, count) in Count::ALL.into_iter().enumerate() {
            assert_eq!(count as usize, index, "{count:?}");
            let same = Count::ALL.iter().filter(|c| c.name() == count.name());
            assert_eq!(same.count(), 1, "{count:?}");
        }
        for (index, transport) in Transport::ALL.into_iter().enumerate() {
            assert_eq!(transport as usize, index, "{transport}");
        }
    }
}
