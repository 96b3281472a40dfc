//! The JSON of sslyze 6 (`sslyze --json_out`).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use super::names::{VERSIONS, covers, curve, signature};
use super::{Facts, Refused, Scanned, Server, endpoint, flag, list, named, plain, text, unknown, versions};
use crate::model::fact::{Outcome, Value};
use crate::model::message::Message;
use crate::msg;

const SECONDS_A_DAY: i64 = 86_400;

/// A scan that asked for fewer suites of one version than this asked for some only.
const LEAST_ASKED: [usize; 6] = [7, 60, 60, 60, 120, 5];

/// The store of roots that tenken trusts as well.
const STORE: &str = "Mozilla";

#[derive(Deserialize)]
struct File {
    sslyze_version: String,
    date_scans_started: String,
    server_scan_results: Vec<Look>,
}

#[derive(Deserialize)]
struct Look {
    server_location: Location,
    #[serde(default)]
    network_configuration: Option<Network>,
    connectivity_status: String,
    #[serde(default)]
    connectivity_result: Option<Connectivity>,
    #[serde(default)]
    scan_result: Option<Scan>,
}

#[derive(Deserialize)]
struct Location {
    hostname: String,
    port: u16,
    #[serde(default)]
    ip_address: Option<String>,
}

#[derive(Deserialize)]
struct Network {
    #[serde(default)]
    tls_server_name_indication: Option<String>,
    #[serde(default)]
    tls_opportunistic_encryption: Option<String>,
}

#[derive(Deserialize)]
struct Connectivity {
    #[serde(default)]
    client_auth_requirement: String,
}

#[derive(Deserialize)]
struct Scan {
    #[serde(default)]
    certificate_info: Option<Attempt<Certificates>>,
    #[serde(default)]
    ssl_2_0_cipher_suites: Option<Attempt<Suites>>,
    #[serde(default)]
    ssl_3_0_cipher_suites: Option<Attempt<Suites>>,
    #[serde(default)]
    tls_1_0_cipher_suites: Option<Attempt<Suites>>,
    #[serde(default)]
    tls_1_1_cipher_suites: Option<Attempt<Suites>>,
    #[serde(default)]
    tls_1_2_cipher_suites: Option<Attempt<Suites>>,
    #[serde(default)]
    tls_1_3_cipher_suites: Option<Attempt<Suites>>,
    #[serde(default)]
    tls_compression: Option<Attempt<Compression>>,
    #[serde(default)]
    tls_1_3_early_data: Option<Attempt<EarlyData>>,
    #[serde(default)]
    tls_fallback_scsv: Option<Attempt<Fallback>>,
    #[serde(default)]
    session_renegotiation: Option<Attempt<Renegotiation>>,
    #[serde(default)]
    tls_extended_master_secret: Option<Attempt<MasterSecret>>,
    #[serde(default)]
    elliptic_curves: Option<Attempt<Curves>>,
}

/// One command of a scan.
#[derive(Deserialize)]
struct Attempt<T> {
    status: String,
    #[serde(default)]
    error_reason: Option<String>,
    #[serde(default = "none")]
    result: Option<T>,
}

fn none<T>() -> Option<T> {
    None
}

#[derive(Deserialize)]
struct Suites {
    is_tls_version_supported: bool,
    accepted_cipher_suites: Vec<Accepted>,
    rejected_cipher_suites: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Accepted {
    cipher_suite: Suite,
    #[serde(default)]
    ephemeral_key: Option<Key>,
}

#[derive(Deserialize)]
struct Suite {
    name: String,
}

#[derive(Deserialize)]
struct Key {
    type_name: String,
    size: i64,
}

#[derive(Deserialize)]
struct Compression {
    supports_compression: bool,
}

#[derive(Deserialize)]
struct EarlyData {
    supports_early_data: bool,
}

#[derive(Deserialize)]
struct Fallback {
    supports_fallback_scsv: bool,
}

#[derive(Deserialize)]
struct Renegotiation {
    supports_secure_renegotiation: bool,
}

#[derive(Deserialize)]
struct MasterSecret {
    supports_ems_extension: bool,
}

#[derive(Deserialize)]
struct Curves {
    #[serde(default)]
    supported_curves: Option<Vec<Suite>>,
}

#[derive(Deserialize)]
struct Certificates {
    certificate_deployments: Vec<Deployment>,
}

#[derive(Deserialize)]
struct Deployment {
    received_certificate_chain: Vec<Certificate>,
    leaf_certificate_has_must_staple_extension: bool,
    #[serde(default)]
    leaf_certificate_signed_certificate_timestamps_count: Option<u32>,
    #[serde(default)]
    received_chain_has_valid_order: Option<bool>,
    #[serde(default)]
    ocsp_response: Option<Staple>,
    path_validation_results: Vec<Validation>,
}

#[derive(Deserialize)]
struct Staple {
    #[serde(default)]
    certificate_status: Option<String>,
}

#[derive(Deserialize)]
struct Certificate {
    not_valid_before: String,
    not_valid_after: String,
    signature_algorithm_oid: Oid,
    #[serde(default)]
    subject_alternative_name: Option<AlternativeNames>,
    public_key: PublicKey,
}

#[derive(Deserialize)]
struct AlternativeNames {
    #[serde(default)]
    dns_names: Vec<String>,
    #[serde(default)]
    ip_addresses: Vec<String>,
}

#[derive(Deserialize)]
struct Oid {
    name: String,
}

#[derive(Deserialize)]
struct PublicKey {
    algorithm: String,
    #[serde(default)]
    key_size: Option<u32>,
    #[serde(default)]
    ec_curve_name: Option<String>,
}

#[derive(Deserialize)]
struct Validation {
    trust_store: Store,
    was_validation_successful: bool,
}

#[derive(Deserialize)]
struct Store {
    name: String,
}

pub(super) fn read(json: &str) -> Result<Scanned, Refused> {
    let file: File = serde_json::from_str(json).map_err(Refused::Json)?;
    let version: String =
        file.sslyze_version.chars().filter(|c| c.is_ascii_digit() || *c == '.').take(20).collect();
    if !version.starts_with("6.") {
        let what =
            msg!("elsewhere.version", tool = "sslyze", found = plain(&file.sslyze_version), read = "6");
        return Err(Refused::Because(what, msg!("elsewhere.version.mend")));
    }
    let tool = format!("sslyze {version}");
    let at: Timestamp = file.date_scans_started.parse().map_err(|_| {
        Refused::Because(msg!("elsewhere.no_time", tool = &tool), msg!("elsewhere.no_time.mend"))
    })?;
    let servers = file.server_scan_results.iter().map(|one| {
        let location = &one.server_location;
        Server {
            endpoint: endpoint(&location.hostname, location.port),
            address: location
                .ip_address
                .as_ref()
                .filter(|ip| ip.parse::<std::net::IpAddr>().is_ok())
                .cloned(),
            facts: facts(one, &tool, at),
        }
    });
    Ok(Scanned { servers: servers.collect(), at, tool })
}

/// What every scan is asked for, so that a server that could not be scanned has it unknown.
const KEYS: [&str; 12] = [
    "tls.versions",
    "tls.suites.ssl2",
    "tls.suites.ssl3",
    "tls.suites.tls1_0",
    "tls.suites.tls1_1",
    "tls.suites.tls1_2",
    "tls.suites.tls1_3",
    "tls.groups",
    "tls.dh_bits",
    "certificate.trusted",
    "certificate.publicly_trusted",
    "certificate.not_after",
];

fn facts(server: &Look, tool: &str, at: Timestamp) -> Facts {
    let nothing = |why: Message| KEYS.into_iter().map(|key| (key, unknown(why.clone()))).collect();
    let Some(scan) = server.scan_result.as_ref().filter(|_| server.connectivity_status == "COMPLETED") else {
        return nothing(msg!("elsewhere.no_connection", tool = tool));
    };
    if let Some(network) = &server.network_configuration {
        let host = &server.server_location.hostname;
        let name = network.tls_server_name_indication.as_deref().unwrap_or(host);
        if !name.eq_ignore_ascii_case(host) || network.tls_opportunistic_encryption.is_some() {
            return nothing(msg!("elsewhere.other_question", tool = tool));
        }
    }
    let mut facts = of_offer(scan, tool);
    let only_newest = match facts.get("tls.versions") {
        Some(Outcome::Known(Value::List(versions))) => *versions == ["TLS1.3"],
        _ => true,
    };
    let count = versions(&facts);
    let mut add = |key: &'static str, seen: Result<bool, Message>| {
        facts.insert(key, seen.map_or_else(unknown, flag));
    };
    add("tls.early_data", had(&scan.tls_1_3_early_data, tool).map(|one| one.supports_early_data));
    // What TLS 1.3 has settled sslyze asks of the versions below it.
    if !only_newest {
        add("tls.compression", had(&scan.tls_compression, tool).map(|one| one.supports_compression));
        let renegotiation = had(&scan.session_renegotiation, tool);
        add("tls.secure_renegotiation", renegotiation.map(|one| one.supports_secure_renegotiation));
        let secret = had(&scan.tls_extended_master_secret, tool);
        add("tls.extended_master_secret", secret.map(|one| one.supports_ems_extension));
    }
    let fallback = had(&scan.tls_fallback_scsv, tool).map(|one| one.supports_fallback_scsv);
    match count {
        // Of a single version nobody can be pressed to a lower one.
        Some(1) => {
            facts.insert("tls.fallback_scsv", Outcome::Absent);
        }
        Some(_) => add("tls.fallback_scsv", fallback),
        None => {}
    }
    let asked = server.connectivity_result.as_ref().map(|one| one.client_auth_requirement.as_str());
    facts.insert(
        "tls.client_certificate",
        match asked.unwrap_or_default() {
            "DISABLED" => text("none"),
            "REQUIRED" => text("required"),
            // Servers that let the handshake succeed and refuse the request look optional.
            said => unknown(msg!("elsewhere.unclear", tool = tool, said = plain(said))),
        },
    );
    facts.extend(of_certificates(scan, &server.server_location.hostname, tool, at));
    facts
}

/// The result of a command; why there is none.
fn had<'a, T>(attempt: &'a Option<Attempt<T>>, tool: &str) -> Result<&'a T, Message> {
    let Some(attempt) = attempt else { return Err(msg!("elsewhere.not_scanned", tool = tool)) };
    match (attempt.status.as_str(), &attempt.result) {
        ("COMPLETED", Some(result)) => Ok(result),
        ("NOT_SCHEDULED", _) => Err(msg!("elsewhere.not_scanned", tool = tool)),
        (status, _) => {
            let why = plain(attempt.error_reason.as_deref().unwrap_or(status));
            Err(msg!("elsewhere.failed", tool = tool, why = why))
        }
    }
}

/// Versions, suites and what follows from them.
fn of_offer(scan: &Scan, tool: &str) -> Facts {
    let attempts = [
        &scan.ssl_2_0_cipher_suites,
        &scan.ssl_3_0_cipher_suites,
        &scan.tls_1_0_cipher_suites,
        &scan.tls_1_1_cipher_suites,
        &scan.tls_1_2_cipher_suites,
        &scan.tls_1_3_cipher_suites,
    ];
    let mut facts = Facts::new();
    let (mut supported, mut why_not) = (Vec::new(), None);
    let (mut bits, mut is_missing): (Vec<i64>, bool) = (Vec::new(), false);
    for ((attempt, (version, key)), least) in attempts.into_iter().zip(VERSIONS).zip(LEAST_ASKED) {
        let result = had(attempt, tool).and_then(|seen| {
            let accepted = seen.accepted_cipher_suites.len();
            let is_whole = accepted + seen.rejected_cipher_suites.len() >= least
                && seen.is_tls_version_supported == (accepted > 0);
            if is_whole { Ok(seen) } else { Err(msg!("elsewhere.not_whole", tool = tool)) }
        });
        let outcome = match &result {
            Ok(seen) => {
                if seen.is_tls_version_supported {
                    supported.push(version.to_owned());
                }
                for one in &seen.accepted_cipher_suites {
                    let name = &one.cipher_suite.name;
                    match &one.ephemeral_key {
                        Some(key) if key.type_name == "DH" => bits.push(key.size),
                        None if name.contains("_DHE_") || name.contains("_DH_") => is_missing = true,
                        _ => {}
                    }
                }
                let names = seen.accepted_cipher_suites.iter().map(|one| one.cipher_suite.name.clone());
                named(names.collect(), tool)
            }
            Err(why) => {
                why_not.get_or_insert_with(|| why.clone());
                unknown(why.clone())
            }
        };
        facts.insert(key, outcome);
    }
    let nobody = || msg!("elsewhere.no_version", tool = tool);
    let why_not = why_not.or_else(|| supported.is_empty().then(nobody));
    let of_dh = match (&why_not, bits.iter().min()) {
        (Some(why), _) => unknown(why.clone()),
        (None, _) if is_missing => unknown(msg!("elsewhere.not_whole", tool = tool)),
        (None, Some(least)) => Outcome::Known(Value::Integer(*least)),
        (None, None) => Outcome::Absent,
    };
    facts.insert("tls.dh_bits", of_dh);
    facts.insert("tls.versions", why_not.map_or_else(|| list(supported), unknown));
    // It asks for curves, and not for the groups of finite fields or the post-quantum ones.
    let groups = match had(&scan.elliptic_curves, tool) {
        Ok(curves) => {
            let found = curves.supported_curves.iter().flatten().take(50).map(|one| plain(&one.name));
            msg!("elsewhere.part", tool = tool, values = found.collect::<Vec<String>>())
        }
        Err(why) => why,
    };
    facts.insert("tls.groups", unknown(groups));
    facts
}

fn of_certificates(scan: &Scan, host: &str, tool: &str, at: Timestamp) -> Facts {
    let mut facts = Facts::new();
    let deployments = had(&scan.certificate_info, tool).map(|seen| &seen.certificate_deployments);
    let leaves = deployments.and_then(|all| {
        let pairs = all.iter().map(|one| Some((one, one.received_certificate_chain.first()?)));
        let pairs = pairs.collect::<Option<Vec<(&Deployment, &Certificate)>>>();
        pairs.filter(|pairs| !pairs.is_empty()).ok_or_else(|| msg!("elsewhere.not_whole", tool = tool))
    });
    let leaves = match leaves {
        Ok(leaves) => leaves,
        Err(why) => {
            for key in ["certificate.trusted", "certificate.publicly_trusted", "certificate.not_after"] {
                facts.insert(key, unknown(why.clone()));
            }
            return facts;
        }
    };
    let is_for_host = leaves.iter().all(|(_, leaf)| {
        let names = leaf.subject_alternative_name.as_ref();
        let address = |names: &AlternativeNames| names.ip_addresses.iter().any(|one| one == host);
        names.is_some_and(|names| names.dns_names.iter().any(|name| covers(name, host)) || address(names))
    });
    facts.insert("certificate.name_matches", flag(is_for_host));
    // By the roots that we take for the public ones.
    let trusted = trusted(&leaves, is_for_host, tool);
    facts.insert("certificate.publicly_trusted", trusted.clone());
    facts.insert("certificate.trusted", trusted);
    facts.insert(
        "certificate.must_staple",
        flag(leaves.iter().any(|(one, _)| one.leaf_certificate_has_must_staple_extension)),
    );
    let counts = leaves.iter().map(|(one, _)| one.leaf_certificate_signed_certificate_timestamps_count);
    if let Some(counts) = counts.collect::<Option<Vec<u32>>>() {
        facts.insert("certificate.transparency", flag(counts.iter().all(|count| *count > 0)));
    }
    let ordered = leaves.iter().map(|(one, _)| one.received_chain_has_valid_order);
    if let Some(ordered) = ordered.collect::<Option<Vec<bool>>>() {
        facts.insert("certificate.chain_ordered", flag(ordered.iter().all(|one| *one)));
    }
    facts.extend(of_leaves(&leaves, at));
    facts
}

/// By the roots of Mozilla's program, as tenken does by itself.
fn trusted(leaves: &[(&Deployment, &Certificate)], is_for_host: bool, tool: &str) -> Outcome {
    let each: Option<Vec<bool>> = leaves
        .iter()
        .map(|(one, _)| {
            let ours = one.path_validation_results.iter().find(|one| one.trust_store.name == STORE)?;
            let staple = one.ocsp_response.as_ref().and_then(|staple| staple.certificate_status.as_deref());
            let is_revoked = staple.is_some_and(|status| status.eq_ignore_ascii_case("revoked"));
            Some(ours.was_validation_successful && !is_revoked)
        })
        .collect();
    match each {
        Some(each) => flag(is_for_host && each.iter().all(|one| *one)),
        None => unknown(msg!("elsewhere.not_scanned", tool = tool)),
    }
}

/// What the certificates themselves say. The worst decides.
fn of_leaves(leaves: &[(&Deployment, &Certificate)], at: Timestamp) -> Facts {
    let mut facts = Facts::new();
    let moment = |text: &str| text.parse::<Timestamp>().ok();
    let ends = leaves.iter().map(|(_, leaf)| moment(&leaf.not_valid_after)).collect::<Option<Vec<_>>>();
    if let Some(end) = ends.and_then(|ends| ends.into_iter().min()) {
        let day: Date = end.to_zoned(jiff::tz::TimeZone::UTC).date();
        let left = (end.as_second() - at.as_second()).div_euclid(SECONDS_A_DAY);
        facts.insert("certificate.not_after", Outcome::Known(Value::Date(day)));
        facts.insert("certificate.days_left", Outcome::Known(Value::Integer(left)));
    }
    let lengths = leaves.iter().map(|(_, leaf)| {
        let seconds =
            moment(&leaf.not_valid_after)?.as_second() - moment(&leaf.not_valid_before)?.as_second();
        Some((seconds + SECONDS_A_DAY - 1).div_euclid(SECONDS_A_DAY))
    });
    if let Some(longest) = lengths.collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max()) {
        facts.insert("certificate.validity_days", Outcome::Known(Value::Integer(longest)));
    }
    // Of several, which one is the weakest is not said.
    if let [(_, leaf)] = leaves {
        let key = match leaf.public_key.algorithm.as_str() {
            "RSAPublicKey" => leaf.public_key.key_size.map(|bits| format!("RSA-{bits}")),
            _ => leaf.public_key.ec_curve_name.as_deref().and_then(curve).map(str::to_owned),
        };
        facts.extend(key.map(|key| ("certificate.key", text(&key))));
        let signature = signature(&leaf.signature_algorithm_oid.name);
        facts.extend(signature.map(|one| ("certificate.signature", text(&one))));
    }
    facts
}
