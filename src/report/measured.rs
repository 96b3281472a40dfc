//! What was measured, as a page for people: each target with its facts, the unknown ones with their
//! reasons, and what would have to change for the profiles that it does not follow.

use anstyle::{AnsiColor, Style};

use super::configuration::{self, Wanted};
use super::facts::Target;
use super::sentence::outcome;
use super::typeset::{Page, cells, pad, plain, styled};
use crate::model::fact::{Failure, Observation, Outcome};
use crate::model::message::Message;
use crate::model::text::{Lang, Text};
use crate::msg;
use crate::texts::{joined, render};

/// Facts that are unknown for one reason stand apart, up to so many.
const MOST_APART: usize = 2;

/// A profile that a target does not follow, and what would have to change.
#[derive(Debug, Clone)]
pub struct Shortfall {
    pub profile: Text,
    pub address: Option<String>,
    /// Smallest first.
    pub changes: Vec<Message>,
    /// With which a web server would follow it, as far as lines can do that.
    pub wanted: Wanted,
}

pub fn page(targets: &[Target], shortfalls: &[Vec<Shortfall>], lang: Lang) -> String {
    let mut page = Page::default();
    for (index, target) in targets.iter().enumerate() {
        if index > 0 {
            page.blank();
        }
        one(&mut page, target, lang);
        for shortfall in shortfalls.get(index).map(Vec::as_slice).unwrap_or_default() {
            self::shortfall(&mut page, shortfall, lang);
        }
    }
    page.into_text()
}

fn one(page: &mut Page, target: &Target, lang: Lang) {
    let mut addresses: Vec<&str> =
        target.observations.iter().filter_map(|one| one.address.as_deref()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    let heading = msg!("measured.target", target = target.endpoint, addresses = addresses.clone());
    page.line(&styled(Style::new().bold(), &plain(&render(&heading, lang))));
    for remark in target.remarks {
        page.paragraph(2, &plain(&render(remark, lang)));
    }
    let labels = target.observations.iter().map(|one| cells(one.fact.label.to(lang)));
    let widest = labels.max().unwrap_or_default().min(36);
    let mut unknown: Vec<(String, Vec<&Observation>)> = Vec::new();
    for observation in target.observations {
        let same = |other: &&Observation| other.fact.key == observation.fact.key;
        let differs =
            target.observations.iter().filter(same).any(|other| other.outcome != observation.outcome);
        // Where all addresses agree, once is enough.
        let first = target.observations.iter().find(same).and_then(|one| one.address.as_deref());
        if !differs && observation.address.as_deref() != first {
            continue;
        }
        match &observation.outcome {
            Outcome::Failed(why) if !differs => {
                let why = plain(&reason(why, lang));
                match unknown.iter_mut().find(|(known, _)| *known == why) {
                    Some((_, alike)) => alike.push(observation),
                    None => unknown.push((why, vec![observation])),
                }
            }
            _ => line(page, observation, differs, widest, lang),
        }
    }
    for (why, alike) in unknown {
        match alike.as_slice() {
            few if few.len() <= MOST_APART => {
                few.iter().for_each(|observation| line(page, observation, false, widest, lang));
            }
            many => together(page, &why, many, lang),
        }
    }
}

fn reason(failure: &Failure, lang: Lang) -> String {
    match failure {
        Failure::Because(why) => render(why, lang),
        Failure::Reported(why) => why.to(lang).to_owned(),
    }
}

/// Many facts that are unknown for one reason.
fn together(page: &mut Page, why: &str, alike: &[&Observation], lang: Lang) {
    let heading = msg!("measured.unknown", count = alike.len(), why = why);
    let said = styled(Style::new().fg_color(Some(AnsiColor::Yellow.into())), &plain(&render(&heading, lang)));
    page.paragraph(2, &said);
    let facts: Vec<String> = alike.iter().map(|one| plain(one.fact.label.to(lang))).collect();
    page.paragraph(4, &joined(&facts, lang));
}

fn line(page: &mut Page, observation: &Observation, differs: bool, widest: usize, lang: Lang) {
    let label = observation.fact.label.to(lang);
    let mut said = plain(&render(&outcome(observation), lang));
    if differs && let Some(address) = &observation.address {
        said = format!("[{address}] {said}");
    }
    if matches!(observation.outcome, Outcome::Failed(_)) {
        said = styled(Style::new().fg_color(Some(AnsiColor::Yellow.into())), &said);
    }
    if cells(label) <= widest {
        page.hanging(&format!("  {}  ", pad(label, widest)), &said);
    } else {
        page.paragraph(2, label);
        page.hanging(&format!("  {}  ", pad("", widest)), &said);
    }
}

fn shortfall(page: &mut Page, shortfall: &Shortfall, lang: Lang) {
    let heading = match &shortfall.address {
        Some(address) => msg!("gap.profile_at", profile = &shortfall.profile, address = address),
        None => msg!("gap.profile", profile = &shortfall.profile),
    };
    page.blank();
    page.paragraph(2, &plain(&render(&heading, lang)));
    for step in &shortfall.changes {
        page.hanging("    - ", &plain(&render(step, lang)));
    }
    for program in configuration::lines(&shortfall.wanted) {
        page.paragraph(4, &plain(&render(&msg!("gap.lines", program = program.program), lang)));
        for line in program.lines {
            page.line(&format!("      {}", plain(&line)));
        }
    }
}
