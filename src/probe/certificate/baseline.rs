//! The figures that certificates are measured by, from `rules/probe/certificate.yaml`.

use std::sync::OnceLock;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

const SOURCE: &str = include_str!("../../../rules/probe/certificate.yaml");

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    pub expires_soon_days: i64,
    validity: Vec<Limit>,
    pub least_bits: LeastBits,
    pub weak_hashes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    #[serde(deserialize_with = "day")]
    from: Date,
    days: i64,
}

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct LeastBits {
    pub rsa: u32,
    pub ec: u32,
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

/// A test reads the file, so that a release never goes without it.
pub fn baseline() -> &'static Baseline {
    static BASELINE: OnceLock<Baseline> = OnceLock::new();
    BASELINE.get_or_init(|| serde_yaml::from_str(SOURCE).unwrap_or_default())
}

impl Baseline {
    /// The longest validity of a public certificate issued on a day; none before there was a limit.
    pub fn longest_validity(&self, issued: Date) -> Option<i64> {
        self.validity
            .iter()
            .filter(|limit| limit.from <= issued)
            .max_by_key(|limit| limit.from)
            .map(|limit| limit.days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_limit_of_the_day_of_issue_counts() {
        let baseline: Baseline = serde_yaml::from_str(SOURCE).unwrap();
        assert_eq!(baseline.longest_validity(date(2017, 1, 1)), None);
        assert_eq!(baseline.longest_validity(date(2026, 3, 14)), Some(398));
        assert_eq!(baseline.longest_validity(date(2026, 3, 15)), Some(200));
        assert_eq!(baseline.longest_validity(date(2030, 1, 1)), Some(47));
        assert!(baseline.weak_hashes.iter().any(|hash| hash == "SHA1"));
    }
}
