#![no_main]

mod shared;

libfuzzer_sys::fuzz_target!(|text: &str| {
    shared::read(text, |reading| tenken::load::rules::read(reading, &shared::catalog().registry, &shared::catalog().checklists));
});
