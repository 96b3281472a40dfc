//! Reads the assessment that a vendor hands to the clinics it serves. It comes from outside: it is
//! bounded, it has to add up, it has to be a vendor's and to speak of something that the clinic asks;
//! what was decided by another edition of a checklist is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;

use super::answer_rules::within_workspace;
use super::catalog::Catalog;
use super::file::TextFile;
use super::result;
use super::workspace::{Named, Profile};
use crate::model::crosswalk::Relation;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::inherited::{Signature, VendorAssessment, VendorVerdict};
use crate::model::message::Message;
use crate::model::name::ItemName;
use crate::model::scoring::Conclusion;
use crate::model::text::Text;
use crate::model::verdict::{Actor, Assurance, Verdict};
use crate::model::workspace::{Kind, Role};
use crate::msg;
use crate::wire::assessment as wire;

/// The vendor's assessment that a profile names. What is wrong with it is noted where it is named.
pub fn read(
    folder: &Path,
    named: &Named,
    profile: &Profile,
    catalog: &Catalog,
    diagnostics: &Diagnostics,
) -> Option<VendorAssessment> {
    let refuse = |what: Message, mend: Message| {
        diagnostics.push(Diagnostic::error(what, mend).at(named.place.clone()));
    };
    if profile.subject.kind == Kind::Vendor {
        refuse(msg!("vendor.for_clinics"), msg!("vendor.for_clinics.mend"));
        return None;
    }
    let within = within_workspace(&named.path).filter(|path| stays(folder, path));
    let Some(path) = within else {
        refuse(msg!("vendor.outside", path = &named.path), msg!("vendor.outside.mend"));
        return None;
    };
    let file = TextFile::read_up_to(result::LARGEST, &folder.join(&path));
    let file = file.map_err(|wrong| diagnostics.push(*wrong)).ok()?;
    let assessment = result::parse(&file, diagnostics)?;
    if assessment.subject.kind != wire::SubjectKind::Vendor {
        refuse(
            msg!("vendor.not_a_vendor", path = &path, name = &assessment.subject.name),
            msg!("vendor.not_a_vendor.mend"),
        );
        return None;
    }
    // Read from a text of ten figures before.
    let date: Date = assessment.date.parse().ok()?;
    warn(&assessment, profile, named, diagnostics);
    let verdicts = verdicts(&assessment, catalog, named, diagnostics);
    if !wanted(profile, catalog).iter().any(|name| verdicts.contains_key(name)) {
        let lists: Vec<&str> = assessment.checklists.iter().map(|one| one.id.as_str()).collect();
        refuse(
            msg!("vendor.nothing_serves", path = &path, checklists = lists),
            msg!("vendor.nothing_serves.mend"),
        );
        return None;
    }
    Some(VendorAssessment {
        file: path,
        sha256: file.digest(),
        vendor: assessment.subject.name.clone(),
        product: assessment.subject.product.clone(),
        date,
        conclusion: conclusion(assessment.conclusion),
        conclusion_title: Text::new(&*assessment.conclusion_title.ja, &*assessment.conclusion_title.en),
        // A result file carries none.
        signature: Signature::Unsigned,
        verdicts,
    })
}

/// Whether the file itself, links followed, lies in the workspace. One that is not there stays.
fn stays(folder: &Path, path: &str) -> bool {
    match (folder.canonicalize(), folder.join(path).canonicalize()) {
        (Ok(folder), Ok(file)) => file.starts_with(folder),
        _ => true,
    }
}

/// What should make a reader look twice: another product, other addresses.
fn warn(assessment: &wire::Assessment, profile: &Profile, named: &Named, diagnostics: &Diagnostics) {
    let warn = |what: Message, mend: Message| {
        diagnostics.push(Diagnostic::warning(what, mend).at(named.place.clone()));
    };
    if let (Some(ours), Some(theirs)) = (&profile.subject.product, &assessment.subject.product)
        && ours != theirs
    {
        warn(msg!("vendor.other_product", ours = ours, theirs = theirs), msg!("vendor.other_product.mend"));
    }
    let ours: BTreeSet<&str> = profile
        .targets
        .iter()
        .filter(|target| target.role == Role::System)
        .map(|target| target.endpoint.as_str())
        .collect();
    let theirs: BTreeSet<&str> = assessment
        .targets
        .iter()
        .filter(|target| target.role == wire::TargetRole::System)
        .map(|target| target.endpoint.as_str())
        .collect();
    if !ours.is_empty() && !theirs.is_empty() && ours.is_disjoint(&theirs) {
        let (ours, theirs): (Vec<&str>, Vec<&str>) =
            (ours.into_iter().collect(), theirs.into_iter().collect());
        warn(msg!("vendor.other_targets", ours = ours, theirs = theirs), msg!("vendor.other_targets.mend"));
    }
}

/// The verdicts of those checklists that are the edition we have: under another one, a number can
/// stand for another question.
fn verdicts(
    assessment: &wire::Assessment,
    catalog: &Catalog,
    named: &Named,
    diagnostics: &Diagnostics,
) -> BTreeMap<ItemName, VendorVerdict> {
    let mut same = BTreeSet::new();
    for theirs in &assessment.checklists {
        let Some(ours) = catalog.checklists.get(&theirs.id) else { continue };
        if ours.edition == theirs.edition {
            same.insert(ours.id.as_str());
            continue;
        }
        let what =
            msg!("vendor.edition", checklist = &theirs.id, theirs = &theirs.edition, ours = &ours.edition);
        let wrong = Diagnostic::warning(what, msg!("vendor.edition.mend"));
        diagnostics.push(wrong.at(named.place.clone()));
    }
    let items = assessment.items.iter().filter_map(|item| Some((ItemName::parse(&item.item)?, item)));
    let known = items.filter(|(name, _)| {
        let list = catalog.checklists.get(name.checklist());
        same.contains(name.checklist()) && list.is_some_and(|list| list.item(name.id()).is_some())
    });
    known.map(|(name, item)| (name, verdict_of(item))).collect()
}

fn verdict_of(item: &wire::Item) -> VendorVerdict {
    let status = item.declared.as_ref().and_then(|declared| declared.status);
    let is_planned = status == Some(wire::Status::Planned) && item.review.is_none();
    let due = item.due.as_ref().filter(|_| is_planned).and_then(|due| due.parse().ok());
    VendorVerdict {
        verdict: verdict(item.verdict),
        assurance: assurance(item.assurance),
        contradicted: item.is_contradicted(),
        due,
    }
}

/// The items at which a vendor's word would tell something about this audit.
fn wanted(profile: &Profile, catalog: &Catalog) -> BTreeSet<ItemName> {
    let items = profile.checklists.iter().flat_map(|checklist| &checklist.items);
    let mut names = BTreeSet::new();
    for item in items.filter(|item| item.actor == Actor::Vendor) {
        names.insert(item.name.clone());
        let links = catalog.policy.crosswalk.links(&item.name).iter();
        names.extend(links.filter(|link| link.relation != Relation::Related).map(|link| link.to.clone()));
    }
    names
}

/// From a word on the wire to the word of the vocabulary.
macro_rules! same {
    ($function:ident: $to:ident { $($word:ident),* $(,)? }) => {
        fn $function(word: wire::$to) -> $to {
            match word { $(wire::$to::$word => $to::$word),* }
        }
    };
}
same!(verdict: Verdict { Pass, Partial, Fail, NotApplicable, Open });
same!(assurance: Assurance { None, Declared, Documented, Measured });
same!(conclusion: Conclusion { Conforms, Conditional, DoesNotConform, NotAssessed });
