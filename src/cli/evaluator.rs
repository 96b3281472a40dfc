//! `tenken answer --as evaluator`: the items of a review workspace, one by one, for the evaluator's word.

use std::collections::BTreeMap;
use std::path::Path;

use super::answer::Args;
use super::{Complaint, Exit, Session, clock, write};
use crate::audit::{Request, audit};
use crate::form::evaluator::{self, Reviews, Round};
use crate::form::terminal::Terminal;
use crate::form::yaml;
use crate::load::file::shown;
use crate::load::{self, answer_rules};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::name::ItemName;
use crate::model::origin::Origin;
use crate::msg;
use crate::report::json;
use crate::wire::assessment::{Assessment, Item, Level, Status, Verdict};

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    if !load::record::is_review(&args.dir) && args.dir.is_dir() {
        let wrong = Diagnostic::error(msg!("evaluator.no_review"), msg!("evaluator.no_review.mend"));
        return Err(Complaint(wrong.at(Origin::file(shown(&args.dir)))).into());
    }
    let clock = clock(None)?;
    let (diagnostics, request) = (
        Diagnostics::default(),
        Request {
            workspace: args.dir.clone(),
            folders: session.folders.clone(),
            facts: Vec::new(),
            clock,
            probe: None,
        },
    );
    let audited = audit(&request, &diagnostics, &|_, _| {})?;
    let (false, Some(audited)) = (session.show(&diagnostics), audited) else { return Ok(Exit::Input) };
    let assessment = json::to_wire(&audited.assessment);
    let mut reviews = kept(args, session)?;
    let items = asked(&assessment, args, &reviews);
    let subject = assessment.subject.evaluator.clone();
    let round = Round {
        items,
        themes: themes(&assessment, session),
        is_named: args.by.is_some(),
        by: args.by.clone().or(subject),
        today: clock.today,
        document: |title, page, file| {
            answer_rules::evidence(title, page, file, None).map_err(|(_, remark)| remark.what)
        },
    };
    let mut has_saved = false;
    let (mut input, mut output) = (std::io::stdin().lock(), anstream::stdout().lock());
    let terminal = Terminal { input: &mut input, output: &mut output };
    let outcome = evaluator::ask(&round, &mut reviews, session.lang, terminal, |name, review| {
        // Somebody else may have written in the meantime.
        let mut now = kept(args, session)?;
        now.insert(name, review);
        let is_first = !std::mem::replace(&mut has_saved, true);
        save(&args.dir, &now, is_first)
    })?;
    let done = match outcome.left {
        0 => msg!("evaluator.all_done", reviewed = outcome.reviewed),
        left => msg!("evaluator.left", reviewed = outcome.reviewed, left = left),
    };
    session.remark(&session.say(&done));
    Ok(Exit::Conforms)
}

/// What stands in the file already, of this audit or not: it is written again with the rest.
fn kept(args: &Args, session: &Session) -> anyhow::Result<Reviews> {
    let diagnostics = Diagnostics::default();
    let loaded = session.catalog().and_then(|catalog| load::loaded(&args.dir, &catalog, &diagnostics));
    let Some(loaded) = loaded.filter(|_| diagnostics.errors() == 0) else {
        // Nothing is written over words that cannot be read.
        session.show(&diagnostics);
        let unreadable = Diagnostic::error(msg!("evaluator.unreadable"), msg!("evaluator.unreadable.mend"));
        return Err(Complaint(unreadable.at(Origin::file(shown(&args.dir.join(load::REVIEWS))))).into());
    };
    let mut all = loaded.reviews.reviews;
    all.extend(loaded.reviews.aside.reviews);
    Ok(all)
}

/// The items that apply and have no review yet: mandatory ones first, contradictions before the rest.
fn asked<'a>(assessment: &'a Assessment, args: &Args, reviews: &Reviews) -> Vec<&'a Item> {
    let is_open = |item: &&Item| {
        let reviewed = ItemName::parse(&item.item).is_some_and(|name| reviews.contains_key(&name));
        // What the features rule out is nobody's to judge; what somebody claims not to apply is.
        let claimed = item.declared.as_ref().and_then(|one| one.status) == Some(Status::Na);
        let theme = args.theme.as_ref().is_none_or(|theme| *theme == item.theme);
        let actor =
            |word: &String| item.actor.word() == word || item.with.iter().any(|one| one.word() == word);
        let applies = item.verdict != Verdict::NotApplicable || claimed;
        !reviewed && applies && theme && args.actor.as_ref().is_none_or(actor)
    };
    let mut items: Vec<&Item> = assessment.items.iter().filter(is_open).collect();
    items.sort_by_key(|item| (item.level != Level::Mandatory, !item.is_contradicted()));
    items
}

fn themes<'a>(assessment: &'a Assessment, session: &Session) -> BTreeMap<(&'a str, &'a str), &'a str> {
    let of = |list: &'a crate::wire::assessment::Checklist| {
        let lang = session.lang;
        list.themes.iter().map(move |one| ((list.id.as_str(), one.key.as_str()), one.title.to(lang)))
    };
    assessment.checklists.iter().flat_map(of).collect()
}

/// Written whole each time. What was there before the first word is kept beside it.
fn save(dir: &Path, reviews: &Reviews, is_first: bool) -> anyhow::Result<()> {
    let path = dir.join(load::REVIEWS);
    if path.is_symlink() {
        let wrong = Diagnostic::error(msg!("write.outside"), msg!("write.outside.mend"));
        return Err(Complaint(wrong.at(Origin::file(shown(&path)))).into());
    }
    let text = yaml::reviews(reviews);
    match is_first {
        true => write::keeping_old(&path, text.as_bytes()).map(drop),
        false => write::replacing(&path, text.as_bytes()),
    }
}
