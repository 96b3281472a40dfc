//! The gate that every report but JSON passes its assessment through: what people and servers wrote
//! stays text, and none of its characters can hide something or turn the page around. What is
//! replaced stays visible as a replacement character, so that nobody reads past it.

use serde_json::Value;

use crate::wire::assessment::Assessment;

const REPLACED: char = '\u{fffd}';

/// A copy of which every text can be shown.
pub fn clean(assessment: &Assessment) -> serde_json::Result<Assessment> {
    let mut value = serde_json::to_value(assessment)?;
    visit(&mut value);
    serde_json::from_value(value)
}

fn visit(value: &mut Value) {
    match value {
        Value::String(text) => {
            if text.chars().any(|c| c != '\n' && is_suspect(c)) {
                *text = visible(text);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(visit),
        Value::Object(map) => map.values_mut().for_each(visit),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text without characters that order a reader about or that nobody sees. Line breaks stay.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' => out.push(c),
            '\r' if rest.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            '\t' => out.push(' '),
            // Families and professions among the emoji are held together by it.
            '\u{200d}' if is_emoji(previous) => out.push(c),
            _ if is_suspect(c) => out.push(REPLACED),
            _ => out.push(c),
        }
        previous = c;
    }
    out
}

fn is_suspect(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}')
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{fe0f}' | '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn nothing_hides_and_nothing_turns_around() {
        assert_eq!(visible("a\0b\u{202e}c\u{200b}d\u{feff}"), "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}");
        assert_eq!(visible("a\r\nb\rc\td\n"), "a\nb\nc d\n");
    }

    #[test]
    fn emoji_stay_whole_and_other_joiners_show() {
        assert_eq!(visible("👩‍⚕️と👨‍👩‍👧"), "👩‍⚕️と👨‍👩‍👧");
        assert_eq!(visible("a\u{200d}b"), "a\u{fffd}b");
    }
}
