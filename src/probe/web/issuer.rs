//! Asks the service that signs people in what it says of itself (OpenID Connect): the methods that it
//! advertises, and its keys. Only where the workspace names it, and only at its own host.

use std::net::SocketAddr;

use url::Url;

use super::client::Client;
use super::keys::{self, Check};
use super::measures::measures;
use super::site::nothing;
use super::{Visit, unexpected};
use crate::model::message::Message;
use crate::model::sign_in::Token;
use crate::msg;

/// What an issuer says of itself.
#[derive(Debug)]
pub struct Issuer {
    client: Client,
    url: Url,
    pub advertises_factors: bool,
    keys: Option<Url>,
}

/// The discovery document; why it could not be had.
pub async fn discover(url: &Url, visit: &Visit<'_>) -> Result<Issuer, Message> {
    let not_there = || msg!("probe.web.not_http");
    let path = format!("{}/.well-known/openid-configuration", url.as_str().trim_end_matches('/'));
    let document = Url::parse(&path).map_err(|_| not_there())?;
    let host = url.host_str().ok_or_else(not_there)?;
    let address = match visit.target.place().host.eq_ignore_ascii_case(host) {
        true => Some(at_port(visit, url)),
        false => visit.book.place_at(url).await.map(|(_, address)| address),
    };
    // Its keys decide whether a token counts, so they have to be its own.
    let client = Client::trusting(visit.roots, host, address, visit.deadline).ok_or_else(not_there)?;
    let client = match address {
        Some(address) => client.sharing(&visit.book.permits(address)),
        None => client,
    };
    let answer = client.get(&document).await.map_err(nothing)?;
    let json: Option<serde_json::Value> = serde_json::from_slice(&answer.body).ok();
    let Some(json) = json.filter(|_| answer.is_fine()) else {
        return Err(if answer.is_fine() {
            msg!("probe.issuer.no_discovery")
        } else {
            unexpected(answer.status)
        });
    };
    let keys = json.get("jwks_uri").and_then(|keys| Url::parse(keys.as_str()?).ok());
    // Somebody else's host is nobody's to visit, whatever a document says.
    let keys = keys.filter(|keys| keys.origin() == url.origin());
    Ok(Issuer { client, url: url.clone(), advertises_factors: speaks_of_factors(&json), keys })
}

/// The address of the target, at the issuer's own port.
fn at_port(visit: &Visit<'_>, url: &Url) -> SocketAddr {
    let port = url.port_or_known_default().unwrap_or_default();
    let is_this_port = port == visit.target.place().port;
    SocketAddr::new(visit.address.ip(), if is_this_port { visit.address.port() } else { port })
}

impl Issuer {
    /// Whether it signed a token; why that is not known.
    pub async fn signed(&self, token: &Token) -> Result<bool, Message> {
        let plain = |url: &str| url.trim_end_matches('/').to_owned();
        if plain(&token.issuer) != plain(self.url.as_str()) {
            return Err(msg!("sign_in.other_issuer", issuer = &token.issuer));
        }
        let keys = self.keys.as_ref().ok_or_else(|| msg!("sign_in.no_keys"))?;
        let answer = self.client.get(keys).await.map_err(nothing)?;
        if !answer.is_fine() {
            return Err(unexpected(answer.status));
        }
        match keys::check(token, &answer.body) {
            Check::Good => Ok(true),
            Check::Bad => Ok(false),
            Check::NoKey => Err(msg!("sign_in.no_keys")),
            Check::Unsupported => Err(msg!("sign_in.algorithm", algorithm = &token.algorithm)),
        }
    }
}

/// Whether the issuer speaks of methods with more than one factor.
fn speaks_of_factors(json: &serde_json::Value) -> bool {
    let lists = ["acr_values_supported", "amr_values_supported"];
    let values =
        lists.iter().filter_map(|key| json.get(key)?.as_array()).flatten().filter_map(|one| one.as_str());
    // Values are names or addresses that end in one.
    let word = |value: &str| value.rsplit(['/', ':', '#']).next().unwrap_or_default().to_ascii_lowercase();
    values.map(word).any(|value| measures().advertised.contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discovery_speaks_of_factors_by_name() {
        let of = |text: &str| speaks_of_factors(&serde_json::from_str(text).unwrap());
        assert!(of(r#"{"acr_values_supported": ["1", "http://schemas.example.com/mfa"]}"#));
        assert!(of(r#"{"acr_values_supported": ["urn:example:OTP"]}"#));
        assert!(!of(r#"{"acr_values_supported": ["0", "1"], "issuer": "mfa"}"#));
        assert!(!of("[1,2]"));
    }
}
