//! RTP streams among all the datagrams that nobody has announced.

use crate::sighting::{Sighting, What};
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use trunkline_rtp::{Reception, RtpPacket};

/// Tells RTP streams from other datagrams.
#[derive(Default)]
pub(crate) struct Streams {
    streams: BTreeMap<Key, Stream>,
    /// The keys in the order in which they came.
    order: VecDeque<Key>,
}

type Key = (SocketAddr, SocketAddr, u32);

struct Stream {
    reception: Reception,
    payload_type: u8,
    packets: u64,
    sequence: u16,
    /// Packets that followed the one before, in a row.
    in_order: u32,
    announced: bool,
    last: Duration,
    last_frame: u64,
}

/// By so many packets in a row a stream is believed (RFC 3550 A.1 has 2, where the address is
/// known from signaling).
const PROBATION: u32 = 4;
/// Streams that are followed at once, those on probation included.
const MAX_STREAMS: usize = 4096;

impl Streams {
    pub(crate) fn datagram(
        &mut self,
        frame: u64,
        time: Duration,
        from: SocketAddr,
        to: SocketAddr,
        payload: &[u8],
        found: &mut Vec<Sighting>,
    ) {
        let Ok(packet) = RtpPacket::parse(payload) else {
            return;
        };
        // RTCP shares the version bits; its packet types 192 to 223 show as 64 to 95. Below 1024
        // are DNS, NetBIOS and others whose first octet is anything.
        if (64..=95).contains(&packet.payload_type) || from.port() < 1024 || to.port() < 1024 {
            return;
        }
        let key = (from, to, packet.ssrc);
        if !self.streams.contains_key(&key) {
            if self.streams.len() >= MAX_STREAMS {
                self.give_way(found);
            }
            self.order.push_back(key);
        }
        let stream = self.streams.entry(key).or_insert_with(|| Stream {
            reception: Reception::new(8_000),
            payload_type: packet.payload_type,
            packets: 0,
            sequence: packet.sequence.wrapping_sub(1),
            in_order: 0,
            announced: false,
            last: time,
            last_frame: frame,
        });
        stream
            .reception
            .packet(time, packet.sequence, packet.timestamp);
        match packet.sequence.wrapping_sub(stream.sequence) {
            0 => {} // sent twice: proves nothing
            1 => stream.in_order += 1,
            _ => stream.in_order = 1,
        }
        stream.sequence = packet.sequence;
        stream.payload_type = packet.payload_type;
        stream.packets += 1;
        stream.last = time;
        stream.last_frame = frame;
        if stream.in_order >= PROBATION && !stream.announced {
            stream.announced = true;
            let (ssrc, payload_type) = (packet.ssrc, packet.payload_type);
            let what = What::RtpStarted { ssrc, payload_type };
            found.push(Sighting {
                frame,
                time,
                from,
                to,
                what,
            });
        }
    }

    /// The streams that are not over, in the order in which they were last heard.
    pub(crate) fn finish(self) -> Vec<Sighting> {
        let mut found: Vec<_> = self
            .streams
            .into_iter()
            .filter_map(|(k, s)| s.end(k))
            .collect();
        found.sort_by_key(|sighting| sighting.time);
        found
    }

    /// The oldest gives way; but what is on probation before what is believed, as far as a short
    /// look shows.
    fn give_way(&mut self, found: &mut Vec<Sighting>) {
        for _ in 0..8 {
            match self.order.front() {
                Some(key) if self.streams.get(key).is_some_and(|stream| stream.announced) => {
                    self.order.rotate_left(1);
                }
                _ => break,
            }
        }
        let oldest = self.order.pop_front();
        if let Some((key, stream)) = oldest.and_then(|key| self.streams.remove_entry(&key)) {
            found.extend(stream.end(key));
        }
    }
}

impl Stream {
    fn end(self, (from, to, ssrc): Key) -> Option<Sighting> {
        let Self {
            payload_type,
            packets,
            ..
        } = self;
        let lost = self.reception.lost();
        let what = What::RtpStream {
            ssrc,
            payload_type,
            packets,
            lost,
        };
        let (frame, time) = (self.last_frame, self.last);
        self.announced.then_some(Sighting {
            frame,
            time,
            from,
            to,
            what,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(streams: &mut Streams, from: &str, ssrc: u32, sequence: u16) -> Vec<Sighting> {
        let mut datagram = Vec::new();
        RtpPacket::new(8, sequence, 0, ssrc, &[0; 20]).write(&mut datagram);
        let mut found = Vec::new();
        let time = Duration::from_secs(u64::from(ssrc));
        let to = "192.0.2.2:4000".parse().unwrap();
        streams.datagram(1, time, from.parse().unwrap(), to, &datagram, &mut found);
        found
    }

    #[test]
    fn a_stream_is_believed_when_its_packets_follow_each_other() {
        let mut streams = Streams::default();
        for sequence in [65_534, 65_535, 65_535, 0] {
            assert!(see(&mut streams, "192.0.2.1:4000", 1, sequence).is_empty());
        }
        assert_eq!(see(&mut streams, "192.0.2.1:4000", 1, 1).len(), 1);
        for sequence in [7, 7, 7, 7, 9, 11, 20, 21, 22] {
            assert!(see(&mut streams, "192.0.2.1:4002", 2, sequence).is_empty());
        }
        for sequence in 0..9 {
            assert!(see(&mut streams, "192.0.2.1:53", 3, sequence).is_empty());
        }
        let found = streams.finish();
        assert!(matches!(
            found[..],
            [Sighting {
                what: What::RtpStream {
                    ssrc: 1,
                    packets: 5,
                    lost: -1,
                    ..
                },
                ..
            }]
        ));
    }

    #[test]
    fn what_is_on_probation_gives_way_to_what_comes() {
        let mut streams = Streams::default();
        for sequence in 0..4 {
            see(&mut streams, "192.0.2.1:4000", 0, sequence);
        }
        for ssrc in 1..10_000 {
            assert!(see(&mut streams, "192.0.2.1:4000", ssrc, 0).is_empty());
        }
        assert_eq!(
            (streams.streams.len(), streams.order.len()),
            (MAX_STREAMS, MAX_STREAMS)
        );
        assert_eq!(
            streams.finish().len(),
            1,
            "the stream that was believed is still there"
        );
    }
}
