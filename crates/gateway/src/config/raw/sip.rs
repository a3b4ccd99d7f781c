//! `sip:`

use super::{OneOrMany, ScalarOr, Secret};
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSip {
    pub(in crate::config) listen: Vec<Spanned<ScalarOr<RawSipListen>>>,
    pub(in crate::config) tls: Option<RawSipTls>,
    #[serde(default)]
    pub(in crate::config) admit: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(in crate::config) codecs: Option<Vec<Spanned<String>>>,
    pub(in crate::config) ptime: Option<Spanned<u8>>,
    #[serde(default)]
    pub(in crate::config) peers: BTreeMap<String, RawSipPeer>,
    pub(in crate::config) registrar: Option<RawSipRegistrar>,
    #[serde(default)]
    pub(in crate::config) timers: RawSipTimers,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSipListen {
    pub(in crate::config) transport: Spanned<String>,
    pub(in crate::config) address: Spanned<String>,
    pub(in crate::config) certificate: Option<Spanned<String>>,
    pub(in crate::config) key: Option<Spanned<String>>,
    pub(in crate::config) client_certificates: Option<Spanned<String>>,
    pub(in crate::config) ca: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSipTls {
    pub(in crate::config) ca: Option<Spanned<OneOrMany>>,
    pub(in crate::config) certificate: Option<Spanned<String>>,
    pub(in crate::config) key: Option<Spanned<String>>,
    pub(in crate::config) verify: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSipPeer {
    pub(in crate::config) address: Spanned<String>,
    pub(in crate::config) transport: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSipRegistrar {
    pub(in crate::config) domain: Spanned<String>,
    #[serde(default)]
    pub(in crate::config) further_domains: Vec<Spanned<String>>,
    #[serde(default)]
    pub(in crate::config) users: Vec<RawSipUser>,
    pub(in crate::config) store: Option<Spanned<String>>,
    #[serde(default)]
    pub(in crate::config) expires: RawSipExpires,
    pub(in crate::config) algorithms: Option<Vec<Spanned<String>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSipUser {
    pub(in crate::config) name: Spanned<String>,
    pub(in crate::config) password_file: Option<Spanned<String>>,
    pub(in crate::config) ha1: Option<Spanned<Secret>>,
    #[serde(default)]
    pub(in crate::config) numbers: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSipExpires {
    /// Seconds.
    pub(in crate::config) min: Option<Spanned<u64>>,
    /// Seconds.
    pub(in crate::config) default: Option<Spanned<u64>>,
    /// Seconds.
    pub(in crate::config) max: Option<Spanned<u64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSipTimers {
    /// Milliseconds.
    pub(in crate::config) t1: Option<Spanned<u64>>,
    /// Milliseconds.
    pub(in crate::config) t2: Option<Spanned<u64>>,
    /// Milliseconds.
    pub(in crate::config) t4: Option<Spanned<u64>>,
    /// Seconds.
    pub(in crate::config) answer: Option<Spanned<u64>>,
}
