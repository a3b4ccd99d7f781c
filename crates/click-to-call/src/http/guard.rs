//! What keeps other sites from using their visitors' browsers to place calls, and the header
//! fields that keep browsers from doing what they need not do.

use super::{Front, refuse};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use std::net::IpAddr;

/// Refuses what another site sent, and adds the security header fields to every response.
pub(super) async fn guard(State(front): State<Front>, request: Request, next: Next) -> Response {
    let open = front.settings.credentials.is_none();
    let headers = request.headers();
    let mut response = if open && !is_literal_host(headers) {
        // Without authentication, a name of another site that resolves to this host would make
        // this interface part of that site (DNS rebinding). A literal address cannot.
        let message = "Without authentication this interface answers only to an IP address or to \
                       localhost in the Host header.";
        refuse(request.uri(), StatusCode::FORBIDDEN, "host", message)
    } else if request.uri().path().starts_with("/api/") && !is_same_origin(headers) {
        let message = "Requests from pages of other sites are refused.";
        refuse(request.uri(), StatusCode::FORBIDDEN, "cross_site", message)
    } else {
        next.run(request).await
    };
    for (name, value) in ALWAYS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether a browser says that another site made it send the request (Fetch Metadata), or a
/// request says that it comes from a page of another site. Programs say neither.
pub(super) fn is_cross_site(headers: &HeaderMap) -> bool {
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
fn is_same_origin(headers: &HeaderMap) -> bool {
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

fn is_literal_host(headers: &HeaderMap) -> bool {
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

/// The page needs its own script, style, picture and connections; nothing else needs anything.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::SERVER, "Trunkline click-to-call"),
];

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
