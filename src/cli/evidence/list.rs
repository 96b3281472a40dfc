//! `tenken evidence list`: every document, who refers to it, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::super::{Exit, Session, arguments, clock, history};
use crate::evidence::{Entry, Request, inventory};
use crate::load::file::{TextFile, shown};
use crate::load::{self, result};
use crate::model::diagnostic::Diagnostics;
use crate::model::workspace::FileState;
use crate::msg;
use crate::typeset::{Page, plain};
use crate::wire::evidence as wire;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    #[arg(long)]
    json: bool,
    #[arg(long, value_name = "DATE", value_parser = arguments::date)]
    at: Option<Date>,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let Some(catalog) = session.catalog() else { return Ok(Exit::Input) };
    let diagnostics = Diagnostics::default();
    let loaded = load::loaded(&args.dir, &catalog, &diagnostics);
    let last = history::last(&args.dir);
    let before = last.as_deref().map(|path| digests(path, &diagnostics)).unwrap_or_default();
    let (false, Some(loaded)) = (session.show(&diagnostics), loaded) else { return Ok(Exit::Input) };
    let today = clock(args.at)?.today;
    let answers = loaded.answers.answers.iter().chain(&loaded.answers.aside.answers);
    let request = Request {
        root: &args.dir,
        answers: answers.map(|(name, answer)| (name, &**answer)).collect(),
        named: named(&args.dir),
        before,
        today,
    };
    let entries = inventory(&request);
    if args.json {
        let list = to_wire(&entries, today, last.as_deref());
        session.print_data((serde_json::to_string_pretty(&list)? + "\n").as_bytes())?;
    } else {
        session.print(&text(&entries, today, last.as_deref(), session))?;
    }
    let is_wrong = entries.iter().flat_map(|entry| &entry.remarks).any(|remark| remark.is_wrong());
    Ok(if is_wrong { Exit::DoesNotConform } else { Exit::Conforms })
}

/// The digests of files that a kept result knows.
fn digests(path: &Path, diagnostics: &Diagnostics) -> BTreeMap<String, String> {
    let Some(assessment) = result::read(path, diagnostics) else { return BTreeMap::new() };
    let all = assessment.items.into_iter().flat_map(|item| item.evidence);
    all.filter_map(|one| Some((one.file?, one.sha256?))).collect()
}

/// What the profile refers to.
fn named(dir: &Path) -> BTreeSet<String> {
    let profile = TextFile::read(&dir.join(load::PROFILE));
    let beside = profile.map(|file| load::workspace::beside(&file)).unwrap_or_default();
    beside.sign_ins.into_iter().chain(beside.vendor_assessment).collect()
}

fn text(entries: &[Entry], today: Date, last: Option<&Path>, session: &Session) -> String {
    let mut page = Page::default();
    if entries.is_empty() {
        page.paragraph(0, &session.say(&msg!("evidence.none")));
        return page.into_text();
    }
    for entry in entries {
        let states: Vec<String> = entry
            .remarks
            .iter()
            .map(|remark| crate::texts::word(remark.label(), session.lang).to_owned())
            .collect();
        let state = match states.is_empty() {
            true => session.say(&msg!("evidence.fine")),
            false => states.join(&session.say(&msg!("list.separator"))),
        };
        let mark = match () {
            () if entry.remarks.iter().any(|remark| remark.is_wrong()) => "✗",
            () if entry.remarks.is_empty() => "✓",
            () => "!",
        };
        page.hanging(&format!("{mark} "), &plain(&format!("{}  {state}", entry.file)));
        match &entry.state {
            FileState::Hashed { sha256, size } => {
                page.paragraph(4, &session.say(&msg!("evidence.size", size = *size, sha256 = sha256)));
            }
            FileState::Unusable(why) => page.paragraph(4, &session.say(why)),
            FileState::Missing => {}
        }
        if entry.is_named {
            page.paragraph(4, &session.say(&msg!("evidence.named", profile = load::PROFILE)));
        }
        for (name, one) in &entry.uses {
            let page_of = one.page.as_ref().map(|page| session.say(&msg!("report.page", page = page)));
            let until = one.valid_until.map(|until| {
                session.say(&match one.has_expired(today) {
                    true => msg!("report.expired", until = until),
                    false => msg!("report.valid_until", until = until),
                })
            });
            let parts = [Some(name.to_string()), one.document.clone(), page_of, until];
            let line = parts.into_iter().flatten().collect::<Vec<_>>().join("  ");
            page.paragraph(4, &plain(&line));
        }
    }
    page.blank();
    let summary = match last {
        Some(path) => msg!("evidence.compared", count = entries.len(), path = shown(path)),
        None => msg!("evidence.not_compared", count = entries.len()),
    };
    page.paragraph(0, &session.say(&summary));
    page.into_text()
}

fn to_wire(entries: &[Entry], today: Date, last: Option<&Path>) -> wire::List {
    let file = |entry: &Entry| {
        let (sha256, size) = match &entry.state {
            FileState::Hashed { sha256, size } => (Some(sha256.clone()), Some(*size)),
            FileState::Missing | FileState::Unusable(_) => (None, None),
        };
        wire::File {
            file: entry.file.clone(),
            size,
            sha256,
            states: entry.remarks.iter().map(|remark| remark.word().to_owned()).collect(),
            uses: entry
                .uses
                .iter()
                .map(|(name, one)| wire::Use {
                    item: name.to_string(),
                    document: one.document.clone(),
                    page: one.page.clone(),
                    valid_until: one.valid_until.map(|until| until.to_string()),
                })
                .collect(),
        }
    };
    wire::List {
        schema: wire::SCHEMA.to_owned(),
        date: today.to_string(),
        compared_with: last.map(shown),
        files: entries.iter().map(file).collect(),
    }
}
