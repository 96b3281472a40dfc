//! How long each stage takes, on the example vendor: 138 items, all features, the recorded facts.
//! `cargo bench` runs it; `docs/performance.md` keeps the figures and how they were measured.

use std::path::PathBuf;
use std::process::Command;

use divan::Bencher;
use jiff::civil::date;
use tenken::evaluate::evaluate;
use tenken::evidence;
use tenken::load::catalog::{self, Catalog, Folders, Wanted};
use tenken::load::file::TextFile;
use tenken::load::{self, facts, result};
use tenken::model::assessment::{Assessment, Clock};
use tenken::model::diagnostic::Diagnostics;
use tenken::model::fact::Observation;
use tenken::model::text::Lang;
use tenken::model::workspace::{Files, Workspace};
use tenken::report::{Format, Reports, json};

fn main() {
    divan::main();
}

fn example() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/vendor")
}

fn catalog() -> Catalog {
    catalog::load(&Folders::default(), &Wanted::All, &Diagnostics::default()).expect("the built-in data load")
}

fn workspace(catalog: &Catalog) -> Workspace {
    load::workspace(&example(), catalog, &Diagnostics::default()).expect("the example loads")
}

/// Everything an evaluation needs, with every feature present, so that all 138 items are decided.
struct Ready {
    catalog: Catalog,
    workspace: Workspace,
    observations: Vec<Observation>,
    files: Files,
}

fn ready() -> Ready {
    let catalog = catalog();
    let mut workspace = workspace(&catalog);
    workspace.features = catalog.features.keys().cloned().collect();
    let file = TextFile::read(&example().join("facts.json")).expect("the example has facts");
    let observations =
        facts::read(&file, &catalog.registry, Some(&workspace.targets), &Diagnostics::default());
    assert!(!observations.is_empty());
    let files = evidence::states(&workspace, &example());
    Ready { catalog, workspace, observations, files }
}

fn assess(ready: &Ready) -> Assessment {
    let clock = Clock { now: "2026-11-20T03:00:00Z".parse().expect("a time"), today: date(2026, 11, 20) };
    evaluate(&ready.workspace, &ready.catalog.policy, ready.observations.clone(), &ready.files, clock)
}

#[divan::bench]
fn load_the_built_in_data() -> Catalog {
    catalog()
}

#[divan::bench]
fn load_the_workspace(bencher: Bencher) {
    let catalog = catalog();
    bencher.bench(|| workspace(&catalog));
}

#[divan::bench]
fn evaluate_138_items(bencher: Bencher) {
    let ready = ready();
    assert_eq!(assess(&ready).findings.len(), 138);
    bencher.bench(|| assess(&ready));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn evaluate_10_000_assessments(bencher: Bencher) {
    let ready = ready();
    bencher.bench(|| (0..10_000).map(|_| assess(&ready).findings.len()).sum::<usize>());
}

#[divan::bench]
fn render_json(bencher: Bencher) {
    let assessment = assess(&ready());
    bencher.bench(|| json::render(&json::to_wire(&assessment)));
}

fn render(bencher: Bencher, format: Format) {
    let wire = json::to_wire(&assess(&ready()));
    let reports = || Reports::new(&wire, Vec::new(), Lang::Ja, false).expect("reports");
    bencher.bench(|| reports().render(format).expect("a report"));
}

#[divan::bench]
fn render_html(bencher: Bencher) {
    render(bencher, Format::Html);
}

#[divan::bench]
fn render_xlsx(bencher: Bencher) {
    render(bencher, Format::Xlsx);
}

#[divan::bench]
fn render_csv(bencher: Bencher) {
    render(bencher, Format::Csv);
}

#[divan::bench]
fn render_oscal(bencher: Bencher) {
    render(bencher, Format::Oscal);
}

#[divan::bench]
fn read_a_result(bencher: Bencher) {
    let text = json::render(&json::to_wire(&assess(&ready()))).expect("JSON");
    let file = TextFile::new("result.json", text);
    bencher.bench(|| result::parse(&file, &Diagnostics::default()).expect("a result"));
}

#[divan::bench]
fn render_the_summary(bencher: Bencher) {
    render(bencher, Format::Text);
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn start_up_version() {
    run(&["--version"]);
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn start_up_help() {
    run(&["--help"]);
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn audit_the_example_from_the_command_line() {
    let dir = example();
    let dir = dir.to_string_lossy();
    let facts = format!("{dir}/facts.json");
    run(&["audit", &dir, "--no-probe", "--no-history", "--at", "2026-11-20", "--facts", &facts]);
}

fn run(args: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_tenken")).args(args).output().expect("tenken runs");
    assert!(matches!(output.status.code(), Some(0 | 1)));
}
