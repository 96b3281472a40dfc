//! A DNS server on loopback, over UDP and TCP. It knows the zones of a small made-up world, signs what
//! belongs to zones with a key, and misbehaves where a test wants it to.

#![allow(dead_code)]

use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::dnssec::crypto::Ed25519SigningKey;
use hickory_resolver::proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, NSEC, RRSIG, SigInput};
use hickory_resolver::proto::dnssec::{Algorithm, DigestType, SigningKey, TBS};
use hickory_resolver::proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CAA, CNAME, MX, NS, TXT};
use hickory_resolver::proto::rr::{DNSClass, Name, RData, Record, RecordType};
use hickory_resolver::proto::serialize::binary::{BinDecodable, BinEncodable};

const TTL: u32 = 60;

/// The records of the world, and who signs them.
#[derive(Default)]
pub struct World {
    records: Vec<Record>,
    zones: Vec<Zone>,
    /// Signatures are not passed on, as by old resolvers.
    pub strips: bool,
    /// Every signature has run out.
    pub expired: bool,
    /// What this name has is signed wrongly.
    pub spoiled: Option<Name>,
    /// Only these of its records are.
    pub spoiled_kind: Option<RecordType>,
    /// Whoever asks for signatures is told that this name has nothing.
    pub hidden: Option<Name>,
}

struct Zone {
    name: Name,
    key: Option<Ed25519SigningKey>,
}

pub fn name(text: &str) -> Name {
    let mut name = Name::from_ascii(text).unwrap();
    name.set_fqdn(true);
    name
}

impl World {
    pub fn with(mut self, owner: &str, data: RData) -> World {
        self.records.push(Record::from_rdata(name(owner), TTL, data));
        self
    }

    pub fn a(self, owner: &str, address: [u8; 4]) -> World {
        let [a, b, c, d] = address;
        self.with(owner, RData::A(A::new(a, b, c, d)))
    }

    pub fn aaaa(self, owner: &str, address: &str) -> World {
        self.with(owner, RData::AAAA(AAAA(address.parse().unwrap())))
    }

    pub fn alias(self, owner: &str, to: &str) -> World {
        self.with(owner, RData::CNAME(CNAME(name(to))))
    }

    pub fn ns(self, owner: &str, server: &str) -> World {
        self.with(owner, RData::NS(NS(name(server))))
    }

    pub fn mx(self, owner: &str, preference: u16, server: &str) -> World {
        self.with(owner, RData::MX(MX::new(preference, name(server))))
    }

    /// In parts of 255 bytes, as the wire has them.
    pub fn text(self, owner: &str, text: &str) -> World {
        let parts = text.as_bytes().chunks(255).map(|part| String::from_utf8(part.to_vec()).unwrap());
        self.with(owner, RData::TXT(TXT::new(parts.collect())))
    }

    pub fn caa(self, owner: &str, tag: &str, value: &str) -> World {
        let mut caa = CAA::new_issue(false, None, Vec::new());
        caa.tag = tag.to_owned();
        caa.value = value.as_bytes().to_vec();
        self.with(owner, RData::CAA(caa))
    }

    /// A zone with a key of its own, that the zone above it vouches for.
    pub fn signed(mut self, zone: &str) -> World {
        let zone = name(zone);
        let key = Ed25519SigningKey::from_pkcs8(&Ed25519SigningKey::generate_pkcs8().unwrap()).unwrap();
        let public_key = key.to_public_key().unwrap();
        let public = DNSKEY::from_key(&public_key);
        if !zone.is_root() {
            let ds = DS::from_key(&public_key, &zone, DigestType::SHA256).unwrap();
            let ds = RData::DNSSEC(DNSSECRData::DS(ds));
            self.records.push(Record::from_rdata(zone.clone(), TTL, ds));
        }
        self.records.push(Record::from_rdata(zone.clone(), TTL, RData::DNSSEC(DNSSECRData::DNSKEY(public))));
        self.zones.push(Zone { name: zone, key: Some(key) });
        self
    }

    /// A zone without a key; the zone above it says so.
    pub fn unsigned(mut self, zone: &str) -> World {
        let zone = name(zone);
        let nsec = NSEC::new(
            name("zzz").append_domain(&zone.base_name()).unwrap(),
            [RecordType::NS, RecordType::NSEC, RecordType::RRSIG],
        );
        self.records.push(Record::from_rdata(zone.clone(), TTL, RData::DNSSEC(DNSSECRData::NSEC(nsec))));
        self.zones.push(Zone { name: zone, key: None });
        self
    }

    /// The key of the root, as a file of trust anchors has it.
    pub fn anchor(&self) -> String {
        let root = Name::root();
        let keys =
            self.records.iter().filter(|one| one.name == root && one.record_type() == RecordType::DNSKEY);
        keys.map(|one| format!(". 60 IN DNSKEY {}\n", one.data)).collect()
    }

    /// The first record of a kind that a name has.
    pub fn all_of(&self, owner: &str, kind: &str) -> RData {
        let (owner, kind) = (name(owner), kind.parse().unwrap());
        self.set(&owner, kind).first().unwrap().data.clone()
    }

    fn zone_of(&self, owner: &Name, kind: RecordType) -> Option<&Zone> {
        // What the zone above says about a delegation is the zone above's.
        let is_above = matches!(kind, RecordType::DS | RecordType::NSEC);
        let fits = |zone: &&Zone| zone.name.zone_of(owner) && (!is_above || zone.name != *owner);
        self.zones.iter().filter(fits).max_by_key(|zone| zone.name.num_labels())
    }

    fn answer(&self, query: &Message) -> Message {
        let asked = query.queries[0].clone();
        let mut reply = Message::response(query.id, OpCode::Query);
        reply.metadata.recursion_desired = true;
        reply.metadata.recursion_available = true;
        reply.add_query(asked.clone());
        let wants_proof = query.edns.as_ref().is_some_and(|edns| edns.flags().dnssec_ok) && !self.strips;
        let mut at = asked.name().clone();
        for _ in 0..20 {
            let own = self.set(&at, asked.query_type());
            if wants_proof && self.hidden.as_ref() == Some(&at) {
                break;
            }
            if !own.is_empty() {
                self.put(&mut reply, own, wants_proof, false);
                break;
            }
            let alias = self.set(&at, RecordType::CNAME);
            let Some(RData::CNAME(to)) = alias.first().map(|one| one.data.clone()) else { break };
            self.put(&mut reply, alias, wants_proof, false);
            at = to.0;
        }
        let exists = self.records.iter().any(|one| at.zone_of(&one.name));
        if !exists {
            reply.metadata.response_code = ResponseCode::NXDomain;
        } else if asked.query_type() == RecordType::DS && reply.answers.is_empty() {
            let nsec = self.set(&at, RecordType::NSEC);
            self.put(&mut reply, nsec, wants_proof, true);
        }
        reply
    }

    fn set(&self, owner: &Name, kind: RecordType) -> Vec<Record> {
        let fits = |one: &&Record| one.name == *owner && one.record_type() == kind;
        self.records.iter().filter(fits).cloned().collect()
    }

    fn put(&self, reply: &mut Message, set: Vec<Record>, wants_proof: bool, beside: bool) {
        let Some(first) = set.first().cloned() else { return };
        let kind = first.record_type();
        if !wants_proof && matches!(kind, RecordType::NSEC) {
            return;
        }
        let signature =
            self.zone_of(&first.name, kind).filter(|_| wants_proof).and_then(|zone| self.sign(zone, &set));
        for record in set.into_iter().chain(signature) {
            match beside {
                true => reply.add_authority(record),
                false => reply.add_answer(record),
            };
        }
    }

    fn sign(&self, zone: &Zone, set: &[Record]) -> Option<Record> {
        let key = zone.key.as_ref()?;
        let first = &set[0];
        let public = DNSKEY::from_key(&key.to_public_key().unwrap());
        let now = u32::try_from(jiff::Timestamp::now().as_second()).unwrap();
        let input = SigInput {
            type_covered: first.record_type(),
            algorithm: Algorithm::ED25519,
            num_labels: first.name.num_labels(),
            original_ttl: TTL,
            sig_expiration: (if self.expired { now - 60 } else { now + 3600 }).into(),
            sig_inception: (now - 3600).into(),
            key_tag: public.calculate_key_tag().unwrap(),
            signer_name: zone.name.clone(),
        };
        let tbs = TBS::from_input(&first.name, DNSClass::IN, &input, set.iter()).unwrap();
        let mut signature = key.sign(&tbs).unwrap();
        let is_spoiled = self.spoiled.as_ref() == Some(&first.name);
        if is_spoiled && self.spoiled_kind.is_none_or(|kind| kind == first.record_type()) {
            signature[0] ^= 1;
        }
        let data = RData::DNSSEC(DNSSECRData::RRSIG(RRSIG::from_sig(input, signature)));
        Some(Record::from_rdata(first.name.clone(), TTL, data))
    }
}

pub struct Directory {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Directory {
    /// Answers as the world is.
    pub fn of(world: World) -> Directory {
        Directory::run(move |query, is_tcp| {
            let mut reply = world.answer(query);
            if !is_tcp && reply.to_bytes().unwrap().len() > 1200 {
                reply.metadata.truncation = true;
                reply.answers.clear();
                reply.authorities.clear();
            }
            Some(reply.to_bytes().unwrap())
        })
    }

    /// Answers as a test likes.
    pub fn run(answer: impl Fn(&Message, bool) -> Option<Vec<u8>> + Send + Sync + 'static) -> Directory {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let socket = UdpSocket::bind(("127.0.0.1", port)).unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(answer);
        let (log, by_udp) = (Arc::clone(&asked), Arc::clone(&answer));
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                let Ok(query) = Message::from_bytes(&buffer[..length]) else { continue };
                note(&log, &query);
                if let Some(reply) = by_udp(&query, false) {
                    let _ = socket.send_to(&reply, from);
                }
            }
        });
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut length = [0; 2];
                    while stream.read_exact(&mut length).is_ok() {
                        let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
                        if stream.read_exact(&mut query).is_err() {
                            return;
                        }
                        let Ok(query) = Message::from_bytes(&query) else { return };
                        note(&log, &query);
                        let Some(reply) = answer(&query, true) else { continue };
                        let length = u16::try_from(reply.len()).unwrap_or(u16::MAX).to_be_bytes();
                        if stream.write_all(&length).and_then(|()| stream.write_all(&reply)).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Directory { port, asked }
    }

    /// `NAME TYPE` of each question.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

fn note(log: &Mutex<Vec<String>>, query: &Message) {
    if let Some(asked) = query.queries.first() {
        log.lock().unwrap().push(format!("{} {}", asked.name(), asked.query_type()));
    }
}

/// An answer without records.
pub fn nothing(query: &Message, code: ResponseCode) -> Message {
    let mut reply = Message::response(query.id, OpCode::Query);
    reply.metadata.message_type = MessageType::Response;
    reply.metadata.response_code = code;
    reply.add_query(query.queries[0].clone());
    reply
}
