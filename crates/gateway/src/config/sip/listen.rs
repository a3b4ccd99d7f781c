//! `sip.listen` and `sip.tls`: where SIP is taken, and the certificates.

use crate::config::address;
use crate::config::problem::Check;
use crate::config::raw::{RawSip, RawSipListen, RawSipTls, ScalarOr, at, each};
use serde_saphyr::Spanned;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use trunkline_model::tap::Tap;
use trunkline_sip::Transport;
use trunkline_sip_transport::OpenError;
use trunkline_sip_transport::config::{
    CertificateFiles, ClientCertificates, Listen, TlsClient, TlsServer, Verify,
};

/// What the sockets of SIP are opened with.
#[derive(Debug)]
pub(crate) struct SipSockets {
    /// In the order of the file; a plain address is there twice.
    listen: Vec<Listen>,
    /// The position in `sip.listen` of each.
    positions: Vec<usize>,
    /// Addresses of TLS and WSS without a certificate: connections are opened, none are taken.
    pub(crate) opening: Vec<(Transport, SocketAddr)>,
    tls: Option<TlsClient>,
}

impl SipSockets {
    /// For the transport.
    pub(crate) fn config(&self, tap: Option<Tap>) -> trunkline_sip_transport::Config {
        trunkline_sip_transport::Config {
            listen: self.listen.clone(),
            tls_client: self.tls.clone(),
            tap,
            ..trunkline_sip_transport::Config::default()
        }
    }

    /// Where SIP is taken, each with what is asked of clients.
    pub(crate) fn listen(&self) -> &[Listen] {
        &self.listen
    }

    /// By what messages can go, preferred first.
    pub(super) fn locals(&self) -> Vec<(Transport, SocketAddr)> {
        let taken = self.listen.iter().map(|l| (l.transport, l.address));
        taken.chain(self.opening.iter().copied()).collect()
    }

    /// The key that is at fault.
    pub(crate) fn key(&self, error: &OpenError) -> String {
        let at = |transport: Transport, address: SocketAddr| {
            let index = self
                .listen
                .iter()
                .position(|listen| listen.transport == transport && listen.address == address);
            index.map(|index| self.positions[index])
        };
        match error {
            OpenError::Bind {
                transport, address, ..
            }
            | OpenError::NoCertificate { transport, address }
            | OpenError::UselessCertificate { transport, address } => at(*transport, *address)
                .map_or_else(|| "sip.listen".to_owned(), |at| format!("sip.listen[{at}]")),
            OpenError::File { path, .. } => self.key_of_file(path),
        }
    }

    fn key_of_file(&self, path: &Path) -> String {
        for (listen, at) in self.listen.iter().zip(&self.positions) {
            let Some(tls) = &listen.tls else { continue };
            let ca = match &tls.clients {
                ClientCertificates::None => None,
                ClientCertificates::Optional(ca) | ClientCertificates::Required(ca) => Some(ca),
            };
            let files = [
                ("certificate", Some(&tls.own.certificate)),
                ("key", Some(&tls.own.key)),
                ("ca", ca),
            ];
            let found = files
                .iter()
                .find(|(_, file)| *file == Some(&path.to_owned()));
            if let Some((name, _)) = found {
                return format!("sip.listen[{at}].{name}");
            }
        }
        let own = self.tls.as_ref().and_then(|tls| tls.own.as_ref());
        let name = match own {
            Some(own) if own.certificate == path => "certificate",
            Some(own) if own.key == path => "key",
            _ => "ca",
        };
        format!("sip.tls.{name}")
    }
}

/// Words for transports, as in `transport:`.
pub(in crate::config) const TRANSPORTS: [(&str, Transport); 5] = [
    ("udp", Transport::Udp),
    ("tcp", Transport::Tcp),
    ("tls", Transport::Tls),
    ("ws", Transport::Ws),
    ("wss", Transport::Wss),
];

/// As [`TRANSPORTS`] has it.
pub(crate) fn word(transport: Transport) -> &'static str {
    let found = TRANSPORTS.iter().find(|(_, known)| *known == transport);
    found.map_or("", |(word, _)| word)
}

#[derive(Clone, Copy)]
enum Clients {
    None,
    Optional,
    Required,
}

const CLIENTS: [(&str, Clients); 3] = [
    ("none", Clients::None),
    ("optional", Clients::Optional),
    ("required", Clients::Required),
];

const VERIFY: [(&str, Verify); 3] = [
    ("name", Verify::Name),
    ("wildcard", Verify::NameOrWildcard),
    ("chain", Verify::Chain),
];

/// Where systems keep the roots that they trust.
const ROOTS: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

pub(super) fn check(check: &mut Check, raw: &RawSip) -> SipSockets {
    let mut sockets = SipSockets {
        listen: Vec::new(),
        positions: Vec::new(),
        opening: Vec::new(),
        tls: None,
    };
    for (position, entry) in raw.listen.iter().enumerate() {
        let key = format!("sip.listen[{position}]");
        match &entry.value {
            ScalarOr::Scalar(text) => {
                let Some(address) = local(check, &at(entry, text), &key) else {
                    continue;
                };
                // What servers must take in any case (RFC 3261 18.2.1).
                for transport in [Transport::Udp, Transport::Tcp] {
                    sockets.take(check, entry, position, Listen::plain(transport, address));
                }
            }
            ScalarOr::Full(full) => {
                let transport =
                    check.choose(&full.transport, &format!("{key}.transport"), &TRANSPORTS);
                let address = local(check, &full.address, &format!("{key}.address"));
                let tls = certificates(check, full, transport, &key);
                let (Some(transport), Some(address)) = (transport, address) else {
                    continue;
                };
                let tls = match tls {
                    Some(tls) => Some(tls),
                    None if transport.is_secure() => {
                        sockets.opening.push((transport, address));
                        continue;
                    }
                    None => None,
                };
                let listen = Listen {
                    transport,
                    address,
                    tls,
                };
                sockets.take(check, entry, position, listen);
            }
        }
    }
    if raw.listen.is_empty() {
        check.problem(0, "sip.listen", "must have at least one address");
    }
    sockets.tls = match &raw.tls {
        Some(tls) => client(check, tls),
        None => system_roots().map(|root| TlsClient {
            roots: vec![root],
            ..TlsClient::default()
        }),
    };
    sockets
}

impl SipSockets {
    fn take<T>(&mut self, check: &mut Check, entry: &Spanned<T>, position: usize, listen: Listen) {
        // TCP, TLS and WebSocket share the ports of TCP.
        let udp = |listen: &Listen| listen.transport == Transport::Udp;
        let same = |other: &Listen| other.address == listen.address && udp(other) == udp(&listen);
        if listen.address.port() != 0 && self.listen.iter().any(same) {
            let key = format!("sip.listen[{position}]");
            let what = format!("{} is taken by another entry", listen.address);
            check.at(entry, key, what);
        }
        self.listen.push(listen);
        self.positions.push(position);
    }
}

/// An address that can stand in Via and Contact.
fn local(check: &mut Check, text: &Spanned<String>, key: &str) -> Option<SocketAddr> {
    let address = address::socket(check, text, key)?;
    if address.ip().is_unspecified() {
        let what = "must be the address by which peers reach the gateway";
        check.at(text, key, what);
    }
    Some(address)
}

/// The certificate of a listener; `None` also where something is wrong with it.
fn certificates(
    check: &mut Check,
    raw: &RawSipListen,
    transport: Option<Transport>,
    key: &str,
) -> Option<TlsServer> {
    let own = pair(check, (&raw.certificate, &raw.key), &raw.transport, key);
    let clients = raw
        .client_certificates
        .as_ref()
        .and_then(|text| check.choose(text, &format!("{key}.client_certificates"), &CLIENTS))
        .unwrap_or(Clients::None);
    let ca = raw
        .ca
        .as_ref()
        .and_then(|file| self::file(check, file, &format!("{key}.ca")));
    let clients = match (clients, ca) {
        (Clients::None, None) => ClientCertificates::None,
        (Clients::None, Some(_)) => {
            let what = "goes with client_certificates: optional or required";
            check.at(&raw.transport, format!("{key}.ca"), what);
            ClientCertificates::None
        }
        (Clients::Optional, Some(ca)) => ClientCertificates::Optional(ca),
        (Clients::Required, Some(ca)) => ClientCertificates::Required(ca),
        (Clients::Optional | Clients::Required, None) => {
            if raw.ca.is_none() {
                let what = "must name the roots of the clients' certificates";
                check.at(&raw.transport, format!("{key}.ca"), what);
            }
            ClientCertificates::None
        }
    };
    let secure = transport.is_none_or(Transport::is_secure);
    if !secure {
        for (file, name) in [
            (&raw.certificate, "certificate"),
            (&raw.key, "key"),
            (&raw.client_certificates, "client_certificates"),
            (&raw.ca, "ca"),
        ] {
            if let Some(file) = file {
                let what = "goes with transport: tls or wss only";
                check.at(file, format!("{key}.{name}"), what);
            }
        }
        return None;
    }
    if own.is_none() && !matches!(clients, ClientCertificates::None) {
        let what = "must be there where clients connect";
        check.at(&raw.transport, format!("{key}.certificate"), what);
    }
    own.map(|own| TlsServer { own, clients })
}

/// A certificate and its key: both or neither.
fn pair<T>(
    check: &mut Check,
    (certificate, private): (&Option<Spanned<String>>, &Option<Spanned<String>>),
    whole: &Spanned<T>,
    key: &str,
) -> Option<CertificateFiles> {
    let one_of_two = match (certificate, private) {
        (Some(_), None) => Some("key"),
        (None, Some(_)) => Some("certificate"),
        _ => None,
    };
    if let Some(name) = one_of_two {
        let what = "certificate and key go together";
        check.at(whole, format!("{key}.{name}"), what);
    }
    let certificate = certificate.as_ref()?;
    let certificate = file(check, certificate, &format!("{key}.certificate"));
    let private = file(check, private.as_ref()?, &format!("{key}.key"));
    Some(CertificateFiles {
        certificate: certificate?,
        key: private?,
    })
}

/// A file that can be read, relative to that of the configuration. What is in it is looked at when
/// it is loaded.
pub(super) fn file(check: &mut Check, text: &Spanned<String>, key: &str) -> Option<PathBuf> {
    let path = check.folder().join(&text.value);
    match std::fs::File::open(&path) {
        Ok(_) => Some(path),
        Err(error) => {
            check.at(text, key, format_args!("{}: {error}", path.display()));
            None
        }
    }
}

/// How connections are opened.
fn client(check: &mut Check, raw: &RawSipTls) -> Option<TlsClient> {
    let roots = match &raw.ca {
        None => system_roots().into_iter().collect(),
        Some(list) => each(list, "sip.tls.ca")
            .iter()
            .filter_map(|(text, key)| file(check, text, key))
            .collect::<Vec<_>>(),
    };
    if roots.is_empty() && raw.ca.is_none() {
        let what = "must be there: this system has no list of trusted roots";
        check.problem(0, "sip.tls.ca", what);
    }
    let whole = raw.certificate.as_ref().or(raw.key.as_ref());
    let own = whole.and_then(|whole| pair(check, (&raw.certificate, &raw.key), whole, "sip.tls"));
    let verify = match &raw.verify {
        None => Some(Verify::default()),
        Some(text) => check.choose(text, "sip.tls.verify", &VERIFY),
    };
    Some(TlsClient {
        roots,
        own,
        verify: verify?,
    })
}

fn system_roots() -> Option<PathBuf> {
    let mut known = ROOTS.iter().map(PathBuf::from);
    known.find(|path| path.is_file())
}
