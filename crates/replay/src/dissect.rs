//! [`Dissector`]: frames in, sightings out.

use crate::capture::Frame;
use crate::draft;
use crate::network::{Network, Transport, transport};
use crate::rtp::Streams as RtpStreams;
use crate::sctp::{self, Associations, Chunk, UserMessage};
use crate::sighting::{Sighting, What};
use crate::stream::{self, Streams};
use core::time::Duration;
use std::net::SocketAddr;
use trunkline_isup::Variant;
use trunkline_m3ua as m3ua;
use trunkline_model::mtp::{MtpTransfer, SI_BICC, SI_ISUP};
use trunkline_sip::Message;

/// Turns frames into messages. It remembers what it must to put fragments together, in bounds:
/// some ten megabytes at most, whatever the frames hold.
pub struct Dissector {
    network: Network,
    associations: Associations,
    streams: Streams,
    rtp: RtpStreams,
    /// A further UDP port of SCTP encapsulation, beside the registered one.
    sctp_over_udp: Option<u16>,
    /// What the ISUP of the capture is.
    variant: &'static Variant,
}

/// ISUP is taken for that of ITU-T.
impl Default for Dissector {
    fn default() -> Self {
        Self {
            network: Network::default(),
            associations: Associations::default(),
            streams: Streams::default(),
            rtp: RtpStreams::default(),
            sctp_over_udp: None,
            variant: Variant::itu(),
        }
    }
}

/// The UDP port of SCTP encapsulation (RFC 6951 6).
const SCTP_OVER_UDP: u16 = 9899;
/// The SCTP and TCP port of M3UA (RFC 4666 1.4.8).
const M3UA: u16 = 2905;
/// The port of SIP.
const SIP: u16 = 5060;

impl Dissector {
    /// Takes what goes to or comes from that UDP port, too, for encapsulated SCTP. (On any port
    /// such a packet is recognised by its checksum, unless that was left out.)
    #[must_use]
    pub const fn with_sctp_over_udp(mut self, port: u16) -> Self {
        self.sctp_over_udp = Some(port);
        self
    }

    /// Reads ISUP by that variant.
    #[must_use]
    pub const fn with_variant(mut self, variant: &'static Variant) -> Self {
        self.variant = variant;
        self
    }

    /// What one frame holds; often nothing, sometimes several messages.
    pub fn frame(&mut self, frame: &Frame) -> Vec<Sighting> {
        let mut found = Found {
            frame: frame.number,
            time: frame.time,
            sightings: Vec::new(),
        };
        let Some(packet) = self.network.packet(frame.link, &frame.data) else {
            return found.sightings;
        };
        match transport(&packet) {
            Some(Transport::Udp { from, to, payload }) => {
                self.udp(from, to, payload, &mut found);
            }
            Some(Transport::Tcp {
                from,
                to,
                sequence,
                syn,
                payload,
            }) => {
                let has = |port| from.port() == port || to.port() == port;
                let framing = if has(M3UA) { stream::m3ua } else { stream::sip };
                for message in self
                    .streams
                    .segment((from, to), sequence, syn, payload, framing)
                {
                    if has(M3UA) {
                        found.see(from, to, m3ua(&message, self.variant));
                    } else if let Some(what) = sip(&message, has(SIP)) {
                        found.see(from, to, what);
                    }
                }
            }
            Some(Transport::Sctp {
                source,
                destination,
                packet,
            }) => {
                let from = SocketAddr::new(source, 0);
                let to = SocketAddr::new(destination, 0);
                self.sctp(from, to, packet, &mut found);
            }
            None => {}
        }
        found.sightings
    }

    /// What a UDP datagram holds that was seen outside a capture file.
    pub fn datagram(
        &mut self,
        time: Duration,
        from: SocketAddr,
        to: SocketAddr,
        payload: &[u8],
    ) -> Vec<Sighting> {
        let mut found = Found {
            frame: 0,
            time,
            sightings: Vec::new(),
        };
        self.udp(from, to, payload, &mut found);
        found.sightings
    }

    /// What can be said only at the end: the RTP streams, in the order in which they ended.
    pub fn finish(self) -> Vec<Sighting> {
        self.rtp.finish()
    }

    fn udp(&mut self, from: SocketAddr, to: SocketAddr, payload: &[u8], found: &mut Found) {
        let has = |port| from.port() == port || to.port() == port;
        let is_sctp = has(SCTP_OVER_UDP) || self.sctp_over_udp.is_some_and(has);
        if is_sctp || sctp::is_packet(payload) {
            self.sctp(from, to, payload, found);
        } else if let Some(what) = sip(payload, has(SIP)) {
            found.see(from, to, what);
        } else {
            self.rtp.datagram(
                found.frame,
                found.time,
                from,
                to,
                payload,
                &mut found.sightings,
            );
        }
    }

    /// `from` and `to` carry UDP ports, or 0: the ports of SCTP take their place.
    fn sctp(&mut self, from: SocketAddr, to: SocketAddr, packet: &[u8], found: &mut Found) {
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
                    m3ua(&data, self.variant)
                }
                Chunk::Message(_) => continue,
            };
            found.see(from, to, what);
        }
    }
}

/// What was found in one frame.
struct Found {
    frame: u64,
    time: Duration,
    sightings: Vec<Sighting>,
}

impl Found {
    fn see(&mut self, from: SocketAddr, to: SocketAddr, what: What) {
        let Self { frame, time, .. } = *self;
        self.sightings.push(Sighting {
            frame,
            time,
            from,
            to,
            what,
        });
    }
}

/// `None` if it does not look like SIP. At SIP's own port, lines that are no SIP message are worth
/// a line; elsewhere they are somebody else's.
fn sip(payload: &[u8], sip_port: bool) -> Option<What> {
    let text = payload.trim_ascii_start();
    let end = text.iter().position(|&octet| octet == b'\n');
    let line = &text[..end.unwrap_or(text.len())];
    // Keep-alives are mostly without a line end.
    let is_text = sip_port && end.is_some() && line.first().is_some_and(u8::is_ascii_alphabetic);
    if !stream::is_start_line(line) && !is_text {
        return None;
    }
    Some(match Message::parse(payload.to_vec()) {
        Ok(message) => What::Sip(Box::new(message)),
        Err(error) => {
            let salvaged = Message::salvage(payload.to_vec()).map(Box::new);
            What::MalformedSip {
                name: outline(line),
                error,
                salvaged,
            }
        }
    })
}

/// The method or status of a start line that may be malformed behind it.
fn outline(line: &[u8]) -> Option<String> {
    let status = |rest: &[u8]| rest.first_chunk::<3>().copied();
    let name = match line.strip_prefix(b"SIP/2.0 ") {
        Some(rest) => status(rest)
            .filter(|status| status.iter().all(u8::is_ascii_digit))?
            .to_vec(),
        None => line.split(|&octet| octet == b' ').next()?.to_vec(),
    };
    let is_name = (3..=16).contains(&name.len()) && name.iter().all(u8::is_ascii_alphanumeric);
    String::from_utf8(name).ok().filter(|_| is_name)
}

fn m3ua(message: &[u8], variant: &'static Variant) -> What {
    match m3ua::decode(message) {
        Ok(m3ua::Message::Data(data)) => user(data.protocol_data.into(), variant),
        Ok(message) => What::M3ua(message),
        Err(error) => match draft::data(message) {
            Some((_, transfer)) if error.problem == m3ua::Problem::Missing => {
                user(transfer, variant)
            }
            _ => What::MalformedM3ua(error),
        },
    }
}

/// The message of an MTP user. BICC has a service indicator of its own (Q.704 14.2.1).
fn user(transfer: MtpTransfer, variant: &'static Variant) -> What {
    let MtpTransfer {
        opc, dpc, si, data, ..
    } = transfer;
    let variant = match si {
        SI_ISUP => Some(variant),
        SI_BICC => Variant::named("bicc"),
        _ => None,
    };
    let Some(variant) = variant else {
        return What::OtherUser {
            opc,
            dpc,
            si,
            length: data.len(),
        };
    };
    What::Isup {
        variant,
        opc,
        dpc,
        pdu: variant.decode(&data).map(Box::new),
    }
}
