//! How an item was decided, and how well that is known.

use super::keyword;

keyword! {
    /// What became of an item.
    Verdict in "verdict" {
        Pass = "pass",
        Partial = "partial",
        Fail = "fail",
        NotApplicable = "not_applicable",
        /// Nobody has answered it and nothing has settled it.
        Open = "open",
    }
}

keyword! {
    /// How well a verdict is known, weakest first.
    Assurance in "assurance" {
        None = "none",
        /// Somebody says so.
        Declared = "declared",
        /// A document shows it.
        Documented = "documented",
        /// A probe saw it.
        Measured = "measured",
    }
}

keyword! {
    /// Whether the guideline demands an item or recommends it.
    Level in "level" {
        Mandatory = "mandatory",
        Recommended = "recommended",
    }
}

keyword! {
    /// Who has to act.
    Actor in "actor" {
        Clinic = "clinic",
        Doctor = "doctor",
        Vendor = "vendor",
        Patient = "patient",
    }
}

keyword! {
    /// How sure a fact from outside the sources is.
    Confidence in "confidence" {
        High = "high",
        Medium = "medium",
        Low = "low",
    }
}
