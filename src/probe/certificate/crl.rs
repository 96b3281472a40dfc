//! A list of revoked certificates: whether it is the list of the issuer, complete for servers, fresh, and
//! whether a certificate is on it.

use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

use super::chain::Certificate;
use super::ocsp::Staple;

/// Judges a list for a certificate, in the words of a staple.
pub fn judge(list: &[u8], leaf: &Certificate, issuer: &Certificate, now: i64) -> Staple {
    let Ok((_, list)) = CertificateRevocationList::from_der(list) else { return Staple::Unusable };
    if list.issuer().as_raw() != leaf.x509.issuer().as_raw() {
        return Staple::ForAnother;
    }
    if list.verify_signature(issuer.x509.public_key()).is_err() || !is_for_servers(&list) {
        return Staple::Unusable;
    }
    let serial = leaf.x509.raw_serial();
    let is_listed = list.iter_revoked_certificates().any(|one| one.raw_serial() == serial);
    // Clocks differ by minutes.
    let has_come = list.last_update().timestamp() <= now + 300;
    let is_over = list.next_update().is_none_or(|until| until.timestamp() < now);
    match () {
        // Who was revoked once stays so, however old the list is.
        () if is_listed => Staple::Revoked,
        () if !has_come || is_over => Staple::Stale,
        () => Staple::Good,
    }
}

/// Whether it lists the certificates of servers, for every reason, and nothing in it is unknown that it
/// says matters.
fn is_for_servers(list: &CertificateRevocationList) -> bool {
    list.extensions().iter().all(|extension| match extension.parsed_extension() {
        ParsedExtension::IssuingDistributionPoint(point) => {
            !point.only_contains_ca_certs
                && !point.only_contains_attribute_certs
                && !point.indirect_crl
                && point.only_some_reasons.is_none()
        }
        _ => !extension.critical,
    })
}
