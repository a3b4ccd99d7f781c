//! A small HTTP client: what it sends is what the test wrote.

use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(header, _)| header == name);
        header.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Self {
            status: status
                .and_then(|status| status.parse().ok())
                .expect("a status"),
            headers,
            body: body.to_owned(),
        }
    }
}

/// Sends a request as it stands, and reads until the server closes.
pub(crate) async fn send(server: SocketAddr, request: &str) -> Response {
    send_pieces(server, &[request.to_owned()]).await
}

pub(crate) async fn send_pieces(server: SocketAddr, pieces: &[String]) -> Response {
    let exchange = async {
        let mut stream = TcpStream::connect(server).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for piece in pieces {
            stream.write_all(piece.as_bytes()).await.unwrap();
            tokio::task::yield_now().await;
        }
        let mut text = Vec::new();
        // A server that refuses a body early may reset the connection after its answer.
        let _ = stream.read_to_end(&mut text).await;
        Response::parse(&String::from_utf8_lossy(&text))
    };
    tokio::time::timeout(LIMIT, exchange)
        .await
        .expect("an answer in time")
}

pub(crate) async fn request(
    server: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Response {
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {server}\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("Connection: close\r\n\r\n");
    send(server, &request).await
}

pub(crate) async fn get(server: SocketAddr, path: &str) -> Response {
    request(server, "GET", path, &[]).await
}

/// A connection on which that has been sent and nothing is read.
pub(crate) async fn open(server: SocketAddr, start: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(start.as_bytes()).await.unwrap();
    stream
}

/// Server-sent events.
pub(crate) struct EventStream(BufReader<TcpStream>);

impl EventStream {
    pub(crate) async fn open(server: SocketAddr, path: &str) -> Self {
        // HTTP/1.0 keeps the chunks of HTTP/1.1 out of the text.
        let request = format!("GET {path} HTTP/1.0\r\nHost: {server}\r\n\r\n");
        let mut stream = BufReader::new(open(server, &request).await);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(stream.read_line(&mut head).await.unwrap(), 0, "{head}");
        }
        assert!(head.contains(" 200 OK\r\n"), "{head}");
        assert!(
            head.contains("content-type: text/event-stream\r\n"),
            "{head}"
        );
        Self(stream)
    }

    /// The data of the next event named `call`; `None` when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        let next = async {
            let (mut named, mut data) = (false, None);
            loop {
                let mut line = String::new();
                if self.0.read_line(&mut line).await.unwrap() == 0 {
                    return None;
                }
                let line = line.trim_end();
                named |= line == "event: call";
                if let Some(text) = line.strip_prefix("data: ") {
                    data = Some(serde_json::from_str(text).unwrap());
                }
                if line.is_empty() && data.is_some() {
                    assert!(named);
                    return data;
                }
            }
        };
        tokio::time::timeout(LIMIT, next)
            .await
            .expect("an event in time")
    }
}

const LIMIT: Duration = Duration::from_secs(20);
