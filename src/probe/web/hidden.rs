//! Addresses as they may be kept. What stands behind a question mark, before an `@` or behind a semicolon may
//! be a secret, so an address that has such a part is kept without it, under a number; the address itself
//! is known only here, for as long as the visit lasts, to be asked for.

use std::cell::RefCell;
use std::collections::HashMap;

use url::Url;

/// A longer path is none that somebody reads.
const LONGEST_PATH: usize = 1000;

/// Addresses by how they are kept, and the other way.
#[derive(Debug, Default)]
pub struct Hidden {
    kept: RefCell<HashMap<Url, Url>>,
    real: RefCell<HashMap<Url, Url>>,
}

impl Hidden {
    /// The address as it is kept: the same for the same address.
    pub fn keep(&self, url: &Url) -> Url {
        // All of it is data, and nobody asks for it.
        if url.cannot_be_a_base() {
            return Url::parse(&format!("{}:", url.scheme())).unwrap_or_else(|_| url.clone());
        }
        let mut real = url.clone();
        // It is never sent.
        real.set_fragment(None);
        if let Some(kept) = self.kept.borrow().get(&real) {
            return kept.clone();
        }
        let mut kept = bare(&real);
        if kept == real {
            return kept;
        }
        kept.set_query(Some(&format!("hidden={}", self.kept.borrow().len() + 1)));
        self.real.borrow_mut().insert(kept.clone(), real.clone());
        self.kept.borrow_mut().insert(real, kept.clone());
        kept
    }

    /// The address that is to be asked for.
    pub fn real(&self, kept: &Url) -> Url {
        self.real.borrow().get(kept).unwrap_or(kept).clone()
    }
}

fn bare(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_query(None);
    let _ = url.set_password(None);
    let _ = url.set_username("");
    let segment = |one: &str| one.split(';').next().unwrap_or_default().to_owned();
    let path = url.path().split('/').map(segment).collect::<Vec<String>>().join("/");
    let path: String = path.chars().take(LONGEST_PATH).collect();
    if path != url.path() {
        url.set_path(&path);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_is_not_kept_and_the_address_is_found_again() {
        let hidden = Hidden::default();
        let url = |text: &str| Url::parse(text).unwrap();
        let plain = url("https://telemed.example.jp/login");
        assert_eq!(hidden.keep(&plain), plain);
        assert_eq!(hidden.keep(&url("https://telemed.example.jp/login#part")), plain);
        for (number, (secret, path)) in [
            ("https://telemed.example.jp/login?code=secret", "/login"),
            ("https://telemed.example.jp/a;jsessionid=secret/b", "/a/b"),
            ("https://user:secret@telemed.example.jp/", "/"),
            ("https://telemed.example.jp/login?code=secret2", "/login"),
        ]
        .into_iter()
        .enumerate()
        {
            let kept = hidden.keep(&url(secret));
            assert_eq!(kept.as_str(), format!("https://telemed.example.jp{path}?hidden={}", number + 1));
            assert_eq!(hidden.keep(&url(secret)), kept);
            assert_eq!(hidden.real(&kept), url(secret));
        }
        assert_eq!(hidden.real(&plain), plain);
        let long = url(&format!("https://telemed.example.jp/{}", "a".repeat(5000)));
        assert!(hidden.keep(&long).as_str().len() < 1100);
    }
}
