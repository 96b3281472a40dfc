//! Which files may serve as evidence: what people hand in and others can open. Told by the name and by
//! how the file begins; nothing of it is opened further.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::model::message::Message;
use crate::msg;

/// How much of a file is looked at.
const HEAD: u64 = 4096;

/// Endings, and how files with them begin: at an offset, one of these.
type Kind = (&'static [&'static str], usize, &'static [&'static [u8]]);

const KINDS: &[Kind] = &[
    (&["pdf"], 0, &[b"%PDF-"]),
    (&["png"], 0, &[b"\x89PNG\r\n\x1a\n"]),
    (&["jpg", "jpeg"], 0, &[b"\xff\xd8\xff"]),
    (&["gif"], 0, &[b"GIF87a", b"GIF89a"]),
    (&["tif", "tiff"], 0, &[b"II*\0", b"MM\0*"]),
    (&["bmp"], 0, &[b"BM"]),
    (&["webp"], 8, &[b"WEBP"]),
    (&["heic", "heif", "mp4", "mov"], 4, &[b"ftyp"]),
    (&["docx", "xlsx", "pptx", "odt", "ods", "odp"], 0, &[b"PK\x03\x04"]),
    (&["doc", "xls", "ppt"], 0, &[b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
];

/// Endings of texts: they hold no byte of zero, unless they begin with the mark of UTF-16.
const TEXTS: &[&str] = &["txt", "md", "csv", "tsv", "json", "yaml", "yml", "xml", "log", "eml", "har", "pem"];

/// Why a file may not serve; nothing where it may.
pub fn problem(path: &Path) -> io::Result<Option<Message>> {
    let ending = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    let Some(ending) = ending.as_deref() else { return Ok(Some(unknown(""))) };
    let is_text = TEXTS.contains(&ending);
    let kind = KINDS.iter().find(|(endings, ..)| endings.contains(&ending));
    if kind.is_none() && !is_text {
        return Ok(Some(unknown(ending)));
    }
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    let fits = match kind {
        Some((_, at, begins)) => {
            begins.iter().any(|one| head.get(*at..).is_some_and(|rest| rest.starts_with(one)))
        }
        None => !head.contains(&0) || [b"\xff\xfe", b"\xfe\xff"].iter().any(|mark| head.starts_with(*mark)),
    };
    Ok((!fits).then(|| msg!("evidence.other_content", ending = ending)))
}

fn unknown(ending: &str) -> Message {
    msg!("evidence.not_accepted", ending = ending, accepted = accepted())
}

/// Every ending that is accepted.
fn accepted() -> Vec<String> {
    KINDS.iter().flat_map(|(endings, ..)| *endings).chain(TEXTS).map(|end| (*end).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_accepted_by_its_name_and_by_how_it_begins() {
        let folder = tempfile::tempdir().unwrap();
        let id = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            problem(&path).unwrap().map(|what| what.id)
        };
        for (name, content) in [
            ("a.pdf", b"%PDF-1.7".as_slice()),
            ("a.PDF", b"%PDF-1.7"),
            ("画面.png", b"\x89PNG\r\n\x1a\nx"),
            ("a.jpeg", b"\xff\xd8\xff\xe0"),
            ("a.heic", b"\0\0\0\x18ftypheic"),
            ("a.webp", b"RIFF\0\0\0\0WEBP"),
            ("a.xlsx", b"PK\x03\x04"),
            ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
            ("a.txt", "規程".as_bytes()),
            ("a.csv", b"\xff\xfea\0"),
        ] {
            assert_eq!(id(name, content), None, "{name}");
        }
        for name in ["a.exe", "a.html", "a", "a.zip", "a.xlsm"] {
            assert_eq!(id(name, b"%PDF-1.7"), Some("evidence.not_accepted"), "{name}");
        }
        for (name, content) in
            [("a.pdf", b"MZ\x90".as_slice()), ("a.txt", b"a\0b"), ("a.png", b""), ("a.webp", b"R")]
        {
            assert_eq!(id(name, content), Some("evidence.other_content"), "{name}");
        }
    }
}
