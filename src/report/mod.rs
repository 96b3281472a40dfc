//! Projections of one assessment. A report decides nothing, and knows nothing but the wire form: the
//! same that a result file holds, so that what an audit shows and what is rendered from a file later
//! cannot differ.

pub mod again;
pub mod chain;
pub mod clean;
pub mod compare;
pub mod configuration;
mod csv;
pub mod difference;
mod evaluator;
pub mod facts;
mod glossary;
mod headline;
mod html;
pub mod json;
mod junit;
mod markdown;
pub mod measured;
mod oscal;
pub mod patient;
pub mod reading;
pub mod responsibility;
pub mod sentence;
pub mod summary;
mod trend;
mod xlsx;

pub use crate::typeset;

use jiff::Timestamp;
use reading::Reading;

use crate::model::keyword;
use crate::model::reference::Reference;
use crate::model::text::Lang;
use crate::wire::assessment::Assessment;

keyword! {
    /// What an assessment can be rendered as.
    Format in "format" {
        Text = "text",
        Json = "json",
        Html = "html",
        Xlsx = "xlsx",
        Csv = "csv",
        Markdown = "md",
        Junit = "junit",
        Oscal = "oscal",
        /// Drafts for patients and for the notice board.
        Patient = "patient",
    }
}

impl Format {
    /// One text that another program reads as it comes.
    pub fn is_stream(self) -> bool {
        matches!(self, Format::Json | Format::Csv | Format::Markdown | Format::Junit)
    }

    /// Whether it shows what was assessed before.
    pub fn shows_history(self) -> bool {
        matches!(self, Format::Html | Format::Xlsx)
    }
}

/// One assessment, ready to be rendered in any format.
#[derive(Debug)]
pub struct Reports<'a> {
    assessment: &'a Assessment,
    /// The same, and those before it, as people may see them.
    shown: Assessment,
    earlier: Vec<Assessment>,
    references: Vec<Reference>,
    lang: Lang,
    everything: bool,
}

/// A report: the end of its file's name, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub end: &'static str,
    pub bytes: Vec<u8>,
}

impl Rendered {
    fn new(end: &'static str, bytes: impl Into<Vec<u8>>) -> Rendered {
        Rendered { end, bytes: bytes.into() }
    }
}

impl<'a> Reports<'a> {
    pub fn new(
        assessment: &'a Assessment,
        mut earlier: Vec<Assessment>,
        lang: Lang,
        everything: bool,
    ) -> anyhow::Result<Reports<'a>> {
        let moment = |one: &Assessment| one.at.parse::<Timestamp>().unwrap_or_default();
        earlier.retain(|one| moment(one) < moment(assessment));
        earlier.sort_by_key(moment);
        let earlier = earlier.iter().map(clean::clean).collect::<Result<_, _>>()?;
        Ok(Reports {
            assessment,
            shown: clean::clean(assessment)?,
            earlier,
            references: Vec::new(),
            lang,
            everything,
        })
    }

    /// The published tables that drafts for patients show.
    pub fn with_references(self, references: Vec<Reference>) -> Reports<'a> {
        Reports { references, ..self }
    }

    /// The date that names its files.
    pub fn date(&self) -> &str {
        &self.assessment.date
    }

    /// Whether the assessment says enough for a format.
    pub fn is_possible(&self, format: Format) -> bool {
        format != Format::Patient || patient::is_possible(self.assessment)
    }

    /// How it came to this, for a terminal.
    pub fn trend(&self) -> String {
        trend::render(&self.input())
    }

    fn input(&self) -> Input<'_> {
        Input {
            assessment: &self.shown,
            earlier: &self.earlier,
            references: &self.references,
            lang: self.lang,
            everything: self.everything,
        }
    }

    pub fn render(&self, format: Format) -> anyhow::Result<Vec<Rendered>> {
        let input = self.input();
        Ok(match format {
            Format::Text => vec![Rendered::new("txt", summary::render(&input))],
            Format::Html => vec![Rendered::new("html", html::render(&input)?)],
            Format::Xlsx => vec![Rendered::new("xlsx", xlsx::render(&input)?)],
            Format::Csv => vec![Rendered::new("csv", csv::render(&input))],
            Format::Markdown => vec![Rendered::new("md", markdown::render(&input))],
            Format::Junit => vec![Rendered::new("junit.xml", junit::render(&input))],
            Format::Oscal => {
                let files = oscal::render(&input)?.into_iter();
                files.map(|(end, text)| Rendered::new(end, text)).collect()
            }
            Format::Patient => vec![
                Rendered::new("patient.html", patient::html(&input)?),
                Rendered::new("patient.md", patient::markdown(&input)?),
            ],
            Format::Json => vec![Rendered::new("json", json::render(self.assessment)?)],
        })
    }
}

/// What a format works from: an assessment that has been through [`clean::clean`].
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    pub assessment: &'a Assessment,
    /// What was assessed before, the oldest first.
    pub earlier: &'a [Assessment],
    pub references: &'a [Reference],
    pub lang: Lang,
    /// Every item with its reasons, where a format would leave some out.
    pub everything: bool,
}

impl<'a> Input<'a> {
    pub fn reading(&self) -> Reading<'a> {
        Reading { assessment: self.assessment, lang: self.lang }
    }
}
