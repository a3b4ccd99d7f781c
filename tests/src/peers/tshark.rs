//! tshark on a capture of ours.

use super::installed;
use super::process::Process;
use core::time::Duration;
use std::path::{Path, PathBuf};

/// A capture, and how it is to be read.
#[derive(Clone, Debug)]
pub struct Tshark {
    file: PathBuf,
    options: Vec<String>,
}

/// An RTP stream, as tshark sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtpStream {
    /// `0x` and hexadecimal digits.
    pub ssrc: String,
    /// The codec: `opus`, `g711A`, ...
    pub payload: String,
    /// Packets.
    pub packets: u64,
    /// Packets that are missing.
    pub lost: i64,
}

impl Tshark {
    /// Reads a file with checksums checked, RTP found also where no SDP announces it (that of
    /// circuits), and SCTP on a UDP port.
    pub fn new(file: &Path, sctp_port: u16) -> Self {
        let options = [
            "-o",
            "ip.check_checksum:TRUE",
            "-o",
            "udp.check_checksum:TRUE",
            "-o",
            "sctp.checksum:CRC 32c",
            "--enable-heuristic",
            "rtp_udp",
            "-d",
        ];
        let mut options: Vec<String> = options.map(str::to_owned).to_vec();
        options.push(format!("udp.port=={sctp_port},sctp"));
        Self {
            file: file.to_owned(),
            options,
        }
    }

    /// The same with a preference, as `mtp3.standard:ANSI`.
    #[must_use]
    pub fn with(mut self, preference: &str) -> Self {
        self.options
            .extend(["-o".to_owned(), preference.to_owned()]);
        self
    }

    /// The same with a port's protocol, as `udp.port==5070,sip`.
    #[must_use]
    pub fn decoding(mut self, what: &str) -> Self {
        self.options.extend(["-d".to_owned(), what.to_owned()]);
        self
    }

    /// The fields of each packet that a filter lets through, one value for each field; values of
    /// a field that is there more than once are separated by commas.
    pub fn fields(&self, filter: &str, fields: &[&str]) -> Vec<Vec<String>> {
        let mut arguments = vec!["-Y", filter, "-T", "fields", "-E", "separator=/t"];
        for field in fields {
            arguments.extend(["-e", field]);
        }
        let lines = self.run(&arguments);
        let rows = lines.iter().map(|line| {
            let mut row: Vec<String> = line.split('\t').map(str::to_owned).collect();
            row.resize(fields.len(), String::new());
            row
        });
        rows.collect()
    }

    /// One line for each packet that a filter lets through.
    pub fn packets(&self, filter: &str) -> Vec<String> {
        self.run(&["-Y", filter])
    }

    /// The RTP streams.
    ///
    /// # Panics
    /// If the table cannot be read.
    pub fn rtp_streams(&self) -> Vec<RtpStream> {
        let lines = self.run(&["-q", "-z", "rtp,streams"]);
        let rows = lines.iter().filter(|line| line.contains(" 0x"));
        rows.map(|line| stream(line).unwrap_or_else(|| panic!("tshark -z rtp,streams: {line:?}")))
            .collect()
    }

    fn run(&self, arguments: &[&str]) -> Vec<String> {
        let mut command = installed("tshark", "tshark");
        command
            .arg("-r")
            .arg(&self.file)
            .args(&self.options)
            .args(arguments);
        let (status, lines) = Process::run("tshark", &mut command, LIMIT);
        assert!(status.success(), "{command:?}: {lines:#?}");
        let warning = |line: &&String| !line.starts_with("Running as user \"root\"");
        lines.iter().filter(warning).cloned().collect()
    }
}

const LIMIT: Duration = Duration::from_secs(60);

/// `start end source port destination port ssrc payload packets lost (..%) ...`
fn stream(line: &str) -> Option<RtpStream> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let ssrc = columns.iter().position(|column| column.starts_with("0x"))?;
    // The payload type's name may have blanks; the share of lost packets is in parentheses.
    let share = columns.iter().position(|column| column.starts_with('('))?;
    Some(RtpStream {
        ssrc: columns[ssrc].to_owned(),
        payload: columns.get(ssrc + 1..share - 2)?.join(" "),
        packets: columns.get(share - 2)?.parse().ok()?,
        lost: columns.get(share - 1)?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_of_a_stream_is_read() {
        let line = "  2.97  6.89  127.0.0.1 20000  127.0.0.1 30000 0x62E327B7  ITU-T G.711 PCMA  197  1 (0.5%)  16.8  20.0  22.5  0.0  0.3  0.5 X";
        let stream = stream(line).unwrap();
        assert_eq!(stream.ssrc, "0x62E327B7");
        assert_eq!(stream.payload, "ITU-T G.711 PCMA");
        assert_eq!((stream.packets, stream.lost), (197, 1));
    }
}
