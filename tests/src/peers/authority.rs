//! Certificates for the peers of a test, from an authority of its own.

use super::Folder;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData,
};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// A certification authority that lives as long as the test.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
    /// Its certificate as a PEM file: what trusts it reads this.
    pub file: PathBuf,
}

/// A certificate with its key, as PEM files.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
    /// SHA-256 of the public key in base64, as Chromium takes it for a certificate that it is to
    /// trust (`--ignore-certificate-errors-spki-list`).
    pub pin: String,
}

impl Authority {
    /// A new one; its files lie in the folder.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn new(folder: &Folder) -> Self {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Authority of a test");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let file = folder.write("authority.pem", &certificate.pem());
        Self {
            issuer: Issuer::new(params, key),
            certificate,
            file,
        }
    }

    /// A certificate for these host names and addresses; the files bear the first one's name.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn issue(&self, folder: &Folder, names: &[&str]) -> Identity {
        let first = *names.first().expect("a name");
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names of hosts");
        params.distinguished_name.push(DnType::CommonName, first);
        let key = KeyPair::generate().expect("a key");
        let signed = params.signed_by(&key, &self.issuer).expect("a certificate");
        let digest = Sha256::digest(key.subject_public_key_info());
        // With the one that signed it, as servers send it.
        let chain = format!("{}{}", signed.pem(), self.certificate.pem());
        Identity {
            certificate: folder.write(&format!("{first}.pem"), &chain),
            key: folder.write(&format!("{first}.key"), &key.serialize_pem()),
            pin: BASE64_STANDARD.encode(digest),
        }
    }
}
