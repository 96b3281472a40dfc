//! What other tools call the versions, keys and signatures that facts have names for.

/// Versions of TLS: the name in facts, and the key of the fact that lists its suites.
pub const VERSIONS: [(&str, &str); 6] = [
    ("SSLv2", "tls.suites.ssl2"),
    ("SSLv3", "tls.suites.ssl3"),
    ("TLS1.0", "tls.suites.tls1_0"),
    ("TLS1.1", "tls.suites.tls1_1"),
    ("TLS1.2", "tls.suites.tls1_2"),
    ("TLS1.3", "tls.suites.tls1_3"),
];

/// `RSA-SHA256` from the names that OpenSSL and testssl.sh have for it; nothing where it is another.
pub fn signature(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let (with_rsa, with_ecdsa) = (
        name.strip_suffix("withrsaencryption").or_else(|| name.strip_suffix(" with rsa")),
        name.strip_prefix("ecdsa-with-").or_else(|| name.strip_prefix("ecdsa with ")),
    );
    let (kind, hash) = with_rsa.map(|hash| ("RSA", hash)).or(with_ecdsa.map(|hash| ("ECDSA", hash)))?;
    let is_known = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"].contains(&hash);
    is_known.then(|| format!("{kind}-{}", hash.to_uppercase()))
}

/// `EC-P-256` from the name of the curve.
pub fn curve(name: &str) -> Option<&'static str> {
    match name {
        "secp256r1" | "prime256v1" | "P-256" => Some("EC-P-256"),
        "secp384r1" | "P-384" => Some("EC-P-384"),
        "secp521r1" | "P-521" => Some("EC-P-521"),
        _ => None,
    }
}

/// Whether a name that a certificate has is the host's; a star stands for one label.
pub fn covers(name: &str, host: &str) -> bool {
    let (name, host) = (name.to_lowercase(), host.trim_end_matches('.').to_lowercase());
    match name.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(first, parent)| !first.is_empty() && parent == rest),
        None => name == host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_translated_or_not_at_all() {
        assert_eq!(signature("sha256WithRSAEncryption").as_deref(), Some("RSA-SHA256"));
        assert_eq!(signature("SHA256 with RSA").as_deref(), Some("RSA-SHA256"));
        assert_eq!(signature("ecdsa-with-SHA384").as_deref(), Some("ECDSA-SHA384"));
        assert_eq!(signature("ECDSA with SHA256").as_deref(), Some("ECDSA-SHA256"));
        assert_eq!((signature("RSASSA-PSS"), signature(" with rsa")), (None, None));
        assert_eq!((curve("secp256r1"), curve("secp256k1")), (Some("EC-P-256"), None));
        assert!(covers("*.example.jp", "telemed.example.jp") && covers("A.example.jp", "a.example.jp."));
        assert!(!covers("*.example.jp", "a.b.example.jp") && !covers("*.example.jp", "example.jp"));
    }
}
