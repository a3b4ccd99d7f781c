//! The stream that a termination sends.

use crate::output::{Channel, Output, Sink, SocketId};
use std::net::SocketAddr;
use trunkline_model::Time;
use trunkline_model::media::RtpParameters;
use trunkline_rtp::RtpPacket;

/// One outgoing stream: its source identifier stays and its numbers go on, whatever the packets
/// are made from.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) ssrc: u32,
    pub(crate) socket: SocketId,
    /// Of the next packet.
    sequence: u16,
    /// Of the last packet, in units of `clock_rate`.
    timestamp: u32,
    clock_rate: u32,
    sent_at: Option<Time>,
    pub(crate) packets: u64,
    pub(crate) octets: u64,
}

/// What a packet shall carry besides what the sender adds.
pub(crate) struct Outgoing<'a> {
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) payload: &'a [u8],
}

impl Sender {
    /// Starts at random numbers (RFC 3550 5.1).
    pub(crate) const fn new(socket: SocketId, random: [u32; 3]) -> Self {
        Self {
            ssrc: random[0],
            socket,
            sequence: random[1] as u16,
            timestamp: random[2],
            clock_rate: 8_000,
            sent_at: None,
            packets: 0,
            octets: 0,
        }
    }

    /// The sequence number that the next packet should have.
    pub(crate) const fn next_sequence(&self) -> u16 {
        self.sequence
    }

    /// What the timestamp would be now.
    pub(crate) fn timestamp_at(&self, now: Time) -> u32 {
        let Some(sent_at) = self.sent_at else {
            return self.timestamp;
        };
        let micros = now.since(sent_at).as_micros() as u64;
        let units = micros * u64::from(self.clock_rate) / 1_000_000;
        self.timestamp.wrapping_add(units as u32)
    }

    /// Sends; `fix` may change the payload in place.
    pub(crate) fn send(
        &mut self,
        now: Time,
        to: SocketAddr,
        parameters: &RtpParameters,
        packet: &Outgoing<'_>,
        fix: Option<fn(&mut [u8])>,
        sink: &mut Sink,
    ) {
        let mut data = sink.buffer();
        RtpPacket {
            marker: packet.marker,
            ..RtpPacket::new(
                packet.payload_type,
                packet.sequence,
                packet.timestamp,
                self.ssrc,
                packet.payload,
            )
        }
        .write(&mut data);
        if let Some(fix) = fix {
            fix(&mut data[trunkline_rtp::HEADER_LENGTH..]);
        }
        self.packets += 1;
        self.octets += packet.payload.len() as u64;
        // A reordered packet does not set the numbers back.
        let next = packet.sequence.wrapping_add(1);
        if self.sent_at.is_none() || next.wrapping_sub(self.sequence) < 0x8000 {
            self.sequence = next;
            self.timestamp = packet.timestamp;
            self.clock_rate = parameters.codec.clock_rate();
            self.sent_at = Some(now);
        }
        sink.outputs.push_back(Output::Transmit {
            socket: self.socket,
            channel: Channel::Rtp,
            destination: to,
            data,
        });
    }
}
