//! What a visit is judged by: `rules/probe/web.yaml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::trial::SecondStep;

const SOURCE: &str = include_str!("../../../rules/probe/web.yaml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measures {
    pub cookie_days: i64,
    pub sign_in_days: i64,
    /// How surely a second factor is in use, by each sign of one.
    pub levels: BTreeMap<String, i64>,
    pub warnings: Vec<String>,
    /// With these no second factor is in use, whatever else speaks for one.
    pub contradicting: Vec<String>,
    pub advertised: Vec<String>,
    pub second_step: SecondStep,
}

/// The built-in measures. A test reads them, so that a release never goes without.
pub(super) fn measures() -> &'static Measures {
    static MEASURES: OnceLock<Measures> = OnceLock::new();
    MEASURES.get_or_init(|| serde_yaml::from_str(SOURCE).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measures_can_be_read_and_speak_of_signs_that_the_registry_knows() {
        let measures: Measures = serde_yaml::from_str(SOURCE).unwrap();
        assert!(measures.cookie_days > 0 && measures.sign_in_days > 0 && !measures.advertised.is_empty());
        let registry = include_str!("../../../rules/facts.yaml");
        for sign in measures.levels.keys().chain(&measures.warnings).chain(&measures.contradicting) {
            assert!(registry.contains(sign), "{sign}");
        }
    }
}
