//! How fast bytes are hashed, copied and read again on the way into a package and out of it: in memory,
//! so that no disk is measured. `cargo bench --bench packages` runs it. A whole package of 500 files and
//! 2 GB is made and verified by `benches/packages.sh`; `docs/performance.md` keeps the figures.

use std::io;

use divan::Bencher;
use divan::counter::BytesCount;
use tenken::evidence;
use tenken::pack::{self, Package, Source};

const SIZE: usize = 64 << 20;

fn main() {
    divan::main();
}

fn bytes() -> Vec<u8> {
    // No two pages alike, so that nothing can be guessed.
    (0..SIZE as u64 / 8).flat_map(|word| (word.wrapping_mul(0x9e37_79b9_7f4a_7c15)).to_le_bytes()).collect()
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn hash_evidence(bencher: Bencher) {
    let bytes = bytes();
    let hash = || evidence::digest(&mut bytes.as_slice(), &mut io::sink()).expect("no disk, no error");
    bencher.counter(BytesCount::new(SIZE)).bench(hash);
}

/// The digest, and the check sum of the archive beside it.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn sum_up_for_a_package(bencher: Bencher) {
    let bytes = bytes();
    let source = || vec![Source::bytes("workspace/a".to_owned(), bytes.clone())];
    let bencher = bencher.counter(BytesCount::new(SIZE)).with_inputs(source);
    bencher.bench_values(|sources| pack::plan(sources).expect("one file").files());
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn read_a_package(bencher: Bencher) {
    let plan = pack::plan(vec![Source::bytes("workspace/a".to_owned(), bytes())]).expect("one file");
    let manifest = serde_json::json!({
        "schema": "tenken.package/1", "tool": {"name": "tenken", "version": "0"}, "at": "2026-11-20T00:00:00Z",
        "subject": "x", "assessment": "workspace/a", "policy": [], "chain": [], "files": plan.files(),
    });
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    pack::write(&plan, manifest.to_string().as_bytes(), None, file.as_file_mut()).expect("it is written");
    bencher.counter(BytesCount::new(SIZE)).bench(|| Package::open(file.path()).expect("it is read"));
}
