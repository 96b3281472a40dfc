//! Asks a resolver and holds what it answers against what was asked. "There is none" is an answer; silence,
//! refusal and answers to other questions are not.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, DnsHandle, NetError};
use hickory_resolver::proto::op::{DnsRequestOptions, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use hickory_resolver::{NameServerPool, PoolContext, TlsConfig};
use tokio::time::Instant;

use super::recorded::{NOT_ASKED, Unchecked};
use crate::model::message::Message;
use crate::msg;
use crate::wire::directory::Lookup;

const LONGEST_ANSWER: Duration = Duration::from_secs(4);
const MOST_RECORDS: usize = 64;
const MOST_ALIASES: usize = 8;
/// Servers of the system's configuration that are asked.
const MOST_SERVERS: usize = 3;
/// Questions of all targets that are under way at once.
const AT_ONCE: usize = 32;

/// Whom to ask, for one run.
#[derive(Clone)]
pub struct Resolver {
    pub(super) handle: Unchecked,
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolver")
    }
}

impl Resolver {
    /// The named server, or those of the system. Has to be made where the asking will be done. Nothing where
    /// the system names nobody.
    pub fn new(server: Option<SocketAddr>) -> Option<Resolver> {
        let servers = match server {
            Some(address) => vec![server_at(address)],
            None => {
                let (config, _) = read_system_conf().ok()?;
                config.name_servers().iter().take(MOST_SERVERS).cloned().collect()
            }
        };
        if servers.is_empty() {
            return None;
        }
        let mut options = ResolverOpts::default();
        options.timeout = LONGEST_ANSWER;
        options.try_tcp_on_error = true;
        let context = Arc::new(PoolContext::new(options, TlsConfig::new().ok()?));
        let pool = NameServerPool::from_config(servers, context, TokioRuntimeProvider::default());
        Some(Resolver { handle: Unchecked::servers(pool, AT_ONCE) })
    }

    /// What was answered then, in the place of servers.
    pub fn from_transcript(lookups: &[Lookup]) -> Resolver {
        Resolver { handle: Unchecked::transcript(lookups) }
    }

    /// The same servers, with a record of its own.
    pub fn anew(&self) -> Resolver {
        Resolver { handle: self.handle.anew() }
    }

    /// What was asked since, and what came of it.
    pub fn lookups(&self) -> Vec<Lookup> {
        self.handle.lookups()
    }

    pub fn until(&self, deadline: Instant) -> Asking<'_> {
        Asking { resolver: self, deadline }
    }
}

fn server_at(address: SocketAddr) -> NameServerConfig {
    let at_port = |mut one: ConnectionConfig| {
        one.port = address.port();
        one
    };
    let connections = vec![at_port(ConnectionConfig::udp()), at_port(ConnectionConfig::tcp())];
    NameServerConfig::new(address.ip(), true, connections)
}

/// What one name has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    pub records: Vec<RData>,
    /// The names that it is an alias for, one after the other.
    pub aliases: Vec<Name>,
    /// Whether there is such a name at all, at the end of the aliases.
    pub exists: bool,
}

/// Questions with a limit in time.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub(super) resolver: &'a Resolver,
    pub(super) deadline: Instant,
}

impl Asking<'_> {
    /// The records of a name or of what it is an alias for.
    pub async fn all(&self, name: &Name, kind: RecordType) -> Result<Answer, Message> {
        let mut aliases: Vec<Name> = Vec::new();
        let mut at = name.clone();
        loop {
            let response = self.once(&at, kind).await?;
            let Step { records, passed } = step(&at, kind, &response)?;
            let went_on = passed.last().cloned();
            for alias in passed {
                if alias == *name || aliases.contains(&alias) || aliases.len() >= MOST_ALIASES {
                    return Err(msg!("dns.alias_loop"));
                }
                aliases.push(alias);
            }
            match went_on {
                // Those who answer for one zone only leave it to us to go on in another.
                Some(next) if records.is_empty() && response.code == ResponseCode::NoError => at = next,
                _ => {
                    let exists = response.code == ResponseCode::NoError;
                    return Ok(Answer { records, aliases, exists });
                }
            }
        }
    }

    /// The records of this very name: where it is an alias, it has none of its own.
    pub async fn own(&self, name: &Name, kind: RecordType) -> Result<Vec<RData>, Message> {
        let response = self.once(name, kind).await?;
        if !response.answers.is_empty() && !response.answers.iter().any(|(owner, _)| owner == name) {
            return Err(msg!("dns.other_answer"));
        }
        let own = response.answers.iter().filter(|(owner, one)| owner == name && one.record_type() == kind);
        let own: Vec<RData> = own.map(|(_, one)| one.clone()).collect();
        if own.len() > MOST_RECORDS { Err(msg!("probe.too_much")) } else { Ok(own) }
    }

    async fn once(&self, name: &Name, kind: RecordType) -> Result<Response, Message> {
        let query = Query::query(name.clone(), kind);
        let mut stream = self.resolver.handle.lookup(query, options());
        let answer = tokio::time::timeout_at(self.deadline, stream.next()).await;
        let answer = answer.map_err(|_| msg!("probe.deadline"))?.unwrap_or(Err(NetError::NoConnections));
        match answer {
            Ok(response) => {
                let code = response.response_code;
                if !matches!(code, ResponseCode::NoError | ResponseCode::NXDomain) {
                    return Err(refused(code));
                }
                let answers = response.answers.iter().map(|one| (one.name.clone(), one.data.clone()));
                Ok(Response { answers: answers.collect(), code })
            }
            // It sends us to somebody else instead of asking there: nothing is known to be missing.
            Err(NetError::Dns(DnsError::NoRecordsFound(none)))
                if none.response_code == ResponseCode::NoError && none.soa.is_none() && none.ns.is_some() =>
            {
                Err(msg!("dns.no_recursion"))
            }
            Err(NetError::Dns(DnsError::NoRecordsFound(none))) => {
                Ok(Response { answers: Vec::new(), code: none.response_code })
            }
            Err(error) => Err(trouble(&error)),
        }
    }
}

pub(super) fn options() -> DnsRequestOptions {
    let mut options = DnsRequestOptions::default();
    options.case_randomization = false;
    options
}

struct Response {
    answers: Vec<(Name, RData)>,
    code: ResponseCode,
}

struct Step {
    records: Vec<RData>,
    passed: Vec<Name>,
}

/// Follows the aliases of one answer. Records of names that nobody asked for are nothing to go by.
fn step(name: &Name, kind: RecordType, response: &Response) -> Result<Step, Message> {
    let mut at = name.clone();
    let mut passed = Vec::new();
    loop {
        let of_name = response.answers.iter().filter(|(owner, _)| *owner == at);
        let records: Vec<RData> = of_name
            .clone()
            .filter(|(_, one)| one.record_type() == kind)
            .map(|(_, one)| one.clone())
            .collect();
        if records.len() > MOST_RECORDS {
            return Err(msg!("probe.too_much"));
        }
        let alias = of_name.clone().find_map(|(_, one)| match one {
            RData::CNAME(to) => Some(to.0.clone()),
            _ => None,
        });
        match alias {
            Some(to) if records.is_empty() => {
                if passed.len() >= MOST_ALIASES {
                    return Err(msg!("dns.alias_loop"));
                }
                passed.push(to.clone());
                at = to;
            }
            _ if !response.answers.is_empty() && !response.answers.iter().any(|(owner, _)| owner == name) => {
                return Err(msg!("dns.other_answer"));
            }
            _ => return Ok(Step { records, passed }),
        }
    }
}

fn refused(code: ResponseCode) -> Message {
    msg!("dns.refused", code = code.to_str())
}

pub(super) fn trouble(error: &NetError) -> Message {
    match error {
        NetError::Dns(DnsError::ResponseCode(code)) => refused(*code),
        NetError::Timeout | NetError::Busy => msg!("probe.timed_out"),
        NetError::Message(NOT_ASKED) => msg!("probe.deadline"),
        NetError::Truncated => msg!("probe.too_much"),
        NetError::Io(_) | NetError::NoConnections => msg!("dns.no_resolver"),
        _ => msg!("probe.malformed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::proto::rr::rdata::{A, CNAME};

    fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    fn address() -> RData {
        RData::A(A::new(192, 0, 2, 1))
    }

    fn of(answers: &[(&str, RData)]) -> Response {
        let answers = answers.iter().map(|(owner, data)| (name(owner), data.clone())).collect();
        Response { answers, code: ResponseCode::NoError }
    }

    fn alias(to: &str) -> RData {
        RData::CNAME(CNAME(name(to)))
    }

    #[test]
    fn aliases_are_followed_within_an_answer_and_no_further_than_allowed() {
        let response = of(&[("a.example.jp.", alias("b.example.jp.")), ("B.example.jp.", address())]);
        let Ok(step_) = step(&name("a.example.jp."), RecordType::A, &response) else { panic!() };
        assert_eq!((step_.records.len(), step_.passed), (1, vec![name("b.example.jp.")]));
        let circle =
            of(&[("a.example.jp.", alias("b.example.jp.")), ("b.example.jp.", alias("a.example.jp."))]);
        let Err(why) = step(&name("a.example.jp."), RecordType::A, &circle) else { panic!() };
        assert_eq!(why.id, "dns.alias_loop");
    }

    #[test]
    fn an_answer_to_another_question_is_no_answer() {
        let response = of(&[("elsewhere.example.com.", address())]);
        let Err(why) = step(&name("a.example.jp."), RecordType::A, &response) else { panic!() };
        assert_eq!(why.id, "dns.other_answer");
    }

    #[test]
    fn more_records_than_anybody_needs_are_not_read() {
        let many: Vec<(&str, RData)> = (0..65).map(|_| ("a.example.jp.", address())).collect();
        let Err(why) = step(&name("a.example.jp."), RecordType::A, &of(&many)) else { panic!() };
        assert_eq!(why.id, "probe.too_much");
    }
}
