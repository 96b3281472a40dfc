//! What should not leave the house: private keys, tokens, passwords, numbers of insured persons and
//! the individual number. Looks at text files only, line by line, and prefers silence to a false
//! alarm: a number counts where its check digit or the words beside it say what it is.

use std::sync::OnceLock;

use regex_lite::Regex;

use crate::model::message::Message;
use crate::msg;

/// No more are named of one file. No warning repeats what it found.
pub const MOST_WARNINGS: usize = 50;

/// What looks like a secret or like a patient's, by line.
pub fn warnings(bytes: &[u8]) -> Vec<(u32, Message)> {
    let Some(text) = text(bytes) else { return Vec::new() };
    let lines = text.lines().zip(1_u32..);
    let seen = lines.filter_map(|(line, number)| Some((number, look(line)?)));
    seen.take(MOST_WARNINGS).collect()
}

/// The text of a file that is one, in the encodings that people here use.
fn text(bytes: &[u8]) -> Option<String> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return Some(encoding.decode(bytes).0.into_owned());
    }
    if bytes.contains(&0) {
        return None;
    }
    let shift_jis = || encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes);
    Some(match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // A stray byte hides nothing.
        Err(_) => shift_jis().unwrap_or_else(|| String::from_utf8_lossy(bytes)).into_owned(),
    })
}

struct Patterns {
    key: Regex,
    token: Regex,
    password: Regex,
    insured: Regex,
    individual: Regex,
}

fn patterns() -> Option<&'static Patterns> {
    static PATTERNS: OnceLock<Option<Patterns>> = OnceLock::new();
    let make = || {
        Some(Patterns {
            key: Regex::new(r"-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----").ok()?,
            token: Regex::new(concat!(
                r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,}|",
                r"xox[abprs]-[A-Za-z0-9-]{20,}|sk_live_[A-Za-z0-9]{20,}|",
                r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})|",
                r"(?i:authorization: *(bearer|basic) +[A-Za-z0-9._~+/=-]{12,})"
            ))
            .ok()?,
            password: Regex::new(concat!(
                r"(?i)(?:^|[^a-z0-9])(?:pass(?:word|wd|phrase)?|pwd|secret|api[_-]?key|access[_-]?token|",
                r"client[_-]?secret|パスワード|暗証番号)[\x22']?[ \t\u{3000}]*[:=：＝][ \t\u{3000}]*",
                r"[\x22']?([!-~]{6,})"
            ))
            .ok()?,
            insured: Regex::new(concat!(
                r"(?:保険者番号|被保険者番号|被保険者証|記号[・･/ ]?番号)[^0-9０-９]{0,8}",
                r"[0-9０-９][0-9０-９\-－・ ]{3,}"
            ))
            .ok()?,
            individual: Regex::new(
                r"(?:^|[^0-9A-Za-z.\-])(\d{4}[ \-]?\d{4}[ \-]?\d{4})(?:$|[^0-9A-Za-z.\-])",
            )
            .ok()?,
        })
    };
    PATTERNS.get_or_init(make).as_ref()
}

fn look(line: &str) -> Option<Message> {
    let patterns = patterns()?;
    if patterns.key.is_match(line) {
        return Some(msg!("secrets.key"));
    }
    if patterns.token.is_match(line) {
        return Some(msg!("secrets.token"));
    }
    if patterns
        .password
        .captures(line)
        .and_then(|found| found.get(1))
        .is_some_and(|one| is_secret(one.as_str()))
    {
        return Some(msg!("secrets.password"));
    }
    if patterns.insured.is_match(line) {
        return Some(msg!("secrets.insured"));
    }
    let numbers = patterns.individual.captures_iter(line).filter_map(|found| found.get(1));
    let says_so = line.contains("マイナンバー") || line.contains("個人番号");
    let is_one = |text: &str| is_individual(text) && (says_so || text.contains([' ', '-']));
    numbers.map(|number| number.as_str()).any(is_one).then(|| msg!("secrets.individual"))
}

/// A word that could be a password: it mixes letters with something else, and is no placeholder.
fn is_secret(word: &str) -> bool {
    let word = word.trim_end_matches(['"', '\'', ',', ';', '}']);
    let is_placeholder = word.starts_with(['<', '$', '{', '(', '*', '[', '%', '/']) || word.contains("://");
    // A style sheet names its colours: `--pass:#0f6a5c`.
    let is_colour = word.strip_prefix('#').is_some_and(|rest| {
        let digits = rest.split(';').next().unwrap_or_default();
        matches!(digits.len(), 3 | 6 | 8) && digits.chars().all(|c| c.is_ascii_hexdigit())
    });
    let mixes =
        word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(|c| !c.is_ascii_alphabetic());
    let same = word.chars().all(|c| word.starts_with(c));
    word.len() >= 6 && mixes && !same && !is_placeholder && !is_colour
}

/// Whether twelve digits are an individual number: the last is made of the others.
fn is_individual(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let Some((check, rest)) = digits.split_last() else { return false };
    let weights = (2..=7).chain(2..=6);
    let sum: u32 = rest.iter().rev().zip(weights).map(|(digit, weight)| digit * weight).sum();
    let wanted = if sum % 11 <= 1 { 0 } else { 11 - sum % 11 };
    digits.len() == 12 && *check == wanted && digits.iter().any(|digit| digit != check)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<&'static str> {
        look(line).map(|message| message.id)
    }

    #[test]
    fn what_should_stay_at_home_is_seen() {
        for (line, id) in [
            ("-----BEGIN OPENSSH PRIVATE KEY-----", "secrets.key"),
            ("-----BEGIN PRIVATE KEY-----", "secrets.key"),
            ("aws: AKIAABCDEFGHIJKLMNOP", "secrets.token"),
            ("Authorization: Bearer abcdefghijkl0123", "secrets.token"),
            ("password: hunter22!", "secrets.password"),
            ("テスト用 パスワード：Abc12345", "secrets.password"),
            ("{\"client_secret\": \"a1b2c3d4e5\"}", "secrets.password"),
            ("保険者番号 01234567", "secrets.insured"),
            ("記号・番号: 123・4567", "secrets.insured"),
            ("マイナンバー 123456789018", "secrets.individual"),
            ("1234-5678-9018", "secrets.individual"),
        ] {
            assert_eq!(found(line), Some(id), "{line}");
        }
    }

    #[test]
    fn what_only_looks_alike_is_no_alarm() {
        for line in [
            "--pass:#0f6a5c;--partial:#8a5800;",
            "パスワード: 8 文字以上にしています",
            "password: ********",
            "password: ${DB_PASSWORD}",
            "password = <your password>",
            "パスワードを定期的に変える",
            "-----BEGIN PUBLIC KEY-----",
            "保険者番号を画面で確かめています",
            "被保険者証の記号・番号は記録しません",
            "tel 0120-123-4567",
            "123456789018",
            "マイナンバー 123456789012",
            "1234-5678-9012",
            "sha256: 123456789018abcdef",
            "2026-11-20T00:00:00Z",
            "secrets: none",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
    }

    #[test]
    fn the_line_is_named_in_either_encoding() {
        let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode("一\n保険者番号 01234567\n");
        assert_eq!(warnings(&shift_jis).first().map(|(line, _)| *line), Some(2));
        let wide: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain("一\npassword: hunter22!".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(warnings(&wide).first().map(|(line, _)| *line), Some(2));
        assert_eq!(warnings(b"\xE4\xB8\x80\xFF\npassword: hunter22!").len(), 1);
        assert!(warnings(b"PK\0password: hunter22!").is_empty());
    }
}
