//! [`Dissector`]: frames in, sightings out.

use crate::capture::Frame;
use crate::network::{Network, Transport, transport};
use crate::sctp::{Associations, Chunk, UserMessage};
use crate::sighting::{Sighting, What};
use crate::stream::{self, Streams};
use core::time::Duration;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use trunkline_isup as isup;
use trunkline_m3ua as m3ua;
use trunkline_model::mtp::SI_ISUP;
use trunkline_rtp::{Reception, RtpPacket};
use trunkline_sip::message::Message;

/// Turns frames into messages. It remembers what it must to put fragments together, in bounds.
#[derive(Default)]
pub struct Dissector {
    network: Network,
    associations: Associations,
    streams: Streams,
    rtp: BTreeMap<(SocketAddr, SocketAddr, u32), RtpStream>,
}

struct RtpStream {
    reception: Reception,
    payload_type: u8,
    packets: u64,
    announced: bool,
    last: Duration,
}

/// The UDP port of SCTP encapsulation (RFC 6951 6).
const SCTP_OVER_UDP: u16 = 9899;
/// The SCTP and TCP port of M3UA (RFC 4666 1.4.8).
const M3UA: u16 = 2905;
/// The port of SIP.
const SIP: u16 = 5060;

/// RTP packets in a row by which a stream is believed.
const RTP_PROBATION: u64 = 5;
/// RTP streams that are followed.
const MAX_RTP_STREAMS: usize = 4096;

impl Dissector {
    /// What one frame holds; often nothing, sometimes several messages.
    pub fn frame(&mut self, frame: &Frame) -> Vec<Sighting> {
        let mut found = Vec::new();
        let Some(packet) = self.network.packet(frame.link, &frame.data) else { return found };
        match transport(&packet) {
            Some(Transport::Udp { from, to, payload }) => {
                self.udp(frame.time, from, to, payload, &mut found);
            }
            Some(Transport::Tcp { from, to, sequence, syn, payload }) => {
                let has = |port| from.port() == port || to.port() == port;
                let framing = if has(M3UA) { stream::m3ua } else { stream::sip };
                let flow = (from, to);
                for message in self.streams.segment(flow, sequence, syn, payload, framing) {
                    if has(M3UA) {
                        found.push(see(frame.time, from, to, m3ua(&message)));
                    } else {
                        found.extend(sip(&message, has(SIP)).map(|what| see(frame.time, from, to, what)));
                    }
                }
            }
            Some(Transport::Sctp { source, destination, packet }) => {
                let from = SocketAddr::new(source, 0);
                let to = SocketAddr::new(destination, 0);
                self.sctp(frame.time, from, to, packet, &mut found);
            }
            None => {}
        }
        found
    }

    /// A datagram that was seen outside a capture file.
    pub fn datagram(
        &mut self,
        time: Duration,
        from: SocketAddr,
        to: SocketAddr,
        payload: &[u8],
    ) -> Vec<Sighting> {
        let mut found = Vec::new();
        self.udp(time, from, to, payload, &mut found);
        found
    }

    /// What can be said only at the end: the RTP streams.
    pub fn finish(self) -> Vec<Sighting> {
        let streams = self.rtp.into_iter().filter(|(_, stream)| stream.announced);
        streams
            .map(|((from, to, ssrc), stream)| {
                let RtpStream { payload_type, packets, last, .. } = stream;
                let lost = stream.reception.lost();
                see(last, from, to, What::RtpStream { ssrc, payload_type, packets, lost })
            })
            .collect()
    }

    fn udp(
        &mut self,
        time: Duration,
        from: SocketAddr,
        to: SocketAddr,
        payload: &[u8],
        found: &mut Vec<Sighting>,
    ) {
        let has = |port| from.port() == port || to.port() == port;
        if has(SCTP_OVER_UDP) {
            self.sctp(time, from, to, payload, found);
        } else if let Some(what) = sip(payload, has(SIP)) {
            found.push(see(time, from, to, what));
        } else if let Ok(packet) = RtpPacket::parse(payload) {
            found.extend(self.rtp(time, from, to, &packet));
        }
    }

    /// `from` and `to` carry UDP ports, or 0: the ports of SCTP take their place.
    fn sctp(
        &mut self,
        time: Duration,
        from: SocketAddr,
        to: SocketAddr,
        packet: &[u8],
        found: &mut Vec<Sighting>,
    ) {
        let Some((from_port, to_port, chunks)) =
            self.associations.packet(from.ip(), to.ip(), packet)
        else {
            return;
        };
        let from = SocketAddr::new(from.ip(), from_port);
        let to = SocketAddr::new(to.ip(), to_port);
        for chunk in chunks {
            let what = match chunk {
                Chunk::Control(name) => What::Sctp(name),
                Chunk::Message(UserMessage { ppid, data, .. })
                    if ppid == m3ua::PAYLOAD_PROTOCOL_IDENTIFIER
                        || ppid == 0 && (from_port == M3UA || to_port == M3UA) =>
                {
                    m3ua(&data)
                }
                Chunk::Message(_) => continue,
            };
            found.push(see(time, from, to, what));
        }
    }

    fn rtp(
        &mut self,
        time: Duration,
        from: SocketAddr,
        to: SocketAddr,
        packet: &RtpPacket<'_>,
    ) -> Option<Sighting> {
        // RTCP shares the version bits; its packet types 192 to 223 show as 64 to 95.
        if (64..=95).contains(&packet.payload_type) {
            return None;
        }
        let key = (from, to, packet.ssrc);
        if !self.rtp.contains_key(&key) && self.rtp.len() >= MAX_RTP_STREAMS {
            return None;
        }
        let stream = self.rtp.entry(key).or_insert_with(|| RtpStream {
            reception: Reception::new(8_000),
            payload_type: packet.payload_type,
            packets: 0,
            announced: false,
            last: time,
        });
        stream.reception.packet(time, packet.sequence, packet.timestamp);
        stream.payload_type = packet.payload_type;
        stream.packets += 1;
        stream.last = time;
        if stream.packets < RTP_PROBATION || stream.announced {
            return None;
        }
        stream.announced = true;
        let (ssrc, payload_type) = (packet.ssrc, packet.payload_type);
        Some(see(time, from, to, What::RtpStarted { ssrc, payload_type }))
    }
}

const fn see(time: Duration, from: SocketAddr, to: SocketAddr, what: What) -> Sighting {
    Sighting { time, from, to, what }
}

/// `None` if it does not look like SIP. At SIP's own port, text that is no SIP message is worth a
/// line; elsewhere it is somebody else's.
fn sip(payload: &[u8], sip_port: bool) -> Option<What> {
    let line = payload.trim_ascii_start().split(|&octet| octet == b'\n').next()?;
    let line = line.trim_ascii_end();
    let looks_like_sip = line.starts_with(b"SIP/2.0 ") || line.ends_with(b" SIP/2.0");
    let is_text = sip_port && line.first().is_some_and(u8::is_ascii_alphabetic);
    if !looks_like_sip && !is_text {
        return None; // keep-alives among them
    }
    Some(match Message::parse(payload.to_vec()) {
        Ok(message) => What::Sip(Box::new(message)),
        Err(error) => What::MalformedSip(error),
    })
}

fn m3ua(data: &[u8]) -> What {
    match m3ua::decode(data) {
        Ok(m3ua::Message::Data(data)) => {
            let data = data.protocol_data;
            if data.si != SI_ISUP {
                return What::OtherUser { si: data.si, length: data.data.len() };
            }
            let pdu = isup::decode(&data.data).map(Box::new);
            What::Isup { opc: data.opc, dpc: data.dpc, pdu }
        }
        Ok(message) => What::M3ua(message),
        Err(error) => What::MalformedM3ua(error),
    }
}
