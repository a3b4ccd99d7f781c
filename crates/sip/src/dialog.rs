//! The state of a dialog (RFC 3261 12).

use crate::{Message, Name, NameAddr, Uri};

/// A dialog, or what will become one: the peer's tag is empty until it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dialog {
    pub(crate) call_id: String,
    /// Our URI with display name and tag, as it stands in From of our requests.
    pub(crate) local: String,
    pub(crate) local_tag: String,
    /// The peer's URI with its display name and tag, as it stands in To of our requests.
    pub(crate) remote: String,
    pub(crate) remote_tag: String,
    /// The number of our last request, 0 before the first.
    pub(crate) local_cseq: u32,
    /// The number of the peer's last request.
    pub(crate) remote_cseq: Option<u32>,
    /// The URI of the peer's Contact.
    pub(crate) remote_target: String,
    /// The values of Route for our requests.
    pub(crate) route_set: Vec<String>,
    /// Whether we chose the Call-ID (RFC 3261 14.1).
    pub(crate) owns_call_id: bool,
}

impl Dialog {
    /// The dialog that an answer to a received INVITE makes (RFC 3261 12.1.1). `remote_target` is
    /// the URI of its Contact.
    pub(crate) fn from_request(invite: &Message, local_tag: String, remote_target: &str) -> Self {
        let local = invite.header(Name::To).unwrap_or_default();
        Self {
            call_id: invite.call_id().to_owned(),
            local: format!("{local};tag={local_tag}"),
            local_tag,
            remote: invite.header(Name::From).unwrap_or_default().to_owned(),
            remote_tag: invite.from().tag().unwrap_or_default().to_owned(),
            local_cseq: 0,
            remote_cseq: Some(invite.cseq().number),
            remote_target: remote_target.to_owned(),
            route_set: invite
                .headers(Name::RecordRoute)
                .map(str::to_owned)
                .collect(),
            owns_call_id: false,
        }
    }

    /// The dialog that a 2xx to our INVITE makes or is part of, from the two messages alone.
    pub(crate) fn from_response(invite: &Message, response: &Message) -> Self {
        let mut dialog = Self {
            call_id: invite.call_id().to_owned(),
            local: invite.header(Name::From).unwrap_or_default().to_owned(),
            local_tag: invite.from().tag().unwrap_or_default().to_owned(),
            remote: String::new(),
            remote_tag: String::new(),
            local_cseq: invite.cseq().number,
            remote_cseq: None,
            remote_target: invite.request_uri().unwrap_or_default().to_owned(),
            route_set: Vec::new(),
            owns_call_id: true,
        };
        dialog.confirm(response);
        if invite.to().tag().is_some() {
            // A re-INVITE does not change the route set (RFC 3261 12.2).
            dialog.route_set = invite.headers(Name::Route).map(str::to_owned).collect();
        }
        dialog
    }

    /// Completes the dialog from a 2xx to our INVITE (RFC 3261 12.1.2, 13.2.2.4).
    pub(crate) fn confirm(&mut self, response: &Message) {
        self.remote = response.header(Name::To).unwrap_or_default().to_owned();
        self.remote_tag = response.to().tag().unwrap_or_default().to_owned();
        self.refresh_target(response);
        self.route_set.clear();
        let routes = response.headers(Name::RecordRoute);
        self.route_set.extend(routes.map(str::to_owned));
        self.route_set.reverse();
    }

    /// Takes the peer's Contact from a target refresh request or its 2xx (RFC 3261 12.2).
    pub(crate) fn refresh_target(&mut self, message: &Message) {
        if let Some(Ok(contact)) = message.contact()
            && self.remote_target != contact.uri
        {
            contact.uri.clone_into(&mut self.remote_target);
        }
    }

    /// The number for our next request.
    pub(crate) fn next_cseq(&mut self) -> u32 {
        self.local_cseq += 1;
        self.local_cseq
    }

    /// Whether a message of the peer with that Call-ID and tag belongs here.
    pub(crate) fn matches(&self, call_id: &str, remote_tag: &str) -> bool {
        self.call_id == call_id && self.remote_tag == remote_tag
    }

    /// Request-URI and Route of our requests (RFC 3261 12.2.1.1).
    pub(crate) fn routing(&self) -> Routing<'_> {
        let Some(first) = self
            .route_set
            .first()
            .and_then(|route| NameAddr::parse(route).ok())
        else {
            return Routing {
                request_uri: &self.remote_target,
                routes: &self.route_set,
                last_route: None,
                next_hop: &self.remote_target,
            };
        };
        let loose = matches!(
            first.parsed_uri(),
            Ok(Uri::Sip(uri)) if uri.params.get("lr").is_some()
        );
        if loose {
            Routing {
                request_uri: &self.remote_target,
                routes: &self.route_set,
                last_route: None,
                next_hop: first.uri,
            }
        } else {
            Routing {
                // Header fields may not stand in a Request-URI (RFC 3261 19.1.1, table 1).
                request_uri: first.uri.split('?').next().unwrap_or_default(),
                routes: &self.route_set[1..],
                last_route: Some(&self.remote_target),
                next_hop: first.uri,
            }
        }
    }
}

/// How a request of the dialog is addressed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Routing<'a> {
    pub(crate) request_uri: &'a str,
    pub(crate) routes: &'a [String],
    /// The remote target, where a strict router is first.
    pub(crate) last_route: Option<&'a str>,
    /// The URI whose address the request is sent to.
    pub(crate) next_hop: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialog(routes: &[&str]) -> Dialog {
        Dialog {
            call_id: "c".to_owned(),
            local: "<sip:a@a.example>;tag=l".to_owned(),
            local_tag: "l".to_owned(),
            remote: "<sip:b@b.example>;tag=r".to_owned(),
            remote_tag: "r".to_owned(),
            local_cseq: 0,
            remote_cseq: None,
            remote_target: "sip:user@remoteua".to_owned(),
            route_set: routes.iter().map(|&route| route.to_owned()).collect(),
            owns_call_id: true,
        }
    }

    #[test]
    fn without_routes_the_target_is_asked() {
        let dialog = dialog(&[]);
        let routing = dialog.routing();
        assert_eq!(routing.request_uri, "sip:user@remoteua");
        assert_eq!(routing.next_hop, "sip:user@remoteua");
        assert!(routing.routes.is_empty());
    }

    #[test]
    fn loose_router_leaves_the_request_uri() {
        let dialog = dialog(&["<sip:10.0.0.1;lr>", "<sip:10.0.0.2;lr>"]);
        let routing = dialog.routing();
        assert_eq!(routing.request_uri, "sip:user@remoteua");
        assert_eq!(routing.next_hop, "sip:10.0.0.1;lr");
        assert_eq!(routing.routes, dialog.route_set);
        assert_eq!(routing.last_route, None);
    }

    // The example of RFC 3261 12.2.1.1.
    #[test]
    fn strict_router_takes_the_request_uri() {
        let dialog = dialog(&[
            "<sip:proxy1>",
            "<sip:proxy2>",
            "<sip:proxy3;lr>",
            "<sip:proxy4>",
        ]);
        let routing = dialog.routing();
        assert_eq!(routing.request_uri, "sip:proxy1");
        assert_eq!(routing.next_hop, "sip:proxy1");
        assert_eq!(
            routing.routes,
            ["<sip:proxy2>", "<sip:proxy3;lr>", "<sip:proxy4>"]
        );
        assert_eq!(routing.last_route, Some("sip:user@remoteua"));
    }
}
