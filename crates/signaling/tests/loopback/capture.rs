//! A capture of what the tap sees, dissected by somebody else: tshark.

use crate::pair::{ASP, EXCHANGE, UDP, active_pair, transfer};
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::process::Command;
use std::sync::{Arc, Mutex};

type Datagrams = Arc<Mutex<Vec<(SocketAddr, SocketAddr, Vec<u8>)>>>;

/// A capture file of IPv4 packets without link layer (LINKTYPE_RAW, 101).
fn pcap(datagrams: &[(SocketAddr, SocketAddr, Vec<u8>)]) -> Vec<u8> {
    let mut file = Vec::new();
    for field in [0xa1b2_c3d4u32, 0x0004_0002, 0, 0, 65_535, 101] {
        file.extend_from_slice(&field.to_le_bytes());
    }
    for (index, (from, to, payload)) in datagrams.iter().enumerate() {
        let (IpAddr::V4(source), IpAddr::V4(destination)) = (from.ip(), to.ip()) else {
            panic!("IPv4 only");
        };
        let udp_length = 8 + payload.len() as u16;
        let mut packet = vec![0x45, 0];
        packet.extend_from_slice(&(20 + udp_length).to_be_bytes());
        packet.extend_from_slice(&[0, 0, 0x40, 0, 64, 17, 0, 0]);
        packet.extend_from_slice(&source.octets());
        packet.extend_from_slice(&destination.octets());
        for field in [from.port(), to.port(), udp_length, 0] {
            packet.extend_from_slice(&field.to_be_bytes());
        }
        packet.extend_from_slice(payload);
        let length = packet.len() as u32;
        for field in [0, index as u32 * 1_000, length, length] {
            file.extend_from_slice(&field.to_le_bytes());
        }
        file.extend_from_slice(&packet);
    }
    file
}

#[tokio::test]
async fn tapped_datagrams_are_m3ua_to_tshark() {
    if Command::new("tshark").arg("--version").output().is_err() {
        eprintln!("NOT RUN: tshark is not here, so nobody else looked at the capture");
        return;
    }
    let datagrams: Datagrams = Arc::default();
    let seen = Arc::clone(&datagrams);
    let tap: trunkline_model::tap::Tap = Arc::new(move |from, to, data: &[u8]| {
        seen.lock().unwrap().push((from, to, data.to_vec()));
    });
    let (mut asp, mut sgp) = active_pair(UDP, Some(tap)).await;
    for number in 0..40 {
        asp.handle.transfer(transfer(ASP, EXCHANGE, number));
        sgp.handle.transfer(transfer(EXCHANGE, ASP, number));
    }
    for _ in 0..40 {
        sgp.next_transfer().await;
        asp.next_transfer().await;
    }
    asp.handle.shutdown();
    asp.until_end().await;
    sgp.handle.shutdown();
    sgp.until_end().await;

    let datagrams = datagrams.lock().unwrap().clone();
    let udp_port = datagrams[0].1.port();
    let directory = std::env::temp_dir();
    let path = directory.join(format!("trunkline-signaling-{}.pcap", std::process::id()));
    std::fs::File::create(&path)
        .and_then(|mut file| file.write_all(&pcap(&datagrams)))
        .unwrap();
    let tshark = |arguments: &[&str]| -> String {
        let output = Command::new("tshark")
            .args(["-r", path.to_str().unwrap()])
            .args(["-d", &format!("udp.port=={udp_port},sctp")])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let bad = tshark(&[
        "-o",
        "sctp.checksum:TRUE",
        "-Y",
        "_ws.malformed || sctp.checksum.status == \"Bad\"",
    ]);
    let fields = tshark(&[
        "-Y",
        "m3ua",
        "-T",
        "fields",
        "-e",
        "m3ua.message_class",
        "-e",
        "m3ua.message_type",
        "-e",
        "sctp.data_payload_proto_id",
        "-e",
        "sctp.data_sid",
    ]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(bad, "");
    let mut data = 0;
    let mut management = 0;
    for line in fields.lines() {
        // Several chunks in a packet are listed with commas.
        let columns: Vec<Vec<&str>> = line.split('\t').map(|c| c.split(',').collect()).collect();
        let [classes, types, ppids, streams] = &columns[..] else {
            panic!("{line}");
        };
        assert_eq!(classes.len(), types.len(), "{line}");
        for ((class, ppid), stream) in classes.iter().zip(ppids).zip(streams) {
            assert_eq!(*ppid, "3", "{line}");
            let stream = u16::from_str_radix(stream.trim_start_matches("0x"), 16).unwrap();
            match *class {
                "1" => {
                    data += 1;
                    assert_ne!(stream, 0, "{line}");
                }
                _ => {
                    management += 1;
                    assert_eq!(stream, 0, "{line}");
                }
            }
        }
    }
    assert_eq!(data, 80, "each message once in the capture");
    // ASPUP, ASPAC, DAUD, ASPIA, ASPDN; their answers; three Notifies.
    assert_eq!(management, 13);
}
