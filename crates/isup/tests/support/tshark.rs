//! What Wireshark's dissector, which is independent of this crate, reads in messages.

use std::io::Write as _;
use std::process::Command;

/// The standard by which MTP and ISUP are dissected (Wireshark's preference `mtp3.standard`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standard {
    Itu,
    Ansi,
}

/// Values of the fields of each message, in the order of the messages and of the fields. Several
/// values of one field are separated by `;`. `None` if there is no tshark.
pub(crate) fn dissect(
    standard: Standard,
    messages: &[Vec<u8>],
    fields: &[&str],
) -> Option<Vec<Vec<String>>> {
    // Tests of one process run side by side.
    let id = format!("{}-{:?}", std::process::id(), std::thread::current().id());
    let path = std::env::temp_dir().join(format!("isup-dissector-{id}.pcap"));
    std::fs::write(&path, capture(standard, messages)).unwrap();
    let name = match standard {
        Standard::Itu => "ITU",
        Standard::Ansi => "ANSI",
    };
    let mut tshark = Command::new("tshark");
    tshark
        .arg("-r")
        .arg(&path)
        .args(["-o", &format!("mtp3.standard:{name}"), "-T", "fields"]);
    tshark.args(["-E", "separator=/t", "-E", "aggregator=;"]);
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
    assert_eq!(
        rows.len(),
        messages.len(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(rows)
}

/// A capture file of messages of MTP level 3.
fn capture(standard: Standard, messages: &[Vec<u8>]) -> Vec<u8> {
    // Version 2.4, no time zone, whole packets; link type MTP3.
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 0xffff, 141] {
        file.extend(u32::to_le_bytes(word));
    }
    // Service information octet (national network, ISUP), then the routing label: DPC 2, OPC 1,
    // SLS 5 (Q.704 2.2, T1.111.4 2.2).
    let label: &[u8] = match standard {
        Standard::Itu => &[0x85, 0x02, 0x40, 0x00, 0x50],
        Standard::Ansi => &[0x85, 2, 0, 0, 1, 0, 0, 5],
    };
    for message in messages {
        let length = (label.len() + message.len()) as u32;
        for word in [0, 0, length, length] {
            file.extend(u32::to_le_bytes(word));
        }
        file.extend_from_slice(label);
        file.extend_from_slice(message);
    }
    file
}

/// Written past the test harness, which hides what a passing test prints.
pub(crate) fn not_run(test: &str) {
    let _ = writeln!(std::io::stderr(), "NOT RUN: {test}: no tshark");
}
