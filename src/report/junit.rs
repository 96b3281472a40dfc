//! JUnit XML, for pipelines: one suite per checklist, one case per item. A shortfall of a mandatory
//! item fails, because it keeps from conforming; one of a recommended item is shown as skipped. What
//! is open is an error, never a success.

use std::fmt::Write as _;

use super::Input;
use super::reading::Reading;
use crate::wire::assessment::{Item, Level, Verdict};

/// What becomes of an item in a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Error,
    Skipped,
}

pub fn render(input: &Input) -> String {
    let reading = input.reading();
    let mut suites = String::new();
    let mut all = Vec::new();
    for checklist in &input.assessment.checklists {
        let items: Vec<&Item> = reading.items_of(&checklist.id).collect();
        let outcomes: Vec<Outcome> = items.iter().map(|item| outcome(item)).collect();
        let name = escaped(&checklist.id);
        let at = escaped(input.assessment.at.trim_end_matches('Z'));
        let counts = counts(&outcomes);
        let _ = writeln!(suites, "  <testsuite name=\"{name}\" {counts} timestamp=\"{at}\">");
        items.iter().for_each(|item| case(&mut suites, item, &reading));
        suites.push_str("  </testsuite>\n");
        all.extend(outcomes);
    }
    let name = escaped(&reading.subject());
    let counts = counts(&all);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{name}\" {counts}>\n{suites}</testsuites>\n"
    )
}

fn outcome(item: &Item) -> Outcome {
    match item.verdict {
        Verdict::NotApplicable => Outcome::Skipped,
        Verdict::Pass if !item.is_contradicted() => Outcome::Passed,
        _ if item.level == Level::Recommended => Outcome::Skipped,
        Verdict::Open => Outcome::Error,
        Verdict::Pass | Verdict::Partial | Verdict::Fail => Outcome::Failed,
    }
}

fn counts(outcomes: &[Outcome]) -> String {
    let of = |wanted: Outcome| outcomes.iter().filter(|one| **one == wanted).count();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\"",
        outcomes.len(),
        of(Outcome::Failed),
        of(Outcome::Error),
        of(Outcome::Skipped),
    )
}

fn case(out: &mut String, item: &Item, reading: &Reading) {
    let (checklist, id) = item.item.split_once('/').unwrap_or((&item.item, ""));
    let class = escaped(&format!("{checklist}.{}", item.theme));
    let name = escaped(&format!("{id} {}", reading.text(&item.title)));
    let _ = write!(out, "    <testcase classname=\"{class}\" name=\"{name}\" time=\"0\"");
    let tag = match outcome(item) {
        Outcome::Passed => return out.push_str("/>\n"),
        Outcome::Failed => "failure",
        Outcome::Error => "error",
        Outcome::Skipped => "skipped",
    };
    let level = reading.word(item.level.label());
    let message = escaped(&format!("{level}: {}", reading.word(item.verdict.label())));
    let kind = if item.is_contradicted() { "conflict" } else { item.verdict.word() };
    // The schema that most readers keep allows no type on what was skipped.
    let kind = if tag == "skipped" { String::new() } else { format!(" type=\"{kind}\"") };
    let _ = writeln!(
        out,
        ">\n      <{tag} message=\"{message}\"{kind}>{}</{tag}>",
        escaped(&detail(item, reading))
    );
    out.push_str("    </testcase>\n");
}

/// Why, and how to mend it.
fn detail(item: &Item, reading: &Reading) -> String {
    let reasons = item.reasons.iter().map(|one| one.to(reading.lang).to_owned());
    let criteria = item.criteria.iter().map(|one| reading.text(&one.sentence).to_owned());
    let fix = format!("{}: {}", reading.word("explain.fix"), reading.text(&item.fix));
    reasons.chain(criteria).chain([fix]).collect::<Vec<_>>().join("\n")
}

/// Text and attributes of XML. Characters that XML does not allow have been replaced before.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_ends_its_element() {
        assert_eq!(escaped("]]></failure>\"'&"), "]]&gt;&lt;/failure&gt;&quot;&apos;&amp;");
    }
}
