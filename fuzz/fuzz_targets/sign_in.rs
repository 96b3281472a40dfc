#![no_main]

use tenken::load::sign_in;
use tenken::probe::web::keys;

// The same bytes as each kind of file that shows a sign-in, and as the keys of its issuer.
libfuzzer_sys::fuzz_target!(|text: &str| {
    let hosts = ["id.example.jp".to_owned()];
    let _ = sign_in::recording(text, &hosts, String::new());
    let _ = sign_in::names_several_factors(text, String::new());
    // A line of keys after the token.
    let (token, keys) = text.split_once('\n').unwrap_or((text, "{}"));
    if let Ok(token) = sign_in::token(token, String::new()) {
        keys::check(&token, keys.as_bytes());
    }
});
