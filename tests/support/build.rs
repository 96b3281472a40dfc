//! Small workspaces put together by hand, for the tests of evaluation.

#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use tenken::evaluate::evaluate;
use tenken::model::answer::{Answer, Evidence, Review, Status};
use tenken::model::assessment::{Assessment, Clock, Finding};
use tenken::model::checklist::{Checklist, Item, Source, Theme};
use tenken::model::criterion::{Comparator, Criterion, Power};
use tenken::model::crosswalk::Crosswalk;
use tenken::model::fact::{Fact, FactType, Failure, Observation, Outcome, Value};
use tenken::model::feature::Applies;
use tenken::model::inherited::VendorAssessment;
use tenken::model::message::Message;
use tenken::model::name::ItemName;
use tenken::model::policy::{Policy, Rule};
use tenken::model::scoring::{Conclusion, ConclusionRule, Limits, Scoring, Weights};
use tenken::model::text::Text;
use tenken::model::verdict::{Actor, Level, Verdict};
use tenken::model::waiver::Waiver;
use tenken::model::workspace::{FileState, Files, Kind, Role, Subject, Target, Workspace};

pub const TODAY: Date = date(2026, 11, 20);
pub const TARGET: &str = "telemed.example.jp:443";

pub fn clock() -> Clock {
    Clock { now: now(), today: TODAY }
}

pub fn now() -> Timestamp {
    "2026-11-20T03:00:00Z".parse().unwrap()
}

/// One case: items with their rules, answers, reviews, facts.
#[derive(Debug, Clone)]
pub struct Case {
    pub items: Vec<Item>,
    pub rules: HashMap<ItemName, Arc<Rule>>,
    pub answers: BTreeMap<ItemName, Arc<Answer>>,
    pub reviews: BTreeMap<ItemName, Arc<Review>>,
    pub facts: Vec<Observation>,
    pub files: Files,
    pub targets: Vec<&'static str>,
    pub features: BTreeSet<String>,
    pub crosswalk: Crosswalk,
    pub waivers: BTreeMap<ItemName, Arc<Waiver>>,
    pub vendor: Option<Arc<VendorAssessment>>,
}

impl Case {
    /// A single mandatory item, `test/1`.
    pub fn one() -> Case {
        Case::of(vec![item("1", Level::Mandatory)])
    }

    pub fn of(items: Vec<Item>) -> Case {
        Case {
            items,
            rules: HashMap::new(),
            answers: BTreeMap::new(),
            reviews: BTreeMap::new(),
            facts: Vec::new(),
            files: Files::new(),
            targets: vec![TARGET],
            features: BTreeSet::new(),
            crosswalk: Crosswalk::default(),
            waivers: BTreeMap::new(),
            vendor: None,
        }
    }

    pub fn answer(mut self, id: &str, answer: Answer) -> Case {
        self.answers.insert(name(id), Arc::new(answer));
        self
    }

    pub fn yes(self) -> Case {
        self.answer("1", status(Status::Yes))
    }

    pub fn no(self) -> Case {
        self.answer("1", status(Status::No))
    }

    pub fn rule(mut self, id: &str, measure: Vec<Criterion>, documented: bool) -> Case {
        let measure = measure.into_iter().map(Arc::new).collect();
        self.rules.insert(name(id), Arc::new(Rule { measure, documented }));
        self
    }

    pub fn measured(self, criteria: Vec<Criterion>) -> Case {
        self.rule("1", criteria, false)
    }

    pub fn review(mut self, id: &str, verdict: Verdict) -> Case {
        let review = Review { verdict, by: "評価者".into(), on: TODAY, note: None, seen: Vec::new() };
        self.reviews.insert(name(id), Arc::new(review));
        self
    }

    /// All of these ask the same.
    pub fn same(mut self, ids: &[&str]) -> Case {
        let names: Vec<ItemName> = ids.iter().map(|id| name(id)).collect();
        self.crosswalk.join_same(&names, None);
        self
    }

    /// The first asks a part of the second.
    pub fn part(mut self, part: &str, whole: &str) -> Case {
        self.crosswalk.join_part(&name(part), &name(whole), None);
        self
    }

    pub fn fact(mut self, observation: Observation) -> Case {
        self.facts.push(observation);
        self
    }

    pub fn file(mut self, path: &str, state: FileState) -> Case {
        self.files.insert(path.into(), state);
        self
    }

    pub fn workspace(&self) -> Workspace {
        Workspace {
            subject: Subject {
                name: "みどり内科".into(),
                kind: Kind::Clinic,
                product: None,
                applicant: None,
                evaluator: None,
            },
            features: self.features.clone(),
            checklists: vec![Arc::new(checklist(self.items.clone()))],
            targets: self.targets.iter().map(|endpoint| target(endpoint)).collect(),
            answers: self.answers.clone(),
            reviews: self.reviews.clone(),
            waivers: self.waivers.clone(),
            vendor: self.vendor.clone(),
            official: BTreeMap::new(),
            received: None,
        }
    }

    pub fn policy(&self) -> Policy {
        Policy {
            rules: self.rules.clone(),
            scoring: scoring(),
            features: BTreeMap::new(),
            crosswalk: self.crosswalk.clone(),
            profiles: BTreeMap::new(),
            sources: Vec::new(),
        }
    }

    pub fn assess(&self) -> Assessment {
        evaluate(&self.workspace(), &self.policy(), self.facts.clone(), &self.files, clock())
    }

    /// The finding on `test/1`.
    pub fn finding(&self) -> Finding {
        self.assess().findings.into_iter().next().unwrap()
    }
}

pub fn name(id: &str) -> ItemName {
    ItemName::new("test", id)
}

pub fn status(status: Status) -> Answer {
    Answer { status: Some(status), ..Answer::default() }
}

pub fn with_evidence(status: Status, evidence: Evidence) -> Answer {
    Answer { status: Some(status), evidence: vec![evidence], ..Answer::default() }
}

pub fn document(title: &str, page: &str) -> Evidence {
    Evidence { document: Some(title.into()), page: Some(page.into()), file: None, valid_until: None }
}

pub fn file(path: &str) -> Evidence {
    Evidence { document: None, page: None, file: Some(path.into()), valid_until: None }
}

pub fn hashed() -> FileState {
    FileState::Hashed { sha256: "0".repeat(64), size: 3 }
}

pub fn item(id: &str, level: Level) -> Item {
    let text = |word: &str| Text::new(format!("{word} {id}"), format!("{word} {id}"));
    Item {
        name: name(id),
        level,
        actor: Actor::Clinic,
        with: Vec::new(),
        theme: "all".into(),
        place: id.into(),
        fingerprint: None,
        also: Vec::new(),
        when: Applies::default(),
        title: text("title"),
        ask: text("ask"),
        points: Vec::new(),
        remark: None,
        why: text("why"),
        fix: text("fix"),
        evidence: vec![text("evidence")],
        facts: Vec::new(),
        later: Vec::new(),
        certification_desirable: false,
    }
}

fn checklist(items: Vec<Item>) -> Checklist {
    let items: Vec<Arc<Item>> = items.into_iter().map(Arc::new).collect();
    Checklist {
        index: Checklist::index_of(&items),
        id: "test".into(),
        edition: "1".into(),
        edition_title: Text::same("1".into()),
        title: Text::new("試験", "test"),
        suits: BTreeSet::new(),
        source: Source {
            document: "試験".into(),
            publisher: "試験".into(),
            published: None,
            place: "1".into(),
            later: Vec::new(),
        },
        themes: vec![Theme { key: "all".into(), title: Text::new("すべて", "all") }],
        items,
        digest: String::new(),
    }
}

fn target(endpoint: &str) -> Target {
    Target {
        url: format!("https://{endpoint}"),
        endpoint: endpoint.into(),
        role: Role::System,
        authorized_by: Some("責任者".into()),
        oidc_issuer: None,
        published: Default::default(),
        sign_in: Default::default(),
    }
}

pub fn flag(key: &str) -> Arc<Fact> {
    Arc::new(Fact {
        key: key.into(),
        of: FactType::Boolean,
        unit: None,
        label: Text::new(key, key),
        probe: "test".into(),
        values: Vec::new(),
        words: BTreeMap::new(),
    })
}

/// The flag has to be true.
pub fn wants(key: &str, power: Power) -> Criterion {
    Criterion { fact: flag(key), at: Role::System, comparator: Comparator::Is(Value::Boolean(true)), power }
}

pub fn saw(key: &str, value: bool) -> Observation {
    observed(key, Outcome::Known(Value::Boolean(value)))
}

pub fn failed(key: &str) -> Observation {
    observed(key, Outcome::Failed(Failure::Because(Message { id: "undecided.no_reason", args: vec![] })))
}

pub fn observed(key: &str, outcome: Outcome) -> Observation {
    Observation {
        fact: flag(key),
        outcome,
        target: TARGET.into(),
        address: None,
        at: now(),
        method: "test".into(),
        transcript: None,
    }
}

pub fn scoring() -> Scoring {
    let rule = |conclusion: Conclusion, mandatory: Limits| ConclusionRule {
        conclusion,
        title: Text::new(conclusion.word(), conclusion.word()),
        mandatory,
    };
    let zero = Some(0);
    Scoring {
        weights: Weights { pass: 100, partial: 50, fail: 0, open: 0 },
        facts_max_age_days: 30,
        vendor_assessment_max_age_days: Some(365),
        conclusions: vec![
            rule(Conclusion::Conforms, Limits { fail: zero, partial: zero, open: zero, conflict: zero }),
            rule(Conclusion::Conditional, Limits { fail: zero, conflict: zero, ..Limits::default() }),
            rule(Conclusion::DoesNotConform, Limits::default()),
            rule(Conclusion::NotAssessed, Limits::default()),
        ],
    }
}
