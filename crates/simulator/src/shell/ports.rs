//! Ports for sound: a socket and a reading task for each that is open.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use trunkline_model::tap::Tap;

/// Open ports by the name that the core has for them.
pub(super) struct Ports<K> {
    open: BTreeMap<K, Port>,
    received: mpsc::Sender<(K, Vec<u8>)>,
    tap: Option<Tap>,
}

struct Port {
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    reader: AbortHandle,
}

impl<K: Copy + Ord + Send + 'static> Ports<K> {
    /// No ports yet, and where the datagrams of those to come will arrive.
    pub(super) fn new(tap: Option<Tap>) -> (Self, mpsc::Receiver<(K, Vec<u8>)>) {
        let (received, datagrams) = mpsc::channel(DATAGRAMS);
        (
            Self {
                open: BTreeMap::new(),
                received,
                tap,
            },
            datagrams,
        )
    }

    /// Takes a socket into service under a name.
    pub(super) fn open(&mut self, key: K, socket: std::net::UdpSocket) -> io::Result<()> {
        let local = socket.local_addr()?;
        socket.set_nonblocking(true)?;
        let socket = Arc::new(UdpSocket::from_std(socket)?);
        let reader = tokio::spawn(read(key, Arc::clone(&socket), self.received.clone()));
        self.close(key);
        self.open.insert(
            key,
            Port {
                socket,
                local,
                reader: reader.abort_handle(),
            },
        );
        Ok(())
    }

    pub(super) fn close(&mut self, key: K) {
        if let Some(port) = self.open.remove(&key) {
            port.reader.abort();
        }
    }

    /// Sends a datagram; sound that cannot be sent at once is not sent at all.
    pub(super) fn send(&self, key: K, destination: SocketAddr, data: &[u8]) {
        let Some(port) = self.open.get(&key) else {
            return;
        };
        if let Some(tap) = &self.tap {
            tap(port.local, destination, data);
        }
        if let Err(error) = port.socket.try_send_to(data, destination) {
            tracing::trace!(%destination, %error, "packet of sound not sent");
        }
    }
}

impl<K> Drop for Ports<K> {
    fn drop(&mut self) {
        for port in self.open.values() {
            port.reader.abort();
        }
    }
}

/// Reads until the port is closed.
async fn read<K: Copy>(key: K, socket: Arc<UdpSocket>, received: mpsc::Sender<(K, Vec<u8>)>) {
    let mut buffer = vec![0; DATAGRAM];
    loop {
        match socket.recv(&mut buffer).await {
            Ok(length) => {
                // A full queue means that the core is late; loss is the honest outcome.
                match received.try_send((key, buffer[..length].to_vec())) {
                    Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => {}
                    Err(mpsc::error::TrySendError::Closed(_)) => return,
                }
            }
            // An ICMP error of an earlier packet; the next read is none.
            Err(error) => tracing::trace!(%error, "port of sound"),
        }
    }
}

/// Datagrams that may wait.
const DATAGRAMS: usize = 4_096;

/// The longest datagram that is read whole.
const DATAGRAM: usize = 2_048;
