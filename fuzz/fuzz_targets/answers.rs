#![no_main]

mod shared;

use tenken::load::{answers, reviews, waivers};

// What people and evaluators write, which is alike.
libfuzzer_sys::fuzz_target!(|text: &str| {
    shared::read(text, |reading| answers::read(reading, shared::catalog(), None));
    shared::read(text, |reading| reviews::read(reading, shared::catalog(), None));
    shared::read(text, |reading| waivers::read(reading, shared::catalog(), None));
});
