//! Real sockets on loopback.

mod dns;
mod udp;

use crate::config::{Config, Listen};
use crate::{SocketEvent, Sockets};
use core::time::Duration;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::sync::mpsc;
use trunkline_sip::{Flow, Transport};

pub(crate) const ANY_V4: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
pub(crate) const ANY_V6: SocketAddr = SocketAddr::new(std::net::IpAddr::V6(Ipv6Addr::LOCALHOST), 0);

/// Sockets and what they tell.
pub(crate) struct Node {
    pub(crate) sockets: Sockets,
    events: mpsc::Receiver<SocketEvent>,
}

impl Node {
    pub(crate) async fn new(config: Config) -> Self {
        let (sockets, events) = Sockets::bind(config).await.unwrap();
        Self { sockets, events }
    }

    /// With one plain listener.
    pub(crate) async fn plain(transport: Transport, address: SocketAddr) -> Self {
        Self::new(Config {
            listen: vec![Listen::plain(transport, address)],
            ..Config::default()
        })
        .await
    }

    pub(crate) fn local(&self) -> SocketAddr {
        self.sockets.locals()[0].1
    }

    /// A flow from the first listener, without a connection.
    pub(crate) fn flow(&self, remote: SocketAddr) -> Flow {
        let (transport, local) = self.sockets.locals()[0];
        Flow {
            transport,
            local,
            remote,
            connection: None,
        }
    }

    pub(crate) async fn event(&mut self) -> SocketEvent {
        let event = tokio::time::timeout(PATIENCE, self.events.recv());
        event.await.expect("an event in time").unwrap()
    }

    /// The next message.
    pub(crate) async fn received(&mut self) -> (Flow, Vec<u8>) {
        loop {
            match self.event().await {
                SocketEvent::Received { flow, data, .. } => return (flow, data),
                SocketEvent::Opened { .. } => {}
                other => panic!("expected a message, got {other:?}"),
            }
        }
    }
}

/// Nothing in these tests takes as long.
const PATIENCE: Duration = Duration::from_secs(20);
