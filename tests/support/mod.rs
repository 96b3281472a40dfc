//! What the black-box tests share: a workspace in a folder of its own, and the binary run in it.

#![allow(dead_code)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder that goes away with the test.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Place {
        Place(tempfile::Builder::new().prefix("tenken-test-").tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Runs tenken here, in Japanese unless the arguments say otherwise.
    pub fn run(&self, args: &[&str]) -> Run {
        let output = tenken().current_dir(self.path()).args(args).output().unwrap();
        Run { output, place: self.path().to_string_lossy().into_owned() }
    }

    /// Runs tenken here with something to read.
    pub fn run_with_input(&self, args: &[&str], input: &str) -> Run {
        let mut command = tenken();
        command.current_dir(self.path()).args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may stop reading before the end.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Run { output, place: self.path().to_string_lossy().into_owned() }
    }

    /// The files below the folder, sorted.
    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect(self.path(), self.path(), &mut found);
        found.sort();
        found
    }
}

fn collect(root: &Path, folder: &Path, into: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            collect(root, &entry.path(), into);
        } else {
            into.push(entry.path().strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
        }
    }
}

pub fn tenken() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenken"));
    for variable in ["LANG", "LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANGUAGE", "NO_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"] {
        command.env_remove(variable);
    }
    command.env("TENKEN_LANG", "ja");
    command
}

pub struct Run {
    output: Output,
    place: String,
}

impl Run {
    pub fn code(&self) -> i32 {
        self.output.status.code().expect("no signal")
    }

    pub fn out(&self) -> String {
        self.masked(&self.output.stdout)
    }

    pub fn err(&self) -> String {
        self.masked(&self.output.stderr)
    }

    pub fn raw_out(&self) -> &[u8] {
        &self.output.stdout
    }

    fn masked(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        text.replace(&self.place, "[place]")
    }
}

/// A clinic that is audited by the first checklist only.
pub const CLINIC: &str = "subject: {name: みどり内科, kind: clinic}\nchecklists: [takeout]\n";

/// Answers that pass every item of that checklist.
pub fn all_yes() -> String {
    let mandatory = (1..=10).map(|number| format!("C-{number}"));
    let ids = mandatory.chain((1..=3).map(|number| format!("D-{number}")));
    let answer = |id: String| {
        format!("  takeout/{id}:\n    status: yes\n    evidence: [{{document: 運用管理規程, page: \"3\"}}]\n")
    };
    format!("answers:\n{}", ids.map(answer).collect::<String>())
}
