//! What an HTML page loads, and what on it speaks of a sign-in. The page is read as browsers read it,
//! and nothing on it is run.

use std::collections::BTreeSet;

use html5gum::{DefaultEmitter, Token, Tokenizer};
use url::{Host, Url};

use super::hidden::Hidden;
use super::kept::{Kept, without_secrets};
use super::measures::measures;
use crate::wire::visit;

/// Elements on a page that are looked at, at most.
const MOST_TOKENS: usize = 200_000;

/// What a page loads, at most.
const MOST_PARTS: usize = MOST_TOKENS / 100;
const MOST_LISTED: usize = 50;

/// Of the addresses of a page's parts, no more is kept.
const MOST_KEPT: usize = 32 << 10;
const MOST_POLICIES: usize = 10;
const LONGEST_WORDS: usize = 200;
const LONGEST_POLICY: usize = 4096;

/// What was found on a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub title: String,
    /// Addresses of parts that the page loads.
    pub parts: Vec<Url>,
    known: BTreeSet<Url>,
    /// How many there are, where not all of them are kept.
    pub count: usize,
    /// Those of them that are scripts.
    pub scripts: Vec<Url>,
    pub has_password: bool,
    pub has_one_time_code: bool,
    pub has_passkey_field: bool,
    pub has_passkey_script: bool,
    pub has_form: bool,
    /// More stands on it than was looked at.
    pub is_cut: bool,
    pub generator: Option<String>,
    pub referrer: Option<String>,
    /// Policies that the page states itself.
    pub policies: Vec<String>,
}

impl Page {
    pub fn read(html: &str, at: &Url) -> Page {
        let mut page = Page::default();
        let mut base = at.clone();
        let mut inside = Inside::Nothing;
        let mut emitter = DefaultEmitter::default();
        // What stands in scripts and styles is no part of the page.
        emitter.naively_switch_states(true);
        for (count, token) in Tokenizer::new_with_emitter(html, emitter).enumerate() {
            let Ok(token) = token;
            if count == MOST_TOKENS {
                page.is_cut = true;
                break;
            }
            match token {
                Token::StartTag(tag) => {
                    let name = text(&tag.name);
                    let value = |wanted: &str| {
                        tag.attributes
                            .iter()
                            .find(|(known, _)| known.as_slice() == wanted.as_bytes())
                            .map(|(_, value)| text(&value.value))
                    };
                    inside = match name.as_str() {
                        "title" if page.title.is_empty() => Inside::Title,
                        "script" => Inside::Script,
                        _ => Inside::Nothing,
                    };
                    if name == "base"
                        && let Some(to) = value("href").and_then(|to| at.join(&to).ok())
                    {
                        base = to;
                    }
                    page.tag(&name, &value, &base);
                }
                Token::EndTag(_) => inside = Inside::Nothing,
                Token::String(words) => match inside {
                    Inside::Title => page.title.push_str(&text(&words)),
                    Inside::Script => page.script(&text(&words)),
                    Inside::Nothing => {}
                },
                _ => {}
            }
        }
        page.title = page.title.split_whitespace().collect::<Vec<_>>().join(" ");
        page
    }

    /// What facts are read from, without what may be secret. Of parts that say the same, one is kept.
    pub fn kept(self, at: &Url, hidden: &Hidden) -> visit::Page {
        let mut room = MOST_KEPT;
        let mut is_cut = self.is_cut;
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut parts: Vec<(String, bool)> = Vec::new();
        for part in &self.parts {
            let is_script = self.scripts.contains(part);
            if !known.insert(meaning(part, at, is_script)) {
                continue;
            }
            let kept = hidden.keep(part).to_string();
            match room.checked_sub(kept.len()) {
                Some(left) => room = left,
                None => {
                    is_cut = true;
                    break;
                }
            }
            parts.push((kept, is_script));
        }
        let words = |text: String| without_secrets(&text).chars().take(LONGEST_WORDS).collect::<String>();
        let policy = |text: &String| without_secrets(text).chars().take(LONGEST_POLICY).collect();
        visit::Page {
            scripts: parts.iter().filter(|(_, is_script)| *is_script).map(|(kept, _)| kept.clone()).collect(),
            parts: parts.into_iter().map(|(kept, _)| kept).collect(),
            count: u64::try_from(self.count).unwrap_or(u64::MAX),
            has_password: self.has_password,
            has_one_time_code: self.has_one_time_code,
            has_passkey_field: self.has_passkey_field,
            has_passkey_script: self.has_passkey_script,
            has_form: self.has_form,
            is_cut,
            generator: self.generator.map(words),
            referrer: self.referrer.map(words),
            policies: self.policies.iter().take(MOST_POLICIES).map(policy).collect(),
        }
    }

    /// The page of an answer, as it was kept.
    pub fn of(answer: &Kept) -> Page {
        let page = answer.body.page.clone().unwrap_or_default();
        let urls = |list: &[String]| list.iter().filter_map(|url| Url::parse(url).ok()).collect();
        Page {
            title: answer.body.title.clone(),
            parts: urls(&page.parts),
            known: BTreeSet::new(),
            count: usize::try_from(page.count).unwrap_or(usize::MAX),
            scripts: urls(&page.scripts),
            has_password: page.has_password,
            has_one_time_code: page.has_one_time_code,
            has_passkey_field: page.has_passkey_field,
            has_passkey_script: page.has_passkey_script,
            has_form: page.has_form,
            is_cut: page.is_cut,
            generator: page.generator,
            referrer: page.referrer,
            policies: page.policies,
        }
    }

    fn tag(&mut self, name: &str, value: &dyn Fn(&str) -> Option<String>, base: &Url) {
        let rel = || value("rel").unwrap_or_default().to_ascii_lowercase();
        let loads = match name {
            "script" | "img" | "iframe" | "embed" | "audio" | "video" | "source" | "track" => value("src"),
            "object" => value("data"),
            "link" if rel().split_ascii_whitespace().any(|one| LOADING.contains(&one)) => value("href"),
            _ => None,
        };
        if let Some(url) = loads.and_then(|to| base.join(to.trim()).ok())
            && matches!(url.scheme(), "http" | "https")
            && self.known.insert(url.clone())
        {
            if self.parts.len() == MOST_PARTS {
                self.is_cut = true;
            } else {
                if name == "script" {
                    self.scripts.push(url.clone());
                }
                self.parts.push(url);
                self.count += 1;
            }
        }
        match name {
            "form" => self.has_form = true,
            "input" => self.field(value),
            "meta" => self.meta(value),
            _ => {}
        }
    }

    fn field(&mut self, value: &dyn Fn(&str) -> Option<String>) {
        let completes = value("autocomplete").unwrap_or_default().to_ascii_lowercase();
        let completes: Vec<&str> = completes.split_ascii_whitespace().collect();
        self.has_password |= value("type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"));
        self.has_one_time_code |= measures().second_step.is_completed_with_code(&completes);
        self.has_passkey_field |= completes.contains(&"webauthn");
    }

    fn meta(&mut self, value: &dyn Fn(&str) -> Option<String>) {
        let Some(content) = value("content") else { return };
        match value("name").unwrap_or_default().to_ascii_lowercase().as_str() {
            "generator" => self.generator = Some(content.clone()),
            "referrer" => self.referrer = Some(content.clone()),
            _ => {}
        }
        let equivalent = value("http-equiv").unwrap_or_default();
        if equivalent.eq_ignore_ascii_case("content-security-policy") {
            self.policies.push(content);
        }
    }

    fn script(&mut self, code: &str) {
        self.has_passkey_script |= measures().second_step.deals_with_passkeys(code);
    }

    /// Hosts that are neither the page's own nor below it.
    pub fn third_parties(&self, at: &Url) -> Vec<String> {
        let own = at.host_str().unwrap_or_default();
        let below = format!(".{own}");
        let hosts = self
            .parts
            .iter()
            .filter(|url| matches!(url.host(), Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_))));
        let mut hosts: Vec<String> = hosts
            .filter_map(|url| url.host_str())
            .filter(|host| *host != own && !host.ends_with(&below))
            .map(str::to_owned)
            .collect();
        hosts.sort();
        hosts.dedup();
        hosts.truncate(MOST_LISTED);
        hosts
    }

    /// Parts that come without encryption.
    pub fn unencrypted(&self) -> Vec<String> {
        let plain = self.parts.iter().filter(|url| url.scheme() == "http");
        plain.take(MOST_LISTED).map(without_query).collect()
    }
}

/// What a part says that its address is read for: who is asked, and where it lies on the page's own server.
/// What comes without encryption is listed, and scripts of one's own are looked into, each by itself.
fn meaning(part: &Url, at: &Url, is_script: bool) -> String {
    let is_own = part.origin() == at.origin();
    match () {
        () if part.scheme() == "http" || (is_own && is_script) => part.to_string(),
        () if is_own => {
            part.path().rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default()
        }
        () => part.origin().ascii_serialization(),
    }
}

/// What links load by themselves.
const LOADING: [&str; 6] = ["stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon"];

enum Inside {
    Title,
    Script,
    Nothing,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An address as it may be shown: what stands behind the question mark may be anybody's.
pub fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.as_str().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Page {
        Page::read(html, &Url::parse("https://telemed.example.jp/login").unwrap())
    }

    #[test]
    fn what_was_not_looked_at_is_known_to_be_there() {
        assert!(!read("<b>").is_cut);
        let long = "<b>".repeat(MOST_TOKENS + 1) + "<script src=/a.js></script>";
        assert!(read(&long).is_cut && read(&long).scripts.is_empty());
        let many: String = (0..=MOST_PARTS).map(|number| format!("<img src=/{number}>")).collect();
        assert!(read(&many).is_cut);
    }

    #[test]
    fn parts_are_found_as_browsers_find_them() {
        let page = read(
            "<base href='https://cdn.example.com/a/'><script src=x.js></script><img src='http://img.example.jp/1.png?t=secret'>\
             <link rel='StyleSheet' href='/s.css'><link rel=canonical href='https://other.example.jp/'>\
             <!-- <script src='https://comment.example.jp/'></script> --><a href='https://link.example.jp/'>x</a>\
             <iframe src='https://sub.telemed.example.jp/'></iframe><script>var a = '<img src=\"https://no.example.jp/\">'</script>",
        );
        let at = Url::parse("https://telemed.example.jp/").unwrap();
        assert_eq!(page.third_parties(&at), ["cdn.example.com", "img.example.jp"]);
        assert_eq!(page.unencrypted(), ["http://img.example.jp/1.png"]);
    }

    #[test]
    fn of_parts_that_say_the_same_one_is_kept() {
        let at = Url::parse("https://telemed.example.jp/").unwrap();
        let html: String = (0..500)
            .map(|number| {
                format!("<img src=/a/{number}.png?{number}><img src=https://cdn.example.com/{number}/x.png><script src=/s/{number}.js></script>")
            })
            .collect();
        let kept = Page::read(&html, &at).kept(&at, &Hidden::default());
        assert_eq!((kept.count, kept.parts.len(), kept.scripts.len()), (1500, 502, 500));
        assert!(!kept.is_cut);
        let plain = "<img src=http://img.example.jp/1><img src=http://img.example.jp/2>";
        assert_eq!(Page::read(plain, &at).kept(&at, &Hidden::default()).parts.len(), 2);
        let long: String =
            (0..500).map(|number| format!("<script src=/{}{number}.js></script>", "a".repeat(200))).collect();
        assert!(Page::read(&long, &at).kept(&at, &Hidden::default()).is_cut);
    }

    #[test]
    fn marks_of_a_sign_in_are_seen() {
        let page = read(
            "<title> A\n b </title><form><input type=PASSWORD><input autocomplete='username webauthn'>\
             <input autocomplete=one-time-code></form><script>await navigator.credentials.get({})</script>",
        );
        assert!(
            page.has_password && page.has_one_time_code && page.has_passkey_field && page.has_passkey_script
        );
        assert_eq!(page.title, "A b");
        assert_eq!(read("<p>navigator.credentials.get one-time-code password</p>"), Page::default());
    }

    #[test]
    fn a_page_states_policies_of_its_own() {
        let page = read(
            "<meta http-equiv='Content-Security-Policy' content=\"default-src 'self'\"><meta name=generator content='X 1.2'>\
             <meta name=referrer content=no-referrer>",
        );
        assert_eq!(page.policies, ["default-src 'self'"]);
        assert_eq!(
            (page.generator.as_deref(), page.referrer.as_deref()),
            (Some("X 1.2"), Some("no-referrer"))
        );
    }
}
