//! Basic authentication (RFC 7617).

use super::{Front, refuse};
use crate::config::Credentials;
use crate::web::equal;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Lets a request pass if its credentials are those of the settings, or there are none there.
pub(super) async fn authenticate(
    State(front): State<Front>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(credentials) = &front.settings.credentials
        && !admits(credentials, request.headers())
    {
        let mut response = refuse(
            request.uri(),
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "User and password are needed.",
        );
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"click-to-call\", charset=\"UTF-8\""),
        );
        return response;
    }
    next.run(request).await
}

fn admits(credentials: &Credentials, headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let Some((scheme, encoded)) = value.to_str().ok().and_then(|text| text.split_once(' ')) else {
        return false;
    };
    if !scheme.eq_ignore_ascii_case("Basic") {
        return false;
    }
    let Ok(given) = STANDARD.decode(encoded.trim()) else {
        return false;
    };
    let expected = [
        credentials.user.as_bytes(),
        b":",
        credentials.password.as_bytes(),
    ]
    .concat();
    equal(&expected, &given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(value: &str) -> bool {
        let credentials = Credentials {
            user: "anna".to_owned(),
            password: "p:w".to_owned(),
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        admits(&credentials, &headers)
    }

    #[test]
    fn only_the_right_pair_is_admitted() {
        let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        assert!(admitted(&basic("anna:p:w")));
        assert!(admitted(&basic("anna:p:w").replace("Basic", "bAsIC ")));
        for wrong in [
            "",
            "anna",
            "anna:",
            "anna:p:w\0",
            "anna:p:",
            "Anna:p:w",
            ":p:w",
        ] {
            assert!(!admitted(&basic(wrong)), "{wrong:?}");
        }
        assert!(!admitted(&basic(&"a".repeat(10_000))));
        for wrong in [
            "",
            "Basic",
            "Basic !!",
            "Digest username=\"anna\"",
            "Bearer x",
        ] {
            assert!(!admitted(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn two_headers_are_none() {
        let credentials = Credentials {
            user: "a".to_owned(),
            password: "b".to_owned(),
        };
        let value: HeaderValue = format!("Basic {}", STANDARD.encode("a:b")).parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.append(header::AUTHORIZATION, value.clone());
        assert!(admits(&credentials, &headers));
        headers.append(header::AUTHORIZATION, value);
        assert!(!admits(&credentials, &headers));
    }
}
