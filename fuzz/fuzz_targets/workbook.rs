#![no_main]

mod shared;

use tenken::load::workbook::from_bytes;
use tenken::model::diagnostic::Diagnostics;

// Whatever the bytes are: no panic, no hang, and nothing refused without a word.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let diagnostics = Diagnostics::default();
    let read = from_bytes("fuzz.xlsx".into(), bytes, shared::catalog(), None, &diagnostics);
    assert!(read.is_some() || diagnostics.errors() > 0, "refused without a word");
});
