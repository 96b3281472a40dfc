//! Who is audited: the checked content of a workspace folder.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::answer::{Answer, Evidence, Review};
use super::checklist::Checklist;
use super::inherited::VendorAssessment;
use super::keyword;
use super::name::ItemName;
use super::received::Received;
use super::sign_in::SignIn;
use super::waiver::Waiver;

keyword! {
    /// What kind of organisation is audited.
    Kind in "kind" {
        Clinic = "clinic",
        Hospital = "hospital",
        Vendor = "vendor",
    }
}

#[derive(Debug, Clone)]
pub struct Subject {
    pub name: String,
    pub kind: Kind,
    pub product: Option<String>,
    pub applicant: Option<String>,
    pub evaluator: Option<String>,
}

keyword! {
    /// What is behind an address.
    Role in "role" {
        /// The online care system.
        System = "system",
        /// A website beside it: what it says counts, how it is built does not.
        Website = "website",
    }
}

/// A system that may be measured, because somebody answers for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub url: String,
    /// Host and port; facts are matched by it.
    pub endpoint: String,
    pub role: Role,
    /// Who allows it. No name, no probe.
    pub authorized_by: Option<String>,
    pub oidc_issuer: Option<String>,
    /// Addresses of pages that are said to be published, by the end of their fact's key.
    pub published: BTreeMap<String, String>,
    /// What files show of its sign-in.
    pub sign_in: SignIn,
}

impl Target {
    /// A system that nobody has allowed to be measured yet.
    pub fn system(url: impl Into<String>, endpoint: impl Into<String>) -> Target {
        Target {
            url: url.into(),
            endpoint: endpoint.into(),
            role: Role::System,
            authorized_by: None,
            oidc_issuer: None,
            published: BTreeMap::new(),
            sign_in: SignIn::default(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Workspace {
    pub subject: Subject,
    pub features: BTreeSet<String>,
    pub checklists: Vec<Arc<Checklist>>,
    pub targets: Vec<Target>,
    pub answers: BTreeMap<ItemName, Arc<Answer>>,
    pub reviews: BTreeMap<ItemName, Arc<Review>>,
    /// Risks that somebody has accepted, by item.
    pub waivers: BTreeMap<ItemName, Arc<Waiver>>,
    /// What the vendor's own assessment says.
    pub vendor: Option<Arc<VendorAssessment>>,
    /// The package under review, where this is somebody's review of it.
    pub received: Option<Arc<Received>>,
    /// Official wording that was imported.
    pub official: BTreeMap<ItemName, Arc<Official>>,
}

impl Workspace {
    /// Every document that an answer points at, or that an evaluator has seen.
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        let said = self.answers.values().flat_map(|answer| &answer.evidence);
        said.chain(self.reviews.values().flat_map(|review| &review.seen))
    }
}

/// What the source says of an item, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Official {
    pub text: String,
    /// The edition that the checklist speaks of.
    pub is_this_edition: bool,
}

/// What is known about a file that an answer refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    Hashed {
        sha256: String,
        size: u64,
    },
    Missing,
    /// It is there, but cannot serve: not a regular file, too large, not readable.
    Unusable(super::message::Message),
}

/// The state of every file that answers refer to, by its path as written.
pub type Files = BTreeMap<String, FileState>;

/// Temporary files of ours and of others, and what systems leave behind: nothing is read of them, and
/// none is packed.
pub fn is_left_behind(name: &str) -> bool {
    name.starts_with(['.', '~']) || name == "Thumbs.db" || name == "desktop.ini"
}
