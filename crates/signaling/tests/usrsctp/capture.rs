//! What goes over the wire, captured by dumpcap and dissected by tshark.

use crate::pair::LIMIT;
use crate::scene::Wire;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

/// A capture that runs.
pub(crate) struct Capture {
    dumpcap: Child,
    /// The header of a capture file and then packets, each with the header of its record;
    /// nothing where nothing may be captured.
    records: Option<Receiver<Vec<u8>>>,
    file: String,
    udp_port: u16,
}

impl Capture {
    /// Begins to capture what the peer sends and gets.
    pub(crate) fn start(wire: &Wire) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let file = format!(
            "{}/usrsctp-{}-{}.pcap",
            env!("CARGO_TARGET_TMPDIR"),
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let udp_port = wire.their_udp_port();
        let [interface, filter] = match wire {
            Wire::Udp(port) => ["lo", &format!("udp port {port}")],
            Wire::Raw(_) => ["net1", "ip proto 132"],
        };
        // The buffer is for all of it, whatever else the machine does.
        let mut command = Command::new("dumpcap");
        command
            .args(["-i", interface, "-f", filter, "-B", "64"])
            .args(["-q", "-P", "-w", "-"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut dumpcap = wire
            .at_our_end(|| command.spawn())
            .expect("dumpcap, which is of the Debian package wireshark-common");
        let errors = BufReader::new(dumpcap.stderr.take().unwrap());
        let output = dumpcap.stdout.take().unwrap();
        let (sender, records) = channel();
        std::thread::spawn(move || read(output, &sender));
        let mut said = Vec::new();
        let mut errors = errors.lines().map_while(Result::ok);
        let runs = errors.any(|line| {
            let runs = line.starts_with("File: ");
            said.push(line);
            runs
        });
        // It goes on writing there.
        std::thread::spawn(move || errors.for_each(drop));
        if !runs {
            eprintln!("NOT RUN: capture: {said:?}");
        }
        Self {
            dumpcap,
            records: runs.then_some(records),
            file,
            udp_port,
        }
    }

    /// Waits for the end of the association, and lets tshark look: nothing malformed, no wrong
    /// checksum, no ABORT, and so many messages at least, those of management besides, all with
    /// the identifier of M3UA.
    pub(crate) fn examine(mut self, messages: u32) {
        let Some(records) = self.records.take() else {
            return;
        };
        let mut capture = Vec::new();
        loop {
            let record = records.recv_timeout(LIMIT).expect("SHUTDOWN COMPLETE");
            capture.extend_from_slice(&record);
            if self.ends_the_association(&record) {
                break;
            }
        }
        std::fs::write(&self.file, capture).unwrap();
        let bad = self.tshark(&["-Y", BAD]);
        assert_eq!(bad, "");
        let fields = [
            "sctp.verification_tag",
            "sctp.data_tsn_raw",
            "sctp.data_e_bit",
            "sctp.data_payload_proto_id",
        ];
        let mut arguments = vec!["-Y", "sctp.chunk_type == 0", "-T", "fields"];
        arguments.extend(fields.iter().flat_map(|field| ["-e", field]));
        // A packet may be there again, so each TSN of a way counts once.
        let mut ends = BTreeSet::new();
        for line in self.tshark(&arguments).lines() {
            // Several chunks in a packet are listed with commas.
            let columns: Vec<Vec<&str>> =
                line.split('\t').map(|c| c.split(',').collect()).collect();
            let [tags, tsns, last, identifiers] = &columns[..] else {
                panic!("{line}");
            };
            assert!(identifiers.iter().all(|other| *other == "3"), "{line}");
            assert_eq!(tsns.len(), last.len(), "{line}");
            for (tsn, _) in tsns.iter().zip(last).filter(|(_, last)| **last == "1") {
                ends.insert(format!("{} {tsn}", tags[0]));
            }
        }
        assert!(ends.len() >= messages as usize, "{} messages", ends.len());
    }

    /// Whether the first chunk of a captured packet is SHUTDOWN COMPLETE.
    fn ends_the_association(&self, record: &[u8]) -> bool {
        let udp_header = if self.udp_port == 0 { 0 } else { 8 };
        let headers = RECORD_HEADER + ETHERNET_HEADER + IP_HEADER + udp_header + SCTP_HEADER;
        record.get(headers) == Some(&14)
    }

    fn tshark(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("tshark");
        command.args(["-r", &self.file, "-o", "sctp.checksum:TRUE"]);
        // The user data is of the service indicator 5, but no ISUP.
        command.args(["--disable-protocol", "isup"]);
        if self.udp_port != 0 {
            command.args(["-d", &format!("udp.port=={},sctp", self.udp_port)]);
        }
        let output = command.args(arguments).output();
        let output = output.expect("tshark, which is a Debian package");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = self.dumpcap.kill();
        let _ = self.dumpcap.wait();
        let _ = std::fs::remove_file(&self.file);
    }
}

/// Reads a capture file as it is written: its header, then its records.
fn read(mut from: impl Read, to: &Sender<Vec<u8>>) {
    let mut next = |length: usize| {
        let mut octets = vec![0; length];
        from.read_exact(&mut octets).ok().map(|()| octets)
    };
    let Some(header) = next(FILE_HEADER) else {
        return;
    };
    if to.send(header).is_err() {
        return;
    }
    while let Some(mut record) = next(RECORD_HEADER) {
        let length = u32::from_le_bytes([record[8], record[9], record[10], record[11]]);
        let Some(packet) = next(length as usize) else {
            return;
        };
        record.extend(packet);
        if to.send(record).is_err() {
            return;
        }
    }
}

/// What tshark must not find.
const BAD: &str = "_ws.malformed || sctp.checksum.status == \"Bad\" || sctp.chunk_type == 6";

const FILE_HEADER: usize = 24;
const RECORD_HEADER: usize = 16;
const ETHERNET_HEADER: usize = 14;
const IP_HEADER: usize = 20;
const SCTP_HEADER: usize = 12;
