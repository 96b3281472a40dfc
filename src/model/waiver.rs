//! A risk that somebody accepts for a while. It changes no verdict: what is not met stays not met,
//! and is listed as accepted until the day on which the acceptance ends.

use jiff::civil::Date;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Who accepts the risk.
    pub by: String,
    pub reason: String,
    /// The last day on which it is accepted.
    pub until: Date,
}

impl Waiver {
    pub fn has_expired(&self, today: Date) -> bool {
        self.until < today
    }
}
