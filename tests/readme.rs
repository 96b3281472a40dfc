//! What the documents and the help promise, held against the binary: every command line that they
//! show can be parsed, every file that they name is there.

use std::path::{Path, PathBuf};

use tenken::cli;
use tenken::model::text::Lang;
use tenken::texts;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn documents() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = ["README.md", "README.ja.md", "CONTRIBUTING.md", "examples/README.md"]
        .iter()
        .map(|name| root().join(name))
        .collect();
    let docs = std::fs::read_dir(root().join("docs")).unwrap().flatten().map(|entry| entry.path());
    all.extend(docs.filter(|path| path.extension().is_some_and(|end| end == "md")));
    all
}

/// The command lines in a text: what stands in code and begins with `tenken`.
fn command_lines(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            let line = line.trim().trim_start_matches("$ ");
            found.extend(line.starts_with("tenken ").then(|| line.to_owned()));
        } else {
            let code = line.split('`').skip(1).step_by(2);
            found.extend(code.filter(|code| code.starts_with("tenken ")).map(str::to_owned));
        }
    }
    found
}

/// Why a command line cannot be used as it is written; nothing where it can.
fn wrong(line: &str) -> Option<String> {
    let ends = ["  ", " #", " >", " |"].iter().filter_map(|mark| line.find(mark));
    let end = ends.min().unwrap_or(line.len());
    let words = words(&line[..end]);
    // A form with a placeholder shows what to write, and is not written so.
    if words.iter().any(|word| word.chars().all(|c| c.is_ascii_uppercase()) || word.contains('…')) {
        return None;
    }
    let error = cli::command(Lang::En).try_get_matches_from(words).err()?;
    use clap::error::ErrorKind;
    let shows_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // Prose may name a command without its arguments.
    let is_mention = error.kind() == ErrorKind::MissingRequiredArgument && !line.contains(" --");
    (!shows_help && !is_mention).then(|| format!("{line}: {error}"))
}

/// Split as a shell would, as far as double quotes go.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('"').enumerate() {
        match index % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

#[test]
fn every_command_line_in_the_documents_can_be_used() {
    let mut seen = 0;
    let mut all_wrong = Vec::new();
    for path in documents() {
        let text = std::fs::read_to_string(&path).unwrap();
        for line in command_lines(&text) {
            seen += 1;
            all_wrong.extend(wrong(&line).map(|why| format!("{}: {why}", path.display())));
        }
    }
    assert!(seen > 20, "only {seen} command lines were found");
    assert!(all_wrong.is_empty(), "{}", all_wrong.join("\n"));
}

#[test]
fn every_command_line_in_the_help_can_be_used() {
    let mut seen = 0;
    let mut all_wrong = Vec::new();
    let help = texts::all().iter().filter(|(id, _)| id.starts_with("cli."));
    for (_, words) in help {
        for line in [&words.ja, &words.en].into_iter().flat_map(|text| text.lines()) {
            let line = line.trim();
            if line.starts_with("tenken ") && line.is_ascii() {
                seen += 1;
                all_wrong.extend(wrong(line));
            }
        }
    }
    assert!(seen > 20, "only {seen} command lines were found");
    assert!(all_wrong.is_empty(), "{}", all_wrong.join("\n"));
}

#[test]
fn both_readmes_show_the_two_commands_that_do_everything() {
    for name in ["README.md", "README.ja.md"] {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        for command in ["cargo run --release -- demo", "tests/full.sh"] {
            assert!(text.contains(command), "{name}: {command}");
        }
    }
}

#[test]
fn every_link_between_the_documents_leads_somewhere() {
    let mut broken = Vec::new();
    for path in documents() {
        let text = std::fs::read_to_string(&path).unwrap();
        let folder = path.parent().unwrap_or(Path::new("."));
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            let is_local = !target.is_empty() && !target.contains("://");
            if is_local && !folder.join(target).exists() {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_command_is_shown_in_the_readme_or_the_guide() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let english = read("README.md") + &read("docs/guide.md") + &read("docs/formats.md");
    let japanese = read("README.ja.md") + &read("docs/guide.ja.md");
    for command in cli::command(Lang::En).get_subcommands() {
        let shown = format!("tenken {}", command.get_name());
        assert!(english.contains(&shown), "{shown}");
        let is_for_users = !matches!(command.get_name(), "completions" | "schema");
        assert!(!is_for_users || japanese.contains(&shown), "{shown} (ja)");
    }
}
