//! The texts against the sources: every id that the code uses is there with the placeholders it is
//! given, in both languages, and no text is left that nothing uses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tenken::cli;
use tenken::model::text::Lang;
use tenken::texts;

/// Ids that code puts together, by their beginning.
const COMPOSED: &[&str] = &[
    "cli.",
    "column.",
    "verdict.",
    "level.",
    "actor.",
    "kind.",
    "assurance.",
    "confidence.",
    "type.",
    "demand.",
    "status.",
    "relation.",
    "conflict.",
    "state.",
    "weight.",
    "problem.",
    "evidence.state.",
    "signature.",
    "currency.",
];

fn sources() -> String {
    fn collect(folder: &Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, into);
            } else if path.extension().is_some_and(|end| end == "rs") {
                // Tests inside a file may speak of ids that do not exist.
                let text = std::fs::read_to_string(&path).unwrap();
                let cut = text.find("#[cfg(test)]").unwrap_or(text.len());
                let code = text[..cut].lines().filter(|line| !line.trim_start().starts_with("//"));
                code.for_each(|line| into.push_str(&format!("{line}\n")));
            }
        }
    }
    let mut all = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    all
}

/// The templates, of which the comments of Rust mean nothing.
fn templates() -> String {
    fn collect(folder: &Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, into);
            } else if path.extension().is_some_and(|end| end == "html") {
                into.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut all = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("reports"), &mut all);
    all
}

/// The calls of `t(...)` in the templates, as those of `msg!`.
fn template_calls(source: &str) -> Vec<(String, BTreeSet<String>)> {
    messages(&source.replace("t(\"", "msg!(\""))
}

/// The calls of `msg!` with their ids and the names of their arguments.
fn messages(source: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut found = Vec::new();
    for (at, _) in source.match_indices("msg!(") {
        let call = balanced(&source[at + 5..]);
        let Some(id) = call.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
            continue;
        };
        let mut names = BTreeSet::new();
        for part in top_level_parts(call).into_iter().skip(1) {
            if let Some((name, _)) = part.split_once('=') {
                names.insert(name.trim().to_owned());
            }
        }
        found.push((id.to_owned(), names));
    }
    found
}

fn balanced(rest: &str) -> &str {
    let (mut depth, mut quoted) = (1, false);
    for (index, c) in rest.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return &rest[..index];
                }
            }
            _ => {}
        }
    }
    rest
}

fn top_level_parts(call: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start, mut parts) = (0, false, 0, Vec::new());
    for (index, c) in call.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if depth == 0 && !quoted => {
                parts.push(&call[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&call[start..]);
    parts
}

fn placeholders(text: &str) -> BTreeSet<String> {
    let opened = text.split('{').skip(1);
    let named = opened.filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned());
    named
        .filter(|name| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        })
        .collect()
}

#[test]
fn every_message_has_its_text_with_the_placeholders_it_is_given() {
    let mut messages = messages(&sources());
    assert!(messages.len() > 150, "the scan found only {}", messages.len());
    let in_templates: Vec<_> =
        template_calls(&templates()).into_iter().filter(|(id, _)| !id.ends_with('.')).collect();
    assert!(in_templates.len() > 80, "the scan of the templates found only {}", in_templates.len());
    messages.extend(in_templates);
    assert!(messages.len() > 230, "the scan found only {}", messages.len());
    let mut wrong = Vec::new();
    for (id, given) in messages {
        let Some(words) = texts::all().get(id.as_str()) else {
            wrong.push(format!("{id}: no such text"));
            continue;
        };
        for (lang, text) in [("ja", &words.ja), ("en", &words.en)] {
            let wanted = placeholders(text);
            if !wanted.is_subset(&given) {
                wrong.push(format!("{id} ({lang}): wants {wanted:?}, is given {given:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What the tests take for a placeholder, the program has to take for one too.
#[test]
fn every_placeholder_is_filled() {
    for (id, words) in texts::all() {
        let given: Vec<_> = placeholders(&words.ja).into_iter().map(|name| (name, "…".to_owned())).collect();
        let filled = texts::filled(id, Lang::Ja, &given);
        assert!(given.iter().all(|(name, _)| !filled.contains(&format!("{{{name}}}"))), "{id}: {filled}");
    }
}

#[test]
fn both_languages_fill_in_the_same() {
    let uneven: Vec<_> = texts::all()
        .iter()
        .filter(|(_, words)| placeholders(&words.ja) != placeholders(&words.en))
        .map(|(id, _)| id)
        .collect();
    assert!(uneven.is_empty(), "{uneven:?}");
}

#[test]
fn no_text_is_empty_or_unused() {
    let source = sources() + &templates();
    let mut wrong = Vec::new();
    for (id, words) in texts::all() {
        if words.ja.trim().is_empty() || words.en.trim().is_empty() {
            wrong.push(format!("{id}: empty"));
        }
        let composed = COMPOSED.iter().any(|start| id.starts_with(start));
        if !composed && !source.contains(&format!("\"{id}\"")) {
            wrong.push(format!("{id}: unused"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_word_of_the_vocabulary_that_people_see_has_a_label() {
    use tenken::model::answer::Status;
    use tenken::model::checklist::Demand;
    use tenken::model::column::Column;
    use tenken::model::crosswalk::Relation;
    use tenken::model::fact::FactType;
    use tenken::model::verdict::{Actor, Assurance, Confidence, Level, Verdict};
    use tenken::model::workspace::Kind;
    use tenken::wire::assessment as wire;
    let labels = Verdict::ALL.iter().map(|word| word.label());
    let labels = labels.chain(Level::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(Actor::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(Kind::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(Assurance::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(Confidence::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(Demand::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(Status::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(Relation::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(Column::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(FactType::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(wire::Conflict::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(wire::State::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(wire::Power::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(wire::Signature::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(wire::Currency::ALL.iter().map(|word| word.label()));
    let labels = labels.chain(tenken::evidence::Remark::ALL.iter().map(|word| word.label()));
    let labels: Vec<&str> = labels.chain(wire::FileProblem::ALL.iter().map(|word| word.label())).collect();
    for label in &labels {
        assert!(texts::has(label), "{label}");
    }
    let is_composed = |id: &&&str| COMPOSED.iter().skip(1).any(|start| id.starts_with(start));
    let stale: Vec<_> =
        texts::all().keys().filter(is_composed).filter(|id| !labels.contains(&**id)).collect();
    assert!(stale.is_empty(), "{stale:?}");
}

/// Every word of help, by the id it should have.
fn help_ids() -> BTreeMap<String, bool> {
    fn visit(command: &clap::Command, path: &str, into: &mut BTreeMap<String, bool>) {
        into.insert(format!("{path}.about"), true);
        into.insert(format!("{path}.more"), true);
        for arg in command.get_arguments() {
            let own = format!("{path}.arg.{}", arg.get_id());
            // What several commands take is explained once.
            let shared = format!("cli.measuring.arg.{}", arg.get_id());
            into.insert(if !texts::has(&own) && texts::has(&shared) { shared } else { own }, true);
        }
        for child in command.get_subcommands() {
            visit(child, &format!("{path}.{}", child.get_name()), into);
        }
    }
    let mut ids = BTreeMap::new();
    visit(&cli::command(Lang::En), "cli", &mut ids);
    ids
}

#[test]
fn every_command_and_option_is_explained_and_nothing_else_is() {
    let ids = help_ids();
    let missing: Vec<_> = ids.keys().filter(|id| !texts::has(id)).collect();
    assert!(missing.is_empty(), "not explained: {missing:?}");
    let is_help = |id: &&&str| id.starts_with("cli.") && !id.starts_with("cli.heading.");
    let stale: Vec<_> = texts::all().keys().filter(is_help).filter(|id| !ids.contains_key(**id)).collect();
    assert!(stale.is_empty(), "explains what is not there: {stale:?}");
}
