//! WebSocket with a foreign end: tungstenite. A browser is tried where JsSIP calls.
#![expect(clippy::result_large_err, reason = "the signature is tungstenite's")]

use super::{ANY_V4, Node, message, plain};
use crate::config::{Config, WebSocketSettings};
use crate::{Count, SocketEvent, Why};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async, client_async};
use trunkline_sip::Transport;

async fn client(node: &Node, path: &str) -> WebSocketStream<TcpStream> {
    let mut request = format!("ws://{}{path}", node.local())
        .into_client_request()
        .unwrap();
    let sip = "sip".parse().unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", sip);
    let stream = node.stranger().await;
    let (socket, answer) = client_async(request, stream).await.unwrap();
    assert_eq!(answer.headers()["Sec-WebSocket-Protocol"], "sip");
    socket
}

fn text(data: &[u8]) -> Message {
    Message::text(str::from_utf8(data).unwrap())
}

#[tokio::test]
async fn frames_carry_one_message_each() {
    let mut a = Node::plain(Transport::Ws, ANY_V4).await;
    let mut peer = client(&a, "/any/path?at=all").await;
    peer.send(text(&message("1", "text"))).await.unwrap();
    let (flow, data) = a.received().await;
    assert_eq!(data, message("1", "text"));
    peer.send(Message::binary(message("2", "binary")))
        .await
        .unwrap();
    assert_eq!(a.received().await, (flow, message("2", "binary")));
    a.sockets.send(flow, None, message("1", "answer"));
    let answer = peer.next().await.unwrap().unwrap();
    assert_eq!(answer, text(&message("1", "answer")));
    // ISUP in a body is no text.
    let mut data = message("3", "");
    data.extend([0xff, 0]);
    a.sockets.send(flow, None, data.clone());
    assert_eq!(peer.next().await.unwrap().unwrap(), Message::binary(data));
}

#[tokio::test]
async fn fragments_are_put_together_with_pings_between_them() {
    let mut a = Node::plain(Transport::Ws, ANY_V4).await;
    let mut peer = client(&a, "/").await;
    let whole = message("1", &"x".repeat(10_000));
    let parts: Vec<_> = whole.chunks(999).collect();
    for (n, part) in parts.iter().enumerate() {
        let opcode = if n == 0 { Data::Text } else { Data::Continue };
        let last = n == parts.len() - 1;
        let frame = Frame::message(part.to_vec(), OpCode::Data(opcode), last);
        peer.send(Message::Frame(frame)).await.unwrap();
        if n == 3 {
            peer.send(Message::Ping(b"there?"[..].into()))
                .await
                .unwrap();
        }
    }
    assert_eq!(a.received().await.1, whole);
    let pong = peer.next().await.unwrap().unwrap();
    assert_eq!(pong, Message::Pong(b"there?"[..].into()));
    // The keep-alive of other streams.
    peer.send(Message::text("\r\n\r\n")).await.unwrap();
    assert_eq!(peer.next().await.unwrap().unwrap(), Message::text("\r\n"));
}

#[tokio::test]
async fn peer_closes_in_order_and_out_of_order() {
    let mut a = Node::plain(Transport::Ws, ANY_V4).await;
    let mut peer = client(&a, "/").await;
    let flow = a.opened().await;
    peer.close(None).await.unwrap();
    assert_eq!(a.closed().await, (flow, Why::Peer));
    let answer = peer.next().await.unwrap().unwrap();
    assert!(matches!(
        answer,
        Message::Close(Some(CloseFrame {
            code: CloseCode::Normal,
            ..
        }))
    ));

    let mut peer = client(&a, "/").await;
    let flow = a.opened().await;
    let begin = Frame::message(b"OPTIONS "[..].to_vec(), OpCode::Data(Data::Text), false);
    peer.send(Message::Frame(begin)).await.unwrap();
    drop(peer);
    assert_eq!(a.closed().await, (flow, Why::PeerWithinMessage));
}

#[tokio::test]
async fn wrong_frames_close_with_a_status() {
    let mut a = Node::plain(Transport::Ws, ANY_V4).await;
    let long = vec![b'x'; 65_536];
    let table = [
        (
            Frame::message(long, OpCode::Data(Data::Text), true),
            CloseCode::Size,
        ),
        (
            Frame::message(b"x".to_vec(), OpCode::Data(Data::Continue), true),
            CloseCode::Protocol,
        ),
        (
            Frame::message(vec![0xff], OpCode::Data(Data::Text), true),
            CloseCode::Invalid,
        ),
    ];
    for (frame, status) in table {
        let mut peer = client(&a, "/").await;
        peer.send(Message::Frame(frame)).await.unwrap();
        let Some(Ok(Message::Close(Some(close)))) = peer.next().await else {
            panic!("expected a Close frame");
        };
        assert_eq!(close.code, status);
        assert!(matches!(a.closed().await.1, Why::WebSocket(_)));
    }
}

#[tokio::test]
async fn others_are_refused() {
    let mut config = plain(Transport::Ws, ANY_V4);
    config.web_socket.origins = Some(vec!["https://phone.example".to_owned()]);
    let a = Node::new(config).await;
    let upgrade = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    let sip = "Sec-WebSocket-Protocol: sip\r\n";
    for (request, answer) in [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), "426"),
        (format!("{upgrade}\r\n"), "400"),
        (
            format!("{upgrade}{sip}Origin: https://other.example\r\n\r\n"),
            "403",
        ),
        (
            format!("{upgrade}{sip}Origin: https://phone.example\r\n\r\n"),
            "101",
        ),
    ] {
        let mut peer = a.stranger().await;
        peer.write_all(request.as_bytes()).await.unwrap();
        let mut status = [0; 12];
        peer.read_exact(&mut status).await.unwrap();
        assert_eq!(status, *format!("HTTP/1.1 {answer}").as_bytes());
    }
    let refused = a
        .sockets
        .counters()
        .get(Transport::Ws, Count::WebSocketRefused);
    assert_eq!(refused, 3);
}

#[tokio::test]
async fn we_connect_to_a_foreign_server() {
    let listener = TcpListener::bind(ANY_V4).await.unwrap();
    let mut a = Node::new(Config {
        web_socket: WebSocketSettings {
            path: "/sip".to_owned(),
            ..WebSocketSettings::default()
        },
        ..plain(Transport::Ws, ANY_V4)
    })
    .await;
    let target = a.flow(listener.local_addr().unwrap());
    a.sockets.send(target, None, message("1", ""));
    let (stream, _) = listener.accept().await.unwrap();
    let echo = |request: &Request, mut answer: Response| {
        assert_eq!(request.uri(), "/sip");
        let protocol = request.headers()["Sec-WebSocket-Protocol"].clone();
        answer
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        Ok(answer)
    };
    let mut server = accept_hdr_async(stream, echo).await.unwrap();
    assert_eq!(
        server.next().await.unwrap().unwrap(),
        text(&message("1", ""))
    );
    server.send(text(&message("1", "answer"))).await.unwrap();
    let (flow, data) = a.received().await;
    assert_eq!(data, message("1", "answer"));
    a.sockets.close(flow.connection.unwrap());
    let last = server.next().await.unwrap().unwrap();
    assert!(matches!(last, Message::Close(Some(_))));
}

#[tokio::test]
async fn server_that_does_not_speak_sip_is_refused() {
    let listener = TcpListener::bind(ANY_V4).await.unwrap();
    let mut a = Node::plain(Transport::Ws, ANY_V4).await;
    let target = a.flow(listener.local_addr().unwrap());
    a.sockets.send(target, None, message("1", ""));
    let (stream, _) = listener.accept().await.unwrap();
    let server = accept_hdr_async(stream, |_: &Request, answer: Response| Ok(answer)).await;
    assert!(server.is_ok());
    assert_eq!(a.event().await, SocketEvent::Undelivered(target));
}
