//! What was measured, as a page for people: each target with its facts, the unknown ones with their
//! reasons.

use anstyle::{AnsiColor, Style};

use super::facts::Target;
use super::sentence;
use super::typeset::{Page, cells, pad, plain, styled};
use crate::model::fact::{Observation, Outcome};
use crate::model::text::Lang;
use crate::msg;
use crate::texts::render;

pub fn page(targets: &[Target], lang: Lang) -> String {
    let mut page = Page::default();
    for (index, target) in targets.iter().enumerate() {
        if index > 0 {
            page.blank();
        }
        one(&mut page, target, lang);
    }
    page.into_text()
}

fn one(page: &mut Page, target: &Target, lang: Lang) {
    let mut addresses: Vec<&str> =
        target.observations.iter().filter_map(|one| one.address.as_deref()).collect();
    addresses.dedup();
    let heading = msg!("measured.target", target = target.endpoint, addresses = addresses.clone());
    page.line(&styled(Style::new().bold(), &plain(&render(&heading, lang))));
    for remark in target.remarks {
        page.paragraph(2, &plain(&render(remark, lang)));
    }
    let labels = target.observations.iter().map(|one| cells(one.fact.label.to(lang)));
    let widest = labels.max().unwrap_or_default().min(36);
    for observation in target.observations {
        let differs = target
            .observations
            .iter()
            .any(|other| other.fact.key == observation.fact.key && other.outcome != observation.outcome);
        // Where all addresses agree, once is enough.
        let is_repeated = !differs && observation.address.as_deref() != addresses.first().copied();
        if !is_repeated {
            line(page, observation, differs, widest, lang);
        }
    }
}

fn line(page: &mut Page, observation: &Observation, differs: bool, widest: usize, lang: Lang) {
    let label = observation.fact.label.to(lang);
    let mut said = plain(&render(&sentence::outcome(observation), lang));
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
