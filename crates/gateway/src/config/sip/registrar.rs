//! `sip.registrar`: the phones that register with us.

use super::secret;
use crate::config::problem::Check;
use crate::config::raw::{RawSipRegistrar, RawSipUser};
use std::path::PathBuf;
use trunkline_model::Time;
use trunkline_registrar::{Memory, Misconfigured, Registrar, RegistrarConfig, StartError, User};
use trunkline_sip::digest::{Algorithm, Secret};

/// A registrar, and where it keeps its bindings.
#[derive(Debug)]
pub(crate) struct RegistrarSettings {
    /// Its seed is zero here.
    pub(crate) config: RegistrarConfig,
    /// The file; `None` keeps them in memory alone.
    pub(crate) store: Option<PathBuf>,
}

const ALGORITHMS: [(&str, Algorithm); 3] = [
    ("sha-512-256", Algorithm::Sha512256),
    ("sha-256", Algorithm::Sha256),
    ("md5", Algorithm::Md5),
];

/// What `store` says where there is no file.
const MEMORY: &str = "memory";

pub(super) fn check(check: &mut Check, raw: &RawSipRegistrar) -> Option<RegistrarSettings> {
    let mut config = RegistrarConfig::new(&raw.domain.value, [0; 32]);
    let further = raw.further_domains.iter();
    config
        .domains
        .extend(further.map(|domain| domain.value.as_str().into()));
    let mut algorithms = Vec::new();
    for (position, text) in raw.algorithms.iter().flatten().enumerate() {
        let key = format!("sip.registrar.algorithms[{position}]");
        algorithms.extend(check.choose(text, &key, &ALGORITHMS));
    }
    if !algorithms.is_empty() {
        config.verifier.algorithms = algorithms;
    }
    for (position, user) in raw.users.iter().enumerate() {
        let key = format!("sip.registrar.users[{position}]");
        let mut aors: Vec<Box<str>> = vec![user.name.value.as_str().into()];
        for number in user.numbers.iter().map(|number| number.value.as_str()) {
            if !aors.iter().any(|aor| **aor == *number) {
                aors.push(number.into());
            }
        }
        config.users.push(User {
            name: user.name.value.as_str().into(),
            secret: secret_of(check, user, &key)?,
            aors,
        });
    }
    let mut seconds = |value, name: &str, default: u32| {
        let key = format!("sip.registrar.expires.{name}");
        let value = check.within(value, &key, default.into(), 1..=604_800);
        u32::try_from(value).unwrap_or(default)
    };
    let expires = &raw.expires;
    config.min_expires = seconds(expires.min.as_ref(), "min", config.min_expires);
    config.default_expires = seconds(expires.default.as_ref(), "default", config.default_expires);
    config.max_expires = seconds(expires.max.as_ref(), "max", config.max_expires);
    if let Err(StartError::Misconfigured(wrong)) = Registrar::new(
        config.clone(),
        Memory,
        Time::ZERO,
        core::time::Duration::ZERO,
    ) {
        let key = match wrong {
            Misconfigured::NoDomain | Misconfigured::Domain(_) => "sip.registrar.domain",
            Misconfigured::Expires { .. } => "sip.registrar.expires",
            Misconfigured::Verifier => "sip.registrar.algorithms",
            Misconfigured::Repeated(_) | Misconfigured::Aor { .. } | Misconfigured::Secret(_) => {
                "sip.registrar.users"
            }
            Misconfigured::MaxContacts => "sip.registrar",
        };
        check.at(&raw.domain, key, wrong);
        return None;
    }
    let store = raw.store.as_ref().filter(|store| store.value != MEMORY);
    Some(RegistrarSettings {
        config,
        store: store.map(|store| check.folder().join(&store.value)),
    })
}

fn secret_of(check: &mut Check, raw: &RawSipUser, key: &str) -> Option<Secret> {
    match (&raw.password_file, &raw.ha1) {
        (Some(file), None) => secret::password(check, file, &format!("{key}.password_file")),
        (None, Some(hash)) => {
            let algorithm = match hash.value.0.len() {
                32 => Algorithm::Md5,
                _ => Algorithm::Sha256,
            };
            let secret = Secret::ha1(algorithm, &hash.value.0);
            if let Err(error) = &secret {
                check.at(hash, format!("{key}.ha1"), error);
            }
            secret.ok()
        }
        _ => {
            let what = "must have either password_file or ha1";
            check.at(&raw.name, key, what);
            None
        }
    }
}
