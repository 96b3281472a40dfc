//! What files that were handed in add to the signs of a second factor. A token counts as seen only
//! where its issuer signed it; without that it is a document like any other.

use jiff::Timestamp;

use super::issuer::Issuer;
use super::measures::measures;
use super::mfa::Signs;
use crate::model::message::Message;
use crate::model::sign_in::{Factors, Metadata, Recording, SignIn, Token};
use crate::msg;

const SECONDS_A_DAY: i64 = 86_400;

fn longest() -> i64 {
    measures().sign_in_days * SECONDS_A_DAY
}

pub async fn add(
    signs: &mut Signs,
    files: &SignIn,
    issuer: Option<&Result<Issuer, Message>>,
    now: Timestamp,
) {
    if let Some(token) = &files.token {
        of_token(signs, token, issuer, now).await;
    }
    if let Some(recording) = &files.recording {
        of_recording(signs, recording, now);
    }
    if let Some(Metadata { digest, names_several_factors }) = &files.metadata {
        signs.remarks.push(msg!("sign_in.saml_read", digest = digest));
        if *names_several_factors {
            signs.seen.push("saml_several_factors");
        }
    }
}

async fn of_token(
    signs: &mut Signs,
    token: &Token,
    issuer: Option<&Result<Issuer, Message>>,
    now: Timestamp,
) {
    signs.remarks.push(msg!(
        "sign_in.token_read",
        digest = &token.digest,
        issuer = &token.issuer,
        methods = token.methods.clone(),
        context = token.context.clone().unwrap_or_default(),
        at = token.at.map(|at| at.to_string()).unwrap_or_default()
    ));
    if let Some(why) = out_of_time(token.at, now) {
        signs.remarks.push(why);
        return;
    }
    let signed = match issuer {
        None => Err(msg!("sign_in.no_issuer")),
        Some(Err(why)) => Err(why.clone()),
        Some(Ok(issuer)) => issuer.signed(token).await,
    };
    match (signed, token.factors) {
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

fn of_recording(signs: &mut Signs, recording: &Recording, now: Timestamp) {
    signs.remarks.push(msg!("sign_in.recording_read", digest = &recording.digest));
    match recording.factors {
        None => signs.remarks.push(msg!("sign_in.nothing_recorded")),
        Some(factors) => match (out_of_time(recording.at, now), factors) {
            (Some(why), _) => signs.remarks.push(why),
            (None, Factors::One) => signs.seen.push("recording_one_factor"),
            (None, Factors::Several) => signs.seen.push("recording_several_factors"),
        },
    }
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
