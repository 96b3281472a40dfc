#![no_main]

mod shared;

use std::collections::BTreeMap;

use tenken::load::{features, registry, scoring};
use tenken::model::fact::Registry;

libfuzzer_sys::fuzz_target!(|text: &str| {
    shared::read(text, |reading| features::read(reading, &mut BTreeMap::new()));
    shared::read(text, |reading| registry::read(reading, &mut Registry::default()));
    shared::read(text, scoring::read);
});
