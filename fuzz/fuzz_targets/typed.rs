#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = (tenken::typed::status(text), tenken::typed::verdict(text));
    if let Some(date) = tenken::typed::date(text) {
        assert!(date.year() >= 1868, "{text}: {date}");
    }
});
