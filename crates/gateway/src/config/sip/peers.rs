//! `sip.peers`

use super::listen::{self, word};
use super::secret;
use crate::config::address;
use crate::config::problem::Check;
use crate::config::raw::{RawSipPeer, RawSipRegister};
use core::time::Duration;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use trunkline_mgc::{Authenticate, KeepAlive, SipPeer};
use trunkline_sip::digest::Credentials;
use trunkline_sip::endpoint::NextHop;
use trunkline_sip::header::{Address, ContactAddress, UriText};
use trunkline_sip::registration::{Misconfigured, Registration, RegistrationConfig};
use trunkline_sip::{Transport, Uri};

/// Where we send from.
type Locals = [(Transport, SocketAddr)];

/// OPTIONS without an answer that take a peer out of service.
const FAILURES: u32 = 2;

pub(super) fn check(
    check: &mut Check,
    raw: &BTreeMap<String, RawSipPeer>,
    locals: &Locals,
) -> Vec<SipPeer> {
    let mut peers = Vec::new();
    for (name, raw) in raw {
        peers.extend(peer(check, name, raw, locals));
    }
    peers
}

fn peer(check: &mut Check, name: &str, raw: &RawSipPeer, locals: &Locals) -> Option<SipPeer> {
    let key = format!("sip.peers.{name}");
    let mut peer = reached(check, name, raw, locals, &key)?;
    if let Some(proxy) = &raw.outbound_proxy {
        let key = format!("{key}.outbound_proxy");
        let uri = sip_uri(check, proxy, &key)?;
        // The proxy is a loose router (RFC 3261 16.12.1.1).
        let loose = if uri.contains(";lr") { "" } else { ";lr" };
        peer.routes = vec![format!("<{uri}{loose}>")];
        peer.hop = NextHop::Uri;
    }
    peer.credentials = match (&raw.username, &raw.password_file) {
        (None, None) => None,
        (Some(username), Some(file)) => {
            let password = secret::password(check, file, &format!("{key}.password_file"))?;
            let username = username.value.as_str().into();
            Some(Arc::new([Credentials {
                realm: None,
                username,
                password,
            }]))
        }
        (Some(given), None) | (None, Some(given)) => {
            check.at(given, key, "username and password_file go together");
            return None;
        }
    };
    for (position, text) in raw.admit.iter().enumerate() {
        let key = format!("{key}.admit[{position}]");
        peer.admit.extend(address::range(check, text, &key));
    }
    let certificate = raw.certificate.as_ref();
    peer.certificate = certificate.map(|name| name.value.to_ascii_lowercase().into());
    if let Some(raw) = &raw.authenticate {
        let key = format!("{key}.authenticate.password_file");
        peer.authenticate = Some(Authenticate {
            realm: "trunkline".into(),
            username: raw.username.value.as_str().into(),
            password: secret::password(check, &raw.password_file, &key)?,
        });
        if peer.admit.is_empty() && peer.certificate.is_none() {
            let key = format!("sip.peers.{name}.authenticate");
            let what = "needs admit or certificate: who is asked for the password";
            check.at(&raw.username, key, what);
        }
    }
    let interval = raw.keep_alive.as_ref();
    let interval = check.within(interval, &format!("{key}.keep_alive"), 0, 0..=86_400);
    peer.keep_alive = (interval > 0).then_some(KeepAlive {
        interval: Duration::from_secs(interval),
        failures: FAILURES,
    });
    if let Some(raw) = &raw.register {
        peer.register = Some(Box::new(register(check, raw, &peer, locals, &key)?));
    }
    Some(peer)
}

/// A peer with its address or URI.
fn reached(
    check: &mut Check,
    name: &str,
    raw: &RawSipPeer,
    locals: &Locals,
    key: &str,
) -> Option<SipPeer> {
    let transport = match &raw.transport {
        None => None,
        Some(text) => Some(check.choose(text, &format!("{key}.transport"), &listen::TRANSPORTS)?),
    };
    match (&raw.address, &raw.uri) {
        (Some(text), None) => {
            let transport = transport.unwrap_or(Transport::Udp);
            let address = address::socket(check, text, &format!("{key}.address"))?;
            let fits = |(of, local): &(Transport, SocketAddr)| {
                *of == transport && local.is_ipv4() == address.is_ipv4()
            };
            if !locals.iter().any(fits) {
                let what = format!(
                    "no address of this family for {} is in sip.listen",
                    word(transport)
                );
                check.at(text, format!("{key}.address"), what);
            }
            Some(SipPeer::at(name, transport, address))
        }
        (None, Some(text)) => {
            let uri = sip_uri(check, text, &format!("{key}.uri"))?;
            if let Some(transport) = &raw.transport {
                let what = "goes with address; a uri has ;transport=";
                check.at(transport, format!("{key}.transport"), what);
            }
            let (scheme, host) = uri.split_once(':').unwrap_or(("sip", &uri));
            // What a URI for a peer is like, where there is no address.
            let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
            Some(SipPeer {
                secure: scheme.eq_ignore_ascii_case("sips"),
                host: host.to_owned(),
                hop: NextHop::Uri,
                ..SipPeer::udp(name, nowhere)
            })
        }
        _ => {
            let line = raw.address.as_ref().map_or(0, |it| it.referenced.line());
            check.problem(line, key, "must have either address or uri");
            None
        }
    }
}

/// A SIP or SIPS URI without a user.
fn sip_uri(check: &mut Check, text: &Spanned<String>, key: &str) -> Option<String> {
    let uri = text.value.trim();
    let is_host = Uri::parse(uri)
        .ok()
        .and_then(|uri| uri.sip().map(|uri| uri.user.is_none()));
    if is_host != Some(true) {
        let what = format!("{uri:?} is no SIP URI of a host, as sips:carrier.example");
        check.at(text, key, what);
        return None;
    }
    Some(uri.to_owned())
}

fn register(
    check: &mut Check,
    raw: &RawSipRegister,
    peer: &SipPeer,
    locals: &Locals,
    key: &str,
) -> Option<RegistrationConfig> {
    let key = format!("{key}.register");
    let registrar = sip_uri(check, &raw.registrar, &format!("{key}.registrar"))?;
    let aor_key = format!("{key}.aor");
    let aor = raw.aor.value.trim();
    let parsed = Uri::parse(aor).ok();
    let user = parsed.as_ref().and_then(|uri| uri.sip()?.user);
    let (Some(user), Ok(aor)) = (user, UriText::new(aor)) else {
        let what = "must be the SIP URI that we register, as sip:+493012345@carrier.example";
        check.at(&raw.aor, aor_key, what);
        return None;
    };
    let wanted = match &peer.hop {
        NextHop::Target(target) => Some(target.transport),
        _ if peer.secure => Some(Transport::Tls),
        _ => None,
    };
    let local = locals
        .iter()
        .find(|(transport, _)| wanted.is_none_or(|wanted| wanted == *transport));
    let Some((transport, local)) = local else {
        check.at(
            &raw.registrar,
            key,
            "sip.listen has nothing by which it goes",
        );
        return None;
    };
    let parameter = match transport {
        Transport::Udp => String::new(),
        other => format!(";transport={}", word(*other)),
    };
    let contact = format!("sip:{user}@{local}{parameter}");
    let (Ok(registrar), Ok(contact)) = (UriText::new(registrar), UriText::new(contact)) else {
        check.at(&raw.registrar, key, "no URI that can be registered");
        return None;
    };
    let mut config = RegistrationConfig::new(
        registrar.into_owned(),
        Address::new(aor).into_owned(),
        ContactAddress::new(contact).into_owned(),
        String::new(),
        [0; 32],
    );
    let expires = check.within(
        raw.expires.as_ref(),
        &format!("{key}.expires"),
        3_600,
        1..=86_400,
    );
    config.expires = u32::try_from(expires).unwrap_or(3_600);
    config.credentials = peer.credentials.iter().flat_map(|it| it.to_vec()).collect();
    let routes = peer.routes.iter();
    config.route = routes
        .filter_map(|route| Address::parse(route).ok())
        .map(Address::into_owned)
        .collect();
    if let Err(wrong) = Registration::new(config.clone()) {
        let name = match wrong {
            Misconfigured::Registrar => "registrar",
            Misconfigured::Expires => "expires",
            _ => "aor",
        };
        check.at(&raw.aor, format!("{key}.{name}"), wrong);
        return None;
    }
    Some(config)
}
