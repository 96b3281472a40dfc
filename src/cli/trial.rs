//! The arguments and variables of a sign-in with a test account, shared by the commands that measure. The
//! account itself comes from the environment alone, and is never shown.

use std::sync::Arc;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use url::Url;

use super::Complaint;
use crate::load::workspace::endpoint;
use crate::model::diagnostic::Diagnostic;
use crate::model::message::Message;
use crate::msg;
use crate::probe::web::trial::{Account, Trial};
use crate::probe::{Options, Probe};

const USER: &str = "TENKEN_TEST_USER";
const PASSWORD: &str = "TENKEN_TEST_PASSWORD";

#[derive(Debug, Default, clap::Args)]
pub struct Trying {
    #[arg(long, value_name = "URL", requires_all = ["protected", "account"])]
    sign_in: Option<String>,
    #[arg(long, value_name = "URL", requires = "sign_in")]
    protected: Option<String>,
    #[arg(long, value_name = "WHOSE", requires = "sign_in", value_parser = account())]
    account: Option<Account>,
}

/// The word of an account.
fn account() -> impl TypedValueParser<Value = Account> {
    let words = Account::ALL.iter().map(|account| account.word());
    let find = |word: String| Account::ALL.iter().copied().find(|account| account.word() == word);
    PossibleValuesParser::new(words).try_map(move |word| find(word).ok_or(std::fmt::Error))
}

impl Trying {
    /// A sign-in is asked for, and nothing is measured.
    pub fn refuse_without_measuring(&self, measures: bool) -> anyhow::Result<()> {
        match self.sign_in.is_some() && !measures {
            true => Err(complaint(msg!("trial.not_measured"), msg!("trial.not_measured.mend"))),
            false => Ok(()),
        }
    }

    /// What to try, if anything.
    pub fn add_to(&self, options: &mut Options) -> anyhow::Result<()> {
        let (Some(login), Some(protected), Some(whose)) = (&self.sign_in, &self.protected, self.account)
        else {
            return Ok(());
        };
        if !options.probes.contains(&Probe::Mfa) {
            return Err(complaint(msg!("trial.no_probe"), msg!("trial.no_probe.mend")));
        }
        let login = encrypted(login, None)?;
        let protected = encrypted(protected, Some(&login))?;
        let (user, password) = (secret(USER)?, secret(PASSWORD)?);
        options.trial = Some(Arc::new(Trial::new(login, protected, whose, user, password)));
        Ok(())
    }
}

/// An address over https; the second one may be a path of the first, and lies on the same host.
fn encrypted(address: &str, on: Option<&Url>) -> anyhow::Result<Url> {
    let url = match on {
        Some(login) => login.join(address).ok(),
        None => Url::parse(address).ok(),
    };
    let is_good = |url: &Url| {
        url.scheme() == "https"
            && endpoint(url.as_str()).is_some()
            && on.is_none_or(|login| endpoint(login.as_str()) == endpoint(url.as_str()))
    };
    url.filter(is_good).ok_or_else(|| complaint(msg!("trial.url"), msg!("trial.url.mend")))
}

fn secret(name: &str) -> anyhow::Result<String> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    value.ok_or_else(|| complaint(msg!("trial.no_account", name = name), msg!("trial.no_account.mend")))
}

fn complaint(what: Message, mend: Message) -> anyhow::Error {
    Complaint(Diagnostic::error(what, mend)).into()
}
