//! Asks the service that signs people in what it says of itself (OpenID Connect): the methods that it
//! advertises, and its keys. Only where the workspace names it, and only at its own host.

use url::Url;

use super::Visit;
use super::client::{Client, Nothing, Route};
use super::keys::{self, Check};
use super::measures::measures;
use super::page::without_query;
use super::site::nothing;
use super::unexpected;
use crate::model::message::Message;
use crate::model::sign_in::Token;
use crate::msg;
use crate::probe::network::Way;
use crate::wire::visit::{self, Discovery, Signature};

/// Values that an issuer advertises and that are kept, at most.
const MOST_VALUES: usize = 100;
const LONGEST_VALUE: usize = 200;

/// An issuer that was asked.
#[derive(Debug)]
pub struct Issuer {
    client: Option<Client>,
    url: Url,
    keys: Option<Url>,
    discovery: Discovery,
}

/// Asks for the discovery document.
pub async fn discover(url: &Url, visit: &Visit<'_>) -> Issuer {
    let mut issuer = Issuer {
        client: None,
        url: url.clone(),
        keys: None,
        discovery: Discovery::Nothing(Nothing::NotHttp),
    };
    if let Err(discovery) = issuer.ask(visit).await {
        issuer.discovery = discovery;
    }
    issuer
}

/// The way to the target, at the issuer's own port; none where a proxy knows no more than the name.
fn at_port(visit: &Visit<'_>, url: &Url) -> Option<Way> {
    let port = url.port_or_known_default().unwrap_or_default();
    match port == visit.target.place().port {
        true => Some(visit.way.clone()),
        false => visit.way.at_port(port),
    }
}

impl Issuer {
    async fn ask(&mut self, visit: &Visit<'_>) -> Result<(), Discovery> {
        let not_there = || Discovery::Nothing(Nothing::NotHttp);
        let url = self.url.clone();
        let path = format!("{}/.well-known/openid-configuration", url.as_str().trim_end_matches('/'));
        let document = Url::parse(&path).map_err(|_| not_there())?;
        let host = url.host_str().ok_or_else(not_there)?;
        let way = match visit.target.place().host.eq_ignore_ascii_case(host) {
            true => at_port(visit, &url),
            false => visit.book.place_at(&url).await.map(|(_, way)| way),
        };
        // Its keys decide whether a token counts, so they have to be its own.
        let permits = way.as_ref().map(|way| visit.book.permits(way));
        let by = way.map_or_else(|| Route::Name(visit.book.proxies()), Route::Way);
        let client = Client::trusting(visit.roots, host, &by, visit.deadline).ok_or_else(not_there)?;
        let client = match &permits {
            Some(permits) => client.sharing(permits),
            None => client,
        };
        let client = self.client.insert(client);
        let answer = client.get(&document).await.map_err(Discovery::Nothing)?;
        if !answer.is_fine() {
            return Err(Discovery::Status(answer.status));
        }
        let json: serde_json::Value =
            serde_json::from_slice(&answer.body).map_err(|_| Discovery::NoDocument)?;
        let keys = json.get("jwks_uri").and_then(|keys| Url::parse(keys.as_str()?).ok());
        // Somebody else's host is nobody's to visit, whatever a document says.
        self.keys = keys.filter(|keys| keys.origin() == url.origin());
        self.discovery = Discovery::Advertises(advertised(&json));
        Ok(())
    }

    /// Whether it signed a token.
    pub async fn signed(&self, token: &Token) -> Signature {
        let (Discovery::Advertises(_), Some(client)) = (&self.discovery, &self.client) else {
            return Signature::NoIssuer;
        };
        let plain = |url: &str| url.trim_end_matches('/').to_owned();
        if plain(&token.issuer) != plain(self.url.as_str()) {
            return Signature::OtherIssuer;
        }
        let Some(keys) = &self.keys else { return Signature::NoKey };
        let answer = match client.get(keys).await {
            Ok(answer) if answer.is_fine() => answer,
            Ok(answer) => return Signature::Status(answer.status),
            Err(nothing) => return Signature::Nothing(nothing),
        };
        match keys::check(token, &answer.body) {
            Check::Good => Signature::Good,
            Check::Bad => Signature::Bad,
            Check::NoKey => Signature::NoKey,
            Check::Unsupported => Signature::Unsupported,
        }
    }

    pub fn kept(self) -> visit::Issuer {
        visit::Issuer { url: without_query(&self.url), discovery: self.discovery }
    }
}

/// Why an issuer says nothing; nothing where it says something.
pub(super) fn why_not(discovery: &Discovery) -> Option<Message> {
    match discovery {
        Discovery::Advertises(_) => None,
        Discovery::Status(status) => Some(unexpected(*status)),
        Discovery::NoDocument => Some(msg!("probe.issuer.no_discovery")),
        Discovery::Nothing(why) => Some(nothing(*why)),
    }
}

/// The methods and contexts that a discovery document names.
fn advertised(json: &serde_json::Value) -> Vec<String> {
    let lists = ["acr_values_supported", "amr_values_supported"];
    let values =
        lists.iter().filter_map(|key| json.get(key)?.as_array()).flatten().filter_map(|one| one.as_str());
    values.take(MOST_VALUES).map(|value| value.chars().take(LONGEST_VALUE).collect()).collect()
}

/// Whether methods with more than one factor are among them.
pub(super) fn speaks_of_factors(values: &[String]) -> bool {
    // Values are names or addresses that end in one.
    let word = |value: &String| value.rsplit(['/', ':', '#']).next().unwrap_or_default().to_ascii_lowercase();
    values.iter().map(word).any(|value| measures().advertised.contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discovery_speaks_of_factors_by_name() {
        let of = |text: &str| speaks_of_factors(&advertised(&serde_json::from_str(text).unwrap()));
        assert!(of(r#"{"acr_values_supported": ["1", "http://schemas.example.com/mfa"]}"#));
        assert!(of(r#"{"acr_values_supported": ["urn:example:OTP"]}"#));
        assert!(!of(r#"{"acr_values_supported": ["0", "1"], "issuer": "mfa"}"#));
        assert!(!of("[1,2]"));
    }
}
