//! What a domain says about forged and intercepted mail: DMARC, MTA-STS and TLS-RPT. Pure reading of the
//! texts that were found; each is read to the word that the registry of facts has for it.

/// DMARC (RFC 7489): one record for the domain itself, or for the organisation above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Own,
    Above,
}

/// How forged mail is to be treated. Nothing where none of the texts is a record.
pub fn dmarc(texts: &[String], level: Level) -> Option<&'static str> {
    let mut records =
        texts.iter().filter(|text| tags(text).first().is_some_and(|tag| *tag == ("v", "DMARC1")));
    let record = records.next()?;
    if records.next().is_some() {
        return Some("faulty");
    }
    let tags = tags(record);
    let find = |wanted: &str| {
        let mut found = tags.iter().filter(|(key, _)| key.eq_ignore_ascii_case(wanted));
        found.next().map(|(_, value)| value.to_ascii_lowercase())
    };
    let own = find("p");
    let wanted = match level {
        Level::Own => own,
        Level::Above => find("sp").or(own),
    };
    // Without a policy, but with an address for reports, it is one that only watches.
    let policy = match wanted.as_deref() {
        Some("none") => "monitor",
        Some("quarantine") => "quarantine",
        Some("reject") => "reject",
        _ if find("rua").is_some_and(|address| address.starts_with("mailto:")) => "monitor",
        _ => return Some("faulty"),
    };
    // Applied to no message, or as a rehearsal, a policy is the next weaker one.
    let is_trial = find("pct").as_deref() == Some("0") || find("t").as_deref() == Some("y");
    Some(match (policy, is_trial) {
        ("reject", true) => "quarantine",
        ("quarantine", true) => "monitor",
        (policy, _) => policy,
    })
}

/// MTA-STS (RFC 8461): whether a policy is announced. The policy itself stands on another host.
pub fn mta_sts(texts: &[String]) -> &'static str {
    let mut records =
        texts.iter().filter(|text| tags(text).first().is_some_and(|tag| *tag == ("v", "STSv1")));
    let (Some(record), None) = (records.next(), records.next()) else {
        let any = texts.iter().any(|text| text.starts_with("v=STSv1"));
        return if any { "faulty" } else { "none" };
    };
    let is_id = |id: &str| (1..=32).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric());
    let has_id = tags(record).iter().any(|(key, value)| *key == "id" && is_id(value));
    if has_id { "announced" } else { "faulty" }
}

/// TLS-RPT (RFC 8460): whether there is an address for reports.
pub fn tls_rpt(texts: &[String]) -> bool {
    let mut records =
        texts.iter().filter(|text| tags(text).first().is_some_and(|tag| *tag == ("v", "TLSRPTv1")));
    let (Some(record), None) = (records.next(), records.next()) else { return false };
    let is_address = |value: &str| {
        value.split(',').any(|one| one.trim().starts_with("mailto:") || one.trim().starts_with("https://"))
    };
    tags(record).iter().any(|(key, value)| *key == "rua" && is_address(value))
}

/// `key=value; key=value`
fn tags(text: &str) -> Vec<(&str, &str)> {
    let pairs = text.split(';').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (key.trim(), value.trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn dmarc_is_read_to_its_policy() {
        for (text, own, above) in [
            ("v=DMARC1; p=reject", Some("reject"), Some("reject")),
            ("v=DMARC1;p=Quarantine;", Some("quarantine"), Some("quarantine")),
            ("v=DMARC1; p=none; rua=mailto:a@example.jp", Some("monitor"), Some("monitor")),
            ("v=DMARC1; p=reject; sp=none", Some("reject"), Some("monitor")),
            ("v=DMARC1; rua=mailto:a@example.jp", Some("monitor"), Some("monitor")),
            ("v=DMARC1; p=reject; pct=0", Some("quarantine"), Some("quarantine")),
            ("v=DMARC1; p=quarantine; t=y", Some("monitor"), Some("monitor")),
            ("v=DMARC1; p=reject; pct=50", Some("reject"), Some("reject")),
            ("v=DMARC1", Some("faulty"), Some("faulty")),
            ("v=DMARC1; p=refuse", Some("faulty"), Some("faulty")),
            ("p=reject; v=DMARC1", None, None),
            ("v=DMARC2; p=reject", None, None),
            ("v=spf1 -all", None, None),
            ("", None, None),
        ] {
            assert_eq!(dmarc(&texts(&[text]), Level::Own), own, "{text}");
            assert_eq!(dmarc(&texts(&[text]), Level::Above), above, "{text}");
        }
        assert_eq!(dmarc(&texts(&["v=DMARC1; p=reject", "v=DMARC1; p=none"]), Level::Own), Some("faulty"));
        assert_eq!(dmarc(&texts(&["v=DMARC1; p=reject", "hello"]), Level::Own), Some("reject"));
    }

    #[test]
    fn mta_sts_needs_one_record_with_an_id() {
        for (all, word) in [
            (&["v=STSv1; id=20261120T090000"][..], "announced"),
            (&["v=STSv1; id=2026-11-20"], "faulty"),
            (&["v=STSv1;"], "faulty"),
            (&["v=STSv1; id=1", "v=STSv1; id=2"], "faulty"),
            (&["v=STSv2; id=1"], "none"),
            (&[], "none"),
        ] {
            assert_eq!(mta_sts(&texts(all)), word, "{all:?}");
        }
    }

    #[test]
    fn tls_rpt_needs_an_address() {
        for (all, yes) in [
            (&["v=TLSRPTv1; rua=mailto:a@example.jp"][..], true),
            (&["v=TLSRPTv1;rua=https://report.example.jp/"], true),
            (&["v=TLSRPTv1; rua=ftp://example.jp"], false),
            (&["v=TLSRPTv1"], false),
            (&["v=TLSRPTv1; rua=mailto:a@example.jp", "v=TLSRPTv1; rua=mailto:b@example.jp"], false),
            (&[], false),
        ] {
            assert_eq!(tls_rpt(&texts(all)), yes, "{all:?}");
        }
    }
}
