//! Makes the manifest and writes the container. Every file is read twice, once for its digest and
//! once to be copied: one that changes in between is noticed, and no package comes of it.

use std::fs::File as OpenFile;
use std::io::{self, Read, Write};

use super::container::{self, Entry, Sum};
use super::gather::{From, Source};
use super::name::Names;
use super::{MANIFEST, SIGNATURE};
use crate::wire::package::File;

/// What a package will hold, before its manifest is written.
#[derive(Debug)]
pub struct Plan {
    files: Vec<(Source, Sum)>,
}

impl Source {
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match &self.from {
            From::File(path) => Box::new(OpenFile::open(path)?),
            From::Bytes(bytes) => Box::new(bytes.as_slice()),
        })
    }
}

/// Reads and sums up every file. An error names the file.
pub fn plan(mut sources: Vec<Source>) -> Result<Plan, (String, io::Error)> {
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let mut names = Names::default();
    let mut files = Vec::with_capacity(sources.len());
    for source in sources {
        let wrong = |error| (source.path.clone(), error);
        if !names.add(&source.path) {
            return Err(wrong(io::ErrorKind::AlreadyExists.into()));
        }
        let sum =
            source.open().and_then(|mut from| container::copy(&mut from, &mut io::sink())).map_err(wrong)?;
        files.push((source, sum));
    }
    Ok(Plan { files })
}

impl Plan {
    /// Copies a file out. False where it is not what was summed up.
    pub fn copy(&self, path: &str, to: &mut dyn Write) -> io::Result<bool> {
        let Some((source, sum)) = self.files.iter().find(|(source, _)| source.path == path) else {
            return Ok(false);
        };
        let copied = container::copy(&mut source.open()?, to)?;
        Ok(copied.sha256 == sum.sha256 && copied.size == sum.size)
    }

    /// The files as the manifest lists them.
    pub fn files(&self) -> Vec<File> {
        let file = |(source, sum): &(Source, Sum)| File {
            path: source.path.clone(),
            size: sum.size,
            sha256: sum.sha256.clone(),
        };
        self.files.iter().map(file).collect()
    }
}

/// Writes a package.
pub fn write(plan: &Plan, manifest: &[u8], signature: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = Writer { out, entries: Vec::new(), at: 0 };
    writer.bytes(MANIFEST, manifest)?;
    if let Some(signature) = signature {
        writer.bytes(SIGNATURE, signature.as_bytes())?;
    }
    for (source, sum) in &plan.files {
        writer.file(&source.path, sum, &mut source.open()?)?;
    }
    container::finish(&writer.entries, writer.at, writer.out)
}

struct Writer<'w> {
    out: &'w mut dyn Write,
    entries: Vec<Entry>,
    at: u64,
}

impl Writer<'_> {
    fn bytes(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let sum = container::copy(&mut &*bytes, &mut io::sink())?;
        self.file(name, &sum, &mut &*bytes)
    }

    fn file(&mut self, name: &str, sum: &Sum, from: &mut dyn Read) -> io::Result<()> {
        let entry = Entry { name: name.to_owned(), size: sum.size, crc: sum.crc, at: self.at };
        let header = entry.local();
        self.out.write_all(&header)?;
        // One more byte than there should be shows that the file has grown.
        let copied = container::copy(&mut from.take(sum.size.saturating_add(1)), self.out)?;
        if copied != *sum {
            return Err(io::Error::other(format!("{name}: changed while it was packed")));
        }
        self.at += header.len() as u64 + sum.size;
        self.entries.push(entry);
        Ok(())
    }
}
