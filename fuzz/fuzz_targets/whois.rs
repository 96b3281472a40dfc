#![no_main]

use tenken::probe::domain::whois;

// What a registry, or anybody in its place, answers over WHOIS, in any encoding.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = whois::decode(bytes);
    let read = whois::read(&text);
    assert_eq!(whois::read(&whois::kept(&text)), read, "what is kept says the same");
    let Ok(seen) = read else { return };
    assert!(text.lines().any(|line| names(line, &seen.domain)), "a domain that nobody spoke of");
    assert!(seen.status.len() <= 20 && !seen.status.iter().any(|word| word.contains('\u{1b}')));
});

/// Whether the value of a line is this domain, as it stands or in the form that is asked for.
fn names(line: &str, domain: &str) -> bool {
    let Some((_, value)) = line.split_once([':', ']']) else { return false };
    let value = value.trim().trim_end_matches('.').to_lowercase();
    value == domain || url::Host::parse(&value).is_ok_and(|host| host.to_string() == domain)
}
