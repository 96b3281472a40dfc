//! Files that show a sign-in: tokens whose issuer signed them and others, recordings, metadata. What
//! they hold is never shown, and nobody is asked for keys who was not named.

#[path = "support/replay.rs"]
mod replay;
#[path = "support/site.rs"]
mod site;
mod support;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use site::{Site, page};
use support::Place;

/// An issuer with its key.
struct Issuer {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl Issuer {
    fn new() -> Issuer {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random);
        Issuer { key: key.unwrap(), random }
    }

    fn keys(&self) -> String {
        let point = self.key.public_key().as_ref();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (x, y) = (part(&point[1..33]), part(&point[33..]));
        json!({"keys": [{"kty": "other"}, 7, {"kty": "EC", "crv": "P-256", "kid": "k", "x": x, "y": y}]})
            .to_string()
    }

    fn token(&self, claims: &Value) -> String {
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"k"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.key.sign(&self.random, signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A system that publishes these keys, and says so where `is_open`.
fn system(keys: String, is_open: bool) -> Site {
    Site::run(move |asked| {
        let host = asked.head.split("host: ").nth(1).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let document = json!({"issuer": "x", "jwks_uri": format!("https://{}/keys", host.trim())});
        match asked.path.as_str() {
            "/" => page(200, &[], "<title>x</title>"),
            "/.well-known/openid-configuration" if is_open => page(200, &[], &document.to_string()),
            "/keys" => page(200, &[], &keys),
            _ => page(404, &[], ""),
        }
    })
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn claims(site: &Site, methods: &[&str], at: i64) -> Value {
    json!({"iss": format!("https://localhost:{}", site.port), "sub": "secret-subject", "amr": methods, "auth_time": at})
}

/// What is known of the second factor, and everything that was said.
fn probe(site: &Site, place: &Place, more: &[&str]) -> (Value, Value, String) {
    let (url, pin) =
        (format!("https://localhost:{}", site.port), format!("localhost:{}:127.0.0.1", site.port));
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/localhost_root.pem");
    let mut args =
        vec!["probe", &url, "--authorized-by", "責任者", "--resolve", &pin, "--probes", "mfa", "--json"];
    if !more.contains(&"--ca") {
        args.extend(["--ca", root]);
    }
    args.extend(["--transcript", replay::FILE]);
    let run = place.run(&[&args[..], more].concat());
    let json: Value = serde_json::from_str(&run.out()).unwrap_or_else(|_| panic!("{}", run.err()));
    assert_eq!(replay::holds(place, &json, &[]), 3);
    let target = &json["targets"][0];
    let facts = &target["facts"];
    let said = run.out() + &run.err() + &place.read(replay::FILE);
    (facts["mfa.level"].clone(), facts["mfa.observations"].clone(), said)
}

fn with_token(site: &Site, token: &str, with_issuer: bool) -> (Value, Value, String) {
    let place = Place::new();
    place.write("token.txt", token);
    let issuer = format!("https://localhost:{}", site.port);
    let issuer = if with_issuer { vec!["--issuer", &issuer] } else { Vec::new() };
    let seen = probe(site, &place, &[&["--id-token", "token.txt"][..], &issuer].concat());
    for secret in [token, token.rsplit('.').next().unwrap().trim(), "secret-subject"] {
        assert!(secret.is_empty() || !seen.2.contains(secret), "{}", seen.2);
    }
    seen
}

#[test]
fn a_token_counts_as_seen_only_where_its_issuer_signed_it() {
    let (issuer, stranger) = (Issuer::new(), Issuer::new());
    let site = system(issuer.keys(), true);
    let two = claims(&site, &["pwd", "otp"], now());
    let (level, seen, said) = with_token(&site, &issuer.token(&two), true);
    assert_eq!((&level["value"], &seen["value"]), (&json!(4), &json!(["token_several_factors"])), "{said}");
    let (level, seen, _) = with_token(&site, &issuer.token(&claims(&site, &["pwd"], now())), true);
    assert_eq!((&level["value"], &seen["value"]), (&json!(0), &json!(["token_one_factor"])));
    let (level, _, said) = with_token(&site, &stranger.token(&two), true);
    assert_eq!(level["value"], 0, "{said}");
    assert!(said.contains("not signed by its issuer"), "{said}");
    let unsigned = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
        URL_SAFE_NO_PAD.encode(two.to_string())
    );
    let (level, _, said) = with_token(&site, &unsigned, true);
    assert_eq!(level["value"], 0, "{said}");
    let (level, seen, _) = with_token(&site, &issuer.token(&two), false);
    assert_eq!((&level["value"], &seen["value"]), (&json!(3), &json!(["document_named"])), "nobody to ask");
    let other = json!({"iss": "https://id.example.jp", "amr": ["mfa"], "iat": now()});
    let (level, _, said) = with_token(&site, &issuer.token(&other), true);
    assert_eq!(level["value"], 3, "{said}");
    let old = claims(&site, &["mfa"], now() - 400 * 86_400);
    let (level, _, said) = with_token(&site, &issuer.token(&old), true);
    assert_eq!(level["value"], 0, "{said}");
}

#[test]
fn an_issuer_that_cannot_be_read_leaves_the_fact_unknown() {
    let site = system(String::new(), false);
    let issuer = format!("https://localhost:{}", site.port);
    let (level, seen, _) = probe(&site, &Place::new(), &["--issuer", &issuer]);
    assert!(level["unknown"]["en"].as_str().unwrap().contains("404"), "{level}");
    assert!(seen.get("unknown").is_some(), "{seen}");
}

#[test]
fn keys_at_a_host_that_nobody_named_are_not_fetched() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    let port = other.local_addr().unwrap().port();
    let issuer = Issuer::new();
    let site = Site::run(move |asked| match asked.path.as_str() {
        "/.well-known/openid-configuration" => {
            page(200, &[], &json!({"jwks_uri": format!("https://localhost:{port}/keys")}).to_string())
        }
        _ => page(200, &[], "<title>x</title>"),
    });
    let (level, _, said) = with_token(&site, &issuer.token(&claims(&site, &["mfa"], now())), true);
    assert!(other.accept().is_err(), "somebody came");
    assert_eq!(level["value"], 3, "{said}");
}

fn recording(port: u16, requests: &[(&str, u16)]) -> String {
    let at = jiff::Timestamp::now().to_string();
    let entry = |(text, status): &(&str, u16)| {
        json!({
            "startedDateTime": at,
            "request": {"method": "POST", "url": format!("https://localhost:{port}/login"),
                "headers": [{"name": "Cookie", "value": "secret-cookie"}], "postData": {"mimeType": "x", "text": text}},
            "response": {"status": status},
        })
    };
    json!({"log": {"entries": requests.iter().map(entry).collect::<Vec<_>>()}}).to_string()
}

#[test]
fn recordings_and_metadata_are_read_from_the_workspace_and_their_secrets_are_not_kept() {
    let site = system(String::new(), false);
    let place = Place::new();
    let password = ("user=a&password=secret-password", 302);
    let run = |har: &str| {
        place.write("evidence/sign-in.har", har);
        place.write(
            "tenken.yaml",
            format!(
                "subject: {{name: x, kind: vendor}}\nchecklists: [vendor-138]\ntargets:\n  - url: https://localhost:{}\n    \
                 authorized_by: 責任者\n    sign_in: {{har: evidence/sign-in.har, saml: evidence/idp.xml}}\n",
                site.port
            ),
        );
        place.write(
            "evidence/idp.xml",
            "<md:EntityDescriptor><a:AttributeValue>https://refeds.org/profile/mfa</a:AttributeValue></md:EntityDescriptor>",
        );
        let run = place.run(&["audit", "--format", "json", "--probes", "mfa"]);
        let json: Value = serde_json::from_slice(run.raw_out()).unwrap_or_else(|_| panic!("{}", run.err()));
        let kept: String = place
            .files()
            .iter()
            .filter(|file| file.starts_with("results/"))
            .map(|file| place.read(file))
            .collect();
        for secret in ["secret-password", "secret-cookie", "424242"] {
            assert!(!(run.out() + &run.err() + &kept).contains(secret));
        }
        let facts = json["facts"].as_array().unwrap().clone();
        facts.iter().find(|fact| fact["key"] == "mfa.observations").unwrap()["value"].clone()
    };
    let port = site.port;
    assert_eq!(
        run(&recording(port, &[password, ("otp=424242", 200)])),
        json!(["recording_several_factors", "saml_several_factors"])
    );
    assert_eq!(run(&recording(port, &[password])), json!(["recording_one_factor", "saml_several_factors"]));
    assert_eq!(run(&recording(1, &[("q=1", 200)])), json!(["saml_several_factors"]));
}

#[test]
fn a_file_that_cannot_serve_is_named_and_nobody_is_contacted() {
    let site = system(String::new(), false);
    let place = Place::new();
    for (sign_in, words) in [
        ("{har: ../x.har}", "作業フォルダーの外"),
        ("{har: nowhere.har}", "nowhere.har"),
        ("{hair: x.har}", "har"),
        ("{id_token: bad.txt}", "ID トークン"),
    ] {
        place.write("bad.txt", "secret-word");
        place.write(
            "tenken.yaml",
            format!(
                "subject: {{name: x, kind: clinic}}\ntargets:\n  - {{url: 'https://localhost:{}', authorized_by: 責任者, sign_in: {sign_in}}}\n",
                site.port
            ),
        );
        let run = place.run(&["audit"]);
        assert_eq!(run.code(), 2, "{sign_in}: {}", run.err());
        assert!(run.err().contains(words), "{sign_in}: {}", run.err());
        assert!(!run.err().contains("secret-word"));
    }
    place.write("token.txt", "a.b.c");
    let two = [
        "probe",
        "https://a.example.jp",
        "https://b.example.jp",
        "--authorized-by",
        "責任者",
        "--har",
        "token.txt",
    ];
    assert_eq!(place.run(&two).code(), 2);
    assert!(site.asked().is_empty());
}

#[test]
fn keys_of_a_server_that_nobody_vouches_for_prove_nothing() {
    let issuer = Issuer::new();
    let site = system(issuer.keys(), true);
    let place = Place::new();
    place.write("token", issuer.token(&claims(&site, &["pwd", "otp"], now())));
    let own = format!("https://localhost:{}", site.port);
    let other = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/root.pem");
    let (level, _, said) = probe(&site, &place, &["--issuer", &own, "--id-token", "token", "--ca", other]);
    assert_eq!(level["value"], 3, "{said}");
    assert!(said.contains("this is the right server"), "{said}");
    assert!(!site.asked().iter().any(|asked| asked.path == "/keys"), "nothing was asked of it");
}
