//! `tenken schema`: JSON Schemas, for editors and for readers of our files.

use clap::ValueEnum;
use schemars::{Schema, schema_for};

use super::{Exit, Session};
use crate::load::{
    answers, checklist, crosswalk, features, figures, profiles, reference, registry, reviews, rules, scoring,
    waivers, workspace,
};
use crate::wire;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_name = "KIND")]
    kind: Kind,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Checklist,
    Rules,
    Workspace,
    Answers,
    Reviews,
    Waivers,
    Assessment,
    Diff,
    Facts,
    Transcript,
    Package,
    Evidence,
    Review,
    Features,
    Registry,
    Scoring,
    Crosswalk,
    Profiles,
    Reference,
    Figures,
}

pub fn run(args: &Args, session: &Session) -> anyhow::Result<Exit> {
    let mut json = serde_json::to_string_pretty(&schema(args.kind))?;
    json.push('\n');
    session.print_data(json.as_bytes())?;
    Ok(Exit::Conforms)
}

fn schema(kind: Kind) -> Schema {
    match kind {
        Kind::Checklist => schema_for!(checklist::RawChecklist),
        Kind::Rules => schema_for!(rules::RawRules),
        Kind::Workspace => schema_for!(workspace::RawWorkspace),
        Kind::Answers => schema_for!(answers::RawAnswers),
        Kind::Reviews => schema_for!(reviews::RawReviews),
        Kind::Waivers => schema_for!(waivers::RawWaivers),
        Kind::Assessment => schema_for!(wire::assessment::Assessment),
        Kind::Diff => schema_for!(wire::diff::Diff),
        Kind::Facts => schema_for!(wire::facts::FactsFile),
        Kind::Transcript => schema_for!(wire::transcript::TranscriptFile),
        Kind::Package => schema_for!(wire::package::Manifest),
        Kind::Evidence => schema_for!(wire::evidence::List),
        Kind::Review => schema_for!(wire::review::Review),
        Kind::Features => schema_for!(features::RawFeatures),
        Kind::Registry => schema_for!(registry::RawRegistry),
        Kind::Scoring => schema_for!(scoring::RawScoring),
        Kind::Crosswalk => schema_for!(crosswalk::RawCrosswalk),
        Kind::Reference => schema_for!(reference::RawReference),
        Kind::Figures => schema_for!(figures::RawFigures),
        Kind::Profiles => schema_for!(profiles::RawProfiles),
    }
}
