//! Reads `waivers.yaml`: risks that somebody accepts for a while. A file of its own, because whoever
//! accepts a risk is not the one who answers, and so that making a questionnaire anew never touches it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer_rules::{Named, Names};
use super::catalog::Catalog;
use super::file::TextFile;
use super::words::{date, words};
use super::workspace::Profile;
use super::yaml::{Entries, Field, Reading};
use crate::model::diagnostic::Diagnostics;
use crate::model::name::ItemName;
use crate::model::origin::Span;
use crate::model::waiver::Waiver;

/// Accepted risks, by item (`checklist/id`). None of them changes a verdict.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken waivers (waivers.yaml)")]
pub struct RawWaivers {
    waivers: Field<Entries<RawWaiver>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawWaiver {
    /// Who accepts the risk.
    #[schemars(with = "String")]
    by: Field<String>,
    /// Why it can be borne until then.
    #[schemars(with = "String")]
    reason: Field<String>,
    /// The last day on which it is accepted, as in 2027-03-31.
    #[schemars(with = "String")]
    until: Field<String>,
}

pub type Waivers = BTreeMap<ItemName, Arc<Waiver>>;

/// Those of a workspace; none where it has no such file.
pub fn of(folder: &Path, catalog: &Catalog, profile: &Profile, diagnostics: &Diagnostics) -> Waivers {
    let path = folder.join(super::WAIVERS);
    // A link that leads nowhere is an error: somebody meant to accept something.
    if path.symlink_metadata().is_err() {
        return Waivers::new();
    }
    let file = TextFile::read(&path).map_err(|wrong| diagnostics.push(*wrong)).ok();
    let read = |file: TextFile| read(&Reading::new(&file, diagnostics), catalog, Some(profile));
    file.and_then(read).unwrap_or_default()
}

pub fn read(reading: &Reading, catalog: &Catalog, profile: Option<&Profile>) -> Option<Waivers> {
    let raw: RawWaivers = reading.document()?;
    let names = Names { catalog, profile, diagnostics: reading.diagnostics() };
    let mut waivers = Waivers::new();
    for (key, value) in raw.waivers.value().unwrap_or_default().0 {
        let Some((word, span)) = key.given() else { continue };
        // An item without anything below it says nothing and is reported by what it lacks.
        let (raw, place) = value.given().unwrap_or((RawWaiver::default(), span));
        let waiver = waiver(raw, place, reading);
        match names.find(&word) {
            Named::Asked(name) => waivers.extend(waiver.map(|waiver| (name, Arc::new(waiver)))),
            Named::Aside(_, remark) | Named::Nothing(remark) => reading.remark(span, remark),
        }
    }
    Some(waivers)
}

fn waiver(raw: RawWaiver, place: Span, reading: &Reading) -> Option<Waiver> {
    let by = words(raw.by, "by", place, reading);
    let reason = words(raw.reason, "reason", place, reading);
    let until = raw.until.required("until", place, reading).and_then(|(word, span)| {
        let word = words(Field::Given(word, span), "until", place, reading)?;
        date(Field::Given(word, span), reading)
    });
    Some(Waiver { by: by?, reason: reason?, until: until? })
}
