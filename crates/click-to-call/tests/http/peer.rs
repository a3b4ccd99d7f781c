//! A phone or a gateway: a real SIP endpoint on a socket of its own.

use std::net::SocketAddr;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use trunkline_model::Time;
use trunkline_sip::Flow;
use trunkline_sip::Name;
use trunkline_sip::endpoint::{Endpoint, EndpointConfig, Event, Output};

/// What it does when it is called.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// Rings and answers.
    Takes,
    /// Rings on and on.
    Rings,
    /// Rings and refuses.
    Refuses {
        status: u16,
        phrase: &'static str,
        reason: &'static str,
    },
}

pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Peer {
    pub(crate) async fn spawn(answer: Answer) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let task = tokio::spawn(run(socket, address, answer));
        Self { address, task }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(socket: UdpSocket, address: SocketAddr, answer: Answer) {
    let start = Instant::now();
    let now = || Time::ZERO + start.elapsed();
    let mut endpoint = Endpoint::new(EndpointConfig::new([address.port() as u8; 32]));
    let mut buffer = vec![0; 65_535];
    let sdp = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {} RTP/AVP 8\r\n",
        address.port()
    );
    loop {
        while let Some(output) = endpoint.poll_output() {
            match output {
                Output::Transmit { flow, data, .. } => {
                    socket.send_to(&data, flow.remote).await.unwrap();
                }
                Output::Resolve(question) => panic!("{question:?}"),
                Output::Event(Event::Invite { id, .. }) => {
                    let ringing = endpoint.provisional(now(), id, 180, "Ringing", &[], None);
                    ringing.unwrap();
                    match answer {
                        Answer::Rings => {}
                        Answer::Takes => {
                            endpoint
                                .accept(now(), id, &[], Some(sdp.as_bytes()))
                                .unwrap();
                        }
                        Answer::Refuses {
                            status,
                            phrase,
                            reason,
                        } => {
                            let headers = [(Name::Reason, reason.to_owned())];
                            endpoint
                                .reject(now(), id, status, phrase, &headers)
                                .unwrap();
                        }
                    }
                }
                Output::Event(Event::Reinvite { id, .. }) => {
                    endpoint
                        .accept(now(), id, &[], Some(sdp.as_bytes()))
                        .unwrap();
                }
                Output::Event(_) => {}
            }
        }
        let sleep = async {
            match endpoint.poll_timeout() {
                Some((at, _)) => {
                    tokio::time::sleep_until(start + at.since(Time::ZERO)).await;
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            received = socket.recv_from(&mut buffer) => {
                let (length, source) = received.unwrap();
                endpoint.receive(now(), Flow::udp(address, source), &buffer[..length]);
            }
            () = sleep => endpoint.handle_timeout(now()),
        }
    }
}
