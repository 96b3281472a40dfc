//! What the targets share: the built-in catalogue, and a text read as one kind of file.

use std::sync::OnceLock;

use tenken::load::catalog::{self, Catalog, Folders, Wanted};
use tenken::load::file::TextFile;
use tenken::load::yaml::Reading;
use tenken::model::diagnostic::Diagnostics;

#[allow(dead_code)]
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| catalog::load(&Folders::default(), &Wanted::All, &Diagnostics::default()).expect("built-in data"))
}

/// Reads the text with a loader. What cannot be read has to leave a diagnostic: nothing may be
/// dropped in silence.
#[allow(dead_code)]
pub fn read<T>(text: &str, with: impl FnOnce(&Reading) -> Option<T>) {
    let file = TextFile::new("fuzz.yaml", text);
    let diagnostics = Diagnostics::default();
    let read = with(&Reading::new(&file, &diagnostics));
    assert!(read.is_some() || diagnostics.errors() > 0, "refused without a word");
    for diagnostic in diagnostics.list() {
        let words = tenken::texts::both(&diagnostic.what);
        assert!(!words.ja.is_empty() && !words.en.is_empty());
    }
}
