//! How a workspace came to where it is, assessment by assessment, on a terminal.

use super::Input;
use super::compare::compare;
use super::reading::{per_mille, percent};
use super::typeset::{Page, WIDTH, bar, cells, fit, pad_left, plain};
use crate::msg;
use crate::wire::assessment::Assessment;

/// The oldest first. `input.assessment` is the last of them.
pub fn render(input: &Input) -> String {
    let reading = input.reading();
    let mut page = Page::default();
    page.line(&plain(&reading.say(&msg!("history.title", name = reading.subject()))));
    page.blank();
    let all: Vec<&Assessment> = input.earlier.iter().chain([input.assessment]).collect();
    let mut before: Option<&Assessment> = None;
    for one in all {
        let share = one.scores.mandatory.conformity;
        let bar = bar(per_mille(share).unwrap_or_default(), 20);
        let percent = percent(share).unwrap_or_else(|| "–".to_owned());
        let lead = format!("  {}  {bar} {}  ", one.date, pad_left(&percent, 8));
        let room = WIDTH.saturating_sub(cells(&lead));
        page.line(&format!("{lead}{}", fit(&plain(reading.text(&one.conclusion_title)), room)));
        let tally = &one.scores.mandatory;
        let counts = msg!(
            "history.counts",
            pass = tally.pass,
            partial = tally.partial,
            fail = tally.fail,
            open = tally.open,
            conflict = tally.conflict,
        );
        page.paragraph(14, &plain(&reading.say(&counts)));
        if let Some(before) = before {
            let diff = compare(before, one);
            let change = msg!("history.change", better = diff.better.len(), worse = diff.worse.len());
            page.paragraph(14, &plain(&reading.say(&change)));
        }
        before = Some(one);
    }
    page.into_text()
}
