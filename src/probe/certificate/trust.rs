//! Whom to trust, and whether a chain leads there.

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage};

/// The roots that a chain has to lead to.
#[derive(Debug, Clone)]
pub struct Roots {
    anchors: Vec<TrustAnchor<'static>>,
    /// They are the ones that browsers trust, and not somebody's own.
    pub are_public: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootsError {
    /// No certificate is in the file.
    Empty,
    /// One of them cannot be read.
    Unreadable,
}

impl Roots {
    pub fn mozilla() -> Roots {
        Roots { anchors: webpki_roots::TLS_SERVER_ROOTS.to_vec(), are_public: true }
    }

    /// The certificates of a PEM file, in the place of the public ones.
    pub fn from_pem(pem: &[u8]) -> Result<Roots, RootsError> {
        let mut anchors = Vec::new();
        for der in CertificateDer::pem_slice_iter(pem) {
            let der = der.map_err(|_| RootsError::Unreadable)?;
            let anchor = webpki::anchor_from_trusted_cert(&der).map_err(|_| RootsError::Unreadable)?;
            anchors.push(anchor.to_owned());
        }
        if anchors.is_empty() { Err(RootsError::Empty) } else { Ok(Roots { anchors, are_public: false }) }
    }

    /// What this computer trusts: the roots of its system, with those that an organisation has added. What
    /// among them cannot be read is left out.
    pub fn of_system() -> Result<Roots, RootsError> {
        let found = rustls_native_certs::load_native_certs().certs;
        let read =
            |der: &CertificateDer| webpki::anchor_from_trusted_cert(der).ok().map(|one| one.to_owned());
        let anchors: Vec<TrustAnchor<'static>> = found.iter().filter_map(read).collect();
        if anchors.is_empty() { Err(RootsError::Empty) } else { Ok(Roots { anchors, are_public: false }) }
    }

    /// As a client of rustls takes them.
    pub fn store(&self) -> RootCertStore {
        RootCertStore { roots: self.anchors.clone() }
    }

    /// Whether a root of this name is among them. The name without its outer tag.
    pub fn has_name(&self, subject: &[u8]) -> bool {
        self.anchors.iter().any(|anchor| anchor.subject.as_ref() == subject)
    }

    /// Whether a chain, leaf first, leads to one of them at a moment.
    pub fn check(&self, chain: &[Vec<u8>], moment: i64) -> Result<(), webpki::Error> {
        let (leaf, others) = chain.split_first().ok_or(webpki::Error::BadDer)?;
        let leaf = CertificateDer::from(leaf.as_slice());
        let others: Vec<CertificateDer> =
            others.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let moment = u64::try_from(moment).unwrap_or_default();
        let leaf = EndEntityCert::try_from(&leaf)?;
        let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(moment));
        leaf.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &self.anchors,
            &others,
            time,
            KeyUsage::server_auth(),
            None,
            None,
        )
        .map(drop)
    }
}

/// Whether chains, each of them, are those of a host by a public authority, whoever else is trusted.
pub fn are_proof<'a>(
    mut chains: impl ExactSizeIterator<Item = &'a [Vec<u8>]>,
    host: &str,
    roots: &Roots,
    moment: i64,
) -> bool {
    let public = (!roots.are_public).then(Roots::mozilla);
    let public = public.as_ref().unwrap_or(roots);
    let is_its = |chain: &[Vec<u8>]| {
        let is_for = chain.first().and_then(|leaf| is_for(leaf, host));
        is_for == Some(true) && public.check(chain, moment).is_ok()
    };
    chains.len() > 0 && chains.all(is_its)
}

/// Whether a certificate is for a host: names with wildcards, and addresses. The common name counts
/// no more than it does in browsers.
pub fn is_for(leaf: &[u8], host: &str) -> Option<bool> {
    let name = ServerName::try_from(host.to_owned()).ok()?;
    let der = CertificateDer::from(leaf);
    let leaf = EndEntityCert::try_from(&der).ok()?;
    Some(leaf.verify_is_valid_for_subject_name(&name).is_ok())
}
