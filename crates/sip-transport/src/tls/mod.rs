//! TLS: what is loaded from files, and what certificates must say.

mod files;
mod identity;
mod verifier;

pub(crate) use identity::names;

use crate::config::{ClientCertificates, TlsClient, TlsServer};
use crate::error::{FileProblem, OpenError};
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::path::PathBuf;
use std::sync::Arc;
use verifier::Verifier;

/// What a listener shows and asks for.
pub(crate) fn server(settings: &TlsServer) -> Result<Arc<ServerConfig>, OpenError> {
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| key_error(&settings.own.key, &error))?;
    let builder = match &settings.clients {
        ClientCertificates::None => builder.with_no_client_auth(),
        ClientCertificates::Optional(path) | ClientCertificates::Required(path) => {
            let roots = Arc::new(roots(std::slice::from_ref(path))?);
            let provider = Arc::new(ring::default_provider());
            let mut verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
            if matches!(settings.clients, ClientCertificates::Optional(_)) {
                verifier = verifier.allow_unauthenticated();
            }
            let verifier = verifier.build().map_err(|error| OpenError::File {
                path: path.clone(),
                problem: FileProblem::NoRoot(error.to_string()),
            })?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let (chain, key) = files::own(&settings.own)?;
    let config = builder
        .with_single_cert(chain, key)
        .map_err(|error| key_error(&settings.own.key, &error))?;
    Ok(Arc::new(config))
}

/// What we show to servers and ask of them.
pub(crate) fn client(settings: &TlsClient) -> Result<Arc<ClientConfig>, OpenError> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier::new(
        roots(&settings.roots)?,
        settings.verify,
        provider.signature_verification_algorithms,
    );
    let own = settings.own.as_ref();
    let path = own.map(|own| own.key.clone()).unwrap_or_default();
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| key_error(&path, &error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let config = match own {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let (chain, key) = files::own(own)?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| key_error(&path, &error))?
        }
    };
    Ok(Arc::new(config))
}

/// Random octets that nobody can guess.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let provider: CryptoProvider = ring::default_provider();
    let mut octets = [0; N];
    // The system has no random numbers: then there is no TLS either, and zeros mask nothing.
    if provider.secure_random.fill(&mut octets).is_err() {
        tracing::error!("the system gives no random numbers");
    }
    octets
}

fn roots(paths: &[PathBuf]) -> Result<RootCertStore, OpenError> {
    let mut store = RootCertStore::empty();
    for path in paths {
        let certificates = files::certificates(path)?;
        // A system's bundle may hold some that are no good; all of a file must not be.
        let (taken, refused) = store.add_parsable_certificates(certificates);
        if taken == 0 {
            return Err(OpenError::File {
                path: path.clone(),
                problem: FileProblem::NoRoot(format!("{refused} refused")),
            });
        }
    }
    Ok(store)
}

fn key_error(path: &std::path::Path, error: &rustls::Error) -> OpenError {
    OpenError::File {
        path: path.to_owned(),
        problem: FileProblem::Key(error.to_string()),
    }
}
