//! `tenken evidence add`: copies a document into the workspace, and writes into the answers what it is.
//! First the one, then the other: whoever is stopped in between has a file that nobody refers to yet, and
//! does the same again.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::super::{Complaint, Exit, Session, arguments, clock, form, review, write};
use crate::evidence;
use crate::form::yaml;
use crate::load::answer_rules::{self, Named, Names};
use crate::load::answers_edit::{self, Added};
use crate::load::catalog::Catalog;
use crate::load::file::{TextFile, shown};
use crate::load::{self, Form, Loaded, questionnaire};
use crate::model::answer::Evidence;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::message::Message;
use crate::model::name::ItemName;
use crate::model::origin::Origin;
use crate::msg;
use crate::pack;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    #[arg(long = "for", value_name = "CHECKLIST/ID", required = true, value_delimiter = ',')]
    items: Vec<String>,
    #[arg(long, value_name = "TITLE")]
    document: Option<String>,
    #[arg(long, value_name = "PAGE")]
    page: Option<String>,
    #[arg(long, value_name = "DATE", value_parser = arguments::date)]
    valid_until: Option<Date>,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    review::refuse_answers(&args.dir)?;
    let Some(catalog) = session.catalog() else { return Ok(Exit::Input) };
    let diagnostics = Diagnostics::default();
    let loaded = load::loaded(&args.dir, &catalog, &diagnostics);
    let Some(names) = names(args, &catalog, loaded.as_ref(), &diagnostics) else {
        session.show(&diagnostics);
        return Ok(Exit::Input);
    };
    let (false, Some(mut loaded)) = (session.show(&diagnostics), loaded) else { return Ok(Exit::Input) };
    if let Some(wrong) = refused(&args.file)? {
        return Err(wrong.into());
    }
    let place = place(args)?;
    let said = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let file = Some(place.name.as_str());
    let evidence = answer_rules::evidence(said(&args.document), said(&args.page), file, args.valid_until)
        .map_err(|(_, remark)| Complaint(remark.at(Origin::file(shown(&args.file)))))?;
    let before = loaded.answers.answers.clone();
    let mut new = Vec::new();
    for name in &names {
        match answers_edit::add(&mut loaded.answers.answers, name, &evidence) {
            Added::New => new.push(name),
            Added::Known => {}
            Added::OtherDate => {
                let what = msg!("evidence.other_date", file = &place.name, item = name.as_str());
                return Err(Complaint(Diagnostic::error(what, msg!("evidence.other_date.mend"))).into());
            }
        }
    }
    copy(args, &place, session)?;
    if !new.is_empty() {
        refer(args, loaded, &new, &evidence, &catalog, session)?;
    }
    for name in &names {
        let what = match new.contains(&name) {
            true => msg!("evidence.referred", item = name.as_str()),
            false => msg!("evidence.known", item = name.as_str()),
        };
        session.print(&(session.say(&what) + "\n"))?;
    }
    let is_open = |name: &&ItemName| before.get(*name).is_none_or(|answer| answer.status.is_none());
    let open: Vec<&str> = names.iter().filter(is_open).map(ItemName::as_str).collect();
    if !open.is_empty() {
        session.remark(&session.say(&msg!("evidence.still_open", items = open)));
    }
    Ok(Exit::Conforms)
}

/// The items, each once. Nothing where one of them is not asked here; what is wrong is noted.
fn names(
    args: &Args,
    catalog: &Catalog,
    loaded: Option<&Loaded>,
    diagnostics: &Diagnostics,
) -> Option<Vec<ItemName>> {
    let known = Names { catalog, profile: loaded.map(|loaded| &loaded.profile), diagnostics };
    let mut found = BTreeSet::new();
    let mut complete = true;
    for word in &args.items {
        match known.find(word.trim()) {
            Named::Asked(name) => drop(found.insert(name)),
            Named::Aside(_, remark) | Named::Nothing(remark) => {
                complete = false;
                diagnostics.push(Diagnostic::error(remark.what, remark.mend));
            }
        }
    }
    complete.then(|| found.into_iter().collect())
}

/// Why a file may not be added.
fn refused(path: &Path) -> anyhow::Result<Option<Complaint>> {
    let refuse = |what: Message, mend: Message| {
        Some(Complaint(Diagnostic::error(what, mend).at(Origin::file(shown(path)))))
    };
    // Looked at before it is opened: opening a pipe would wait for its writer.
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(_) => return Ok(refuse(msg!("file.missing"), msg!("file.missing.mend"))),
    };
    let most = evidence::LARGEST;
    let what = match () {
        () if !meta.is_file() => msg!("evidence.not_a_file"),
        () if meta.len() == 0 => msg!("evidence.is_empty"),
        () if meta.len() > most => msg!("evidence.too_large", most = most >> 30),
        () => match evidence::problem(path)? {
            Some(problem) => problem,
            None => return Ok(None),
        },
    };
    Ok(refuse(what, msg!("evidence.cannot_add.mend")))
}

/// Where a document will lie.
struct Place {
    /// Its path within the workspace.
    name: String,
    /// It lies there already.
    is_there: bool,
    /// Another file has the name that it came with.
    is_renamed: bool,
}

/// Its own name, or the first of `name-2`, `name-3` that no other file has; on no disk, for a package is
/// unpacked on all of them.
fn place(args: &Args) -> anyhow::Result<Place> {
    let folder = write::folder_within(&args.dir, evidence::FOLDER)?;
    let (real, inside) = (args.file.canonicalize()?, folder.canonicalize());
    // What lies in the folder already stays where it is, in whatever folder below it.
    if let Some(within) = inside.ok().and_then(|folder| Some(real.strip_prefix(folder).ok()?.to_owned())) {
        let parts: Vec<String> =
            within.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let name = format!("{}/{}", evidence::FOLDER, parts.join("/"));
        return possible(args, &name).map(|()| Place { name, is_there: true, is_renamed: false });
    }
    let own = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    possible(args, &own)?;
    let sha256 = digest(&args.file)?;
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let taken: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let (stem, end) = own.rsplit_once('.').unwrap_or((&own, ""));
    for number in 1..100_000 {
        let name = if number == 1 { own.clone() } else { format!("{stem}-{number}.{end}") };
        let folded = pack::folded(&name);
        let other = taken.iter().find(|taken| pack::folded(taken) == folded);
        let within = |name: &str| format!("{}/{name}", evidence::FOLDER);
        let is_renamed = number > 1;
        match other {
            None => return Ok(Place { name: within(&name), is_there: false, is_renamed }),
            // The same document once more: it is there, under the name that it has.
            Some(other) if digest(&folder.join(other)).is_ok_and(|there| there == sha256) => {
                return Ok(Place { name: within(other), is_there: true, is_renamed });
            }
            Some(_) => {}
        }
    }
    Err(write::exists(&folder.join(own)))
}

/// A name that a package can hold.
fn possible(args: &Args, name: &str) -> anyhow::Result<()> {
    let hidden = name.split('/').any(|part| part.starts_with(['.', '~']));
    if pack::is_possible(name) && !hidden {
        return Ok(());
    }
    let wrong = Diagnostic::error(msg!("evidence.name"), msg!("evidence.name.mend"));
    Err(Complaint(wrong.at(Origin::file(shown(&args.file)))).into())
}

fn digest(path: &Path) -> anyhow::Result<String> {
    // Anything but a file is no document, and a pipe would wait for its writer.
    if !std::fs::metadata(path)?.is_file() {
        return Ok(String::new());
    }
    Ok(evidence::digest(&mut File::open(path)?, &mut std::io::sink())?.0)
}

fn copy(args: &Args, place: &Place, session: &Session) -> anyhow::Result<()> {
    let path = args.dir.join(&place.name);
    let sha256 = match place.is_there {
        true => digest(&path)?,
        false => {
            let mut sha256 = String::new();
            write::new_stream(&path, |out| {
                sha256 = evidence::digest(&mut File::open(&args.file)?, out)?.0;
                Ok(())
            })?;
            sha256
        }
    };
    let what = match place.is_there {
        true => msg!("evidence.is_there", file = shown(&path), sha256 = sha256),
        false => msg!("evidence.copied", file = shown(&path), sha256 = sha256),
    };
    session.print(&(session.say(&what) + "\n"))?;
    if place.is_renamed {
        session.remark(&session.say(&msg!("evidence.renamed", file = &place.name)));
    }
    Ok(())
}

/// Writes it into the answers, where they are: into the text of `answers.yaml`, or into the workbook,
/// which is written anew.
fn refer(
    args: &Args,
    loaded: Loaded,
    new: &[&ItemName],
    evidence: &Evidence,
    catalog: &Catalog,
    session: &Session,
) -> anyhow::Result<()> {
    let files = loaded.files.clone();
    let is_yaml = |path: &PathBuf| Form::of(path) == Some(Form::Yaml);
    match files.as_slice() {
        [] => in_text(&args.dir.join(load::ANSWERS), None, new, evidence, catalog, &loaded),
        [one] if is_yaml(one) => {
            let file = TextFile::read(one).map_err(|wrong| Complaint(*wrong))?;
            in_text(one, Some(file), new, evidence, catalog, &loaded)
        }
        _ => {
            let wording = form::wording(&args.dir, session)?;
            let now = questionnaire::of(loaded, catalog, wording, clock(None)?.today);
            let (name, bytes) = match files.iter().all(is_yaml) {
                true => (load::ANSWERS, yaml::render(&now, session.lang).into_bytes()),
                false => (load::WORKBOOK, form::render(&now, session)?),
            };
            form::gather(&args.dir.join(name), &bytes, &files, session)
        }
    }
}

fn in_text(
    path: &Path,
    file: Option<TextFile>,
    new: &[&ItemName],
    evidence: &Evidence,
    catalog: &Catalog,
    loaded: &Loaded,
) -> anyhow::Result<()> {
    let (is_new, file) = match file {
        Some(file) => (false, file),
        None => (true, TextFile::new(shown(path), "answers:\n")),
    };
    let written = yaml::flow(evidence);
    match answers_edit::text(&file, new, evidence, &written, catalog, &loaded.profile) {
        Some(now) if is_new => write::new_file(path, &now.bytes()),
        Some(now) => write::replacing(path, &now.bytes()),
        None => {
            let mend = msg!("evidence.cannot_write.mend", line = format!("- {written}"));
            let wrong = Diagnostic::error(msg!("evidence.cannot_write"), mend);
            Err(Complaint(wrong.at(Origin::file(shown(path)))).into())
        }
    }
}
