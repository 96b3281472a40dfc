#![no_main]

use std::time::Duration;

use tenken::probe::web::client::Answer;
use tenken::probe::web::hidden::Hidden;
use tenken::probe::web::{headers, kept};
use tenken::probe::web::page::Page;
use tenken::probe::web::trial;
use tenken::wire::visit::Purpose;

// Headers up to an empty line, then a page.
libfuzzer_sys::fuzz_target!(|text: &str| {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    let url = url::Url::parse("https://telemed.example.jp/").expect("an address");
    let answer = Answer {
        url: url.clone(),
        status: 200,
        headers: head.lines().filter_map(header).collect(),
        body: body.as_bytes().to_vec(),
        is_whole: true,
        answered: jiff::Timestamp::UNIX_EPOCH,
        took: Duration::ZERO,
    };
    if let Ok((_, sent)) = trial::filled_in(&answer, "user-7f3a", "word-91bc") {
        assert!(sent.contains("=user-7f3a") && sent.contains("=word-91bc"));
    }
    for purpose in [Purpose::SecurityTxt, Purpose::PasskeyEndpoints, Purpose::Script, Purpose::Nowhere] {
        let _ = kept::read(&kept::request(&url, purpose, Ok(answer.clone()), &Hidden::default()));
    }
    let request = kept::request(&url, Purpose::Page, Ok(answer), &Hidden::default());
    let answer = kept::read(&request).expect("what was kept can be read");
    let page = Page::of(&answer);
    page.third_parties(&url);
    page.unencrypted();
    let now = jiff::Timestamp::UNIX_EPOCH;
    headers::hsts(&answer);
    headers::csp(&answer, &page.policies);
    headers::frames(&answer);
    headers::referrer(&answer, page.referrer.as_deref());
    headers::versions(&answer, page.generator.as_deref());
    headers::cookie_problems(&answer, now, 365);
    headers::clock_difference(&answer);
    answer.redirect();
});
