//! Asks which features are there, one plain question after the other. There is no answer that one
//! gives by not answering: a feature that is left out hides items.

use std::collections::BTreeSet;
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;

use anstyle::Style;

use crate::cli::Session;
use crate::model::answer::Status;
use crate::model::checklist::Checklist;
use crate::model::feature::Feature;
use crate::model::fold;
use crate::msg;
use crate::report::typeset::{Page, styled};
use crate::texts::word;
use crate::typed;

/// Whether there is a person to ask.
pub(super) fn somebody_is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

enum Reply {
    Yes,
    No,
    Back,
    Unsure,
    Stop,
    Unclear,
}

/// The features that are present; nothing where whoever was asked stopped.
pub(super) fn features(
    asked: &[&Feature],
    checklists: &[&Arc<Checklist>],
    session: &Session,
) -> anyhow::Result<Option<BTreeSet<String>>> {
    let mut out = anstream::stderr();
    let mut replies: Vec<bool> = Vec::new();
    write!(out, "{}", paragraph(word("init.ask.intro", session.lang)))?;
    while let Some(feature) = asked.get(replies.len()) {
        write!(out, "{}", question(feature, replies.len() + 1, asked.len(), session))?;
        out.flush()?;
        match reply()? {
            Reply::Yes => replies.push(true),
            Reply::No => replies.push(false),
            Reply::Back => drop(replies.pop()),
            Reply::Unsure => write!(out, "{}", paragraph(&what_hangs_on(feature, checklists, session)))?,
            Reply::Unclear => write!(out, "{}", paragraph(word("init.ask.unclear", session.lang)))?,
            Reply::Stop => return Ok(None),
        }
    }
    let present = asked.iter().zip(replies).filter(|(_, present)| *present);
    Ok(Some(present.map(|(feature, _)| feature.key.clone()).collect()))
}

/// A line, or the end of the input, which is no answer.
fn reply() -> io::Result<Reply> {
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Ok(Reply::Stop);
    }
    Ok(match typed::status(&line) {
        Some(Status::Yes) => Reply::Yes,
        Some(Status::No) => Reply::No,
        _ => match fold::word(&line).as_str() {
            "b" | "back" | "戻る" => Reply::Back,
            "?" => Reply::Unsure,
            "q" | "quit" | "やめる" => Reply::Stop,
            _ => Reply::Unclear,
        },
    })
}

fn question(feature: &Feature, number: usize, of: usize, session: &Session) -> String {
    let mut page = Page::default();
    page.blank();
    let title = format!("{number}/{of}  {}", feature.title.to(session.lang));
    page.line(&styled(Style::new().bold(), &title));
    page.paragraph(2, feature.ask.to(session.lang));
    page.into_text() + "  y / n > "
}

fn what_hangs_on(feature: &Feature, checklists: &[&Arc<Checklist>], session: &Session) -> String {
    let items = checklists.iter().flat_map(|list| &list.items);
    let items: Vec<_> = items.filter(|item| item.when.keys().any(|key| key == feature.key)).collect();
    let titles: Vec<String> =
        items.iter().take(3).map(|item| item.title.to(session.lang).to_owned()).collect();
    session.say(&msg!("init.ask.unsure", count = items.len(), titles = titles))
}

fn paragraph(text: &str) -> String {
    let mut page = Page::default();
    page.paragraph(2, text);
    page.into_text()
}
