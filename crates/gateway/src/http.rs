//! A small HTTP client: one request a connection, as a script with any HTTP client would do.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends a request with further header fields and a body, of which either may be empty; status and
/// body of the response.
pub(crate) async fn request(
    server: SocketAddr,
    method: &str,
    path: &str,
    fields: &[(&str, &str)],
    body: &str,
) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(server).await?;
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\
         Content-Length: {}\r\n",
        body.len()
    );
    for (name, value) in fields {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    stream
        .take(MAX_RESPONSE)
        .read_to_string(&mut response)
        .await?;
    parse(&response).ok_or_else(|| {
        let line = response.lines().next().unwrap_or_default();
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("HTTP response {line:?}"),
        )
    })
}

/// The header field of a JSON body.
pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Octets of a response that are read.
const MAX_RESPONSE: u64 = 1 << 24;

fn parse(response: &str) -> Option<(u16, String)> {
    let (head, body) = response.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some((status, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_and_body_are_found() {
        let response = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(parse(response), Some((201, "{}".to_owned())));
        assert_eq!(parse("HTTP/1.1 2"), None);
    }
}
