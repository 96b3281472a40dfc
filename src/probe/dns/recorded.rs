//! Questions to a resolver and what came of them, each asked once. With a transcript in the place of servers
//! it answers from that. Whoever asks is answered from what is kept, so that the same follows again later.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{Stream, StreamExt, stream};
use hickory_resolver::NameServerPool;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, DnsHandle, NetError, NoRecords};
use hickory_resolver::proto::op::{DnsRequest, DnsResponse, Message, Query, ResponseCode};
use tokio::sync::{OnceCell, Semaphore};

use super::moment::AtMoment;
use crate::wire::directory::{Lookup, LookupEnd};
use crate::wire::transcript::Hex;

/// What a transcript says of a question that it does not hold.
pub(super) const NOT_ASKED: &str = "not asked";

/// Name, kind of records, and whether signatures are wanted.
type Key = (String, String, bool);
type Asked = BTreeMap<Key, Arc<OnceCell<Option<Lookup>>>>;

/// Passes questions on with the wish not to have them checked: the checking is done here, and a resolver
/// that does its own would keep forged answers from being seen.
#[derive(Clone)]
pub struct Unchecked {
    source: Source,
    asked: Arc<Mutex<Asked>>,
}

#[derive(Clone)]
enum Source {
    Servers { pool: NameServerPool<TokioRuntimeProvider>, places: Arc<Semaphore> },
    Transcript,
}

impl Unchecked {
    pub fn servers(pool: NameServerPool<TokioRuntimeProvider>, at_once: usize) -> Unchecked {
        let places = Arc::new(Semaphore::new(at_once));
        Unchecked { source: Source::Servers { pool, places }, asked: Arc::default() }
    }

    pub fn transcript(lookups: &[Lookup]) -> Unchecked {
        let known = |one: &Lookup| {
            let key = (one.name.clone(), one.kind.clone(), one.signatures);
            (key, Arc::new(OnceCell::new_with(Some(Some(one.clone())))))
        };
        let asked = lookups.iter().map(known).collect();
        Unchecked { source: Source::Transcript, asked: Arc::new(Mutex::new(asked)) }
    }

    /// The same servers, with a record of its own.
    pub fn anew(&self) -> Unchecked {
        Unchecked { source: self.source.clone(), asked: Arc::default() }
    }

    pub fn lookups(&self) -> Vec<Lookup> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.values().filter_map(|one| one.get()?.clone()).collect()
    }

    fn cell(&self, key: &Key) -> Arc<OnceCell<Option<Lookup>>> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(asked.entry(key.clone()).or_default())
    }
}

impl DnsHandle for Unchecked {
    type Response = Pin<Box<dyn Stream<Item = Result<DnsResponse, NetError>> + Send>>;
    type Runtime = AtMoment;

    fn send(&self, mut request: DnsRequest) -> Self::Response {
        request.metadata.checking_disabled = true;
        request.metadata.authentic_data = false;
        let key = key(&request);
        let (source, cell) = (self.source.clone(), self.cell(&key));
        Box::pin(stream::once(async move {
            match cell.get_or_init(|| source.ask(key, request)).await {
                Some(lookup) => answer(lookup),
                None => Err(NetError::Message(NOT_ASKED)),
            }
        }))
    }
}

impl Source {
    /// Nothing where there is only a transcript: nobody asked then, so nobody knows.
    async fn ask(&self, key: Key, request: DnsRequest) -> Option<Lookup> {
        let Source::Servers { pool, places } = self else { return None };
        let _place = places.acquire().await;
        let came = pool.send(request).next().await.unwrap_or(Err(NetError::NoConnections));
        let (name, kind, signatures) = key;
        let (answer, end) = match kept(came) {
            Ok(message) => (Some(Hex(message)), None),
            Err(end) => (None, Some(end)),
        };
        Some(Lookup { name, kind, signatures, answer, end })
    }
}

fn key(request: &DnsRequest) -> Key {
    let signatures = request.edns.as_ref().is_some_and(|edns| edns.flags().dnssec_ok);
    let question = request
        .queries
        .first()
        .map(|query| (query.name().to_lowercase().to_ascii(), query.query_type().to_string()));
    let (name, kind) = question.unwrap_or_default();
    (name, kind, signatures)
}

/// The message, or why there is none.
fn kept(came: Result<DnsResponse, NetError>) -> Result<Vec<u8>, LookupEnd> {
    match came {
        Ok(response) => Ok(response.into_buffer()),
        Err(NetError::Dns(DnsError::NoRecordsFound(none))) => message(none).ok_or(LookupEnd::Malformed),
        Err(NetError::Dns(DnsError::ResponseCode(code))) => Err(LookupEnd::Code(code.into())),
        Err(NetError::Timeout | NetError::Busy) => Err(LookupEnd::TimedOut),
        Err(NetError::Truncated) => Err(LookupEnd::TooLong),
        Err(NetError::Io(_) | NetError::NoConnections) => Err(LookupEnd::NoServer),
        Err(_) => Err(LookupEnd::Malformed),
    }
}

/// That there is nothing, as the message that said so. The library hands on its parts alone.
fn message(none: NoRecords) -> Option<Vec<u8>> {
    let mut message = Message::query();
    message.add_query(*none.query);
    message.metadata.response_code = none.response_code;
    for record in none.authorities.iter().flat_map(|all| all.iter()) {
        message.add_authority(record.clone());
    }
    DnsResponse::from_message(message.into_response()).ok().map(DnsResponse::into_buffer)
}

/// What a lookup says, read again.
fn answer(lookup: &Lookup) -> Result<DnsResponse, NetError> {
    match (&lookup.answer, lookup.end) {
        (Some(message), None) => {
            let response = DnsResponse::from_buffer(message.0.clone())?;
            is_about(&response, lookup)?;
            Ok(DnsError::from_response(response)?)
        }
        (_, Some(LookupEnd::TimedOut)) => Err(NetError::Timeout),
        (_, Some(LookupEnd::TooLong)) => Err(NetError::Truncated),
        (_, Some(LookupEnd::NoServer)) => Err(NetError::NoConnections),
        (_, Some(LookupEnd::Code(code))) => Err(NetError::Dns(DnsError::ResponseCode(ResponseCode::from(
            (code >> 4) as u8,
            (code & 15) as u8,
        )))),
        (_, Some(LookupEnd::Malformed)) | (None, None) => Err(NetError::Message("malformed")),
    }
}

/// A transcript that answers another question than the one it names is none.
fn is_about(response: &DnsResponse, lookup: &Lookup) -> Result<(), NetError> {
    let is_it = |query: &Query| {
        query.name().to_lowercase().to_ascii() == lookup.name && query.query_type().to_string() == lookup.kind
    };
    match response.queries.iter().all(is_it) {
        true => Ok(()),
        false => Err(NetError::Message("another question")),
    }
}
