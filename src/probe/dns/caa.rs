//! Which authorities may issue certificates for a name (CAA, RFC 8659), out of the records that were found.

use hickory_resolver::proto::rr::RData;

/// In the place of a name: nobody may issue.
const NOBODY: &str = ";";

/// The authorities by name, with `*.` before those that may issue for all names below. Empty where the
/// records limit nothing.
pub fn issuers(records: &[RData]) -> Vec<String> {
    let mut all = Vec::new();
    for record in records {
        let RData::CAA(caa) = record else { continue };
        let before = match caa.tag.to_ascii_lowercase().as_str() {
            "issue" => "",
            "issuewild" => "*.",
            _ => continue,
        };
        all.push(format!("{before}{}", issuer(&caa.value)));
    }
    all.sort();
    all.dedup();
    all
}

/// What stands before the first semicolon. What is no name names nobody.
fn issuer(value: &[u8]) -> String {
    let value = String::from_utf8_lossy(value);
    let name = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
    if is_name { name } else { NOBODY.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::proto::rr::rdata::CAA;

    fn record(tag: &str, value: &str) -> RData {
        let mut caa = CAA::new_issue(false, None, Vec::new());
        caa.tag = tag.to_owned();
        caa.value = value.as_bytes().to_vec();
        RData::CAA(caa)
    }

    #[test]
    fn authorities_are_named_and_what_limits_nothing_is_left_out() {
        let records = [
            record("issue", "CA.example.com; account=1"),
            record("issuewild", ";"),
            record("iodef", "mailto:a@example.jp"),
            record("ISSUE", "ca.example.com"),
        ];
        assert_eq!(issuers(&records), ["*.;", "ca.example.com"]);
        assert_eq!(issuers(&[record("iodef", "mailto:a@example.jp")]), Vec::<String>::new());
        assert_eq!(issuers(&[record("issue", "\u{1b}[31m")]), [";"]);
    }
}
