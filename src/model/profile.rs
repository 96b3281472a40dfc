//! A published set of TLS settings, as conditions on what a server was seen to offer.

use std::sync::Arc;

use jiff::civil::Date;

use super::criterion::Criterion;
use super::fact::Fact;
use super::text::Text;
use super::verdict::Confidence;

#[derive(Debug, Clone)]
pub struct Profile {
    pub key: String,
    pub title: Text,
    pub document: String,
    pub publisher: String,
    pub edition: String,
    pub published: Option<Date>,
    /// The profile that has taken its place.
    pub successor: Option<String>,
    /// The fact that says whether a server follows it.
    pub fact: Arc<Fact>,
    pub requires: Vec<Requirement>,
}

#[derive(Debug, Clone)]
pub struct Requirement {
    pub criterion: Arc<Criterion>,
    /// How sure we are that the document says so.
    pub confidence: Confidence,
    /// It asks nothing where the thing is not there at all.
    pub unless_absent: bool,
    /// Only what holds is known; what does not hold may be allowed as well.
    pub else_unknown: bool,
}
