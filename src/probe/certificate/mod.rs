//! Certificates: what a chain says, whether it is to be trusted, and each thing that is wrong with
//! it by itself. All of it is a function of bytes, roots and a moment, but for `asking`, which asks the
//! authority where somebody allows that.

pub mod asking;
mod baseline;
mod chain;
mod crl;
mod der;
mod facts;
mod ocsp;
mod path;
mod problems;
mod trust;

pub use chain::has_rsa_key;
pub use facts::{Answered, Shown, facts, staple_state};
pub use trust::{Roots, RootsError, are_proof};
