//! Capture files, read and written.

use core::time::Duration;
use etherparse::PacketBuilder;
use pcap_file::pcap::{PcapReader, PcapTsResolution};
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::InterfaceDescriptionBlock;
use pcap_file::pcapng::{Block, PcapNgReader, PcapNgWriter};
use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::net::SocketAddr;

pub use pcap_file::DataLink;

/// One frame of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its number in the file, from 1.
    pub number: u64,
    /// Since 1970.
    pub time: Duration,
    /// What the data begin with.
    pub link: DataLink,
    /// The octets that were captured.
    pub data: Vec<u8>,
}

/// Why a capture file cannot be read any further.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The file itself.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Nothing in it.
    #[error("the file ends within its first four octets")]
    Empty,
    /// Neither pcap nor pcapng.
    #[error("neither a pcap nor a pcapng file: it begins with {0:02x?}")]
    UnknownFormat([u8; 4]),
    /// A damaged file.
    #[error("after frame {after}: {problem}")]
    Damaged {
        /// The last frame that could be read.
        after: u64,
        /// What the file's reader says.
        problem: String,
    },
}

/// Reads a capture file of either format, frame by frame; after an error there are no more.
pub struct Reader<R: Read> {
    file: Format<R>,
    frames: u64,
    failed: bool,
}

enum Format<R: Read> {
    Pcap(PcapReader<Prefixed<R>>),
    PcapNg(Box<PcapNgReader<Prefixed<R>>>),
}

type Prefixed<R> = io::Chain<io::Cursor<[u8; 4]>, R>;

impl<R: Read> Reader<R> {
    /// Reads the file's header.
    ///
    /// # Errors
    ///
    /// If it is neither pcap nor pcapng, or ends before its header does.
    pub fn new(mut file: R) -> Result<Self, CaptureError> {
        let mut magic = [0; 4];
        file.read_exact(&mut magic)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => CaptureError::Empty,
                _ => CaptureError::Io(error),
            })?;
        let file = io::Cursor::new(magic).chain(file);
        let damaged = |error: &dyn core::error::Error| CaptureError::Damaged {
            after: 0,
            problem: reason(error),
        };
        let file = match magic {
            [0x0a, 0x0d, 0x0d, 0x0a] => {
                let reader = PcapNgReader::new(file).map_err(|error| damaged(&error))?;
                Format::PcapNg(Box::new(reader))
            }
            // Micro- and nanoseconds in either order of octets.
            [0xa1, 0xb2, 0xc3, 0xd4]
            | [0xd4, 0xc3, 0xb2, 0xa1]
            | [0xa1, 0xb2, 0x3c, 0x4d]
            | [0x4d, 0x3c, 0xb2, 0xa1] => {
                Format::Pcap(PcapReader::new(file).map_err(|error| damaged(&error))?)
            }
            magic => return Err(CaptureError::UnknownFormat(magic)),
        };
        Ok(Self {
            file,
            frames: 0,
            failed: false,
        })
    }

    fn next_frame(&mut self) -> Option<Result<Frame, CaptureError>> {
        let number = self.frames + 1;
        let damaged = |problem: String| {
            let after = number - 1;
            Some(Err(CaptureError::Damaged { after, problem }))
        };
        let frame = match &mut self.file {
            Format::Pcap(reader) => {
                let header = reader.header();
                // As it stands: files that other programs have cut or joined break the limits of
                // their own headers and can be read all the same.
                match reader.next_raw_packet()? {
                    Ok(packet) => {
                        let fraction = u64::from(packet.ts_frac);
                        let fraction = match header.ts_resolution {
                            PcapTsResolution::NanoSecond => Duration::from_nanos(fraction),
                            PcapTsResolution::MicroSecond => Duration::from_micros(fraction),
                        };
                        Frame {
                            number,
                            time: Duration::from_secs(packet.ts_sec.into()) + fraction,
                            link: header.datalink,
                            data: packet.data.into_owned(),
                        }
                    }
                    Err(error) => return damaged(reason(&error)),
                }
            }
            Format::PcapNg(reader) => loop {
                match reader.next_block()? {
                    Ok((Block::EnhancedPacket(packet), state)) => {
                        let interface = state.interfaces().get(packet.interface_id as usize);
                        let Some(interface) = interface else { continue };
                        break Frame {
                            number,
                            time: packet.timestamp,
                            link: interface.linktype,
                            data: packet.data.into_owned(),
                        };
                    }
                    Ok((Block::SimplePacket(packet), state)) => {
                        let Some(interface) = state.interfaces().first() else {
                            continue;
                        };
                        break Frame {
                            number,
                            time: Duration::ZERO,
                            link: interface.linktype,
                            data: packet.data.into_owned(),
                        };
                    }
                    Ok((_, state)) if state.interfaces().len() > MAX_INTERFACES => {
                        return damaged(format!("more than {MAX_INTERFACES} interfaces"));
                    }
                    Ok(_) => {}
                    Err(error) => return damaged(reason(&error)),
                }
            },
        };
        self.frames = number;
        Some(Ok(frame))
    }
}

/// Why a reader gave up, with the reasons of that.
fn reason(error: &dyn core::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<io::Error>()
            && error.kind() == io::ErrorKind::UnexpectedEof
        {
            return "the file ends before the next frame does".to_owned();
        }
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

/// A pcapng file may name interfaces without end, and all of them are kept.
const MAX_INTERFACES: usize = 4096;

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Frame, CaptureError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let frame = self.next_frame();
        self.failed = matches!(frame, Some(Err(_)));
        frame
    }
}

/// Writes datagrams as a pcapng file of raw IP packets.
pub struct Writer<W: Write> {
    file: PcapNgWriter<W>,
}

impl<W: Write> Writer<W> {
    /// Writes the headers.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn new(file: W) -> io::Result<Self> {
        let mut file = PcapNgWriter::new(file).map_err(io::Error::other)?;
        let interface = InterfaceDescriptionBlock {
            linktype: DataLink::RAW,
            snaplen: 0,
            options: vec![],
        };
        file.write_pcapng_block(interface)
            .map_err(io::Error::other)?;
        Ok(Self { file })
    }

    /// Writes one UDP datagram, `time` since 1970. Addresses of two families cannot be in one
    /// packet; such a datagram is left out.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn udp(
        &mut self,
        time: Duration,
        source: SocketAddr,
        destination: SocketAddr,
        payload: &[u8],
    ) -> io::Result<()> {
        let builder = match (source, destination) {
            (SocketAddr::V4(from), SocketAddr::V4(to)) => {
                PacketBuilder::ipv4(from.ip().octets(), to.ip().octets(), 64)
            }
            (SocketAddr::V6(from), SocketAddr::V6(to)) => {
                PacketBuilder::ipv6(from.ip().octets(), to.ip().octets(), 64)
            }
            _ => return Ok(()),
        }
        .udp(source.port(), destination.port());
        let mut packet = Vec::with_capacity(builder.size(payload.len()));
        builder
            .write(&mut packet, payload)
            .map_err(io::Error::other)?;
        let block = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: time,
            original_len: u32::try_from(packet.len()).unwrap_or(u32::MAX),
            data: Cow::Owned(packet),
            options: vec![],
        };
        self.file
            .write_pcapng_block(block)
            .map_err(io::Error::other)?;
        Ok(())
    }

    /// Writes what is still in memory.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn flush(&mut self) -> io::Result<()> {
        self.file.get_mut().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut file = Vec::new();
        let mut writer = Writer::new(&mut file).unwrap();
        let time = Duration::from_micros(1_700_000_000_123_456);
        let (from, to) = ("192.0.2.1:5060", "192.0.2.2:5062");
        writer
            .udp(time, from.parse().unwrap(), to.parse().unwrap(), b"OPTIONS")
            .unwrap();
        let (from, to) = ("[2001:db8::1]:1", "[2001:db8::2]:2");
        writer
            .udp(time, from.parse().unwrap(), to.parse().unwrap(), b"x")
            .unwrap();
        writer.flush().unwrap();
        let frames: Vec<Frame> = Reader::new(&file[..])
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(frames.len(), 2);
        assert_eq!((frames[0].number, frames[0].time), (1, time));
        assert_eq!(frames[0].data[28..], *b"OPTIONS");
        assert_eq!(frames[1].data[48..], *b"x");
    }

    #[test]
    fn other_files_are_refused_and_damaged_ones_end_with_an_error() {
        assert!(matches!(
            Reader::new(&b"#!/bin/sh\n"[..]),
            Err(CaptureError::UnknownFormat([b'#', b'!', b'/', b'b']))
        ));
        assert!(matches!(Reader::new(&b"ab"[..]), Err(CaptureError::Empty)));
        let mut file = Vec::new();
        let mut writer = Writer::new(&mut file).unwrap();
        let local = "127.0.0.1:1".parse().unwrap();
        writer.udp(Duration::ZERO, local, local, b"whole").unwrap();
        writer.udp(Duration::ZERO, local, local, b"cut").unwrap();
        file.truncate(file.len() - 6);
        let frames: Vec<_> = Reader::new(&file[..]).unwrap().collect();
        assert!(matches!(
            frames[..],
            [Ok(_), Err(CaptureError::Damaged { after: 1, .. })]
        ));
    }
}
