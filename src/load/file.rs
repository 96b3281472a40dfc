//! Reads one text file, whatever it is: a folder, too large, in another encoding, not there. Gives
//! its text or says what is wrong with it.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::model::diagnostic::Diagnostic;
use crate::model::message::Message;
use crate::model::origin::{Origin, Span};
use crate::msg;

/// Larger text files are refused.
pub const LARGEST: u64 = 8 << 20;

/// The byte order mark of UTF-8, as Notepad writes it.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// A file's text under the name that the user knows it by.
#[derive(Debug, Clone)]
pub struct TextFile {
    pub name: Arc<str>,
    pub text: String,
    /// It began with a byte order mark, which the text does not have any more.
    marked: bool,
}

impl TextFile {
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<String>) -> TextFile {
        TextFile { name: name.into(), text: text.into(), marked: false }
    }

    pub fn read(path: &Path) -> Result<TextFile, Box<Diagnostic>> {
        TextFile::read_up_to(LARGEST, path)
    }

    /// Reads a file of at most so many bytes.
    pub fn read_up_to(largest: u64, path: &Path) -> Result<TextFile, Box<Diagnostic>> {
        let name: Arc<str> = shown(path).into();
        let bytes = bytes(path, largest)?;
        let marked = bytes.starts_with(MARK);
        let text = decode(bytes).map_err(|encoding| {
            let wrong =
                Diagnostic::error(msg!("file.encoding", encoding = encoding), msg!("file.encoding.mend"));
            Box::new(wrong.at(Origin::file(Arc::clone(&name))))
        })?;
        Ok(TextFile { name, text, marked })
    }

    /// A file whose bytes are at hand. Nothing where they are no text.
    pub fn of_bytes(name: impl Into<Arc<str>>, bytes: Vec<u8>) -> Option<TextFile> {
        let marked = bytes.starts_with(MARK);
        Some(TextFile { name: name.into(), text: decode(bytes).ok()?, marked })
    }

    /// The file's bytes, with the mark that they began with.
    pub fn bytes(&self) -> Vec<u8> {
        let mark = if self.marked { MARK } else { &[] };
        [mark, self.text.as_bytes()].concat()
    }

    /// The same file with another text.
    pub fn with_text(&self, text: String) -> TextFile {
        TextFile { name: Arc::clone(&self.name), text, marked: self.marked }
    }

    /// SHA-256 of the file's bytes, in lower-case hexadecimal.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        if self.marked {
            hasher.update(MARK);
        }
        hasher.update(self.text.as_bytes());
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub fn origin(&self, span: Span) -> Origin {
        let line = self.text.lines().nth(span.line.saturating_sub(1) as usize);
        let excerpt = line.map(|line| line.chars().take(Self::LONGEST_EXCERPT).collect());
        Origin { file: Arc::clone(&self.name), span: Some(span), excerpt, cell: None }
    }

    const LONGEST_EXCERPT: usize = 400;
}

/// The bytes of a file that is no larger than `most`.
pub fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, Box<Diagnostic>> {
    let refuse =
        |what: Message, mend: Message| Box::new(Diagnostic::error(what, mend).at(Origin::file(shown(path))));
    read_bounded(path, most).map_err(|error| match error {
        ReadError::Missing => refuse(msg!("file.missing"), msg!("file.missing.mend")),
        ReadError::Folder => refuse(msg!("file.folder"), msg!("file.folder.mend")),
        ReadError::Special => refuse(msg!("file.special"), msg!("file.special.mend")),
        ReadError::TooLarge => refuse(msg!("file.too_large", most = most >> 20), msg!("file.too_large.mend")),
        ReadError::Io(error) => {
            refuse(msg!("file.unreadable", error = error.to_string()), msg!("file.unreadable.mend"))
        }
    })
}

/// A path as the user would type it: forward slashes everywhere, nothing a terminal would obey.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let forward = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    let forward = forward.strip_prefix("./").filter(|rest| !rest.is_empty()).unwrap_or(&forward);
    forward.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

enum ReadError {
    Missing,
    Folder,
    Special,
    TooLarge,
    Io(std::io::Error),
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> ReadError {
        match error.kind() {
            std::io::ErrorKind::NotFound => ReadError::Missing,
            std::io::ErrorKind::IsADirectory => ReadError::Folder,
            _ => ReadError::Io(error),
        }
    }
}

fn read_bounded(path: &Path, most: u64) -> Result<Vec<u8>, ReadError> {
    // Looked at before it is opened: opening a pipe would wait for its writer.
    let meta = std::fs::metadata(path)?;
    if meta.is_dir() {
        return Err(ReadError::Folder);
    }
    if !meta.is_file() {
        return Err(ReadError::Special);
    }
    if meta.len() > most {
        return Err(ReadError::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or_default());
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(ReadError::TooLarge) } else { Ok(bytes) }
}

/// UTF-8 with or without a mark; for anything else, the name of what it seems to be.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, &'static str> {
    match bytes.as_slice() {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return Err("UTF-16"),
        [first, 0, third, 0, ..] | [0, first, 0, third, ..] if *first != 0 && *third != 0 => {
            return Err("UTF-16");
        }
        _ => {}
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => Err("binary"),
        Ok(text) => Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        }),
        Err(error) => Err(guess(error.as_bytes())),
    }
}

/// Which of the encodings of Japanese text these bytes fit, judged by whether they decode and give
/// kana or kanji.
fn guess(bytes: &[u8]) -> &'static str {
    if bytes.contains(&0) {
        return "binary";
    }
    let reads_as = |encoding: &'static encoding_rs::Encoding| {
        encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some_and(|text| {
            let foreign: Vec<char> = text.chars().filter(|c| !c.is_ascii()).collect();
            let kana = foreign.iter().filter(|c| matches!(c, '\u{3000}'..='\u{30ff}')).count();
            let half_width = foreign.iter().filter(|c| matches!(c, '\u{ff61}'..='\u{ff9f}')).count();
            kana > 0 && half_width * 2 < foreign.len().max(1)
        })
    };
    if reads_as(encoding_rs::SHIFT_JIS) {
        "Shift_JIS"
    } else if reads_as(encoding_rs::EUC_JP) {
        "EUC-JP"
    } else {
        "unknown"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_of_a_file_is_named() {
        let japanese = "名前: みどり内科のオンライン診療\n";
        let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode(japanese);
        let (euc, ..) = encoding_rs::EUC_JP.encode(japanese);
        let utf16: Vec<u8> = japanese.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let ascii16: Vec<u8> = "name: x\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(shift_jis.to_vec()), Err("Shift_JIS"));
        assert_eq!(decode(euc.to_vec()), Err("EUC-JP"));
        assert_eq!(decode([&[0xFF, 0xFE], utf16.as_slice()].concat()), Err("UTF-16"));
        assert_eq!(decode(ascii16), Err("UTF-16"));
        assert_eq!(decode(vec![0x89, b'P', b'N', b'G', 0, 1]), Err("binary"));
        assert_eq!(decode(vec![b'a', 0xFF, b'b']), Err("unknown"));
        assert_eq!(decode(format!("\u{feff}{japanese}").into_bytes()), Ok(japanese.to_owned()));
    }
}
