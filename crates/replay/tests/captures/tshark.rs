//! Wireshark as a second opinion: it must count the same messages as we do.

use crate::written::{sip_over_ipv6, whole_call};
use crate::{Seen, not_run, public};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use trunkline_isup::MessageType;
use trunkline_m3ua as m3ua;
use trunkline_replay::Protocol;

type Counts = BTreeMap<String, usize>;

/// What Wireshark finds in a capture.
struct Theirs {
    sip: Counts,
    m3ua: Counts,
    isup: Counts,
}

/// `None` without tshark.
fn theirs(path: &Path) -> Option<Theirs> {
    let mut command = Command::new("tshark");
    command.args(["-n", "-T", "fields", "-r"]).arg(path);
    for field in FIELDS {
        command.args(["-e", field]);
    }
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            not_run(&format!(
                "tshark cannot be started ({error}), nothing was compared with it"
            ));
            return None;
        }
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "tshark {}: {errors}",
        path.display()
    );
    let (mut sip, mut m3ua, mut isup) = (Vec::new(), Vec::new(), Vec::new());
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        // Several messages in one frame have commas between them.
        let mut fields = line
            .split('\t')
            .map(|field| field.split(',').filter(|f| !f.is_empty()));
        let mut next = || fields.next().expect("a field");
        sip.extend(next().chain(next()).map(str::to_owned));
        for (class, code) in next().zip(next()) {
            let (class, code) = (
                class.parse().expect("a class"),
                code.parse().expect("a type"),
            );
            let message = m3ua::MessageType::from_codes(class, code).expect("a known message");
            m3ua.push(message.name().to_owned());
        }
        isup.extend(next().map(|code| {
            let message = MessageType::from_code(code.parse().expect("a message type"));
            message.name().to_owned()
        }));
    }
    Some(Theirs {
        sip: count(sip),
        m3ua: count(m3ua),
        isup: count(isup),
    })
}

const FIELDS: [&str; 5] = [
    "sip.Method",
    "sip.Status-Code",
    "m3ua.message_class",
    "m3ua.message_type",
    "isup.message_type",
];

fn count(names: impl IntoIterator<Item = String>) -> Counts {
    let mut counts = Counts::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

/// Compares, and gives the numbers of SIP, M3UA and ISUP messages.
fn compare(path: &Path, seen: &Seen) -> Option<[usize; 3]> {
    let theirs = theirs(path)?;
    let of = |protocol| {
        let sightings = seen
            .sightings
            .iter()
            .filter(move |s| s.what.protocol() == protocol);
        sightings.map(|sighting| sighting.what.name())
    };
    assert_eq!(
        count(of(Protocol::Sip)),
        theirs.sip,
        "SIP in {}",
        path.display()
    );
    let m3ua = of(Protocol::M3ua).chain(of(Protocol::Isup).map(|_| "DATA".to_owned()));
    assert_eq!(count(m3ua), theirs.m3ua, "M3UA in {}", path.display());
    // Wireshark does not look into DATA of the drafts.
    if !path.ends_with("tcpdump-isup-call.pcap") {
        assert_eq!(
            count(of(Protocol::Isup)),
            theirs.isup,
            "ISUP in {}",
            path.display()
        );
    }
    Some([theirs.sip, theirs.m3ua, theirs.isup].map(|counts| counts.values().sum()))
}

#[test]
fn public_captures_have_as_many_messages_as_for_wireshark() {
    let mut sum = [0, 0];
    let files = public::all();
    for path in &files {
        // What is malformed beyond recognition is counted as one likes. RTP alone is not compared.
        if path.ends_with("ndpi-sip-fuzzed.pcap") || path.display().to_string().contains("/rtp/") {
            continue;
        }
        let Some([sip, m3ua, _]) = compare(path, &Seen::in_file(path)) else {
            return;
        };
        sum = [sum[0] + sip, sum[1] + m3ua];
    }
    assert!(files.is_empty() || sum[0] >= 190 && sum[1] >= 20, "{sum:?}");
}

#[test]
fn captures_written_here_are_the_same_to_wireshark() {
    let folder = std::env::temp_dir();
    for (name, octets, expected) in [
        (
            "ipv4",
            whole_call("192.0.2.1:9899", "192.0.2.2:9899"),
            [0, 5, 5],
        ),
        (
            "ipv6",
            whole_call("[2001:db8::1]:9899", "[2001:db8::2]:9899"),
            [0, 5, 5],
        ),
        ("sip", sip_over_ipv6(), [3, 0, 0]),
    ] {
        let path = folder.join(format!(
            "trunkline-replay-{}-{name}.pcapng",
            std::process::id()
        ));
        std::fs::write(&path, &octets).expect("a file in the folder of temporary files");
        let compared = compare(&path, &Seen::in_octets(&octets[..]));
        std::fs::remove_file(&path).expect("the file is there");
        let Some(compared) = compared else { return };
        assert_eq!(compared, expected, "{name}");
    }
}
