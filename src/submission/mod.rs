//! The pipelines of packages, beside that of the audit: what a package is made of, and how it is
//! decided again by whoever receives it. Nothing here is believed because a package says so: what can
//! be computed again is computed again.

mod again;
mod layout;
mod make;
mod probe;
mod receive;
mod review;
mod transcripts;

pub use make::{Prepared, prepare};
pub use probe::{Remeasured, measure_again};
pub use receive::{Received, Verified, receive, verify};
pub use review::lay_out as review;
pub use transcripts::Shown;
