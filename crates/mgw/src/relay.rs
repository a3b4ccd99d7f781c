//! The path without a decoder: equal codecs, and the two laws of G.711.

use crate::output::Sink;
use crate::sender::{Outgoing, Sender};
use std::net::SocketAddr;
use trunkline_codecs::g711;
use trunkline_model::Time;
use trunkline_model::media::{Codec, RtpParameters};
use trunkline_rtp::RtpPacket;

/// Forwards packets as they come, with the header of our own stream. Loss and order are left to
/// the far end, which sees them as they were.
#[derive(Debug)]
pub(crate) struct Relay {
    from: Codec,
    convert: Option<fn(&mut [u8])>,
    base: Option<Base>,
}

/// How numbers of the incoming stream become ours.
#[derive(Clone, Copy, Debug)]
struct Base {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
}

impl Relay {
    /// A relay, if these codecs can do without decoding.
    pub(crate) fn new(from: Codec, to: Codec) -> Option<Self> {
        let convert: Option<fn(&mut [u8])> = match (from, to) {
            (Codec::Pcma, Codec::Pcmu) => Some(g711::alaw_to_ulaw),
            (Codec::Pcmu, Codec::Pcma) => Some(g711::ulaw_to_alaw),
            _ if from == to => None,
            _ => return None,
        };
        Some(Self {
            from,
            convert,
            base: None,
        })
    }

    /// Something else is played to the far end from now on: numbers are matched anew afterwards.
    pub(crate) const fn halt(&mut self) {
        self.base = None;
    }

    /// Sends `packet` on under `payload_type`. `sound` is false for telephone events, whose
    /// payload stays as it is.
    #[expect(clippy::too_many_arguments, reason = "one flat call per packet")]
    pub(crate) fn forward(
        &mut self,
        now: Time,
        packet: &RtpPacket<'_>,
        sound: bool,
        payload_type: u8,
        parameters: &RtpParameters,
        to: SocketAddr,
        sender: &mut Sender,
        sink: &mut Sink,
    ) {
        let mut marker = packet.marker;
        let base = match self.base {
            Some(base) if base.ssrc == packet.ssrc => base,
            _ => {
                marker = true;
                let base = Base {
                    ssrc: packet.ssrc,
                    sequence: sender.next_sequence().wrapping_sub(packet.sequence),
                    timestamp: sender.timestamp_at(now).wrapping_sub(packet.timestamp),
                };
                *self.base.insert(base)
            }
        };
        let outgoing = Outgoing {
            marker,
            payload_type,
            sequence: packet.sequence.wrapping_add(base.sequence),
            timestamp: packet.timestamp.wrapping_add(base.timestamp),
            payload: packet.payload,
        };
        let convert = if sound { self.convert } else { None };
        sender.send(now, to, parameters, &outgoing, convert, sink);
        sink.counters.count_relayed(self.from, parameters.codec);
    }
}
