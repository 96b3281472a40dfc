//! Asks the authority that issued a certificate whether it has been revoked, where somebody allows that:
//! by OCSP, else by its list. The addresses come from the certificate, and only those of plain http are
//! used, as the standards have it: what is answered is signed.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use tokio::time::Instant;
use url::Url;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};

use super::chain::Certificate;
use super::facts::Answered;
use crate::probe::proxy::Proxies;
use crate::probe::web::client::{Client, Route};
use crate::wire::transcript::Hex;

/// Lists of large authorities take some megabytes.
const LARGEST_LIST: usize = 20 << 20;
const LARGEST_RESPONSE: usize = 64 << 10;

/// Addresses that are tried, of each kind.
const MOST: usize = 2;

/// What the authority of a chain's leaf answers.
pub async fn ask(chain: &[Vec<u8>], proxies: &Proxies, deadline: Instant) -> Answered {
    let sent: Vec<Certificate> = chain.iter().filter_map(|der| Certificate::read(der)).collect();
    let Some((leaf, others)) = sent.split_first() else { return Answered::Nothing };
    let Some(issuer) = others.iter().find(|one| leaf.is_signed_by(one) == Some(true)) else {
        return Answered::NoIssuer;
    };
    let (responders, lists) = (responders(leaf), lists(leaf));
    if responders.is_empty() && lists.is_empty() {
        return Answered::NoAddress;
    }
    let question = question(leaf, issuer);
    for url in responders {
        let Some(client) = client(&url, proxies, deadline) else { continue };
        if let Ok(answer) = client.post(&url, "application/ocsp-request", &question, LARGEST_RESPONSE).await
            && answer.is_fine()
        {
            return Answered::Ocsp(Hex(answer.body));
        }
    }
    for url in lists {
        let Some(client) = client(&url, proxies, deadline) else { continue };
        if let Ok(answer) = client.get_up_to(&url, LARGEST_LIST).await
            && answer.is_fine()
        {
            return Answered::List(Hex(answer.body));
        }
    }
    Answered::Nothing
}

fn client(url: &Url, proxies: &Proxies, deadline: Instant) -> Option<Client> {
    Client::new(url.host_str()?, &Route::Name(proxies), deadline)
}

fn plain(uri: &str) -> Option<Url> {
    Url::parse(uri).ok().filter(|url| url.scheme() == "http" && url.host_str().is_some())
}

fn responders(leaf: &Certificate) -> Vec<Url> {
    const OCSP: &str = "1.3.6.1.5.5.7.48.1";
    let mut all = Vec::new();
    for extension in leaf.x509.extensions() {
        let ParsedExtension::AuthorityInfoAccess(access) = extension.parsed_extension() else { continue };
        for one in &access.accessdescs {
            if let (OCSP, GeneralName::URI(uri)) =
                (one.access_method.to_id_string().as_str(), &one.access_location)
            {
                all.extend(plain(uri));
            }
        }
    }
    all.truncate(MOST);
    all
}

fn lists(leaf: &Certificate) -> Vec<Url> {
    let mut all = Vec::new();
    for extension in leaf.x509.extensions() {
        let ParsedExtension::CRLDistributionPoints(points) = extension.parsed_extension() else { continue };
        for point in points.points.iter().filter(|point| point.crl_issuer.is_none()) {
            let Some(DistributionPointName::FullName(names)) = &point.distribution_point else { continue };
            let uris = names.iter().filter_map(|name| match name {
                GeneralName::URI(uri) => plain(uri),
                _ => None,
            });
            all.extend(uris);
        }
    }
    all.truncate(MOST);
    all
}

/// An OCSP request for one certificate, in DER.
fn question(leaf: &Certificate, issuer: &Certificate) -> Vec<u8> {
    // SHA-1, without parameters of its own: what every responder knows. It names, and secures nothing.
    const SHA1: &[u8] = &[0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00];
    let hash = |bytes: &[u8]| digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec();
    let id = [
        SHA1.to_vec(),
        element(0x04, &hash(issuer.x509.subject().as_raw())),
        element(0x04, &hash(&issuer.x509.public_key().subject_public_key.data)),
        element(0x02, leaf.x509.raw_serial()),
    ];
    [0, 1, 2, 3, 4].iter().fold(id.concat(), |inner, _| element(0x30, &inner))
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        Ok(long) => out.extend([0x81, long]),
        Err(_) => {
            let length = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
            out.push(0x82);
            out.extend(length);
        }
    }
    out.extend(content);
    out
}
