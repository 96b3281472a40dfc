//! Reads an ID token: who issued it, when, and by which methods somebody signed in. Its signature is
//! for the probe to check, with the keys of the issuer.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;

use super::meaning;
use crate::model::message::Message;
use crate::model::sign_in::Token;
use crate::msg;

/// No token is longer.
const LONGEST: usize = 64 << 10;
const MOST_METHODS: usize = 32;
const LONGEST_WORD: usize = 200;

#[derive(Debug, Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    iat: Option<f64>,
    auth_time: Option<f64>,
    #[serde(default)]
    amr: Vec<String>,
    acr: Option<String>,
}

pub fn token(text: &str, digest: String) -> Result<Token, Message> {
    let text = text.trim();
    let wrong = || msg!("sign_in.not_a_token");
    if text.len() > LONGEST {
        return Err(wrong());
    }
    let (signed, signature) = text.rsplit_once('.').ok_or_else(wrong)?;
    let (head, claims) = signed.split_once('.').ok_or_else(wrong)?;
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| wrong());
    let head: Head = serde_json::from_slice(&bytes(head)?).map_err(|_| wrong())?;
    let claims: Claims = serde_json::from_slice(&bytes(claims)?).map_err(|_| wrong())?;
    let methods: Vec<String> = claims.amr.iter().take(MOST_METHODS).map(|word| short(word)).collect();
    let context = claims.acr.as_deref().map(short);
    Ok(Token {
        digest,
        issuer: short(&claims.iss),
        factors: meaning().factors(&methods, context.as_deref()),
        methods,
        context,
        at: claims.auth_time.or(claims.iat).and_then(moment),
        algorithm: short(&head.alg),
        key: head.kid,
        signed: signed.to_owned(),
        signature: bytes(signature)?,
    })
}

fn short(word: &str) -> String {
    word.chars().filter(|c| !c.is_control()).take(LONGEST_WORD).collect()
}

fn moment(seconds: f64) -> Option<Timestamp> {
    // Whatever is no number of seconds in our times is no moment.
    let is_in_range = (0.0..1e11).contains(&seconds);
    is_in_range.then(|| Timestamp::from_second(seconds as i64).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sign_in::Factors;

    fn made(head: &str, claims: &str) -> String {
        format!("{}.{}.c2lnbmVk\n", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn claims_are_taken_and_the_rest_is_not_shown() {
        let claims =
            r#"{"iss":"https://id.example.jp","sub":"secret","amr":["pwd","otp"],"auth_time":1790000000}"#;
        let read = token(&made(r#"{"alg":"ES256","kid":"k"}"#, claims), "d".into()).unwrap();
        assert_eq!((read.factors, read.algorithm.as_str()), (Some(Factors::Several), "ES256"));
        assert_eq!(read.at.unwrap().as_second(), 1_790_000_000);
        let shown = format!("{read:?}");
        assert!(!shown.contains("c2lnbmVk") && !shown.contains("secret"), "{shown}");
    }

    #[test]
    fn what_is_no_token_is_refused_without_being_quoted() {
        let long = "a".repeat(LONGEST + 1);
        let bad = made("{}", r#"{"iss":"x"}"#);
        for text in ["", "a.b", "a.b.c", "....", &long, &bad, &made(r#"{"alg":"x"}"#, "{}"), &made("[", "]")]
        {
            assert!(token(text, String::new()).is_err());
        }
        let odd = made(r#"{"alg":"none"}"#, r#"{"iss":"x","iat":-1e300}"#);
        assert_eq!(token(&odd, String::new()).unwrap().at, None);
    }
}
