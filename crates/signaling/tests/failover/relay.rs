//! A wire that can fall silent: datagrams pass, or vanish both ways.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

pub(crate) struct Relay {
    /// Where the client sends to.
    pub(crate) port: u16,
    silent: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Relay {
    /// In front of a server's UDP port, for one client.
    pub(crate) async fn to(server: u16) -> Self {
        let front = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let back = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server: SocketAddr = ([127, 0, 0, 1], server).into();
        let port = front.local_addr().unwrap().port();
        let silent = Arc::new(AtomicBool::new(false));
        let quiet = Arc::clone(&silent);
        let task = tokio::spawn(async move {
            let mut client: Option<SocketAddr> = None;
            let (mut there, mut here) = (vec![0; 65_536], vec![0; 65_536]);
            loop {
                // Errors are those of closed ports at the other side: its business.
                let (packet, socket, to) = tokio::select! {
                    received = front.recv_from(&mut there) => {
                        let Ok((length, source)) = received else { continue };
                        client = Some(source);
                        (&there[..length], &back, Some(server))
                    }
                    received = back.recv_from(&mut here) => {
                        let Ok((length, _)) = received else { continue };
                        (&here[..length], &front, client)
                    }
                };
                if let Some(to) = to
                    && !quiet.load(Ordering::Relaxed)
                {
                    let _ = socket.send_to(packet, to).await;
                }
            }
        });
        Self { port, silent, task }
    }

    pub(crate) fn silence(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}
