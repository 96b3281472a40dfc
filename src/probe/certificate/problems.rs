//! Each thing that is wrong with a chain by itself: an expired certificate from an unknown issuer has
//! two problems, and mending one does not mend the other.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::baseline::baseline;
use super::chain::Certificate;
use super::crl;
use super::facts::{Answered, Shown};
use super::ocsp::{self, Staple};
use super::path::{End, Path};
use super::trust::{self, Roots};

pub const SECONDS_A_DAY: i64 = 86_400;

/// A chain, judged.
#[derive(Debug)]
pub struct Judged {
    /// In the words of the fact `certificate.problems`.
    pub problems: BTreeSet<&'static str>,
    pub is_trusted: bool,
    /// By the roots that everybody has, whoever else is trusted here.
    pub is_publicly_trusted: bool,
    pub is_for_host: Option<bool>,
    pub staple: Option<Staple>,
    /// What the authority said that was asked, in the words of a staple.
    pub answered: Option<Staple>,
    pub is_complete: bool,
    pub is_in_order: bool,
}

/// Problems for which a client that checks everything turns away.
const FATAL: &[&str] = &["weak_key", "revoked", "must_staple_broken", "name_mismatch", "key_not_proven"];

pub fn judge(sent: &[Certificate], shown: &Shown, host: &str, roots: &Roots, now: i64) -> Judged {
    let path = Path::through(sent, roots);
    let mut problems = BTreeSet::new();
    let is_for_host = sent.first().and_then(|leaf| trust::is_for(leaf.der, host));
    let (mut staple, mut answered) = (None, None);
    if let Some(leaf) = sent.first() {
        of_leaf(leaf, now, &mut problems);
        let issuer = path.steps.get(1).and_then(|place| sent.get(*place));
        staple = shown.staple.as_deref().map(|staple| ocsp::judge(staple, leaf, issuer, now));
        of_staple(leaf, staple, &mut problems);
        answered = issuer.and_then(|issuer| match &shown.answered {
            Answered::Ocsp(response) => Some(ocsp::judge(&response.0, leaf, Some(issuer), now)),
            Answered::List(list) => Some(crl::judge(&list.0, leaf, issuer, now)),
            _ => None,
        });
        if answered == Some(Staple::Revoked) {
            problems.insert("revoked");
        }
    }
    if is_for_host == Some(false) {
        problems.insert("name_mismatch");
    }
    if shown.unproven {
        problems.insert("key_not_proven");
    }
    of_path(sent, &path, now, &mut problems);
    let is_rooted = path.end == End::AtRoot;
    if is_rooted && roots.are_public {
        of_public(sent, &mut problems);
    }
    let verdict = roots.check(&shown.chain, now);
    of_verdict(&verdict, roots, sent, &path, shown, &mut problems);
    let is_fit = is_for_host != Some(false) && !problems.iter().any(|problem| FATAL.contains(problem));
    let is_trusted = verdict.is_ok() && is_fit;
    let public = match roots.are_public {
        true => verdict.is_ok(),
        false => Roots::mozilla().check(&shown.chain, now).is_ok(),
    };
    Judged {
        problems,
        is_trusted,
        is_publicly_trusted: public && is_fit,
        is_for_host,
        staple,
        answered,
        is_complete: path.end != End::Nowhere,
        is_in_order: path.is_in_order() && !path.has_extras(sent.len()),
    }
}

fn of_leaf(leaf: &Certificate, now: i64, problems: &mut BTreeSet<&'static str>) {
    let left = leaf.not_after() - now;
    if left < 0 {
        problems.insert("expired");
    } else if left < baseline().expires_soon_days * SECONDS_A_DAY {
        problems.insert("expires_soon");
    }
    if now < leaf.not_before() {
        problems.insert("not_yet_valid");
    }
    if leaf.is_self_signed() {
        problems.insert("self_signed");
    }
    if leaf.is_for_other_use() {
        problems.insert("wrong_usage");
    }
}

fn of_staple(leaf: &Certificate, staple: Option<Staple>, problems: &mut BTreeSet<&'static str>) {
    match staple {
        Some(Staple::Revoked) => drop(problems.insert("revoked")),
        Some(Staple::ForAnother) => drop(problems.insert("staple_for_another")),
        _ => {}
    }
    if leaf.must_be_stapled() && staple != Some(Staple::Good) {
        problems.insert("must_staple_broken");
    }
}

fn of_path(sent: &[Certificate], path: &Path, now: i64, problems: &mut BTreeSet<&'static str>) {
    if !path.is_in_order() {
        problems.insert("wrong_order");
    }
    if path.has_extras(sent.len()) {
        problems.insert("extra_certificate");
    }
    for (height, place) in path.steps.iter().enumerate() {
        let Some(one) = sent.get(*place) else { continue };
        let is_root = one.is_issued_in_own_name();
        if one.key.is_weak {
            problems.insert("weak_key");
        }
        // Nobody looks at the signature of a root.
        if one.has_weak_signature() && !(is_root && height > 0) {
            problems.insert("weak_signature");
        }
        if height == 0 {
            continue;
        }
        if is_root {
            problems.insert("root_sent");
        } else if !one.is_valid_at(now) {
            problems.insert("intermediate_expired");
        }
        let is_known_root = is_root && path.end == End::AtRoot;
        if !is_known_root && !one.is_ca() {
            problems.insert("not_a_ca");
        }
    }
    let top = path.steps.last().and_then(|place| sent.get(*place));
    match path.end {
        End::AtRoot => {}
        // A leaf that is its own issuer has no issuer that could be known.
        End::AtUnknownRoot if path.steps.len() == 1 => {}
        End::AtUnknownRoot => drop(problems.insert("unknown_issuer")),
        End::Nowhere if top.is_some_and(Certificate::names_its_issuer) => {
            problems.insert("incomplete_chain");
        }
        End::Nowhere => drop(problems.insert("unknown_issuer")),
    }
}

fn of_public(sent: &[Certificate], problems: &mut BTreeSet<&'static str>) {
    let Some(leaf) = sent.first() else { return };
    let issued = Timestamp::from_second(leaf.not_before()).unwrap_or_default().to_zoned(TimeZone::UTC).date();
    // Both the first and the last second count.
    let days = (leaf.not_after() - leaf.not_before() + SECONDS_A_DAY) / SECONDS_A_DAY;
    if baseline().longest_validity(issued).is_some_and(|longest| days > longest) {
        problems.insert("validity_too_long");
    }
}

/// Nothing may be wrong without a name: where no problem explains why the chain is refused, the
/// verdict does, or it is called by the word for everything else.
fn of_verdict(
    verdict: &Result<(), webpki::Error>,
    roots: &Roots,
    sent: &[Certificate],
    path: &Path,
    shown: &Shown,
    problems: &mut BTreeSet<&'static str>,
) {
    let Err(_) = verdict else { return };
    // As it would be were everybody's time right: what is left is about the chain.
    let moments = path.steps.iter().filter_map(|place| sent.get(*place)).map(Certificate::not_before);
    let in_time = moments.max().map(|moment| roots.check(&shown.chain, moment));
    let explains: &[&str] = &[
        "self_signed",
        "unknown_issuer",
        "incomplete_chain",
        "not_a_ca",
        "weak_key",
        "weak_signature",
        "wrong_usage",
    ];
    let is_explained = problems.iter().any(|problem| explains.contains(problem));
    match in_time {
        _ if is_explained => {}
        Some(Err(webpki::Error::InvalidSignatureForPublicKey)) => drop(problems.insert("bad_signature")),
        Some(Err(webpki::Error::UnknownIssuer)) => drop(problems.insert("unknown_issuer")),
        Some(Err(webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. }))
        | Some(Ok(()))
            if problems
                .iter()
                .any(|one| ["expired", "not_yet_valid", "intermediate_expired"].contains(one)) => {}
        _ => drop(problems.insert("other")),
    }
}
