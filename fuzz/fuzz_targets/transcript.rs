#![no_main]

mod shared;

use std::sync::OnceLock;

use tenken::probe::{self, Options};
use tenken::wire::transcript::TranscriptFile;

fn options() -> &'static Options {
    static OPTIONS: OnceLock<Options> = OnceLock::new();
    OPTIONS.get_or_init(|| Options::new(jiff::Timestamp::UNIX_EPOCH))
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(file) = serde_json::from_str::<TranscriptFile>(text) else { return };
    for transcript in file.transcripts.iter().take(2) {
        probe::replay(transcript, options(), &shared::catalog().registry);
    }
    for directory in file.directories.iter().take(2) {
        probe::replay_directory(directory, options(), &shared::catalog().registry);
    }
});
