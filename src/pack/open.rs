//! Opens a package: reads it once from end to end, and says of every byte whether it is what the
//! manifest says. What fails is named; what is read later is held against its digest again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use jiff::Timestamp;

use super::container::{self, Entry, Sum};
use super::name::{self, Names};
use super::signature::{Signature, Signers};
use super::{CHUNK, LARGEST_FILE, LARGEST_MANIFEST, LARGEST_SIGNATURE, LARGEST_SUM, MANIFEST, MOST_FILES};
use super::{SIGNATURE, chain};
use crate::model::message::Message;
use crate::model::workspace::{FileState, Files};
use crate::msg;
use crate::wire::package::{self, Manifest};

/// Why a package was not opened.
#[derive(Debug)]
pub enum Refused {
    /// It could not be read at all.
    Unreadable(io::Error),
    /// It is no package, or not any more.
    Malformed(Message),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Refused {
        Refused::Unreadable(error)
    }
}

/// An open package, read through.
pub struct Package {
    file: File,
    entries: BTreeMap<String, Entry>,
    manifest: Manifest,
    bytes: Vec<u8>,
    signature: Option<Vec<u8>>,
    /// What is not as the manifest says.
    problems: Vec<Message>,
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Package").field("manifest", &self.manifest).field("problems", &self.problems).finish()
    }
}

impl Package {
    pub fn open(path: &Path) -> Result<Package, Refused> {
        // Looked at before it is opened: opening a pipe would wait for its writer.
        if !std::fs::metadata(path)?.is_file() {
            return Err(Refused::Malformed(msg!("package.not_a_package")));
        }
        let mut file = File::open(path)?;
        let read = read(&mut file)?;
        let not_read = |error: serde_json::Error| msg!("package.manifest", error = error.to_string());
        let manifest: Manifest =
            serde_json::from_slice(&read.manifest).map_err(|error| Refused::Malformed(not_read(error)))?;
        if manifest.schema != package::SCHEMA {
            let what = msg!("package.schema", found = manifest.schema, wanted = package::SCHEMA);
            return Err(Refused::Malformed(what));
        }
        let problems = problems(&manifest, &read.sums);
        let entries = read.sums.into_iter().map(|(entry, _)| (entry.name.clone(), entry)).collect();
        Ok(Package { file, entries, manifest, bytes: read.manifest, signature: read.signature, problems })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The digest of the manifest, which stands for the whole package.
    pub fn digest(&self) -> String {
        container::copy(&mut self.bytes.as_slice(), &mut io::sink()).map(|sum| sum.sha256).unwrap_or_default()
    }

    /// What is not as the manifest says: nothing where every hash and the chain hold.
    pub fn problems(&self) -> &[Message] {
        &self.problems
    }

    pub fn signature(&self, signers: Option<&Signers>, now: Timestamp) -> Signature {
        Signature::of(&self.bytes, self.signature.as_deref(), signers, now)
    }

    /// A file of at most so many bytes. Nothing where there is none, or it is larger, or has changed
    /// since the package was opened.
    pub fn bytes(&self, path: &str, most: u64) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let size = self.manifest.files.iter().find(|file| file.path == path)?.size;
        (size <= most && self.copy(path, &mut bytes).ok()?).then_some(bytes)
    }

    /// Copies a file out. False where it is not what the manifest says.
    pub fn copy(&self, path: &str, to: &mut dyn io::Write) -> io::Result<bool> {
        let stated = self.manifest.files.iter().find(|file| file.path == path);
        let (Some(entry), Some(stated)) = (self.entries.get(path), stated) else { return Ok(false) };
        let mut file = &self.file;
        file.seek(SeekFrom::Start(entry.at + entry.local().len() as u64))?;
        let sum = container::copy(&mut file.take(entry.size), to)?;
        Ok(sum.sha256 == stated.sha256 && sum.size == stated.size)
    }

    /// The files below a folder of the package, by their path within it.
    pub fn below<'p>(&'p self, folder: &'p str) -> impl Iterator<Item = (&'p str, &'p package::File)> {
        let inside = move |file: &'p package::File| Some((file.path.strip_prefix(folder)?, file));
        self.manifest.files.iter().filter_map(inside)
    }
}

/// The state of the files that a workspace refers to, as a manifest has them.
pub(crate) fn states<'n>(manifest: &Manifest, named: impl Iterator<Item = &'n String>) -> Files {
    let by_path: BTreeMap<&str, &package::File> = manifest
        .files
        .iter()
        .filter_map(|file| Some((file.path.strip_prefix(super::WORKSPACE)?, file)))
        .collect();
    let state = |name: &String| match by_path.get(name.as_str()) {
        Some(file) if file.size == 0 => FileState::Unusable(msg!("evidence.is_empty")),
        Some(file) => FileState::Hashed { sha256: file.sha256.clone(), size: file.size },
        None => FileState::Missing,
    };
    named.map(|name| (name.clone(), state(name))).collect()
}

struct Contents {
    manifest: Vec<u8>,
    signature: Option<Vec<u8>>,
    /// Every other file.
    sums: Vec<(Entry, Sum)>,
}

fn read(file: &mut File) -> Result<Contents, Refused> {
    let length = file.metadata()?.len();
    if length > LARGEST_SUM {
        return Err(Refused::Malformed(msg!("package.too_large", most = LARGEST_SUM >> 30)));
    }
    let mut from = BufReader::with_capacity(CHUNK, file);
    let (mut at, mut names, mut entries) = (0, Names::default(), Vec::new());
    let mut all = Contents { manifest: Vec::new(), signature: None, sums: Vec::new() };
    let not_one = |error: Option<io::Error>| match error {
        Some(error) => Refused::Unreadable(error),
        None => Refused::Malformed(msg!("package.not_a_package")),
    };
    let altered = |at: u64| Refused::Malformed(msg!("package.altered_at", at = at));
    while let Some(entry) = container::next(&mut from, at)
        .map_err(|error| if at == 0 || error.is_some() { not_one(error) } else { altered(at) })?
    {
        refuse(&entry, &mut names, entries.len())?;
        let begins = at + entry.local().len() as u64;
        // What it says of its size is believed no further than the file is long.
        at = begins.checked_add(entry.size).filter(|end| *end <= length).ok_or_else(|| altered(begins))?;
        let mut kept = Vec::new();
        let mut part = (&mut from).take(entry.size);
        let sum = match entry.name.as_str() {
            MANIFEST | SIGNATURE => container::copy(&mut part, &mut kept)?,
            _ => container::copy(&mut part, &mut io::sink())?,
        };
        if sum.crc != entry.crc || sum.size != entry.size {
            return Err(Refused::Malformed(msg!("package.file_altered", path = &entry.name)));
        }
        match (entries.len(), entry.name.as_str()) {
            (0, MANIFEST) => all.manifest = kept,
            (0, _) => return Err(Refused::Malformed(msg!("package.not_a_package"))),
            (1, SIGNATURE) => all.signature = Some(kept),
            (_, MANIFEST | SIGNATURE) => return Err(altered(entry.at)),
            _ => all.sums.push((entry.clone(), sum)),
        }
        entries.push(entry);
    }
    match container::is_finished(&entries, at, &mut from) {
        Ok(true) => Ok(all),
        Ok(false) | Err(None) => Err(altered(at)),
        Err(error) => Err(not_one(error)),
    }
}

/// What may not be in a package, before a byte of it is read.
fn refuse(entry: &Entry, names: &mut Names, before: usize) -> Result<(), Refused> {
    let most = match entry.name.as_str() {
        MANIFEST => LARGEST_MANIFEST,
        SIGNATURE => LARGEST_SIGNATURE,
        _ => LARGEST_FILE,
    };
    let wrong = match () {
        () if before >= MOST_FILES => msg!("package.too_many", most = MOST_FILES),
        () if !name::is_possible(&entry.name) => msg!("package.name", path = &entry.name),
        () if !names.add(&entry.name) => msg!("package.name_twice", path = &entry.name),
        () if entry.size > most => msg!("package.file_too_large", path = &entry.name),
        () => return Ok(()),
    };
    Err(Refused::Malformed(wrong))
}

/// The manifest against what is there, both ways, and the chain against the files.
fn problems(manifest: &Manifest, sums: &[(Entry, Sum)]) -> Vec<Message> {
    let mut wrong = Vec::new();
    let there: BTreeMap<&str, &Sum> = sums.iter().map(|(entry, sum)| (entry.name.as_str(), sum)).collect();
    let stated: BTreeSet<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    if stated.len() != manifest.files.len() {
        wrong.push(msg!("package.manifest_twice"));
    }
    for file in &manifest.files {
        match there.get(file.path.as_str()) {
            None => wrong.push(msg!("package.file_missing", path = &file.path)),
            Some(sum) if sum.sha256 != file.sha256 || sum.size != file.size => {
                wrong.push(msg!("package.file_altered", path = &file.path));
            }
            Some(_) => {}
        }
    }
    for (entry, _) in sums.iter().filter(|(entry, _)| !stated.contains(entry.name.as_str())) {
        wrong.push(msg!("package.file_added", path = &entry.name));
    }
    let digest = |path: &str| there.get(path).map(|sum| sum.sha256.as_str());
    for file in manifest.policy.iter().filter(|file| digest(&file.path) != Some(&file.sha256)) {
        wrong.push(msg!("package.file_altered", path = &file.path));
    }
    let mut before = None;
    for one in &manifest.chain {
        let holds = one.link == chain::link(before, &one.path, &one.sha256);
        if !holds || digest(&one.path) != Some(&one.sha256) {
            wrong.push(msg!("package.chain", path = &one.path));
        }
        before = Some(one.link.as_str());
    }
    if manifest.chain.last().is_none_or(|last| last.path != manifest.assessment) {
        wrong.push(msg!("package.chain", path = &manifest.assessment));
    }
    wrong
}
