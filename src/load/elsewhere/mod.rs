//! Reads what other tools measured: the JSON of sslyze and of testssl.sh. Taken over is only what a file
//! says in so many words, under its tool's name and version and the time of the scan; what the tool did
//! not look at, could not see or says in words that are not known here is unknown or left out.

mod names;
mod sslyze;
mod testssl;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::file::TextFile;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::fact::{Failure, Observation, Outcome, Registry, Value};
use crate::model::message::Message;
use crate::model::origin::{Origin, Span};
use crate::model::workspace::Target;
use crate::msg;

/// Words in one list, at most.
const MOST_WORDS: usize = 1000;

/// Words of another program that are shown, at most.
const LONGEST_WORDS: usize = 120;

/// Facts of one server by key.
type Facts = BTreeMap<&'static str, Outcome>;

/// What one file says of one server.
struct Server {
    /// Host and port.
    endpoint: String,
    address: Option<String>,
    facts: Facts,
}

/// What one file says.
struct Scanned {
    /// Tool and version, as the facts name how they were obtained.
    tool: String,
    at: Timestamp,
    servers: Vec<Server>,
}

/// What is wrong with a file as a whole, and what to do.
enum Refused {
    Json(serde_json::Error),
    Because(Message, Message),
}

/// The facts of a file of another tool; nothing where it is none. Those of other targets are passed
/// over with a warning.
pub fn read(
    file: &TextFile,
    registry: &Registry,
    targets: &[Target],
    diagnostics: &Diagnostics,
) -> Option<Vec<Observation>> {
    let scanned = match maker(&file.text)? {
        Maker::Sslyze => sslyze::read(&file.text),
        Maker::Testssl => testssl::read(&file.text),
    };
    let scanned = match scanned {
        Ok(scanned) => scanned,
        Err(refused) => {
            diagnostics.push(refused.shown(file));
            return Some(Vec::new());
        }
    };
    if scanned.servers.is_empty() {
        let nothing = msg!("elsewhere.nothing", tool = &scanned.tool);
        diagnostics.push(Diagnostic::warning(nothing, msg!("elsewhere.nothing.mend")).at(whole(file)));
    }
    let ours: HashSet<&str> = targets.iter().map(|target| target.endpoint.as_str()).collect();
    let digest = file.digest();
    let mut others: BTreeSet<&str> = BTreeSet::new();
    let mut observations = Vec::new();
    for server in &scanned.servers {
        if !ours.contains(server.endpoint.as_str()) {
            others.insert(&server.endpoint);
            continue;
        }
        for (key, outcome) in &server.facts {
            let Some(fact) = registry.fact(key) else { continue };
            observations.push(Observation {
                fact: Arc::clone(fact),
                outcome: outcome.clone(),
                target: server.endpoint.clone(),
                address: server.address.clone(),
                at: scanned.at,
                method: scanned.tool.clone(),
                transcript: Some(digest.clone()),
            });
        }
    }
    for target in others {
        let what = msg!("elsewhere.other_target", tool = &scanned.tool, target = target);
        diagnostics.push(Diagnostic::warning(what, msg!("facts.other_target.mend")).at(whole(file)));
    }
    Some(observations)
}

#[derive(Debug, PartialEq, Eq)]
enum Maker {
    Sslyze,
    Testssl,
}

/// Who made a file, by the marks that only theirs have.
fn maker(text: &str) -> Option<Maker> {
    match text.trim_start().as_bytes().first()? {
        b'[' => Some(Maker::Testssl),
        b'{' if text.contains("\"schema\"") => None,
        b'{' if text.contains("\"sslyze_version\"") => Some(Maker::Sslyze),
        b'{' if text.contains("\"scanResult\"") => Some(Maker::Testssl),
        _ => None,
    }
}

impl Refused {
    fn shown(self, file: &TextFile) -> Diagnostic {
        let error = match self {
            Refused::Because(what, mend) => return Diagnostic::error(what, mend).at(whole(file)),
            Refused::Json(error) => error,
        };
        let number = |number: usize| u32::try_from(number).unwrap_or(1).max(1);
        let span = Span { line: number(error.line()), column: number(error.column()), length: 0 };
        let origin = if error.line() > 0 { file.origin(span) } else { whole(file) };
        let what = msg!("elsewhere.json", error = plain(&error.to_string()));
        Diagnostic::error(what, msg!("elsewhere.json.mend")).at(origin)
    }
}

fn whole(file: &TextFile) -> Origin {
    Origin::file(Arc::clone(&file.name))
}

/// Words of somebody else's file as they may be shown.
fn plain(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(LONGEST_WORDS).collect()
}

/// Host and port as a workspace's targets have them.
fn endpoint(host: &str, port: u16) -> String {
    let host = host.trim().trim_start_matches('[').trim_end_matches(']').to_lowercase();
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

fn unknown(why: Message) -> Outcome {
    Outcome::Failed(Failure::Because(why))
}

fn flag(value: bool) -> Outcome {
    Outcome::Known(Value::Boolean(value))
}

/// How many versions of TLS are accepted, where that is known.
fn versions(facts: &Facts) -> Option<usize> {
    match facts.get("tls.versions") {
        Some(Outcome::Known(Value::List(versions))) => Some(versions.len()),
        _ => None,
    }
}

fn text(word: &str) -> Outcome {
    Outcome::Known(Value::Text(word.to_owned()))
}

fn list(words: Vec<String>) -> Outcome {
    if words.is_empty() { Outcome::Absent } else { Outcome::Known(Value::List(words)) }
}

/// A list of names of suites or groups; unknown where one of them is none.
fn named(names: Vec<String>, tool: &str) -> Outcome {
    let is_name = |name: &String| {
        !name.is_empty()
            && name.len() <= LONGEST_WORDS
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
    };
    match names.iter().find(|name| !is_name(name)) {
        Some(wrong) => unknown(msg!("elsewhere.unclear", tool = tool, said = plain(wrong))),
        None if names.len() > MOST_WORDS => unknown(msg!("elsewhere.not_whole", tool = tool)),
        None => list(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_made_a_file_is_seen_by_its_marks() {
        assert_eq!(maker(r#"{"schema": "tenken.facts/1", "targets": ["sslyze_version"]}"#), None);
        assert_eq!(maker(r#"{"sslyze_version": "6.3.1"}"#), Some(Maker::Sslyze));
        assert_eq!(maker(r#" {"scanResult": []}"#), Some(Maker::Testssl));
        assert_eq!(maker("[]"), Some(Maker::Testssl));
        assert_eq!((maker(""), maker("{}"), maker("x")), (None, None, None));
    }

    #[test]
    fn an_endpoint_is_written_as_targets_are() {
        assert_eq!(endpoint("Telemed.example.jp", 443), "telemed.example.jp:443");
        assert_eq!(
            (endpoint("::1", 8443), endpoint("[::1]", 8443)),
            ("[::1]:8443".into(), "[::1]:8443".into())
        );
    }
}
