//! The probe against servers of its own on loopback: what they offer, and what hostile ones try.

#[path = "support/lattice.rs"]
mod lattice;
#[path = "support/replay.rs"]
mod replay;
#[path = "support/server.rs"]
mod server;
#[path = "support/site.rs"]
mod site;
mod support;

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;
use server::{
    Hello, Server, alert, certificate, flight, flight_with, message, record, retry, send, server_hello,
    speaks,
};
use site::{Site, page};
use support::Place;

const TLS10: u16 = 0x0301;
const TLS12: u16 = 0x0303;

/// The facts of one server, as the binary prints them, with its exit code.
fn probe(server: &Server, more: &[&str]) -> (Value, i32) {
    probe_port(&Place::new(), server.port, more)
}

fn probe_port(place: &Place, port: u16, more: &[&str]) -> (Value, i32) {
    let url = format!("https://localhost:{port}");
    let pin = format!("localhost:{port}:127.0.0.1");
    let mut args = vec![
        "probe",
        &url,
        "--authorized-by",
        "責任者",
        "--json",
        "--resolve",
        &pin,
        "--probes",
        "tls,certificate",
        "--transcript",
        replay::FILE,
    ];
    args.extend(more);
    let run = place.run(&args);
    let json: Value = serde_json::from_str(&run.out()).unwrap_or_else(|_| panic!("{}", run.err()));
    assert!(replay::holds(place, &json, &[]) > 0, "nothing was compared");
    (json["targets"][0].clone(), run.code())
}

fn facts(server: &Server) -> Value {
    probe(server, &[]).0["facts"].clone()
}

fn value<'a>(facts: &'a Value, key: &str) -> &'a Value {
    facts[key].get("value").unwrap_or_else(|| panic!("{key}: {}", facts[key]))
}

fn unknown(facts: &Value, key: &str) -> String {
    facts[key]["unknown"]["en"].as_str().unwrap_or_else(|| panic!("{key}: {}", facts[key])).to_owned()
}

#[test]
fn an_old_server_shows_its_version_and_suites_in_its_own_order() {
    const SUITES: &[u16] = &[0x000a, 0xc014, 0x0035, 0xc013, 0x002f, 0x0005];
    let server = Server::run(speaks(TLS10, SUITES, &[0x18, 0x17], true, vec![b"no certificate".to_vec()]));
    let facts = facts(&server);
    assert_eq!(*value(&facts, "tls.versions"), serde_json::json!(["TLS1.0"]));
    let names: Vec<&str> =
        value(&facts, "tls.suites.tls1_0").as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let wanted = [
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        "TLS_RSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        "TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_RSA_WITH_RC4_128_SHA",
    ];
    assert_eq!(names, wanted);
    assert_eq!(*value(&facts, "tls.suites.tls1_2"), serde_json::json!([]));
    let mut groups: Vec<&str> =
        value(&facts, "tls.groups").as_array().unwrap().iter().filter_map(Value::as_str).collect();
    groups.sort_unstable();
    assert_eq!(groups, ["secp256r1", "secp384r1"]);
    assert_eq!(*value(&facts, "tls.forward_secrecy"), "sometimes");
    assert_eq!(*value(&facts, "tls.secure_renegotiation"), true);
    assert!(unknown(&facts, "certificate.trusted").contains("cannot be read"));
}

#[test]
fn whose_order_counts_is_told_apart() {
    const SUITES: &[u16] = &[0x009c, 0xc02f, 0xc030, 0xc014];
    for by_own_list in [true, false] {
        let server = Server::run(speaks(TLS12, SUITES, &[0x17], by_own_list, vec![vec![1]]));
        let facts = facts(&server);
        assert_eq!(*value(&facts, "tls.server_order.tls1_2"), by_own_list);
        let names = value(&facts, "tls.suites.tls1_2").as_array().unwrap();
        assert_eq!(names.len(), 4);
        if by_own_list {
            assert_eq!(names[0], "TLS_RSA_WITH_AES_128_GCM_SHA256");
            assert_eq!(names[3], "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA");
        }
    }
}

#[test]
fn the_protocols_of_a_server_with_tls_1_3_alone_are_seen() {
    for protocols in [&["h2", "http/1.1"][..], &["http/1.1", "h2"], &["http/1.1"], &["h2"], &[]] {
        let site = Site::modern(protocols, |_| page(200, &[], ""));
        let facts = probe_port(&Place::new(), site.port, &[]).0["facts"].clone();
        let mut agreed: Vec<&Value> = value(&facts, "tls.alpn").as_array().into_iter().flatten().collect();
        agreed.sort_by_key(|name| name.to_string());
        let mut offered = protocols.to_vec();
        offered.sort_unstable();
        assert_eq!(agreed, offered, "{protocols:?}");
        // A server that speaks nothing but h2 has shown its certificate all the same, and heard no HTTP/1.1.
        assert_eq!(*value(&facts, "certificate.key"), "EC-P-256", "{protocols:?}");
        assert_eq!(*value(&facts, "tls.client_certificate"), "none", "{protocols:?}");
        assert_eq!(site.asked().is_empty(), protocols == ["h2"], "{protocols:?}");
    }
}

#[test]
fn a_protocol_that_could_not_be_asked_for_is_unknown() {
    let site = Site::modern(&["h2", "http/1.1"], |_| page(200, &[], ""));
    let place = Place::new();
    probe_port(&place, site.port, &[]);
    let mut file: Value = serde_json::from_str(&place.read(replay::FILE)).unwrap();
    let shaken = file["transcripts"][0]["handshakes"].as_array_mut().unwrap();
    shaken.retain(|one| one["question"] != "h2");
    place.write("short.json", file.to_string());
    let run = place.run(&["probe", "--replay", "short.json", "--json"]);
    let json: Value = serde_json::from_str(&run.out()).unwrap();
    let why = unknown(&json["targets"][0]["facts"], "tls.alpn");
    assert!(why.contains("Whether h2 is spoken") && why.contains("http/1.1"), "{why}");
}

/// Which of the suites that both know a server picks; they come in the client's order.
type Choice = fn(&[u16]) -> u16;

#[test]
fn every_suite_is_found_whatever_the_server_prefers() {
    const SUITES: [u16; 12] =
        [0xc02f, 0xc030, 0xcca8, 0xc013, 0xc014, 0xc027, 0x009c, 0x009d, 0x002f, 0x0035, 0x003c, 0x000a];
    let choices: [(&str, Choice); 4] = [
        ("the client's order", |shared| shared[0]),
        // Two groups, and within each the client's order.
        ("equal preference", |shared| {
            shared.iter().copied().find(|suite| *suite > 0xc000).unwrap_or(shared[0])
        }),
        ("neither end", |shared| shared[shared.len() / 2]),
        ("the last", |shared| shared[shared.len() - 1]),
    ];
    for (name, choose) in choices {
        let server = Server::run(move |hello: Hello, stream: &mut TcpStream| {
            let shared: Vec<u16> =
                hello.suites.iter().copied().filter(|suite| SUITES.contains(suite)).collect();
            match hello.version == TLS12 && !hello.is_modern && !shared.is_empty() {
                true => send(stream, &flight(TLS12, choose(&shared), Some(0x17), &[&[1]])),
                false => send(stream, &alert(40)),
            }
        });
        let facts = facts(&server);
        assert_eq!(value(&facts, "tls.suites.tls1_2").as_array().unwrap().len(), SUITES.len(), "{name}");
        assert!(server.connections() < 90, "{name}: {}", server.connections());
        let order = &facts["tls.server_order.tls1_2"];
        match name {
            "the client's order" => assert_eq!(order["value"], false),
            "equal preference" => assert!(unknown(&facts, "tls.server_order.tls1_2").contains("in part")),
            _ => {}
        }
    }
}

/// Answers every TLS 1.2 hello with the one suite it has, over a finite field with this prime.
fn with_prime(prime: Vec<u8>) -> Server {
    const SUITE: u16 = 0x009e;
    Server::run(move |hello: Hello, stream: &mut TcpStream| {
        let length = u16::try_from(prime.len()).unwrap().to_be_bytes();
        let exchange = [&length[..], &prime, &[0, 1, 2, 0, 1, 4]].concat();
        match hello.version == TLS12 && !hello.is_modern && hello.suites.contains(&SUITE) {
            true => send(stream, &flight_with(TLS12, SUITE, Some(&exchange), &[&[1]])),
            false => send(stream, &alert(40)),
        }
    })
}

/// Whoever has chosen it does not hide it behind an answer that cannot be read.
#[test]
fn a_composite_number_is_found_whatever_is_unknown_of_others() {
    const ANONYMOUS: u16 = 0x00a6;
    let composite = vec![0xff; 130];
    let server = Server::run(move |hello: Hello, stream: &mut TcpStream| {
        let exchange = |prime: &[u8]| {
            let length = u16::try_from(prime.len()).unwrap().to_be_bytes();
            [&length[..], prime, &[0, 1, 2, 0, 1, 4]].concat()
        };
        let takes = |suite: u16| hello.version == TLS12 && !hello.is_modern && hello.suites.contains(&suite);
        match () {
            () if takes(0x009e) => {
                send(stream, &flight_with(TLS12, 0x009e, Some(&exchange(&composite)), &[&[1]]))
            }
            () if takes(ANONYMOUS) => {
                send(stream, &flight_with(TLS12, ANONYMOUS, Some(&exchange(&[0; 128])), &[]))
            }
            () => send(stream, &alert(40)),
        }
    });
    let facts = facts(&server);
    assert_eq!(*value(&facts, "tls.dh_modulus"), serde_json::json!(["composite"]));
    unknown(&facts, "tls.dh_bits");
}

#[test]
fn a_number_that_is_no_prime_is_found_out() {
    // 2^521 - 1 is a prime and half of the number before it is not; 2^523 - 1 is none.
    let mersenne =
        |bits: usize| [&[(1_u16 << (bits % 8)).wrapping_sub(1) as u8][..], &vec![0xff; bits / 8]].concat();
    for (prime, bits, words) in [(mersenne(521), 521, "prime"), (mersenne(523), 523, "composite")] {
        let facts = facts(&with_prime(prime));
        assert_eq!(*value(&facts, "tls.dh_bits"), bits);
        assert_eq!(*value(&facts, "tls.dh_prime"), serde_json::json!(["unnamed"]));
        assert_eq!(*value(&facts, "tls.dh_modulus"), serde_json::json!([words]));
    }
    let facts = facts(&with_prime(vec![0xff; 2000]));
    assert_eq!(*value(&facts, "tls.dh_bits"), 16_000);
    assert!(unknown(&facts, "tls.dh_modulus").contains("4096 bits"));
}

/// A transcript says for which numbers there was no time, so that a slower and a faster computer come to the
/// same facts again.
#[test]
fn a_number_that_was_not_worked_out_then_is_not_worked_out_again() {
    let server = with_prime(vec![0xff; 129]);
    let place = Place::new();
    let (target, _) = probe_port(&place, server.port, &[]);
    assert_eq!(*value(&target["facts"], "tls.dh_modulus"), serde_json::json!(["composite"]));
    let mut kept: Value = serde_json::from_str(&place.read(replay::FILE)).unwrap();
    let again = |kept: &Value| {
        place.write("again.json", kept.to_string());
        let run = place.run(&["probe", "--replay", "again.json", "--json"]);
        let json: Value = serde_json::from_str(&run.out()).unwrap_or_else(|_| panic!("{}", run.err()));
        json["targets"][0]["facts"].clone()
    };
    assert_eq!(*value(&again(&kept), "tls.dh_modulus"), serde_json::json!(["composite"]));
    kept["transcripts"][0]["unworked"] = serde_json::json!(["ff".repeat(129)]);
    let facts = again(&kept);
    unknown(&facts, "tls.dh_modulus");
    assert_eq!(*value(&facts, "tls.dh_bits"), 1032);
}

#[test]
fn a_server_with_only_post_quantum_groups_is_seen() {
    let server = Server::run(|hello: Hello, stream: &mut TcpStream| {
        match (hello.is_modern, hello.groups.contains(&0x11ec), hello.suites.contains(&0x1302)) {
            (true, true, true) => send(stream, &retry(0x1302, 0x11ec)),
            _ => send(stream, &alert(40)),
        }
    });
    let facts = facts(&server);
    assert_eq!(*value(&facts, "tls.versions"), serde_json::json!(["TLS1.3"]));
    assert_eq!(*value(&facts, "tls.groups"), serde_json::json!(["X25519MLKEM768"]));
    assert_eq!(*value(&facts, "tls.suites.tls1_3"), serde_json::json!(["TLS_AES_256_GCM_SHA384"]));
    // It has nothing more to say once it has been asked for its own group.
    assert!(unknown(&facts, "certificate.trusted").contains("closed the connection"));
}

#[test]
fn the_certificate_behind_a_post_quantum_exchange_is_seen() {
    let site = Site::of_groups(vec![&lattice::X25519MlKem768], |_| page(200, &[], ""));
    let facts = probe_port(&Place::new(), site.port, &[]).0["facts"].clone();
    assert_eq!(*value(&facts, "tls.versions"), serde_json::json!(["TLS1.3"]));
    assert_eq!(*value(&facts, "tls.groups"), serde_json::json!(["X25519MLKEM768"]));
    assert_eq!(*value(&facts, "certificate.key"), "EC-P-256");
    assert_eq!(*value(&facts, "tls.client_certificate"), "none");
    assert_eq!(*value(&facts, "tls.unknown_name"), "same_certificate");
    assert_eq!(*value(&facts, "tls.session_resumption"), true);
}

/// What a hostile server does with one connection.
type Script = Box<dyn Fn(Hello, &mut TcpStream) + Send + Sync>;

/// Each ends in time, with exit code 3 and a reason; no value is made up.
fn nothing_follows(name: &str, script: Script, words: &str) {
    let server = Server::run(script);
    let (target, code) = probe(&server, &["--timeout", "8"]);
    assert_eq!(code, 3, "{name}: {target}");
    for (key, look) in target["facts"].as_object().unwrap() {
        assert!(look.get("value").is_none(), "{name}: {key} {look}");
    }
    let why = unknown(&target["facts"], "tls.versions");
    assert!(why.contains(words), "{name}: {why}");
    assert!(server.connections() < 120, "{name}: {} connections", server.connections());
}

#[test]
fn hostile_servers_end_in_a_reason_and_never_in_a_value() {
    let wait = |_: Hello, _: &mut TcpStream| std::thread::sleep(Duration::from_secs(30));
    let endless = |_: Hello, stream: &mut TcpStream| {
        let part = record(22, &[0; 4]);
        while stream.write_all(&part).is_ok() {}
    };
    let drip = |_: Hello, stream: &mut TcpStream| {
        for byte in flight(TLS12, 0xc02f, Some(0x17), &[&[1]]) {
            std::thread::sleep(Duration::from_secs(1));
            if stream.write_all(&[byte]).is_err() {
                return;
            }
        }
    };
    let huge = |_: Hello, stream: &mut TcpStream| {
        let big = vec![0; 1 << 20];
        send(stream, &flight(TLS12, 0xc02f, None, &[&big]));
    };
    let long =
        |_: Hello, stream: &mut TcpStream| send(stream, &[&[22, 3, 3, 0x40, 1][..], &[0; 16_385]].concat());
    let bad = |_: Hello, stream: &mut TcpStream| send(stream, &record(22, &message(2, &[3, 3, 7])));
    let not_offered = |_: Hello, stream: &mut TcpStream| send(stream, &flight(TLS12, 0x0a0b, None, &[&[1]]));
    let newer = |_: Hello, stream: &mut TcpStream| send(stream, &flight(0x0399, 0xc02f, None, &[&[1]]));
    let cases: Vec<(&str, Script, &str)> = vec![
        ("silent", Box::new(wait), "time"),
        ("closes at once", Box::new(|_, _| ()), "closed the connection"),
        (
            "plain HTTP",
            Box::new(|_, stream| send(stream, b"HTTP/1.1 400 Bad Request\r\n\r\n")),
            "does not speak TLS",
        ),
        ("SSH", Box::new(|_, stream| send(stream, b"SSH-2.0-OpenSSH_9.2\r\n")), "does not speak TLS"),
        ("garbage", Box::new(|_, stream| send(stream, &[0x5a; 300])), "does not speak TLS"),
        ("without end", Box::new(endless), "too long"),
        ("a byte a second", Box::new(drip), "time"),
        ("a long record", Box::new(long), "longer than allowed"),
        ("a certificate of 1 MB", Box::new(huge), "too long"),
        ("a malformed hello", Box::new(bad), "malformed"),
        ("a suite not offered", Box::new(not_offered), "not offered"),
        ("a version not offered", Box::new(newer), "not offered"),
        ("always the same alert", Box::new(|_, stream| send(stream, &alert(80))), "no version at all"),
    ];
    std::thread::scope(|scope| {
        for (name, script, words) in cases {
            scope.spawn(move || nothing_follows(name, script, words));
        }
    });
}

#[test]
fn every_alert_is_a_refusal_or_a_reason_and_nothing_else() {
    for code in [0, 10, 40, 47, 50, 70, 71, 80, 86, 90, 112, 116, 120, 255] {
        let server = Server::run(move |_, stream| send(stream, &alert(code)));
        let (target, exit) = probe(&server, &[]);
        assert_eq!(exit, 3, "{code}");
        assert!(target["facts"]["tls.versions"].get("unknown").is_some(), "{code}");
    }
}

#[test]
fn a_reset_of_one_version_is_unknown_and_not_refused() {
    let inner = speaks(TLS12, &[0xc02f], &[0x17], true, vec![vec![1]]);
    let server = Server::run(move |hello: Hello, stream: &mut TcpStream| {
        if hello.version == TLS10 && !hello.is_modern {
            // Closing with something unread tears the connection down.
            send(stream, &[]);
            let _ = socket_reset(stream);
        } else {
            inner(hello, stream);
        }
    });
    let facts = facts(&server);
    let why = unknown(&facts, "tls.versions");
    assert!(why.contains("TLS1.0") && why.contains("TLS1.2") && why.contains("torn down"), "{why}");
    assert_eq!(
        *value(&facts, "tls.suites.tls1_2"),
        serde_json::json!(["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"])
    );
}

/// Ends a connection with a reset.
fn socket_reset(stream: &TcpStream) -> std::io::Result<()> {
    let socket = socket2::SockRef::from(stream);
    socket.set_linger(Some(Duration::ZERO))
}

#[test]
fn a_server_that_closes_where_others_alert_has_refused() {
    let inner = speaks(TLS12, &[0xc02f], &[0x17], true, vec![vec![1]]);
    let server = Server::run(move |hello: Hello, stream: &mut TcpStream| {
        if hello.version >= TLS12 && !hello.is_modern {
            inner(hello, stream);
        }
    });
    assert_eq!(*value(&facts(&server), "tls.versions"), serde_json::json!(["TLS1.2"]));
}

#[test]
fn a_server_that_turns_connections_away_is_measured_more_slowly() {
    let inner = speaks(TLS12, &[0xc02f, 0xc030], &[0x17], true, vec![vec![1]]);
    let server = Server::run(move |hello: Hello, stream: &mut TcpStream| {
        if hello.number % 5 == 4 {
            let _ = socket_reset(stream);
        } else {
            inner(hello, stream);
        }
    });
    let (target, code) = probe(&server, &[]);
    assert_eq!(code, 0);
    assert_eq!(*value(&target["facts"], "tls.versions"), serde_json::json!(["TLS1.2"]));
    assert_eq!(value(&target["facts"], "tls.suites.tls1_2").as_array().unwrap().len(), 2);
    assert!(target["remarks"][0]["en"].as_str().unwrap().contains("more slowly"), "{}", target["remarks"]);
}

#[test]
fn a_server_that_cannot_take_a_long_hello_is_asked_with_a_short_one() {
    let inner = speaks(TLS12, &[0xc02f, 0x009c, 0x0035], &[0x1d], true, vec![vec![1]]);
    let server = Server::run(move |hello: Hello, stream: &mut TcpStream| {
        if hello.length <= 255 {
            inner(hello, stream);
        }
    });
    let facts = facts(&server);
    assert_eq!(*value(&facts, "tls.versions"), serde_json::json!(["TLS1.2"]));
    assert_eq!(value(&facts, "tls.suites.tls1_2").as_array().unwrap().len(), 3);
    assert_eq!(*value(&facts, "tls.intolerance"), serde_json::json!(["long_hello"]));
}

#[test]
fn a_server_that_cannot_take_unknown_values_is_asked_without_them() {
    let inner = speaks(TLS12, &[0xc02f, 0x009c, 0x0035], &[0x1d], true, vec![vec![1]]);
    let server = Server::run(move |hello: Hello, stream: &mut TcpStream| {
        if !hello.groups.contains(&0x5a5a) {
            inner(hello, stream);
        }
    });
    let facts = facts(&server);
    assert_eq!(*value(&facts, "tls.versions"), serde_json::json!(["TLS1.2"]));
    assert_eq!(value(&facts, "tls.suites.tls1_2").as_array().unwrap().len(), 3);
    assert_eq!(*value(&facts, "tls.intolerance"), serde_json::json!(["unknown_values"]));
}

#[test]
fn fragments_packed_messages_and_warnings_change_nothing() {
    let chain = vec![b"one".to_vec(), b"two".to_vec()];
    let whole = speaks(TLS12, &[0xc02f, 0xc030], &[0x17], true, chain);
    let server = Server::run(move |hello: Hello, stream: &mut TcpStream| {
        if hello.is_modern || hello.version < TLS12 || !hello.suites.contains(&0xc02f) {
            return whole(hello, stream);
        }
        let mut messages = server_hello(TLS12, 0xc02f);
        messages.extend(certificate(&[b"one", b"two"]));
        messages.extend(message(12, &[3, 0, 0x17, 1, 4]));
        messages.extend(message(14, &[]));
        send(stream, &record(21, &[1, 112]));
        for part in messages.chunks(3) {
            send(stream, &record(22, part));
        }
    });
    let facts = facts(&server);
    assert_eq!(value(&facts, "tls.suites.tls1_2").as_array().unwrap().len(), 2);
}

#[test]
fn a_transcript_comes_to_the_same_facts_again() {
    let server = Server::run(speaks(TLS10, &[0x0035, 0xc014, 0x0005], &[0x17], true, vec![vec![1]]));
    let place = Place::new();
    let url = format!("https://localhost:{}", server.port);
    let pin = format!("localhost:{}:127.0.0.1", server.port);
    let live = place.run(&[
        "probe",
        &url,
        "--authorized-by",
        "責任者",
        "--json",
        "--resolve",
        &pin,
        "--probes",
        "tls,certificate",
        "--transcript",
        "t.json",
    ]);
    let asked = server.connections();
    let again = place.run(&["probe", "--replay", "t.json", "--json"]);
    assert_eq!(server.connections(), asked, "nothing is contacted");
    let read = |text: String| -> Value { serde_json::from_str(&text).unwrap() };
    let (live, again) = (read(live.out()), read(again.out()));
    for (key, look) in live["targets"][0]["facts"].as_object().unwrap() {
        let other = &again["targets"][0]["facts"][key];
        assert_eq!((&look["value"], &look["unknown"]), (&other["value"], &other["unknown"]), "{key}");
    }
    let schema = read(place.run(&["schema", "transcript"]).out());
    let file = read(place.read("t.json"));
    assert!(jsonschema::is_valid(&schema, &file));
    let mut older = file.clone();
    older["schema"] = serde_json::json!("tenken.transcript/1");
    for newer in ["tool", "probes"] {
        older["transcripts"][0].as_object_mut().unwrap().remove(newer);
    }
    place.write("older.json", older.to_string());
    let older = read(place.run(&["probe", "--replay", "older.json", "--json"]).out());
    assert_eq!(
        older["targets"][0]["facts"]["tls.versions"]["value"],
        live["targets"][0]["facts"]["tls.versions"]["value"]
    );
    place.write("newer.json", file.to_string().replace("tenken.transcript/2", "tenken.transcript/3"));
    assert_eq!(place.run(&["probe", "--replay", "newer.json"]).code(), 2);
    let mut short = file;
    short["transcripts"][0]["exchanges"] = serde_json::json!([]);
    place.write("short.json", short.to_string());
    let run = place.run(&["probe", "--replay", "short.json"]);
    assert_eq!(run.code(), 3, "what is missing from a transcript is unknown");
}

// Only Linux has more than one address on loopback without being asked.
#[cfg(target_os = "linux")]
#[test]
fn every_address_of_a_name_is_measured_and_differences_are_named() {
    let new = Server::run(speaks(TLS12, &[0xc02f], &[0x17], true, vec![vec![1]]));
    let old =
        Server::at(&format!("127.0.0.2:{}", new.port), speaks(TLS10, &[0x0035], &[], true, vec![vec![1]]));
    let place = Place::new();
    let url = format!("https://localhost:{}", new.port);
    let pins = ["127.0.0.1", "127.0.0.2"].map(|address| format!("localhost:{}:{address}", new.port));
    let args = ["probe", &url, "--authorized-by", "責任者", "--resolve", &pins[0], "--resolve", &pins[1]];
    let json: Value = serde_json::from_str(&place.run(&[&args[..], &["--json"]].concat()).out()).unwrap();
    let all = json["targets"].as_array().unwrap();
    // What is said of the name stands by itself.
    let (of_addresses, of_name): (Vec<&Value>, Vec<&Value>) =
        all.iter().partition(|one| one["addresses"].get(0).is_some());
    let versions: Vec<(&Value, &Value)> = of_addresses
        .iter()
        .map(|one| (&one["addresses"][0], &one["facts"]["tls.versions"]["value"][0]))
        .collect();
    let of_name: Vec<&String> =
        of_name.iter().flat_map(|one| one["facts"].as_object().unwrap().keys()).collect();
    assert!(!of_name.is_empty());
    assert!(of_name.iter().all(|key| key.starts_with("dns.") || key.starts_with("domain.")), "{of_name:?}");
    assert_eq!(versions, [(&"127.0.0.1".into(), &"TLS1.2".into()), (&"127.0.0.2".into(), &"TLS1.0".into())]);
    let remark = json["targets"][0]["remarks"][0]["en"].as_str().unwrap();
    assert!(remark.contains("tls.versions"), "{remark}");
    let page = place.run(&[&args[..], &["--lang", "en"]].concat()).out();
    assert!(page.contains("[127.0.0.1] TLS1.2") && page.contains("[127.0.0.2] TLS1.0"), "{page}");
    assert!(old.connections() > 0);
}

/// Windows gives a program one MiB; what is not optimised takes several times as much as what is.
#[cfg(target_os = "linux")]
#[test]
fn measuring_fits_into_a_small_stack() {
    let site = Site::run(|_| page(200, &[], ""));
    let run = std::process::Command::new("sh")
        .args(["-c", r#"ulimit -s 2048 && exec "$0" "$@""#, env!("CARGO_BIN_EXE_tenken"), "probe"])
        .arg(format!("https://localhost:{}", site.port))
        .args(["--authorized-by", "責任者", "--json", "--probes", "tls,certificate,http,mfa,exposure"])
        .args(["--resolve", &format!("localhost:{}:127.0.0.1", site.port)])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn nothing_is_contacted_without_a_name() {
    let server = Server::run(|_, _| ());
    let place = Place::new();
    let url = format!("https://127.0.0.1:{}", server.port);
    for args in [&["probe", &url][..], &["probe", &url, "--authorized-by", " "]] {
        let run = place.run(args);
        assert_eq!(run.code(), 2, "{args:?}");
    }
    place.write("tenken.yaml", format!("{}targets: [{{url: \"{url}\"}}]\n", support::CLINIC));
    place.write("answers.yaml", support::all_yes());
    place.run(&["audit"]);
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_audit_measures_its_targets_and_keeps_the_transcript() {
    let server = Server::run(speaks(TLS10, &[0x0035], &[], true, vec![vec![1]]));
    let place = Place::new();
    let url = format!("https://127.0.0.1:{}", server.port);
    place.write(
        "tenken.yaml",
        format!("subject: {{name: x, kind: vendor}}\nchecklists: [vendor-138]\ntargets: [{{url: \"{url}\", authorized_by: 責任者}}]\n"),
    );
    place.write(
        "answers.yaml",
        "answers:\n  vendor-138/44: {status: yes, evidence: [{document: d, page: \"1\"}]}\n",
    );
    let run = place.run(&["audit", "--format", "json"]);
    assert_eq!(run.code(), 1, "{}", run.err());
    let json: Value = serde_json::from_str(&run.out()).unwrap();
    let item = json["items"].as_array().unwrap().iter().find(|item| item["item"] == "vendor-138/44").unwrap();
    assert_eq!(item["conflict"], "refuted");
    assert!(place.files().iter().any(|file| file.starts_with("results/transcripts/")), "{:?}", place.files());
    let asked = server.connections();
    place.run(&["audit", "--no-probe"]);
    place.run(&["audit", "--at", "2026-11-20"]);
    assert_eq!(server.connections(), asked);
}

/// With more targets than are measured at once, so that some are never asked.
#[test]
fn the_time_for_all_targets_together_ends_the_run() {
    let silent = |_: Hello, _: &mut TcpStream| std::thread::sleep(Duration::from_secs(20));
    let servers: Vec<Server> = (0..30).map(|_| Server::run(silent)).collect();
    let urls: Vec<String> = servers.iter().map(|one| format!("https://127.0.0.1:{}", one.port)).collect();
    let mut args = vec!["probe", "--authorized-by", "責任者", "--json", "--probes", "tls", "--timeout", "60"];
    args.extend(["--timeout-all", "2"]);
    args.extend(urls.iter().map(String::as_str));
    let run = Place::new().run(&args);
    assert_eq!(run.code(), 3, "{}", run.err());
    let json: Value = serde_json::from_str(&run.out()).unwrap();
    let targets = json["targets"].as_array().unwrap();
    assert_eq!(targets.len(), urls.len());
    for target in targets {
        assert!(unknown(&target["facts"], "tls.versions").contains("all targets together"), "{target}");
    }
    assert!(servers.iter().any(|one| one.connections() == 0));
}

/// Whoever cannot reach anything reads why once, and not sixty times.
#[test]
fn facts_that_are_unknown_for_one_reason_stand_together() {
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let args = ["--authorized-by", "責任者", "--probes", "tls,certificate,http,mfa", "--lang", "en"];
    let run = Place::new().run(&[&["probe", &format!("https://{dead}")], &args[..]].concat());
    let said = run.out().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(said.matches("The connection was refused").count(), 2, "{said}");
    assert!(said.contains("facts are unknown. The connection was refused: nothing listens there."), "{said}");
    for label in ["TLS versions the server accepts", "certificate is trusted", "security.txt", "HSTS max-age"]
    {
        assert_eq!(
            said.matches(label).count(),
            if label.starts_with("TLS v") { 2 } else { 1 },
            "{label}: {said}"
        );
    }
    assert!(!said.contains('…'), "{said}");
    assert_eq!(run.code(), 3);
}

#[test]
fn the_deadline_holds_for_the_whole_target() {
    let server = Server::run(|_, stream: &mut TcpStream| {
        std::thread::sleep(Duration::from_secs(3));
        send(stream, &alert(40));
    });
    let began = Instant::now();
    let (_, code) = probe(&server, &["--timeout", "4", "--connections", "1"]);
    assert_eq!(code, 3);
    // No figure of speed: without the deadline this takes more than half a minute.
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn every_fact_of_the_probes_is_made_by_them() {
    use tenken::load::catalog::{self, Folders, Wanted};
    let catalog = catalog::load(&Folders::default(), &Wanted::All, &Default::default()).unwrap();
    let server = Server::run(speaks(TLS12, &[0xc02f], &[0x17], true, vec![vec![1]]));
    let facts = facts(&server);
    let registered: Vec<&String> = catalog
        .registry
        .0
        .values()
        .filter(|fact| ["tls", "certificate"].contains(&fact.probe.as_str()))
        .map(|fact| &fact.key)
        .collect();
    assert!(registered.len() > 30);
    for key in &registered {
        assert!(facts.get(key.as_str()).is_some(), "{key} is registered, and no probe makes it");
    }
    assert_eq!(facts.as_object().unwrap().len(), registered.len());
}
