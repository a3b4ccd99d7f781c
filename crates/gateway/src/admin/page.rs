//! `GET /`: the page. One file, nothing from elsewhere, and only its own script and style run.

use super::problem::Problem;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use core::fmt::Write;
use rand::TryRng;
use rand::rngs::SysRng;

/// What stands in the page where the nonce belongs.
const NONCE: &str = "{{nonce}}";

const PAGE: &str = include_str!("page.html");

/// The page, with a nonce of its own (CSP level 3, 7.1).
pub(super) async fn page() -> Response {
    let built = nonce().and_then(|nonce| {
        let policy = format!(
            "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; \
             connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let policy = HeaderValue::from_str(&policy).ok()?;
        Some((policy, PAGE.replace(NONCE, &nonce)))
    });
    let Some((policy, page)) = built else {
        let detail = "the system's random source does not answer";
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail).into_response();
    };
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
}

fn nonce() -> Option<String> {
    let mut octets = [0; 16];
    SysRng.try_fill_bytes(&mut octets).ok()?;
    let mut text = String::new();
    for octet in octets {
        // Writing to memory does not fail.
        let _ = write!(text, "{octet:02x}");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_has_nothing_from_elsewhere_and_no_markup_from_data() {
        for word in [
            "http://",
            "https://",
            "//cdn",
            "src=",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "style=",
            "onclick",
        ] {
            // The name of a namespace is no address.
            let text = PAGE.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains(word), "{word}");
        }
        assert_eq!(PAGE.matches(NONCE).count(), 2);
        assert_eq!(PAGE.matches("<script").count(), 1);
        assert_eq!(PAGE.matches("<style").count(), 1);
    }

    #[test]
    fn nonces_are_not_used_twice() {
        assert_ne!(nonce().unwrap(), nonce().unwrap());
    }
}
