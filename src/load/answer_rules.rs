//! What holds for answers and reviews in whatever file they stand: which items they may name, what
//! they have to say, what may serve as evidence. Readers add the place.

use jiff::civil::Date;

use crate::model::answer::{Answer, Evidence, Status};
use crate::model::column::Column;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::message::Message;
use crate::model::name::ItemName;
use crate::model::origin::Origin;
use crate::msg;

use super::catalog::Catalog;
use super::suggest::suggest;
use super::workspace::Profile;

/// Something to say about an answer, before it has a place.
#[derive(Debug)]
pub struct Remark {
    pub severity: Severity,
    pub what: Message,
    pub mend: Message,
}

impl Remark {
    pub fn error(what: Message, mend: Message) -> Remark {
        Remark { severity: Severity::Error, what, mend }
    }

    pub fn warning(what: Message, mend: Message) -> Remark {
        Remark { severity: Severity::Warning, what, mend }
    }

    pub fn at(self, origin: Origin) -> Diagnostic {
        let Remark { severity, what, mend } = self;
        Diagnostic { severity, what, mend, origin: Some(origin), other: None }
    }
}

/// An item that an answer names.
#[derive(Debug)]
pub enum Named {
    /// One of this audit.
    Asked(ItemName),
    /// One that exists, but whose checklist is not part of this audit.
    Aside(ItemName, Remark),
    /// No item at all.
    Nothing(Remark),
}

/// What names are good for here.
#[derive(Debug)]
pub struct Names<'a> {
    pub catalog: &'a Catalog,
    pub profile: Option<&'a Profile>,
    pub diagnostics: &'a Diagnostics,
}

impl Names<'_> {
    pub fn find(&self, word: &str) -> Named {
        let Some(name) = ItemName::parse(word) else {
            return Named::Nothing(Remark::error(msg!("item.shape", item = word), msg!("item.shape.mend")));
        };
        let Some(checklist) = self.catalog.checklists.get(name.checklist()) else {
            let known = self.catalog.ids.iter().map(String::as_str);
            let what = msg!("checklist.unknown", checklist = name.checklist());
            return Named::Nothing(Remark::error(what, self.suggest(name.checklist(), known)));
        };
        if checklist.item(name.id()).is_none() {
            let known = checklist.items.iter().map(|item| item.name.as_str());
            let mend = self.suggest(word, known);
            return Named::Nothing(Remark::error(msg!("item.unknown", item = word), mend));
        }
        let is_chosen = |profile: &Profile| profile.checklists.iter().any(|one| one.id == name.checklist());
        if !self.profile.is_none_or(is_chosen) {
            let what = msg!("item.not_in_this_audit", item = word, checklist = name.checklist());
            return Named::Aside(name, Remark::warning(what, msg!("item.not_in_this_audit.mend")));
        }
        Named::Asked(name)
    }

    /// Not worked out for those that nobody will see.
    fn suggest<'w>(&self, word: &str, known: impl Iterator<Item = &'w str>) -> Message {
        if self.diagnostics.is_full() { msg!("suggest.none") } else { suggest(word, known) }
    }

    /// An answer to an item that the features rule out: the best sign there is that one was forgotten.
    pub fn absent(&self, name: &ItemName, answer: &Answer) -> Option<Remark> {
        let profile = self.profile?;
        let item = self.catalog.checklists.get(name.checklist()).and_then(|list| list.item(name.id()))?;
        let missing = item.when.missing(&profile.features);
        let claims = !matches!(answer.status, None | Some(Status::Na));
        (claims && !missing.is_empty()).then(|| {
            let what = msg!("answer.feature_absent", item = name.as_str(), features = missing);
            Remark::warning(what, msg!("answer.feature_absent.mend"))
        })
    }
}

/// What an answer lacks, and in which column. A date that is there but cannot be read has been
/// reported already.
pub fn lacking(answer: &Answer, due_is_wrong: bool) -> Option<(Column, Remark)> {
    match answer.status {
        Some(Status::Planned) if answer.due.is_none() && !due_is_wrong => {
            let what = msg!("answer.planned_without_date");
            Some((Column::Due, Remark::error(what, msg!("answer.planned_without_date.mend"))))
        }
        Some(Status::Na) if answer.measure.is_none() => {
            let what = msg!("answer.na_without_reason");
            Some((Column::Measure, Remark::warning(what, msg!("answer.na_without_reason.mend"))))
        }
        _ => None,
    }
}

/// A document that somebody points at, if it may serve. What is wrong is in the column it is about.
pub fn evidence(
    document: Option<String>,
    page: Option<String>,
    file: Option<&str>,
    valid_until: Option<Date>,
) -> Result<Evidence, (Column, Remark)> {
    let file = match file {
        None => None,
        Some(path) => {
            let within = within_workspace(path).ok_or_else(|| {
                let what = msg!("evidence.outside", path = path);
                (Column::File, Remark::error(what, msg!("evidence.outside.mend")))
            })?;
            if is_own(&within) {
                let what = msg!("evidence.own_file", path = path);
                return Err((Column::File, Remark::error(what, msg!("evidence.own_file.mend"))));
            }
            Some(within)
        }
    };
    if document.is_none() && file.is_none() {
        let what = msg!("evidence.names_nothing");
        return Err((Column::Document, Remark::error(what, msg!("evidence.names_nothing.mend"))));
    }
    Ok(Evidence { document, page, file, valid_until })
}

/// What tenken itself reads and writes proves nothing.
fn is_own(path: &str) -> bool {
    let folder = path.split('/').next().unwrap_or_default();
    matches!(folder, "results" | "reports")
        || path == super::PROFILE
        || [super::WAIVERS, super::REVIEWS, super::RECORD].contains(&path)
        || path.starts_with("answers.")
}

/// A path that stays within the workspace, with forward slashes; nothing for one that leaves it.
pub(super) fn within_workspace(path: &str) -> Option<String> {
    let path = path.trim().replace('\\', "/");
    let has_drive = path.as_bytes().get(1) == Some(&b':');
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let stays = !path.starts_with('/') && !has_drive && !parts.contains(&"..") && !parts.is_empty();
    let plain = !path.chars().any(char::is_control);
    (stays && plain).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::within_workspace;

    #[test]
    fn an_evidence_path_stays_within_the_workspace() {
        assert_eq!(within_workspace("evidence/tls.pdf").as_deref(), Some("evidence/tls.pdf"));
        assert_eq!(within_workspace(r"evidence\規程.pdf").as_deref(), Some("evidence/規程.pdf"));
        assert_eq!(within_workspace("./evidence//a.pdf").as_deref(), Some("evidence/a.pdf"));
        for bad in
            ["/etc/passwd", "../x", "evidence/../../x", r"C:\x", "c:x", r"\\server\x", "", ".", "a\u{0}b"]
        {
            assert_eq!(within_workspace(bad), None, "{bad}");
        }
    }
}
