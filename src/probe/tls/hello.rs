//! Client hellos, byte for byte. The same question always has the same bytes, so that a transcript
//! can be read again: the random is the digest of the rest, for no secret ever follows from it.

use sha2::{Digest, Sha256};

use super::bytes::{Put, list16};
use super::groups;
use super::suites;
use super::version::Version;

/// What a hello asks. Everything else about it follows from the version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    pub version: Version,
    pub suites: Vec<u16>,
    pub groups: Vec<u16>,
    pub shares: Shares,
    /// The name of the server; none for an address.
    pub name: Option<String>,
    /// Offers to compress, up to TLS 1.2.
    pub compression: bool,
    /// Offers the protocols of the web.
    pub alpn: bool,
    /// Says that it is a second try with a lower version.
    pub fallback: bool,
    /// Carries values that nobody knows, which a server must pass over.
    pub grease: bool,
    /// As short as can be, for servers that cannot take a long one.
    pub lean: bool,
}

/// The key shares of a TLS 1.3 hello. With none the server names its group and asks again, and no
/// exchange has to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shares {
    None,
    Usual,
}

impl Hello {
    pub fn new(version: Version, name: Option<&str>) -> Hello {
        Hello {
            version,
            suites: suites::all(version),
            groups: if version == Version::Tls13 { groups::tls13() } else { groups::USUAL.to_vec() },
            shares: Shares::None,
            name: name.map(str::to_owned),
            compression: false,
            alpn: false,
            fallback: false,
            grease: false,
            lean: false,
        }
    }

    pub fn with_suites(self, suites: Vec<u16>) -> Hello {
        Hello { suites, ..self }
    }

    pub fn with_groups(self, groups: Vec<u16>) -> Hello {
        Hello { groups, ..self }
    }

    /// The record that goes onto the wire.
    pub fn bytes(&self) -> Vec<u8> {
        if self.version == Version::Ssl2 {
            return super::ssl2::hello();
        }
        let after_random = self.after_random();
        let legacy = self.version.min(Version::Tls12).code();
        let mut body = Vec::with_capacity(after_random.len() + 64);
        body.u16(legacy);
        body.extend(Sha256::digest(&after_random));
        body.extend(after_random);
        let mut record = vec![22];
        record.u16(self.version.min(Version::Tls10).code());
        record.u16(u16::try_from(body.len() + 4).unwrap_or(u16::MAX));
        record.push(1);
        record.push(0);
        record.vector16(&body);
        record
    }

    fn after_random(&self) -> Vec<u8> {
        let mut out = Vec::new();
        // Boxes on the way know TLS 1.3 by a session id that is not empty.
        let session: &[u8] = if self.version == Version::Tls13 && !self.lean { &[0x74; 32] } else { &[] };
        out.vector8(session);
        out.vector16(&list16(&self.offered_suites()));
        out.vector8(if self.compression && self.version != Version::Tls13 { &[1, 0] } else { &[0] });
        // SSL 3.0 had no extensions; some servers take offence at them.
        if self.version != Version::Ssl3 {
            out.vector16(&self.extensions());
        }
        out
    }

    fn offered_suites(&self) -> Vec<u16> {
        let mut all = Vec::with_capacity(self.suites.len() + 3);
        if self.grease {
            all.push(0x2a2a);
        }
        all.extend(&self.suites);
        if self.version != Version::Tls13 {
            all.push(suites::RENEGOTIATION_SCSV);
        }
        if self.fallback {
            all.push(suites::FALLBACK_SCSV);
        }
        all
    }

    fn extensions(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.grease {
            out.extension(0x3a3a, &[]);
        }
        if let Some(name) = &self.name {
            out.extension(0, &server_name(name));
        }
        self.key_exchange(&mut out);
        out.extension(13, &signature_algorithms(self.lean));
        if !self.lean {
            // A staple, certificate transparency, extended master secret, a ticket, a heartbeat.
            out.extension(5, &[1, 0, 0, 0, 0]);
            out.extension(18, &[]);
            if self.version != Version::Tls13 {
                out.extension(23, &[]);
                out.extension(35, &[]);
                out.extension(15, &[1]);
            }
        }
        if self.alpn {
            out.extension(16, b"\x00\x0c\x02h2\x08http/1.1");
        }
        if self.version == Version::Tls13 {
            out.extension(43, &[2, 0x03, 0x04]);
            out.extension(45, &[1, 1]);
            out.extension(51, &key_shares(self.shares, &self.groups));
        }
        if self.grease {
            out.extension(0x4a4a, &[0]);
        }
        out
    }

    fn key_exchange(&self, out: &mut Vec<u8>) {
        let mut groups = self.groups.clone();
        if self.grease {
            groups.insert(0, 0x5a5a);
        }
        if !groups.is_empty() {
            let mut list = Vec::new();
            list.vector16(&list16(&groups));
            out.extension(10, &list);
        }
        if self.version != Version::Tls13 {
            out.extension(11, if self.lean { &[1, 0] } else { &[3, 0, 1, 2] });
        }
    }
}

fn server_name(name: &str) -> Vec<u8> {
    let mut entry = vec![0];
    entry.vector16(name.as_bytes());
    let mut list = Vec::new();
    list.vector16(&entry);
    list
}

fn signature_algorithms(lean: bool) -> Vec<u8> {
    const USUAL: [u16; 10] = [0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0201];
    // EdDSA, PSS keys, Brainpool, ML-DSA, SM2, SHA-1, SHA-224, DSS.
    const RARE: [u16; 20] = [
        0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x081a, 0x081b, 0x081c, 0x0904, 0x0905, 0x0906, 0x0708,
        0x0203, 0x0303, 0x0301, 0x0302, 0x0402, 0x0502, 0x0602, 0x0202,
    ];
    let mut all = USUAL.to_vec();
    if !lean {
        all.extend(RARE);
    }
    let mut list = Vec::new();
    list.vector16(&list16(&all));
    list
}

/// The generators of X25519 and P-256 are public keys like any other; nobody goes on from here.
/// There may be no share of a group that is not offered.
fn key_shares(shares: Shares, groups: &[u16]) -> Vec<u8> {
    const P256: [u8; 65] = [
        0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
        0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f,
        0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce,
        0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
    ];
    let mut x25519 = [0; 32];
    x25519[0] = 9;
    let mut entries = Vec::new();
    for (group, share) in [(0x001d, &x25519[..]), (0x0017, &P256)] {
        if shares == Shares::Usual && groups.contains(&group) {
            entries.u16(group);
            entries.vector16(share);
        }
    }
    let mut list = Vec::new();
    list.vector16(&entries);
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use tls_parser::{TlsMessage, TlsMessageHandshake, parse_tls_plaintext};

    /// The hello as an independent parser reads it.
    fn read(hello: &Hello) -> (u16, Vec<u16>, Vec<u16>) {
        let bytes = hello.bytes();
        let (rest, record) = parse_tls_plaintext(&bytes).unwrap();
        assert!(rest.is_empty());
        let TlsMessage::Handshake(TlsMessageHandshake::ClientHello(read)) = &record.msg[0] else {
            panic!("not a hello")
        };
        let suites = read.ciphers.iter().map(|suite| suite.0).collect();
        let extensions = tls_parser::parse_tls_extensions(read.ext.unwrap_or_default()).unwrap().1;
        let kinds = extensions.iter().map(|one| u16::from(tls_parser::TlsExtensionType::from(one))).collect();
        (read.version.0, suites, kinds)
    }

    #[test]
    fn an_independent_parser_reads_every_version() {
        for version in Version::ALL.into_iter().skip(1) {
            let hello = Hello::new(version, Some("a.example.jp"));
            let (code, offered, extensions) = read(&hello);
            assert_eq!(code, version.min(Version::Tls12).code());
            assert!(suites::all(version).iter().all(|suite| offered.contains(suite)));
            assert_eq!(extensions.contains(&43), version == Version::Tls13, "supported_versions");
            assert_eq!(extensions.is_empty(), version == Version::Ssl3);
        }
    }

    #[test]
    fn a_lean_hello_fits_into_255_bytes() {
        for version in [Version::Tls10, Version::Tls12, Version::Tls13] {
            let name = "a-rather-long-name-of-a-host.telemedicine.example.jp";
            let hello = Hello { lean: true, ..Hello::new(version, Some(name)) };
            let suites = hello.suites.iter().copied().take(20).collect();
            let hello = hello.with_suites(suites).with_groups(vec![0x001d, 0x0017, 0x0018]);
            assert!(hello.bytes().len() <= 255, "{version:?}: {}", hello.bytes().len());
        }
    }

    #[test]
    fn the_same_question_has_the_same_bytes_and_another_has_others() {
        let hello = Hello::new(Version::Tls12, None);
        assert_eq!(hello.bytes(), hello.bytes());
        let other = Hello { grease: true, ..hello.clone() };
        assert_ne!(hello.bytes()[11..43], other.bytes()[11..43], "the random follows from the rest");
    }
}
