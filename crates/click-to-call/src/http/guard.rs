//! What keeps other sites from using their visitors' browsers to place calls, and the header
//! fields that keep browsers from doing what they need not do.

use super::{Front, refuse};
use crate::web::{is_literal_host, is_same_origin};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

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
