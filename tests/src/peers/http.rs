//! A client that knows just enough HTTP/1.1.

use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// What came back.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header, as it came.
    pub header: String,
    /// The body.
    pub body: String,
}

/// Sends one request; the connection is closed after it.
///
/// # Errors
/// If nobody listens there, or what comes back within 5 s is not HTTP.
pub fn request(
    server: SocketAddr,
    method: &str,
    path: &str,
    body: Option<&str>,
) -> io::Result<Response> {
    let mut stream = TcpStream::connect_timeout(&server, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    let content = match body {
        Some(body) => format!(
            "Content-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        ),
        None => String::new(),
    };
    let body = body.unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n{content}\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    let mut response = Vec::new();
    let mut buffer = [0; 4096];
    // Some servers keep the connection all the same.
    while !is_whole(&response) {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        response.extend_from_slice(&buffer[..length]);
    }
    let response = String::from_utf8_lossy(&response).into_owned();
    let parsed = response.split_once("\r\n\r\n").and_then(|(header, body)| {
        let status = header.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        Some(Response {
            status,
            header: header.to_owned(),
            body: body.to_owned(),
        })
    });
    parsed.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, response))
}

/// Whether a response is there up to the end that Content-Length gives it, if it has one.
fn is_whole(response: &[u8]) -> bool {
    let Some(end) = response.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let header = String::from_utf8_lossy(&response[..end]).to_ascii_lowercase();
    let length = header
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|length| length.trim().parse().ok());
    length.is_some_and(|length: usize| response.len() >= end + 4 + length)
}

const LIMIT: Duration = Duration::from_secs(5);
