//! The opening handshake (RFC 6455 4, RFC 7118 4.1).

use crate::config::WebSocketSettings;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Error as TungsteniteError;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::client::Response as ServerResponse;
use tokio_tungstenite::tungstenite::handshake::machine::TryParse;
use tokio_tungstenite::tungstenite::handshake::server::{Request, create_response};
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
use tokio_tungstenite::tungstenite::http::HeaderMap;
use tokio_tungstenite::tungstenite::http::header::{
    CONNECTION, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, UPGRADE,
};

/// Why there is no WebSocket.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandshakeError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the peer closed within the handshake")]
    Closed,
    #[error("refused with {}: {}", .0.status, .0.text)]
    Refused(Refusal),
    #[error("the server answers {0}")]
    Status(u16),
    #[error("the server's answer: {0}")]
    Answer(&'static str),
    #[error("the server's answer is not HTTP")]
    NotHttp,
}

/// How a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    /// The reason phrase and a header field if the status has one.
    head: &'static str,
    text: &'static str,
}

impl Refusal {
    const fn bad(text: &'static str) -> Self {
        Self {
            status: 400,
            head: "Bad Request\r\n",
            text,
        }
    }

    fn write(self) -> String {
        let Self { status, head, text } = self;
        format!(
            "HTTP/1.1 {status} {head}Connection: close\r\nContent-Type: text/plain\r\n\
             Content-Length: {}\r\n\r\n{text}\n",
            text.len() + 1
        )
    }
}

/// The server's side. Gives what came after the request, which is nothing with most clients.
pub(crate) async fn accept<S>(
    stream: &mut S,
    settings: &WebSocketSettings,
) -> Result<Vec<u8>, HandshakeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let refusal = match read_head(stream).await? {
        Some((head, rest)) => match answer(&head, settings) {
            Ok(key) => {
                let answer = format!(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                     Connection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\
                     Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n",
                    derive_accept_key(key.as_bytes())
                );
                stream.write_all(answer.as_bytes()).await?;
                stream.flush().await?;
                return Ok(rest);
            }
            Err(refusal) => refusal,
        },
        None => Refusal {
            status: 431,
            head: "Request Header Fields Too Large\r\n",
            text: "The head of the request is too long.",
        },
    };
    stream.write_all(refusal.write().as_bytes()).await?;
    stream.shutdown().await?;
    Err(HandshakeError::Refused(refusal))
}

/// The key of a request that is to be taken.
fn answer(head: &[u8], settings: &WebSocketSettings) -> Result<String, Refusal> {
    let Ok(Some((_, request))) = Request::try_parse(head) else {
        return Err(Refusal::bad("Expected a GET request of HTTP/1.1."));
    };
    if let Err(error) = create_response(&request) {
        return Err(match error {
            TungsteniteError::Protocol(
                ProtocolError::MissingConnectionUpgradeHeader
                | ProtocolError::MissingUpgradeWebSocketHeader,
            ) => Refusal {
                status: 426,
                head: "Upgrade Required\r\nUpgrade: websocket\r\n",
                text: "This is a WebSocket.",
            },
            // RFC 6455 4.4.
            TungsteniteError::Protocol(ProtocolError::MissingSecWebSocketVersionHeader) => {
                Refusal {
                    status: 426,
                    head: "Upgrade Required\r\nUpgrade: websocket\r\n\
                           Sec-WebSocket-Version: 13\r\n",
                    text: "Expected version 13.",
                }
            }
            _ => Refusal::bad("Sec-WebSocket-Key: expected 16 octets in base64."),
        });
    }
    let headers = request.headers();
    if let Some(origins) = &settings.origins {
        let allowed = headers.get_all(ORIGIN).iter().all(|origin| {
            let known =
                |allowed: &String| origin.as_bytes().eq_ignore_ascii_case(allowed.as_bytes());
            origins.iter().any(known)
        });
        if !allowed {
            return Err(Refusal {
                status: 403,
                head: "Forbidden\r\n",
                text: "Pages of this origin may not connect.",
            });
        }
    }
    // RFC 7118 4.1: whoever does not name it does not speak SIP.
    if !tokens(headers, SEC_WEBSOCKET_PROTOCOL.as_str()).any(|token| token == PROTOCOL) {
        return Err(Refusal::bad("Sec-WebSocket-Protocol: expected sip."));
    }
    let key = headers
        .get(SEC_WEBSOCKET_KEY)
        .and_then(|key| key.to_str().ok());
    Ok(key.unwrap_or_default().to_owned())
}

/// The client's side. `host` is what Host names. Gives what came after the answer.
pub(crate) async fn connect<S>(
    stream: &mut S,
    host: &str,
    path: &str,
) -> Result<Vec<u8>, HandshakeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let key = generate_key();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let (head, rest) = read_head(stream).await?.ok_or(HandshakeError::NotHttp)?;
    let Ok(Some((_, response))) = ServerResponse::try_parse(&head) else {
        return Err(HandshakeError::NotHttp);
    };
    if response.status() != 101 {
        return Err(HandshakeError::Status(response.status().as_u16()));
    }
    // RFC 6455 4.1, what a client checks.
    let headers = response.headers();
    let names = |name, wanted: &str| tokens(headers, name).any(|t| t.eq_ignore_ascii_case(wanted));
    if !names(UPGRADE.as_str(), "websocket") || !names(CONNECTION.as_str(), "upgrade") {
        return Err(HandshakeError::Answer("expected an upgrade to websocket"));
    }
    let accepted = headers
        .get(SEC_WEBSOCKET_ACCEPT)
        .map(|value| value.as_bytes());
    if accepted != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(HandshakeError::Answer("wrong Sec-WebSocket-Accept"));
    }
    if headers.contains_key(SEC_WEBSOCKET_EXTENSIONS) {
        return Err(HandshakeError::Answer(
            "an extension that was not asked for",
        ));
    }
    if !tokens(headers, SEC_WEBSOCKET_PROTOCOL.as_str()).eq([PROTOCOL]) {
        return Err(HandshakeError::Answer(
            "it does not speak SIP (RFC 7118 4.1)",
        ));
    }
    Ok(rest)
}

/// Reads to the empty line; `None` if it does not come.
async fn read_head<S>(stream: &mut S) -> Result<Option<(Vec<u8>, Vec<u8>)>, HandshakeError>
where
    S: AsyncRead + Unpin,
{
    let mut head = Vec::new();
    let mut buffer = [0; 1_024];
    loop {
        let searched = head.len().saturating_sub(3);
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return Err(HandshakeError::Closed);
        }
        head.extend_from_slice(&buffer[..length]);
        let end = head[searched..]
            .windows(4)
            .position(|octets| octets == b"\r\n\r\n");
        match end.map(|end| searched + end + 4) {
            Some(end) if end <= MAX_HEAD => {
                let rest = head.split_off(end);
                return Ok(Some((head, rest)));
            }
            None if head.len() < MAX_HEAD => {}
            _ => return Ok(None),
        }
    }
}

/// The members of comma-separated header fields.
fn tokens<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

/// The subprotocol (RFC 7118 4.1).
const PROTOCOL: &str = "sip";

/// Octets of a request or an answer with all header fields; browsers send cookies too.
const MAX_HEAD: usize = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = "GET /any/path?x=y HTTP/1.1\r\nHost: a.example\r\n\
        Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Protocol: chat, sip\r\nOrigin: https://a.example\r\n\r\n";

    fn origins(list: &[&str]) -> WebSocketSettings {
        WebSocketSettings {
            origins: Some(list.iter().map(|origin| (*origin).to_owned()).collect()),
            ..WebSocketSettings::default()
        }
    }

    #[tokio::test]
    async fn request_of_the_standard_is_taken() {
        let (mut client, mut server) = tokio::io::duplex(4_096);
        client.write_all(REQUEST.as_bytes()).await.unwrap();
        client.write_all(b"more").await.unwrap();
        let settings = origins(&["https://A.example"]);
        let rest = accept(&mut server, &settings).await.unwrap();
        assert_eq!(rest, b"more");
        drop(server);
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        // RFC 6455 1.3.
        assert!(answer.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
        assert!(answer.contains("\r\nSec-WebSocket-Protocol: sip\r\n"));
        assert!(answer.starts_with("HTTP/1.1 101 "));
    }

    #[tokio::test]
    async fn other_requests_are_answered_and_closed() {
        let any = WebSocketSettings::default();
        let long = format!("GET / HTTP/1.1\r\nCookie: {}\r\n\r\n", "x".repeat(17_000));
        let table = [
            (REQUEST.replace("chat, sip", "chat"), &any, "400"),
            (REQUEST.replace("Sec-WebSocket-Protocol", "X"), &any, "400"),
            (REQUEST.replace("Upgrade: websocket", "X: y"), &any, "426"),
            (REQUEST.replace("keep-alive, Upgrade", "close"), &any, "426"),
            (REQUEST.replace("Version: 13", "Version: 8"), &any, "426"),
            (REQUEST.replace("dGhlIH", "dGhl"), &any, "400"),
            (REQUEST.replace("GET", "POST"), &any, "400"),
            ("OPTIONS sip:a SIP/2.0\r\n\r\n".to_owned(), &any, "400"),
            ("\x16\x03\x01 TLS\r\n\r\n".to_owned(), &any, "400"),
            (long, &any, "431"),
            (REQUEST.to_owned(), &origins(&["https://b.example"]), "403"),
        ];
        for (request, settings, status) in table {
            let (mut client, mut server) = tokio::io::duplex(32_768);
            client.write_all(request.as_bytes()).await.unwrap();
            let refused = accept(&mut server, settings).await;
            assert!(
                matches!(refused, Err(HandshakeError::Refused(_))),
                "{request}"
            );
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{answer}"
            );
            assert_eq!(
                answer.contains("Sec-WebSocket-Version: 13"),
                request.contains(": 8")
            );
        }
        // Programs have no origin.
        let (mut client, mut server) = tokio::io::duplex(32_768);
        let request = REQUEST.replace("Origin", "X");
        client.write_all(request.as_bytes()).await.unwrap();
        assert!(accept(&mut server, &origins(&[])).await.is_ok());
    }

    #[tokio::test]
    async fn client_takes_only_a_server_that_speaks_sip() {
        let good = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\
            Connection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
        let table = [
            (good.to_owned(), true),
            (good.replace("101 Switching Protocols", "200 OK"), false),
            (good.replace("WebSocket\r", "h2c\r"), false),
            (good.replace(": Upgrade", ": close"), false),
            (
                good.replace("ACCEPT", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
                false,
            ),
            (good.replace(": sip", ": sip, chat"), false),
            (good.replace("Sec-WebSocket-Protocol", "X"), false),
            (
                good.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: x\r\n\r\n"),
                false,
            ),
            ("SIP/2.0 400 Bad Request\r\n\r\n".to_owned(), false),
        ];
        for (answer, taken) in table {
            let (mut client, mut server) = tokio::io::duplex(4_096);
            let serve = async {
                let (head, _) = read_head(&mut server).await.unwrap().unwrap();
                let (_, request) = Request::try_parse(&head).unwrap().unwrap();
                assert_eq!(request.uri(), "/ws");
                assert_eq!(request.headers()["host"], "a.example:80");
                let key = request.headers()[SEC_WEBSOCKET_KEY].as_bytes();
                let answer = answer.replace("ACCEPT", &derive_accept_key(key));
                server.write_all(answer.as_bytes()).await.unwrap();
            };
            let (connected, ()) = tokio::join!(connect(&mut client, "a.example:80", "/ws"), serve);
            assert_eq!(connected.is_ok(), taken, "{answer}: {connected:?}");
        }
        let (mut client, server) = tokio::io::duplex(4_096);
        drop(server);
        assert!(connect(&mut client, "a", "/").await.is_err());
    }
}
