//! The protocol versions, as they are spelt in facts and on the wire.

/// From SSL 2.0 to TLS 1.3, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    Ssl2,
    Ssl3,
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}

impl Version {
    pub const ALL: [Version; 6] =
        [Version::Ssl2, Version::Ssl3, Version::Tls10, Version::Tls11, Version::Tls12, Version::Tls13];

    /// As the fact `tls.versions` spells it.
    pub fn word(self) -> &'static str {
        match self {
            Version::Ssl2 => "SSLv2",
            Version::Ssl3 => "SSLv3",
            Version::Tls10 => "TLS1.0",
            Version::Tls11 => "TLS1.1",
            Version::Tls12 => "TLS1.2",
            Version::Tls13 => "TLS1.3",
        }
    }

    /// The fact that lists its cipher suites.
    pub fn suites_key(self) -> &'static str {
        match self {
            Version::Ssl2 => "tls.suites.ssl2",
            Version::Ssl3 => "tls.suites.ssl3",
            Version::Tls10 => "tls.suites.tls1_0",
            Version::Tls11 => "tls.suites.tls1_1",
            Version::Tls12 => "tls.suites.tls1_2",
            Version::Tls13 => "tls.suites.tls1_3",
        }
    }

    pub fn code(self) -> u16 {
        match self {
            Version::Ssl2 => 0x0002,
            Version::Ssl3 => 0x0300,
            Version::Tls10 => 0x0301,
            Version::Tls11 => 0x0302,
            Version::Tls12 => 0x0303,
            Version::Tls13 => 0x0304,
        }
    }

    pub fn from_code(code: u16) -> Option<Version> {
        Version::ALL.into_iter().find(|version| version.code() == code)
    }
}
