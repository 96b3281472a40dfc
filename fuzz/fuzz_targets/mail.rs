#![no_main]

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tenken::model::message::Message;
use tenken::probe::dns::mail::{self, Level};
use tenken::probe::dns::spf::{self, Texts};

/// Every line is what one domain says, and inclusions lead to the next.
struct Zone<'a> {
    lines: Vec<&'a str>,
    asked: Cell<usize>,
}

impl Texts for Zone<'_> {
    async fn of(&self, _: &str) -> Result<Vec<String>, Message> {
        let at = self.asked.replace(self.asked.get() + 1);
        Ok(self.lines.get(at % self.lines.len().max(1)).map(|line| (*line).to_owned()).into_iter().collect())
    }
}

// What a domain says about its mail: SPF, DMARC, MTA-STS, TLS-RPT.
libfuzzer_sys::fuzz_target!(|text: &str| {
    let zone = Zone { lines: text.lines().collect(), asked: Cell::new(0) };
    let mut context = Context::from_waker(Waker::noop());
    let judged = pin!(spf::judge(&zone, "example.jp")).poll(&mut context);
    assert!(matches!(judged, Poll::Ready(_)), "it waits for nothing");
    assert!(zone.asked.get() <= 11, "a receiver gives up after ten");
    let texts: Vec<String> = text.lines().map(str::to_owned).collect();
    for level in [Level::Own, Level::Above] {
        mail::dmarc(&texts, level);
    }
    mail::mta_sts(&texts);
    mail::tls_rpt(&texts);
});
