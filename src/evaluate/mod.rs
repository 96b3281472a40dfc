//! Rules, facts and answers become findings, and findings become scores. Pure: the same input gives
//! the same assessment, whatever the clock on the wall says. Must not read files or ask the network.

mod carried;
mod criterion;
mod inherited;
mod item;
mod observed;
pub mod profile;
mod score;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::model::assessment::{Assessment, Clock, Finding, Legend};
use crate::model::criterion::Power;
use crate::model::fact::Observation;
use crate::model::inherited::Standing;
use crate::model::policy::{Policy, PolicySource};
use crate::model::profile::Profile;
use crate::model::text::Text;
use crate::model::workspace::{Files, Workspace};

/// Everything that a decision may look at.
struct Context<'a> {
    workspace: &'a Workspace,
    policy: &'a Policy,
    observations: &'a [Observation],
    /// What counts, by fact and target: an observation that a later one replaced is left out.
    seen: HashMap<(&'a str, &'a str), Vec<usize>>,
    files: &'a Files,
    clock: Clock,
}

/// Decides every item of the workspace's checklists.
pub fn evaluate(
    workspace: &Workspace,
    policy: &Policy,
    mut observations: Vec<Observation>,
    files: &Files,
    clock: Clock,
) -> Assessment {
    observations.extend(profile::derive(&policy.profiles, &observations));
    let Decided { findings, unmeasured, standing } = decide(workspace, policy, &observations, files, clock);
    let by_checklist = workspace
        .checklists
        .iter()
        .map(|checklist| {
            let own = findings.iter().filter(|finding| finding.item.name.checklist() == checklist.id);
            (checklist.id.clone(), score::scores(own, &policy.scoring))
        })
        .collect();
    let scores = score::scores(&findings, &policy.scoring);
    let legend = legend(workspace, policy, &findings);
    let (conclusion, conclusion_title) = score::conclude(&scores, &policy.scoring);
    Assessment {
        clock,
        subject: workspace.subject.clone(),
        features: workspace.features.clone(),
        checklists: workspace.checklists.clone(),
        targets: workspace.targets.clone(),
        vendor: workspace.vendor.clone().zip(standing),
        received: workspace.received.clone(),
        unmeasured,
        rules: sources(workspace, policy),
        facts: observations,
        findings,
        scores,
        by_checklist,
        conclusion,
        conclusion_title,
        legend,
    }
}

fn legend(workspace: &Workspace, policy: &Policy, findings: &[Finding]) -> Legend {
    let title = |key: &String| policy.features.get(key).cloned().unwrap_or_else(|| Text::new(key, key));
    // A hint decides nothing, so nobody has to look at how far it is.
    let criteria = findings.iter().flat_map(|finding| &finding.criteria);
    let criteria = criteria.filter(|judged| judged.criterion.power != Power::Hints);
    let asked: BTreeSet<&str> = criteria.map(|judged| judged.criterion.fact.key.as_str()).collect();
    let is_asked = |profile: &&Arc<Profile>| asked.contains(profile.fact.key.as_str());
    Legend {
        features: workspace.features.iter().map(|key| (key.clone(), title(key))).collect(),
        weights: policy.scoring.weights,
        facts_max_age_days: policy.scoring.facts_max_age_days,
        profiles: policy.profiles.values().filter(is_asked).cloned().collect(),
    }
}

/// The policy files that had a say: those for every checklist, and those of the chosen ones.
fn sources(workspace: &Workspace, policy: &Policy) -> Vec<PolicySource> {
    let chosen = |id: &String| workspace.checklists.iter().any(|checklist| checklist.id == *id);
    policy.sources.iter().filter(|source| source.checklist.as_ref().is_none_or(chosen)).cloned().collect()
}

struct Decided {
    findings: Vec<Finding>,
    /// The targets of which nothing usable was seen.
    unmeasured: Vec<String>,
    /// How the vendor's assessment stands, where there is one.
    standing: Option<Standing>,
}

fn decide(
    workspace: &Workspace,
    policy: &Policy,
    observations: &[Observation],
    files: &Files,
    clock: Clock,
) -> Decided {
    let mut context = Context { workspace, policy, observations, seen: HashMap::new(), files, clock };
    context.seen = observed::by_fact_and_target(&context);
    let items = workspace.checklists.iter().flat_map(|checklist| &checklist.items);
    let findings = items.map(|item| item::decide(Arc::clone(item), &context)).collect();
    let endpoints: HashSet<&str> = observed::endpoints(&context).collect();
    let targets = workspace.targets.iter().map(|target| &target.endpoint);
    Decided {
        unmeasured: targets.filter(|endpoint| !endpoints.contains(endpoint.as_str())).cloned().collect(),
        standing: workspace.vendor.as_deref().map(|vendor| inherited::standing(vendor, &context)),
        findings,
    }
}
