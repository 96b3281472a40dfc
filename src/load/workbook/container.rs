//! What kind of file this is, told by its bytes and not by its name, and whether it may be unpacked:
//! a hostile file must cost neither memory nor time, and must not make a reader fall over.

use std::cell::Cell;
use std::io::{Cursor, Read};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use zip::ZipArchive;

use super::super::answer_rules::Remark;
use super::super::file;
use super::excel97;
use super::grid::{self, Workbook};
use crate::msg;

/// Everything in a workbook together, unpacked. A sheet of a million formatted rows stays below it.
const MOST_UNPACKED: u64 = 512 << 20;

/// What is held in memory as a whole: anything but the sheets of a workbook.
const MOST_HELD: u64 = 64 << 20;

/// Parts in a workbook: sheets, pictures, styles.
const MOST_PARTS: usize = 2000;

pub(super) fn open(bytes: &[u8]) -> Result<Workbook, Remark> {
    match bytes {
        [b'P', b'K', 3, 4, ..] => zipped(bytes),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => contained(|| excel97::read(bytes)),
        [] => Err(Remark::error(msg!("workbook.empty"), msg!("workbook.empty.mend"))),
        _ => Err(text(bytes)),
    }
}

fn zipped(bytes: &[u8]) -> Result<Workbook, Remark> {
    let names = inspect(bytes)?;
    let has = |name: &str| names.iter().any(|one| one == name);
    contained(|| match () {
        () if has("mimetype") && has("content.xml") => grid::ods(bytes),
        () if has("xl/workbook.bin") => {
            Err(Remark::error(msg!("workbook.xlsb"), msg!("workbook.save_as_xlsx.mend")))
        }
        () if has("[Content_Types].xml") => grid::xlsx(bytes),
        () => Err(Remark::error(msg!("workbook.unknown"), msg!("workbook.save_as_xlsx.mend"))),
    })
}

/// Unpacks everything once without keeping it, and stops where it becomes too much. What the
/// archive says of its own sizes is not believed.
fn inspect(bytes: &[u8]) -> Result<Vec<String>, Remark> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(corrupt)?;
    if archive.len() > MOST_PARTS {
        return Err(too_large());
    }
    let mut names = Vec::with_capacity(archive.len());
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(corrupt)?;
        let name = part.name().map_err(corrupt)?.into_owned();
        let file = name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let most = if file.starts_with("sheet") { left } else { left.min(MOST_HELD) };
        let unpacked = if file == "sharedstrings.xml" {
            let mut content = Vec::new();
            (&mut part).take(most + 1).read_to_end(&mut content).map_err(corrupt)?;
            if claims_too_many(&content) {
                return Err(corrupt("uniqueCount"));
            }
            content.len() as u64
        } else {
            std::io::copy(&mut (&mut part).take(most + 1), &mut std::io::sink()).map_err(corrupt)?
        };
        if unpacked > most {
            return Err(too_large());
        }
        left -= unpacked;
        names.push(name);
    }
    Ok(names)
}

/// The reader makes room for as many strings as a workbook says it has. No string is shorter than
/// five bytes of XML, so an honest number is smaller than the part is long.
fn claims_too_many(content: &[u8]) -> bool {
    const KEY: &[u8] = b"uniqueCount";
    let plain: Vec<u8> = content.iter().copied().filter(|byte| *byte != 0).collect();
    let mut rest = plain.as_slice();
    while let Some(at) = rest.windows(KEY.len()).position(|window| window == KEY) {
        rest = rest.get(at + KEY.len()..).unwrap_or_default();
        let digits =
            rest.iter().skip_while(|byte| !byte.is_ascii_digit()).take_while(|byte| byte.is_ascii_digit());
        let count = digits
            .fold(0_usize, |sum, digit| sum.saturating_mul(10).saturating_add(usize::from(digit - b'0')));
        if count > content.len() {
            return true;
        }
    }
    false
}

/// No workbook at all. The two that are met most often are named.
fn text(bytes: &[u8]) -> Remark {
    let head: Vec<u8> = bytes.iter().take(4096).map(u8::to_ascii_lowercase).collect();
    let contains = |word: &[u8]| head.windows(word.len()).any(|window| window == word);
    if contains(b"<html") || contains(b"<table") || contains(b"<!doctype") {
        return Remark::error(msg!("workbook.html"), msg!("workbook.save_as_xlsx.mend"));
    }
    let encoding = match file::decode(bytes.to_vec()) {
        Ok(_) => "UTF-8",
        Err(encoding) => encoding,
    };
    match encoding {
        "binary" | "unknown" => Remark::error(msg!("workbook.unknown"), msg!("workbook.save_as_xlsx.mend")),
        _ => Remark::error(msg!("workbook.text", encoding = encoding), msg!("workbook.save_as_xlsx.mend")),
    }
}

pub(super) fn corrupt(error: impl std::fmt::Display) -> Remark {
    let detail = error.to_string();
    Remark::error(msg!("workbook.corrupt", error = detail), msg!("workbook.corrupt.mend"))
}

pub(super) fn too_large() -> Remark {
    Remark::error(msg!("workbook.too_large"), msg!("workbook.too_large.mend"))
}

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a reader that others wrote. Should it panic on what it is given, the file is at fault, and
/// nobody needs to see where in the reader that was.
fn contained(read: impl FnOnce() -> Result<Workbook, Remark>) -> Result<Workbook, Remark> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CONTAINED.with(Cell::get) {
                before(info);
            }
        }));
    });
    CONTAINED.with(|flag| flag.set(true));
    let result = panic::catch_unwind(AssertUnwindSafe(read));
    CONTAINED.with(|flag| flag.set(false));
    result.unwrap_or_else(|_| Err(corrupt("reader")))
}
