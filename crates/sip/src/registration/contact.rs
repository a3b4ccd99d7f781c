//! The bindings that a registrar lists, and which of them is ours.

use super::Lease;
use crate::flow::Flow;
use crate::header::{self, Address, Contact, ContactAddress, Expires, FlowTimer};
use crate::message::Message;
use crate::name::Name;
use crate::uri::{SipUri, Uri};
use core::time::Duration;
use trunkline_model::Time;

/// The interval that a 2xx grants our binding, in seconds; 0 if there is none.
///
/// Our binding is the one of our instance and `reg-id` (RFC 5626 4.2), else the one with our URI
/// (RFC 3261 10.2.4). Registrars that write the address they see into the Contact are taken at
/// their word if they list one binding only. Without `expires` the Expires header field counts,
/// and without that, what was asked for.
pub(super) fn granted(response: &Message, ours: &ContactAddress<'_>, asked: u32) -> u32 {
    let listed: Vec<_> = header::all::<Contact<'_>>(response)
        .flatten()
        .filter_map(|contact| match contact {
            Contact::Address(address) => Some(address),
            Contact::All => None,
        })
        .collect();
    let general = || match header::get::<Expires>(response) {
        Some(Ok(Expires(seconds))) => seconds,
        _ => asked,
    };
    let uri = ours.uri.parts().ok();
    let is_same_flow = |it: &&ContactAddress<'_>| {
        ours.reg_id.is_some() && it.reg_id == ours.reg_id && it.instance == ours.instance
    };
    let is_same_uri = |it: &&ContactAddress<'_>| match (&uri, it.uri.parts()) {
        (Some(ours), Ok(listed)) => ours.is_equivalent(&listed),
        _ => false,
    };
    let found = listed
        .iter()
        .find(is_same_flow)
        .or_else(|| listed.iter().find(is_same_uri));
    match (found, &*listed) {
        (Some(binding), _) | (None, [binding]) => binding.expires.unwrap_or_else(general),
        // Some registrars list nothing.
        (None, []) => general(),
        (None, _) => 0,
    }
}

/// What else a 2xx says.
pub(super) fn lease(response: &Message, until: Time, flow: Option<Flow>) -> Lease {
    let addresses = |name| -> Vec<Address<'static>> {
        header::all_in::<Address<'_>>(response, name)
            .flatten()
            .map(Address::into_owned)
            .collect()
    };
    let flow_timer = header::get::<FlowTimer>(response).and_then(Result::ok);
    Lease {
        until,
        flow,
        service_route: addresses(Name::ServiceRoute),
        path: addresses(Name::Path),
        associated: addresses(Name::PAssociatedUri),
        outbound: response.lists(Name::Require, "outbound"),
        flow_timer: flow_timer.map(|FlowTimer(seconds)| Duration::from_secs(seconds.into())),
    }
}

/// Where a 3xx sends us: the first SIP URI, without its user (RFC 3261 8.1.3.4, 10.2). Never from
/// `sips` to `sip`.
pub(super) fn redirection(response: &Message, from: &str) -> Option<String> {
    let was_secure = is_secure(from);
    header::all::<Contact<'_>>(response)
        .flatten()
        .filter_map(|contact| {
            let uri = contact.address()?.uri.as_str().to_owned();
            let uri = SipUri {
                user: None,
                password: None,
                headers: "",
                ..*Uri::parse(&uri).ok()?.sip()?
            };
            Some(uri.to_string())
        })
        .find(|uri| is_secure(uri) || !was_secure)
}

fn is_secure(uri: &str) -> bool {
    matches!(Uri::parse(uri), Ok(Uri::Sip(SipUri { secure: true, .. })))
}
