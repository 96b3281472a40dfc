//! The cipher suites that can be asked for: every one that IANA lists, by family, so that lists can
//! be asked for side by side; and what a suite's name says of its keys.

use std::sync::OnceLock;

use tls_parser::{TlsCipherAu, TlsCipherEnc, TlsCipherEncMode, TlsCipherKx, TlsCipherSuite};

use super::version::Version;

/// Asks the server to protect renegotiation, in the place of a suite.
pub const RENEGOTIATION_SCSV: u16 = 0x00ff;
/// Says that this hello is a second try with a lower version.
pub const FALLBACK_SCSV: u16 = 0x5600;

/// Registered since the table that we take the rest from was made.
const MORE: &[(u16, &str)] = &[
    (0xc100, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC"),
    (0xc101, "TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC"),
    (0xc102, "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT"),
];

/// How a suite proves who the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    Rsa,
    Ecdsa,
    Dss,
    /// Nobody proves anything.
    Anonymous,
    /// A shared secret, a password, a ticket: nothing with a certificate.
    Other,
}

/// The parts into which the list of a version is cut, so that each is walked by itself. A usual
/// server has nearly all its suites in the first; the walk of that one finds their order as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Modern,
    Ephemeral,
    Static,
    Rare,
}

pub fn name(code: u16) -> String {
    let known = TlsCipherSuite::from_id(code).map(|suite| suite.name);
    let known = known.or_else(|| MORE.iter().find(|(one, _)| *one == code).map(|(_, name)| *name));
    known.map_or_else(|| format!("0x{code:04X}"), str::to_owned)
}

pub fn proof(code: u16) -> Proof {
    match TlsCipherSuite::from_id(code).map(|suite| suite.au) {
        Some(TlsCipherAu::Rsa) => Proof::Rsa,
        Some(TlsCipherAu::Ecdsa) => Proof::Ecdsa,
        Some(TlsCipherAu::Dss) => Proof::Dss,
        Some(TlsCipherAu::Null) if name(code).contains("_anon_") => Proof::Anonymous,
        _ => Proof::Other,
    }
}

/// Whether its key exchange is ephemeral Diffie-Hellman over a finite field.
pub fn is_dhe(code: u16) -> bool {
    TlsCipherSuite::from_id(code).is_some_and(|suite| suite.kx == TlsCipherKx::Dhe)
        || name(code).contains("_DH_anon_")
}

/// Whether its key exchange is ephemeral Diffie-Hellman over a curve.
pub fn is_ecdhe(code: u16) -> bool {
    let ephemeral = |suite: &TlsCipherSuite| matches!(suite.kx, TlsCipherKx::Ecdhe | TlsCipherKx::Aecdh);
    TlsCipherSuite::from_id(code).is_some_and(ephemeral)
}

pub fn is_export(code: u16) -> bool {
    name(code).contains("_EXPORT")
}

/// Whether a recording stays secret when the server's key leaks later.
pub fn is_forward_secret(code: u16) -> bool {
    is_tls13(code) || is_ecdhe(code) || is_dhe(code)
}

fn is_tls13(code: u16) -> bool {
    (0x1300..0x1400).contains(&code) || matches!(code, 0x00c6 | 0x00c7 | 0xc0b4 | 0xc0b5)
}

/// Every suite that can be asked for with a version, likeliest first.
pub fn all(version: Version) -> Vec<u16> {
    blocks(version).concat()
}

/// Every suite that can be asked for with a version, in parts.
pub fn blocks(version: Version) -> Vec<Vec<u16>> {
    if version == Version::Tls13 {
        return vec![known().iter().copied().filter(|code| is_tls13(*code)).collect()];
    }
    let fits = |code: &u16| !is_tls13(*code) && (version == Version::Tls12 || !needs_tls12(*code));
    let parts = [Family::Modern, Family::Ephemeral, Family::Static, Family::Rare].map(|family| {
        let mut part: Vec<u16> =
            known().iter().copied().filter(fits).filter(|code| self::family(*code) == family).collect();
        // Curves first: a prime costs the server ten times as much. A server has mostly one kind of key, so
        // what it knows lies together.
        part.sort_by_key(|code| (!is_ecdhe(*code), proof(*code), std::cmp::Reverse(strength(*code)), *code));
        part
    });
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

fn known() -> &'static [u16] {
    static KNOWN: OnceLock<Vec<u16>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let ranges = [0x0001..=0x00fe, 0x1300..=0x13ff, 0xc001..=0xc1ff, 0xcc00..=0xccff, 0xd000..=0xd0ff];
        let listed = ranges.into_iter().flatten().filter(|code| TlsCipherSuite::from_id(*code).is_some());
        listed.chain(MORE.iter().map(|(code, _)| *code)).collect()
    })
}

/// Suites whose cipher or hash came with TLS 1.2: an older version cannot use them.
fn needs_tls12(code: u16) -> bool {
    let name = name(code);
    let suite = TlsCipherSuite::from_id(code);
    let is_aead = suite.is_some_and(|suite| {
        matches!(suite.enc_mode, TlsCipherEncMode::Gcm | TlsCipherEncMode::Ccm)
            || suite.enc == TlsCipherEnc::Chacha20_Poly1305
    });
    is_aead || name.ends_with("_SHA256") || name.ends_with("_SHA384") || name.ends_with("_SM3")
}

fn family(code: u16) -> Family {
    let Some(suite) = TlsCipherSuite::from_id(code) else { return Family::Rare };
    let with_certificate = matches!(proof(code), Proof::Rsa | Proof::Ecdsa);
    let ephemeral = matches!(suite.kx, TlsCipherKx::Ecdhe | TlsCipherKx::Dhe);
    let is_strong = matches!(
        suite.enc,
        TlsCipherEnc::Aes | TlsCipherEnc::Chacha20_Poly1305 | TlsCipherEnc::Camellia | TlsCipherEnc::Aria
    );
    let is_aead = matches!(suite.enc_mode, TlsCipherEncMode::Gcm | TlsCipherEncMode::Ccm)
        || suite.enc == TlsCipherEnc::Chacha20_Poly1305;
    match () {
        () if with_certificate && ephemeral && is_aead => Family::Modern,
        () if with_certificate && ephemeral && is_strong => Family::Ephemeral,
        () if with_certificate && suite.kx == TlsCipherKx::Rsa && is_strong => Family::Static,
        () => Family::Rare,
    }
}

pub fn strength(code: u16) -> u16 {
    TlsCipherSuite::from_id(code).map_or(0, |suite| suite.enc_size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registered_suite_is_asked_for_exactly_once() {
        let mut asked: Vec<u16> = [all(Version::Tls12), all(Version::Tls13)].concat();
        let mut listed: Vec<u16> = (1..=u16::MAX)
            .filter(|code| TlsCipherSuite::from_id(*code).is_some())
            .filter(|code| ![RENEGOTIATION_SCSV, FALLBACK_SCSV].contains(code) && *code < 0xfe00)
            .chain(MORE.iter().map(|(code, _)| *code))
            .collect();
        asked.sort_unstable();
        listed.sort_unstable();
        assert_eq!(asked, listed);
        assert!(asked.len() > 330);
    }

    #[test]
    fn what_came_with_tls_1_2_is_not_asked_of_older_versions() {
        let old: Vec<String> = all(Version::Tls10).into_iter().map(name).collect();
        for word in ["GCM", "CCM", "CHACHA20", "SHA256", "SHA384"] {
            assert!(!old.iter().any(|name| name.contains(word)), "{word}");
        }
        for name in [
            "TLS_RSA_WITH_RC4_128_MD5",
            "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA",
            "TLS_DH_anon_WITH_AES_128_CBC_SHA",
        ] {
            assert!(old.iter().any(|one| one == name), "{name}");
        }
    }

    #[test]
    fn a_name_says_what_there_is_to_know() {
        assert_eq!(proof(0xc02b), Proof::Ecdsa);
        assert_eq!(proof(0xc02f), Proof::Rsa);
        assert_eq!(proof(0x0034), Proof::Anonymous);
        assert!(is_dhe(0x009e) && !is_dhe(0xc02f) && is_ecdhe(0xc02f) && !is_ecdhe(0x009c));
        assert!(is_forward_secret(0x1301) && !is_forward_secret(0x009c));
        assert_eq!(name(0x0a0a), "0x0A0A");
    }
}
