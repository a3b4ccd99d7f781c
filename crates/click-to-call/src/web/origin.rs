//! Where a request comes from, as its header fields tell.

use axum::http::{HeaderMap, HeaderValue, header};
use std::net::IpAddr;

/// Whether a browser says that another site made it send the request (Fetch Metadata), or a
/// request says that it comes from a page of another site. Programs say neither.
pub fn is_cross_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if matches!(site, Some(b"cross-site")) {
        return true;
    }
    let referer = headers.get(header::REFERER).is_some_and(|referer| {
        let host = referer.to_str().ok().and_then(host_of_url);
        host.is_none() || host != host_header(headers)
    });
    // A browser that knows better has said so above.
    !is_same_origin(headers) || referer && site.is_none()
}

/// Whether the Origin header, if there is one, is that of this interface (RFC 6454 7).
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    headers.get(header::ORIGIN).is_none_or(|origin| {
        let host = origin.to_str().ok().and_then(host_of_url);
        host.is_some() && host == host_header(headers)
    })
}

fn host_header(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    Some(host.to_ascii_lowercase())
}

/// Host and port of `http://host:port/...`.
fn host_of_url(url: &str) -> Option<String> {
    let rest = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    Some(host.to_ascii_lowercase())
}

/// Whether the Host header, if there is one, is an IP address or localhost. A name of another site
/// that resolves to this host (DNS rebinding) is neither.
pub fn is_literal_host(headers: &HeaderMap) -> bool {
    // HTTP/1.0 has no Host; browsers always send one.
    let Some(host) = headers.get(header::HOST) else {
        return true;
    };
    let Ok(host) = host.to_str() else {
        return false;
    };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.insert(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn another_site_gives_itself_away() {
        let host = ("host", "127.0.0.1:8080");
        for cross in [
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:9"),
            ("referer", "http://evil.example/127.0.0.1:8080"),
            ("referer", "about:blank"),
        ] {
            assert!(is_cross_site(&headers(&[host, cross])), "{cross:?}");
        }
        for own in [
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "none"),
            ("origin", "http://127.0.0.1:8080"),
            ("referer", "http://127.0.0.1:8080/"),
            ("user-agent", "crm"),
        ] {
            assert!(!is_cross_site(&headers(&[host, own])), "{own:?}");
        }
    }

    #[test]
    fn rebound_name_is_no_literal_host() {
        let literal = |host| is_literal_host(&headers(&[("host", host)]));
        assert!(literal("127.0.0.1:80") && literal("[::1]:80") && literal("LocalHost"));
        assert!(!literal("evil.example") && !literal("127.0.0.1.evil.example:80"));
        assert!(is_literal_host(&HeaderMap::new()));
    }
}
