#![no_main]

use tenken::probe::domain::rdap;

// What a registry answers over RDAP, about a domain and about an address.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(seen) = rdap::domain(rdap::kept(bytes).as_bytes()) {
        assert!(seen.status.len() <= 20 && !seen.status.iter().any(|word| word.contains('\u{1b}')));
    }
    for address in ["192.0.2.10", "2001:db8::10"] {
        let address = address.parse().expect("an address");
        if let Ok(country) = rdap::country(rdap::kept(bytes).as_bytes(), address) {
            assert_eq!(country.len(), 2);
        }
    }
});
