//! Reads the assessment that a vendor hands to the clinics it serves. It comes from outside: it is
//! bounded, it has to add up, it has to be a vendor's and to speak of something that the clinic asks;
//! what was decided by another edition of a checklist is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;

use super::answer_rules::within_workspace;
use super::catalog::Catalog;
use super::file::{TextFile, shown};
use super::result;
use super::workspace::{Named, Profile};
use crate::model::crosswalk::Relation;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::inherited::{Signature, VendorAssessment, VendorVerdict};
use crate::model::message::Message;
use crate::model::name::ItemName;
use crate::model::origin::Span;
use crate::model::scoring::Conclusion;
use crate::model::text::Text;
use crate::model::verdict::{Actor, Assurance, Verdict};
use crate::model::workspace::{Kind, Role};
use crate::msg;
use crate::pack::{Package, Refused, Signature as Found, Signers, Who};
use crate::wire::assessment as wire;

/// The vendor's assessment that a profile names. What is wrong with it is noted where it is named.
pub fn read(
    folder: &Path,
    named: &Named,
    profile: &Profile,
    catalog: &Catalog,
    now: Timestamp,
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
    let signers = match &profile.vendor_signers {
        Some(named) => Some(signers(folder, named, diagnostics)?),
        None => None,
    };
    let Handed { assessment, sha256, signature, signer } = match is_package(&folder.join(&path)) {
        true => packed(&folder.join(&path), signers.as_ref(), now, diagnostics, &refuse)?,
        false => plain_result(&folder.join(&path), diagnostics)?,
    };
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
        sha256,
        vendor: assessment.subject.name.clone(),
        product: assessment.subject.product.clone(),
        date,
        conclusion: conclusion(assessment.conclusion),
        conclusion_title: Text::new(&*assessment.conclusion_title.ja, &*assessment.conclusion_title.en),
        signature,
        signer,
        verdicts,
    })
}

/// What a vendor handed over, and who stands for it.
struct Handed {
    assessment: wire::Assessment,
    /// Of the file; of a package, that of its manifest, which stands for the whole.
    sha256: String,
    signature: Signature,
    signer: Option<String>,
}

/// A result by itself. It carries no signature.
fn plain_result(path: &Path, diagnostics: &Diagnostics) -> Option<Handed> {
    let file = TextFile::read_up_to(result::LARGEST, path).map_err(|wrong| diagnostics.push(*wrong)).ok()?;
    let assessment = result::parse(&file, diagnostics)?;
    Some(Handed { assessment, sha256: file.digest(), signature: Signature::Unsigned, signer: None })
}

/// Whether a file begins as packages do.
fn is_package(path: &Path) -> bool {
    let mut begin = [0; 4];
    let is_file = std::fs::metadata(path).is_ok_and(|meta| meta.is_file());
    let mut read = || File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    is_file && read().is_ok() && begin == *b"PK\x03\x04"
}

/// The assessment in a package. One that does not hold is worth nothing, whoever signed it.
fn packed(
    path: &Path,
    signers: Option<&Signers>,
    now: Timestamp,
    diagnostics: &Diagnostics,
    refuse: &dyn Fn(Message, Message),
) -> Option<Handed> {
    let broken = |what: Message| refuse(msg!("vendor.package", what = what), msg!("vendor.package.mend"));
    let package = match Package::open(path) {
        Ok(package) => package,
        Err(Refused::Malformed(what)) => {
            broken(what);
            return None;
        }
        Err(Refused::Unreadable(error)) => {
            refuse(msg!("file.unreadable", error = error.to_string()), msg!("file.unreadable.mend"));
            return None;
        }
    };
    let found = package.signature(signers, now);
    let invalid = (found == Found::Invalid).then(|| msg!("package.signature"));
    if let Some(what) = package.problems().first().cloned().or(invalid) {
        broken(what);
        return None;
    }
    let (signature, signer) = match found {
        Found::Valid { who: Who::Known(name), .. } => (Signature::Verified, Some(name)),
        Found::Valid { .. } | Found::Unchecked { .. } => (Signature::Unverified, None),
        Found::Missing | Found::Invalid => (Signature::Unsigned, None),
    };
    let inside = &package.manifest().assessment;
    let text = package.bytes(inside, result::LARGEST);
    let Some(text) = text.and_then(|bytes| TextFile::of_bytes(shown(&path.join(inside)), bytes)) else {
        broken(msg!("package.no_assessment", path = inside));
        return None;
    };
    let assessment = result::parse(&text, diagnostics)?;
    Some(Handed { assessment, sha256: package.digest(), signature, signer })
}

/// Who may sign. A list that cannot be read is an error: without it nobody would be known.
fn signers(folder: &Path, named: &Named, diagnostics: &Diagnostics) -> Option<Signers> {
    let within = within_workspace(&named.path).filter(|path| stays(folder, path));
    let Some(path) = within else {
        let wrong =
            Diagnostic::error(msg!("vendor.outside", path = &named.path), msg!("vendor.outside.mend"));
        diagnostics.push(wrong.at(named.place.clone()));
        return None;
    };
    let file = TextFile::read(&folder.join(path)).map_err(|wrong| diagnostics.push(*wrong)).ok()?;
    let refuse = |line| {
        let wrong = Diagnostic::error(msg!("verify.signers"), msg!("verify.signers.mend"));
        diagnostics.push(wrong.at(file.origin(Span { line, column: 1, length: 0 })));
    };
    Signers::read(&file.text).map_err(refuse).ok()
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
