#![no_main]

mod shared;

use tenken::load::{facts, file::TextFile};
use tenken::model::diagnostic::Diagnostics;
use tenken::model::workspace::{Role, Target};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let target = Target {
        url: "https://a.example.jp".into(),
        endpoint: "a.example.jp:443".into(),
        role: Role::System,
        authorized_by: None,
        oidc_issuer: None,
        published: Default::default(),
    };
    let file = TextFile::new("facts.json", text);
    facts::read(&file, &shared::catalog().registry, Some(&[target]), &Diagnostics::default());
});
