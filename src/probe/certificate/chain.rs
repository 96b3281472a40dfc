//! What one certificate says, taken out of its bytes.

use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::baseline::baseline;

/// A certificate, read.
#[derive(Debug)]
pub struct Certificate<'a> {
    pub der: &'a [u8],
    pub x509: X509Certificate<'a>,
    pub key: Key,
    /// Such as `RSA-SHA256`.
    pub signature: String,
}

/// A public key: its kind and size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Such as `RSA-2048` or `EC-P-256`.
    pub name: String,
    pub is_weak: bool,
    /// Security in bits, to find the weaker of two.
    pub strength: u32,
}

impl<'a> Certificate<'a> {
    pub fn read(der: &'a [u8]) -> Option<Certificate<'a>> {
        let (_, x509) = X509Certificate::from_der(der).ok()?;
        let key = key(&x509);
        let signature = signature(&x509);
        Some(Certificate { der, x509, key, signature })
    }

    pub fn is_valid_at(&self, moment: i64) -> bool {
        self.not_before() <= moment && moment <= self.not_after()
    }

    /// Seconds since 1970.
    pub fn not_before(&self) -> i64 {
        self.x509.validity().not_before.timestamp()
    }

    pub fn not_after(&self) -> i64 {
        self.x509.validity().not_after.timestamp()
    }

    pub fn is_issued_in_own_name(&self) -> bool {
        self.x509.issuer().as_raw() == self.x509.subject().as_raw()
    }

    pub fn is_self_signed(&self) -> bool {
        self.is_issued_in_own_name() && self.is_signed_by(self) != Some(false)
    }

    /// Whether another certificate's key made the signature; nothing where the algorithm is not known
    /// here.
    pub fn is_signed_by(&self, issuer: &Certificate) -> Option<bool> {
        match self.x509.verify_signature(Some(issuer.x509.public_key())) {
            Ok(()) => Some(true),
            Err(x509_parser::error::X509Error::SignatureVerificationError) if !issuer.key.is_weak => {
                Some(false)
            }
            Err(_) => None,
        }
    }

    pub fn has_weak_signature(&self) -> bool {
        baseline().weak_hashes.iter().any(|hash| self.signature.ends_with(&format!("-{hash}")))
    }

    /// Whether it may issue certificates.
    pub fn is_ca(&self) -> bool {
        let has_bit = matches!(self.x509.basic_constraints(), Ok(Some(constraints)) if constraints.value.ca);
        let may_sign = match self.x509.key_usage() {
            Ok(Some(usage)) => usage.value.key_cert_sign(),
            Ok(None) => true,
            Err(_) => false,
        };
        has_bit && may_sign
    }

    /// Whether it names a place where its issuer's certificate can be had.
    pub fn names_its_issuer(&self) -> bool {
        const ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
        self.x509.extensions().iter().any(|extension| match extension.parsed_extension() {
            ParsedExtension::AuthorityInfoAccess(access) => access.accessdescs.iter().any(|one| {
                one.access_method.to_id_string() == ISSUERS
                    && matches!(one.access_location, GeneralName::URI(_))
            }),
            _ => false,
        })
    }

    /// Whether it has to be shown with a staple.
    pub fn must_be_stapled(&self) -> bool {
        // The feature list of RFC 7633, with status_request in it.
        let features =
            self.x509.extensions().iter().find(|one| one.oid.to_id_string() == "1.3.6.1.5.5.7.1.24");
        features.is_some_and(|one| one.value.windows(3).any(|part| part == [2, 1, 5]))
    }

    /// Whether it carries stamps of certificate transparency.
    pub fn has_scts(&self) -> bool {
        let is_scts =
            |parsed: &ParsedExtension| matches!(parsed, ParsedExtension::SCT(list) if !list.is_empty());
        self.x509.extensions().iter().any(|extension| is_scts(extension.parsed_extension()))
    }

    /// Whether its use is limited to something other than serving.
    pub fn is_for_other_use(&self) -> bool {
        match self.x509.extended_key_usage() {
            Ok(Some(usage)) => !usage.value.server_auth && !usage.value.any,
            Ok(None) => false,
            Err(_) => true,
        }
    }
}

/// Whether the certificate in these bytes has an RSA key.
pub fn has_rsa_key(der: &[u8]) -> bool {
    Certificate::read(der).is_some_and(|one| one.key.name.starts_with("RSA"))
}

fn key(x509: &X509Certificate) -> Key {
    let least = &baseline().least_bits;
    let info = x509.public_key();
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => {
            let bits = u32::try_from(bits(key.modulus)).unwrap_or(u32::MAX);
            let strength = match bits {
                0..=2047 => bits / 20,
                2048..=3071 => 112,
                3072..=7679 => 128,
                _ => 192,
            };
            Key { name: format!("RSA-{bits}"), is_weak: bits < least.rsa, strength }
        }
        Ok(PublicKey::EC(point)) => {
            let curve = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
            let (name, bits) = curve.map_or((None, 0), |oid| curve_of(&oid.to_id_string()));
            let bits = if bits == 0 { u32::try_from(point.key_size()).unwrap_or(0) } else { bits };
            let name = name.map_or_else(|| format!("EC-{bits}"), |name| format!("EC-{name}"));
            Key { name, is_weak: bits < least.ec, strength: bits / 2 }
        }
        Ok(PublicKey::DSA(y)) => Key { name: format!("DSA-{}", bits(y)), is_weak: true, strength: 80 },
        _ => match info.algorithm.algorithm.to_id_string().as_str() {
            "1.3.101.112" => Key { name: "Ed25519".into(), is_weak: false, strength: 128 },
            "1.3.101.113" => Key { name: "Ed448".into(), is_weak: false, strength: 224 },
            "2.16.840.1.101.3.4.3.17" => Key { name: "ML-DSA-44".into(), is_weak: false, strength: 128 },
            "2.16.840.1.101.3.4.3.18" => Key { name: "ML-DSA-65".into(), is_weak: false, strength: 192 },
            "2.16.840.1.101.3.4.3.19" => Key { name: "ML-DSA-87".into(), is_weak: false, strength: 256 },
            other => Key { name: other.to_owned(), is_weak: false, strength: 0 },
        },
    }
}

fn bits(number: &[u8]) -> usize {
    let mut digits = number.iter().skip_while(|byte| **byte == 0);
    match digits.next() {
        Some(first) => (digits.count() + 1) * 8 - first.leading_zeros() as usize,
        None => 0,
    }
}

fn curve_of(oid: &str) -> (Option<&'static str>, u32) {
    match oid {
        "1.2.840.10045.3.1.1" => (Some("P-192"), 192),
        "1.3.132.0.33" => (Some("P-224"), 224),
        "1.2.840.10045.3.1.7" => (Some("P-256"), 256),
        "1.3.132.0.34" => (Some("P-384"), 384),
        "1.3.132.0.35" => (Some("P-521"), 521),
        "1.3.132.0.10" => (Some("secp256k1"), 256),
        "1.3.36.3.3.2.8.1.1.7" => (Some("brainpoolP256r1"), 256),
        "1.3.36.3.3.2.8.1.1.11" => (Some("brainpoolP384r1"), 384),
        "1.3.36.3.3.2.8.1.1.13" => (Some("brainpoolP512r1"), 512),
        _ => (None, 0),
    }
}

fn signature(x509: &X509Certificate) -> String {
    let algorithm = &x509.signature_algorithm;
    let oid = algorithm.algorithm.to_id_string();
    let name = match oid.as_str() {
        "1.2.840.113549.1.1.2" => "RSA-MD2",
        "1.2.840.113549.1.1.4" => "RSA-MD5",
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => "RSA-SHA1",
        "1.2.840.113549.1.1.11" => "RSA-SHA256",
        "1.2.840.113549.1.1.12" => "RSA-SHA384",
        "1.2.840.113549.1.1.13" => "RSA-SHA512",
        "1.2.840.113549.1.1.14" => "RSA-SHA224",
        "1.2.840.113549.1.1.10" => return format!("RSA-PSS-{}", pss_hash(algorithm)),
        "1.2.840.10045.4.1" => "ECDSA-SHA1",
        "1.2.840.10045.4.3.1" => "ECDSA-SHA224",
        "1.2.840.10045.4.3.2" => "ECDSA-SHA256",
        "1.2.840.10045.4.3.3" => "ECDSA-SHA384",
        "1.2.840.10045.4.3.4" => "ECDSA-SHA512",
        "1.2.840.10040.4.3" => "DSA-SHA1",
        "2.16.840.1.101.3.4.3.2" => "DSA-SHA256",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        "2.16.840.1.101.3.4.3.17" => "ML-DSA-44",
        "2.16.840.1.101.3.4.3.18" => "ML-DSA-65",
        "2.16.840.1.101.3.4.3.19" => "ML-DSA-87",
        _ => return oid,
    };
    name.to_owned()
}

/// The hash of an RSA-PSS signature; SHA-1 where none is named.
fn pss_hash(algorithm: &x509_parser::x509::AlgorithmIdentifier) -> &'static str {
    let parameters = algorithm.parameters.as_ref();
    let read =
        parameters.and_then(|any| x509_parser::signature_algorithm::RsaSsaPssParams::try_from(any).ok());
    match read.map(|one| one.hash_algorithm_oid().to_id_string()).as_deref() {
        Some("2.16.840.1.101.3.4.2.1") => "SHA256",
        Some("2.16.840.1.101.3.4.2.2") => "SHA384",
        Some("2.16.840.1.101.3.4.2.3") => "SHA512",
        Some("1.3.14.3.2.26") | None => "SHA1",
        Some(_) => "other",
    }
}
