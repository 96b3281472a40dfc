//! Reads what a registry answers over WHOIS: the brackets of .jp, in Japanese and English, and the lines
//! `Key: value` of others. A text that does not name the domain says nothing about it.

use encoding_rs::{ISO_2022_JP, SHIFT_JIS};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Registration, shortened};
use crate::model::message::Message;
use crate::msg;

const MOST_LINES: usize = 2000;

/// The beginning of a shift in ISO-2022-JP.
const SHIFT: &[u8] = b"\x1b$";

/// As text, in whichever of the encodings that registries use.
pub fn decode(bytes: &[u8]) -> String {
    if bytes.windows(SHIFT.len()).any(|window| window == SHIFT) {
        return ISO_2022_JP.decode_without_bom_handling(bytes).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// What it says about the one domain that it is about.
pub fn read(text: &str) -> Result<Registration, Message> {
    let mut found = Found::default();
    for line in text.lines().take(MOST_LINES) {
        if let Some((key, value)) = in_brackets(line).or_else(|| in_lines(line)) {
            found.take(&key, value);
        } else if says_nothing(line) {
            found.no_match = true;
        }
    }
    found.registration()
}

/// The lines that facts are read from. Who registered it, and whom to write to, is not among them.
pub fn kept(text: &str) -> String {
    let is_read = |line: &&str| match in_brackets(line).or_else(|| in_lines(line)) {
        Some((key, value)) => Found::default().take(&key, value),
        None => says_nothing(line),
    };
    let lines: Vec<&str> = text.lines().take(MOST_LINES).filter(is_read).collect();
    lines.join("\n")
}

/// `a. [Key]   value`
fn in_brackets(line: &str) -> Option<(String, &str)> {
    let (before, rest) = line.split_once('[')?;
    // A field begins its line: what is indented goes on with what somebody wrote.
    let letter = before.trim_end();
    let is_letter =
        letter.len() == 2 && letter.ends_with('.') && letter.starts_with(|c: char| c.is_ascii_alphabetic());
    let (key, value) = rest.split_once(']')?;
    (before.is_empty() || is_letter).then(|| (key.trim().to_lowercase(), value.trim()))
}

/// `Key: value`
fn in_lines(line: &str) -> Option<(String, &str)> {
    let (key, value) = line.trim().split_once(':')?;
    let is_key = key.len() <= 40 && key.chars().all(|c| c.is_ascii_alphabetic() || c == ' ');
    (is_key && !value.trim().is_empty()).then(|| (key.to_lowercase(), value.trim()))
}

fn says_nothing(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    line.starts_with("no match") || line.starts_with("not found") || line.starts_with("domain not found")
}

#[derive(Debug, Default)]
struct Found {
    domains: Vec<String>,
    dates: Vec<Date>,
    /// A date was announced, and what stood there is none.
    misdated: bool,
    status: Vec<String>,
    /// What each line about locks says of a move to another registrar; nothing where its word is not known.
    locks: Vec<Option<bool>>,
    no_match: bool,
}

impl Found {
    /// Whether the field says anything that matters here.
    fn take(&mut self, key: &str, value: &str) -> bool {
        match key {
            "domain name" | "ドメイン名" => {
                // A name in Japanese is asked for by its form in ASCII.
                let plain = value.trim_end_matches('.').to_lowercase();
                let ascii = url::Host::parse(&plain).ok().map(|host| host.to_string());
                let domain = ascii.unwrap_or(plain);
                if !self.domains.contains(&domain) {
                    self.domains.push(domain);
                }
            }
            "expires on" | "有効期限" | "registry expiry date" | "expiration date" | "expiry date" => {
                self.expires(value)
            }
            "status" | "state" | "状態" => {
                // Organisations have their date here: Connected (2027/03/31).
                if let Some((word, rest)) = value.split_once('(') {
                    self.status(word.trim());
                    if word.trim().eq_ignore_ascii_case("connected") {
                        self.expires(rest.trim_end().trim_end_matches(')'));
                    }
                } else {
                    self.status(value);
                }
            }
            "lock status" | "ロック状態" => {
                self.status(value);
                self.locks.push(jp_lock(value));
            }
            "domain status" => {
                let word = value.split_whitespace().next().unwrap_or_default();
                self.status(word);
                self.locks.push(Some(locks_transfer(word)));
            }
            _ => return false,
        }
        true
    }

    fn expires(&mut self, value: &str) {
        match date(value) {
            Some(date) if !self.dates.contains(&date) => self.dates.push(date),
            Some(_) => {}
            None => self.misdated = true,
        }
    }

    fn status(&mut self, word: &str) {
        let word = shortened(word);
        if !word.is_empty() && !self.status.contains(&word) && self.status.len() < super::MOST_STATUS {
            self.status.push(word);
        }
    }

    fn registration(self) -> Result<Registration, Message> {
        let domain = match self.domains.as_slice() {
            [domain] => domain.clone(),
            [] if self.no_match => return Err(msg!("domain.not_registered")),
            _ => return Err(msg!("domain.unreadable")),
        };
        let expires = match self.dates.as_slice() {
            [date] if !self.misdated => Ok(*date),
            [] if !self.misdated => Err(msg!("domain.no_date")),
            _ => Err(msg!("domain.date_unclear")),
        };
        // A word that nobody here knows may be a lock as well.
        let lock = match () {
            () if self.locks.contains(&Some(true)) => Some(true),
            () if self.locks.is_empty() || self.locks.contains(&None) => None,
            () => Some(false),
        };
        Ok(Registration { domain, expires, lock, status: self.status })
    }
}

/// Whether a lock of .jp keeps the domain from being moved to another registrar. An empty field is none.
fn jp_lock(words: &str) -> Option<bool> {
    let mut words = words.split(['/', ',', ' ']).filter(|word| !word.is_empty()).peekable();
    if words.peek().is_none() {
        return Some(false);
    }
    let locks: Vec<Option<bool>> = words
        .map(|word| match word.to_ascii_lowercase().as_str() {
            "agentchangelocked" | "指定事業者変更ロック" => Some(true),
            // Against a move to another holder, with the same registrar or not.
            "domaintransferlocked" | "ドメイン名移転ロック" => Some(false),
            _ => None,
        })
        .collect();
    if locks.contains(&Some(true)) {
        Some(true)
    } else {
        locks.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
    }
}

/// Whether a word of a status keeps the domain from being moved.
pub(super) fn locks_transfer(word: &str) -> bool {
    let word: String = word.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    word.ends_with("transferprohibited")
}

/// `2027/01/31`, `2027-01-31`, or the beginning of a time stamp.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.to_zoned(jiff::tz::TimeZone::UTC).date());
    }
    let day = text.split([' ', 'T']).next()?.replace('/', "-");
    let is_day = day.len() == 10 && day.chars().all(|c| c.is_ascii_digit() || c == '-');
    if is_day { day.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn what_a_registrant_wrote_is_no_field() {
        let text = "[Domain Name]  EXAMPLE.JP\n[Postal Address]  Chiyoda\n                [Lock Status] AgentChangeLocked\n[Lock Status]\n";
        assert_eq!(read(text).unwrap().lock, Some(false));
    }

    #[test]
    fn what_is_kept_says_the_same_and_nothing_of_anybody() {
        let other = "Domain Name: example.com\nRegistrant Name: Taro\nDomain Status: ok\nRegistry Expiry Date: 2099-01-31T00:00:00Z\n";
        let nobody = "No match for example.com\nTaro\n";
        for text in [GENERAL, other, nobody] {
            let kept = kept(text);
            assert_eq!(read(&kept), read(text), "{kept}");
            assert!(!["Taro", "見本", "Example Inc"].iter().any(|word| kept.contains(word)), "{kept}");
        }
    }

    #[test]
    fn a_name_in_japanese_is_known_by_its_form_in_ascii() {
        assert_eq!(read("[Domain Name]  日本語.JP\n").unwrap().domain, "xn--wgv71a119e.jp");
    }

    /// Invented, in the form of a general name below .jp, in Japanese.
    const GENERAL: &str = "\
[ 説明の文章がここに入ります ]

Domain Information: [ドメイン情報]
[Domain Name]                   EXAMPLE.JP

[登録者名]                      見本株式会社
[Registrant]                    Example Inc.

[Name Server]                   ns1.example.jp
[Name Server]                   ns2.example.jp
[Signing Key]

[登録年月日]                    2001/01/31
[有効期限]                      2027/01/31
[状態]                          Active
[ロック状態]                    AgentChangeLocked
[最終更新]                      2026/02/01 01:05:04 (JST)
";

    /// Invented, in the form of an organisation's name, in English.
    const ORGANISATION: &str = "\
Domain Information:
a. [Domain Name]                EXAMPLE.OR.JP
g. [Organization]               Example Medical Corporation
l. [Organization Type]          Medical Corporation
p. [Name Server]                ns1.example.or.jp
[State]                         Connected (2027/03/31)
[Lock Status]
[Registered Date]               1998/03/04
[Connected Date]                1998/03/10
[Last Update]                   2026/04/01 01:02:03 (JST)
";

    const GENERIC: &str = "\
   Domain Name: EXAMPLE.COM
   Registry Domain ID: 1_DOMAIN_COM-EXAMPLE
   Updated Date: 2026-08-14T07:01:38Z
   Registry Expiry Date: 2027-08-13T04:00:00Z
   Domain Status: clientDeleteProhibited https://icann.example/epp
   Domain Status: clientTransferProhibited https://icann.example/epp
   Name Server: A.EXAMPLE.NET
";

    #[test]
    fn general_names_of_jp_have_a_date_and_a_lock() {
        let seen = read(GENERAL).unwrap();
        assert_eq!(seen.domain, "example.jp");
        assert_eq!(seen.expires, Ok(day(2027, 1, 31)));
        assert_eq!(seen.lock, Some(true));
        assert_eq!(seen.status, ["Active", "AgentChangeLocked"]);
        let (encoded, _, _) = ISO_2022_JP.encode(GENERAL);
        assert!(encoded.windows(2).any(|window| window == SHIFT));
        assert_eq!(read(&decode(&encoded)).unwrap(), seen);
        let (encoded, _, _) = SHIFT_JIS.encode(GENERAL);
        assert_eq!(read(&decode(&encoded)).unwrap(), seen);
        let english = GENERAL
            .replace("有効期限", "Expires on")
            .replace("ロック状態", "Lock Status")
            .replace("状態", "Status");
        assert_eq!(read(&english).unwrap(), seen);
    }

    #[test]
    fn organisations_of_jp_have_their_date_beside_the_state() {
        let seen = read(ORGANISATION).unwrap();
        assert_eq!((seen.domain.as_str(), seen.expires), ("example.or.jp", Ok(day(2027, 3, 31))));
        assert_eq!((seen.lock, seen.status), (Some(false), vec!["Connected".to_owned()]));
        let reserved = ORGANISATION.replace("Connected (2027/03/31)", "Reserved");
        assert_eq!(read(&reserved).unwrap().expires.unwrap_err().id, "domain.no_date");
        let japanese = ORGANISATION.replace("Domain Name", "ドメイン名").replace("[State]", "[状態]");
        assert_eq!(read(&japanese).unwrap().expires, Ok(day(2027, 3, 31)));
    }

    #[test]
    fn others_say_it_line_by_line() {
        let seen = read(GENERIC).unwrap();
        assert_eq!((seen.domain.as_str(), seen.expires.clone()), ("example.com", Ok(day(2027, 8, 13))));
        assert_eq!((seen.lock, seen.status.len()), (Some(true), 2));
        assert_eq!(read(&GENERIC.replace("clientTransferProhibited", "ok")).unwrap().lock, Some(false));
    }

    #[test]
    fn a_lock_counts_where_it_keeps_the_registrar() {
        let with =
            |locks: &str| read(&GENERAL.replace("[ロック状態]                    AgentChangeLocked", locks));
        for (lines, lock) in [
            ("[ロック状態] DomainTransferLocked\n[ロック状態] AgentChangeLocked", Some(true)),
            ("[Lock Status] DomainTransferLocked / AgentChangeLocked", Some(true)),
            ("[ロック状態] DomainTransferLocked", Some(false)),
            ("[ロック状態]", Some(false)),
            // A word that is not known may be a lock too.
            ("[ロック状態] SomethingLocked", None),
            ("[ロック状態] DomainTransferLocked\n[ロック状態] SomethingLocked", None),
            ("[ロック状態] SomethingLocked\n[ロック状態] AgentChangeLocked", Some(true)),
        ] {
            assert_eq!(with(lines).unwrap().lock, lock, "{lines}");
        }
    }

    #[test]
    fn a_lock_that_is_not_spoken_of_is_unknown() {
        let without: String =
            GENERAL.lines().filter(|line| !line.contains("ロック")).map(|line| format!("{line}\n")).collect();
        assert_eq!(read(&without).unwrap().lock, None);
    }

    #[test]
    fn what_is_damaged_or_about_nothing_says_nothing() {
        for (text, id) in [
            ("", "domain.unreadable"),
            ("No match!!\n", "domain.not_registered"),
            ("NOT FOUND\n", "domain.not_registered"),
            ("[Expires on] 2027/01/31", "domain.unreadable"),
            ("[Domain Name] A.JP\n[Domain Name] B.JP\n[Expires on] 2027/01/31", "domain.unreadable"),
        ] {
            assert_eq!(read(text).unwrap_err().id, id, "{text}");
        }
        for (text, id) in [
            ("[Domain Name] A.JP\n[Expires on] 2027/02/30", "domain.date_unclear"),
            ("[Domain Name] A.JP\n[Expires on] soon", "domain.date_unclear"),
            ("[Domain Name] A.JP\n[Expires on] 2027/01/31\n[有効期限] 2028/01/31", "domain.date_unclear"),
            ("[Domain Name] A.JP\n[Expires on] 2027/01/31\n[有効期限] x", "domain.date_unclear"),
        ] {
            assert_eq!(read(text).unwrap().expires.unwrap_err().id, id, "{text}");
        }
        let odd = read("[Domain Name] A.JP\n[Status] Ac\u{1b}[31mtive\n").unwrap();
        assert_eq!(odd.status, ["Ac[31mtive"]);
    }
}
