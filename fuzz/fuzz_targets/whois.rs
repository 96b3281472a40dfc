#![no_main]

use tenken::probe::domain::whois;

// What a registry, or anybody in its place, answers over WHOIS, in any encoding.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = whois::decode(bytes);
    let Ok(seen) = whois::read(&text) else { return };
    assert!(text.to_lowercase().contains(&seen.domain), "a domain that nobody spoke of");
    assert!(seen.status.len() <= 20 && !seen.status.iter().any(|word| word.contains('\u{1b}')));
});
