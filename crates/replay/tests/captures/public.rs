//! The public captures.

use crate::{Seen, public_captures};
use std::path::PathBuf;
use trunkline_replay::{Protocol, What};

/// Every capture file in the folder.
pub(crate) fn all() -> Vec<PathBuf> {
    let Some(root) = public_captures() else {
        return Vec::new();
    };
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder that can be read") {
            let path = entry.expect("an entry that can be read").path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if matches!(extension, Some("pcap" | "pcapng" | "cap")) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn seen(name: &str) -> Option<Seen> {
    Some(Seen::in_file(&public_captures()?.join(name)))
}

#[test]
fn every_public_capture_is_read_to_its_end() {
    let files = all();
    for path in &files {
        let seen = Seen::in_file(path);
        assert!(seen.error.is_none(), "{}: {:?}", path.display(), seen.error);
        assert!(seen.frames > 0, "{}", path.display());
        assert_eq!(
            seen.ladder().lines().count(),
            seen.sightings.len() + 1 + usize::from(seen.sightings.is_empty())
        );
        for sighting in &seen.sightings {
            let json = sighting.to_json(true);
            assert_eq!(json["name"], sighting.what.name());
            let is_malformed = sighting.what.error().is_some();
            assert_eq!(json.get("error").is_some(), is_malformed);
        }
    }
    assert!(
        files.is_empty() || files.len() >= 35,
        "only {} captures",
        files.len()
    );
}

#[test]
fn isup_call_of_draft_m3ua() {
    let Some(seen) = seen("isup/tcpdump-isup-call.pcap") else {
        return;
    };
    let ladder = "     time  10.28.6.42             10.28.6.44
    0.000  |--------------------->|  ISUP IAM to 48*** from 3933****** (CIC 213, 11522 to 12163)
    0.007  |<---------------------|  ISUP CFN cause 99 information element/parameter non-existent \
or not implemented (RLN) (CIC 213, 12163 to 11522)
    0.124  |<---------------------|  ISUP ACM (CIC 213, 12163 to 11522)
    0.124  |<---------------------|  ISUP ANM (CIC 213, 12163 to 11522)
   17.069  |--------------------->|  ISUP REL cause 16 normal call clearing (U) (CIC 213, 11522 to 12163)
   17.090  |<---------------------|  ISUP RLC (CIC 213, 12163 to 11522)
";
    assert_eq!(seen.ladder(), ladder);
}

#[test]
fn asp_bring_up() {
    let Some(seen) = seen("m3ua/suricata-m3ua-asp-bringup.pcap") else {
        return;
    };
    let ladder = "     time  10.173.48.13           88.82.6.134            88.82.6.130
    0.000  |--------------------->|                      |  SCTP INIT
    0.021  |<---------------------|                      |  SCTP INIT ACK
    0.021  |--------------------->|                      |  SCTP COOKIE ECHO
    0.205  |<---------------------|                      |  SCTP COOKIE ACK
    0.205  |--------------------->|                      |  M3UA ASPUP
    0.355  |<---------------------|                      |  M3UA ASPUP_ACK
    0.355  |<---------------------|                      |  M3UA NTFY AS-INACTIVE (routing context 1110)
    0.411  |<---------------------|                      |  M3UA ASPAC_ACK (routing context 1110)
    0.414  |--------------------->|                      |  M3UA DAUD 2627
    0.414  |--------------------->|                      |  M3UA DAUD 2626
    0.414  |--------------------->|                      |  M3UA DAUD 4002
    0.419  |<---------------------|                      |  M3UA NTFY AS-ACTIVE (routing context 1110)
    0.419  |<---------------------|                      |  M3UA DAVA 1110 (routing context 1110)
    0.463  |<---------------------|                      |  M3UA DAVA 2627 (routing context 1110)
    0.463  |<---------------------|                      |  M3UA DAVA 2626 (routing context 1110)
    0.463  |<---------------------|                      |  M3UA DAVA 4002 (routing context 1110)
    0.467  |----------------------|--------------------->|  M3UA DATA of SCCP, 17 octets (1110 to 2627)
    1.224  |----------------------|--------------------->|  M3UA DATA of SCCP, 17 octets (1110 to 2627)
    1.253  |<---------------------|----------------------|  M3UA DATA of SCCP, 21 octets (2627 to 1110)
";
    assert_eq!(seen.ladder(), ladder);
}

#[test]
fn sip_call() {
    let Some(seen) = seen("sip/suricata-sip-call.pcap") else {
        return;
    };
    let ladder = "     time  200.57.7.195           200.57.7.204
    0.000  |--------------------->|  SIP  INVITE sip:francisco@bestel.com:55060 + SDP
    0.008  |<---------------------|  SIP  100 Trying (INVITE)
    0.048  |<---------------------|  SIP  180 Ringing (INVITE)
    8.478  |<---------------------|  SIP  200 Ok (INVITE) + SDP
    8.524  |--------------------->|  SIP  ACK sip:francisco@200.57.7.204:5061
   17.457  |<---------------------|  SIP  REGISTER sip:bestel.com
   17.473  |--------------------->|  SIP  200 OK (REGISTER)
   24.666  |--------------------->|  SIP  INVITE sip:francisco@bestel.com:55060 + SDP
   24.675  |<---------------------|  SIP  100 Trying (INVITE)
   24.693  |<---------------------|  SIP  180 Ringing (INVITE)
";
    assert_eq!(seen.ladder(), ladder);
}

#[test]
fn one_packet_of_very_many_chunks_over_raw_ip() {
    let Some(seen) = seen("m3ua/suricata-sctp-max-chunks.pcap") else {
        return;
    };
    assert_eq!(seen.frames, 1);
    assert_eq!(seen.sightings.len(), 16_143);
    assert!(
        seen.sightings
            .iter()
            .all(|sighting| matches!(sighting.what, What::Sctp("ABORT")))
    );
}

#[test]
fn associations_and_rtp_over_linux_cooked_frames() {
    let Some(forces) = seen("m3ua/tcpdump-sctp-forces2.pcap") else {
        return;
    };
    let count = |name: &str| forces.names().iter().filter(|other| *other == name).count();
    assert_eq!(
        (
            count("INIT"),
            count("COOKIE ACK"),
            count("SHUTDOWN COMPLETE")
        ),
        (6, 6, 3)
    );
    let Some(opus) = seen("rtp/asterisk-opus-dtmf-2013785496.pcap") else {
        return;
    };
    assert_eq!(
        opus.texts(),
        [
            "stream begins: payload type 96, SSRC 1c2c77ca",
            "stream: payload type 96, SSRC 1c2c77ca, 765 packets, 0 lost",
        ]
    );
}

#[test]
fn pcapng() {
    let Some(seen) = seen("sip/ndpi-sip-hello.pcapng") else {
        return;
    };
    let expected = ["REGISTER", "401", "REGISTER", "200"].repeat(2);
    assert_eq!(
        seen.names(),
        expected,
        "and none of the keep-alives that say hello"
    );
}

#[test]
fn sip_over_tcp() {
    let Some(seen) = seen("sip/suricata-sip-tcp-pattern.pcap") else {
        return;
    };
    assert_eq!(seen.names(), ["REGISTER", "401"]);
}

#[test]
fn malformed_messages_are_lines_with_a_name_and_a_reason() {
    let Some(junk) = seen("sip/zeek-sip-junk-before-request.pcap") else {
        return;
    };
    assert_eq!(
        junk.texts(),
        [
            "REGISTER, malformed: line 3, column 1: To: mandatory header field is missing (RFC 3261 8.1.1)"
        ]
    );
    let Some(compact) = seen("sip/suricata-sip-compact-form.pcap") else {
        return;
    };
    let text = &compact.texts()[0];
    assert!(text.starts_with("INVITE sip:"), "{text}");
    assert!(
        text.contains(", malformed: line 3, column 4: From: expected `<`"),
        "{text}"
    );
    let Some(fuzzed) = seen("sip/ndpi-sip-fuzzed.pcap") else {
        return;
    };
    let malformed = fuzzed
        .sightings
        .iter()
        .filter(|sighting| sighting.what.error().is_some());
    assert!(malformed.count() > 50);
}

#[test]
fn only_rtp_is_taken_for_rtp() {
    for path in all() {
        let seen = Seen::in_file(&path);
        let streams = seen.sightings.iter();
        let streams = streams
            .filter(|sighting| sighting.what.protocol() == Protocol::Rtp)
            .count();
        let name = path.display().to_string();
        let has_rtp = name.contains("/rtp/") || name.contains("fax-t38") || name.contains("sngrep");
        let too_short = name.contains("ssrc-change") || name.contains("udptl");
        assert_eq!(
            streams > 0,
            has_rtp && !too_short,
            "{name}: {streams} lines"
        );
    }
}
