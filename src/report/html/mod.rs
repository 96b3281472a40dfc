//! The report as one HTML page: no network, no fonts from elsewhere, nothing that a mail program
//! would refuse. The template and its style stand in `reports/html/`; here the page is put together
//! and locked: the content security policy names the style and the script by their hashes.

mod boundary;
mod changes;
mod chart;
mod item;
mod view;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{Environment, Error, context};
use sha2::{Digest, Sha256};

use super::Input;
use crate::model::text::Lang;
use crate::texts;

const STYLE: &str = include_str!("../../../reports/html/style.css");
const SCRIPT: &str = include_str!("../../../reports/html/script.js");

const TEMPLATES: [(&str, &str); 4] = [
    ("page.html", include_str!("../../../reports/html/page.html")),
    ("first.html", include_str!("../../../reports/html/first.html")),
    ("item.html", include_str!("../../../reports/html/item.html")),
    ("annex.html", include_str!("../../../reports/html/annex.html")),
];

pub fn render(input: &Input) -> anyhow::Result<String> {
    let page = view::page(input);
    let style = format!("{STYLE}{}", running_head(&page));
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(&style),
        hash(SCRIPT),
    );
    let environment = environment(input.lang, &TEMPLATES)?;
    Ok(environment.get_template("page.html")?.render(context! {
        page => Value::from(Serde(&page)),
        policy => policy,
        style => Value::from_safe_string(style),
        script => Value::from_safe_string(SCRIPT.to_owned()),
    })?)
}

/// Templates in which `t("id", name=value)` is the text with that id. Whatever else they print is
/// escaped.
pub fn environment(
    lang: Lang,
    templates: &[(&'static str, &'static str)],
) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_function("t", move |id: &str, values: Kwargs| -> Result<String, Error> {
        let mut given = Vec::new();
        for name in values.args() {
            given.push((name.to_owned(), values.get::<Value>(name)?.to_string()));
        }
        Ok(texts::filled(id, lang, &given))
    });
    for (name, source) in templates {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// Who and when, at the head of every printed page.
fn running_head(page: &view::Page) -> String {
    format!(
        "@page{{@top-left{{content:{}}}@top-right{{content:{}}}}}\n",
        quoted(&page.subject),
        quoted(page.date)
    )
}

/// A text as a string of CSS. Everything but letters and figures is written by its number, so that
/// nothing in it ends the string or the style sheet.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars().take(60) {
        match c.is_alphanumeric() {
            true => out.push(c),
            false => out.push_str(&format!("\\{:x} ", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// As a content security policy names a source: SHA-256 in Base64.
pub fn hash(source: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::from("sha256-");
    for three in Sha256::digest(source.as_bytes()).chunks(3) {
        let bits =
            (0..3).fold(0usize, |bits, at| bits << 8 | usize::from(three.get(at).copied().unwrap_or(0)));
        for place in 0..4 {
            let digit = DIGITS.get(bits >> (18 - 6 * place) & 63).copied().unwrap_or_default();
            out.push(if place > three.len() { '=' } else { char::from(digit) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_named_as_browsers_name_it() {
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(hash("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }

    #[test]
    fn no_name_leaves_the_style_sheet() {
        assert_eq!(quoted("a\"}</style>"), "\"a\\22 \\7d \\3c \\2f style\\3e \"");
    }
}
