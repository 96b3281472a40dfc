//! What a vendor's assessment says of its system, as far as a clinic can build on it. Holds what was
//! read; whether it settles anything is for `evaluate` to say.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::crosswalk::Relation;
use super::keyword;
use super::name::ItemName;
use super::scoring::Conclusion;
use super::text::Text;
use super::verdict::{Assurance, Verdict};

keyword! {
    /// Whether somebody vouches for the file.
    Signature in "signature" {
        /// Nobody has signed it.
        Unsigned = "unsigned",
        /// It is signed, but by whom was not checked, or does not hold.
        Unverified = "unverified",
        /// Signed by somebody whom the reader trusts.
        Verified = "verified",
    }
}

keyword! {
    /// Whether it is recent enough to build on.
    Currency in "currency" {
        Current = "current",
        /// Older than the scoring policy allows.
        Expired = "expired",
        /// Dated after the day on which it was read.
        Future = "future",
    }
}

/// An assessment that a vendor made of its own system.
#[derive(Debug, Clone)]
pub struct VendorAssessment {
    /// Path within the workspace.
    pub file: String,
    pub sha256: String,
    pub vendor: String,
    pub product: Option<String>,
    /// The day it speaks of.
    pub date: Date,
    pub conclusion: Conclusion,
    pub conclusion_title: Text,
    pub signature: Signature,
    /// Who signed it, where that was checked and holds.
    pub signer: Option<String>,
    /// Only of checklists whose edition is ours.
    pub verdicts: BTreeMap<ItemName, VendorVerdict>,
}

/// What the vendor's assessment came to for one of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VendorVerdict {
    pub verdict: Verdict,
    pub assurance: Assurance,
    /// Answer and measurement contradict each other there, and nobody has looked at it.
    pub contradicted: bool,
    /// By when it is planned, where it is planned.
    pub due: Option<Date>,
}

/// The vendor's assessment as it stands on the day of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub age_days: i64,
    pub currency: Currency,
}

/// What a clinic's item has from the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    /// The vendor's item.
    pub from: ItemName,
    /// How the clinic's item stands to it.
    pub relation: Relation,
    /// The vendor's verdict on that item. A plan whose date has passed since is a fail.
    pub verdict: Verdict,
    pub assurance: Assurance,
    /// Whether the clinic's item is decided by it.
    pub decides: bool,
}
