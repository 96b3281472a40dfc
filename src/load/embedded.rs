//! The data that travels inside the binary: checklists, rules, texts and examples, as they stand in
//! the repository.

use include_dir::{Dir, include_dir};

use super::file::TextFile;

static CHECKLISTS: Dir = include_dir!("$CARGO_MANIFEST_DIR/checklists");
static RULES: Dir = include_dir!("$CARGO_MANIFEST_DIR/rules");
static EXAMPLES: Dir = include_dir!("$CARGO_MANIFEST_DIR/examples");

pub fn checklists() -> Vec<TextFile> {
    yaml_files(&CHECKLISTS, "checklists")
}

/// Reference data, which lies in a folder of its own.
pub fn references() -> Vec<TextFile> {
    CHECKLISTS.get_dir("reference").map(|dir| yaml_files(dir, "checklists/reference")).unwrap_or_default()
}

pub fn rules() -> Vec<TextFile> {
    yaml_files(&RULES, "rules")
}

/// Every file of one example workspace: its path within the workspace, and its bytes.
pub fn example(name: &str) -> Vec<(String, &'static [u8])> {
    let mut found = Vec::new();
    if let Some(dir) = EXAMPLES.get_dir(name) {
        collect(dir, name, &mut found);
    }
    found
}

fn collect(dir: &'static Dir, root: &str, into: &mut Vec<(String, &'static [u8])>) {
    for file in dir.files() {
        if let Ok(path) = file.path().strip_prefix(root) {
            into.push((path.to_string_lossy().replace('\\', "/"), file.contents()));
        }
    }
    for child in dir.dirs() {
        collect(child, root, into);
    }
}

fn yaml_files(dir: &Dir<'static>, folder: &str) -> Vec<TextFile> {
    let mut files: Vec<TextFile> = dir
        .files()
        .filter(|file| file.path().extension().is_some_and(|end| end == "yaml"))
        .filter_map(|file| {
            let name = format!("{folder}/{}", file.path().file_name()?.to_string_lossy());
            Some(TextFile::new(name, file.contents_utf8()?))
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}
