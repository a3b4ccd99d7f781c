//! What the core asks of its shell, and the queue that holds it.

use crate::Counters;
use std::collections::VecDeque;
use std::net::SocketAddr;
use trunkline_model::media::MediaEvent;

/// The sockets of one termination: RTP, and RTCP one port higher. Small numbers, used again
/// after [`Output::Unbind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u32);

/// One of the two sockets of a termination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The one that [`Output::Bind`] names.
    Rtp,
    /// The one above it.
    Rtcp,
}

/// What the shell must do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Bind a UDP socket to `address`, and one to the port above it if the configuration wants
    /// RTCP; both or none. Answer with [`crate::Input::Bound`] before the next command.
    Bind {
        /// What to call the sockets.
        socket: SocketId,
        /// The address of the RTP socket.
        address: SocketAddr,
    },
    /// Close the sockets. Those of a failed bind are not unbound.
    Unbind {
        /// The sockets.
        socket: SocketId,
    },
    /// Send a datagram. Give `data` back with [`crate::Mgw::recycle`].
    Transmit {
        /// The sockets.
        socket: SocketId,
        /// Which of them.
        channel: Channel,
        /// Where to.
        destination: SocketAddr,
        /// The datagram.
        data: Vec<u8>,
    },
    /// Tell the MGC.
    Event(MediaEvent),
}

/// Outputs, counters and buffers for reuse, as all parts of the core share them.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) outputs: VecDeque<Output>,
    pub(crate) counters: Counters,
    spare: Vec<Vec<u8>>,
}

impl Sink {
    pub(crate) fn event(&mut self, event: MediaEvent) {
        self.outputs.push_back(Output::Event(event));
    }

    /// An empty buffer with room for a packet.
    pub(crate) fn buffer(&mut self) -> Vec<u8> {
        self.spare
            .pop()
            .unwrap_or_else(|| Vec::with_capacity(BUFFER))
    }

    pub(crate) fn recycle(&mut self, mut buffer: Vec<u8>) {
        if self.spare.len() < SPARE_MAX {
            buffer.clear();
            self.spare.push(buffer);
        }
    }
}

/// Octets of an RTP packet of 60 ms of G.711, and some.
const BUFFER: usize = 512;
const SPARE_MAX: usize = 1024;
