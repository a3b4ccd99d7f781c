//! From the link layer to the transport layer: what a frame carries, between whom.

use crate::capture::DataLink;
use etherparse::defrag::IpDefragPool;
use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, SlicedPacket};
use std::net::{IpAddr, SocketAddr};

/// The payload of an IP packet: put together of its fragments, but as far as it was captured.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    pub(crate) protocol: u8,
    pub(crate) payload: Vec<u8>,
}

/// A datagram or segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Transport<'a> {
    Udp {
        from: SocketAddr,
        to: SocketAddr,
        payload: &'a [u8],
    },
    Tcp {
        from: SocketAddr,
        to: SocketAddr,
        sequence: u32,
        syn: bool,
        payload: &'a [u8],
    },
    Sctp {
        source: IpAddr,
        destination: IpAddr,
        packet: &'a [u8],
    },
}

pub(crate) const UDP: u8 = 17;
pub(crate) const TCP: u8 = 6;
pub(crate) const SCTP: u8 = 132;

/// Fragments are remembered until so many others came. A packet in the making takes 64 KiB at
/// most.
const MAX_FRAGMENTS: u64 = 256;

/// Puts fragments together.
#[derive(Default)]
pub(crate) struct Network {
    fragments: IpDefragPool<u64, ()>,
    frames: u64,
}

impl Network {
    /// The IP packet of a frame; `None` if there is none, or it is not complete yet.
    ///
    /// A frame that was cut when it was captured gives what is there: the headers of RTP packets
    /// are often all that is kept of them.
    pub(crate) fn packet(&mut self, link: DataLink, data: &[u8]) -> Option<Packet> {
        let (content, data) = content(link, data)?;
        let sliced = match content {
            Content::Ethernet => LaxSlicedPacket::from_ethernet(data).ok()?,
            Content::EtherType(ether_type) => LaxSlicedPacket::from_ether_type(ether_type, data),
            Content::Ip => LaxSlicedPacket::from_ip(data).ok()?,
        };
        let (source, destination) = match sliced.net.as_ref()? {
            LaxNetSlice::Ipv4(ip) => {
                let header = ip.header();
                (
                    header.source_addr().into(),
                    header.destination_addr().into(),
                )
            }
            LaxNetSlice::Ipv6(ip) => {
                let header = ip.header();
                (
                    header.source_addr().into(),
                    header.destination_addr().into(),
                )
            }
            LaxNetSlice::Arp(_) => return None,
        };
        let payload = sliced.net.as_ref()?.ip_payload_ref()?;
        if !payload.fragmented {
            let (protocol, payload) = (payload.ip_number.0, payload.payload.to_vec());
            return Some(Packet {
                source,
                destination,
                protocol,
                payload,
            });
        }
        let sliced = match content {
            Content::Ethernet => SlicedPacket::from_ethernet(data),
            Content::EtherType(ether_type) => SlicedPacket::from_ether_type(ether_type, data),
            Content::Ip => SlicedPacket::from_ip(data),
        };
        self.frames += 1;
        let oldest = self.frames.saturating_sub(MAX_FRAGMENTS);
        self.fragments.retain(|&frame| frame >= oldest);
        let whole = self
            .fragments
            .process_sliced_packet(&sliced.ok()?, self.frames, ())
            .ok()??;
        let (protocol, payload) = (whole.ip_number.0, whole.payload);
        Some(Packet {
            source,
            destination,
            protocol,
            payload,
        })
    }
}

/// What a frame holds behind its link layer's own header.
#[derive(Clone, Copy)]
enum Content {
    Ethernet,
    EtherType(EtherType),
    Ip,
}

fn content(link: DataLink, data: &[u8]) -> Option<(Content, &[u8])> {
    let ether_type = |at: usize| {
        let octets = data.get(at..)?.first_chunk()?;
        Some(Content::EtherType(EtherType(u16::from_be_bytes(*octets))))
    };
    match link {
        DataLink::ETHERNET => Some((Content::Ethernet, data)),
        // Whatever the ARP type says (IP over PPP, tunnels), IP follows where the EtherType says
        // so.
        DataLink::LINUX_SLL => Some((ether_type(14)?, data.get(16..)?)),
        DataLink::LINUX_SLL2 => Some((ether_type(0)?, data.get(20..)?)),
        // The address family is the capturing host's; the IP version says the same.
        DataLink::NULL | DataLink::LOOP => Some((Content::Ip, data.get(4..)?)),
        DataLink::RAW | DataLink::IPV4 | DataLink::IPV6 => Some((Content::Ip, data)),
        // DLT_RAW, where a file holds the number of the platform instead of LINKTYPE_RAW.
        DataLink::Unknown(12 | 14) => Some((Content::Ip, data)),
        _ => None,
    }
}

/// The transport layer of a packet; `None` if it is another one, or cut off.
pub(crate) fn transport(packet: &Packet) -> Option<Transport<'_>> {
    let data = &packet.payload[..];
    let port = |at: usize| Some(u16::from_be_bytes(*data.get(at..)?.first_chunk()?));
    match packet.protocol {
        UDP => {
            let from = SocketAddr::new(packet.source, port(0)?);
            let to = SocketAddr::new(packet.destination, port(2)?);
            let length = usize::from(port(4)?);
            let payload = data.get(8..length).or_else(|| data.get(8..))?;
            Some(Transport::Udp { from, to, payload })
        }
        TCP => {
            let from = SocketAddr::new(packet.source, port(0)?);
            let to = SocketAddr::new(packet.destination, port(2)?);
            let sequence = u32::from_be_bytes(*data.get(4..)?.first_chunk()?);
            let header = usize::from(*data.get(12)? >> 4) * 4;
            let syn = *data.get(13)? & 2 != 0;
            Some(Transport::Tcp {
                from,
                to,
                sequence,
                syn,
                payload: data.get(header..)?,
            })
        }
        SCTP => Some(Transport::Sctp {
            source: packet.source,
            destination: packet.destination,
            packet: data,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::PacketBuilder;

    fn udp(payload: &[u8]) -> Vec<u8> {
        let mut packet = Vec::new();
        let builder = PacketBuilder::ipv4([192, 0, 2, 1], [192, 0, 2, 2], 64).udp(5060, 5062);
        builder.write(&mut packet, payload).unwrap();
        packet
    }

    fn text(link: DataLink, frame: &[u8]) -> Option<String> {
        let packet = Network::default().packet(link, frame)?;
        match transport(&packet)? {
            Transport::Udp { from, to, payload } => {
                Some(format!("{from} {to} {}", String::from_utf8_lossy(payload)))
            }
            _ => None,
        }
    }

    #[test]
    fn each_link_layer_leads_to_the_same_datagram() {
        let packet = udp(b"hello");
        let with = |prefix: &[u8]| [prefix, &packet].concat();
        let expected = Some("192.0.2.1:5060 192.0.2.2:5062 hello".to_owned());
        assert_eq!(text(DataLink::RAW, &packet), expected);
        let mut ethernet = [0; 14];
        ethernet[12] = 8;
        assert_eq!(text(DataLink::ETHERNET, &with(&ethernet)), expected);
        let mut vlan = [0; 18];
        (vlan[12], vlan[16]) = (0x81, 8);
        assert_eq!(text(DataLink::ETHERNET, &with(&vlan)), expected);
        let mut cooked = [0; 16];
        cooked[14] = 8;
        assert_eq!(text(DataLink::LINUX_SLL, &with(&cooked)), expected);
        let mut cooked2 = [0; 20];
        cooked2[0] = 8;
        assert_eq!(text(DataLink::LINUX_SLL2, &with(&cooked2)), expected);
        assert_eq!(text(DataLink::NULL, &with(&[2, 0, 0, 0])), expected);
    }

    #[test]
    fn fragments_are_put_together() {
        let whole = udp(&[b'x'; 64]);
        let fragment = |offset: usize, more: bool, data: &[u8]| {
            let mut header = whole[..20].to_vec();
            let total = u16::try_from(20 + data.len()).unwrap();
            header[2..4].copy_from_slice(&total.to_be_bytes());
            let field = u16::try_from(offset / 8).unwrap() | if more { 0x2000 } else { 0 };
            header[6..8].copy_from_slice(&field.to_be_bytes());
            [&header, data].concat()
        };
        let mut network = Network::default();
        let (first, second) = whole[20..].split_at(24);
        assert_eq!(
            network.packet(DataLink::RAW, &fragment(0, true, first)),
            None
        );
        let packet = network
            .packet(DataLink::RAW, &fragment(24, false, second))
            .unwrap();
        assert_eq!(packet.payload, whole[20..]);
        for length in 0..whole.len() {
            let _ = text(DataLink::RAW, &fragment(0, true, first)[..length.min(44)]);
        }
    }

    #[test]
    fn cut_frames_give_what_is_there() {
        let whole = udp(b"hello");
        for length in 0..28 {
            assert_eq!(
                text(DataLink::RAW, &whole[..length]),
                None,
                "{length} octets"
            );
        }
        let expected = "192.0.2.1:5060 192.0.2.2:5062 he";
        assert_eq!(text(DataLink::RAW, &whole[..30]).as_deref(), Some(expected));
    }
}
