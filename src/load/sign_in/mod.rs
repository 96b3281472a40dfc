//! Reads files that show a sign-in. They hold secrets: what is taken from them is how many factors
//! there were, when, and a digest. What is wrong with a file is said without quoting it.

mod metadata;
mod recording;
mod token;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use serde::Deserialize;
use url::Url;

use super::file::TextFile;
use crate::model::diagnostic::Diagnostic;
use crate::model::message::Message;
use crate::model::origin::Origin;
use crate::model::sign_in::{Factors, SignIn, SignInFile};
use crate::model::workspace::Target;
use crate::msg;

pub use metadata::names_several_factors;
pub use recording::recording;
pub use token::token;

const SOURCE: &str = include_str!("../../../rules/probe/sign-in.yaml");

/// A recording holds whole pages.
const LARGEST: u64 = 32 << 20;

/// What methods and fields mean. A test reads the file, so that a release never goes without it.
#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Meaning {
    classes: BTreeMap<String, Vec<String>>,
    several: Vec<String>,
    no_factor: Vec<String>,
    contexts: Vec<String>,
    fields: Fields,
}

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Fields {
    password: Vec<String>,
    one_time_code: Vec<String>,
}

fn meaning() -> &'static Meaning {
    static MEANING: OnceLock<Meaning> = OnceLock::new();
    MEANING.get_or_init(|| serde_yaml::from_str(SOURCE).unwrap_or_default())
}

impl Meaning {
    /// Factors of a sign-in with these methods; nothing where they do not say.
    fn factors(&self, methods: &[String], context: Option<&str>) -> Option<Factors> {
        if context.is_some_and(|context| self.is_strong(context)) {
            return Some(Factors::Several);
        }
        let telling: Vec<&String> =
            methods.iter().filter(|method| !self.no_factor.contains(method)).collect();
        if telling.iter().any(|method| self.several.contains(method)) {
            return Some(Factors::Several);
        }
        let class = |method: &&String| self.classes.values().position(|names| names.contains(method));
        let classes: Vec<Option<usize>> = telling.iter().map(class).collect();
        let mut known: Vec<usize> = classes.iter().copied().flatten().collect();
        known.sort_unstable();
        known.dedup();
        match known.len() {
            // A method that nobody knows may be another factor.
            1 if classes.iter().all(Option::is_some) => Some(Factors::One),
            0 | 1 => None,
            _ => Some(Factors::Several),
        }
    }

    fn is_strong(&self, context: &str) -> bool {
        self.contexts.iter().any(|known| known == context)
    }
}

/// The hosts at which people sign in to a target.
pub fn hosts(target: &Target) -> Vec<String> {
    let addresses = [Some(&target.url), target.oidc_issuer.as_ref()];
    let host = |address: &String| Some(Url::parse(address).ok()?.host_str()?.to_lowercase());
    addresses.into_iter().flatten().filter_map(host).collect()
}

/// Reads one file into what is known of a sign-in. `hosts` are those whose sign-in it is.
pub fn read(
    kind: SignInFile,
    path: &Path,
    hosts: &[String],
    into: &mut SignIn,
) -> Result<(), Box<Diagnostic>> {
    let file = TextFile::read_up_to(LARGEST, path)?;
    let wrong = |what: Message| {
        let mend = match kind {
            SignInFile::IdToken => msg!("sign_in.id_token.mend"),
            SignInFile::Har => msg!("sign_in.har.mend"),
            SignInFile::Saml => msg!("sign_in.saml.mend"),
        };
        Box::new(Diagnostic::error(what, mend).at(Origin::file(file.name.clone())))
    };
    match kind {
        SignInFile::IdToken => into.token = Some(token(&file.text, file.digest()).map_err(wrong)?),
        SignInFile::Har => into.recording = Some(recording(&file.text, hosts, file.digest()).map_err(wrong)?),
        SignInFile::Saml => {
            into.metadata = Some(names_several_factors(&file.text, file.digest()).map_err(wrong)?)
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_methods_of_one_class_are_one_factor_and_an_unknown_one_says_nothing() {
        let meaning: Meaning = serde_yaml::from_str(SOURCE).unwrap();
        let of = |methods: &[&str], context: Option<&str>| {
            let methods: Vec<String> = methods.iter().map(|one| (*one).to_owned()).collect();
            meaning.factors(&methods, context)
        };
        for (methods, context, factors) in [
            (&["pwd", "pin"][..], None, Some(Factors::One)),
            (&["pwd", "user"], None, Some(Factors::One)),
            (&["otp", "sms"], None, Some(Factors::One)),
            (&["pwd", "otp"], None, Some(Factors::Several)),
            (&["hwk", "fpt"], None, Some(Factors::Several)),
            (&["mfa"], None, Some(Factors::Several)),
            (&["pwd", "something"], None, None),
            (&["user"], None, None),
            (&[], None, None),
            (&["pwd"], Some("https://refeds.org/profile/mfa"), Some(Factors::Several)),
            (&["pwd"], Some("0"), Some(Factors::One)),
        ] {
            assert_eq!(of(methods, context), factors, "{methods:?} {context:?}");
        }
    }
}
