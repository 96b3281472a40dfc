//! Checks the signature of a token against the keys that its issuer publishes (JWKS).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

use crate::model::sign_in::Token;

/// Keys of one issuer that are tried, at most.
const MOST_KEYS: usize = 50;

/// What came of checking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    Good,
    /// Not signed by the issuer, or not signed at all.
    Bad,
    /// None of the published keys is the one.
    NoKey,
    /// An algorithm that cannot be checked from outside.
    Unsupported,
}

#[derive(Debug, Deserialize)]
struct Keys {
    keys: Vec<serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Key {
    kty: String,
    kid: Option<String>,
    crv: String,
    n: String,
    e: String,
    x: String,
    y: String,
}

pub fn check(token: &Token, jwks: &[u8]) -> Check {
    match token.algorithm.as_str() {
        "none" => return Check::Bad,
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "EdDSA" => {}
        _ => return Check::Unsupported,
    }
    let Ok(keys) = serde_json::from_slice::<Keys>(jwks) else { return Check::NoKey };
    // A key of a kind that is not known here does not spoil the others.
    let keys = keys.keys.into_iter().take(MOST_KEYS).filter_map(|key| serde_json::from_value(key).ok());
    let is_named = |key: &Key| token.key.is_none() || token.key == key.kid;
    let tried: Vec<bool> = keys.filter(is_named).filter_map(|key: Key| fits(&key, token)).collect();
    match (tried.is_empty(), tried.contains(&true)) {
        (true, _) => Check::NoKey,
        (false, true) => Check::Good,
        (false, false) => Check::Bad,
    }
}

/// Whether a key made the signature; nothing where it cannot have, by its kind.
fn fits(key: &Key, token: &Token) -> Option<bool> {
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    let signed = token.signed.as_bytes();
    let rsa: Option<&signature::RsaParameters> = match token.algorithm.as_str() {
        "RS256" => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        "RS384" => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        "RS512" => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        "PS256" => Some(&signature::RSA_PSS_2048_8192_SHA256),
        "PS384" => Some(&signature::RSA_PSS_2048_8192_SHA384),
        "PS512" => Some(&signature::RSA_PSS_2048_8192_SHA512),
        _ => None,
    };
    if let Some(parameters) = rsa {
        let key = (key.kty == "RSA").then_some(key)?;
        let (n, e) = (part(&key.n)?, part(&key.e)?);
        let trimmed = |bytes: Vec<u8>| bytes.into_iter().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
        let components = RsaPublicKeyComponents { n: trimmed(n), e: trimmed(e) };
        return Some(components.verify(parameters, signed, &token.signature).is_ok());
    }
    let (curve, bytes): (&dyn signature::VerificationAlgorithm, Vec<u8>) =
        match (token.algorithm.as_str(), key.kty.as_str(), key.crv.as_str()) {
            ("ES256", "EC", "P-256") => {
                (&signature::ECDSA_P256_SHA256_FIXED, point(part(&key.x)?, part(&key.y)?))
            }
            ("ES384", "EC", "P-384") => {
                (&signature::ECDSA_P384_SHA384_FIXED, point(part(&key.x)?, part(&key.y)?))
            }
            ("EdDSA", "OKP", "Ed25519") => (&signature::ED25519, part(&key.x)?),
            _ => return None,
        };
    Some(UnparsedPublicKey::new(curve, bytes).verify(signed, &token.signature).is_ok())
}

/// A point of a curve, uncompressed.
fn point(x: Vec<u8>, y: Vec<u8>) -> Vec<u8> {
    [vec![4], x, y].concat()
}
