//! Signatures in the format of OpenSSH, with the keys that people have: `ssh-keygen -Y verify` checks
//! what is made here, and the other way round. Keys are read, used and forgotten.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use rsa::BigUint;
use rsa::pkcs1v15::SigningKey;
use rsa::sha2::Sha512;
use rsa::signature::{SignatureEncoding, Signer as _};
use ssh_key::private::{KeypairData, RsaKeypair};
use ssh_key::{Algorithm, HashAlg, LineEnding, Mpint, PrivateKey, PublicKey, SshSig};

/// What the signature is for, so that one made for something else is no signature here.
pub const NAMESPACE: &str = "tenken-package";

/// Why a key cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRefused {
    /// Not a private key in OpenSSH's format.
    NotAKey,
    WrongPassphrase,
    /// Read, but of a kind that does not sign here: on a token, or too weak.
    Unfit,
}

/// Whether a passphrase has to be asked for.
pub fn is_encrypted(key: &str) -> Result<bool, KeyRefused> {
    Ok(PrivateKey::from_openssh(key).map_err(|_| KeyRefused::NotAKey)?.is_encrypted())
}

/// Signs the manifest; the text of `manifest.json.sig`.
pub fn sign(key: &str, passphrase: Option<&str>, manifest: &[u8]) -> Result<String, KeyRefused> {
    let key = PrivateKey::from_openssh(key).map_err(|_| KeyRefused::NotAKey)?;
    let key = match (key.is_encrypted(), passphrase) {
        (false, _) => key,
        (true, Some(passphrase)) => key.decrypt(passphrase).map_err(|_| KeyRefused::WrongPassphrase)?,
        (true, None) => return Err(KeyRefused::WrongPassphrase),
    };
    let signed = match key.key_data() {
        KeypairData::Rsa(pair) => with_rsa(pair, &key, manifest),
        _ => key.sign(NAMESPACE, HashAlg::Sha512, manifest).ok(),
    };
    signed.and_then(|signed| signed.to_pem(LineEnding::LF).ok()).ok_or(KeyRefused::Unfit)
}

/// What `PrivateKey::sign` would do, if it did not take one prime twice (ssh-key 0.6.7).
fn with_rsa(pair: &RsaKeypair, key: &PrivateKey, manifest: &[u8]) -> Option<SshSig> {
    // A longer one would not be read again.
    const FIT: std::ops::RangeInclusive<usize> = 2048..=rsa::RsaPublicKey::MAX_SIZE;
    let number = |number: &Mpint| Some(BigUint::from_bytes_be(number.as_positive_bytes()?));
    let (public, private) = (&pair.public, &pair.private);
    let modulus = number(&public.n).filter(|modulus| FIT.contains(&modulus.bits()))?;
    let primes = vec![number(&private.p)?, number(&private.q)?];
    let rsa = rsa::RsaPrivateKey::from_components(modulus, number(&public.e)?, number(&private.d)?, primes);
    let data = SshSig::signed_data(NAMESPACE, HashAlg::Sha512, manifest).ok()?;
    let signed = SigningKey::<Sha512>::new(rsa.ok()?).try_sign(&data).ok()?;
    let algorithm = Algorithm::Rsa { hash: Some(HashAlg::Sha512) };
    let signature = ssh_key::Signature::new(algorithm, signed.to_vec()).ok()?;
    SshSig::new(key.public_key().key_data().clone(), NAMESPACE, HashAlg::Sha512, signature).ok()
}

/// RSA keys that `ssh-keygen` takes, and the crate does not.
fn is_too_long(key: &PublicKey) -> bool {
    let rsa = key.key_data().rsa().and_then(|rsa| rsa.n.as_positive_bytes());
    rsa.is_some_and(|modulus| BigUint::from_bytes_be(modulus).bits() > rsa::RsaPublicKey::MAX_SIZE)
}

/// What the signature of a package is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// There is none.
    Missing,
    /// There is one, and it is not that of this manifest.
    Invalid,
    /// There is one by a key that is too long to be checked here.
    Unchecked { fingerprint: String },
    Valid {
        /// As `ssh-keygen -l` shows it.
        fingerprint: String,
        who: Who,
    },
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// No list of signers was given: anybody can make a key.
    NotAsked,
    Known(String),
    /// Not in the list, or not for this purpose, or not at this time.
    Unknown,
}

impl Signature {
    pub fn of(
        manifest: &[u8],
        signature: Option<&[u8]>,
        signers: Option<&Signers>,
        now: Timestamp,
    ) -> Signature {
        let Some(text) = signature else { return Signature::Missing };
        let Ok(signature) = SshSig::from_pem(text) else { return Signature::Invalid };
        let key = PublicKey::from(signature.public_key().clone());
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        if is_too_long(&key) {
            return Signature::Unchecked { fingerprint };
        }
        if key.verify(NAMESPACE, manifest, &signature).is_err() {
            return Signature::Invalid;
        }
        let who = match signers {
            None => Who::NotAsked,
            Some(signers) => signers.find(&key, now).map_or(Who::Unknown, Who::Known),
        };
        Signature::Valid { fingerprint, who }
    }
}

/// Who may sign: a file as `ssh-keygen -Y verify -f` reads it.
#[derive(Debug, Clone, Default)]
pub struct Signers(Vec<Signer>);

#[derive(Clone)]
struct Signer {
    names: String,
    key: PublicKey,
    namespaces: Option<String>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names)
    }
}

impl Signers {
    /// Reads the list; the number of the line that cannot be read.
    pub fn read(text: &str) -> Result<Signers, u32> {
        let mut signers = Vec::new();
        for (line, number) in text.lines().zip(1_u32..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            signers.push(Signer::read(line).ok_or(number)?);
        }
        Ok(Signers(signers))
    }

    fn find(&self, key: &PublicKey, now: Timestamp) -> Option<String> {
        let is_it = |one: &&Signer| one.key.key_data() == key.key_data() && one.may_sign(now);
        self.0.iter().find(is_it).map(|one| one.names.clone())
    }
}

impl Signer {
    fn read(line: &str) -> Option<Signer> {
        let mut words = words(line);
        let names = words.next()?.trim_matches('"').to_owned();
        let (mut namespaces, mut after, mut before) = (None, None, None);
        let mut word = words.next()?;
        if !is_key_type(word) {
            for option in options(word) {
                let (name, value) = option.split_once('=').unwrap_or((option, ""));
                let value = value.trim_matches('"');
                match name.to_ascii_lowercase().as_str() {
                    "namespaces" => namespaces = Some(value.to_owned()),
                    "valid-after" => after = Some(moment(value)?),
                    "valid-before" => before = Some(moment(value)?),
                    // Authorities sign certificates, which are not read here: better refused than
                    // passed over.
                    _ => return None,
                }
            }
            word = words.next()?;
        }
        let key = PublicKey::from_openssh(&format!("{word} {}", words.next()?)).ok()?;
        Some(Signer { names, key, namespaces, after, before })
    }

    fn may_sign(&self, now: Timestamp) -> bool {
        let for_this = self.namespaces.as_ref().is_none_or(|list| is_listed(list));
        for_this
            && self.after.is_none_or(|after| now >= after)
            && self.before.is_none_or(|before| now < before)
    }
}

/// Whether a list of patterns has our namespace: `*` stands for anything, `!` takes away.
fn is_listed(list: &str) -> bool {
    let patterns = || list.split(',').map(str::trim);
    let taken = patterns().filter_map(|pattern| pattern.strip_prefix('!')).any(|one| matches(one, NAMESPACE));
    !taken && patterns().any(|pattern| matches(pattern, NAMESPACE))
}

fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    // The first place is as good as any later one.
    for part in middle.split('*') {
        let Some((_, after)) = left.split_once(part) else { return false };
        left = after;
    }
    left.ends_with(end)
}

fn is_key_type(word: &str) -> bool {
    ["ssh-", "ecdsa-", "sk-"].iter().any(|start| word.starts_with(start))
}

/// Words between blanks; a blank within quotes is part of its word.
fn words(line: &str) -> impl Iterator<Item = &str> {
    split(line, |c| c == ' ' || c == '\t').filter(|word| !word.is_empty())
}

fn options(word: &str) -> impl Iterator<Item = &str> {
    split(word, |c| c == ',')
}

fn split(text: &str, at: impl Fn(char) -> bool) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        if c == '"' {
            quoted = !quoted;
        }
        !quoted && at(c)
    })
}

/// `YYYYMMDD[HHMM[SS]]`, in UTC where a Z follows, else in the time of this machine.
fn moment(text: &str) -> Option<Timestamp> {
    let (digits, zone) = match text.strip_suffix(['Z', 'z']) {
        Some(digits) => (digits, TimeZone::UTC),
        None => (text, TimeZone::system()),
    };
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i8>().ok();
    let (hour, minute, second) = match digits.len() {
        8 => (0, 0, 0),
        12 => (number(8, 10)?, number(10, 12)?, 0),
        14 => (number(8, 10)?, number(10, 12)?, number(12, 14)?),
        _ => return None,
    };
    let date = civil::Date::new(digits.get(..4)?.parse().ok()?, number(4, 6)?, number(6, 8)?).ok()?;
    let time = civil::Time::new(hour, minute, second, 0).ok()?;
    DateTime::from_parts(date, time).to_zoned(zone).ok().map(|zoned| zoned.timestamp())
}
