#![no_main]

mod shared;

use tenken::load::{elsewhere, facts, file::TextFile};
use tenken::model::diagnostic::Diagnostics;
use tenken::model::workspace::Target;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let target = Target::system("https://a.example.jp", "a.example.jp:443");
    let file = TextFile::new("facts.json", text);
    elsewhere::read(&file, &shared::catalog().registry, std::slice::from_ref(&target), &Diagnostics::default());
    facts::read(&file, &shared::catalog().registry, Some(&[target]), &Diagnostics::default());
});
