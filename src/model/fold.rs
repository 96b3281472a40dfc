//! Texts without what does not matter when two of them are compared: the width of their characters,
//! white space, capitals.

use icu_normalizer::ComposingNormalizerBorrowed;

/// Compatibility characters in their plain form, and no white space at all.
pub fn folded(text: &str) -> String {
    let normalizer = const { ComposingNormalizerBorrowed::new_nfkc() };
    normalizer.normalize(text).chars().filter(|c| !c.is_whitespace()).collect()
}

/// A word as somebody means it who types ＹＥＳ, Yes or yes.
pub fn word(text: &str) -> String {
    folded(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_space_and_capitals_do_not_count() {
        assert_eq!(word(" Ｎ／Ａ\u{3000}"), "n/a");
        assert_eq!(word("ﾊｲ"), "ハイ");
        assert_eq!(folded("令和８年 １１月\n２０日"), "令和8年11月20日");
        assert_eq!(folded("㈱ ①"), "(株)1");
    }
}
