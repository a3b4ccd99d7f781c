//! What Wireshark's dissector, which is independent of this crate, reads in messages.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::Command;
use trunkline_m3ua::PAYLOAD_PROTOCOL_IDENTIFIER;

/// Values of the fields of each message, in the order of the messages and of the fields. Several
/// values of one field are separated by `;`. `None` if there is no tshark.
pub(crate) fn dissect(messages: &[Vec<u8>], fields: &[&str]) -> Option<Vec<Vec<String>>> {
    // Tests of one process run side by side.
    let id = format!("{}-{:?}", std::process::id(), std::thread::current().id());
    let path = std::env::temp_dir().join(format!("m3ua-dissector-{id}.pcap"));
    std::fs::write(&path, capture(messages)).unwrap();
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(&path);
    // The users of MTP would look into the user data.
    for user in ["mtp3mg", "sccp", "isup", "alcap", "bicc", "h248"] {
        tshark.args(["--disable-protocol", user]);
    }
    tshark.args(["-T", "fields", "-E", "separator=/t", "-E", "aggregator=;"]);
    for field in fields {
        tshark.args(["-e", field]);
    }
    let output = tshark.output();
    let _ = std::fs::remove_file(&path);
    let output = output.ok()?;
    let lines = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Vec<String>> = lines
        .lines()
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(rows.len(), messages.len(), "{errors}");
    Some(rows)
}

/// The names that Wireshark has for values of each field of M3UA. `None` if there is no tshark.
pub(crate) fn values() -> Option<BTreeMap<String, Vec<(u32, String)>>> {
    let output = Command::new("tshark")
        .args(["-G", "values"])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut fields: BTreeMap<String, Vec<(u32, String)>> = BTreeMap::new();
    for line in text.lines() {
        if let ["V", field, value, name] = line.split('\t').collect::<Vec<_>>()[..]
            && field.starts_with("m3ua.")
        {
            let value = value.parse().unwrap();
            let list = fields.entry(field.to_owned()).or_default();
            // The values of a list ascend. It has a list for each of some drafts, and the last is
            // that of RFC 4666.
            if list.last().is_some_and(|(last, _)| *last >= value) {
                list.clear();
            }
            list.push((value, name.to_owned()));
        }
    }
    Some(fields)
}

/// A capture file of messages, each in a DATA chunk of SCTP.
fn capture(messages: &[Vec<u8>]) -> Vec<u8> {
    // Version 2.4, no time zone, whole packets; link type SCTP.
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4, 0x0002_0004, 0, 0, 0x0004_0000, 248] {
        file.extend(u32::to_be_bytes(word));
    }
    for (number, message) in (0_u32..).zip(messages) {
        // Ports 2905, verification tag, no checksum (RFC 9260 3.1).
        let mut packet = [2905_u16.to_be_bytes(), 2905_u16.to_be_bytes()].concat();
        packet.extend([0, 0, 0, 1, 0, 0, 0, 0]);
        // DATA, unfragmented; its length, TSN, stream 1, stream sequence number (RFC 9260 3.3.1).
        let length = u16::try_from(message.len() + 16).unwrap();
        packet.extend([0, 3]);
        packet.extend(length.to_be_bytes());
        packet.extend(number.to_be_bytes());
        packet.extend([0, 1]);
        packet.extend((number as u16).to_be_bytes());
        packet.extend(PAYLOAD_PROTOCOL_IDENTIFIER.to_be_bytes());
        packet.extend(message);
        packet.resize(packet.len().next_multiple_of(4), 0);
        let length = packet.len() as u32;
        for word in [0, 0, length, length] {
            file.extend(u32::to_be_bytes(word));
        }
        file.extend(packet);
    }
    file
}

/// Written past the test harness, which hides what a passing test prints.
pub(crate) fn not_run(test: &str) {
    let _ = writeln!(std::io::stderr(), "NOT RUN: {test}: no tshark");
}
