//! Who allows a measurement. Nothing is contacted without this: the probes take an [`Authorized`]
//! and nothing else, and there is no way to one without a name.

use url::Url;

use crate::model::sign_in::SignIn;
use crate::model::workspace::Target;

/// Where a target is, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Host and port, as facts name their target.
    pub endpoint: String,
    /// Without brackets around an IPv6 address.
    pub host: String,
    pub port: u16,
}

impl Place {
    pub fn new(endpoint: &str) -> Option<Place> {
        let (host, port) = endpoint.rsplit_once(':')?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Some(Place { endpoint: endpoint.to_owned(), host, port: port.parse().ok()? })
    }

    /// The name to ask the server for; none where the target is an address.
    pub fn name(&self) -> Option<&str> {
        let is_address = self.host.parse::<std::net::IpAddr>().is_ok();
        (!is_address).then(|| self.host.trim_end_matches('.'))
    }

    /// The port of its door without encryption: 80 beside 443, else the same.
    pub fn plain_port(&self) -> u16 {
        if self.port == 443 { 80 } else { self.port }
    }

    /// Whether an address lies on this host and port.
    pub fn has(&self, url: &Url) -> bool {
        self.is_host_of(url) && url.port_or_known_default() == Some(self.port)
    }

    /// Whether an address lies behind one of the two doors.
    pub fn has_door(&self, url: &Url) -> bool {
        let port = match url.scheme() {
            "https" => self.port,
            "http" => self.plain_port(),
            _ => return false,
        };
        self.is_host_of(url) && url.port_or_known_default() == Some(port)
    }

    fn is_host_of(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case(&self.host)
    }
}

/// A system that somebody with a name allows to be measured, with the pages that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorized {
    place: Place,
    published: Vec<(String, Url)>,
    issuer: Option<Url>,
    sign_in: SignIn,
}

impl Authorized {
    /// Nothing where nobody is named, or where the address is not one.
    pub fn new(target: &Target) -> Option<Authorized> {
        target.authorized_by.as_deref().map(str::trim).filter(|name| !name.is_empty())?;
        let page = |(key, url): (&String, &String)| Some((key.clone(), Url::parse(url).ok()?));
        let issuer = target.oidc_issuer.as_deref().and_then(|issuer| Url::parse(issuer).ok());
        Some(Authorized {
            place: Place::new(&target.endpoint)?,
            published: target.published.iter().filter_map(page).collect(),
            issuer: issuer.filter(|issuer| issuer.scheme() == "https"),
            sign_in: target.sign_in.clone(),
        })
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Pages that are said to be published, by the end of their fact's key.
    pub fn published(&self) -> &[(String, Url)] {
        &self.published
    }

    /// What files show of its sign-in.
    pub fn sign_in(&self) -> &SignIn {
        &self.sign_in
    }

    /// Who signs people in, by OpenID Connect.
    pub fn issuer(&self) -> Option<&Url> {
        self.issuer.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(endpoint: &str, authorized_by: Option<&str>) -> Target {
        let authorized_by = authorized_by.map(str::to_owned);
        Target { authorized_by, ..Target::system(format!("https://{endpoint}"), endpoint) }
    }

    #[test]
    fn there_is_no_way_without_a_name() {
        assert_eq!(Authorized::new(&target("a.example.jp:443", None)), None);
        assert_eq!(Authorized::new(&target("a.example.jp:443", Some("  "))), None);
        let allowed = Authorized::new(&target("a.example.jp:443", Some("責任者"))).unwrap();
        let allowed = allowed.place();
        assert_eq!(
            (allowed.host.as_str(), allowed.port, allowed.name()),
            ("a.example.jp", 443, Some("a.example.jp"))
        );
    }

    #[test]
    fn an_address_has_no_name() {
        let allowed = Authorized::new(&target("[::1]:8443", Some("責任者"))).unwrap();
        let allowed = allowed.place();
        assert_eq!((allowed.host.as_str(), allowed.port, allowed.name()), ("::1", 8443, None));
    }
}
