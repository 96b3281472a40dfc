//! An assessment in its versioned JSON form.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::answer::{Answer, Evidence, Status};
use crate::model::assessment::{Assessment, Conflict, Finding, Judged, Ratio, Scores, State, Tally};
use crate::model::checklist::{Also, Checklist, Demand, Later};
use crate::model::criterion::{Comparator, ComparatorName, Power};
use crate::model::crosswalk::{Link, Relation};
use crate::model::fact::{Fact, Failure, Observation, Outcome, Value};
use crate::model::inherited::{Currency, Signature, Standing, VendorAssessment};
use crate::model::message::Message;
use crate::model::profile::{Profile, Requirement};
use crate::model::received::Received;
use crate::model::scoring::Conclusion;
use crate::model::text::Text;
use crate::model::verdict::{Actor, Assurance, Confidence, Level, Verdict};
use crate::model::workspace::{FileState, Kind, Role};
use crate::report::sentence;
use crate::texts;
use crate::wire::assessment as wire;
use crate::wire::facts::{self as wire_facts, Missing, MissingKind, Words};
use crate::wire::review::Package;

/// The JSON text, with a line break at its end.
pub fn render(assessment: &wire::Assessment) -> serde_json::Result<String> {
    let json = serde_json::to_string_pretty(assessment)?;
    Ok(without_orders(json))
}

/// The text as it can be shown on a terminal, with a line break at its end.
pub(super) fn without_orders(mut json: String) -> String {
    // JSON allows these characters as they are; a terminal would obey them.
    let is_order = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    if json.contains(is_order) {
        let escaped = |c: char| if is_order(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
        json = json.chars().map(escaped).collect();
    }
    json.push('\n');
    json
}

pub fn to_wire(assessment: &Assessment) -> wire::Assessment {
    wire::Assessment {
        schema: wire::SCHEMA.to_owned(),
        tool: wire::Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        at: assessment.clock.now.to_string(),
        date: assessment.clock.today.to_string(),
        conclusion: conclusion(assessment.conclusion),
        conclusion_title: words(&assessment.conclusion_title),
        subject: wire::Subject {
            name: assessment.subject.name.clone(),
            kind: kind(assessment.subject.kind),
            product: assessment.subject.product.clone(),
            applicant: assessment.subject.applicant.clone(),
            evaluator: assessment.subject.evaluator.clone(),
        },
        features: assessment.features.iter().cloned().collect(),
        scores: scores(&assessment.scores),
        checklists: assessment.checklists.iter().map(|one| checklist(one, assessment)).collect(),
        rules: assessment
            .rules
            .iter()
            .map(|source| wire::RuleFile {
                file: source.file.clone(),
                sha256: source.sha256.clone(),
                checklist: source.checklist.clone(),
            })
            .collect(),
        targets: assessment
            .targets
            .iter()
            .map(|target| wire::Target {
                url: target.url.clone(),
                endpoint: target.endpoint.clone(),
                role: role(target.role),
                authorized_by: target.authorized_by.clone(),
                measured: !assessment.unmeasured.contains(&target.endpoint),
            })
            .collect(),
        vendor: assessment.vendor.as_ref().map(|(one, standing)| vendor(one, *standing)),
        reviewed: assessment.received.as_deref().map(reviewed),
        facts: assessment.facts.iter().map(fact).collect(),
        items: assessment
            .findings
            .iter()
            .map(|finding| item(finding, &assessment.facts, assessment.clock.today))
            .collect(),
        legend: legend(assessment),
    }
}

fn legend(assessment: &Assessment) -> wire::Legend {
    let criteria = assessment.findings.iter().flat_map(|finding| &finding.criteria);
    let asked = criteria.map(|judged| &judged.criterion.fact);
    let seen = assessment.facts.iter().map(|observation| &observation.fact);
    let facts: BTreeMap<&str, &Fact> = asked.chain(seen).map(|fact| (fact.key.as_str(), &**fact)).collect();
    let weights = &assessment.legend.weights;
    let items = |hundredths: u32| f64::from(hundredths) / 100.0;
    wire::Legend {
        features: assessment
            .legend
            .features
            .iter()
            .map(|(key, title)| wire::Named { key: key.clone(), title: words(title) })
            .collect(),
        facts: facts
            .into_values()
            .map(|fact| wire::FactLabel {
                key: fact.key.clone(),
                title: words(&fact.label),
                unit: fact.unit.as_ref().map(words),
                values: named(&fact.words),
            })
            .collect(),
        weights: wire::Weights {
            pass: items(weights.pass),
            partial: items(weights.partial),
            fail: items(weights.fail),
            open: items(weights.open),
        },
        facts_max_age_days: assessment.legend.facts_max_age_days,
        profiles: assessment.legend.profiles.iter().map(|profile| self::profile(profile)).collect(),
    }
}

fn profile(profile: &Profile) -> wire::Profile {
    let allowed = |requirement: &Requirement| match &requirement.criterion.comparator {
        Comparator::Within(values) => Some(wire::Allowed {
            fact: requirement.criterion.fact.key.clone(),
            values: values.clone(),
            more_is_unknown: requirement.else_unknown,
        }),
        _ => None,
    };
    wire::Profile {
        fact: profile.fact.key.clone(),
        title: words(&profile.title),
        document: profile.document.clone(),
        publisher: profile.publisher.clone(),
        edition: profile.edition.clone(),
        allows: profile.requires.iter().filter_map(allowed).collect(),
    }
}

fn named(titles: &BTreeMap<String, Text>) -> Vec<wire::Named> {
    titles.iter().map(|(key, title)| wire::Named { key: key.clone(), title: words(title) }).collect()
}

fn checklist(checklist: &Checklist, assessment: &Assessment) -> wire::Checklist {
    let own = assessment.by_checklist.iter().find(|(id, _)| *id == checklist.id);
    let none = Scores::default();
    wire::Checklist {
        id: checklist.id.clone(),
        edition: checklist.edition.clone(),
        edition_title: words(&checklist.edition_title),
        title: words(&checklist.title),
        source: wire::Source {
            document: checklist.source.document.clone(),
            publisher: checklist.source.publisher.clone(),
            published: checklist.source.published.map(|date| date.to_string()),
            place: checklist.source.place.clone(),
            later: checklist.source.later.iter().map(later).collect(),
        },
        themes: checklist
            .themes
            .iter()
            .map(|theme| wire::Theme { key: theme.key.clone(), title: words(&theme.title) })
            .collect(),
        digest: checklist.digest.clone(),
        scores: scores(own.map_or(&none, |(_, scores)| scores)),
    }
}

/// One observation, as assessments and fact files carry it.
pub fn fact(observation: &Observation) -> wire_facts::Fact {
    let (value, missing) = match &observation.outcome {
        Outcome::Known(value) => (Some(self::value(value)), None),
        Outcome::Absent => (None, Some(Missing { kind: MissingKind::Absent, reason: None })),
        Outcome::Failed(failure) => {
            let reason = why(failure);
            (None, Some(Missing { kind: MissingKind::Failed, reason: Some(reason) }))
        }
    };
    wire_facts::Fact {
        key: observation.fact.key.clone(),
        value,
        missing,
        target: observation.target.clone(),
        address: observation.address.clone(),
        time: observation.at.to_string(),
        method: observation.method.clone(),
        transcript: observation.transcript.clone(),
    }
}

pub(super) fn why(failure: &Failure) -> Words {
    match failure {
        Failure::Because(message) => both(message),
        Failure::Reported(text) => words(text),
    }
}

pub(super) fn value(value: &Value) -> wire_facts::Value {
    match value {
        Value::Boolean(value) => wire_facts::Value::Boolean(*value),
        Value::Integer(value) => wire_facts::Value::Integer(*value),
        Value::Text(value) => wire_facts::Value::Text(value.clone()),
        Value::List(value) => wire_facts::Value::List(value.clone()),
        Value::Date(value) => wire_facts::Value::Text(value.to_string()),
    }
}

fn item(finding: &Finding, facts: &[Observation], today: Date) -> wire::Item {
    let item = &finding.item;
    let answer = finding.answer.as_deref();
    wire::Item {
        item: item.name.to_string(),
        level: level(item.level),
        theme: item.theme.clone(),
        actor: actor(item.actor),
        with: item.with.iter().copied().map(actor).collect(),
        verdict: verdict(finding.verdict),
        assurance: assurance(finding.assurance),
        conflict: finding.conflict.map(conflict),
        declared: answer.map(declared),
        carried_from: finding.carried_from.as_ref().map(ToString::to_string),
        criteria: finding.criteria.iter().map(|judged| criterion(judged, facts)).collect(),
        reasons: finding.reasons.iter().map(reason).collect(),
        evidence: finding.evidence.iter().map(|(one, state)| evidence(one, state.as_ref(), today)).collect(),
        improvement: answer.and_then(|answer| answer.improvement.clone()),
        due: answer.and_then(|answer| answer.due).map(|date| date.to_string()),
        overdue: finding.overdue,
        review: finding.review.as_ref().map(|(review, replaced)| wire::Review {
            verdict: verdict(review.verdict),
            replaced: verdict(*replaced),
            by: review.by.clone(),
            on: review.on.to_string(),
            note: review.note.clone(),
            seen: finding.seen.iter().map(|(one, state)| evidence(one, state.as_ref(), today)).collect(),
        }),
        inherited: finding.inherited.as_ref().map(|one| wire::Inherited {
            item: one.from.to_string(),
            relation: relation(one.relation),
            verdict: verdict(one.verdict),
            assurance: assurance(one.assurance),
            decides: one.decides,
        }),
        waiver: finding.waiver.as_ref().map(|(waiver, expired)| wire::Waiver {
            by: waiver.by.clone(),
            reason: waiver.reason.clone(),
            until: waiver.until.to_string(),
            expired: *expired,
        }),
        title: words(&item.title),
        ask: words(&item.ask),
        points: item.points.iter().map(words).collect(),
        remark: item.remark.as_ref().map(words),
        why: words(&item.why),
        fix: words(&item.fix),
        proofs: item.evidence.iter().map(words).collect(),
        place: item.place.clone(),
        official: finding.official.as_ref().map(|official| wire::Official {
            text: official.text.clone(),
            this_edition: official.is_this_edition,
        }),
        links: finding.links.iter().map(link).collect(),
        also: item.also.iter().map(|one| also(one, item.level)).collect(),
        later: item.later.iter().map(later).collect(),
    }
}

fn vendor(vendor: &VendorAssessment, standing: Standing) -> wire::Vendor {
    wire::Vendor {
        name: vendor.vendor.clone(),
        product: vendor.product.clone(),
        file: vendor.file.clone(),
        sha256: vendor.sha256.clone(),
        date: vendor.date.to_string(),
        age_days: standing.age_days,
        currency: currency(standing.currency),
        signature: signature(vendor.signature),
        signer: vendor.signer.clone(),
        conclusion: conclusion(vendor.conclusion),
        conclusion_title: words(&vendor.conclusion_title),
    }
}

fn reviewed(received: &Received) -> Package {
    Package {
        manifest: received.manifest.clone(),
        subject: received.subject.clone(),
        at: received.at.clone(),
        signature: signature(received.signature),
        signer: received.signer.clone(),
        key: received.key.clone(),
    }
}

fn link(link: &Link) -> wire::Link {
    wire::Link {
        item: link.to.to_string(),
        relation: relation(link.relation),
        note: link.note.as_ref().map(words),
    }
}

fn also(also: &Also, of: Level) -> wire::Also {
    wire::Also {
        document: also.document.document.clone(),
        publisher: also.document.publisher.clone(),
        place: also.place.clone(),
        level: demand(also.level),
        departs: also.level.departs_from(of),
        actors: also.actors.iter().copied().map(actor).collect(),
        says: also.says.as_ref().map(words),
    }
}

fn later(later: &Later) -> wire::Later {
    wire::Later {
        document: later.document.clone(),
        since: later.since.map(|date| date.to_string()),
        says: words(&later.says),
        confidence: confidence(later.confidence),
    }
}

fn declared(answer: &Answer) -> wire::Declared {
    wire::Declared {
        status: answer.status.map(status),
        measure: answer.measure.clone(),
        by: answer.by.clone(),
        on: answer.on.map(|date| date.to_string()),
    }
}

fn criterion(judged: &Judged, facts: &[Observation]) -> wire::Criterion {
    wire::Criterion {
        fact: judged.criterion.fact.key.clone(),
        power: power(judged.criterion.power),
        comparator: comparator(judged.criterion.comparator.name()),
        wanted: Some(wanted(&judged.criterion.comparator)),
        expected: both(&sentence::expected(&judged.criterion)),
        actual: both(&sentence::actual(judged, facts)),
        state: match judged.state {
            State::Held => wire::State::Held,
            State::Broken => wire::State::Broken,
            State::Undecided(_) => wire::State::Undecided,
        },
        sentence: both(&sentence::sentence(judged, facts)),
        observation: judged.by.map(|index| index as u64),
    }
}

fn wanted(comparator: &Comparator) -> wire_facts::Value {
    match comparator {
        Comparator::Is(one) | Comparator::AtLeast(one) | Comparator::AtMost(one) => value(one),
        Comparator::Within(words) | Comparator::Contains(words) | Comparator::Without(words) => {
            wire_facts::Value::List(words.clone())
        }
        Comparator::Matches(pattern) => wire_facts::Value::Text(pattern.as_str().to_owned()),
        Comparator::Present(is_there) => wire_facts::Value::Boolean(*is_there),
    }
}

fn reason(message: &Message) -> wire::Reason {
    let Words { ja, en } = both(message);
    wire::Reason { code: message.id.trim_start_matches("reason.").to_owned(), ja, en }
}

fn evidence(evidence: &Evidence, state: Option<&FileState>, today: Date) -> wire::Evidence {
    let (sha256, size, problem) = match state {
        Some(FileState::Hashed { sha256, size }) => (Some(sha256.clone()), Some(*size), None),
        Some(FileState::Missing) => (None, None, Some(wire::FileProblem::Missing)),
        Some(FileState::Unusable(_)) => (None, None, Some(wire::FileProblem::Unusable)),
        None => (None, None, None),
    };
    // What is not there at all is not there, whatever its date.
    let expired = evidence.has_expired(today).then_some(wire::FileProblem::Expired);
    wire::Evidence {
        document: evidence.document.clone(),
        page: evidence.page.clone(),
        file: evidence.file.clone(),
        sha256,
        size,
        valid_until: evidence.valid_until.map(|until| until.to_string()),
        problem: problem.or(expired),
    }
}

fn scores(scores: &Scores) -> wire::Scores {
    wire::Scores {
        mandatory: tally(&scores.mandatory),
        recommended: tally(&scores.recommended),
        assurance: ratio(scores.assurance),
        coverage: ratio(scores.coverage),
    }
}

fn tally(tally: &Tally) -> wire::Tally {
    wire::Tally {
        pass: tally.pass,
        partial: tally.partial,
        fail: tally.fail,
        open: tally.open,
        not_applicable: tally.not_applicable,
        conflict: tally.conflict,
        conformity: ratio(tally.conformity),
    }
}

fn ratio(ratio: Ratio) -> wire::Ratio {
    let exact = ratio.points() / f64::from(ratio.of);
    let rounded = (ratio.of > 0).then(|| (exact * 10_000.0).round() / 10_000.0);
    wire::Ratio { points: ratio.points(), of: ratio.of, ratio: rounded }
}

fn words(text: &Text) -> Words {
    Words { ja: text.ja.clone(), en: text.en.clone() }
}

fn both(message: &Message) -> Words {
    words(&texts::both(message))
}

/// From a word of the vocabulary to the word on the wire; the compiler sees to it that none is
/// forgotten.
macro_rules! same {
    ($function:ident: $from:ident => $to:ident { $($word:ident),* $(,)? }) => {
        fn $function(word: $from) -> wire::$to {
            match word { $($from::$word => wire::$to::$word),* }
        }
    };
}
same!(conclusion: Conclusion => Conclusion { Conforms, Conditional, DoesNotConform, NotAssessed });
same!(verdict: Verdict => Verdict { Pass, Partial, Fail, NotApplicable, Open });
same!(assurance: Assurance => Assurance { None, Declared, Documented, Measured });
same!(confidence: Confidence => Confidence { High, Medium, Low });
same!(level: Level => Level { Mandatory, Recommended });
same!(relation: Relation => Relation { Same, PartOf, HasPart, Related });
same!(demand: Demand => Demand { Mandatory, Recommended, Exception });
same!(actor: Actor => Actor { Clinic, Doctor, Vendor, Patient });
same!(role: Role => TargetRole { System, Website });
same!(kind: Kind => SubjectKind { Clinic, Hospital, Vendor });
same!(status: Status => Status { Yes, Partial, No, Planned, Na });
same!(conflict: Conflict => Conflict { Refuted, Better });
same!(signature: Signature => Signature { Unsigned, Unverified, Verified });
same!(currency: Currency => Currency { Current, Expired, Future });
same!(power: Power => Power { Both, Refutes, Confirms, Hints });
same!(comparator: ComparatorName => Comparator {
    Is, Within, Contains, Without, AtLeast, AtMost, Matches, Present
});
