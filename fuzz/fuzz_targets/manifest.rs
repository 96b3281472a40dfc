//! A manifest in a container that is in order, so that the check sums keep nothing from being read: the
//! manifest against the files, the chain, the signature. And the record of a review, which is made of one.
#![no_main]

use std::sync::OnceLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use tenken::load::file::TextFile;
use tenken::load::record;
use tenken::model::diagnostic::Diagnostics;
use tenken::pack::{self, Package, Plan, Signature, Source};

fn plan() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let file = |name: &str, content: &str| Source::bytes(name.to_owned(), content.as_bytes().to_vec());
        pack::plan(vec![file("workspace/results/a.json", "{}"), file("workspace/b", "12345")]).expect("two files")
    })
}

// What comes after a line of dashes is the signature.
fuzz_target!(|text: &str| {
    let (manifest, signature) = match text.split_once("\n----\n") {
        Some((manifest, signature)) => (manifest, Some(signature)),
        None => (text, None),
    };
    received(text);
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    pack::write(plan(), manifest.as_bytes(), signature, file.as_file_mut()).expect("room for it");
    let Ok(package) = Package::open(file.path()) else { return };
    for what in package.problems() {
        let words = tenken::texts::both(what);
        assert!(!words.ja.is_empty() && !words.en.is_empty());
    }
    // A manifest that leaves a file out, or names one that is not there, does not hold.
    let mut stated: Vec<&str> = package.manifest().files.iter().map(|file| file.path.as_str()).collect();
    stated.sort_unstable();
    if package.problems().is_empty() {
        assert_eq!(stated, ["workspace/b", "workspace/results/a.json"]);
    }
    let signed = package.signature(None, Timestamp::UNIX_EPOCH);
    assert!(signature.is_some() || signed == Signature::Missing);
});

/// Read, or refused with a word; and no file of it lies outside the folder.
fn received(text: &str) {
    let diagnostics = Diagnostics::default();
    let Some(file) = TextFile::of_bytes("review.json", text.as_bytes().to_vec()) else { return };
    match record::read(&file, &diagnostics) {
        None => assert!(diagnostics.errors() > 0, "refused without a word"),
        Some(received) => {
            let leads_out = |path: &str| path.starts_with('/') || path.split('/').any(|part| part == "..");
            assert!(!received.files.iter().any(|file| leads_out(&file.path)));
        }
    }
}
