#![no_main]

mod shared;

libfuzzer_sys::fuzz_target!(|text: &str| {
    shared::read(text, |reading| tenken::load::answers::read(reading, shared::catalog(), None));
});
