//! `tenken init`: a new workspace, with every word explained and every question that applies.

mod ask;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::PossibleValuesParser;

use super::{Complaint, Exit, Session, clock, write};
use crate::form::yaml;
use crate::load::catalog::Catalog;
use crate::load::file::{self, shown};
use crate::load::suggest::suggest;
use crate::load::{ANSWERS, PROFILE};
use crate::model::checklist::Checklist;
use crate::model::diagnostic::Diagnostic;
use crate::model::feature::Feature;
use crate::model::questionnaire::Questionnaire;
use crate::model::workspace::Kind;
use crate::msg;
use crate::texts::word;
use crate::typeset::{plain, wrap};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    #[arg(long = "for", value_name = "KIND", value_parser = kind_parser())]
    kind: String,
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    features: Vec<String>,
    #[arg(long, conflicts_with = "features")]
    ask: bool,
    #[arg(long)]
    force: bool,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let Some(catalog) = session.catalog() else { return Ok(Exit::Input) };
    let Some(&kind) = Kind::ALL.iter().find(|kind| kind.word() == args.kind) else {
        return Ok(Exit::Input);
    };
    let mut features = features(&args.features, &catalog)?;
    let suiting: Vec<&Arc<Checklist>> =
        catalog.checklists.values().filter(|checklist| checklist.suits.contains(&kind)).collect();
    if suiting.is_empty() {
        let ids: Vec<&str> = catalog.checklists.keys().map(String::as_str).collect();
        let what = msg!("workspace.nothing_suits", kind = kind.word());
        return Err(
            Complaint(Diagnostic::error(what, msg!("workspace.nothing_suits.mend", words = ids))).into()
        );
    }
    refuse_to_replace(args)?;
    if args.ask || (args.features.is_empty() && ask::somebody_is_there()) {
        let Some(present) = ask::features(&used(&suiting, &catalog), &suiting, session)? else {
            return Err(Complaint(Diagnostic::error(msg!("init.stopped"), msg!("init.stopped.mend"))).into());
        };
        features = present;
    }
    let name = args.name.clone().unwrap_or_else(|| match args.dir.file_name() {
        Some(name) => name.to_string_lossy().into_owned(),
        None => session.say(&msg!("init.unnamed")),
    });
    let questionnaire = Questionnaire::new(plain(&name), kind, &suiting, &features, clock(None)?.today);
    let answers = yaml::render(&questionnaire, session.lang);
    let profile = Profile { name: plain(&name), kind, features, catalog: &catalog, session };
    // The profile comes last: without it there is no workspace yet, and whoever was stopped begins again.
    std::fs::create_dir_all(args.dir.join("evidence"))?;
    for (name, text) in [(ANSWERS, answers), (PROFILE, profile.tenken_yaml(&suiting))] {
        let path = args.dir.join(name);
        match args.force {
            true => drop(write::keeping_old(&path, text.as_bytes())?),
            false if holds(&path, &text) => {}
            false => write::new_file(&path, text.as_bytes())?,
        }
    }
    session.print(&(session.say(&msg!("init.done", dir = shown(&args.dir))) + "\n"))?;
    Ok(Exit::Conforms)
}

/// Before anybody is asked anything. Answers without a profile may be those of an `init` that was
/// stopped; whether they are is seen when they are written.
fn refuse_to_replace(args: &Args) -> anyhow::Result<()> {
    let path = args.dir.join(PROFILE);
    if path.exists() && !args.force { Err(write::exists(&path)) } else { Ok(()) }
}

/// Whether a file says exactly this.
fn holds(path: &Path, text: &str) -> bool {
    file::bytes(path, file::LARGEST).is_ok_and(|bytes| bytes == text.as_bytes())
}

/// The features that items of these checklists hang on, in the order in which they are asked for.
fn used<'a>(suiting: &[&Arc<Checklist>], catalog: &'a Catalog) -> Vec<&'a Feature> {
    let items = suiting.iter().flat_map(|list| &list.items);
    let used: BTreeSet<&str> = items.flat_map(|item| item.when.keys()).collect();
    let all = catalog.features_in_order().into_iter();
    all.filter(|feature| used.contains(feature.key.as_str())).collect()
}

fn kind_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(Kind::ALL.iter().map(|kind| kind.word()))
}

fn features(given: &[String], catalog: &Catalog) -> anyhow::Result<BTreeSet<String>> {
    for feature in given {
        if !catalog.features.contains_key(feature) {
            let known = catalog.features.keys().map(String::as_str);
            let what = msg!("feature.unknown", feature = feature);
            return Err(Complaint(Diagnostic::error(what, suggest(feature, known))).into());
        }
    }
    Ok(given.iter().cloned().collect())
}

struct Profile<'a> {
    name: String,
    kind: Kind,
    features: BTreeSet<String>,
    catalog: &'a Catalog,
    session: &'a Session,
}

/// Lines of comments are at most this wide.
const COMMENT: usize = 76;

impl Profile<'_> {
    fn comment(&self, out: &mut String, indent: &str, text: &str) {
        for line in text.lines().flat_map(|line| wrap(line, COMMENT - indent.len())) {
            let _ = writeln!(out, "{indent}# {line}");
        }
    }

    fn word<'i>(&self, id: &'i str) -> &'i str {
        word(id, self.session.lang)
    }

    fn tenken_yaml(&self, suiting: &[&Arc<Checklist>]) -> String {
        let mut out = String::new();
        self.comment(&mut out, "", self.word("init.profile"));
        let _ = writeln!(out, "subject:");
        let _ = writeln!(out, "  name: {}", yaml::scalar(&self.name));
        let _ = writeln!(out, "  kind: {}                       # clinic | hospital | vendor", self.kind);
        let _ = writeln!(out, "  product: null                      # {}", self.word("init.product"));
        let _ = writeln!(out, "  applicant: null                    # {}", self.word("init.applicant"));
        let _ = writeln!(out, "  evaluator: null                    # {}\n", self.word("init.evaluator"));
        self.comment(&mut out, "", self.word("init.features"));
        let own = used(suiting, self.catalog).into_iter();
        let chosen = |key: &str| self.features.contains(key);
        let _ = writeln!(out, "features:");
        for key in &self.features {
            let _ = writeln!(out, "  - {key}");
        }
        for feature in own.filter(|feature| !chosen(&feature.key)) {
            self.comment(&mut out, "  ", feature.ask.to(self.session.lang));
            let _ = writeln!(out, "  #- {}", feature.key);
        }
        out.push('\n');
        self.comment(&mut out, "", self.word("init.checklists"));
        let ids: Vec<&str> = suiting.iter().map(|checklist| checklist.id.as_str()).collect();
        let _ = writeln!(out, "checklists: [{}]\n", ids.join(", "));
        self.comment(&mut out, "", self.word("init.targets"));
        let _ = writeln!(out, "targets:");
        let _ = writeln!(out, "#  - url: https://telemed.example.jp");
        let _ = writeln!(out, "#    authorized_by: {}", self.word("init.authorized_by"));
        out
    }
}
