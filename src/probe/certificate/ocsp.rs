//! The OCSP response that a server staples to its certificate: whether it is about that certificate,
//! signed by whom it should be, fresh, and what it says.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use x509_parser::asn1_rs::BitString;
use x509_parser::prelude::FromDer;
use x509_parser::verify::verify_signature;
use x509_parser::x509::AlgorithmIdentifier;

use super::chain::Certificate;
use super::der::{Der, Element};

/// What a staple amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staple {
    Good,
    Revoked,
    /// The responder does not know the certificate.
    Unknown,
    /// Its time is over, or has not come.
    Stale,
    ForAnother,
    /// Not a response, or not signed by the issuer or whom it appointed.
    Unusable,
}

/// One answer of a response.
struct Single<'a> {
    hash: &'a [u8],
    issuer_name: &'a [u8],
    issuer_key: &'a [u8],
    serial: &'a [u8],
    status: u8,
    from: i64,
    until: Option<i64>,
}

struct Response<'a> {
    signed: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
    singles: Vec<Single<'a>>,
    certificates: Vec<&'a [u8]>,
}

/// Judges a staple of a certificate. Without the issuer's certificate its signature cannot be judged.
pub fn judge(staple: &[u8], leaf: &Certificate, issuer: Option<&Certificate>, now: i64) -> Staple {
    let Some(response) = response(staple) else { return Staple::Unusable };
    let serial = trimmed(leaf.x509.raw_serial());
    let Some(single) = response.singles.iter().find(|single| trimmed(single.serial) == serial) else {
        return if response.singles.is_empty() { Staple::Unusable } else { Staple::ForAnother };
    };
    let Some(issuer) = issuer else { return Staple::Unusable };
    if !is_about(single, issuer) {
        return Staple::ForAnother;
    }
    if !is_signed(&response, issuer, now) {
        return Staple::Unusable;
    }
    // Clocks differ by minutes.
    let is_fresh = single.from <= now + 300 && single.until.is_none_or(|until| now <= until);
    match single.status {
        _ if !is_fresh => Staple::Stale,
        0x80 => Staple::Good,
        0xa1 => Staple::Revoked,
        _ => Staple::Unknown,
    }
}

fn response(bytes: &[u8]) -> Option<Response<'_>> {
    let mut outer = Der::new(bytes).next().filter(|one| one.tag == 0x30)?.inside();
    outer.next().filter(|status| status.tag == 0x0a && status.content == [0])?;
    let mut typed = outer.next_if(0xa0)?.inside().next()?.inside();
    // id-pkix-ocsp-basic
    typed.next().filter(|kind| kind.content == [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1])?;
    let mut basic = typed.next().filter(|octets| octets.tag == 4)?.inside().next()?.inside();
    let data = basic.next()?;
    let algorithm = basic.next()?;
    let signature = basic.next().filter(|bits| bits.tag == 3)?;
    let mut certificates = Vec::new();
    if let Some(list) = basic.next_if(0xa0) {
        let mut list = list.inside().next()?.inside();
        while let Some(one) = list.next() {
            certificates.push(one.whole);
        }
    }
    let mut fields = data.inside();
    fields.next_if(0xa0);
    let _responder = fields.next()?;
    let _produced = fields.next()?;
    let mut list = fields.next().filter(|one| one.tag == 0x30)?.inside();
    let mut singles = Vec::new();
    while let Some(one) = list.next() {
        singles.push(single(one)?);
    }
    Some(Response {
        signed: data.whole,
        algorithm: algorithm.whole,
        signature: signature.content.get(1..)?,
        singles,
        certificates,
    })
}

fn single(element: Element) -> Option<Single> {
    let mut fields = element.inside();
    let mut id = fields.next()?.inside();
    let hash = id.next()?.inside().next()?.content;
    let (issuer_name, issuer_key, serial) = (id.next()?.content, id.next()?.content, id.next()?.content);
    let status = fields.next()?.tag;
    let from = time(fields.next()?)?;
    let until = match fields.next_if(0xa0) {
        Some(wrapped) => Some(time(wrapped.inside().next()?)?),
        None => None,
    };
    Some(Single { hash, issuer_name, issuer_key, serial, status, from, until })
}

/// GeneralizedTime, in seconds since 1970.
fn time(element: Element) -> Option<i64> {
    let text = std::str::from_utf8(element.content).ok().filter(|_| element.tag == 0x18)?;
    let text = text.strip_suffix('Z')?;
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let two = |from: usize| i8::try_from(number(from, from + 2)?).ok();
    let moment = DateTime::new(number(0, 4)?, two(4)?, two(6)?, two(8)?, two(10)?, two(12)?, 0).ok()?;
    Some(moment.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

fn trimmed(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|byte| **byte == 0).count();
    serial.get(zeros..).unwrap_or_default()
}

fn is_about(single: &Single, issuer: &Certificate) -> bool {
    let algorithm = match single.hash {
        [0x2b, 0x0e, 3, 2, 0x1a] => &SHA1_FOR_LEGACY_USE_ONLY,
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1] => &SHA256,
        _ => return false,
    };
    let name = digest(algorithm, issuer.x509.subject().as_raw());
    let key = digest(algorithm, &issuer.x509.public_key().subject_public_key.data);
    name.as_ref() == single.issuer_name && key.as_ref() == single.issuer_key
}

/// Signed by the issuer, or by somebody whom the issuer appointed for it.
fn is_signed(response: &Response, issuer: &Certificate, now: i64) -> bool {
    let Ok((_, algorithm)) = AlgorithmIdentifier::from_der(response.algorithm) else { return false };
    let signature = BitString::new(0, response.signature);
    let signed_with = |key: &Certificate| {
        verify_signature(key.x509.public_key(), &algorithm, &signature, response.signed).is_ok()
    };
    let is_appointed = |delegate: &Certificate| {
        let for_ocsp =
            matches!(delegate.x509.extended_key_usage(), Ok(Some(usage)) if usage.value.ocsp_signing);
        for_ocsp && delegate.is_valid_at(now) && delegate.is_signed_by(issuer) == Some(true)
    };
    let mut delegates = response.certificates.iter().take(4).filter_map(|der| Certificate::read(der));
    signed_with(issuer) || delegates.any(|delegate| is_appointed(&delegate) && signed_with(&delegate))
}
