//! The lines of configuration with which a web server would offer what it should: for nginx and for
//! Apache, both built on OpenSSL. A list that holds a name which OpenSSL does not know gets no line,
//! rather than one that says less than it should.

/// What a server should offer. Nothing where it may stay as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// TLS1.2, TLS1.3.
    pub versions: Option<Vec<String>>,
    /// By their IANA names.
    pub suites: Option<Vec<String>>,
    pub modern_suites: Option<Vec<String>>,
    pub groups: Option<Vec<String>>,
    /// The least size of a prime.
    pub dh_bits: Option<i64>,
}

/// The lines for one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    pub program: &'static str,
    pub lines: Vec<String>,
}

/// Programs for which there is something to write.
pub fn lines(wanted: &Wanted) -> Vec<Lines> {
    let versions = wanted.versions.as_ref().and_then(|list| names(list, version));
    let suites = wanted.suites.as_ref().and_then(|list| names(list, suite));
    let modern = wanted.modern_suites.clone().filter(|list| !list.is_empty());
    let groups = wanted.groups.as_ref().and_then(|list| names(list, group));
    let prime = wanted.dh_bits.map(|bits| format!("  # openssl dhparam -out dhparam.pem {bits}"));
    let mut nginx = Vec::new();
    let mut apache = Vec::new();
    if let Some(versions) = versions {
        nginx.push(format!("ssl_protocols {};", versions.join(" ")));
        let added: Vec<String> = versions.iter().map(|one| format!("+{one}")).collect();
        apache.push(format!("SSLProtocol -all {}", added.join(" ")));
    }
    if let Some(suites) = suites {
        nginx.push(format!("ssl_ciphers {};", suites.join(":")));
        apache.push(format!("SSLCipherSuite {}", suites.join(":")));
    }
    if let Some(modern) = modern {
        nginx.push(format!("ssl_conf_command Ciphersuites {};", modern.join(":")));
        apache.push(format!("SSLCipherSuite TLSv1.3 {}", modern.join(":")));
    }
    if let Some(groups) = groups {
        nginx.push(format!("ssl_ecdh_curve {};", groups.join(":")));
        apache.push(format!("SSLOpenSSLConfCmd Curves {}", groups.join(":")));
    }
    if let Some(how) = prime {
        nginx.push(format!("ssl_dhparam dhparam.pem;{how}"));
        apache.push(format!("SSLOpenSSLConfCmd DHParameters dhparam.pem{how}"));
    }
    let all = [Lines { program: "nginx", lines: nginx }, Lines { program: "Apache", lines: apache }];
    all.into_iter().filter(|one| !one.lines.is_empty()).collect()
}

/// Every name in OpenSSL's words; nothing where there is none, or one that it does not have.
fn names(list: &[String], name: fn(&str) -> Option<String>) -> Option<Vec<String>> {
    let all: Option<Vec<String>> = list.iter().map(|one| name(one)).collect();
    all.filter(|all| !all.is_empty())
}

fn version(name: &str) -> Option<String> {
    let number = name.strip_prefix("TLS")?;
    Some(if number == "1.0" { "TLSv1".to_owned() } else { format!("TLSv{number}") })
}

/// `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` is `ECDHE-RSA-AES128-GCM-SHA256`.
fn suite(name: &str) -> Option<String> {
    let (exchange, cipher) = name.strip_prefix("TLS_")?.split_once("_WITH_")?;
    let exchange = match exchange {
        "RSA" => "",
        "ECDHE_RSA" => "ECDHE-RSA-",
        "ECDHE_ECDSA" => "ECDHE-ECDSA-",
        "DHE_RSA" => "DHE-RSA-",
        _ => return None,
    };
    let cipher = match cipher {
        "CHACHA20_POLY1305_SHA256" => "CHACHA20-POLY1305".to_owned(),
        cipher => {
            let (size, rest) = cipher.strip_prefix("AES_")?.split_once('_')?;
            let rest = match rest {
                "GCM_SHA256" | "GCM_SHA384" | "CCM" => rest.replace('_', "-"),
                "CCM_8" => "CCM8".to_owned(),
                "CBC_SHA" | "CBC_SHA256" | "CBC_SHA384" => rest.trim_start_matches("CBC_").to_owned(),
                _ => return None,
            };
            format!("AES{size}-{rest}")
        }
    };
    Some(format!("{exchange}{cipher}"))
}

fn group(name: &str) -> Option<String> {
    Some(match name {
        "secp256r1" => "prime256v1".to_owned(),
        "x25519" => "X25519".to_owned(),
        "x448" => "X448".to_owned(),
        known if known.starts_with("secp") || known.starts_with("brainpool") => known.to_owned(),
        known if known.contains("MLKEM") || known.starts_with("ffdhe") => known.to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(list: &[&str]) -> Option<Vec<String>> {
        Some(list.iter().map(|one| (*one).to_owned()).collect())
    }

    #[test]
    fn both_programs_get_the_same_in_their_own_words() {
        let wanted = Wanted {
            versions: owned(&["TLS1.2", "TLS1.3"]),
            suites: owned(&[
                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                "TLS_DHE_RSA_WITH_AES_128_CCM_8",
                "TLS_RSA_WITH_AES_128_CBC_SHA",
            ]),
            modern_suites: owned(&["TLS_AES_128_GCM_SHA256"]),
            groups: owned(&["x25519", "secp256r1"]),
            dh_bits: Some(2048),
        };
        let shown: Vec<String> = lines(&wanted).into_iter().flat_map(|one| one.lines).collect();
        assert_eq!(
            shown,
            [
                "ssl_protocols TLSv1.2 TLSv1.3;",
                "ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:DHE-RSA-AES128-CCM8:AES128-SHA;",
                "ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;",
                "ssl_ecdh_curve X25519:prime256v1;",
                "ssl_dhparam dhparam.pem;  # openssl dhparam -out dhparam.pem 2048",
                "SSLProtocol -all +TLSv1.2 +TLSv1.3",
                "SSLCipherSuite ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:DHE-RSA-AES128-CCM8:AES128-SHA",
                "SSLCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256",
                "SSLOpenSSLConfCmd Curves X25519:prime256v1",
                "SSLOpenSSLConfCmd DHParameters dhparam.pem  # openssl dhparam -out dhparam.pem 2048",
            ]
        );
    }

    #[test]
    fn a_list_with_a_name_that_openssl_does_not_have_gets_no_line() {
        let suites = owned(&["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_SM4_GCM_SM3"]);
        assert_eq!(lines(&Wanted { suites, ..Wanted::default() }), []);
        assert_eq!(lines(&Wanted { versions: owned(&["SSLv3"]), ..Wanted::default() }), []);
        assert_eq!(lines(&Wanted { suites: owned(&[]), ..Wanted::default() }), []);
    }
}
