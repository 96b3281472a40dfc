//! Who has to act, item by item, before anybody has answered anything.

use crate::cli::Session;
use crate::model::checklist::{Checklist, Item};
use crate::model::verdict::Actor;
use crate::report::responsibility::part;
use crate::report::typeset::{Page, WIDTH, cells, fit, pad};
use crate::texts::word;

const PARTIES: [Actor; 4] = [Actor::Clinic, Actor::Doctor, Actor::Vendor, Actor::Patient];

pub fn page<'a>(checklists: impl IntoIterator<Item = &'a Checklist>, session: &Session) -> String {
    let mut page = Page::default();
    page.paragraph(0, word("responsibility.lead", session.lang));
    let labels = PARTIES.map(|actor| word(actor.label(), session.lang));
    for checklist in checklists {
        page.blank();
        page.line(checklist.title.to(session.lang));
        let widest = checklist.items.iter().map(|item| cells(item.name.as_str())).max().unwrap_or_default();
        page.line(&format!("  {}  {}", pad("", widest), labels.join("  ")));
        for item in &checklist.items {
            let marks = marks(item, &labels);
            let lead = format!("  {}  {marks}  ", pad(item.name.as_str(), widest));
            let room = WIDTH.saturating_sub(cells(&lead));
            page.line(&format!("{lead}{}", fit(item.title.to(session.lang), room)));
        }
    }
    page.into_text()
}

/// A mark below the label of each party.
fn marks(item: &Item, labels: &[&str; 4]) -> String {
    let elsewhere = || item.also.iter().flat_map(|also| also.actors.iter().copied());
    let mark = |actor: Actor| part(actor, &item.actor, &item.with, elsewhere()).mark();
    let columns = PARTIES.into_iter().zip(labels);
    columns.map(|(actor, label)| pad(mark(actor), cells(label))).collect::<Vec<_>>().join("  ")
}
