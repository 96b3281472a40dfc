//! The cookies of one sign-in, of one host. They are secrets: nothing here is shown.

use jiff::Timestamp;
use url::Url;

use crate::probe::web::client::Answer;
use crate::probe::web::cookie::SetCookie;

/// Cookies that are kept, at most.
const MOST: usize = 50;

#[derive(Default)]
pub struct Jar(Vec<Cookie>);

struct Cookie {
    name: String,
    value: String,
    path: String,
}

impl Jar {
    /// Takes what an answer sets, and gives up what it takes back.
    pub fn take(&mut self, answer: &Answer, now: Timestamp) {
        for header in answer.all("set-cookie") {
            let Some((cookie, is_over)) = read(header, &answer.url, now) else { continue };
            self.0.retain(|one| (&one.name, &one.path) != (&cookie.name, &cookie.path));
            if !is_over && self.0.len() < MOST {
                self.0.push(cookie);
            }
        }
    }

    /// As a header, for one page; nothing where there are none.
    pub fn header(&self, url: &Url) -> Option<String> {
        let fitting = self.0.iter().filter(|one| is_below(url.path(), &one.path));
        let all: Vec<String> = fitting.map(|one| format!("{}={}", one.name, one.value)).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

/// A cookie, and whether it is being taken back. One for another domain is none of ours.
fn read(header: &str, at: &Url, now: Timestamp) -> Option<(Cookie, bool)> {
    let cookie = SetCookie::read(header);
    let host = at.host_str()?;
    if let Some(domain) = cookie.attribute("domain") {
        let domain = domain.trim_start_matches('.').to_ascii_lowercase();
        if !domain.is_empty() && host != domain && !host.ends_with(&format!(".{domain}")) {
            return None;
        }
    }
    let path = cookie.attribute("path").filter(|path| path.starts_with('/'));
    let path = path.map_or_else(|| folder(at.path()), str::to_owned);
    let (name, value) = (cookie.name.to_owned(), cookie.value.to_owned());
    (!name.is_empty()).then_some((Cookie { name, value, path }, cookie.is_taken_back(now)))
}

/// The path that a cookie without one is for.
fn folder(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) if !folder.is_empty() => folder.to_owned(),
        _ => "/".to_owned(),
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|rest| rest.is_empty() || folder.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jar(headers: &[&str]) -> Jar {
        let headers = headers.iter().map(|one| ("set-cookie".to_owned(), one.to_string())).collect();
        let answer = Answer {
            url: Url::parse("https://telemed.example.jp/account/login").unwrap(),
            status: 200,
            headers,
            body: Vec::new(),
            is_whole: true,
            answered: jiff::Timestamp::UNIX_EPOCH,
            took: std::time::Duration::ZERO,
        };
        let mut jar = Jar::default();
        jar.take(&answer, "2026-11-20T00:00:00Z".parse().unwrap());
        jar
    }

    fn sent(headers: &[&str], path: &str) -> Option<String> {
        jar(headers).header(&Url::parse("https://telemed.example.jp").unwrap().join(path).unwrap())
    }

    #[test]
    fn cookies_come_back_as_browsers_send_them() {
        assert_eq!(sent(&["a=1; Path=/", "b=2"], "/account/code").as_deref(), Some("a=1; b=2"));
        assert_eq!(sent(&["a=1; Path=/", "b=2"], "/chart").as_deref(), Some("a=1"));
        assert_eq!(sent(&["a=1; Path=/acc"], "/account/code"), None);
        assert_eq!(sent(&["a=1; Path=/", "a=2; path=/"], "/").as_deref(), Some("a=2"));
        assert_eq!(sent(&["a=1; Path=/; Domain=.example.jp"], "/").as_deref(), Some("a=1"));
        for gone in [
            "a=; Path=/; Max-Age=0",
            "a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "a=1; Path=/; Domain=other.example.com",
            "=1; Path=/",
            "a",
        ] {
            assert_eq!(sent(&[gone], "/"), None, "{gone}");
        }
        assert_eq!(sent(&["a=1; Path=/", "a=; Path=/; Max-Age=-1"], "/"), None);
        let many: Vec<String> = (0..MOST + 9).map(|number| format!("c{number}=1; Path=/")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(sent(&many, "/").unwrap().split("; ").count(), MOST);
    }
}
