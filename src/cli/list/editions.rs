//! Which edition of which document stands behind a checklist, and what has changed since.

use anstyle::Style;

use crate::cli::Session;
use crate::load::catalog::Catalog;
use crate::model::checklist::{Checklist, Later};
use crate::model::message::{Arg, Message};
use crate::model::profile::{Profile, Requirement};
use crate::msg;
use crate::report::sentence;
use crate::report::typeset::{Page, styled};
use crate::texts::word;

pub(super) fn page(catalog: &Catalog, session: &Session) -> String {
    let mut page = Page::default();
    for checklist in catalog.checklists.values() {
        one(&mut page, checklist, session);
        page.blank();
    }
    let heading = word("list.editions.profiles", session.lang);
    page.line(&styled(Style::new().bold(), heading));
    for profile in catalog.policy.profiles.values() {
        head(&mut page, profile, session);
    }
    page.into_text()
}

pub(super) fn profile_page(catalog: &Catalog, session: &Session) -> String {
    let mut page = Page::default();
    for (index, profile) in catalog.policy.profiles.values().enumerate() {
        if index > 0 {
            page.blank();
        }
        head(&mut page, profile, session);
        for requirement in &profile.requires {
            page.hanging("    ・", &asked(requirement, session));
        }
    }
    page.into_text()
}

fn one(page: &mut Page, checklist: &Checklist, session: &Session) {
    let title = format!("{}  {}", checklist.id, checklist.title.to(session.lang));
    page.hanging("", &styled(Style::new().bold(), &title));
    let source = &checklist.source;
    page.paragraph(2, &session.say(&msg!("list.source", document = &source.document, place = &source.place)));
    let edition = match source.published {
        Some(date) => msg!("list.editions.published", edition = &checklist.edition_title, date = date),
        None => msg!("list.editions.undated", edition = &checklist.edition_title),
    };
    page.paragraph(2, &session.say(&edition));
    let known = checklist.items.iter().filter(|item| item.fingerprint.is_some()).count();
    let known = msg!("list.editions.fingerprints", count = known, of = checklist.items.len());
    page.paragraph(2, &session.say(&known));
    for later in &source.later {
        let line = msg!(
            "list.editions.later",
            document = &later.document,
            since = since(later),
            says = &later.says,
            confidence = Message::label(later.confidence.label()),
        );
        page.hanging("  ・", &session.say(&line));
    }
    for item in &checklist.items {
        for later in &item.later {
            let line = msg!(
                "list.editions.item",
                item = item.name.as_str(),
                title = &item.title,
                document = &later.document,
                since = since(later),
                says = &later.says,
                confidence = Message::label(later.confidence.label()),
            );
            page.hanging("  ・", &session.say(&line));
        }
    }
}

fn since(later: &Later) -> Arg {
    later.since.map_or(Arg::from(""), |date| Arg::from(msg!("list.editions.since", date = date)))
}

fn head(page: &mut Page, profile: &Profile, session: &Session) {
    let mut line = profile.title.to(session.lang).to_owned();
    let edition = match profile.published {
        Some(date) => msg!("list.editions.published", edition = &profile.edition, date = date),
        None => msg!("list.editions.undated", edition = &profile.edition),
    };
    line = format!("{line}  {}", session.say(&edition));
    if let Some(successor) = &profile.successor {
        line = format!("{line}  {}", session.say(&msg!("list.editions.successor", profile = successor)));
    }
    page.hanging(&format!("  {}  ", profile.key), &line);
}

fn asked(requirement: &Requirement, session: &Session) -> String {
    let line = msg!(
        "list.profile.requires",
        fact = &requirement.criterion.fact.label,
        expected = sentence::expected(&requirement.criterion),
        confidence = Message::label(requirement.confidence.label()),
    );
    let mut line = session.say(&line);
    for (holds, id) in [
        (requirement.unless_absent, "list.profile.unless_absent"),
        (requirement.else_unknown, "list.profile.else_unknown"),
    ] {
        if holds {
            line = format!("{line} {}", word(id, session.lang));
        }
    }
    line
}
