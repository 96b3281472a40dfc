//! A result that is read back and rendered: whatever stands in it, nothing falls over.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tenken::load::file::TextFile;
use tenken::load::result;
use tenken::model::diagnostic::Diagnostics;
use tenken::model::text::Lang;
use tenken::report::{Format, Reports};

fuzz_target!(|text: &str| {
    let file = TextFile::new("result.json", text);
    let Some(assessment) = result::parse(&file, &Diagnostics::default()) else { return };
    let Ok(reports) = Reports::new(&assessment, Vec::new(), Lang::Ja, true) else { return };
    for format in Format::ALL {
        let _ = reports.render(*format);
    }
});
