//! The JSON of testssl.sh 3 (`--jsonfile-pretty`, `--jsonfile`): findings in words. Only words that are
//! known are taken over, so that a new version's wording turns into nothing and not into something else.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use super::names::{VERSIONS, curve, signature};
use super::{Facts, Refused, Scanned, Server, endpoint, flag, list, named, plain, text, unknown, versions};
use crate::model::fact::{Outcome, Value};
use crate::model::message::Message;
use crate::msg;

const TOOL: &str = "testssl.sh";

#[derive(Deserialize)]
struct Pretty {
    version: String,
    #[serde(rename = "startTime")]
    start_time: serde_json::Value,
    #[serde(rename = "scanResult")]
    scan_result: Vec<Scan>,
    /// The words on its command line.
    #[serde(default, rename = "Invocation")]
    invocation: String,
    /// The seconds that it took; words where it was broken off.
    #[serde(default, rename = "scanTime")]
    scan_time: serde_json::Value,
}

#[derive(Deserialize)]
struct Scan {
    #[serde(default, rename = "targetHost")]
    host: Option<String>,
    #[serde(default)]
    ip: String,
    #[serde(default)]
    port: String,
    #[serde(flatten)]
    sections: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Flat {
    id: String,
    /// Name and address, with a stroke between them.
    #[serde(default)]
    ip: String,
    #[serde(default)]
    port: String,
    finding: String,
}

/// What was found at one server, in the order of the file.
struct Findings {
    list: Vec<(String, String)>,
    /// The scan came to its end.
    is_finished: bool,
}

/// How each version of TLS is called among the findings, and in the names of its suites.
const IDS: [(&str, &str); 6] = [
    ("SSLv2", "cipher-ssl2_x"),
    ("SSLv3", "cipher-ssl3_x"),
    ("TLS1", "cipher-tls1_x"),
    ("TLS1_1", "cipher-tls1_1_x"),
    ("TLS1_2", "cipher-tls1_2_x"),
    ("TLS1_3", "cipher-tls1_3_x"),
];

pub(super) fn read(json: &str) -> Result<Scanned, Refused> {
    if json.trim_start().starts_with('[') { flat(json) } else { pretty(json) }
}

fn pretty(json: &str) -> Result<Scanned, Refused> {
    let file: Pretty = serde_json::from_str(json).map_err(Refused::Json)?;
    let version = file.version.split_whitespace().next().unwrap_or_default();
    let version: String =
        version.chars().filter(|c| c.is_ascii_alphanumeric() || ".-".contains(*c)).take(20).collect();
    if !version.starts_with("3.") {
        let what = msg!("elsewhere.version", tool = TOOL, found = plain(&file.version), read = "3");
        return Err(Refused::Because(what, msg!("elsewhere.version.mend")));
    }
    let seconds = match &file.start_time {
        serde_json::Value::String(digits) => digits.trim().parse().ok(),
        other => other.as_i64(),
    };
    let at = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or_else(no_time)?;
    if file.invocation.split_whitespace().any(|word| ["-t", "--starttls"].contains(&word)) {
        return Err(Refused::Because(
            msg!("elsewhere.other_question", tool = TOOL),
            msg!("elsewhere.version.mend"),
        ));
    }
    let is_finished = file.scan_time.as_i64().is_some();
    let tool = format!("{TOOL} {version}");
    let mut servers = Vec::new();
    for scan in file.scan_result {
        let Some(host) = scan.host.as_deref() else { continue };
        let sections = scan.sections.values().filter_map(|section| section.as_array()).flatten();
        let finding = |one: &serde_json::Value| {
            let word = |key: &str| Some(one.get(key)?.as_str()?.to_owned());
            Some((word("id")?, word("finding")?))
        };
        let findings = Findings { list: sections.filter_map(finding).collect(), is_finished };
        servers.extend(server(host, &scan.ip, &scan.port, &findings, at, &tool));
    }
    Ok(Scanned { tool, at, servers })
}

/// This form names neither version nor time. The day can be told by the days that a certificate had left.
fn flat(json: &str) -> Result<Scanned, Refused> {
    let entries: Vec<Flat> = serde_json::from_str(json).map_err(Refused::Json)?;
    let mut by_place: BTreeMap<(String, String), Findings> = BTreeMap::new();
    let is_finished =
        entries.iter().any(|one| one.id == "scanTime" && one.finding.trim().parse::<u32>().is_ok());
    for one in entries {
        let place = (one.ip, one.port);
        let findings = by_place.entry(place).or_insert(Findings { list: Vec::new(), is_finished });
        findings.list.push((one.id, one.finding));
    }
    let days = by_place.values().filter_map(day_of_scan);
    let day = days.min().ok_or_else(no_time)?;
    let at = day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| no_time())?.timestamp();
    let mut servers = Vec::new();
    for ((place, port), findings) in &by_place {
        let (host, address) = place.split_once('/').unwrap_or((place, ""));
        servers.extend(server(host, address, port, findings, at, TOOL));
    }
    Ok(Scanned { tool: TOOL.to_owned(), at, servers })
}

fn no_time() -> Refused {
    Refused::Because(msg!("elsewhere.no_time", tool = TOOL), msg!("elsewhere.no_time.mend"))
}

/// The earliest that it can have been: a day that is not over counts as past.
fn day_of_scan(findings: &Findings) -> Option<Date> {
    let left: i64 = days_left(findings.only("cert_expirationStatus")?)?;
    let end = date(findings.only("cert_notAfter")?)?;
    end.checked_sub((left + 1).days()).ok()
}

/// `89 >= 60 days`, `expires < 60 days (29)`.
fn days_left(words: &str) -> Option<i64> {
    let number = match words.split_once('(') {
        Some((_, rest)) => rest.split_once(')')?.0,
        None => words.split_once(">=")?.0,
    };
    number.trim().parse().ok().filter(|days| (0..100_000).contains(days))
}

fn date(words: &str) -> Option<Date> {
    words.get(..10)?.parse().ok()
}

fn server(
    host: &str,
    address: &str,
    port: &str,
    findings: &Findings,
    at: Timestamp,
    tool: &str,
) -> Option<Server> {
    let address = address.trim_start_matches('[').trim_end_matches(']');
    let is_address = address.parse::<std::net::IpAddr>().is_ok();
    Some(Server {
        endpoint: endpoint(host, port.parse().ok()?),
        address: is_address.then(|| address.to_owned()),
        facts: facts(findings, at, tool),
    })
}

impl Findings {
    /// What is said under an id that stands once.
    fn only(&self, id: &str) -> Option<&str> {
        let mut all = self.list.iter().filter(|(known, _)| known == id);
        let (_, finding) = all.next()?;
        all.next().is_none().then_some(finding.trim())
    }

    /// The findings of each certificate, where there are several.
    fn of_each(&self, id: &str) -> Vec<&str> {
        let is_it = |known: &str| {
            known == id || known.strip_prefix(id).is_some_and(|rest| rest.trim_start().starts_with("<cert#"))
        };
        self.list.iter().filter(|(known, _)| is_it(known)).map(|(_, finding)| finding.trim()).collect()
    }
}

fn facts(findings: &Findings, at: Timestamp, tool: &str) -> Facts {
    let mut facts = of_offer(findings, tool);
    let count = versions(&facts);
    let mut say = |key: &'static str, id: &str, yes: &[&str], no: &[&str]| {
        let Some(said) = findings.only(id) else { return };
        let begins = |words: &[&str]| words.iter().any(|one| said.starts_with(one));
        // The good words may begin the bad ones, so that both fitting is neither.
        let outcome = match (begins(yes), begins(no)) {
            (true, false) => flag(true),
            (false, true) => flag(false),
            _ => unknown(msg!("elsewhere.unclear", tool = tool, said = plain(said))),
        };
        facts.insert(key, outcome);
    };
    say("tls.compression", "CRIME_TLS", &["VULNERABLE"], &["not vulnerable"]);
    say("tls.secure_renegotiation", "secure_renego", &["supported"], &["not supported", "VULNERABLE"]);
    if count > Some(1) {
        say("tls.fallback_scsv", "fallback_SCSV", &["supported"], &["not supported"]);
    }
    say("tls.ocsp_stapled", "OCSP_stapling", &["offered"], &["not offered"]);
    say("certificate.chain_ordered", "certs_list_ordering_problem", &["no"], &["yes"]);
    say(
        "http.hsts.include_subdomains",
        "HSTS_subdomains",
        &["includes subdomains"],
        &["only for this domain"],
    );
    say("http.hsts.preload", "HSTS_preload", &["domain IS marked"], &["domain is NOT marked"]);
    let resumed: Vec<&str> = ["sessionresumption_ticket", "sessionresumption_ID"]
        .iter()
        .filter_map(|id| findings.only(id))
        .collect();
    match resumed.as_slice() {
        said if said.contains(&"supported") => {
            facts.insert("tls.session_resumption", flag(true));
        }
        ["not supported", "not supported"] => {
            facts.insert("tls.session_resumption", flag(false));
        }
        _ => {}
    }
    match findings.only("clientAuth") {
        Some("none") => facts.insert("tls.client_certificate", text("none")),
        Some("required") => facts.insert("tls.client_certificate", text("required")),
        // Servers that let the handshake succeed and refuse the request look optional.
        Some(said) => facts.insert(
            "tls.client_certificate",
            unknown(msg!("elsewhere.unclear", tool = tool, said = plain(said))),
        ),
        None => None,
    };
    if let Some(age) = findings.only("HSTS_time").and_then(seconds) {
        facts.insert("http.hsts.max_age", Outcome::Known(Value::Integer(age)));
    } else if findings.only("HSTS").is_some_and(|said| said == "not offered") {
        facts.insert("http.hsts.max_age", Outcome::Absent);
    }
    facts.extend(of_certificates(findings, at, tool));
    facts
}

/// `365 days (=31536000 seconds) > 15552000 seconds`.
fn seconds(words: &str) -> Option<i64> {
    words.split_once("(=")?.1.split_once(" seconds)")?.0.parse().ok().filter(|age| *age >= 0)
}

fn of_offer(findings: &Findings, tool: &str) -> Facts {
    let mut facts = Facts::new();
    let (mut accepted, mut why_not): (Vec<String>, Option<Message>) = (Vec::new(), None);
    for ((version, key), (id, prefix)) in VERSIONS.into_iter().zip(IDS) {
        let said = findings.only(id);
        let outcome = match said {
            Some(said) if said.starts_with("not offered") => Outcome::Absent,
            Some(said)
                if said == "offered" || said.starts_with("offered with") || said.starts_with("offered (") =>
            {
                accepted.push(version.to_owned());
                suites(findings, prefix, tool)
            }
            other => {
                let why = match other {
                    Some(said) => msg!("elsewhere.unclear", tool = tool, said = plain(said)),
                    None => msg!("elsewhere.not_scanned", tool = tool),
                };
                why_not.get_or_insert_with(|| why.clone());
                unknown(why)
            }
        };
        facts.insert(key, outcome);
    }
    let nobody = || msg!("elsewhere.no_version", tool = tool);
    let why_not = why_not.or_else(|| accepted.is_empty().then(nobody));
    facts.insert("tls.versions", why_not.map_or_else(|| list(accepted), unknown));
    let curves = ["FS_ECDHE_curves", "PFS_ECDHE_curves"].iter().find_map(|id| findings.only(id));
    let groups = match curves {
        // It does not ask for all of them.
        Some(said) => {
            let found: Vec<String> = said.split_whitespace().take(50).map(plain).collect();
            msg!("elsewhere.part", tool = tool, values = found)
        }
        None => msg!("elsewhere.not_scanned", tool = tool),
    };
    facts.insert("tls.groups", unknown(groups));
    facts
}

/// The suites of one version, where each was asked for by version (`-E`) and the scan came to its end.
fn suites(findings: &Findings, prefix: &str, tool: &str) -> Outcome {
    let is_code = |id: &str| {
        id.strip_prefix(prefix)
            .is_some_and(|code| !code.is_empty() && code.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let found: Vec<&str> =
        findings.list.iter().filter(|(id, _)| is_code(id)).map(|(_, finding)| finding.as_str()).collect();
    if found.is_empty() {
        return unknown(msg!("elsewhere.no_suites", tool = tool));
    }
    if !findings.is_finished {
        return unknown(msg!("elsewhere.not_whole", tool = tool));
    }
    let name = |words: &&str| words.split_whitespace().last().unwrap_or_default().to_owned();
    let names: Vec<String> = found.iter().map(name).collect();
    match names.iter().find(|name| !name.starts_with("TLS_") && !name.starts_with("SSL_")) {
        Some(other) => unknown(msg!("elsewhere.unclear", tool = tool, said = plain(other))),
        None => named(names, tool),
    }
}

fn of_certificates(findings: &Findings, at: Timestamp, tool: &str) -> Facts {
    let mut facts = Facts::new();
    let ends: Option<Vec<Date>> = findings.of_each("cert_notAfter").into_iter().map(date).collect();
    if let Some(end) = ends.and_then(|ends| ends.into_iter().min()) {
        facts.insert("certificate.not_after", Outcome::Known(Value::Date(end)));
        let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let left = day.until(end).map(|span| i64::from(span.get_days()));
        facts.extend(left.ok().map(|left| ("certificate.days_left", Outcome::Known(Value::Integer(left)))));
    }
    // Of several, which one is the weakest is not said.
    if let [said] = findings.of_each("cert_keySize").as_slice() {
        facts.extend(key(said).map(|key| ("certificate.key", text(&key))));
    }
    if let [said] = findings.of_each("cert_signatureAlgorithm").as_slice() {
        facts.extend(signature(said).map(|one| ("certificate.signature", text(&one))));
    }
    let staples = findings.of_each("cert_mustStapleExtension");
    if !staples.is_empty() && staples.iter().all(|said| ["--", "supported"].contains(said)) {
        facts.insert("certificate.must_staple", flag(staples.contains(&"supported")));
    }
    let names = findings.of_each("cert_trust");
    let is_for_host = match () {
        () if names.iter().any(|said| said.starts_with("certificate does not match")) => Some(false),
        () if !names.is_empty() && names.iter().all(|said| said.starts_with("Ok via SAN")) => Some(true),
        () => None,
    };
    facts.extend(is_for_host.map(|is_it| ("certificate.name_matches", flag(is_it))));
    let chains = findings.of_each("cert_chain_of_trust");
    let is_expired = findings.of_each("cert_expirationStatus").contains(&"expired");
    let answers = ["cert_crlRevoked", "cert_ocspRevoked"].map(|id| findings.of_each(id));
    let is_revoked = answers.iter().flatten().any(|said| said.starts_with("revoked"));
    let trusted = match () {
        () if is_revoked || is_expired || is_for_host == Some(false) => flag(false),
        () if chains.iter().any(|said| said.starts_with("failed")) => flag(false),
        () if !chains.is_empty() && chains.iter().all(|said| said.starts_with("passed")) => match is_for_host
        {
            Some(_) => flag(true),
            None => unknown(msg!("elsewhere.not_scanned", tool = tool)),
        },
        () => match chains.first() {
            Some(said) => unknown(msg!("elsewhere.unclear", tool = tool, said = plain(said))),
            None => unknown(msg!("elsewhere.not_scanned", tool = tool)),
        },
    };
    // Whether an authority was added for the scan, it does not write.
    facts.insert(
        "certificate.publicly_trusted",
        match trusted {
            Outcome::Known(Value::Boolean(true)) => unknown(msg!("elsewhere.not_scanned", tool = tool)),
            ref other => other.clone(),
        },
    );
    facts.insert("certificate.trusted", trusted);
    facts
}

/// `RSA 2048 bits`, `EC 256 bits (curve P-256)`.
fn key(words: &str) -> Option<String> {
    let mut parts = words.split_whitespace();
    match (parts.next()?, parts.next()?.parse::<u32>().ok()?, parts.next()?) {
        ("RSA", bits, "bits") => Some(format!("RSA-{bits}")),
        ("EC", _, "bits") => {
            let name = words.split_once("curve ")?.1.trim_end_matches(')');
            curve(name).map(str::to_owned)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_understood_or_not_at_all() {
        assert_eq!((days_left("89 >= 60 days"), days_left("expires < 60 days (29)")), (Some(89), Some(29)));
        assert_eq!((days_left("expired"), days_left("-1 >= 60"), days_left("(")), (None, None, None));
        assert_eq!(seconds("365 days (=31536000 seconds) > 15552000 seconds"), Some(31_536_000));
        assert_eq!(seconds("0 is a bad value"), None);
        assert_eq!(key("RSA 2048 bits (exponent is 65537)").as_deref(), Some("RSA-2048"));
        assert_eq!(key("EC 256 bits (curve P-256)").as_deref(), Some("EC-P-256"));
        assert_eq!((key("EC 256 bits"), key("RSA"), key("")), (None, None, None));
        assert_eq!((date("2027-02-26 10:41"), date("soon")), ("2027-02-26".parse().ok(), None));
    }
}
