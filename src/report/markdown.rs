//! For tickets and wikis. Whatever is not ours is escaped, so that it cannot become a heading, a
//! link, a picture or HTML.

use std::fmt::Write as _;

use super::reading::{ACTORS, Reading, mark, part, percent};
use super::{Input, headline};
use crate::msg;
use crate::wire::assessment::{Item, Tally};

pub fn render(input: &Input) -> String {
    let reading = input.reading();
    let mut out = String::new();
    head(&mut out, &reading);
    figures(&mut out, &reading);
    conflicts(&mut out, &reading);
    next(&mut out, &reading);
    waivers(&mut out, &reading);
    items(&mut out, &reading);
    out
}

/// A line of what the user wrote, as text.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut before: Option<char> = None;
    let mut only_digits = true;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let starts_line = before.is_none();
        match c {
            '\n' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Nobody is called by name, and addresses do not become links by themselves.
            '@' => out.push_str("&#64;"),
            ':' if rest.peek() == Some(&'/') => out.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            // Headings, lists and rules begin a line.
            '#' | '-' | '+' | '=' if starts_line => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')' if only_digits && !starts_line => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
        only_digits &= c.is_ascii_digit();
        before = Some(c);
    }
    out
}

fn head(out: &mut String, reading: &Reading) {
    let assessment = reading.assessment;
    let _ = writeln!(out, "# {} {}\n", escaped(&reading.subject()), escaped(&assessment.date));
    let _ = writeln!(out, "**{}**\n", escaped(reading.text(&assessment.conclusion_title)));
    let _ = writeln!(out, "{}\n", escaped(&headline::sentence(reading)));
    let remarks = headline::remarks(reading).into_iter().chain(headline::unmeasured(reading));
    for remark in remarks {
        let _ = writeln!(out, "- {}\n", escaped(&remark));
    }
}

fn figures(out: &mut String, reading: &Reading) {
    let scores = &reading.assessment.scores;
    let [verdicts, conformity] = ["html.verdicts", "md.share"].map(|id| reading.word(id));
    let _ = writeln!(out, "| | {verdicts} | {conformity} |\n|---|---|---|");
    let tally = |tally: &Tally| {
        let (pass, partial, of) = (tally.pass, tally.partial, tally.applicable());
        reading.say(&msg!("summary.half", pass = pass, partial = partial, of = of))
    };
    let assured = msg!("summary.assured", part = part(scores.assurance), of = scores.assurance.of);
    let covered = msg!("summary.covered", part = part(scores.coverage), of = scores.coverage.of);
    let rows = [
        ("level.mandatory", tally(&scores.mandatory), scores.mandatory.conformity),
        ("level.recommended", tally(&scores.recommended), scores.recommended.conformity),
        ("summary.assurance", reading.say(&assured), scores.assurance),
        ("summary.coverage", reading.say(&covered), scores.coverage),
    ];
    for (label, count, ratio) in rows {
        let percent = percent(ratio).unwrap_or_else(|| "–".to_owned());
        let _ = writeln!(out, "| {} | {count} | {percent} |", reading.word(label));
    }
    out.push('\n');
}

fn conflicts(out: &mut String, reading: &Reading) {
    let conflicts: Vec<&Item> = reading.contradictions().collect();
    if conflicts.is_empty() {
        return;
    }
    let _ = writeln!(out, "## {}\n", reading.say(&msg!("summary.conflicts", count = conflicts.len())));
    for item in conflicts {
        let _ = writeln!(out, "- **{}** {}", escaped(&item.item), escaped(reading.text(&item.title)));
        for reason in &item.reasons {
            let _ = writeln!(out, "  - {}", escaped(reason.to(reading.lang)));
        }
        for criterion in &item.criteria {
            let _ = writeln!(out, "  - {}", escaped(reading.text(&criterion.sentence)));
        }
        let fix = reading.text(&item.fix);
        let _ = writeln!(out, "  - {}: {}", reading.word("explain.fix"), escaped(fix));
    }
    out.push('\n');
}

fn next(out: &mut String, reading: &Reading) {
    let left = reading.left();
    if left.is_empty() {
        return;
    }
    let _ = writeln!(out, "## {}\n", reading.word("summary.next"));
    for actor in ACTORS {
        let mine: Vec<&&Item> = left.iter().filter(|item| item.actor == actor).collect();
        if mine.is_empty() {
            continue;
        }
        let _ = writeln!(out, "### {}\n", reading.word(actor.label()));
        for item in mine {
            let level = reading.word(item.level.label());
            let (name, title) = (escaped(&item.item), escaped(reading.text(&item.title)));
            let due = match &item.due {
                Some(due) if item.overdue => reading.say(&msg!("summary.overdue", due = due)),
                Some(due) => reading.say(&msg!("summary.due", due = due)),
                None => String::new(),
            };
            let step = escaped(reading.first_step(item));
            let _ = writeln!(out, "- [ ] {level} {name} {title}{}  \n  {step}", escaped(&due));
        }
        out.push('\n');
    }
}

fn waivers(out: &mut String, reading: &Reading) {
    let waivers = reading.waivers();
    if waivers.is_empty() {
        return;
    }
    let _ = writeln!(out, "## {}\n", reading.say(&msg!("waivers.heading", count = waivers.len())));
    for (item, waiver) in waivers {
        let line = match waiver.expired {
            true => msg!("waivers.ended", by = &waiver.by, until = &waiver.until),
            false => msg!("waivers.stands", by = &waiver.by, until = &waiver.until),
        };
        let (name, title) = (escaped(&item.item), escaped(reading.text(&item.title)));
        let (line, reason) = (escaped(&reading.say(&line)), escaped(&waiver.reason));
        let _ = writeln!(out, "- {name} {title}  \n  {line} {reason}");
    }
    out.push('\n');
}

fn items(out: &mut String, reading: &Reading) {
    for checklist in &reading.assessment.checklists {
        let _ = writeln!(out, "## {}\n", escaped(reading.text(&checklist.title)));
        let heads =
            ["html.verdict", "html.level", "csv.item", "csv.title", "summary.assurance", "csv.reasons"];
        let heads = heads.map(|id| reading.word(id)).join(" | ");
        let _ = writeln!(out, "| {heads} |\n|---|---|---|---|---|---|");
        for item in reading.items_of(&checklist.id) {
            let reasons: Vec<&str> = item.reasons.iter().map(|one| one.to(reading.lang)).collect();
            let _ = writeln!(
                out,
                "| {} {} | {} | {} | {} | {} | {} |",
                mark(item.verdict),
                reading.word(item.verdict.label()),
                reading.word(item.level.label()),
                escaped(&item.item),
                escaped(reading.text(&item.title)),
                reading.word(item.assurance.label()),
                escaped(&reasons.join(" ")),
            );
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_is_typed_stays_text() {
        assert_eq!(escaped("<script>"), "&lt;script&gt;");
        assert_eq!(escaped("# a | b\n# c"), "\\# a \\| b # c");
        assert_eq!(escaped("[x](javascript:y)"), "\\[x\\](javascript:y)");
        assert_eq!(escaped("`@team`"), "\\`&#64;team\\`");
        assert_eq!(escaped("1. x"), "1\\. x");
        assert_eq!(escaped("http://example.com"), "http&#58;//example.com");
        assert_eq!(escaped("2026-11-20 の TLS 1.2"), "2026-11-20 の TLS 1.2");
    }
}
