#![no_main]

use std::sync::OnceLock;

use tenken::probe::certificate::{Roots, Shown, facts};

fn roots() -> &'static Roots {
    static ROOTS: OnceLock<Roots> = OnceLock::new();
    ROOTS.get_or_init(Roots::mozilla)
}

// The first two bytes say where the leaf ends; what follows is a second certificate and a staple.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else { return };
    let (leaf, rest) = rest.split_at(usize::from(u16::from_be_bytes(*length)).min(rest.len()));
    let shown = Shown { chain: vec![leaf.to_vec(), rest.to_vec()], staple: Some(rest.to_vec()), ..Shown::default() };
    let alone = Shown { chain: vec![leaf.to_vec()], staple: Some(rest.to_vec()), ..Shown::default() };
    for one in [shown, alone] {
        let all = facts(&[one], None, "telemed.example.jp", roots(), 1_795_132_800);
        assert!(all.len() > 10);
    }
});
