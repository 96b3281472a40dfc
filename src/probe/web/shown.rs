//! What files that were handed in add to the signs of a second factor. A token counts as seen only
//! where its issuer signed it; without that it is a document like any other.

use jiff::Timestamp;

use super::issuer::{self, Issuer};
use super::measures::measures;
use super::mfa::Signs;
use super::site::nothing;
use super::unexpected;
use crate::model::message::Message;
use crate::model::sign_in;
use crate::msg;
use crate::wire::visit::{self, Factors, Metadata, Recording, SignIn, Signature, Token};

const SECONDS_A_DAY: i64 = 86_400;

fn longest() -> i64 {
    measures().sign_in_days * SECONDS_A_DAY
}

/// What is kept of the files: never a file, and of a token whether its issuer signed it.
pub async fn kept(files: &sign_in::SignIn, issuer: Option<&Issuer>, now: Timestamp) -> SignIn {
    let token = match &files.token {
        Some(token) => Some(token_kept(token, issuer, now).await),
        None => None,
    };
    let recording = files.recording.as_ref().map(|one| Recording {
        sha256: one.digest.clone(),
        time: one.at.map(|at| at.to_string()),
        factors: one.factors.map(factors),
    });
    let metadata = files
        .metadata
        .as_ref()
        .map(|one| Metadata { sha256: one.digest.clone(), names_several_factors: one.names_several_factors });
    SignIn { token, recording, metadata, trial: None }
}

async fn token_kept(token: &sign_in::Token, issuer: Option<&Issuer>, now: Timestamp) -> Token {
    let signature = match issuer {
        _ if out_of_time(token.at, now).is_some() => Signature::NotChecked,
        None => Signature::NoIssuer,
        Some(issuer) => issuer.signed(token).await,
    };
    Token {
        sha256: token.digest.clone(),
        issuer: token.issuer.clone(),
        methods: token.methods.clone(),
        context: token.context.clone(),
        time: token.at.map(|at| at.to_string()),
        factors: token.factors.map(factors),
        algorithm: token.algorithm.clone(),
        signature,
    }
}

fn factors(factors: sign_in::Factors) -> Factors {
    match factors {
        sign_in::Factors::One => Factors::One,
        sign_in::Factors::Several => Factors::Several,
    }
}

pub fn add(signs: &mut Signs, files: &SignIn, issuer: Option<&visit::Issuer>, now: Timestamp) {
    if let Some(token) = &files.token {
        of_token(signs, token, issuer, now);
    }
    if let Some(recording) = &files.recording {
        of_recording(signs, recording, now);
    }
    if let Some(Metadata { sha256, names_several_factors }) = &files.metadata {
        signs.remarks.push(msg!("sign_in.saml_read", digest = sha256));
        if *names_several_factors {
            signs.seen.push("saml_several_factors");
        }
    }
}

fn of_token(signs: &mut Signs, token: &Token, issuer: Option<&visit::Issuer>, now: Timestamp) {
    let at = moment(token.time.as_deref());
    signs.remarks.push(msg!(
        "sign_in.token_read",
        digest = &token.sha256,
        issuer = &token.issuer,
        methods = token.methods.clone(),
        context = token.context.clone().unwrap_or_default(),
        at = at.map(|at| at.to_string()).unwrap_or_default()
    ));
    if let Some(why) = out_of_time(at, now) {
        signs.remarks.push(why);
        return;
    }
    match (signed(token, issuer), token.factors) {
        (Ok(false), _) => signs.remarks.push(msg!("sign_in.forged")),
        (_, None) => signs.remarks.push(msg!("sign_in.says_nothing")),
        (Ok(true), Some(Factors::Several)) => signs.seen.push("token_several_factors"),
        (_, Some(Factors::One)) => signs.seen.push("token_one_factor"),
        (Err(why), Some(Factors::Several)) => {
            signs.remarks.push(msg!("sign_in.not_checked", why = why));
            signs.seen.push("document_named");
        }
    }
}

/// Whether the issuer signed it; why that is not known.
fn signed(token: &Token, issuer: Option<&visit::Issuer>) -> Result<bool, Message> {
    match &token.signature {
        Signature::Good => Ok(true),
        Signature::Bad => Ok(false),
        Signature::NoIssuer | Signature::NotChecked => {
            let why = issuer.and_then(|issuer| issuer::why_not(&issuer.discovery));
            Err(why.unwrap_or_else(|| msg!("sign_in.no_issuer")))
        }
        Signature::OtherIssuer => Err(msg!("sign_in.other_issuer", issuer = &token.issuer)),
        Signature::NoKey => Err(msg!("sign_in.no_keys")),
        Signature::Unsupported => Err(msg!("sign_in.algorithm", algorithm = &token.algorithm)),
        Signature::Status(status) => Err(unexpected(*status)),
        Signature::Nothing(why) => Err(nothing(*why)),
    }
}

fn of_recording(signs: &mut Signs, recording: &Recording, now: Timestamp) {
    signs.remarks.push(msg!("sign_in.recording_read", digest = &recording.sha256));
    match recording.factors {
        None => signs.remarks.push(msg!("sign_in.nothing_recorded")),
        Some(factors) => match (out_of_time(moment(recording.time.as_deref()), now), factors) {
            (Some(why), _) => signs.remarks.push(why),
            (None, Factors::One) => signs.seen.push("recording_one_factor"),
            (None, Factors::Several) => signs.seen.push("recording_several_factors"),
        },
    }
}

fn moment(time: Option<&str>) -> Option<Timestamp> {
    time?.parse().ok()
}

/// Why a sign-in says nothing of today: too long ago, in the future, or nobody knows when.
fn out_of_time(at: Option<Timestamp>, now: Timestamp) -> Option<Message> {
    /// Clocks differ.
    const LEEWAY: i64 = 300;
    let ago = at.map(|at| now.as_second() - at.as_second());
    match ago {
        Some(ago) if (-LEEWAY..=longest()).contains(&ago) => None,
        _ => Some(msg!("sign_in.out_of_time", days = longest() / SECONDS_A_DAY)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_sign_in_and_one_without_a_date_say_nothing_of_today() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let at = |ago: i64| Timestamp::from_second(1_790_000_000 - ago).ok();
        assert!(longest() > 0);
        assert!(out_of_time(at(0), now).is_none() && out_of_time(at(longest()), now).is_none());
        for at in [at(longest() + 1), at(-301), None] {
            assert!(out_of_time(at, now).is_some(), "{at:?}");
        }
    }
}
