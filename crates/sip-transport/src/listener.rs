//! Takes the connections of peers.

use crate::error::OpenError;
use crate::sockets::Shared;
use core::time::Duration;
use socket2::{Domain, Protocol, Socket, Type};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use trunkline_sip::{Flow, Transport};

/// A bound listener.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) transport: Transport,
    pub(crate) local: SocketAddr,
    listener: TcpListener,
    /// Which of the settings it is from.
    index: usize,
}

impl Listener {
    pub(crate) fn bind(
        transport: Transport,
        address: SocketAddr,
        index: usize,
    ) -> Result<Self, OpenError> {
        let open = || {
            let domain = Domain::for_address(address);
            let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
            if address.is_ipv6() {
                // IPv4 has listeners of its own.
                socket.set_only_v6(true)?;
            }
            socket.set_reuse_address(true)?;
            socket.set_nonblocking(true)?;
            socket.bind(&address.into())?;
            socket.listen(BACKLOG)?;
            let listener = TcpListener::from_std(socket.into())?;
            Ok(Self {
                transport,
                local: listener.local_addr()?,
                listener,
                index,
            })
        };
        open().map_err(|error| OpenError::Bind {
            transport,
            address,
            error,
        })
    }

    /// Takes connections for ever.
    pub(crate) async fn run(&self, shared: Arc<Shared>) {
        loop {
            match self.listener.accept().await {
                Ok((stream, remote)) => {
                    let flow = Flow {
                        transport: self.transport,
                        local: self.local,
                        remote,
                        connection: None,
                    };
                    shared.accepted(flow, stream, shared.tls_server(self.index));
                }
                Err(error) => {
                    // Out of descriptors, usually: others need time to close theirs.
                    tracing::warn!(local = %self.local, %error, "connection not accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

const BACKLOG: i32 = 1_024;

const PAUSE: Duration = Duration::from_millis(100);
