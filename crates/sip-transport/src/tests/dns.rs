use super::{ANY_V4, Node};
use crate::SocketEvent;
use crate::config::{Config, DnsSettings, Timeouts};
use core::time::Duration;
use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, NAPTR, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use trunkline_sip::locate::{Answer, Naptr, Question, Srv};

/// A name server on loopback that knows a few names, and how often it was asked.
struct Server {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> Self {
        // The port that the system gives for UDP may be in use with TCP.
        let mut pair = None;
        for _ in 0..100 {
            let udp = UdpSocket::bind(ANY_V4).await.unwrap();
            let address = udp.local_addr().unwrap();
            if let Ok(tcp) = TcpListener::bind(address).await {
                pair = Some((udp, tcp, address));
                break;
            }
        }
        let (udp, tcp, address) = pair.expect("a port that is free with both");
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            loop {
                let (length, from) = udp.recv_from(&mut buffer).await.unwrap();
                count.fetch_add(1, Ordering::Relaxed);
                if let Some(response) = respond(&buffer[..length], true) {
                    udp.send_to(&response, from).await.unwrap();
                }
            }
        });
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = tcp.accept().await.unwrap();
                let length = stream.read_u16().await.unwrap();
                let mut query = vec![0; usize::from(length)];
                stream.read_exact(&mut query).await.unwrap();
                let response = respond(&query, false).unwrap();
                let length = u16::try_from(response.len()).unwrap();
                stream.write_u16(length).await.unwrap();
                stream.write_all(&response).await.unwrap();
            }
        });
        Self { address, asked }
    }

    async fn node(&self, questions: usize, question: Duration) -> Node {
        let mut config = Config {
            dns: DnsSettings {
                servers: vec![self.address],
            },
            timeouts: Timeouts {
                question,
                ..Timeouts::default()
            },
            ..Config::default()
        };
        config.limits.questions = questions;
        Node::new(config).await
    }
}

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

fn respond(query: &[u8], datagram: bool) -> Option<Vec<u8>> {
    let query = Message::from_vec(query).unwrap();
    let question = query.queries[0].clone();
    let mut response = Message::response(query.metadata.id, query.metadata.op_code);
    response.metadata.message_type = MessageType::Response;
    response.metadata.recursion_available = true;
    response.add_query(question.clone());
    let host = question.name().to_ascii();
    let records: Vec<(&str, RData)> = match (host.as_str(), question.query_type()) {
        ("example.com.", RecordType::NAPTR) => vec![
            (
                "example.com.",
                naptr(10, "SIPS+D2T", "_sips._tcp.example.com."),
            ),
            (
                "example.com.",
                naptr(20, "SIP+D2U", "_sip._udp.example.com."),
            ),
        ],
        ("_sip._udp.example.com.", RecordType::SRV) => vec![
            ("_sip._udp.example.com.", srv("a.example.com.")),
            ("_sip._udp.example.com.", srv(".")),
        ],
        ("a.example.com.", RecordType::A) => vec![
            (
                "a.example.com.",
                RData::CNAME(CNAME(name("b.example.com."))),
            ),
            ("b.example.com.", RData::A(A(Ipv4Addr::new(192, 0, 2, 1)))),
            ("b.example.com.", RData::A(A(Ipv4Addr::new(192, 0, 2, 2)))),
        ],
        ("a.example.com.", RecordType::AAAA) => {
            vec![("a.example.com.", RData::AAAA(AAAA(Ipv6Addr::LOCALHOST)))]
        }
        ("long.example.com.", RecordType::A) if datagram => {
            response.metadata.truncation = true;
            vec![]
        }
        ("long.example.com.", RecordType::A) => {
            vec![(
                "long.example.com.",
                RData::A(A(Ipv4Addr::new(192, 0, 2, 9))),
            )]
        }
        ("silent.example.com.", _) => return None,
        ("broken.example.com.", _) => {
            response.metadata.response_code = ResponseCode::ServFail;
            vec![]
        }
        ("a.example.com." | "example.com.", _) => vec![],
        _ => {
            response.metadata.response_code = ResponseCode::NXDomain;
            vec![]
        }
    };
    for (owner, data) in records {
        response.add_answer(Record::from_rdata(name(owner), 60, data));
    }
    Some(response.to_vec().unwrap())
}

fn naptr(order: u16, service: &str, replacement: &str) -> RData {
    RData::NAPTR(NAPTR::new(
        order,
        50,
        b"s"[..].into(),
        service.as_bytes().into(),
        Box::default(),
        name(replacement),
    ))
}

fn srv(target: &str) -> RData {
    RData::SRV(SRV::new(1, 2, 5061, name(target)))
}

async fn answer(node: &mut Node, question: Question) -> Answer {
    node.sockets.resolve(question.clone());
    match node.event().await {
        SocketEvent::Resolved(asked, answer) => {
            assert_eq!(asked, question);
            answer
        }
        other => panic!("expected an answer, got {other:?}"),
    }
}

#[tokio::test]
async fn records_of_each_kind_are_found() {
    let server = Server::start().await;
    let mut node = server.node(10, Duration::from_secs(10)).await;
    let naptr = |order, service: &str, replacement: &str| Naptr {
        order,
        preference: 50,
        flags: "s".into(),
        service: service.into(),
        regexp: "".into(),
        replacement: replacement.into(),
    };
    assert_eq!(
        answer(&mut node, Question::Naptr("example.com".into())).await,
        Answer::Naptr(vec![
            naptr(10, "SIPS+D2T", "_sips._tcp.example.com"),
            naptr(20, "SIP+D2U", "_sip._udp.example.com"),
        ])
    );
    let srv = |target: &str| Srv {
        priority: 1,
        weight: 2,
        port: 5061,
        target: target.into(),
    };
    assert_eq!(
        answer(&mut node, Question::Srv("_sip._udp.example.com".into())).await,
        Answer::Srv(vec![srv("a.example.com"), srv("")])
    );
    // Over a CNAME.
    let addresses = Answer::Addresses(vec![
        Ipv4Addr::new(192, 0, 2, 1).into(),
        Ipv4Addr::new(192, 0, 2, 2).into(),
    ]);
    let question = Question::A("a.example.com".into());
    assert_eq!(answer(&mut node, question.clone()).await, addresses);
    assert_eq!(
        answer(&mut node, Question::Aaaa("a.example.com".into())).await,
        Answer::Addresses(vec![Ipv6Addr::LOCALHOST.into()])
    );
    // A second time from the cache.
    let asked = server.asked.load(Ordering::Relaxed);
    assert_eq!(answer(&mut node, question).await, addresses);
    assert_eq!(server.asked.load(Ordering::Relaxed), asked);
}

#[tokio::test]
async fn truncated_answer_is_fetched_over_tcp() {
    let server = Server::start().await;
    let mut node = server.node(10, Duration::from_secs(10)).await;
    assert_eq!(
        answer(&mut node, Question::A("long.example.com".into())).await,
        Answer::Addresses(vec![Ipv4Addr::new(192, 0, 2, 9).into()])
    );
}

#[tokio::test]
async fn what_is_not_there_is_none_and_what_nobody_knows_has_failed() {
    let server = Server::start().await;
    let mut node = server.node(10, Duration::from_secs(10)).await;
    for question in [
        // No such name; no such record.
        Question::A("nowhere.example.com".into()),
        Question::Srv("a.example.com".into()),
        Question::Naptr("a.example.com".into()),
        // Not a name at all.
        Question::A("a..b".into()),
    ] {
        let answer = answer(&mut node, question.clone()).await;
        assert_eq!(answer, Answer::None, "{question}");
    }
    let question = Question::Srv("broken.example.com".into());
    assert_eq!(answer(&mut node, question).await, Answer::Failed);
}

#[tokio::test]
async fn silence_ends_in_time_and_questions_are_bounded() {
    let server = Server::start().await;
    let mut node = server.node(1, Duration::from_millis(300)).await;
    let silent = Question::A("silent.example.com".into());
    let other = Question::A("a.example.com".into());
    node.sockets.resolve(silent.clone());
    // There is no place for a second one.
    assert_eq!(answer(&mut node, other.clone()).await, Answer::Failed);
    assert_eq!(
        node.event().await,
        SocketEvent::Resolved(silent, Answer::Failed)
    );
    assert!(matches!(
        answer(&mut node, other).await,
        Answer::Addresses(_)
    ));
}
