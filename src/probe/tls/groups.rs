//! The groups of key exchange: curves, finite fields, and the hybrids with a post-quantum part.

/// Code, IANA name, and whether TLS 1.3 may use it.
type Group = (u16, &'static str, bool);

const GROUPS: &[Group] = &[
    (0x001d, "x25519", true),
    (0x0017, "secp256r1", true),
    (0x0018, "secp384r1", true),
    (0x0019, "secp521r1", true),
    (0x001e, "x448", true),
    (0x11ec, "X25519MLKEM768", true),
    (0x11eb, "SecP256r1MLKEM768", true),
    (0x11ed, "SecP384r1MLKEM1024", true),
    (0x0200, "MLKEM512", true),
    (0x0201, "MLKEM768", true),
    (0x0202, "MLKEM1024", true),
    (0x6399, "X25519Kyber768Draft00", true),
    (0x639a, "SecP256r1Kyber768Draft00", true),
    (0x11ee, "curveSM2MLKEM768", true),
    (0x0100, "ffdhe2048", true),
    (0x0101, "ffdhe3072", true),
    (0x0102, "ffdhe4096", true),
    (0x0103, "ffdhe6144", true),
    (0x0104, "ffdhe8192", true),
    (0x001f, "brainpoolP256r1tls13", true),
    (0x0020, "brainpoolP384r1tls13", true),
    (0x0021, "brainpoolP512r1tls13", true),
    (0x0029, "curveSM2", true),
    (0x001a, "brainpoolP256r1", false),
    (0x001b, "brainpoolP384r1", false),
    (0x001c, "brainpoolP512r1", false),
    (0x0016, "secp256k1", false),
    (0x0015, "secp224r1", false),
    (0x0014, "secp224k1", false),
    (0x0013, "secp192r1", false),
    (0x0012, "secp192k1", false),
    (0x0011, "secp160r2", false),
    (0x0010, "secp160r1", false),
    (0x000f, "secp160k1", false),
    (0x000e, "sect571r1", false),
    (0x000d, "sect571k1", false),
    (0x000c, "sect409r1", false),
    (0x000b, "sect409k1", false),
    (0x000a, "sect283r1", false),
    (0x0009, "sect283k1", false),
    (0x0008, "sect239k1", false),
    (0x0007, "sect233r1", false),
    (0x0006, "sect233k1", false),
    (0x0005, "sect193r2", false),
    (0x0004, "sect193r1", false),
    (0x0003, "sect163r2", false),
    (0x0002, "sect163r1", false),
    (0x0001, "sect163k1", false),
];

/// What a hello offers that is not about groups: every common one.
pub const USUAL: &[u16] = &[0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x001a, 0x001b, 0x001c, 0x0016];

pub fn name(code: u16) -> String {
    let known = GROUPS.iter().find(|(one, ..)| *one == code).map(|(_, name, _)| (*name).to_owned());
    known.unwrap_or_else(|| format!("0x{code:04X}"))
}

/// Every name that the fact can have.
pub fn names() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().map(|(_, name, _)| *name)
}

/// All groups of TLS 1.3, in one list.
pub fn tls13() -> Vec<u16> {
    GROUPS.iter().filter(|(.., modern)| *modern).map(|(code, ..)| *code).collect()
}

/// The groups of TLS 1.3 in parts that are walked side by side.
pub fn tls13_blocks() -> Vec<Vec<u16>> {
    let part = |wanted: fn(u16) -> bool| tls13().into_iter().filter(|code| wanted(*code)).collect();
    vec![
        part(|code| matches!(code, 0x0017 | 0x0018 | 0x001d)),
        part(|code| matches!(code, 0x0019 | 0x001e)),
        part(|code| (0x0100..=0x0101).contains(&code)),
        part(|code| (0x0102..=0x0104).contains(&code)),
        part(|code| code >= 0x0200),
        part(|code| matches!(code, 0x001f..=0x0021 | 0x0029)),
    ]
}

/// The curves of older versions in parts that are walked side by side.
pub fn curve_blocks() -> Vec<Vec<u16>> {
    let part = |wanted: fn(u16) -> bool| {
        GROUPS.iter().map(|(code, ..)| *code).filter(|code| *code < 0x001f && wanted(*code)).collect()
    };
    vec![
        part(|code| matches!(code, 0x0017 | 0x0018 | 0x001d)),
        part(|code| matches!(code, 0x0019 | 0x001e)),
        part(|code| !matches!(code, 0x0017..=0x0019 | 0x001d | 0x001e)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_the_whole() {
        let mut parts = tls13_blocks().concat();
        let mut whole = tls13();
        parts.sort_unstable();
        whole.sort_unstable();
        assert_eq!(parts, whole);
        assert_eq!(curve_blocks().concat().len(), 30);
    }
}
