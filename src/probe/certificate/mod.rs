//! Certificates: what a chain says, whether it is to be trusted, and each thing that is wrong with
//! it by itself. Everything here is a function of bytes, roots and a moment; nothing is contacted.

mod baseline;
mod chain;
mod der;
mod facts;
mod ocsp;
mod path;
mod problems;
mod trust;

pub use chain::has_rsa_key;
pub use facts::{Shown, facts, staple_state};
pub use trust::{Roots, RootsError};
