//! The page and what it is made of. No other file, no other host.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

/// `/`.
pub(super) async fn page() -> Response {
    file(
        "text/html; charset=utf-8",
        include_str!("../page/index.html"),
    )
}

/// `/page/app.js`.
pub(super) async fn script() -> Response {
    file(
        "text/javascript; charset=utf-8",
        include_str!("../page/app.js"),
    )
}

/// `/page/style.css`.
pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("../page/style.css"))
}

/// `/page/icon.svg`.
pub(super) async fn icon() -> Response {
    file("image/svg+xml", include_str!("../page/icon.svg"))
}

/// The files belong to the program: a browser must ask again after an update.
fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text).into_response()
}
