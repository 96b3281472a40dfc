//! An assessment, shown. Every format is a projection and decides nothing.

pub mod json;
pub mod sentence;
pub mod summary;

pub use crate::typeset;
