//! Certificates and keys in PEM files.

use crate::config::CertificateFiles;
use crate::error::{FileProblem, OpenError};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use x509_parser::prelude::{FromDer, X509Certificate};

/// A certificate with those that lead to its root, and its key.
pub(super) fn own(
    files: &CertificateFiles,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), OpenError> {
    let chain = certificates(&files.certificate)?;
    for (index, certificate) in chain.iter().enumerate() {
        X509Certificate::from_der(certificate).map_err(|error| {
            let problem = FileProblem::Certificate {
                number: index + 1,
                problem: error.to_string(),
            };
            of(&files.certificate, problem)
        })?;
    }
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key)?).map_err(|error| {
        let problem = match error {
            pem::Error::NoItemsFound => FileProblem::NoKey,
            other => FileProblem::Pem(other.to_string()),
        };
        of(&files.key, problem)
    })?;
    Ok((chain, key))
}

/// All certificates of a file; at least one.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, OpenError> {
    let text = read(path)?;
    let list: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|error| of(path, FileProblem::Pem(error.to_string())))?;
    if list.is_empty() {
        return Err(of(path, FileProblem::NoCertificate));
    }
    Ok(list)
}

fn read(path: &Path) -> Result<Vec<u8>, OpenError> {
    std::fs::read(path).map_err(|error| of(path, FileProblem::Read(error)))
}

fn of(path: &Path, problem: FileProblem) -> OpenError {
    OpenError::File {
        path: path.to_owned(),
        problem,
    }
}
