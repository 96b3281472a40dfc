//! Where reports go: text to standard output; one format alone that other programs read goes there
//! too, unless a folder is named; everything else into files.

use std::path::{Path, PathBuf};

use super::{Complaint, Session, write};
use crate::load::file::shown;
use crate::model::diagnostic::Diagnostic;
use crate::model::reference::Reference;
use crate::msg;
use crate::report::{Format, Reports};

/// What was asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Wanted {
    #[arg(long, value_name = "FORMAT", value_delimiter = ',', default_value = "text",
          value_parser = super::arguments::format())]
    pub format: Vec<Format>,
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

impl Wanted {
    /// A folder without anything to write into it is a slip of the command line.
    pub fn check(&self) -> anyhow::Result<()> {
        if self.out.is_some() && self.format.iter().all(|format| *format == Format::Text) {
            let wrong =
                Diagnostic::error(msg!("audit.nothing_to_write"), msg!("audit.nothing_to_write.mend"));
            return Err(Complaint(wrong).into());
        }
        Ok(())
    }

    /// Whether a format is among them that shows what was assessed before.
    pub fn shows_history(&self) -> bool {
        self.format.iter().any(|format| format.shows_history())
    }

    /// The published tables that the formats show.
    pub fn references(&self, session: &Session) -> Vec<Reference> {
        if !self.format.contains(&Format::Patient) {
            return Vec::new();
        }
        session.catalog().map(|catalog| catalog.references.into_values().collect()).unwrap_or_default()
    }

    /// `home` is asked for the folder only where something has to be written and no other is named.
    pub fn deliver(
        &self,
        reports: &Reports,
        session: &Session,
        home: impl Fn() -> anyhow::Result<PathBuf>,
    ) -> anyhow::Result<()> {
        if let Some(format) = self.format.iter().find(|format| !reports.is_possible(**format)) {
            let what = msg!("report.not_possible", format = format.word());
            return Err(Complaint(Diagnostic::error(what, msg!("report.not_possible.mend"))).into());
        }
        if self.format.contains(&Format::Text) {
            for rendered in reports.render(Format::Text)? {
                session.print(&String::from_utf8_lossy(&rendered.bytes))?;
            }
        }
        if let ([format], None) = (self.format.as_slice(), &self.out)
            && format.is_stream()
        {
            for rendered in reports.render(*format)? {
                session.print_data(&rendered.bytes)?;
            }
            return Ok(());
        }
        let mut done = vec![Format::Text];
        for format in &self.format {
            if done.contains(format) {
                continue;
            }
            done.push(*format);
            let folder = match &self.out {
                Some(folder) => folder.clone(),
                None => home()?,
            };
            files(*format, reports, session, &folder)?;
        }
        Ok(())
    }
}

fn files(format: Format, reports: &Reports, session: &Session, folder: &Path) -> anyhow::Result<()> {
    for rendered in reports.render(format)? {
        let path = write::under_free_name(folder, reports.date(), rendered.end, &rendered.bytes)?;
        session.remark(&session.say(&msg!("audit.written", path = shown(&path))));
    }
    Ok(())
}
