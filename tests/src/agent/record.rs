//! What an agent sent and received, as a capture.

use crate::peers::{Tshark, now};
use std::fmt::Write as _;
use std::fs::File;
use std::io::BufWriter;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use trunkline_replay::capture::Writer;
use trunkline_sip::Transport;

/// All messages of one agent. Each is a datagram in the capture, whatever it came over: so tshark
/// sees also what was encrypted.
#[derive(Clone)]
pub struct Record {
    file: PathBuf,
    kept: Arc<Mutex<Kept>>,
}

struct Kept {
    began: Instant,
    writer: Writer<BufWriter<File>>,
    messages: Vec<Message>,
    ports: Vec<u16>,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Who sent it.
    pub source: SocketAddr,
    /// Who got it.
    pub destination: SocketAddr,
    /// The whole of it.
    pub text: String,
}

impl Message {
    /// The first line.
    pub fn start(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// The values of a header, as they stand there.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines
            .filter(|(other, _)| other.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }
}

impl Record {
    pub(super) fn create(file: &Path) -> Self {
        let created = File::create(file).and_then(|file| Writer::new(BufWriter::new(file)));
        let writer = created.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Self {
            file: file.to_owned(),
            kept: Arc::new(Mutex::new(Kept {
                began: now(),
                writer,
                messages: Vec::new(),
                ports: Vec::new(),
            })),
        }
    }

    /// The ports that tshark is to take for SIP.
    pub(super) fn dissect(&self, locals: &[(Transport, SocketAddr)]) {
        self.kept().ports = locals.iter().map(|(_, local)| local.port()).collect();
    }

    pub(super) fn add(&self, source: SocketAddr, destination: SocketAddr, data: &[u8]) {
        // Keep-alives are no messages.
        if data.iter().all(|octet| matches!(octet, b'\r' | b'\n' | 0)) {
            return;
        }
        let mut kept = self.kept();
        let time = now().duration_since(kept.began);
        let written = kept.writer.udp(time, source, destination, data);
        written.expect("a file that can be written");
        kept.messages.push(Message {
            source,
            destination,
            text: String::from_utf8_lossy(data).into_owned(),
        });
    }

    /// All messages so far.
    pub fn messages(&self) -> Vec<Message> {
        self.kept().messages.clone()
    }

    /// Those whose first line begins so: `BYE `, `SIP/2.0 200 `.
    pub fn beginning(&self, start: &str) -> Vec<Message> {
        let kept = self.kept();
        let those = kept.messages.iter();
        let those = those.filter(|message| message.text.starts_with(start));
        those.cloned().collect()
    }

    /// All of them, to be read.
    pub fn story(&self) -> String {
        let mut story = String::new();
        for message in &self.kept().messages {
            // Writing to memory does not fail.
            let _ = writeln!(
                story,
                "{} --> {}\n{}",
                message.source, message.destination, message.text
            );
        }
        story
    }

    /// Has tshark read the capture.
    pub(super) fn judge(&self) {
        let mut kept = self.kept();
        kept.writer.flush().expect("a file that can be written");
        let mut tshark = Tshark::new(&self.file, 9_899);
        for port in &kept.ports {
            tshark = tshark.decoding(&format!("udp.port=={port},sip"));
        }
        let wrong = "_ws.malformed || _ws.expert.severity == error || !sip";
        let packets = tshark.packets(wrong);
        assert!(packets.is_empty(), "{packets:#?}");
        let sip = tshark.packets("sip");
        assert_eq!(sip.len(), kept.messages.len(), "messages that tshark sees");
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
