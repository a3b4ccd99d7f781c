//! Calls of sipp, over one connection for all and over one for each.

use super::{ANY_V4, Node, PATIENCE};
use crate::{Count, SocketEvent, Why};
use std::process::{Command, Stdio};
use trunkline_sip::{Message, Method, Transport};

/// 200 to each request but ACK, with what a response takes from its request (RFC 3261 8.2.6.2).
fn answer(request: &[u8]) -> Option<Vec<u8>> {
    let message = Message::parse(request.to_vec()).unwrap();
    if message.cseq().method == Method::Ack {
        return None;
    }
    let text = str::from_utf8(request).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap();
    let copied = head.lines().skip(1).filter(|line| {
        let name = line.split(':').next().unwrap();
        ["Via", "From", "To", "Call-ID", "CSeq"].contains(&name)
    });
    let mut answer = "SIP/2.0 200 OK\r\n".to_owned();
    for line in copied {
        let tag = match line.starts_with("To:") && !line.contains("tag=") {
            true => ";tag=answer",
            false => "",
        };
        answer.push_str(&format!("{line}{tag}\r\n"));
    }
    answer.push_str("Contact: <sip:a.example>\r\nContent-Length: 0\r\n\r\n");
    Some(answer.into_bytes())
}

#[tokio::test]
async fn calls_of_sipp_over_tcp() {
    const CALLS: u64 = 50;
    for (mode, connections) in [("t1", 1), ("tn", CALLS)] {
        let mut a = Node::plain(Transport::Tcp, ANY_V4).await;
        let calls = CALLS.to_string();
        let mut sipp = Command::new("sipp")
            .args(["-sn", "uac", "-t", mode, "-m", &calls, "-l", &calls])
            .args(["-r", "100", "-d", "300", "-i", "127.0.0.1", "-nostdin"])
            .args(["-max_socket", "200", "-timeout", "15", "-timeout_error"])
            .arg(a.local().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sipp is installed");
        let ended = tokio::task::spawn_blocking(move || sipp.wait());
        let mut closed = 0;
        while closed < connections {
            match a.event().await {
                SocketEvent::Received { flow, data, .. } => {
                    if let Some(answer) = answer(&data) {
                        a.sockets.send(flow, None, answer);
                    }
                }
                SocketEvent::Closed { why, .. } => {
                    assert_eq!(why, Why::Peer);
                    closed += 1;
                }
                SocketEvent::Opened { .. } => {}
                other => panic!("unexpected: {other:?}"),
            }
        }
        let ended = tokio::time::timeout(PATIENCE, ended).await.unwrap();
        assert!(ended.unwrap().unwrap().success(), "{mode}");
        let counters = a.sockets.counters();
        assert_eq!(counters.get(Transport::Tcp, Count::Accepted), connections);
        // INVITE, ACK and BYE.
        assert_eq!(counters.get(Transport::Tcp, Count::Received), 3 * CALLS);
    }
}
