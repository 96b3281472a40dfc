//! Drafts for patients and for the notice board, from what the audit of the briefing says: as a page
//! to print and as Markdown to edit. What is not settled is marked as a gap, so that nobody hands out
//! a promise that is not kept.

use anyhow::Context;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};

use super::Input;
use super::html::{environment, hash};
use super::markdown::escaped;
use super::reading::Reading;
use crate::model::message::{Arg, Message};
use crate::model::reference::{Group, Medicine, Reference};
use crate::model::text::Lang;
use crate::msg;
use crate::wire::assessment::{Assessment, Conclusion, Verdict};

const DOCUMENTS: &str = include_str!("../../reports/patient/documents.yaml");
const STYLE: &str = include_str!("../../reports/patient/style.css");
const TEMPLATE: (&str, &str) = ("patient.html", include_str!("../../reports/patient/patient.html"));

/// The checklists that the drafts rest on.
const BRIEFING: &str = "patient-briefing";
const GUIDELINE: &str = "mhlw-clinic";

#[derive(Debug, Deserialize)]
struct File {
    documents: Vec<RawDocument>,
}

#[derive(Debug, Deserialize)]
struct RawDocument {
    title: Both,
    lead: Both,
    #[serde(default)]
    needs: Option<String>,
    parts: Vec<RawPart>,
}

#[derive(Debug, Deserialize)]
struct RawPart {
    heading: Both,
    #[serde(default)]
    lines: Vec<RawLine>,
    /// A published table that stands here.
    #[serde(default)]
    reference: Option<String>,
    /// Only where one of these is offered.
    #[serde(default)]
    features: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct RawLine {
    #[serde(flatten)]
    text: Both,
    #[serde(default)]
    items: Vec<String>,
    #[serde(default)]
    blank: bool,
    #[serde(default)]
    check: bool,
}

#[derive(Debug, Deserialize)]
struct Both {
    ja: String,
    en: String,
}

impl Both {
    fn to(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

#[derive(Debug, Serialize)]
struct Document {
    title: String,
    lead: String,
    /// It says something that is not so yet.
    blocked: bool,
    parts: Vec<Part>,
}

#[derive(Debug, Serialize)]
struct Part {
    heading: String,
    has_blanks: bool,
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    text: String,
    check: bool,
    /// What is not settled.
    gap: Option<String>,
}

/// Whether the assessment says enough: it has to cover what patients are told.
pub fn is_possible(assessment: &Assessment) -> bool {
    assessment.checklists.iter().any(|checklist| checklist.id == BRIEFING)
}

pub fn html(input: &Input) -> anyhow::Result<String> {
    let policy =
        format!("default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'", hash(STYLE));
    let environment = environment(input.lang, &[TEMPLATE])?;
    Ok(environment.get_template(TEMPLATE.0)?.render(context! {
        lang => input.lang.tag(),
        clinic => &input.assessment.subject.name,
        date => &input.assessment.date,
        documents => Value::from(Serde(&documents(input)?)),
        policy => policy,
        style => Value::from_safe_string(STYLE.to_owned()),
    })?)
}

pub fn markdown(input: &Input) -> anyhow::Result<String> {
    let reading = input.reading();
    let gap = reading.word("patient.gap");
    let mut out = String::new();
    for document in documents(input)? {
        out += &format!("# {}\n\n", escaped(&document.title));
        out += &format!("*{}*\n\n", reading.say(&msg!("patient.mark", date = &input.assessment.date)));
        if document.blocked {
            out += &format!("> **{gap}** {}\n\n", reading.word("patient.blocked"));
        }
        out += &format!("{}\n\n", escaped(&document.lead));
        for part in document.parts {
            out += &format!("## {}\n\n", escaped(&part.heading));
            for line in part.lines {
                let mark = if line.check { "[ ] " } else { "" };
                let end = if part.has_blanks { ": ______________" } else { "" };
                let why = line.gap.map(|why| format!(" **{gap}** {}", escaped(&why))).unwrap_or_default();
                out += &format!("- {mark}{}{end}{why}\n", escaped(&line.text));
            }
            out.push('\n');
        }
    }
    Ok(out)
}

fn documents(input: &Input) -> anyhow::Result<Vec<Document>> {
    let file: File = serde_yaml::from_str(DOCUMENTS)?;
    let reading = input.reading();
    file.documents.iter().map(|raw| document(raw, &reading, input.references)).collect()
}

fn document(raw: &RawDocument, reading: &Reading, references: &[Reference]) -> anyhow::Result<Document> {
    let lang = reading.lang;
    // Filled in once; braces in a name are not looked at again.
    let lead = raw.lead.to(lang).replacen("{clinic}", &reading.assessment.subject.name, 1);
    let mut parts = Vec::new();
    for part in &raw.parts {
        let is_offered = |feature: &String| reading.assessment.features.contains(feature);
        if !part.features.is_empty() && !part.features.iter().any(is_offered) {
            continue;
        }
        let mut lines: Vec<Line> = part.lines.iter().filter_map(|raw| line(raw, reading)).collect();
        let has_blanks = !lines.is_empty() && part.lines.iter().all(|line| line.blank);
        if let Some(id) = &part.reference {
            let reference = references.iter().find(|one| one.id == *id);
            lines.extend(table(reference.with_context(|| format!("no table {id}"))?, reading));
        }
        if !lines.is_empty() {
            parts.push(Part { heading: part.heading.to(lang).to_owned(), has_blanks, lines });
        }
    }
    Ok(Document {
        title: raw.title.to(lang).to_owned(),
        lead,
        blocked: raw.needs.is_some() && !follows_the_guideline(reading.assessment),
        parts,
    })
}

/// A published table, line by line. It was put together from the source by hand, so whoever prints it
/// holds it against the source first.
fn table(reference: &Reference, reading: &Reading) -> Vec<Line> {
    let source = &reference.source;
    let check = msg!(
        "patient.check_table",
        publisher = &source.publisher,
        document = &source.document,
        place = &source.place
    );
    let line = |text: String, gap: Option<String>| Line { text, check: false, gap };
    let lead = line(reference.says.to(reading.lang).to_owned(), Some(reading.say(&check)));
    let groups = reference.groups.iter().flat_map(medicines).map(|text| line(reading.say(&text), None));
    std::iter::once(lead).chain(groups).collect()
}

/// The medicines of one field, and what is to be said about some of them.
fn medicines(group: &Group) -> Vec<Message> {
    let names: Vec<Arg> = group.medicines.iter().map(|one| Arg::from(&one.name)).collect();
    let all = if group.open {
        msg!("patient.group_open", field = &group.field, medicines = names)
    } else {
        msg!("patient.group", field = &group.field, medicines = names)
    };
    let note = |one: &Medicine| {
        one.note.as_ref().map(|note| msg!("patient.medicine", name = &one.name, note = note))
    };
    std::iter::once(all).chain(group.medicines.iter().filter_map(note)).collect()
}

/// Nothing where none of its items applies.
fn line(raw: &RawLine, reading: &Reading) -> Option<Line> {
    let find = |name: &String| reading.assessment.items.iter().find(|item| item.item == *name);
    let items: Vec<_> = raw.items.iter().map(find).collect();
    let is_out = |item: &Option<&_>| {
        item.is_some_and(|item: &crate::wire::assessment::Item| item.verdict == Verdict::NotApplicable)
    };
    if !items.is_empty() && items.iter().all(is_out) {
        return None;
    }
    let unsettled =
        raw.items.iter().zip(items).find_map(|(name, item)| match item.map(|item| item.verdict) {
            Some(Verdict::Pass | Verdict::NotApplicable) => None,
            Some(verdict) => {
                Some(msg!("patient.unsettled", item = name, verdict = reading.word(verdict.label())))
            }
            None => Some(msg!("patient.not_audited", item = name)),
        });
    Some(Line {
        text: raw.text.to(reading.lang).to_owned(),
        check: raw.check,
        gap: unsettled.map(|message| reading.say(&message)),
    })
}

/// Every mandatory item of the guideline's own checklist passes, and so does the whole.
fn follows_the_guideline(assessment: &Assessment) -> bool {
    assessment.conclusion == Conclusion::Conforms
        && assessment.checklists.iter().any(|checklist| checklist.id == GUIDELINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drafts_can_be_read_and_speak_of_the_briefing_only() {
        let file: File = serde_yaml::from_str(DOCUMENTS).unwrap();
        assert_eq!(file.documents.len(), 4);
        let lines = file.documents.iter().flat_map(|document| &document.parts).flat_map(|part| &part.lines);
        let items: Vec<&String> = lines.flat_map(|line| &line.items).collect();
        assert!(items.len() > 25);
        assert!(items.iter().all(|item| item.starts_with("patient-briefing/")));
    }
}
