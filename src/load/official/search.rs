//! Finds the wording of items in a document of the user's. What is compared is the text in its plain
//! form and without white space: line breaks, widths and columns of a PDF do not count.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::super::file::{self, TextFile};
use super::super::workbook;
use crate::model::checklist::{Checklist, Item};
use crate::model::diagnostic::Diagnostic;
use crate::model::fold::folded;
use crate::wire::transcript::digits;

/// A document, as rows of cells or as lines of text.
#[derive(Debug)]
pub enum Document {
    Rows(Vec<Vec<String>>),
    Lines(Vec<String>),
}

/// What was found of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The very wording that the checklist speaks of.
    Same(String),
    /// Something else under the same number: another edition, most likely.
    Differs(String),
}

/// By the id of the item.
pub type Found = BTreeMap<String, Match>;

/// Reads a document: a workbook, a CSV file in UTF-8 or Shift_JIS, or text.
pub fn document(path: &Path) -> Result<Document, Box<Diagnostic>> {
    let bytes = file::bytes(path, file::LARGEST * 8)?;
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        let sheets = workbook::cells(path)?;
        return Ok(Document::Rows(sheets.into_iter().flat_map(|(_, rows)| rows).collect()));
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let bytes = error.into_bytes();
            match encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes) {
                Some(text) => text.into_owned(),
                // Let the reader of texts say what it is.
                None => TextFile::read(path)?.text,
            }
        }
    };
    let is_csv = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    Ok(match is_csv {
        true => Document::Rows(rows(&text)),
        false => Document::Lines(text.lines().map(str::to_owned).collect()),
    })
}

/// The rows of a CSV file. Cells in quotes may hold commas, quotes and line breaks.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' | '\t' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' => {}
            c => cell.push(c),
        }
    }
    row.push(cell);
    rows.push(row);
    rows
}

pub fn search(document: &Document, checklist: &Checklist) -> Found {
    let mut search = Search::new(checklist);
    match document {
        Document::Rows(rows) => search.rows(rows),
        Document::Lines(lines) => search.lines(lines),
    }
    search.found
}

struct Search<'a> {
    checklist: &'a Checklist,
    /// The items by the digest of their wording.
    wanted: HashMap<&'a str, &'a Arc<Item>>,
    /// The lengths of all wordings, in characters.
    lengths: BTreeSet<usize>,
    found: Found,
}

/// How far into a line a wording may begin: after a number, a bullet, a box.
const LEAD: usize = 12;

/// Where a wording may begin or end in the middle of a line.
const MARKS: &str = "。.」)）:：・•●○□■※";

/// Wordings that are tried in one document. A guideline of a hundred pages takes a few million; a file
/// made of nothing but marks would never end.
const MOST_TRIES: usize = 30_000_000;

/// Lines between the beginning of a number and the next.
const MOST_LINES: usize = 60;

impl<'a> Search<'a> {
    fn new(checklist: &'a Checklist) -> Search<'a> {
        let marked = checklist.items.iter().filter_map(|item| Some((item, item.fingerprint.as_ref()?)));
        let wanted = marked.clone().map(|(item, print)| (print.sha256.as_str(), item)).collect();
        let lengths = marked.map(|(_, print)| print.characters as usize).collect();
        Search { checklist, wanted, lengths, found: Found::new() }
    }

    /// Takes a text that is worded as one of the items is.
    fn take_same(&mut self, text: &str) -> bool {
        let plain = folded(text);
        if !self.lengths.contains(&plain.chars().count()) {
            return false;
        }
        let Some(item) = self.wanted.get(digest(&plain).as_str()) else { return false };
        self.found.insert(item.name.id().to_owned(), Match::Same(one_line(text)));
        true
    }

    /// A row has the number of an item in one cell and its wording in another.
    fn rows(&mut self, rows: &[Vec<String>]) {
        for row in rows {
            if row.iter().any(|cell| self.take_same(cell)) {
                continue;
            }
            let numbered = row.iter().find_map(|cell| self.item(&folded(cell)));
            let longest = row.iter().max_by_key(|cell| cell.chars().count());
            if let (Some(id), Some(text)) = (numbered, longest.filter(|text| text.chars().count() > 10)) {
                self.found.entry(id).or_insert_with(|| Match::Differs(one_line(text)));
            }
        }
    }

    /// The item whose number this is: its id, or its place in the source.
    fn item(&self, number: &str) -> Option<String> {
        let is_it = |item: &&Arc<Item>| item.name.id() == number || folded(&item.place) == number;
        let found = self.checklist.items.iter().filter(|_| !number.is_empty()).find(is_it);
        found.map(|item| item.name.id().to_owned())
    }

    /// First the wordings themselves, with and without the numbers of pages between them. What begins
    /// with the number of an item and is worded otherwise is then taken by its number.
    fn lines(&mut self, lines: &[String]) {
        self.wordings(&Plain::new(lines.iter().map(String::as_str)));
        let without_pages = lines.iter().map(String::as_str).filter(|line| !is_page_number(line));
        self.wordings(&Plain::new(without_pages));
        let plain: Vec<String> = lines.iter().map(|line| folded(line)).collect();
        for (start, text) in plain.iter().enumerate() {
            self.by_number(lines, &plain, start, text);
        }
    }

    fn wordings(&mut self, plain: &Plain) {
        let (Some(shortest), Some(longest)) = (self.lengths.first(), self.lengths.last()) else { return };
        let (shortest, longest) = (*shortest, *longest);
        let mut tries = 0;
        for begin in &plain.begins {
            let first = plain.ends.partition_point(|end| *end < begin + shortest);
            for end in plain.ends.iter().skip(first).take_while(|end| **end <= begin + longest) {
                if !self.lengths.contains(&(end - begin)) {
                    continue;
                }
                tries += 1;
                if tries > MOST_TRIES {
                    return;
                }
                let wording: String = plain.characters.get(*begin..*end).unwrap_or_default().iter().collect();
                if let Some(item) = self.wanted.get(digest(&wording).as_str()) {
                    let found = Match::Same(plain.original(*begin, *end));
                    self.found.entry(item.name.id().to_owned()).or_insert(found);
                }
            }
        }
    }

    /// `44 ...` up to the line that begins with `45`. Only where numbers are plain figures: a roman
    /// numeral or a letter begins many a line.
    fn by_number(&mut self, lines: &[String], plain: &[String], start: usize, text: &str) {
        let number: String = text.chars().take_while(char::is_ascii_digit).collect();
        let Ok(value) = number.parse::<u32>() else { return };
        let rest = text.get(number.len()..).unwrap_or_default();
        let is_open = |id: &str| !self.found.contains_key(id);
        if rest.starts_with(|c: char| c.is_ascii() || c == '、')
            || self.item(&number).is_none()
            || !is_open(&number)
        {
            return;
        }
        let next = (value + 1).to_string();
        let ends = |line: &String| line.starts_with(&next);
        let window = plain.iter().skip(start + 1).take(MOST_LINES);
        let Some(length) = window.clone().position(ends) else { return };
        let wording = joined(lines, start, start + length, number.len());
        if folded(&wording).chars().count() > 10 {
            self.found.insert(number, Match::Differs(wording));
        }
    }
}

/// A document in its plain form, and where each character of it comes from.
struct Plain {
    text: String,
    characters: Vec<char>,
    /// Where in the text each character stands.
    origins: Vec<usize>,
    /// Where a wording may begin and end, in order.
    begins: BTreeSet<usize>,
    ends: Vec<usize>,
}

impl Plain {
    fn new<'a>(lines: impl Iterator<Item = &'a str>) -> Plain {
        let mut plain = Plain {
            text: String::new(),
            characters: Vec::new(),
            origins: Vec::new(),
            begins: BTreeSet::new(),
            ends: Vec::new(),
        };
        for line in lines {
            plain.line(line);
        }
        plain.ends.dedup();
        plain
    }

    fn line(&mut self, line: &str) {
        let start = self.characters.len();
        for (at, cluster) in clusters(line) {
            for c in folded(cluster).chars() {
                if MARKS.contains(c) {
                    self.ends.extend([self.characters.len(), self.characters.len() + 1]);
                    self.begins.insert(self.characters.len() + 1);
                }
                self.characters.push(c);
                self.origins.push(self.text.len() + at);
            }
        }
        self.text.push_str(line);
        self.text.push('\n');
        let end = self.characters.len();
        self.ends.push(end);
        self.begins.extend((start..end).take(LEAD + 1));
    }

    fn original(&self, begin: usize, end: usize) -> String {
        let place = |at: usize| self.origins.get(at).copied().unwrap_or(self.text.len());
        one_line(self.text.get(place(begin)..place(end)).unwrap_or_default())
    }
}

/// A text in pieces that take their plain form by themselves: marks of voice stay with their letter.
fn clusters(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_mark = |c: char| matches!(c, '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}');
    let starts = line.char_indices().filter(move |(at, c)| *at == 0 || !is_mark(*c)).map(|(at, _)| at);
    let mut starts = starts.peekable();
    std::iter::from_fn(move || {
        let at = starts.next()?;
        let end = starts.peek().copied().unwrap_or(line.len());
        Some((at, line.get(at..end).unwrap_or_default()))
    })
}

/// `12`, `- 12 -`.
fn is_page_number(line: &str) -> bool {
    let plain = folded(line);
    plain.chars().any(|c| c.is_ascii_digit())
        && plain.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '‐' | '–' | '—' | '/'))
}

/// Lines of a document as one text, without so many characters (white space not counted) in front.
fn joined(lines: &[String], start: usize, end: usize, skip: usize) -> String {
    let plain = Plain::new(lines.get(start..=end).unwrap_or_default().iter().map(String::as_str));
    plain.original(skip, plain.characters.len())
}

/// A wording without the line breaks of its page.
fn one_line(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let meets = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if meets(out.chars().next_back()) && meets(line.chars().next()) {
            out.push(' ');
        }
        out.push_str(line);
    }
    out.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn digest(text: &str) -> String {
    digits(&Sha256::digest(text.as_bytes()))
}
