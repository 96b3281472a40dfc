//! Whether the answers about a name are signed, from the root's key down to them (DNSSEC). The signatures
//! are checked here and not by the resolver. Where the resolver does not pass on what that takes, nothing
//! is said: an answer without signatures is not yet a zone without them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use futures_util::StreamExt;
use hickory_resolver::net::dnssec::DnssecDnsHandle;
use hickory_resolver::net::{DnsHandle, NetError};
use hickory_resolver::proto::dnssec::rdata::DNSSECRData;
use hickory_resolver::proto::dnssec::{Proof, TrustAnchors};
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

use super::ask::{Asking, options, trouble};
use super::recorded::Unchecked;
use crate::model::message::Message;
use crate::msg;
use crate::probe::state::State;

/// Names in a chain of aliases that are followed.
const MOST_ALIASES: usize = 8;

/// The keys that everything has to lead to.
#[derive(Clone, Default)]
pub struct Anchors {
    keys: Arc<TrustAnchors>,
    /// They are not those of the root of the internet.
    pub are_own: bool,
}

impl fmt::Debug for Anchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Anchors({})", self.keys.len())
    }
}

impl Anchors {
    /// DNSKEY records of the root, as a zone file has them. Nothing where there is none.
    pub fn read(text: &str) -> Option<Anchors> {
        let anchors = TrustAnchors::from_str(text).ok().filter(|anchors| !anchors.is_empty())?;
        Some(Anchors { keys: Arc::new(anchors), are_own: true })
    }
}

/// Looks at the records of one kind, of a name and of what it is an alias for.
pub async fn dnssec(asking: Asking<'_>, anchors: &Anchors, name: &Name, kind: RecordType) -> State {
    let handle = asking.resolver.handle.clone();
    let checker =
        Checker { asking, handle: DnssecDnsHandle::with_trust_anchor(handle, Arc::clone(&anchors.keys)) };
    match tokio::time::timeout_at(asking.deadline, checker.judge(name, kind)).await {
        Ok(Ok(word)) => State::text(word),
        Ok(Err(why)) => State::Unknown(why),
        Err(_) => State::Unknown(msg!("probe.deadline")),
    }
}

/// Of two kinds of records, the word that holds for both.
pub fn weaker(one: State, other: State) -> State {
    let rank = |state: &State| match state {
        state if *state == State::text("bogus") => 0,
        State::Unknown(_) => 1,
        state if *state == State::text("validated") => 3,
        _ => 2,
    };
    if rank(&other) < rank(&one) { other } else { one }
}

struct Checker<'a> {
    asking: Asking<'a>,
    handle: DnssecDnsHandle<Unchecked>,
}

impl Checker<'_> {
    async fn judge(&self, name: &Name, kind: RecordType) -> Result<&'static str, Message> {
        let keys = self.records(&Name::root(), RecordType::DNSKEY).await?;
        if !all(&keys, Proof::Secure) {
            return Err(msg!("dns.not_passed_on"));
        }
        let mut at = name.clone();
        let mut answer = Vec::new();
        for _ in 0..MOST_ALIASES {
            let found = self.records(&at, kind).await?;
            let next = end_of(&at, &found);
            answer.extend(found);
            if next == at {
                break;
            }
            at = next;
        }
        match () {
            () if answer.is_empty() => Err(msg!("dns.nothing_to_check")),
            () if answer.iter().any(|one| one.proof == Proof::Bogus) => self.bogus(&answer).await,
            () if answer.iter().any(|one| one.proof == Proof::Indeterminate) => {
                Err(msg!("dns.chain_incomplete"))
            }
            // Aliases alone, however well signed, lead to nothing that was checked.
            () if !answer.iter().any(|one| one.record_type() == kind) => Err(msg!("dns.nothing_to_check")),
            () if all(&answer, Proof::Secure) => Ok("validated"),
            () => Ok("unsigned"),
        }
    }

    /// What cannot be verified is wrong only where it should have been verifiable: the zone above says that
    /// the zone is signed, and its keys were to be had.
    async fn bogus(&self, answer: &[Record]) -> Result<&'static str, Message> {
        let wrong = answer.iter().find(|one| one.proof == Proof::Bogus);
        let Some(wrong) = wrong else { return Err(msg!("dns.chain_incomplete")) };
        let Some((zone, _)) = super::zone(self.asking, &wrong.name).await? else {
            return Err(msg!("dns.chain_incomplete"));
        };
        self.asking.own(&zone, RecordType::DNSKEY).await?;
        let above = self.records(&zone, RecordType::DS).await?;
        let is_signed = above.iter().any(|one| one.proof == Proof::Secure && is_ds(one));
        if is_signed { Ok("bogus") } else { Err(msg!("dns.chain_incomplete")) }
    }

    /// The answer with what each record has been proven to be; without the signatures themselves.
    async fn records(&self, name: &Name, kind: RecordType) -> Result<Vec<Record>, Message> {
        let answer = self.handle.lookup(Query::query(name.clone(), kind), options()).next().await;
        match answer.unwrap_or(Err(NetError::NoConnections)) {
            Ok(response) => {
                let records = response.answers.iter().filter(|one| one.record_type() != RecordType::RRSIG);
                Ok(records.cloned().collect())
            }
            Err(error) if error.is_no_records_found() || error.is_nx_domain() => Ok(Vec::new()),
            Err(NetError::Dns(hickory_resolver::net::DnsError::Nsec { .. })) => Ok(Vec::new()),
            Err(error) => Err(trouble(&error)),
        }
    }
}

fn all(records: &[Record], proof: Proof) -> bool {
    !records.is_empty() && records.iter().all(|one| one.proof == proof)
}

fn is_ds(record: &Record) -> bool {
    matches!(&record.data, RData::DNSSEC(DNSSECRData::DS(_)))
}

/// Where the aliases of an answer lead.
fn end_of(name: &Name, answer: &[Record]) -> Name {
    let mut at = name.clone();
    for _ in 0..MOST_ALIASES {
        let alias = answer.iter().filter(|one| one.name == at).find_map(|one| match &one.data {
            RData::CNAME(to) => Some(to.0.clone()),
            _ => None,
        });
        let Some(to) = alias else { break };
        at = to;
    }
    // The end stands in this answer too: there is nothing left to ask.
    if answer.iter().any(|one| one.name == at && !matches!(one.data, RData::CNAME(_))) {
        name.clone()
    } else {
        at
    }
}
