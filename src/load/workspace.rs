//! Reads `tenken.yaml`: who is audited, what applies, what may be measured.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer_rules::within_workspace;
use super::catalog::Catalog;
use super::file::TextFile;
use super::words::{one_of, optional_words, words};
use super::yaml::{Entries, Field, Reading};
use crate::model::checklist::Checklist;
use crate::model::diagnostic::Diagnostics;
use crate::model::origin::{Origin, Span};
use crate::model::sign_in::SignInFile;
use crate::model::workspace::{Kind, Role, Subject, Target};
use crate::msg;

/// Who is audited, what applies to them, and what may be measured.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "tenken workspace (tenken.yaml)")]
pub struct RawWorkspace {
    subject: Field<RawSubject>,
    /// What applies; `tenken list --features` explains each.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    features: Field<Vec<Field<String>>>,
    /// Left out: what suits the kind.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    checklists: Field<Vec<Field<String>>>,
    /// A vendor's assessment, or the package of one, that answers the vendor's items.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    vendor_assessment: Field<String>,
    /// Who may sign a vendor's package, as `ssh-keygen` reads it.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    vendor_signers: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<Vec<RawTarget>>")]
    targets: Field<Vec<Field<RawTarget>>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawSubject {
    /// The name of the organisation.
    #[schemars(with = "String")]
    name: Field<String>,
    kind: Field<Kind>,
    /// For a vendor: the system under evaluation.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    product: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    applicant: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    evaluator: Field<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawTarget {
    /// An https or http address of the system.
    #[schemars(with = "String")]
    url: Field<String>,
    /// Left out: the online care system.
    #[serde(default)]
    #[schemars(with = "Role")]
    role: Field<Role>,
    /// Who allows the measurement. Without a name nothing is contacted.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    authorized_by: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    oidc_issuer: Field<String>,
    /// Pages that are published, such as `privacy_policy` and `terms`: an address or a path.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    published: Field<Entries<String>>,
    /// Files of this workspace that show a sign-in: `id_token`, `har`, `saml`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<SignInFile, String>")]
    sign_in: Field<Entries<String>>,
}

/// Nobody answers for more systems than these in one workspace.
const MOST_TARGETS: usize = 1000;

/// What `tenken.yaml` says, checked against the catalogue.
#[derive(Debug)]
pub struct Profile {
    pub subject: Subject,
    pub features: BTreeSet<String>,
    pub checklists: Vec<Arc<Checklist>>,
    pub targets: Vec<Target>,
    /// Files that show how people sign in to a target, by its place in the list.
    pub sign_ins: Vec<NamedFile>,
    pub vendor_assessment: Option<Named>,
    /// Who may sign it.
    pub vendor_signers: Option<Named>,
}

/// A file that a target names, before it is read.
#[derive(Debug)]
pub struct NamedFile {
    pub target: usize,
    pub kind: SignInFile,
    /// Within the workspace.
    pub path: String,
    pub origin: Origin,
}

/// A file that the profile names, and where it does.
#[derive(Debug)]
pub struct Named {
    pub path: String,
    pub place: Origin,
}

/// The checklists that a profile names; nothing where it leaves the choice to its kind, or cannot be
/// read. Says nothing about mistakes: reading the profile proper does.
pub fn chosen(file: &TextFile) -> Option<Vec<String>> {
    let aside = Diagnostics::default();
    let raw: RawWorkspace = Reading::new(file, &aside).document()?;
    // A vendor's assessment speaks of items that lie outside the chosen checklists.
    if raw.vendor_assessment.given().is_some() {
        return None;
    }
    let names = raw.checklists.value()?;
    Some(names.into_iter().filter_map(Field::value).collect())
}

/// What a profile names beside the files of fixed names, by its path within the workspace. Says nothing
/// about mistakes either.
#[derive(Debug, Default)]
pub struct Beside {
    pub vendor_assessment: Option<String>,
    pub vendor_signers: Option<String>,
    /// Files that show a sign-in: they hold secrets.
    pub sign_ins: Vec<String>,
}

pub fn beside(file: &TextFile) -> Beside {
    let aside = Diagnostics::default();
    let Some(raw) = Reading::new(file, &aside).document::<RawWorkspace>() else { return Beside::default() };
    let targets = raw.targets.value().unwrap_or_default().into_iter().filter_map(Field::value);
    let files = targets.flat_map(|target| target.sign_in.value().unwrap_or_default().0);
    Beside {
        vendor_assessment: raw.vendor_assessment.value().and_then(|path| within_workspace(&path)),
        vendor_signers: raw.vendor_signers.value().and_then(|path| within_workspace(&path)),
        sign_ins: files.filter_map(|(_, path)| within_workspace(&path.value()?)).collect(),
    }
}

pub fn read(reading: &Reading, catalog: &Catalog) -> Option<Profile> {
    let raw: RawWorkspace = reading.document()?;
    let top = Span { line: 1, column: 1, length: 0 };
    let subject =
        raw.subject.required("subject", top, reading).and_then(|(raw, span)| subject(raw, span, reading));
    let named = |field: Field<String>| {
        let (path, span) = field.given().filter(|(path, _)| !path.trim().is_empty())?;
        Some(Named { path, place: reading.file.origin(span) })
    };
    let (vendor_assessment, vendor_signers) = (named(raw.vendor_assessment), named(raw.vendor_signers));
    let (targets, span) = raw.targets.given().unwrap_or_default();
    if targets.len() > MOST_TARGETS {
        let what = msg!("target.too_many", count = targets.len(), most = MOST_TARGETS);
        reading.error(span, what, msg!("target.too_many.mend"));
        return None;
    }
    let (mut sign_ins, mut found) = (Vec::new(), Vec::new());
    for (mut raw, span) in targets.into_iter().filter_map(Field::given) {
        let named = sign_in(std::mem::take(&mut raw.sign_in), found.len(), reading);
        if let Some(target) = target(raw, span, catalog, reading) {
            sign_ins.extend(named);
            found.push(target);
        }
    }
    let kind = subject.as_ref().map(|subject| subject.kind);
    let checklists = checklists(raw.checklists, kind, catalog, reading);
    let features = features(raw.features, checklists.as_deref().unwrap_or_default(), catalog, reading);
    let targets = found;
    Some(Profile {
        subject: subject?,
        features,
        checklists: checklists?,
        targets,
        sign_ins,
        vendor_assessment,
        vendor_signers,
    })
}

fn subject(raw: RawSubject, span: Span, reading: &Reading) -> Option<Subject> {
    let name = words(raw.name, "name", span, reading);
    let kind = raw.kind.required("kind", span, reading);
    Some(Subject {
        name: name?,
        kind: kind?.0,
        product: optional_words(raw.product),
        applicant: optional_words(raw.applicant),
        evaluator: optional_words(raw.evaluator),
    })
}

/// The features, known ones only. One that no chosen item hangs on is pointed out: it would do nothing.
fn features(
    raw: Field<Vec<Field<String>>>,
    chosen: &[Arc<Checklist>],
    catalog: &Catalog,
    reading: &Reading,
) -> BTreeSet<String> {
    let known = catalog.features.keys().map(String::as_str);
    let items = chosen.iter().flat_map(|checklist| &checklist.items);
    let used: BTreeSet<&str> = items.flat_map(|item| item.when.keys()).collect();
    let mut present = BTreeSet::new();
    for (key, span) in raw.value().unwrap_or_default().into_iter().filter_map(Field::given) {
        let what = || msg!("feature.unknown", feature = &key);
        if !one_of(&key, span, known.clone(), what, reading) {
            continue;
        }
        if !chosen.is_empty() && !used.contains(key.as_str()) {
            reading.warning(span, msg!("feature.unused", feature = &key), msg!("feature.unused.mend"));
        }
        present.insert(key);
    }
    present
}

/// The checklists that are named, or those that suit the kind. None at all is an error: an audit of
/// nothing must not look like an audit.
fn checklists(
    raw: Field<Vec<Field<String>>>,
    kind: Option<Kind>,
    catalog: &Catalog,
    reading: &Reading,
) -> Option<Vec<Arc<Checklist>>> {
    let Some((names, span)) = raw.given() else {
        let suiting = |checklist: &&Arc<Checklist>| kind.is_some_and(|kind| checklist.suits.contains(&kind));
        let found: Vec<_> = catalog.checklists.values().filter(suiting).cloned().collect();
        if found.is_empty()
            && let Some(kind) = kind
        {
            let top = Span { line: 1, column: 1, length: 0 };
            let what = msg!("workspace.nothing_suits", kind = kind.word());
            let ids: Vec<&str> = catalog.ids.iter().map(String::as_str).collect();
            reading.error(top, what, msg!("workspace.nothing_suits.mend", words = ids));
            return None;
        }
        return Some(found);
    };
    let known = catalog.ids.iter().map(String::as_str);
    let mut found: Vec<Arc<Checklist>> = Vec::new();
    let given = !names.is_empty();
    for (name, span) in names.into_iter().filter_map(Field::given) {
        one_of(&name, span, known.clone(), || msg!("checklist.unknown", checklist = &name), reading);
        let Some(checklist) = catalog.checklists.get(&name) else { continue };
        if found.iter().any(|one| one.id == checklist.id) {
            let what = msg!("workspace.checklist_twice", checklist = &name);
            reading.error(span, what, msg!("workspace.checklist_twice.mend"));
            continue;
        }
        found.push(Arc::clone(checklist));
    }
    if !given {
        let ids: Vec<&str> = known.collect();
        let what = msg!("workspace.no_checklists");
        reading.error(span, what, msg!("workspace.nothing_suits.mend", words = ids));
    }
    (!found.is_empty()).then_some(found)
}

fn target(raw: RawTarget, span: Span, catalog: &Catalog, reading: &Reading) -> Option<Target> {
    let (url, url_span) = raw.url.required("url", span, reading)?;
    let Some(endpoint) = endpoint(&url) else {
        reading.error(url_span, msg!("target.url", url = &url), msg!("target.url.mend"));
        return None;
    };
    let authorized_by = optional_words(raw.authorized_by);
    if authorized_by.is_none() {
        reading.warning(
            url_span,
            msg!("target.not_authorized", target = &endpoint),
            msg!("target.not_authorized.mend"),
        );
    }
    let role = raw.role.value().unwrap_or(Role::System);
    let published = published(raw.published, &url, catalog, reading);
    let oidc_issuer = optional_words(raw.oidc_issuer);
    Some(Target { role, authorized_by, oidc_issuer, published, ..Target::system(url, endpoint) })
}

/// The facts about published pages are named so.
const PUBLISHED: &str = "http.published.";

/// The pages that are said to be published, as whole addresses.
fn published(
    raw: Field<Entries<String>>,
    target: &str,
    catalog: &Catalog,
    reading: &Reading,
) -> BTreeMap<String, String> {
    let top = Span { line: 1, column: 1, length: 0 };
    let mut pages = BTreeMap::new();
    for (key, value) in raw.value().unwrap_or_default().0 {
        let Some((key, span)) = key.required("published", top, reading) else { continue };
        let known = catalog.registry.0.keys().filter_map(|known| known.strip_prefix(PUBLISHED));
        one_of(&key, span, known, || msg!("target.published", key = &key), reading);
        let Some((address, span)) = value.given() else { continue };
        let page = url::Url::parse(target).and_then(|target| target.join(address.trim()));
        match page.ok().filter(|page| endpoint(page.as_str()).is_some()) {
            Some(page) => drop(pages.insert(key, page.into())),
            None => reading.error(span, msg!("target.url", url = &address), msg!("target.url.mend")),
        }
    }
    pages
}

/// The files that show a sign-in.
fn sign_in(raw: Field<Entries<String>>, target: usize, reading: &Reading) -> Vec<NamedFile> {
    let top = Span { line: 1, column: 1, length: 0 };
    let mut files = Vec::new();
    for (key, value) in raw.value().unwrap_or_default().0 {
        let Some((key, span)) = key.required("sign_in", top, reading) else { continue };
        let known = SignInFile::ALL.iter().map(|kind| kind.word());
        one_of(&key, span, known, || msg!("target.sign_in", key = &key), reading);
        let Some(kind) = SignInFile::ALL.iter().copied().find(|kind| kind.word() == key) else { continue };
        let Some((written, span)) = value.given() else { continue };
        match within_workspace(&written) {
            Some(path) => files.push(NamedFile { target, kind, path, origin: reading.place(span) }),
            None => {
                let what = msg!("evidence.outside", path = &written);
                reading.error(span, what, msg!("evidence.outside.mend"));
            }
        }
    }
    files
}

/// Host and port of a web address; nothing where it is not one.
pub fn endpoint(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    let is_web =
        matches!(url.scheme(), "https" | "http") && url.username().is_empty() && url.password().is_none();
    let port = url.port_or_known_default()?;
    is_web.then(|| url.host_str().map(|host| format!("{host}:{port}")))?
}

#[cfg(test)]
mod tests {
    use super::endpoint;

    #[test]
    fn an_endpoint_is_host_and_port_in_ascii() {
        let of = |address| endpoint(address).unwrap_or_default();
        assert_eq!(of("https://Telemed.Example.jp/login"), "telemed.example.jp:443");
        assert_eq!(of("http://localhost:8080"), "localhost:8080");
        assert_eq!(of("https://診療.example.jp"), "xn--lvyx93b.example.jp:443");
        assert_eq!(of("https://[::1]:8443/"), "[::1]:8443");
        for bad in
            ["telemed.example.jp", "ftp://example.jp", "https://user:secret@example.jp", "", "https://"]
        {
            assert_eq!(of(bad), "", "{bad}");
        }
    }
}
