//! `tenken list`: what there is to audit against, and the words a workspace may use.

mod editions;
mod json;
mod responsibility;

use serde::Serialize;

use super::{Complaint, Exit, Session};
use crate::load::catalog::Catalog;
use crate::load::suggest::suggest;
use crate::model::checklist::Checklist;
use crate::model::diagnostic::Diagnostic;
use crate::model::verdict::Level;
use crate::msg;
use crate::report::typeset::{Page, WIDTH, cells, fit, pad};
use crate::texts::word;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "CHECKLIST")]
    checklist: Option<String>,
    #[arg(long)]
    json: bool,
    #[arg(long, conflicts_with_all = ["checklist", "facts", "editions", "profiles"])]
    features: bool,
    #[arg(long, conflicts_with_all = ["checklist", "editions", "profiles"])]
    facts: bool,
    #[arg(long, conflicts_with_all = ["checklist", "profiles"])]
    editions: bool,
    #[arg(long, conflicts_with = "checklist")]
    profiles: bool,
    #[arg(long, conflicts_with_all = ["features", "facts", "editions", "profiles", "json"])]
    responsibility: bool,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let Some(catalog) = session.catalog() else { return Ok(Exit::Input) };
    let text = match &args.checklist {
        _ if args.features && args.json => pretty(&json::features(&catalog))?,
        _ if args.features => feature_page(&catalog, session),
        _ if args.facts && args.json => pretty(&json::facts(&catalog))?,
        _ if args.facts => fact_page(&catalog, session),
        _ if args.editions && args.json => pretty(&json::editions(&catalog))?,
        _ if args.editions => editions::page(&catalog, session),
        _ if args.profiles && args.json => pretty(&json::profiles(&catalog))?,
        _ if args.profiles => editions::profile_page(&catalog, session),
        Some(id) if args.responsibility => responsibility::page([find(id, &catalog)?], session),
        None if args.responsibility => {
            responsibility::page(catalog.checklists.values().map(|list| &**list), session)
        }
        Some(id) => {
            let checklist = find(id, &catalog)?;
            if args.json { pretty(&json::items(checklist))? } else { item_page(checklist, session) }
        }
        None if args.json => pretty(&json::checklists(&catalog))?,
        None => checklist_page(&catalog, session),
    };
    if args.json {
        session.print_data(text.as_bytes())?
    } else {
        session.print(&text)?
    }
    Ok(Exit::Conforms)
}

pub fn find<'a>(id: &str, catalog: &'a Catalog) -> anyhow::Result<&'a Checklist> {
    let unknown = || {
        let known = catalog.checklists.keys().map(String::as_str);
        Complaint(Diagnostic::error(msg!("checklist.unknown", checklist = id), suggest(id, known)))
    };
    Ok(catalog.checklists.get(id).ok_or_else(unknown)?)
}

fn pretty(value: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

fn checklist_page(catalog: &Catalog, session: &Session) -> String {
    let mut page = Page::default();
    let widest = catalog.checklists.keys().map(|id| cells(id)).max().unwrap_or_default();
    for checklist in catalog.checklists.values() {
        let lead = format!("{}  ", pad(&checklist.id, widest));
        page.hanging(&lead, checklist.title.to(session.lang));
        let counts = msg!(
            "list.counts",
            mandatory = checklist.count(Level::Mandatory),
            recommended = checklist.count(Level::Recommended),
            edition = &checklist.edition_title,
        );
        page.paragraph(widest + 2, &session.say(&counts));
        let source =
            msg!("list.source", document = &checklist.source.document, place = &checklist.source.place);
        page.paragraph(widest + 2, &session.say(&source));
    }
    if !catalog.references.is_empty() {
        page.blank();
        page.line(word("list.references", session.lang));
    }
    for reference in catalog.references.values() {
        page.hanging(&format!("  {}  ", reference.id), reference.title.to(session.lang));
    }
    page.into_text()
}

fn item_page(checklist: &Checklist, session: &Session) -> String {
    let mut page = Page::default();
    page.line(checklist.title.to(session.lang));
    let widest = checklist.items.iter().map(|item| cells(item.name.as_str())).max().unwrap_or_default();
    for theme in &checklist.themes {
        let own: Vec<_> = checklist.items.iter().filter(|item| item.theme == theme.key).collect();
        if own.is_empty() {
            continue;
        }
        page.blank();
        page.line(theme.title.to(session.lang));
        for item in own {
            let level = pad(word(item.level.label(), session.lang), 6);
            let actor = pad(word(item.actor.label(), session.lang), 12);
            let lead = format!("  {}  {level}  {actor}  ", pad(item.name.as_str(), widest));
            let room = WIDTH.saturating_sub(cells(&lead));
            page.line(&format!("{lead}{}", fit(item.title.to(session.lang), room)));
        }
    }
    page.into_text()
}

fn feature_page(catalog: &Catalog, session: &Session) -> String {
    let mut page = Page::default();
    for feature in catalog.features_in_order() {
        let kinds: Vec<&str> = feature.suits.iter().map(|kind| word(kind.label(), session.lang)).collect();
        let title = feature.title.to(session.lang);
        page.hanging(&format!("{}  ", feature.key), &format!("{title}  ({})", kinds.join(", ")));
        page.paragraph(4, feature.ask.to(session.lang));
    }
    page.into_text()
}

fn fact_page(catalog: &Catalog, session: &Session) -> String {
    let mut page = Page::default();
    for fact in catalog.registry.0.values() {
        let mut of = word(fact.of.label(), session.lang).to_owned();
        if let Some(unit) = &fact.unit {
            of = format!("{of}, {}", unit.to(session.lang));
        }
        page.line(&format!("{}  ({of})", fact.key));
        page.paragraph(4, fact.label.to(session.lang));
        if !fact.values.is_empty() {
            page.paragraph(4, &fact.values.join(" | "));
        }
    }
    page.into_text()
}
