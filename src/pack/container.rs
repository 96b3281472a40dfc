//! The container: a zip archive in its one possible form. Headers are made from name, size and check
//! sum and from nothing else, for writing as for checking.

use std::io::{self, Read, Write};

use crc32fast::Hasher as Crc;
use sha2::{Digest, Sha256};

use super::CHUNK;
use crate::wire::transcript::digits;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;

/// From here on a number does not fit into its field and stands in one of 64 bits.
const WIDE: u64 = 0xffff_ffff;

/// The fixed part of a local header.
const FIXED: usize = 30;

/// A file in the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: String,
    pub size: u64,
    pub crc: u32,
    /// Where its header begins.
    pub at: u64,
}

/// The digest of a stream, and its sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sum {
    pub sha256: String,
    pub crc: u32,
    pub size: u64,
}

impl Entry {
    fn version(wide: bool) -> u16 {
        if wide { 45 } else { 20 }
    }

    /// What local and central header have in common, from the flags to the length of the name.
    fn middle(&self, out: &mut Vec<u8>) {
        let size = u32::try_from(self.size.min(WIDE)).unwrap_or(u32::MAX);
        let length = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        // The name is UTF-8; the file is stored; the first moment that the format knows.
        for word in [0x0800_u16, 0, 0, 0x0021] {
            out.extend(word.to_le_bytes());
        }
        for word in [self.crc, size, size] {
            out.extend(word.to_le_bytes());
        }
        out.extend(length.to_le_bytes());
    }

    pub(super) fn local(&self) -> Vec<u8> {
        let wide = self.size >= WIDE;
        let mut out = Vec::with_capacity(FIXED + self.name.len() + 20);
        out.extend(LOCAL.to_le_bytes());
        out.extend(Entry::version(wide).to_le_bytes());
        self.middle(&mut out);
        let extra = if wide { extra(&[self.size, self.size]) } else { Vec::new() };
        out.extend(u16::try_from(extra.len()).unwrap_or_default().to_le_bytes());
        out.extend(self.name.as_bytes());
        out.extend(extra);
        out
    }

    fn central(&self) -> Vec<u8> {
        let mut wide = if self.size >= WIDE { vec![self.size, self.size] } else { Vec::new() };
        if self.at >= WIDE {
            wide.push(self.at);
        }
        let version = Entry::version(!wide.is_empty());
        let extra = extra(&wide);
        let mut out = Vec::with_capacity(46 + self.name.len() + extra.len());
        out.extend(CENTRAL.to_le_bytes());
        // Made on a system that knows permissions; an ordinary file that everybody may read.
        out.extend((3 << 8 | version).to_le_bytes());
        out.extend(version.to_le_bytes());
        self.middle(&mut out);
        out.extend(u16::try_from(extra.len()).unwrap_or_default().to_le_bytes());
        out.extend([0; 6]);
        out.extend((0o100_644_u32 << 16).to_le_bytes());
        out.extend(u32::try_from(self.at.min(WIDE)).unwrap_or(u32::MAX).to_le_bytes());
        out.extend(self.name.as_bytes());
        out.extend(extra);
        out
    }
}

fn extra(wide: &[u64]) -> Vec<u8> {
    if wide.is_empty() {
        return Vec::new();
    }
    let mut out = vec![1, 0];
    out.extend(u16::try_from(wide.len() * 8).unwrap_or_default().to_le_bytes());
    wide.iter().for_each(|word| out.extend(word.to_le_bytes()));
    out
}

/// What comes after the last entry.
fn end(count: u64, at: u64, size: u64) -> Vec<u8> {
    let mut out = Vec::new();
    if count >= 0xffff || at >= WIDE || size >= WIDE {
        out.extend(END_64.to_le_bytes());
        out.extend(44_u64.to_le_bytes());
        for version in [3 << 8 | 45_u16, 45] {
            out.extend(version.to_le_bytes());
        }
        out.extend([0; 8]);
        for word in [count, count, size, at] {
            out.extend(word.to_le_bytes());
        }
        out.extend(LOCATOR_64.to_le_bytes());
        out.extend(0_u32.to_le_bytes());
        out.extend((at + size).to_le_bytes());
        out.extend(1_u32.to_le_bytes());
    }
    out.extend(END.to_le_bytes());
    out.extend([0; 4]);
    let short = u16::try_from(count.min(0xffff)).unwrap_or(u16::MAX);
    out.extend(short.to_le_bytes());
    out.extend(short.to_le_bytes());
    for word in [size, at] {
        out.extend(u32::try_from(word.min(WIDE)).unwrap_or(u32::MAX).to_le_bytes());
    }
    out.extend([0; 2]);
    out
}

/// Writes the list of entries and the end, which begin at `at`.
pub(super) fn finish(entries: &[Entry], at: u64, out: &mut dyn Write) -> io::Result<()> {
    let mut size = 0;
    for entry in entries {
        let header = entry.central();
        size += header.len() as u64;
        out.write_all(&header)?;
    }
    out.write_all(&end(entries.len() as u64, at, size))
}

/// Copies a stream and sums it up.
pub(super) fn copy(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<Sum> {
    let (mut sha256, mut crc, mut size) = (Sha256::new(), Crc::new(), 0);
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = match from.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        sha256.update(bytes);
        crc.update(bytes);
        to.write_all(bytes)?;
        size += read as u64;
    }
    Ok(Sum { sha256: digits(&sha256.finalize()), crc: crc.finalize(), size })
}

/// The header of the next entry, from where the reader stands; nothing where the list begins.
/// `Err(None)` where the bytes are not what the one form has there.
pub(super) fn next(from: &mut dyn Read, at: u64) -> Result<Option<Entry>, Option<io::Error>> {
    let mut head = [0; FIXED];
    let (magic, fixed) = head.split_at_mut(4);
    from.read_exact(magic).map_err(short)?;
    if *magic == CENTRAL.to_le_bytes() {
        return Ok(None);
    }
    from.read_exact(fixed).map_err(short)?;
    let byte = |index: usize| u64::from(head.get(index).copied().unwrap_or_default());
    let word = |index: usize| byte(index) | byte(index + 1) << 8;
    let long = |index: usize| word(index) | word(index + 2) << 16;
    let (crc, narrow, name, extra) = (long(14), long(22), word(26), word(28));
    let mut rest = vec![0; usize::try_from(name + extra).map_err(|_| None)?];
    from.read_exact(&mut rest).map_err(short)?;
    let (name, extra) = rest.split_at(usize::try_from(name).map_err(|_| None)?);
    let wide = extra.get(4..12).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
    let entry = Entry {
        name: std::str::from_utf8(name).map_err(|_| None)?.to_owned(),
        size: if narrow == WIDE { wide.ok_or(None)? } else { narrow },
        crc: u32::try_from(crc).map_err(|_| None)?,
        at,
    };
    let read = [head.as_slice(), &rest].concat();
    if read == entry.local() { Ok(Some(entry)) } else { Err(None) }
}

/// Whether the list of entries and the end follow, and nothing else. The first four bytes of the
/// list have been read.
pub(super) fn is_finished(
    entries: &[Entry],
    at: u64,
    from: &mut dyn Read,
) -> Result<bool, Option<io::Error>> {
    let mut size = 0;
    for (index, entry) in entries.iter().enumerate() {
        let header = entry.central();
        size += header.len() as u64;
        let expected = if index == 0 { header.get(4..).unwrap_or_default() } else { &header };
        if !follows(expected, from)? {
            return Ok(false);
        }
    }
    let last = end(entries.len() as u64, at, size);
    Ok(!entries.is_empty() && follows(&last, from)? && from.read(&mut [0]).map_err(Some)? == 0)
}

fn follows(expected: &[u8], from: &mut dyn Read) -> Result<bool, Option<io::Error>> {
    let mut read = vec![0; expected.len()];
    from.read_exact(&mut read).map_err(short)?;
    Ok(read == expected)
}

/// A file that ends too soon is malformed, and no trouble of the disk.
fn short(error: io::Error) -> Option<io::Error> {
    (error.kind() != io::ErrorKind::UnexpectedEof).then_some(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that need 64 bits are read back by a reader that others wrote.
    #[test]
    fn what_needs_64_bits_is_written_so_that_others_can_read_it() {
        let large = Entry { name: "large".to_owned(), size: 5 << 30, crc: 1, at: 0 };
        let header = large.local();
        assert_eq!(next(&mut header.as_slice(), 0).unwrap(), Some(large.clone()));
        let far = Entry { name: "far".to_owned(), size: 3, crc: 2, at: 6 << 30 };
        let central = far.central();
        assert_eq!(&central[central.len() - 8..], &(6_u64 << 30).to_le_bytes());
        assert_eq!(end(70_000, 8, 9).len(), 56 + 20 + 22);
        assert_eq!(end(3, 8, 9).len(), 22);
    }
}
