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
    pub(in crate::config) unknown: Option<Spanned<String>>,
    pub(in crate::config) reliable_provisionals: Option<Spanned<String>>,
    pub(in crate::config) session_timer: Option<RawSipSessionTimer>,
    #[serde(default)]
    pub(in crate::config) limits: RawSipLimits,
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
    pub(in crate::config) address: Option<Spanned<String>>,
    pub(in crate::config) uri: Option<Spanned<String>>,
    pub(in crate::config) transport: Option<Spanned<String>>,
    pub(in crate::config) outbound_proxy: Option<Spanned<String>>,
    pub(in crate::config) username: Option<Spanned<String>>,
    pub(in crate::config) password_file: Option<Spanned<String>>,
    #[serde(default)]
    pub(in crate::config) admit: Vec<Spanned<String>>,
    pub(in crate::config) certificate: Option<Spanned<String>>,
    pub(in crate::config) authenticate: Option<RawSipAuthenticate>,
    /// Seconds.
    pub(in crate::config) keep_alive: Option<Spanned<u64>>,
    pub(in crate::config) register: Option<RawSipRegister>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSipAuthenticate {
    pub(in crate::config) username: Spanned<String>,
    pub(in crate::config) password_file: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSipRegister {
    pub(in crate::config) registrar: Spanned<String>,
    pub(in crate::config) aor: Spanned<String>,
    /// Seconds.
    pub(in crate::config) expires: Option<Spanned<u64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSipLimits {
    /// Requests a second.
    pub(in crate::config) total: Option<Spanned<u64>>,
    /// A second, of one source.
    pub(in crate::config) invite: Option<Spanned<u64>>,
    /// A second, of one source.
    pub(in crate::config) register: Option<Spanned<u64>>,
    /// A second, of one source.
    pub(in crate::config) other: Option<Spanned<u64>>,
    pub(in crate::config) offences: Option<Spanned<u64>>,
    /// Seconds.
    pub(in crate::config) within: Option<Spanned<u64>>,
    /// Seconds.
    pub(in crate::config) ban: Option<Spanned<u64>>,
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct RawSipSessionTimer {
    /// Seconds.
    pub(in crate::config) interval: Option<Spanned<u64>>,
    /// Seconds.
    pub(in crate::config) min_se: Option<Spanned<u64>>,
    pub(in crate::config) refresher: Option<Spanned<String>>,
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
