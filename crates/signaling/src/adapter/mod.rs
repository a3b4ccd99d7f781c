//! The pure cores of the adapter: what to do with associations, messages and MTP primitives.
//!
//! [`Adapter`] is the ASP side, [`SgpAdapter`] the gateway side. Both have the same inputs and
//! outputs, so that one shell drives either.

mod asp;
mod route;
mod sgp;
#[cfg(test)]
mod tests;

pub use asp::Adapter;
pub use sgp::SgpAdapter;

use crate::event::{Direction, DownReason, PeerError, SignalingEvent};
use std::net::{IpAddr, SocketAddr};
use trunkline_m3ua::{Message, PAYLOAD_PROTOCOL_IDENTIFIER, decode, encode};
use trunkline_model::Time;
use trunkline_model::mtp::{MtpIndication, MtpTransfer};

/// An association. On the ASP side the index of its peer in the configuration; on the gateway
/// side whatever the shell counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssociationId(pub u64);

/// What happens to an adapter.
#[derive(Clone, Debug)]
pub enum Input {
    /// Something happened to an association.
    Association(AssociationId, AssociationEvent),
    /// MTP-TRANSFER request.
    Transfer(MtpTransfer),
    /// News of a destination behind a gateway; nothing to an ASP.
    Indicate(MtpIndication),
    /// Shut down in order.
    Shutdown,
}

/// What a transport tells of an association.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssociationEvent {
    /// It is up.
    Up {
        /// Where the peer is.
        peer: SocketAddr,
        /// Streams that we may send on, at least 1.
        outbound_streams: u16,
    },
    /// It is down; nothing more comes of it before another `Up`.
    Down(DownReason),
    /// The peer restarted it; it is up.
    Restarted {
        /// Streams that we may send on, at least 1.
        outbound_streams: u16,
    },
    /// A message came.
    Message {
        /// The stream, if the transport has any.
        stream: Option<u16>,
        /// The payload protocol identifier, if the transport has one.
        ppid: Option<u32>,
        /// The octets.
        data: Vec<u8>,
    },
    /// A packet was no good.
    BadPacket(String),
    /// A message could not be sent: the association's buffer is full.
    SendFailed,
    /// Messages that the peer never acknowledged, in the order in which they were sent. Comes
    /// right before `Down`, if it comes.
    Returned(Vec<Vec<u8>>),
    /// A path of a multi-homed association failed or works again.
    Path {
        /// The peer's address.
        address: IpAddr,
        /// Whether it can be reached.
        up: bool,
    },
    /// How full the send buffer is: 0 below a quarter, 3 above three quarters. Told when it
    /// changes.
    Congestion(u8),
}

/// What an adapter wants or tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Set up the association.
    Connect(AssociationId),
    /// Send a message.
    Send {
        /// On which association.
        association: AssociationId,
        /// On which stream: 0 for management, others for DATA.
        stream: u16,
        /// The octets.
        data: Vec<u8>,
    },
    /// Shut the association down in order.
    Shutdown(AssociationId),
    /// End the association at once.
    Abort(AssociationId),
    /// For the owner.
    Event(SignalingEvent),
    /// All is shut down.
    Finished,
}

/// Why an adapter wants to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A lost association is to be set up again.
    Reconnect,
    /// A timer of M3UA: T(ack), T(beat) or T(r).
    M3ua,
    /// Shutting down takes too long.
    Shutdown,
}

/// What the shell drives: either side.
pub trait Core {
    /// Takes one input; call [`Self::poll_output`] until it is empty afterwards.
    fn handle(&mut self, now: Time, input: Input);
    /// What is to be done next.
    fn poll_output(&mut self) -> Option<Output>;
    /// When to call [`Self::handle_timeout`], and why.
    fn poll_timeout(&self) -> Option<(Time, Timer)>;
    /// Does what is due at `now`.
    fn handle_timeout(&mut self, now: Time);
}

/// How long an orderly shutdown may take.
pub const SHUTDOWN_LIMIT: core::time::Duration = core::time::Duration::from_secs(2);

/// The stream for a message: 0 for management; for DATA one that its signaling link selection
/// chooses, so that messages of one circuit stay in order (RFC 4666 1.4.7).
fn stream_of(message: &Message, outbound_streams: u16) -> u16 {
    match message {
        Message::Data(data) if outbound_streams > 1 => {
            1 + u16::from(data.protocol_data.sls) % (outbound_streams - 1)
        }
        _ => 0,
    }
}

/// Writes a message for an association, and the event that counts it.
fn send(
    association: AssociationId,
    peer: &str,
    outbound_streams: u16,
    message: &Message,
) -> [Output; 2] {
    [
        Output::Send {
            association,
            stream: stream_of(message, outbound_streams),
            data: encode(message),
        },
        Output::Event(SignalingEvent::Message {
            peer: peer.to_owned(),
            direction: Direction::Sent,
            name: message.name(),
        }),
    ]
}

/// What the octets of an association are.
enum Received {
    Message(Message),
    /// Refused; the Error to send back, if any.
    Refused(Option<Message>, PeerError),
}

fn receive(ppid: Option<u32>, data: &[u8]) -> Received {
    if let Some(other) = ppid
        && other != PAYLOAD_PROTOCOL_IDENTIFIER
    {
        return Received::Refused(None, PeerError::PayloadProtocol(other));
    }
    match decode(data) {
        Ok(message) => Received::Message(message),
        Err(error) => Received::Refused(
            error.answer(data).map(Message::Error),
            PeerError::Malformed(error.to_string()),
        ),
    }
}

fn received(peer: &str, message: &Message) -> Output {
    Output::Event(SignalingEvent::Message {
        peer: peer.to_owned(),
        direction: Direction::Received,
        name: message.name(),
    })
}

fn failed(peer: &str, error: PeerError) -> Output {
    Output::Event(SignalingEvent::Error {
        peer: peer.to_owned(),
        error,
    })
}
