//! The primes of finite-field Diffie-Hellman that are published under a name. Whoever breaks one of
//! them breaks it for every server that uses it, which matters for the short ones.

use sha2::{Digest, Sha256};

use super::primality::Nature;
use crate::wire::transcript;

/// What a server uses as its prime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prime {
    /// The highest first, without noughts in front.
    pub digits: Vec<u8>,
    pub bits: u32,
    /// What it is called; nothing where nobody has published it, as far as we know.
    pub name: Option<&'static str>,
}

/// SHA-256 of the prime's bytes, and its name. RFC 7919, RFC 2409, RFC 3526, RFC 5114.
const KNOWN: &[(&str, &str)] = &[
    ("9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966", "ffdhe2048"),
    ("0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17", "ffdhe3072"),
    ("4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e", "ffdhe4096"),
    ("227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7", "ffdhe6144"),
    ("770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833", "ffdhe8192"),
    ("b52ba6a3026520a6c49d37e4587601801bee500123b3259b6bf03e7cecc3e63d", "modp768"),
    ("3f35a3f5f6c4376a744acad409bb22f8d897f949d2311d885adaa890981b67a0", "modp1024"),
    ("64fcc83ec403930bf18393dbc883ccaa1fbb08ac876f77f7aa99748ca945019b", "modp1536"),
    ("d66436f79bbd6b2e38c0ffbd079be904d2641415e2e67140e09448be9a60890e", "modp2048"),
    ("48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c", "modp3072"),
    ("4ee95187682bcb230ad26a95205f6920e84708f6251b3894329b09ec23919e33", "modp4096"),
    ("d1bfe6d0925ce7e4da262b62861514a7755e35831e429f343e7b864848657efd", "modp6144"),
    ("39ab4feab950a3128fb71accb9fc3965d857012e081998a85996e3ea8b3c3bcf", "modp8192"),
    ("44c55cfee5c075927cf682da5b681bdecbd5c3eb0784c14f5dce7610f0ef133d", "rfc5114_1024_160"),
    ("bfe545862ca102ad1eeddb5fbfa5bf855ac4995c56a8b408ce3fe099dce93a9d", "rfc5114_2048_224"),
    ("0b7835722cb619827610c2549fdda5587421686c4409a13865e76225522ddcc9", "rfc5114_2048_256"),
];

/// The value of the fact for a prime without a name.
pub const UNNAMED: &str = "unnamed";

impl Prime {
    /// Of its digits, the highest first; nothing where there are none.
    pub fn new(digits: &[u8]) -> Option<Prime> {
        let start = digits.iter().position(|byte| *byte != 0)?;
        let prime = digits.get(start..)?;
        let bits = u32::try_from(prime.len()).ok()?.checked_mul(8)? - prime.first()?.leading_zeros();
        let digest = transcript::digits(&Sha256::digest(prime));
        let name = KNOWN.iter().find(|(known, _)| *known == digest).map(|(_, name)| *name);
        Some(Prime { digits: prime.to_vec(), bits, name })
    }

    /// What its publishers have shown it to be. Those of RFC 5114 come with a generator of a group of prime
    /// order; all others are safe.
    pub fn nature(&self) -> Option<Nature> {
        let is_safe = !self.name?.starts_with("rfc5114");
        Some(if is_safe { Nature::Safe } else { Nature::Prime })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prime_is_measured_without_the_noughts_in_front() {
        let odd = Prime::new(&[0, 0, 0x7f, 0xff]).unwrap();
        assert_eq!((odd.bits, odd.name), (15, None));
        assert_eq!(Prime::new(&[0, 0]), None);
    }

    #[test]
    fn a_published_prime_is_known_by_its_name() {
        // 2^768 - 2^704 - 1 + 2^64 * ([2^638 pi] + 149686)
        let oakley = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E34\
                      04DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A3620FFFFFFFFFF\
                      FFFFFF";
        let pairs = oakley.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        let bytes: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
        let prime = Prime::new(&bytes).unwrap();
        assert_eq!((prime.bits, prime.name, prime.nature()), (768, Some("modp768"), Some(Nature::Safe)));
    }
}
