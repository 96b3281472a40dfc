#![no_main]

use tenken::report::typeset::{cells, fit, plain, wrap};

libfuzzer_sys::fuzz_target!(|input: (u8, &str)| {
    let (width, text) = (usize::from(input.0) + 4, plain(input.1));
    assert!(!text.chars().any(char::is_control));
    assert!(cells(&fit(&text, width)) <= width);
    assert!(wrap(&text, width).iter().all(|line| cells(line) <= width), "{width} {text:?}");
});
