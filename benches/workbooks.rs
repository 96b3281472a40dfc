//! How long questionnaires take: 138 items, 119 of them answered. `cargo bench --bench workbooks` runs
//! it; `docs/performance.md` keeps the figures.

use std::collections::BTreeMap;
use std::path::PathBuf;

use divan::Bencher;
use jiff::civil::date;
use tenken::form::{workbook, yaml};
use tenken::load::catalog::{self, Catalog, Folders, Wanted};
use tenken::load::workbook::from_bytes;
use tenken::load::{self, questionnaire};
use tenken::model::diagnostic::Diagnostics;
use tenken::model::questionnaire::Questionnaire;
use tenken::model::text::Lang;

fn main() {
    divan::main();
}

fn catalog() -> Catalog {
    catalog::load(&Folders::default(), &Wanted::All, &Diagnostics::default()).expect("the built-in data load")
}

fn all_138(catalog: &Catalog) -> Questionnaire {
    let example = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/vendor");
    let mut loaded = load::loaded(&example, catalog, &Diagnostics::default()).expect("the example loads");
    loaded.profile.features = catalog.features.keys().cloned().collect();
    let made = questionnaire::of(loaded, catalog, BTreeMap::new(), date(2026, 11, 20));
    assert_eq!(made.entries().count(), 138);
    made
}

fn read(bytes: &[u8], catalog: &Catalog) -> usize {
    let diagnostics = Diagnostics::default();
    let read = from_bytes("answers.xlsx".into(), bytes, catalog, None, &diagnostics).expect("it can be read");
    assert_eq!(diagnostics.errors(), 0);
    read.answers.answers.len()
}

#[divan::bench]
fn write_the_workbook(bencher: Bencher) {
    let questionnaire = all_138(&catalog());
    bencher.bench(|| workbook::render(&questionnaire, Lang::Ja).expect("it can be written").len());
}

#[divan::bench]
fn write_yaml(bencher: Bencher) {
    let questionnaire = all_138(&catalog());
    bencher.bench(|| yaml::render(&questionnaire, Lang::Ja).len());
}

#[divan::bench]
fn read_the_workbook(bencher: Bencher) {
    let catalog = catalog();
    let bytes = workbook::render(&all_138(&catalog), Lang::Ja).expect("it can be written");
    bencher.bench(|| read(&bytes, &catalog));
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn read_1_000_workbooks(bencher: Bencher) {
    let catalog = catalog();
    let bytes = workbook::render(&all_138(&catalog), Lang::Ja).expect("it can be written");
    bencher.bench(|| (0..1000).map(|_| read(&bytes, &catalog)).sum::<usize>());
}
