//! tenken (点検) audits online medical care in Japan against the published guidelines. It lays two
//! witnesses side by side, what people answer and what probes measure, and decides item by item.
//!
//! # How it is built
//!
//! The pipeline stands in [`audit`], the only file that names every stage, and it can be read aloud:
//! load the catalogue, load the workspace, measure, gather what was measured earlier, hash the
//! evidence, evaluate. Beside it stands [`submission`]: pack what was decided, and decide it again.
//! Dependencies point one way:
//!
//! ```text
//! cli -> { audit, submission } -> { load, probe, evidence, evaluate, report, form, pack } -> model
//! ```
//!
//! - [`model`] is the vocabulary: checklist, rule, answer, fact, verdict, assessment. It does no
//!   input or output and reads no clock. What is in it has been checked.
//! - [`load`] turns files into vocabulary; a package that a workspace names it opens with [`pack`]. Raw serde types describe what may be written; a reader
//!   notes every mistake with its place and goes on, so that a user sees all of them at once.
//! - [`probe`] looks at systems that somebody allows to be looked at, and says fact by fact what it saw
//!   or why it could not see. [`stand`] is a server for it to look at in the demo.
//! - [`evidence`] hashes the files that answers refer to.
//! - [`evaluate`] is a pure function of workspace, policy, facts and clock. It is where "unknown is
//!   never a pass" is kept: an observation that failed, is too old, or is missing for one target
//!   leaves its criterion undecided, and an undecided criterion settles nothing.
//! - [`report`] puts an [`model::assessment::Assessment`] into its wire form, and renders that: the same
//!   that a kept result holds, so that what is shown now and what is rendered later cannot differ. It
//!   decides nothing.
//! - [`form`] writes questionnaires: a workbook, a commented YAML file, a dialogue in the terminal.
//!   [`load`] reads them back, whatever has been done to them.
//! - [`pack`] makes, opens and checks the one file that is handed in, and its signatures. It knows
//!   nothing of what the files in it say.
//! - [`wire`] holds the forms that other programs read, as types of their own.
//! - [`cli`] is one file per command.
//!
//! # What is data
//!
//! What the guidelines ask stands in `checklists/`, how items are decided in `rules/` (with the
//! facts, the features and the scoring), and every sentence of the program in `reports/texts.yaml`,
//! in both languages. Code carries ids. If a figure of a guideline or a sentence for users stands in
//! Rust, it is in the wrong place.
//!
//! # What to change for
//!
//! - a **rule**: its entry in `rules/`, and a test of what it decides;
//! - a **checklist**: one file in `checklists/`, read twice against its source;
//! - a **command**: one file in `src/cli/`, one arm, its texts;
//! - a **format**: one file in `src/report/`, one arm, its snapshot;
//! - a **fact**: its entry in `rules/facts.yaml`, and the probe that makes it.

#![forbid(unsafe_code)]
// Nothing that is read may make the program fall over, and all output passes through one place.
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

pub mod audit;
pub mod cli;
pub mod evaluate;
pub mod evidence;
pub mod form;
pub mod load;
pub mod model;
pub mod pack;
pub mod probe;
pub mod report;
pub mod stand;
pub mod submission;
pub mod texts;
pub mod typed;
pub mod typeset;
pub mod wire;
