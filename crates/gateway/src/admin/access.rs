//! Who may look, and who may command.
//!
//! Whoever reaches the address may look, as at `/metrics`. Commands need a token beyond this
//! machine. On this machine it is browsers that must be kept out: any page that its user looks at
//! can make one send a request here.

use super::problem::Problem;
use super::{Front, REQUEST};
use crate::config::{Admin, Token};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;
use trunkline_click_to_call::web::{equal, is_cross_site, is_literal_host};

/// What commands from beyond this machine need.
pub(crate) const COMMANDS_ASK: &str = "commands need a token where admin.listen is no loopback \
    address: write one to a file and name that in admin.token_file";

/// Who may do what.
#[derive(Debug)]
pub(super) struct Access {
    loopback: bool,
    token: Option<Token>,
}

impl Access {
    pub(super) fn new(admin: &Admin) -> Self {
        Self {
            loopback: admin.listen.ip().to_canonical().is_loopback(),
            token: admin.token.clone(),
        }
    }

    /// Whether a request may be answered at all.
    fn may_look(&self, headers: &HeaderMap) -> Result<(), Problem> {
        // A name of another site that resolves to this host would make this interface part of
        // that site (DNS rebinding). A literal address cannot.
        if self.loopback && !is_literal_host(headers) {
            let detail = "a loopback address answers only to an IP address or localhost in Host";
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
        Ok(())
    }

    /// Whether a request may change something.
    pub(super) fn may_command(&self, headers: &HeaderMap) -> Result<(), Problem> {
        if is_cross_site(headers) {
            let detail = "commands from pages of other sites are refused";
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
        let Some(token) = &self.token else {
            return match self.loopback {
                true => Ok(()),
                false => Err(Problem::new(StatusCode::FORBIDDEN, COMMANDS_ASK)),
            };
        };
        let given = bearer(headers).unwrap_or_default();
        match equal(token.as_str().as_bytes(), given.as_bytes()) {
            true => Ok(()),
            false => {
                let detail = "commands need the token of admin.token_file (Authorization: Bearer)";
                Err(Problem::new(StatusCode::UNAUTHORIZED, detail))
            }
        }
    }
}

/// The only bearer token of a request (RFC 6750 2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("Bearer")
        .then_some(token.trim())
}

/// Refuses what may not look, bounds the time, and adds the header fields that keep browsers from
/// doing what they need not do.
pub(super) async fn guard(State(front): State<Front>, request: Request, next: Next) -> Response {
    let mut response = match front.access.may_look(request.headers()) {
        Err(problem) => problem.into_response(),
        Ok(()) => match timeout(REQUEST, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "the request took too long")
                .into_response(),
        },
    };
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The page has a policy of its own; nothing else needs anything.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    response
}

const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn access(listen: &str, token: bool) -> Access {
        let admin = Admin {
            listen: listen.parse().unwrap(),
            token: token.then(|| Token::parse("0123456789abcdef").unwrap()),
        };
        Access::new(&admin)
    }

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn command(access: &Access, list: &[(&'static str, &str)]) -> u16 {
        match access.may_command(&headers(list)) {
            Ok(()) => 204,
            Err(problem) => problem.status.as_u16(),
        }
    }

    const HOST: (&str, &str) = ("host", "127.0.0.1:9090");

    #[test]
    fn this_machine_commands_without_a_token_unless_there_is_one() {
        for listen in ["127.0.0.1:9090", "[::1]:9090", "[::ffff:127.0.0.1]:9090"] {
            assert_eq!(command(&access(listen, false), &[HOST]), 204, "{listen}");
            assert_eq!(command(&access(listen, true), &[HOST]), 401, "{listen}");
        }
    }

    #[test]
    fn beyond_this_machine_only_the_token_commands() {
        let open = access("0.0.0.0:9090", false);
        assert_eq!(command(&open, &[HOST]), 403);
        let any = ("authorization", "Bearer 0123456789abcdef");
        assert_eq!(command(&open, &[HOST, any]), 403);
        let closed = access("192.0.2.1:9090", true);
        assert_eq!(command(&closed, &[HOST, any]), 204);
        for wrong in [
            "Bearer 0123456789abcdeF",
            "Bearer 0123456789abcde",
            "Bearer 0123456789abcdef0",
            "Bearer",
            "Bearer ",
            "Basic 0123456789abcdef",
            "0123456789abcdef",
        ] {
            let wrong = ("authorization", wrong);
            assert_eq!(command(&closed, &[HOST, wrong]), 401, "{wrong:?}");
        }
        assert_eq!(command(&closed, &[HOST, any, any]), 401);
        assert_eq!(command(&closed, &[HOST]), 401);
    }

    #[test]
    fn other_sites_do_not_command() {
        for token in [false, true] {
            let access = access("127.0.0.1:9090", token);
            let right = ("authorization", "Bearer 0123456789abcdef");
            for foreign in [
                ("origin", "http://evil.example"),
                ("origin", "null"),
                ("sec-fetch-site", "cross-site"),
                ("referer", "http://evil.example/"),
            ] {
                assert_eq!(
                    command(&access, &[HOST, right, foreign]),
                    403,
                    "{foreign:?}"
                );
            }
            let own = ("origin", "http://127.0.0.1:9090");
            assert_eq!(command(&access, &[HOST, right, own]), 204);
        }
    }

    #[test]
    fn rebound_names_do_not_look() {
        let rebound = headers(&[("host", "evil.example:9090")]);
        assert!(access("127.0.0.1:9090", true).may_look(&rebound).is_err());
        assert!(access("192.0.2.1:9090", false).may_look(&rebound).is_ok());
        for own in ["127.0.0.1:9090", "localhost", "[::1]:9090"] {
            let own = headers(&[("host", own)]);
            assert!(access("127.0.0.1:9090", false).may_look(&own).is_ok());
        }
    }
}
