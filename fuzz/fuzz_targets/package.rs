//! A package from its bytes: opened, its parts read, received as a whole. Whatever the bytes are, nothing
//! falls over, nothing is refused without a word, and what holds can be read again.
#![no_main]

use std::io::Write;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use tenken::pack::{Package, Refused};
use tenken::submission;

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("room for it");
    let package = match Package::open(file.path()) {
        Ok(package) => package,
        Err(Refused::Malformed(what)) => {
            let words = tenken::texts::both(&what);
            assert!(!words.ja.is_empty() && !words.en.is_empty());
            return;
        }
        Err(Refused::Unreadable(_)) => return,
    };
    let holds = package.problems().is_empty();
    for stated in &package.manifest().files {
        let read = package.bytes(&stated.path, 1 << 20);
        assert!(!holds || stated.size > 1 << 20 || read.is_some(), "{} cannot be read again", stated.path);
    }
    let received = submission::receive(file.path(), None, Timestamp::UNIX_EPOCH).expect("it was opened before");
    assert!(holds || !received.problems.is_empty(), "what does not hold is not named");
});
