#![no_main]

use tenken::probe::tls::flight::{Reader, Until, key_exchange};

// A flight reads the same whole and byte by byte, and never more than it may.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for until in [Until::Hello, Until::Done] {
        let mut whole = Reader::new(until);
        let at_once = whole.feed(bytes);
        let mut parts = Reader::new(until);
        let mut in_parts = Ok(false);
        for byte in bytes {
            in_parts = parts.feed(&[*byte]);
            if in_parts != Ok(false) {
                break;
            }
        }
        assert_eq!(at_once == Ok(true), in_parts == Ok(true));
        if at_once == Ok(true) {
            assert_eq!(whole.into_flight(), parts.into_flight());
        }
    }
    let _ = (key_exchange(bytes, true), key_exchange(bytes, false));
});
