//! What the vendor has to fulfil, as the vendor's own assessment says it. It fills items that nobody
//! answered, and pulls down what is better than it; it never lifts an answer, a measurement or an
//! evaluator's word, and what it does not cover stays as it was.

use jiff::Unit;

use super::Context;
use crate::model::answer::Status;
use crate::model::assessment::{Conflict, Finding};
use crate::model::checklist::Item;
use crate::model::crosswalk::Relation;
use crate::model::inherited::{Currency, Inherited, Signature, Standing, VendorAssessment, VendorVerdict};
use crate::model::message::Message;
use crate::model::name::ItemName;
use crate::model::verdict::{Actor, Assurance, Verdict};
use crate::msg;

/// How old the vendor's assessment is, and whether one can still build on it.
pub(super) fn standing(vendor: &VendorAssessment, context: &Context) -> Standing {
    let span = vendor.date.until((Unit::Day, context.clock.today));
    let age_days = span.map(|span| i64::from(span.get_days())).unwrap_or(i64::MAX);
    let most = context.policy.scoring.vendor_assessment_max_age_days;
    let currency = match most {
        _ if age_days < 0 => Currency::Future,
        Some(most) if age_days <= i64::from(most) => Currency::Current,
        _ => Currency::Expired,
    };
    Standing { age_days, currency }
}

/// What the vendor's assessment says of an item that is the vendor's to fulfil.
pub(super) fn of(item: &Item, context: &Context) -> Option<Inherited> {
    let vendor = context.workspace.vendor.as_deref()?;
    if item.actor != Actor::Vendor {
        return None;
    }
    let links = context.policy.crosswalk.links(&item.name).iter();
    let linked =
        links.filter(|link| link.relation != Relation::Related).map(|link| (&link.to, link.relation));
    let all: Vec<Inherited> = [(&item.name, Relation::Same)]
        .into_iter()
        .chain(linked)
        .filter_map(|(from, relation)| one(from, relation, vendor, context))
        .collect();
    // Where several speak, the worst of them counts.
    let worst = all.iter().filter(|one| settles(one).is_some()).min_by_key(|one| rank(one.verdict));
    worst.or_else(|| all.first()).cloned()
}

fn one(
    from: &ItemName,
    relation: Relation,
    vendor: &VendorAssessment,
    context: &Context,
) -> Option<Inherited> {
    let VendorVerdict { verdict, assurance, contradicted, due } = *vendor.verdicts.get(from)?;
    let overdue = due.is_some_and(|due| due < context.clock.today);
    let verdict = match verdict {
        Verdict::Partial if overdue => Verdict::Fail,
        // A pass that contradicts itself is none yet.
        Verdict::Pass if contradicted => Verdict::Open,
        verdict => verdict,
    };
    Some(Inherited { from: from.clone(), relation, verdict, assurance, decides: false })
}

/// What follows for the clinic's item. A fail of a part is a fail of the whole, a pass of the whole is
/// a pass of the part; the other way round nothing follows. That something does not apply to the
/// vendor says nothing about the clinic.
fn settles(inherited: &Inherited) -> Option<Verdict> {
    match (inherited.relation, inherited.verdict) {
        (Relation::Same, Verdict::Pass | Verdict::Partial | Verdict::Fail) => Some(inherited.verdict),
        (Relation::HasPart, Verdict::Fail) => Some(Verdict::Fail),
        (Relation::PartOf, Verdict::Pass) => Some(Verdict::Pass),
        _ => None,
    }
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Open | Verdict::NotApplicable => 1,
        Verdict::Partial => 2,
        Verdict::Pass => 3,
    }
}

/// Lets the vendor's word count, once measurement and answer have had theirs.
pub(super) fn apply(finding: &mut Finding, context: &Context) {
    let (Some(vendor), Some(mut inherited)) =
        (context.workspace.vendor.as_deref(), of(&finding.item, context))
    else {
        return;
    };
    let standing = standing(vendor, context);
    let settled = settles(&inherited);
    let own_no = settled.filter(|settled| *settled != Verdict::Fail).and_then(|_| own_no(finding, context));
    match (settled, own_no) {
        (_, Some(item)) => {
            finding.reasons.push(said(&inherited, vendor, standing));
            finding.reasons.push(msg!("reason.inherited_own_no", item = item.as_str()));
        }
        (None, _) => {
            finding.reasons.push(said(&inherited, vendor, standing));
            finding.reasons.push(match inherited.relation {
                Relation::PartOf => msg!("reason.inherited_wider"),
                Relation::HasPart => msg!("reason.inherited_part"),
                Relation::Same | Relation::Related => msg!("reason.inherited_nothing"),
            });
        }
        (Some(settled), _) if takes(finding, settled) => {
            take(finding, &mut inherited, settled, (vendor, standing));
        }
        (Some(settled), _) => beside(finding, &inherited, settled, (vendor, standing)),
    }
    finding.inherited = Some(inherited);
}

/// Whether the item is decided by what the vendor's assessment says: where nobody wrote anything at
/// it, and where the vendor says worse of its own system than the clinic does. A measurement gives way
/// to a fail only.
fn takes(finding: &Finding, settled: Verdict) -> bool {
    match finding.verdict {
        Verdict::Open => {
            settled == Verdict::Fail || finding.answer.as_deref().is_none_or(|one| one.is_empty())
        }
        Verdict::Pass if finding.assurance == Assurance::Measured => settled == Verdict::Fail,
        Verdict::Pass | Verdict::Partial => rank(settled) < rank(finding.verdict),
        // Who claims that it does not apply is told, not overruled.
        Verdict::Fail | Verdict::NotApplicable => false,
    }
}

fn take(
    finding: &mut Finding,
    inherited: &mut Inherited,
    settled: Verdict,
    (vendor, standing): (&VendorAssessment, Standing),
) {
    finding.reasons.retain(|reason| reason.id != "reason.unanswered");
    finding.reasons.push(said(inherited, vendor, standing));
    let claimed = finding.verdict != Verdict::Open;
    finding.reasons.push(match inherited.relation {
        Relation::PartOf => msg!("reason.inherited_from_wider"),
        Relation::HasPart => msg!("reason.inherited_from_part"),
        Relation::Same | Relation::Related => msg!("reason.inherited"),
    });
    if claimed {
        finding
            .reasons
            .push(msg!("reason.inherited_is_worse", verdict = Message::label(finding.verdict.label())));
    }
    finding.reasons.extend(doubt(vendor, standing));
    inherited.decides = true;
    finding.verdict = settled;
    finding.assurance = known(inherited, vendor, standing);
}

/// What the vendor's assessment adds where the item was decided without it.
fn beside(
    finding: &mut Finding,
    inherited: &Inherited,
    settled: Verdict,
    (vendor, standing): (&VendorAssessment, Standing),
) {
    finding.reasons.push(said(inherited, vendor, standing));
    let measured = finding.verdict == Verdict::Fail && finding.assurance == Assurance::Measured;
    let answered = finding.answer.as_deref().and_then(|answer| answer.status).is_some();
    if settled == Verdict::Pass && measured && !answered {
        // The vendor's word is what stands for an answer here.
        finding.conflict = Some(Conflict::Refuted);
        finding.reasons.push(msg!("reason.conflict_inherited"));
    } else if settled == Verdict::Pass && finding.verdict == Verdict::Pass {
        // What is doubtful about it adds nothing, and takes nothing from what is known here.
        finding.assurance = finding.assurance.max(known(inherited, vendor, standing));
    } else {
        finding.reasons.push(msg!("reason.inherited_beside"));
    }
}

/// Where somebody here has said no to the same, or to a part of it.
fn own_no(finding: &Finding, context: &Context) -> Option<ItemName> {
    let says_no = |name: &ItemName| {
        let status = context.workspace.answers.get(name).and_then(|answer| answer.status);
        status == Some(Status::No)
    };
    let counts = |relation| matches!(relation, Relation::Same | Relation::HasPart);
    let mut links = finding.links.iter().filter(|link| counts(link.relation)).map(|link| &link.to);
    let undecided = finding.verdict == Verdict::Open;
    links.find(|&name| undecided && says_no(name)).cloned()
}

/// Only what is signed by somebody known, and recent, is worth more than a declaration.
fn known(inherited: &Inherited, vendor: &VendorAssessment, standing: Standing) -> Assurance {
    let trusted = vendor.signature == Signature::Verified && standing.currency == Currency::Current;
    if trusted { inherited.assurance } else { inherited.assurance.min(Assurance::Declared) }
}

fn said(inherited: &Inherited, vendor: &VendorAssessment, standing: Standing) -> Message {
    msg!(
        "reason.inherited_said",
        vendor = &vendor.vendor,
        item = inherited.from.as_str(),
        verdict = Message::label(inherited.verdict.label()),
        conclusion = &vendor.conclusion_title,
        date = vendor.date,
        days = standing.age_days,
        signature = match &vendor.signer {
            Some(signer) => msg!("signed.by", signer = signer),
            None => Message::label(vendor.signature.label()),
        },
    )
}

fn doubt(vendor: &VendorAssessment, standing: Standing) -> Vec<Message> {
    let signature = match vendor.signature {
        Signature::Verified => None,
        Signature::Unsigned => Some(msg!("reason.inherited_unsigned")),
        Signature::Unverified => Some(msg!("reason.inherited_unverified")),
    };
    let age = match standing.currency {
        Currency::Current => None,
        Currency::Expired => Some(msg!("reason.inherited_expired")),
        Currency::Future => Some(msg!("reason.inherited_future")),
    };
    [signature, age].into_iter().flatten().collect()
}
