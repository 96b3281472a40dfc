//! What people type: yes and no in many spellings and marks, dates in many calendars.

use jiff::civil::Date;

use crate::model::answer::Status;
use crate::model::fold;
use crate::model::text::Lang;
use crate::model::verdict::Verdict;
use crate::texts;

/// Marks and words beside the ones that the drop-down offers. All of them folded: half-width, no
/// white space, lower case.
const STATUS: &[(Status, &[&str])] = &[
    (
        Status::Yes,
        &[
            "yes",
            "y",
            "true",
            "ハイ",
            "ok",
            "○",
            "◯",
            "〇",
            "◎",
            "●",
            "✓",
            "✔",
            "☑",
            "レ",
            "✅",
            "⭕",
            "適合",
            "適",
            "済",
            "済み",
            "実施",
            "実施済",
            "実施済み",
            "対応済",
            "対応済み",
            "有",
            "あり",
        ],
    ),
    (
        Status::Partial,
        &["partial", "partly", "△", "▲", "一部適合", "一部対応", "一部実施", "部分的", "部分適合"],
    ),
    (
        Status::No,
        &[
            "no",
            "n",
            "イイエ",
            "ng",
            "×",
            "✕",
            "✖",
            "✗",
            "✘",
            "╳",
            "❌",
            "x",
            "不適合",
            "不適",
            "未",
            "未実施",
            "未対応",
            "無",
            "なし",
        ],
    ),
    (Status::Planned, &["planned", "対応予定", "実施予定", "検討中", "計画中", "計画"]),
    (
        Status::Na,
        &[
            "na",
            "n/a",
            "n.a.",
            "notapplicable",
            "-",
            "ー",
            "—",
            "–",
            "―",
            "−",
            "該当なし",
            "該当しない",
            "非該当",
            "対象外(理由あり)",
        ],
    ),
];

/// An answer, in whatever words; nothing where it is none.
pub fn status(text: &str) -> Option<Status> {
    let word = fold::word(text);
    let has_label = |status: &&Status| is_label(&word, status.label());
    Status::ALL.iter().find(has_label).copied().or_else(|| {
        let known = |(_, words): &&(Status, &[&str])| words.contains(&word.as_str());
        STATUS.iter().find(known).map(|(status, _)| *status)
    })
}

/// A verdict by its name in either language, or as it is spelt in files.
pub fn verdict(text: &str) -> Option<Verdict> {
    let word = fold::word(text);
    Verdict::ALL.iter().find(|one| one.word() == word || is_label(&word, one.label())).copied()
}

/// Whether a folded word is a text in either language.
pub fn is_label(word: &str, id: &str) -> bool {
    [Lang::Ja, Lang::En].into_iter().any(|lang| fold::word(texts::word(id, lang)) == word)
}

/// The Japanese eras since 1868, by name, letter and the year before their first.
const ERAS: &[(&str, &str, i16)] = &[
    ("令和", "r", 2018),
    ("平成", "h", 1988),
    ("昭和", "s", 1925),
    ("大正", "t", 1911),
    ("明治", "m", 1867),
];

/// A date as people write it: `2026-11-20`, `2026/11/20`, `2026年11月20日`, `20261120`,
/// `令和8年11月20日`, `R8.11.20`; with a time after it, which does not count. A month and day
/// without a year, and day before month, are none.
pub fn date(text: &str) -> Option<Date> {
    let day = fold::word(text);
    // What follows is a time or a day of the week: `2026-11-20T09:00:00`, `2026年11月20日(金)`.
    let day = day.split_once('(').map_or(day.as_str(), |(before, _)| before);
    let day = day.split_once('t').filter(|(before, _)| before.len() >= 8).map_or(day, |(before, _)| before);
    let era = ERAS.iter().find_map(|(name, letter, before)| {
        let rest = day.strip_prefix(name).or_else(|| {
            let rest = day.strip_prefix(letter)?;
            rest.starts_with(|c: char| c.is_ascii_digit() || c == '元').then_some(rest)
        })?;
        Some((rest, *before))
    });
    let (rest, years_before) = match era {
        Some((rest, before)) => (rest.replace('元', "1"), Some(before)),
        None => (day.to_owned(), None),
    };
    let numbers = numbers(&rest)?;
    let (year, month, day) = match (numbers.as_slice(), years_before) {
        ([year, month, day], None) if *year >= 1868 => (*year, *month, *day),
        ([year, month, day], Some(before)) => (year.checked_add(before)?, *month, *day),
        _ => return None,
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Year, month and day, separated by anything that separates dates; eight digits in a row count too.
fn numbers(text: &str) -> Option<Vec<i16>> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(vec![
            text.get(..4)?.parse().ok()?,
            text.get(4..6)?.parse().ok()?,
            text.get(6..)?.parse().ok()?,
        ]);
    }
    let parts = text.split(['-', '/', '.', '年', '月', '日', '‐', '−', '–']);
    let mut numbers = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        if part.len() > 4 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        numbers.push(part.parse().ok()?);
    }
    Some(numbers)
}

/// The date that a bare number stands for where a cell has lost its format: a day number of this
/// century, or eight digits.
pub fn date_of(number: f64) -> Option<Date> {
    if number.fract() != 0.0 {
        return None;
    }
    if (36_526.0..73_051.0).contains(&number) {
        #[allow(clippy::cast_possible_truncation)]
        let days = jiff::Span::new().try_days(number as i64).ok()?;
        return jiff::civil::date(1899, 12, 30).checked_add(days).ok();
    }
    ((19_000_101.0..=21_001_231.0).contains(&number)).then(|| date(&format!("{number}")))?
}

/// A number as somebody typed it: whole ones without a point.
pub fn number(number: f64) -> String {
    format!("{number}")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;

    use super::*;

    #[test]
    fn yes_and_no_are_known_in_the_marks_that_people_use() {
        let table: [(Status, &[&str]); 5] = [
            (
                Status::Yes,
                &["はい", " はい ", "ﾊｲ", "ＹＥＳ", "Yes", "○", "〇", "◯", "✓", "レ", "実施済み", "ＯＫ"],
            ),
            (Status::Partial, &["一部", "△", "Partly", "partial"]),
            (Status::No, &["いいえ", "×", "✕", "Ｘ", "no", "ＮＧ", "未実施"]),
            (Status::Planned, &["予定", "planned", "対応予定"]),
            (Status::Na, &["対象外", "Ｎ／Ａ", "n/a", "－", "ー", "-", "該当なし"]),
        ];
        for (wanted, words) in table {
            for word in words {
                assert_eq!(status(word), Some(wanted), "{word}");
            }
        }
        for word in ["", "?", "たぶん", "はい。", "yesno", "1", "要確認"] {
            assert_eq!(status(word), None, "{word}");
        }
    }

    #[test]
    fn dates_are_read_in_the_calendars_that_people_use() {
        for text in [
            "2026-11-20",
            "2026/11/20",
            "2026.11.20",
            "2026年11月20日",
            "２０２６年１１月２０日",
            "令和8年11月20日",
            "令和８年 11月 20日",
            "R8.11.20",
            "Ｒ８／１１／２０",
            "r08-11-20",
            "20261120",
            "2026-11-20T00:00:00",
            "2026年11月20日（金）",
            "㋿8年11月20日",
        ] {
            assert_eq!(date(text), Some(day(2026, 11, 20)), "{text}");
        }
        assert_eq!(date("令和元年5月1日"), Some(day(2019, 5, 1)));
        assert_eq!(date("平成31年4月30日"), Some(day(2019, 4, 30)));
        for text in [
            "",
            "11/20",
            "11月20日",
            "20/11/2026",
            "来月",
            "2026-02-30",
            "2026-13-01",
            "令和",
            "8年11月20日",
            "2026-11",
            "R8",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_a_date_only_where_it_can_be_nothing_else() {
        assert_eq!(date_of(46_346.0), Some(day(2026, 11, 20)));
        assert_eq!(date_of(20_261_120.0), Some(day(2026, 11, 20)));
        for number in [3.0, 2026.0, 46_346.5, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(date_of(number), None, "{number}");
        }
    }
}
