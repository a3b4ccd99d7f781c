//! A name server with a few names, for one test.

use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, NAPTR, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};

/// A running name server, over UDP only.
#[derive(Clone, Debug)]
pub struct Names {
    /// Where it is asked.
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

/// A record: whose it is, and what it says.
#[derive(Clone, Debug)]
pub struct Named(Name, RData);

impl Named {
    /// An address.
    pub fn a(name: &str, address: Ipv4Addr) -> Self {
        Self(host(name), RData::A(A(address)))
    }

    /// A server (RFC 2782): lower priorities first.
    pub fn srv(name: &str, priority: u16, weight: u16, port: u16, target: &str) -> Self {
        let srv = SRV::new(priority, weight, port, host(target));
        Self(host(name), RData::SRV(srv))
    }

    /// A service (RFC 3263 4.1), as `SIP+D2T`, and where its SRV records are.
    pub fn naptr(name: &str, order: u16, service: &str, replacement: &str) -> Self {
        let naptr = NAPTR::new(
            order,
            50,
            (*b"s").into(),
            service.as_bytes().into(),
            Box::default(),
            host(replacement),
        );
        Self(host(name), RData::NAPTR(naptr))
    }
}

impl Names {
    /// Starts it; it ends with the test's process.
    ///
    /// # Panics
    /// If it gets no port.
    pub fn start(records: Vec<Named>) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port for names");
        let address = socket.local_addr().expect("its address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                let Some((question, response)) = answer(&records, &buffer[..length]) else {
                    continue;
                };
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                log.push(question);
                drop(log);
                // Whoever asked may be gone.
                let _ = socket.send_to(&response, from);
            }
        });
        Self { address, asked }
    }

    /// What it was asked, as `SRV _sip._udp.example.com.`
    pub fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }
}

fn answer(records: &[Named], query: &[u8]) -> Option<(String, Vec<u8>)> {
    let query = Message::from_vec(query).ok()?;
    let question = query.queries.first()?.clone();
    let (name, kind) = (question.name().clone(), question.query_type());
    let mut response = Message::response(query.metadata.id, query.metadata.op_code);
    response.metadata.message_type = MessageType::Response;
    response.metadata.recursion_available = true;
    response.add_query(question);
    let mut is_known = false;
    for Named(owner, data) in records {
        if owner.to_lowercase() == name.to_lowercase() {
            is_known = true;
            if data.record_type() == kind {
                response.add_answer(Record::from_rdata(owner.clone(), TTL, data.clone()));
            }
        }
    }
    if !is_known {
        response.metadata.response_code = ResponseCode::NXDomain;
    }
    Some((format!("{kind} {name}"), response.to_vec().ok()?))
}

/// Seconds that an answer may be remembered.
const TTL: u32 = 60;

fn host(name: &str) -> Name {
    Name::from_ascii(format!("{name}.")).expect("a name")
}
